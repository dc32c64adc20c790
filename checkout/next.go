package checkout

import (
	"slices"
	"time"
)

// Finding is what an inquiry found: whether Antom has a payment, and with a result.
type Finding string

// The findings.
const (
	FindingUnknown  Finding = "unknown"   // U, timeout, bad signature, or the inquiry was refused
	FindingNotFound Finding = "not found" // Antom never received it, or the buyer never submitted the session
	FindingFound    Finding = "found"     // Antom has it, with a result
	FindingPending  Finding = "pending"   // Antom has it, without a result yet
)

// Known reports whether Antom has the payment.
func (f Finding) Known() bool { return f == FindingFound || f == FindingPending }

// Step is what has to be done next about a payment or an operation.
type Step string

// The steps.
const (
	StepNone               Step = "nothing"
	StepAbandon            Step = "abandon"             // Antom does not know it: it ends as cancelled
	StepSubmit             Step = "submit"              // send the stored request again, with its id
	StepCancel             Step = "cancel"              // end it at Antom
	StepSupersede          Step = "supersede"           // go on without it; a later success is a duplicate
	StepReturn             Step = "return"              // a duplicate: cancel it, or refund it where that fails
	StepWatchAuthorization Step = "watch authorization" // warn before it ends
	StepInquireRefund      Step = "inquire refund"
	StepConcludeCancel     Step = "conclude cancel" // it cannot take effect any longer
	StepCountMiss          Step = "count miss"      // Antom does not know a refund; inquire again
)

const (
	pollLimit        = 72 * time.Hour   // of polls without a result; then the order is under review
	cancelPause      = 10 * time.Minute // between two cancels of an attempt, after Antom has refused the first
	cancelDelay      = 5 * time.Minute  // longest time in which a cancel without an answer may still take effect
	refundPause      = 15 * time.Second // between two inquiries about a refund that Antom does not know
	refundMissesMost = 3                // such answers after which a refund counts as never placed
)

// NextPoll says when a payment is polled again after so many polls, and whether the
// polls have brought no result for too long. slow is how long the buyer may take at a
// counter or a bank: until then no result is to be expected.
func NextPoll(o Order, requestID string, polls int, slow time.Duration, r Rules) (at time.Time, exhausted bool) {
	at = r.Now.Add(r.Schedule.Wait(polls))
	by := func(end time.Time) {
		if end.After(r.Now) && end.Before(at) {
			at = end
		}
	}
	// An attempt ends when its order expires, and not a step of the schedule later. Goods
	// are free again soon after Antom has closed the attempt that they were reserved for.
	if o.Payable() {
		by(o.ExpiresAt)
	}
	if p := o.Payment(requestID); p.mayBePaid() {
		by(p.ExpiresAt.Add(r.Schedule.Wait(0)))
	}
	return at, r.Schedule.Elapsed(polls) > pollLimit+slow
}

// NextForPayment says what to do about a payment that still needs something after it
// was inquired.
func NextForPayment(o Order, requestID string, found Finding, r Rules) Step {
	p := o.Payment(requestID)
	ended := !r.Now.Before(p.ExpiresAt)
	switch {
	case found == FindingNotFound && p.Status.InProgress() && ended:
		return StepAbandon
	case found == FindingNotFound && p.Status.InProgress() && p.Active && p.Action.Type == ActionNone && p.Repeatable():
		return StepSubmit
	case found == FindingNotFound && p.Status.InProgress() && p.Active && lost(p, r.Now):
		return StepAbandon
	case p.Status.InProgress() && !p.Active && o.hasFunds():
		return StepCancel // another attempt has the funds
	case found == FindingPending && o.abandoned(*p) && o.needsNoOther() && !p.cancelRefusedLately(r):
		return StepCancel // Antom has it in progress after all, and the order does not need it
	case p.needsReversal() && !p.unfinished() && p.Disputes.worst() == nil && !o.antomReturnsKept():
		return StepReturn
	case p.Status == PaymentAuthorized && p.Active && p.ManualCapture && !p.unfinished():
		return StepWatchAuthorization
	}
	return StepNone
}

// callTime is how long a payment without an answer may still be on its way to Antom, or
// in its hands without being found: longer than any ANTOM_TIMEOUT.
const callTime = 90 * time.Second

