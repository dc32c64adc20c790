package checkout

import (
	"fmt"
	"time"
)

// This file holds every change of an order that is not an event of Antom's: what the
// shop, an operator and the clock do. Each is a pure function of the order and its
// arguments and, as Apply does, changes a copy only.

// AddPayment adds an attempt and reserves the goods for it. Errors: CodeOrderChanged
// when the order takes no attempt, another attempt has become active, or a bank has
// demanded 3-D Secure since the attempt was made; CodeTooManyAttempts; CodeSoldOut;
// CodeLinkUsedUp and CodeLinkInUse when its payment link has no use left for it.
func AddPayment(o Order, p Payment, r Rules) (Order, error) {
	switch {
	case !o.Payable() || o.Active() != nil:
		return o, ErrStale
	case !p.ThreeDS && o.NeedsThreeDS(Attempt{Method: p.Method, Choice: p.Choice}, r):
		return o, ErrStale
	case o.Exhausted():
		return o, ErrTooManyAttempts
	case o.LinkRefusal != "":
		return o, NewError(o.LinkRefusal, "")
	case !o.Fulfillable:
		return o, NewError(CodeSoldOut, "")
	}
	o = o.Clone()
	p.Active = true
	o.Payments = append(o.Payments, p)
	o.recompute(r)
	return o, nil
}

// SpokenIn is the order with a language for its emails, if the merchant's system has set none.
func SpokenIn(o Order, language string) Order {
	if o.Language == "" {
		o.Language = language
	}
	return o
}

// CorrectBuyer takes over what the buyer has corrected in the form of an unpaid order:
// name, contact and address. Lines and prices stay. The same form again changes
// nothing, whatever has become of the order. Errors: CodeOrderPaid; CodeOrderUnderWay
// while an attempt may still succeed, whose request names the old address; CodeOrderClosed.
func CorrectBuyer(o Order, buyer Buyer) (Order, error) {
	switch {
	case o.Buyer == buyer:
		return o, nil
	case o.hasFunds(), o.Status == OrderPaid, o.Status == OrderRefunded, o.Status == OrderPartiallyRefunded:
		return o, NewError(CodeOrderPaid, "the order is "+string(o.Status))
	case o.Status == OrderExpired, o.Status == OrderCancelled:
		return o, NewError(CodeOrderClosed, "the order is "+string(o.Status))
	case o.Status != OrderOpen, o.Active() != nil, o.Doubtful() != nil:
		return o, NewError(CodeOrderUnderWay, "a payment of the order is not finished")
	}
	o = o.Clone()
	o.Buyer = buyer
	return o, nil
}

// CloseOrder ends an open order as expired or cancelled. An order that is not open
// stays as it is: an attempt in progress has to end first.
func CloseOrder(o Order, as OrderStatus, r Rules) (Order, []Effect) {
	if o.Status != OrderOpen {
		return o, nil
	}
	before, o := o, o.Clone()
	o.Closed = as
	o.recompute(r)
	return o, effects(before, o)
}

// AcceptReview ends a review: the order's status follows from its payments again. A
// duplicate that neither cancel nor refund returns counts as resolved offline. Errors:
// CodeNotUnderReview; CodeReviewStands when the reason for the review remains.
func AcceptReview(o Order, r Rules) (Order, []Effect, error) {
	switch o.Review {
	case "":
		return o, nil, NewError(CodeNotUnderReview, "the order is not under review")
	case authorizationEnded:
		return o, nil, NewError(CodeReviewStands, string(o.Review)+", and no money is there; a capture makes Antom say so")
	}
	before, o := o, o.Clone()
	if o.Review == cannotReverse {
		o.Payment(o.ReviewPayment).ResolvedOffline = true // otherwise the sweeper might still return it, a second time
	}
	o.Review, o.ReviewPayment = "", ""
	o.recompute(r)
	if o.Review != "" {
		return before, nil, NewError(CodeReviewStands, string(o.Review))
	}
	return o, effects(before, o), nil
}

