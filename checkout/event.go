package checkout

import (
	"slices"
	"time"
)

// Event is what one message reports about one payment. Only three sources become
// one: Antom's verified messages, an operator's resolution, and the shop's own
// decisions about an attempt.
type Event struct {
	Cause      Cause
	Resolution Resolution // an operator's, about what Antom has just confirmed
	RequestID  string     // the payment it is about
	AntomID    string     // Antom's paymentId; "" when the message does not name it
	ForeignID  bool       // AntomID belongs to another payment of this shop
	Outcome    Outcome
	Amount     Money     // zero when the message does not name it
	Method     string    // "" when the message does not name it
	Code       string    // Antom's result code
	ShopFault  bool      // of OutcomeFailed: the shop's settings, contract or code caused it, and no buyer
	Card       Card      // what the message reports about the card
	CardToken  CardToken // with which the card can be charged again; empty when the message has none
	Action     Action    // the buyer's next action, in the answer to a start
	ExpiresAt  time.Time // of the session
	AuthEndsAt time.Time // of an authorised card
	Operations []OperationEvent
	Dispute    *Dispute   // a step of a dispute about the payment, or nil
	Unread     bool       // the message names the payment and is of a kind that the shop does not know
	Asked      *Knowledge // of an answer to an inquiry: what was known when it was sent; nil: what is known now
}

// Knowledge is what was known of a payment at some moment. Messages overtake each
// other on the wire, and Antom's answers are not numbered: an answer counts only if
// what is known has not changed since its inquiry was sent.
type Knowledge struct {
	Status  PaymentStatus
	Cancels int // cancels begun and cancels concluded
	Doubts  int // messages that contradicted what was known
}

// OperationEvent is what a message reports about one capture, refund or cancel.
type OperationEvent struct {
	Kind      OperationKind
	RequestID string
	AntomID   string
	Status    OperationStatus
	Amount    Money // zero when the message does not name it
	Code      string
	Gone      bool // a capture was refused because the authorisation has ended
}

// Outcome is what a message reports about the payment itself.
type Outcome string

// The outcomes.
const (
	OutcomeNone       Outcome = ""           // the message is about an operation only
	OutcomeUnknown    Outcome = "unknown"    // timeout, U or a bad signature; never failed
	OutcomeAccepted   Outcome = "accepted"   // Antom has the payment, the buyer is to act
	OutcomePending    Outcome = "pending"    // the buyer has acted, the result comes later
	OutcomeSucceeded  Outcome = "succeeded"  // for a card: authorised
	OutcomeFailed     Outcome = "failed"     // Antom's final F
	OutcomeCancelled  Outcome = "cancelled"  // Antom has cancelled it
	OutcomeAbandoned  Outcome = "abandoned"  // Antom does not know it, and the shop ends it
	OutcomeSuperseded Outcome = "superseded" // Antom does not cancel it; the order goes on without it
)

// Resolution is what an operator decides about a payment whose amount or method,
// as Antom confirms, differs from what was requested.
type Resolution string

// The resolutions.
const (
	ResolutionAccept Resolution = "accept" // what Antom holds pays the order
	ResolutionRefund Resolution = "refund" // return it; the order may be paid anew
	ResolutionCancel Resolution = "cancel" // return it, and cancel the order
)

// concludes reports whether the event is Antom's answer about the payment itself. The
// answer to an inquiry about a refund is not.
func (e Event) concludes() bool { return e.fromInquiry() && e.Outcome != OutcomeNone }

// pending reports whether the payment has no result yet.
func (e Event) pending() bool { return e.Outcome == OutcomeAccepted || e.Outcome == OutcomePending }

// fromInquiry reports whether the event answers an inquiry. An operator's
// resolution is made over an inquiry that was just answered.
func (e Event) fromInquiry() bool { return e.Cause.Kind == ByInquiry || e.Resolution != "" }

// captured reports whether the event reports a capture that succeeded.
func (e Event) captured() bool {
	return slices.ContainsFunc(e.Operations, func(op OperationEvent) bool {
		return op.Kind == Capture && op.Status == OperationSuccess
	})
}

// method is the method that the event names or shows, or "". Antom's messages about
// cards may not name it, but only a card is authorised for a time, or captured.
func (e Event) method() string {
	isCapture := func(op OperationEvent) bool { return op.Kind == Capture }
	if e.Method == "" && (!e.AuthEndsAt.IsZero() || slices.ContainsFunc(e.Operations, isCapture)) {
		return MethodCard
	}
	return e.Method
}

// Cause names the evidence of a change: a row of notifications or calls, or the
// person, program or clock that ordered it.
type Cause struct {
	Kind CauseKind
	ID   string
}

// CauseKind is where an event comes from.
type CauseKind string

// The kinds of causes.
const (
	ByNotification CauseKind = "notification"
	ByInquiry      CauseKind = "inquiry"
	ByResponse     CauseKind = "response"
	ByAdmin        CauseKind = "admin"
	ByShopper      CauseKind = "shopper"
	BySweeper      CauseKind = "sweeper"
)

// String is the form of the audit: "notification:ID", "sweeper".
func (c Cause) String() string {
	if c.ID == "" {
		return string(c.Kind)
	}
	return string(c.Kind) + ":" + c.ID
}

// Rules is what a decision depends on beside the order and the event: the time and
// the merchant's settings.
type Rules struct {
	Now        time.Time // in whole milliseconds, as times are stored
	Schedule   Schedule  // waits between two polls of something unfinished
	RefundLate bool      // money for an expired order is returned, instead of reviving the order
	ThreeDS    ThreeDSPolicy
}

// Schedule lists the waits between two polls; the last one repeats.
type Schedule []time.Duration

// Wait is the time after so many polls until the next one.
func (s Schedule) Wait(polls int) time.Duration {
	if len(s) == 0 {
		return 0
	}
	return s[min(polls, len(s)-1)]
}

// Elapsed is the time that so many polls have taken.
func (s Schedule) Elapsed(polls int) (total time.Duration) {
	for n := range polls {
		total += s.Wait(n)
	}
	return total
}
