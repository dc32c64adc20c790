package checkout

import (
	"cmp"
	"slices"
	"time"
)

// Event is what one message says about one payment, in this program's terms.
// Only Antom's verified words and an operator's order become one.
type Event struct {
	Cause      Cause
	Resolution Resolution // of an operator, about what Antom has confirmed
	RequestID  string     // the payment it is about
	AntomID    string     // Antom's paymentId, "" when not said
	ForeignID  bool       // AntomID is that of another payment of ours
	Outcome    Outcome
	Amount     Money     // zero when not said
	Method     string    // "" when not said
	Code       string    // Antom's result code
	Action     Action    // how the buyer goes on, in the answer to a start
	ExpiresAt  time.Time // of the session
	AuthEndsAt time.Time // of an authorised card
	Operations []OperationEvent
}

// settles reports whether the word is Antom's answer to how the payment stands. An
// inquiry about a refund is none.
func (w Event) concludes() bool { return w.fromInquiry() && w.Outcome != OutcomeNone }

// FindingPending reports whether the word is that the buyer may still pay, or has not been
// told the result yet.
func (w Event) pending() bool { return w.Outcome == OutcomeAccepted || w.Outcome == OutcomePending }

// inquired reports whether the word is the answer to an inquiry. A verdict is
// spoken over one that was just made.
func (w Event) fromInquiry() bool { return w.Cause.Kind == ByInquiry || w.Resolution != "" }

// captured reports whether a capture is told to have succeeded.
func (w Event) captured() bool {
	return slices.ContainsFunc(w.Operations, func(op OperationEvent) bool { return op.Kind == Capture && op.Status == OperationSuccess })
}

// OperationEvent is what a message says about one capture, refund or cancel.
type OperationEvent struct {
	Kind      OperationKind
	RequestID string
	AntomID   string
	Status    OperationStatus
	Amount    Money // zero when not said
	Code      string
	Gone      bool // of a refused capture: the authorisation has ended, and with it the payment
}

// Resolution is what an operator decides about a payment whose amount or method, as
// Antom confirms, is another than was asked for.
type Resolution string

// The verdicts.
const (
	ResolutionAccept Resolution = "keep"      // the order stands on what Antom holds
	ResolutionRefund Resolution = "give back" // and the order may be paid anew
	ResolutionCancel Resolution = "close"     // give it back, and the order is cancelled
)

// Outcome is what a message says about the payment itself.
type Outcome string

// What can be said of a payment.
const (
	OutcomeNone       Outcome = ""          // the message is about an operation only
	OutcomeUnknown    Outcome = "no answer" // timeout, U, bad signature: unknown, never failed
	OutcomeAccepted   Outcome = "accepted"  // Antom has it, the buyer is to act
	OutcomePending    Outcome = "pending"   // the buyer has acted, the result comes later
	OutcomeSucceeded  Outcome = "succeeded" // a card: authorised
	OutcomeFailed     Outcome = "failed"
	OutcomeCancelled  Outcome = "cancelled"
	OutcomeAbandoned  Outcome = "dropped" // Antom does not know it and we have given it up
	OutcomeSuperseded Outcome = "overlap" // cannot be cancelled; the order goes on without it
)

// Cause names the evidence of a change: a row of notifications or calls, or who
// ordered it.
type Cause struct {
	Kind CauseKind
	ID   string
}

// CauseKind is where a word comes from.
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

// Rules is what a decision depends on beside the order and the word.
type Rules struct {
	Now           time.Time
	Pause         time.Duration // before the first look at what is still to come
	ManualCapture bool          // the merchant captures cards
	RefundLate    bool          // money for a closed order goes back, instead of reviving the order
}

// Apply says what an order becomes when a word about one of its payments is
// heard, and what must be done about it. It changes nothing but its copy. What
// the shop does by itself (an attempt begun, an order's end) ends in follow too,
// so that no status is ever set by hand.
func Apply(o Order, w Event, r Rules) (Order, []Effect) {
	before, o := o, o.clone()
	p := o.Payment(w.RequestID)
	if p == nil {
		return o, nil
	}
	o.resolve(p, w)
	if why := contradiction(*p, w); why != "" {
		o = before.clone() // a verdict ends no other contradiction
		p = o.Payment(w.RequestID)
		if !w.fromInquiry() {
			p.schedulePoll(r.Now)
		}
		o.raise(why, p.RequestID)
		return o, nil
	}
	p.applyFacts(w)
	p.applyOutcome(w, r)
	for _, word := range w.Operations {
		p.applyOperation(word, w, r)
	}
	if w.concludes() && !p.needsPolling(r) && !(p.Status.dead() && w.pending()) {
		p.NextPoll, p.Polls = time.Time{}, 0 // what had been doubtful is known
	}
	if o.ReviewPayment == p.RequestID && o.Review.endedBy(*p, w) {
		o.Review, o.ReviewPayment = "", ""
	}
	o.recompute(r)
	return o, effects(before, o)
}

