package checkout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"antom-checkout/antom"
)

// Capture, refund and cancel share one way: the row first, then the call with
// the row's id, then the answer; whatever is left without an answer is resumed
// by the sweeper with the same id.

// captureLimit is how long an authorisation lasts when Antom does not say.
const captureLimit = 7 * 24 * time.Hour

// Key says who orders an operation. The same key again is the same operation.
type Key struct {
	Operator    string // e.g. the name behind an admin command
	Idempotency string
}

// ownKey marks what the shop orders by itself.
const ownKey = "shop"

func (k Key) text() string {
	if k == (Key{}) {
		return ownKey
	}
	return k.Operator + ":" + k.Idempotency
}

func (k Key) cause() Cause {
	if k == (Key{}) {
		return Cause{Kind: BySweeper}
	}
	return Cause{Kind: ByAdmin, ID: k.Idempotency}
}

// CapturePayment takes the whole amount of an authorised card; with manual
// capture it has to be done within seven days. A failed capture may be tried
// again with a new key. Errors: NotFound, and Conflict when there is nothing to
// capture.
func (s *Service) CapturePayment(ctx context.Context, orderID string, key Key) (Operation, error) {
	return s.operate(ctx, orderID, key, intent{Capture, 0}, func(o *Order) (*Payment, Operation, error) {
		p := o.Active()
		if p == nil || p.Status != PaymentAuthorized || !s.cfg.ManualCapture {
			return nil, Operation{}, conflict("no authorised payment waits for a capture by hand")
		}
		return p, Operation{Kind: Capture, Amount: p.EffectiveAmount()}, nil
	})
}

// RefundPayment gives back a part of a paid order, or with a zero amount all
// that is left. Several partial refunds may follow each other; together they
// never exceed what was paid, however many are asked for at once. Of an order
// under review for its amount or method, all that Antom holds of the payment in
// question goes back, and the order may be paid anew unless it stands on another.
// Errors: NotFound, Invalid for an amount above what is left, Conflict when nothing
// was paid.
func (s *Service) RefundPayment(ctx context.Context, orderID string, minor int64, key Key) (Operation, error) {
	judged, err := s.resolveRefund(ctx, orderID, minor, key)
	if err != nil {
		return Operation{}, err
	}
	return s.operate(ctx, orderID, key, intent{Refund, minor}, func(o *Order) (*Payment, Operation, error) {
		p := o.Active()
		switch {
		case o.Review.needsResolution():
			return nil, Operation{}, conflict(string(o.Review) + ", and Antom does not hold it")
		case judged != "":
			p = o.Payment(judged)
		case p == nil || !p.Status.HoldsFunds():
			p = o.duplicate()
		}
		if p == nil || p.Status != PaymentPaid {
			return nil, Operation{}, conflict("nothing is paid, or it has gone back already")
		}
		left := p.Refundable()
		amount := Money{Minor: minor, Currency: left.Currency}
		if minor == 0 {
			amount = left
		}
		if p.Duplicate && amount != left {
			return nil, Operation{}, invalid(fmt.Errorf("all of it goes back, %d", left.Minor))
		}
		if amount.Minor < 1 || amount.Minor > left.Minor {
			return nil, Operation{}, invalid(fmt.Errorf("%d is not from 1 to %d, what is left to refund", amount.Minor, left.Minor))
		}
		if _, err := antom.NewAmount(string(amount.Currency), amount.Minor); err != nil {
			return nil, Operation{}, invalid(err)
		}
		return p, Operation{Kind: Refund, Amount: amount}, nil
	})
}

