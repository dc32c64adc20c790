package checkout

import (
	"slices"
	"time"
)

// Finding is what an inquiry found out about whether Antom has a payment.
type Finding string

// The findings.
const (
	FindingUnknown  Finding = "unknown"   // U, timeout, bad signature, or the inquiry was refused
	FindingNotFound Finding = "not found" // never placed, or a session that was not submitted
	FindingFound    Finding = "found"     // with a result
	FindingPending  Finding = "pending"   // found, without a result yet
)

// Known reports whether Antom has the payment.
func (f Finding) Known() bool { return f == FindingFound || f == FindingPending }

// Step is what has to be done next about a payment or an operation.
type Step string

// The steps.
const (
	StepNone               Step = "nothing"
	StepAbandon            Step = "abandon"             // Antom does not know it: give it up
	StepSubmit             Step = "submit"              // send the stored request again, with its id
	StepCancel             Step = "cancel"              // end it at Antom
	StepSupersede          Step = "supersede"           // go on without it; a later success is a duplicate
	StepReturn             Step = "return"              // a duplicate: cancel it, or else refund it
	StepWatchAuthorization Step = "watch authorization" // warn before it ends
	StepInquireRefund      Step = "inquire refund"
	StepConcludeCancel     Step = "conclude cancel" // it cannot take effect any longer
	StepCountMiss          Step = "count miss"      // Antom does not know a refund; inquire again
)

const (
	pollLimit        = 72 * time.Hour   // of polling in vain; after that a person has to look
	cancelPause      = 10 * time.Minute // between two cancels of an attempt, when the first was refused
	cancelDelay      = 5 * time.Minute  // longest time in which a cancel without an answer may still take effect
	refundPause      = 15 * time.Second // between two inquiries about a refund that Antom does not know
	refundMissesMost = 3                // such answers after which a refund counts as never placed
)

// NextPoll says when a payment is polled again after so many polls, and whether
// polling has been in vain for too long. slow is how long the buyer may take at a
// counter or a bank: silence until then means nothing.
func NextPoll(o Order, polls int, slow time.Duration, r Rules) (at time.Time, exhausted bool) {
	at = r.Now.Add(r.Schedule.Wait(polls))
	if end := o.ExpiresAt; o.Payable() && end.After(r.Now) && end.Before(at) {
		at = end // an attempt ends with its order, not a step of the schedule later
	}
	return at, r.Schedule.Elapsed(polls) > pollLimit+slow
}

// NextForPayment says what to do about a payment that an inquiry alone has not
// brought to its end.
func NextForPayment(o Order, requestID string, found Finding, r Rules) Step {
	p := o.Payment(requestID)
	ended := !r.Now.Before(p.ExpiresAt)
	switch {
	case found == FindingNotFound && p.Status.InProgress() && ended:
		return StepAbandon
	case found == FindingNotFound && p.Status.InProgress() && p.Active && p.Action.Type == ActionNone && p.Repeatable():
		return StepSubmit
	case p.Status.InProgress() && !p.Active && o.hasFunds():
		return StepCancel // another attempt has paid
	case found == FindingPending && o.abandoned(*p) && o.needsNoOther() && !p.cancelRefusedLately(r):
		return StepCancel // it goes on at Antom after all, and the order without it
	case p.needsReversal() && !p.unfinished():
		return StepReturn
	case p.Status == PaymentAuthorized && p.Active && r.ManualCapture && !p.unfinished():
		return StepWatchAuthorization
	}
	return StepNone
}

// NextForOperation says what to do about an unfinished operation of the shop's or an
// operator's. An inquiry about the payment has just been made, which tells of
// captures; a repeat with the same id is answered with what became of the first.
//
// A cancel of the shop's that the buyer has overtaken, so that Antom tells of a result,
// is not sent again: the buyer wants what they paid for. It is concluded once it can
// take effect no longer; then the next inquiry says what is there.
func NextForOperation(o Order, requestID string, op Operation, found Finding, r Rules) Step {
	p := o.Payment(requestID)
	switch {
	case op.Key == "": // what Antom does by itself it also ends by itself
		return StepNone
	case op.Kind == Refund && op.Status == OperationProcessing:
		return StepInquireRefund
	case op.Kind == Cancel && op.Key == ownKey && found == FindingFound && p.Status.InProgress():
		if r.Now.Sub(op.SubmittedAt) < cancelDelay {
			return StepNone
		}
		return StepConcludeCancel
	}
	return StepSubmit
}

// NextForMissedRefund says what to do about a refund that Antom does not know.
func NextForMissedRefund(op Operation) Step {
	if op.Misses+1 < refundMissesMost {
		return StepCountMiss
	}
	return StepSubmit
}