// OperationRequest asks for a capture, refund or cancel of one of an order's payments.
type OperationRequest struct {
	Kind      OperationKind
	Key       Key    // zero for the shop itself
	RequestID string // of the operation, if a new one begins
	Payment   string // of the payment that is meant; "" for the one that the rules find
	Minor     int64  // of a refund; 0 for all that is refundable
	Reason    string // of a refund, at most 256 characters
	Most      Money  // of a refund: all refunds of the order may not exceed it together; zero: no limit
	Anyway    bool   // also of a payment in dispute
}

// Begun is the operation that a request has begun or resumed.
type Begun struct {
	PaymentRequestID string
	Operation        Operation
	Resumed          bool // it was stored before, and Antom may have received it
}

// BeginOperation stores an operation with its payment, before the call to Antom. The
// same key, or an unfinished capture or cancel, resumes the operation that is stored
// already. Errors: CodeKeyReused, CodeNothingToCapture, CodeNothingToRefund,
// CodeNothingToCancel, CodeAmountInvalid, CodeReviewStands, CodeDisputed, CodeOverLimit, and CodePaymentSuperseded
// when the shop would return the funds of the active payment.
func BeginOperation(o Order, want OperationRequest, r Rules) (Order, Begun, error) {
	if p, op := o.operationByKey(want.Key); op != nil {
		begun := Begun{PaymentRequestID: p.RequestID, Operation: *op, Resumed: true}
		if op.Kind != want.Kind || want.Minor != 0 && op.Amount.Minor != want.Minor {
			return o, Begun{}, keyReused(OperatorAction{Name: string(op.Kind), Minor: op.Amount.Minor, Number: o.Number})
		}
		return o, begun, nil
	}
	before, o := o, o.Clone()
	p, amount, err := o.operable(want, r)
	if err != nil {
		return before, Begun{}, err
	}
	if earlier := p.resumable(want); earlier != nil {
		earlier.SubmittedAt = r.Now
		return o, Begun{PaymentRequestID: p.RequestID, Operation: *earlier, Resumed: true}, nil
	}
	if err := QuestionReturn(*p); err != nil && want.Kind != Capture && !want.Anyway {
		return before, Begun{}, err
	}
	if want.Kind == Cancel && want.Key != (Key{}) {
		o.Closed = OrderCancelled // the status once the cancel has succeeded; until then it follows the payment
	}
	op := Operation{
		Kind: want.Kind, RequestID: want.RequestID, Amount: amount, Status: OperationPending,
		Key: want.Key.text(), Reason: want.Reason, CreatedAt: r.Now, SubmittedAt: r.Now,
	}
	p.Operations = append(p.Operations, op)
	// The poll is soon, and not at the deadline of a capture, days away. A poll that is
	// scheduled soon already stays: starting the count again each time would never let
	// polls without a result end.
	longest := r.Schedule.Wait(len(r.Schedule))
	if p.NextPoll.IsZero() || p.NextPoll.Sub(r.Now) > longest {
		p.schedulePoll(r.Now.Add(r.Schedule.Wait(0)))
	}
	return o, Begun{PaymentRequestID: p.RequestID, Operation: op}, nil
}

// operable finds the payment and the amount of an operation, if the order allows it.
func (o *Order) operable(want OperationRequest, r Rules) (*Payment, Money, error) {
	switch {
	case want.Key == (Key{}):
		return o.reversible(want)
	case want.Kind == Capture:
		p := o.Active()
		if p == nil || p.Status != PaymentAuthorized || !p.ManualCapture {
			return nil, Money{}, NewError(CodeNothingToCapture, "no authorised payment waits for a manual capture")
		}
		return p, p.EffectiveAmount(), nil
	case want.Kind == Refund:
		return o.refundable(want)
	}
	p := o.Payment(want.Payment)
	if !p.Status.HoldsFunds() && !p.Cancelling() {
		return nil, Money{}, NewError(CodeNothingToCancel, "the payment is "+string(p.Status))
	}
	return p, p.EffectiveAmount(), nil
}

