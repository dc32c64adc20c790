package checkout

import (
	"cmp"
	"time"
)

// Apply is the order after an event about one of its payments, with the effects that
// follow. It changes a copy only. An event that contradicts what is known changes no
// payment: it puts the order under review, and an inquiry decides.
func Apply(o Order, e Event, r Rules) (Order, []Effect) {
	before, o := o, o.Clone()
	p := o.Payment(e.RequestID)
	if p == nil {
		return o, nil
	}
	o.applyResolution(p, e)
	if why := contradiction(*p, e); why != "" {
		o = before.Clone() // a resolution does not end any other contradiction
		p = o.Payment(e.RequestID)
		if !e.fromInquiry() {
			p.doubt(r)
		} else if o.Review != why || o.ReviewPayment != p.RequestID {
			p.Doubts++
		}
		p.reconcileLater(r)
		o.raise(why, p.RequestID)
		return o, effects(before, o)
	}
	outdated := e.outdated(p)
	if p.doubts(e) {
		p.applyDoubt(e, r)
		o.recompute(r)
		return o, effects(before, o)
	}
	was := p.Status
	p.applyFacts(e)
	if p.hasAnotherID(e) && p.NextPoll.IsZero() {
		p.schedulePoll(r.Now)
	}
	p.applyOutcome(e, r)
	if e.Unread {
		p.doubt(r) // an inquiry says what has changed
	}
	for _, op := range e.Operations {
		p.applyOperation(op, e, r)
	}
	noteToken(&o, p, e)
	if e.Dispute != nil {
		p.Disputes.apply(*e.Dispute, r.Now)
		watchDisputes(p, r.Now)
	}
	p.reconcileAfter(was, r)
	if !outdated {
		p.reconciled(e, r)
	}
	if e.concludes() && !outdated && !p.needsPolling() && !(p.Status.ended() && e.pending()) {
		p.NextPoll, p.Polls = time.Time{}, 0
	}
	if !outdated && o.ReviewPayment == p.RequestID && o.Review.endedBy(*p, e) {
		o.Review, o.ReviewPayment = "", ""
	}
	o.recompute(r)
	o.keepDuplicate(before, r)
	due := effects(before, o)
	if e.Dispute != nil && e.Cause.Kind == ByNotification { // the person who has answered it knows
		due = append(due, e.Dispute.effect())
	}
	return o, due
}

// outdated reports whether what is known of the payment has changed since the inquiry
// was sent that the event answers.
func (e Event) outdated(p *Payment) bool { return e.Asked != nil && *e.Asked != p.Knowledge() }

// Knowledge is what is known of the payment.
func (p *Payment) Knowledge() Knowledge {
	k := Knowledge{Status: p.Status, Doubts: p.Doubts}
	for _, op := range p.Operations {
		if op.Kind == Cancel {
			k.Cancels++
			if !op.Unfinished() {
				k.Cancels++
			}
		}
	}
	return k
}

// doubts reports whether an event may be outdated: it reports funds that may be gone
// already, or a failure that a success may have followed. While a cancel has no
// answer, it may still return the funds of a success. And the answer to an inquiry
// that was sent before a cancel began or ended, or before the payment ended or
// succeeded, does not say what holds now.
func (p *Payment) doubts(e Event) bool {
	funds := e.Outcome == OutcomeSucceeded || e.captured()
	known := p.Status == PaymentPaid || p.Status == PaymentRefunded || p.Status == PaymentAuthorized && !e.captured()
	switch {
	case funds && known:
		return false
	case funds && p.Cancelling():
		return true
	case funds && e.Asked != nil:
		return e.Asked.Cancels != p.Knowledge().Cancels || p.Status.ended() && e.Asked.Status != p.Status
	case e.Outcome == OutcomeFailed && p.Status.HoldsFunds() && e.Asked != nil:
		return e.Asked.Status != p.Status
	}
	return false
}

// applyDoubt keeps Antom's id and schedules an inquiry; all else waits for an answer
// that is not outdated. After an inquiry a scheduled poll stays, so that a cancel
// without an answer is not inquired about without pause.
func (p *Payment) applyDoubt(e Event, r Rules) {
	p.applyFacts(Event{AntomID: e.AntomID, Asked: e.Asked})
	p.reconcileLater(r)
	switch {
	case !e.fromInquiry():
		p.doubt(r)
	case p.NextPoll.IsZero():
		p.schedulePoll(r.Now)
	}
}

// doubt schedules an inquiry at once: a message contradicts what is known. Answers to
// inquiries that were sent before do not end the doubt.
func (p *Payment) doubt(r Rules) {
	p.Doubts++
	p.reconcileLater(r)
	p.schedulePoll(r.Now)
}

// Contradicts reports whether an event cannot be true beside what the order knows
// of its payment. An event about another order's payment contradicts as well.
func Contradicts(o Order, e Event) bool {
	p := o.Payment(e.RequestID)
	return p == nil || contradiction(*p, e) != ""
}