// resolveRefund lets an operator's refund be a verdict as well, where one is wanted:
// judged is the payment that it says to give back. A key that has done something
// decides about nothing else.
func (s *Service) resolveRefund(ctx context.Context, orderID string, minor int64, key Key) (judged string, err error) {
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return "", err
	}
	if _, op := o.operationByKey(key.text()); op != nil {
		return "", nil
	}
	if judged, err = s.reversedBy(ctx, o, key); err != nil || judged != "" {
		return judged, err
	}
	reviewed := ""
	if o.Review.needsResolution() {
		reviewed = o.ReviewPayment
	}
	if o, err = s.resolve(ctx, orderID, minor, key, ResolutionRefund); err != nil {
		return "", err
	}
	judged, err = s.reversedBy(ctx, o, key)
	if p := o.Payment(reviewed); err == nil && judged == "" && p != nil && !p.fundsOrder() {
		return "", conflict("the review was about another payment, and has ended; order what is meant with a new key")
	}
	return judged, err
}

// reversedBy is the payment that a verdict under the key has made surplus, or "".
func (s *Service) reversedBy(ctx context.Context, o Order, key Key) (requestID string, err error) {
	moves, err := s.store.TransitionsBy(ctx, o.ID, key.cause())
	for _, m := range moves {
		if p := o.Payment(m.PaymentRequestID); m.Subject == "payment" && p != nil && p.Duplicate {
			requestID = m.PaymentRequestID
		}
	}
	return requestID, err
}

// CancelOrder ends an order: an unpaid one is closed once Antom agrees, an
// authorised card is released, a paid payment is given back in full while its
// method's window is open. Errors: NotFound, Conflict when Antom refuses (refund
// instead) or nothing is left to cancel, Unavailable when Antom does not answer.
func (s *Service) CancelOrder(ctx context.Context, orderID string, key Key) error {
	unlock, err := s.starts.lock(ctx, orderID)
	if err != nil {
		return err
	}
	defer unlock()
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return err
	}
	moves, err := s.store.TransitionsBy(ctx, orderID, key.cause())
	if err != nil {
		return err
	}
	if o.Status == OrderCancelled || slices.ContainsFunc(moves, func(m Transition) bool { return m.Subject == "order" && m.To == string(OrderCancelled) }) {
		return nil // and what has come since is another matter
	}
	standing, earlier := o.operationByKey(key.text())
	if earlier == nil {
		if o, err = s.resolve(ctx, orderID, 0, key, ResolutionCancel); err != nil {
			return err
		}
		standing = o.Active()
	}
	if p := o.duplicate(); p != nil && o.Status == OrderCancelled {
		return s.returnDuplicate(ctx, o, *p)
	}
	if standing != nil && standing.Status.HoldsFunds() {
		requestID := standing.RequestID
		_, op, sentBefore, err := s.begin(ctx, o.ID, key, intent{Cancel, 0}, func(o *Order) (*Payment, Operation, error) {
			p := o.Payment(requestID)
			o.Closed = OrderCancelled // once the money is back; until then the status says what is
			return p, Operation{Kind: Cancel, Amount: p.EffectiveAmount()}, nil
		})
		if err == nil && op.Unfinished() {
			o, op, err = s.carryOut(ctx, o, requestID, op, sentBefore)
		}
		switch {
		case err != nil:
			return err
		case op.Unfinished():
			return unavailable("Antom has not answered; the sweeper goes on")
		case op.Status == OperationFailed:
			return conflict("Antom refuses: " + op.ResultCode + "; refund instead")
		}
	}
	o, err = s.close(ctx, o, OrderCancelled, key.cause())
	if err != nil {
		return err
	}
	if o.Status != OrderCancelled {
		return conflict("the order is " + string(o.Status))
	}
	return nil
}