// judge takes an operator's verdict into account; what Antom has said is heard as
// usual afterwards.
func (o *Order) resolve(p *Payment, w Event) {
	if w.Resolution == "" || w.Outcome != OutcomeSucceeded || !o.Review.needsResolution() || o.ReviewPayment != p.RequestID {
		return
	}
	o.Review, o.ReviewPayment = "", ""
	if w.Amount != p.EffectiveAmount() {
		p.Confirmed = w.Amount
	}
	p.Method = cmp.Or(w.Method, p.Method)
	switch w.Resolution {
	case ResolutionAccept:
		p.Active = p.Active || o.Active() == nil
	case ResolutionCancel:
		o.Closed = OrderCancelled
		fallthrough
	case ResolutionRefund:
		p.Active, p.Duplicate = false, true // the sweeper sees to it, whatever becomes of the command
	}
}

// contradiction says why a word cannot be true beside what we know, or "". Such
// a word is stored, raised as review and settled by an inquiry; it never pays.
func contradiction(p Payment, w Event) Review {
	switch {
	case w.ForeignID, w.AntomID != "" && p.AntomID != "" && w.AntomID != p.AntomID:
		return "another Antom payment id"
	case w.Outcome == OutcomeSucceeded && w.Method != "" && p.Method != "" && w.Method != p.Method:
		return anotherMethod
	case w.Outcome == OutcomeSucceeded && w.Amount != p.EffectiveAmount():
		return anotherAmount
	case w.Outcome == OutcomeSucceeded && p.Status == PaymentCancelled && !w.fromInquiry():
		return "paid after cancel"
	case w.Outcome == OutcomeFailed && p.Status.HoldsFunds() && w.fromInquiry():
		return "failed after success"
	}
	for _, word := range w.Operations {
		op := p.operation(word)
		if p.madeByCancel(word, w) {
			continue
		}
		if word.Kind == Capture && word.Status == OperationSuccess && !w.fromInquiry() && p.Status.dead() {
			return "captured after its end"
		}
		switch {
		case word.Amount == (Money{}) && (op != nil || word.Kind != Refund || word.Status != OperationSuccess):
		case word.Amount.Currency != p.EffectiveAmount().Currency,
			word.Kind == Capture && word.Amount != p.EffectiveAmount(), // also a failed one: it would be kept with that amount
			op != nil && op.Amount != word.Amount:
			return Review("another amount of the " + string(word.Kind))
		}
	}
	if p.refundedAfter(w).Minor > p.EffectiveAmount().Minor {
		return "refunded more than was paid"
	}
	return ""
}

// refundedAfter is the money given back once the word has been heard.
func (p *Payment) refundedAfter(w Event) Money {
	sum := p.Refunded()
	for _, word := range w.Operations {
		if word.Kind != Refund || word.Status != OperationSuccess || p.madeByCancel(word, w) {
			continue
		}
		switch op := p.operation(word); {
		case op == nil:
			sum = sum.Plus(word.Amount)
		case op.Status != OperationSuccess:
			sum = sum.Plus(op.Amount)
		}
	}
	return sum
}

// madeByCancel reports whether a word tells of what Antom has taken or given back by
// itself of a payment that it has cancelled: nobody's money any more, however much
// it was.
func (p *Payment) madeByCancel(w OperationEvent, within Event) bool {
	return within.Outcome == OutcomeCancelled && p.operation(w) == nil
}

// method is the one a word names or shows, or "". Antom's words about cards may
// not name it, but nothing else is authorised for a time, or captured.
func (w Event) method() string {
	isCapture := func(op OperationEvent) bool { return op.Kind == Capture }
	if w.Method == "" && (!w.AuthEndsAt.IsZero() || slices.ContainsFunc(w.Operations, isCapture)) {
		return MethodCard
	}
	return w.Method
}

// learn keeps what a word tells beside its verdict.
func (p *Payment) applyFacts(w Event) {
	if w.AntomID != "" {
		p.AntomID = w.AntomID
	}
	if p.Method == "" {
		p.Method = w.method()
	}
	if w.Action.Type != ActionNone {
		p.Action = w.Action
	}
	// As they are stored, so that the same word again changes nothing.
	if !w.ExpiresAt.IsZero() {
		p.ExpiresAt = w.ExpiresAt.UTC().Truncate(time.Millisecond)
	}
	if !w.AuthEndsAt.IsZero() {
		p.AuthEndsAt = w.AuthEndsAt.UTC().Truncate(time.Millisecond)
	}
}