// NextToEnd says how the active attempt ends, so that another may begin or the order
// may close. It has just been inquired. An operator's cancel is not held back by
// one that was refused lately.
func NextToEnd(o Order, requestID string, found Finding, by CauseKind, r Rules) Step {
	active := o.Active()
	if active == nil || active.RequestID != requestID || !active.Status.InProgress() {
		return StepNone
	}
	switch {
	case found == FindingUnknown:
		return StepNone
	case found == FindingNotFound:
		return StepAbandon
	case by != ByAdmin && active.cancelRefusedLately(r):
		return StepSupersede
	}
	return StepCancel
}

// cancelRefusedLately reports whether Antom has just refused to cancel a payment:
// pages that are left open at an order's end must not ask again and again.
func (p *Payment) cancelRefusedLately(r Rules) bool {
	return slices.ContainsFunc(p.Operations, func(op Operation) bool {
		return op.Kind == Cancel && op.Status == OperationFailed && r.Now.Sub(op.CreatedAt) < cancelPause
	})
}

// neverPaid reports whether a payment that Antom does not know was given up and
// cannot be paid any longer either.
func (o *Order) neverPaid(p Payment, r Rules) bool {
	return o.abandoned(p) && p.AntomID == "" && !r.Now.Before(p.ExpiresAt)
}

// NeverPaid reports whether a payment was given up before Antom knew it, and its
// session has ended.
func NeverPaid(o Order, requestID string, r Rules) bool { return o.neverPaid(*o.Payment(requestID), r) }

// AbandonEvent gives up a payment that Antom does not know. Once the session has
// ended, a cancel of it has nothing to wait for either.
func AbandonEvent(o Order, requestID string, by Cause, r Rules) Event {
	p := o.Payment(requestID)
	e := Event{Cause: by, RequestID: requestID, Outcome: OutcomeAbandoned}
	if r.Now.Before(p.ExpiresAt) {
		return e
	}
	for _, op := range p.Operations {
		if op.Kind == Cancel && op.Unfinished() {
			e.Operations = append(e.Operations, OperationEvent{Kind: Cancel, RequestID: op.RequestID, Status: OperationFailed, Code: codeOrderNotExist})
		}
	}
	return e
}

// codeOrderNotExist is Antom's ORDER_NOT_EXIST.
const codeOrderNotExist = "ORDER_NOT_EXIST"

// ConcludeCancelEvent gives up a cancel of the shop's that the buyer has overtaken.
func ConcludeCancelEvent(requestID string, op Operation) Event {
	return Event{Cause: Cause{Kind: BySweeper}, RequestID: requestID, Operations: []OperationEvent{{
		Kind: Cancel, RequestID: op.RequestID, Status: OperationFailed, Code: "OVERTAKEN",
	}}}
}

// Unresolved is the payment whose state Antom should be asked for while a buyer
// waits, or nil.
func (o *Order) Unresolved(r Rules) *Payment {
	if o.Review != "" {
		return o.Payment(o.ReviewPayment)
	}
	if doubtful := o.Doubtful(); doubtful != nil {
		return doubtful
	}
	active := o.Active()
	switch {
	case active == nil:
		return nil
	case active.Status.InProgress(), active.Status == PaymentAuthorized && !r.ManualCapture:
		return active
	}
	return nil
}

// Doubtful is a payment that Antom called failed and that a contradicting message has
// been about since, or nil. Until an inquiry has settled it, another payment could
// be the second.
func (o *Order) Doubtful() *Payment {
	for i := range o.Payments {
		if p := &o.Payments[i]; p.Status == PaymentFailed && !p.NextPoll.IsZero() {
			return p
		}
	}
	return nil
}

// PastEnd reports whether the time to pay the order is over, or has less than margin
// left.
func (o *Order) PastEnd(now time.Time, margin time.Duration) bool {
	return o.Payable() && !now.Add(margin).Before(o.ExpiresAt)
}

// ActionWithoutStart is the action for an order that no attempt may be made for, or
// ActionNone.
func (o *Order) ActionWithoutStart() ActionType {
	switch o.Status {
	case OrderOpen, OrderProcessing:
		return ActionNone
	case OrderExpired, OrderCancelled:
		return ActionClosed
	case OrderReview:
		return ActionWait
	}
	return ActionDone
}

// ActionAfter is how the buyer goes on from where an attempt stands.
func (o *Order) ActionAfter(p Payment) Action {
	if action := o.ActionWithoutStart(); action != ActionNone {
		return Action{Type: action}
	}
	switch {
	case p.Status == PaymentFailed || p.Status == PaymentCancelled:
		return Action{Type: ActionDeclined}
	case p.Action.Type != ActionNone:
		return p.Action
	}
	return Action{Type: ActionWait}
}