// judge lets an operator decide about a payment of which Antom has confirmed
// another amount or method; for any other order it does nothing. Antom is asked
// once more, so that the verdict is about what is there now, and an answer that
// settles the review by itself is heard like any other. Money the order had been
// paid with before is kept here: it goes back the way of any refund or cancel.
func (s *Service) resolve(ctx context.Context, orderID string, minor int64, key Key, verdict Resolution) (Order, error) {
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil || !o.Review.needsResolution() {
		return o, err
	}
	p := *o.Payment(o.ReviewPayment)
	w, call, known := s.askAntom(ctx, p)
	if !known.known() {
		return o, unavailable("Antom has not told what it holds; order the same again")
	}
	live := o.Active()
	switch {
	case !contradiction(p, w).needsResolution():
		return s.Record(ctx, orderID, w, Evidence{Call: call})
	case verdict == ResolutionAccept && p.Status == PaymentPaid && needsCapture(w.Method) && !w.captured():
		return o, conflict("it is a card now, and not captured")
	case p.Status.HoldsFunds():
		verdict = ResolutionAccept
	case verdict == ResolutionAccept && live != nil && live.RequestID != p.RequestID && live.Status.HoldsFunds():
		return o, conflict("the order stands on another payment; refund gives this one back")
	case verdict == ResolutionRefund && minor != 0 && minor != w.Amount.Minor:
		return o, invalid(fmt.Errorf("all of it goes back, %d; accept it to refund a part", w.Amount.Minor))
	case verdict == ResolutionRefund && needsCapture(cmp.Or(w.Method, p.Method)) && !w.captured():
		return o, conflict("the card is not captured; cancel releases it")
	}
	w.Cause, w.Resolution = key.cause(), verdict
	return s.Record(ctx, orderID, w, Evidence{Call: call})
}

// AcceptReview ends a review in favour of the money that is there: the order
// goes on as its payments say, also when that is another amount than was asked
// for, or by another method. Money that cannot be given back through Antom is
// taken as settled with the buyer otherwise. The same key ends no second review.
// Errors: Conflict when the order is not under review, or its goods are gone.
func (s *Service) AcceptReview(ctx context.Context, orderID string, key Key) error {
	moves, err := s.store.TransitionsBy(ctx, orderID, key.cause())
	if err != nil || slices.ContainsFunc(moves, func(m Transition) bool { return m.Subject == "order" && m.From == string(OrderReview) }) {
		return err
	}
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return err
	}
	if _, op := o.operationByKey(key.text()); op != nil {
		return errUsedKey
	}
	if o.Review.needsResolution() {
		if o, err = s.resolve(ctx, orderID, 0, key, ResolutionAccept); err == nil && o.Review != "" {
			err = conflict(string(o.Review))
		}
		return err
	}
	var refused error
	before, after, err := s.store.Update(ctx, orderID, Evidence{Cause: key.cause()}, func(o Order) (Order, []Effect) {
		if o.Review == "" {
			refused = conflict("the order is not under review")
			return o, nil
		}
		if o.Review == authorizationEnded {
			refused = conflict(string(o.Review) + ", and no money is there; a capture makes Antom say so")
			return o, nil
		}
		was, o := o, o.clone()
		if o.Review == cannotReverse {
			o.Payment(o.ReviewPayment).ResolvedOffline = true // or it might still go back, a second time
		}
		o.Review, o.ReviewPayment = "", ""
		o.recompute(s.rules())
		if o.Review != "" {
			refused = conflict(string(o.Review))
			return was, nil
		}
		return o, effects(was, o)
	})
	if err != nil {
		return err
	}
	s.announce(ctx, before, after, Event{Cause: key.cause()})
	return refused
}

func conflict(why string) error {
	return &Error{Kind: Conflict, Message: "error.page.409.message", Err: errors.New(why)}
}

func invalid(err error) error { return &Error{Kind: Invalid, Message: "error.invalid", Err: err} }

func unavailable(why string) error {
	return &Error{Kind: Unavailable, Message: "error.page.503.message", Err: errors.New(why)}
}

var errUsedKey = conflict("this key was used for another action")

// intent is what a key was given for; 0 minor units mean whatever is right.
type intent struct {
	kind  OperationKind
	minor int64
}

// rule says which operation an order allows; it may note its intent in it.
type rule func(*Order) (*Payment, Operation, error)