// reversible finds the payment and the amount of a cancel or refund that the shop
// orders by itself.
func (o *Order) reversible(want OperationRequest) (*Payment, Money, error) {
	p := o.Payment(want.Payment)
	switch {
	case p.FundsOrder():
		return nil, Money{}, ErrSuperseded
	case want.Kind == Refund && p.Status != PaymentPaid:
		return nil, Money{}, NewError(CodeNothingToRefund, "the payment is "+string(p.Status))
	case want.Kind == Cancel && (p.Status == PaymentFailed || p.Status == PaymentRefunded):
		return nil, Money{}, NewError(CodeNothingToCancel, "the payment is "+string(p.Status))
	}
	return p, p.Refundable(), nil
}

// ErrSuperseded says that the buyer was faster: the payment that the shop was about to
// return is the active one and holds funds.
var ErrSuperseded = &Error{Code: CodePaymentSuperseded, Detail: "the payment is the active one and holds funds"}

// refundable finds the payment and the amount of an operator's refund.
func (o *Order) refundable(want OperationRequest) (*Payment, Money, error) {
	p := o.Active()
	switch {
	case o.Review.NeedsResolution():
		return nil, Money{}, NewError(CodeReviewStands, string(o.Review)+", and Antom does not hold it")
	case want.Payment != "":
		p = o.Payment(want.Payment)
	case p == nil || !p.Status.HoldsFunds():
		p = o.Duplicate()
	}
	if p == nil || p.Status != PaymentPaid {
		return nil, Money{}, NewError(CodeNothingToRefund, "nothing is paid, or it was returned already")
	}
	left := p.Refundable()
	amount := Money{Minor: want.Minor, Currency: left.Currency}
	if want.Minor == 0 {
		amount = left
	}
	switch {
	case p.Duplicate && amount != left:
		return nil, Money{}, NewError(CodeAmountInvalid, "only all of it can be refunded: "+left.Plain())
	case amount.Minor < 1 || amount.Minor > left.Minor:
		return nil, Money{}, NewError(CodeAmountInvalid, fmt.Sprintf("cannot refund %s: %s left", amount.Plain(), left.Plain()))
	case !amount.Payable():
		return nil, Money{}, NewError(CodeAmountInvalid, "Antom takes no refund of "+amount.Plain())
	case want.Most != (Money{}) && !refundsWithin(*o, want.Most, amount):
		return nil, Money{}, NewError(CodeOverLimit, "")
	}
	return p, amount, nil
}

// refundsWithin reports whether one refund more leaves all of the order within a limit. In
// another currency than the limit's there is none.
func refundsWithin(o Order, most, amount Money) bool {
	sum := amount.Minor
	for i := range o.Payments {
		p := &o.Payments[i]
		sum += p.refunds(func(op Operation) bool { return op.Status != OperationFailed }).Minor
	}
	return amount.Currency == most.Currency && sum <= most.Minor
}

// resumable is an unfinished operation that already does what is wanted, or nil. An
// operator may order several refunds at once. An operator's cancel does not resume the
// shop's, because the shop concludes its own when the buyer was faster.
func (p *Payment) resumable(want OperationRequest) *Operation {
	for i := range p.Operations {
		op := &p.Operations[i]
		another := want.Key != (Key{}) && (want.Kind == Refund || op.Key == ownKey)
		if op.Kind == want.Kind && op.Unfinished() && op.Key != "" && !another {
			return op
		}
	}
	return nil
}

// operationByKey finds the operation that a key has ordered before, or nil.
func (o *Order) operationByKey(key Key) (*Payment, *Operation) {
	if key == (Key{}) {
		return nil, nil
	}
	for i := range o.Payments {
		for j := range o.Payments[i].Operations {
			if op := &o.Payments[i].Operations[j]; op.Key == key.text() {
				return &o.Payments[i], op
			}
		}
	}
	return nil, nil
}

