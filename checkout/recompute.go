package checkout

import (
	"slices"
	"time"
)

// recompute derives everything about an order that follows from its payments:
// which one is active, what is a duplicate, what must be polled, review, stock and
// status. Every change ends in it, so that no status is set by hand.
func (o *Order) recompute(r Rules) {
	for i := range o.Payments {
		p := &o.Payments[i]
		p.Active = p.Active && (p.Status.InProgress() || p.Status.HoldsFunds() || p.Status == PaymentRefunded)
		if p.Status.HoldsFunds() && !p.Active && !p.Duplicate {
			o.allocate(p, r)
		}
		if p.Status == PaymentPaid && p.Refunded() == p.EffectiveAmount() {
			p.transition(PaymentRefunded, p.ResultCode)
		}
		if !p.Status.InProgress() {
			p.forgetRequest()
		}
		switch reviewed := o.ReviewPayment == p.RequestID; {
		case reviewed && o.Review.needsPerson():
		case reviewed && o.Review.contradiction() && p.NextPoll.IsZero():
			p.schedulePoll(r.Now) // the contradiction still needs an inquiry, though another event was applied
		default:
			p.scheduleNext(r)
		}
	}
	o.recomputeReview()
	o.recomputeStock()
	o.Status = orderStatus(*o)
	switch o.Status {
	case OrderPaid, OrderPartiallyRefunded, OrderRefunded:
		if !o.EverPaid {
			o.EverPaid, o.PaidAt = true, r.Now
		}
	}
}

// allocate decides about the funds of an attempt that is not active: the attempt
// becomes active if the order needs its funds; otherwise it is a duplicate, and its
// funds are returned. An order that the merchant has cancelled needs none; one that has
// expired may be revived while it has a buyer to send the goods to.
func (o *Order) allocate(p *Payment, r Rules) {
	active := o.Active()
	hasFunds := active != nil && !active.Status.InProgress()
	late := o.Closed == OrderCancelled || o.Closed == OrderExpired && (r.RefundLate || o.Erased())
	if hasFunds && !late && active.returnedByAntom() {
		hasFunds = false
		o.raiseOnce(paidAgain, p.RequestID)
	}
	if hasFunds || late {
		p.Duplicate = true
		p.schedulePoll(r.Now) // the sweeper returns it
		if hasFunds {
			active.reconcileLater(r)
		}
		return
	}
	if active != nil {
		active.Active = false // it is still in progress at Antom (if it succeeds too, it is a duplicate), or Antom has returned it
	}
	p.Active = true
}

// schedulePoll makes the sweeper inquire at a time.
func (p *Payment) schedulePoll(at time.Time) { p.NextPoll, p.Polls = at, 0 }

// needsPolling reports whether a result about the payment is awaited.
func (p *Payment) needsPolling() bool {
	return p.Status.InProgress() || p.unfinished() || p.needsReversal() || p.Status == PaymentAuthorized && !p.ManualCapture
}

// needsReversal reports whether the order does not need the payment's funds and
// Antom still holds them.
func (p *Payment) needsReversal() bool {
	return p.Duplicate && !p.ResolvedOffline && p.Status.HoldsFunds() && !p.Disputes.lost()
}

// scheduleNext schedules a poll where a result is awaited, unless one is scheduled
// already.
func (p *Payment) scheduleNext(r Rules) {
	if p.Status == PaymentAuthorized && p.AuthEndsAt.IsZero() {
		p.AuthEndsAt = r.Now.Add(captureLimit)
	}
	switch {
	case !p.NextPoll.IsZero():
	case p.needsPolling():
		p.schedulePoll(r.Now.Add(r.Schedule.Wait(0)))
	case p.Status == PaymentPaid && !p.ReconcileAt.IsZero():
		p.schedulePoll(p.ReconcileAt)
	case p.Status == PaymentAuthorized:
		p.NextPoll = nextCaptureDeadline(*p, r.Now)
	}
}

// recomputeReview puts the order under review where no message of Antom's and no
// waiting can resolve the matter, and ends that review when its reason has gone.
func (o *Order) recomputeReview() {
	if o.Review == captureRefused || o.Review == goodsGone {
		o.Review, o.ReviewPayment = "", ""
	}
	active := o.Active()
	switch {
	case active == nil || o.Review != "":
	case active.Status == PaymentAuthorized && active.captureFailed() && !active.ManualCapture:
		o.Review, o.ReviewPayment = captureRefused, active.RequestID
	case active.Status.HoldsFunds() && o.Stock == StockFree && !o.Fulfillable:
		o.Review, o.ReviewPayment = goodsGone, active.RequestID
	}
}

// recomputeStock reserves goods while an attempt may succeed, takes them when it
// has, and frees them when every attempt has ended without funds and none of them can
// be paid any longer. A cancelled order gives its goods back; a refund alone does not,
// because the buyer may keep them.
func (o *Order) recomputeStock() {
	active := o.Active()
	mayBePaid := slices.ContainsFunc(o.Payments, func(p Payment) bool { return p.mayBePaid() })
	switch {
	case o.Stock == StockTaken && (active != nil || mayBePaid): // the goods may be on their way to the buyer
	case active != nil && active.Status == PaymentRefunded && o.Stock == StockFree: // late money that was returned took no goods
	case active != nil && (active.Status == PaymentPaid || active.Status == PaymentRefunded) && (o.Stock == StockReserved || o.Fulfillable):
		o.Stock = StockTaken
	case active != nil && o.Stock == StockFree && o.Fulfillable:
		o.Stock = StockReserved
	case active == nil && !mayBePaid:
		o.Stock = StockFree
	}
}

// mayBePaid reports whether a buyer may still pay the attempt: it is in progress, or it
// was ended here and a tab that was left open has its session. The session is over when
// Antom has said so, or when it has ended and Antom does not know a payment of it; until
// then a poll is scheduled.
func (p *Payment) mayBePaid() bool {
	opened := p.Action.Type == ActionSDK || p.AntomID != ""
	return p.Status.InProgress() || p.Status == PaymentCancelled && opened && !p.NextPoll.IsZero()
}

// orderStatus is the one rule by which an order's status follows from its payments.
func orderStatus(o Order) OrderStatus {
	if o.Review != "" {
		return OrderReview
	}
	if active := o.Active(); active != nil {
		switch {
		case active.Status == PaymentRefunded:
			return OrderRefunded
		case active.Status == PaymentPaid && !o.EverPaid && active.Cancelling():
			return OrderProcessing // no goods are released while a cancel may return the funds
		case active.Status == PaymentPaid && active.Refunded().Minor > 0:
			return OrderPartiallyRefunded
		case active.Status == PaymentPaid:
			return OrderPaid
		case active.Status == PaymentAuthorized:
			return OrderAuthorized
		case active.Status.InProgress():
			return OrderProcessing
		}
	}
	if o.EverPaid {
		return OrderCancelled // a cancel has returned what was paid
	}
	if o.Closed != "" {
		return o.Closed
	}
	return OrderOpen
}

// needsCapture reports whether success of a method is an authorisation only.
func needsCapture(method string) bool { return method == MethodCard }