// undecided reports whether a payment cannot be repeated, waits for nothing that the
// buyer does, and is so young that Antom may decide it, or find it, later.
func undecided(p *Payment, now time.Time) bool {
	return !p.Repeatable() && p.Action.Type == ActionNone && now.Sub(p.CreatedAt) < callTime
}

// lost reports whether a payment that Antom does not know has never reached it. It cannot
// be repeated: the buyer has to enter the card again.
func lost(p *Payment, now time.Time) bool {
	return !p.Repeatable() && p.Action.Type == ActionNone && !undecided(p, now)
}

// NextForOperation says what to do about an unfinished operation that the shop or an
// operator has ordered. The payment has just been inquired, and that inquiry reports
// captures. Sending an operation again with the same id is safe: Antom answers with
// the result of the first.
//
// A cancel that the shop ordered is not sent again when the buyer was faster and Antom
// reports a result: the buyer wants what they paid for. It is concluded once it can no
// longer take effect; the next inquiry then decides.
func NextForOperation(o Order, requestID string, op Operation, found Finding, r Rules) Step {
	p := o.Payment(requestID)
	switch {
	case op.Key == "": // Antom made it by itself, and reports its result by itself
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

// NextToEnd says how to end the active attempt, so that another may begin or the order
// may close. The attempt has just been inquired. An operator's cancel is sent also
// when Antom has refused one lately.
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
// pages left open when an order expires must not make the shop cancel without pause.
func (p *Payment) cancelRefusedLately(r Rules) bool {
	return slices.ContainsFunc(p.Operations, func(op Operation) bool {
		return op.Kind == Cancel && op.Status == OperationFailed && lately(op.CreatedAt, cancelPause, r.Now)
	})
}

// neverPaid reports whether a payment was abandoned, Antom does not know it, and its
// session has ended, so that it can no longer be paid.
func (o *Order) neverPaid(p Payment, r Rules) bool {
	return o.abandoned(p) && p.AntomID == "" && !r.Now.Before(p.ExpiresAt)
}

// NeverPaid reports whether a payment was abandoned, Antom does not know it, and its
// session has ended, so that it can no longer be paid.
func NeverPaid(o Order, requestID string, r Rules) bool { return o.neverPaid(*o.Payment(requestID), r) }

// AbandonEvent is the event that abandons a payment that Antom does not know. Once the
// session has ended, it also concludes an unfinished cancel of the payment.
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

// ConcludeCancelEvent is the event that concludes a cancel that the shop has ordered:
// the buyer was faster, and it can no longer take effect.
func ConcludeCancelEvent(requestID string, op Operation) Event {
	return Event{Cause: Cause{Kind: BySweeper}, RequestID: requestID, Operations: []OperationEvent{{
		Kind: Cancel, RequestID: op.RequestID, Status: OperationFailed, Code: "OVERTAKEN",
	}}}
}

// Unresolved is the payment to inquire while a buyer waits on the page, or nil.
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
	case active.Status.InProgress(), active.Status == PaymentAuthorized && !active.ManualCapture:
		return active
	}
	return nil
}

// Doubtful is a failed payment that a later message contradicts, or nil. Until an
// inquiry has resolved that, another attempt could make the buyer pay twice.
func (o *Order) Doubtful() *Payment {
	for i := range o.Payments {
		if p := &o.Payments[i]; p.Status == PaymentFailed && !p.NextPoll.IsZero() {
			return p
		}
	}
	return nil
}

// Unpayable reports whether Antom has accepted an attempt without an address or a
// session to pay it with. Antom's documents say to begin anew. An entered card needs
// none: its bank may decide without the buyer. Nor does a charge without the buyer.
func (p *Payment) Unpayable() bool {
	return p.Active && !p.Choice.Charge && p.Status == PaymentProcessing && p.Action.Type == ActionNone && p.Repeatable()
}

// PastEnd reports whether a payable order has expired, or expires in less than margin.
func (o *Order) PastEnd(now time.Time, margin time.Duration) bool {
	return o.Payable() && !now.Add(margin).Before(o.ExpiresAt)
}

// ActionWithoutStart is the buyer's action where the order takes no attempt, or
// ActionNone where it does.
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

// ActionAfter is the buyer's next action after an attempt with its present status.
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