// hear moves the payment to where the word says it is, if that may follow.
func (p *Payment) applyOutcome(w Event, r Rules) {
	confirmed := w.fromInquiry() || w.Cause.Kind == ByResponse
	switch w.Outcome {
	case OutcomeUnknown:
		if p.Status == PaymentCreated {
			p.transition(PaymentUnknown, w.Code)
		}
	case OutcomeAccepted:
		if p.Status == PaymentCreated || p.Status == PaymentUnknown {
			p.transition(PaymentProcessing, w.Code)
		}
	case OutcomePending:
		if p.Status.InProgress() {
			p.transition(PaymentPending, w.Code)
		}
	case OutcomeSucceeded:
		switch {
		case p.Status == PaymentAuthorized && !needsCapture(p.Method): // it is no card after all
			p.transition(PaymentPaid, w.Code)
		case p.Status == PaymentFailed && !confirmed:
			p.schedulePoll(r.Now) // success after failure: only an inquiry decides
		case p.Status.HoldsFunds() || p.Status == PaymentRefunded:
		case p.Method == "": // paid, or only authorised: whoever names the method tells
			if !confirmed {
				p.schedulePoll(r.Now)
			}
		case needsCapture(p.Method):
			p.transition(PaymentAuthorized, w.Code)
		default:
			p.transition(PaymentPaid, w.Code)
		}
	case OutcomeFailed:
		switch {
		case p.Status.InProgress():
			p.transition(PaymentFailed, w.Code)
		case p.Status.HoldsFunds():
			p.schedulePoll(r.Now) // a late failure changes nothing until an inquiry says so
		}
	case OutcomeCancelled:
		if p.Status.InProgress() || p.Status.HoldsFunds() {
			p.transition(PaymentCancelled, w.Code)
		}
	case OutcomeAbandoned:
		if !p.Status.InProgress() {
			break
		}
		p.transition(PaymentCancelled, w.Code)
		if r.Now.Before(p.ExpiresAt) {
			p.schedulePoll(p.ExpiresAt.Add(r.Pause)) // an old tab can still pay it, and a notice be lost
		}
	case OutcomeSuperseded:
		p.Active = p.Active && !p.Status.InProgress()
	}
}

// operation finds what a word is about: by our id or by Antom's, because a notice
// may name only one of them.
func (p *Payment) operation(w OperationEvent) *Operation {
	if op := p.Operation(w.Kind, w.RequestID); op != nil {
		return op
	}
	for i := range p.Operations {
		if op := &p.Operations[i]; op.Kind == w.Kind && op.AntomID != "" && op.AntomID == w.AntomID {
			return op
		}
	}
	return nil
}

// applyOperation moves a capture, refund or cancel, and the payment with it. within
// is the word that tells of it, perhaps beside others.
func (p *Payment) applyOperation(w OperationEvent, within Event, r Rules) {
	op := p.operation(w)
	if p.madeByCancel(w, within) {
		return
	}
	if op == nil {
		// Antom captures by itself, and a merchant may refund in Antom's dashboard.
		amount := w.Amount
		if amount == (Money{}) && w.Kind == Capture {
			amount = p.EffectiveAmount()
		}
		if amount == (Money{}) {
			return // of a refund we did not ask for: the next word will say how much
		}
		p.Operations = append(p.Operations, Operation{
			Kind: w.Kind, RequestID: w.RequestID, Amount: amount, Status: OperationPending, CreatedAt: r.Now,
		})
		op = &p.Operations[len(p.Operations)-1]
	}
	if w.AntomID != "" {
		op.AntomID = w.AntomID
	}
	switch {
	case op.Status == OperationFailed && w.Status == OperationSuccess && within.Cause.Kind == ByNotification:
		p.schedulePoll(r.Now) // success after failure: only an inquiry decides
	case op.Status.CanTransitionTo(w.Status):
		op.Status, op.ResultCode = w.Status, w.Code
	}
	switch {
	case op.Kind == Capture && within.Outcome == OutcomeCancelled: // it was taken, and given back by the cancel
	case op.Kind == Capture && op.Status == OperationSuccess:
		p.transition(PaymentPaid, w.Code)
	case op.Kind == Cancel && op.Status == OperationSuccess,
		op.Kind == Capture && op.Status == OperationFailed && w.Gone:
		p.transition(PaymentCancelled, w.Code)
	}
}

// become moves the payment if the table of status.go allows it.
func (p *Payment) transition(to PaymentStatus, code string) {
	if !p.Status.CanTransitionTo(to) {
		return
	}
	p.Status, p.ResultCode = to, code
	if !to.InProgress() {
		p.NextPoll, p.Polls = time.Time{}, 0
	}
}