// operate stores an operation and asks Antom for it.
func (s *Service) operate(ctx context.Context, orderID string, key Key, wanted intent, allows rule) (Operation, error) {
	requestID, op, sentBefore, err := s.begin(ctx, orderID, key, wanted, allows)
	if err != nil || !op.Unfinished() {
		return op, err
	}
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return op, err
	}
	_, op, err = s.carryOut(ctx, o, requestID, op, sentBefore)
	return op, err
}

// begin stores a capture, refund or cancel before Antom hears of it. The same
// key, or an unfinished capture or cancel, is taken up again instead; then
// sentBefore tells that Antom may have heard of it.
func (s *Service) begin(ctx context.Context, orderID string, key Key, wanted intent, allows rule) (requestID string, begun Operation, sentBefore bool, err error) {
	var refused error
	_, _, err = s.store.Update(ctx, orderID, Evidence{Cause: key.cause()}, func(o Order) (Order, []Effect) {
		if p, op := o.operationByKey(key.text()); op != nil {
			requestID, begun, sentBefore = p.RequestID, *op, true
			if op.Kind != wanted.kind || wanted.minor != 0 && op.Amount.Minor != wanted.minor {
				refused = errUsedKey
			}
			return o, nil
		}
		changed := o.clone()
		p, op, err := allows(&changed)
		if err != nil {
			refused = err
			return o, nil
		}
		requestID = p.RequestID
		for _, earlier := range p.Operations {
			// An operator may ask for several refunds at once, and means another cancel
			// than the shop, which gives its own up when the buyer was faster.
			another := key != (Key{}) && (op.Kind == Refund || earlier.Key == ownKey)
			if earlier.Kind == op.Kind && earlier.Unfinished() && earlier.Key != "" && !another {
				begun, sentBefore = earlier, true
				return o, nil
			}
		}
		op.RequestID, op.Status, op.Key, op.CreatedAt = newID(), OperationPending, key.text(), s.rules().Now
		begun = op
		p.Operations = append(p.Operations, op)
		// Soon, and not at the deadline of a capture, days away; but a look that is
		// scheduled already keeps its place, or trying in vain would never end.
		r := s.rules()
		if longest := s.pause(len(s.cfg.SweepSchedule)); p.NextPoll.IsZero() || p.NextPoll.Sub(r.Now) > longest {
			p.schedulePoll(r.Now.Add(r.Pause))
		}
		return changed, nil
	})
	if err != nil {
		err = fmt.Errorf("store operation: %w", err)
	}
	return requestID, begun, sentBefore, errors.Join(refused, err)
}

// operationByKey finds what a key has ordered before, or nil.
func (o *Order) operationByKey(key string) (*Payment, *Operation) {
	for i := range o.Payments {
		for j := range o.Payments[i].Operations {
			if op := &o.Payments[i].Operations[j]; key != ownKey && op.Key == key {
				return &o.Payments[i], op
			}
		}
	}
	return nil, nil
}

