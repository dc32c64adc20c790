package checkout

import (
	"errors"
	"time"
)

// OrderActions is what an operator can order about an order as it is now. Antom may refuse it
// all the same.
type OrderActions struct {
	Capture      Money     // what a capture takes; zero if nothing waits for one
	CaptureUntil time.Time // when the authorisation ends
	Refund       Money     // the most that can be refunded; zero if nothing can
	RefundWhole  bool      // only all of it
	Cancel       Cancelling
	CancelAmount Money     // what a cancel releases or returns
	CancelUntil  time.Time // when Antom refuses a cancel at the latest; zero if that is not known
	Accept       bool
	Question     string // why a refund or cancel is refused though there are funds, e.g. a dispute; "" if it is not
}

// Cancelling is what a cancel does.
type Cancelling string

// What a cancel does.
const (
	CancelNothing Cancelling = ""        // it is not possible
	CancelCloses  Cancelling = "closes"  // the unpaid order takes no payment
	CancelFrees   Cancelling = "frees"   // the card is released
	CancelReturns Cancelling = "returns" // the paid money is returned, all of it
)

// Allow reports whether an action is among them.
func (a OrderActions) Allow(choice InboxChoice) bool {
	switch choice {
	case ChoiceCapture:
		return a.Capture.Minor > 0
	case ChoiceRefund:
		return a.Refund.Minor > 0
	case ChoiceCancel:
		return a.Cancel != CancelNothing
	case ChoiceAccept:
		return a.Accept
	}
	return false
}

// PossibleActions asks the rules of each action whether they allow it.
func PossibleActions(o Order, r Rules) OrderActions {
	var a OrderActions
	probe := Key{Operator: "probe"}
	if p, amount, err := o.operable(OperationRequest{Kind: Capture, Key: probe}, r); err == nil && !p.unfinished() {
		a.Capture, a.CaptureUntil = amount, p.AuthEndsAt
	}
	a.refund(&o)
	a.cancel(&o)
	switch {
	case o.Review.NeedsResolution():
		a.Accept = true
	case o.Review != "":
		_, _, err := AcceptReview(o, r)
		a.Accept = err == nil
	}
	return a
}

// refund is what may be refunded. Of a payment under review for its amount or method Antom
// is asked first what it holds, and all of that is returned.
func (a *OrderActions) refund(o *Order) {
	p, amount, err := o.refundable(OperationRequest{Kind: Refund, Key: Key{Operator: "probe"}})
	whole := false
	if o.Review.NeedsResolution() {
		p, whole, err = o.Payment(o.ReviewPayment), true, nil
		amount = p.Amount
	}
	if err != nil {
		return
	}
	if a.Question = question(p); a.Question != "" {
		return
	}
	a.Refund, a.RefundWhole = amount, whole || p.Duplicate
}

func (a *OrderActions) cancel(o *Order) {
	p := o.Active()
	if o.Review.NeedsResolution() {
		p = o.Payment(o.ReviewPayment)
	} else if p == nil || o.Status == OrderCancelled {
		p = o.Duplicate()
	}
	switch {
	case p != nil && question(p) != "":
		a.Question = question(p)
	case p != nil && p.Status == PaymentPaid && p.Refunded().Minor == 0:
		a.Cancel, a.CancelAmount, a.CancelUntil = CancelReturns, p.EffectiveAmount(), cancelWindow(*o)
	case p != nil && p.Status == PaymentAuthorized:
		a.Cancel, a.CancelAmount, a.CancelUntil = CancelFrees, p.EffectiveAmount(), p.AuthEndsAt
	case o.Payable() || o.Status == OrderReview && (p == nil || p.Status.InProgress()):
		a.Cancel = CancelCloses
	}
}

// antomDay is where Antom's days begin.
var antomDay = time.FixedZone("UTC+8", 8*60*60)

// cancelWindow is until when Antom cancels a paid payment at the latest: a quarter of an hour
// after the end of its day. Some methods allow less.
func cancelWindow(o Order) time.Time {
	if o.PaidAt.IsZero() {
		return time.Time{}
	}
	year, month, day := o.PaidAt.In(antomDay).Date()
	return time.Date(year, month, day+1, 0, 15, 0, 0, antomDay).UTC()
}

// question is why a return of a payment is questioned, or "".
func question(p *Payment) string {
	var refused *Error
	if errors.As(QuestionReturn(*p), &refused) {
		return refused.Detail
	}
	return ""
}