// schedulePoll makes the sweeper inquire at a time.
func (p *Payment) schedulePoll(at time.Time) { p.NextPoll, p.Polls = at, 0 }

// owes reports whether something about the payment is still to come.
func (p *Payment) needsPolling(r Rules) bool {
	return p.Status.InProgress() || p.unfinished() || p.needsReversal() || p.Status == PaymentAuthorized && !r.ManualCapture
}

// needsReversal reports whether the order has no use for the money and it is still here.
func (p *Payment) needsReversal() bool {
	return p.Duplicate && !p.ResolvedOffline && p.Status.HoldsFunds()
}

// schedule sees to it that the sweeper looks at whatever is still to come.
func (p *Payment) schedule(r Rules) {
	if p.Status == PaymentAuthorized && p.AuthEndsAt.IsZero() {
		p.AuthEndsAt = r.Now.Add(captureLimit)
	}
	switch {
	case !p.NextPoll.IsZero():
	case p.needsPolling(r):
		p.schedulePoll(r.Now.Add(r.Pause))
	case p.Status == PaymentAuthorized:
		p.NextPoll = nextCaptureDeadline(*p, r.Now)
	}
}

// follow lets order and goods go after the payments.
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
		switch reviewed := o.ReviewPayment == p.RequestID; {
		case reviewed && o.Review.needsPerson():
		case reviewed && o.Review.contradiction() && p.NextPoll.IsZero():
			p.schedulePoll(r.Now) // another word has come meanwhile; the question is still open
		default:
			p.schedule(r)
		}
	}
	o.recomputeReview(r)
	o.recomputeStock()
	o.Status = orderStatus(*o)
	switch o.Status {
	case OrderPaid, OrderPartiallyRefunded, OrderRefunded:
		o.EverPaid = true
	}
}

// receive decides about money from an attempt the order no longer stood on: it
// is kept if the order has use for it, otherwise it is given back.
func (o *Order) allocate(p *Payment, r Rules) {
	standing := o.Active()
	paidAlready := standing != nil && !standing.Status.InProgress()
	switch {
	case paidAlready, o.Closed != "" && r.RefundLate:
		p.Duplicate = true
		p.schedulePoll(r.Now) // the sweeper gives it back
	default:
		if standing != nil {
			standing.Active = false // it goes on at Antom; if it succeeds too, that is surplus
		}
		p.Active = true
	}
}

// recomputeReview asks for a person where neither Antom nor time will help.
func (o *Order) recomputeReview(r Rules) {
	if o.Review == captureRefused || o.Review == goodsGone {
		o.Review, o.ReviewPayment = "", ""
	}
	live := o.Active()
	switch {
	case live == nil || o.Review != "":
	case live.Status == PaymentAuthorized && live.captureFailed() && !r.ManualCapture:
		o.Review, o.ReviewPayment = captureRefused, live.RequestID
	case live.Status.HoldsFunds() && o.Stock == StockFree && !o.Fulfillable:
		o.Review, o.ReviewPayment = goodsGone, live.RequestID
	}
}

// recomputeStock holds goods while an attempt may succeed, takes them when it has,
// and gives them back when every attempt is proven dead.
func (o *Order) recomputeStock() {
	live := o.Active()
	underWay := slices.ContainsFunc(o.Payments, func(p Payment) bool { return p.Status.InProgress() })
	switch {
	case o.Stock == StockTaken: // they may be on their way to the buyer
	case live != nil && live.Status == PaymentRefunded && o.Stock == StockFree: // late money that goes back: the goods were never its
	case live != nil && (live.Status == PaymentPaid || live.Status == PaymentRefunded) && (o.Stock == StockReserved || o.Fulfillable):
		o.Stock = StockTaken
	case live != nil && o.Stock == StockFree && o.Fulfillable:
		o.Stock = StockReserved
	case live == nil && !underWay:
		o.Stock = StockFree
	}
}

// orderStatus is the one rule by which an order's status follows from its
// payments.
func orderStatus(o Order) OrderStatus {
	if o.Review != "" {
		return OrderReview
	}
	if live := o.Active(); live != nil {
		switch {
		case live.Status == PaymentRefunded:
			return OrderRefunded
		case live.Status == PaymentPaid && live.Refunded().Minor > 0:
			return OrderPartiallyRefunded
		case live.Status == PaymentPaid:
			return OrderPaid
		case live.Status == PaymentAuthorized:
			return OrderAuthorized
		case live.Status.InProgress():
			return OrderProcessing
		}
	}
	if o.EverPaid {
		return OrderCancelled // what had been paid was given back by a cancel
	}
	if o.Closed != "" {
		return o.Closed
	}
	return OrderOpen
}

// needsCapture reports whether success of a method is an authorisation only.
func needsCapture(method string) bool { return method == MethodCard }