// OrderedBy is the payment that a key has ordered an operation of, or nil.
func (o *Order) OrderedBy(key Key) *Payment {
	p, _ := o.operationByKey(key)
	return p
}

// CountMiss counts that Antom does not know a refund, and schedules the next inquiry
// about it.
func CountMiss(o Order, requestID, refundRequestID string, r Rules) Order {
	o = o.Clone()
	p := o.Payment(requestID)
	p.Operation(Refund, refundRequestID).Misses++
	p.NextPoll = r.Now.Add(refundPause)
	return o
}

// Resubmit stores that an operation is about to be sent again. The time within which
// it may take effect starts anew.
func Resubmit(o Order, requestID string, op Operation, r Rules) Order {
	o = o.Clone()
	o.Payment(requestID).Operation(op.Kind, op.RequestID).SubmittedAt = r.Now
	return o
}

// RequestEmail stores that the buyer wants an email if the attempt in progress fails.
// It is idempotent; without an attempt in progress it changes nothing.
func RequestEmail(o Order) Order {
	o = o.Clone()
	if p := o.Current(); p != nil && p.Status.InProgress() {
		p.EmailOnFailure = true
	}
	return o
}

// WatchAuthorization warns of an authorisation that is about to end, and puts the
// order under review when it has ended without a capture. Unless Antom has just
// answered, a scheduled poll stays: a doubt must not wait for days.
func WatchAuthorization(o Order, requestID string, found Finding, r Rules) (Order, []Effect) {
	before, o := o, o.Clone()
	p := o.Payment(requestID)
	if p.Status != PaymentAuthorized {
		return before, nil
	}
	if !r.Now.Before(p.AuthEndsAt) {
		o.raise(authorizationEnded, requestID)
		p.NextPoll = time.Time{}
		return o, effects(before, o)
	}
	if deadline := nextCaptureDeadline(*p, r.Now); found == FindingFound || p.NextPoll.IsZero() || deadline.Before(p.NextPoll) {
		p.schedulePoll(deadline)
	}
	var due []Effect
	for _, before := range captureWarnings {
		if left := p.AuthEndsAt.Sub(r.Now); left <= before && left > 0 {
			due = append(due, EffectCaptureDue(requestID, before), operatorCaptureDue(requestID, before))
		}
	}
	return o, due
}

// captureLimit is how long an authorisation lasts when Antom does not say.
const captureLimit = 7 * 24 * time.Hour

// The merchant who captures manually is warned this long before an authorisation
// ends.
var captureWarnings = []time.Duration{48 * time.Hour, 24 * time.Hour}

// nextCaptureDeadline is the next warning, or the end itself.
func nextCaptureDeadline(p Payment, now time.Time) time.Time {
	for _, before := range captureWarnings {
		if at := p.AuthEndsAt.Add(-before); at.After(now) {
			return at
		}
	}
	return p.AuthEndsAt
}

// StopPolling ends the polls of a payment that was never paid, and polls that have
// brought no result for too long; the latter put the order under review. polls is how
// often the payment had been polled: if the count has started anew since, something
// has happened, and the polls go on.
func StopPolling(o Order, requestID string, polls int, found Finding, r Rules) (Order, []Effect) {
	before, o := o, o.Clone()
	p := o.Payment(requestID)
	if p.NextPoll.IsZero() || p.Polls <= polls {
		return before, nil
	}
	p.NextPoll = time.Time{}
	o.recomputeStock() // an abandoned session can no longer be paid
	switch {
	case found == FindingNotFound && o.neverPaid(*p, r):
	case found == FindingPending && o.abandoned(*p): // no funds are held; if it is paid later, a notification reports it
	case o.Review != "": // the reason that stands is the more exact one
	case p.needsReversal() && !p.unfinished():
		o.raise(cannotReverse, p.RequestID)
	default:
		o.raise(unknownTooLong, p.RequestID)
	}
	return o, effects(before, o)
}