// applyResolution applies an operator's resolution. What Antom confirms in the same
// event is applied after it, as in any event.
func (o *Order) applyResolution(p *Payment, e Event) {
	if e.Resolution == "" || e.Outcome != OutcomeSucceeded || !o.Review.NeedsResolution() || o.ReviewPayment != p.RequestID {
		return
	}
	o.Review, o.ReviewPayment = "", ""
	if e.Amount != p.EffectiveAmount() {
		p.Confirmed = e.Amount
	}
	p.Method = cmp.Or(e.Method, p.Method)
	switch e.Resolution {
	case ResolutionAccept:
		p.Active = p.Active || o.Active() == nil
	case ResolutionCancel:
		o.Closed = OrderCancelled
		fallthrough
	case ResolutionRefund:
		p.Active, p.Duplicate = false, true // the sweeper returns it, also when the operator's command is interrupted
	}
}

// contradiction says why an event cannot be true beside what is known, or "".
func contradiction(p Payment, e Event) Review {
	switch {
	case e.ForeignID, p.hasAnotherID(e) && !e.fromInquiry():
		return "another Antom payment id"
	case e.Outcome == OutcomeSucceeded && e.Method != "" && p.Method != "" && e.Method != p.Method:
		return anotherMethod
	case e.Outcome == OutcomeSucceeded && e.Amount != p.EffectiveAmount():
		return anotherAmount
	case e.Outcome == OutcomeSucceeded && p.Status == PaymentCancelled && !e.fromInquiry():
		return "paid after cancel"
	case e.Outcome == OutcomeFailed && p.Status.HoldsFunds() && e.fromInquiry() && !p.doubts(e):
		return "failed after success"
	}
	for _, op := range e.Operations {
		if why := p.contradictedBy(op, e); why != "" {
			return why
		}
	}
	if p.refundedAfter(e).Minor > p.EffectiveAmount().Minor {
		return "refunded more than was paid"
	}
	return ""
}

// hasAnotherID reports whether an event names another Antom id than is known. Within one
// session a buyer may pay again after a failure, and each time Antom gives an id of its
// own; the answer to an inquiry about the shop's id says which one counts.
func (p *Payment) hasAnotherID(e Event) bool {
	return e.AntomID != "" && p.AntomID != "" && e.AntomID != p.AntomID
}

// contradictedBy says why what an event reports of one operation cannot be true, or "".
func (p *Payment) contradictedBy(e OperationEvent, within Event) Review {
	op := p.operation(e)
	if p.madeByCancel(e, within) {
		return ""
	}
	if e.Kind == Capture && e.Status == OperationSuccess && !within.fromInquiry() && p.Status.ended() {
		return "captured after its end"
	}
	newRefund := op == nil && e.Kind == Refund && e.Status == OperationSuccess
	switch {
	case e.Amount == (Money{}) && !newRefund:
	case e.Amount.Currency != p.EffectiveAmount().Currency,
		e.Kind == Capture && e.Amount != p.EffectiveAmount(), // also a failed one: it would be stored with that amount
		op != nil && op.Amount != e.Amount:
		return Review("another amount of the " + string(e.Kind))
	}
	return ""
}

// refundedAfter is the money returned once the event has been applied.
func (p *Payment) refundedAfter(e Event) Money {
	sum := p.Refunded()
	for _, refund := range e.Operations {
		if refund.Kind != Refund || refund.Status != OperationSuccess || p.madeByCancel(refund, e) {
			continue
		}
		switch op := p.operation(refund); {
		case op == nil:
			sum = sum.Plus(refund.Amount)
		case op.Status != OperationSuccess:
			sum = sum.Plus(op.Amount)
		}
	}
	return sum
}

// madeByCancel reports whether an operation is one that Antom made by itself for a
// payment that it has cancelled. It changes nothing about the order's money, whatever its amount.
func (p *Payment) madeByCancel(e OperationEvent, within Event) bool {
	return within.Outcome == OutcomeCancelled && p.operation(e) == nil
}

// applyFacts stores what an event reports beside its outcome.
func (p *Payment) applyFacts(e Event) {
	p.Card = cardAfter(p, e)
	if e.AntomID != "" && (p.AntomID == "" || !e.outdated(p)) {
		p.AntomID = e.AntomID
	}
	if p.Method == "" {
		p.Method = e.method()
	}
	if e.Action.Type != ActionNone {
		p.Action = e.Action
	}
	// Times are cut to whole milliseconds, as the store keeps them, so that the same
	// event again changes nothing.
	if !e.ExpiresAt.IsZero() {
		p.ExpiresAt = e.ExpiresAt.UTC().Truncate(time.Millisecond)
	}
	if !e.AuthEndsAt.IsZero() {
		p.AuthEndsAt = e.AuthEndsAt.UTC().Truncate(time.Millisecond)
	}
}