// carryOut sends a stored operation and records the answer. sentBefore tells that it
// may have been sent already.
func (s *Service) carryOut(ctx context.Context, o Order, requestID string, op Operation, sentBefore bool) (Order, Operation, error) {
	p := o.Payment(requestID)
	if op.Kind != Cancel && p.AntomID == "" {
		// Captures and refunds go by Antom's id, which an answer may have left out.
		o, _, err := s.inquire(ctx, o, *p)
		if err != nil {
			return o, op, err
		}
		if p = o.Payment(requestID); p.AntomID == "" {
			return o, op, unavailable("Antom has not told its payment id yet; the sweeper goes on")
		}
	}
	var word OperationEvent
	var call *Call
	switch op.Kind {
	case Capture:
		res, err := s.gateway.Capture(ctx, &antom.CaptureRequest{
			CaptureRequestID: op.RequestID, PaymentID: p.AntomID, CaptureAmount: antomAmount(op.Amount),
		})
		word, call = operationEventFrom(op, OperationEvent{RequestID: res.CaptureRequestID, AntomID: res.CaptureID, Amount: money(res.CaptureAmount)}, res.Result, ofAllSubmissions(err, sentBefore)), s.newCall("capture", op.RequestID, requestID, res.Result, err)
	case Refund:
		res, err := s.gateway.Refund(ctx, &antom.RefundRequest{
			RefundRequestID: op.RequestID, PaymentID: p.AntomID, RefundAmount: antomAmount(op.Amount), RefundNotifyURL: s.notifyURL(),
		})
		word, call = operationEventFrom(op, OperationEvent{RequestID: res.RefundRequestID, AntomID: res.RefundID, Amount: money(res.RefundAmount)}, res.Result, ofAllSubmissions(err, sentBefore)), s.newCall("refund", op.RequestID, requestID, res.Result, err)
	case Cancel:
		// By our own id, not Antom's: a session may have no other yet.
		res, err := s.gateway.Cancel(ctx, &antom.CancelRequest{PaymentRequestID: requestID})
		named := OperationEvent{RequestID: op.RequestID}
		if !answers(requestID, res.PaymentRequestID) {
			named.RequestID = res.PaymentRequestID
		}
		word, call = operationEventFrom(op, named, res.Result, ofAllSubmissions(err, sentBefore)), s.newCall("cancel", op.RequestID, requestID, res.Result, err)
	}
	w := Event{Cause: Cause{Kind: ByResponse, ID: call.ID}, RequestID: requestID, Operations: []OperationEvent{word}}
	o, err := s.Record(ctx, o.ID, w, Evidence{Call: call})
	if err != nil {
		return Order{}, Operation{}, err
	}
	return o, *o.Payment(requestID).Operation(op.Kind, op.RequestID), nil
}

// errOvertaken says that the buyer was faster: the order stands on the payment.
var errOvertaken = errors.New("the order stands on the payment")

// requestReversal does a full cancel or refund of a payment, on nobody's order but the
// rules'. Of a payment that the order stands on meanwhile it leaves everything as
// it is.
func (s *Service) requestReversal(ctx context.Context, o Order, requestID string, kind OperationKind) (Order, Operation, error) {
	_, op, sentBefore, err := s.begin(ctx, o.ID, Key{}, intent{kind, 0}, func(o *Order) (*Payment, Operation, error) {
		p := o.Payment(requestID)
		if p.fundsOrder() {
			return nil, Operation{}, errOvertaken
		}
		return p, Operation{Kind: kind, Amount: p.Refundable()}, nil
	})
	overtaken := errors.Is(err, errOvertaken)
	if err != nil && !overtaken {
		return o, op, err
	}
	if o, err = s.store.OrderByID(ctx, o.ID); err != nil || overtaken || o.Payment(requestID).fundsOrder() {
		return o, op, err
	}
	return s.carryOut(ctx, o, requestID, op, sentBefore)
}

// Refunds that Antom does not know: asked about again after refundPause, and
// after refundMisses such answers taken as never placed and sent again.
const (
	refundPause  = 15 * time.Second
	refundMisses = 3
)

// cancelOnItsWay is how long a cancel without an answer may still take effect.
const cancelOnItsWay = 5 * time.Minute

// resumeOperation goes on with an operation of ours whose end is not known. An
// inquiry about the payment has just been made, which tells of captures; a repeat
// with the same id is answered with what became of the first.
func (s *Service) resumeOperation(ctx context.Context, o Order, requestID string, op Operation, known Finding) (Order, error) {
	p := o.Payment(requestID)
	switch {
	case op.Kind == Refund && op.Status == OperationProcessing:
		return s.inquireRefund(ctx, o, requestID, op)
	case op.Kind == Cancel && op.Key == ownKey && p.fundsOrder():
		// The buyer was faster than our cancel, and the order stands on the payment,
		// if the payment still does when no cancel can be on its way any more.
		// Nothing is sent any more once the order stands on the payment, and the looks
		// are counted from then on: they tell how long ago the last sending is.
		if known != FindingFound || s.now().Sub(op.CreatedAt) < cancelOnItsWay || s.polledFor(p.Polls-1) < cancelOnItsWay {
			return o, nil
		}
		word := OperationEvent{Kind: Cancel, RequestID: op.RequestID, Status: OperationFailed, Code: "OVERTAKEN"}
		w := Event{Cause: Cause{Kind: BySweeper}, RequestID: requestID, Operations: []OperationEvent{word}}
		return s.Record(ctx, o.ID, w, Evidence{})
	}
	o, _, err := s.carryOut(ctx, o, requestID, op, true)
	return o, err
}

