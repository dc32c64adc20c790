package checkout

import (
	"cmp"
	"slices"
	"time"
)

// Word is what one message says about one payment, in this program's terms.
// Only Antom's verified words and an operator's order become one.
type Word struct {
	Cause      Cause
	Verdict    Verdict // of an operator, about what Antom has confirmed
	RequestID  string  // the payment it is about
	AntomID    string  // Antom's paymentId, "" when not said
	ForeignID  bool    // AntomID is that of another payment of ours
	Says       Said
	Amount     Money     // zero when not said
	Method     string    // "" when not said
	Code       string    // Antom's result code
	Action     Action    // how the buyer goes on, in the answer to a start
	ExpiresAt  time.Time // of the session
	AuthEndsAt time.Time // of an authorised card
	Operations []OperationWord
}

// settles reports whether the word is Antom's answer to how the payment stands. An
// inquiry about a refund is none.
func (w Word) settles() bool { return w.inquired() && w.Says != SaidNothing }

// underWay reports whether the word is that the buyer may still pay, or has not been
// told the result yet.
func (w Word) underWay() bool { return w.Says == SaidAccepted || w.Says == SaidPending }

// inquired reports whether the word is the answer to an inquiry. A verdict is
// spoken over one that was just made.
func (w Word) inquired() bool { return w.Cause.Kind == ByInquiry || w.Verdict != "" }

// captured reports whether a capture is told to have succeeded.
func (w Word) captured() bool {
	return slices.ContainsFunc(w.Operations, func(op OperationWord) bool { return op.Kind == Capture && op.Says == OperationSuccess })
}

// OperationWord is what a message says about one capture, refund or cancel.
type OperationWord struct {
	Kind      OperationKind
	RequestID string
	AntomID   string
	Says      OperationStatus
	Amount    Money // zero when not said
	Code      string
	Gone      bool // of a refused capture: the authorisation has ended, and with it the payment
}

// Verdict is what an operator decides about a payment whose amount or method, as
// Antom confirms, is another than was asked for.
type Verdict string

// The verdicts.
const (
	VerdictKeep     Verdict = "keep"      // the order stands on what Antom holds
	VerdictGiveBack Verdict = "give back" // and the order may be paid anew
	VerdictClose    Verdict = "close"     // give it back, and the order is cancelled
)

// Said is what a message says about the payment itself.
type Said string