// applyOutcome moves the payment to the status that the event reports, if that may
// follow.
func (p *Payment) applyOutcome(e Event, r Rules) {
	switch e.Outcome {
	case OutcomeUnknown:
		if p.Status == PaymentCreated {
			p.transition(PaymentUnknown, e.Code)
		}
	case OutcomeAccepted:
		if p.Status == PaymentCreated || p.Status == PaymentUnknown {
			p.transition(PaymentProcessing, e.Code)
		}
	case OutcomePending:
		if p.Status.InProgress() {
			p.transition(PaymentPending, e.Code)
		}
	case OutcomeSucceeded:
		p.applySuccess(e, r)
	case OutcomeFailed:
		switch {
		case p.Status.InProgress():
			p.transition(PaymentFailed, e.Code)
			p.ShopFault = e.ShopFault && !(p.Choice.Saved != "" && endsCard(p))
		case p.Status.HoldsFunds():
			p.doubt(r) // a late failure changes nothing until an inquiry confirms it
		case p.mayBePaid():
			p.schedulePoll(r.Now) // an abandoned session was used after all: an inquiry confirms that it has ended
		}
	case OutcomeCancelled:
		if p.Status.InProgress() || p.Status.HoldsFunds() {
			p.transition(PaymentCancelled, e.Code)
		}
	case OutcomeAbandoned:
		if !p.Status.InProgress() {
			break
		}
		p.transition(PaymentCancelled, e.Code)
		if r.Now.Before(p.ExpiresAt) {
			p.schedulePoll(p.ExpiresAt.Add(r.Schedule.Wait(0))) // an open page can still pay it, and its notification may be lost
		}
	case OutcomeSuperseded:
		p.Active = p.Active && !p.Status.InProgress()
	}
}

// applySuccess moves the payment to authorized or paid. Where the method is not
// known yet, or a failure was reported before, only Antom's answer to a call of the
// shop decides: a notification makes the shop inquire.
func (p *Payment) applySuccess(e Event, r Rules) {
	answered := e.fromInquiry() || e.Cause.Kind == ByResponse
	switch {
	case p.Status == PaymentAuthorized && !needsCapture(p.Method): // it was not paid by card after all
		p.transition(PaymentPaid, e.Code)
	case p.Status == PaymentFailed && !answered:
		p.doubt(r)
	case p.Status.HoldsFunds() || p.Status == PaymentRefunded:
	case p.Method == "": // paid, or authorised only: an answer that names the method decides
		if !answered {
			p.doubt(r)
		}
	case needsCapture(p.Method):
		p.transition(PaymentAuthorized, e.Code)
	default:
		p.transition(PaymentPaid, e.Code)
	}
}

// operation finds the operation that an event is about: by the shop's id or by
// Antom's, because a notification may name only one of them.
func (p *Payment) operation(e OperationEvent) *Operation {
	if op := p.Operation(e.Kind, e.RequestID); op != nil {
		return op
	}
	for i := range p.Operations {
		if op := &p.Operations[i]; op.Kind == e.Kind && op.AntomID != "" && op.AntomID == e.AntomID {
			return op
		}
	}
	return nil
}

// applyOperation moves a capture, refund or cancel, and the payment with it. within
// is the event that reports it.
func (p *Payment) applyOperation(e OperationEvent, within Event, r Rules) {
	if p.madeByCancel(e, within) {
		return
	}
	op := p.operation(e)
	if op == nil {
		if op = p.adoptOperation(e, r); op == nil {
			return
		}
	}
	if e.AntomID != "" {
		op.AntomID = e.AntomID
	}
	switch {
	case op.Status == OperationFailed && e.Status == OperationSuccess && within.Cause.Kind == ByNotification:
		p.doubt(r) // success after failure: only an inquiry decides
	case op.Status.CanTransitionTo(e.Status):
		op.Status, op.ResultCode = e.Status, e.Code
	}
	switch {
	case op.Kind == Capture && within.Outcome == OutcomeCancelled: // the cancel has returned what was captured
	case op.Kind == Capture && op.Status == OperationSuccess:
		p.transition(PaymentPaid, e.Code)
	case op.Kind == Cancel && op.Status == OperationSuccess,
		op.Kind == Capture && op.Status == OperationFailed && e.Gone:
		p.transition(PaymentCancelled, e.Code)
	}
}

// adoptOperation adds an operation that the shop did not order: Antom captures by
// itself, and a merchant may refund in Antom's dashboard. A refund of unknown amount
// is not added, and nil returned: a later message will name the amount.
func (p *Payment) adoptOperation(e OperationEvent, r Rules) *Operation {
	amount := e.Amount
	if amount == (Money{}) && e.Kind == Capture {
		amount = p.EffectiveAmount()
	}
	if amount == (Money{}) {
		return nil
	}
	p.Operations = append(p.Operations, Operation{
		Kind: e.Kind, RequestID: e.RequestID, Amount: amount, Status: OperationPending, CreatedAt: r.Now, SubmittedAt: r.Now,
	})
	return &p.Operations[len(p.Operations)-1]
}

// transition moves the payment if the table of status.go allows it.
func (p *Payment) transition(to PaymentStatus, code string) {
	if !p.Status.CanTransitionTo(to) {
		return
	}
	p.Status, p.ResultCode = to, code
	if !to.InProgress() {
		p.NextPoll, p.Polls = time.Time{}, 0
	}
}