func (s *Service) inquireRefund(ctx context.Context, o Order, requestID string, op Operation) (Order, error) {
	res, err := s.gateway.InquiryRefund(ctx, &antom.InquiryRefundRequest{RefundRequestID: op.RequestID})
	switch {
	case err == nil && answers(op.RequestID, res.RefundRequestID):
		call := s.newCall("inquiryRefund", op.RequestID, requestID, res.Result, err)
		word := OperationEvent{Kind: Refund, RequestID: op.RequestID, AntomID: res.RefundID, Amount: money(res.RefundAmount), Status: transactionStatus(res.RefundStatus)}
		w := Event{Cause: Cause{Kind: ByInquiry, ID: call.ID}, RequestID: requestID, Operations: []OperationEvent{word}}
		return s.Record(ctx, o.ID, w, Evidence{Call: call})
	case codeOf(err) != string(antom.CodeOrderNotExist):
		return o, nil // no answer: the sweeper comes again
	case op.Misses+1 < refundMisses:
		return o, s.missRefund(ctx, o, requestID, op)
	}
	o, _, err = s.carryOut(ctx, o, requestID, op, true)
	return o, err
}

// missRefund counts that Antom does not know a refund, and asks again soon.
func (s *Service) missRefund(ctx context.Context, o Order, requestID string, op Operation) error {
	_, _, err := s.store.Update(ctx, o.ID, Evidence{Cause: Cause{Kind: BySweeper}}, func(o Order) (Order, []Effect) {
		o = o.clone()
		p := o.Payment(requestID)
		p.Operation(Refund, op.RequestID).Misses++
		p.NextPoll = s.rules().Now.Add(refundPause)
		return o, nil
	})
	return err
}

// The merchant who captures by hand is warned this long before an authorisation
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

// EffectCaptureDue warns the merchant that a card has to be captured.
func EffectCaptureDue(requestID string, left time.Duration) Effect {
	return Effect(fmt.Sprintf("capture.due:%s:%dd", requestID, int(left.Hours()/24)))
}

// watchAuthorization warns of an authorisation that ends, and asks for a look
// at one that has ended uncaptured. Unless Antom has just answered, a question may
// be open, which must not wait for days: then the next look stays where it is.
func (s *Service) watchAuthorization(ctx context.Context, o Order, requestID string, known Finding) error {
	r := s.rules()
	before, after, err := s.store.Update(ctx, o.ID, Evidence{Cause: Cause{Kind: BySweeper}}, func(o Order) (Order, []Effect) {
		changed := o.clone()
		p := changed.Payment(requestID)
		if p.Status != PaymentAuthorized {
			return o, nil
		}
		if !r.Now.Before(p.AuthEndsAt) {
			changed.raise(authorizationEnded, requestID)
			p.NextPoll = time.Time{}
			return changed, nil
		}
		if deadline := nextCaptureDeadline(*p, r.Now); known == FindingFound || p.NextPoll.IsZero() || deadline.Before(p.NextPoll) {
			p.schedulePoll(deadline)
		}
		var due []Effect
		for _, before := range captureWarnings {
			if left := p.AuthEndsAt.Sub(r.Now); left <= before && left > 0 {
				due = append(due, EffectCaptureDue(requestID, before))
			}
		}
		return changed, due
	})
	if err == nil {
		s.announce(ctx, before, after, Event{Cause: Cause{Kind: BySweeper}})
	}
	return err
}