// What can be said of a payment.
const (
	SaidNothing   Said = ""          // the message is about an operation only
	SaidNoAnswer  Said = "no answer" // timeout, U, bad signature: unknown, never failed
	SaidAccepted  Said = "accepted"  // Antom has it, the buyer is to act
	SaidPending   Said = "pending"   // the buyer has acted, the result comes later
	SaidSucceeded Said = "succeeded" // a card: authorised
	SaidFailed    Said = "failed"
	SaidCancelled Said = "cancelled"
	SaidDropped   Said = "dropped" // Antom does not know it and we have given it up
	SaidOverlap   Said = "overlap" // cannot be cancelled; the order goes on without it
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

// Decide says what an order becomes when a word about one of its payments is
// heard, and what must be done about it. It changes nothing but its copy. What
// the shop does by itself (an attempt begun, an order's end) ends in follow too,
// so that no status is ever set by hand.
func Decide(o Order, w Word, r Rules) (Order, []Effect) {
	before, o := o, o.clone()
	p := o.Payment(w.RequestID)
	if p == nil {
		return o, nil
	}
	o.judge(p, w)
	if why := contradiction(*p, w); why != "" {
		o = before.clone() // a verdict ends no other contradiction
		p = o.Payment(w.RequestID)
		if !w.inquired() {
			p.askAgain(r.Now)
		}
		o.raise(why, p.RequestID)
		return o, nil
	}
	p.learn(w)
	p.hear(w, r)
	for _, word := range w.Operations {
		p.hearOperation(word, w, r)
	}
	if w.settles() && !p.owes(r) && !(p.Status.dead() && w.underWay()) {
		p.NextCheck, p.Checks = time.Time{}, 0 // what had been doubtful is known
	}
	if o.ReviewPayment == p.RequestID && o.Review.ends(*p, w) {
		o.Review, o.ReviewPayment = "", ""
	}
	o.follow(r)
	return o, effects(before, o)
}

// judge takes an operator's verdict into account; what Antom has said is heard as
// usual afterwards.
func (o *Order) judge(p *Payment, w Word) {
	if w.Verdict == "" || w.Says != SaidSucceeded || !o.Review.judged() || o.ReviewPayment != p.RequestID {
		return
	}
	o.Review, o.ReviewPayment = "", ""
	if w.Amount != p.Worth() {
		p.Held = w.Amount
	}
	p.Method = cmp.Or(w.Method, p.Method)
	switch w.Verdict {
	case VerdictKeep:
		p.Live = p.Live || o.Live() == nil
	case VerdictClose:
		o.Closed = OrderCancelled
		fallthrough
	case VerdictGiveBack:
		p.Live, p.Surplus = false, true // the sweeper sees to it, whatever becomes of the command
	}
}

// contradiction says why a word cannot be true beside what we know, or "". Such
// a word is stored, raised as review and settled by an inquiry; it never pays.
func contradiction(p Payment, w Word) Review {
	switch {
	case w.ForeignID, w.AntomID != "" && p.AntomID != "" && w.AntomID != p.AntomID:
		return "another Antom payment id"
	case w.Says == SaidSucceeded && w.Method != "" && p.Method != "" && w.Method != p.Method:
		return anotherMethod
	case w.Says == SaidSucceeded && w.Amount != p.Worth():
		return anotherAmount
	case w.Says == SaidSucceeded && p.Status == PaymentCancelled && !w.inquired():
		return "paid after cancel"
	case w.Says == SaidFailed && p.Status.HoldsMoney() && w.inquired():
		return "failed after success"
	}
	for _, word := range w.Operations {
		op := p.operation(word)
		if p.antomsOwn(word, w) {
			continue
		}
		if word.Kind == Capture && word.Says == OperationSuccess && !w.inquired() && p.Status.dead() {
			return "captured after its end"
		}
		switch {
		case word.Amount == (Money{}) && (op != nil || word.Kind != Refund || word.Says != OperationSuccess):
		case word.Amount.Currency != p.Worth().Currency,
			word.Kind == Capture && word.Amount != p.Worth(), // also a failed one: it would be kept with that amount
			op != nil && op.Amount != word.Amount:
			return Review("another amount of the " + string(word.Kind))
		}
	}
	if p.refundedAfter(w).Minor > p.Worth().Minor {
		return "refunded more than was paid"
	}
	return ""
}

// refundedAfter is the money given back once the word has been heard.
func (p *Payment) refundedAfter(w Word) Money {
	sum := p.Refunded()
	for _, word := range w.Operations {
		if word.Kind != Refund || word.Says != OperationSuccess || p.antomsOwn(word, w) {
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

// antomsOwn reports whether a word tells of what Antom has taken or given back by
// itself of a payment that it has cancelled: nobody's money any more, however much
// it was.
func (p *Payment) antomsOwn(w OperationWord, within Word) bool {
	return within.Says == SaidCancelled && p.operation(w) == nil
}

// method is the one a word names or shows, or "". Antom's words about cards may
// not name it, but nothing else is authorised for a time, or captured.
func (w Word) method() string {
	isCapture := func(op OperationWord) bool { return op.Kind == Capture }
	if w.Method == "" && (!w.AuthEndsAt.IsZero() || slices.ContainsFunc(w.Operations, isCapture)) {
		return MethodCard
	}
	return w.Method
}

// learn keeps what a word tells beside its verdict.
func (p *Payment) learn(w Word) {
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
func (p *Payment) hear(w Word, r Rules) {
	confirmed := w.inquired() || w.Cause.Kind == ByResponse
	switch w.Says {
	case SaidNoAnswer:
		if p.Status == PaymentCreated {
			p.become(PaymentUnknown, w.Code)
		}
	case SaidAccepted:
		if p.Status == PaymentCreated || p.Status == PaymentUnknown {
			p.become(PaymentProcessing, w.Code)
		}
	case SaidPending:
		if p.Status.UnderWay() {
			p.become(PaymentPending, w.Code)
		}
	case SaidSucceeded:
		switch {
		case p.Status == PaymentAuthorized && !needsCapture(p.Method): // it is no card after all
			p.become(PaymentPaid, w.Code)
		case p.Status == PaymentFailed && !confirmed:
			p.askAgain(r.Now) // success after failure: only an inquiry decides
		case p.Status.HoldsMoney() || p.Status == PaymentRefunded:
		case p.Method == "": // paid, or only authorised: whoever names the method tells
			if !confirmed {
				p.askAgain(r.Now)
			}
		case needsCapture(p.Method):
			p.become(PaymentAuthorized, w.Code)
		default:
			p.become(PaymentPaid, w.Code)
		}
	case SaidFailed:
		switch {
		case p.Status.UnderWay():
			p.become(PaymentFailed, w.Code)
		case p.Status.HoldsMoney():
			p.askAgain(r.Now) // a late failure changes nothing until an inquiry says so
		}
	case SaidCancelled:
		if p.Status.UnderWay() || p.Status.HoldsMoney() {
			p.become(PaymentCancelled, w.Code)
		}
	case SaidDropped:
		if !p.Status.UnderWay() {
			break
		}
		p.become(PaymentCancelled, w.Code)
		if r.Now.Before(p.ExpiresAt) {
			p.askAgain(p.ExpiresAt.Add(r.Pause)) // an old tab can still pay it, and a notice be lost
		}
	case SaidOverlap:
		p.Live = p.Live && !p.Status.UnderWay()
	}
}

// operation finds what a word is about: by our id or by Antom's, because a notice
// may name only one of them.
func (p *Payment) operation(w OperationWord) *Operation {
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

// hearOperation moves a capture, refund or cancel, and the payment with it. within
// is the word that tells of it, perhaps beside others.
func (p *Payment) hearOperation(w OperationWord, within Word, r Rules) {
	op := p.operation(w)
	if p.antomsOwn(w, within) {
		return
	}
	if op == nil {
		// Antom captures by itself, and a merchant may refund in Antom's dashboard.
		amount := w.Amount
		if amount == (Money{}) && w.Kind == Capture {
			amount = p.Worth()
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
	case op.Status == OperationFailed && w.Says == OperationSuccess && within.Cause.Kind == ByNotification:
		p.askAgain(r.Now) // success after failure: only an inquiry decides
	case op.Status.CanBecome(w.Says):
		op.Status, op.ResultCode = w.Says, w.Code
	}
	switch {
	case op.Kind == Capture && within.Says == SaidCancelled: // it was taken, and given back by the cancel
	case op.Kind == Capture && op.Status == OperationSuccess:
		p.become(PaymentPaid, w.Code)
	case op.Kind == Cancel && op.Status == OperationSuccess,
		op.Kind == Capture && op.Status == OperationFailed && w.Gone:
		p.become(PaymentCancelled, w.Code)
	}
}

// become moves the payment if the table of status.go allows it.
func (p *Payment) become(to PaymentStatus, code string) {
	if !p.Status.CanBecome(to) {
		return
	}
	p.Status, p.ResultCode = to, code
	if !to.UnderWay() {
		p.NextCheck, p.Checks = time.Time{}, 0
	}
}

// askAgain makes the sweeper inquire at a time.
func (p *Payment) askAgain(at time.Time) { p.NextCheck, p.Checks = at, 0 }

// owes reports whether something about the payment is still to come.
func (p *Payment) owes(r Rules) bool {
	return p.Status.UnderWay() || p.unfinished() || p.toGiveBack() || p.Status == PaymentAuthorized && !r.ManualCapture
}

// toGiveBack reports whether the order has no use for the money and it is still here.
func (p *Payment) toGiveBack() bool { return p.Surplus && !p.Settled && p.Status.HoldsMoney() }

// schedule sees to it that the sweeper looks at whatever is still to come.
func (p *Payment) schedule(r Rules) {
	if p.Status == PaymentAuthorized && p.AuthEndsAt.IsZero() {
		p.AuthEndsAt = r.Now.Add(captureLimit)
	}
	switch {
	case !p.NextCheck.IsZero():
	case p.owes(r):
		p.askAgain(r.Now.Add(r.Pause))
	case p.Status == PaymentAuthorized:
		p.NextCheck = nextCaptureDeadline(*p, r.Now)
	}
}

// follow lets order and goods go after the payments.
func (o *Order) follow(r Rules) {
	for i := range o.Payments {
		p := &o.Payments[i]
		p.Live = p.Live && (p.Status.UnderWay() || p.Status.HoldsMoney() || p.Status == PaymentRefunded)
		if p.Status.HoldsMoney() && !p.Live && !p.Surplus {
			o.receive(p, r)
		}
		if p.Status == PaymentPaid && p.Refunded() == p.Worth() {
			p.become(PaymentRefunded, p.ResultCode)
		}
		switch reviewed := o.ReviewPayment == p.RequestID; {
		case reviewed && o.Review.forPerson():
		case reviewed && o.Review.contradiction() && p.NextCheck.IsZero():
			p.askAgain(r.Now) // another word has come meanwhile; the question is still open
		default:
			p.schedule(r)
		}
	}
	o.reviewWhatIsStuck(r)
	o.followStock()
	o.Status = orderStatus(*o)
	switch o.Status {
	case OrderPaid, OrderPartiallyRefunded, OrderRefunded:
		o.EverPaid = true
	}
}

// receive decides about money from an attempt the order no longer stood on: it
// is kept if the order has use for it, otherwise it is given back.
func (o *Order) receive(p *Payment, r Rules) {
	standing := o.Live()
	paidAlready := standing != nil && !standing.Status.UnderWay()
	switch {
	case paidAlready, o.Closed != "" && r.RefundLate:
		p.Surplus = true
		p.askAgain(r.Now) // the sweeper gives it back
	default:
		if standing != nil {
			standing.Live = false // it goes on at Antom; if it succeeds too, that is surplus
		}
		p.Live = true
	}
}

// reviewWhatIsStuck asks for a person where neither Antom nor time will help.
func (o *Order) reviewWhatIsStuck(r Rules) {
	if o.Review == captureRefused || o.Review == goodsGone {
		o.Review, o.ReviewPayment = "", ""
	}
	live := o.Live()
	switch {
	case live == nil || o.Review != "":
	case live.Status == PaymentAuthorized && live.captureFailed() && !r.ManualCapture:
		o.Review, o.ReviewPayment = captureRefused, live.RequestID
	case live.Status.HoldsMoney() && o.Stock == StockFree && !o.Fulfillable:
		o.Review, o.ReviewPayment = goodsGone, live.RequestID
	}
}

// followStock holds goods while an attempt may succeed, takes them when it has,
// and gives them back when every attempt is proven dead.
func (o *Order) followStock() {
	live := o.Live()
	underWay := slices.ContainsFunc(o.Payments, func(p Payment) bool { return p.Status.UnderWay() })
	switch {
	case o.Stock == StockTaken: // they may be on their way to the buyer
	case live != nil && live.Status == PaymentRefunded && o.Stock == StockFree: // late money that goes back: the goods were never its
	case live != nil && (live.Status == PaymentPaid || live.Status == PaymentRefunded) && (o.Stock == StockHeld || o.Fulfillable):
		o.Stock = StockTaken
	case live != nil && o.Stock == StockFree && o.Fulfillable:
		o.Stock = StockHeld
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
	if live := o.Live(); live != nil {
		switch {
		case live.Status == PaymentRefunded:
			return OrderRefunded
		case live.Status == PaymentPaid && live.Refunded().Minor > 0:
			return OrderPartiallyRefunded
		case live.Status == PaymentPaid:
			return OrderPaid
		case live.Status == PaymentAuthorized:
			return OrderAuthorized
		case live.Status.UnderWay():
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
