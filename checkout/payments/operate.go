package payments

import (
	"context"
	"slices"

	"antom-checkout/checkout"
)

// operators does what an operator orders.
type operators struct {
	*endings
	anyway bool // also of a payment in dispute
}

// Operators is what an operator may order of a payment that holds funds.
type Operators interface {
	Refund(ctx context.Context, orderID string, minor int64, key checkout.Key) (checkout.Operation, error)
	Cancel(ctx context.Context, orderID string, key checkout.Key) error
}

// Anyway is for an operator who knows that the payment is in dispute: refunds and cancels
// are not questioned.
func (s *operators) Anyway() Operators { return &operators{s.endings, true} }

// checkKey refuses an action whose key was used for another one, before Antom is asked
// anything. The key belongs to an action from its first change on, which is committed
// with it: what is refused before that leaves the key free. Errors: CodeKeyReused.
func (s *operators) checkKey(ctx context.Context, action checkout.OperatorAction) error {
	first, err := s.store.OperatorAction(ctx, action.Key)
	if checkout.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return checkout.CheckRepeat(first, action)
}

// keepKey commits that the key belongs to an action that had nothing left to change.
func (s *operators) keepKey(ctx context.Context, action checkout.OperatorAction) error {
	_, err := s.changeBy(ctx, action.Order, action.Evidence(), func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		return o, nil, nil
	})
	return err
}

// Capture takes the whole amount of an authorised card; with manual capture it has to
// be done within seven days. A failed capture may be tried again with a new key.
// Errors: CodeNotFound, CodeNothingToCapture, CodeKeyReused.
func (s *operators) Capture(ctx context.Context, orderID string, key checkout.Key) (checkout.Operation, error) {
	if err := s.checkKey(ctx, checkout.OperatorAction{Key: key, Name: string(checkout.Capture), Order: orderID}); err != nil {
		return checkout.Operation{}, err
	}
	return s.operate(ctx, orderID, checkout.OperationRequest{Kind: checkout.Capture, Key: key})
}

// Refund returns a part of a paid order, or with a zero amount all that is left.
// Several partial refunds may follow each other; together they never exceed what was
// paid, however many are asked for at once. Of an order under review for its amount or
// method, all that Antom holds of the payment in question is returned, and the order
// may be paid anew unless another payment funds it. Errors: CodeNotFound,
// CodeAmountInvalid, CodeNothingToRefund, CodeReviewStands, CodeDisputed, CodeKeyReused.
func (s *operators) Refund(ctx context.Context, orderID string, minor int64, key checkout.Key) (checkout.Operation, error) {
	return s.RefundBecause(ctx, orderID, minor, "", key)
}

// RefundBecause is Refund with a reason of at most 256 characters, which Antom is told.
func (s *operators) RefundBecause(ctx context.Context, orderID string, minor int64, reason string, key checkout.Key) (checkout.Operation, error) {
	return s.RefundUpTo(ctx, orderID, minor, reason, checkout.Money{}, key)
}

// RefundUpTo is RefundBecause for a person who may return no more than a limit of an order, in
// all its refunds together. Such a person resolves no review. Errors: CodeOverLimit, too.
func (s *operators) RefundUpTo(ctx context.Context, orderID string, minor int64, reason string, most checkout.Money, key checkout.Key) (checkout.Operation, error) {
	if err := s.checkKey(ctx, checkout.OperatorAction{Key: key, Name: string(checkout.Refund), Minor: minor, Order: orderID}); err != nil {
		return checkout.Operation{}, err
	}
	want := checkout.OperationRequest{Kind: checkout.Refund, Key: key, Minor: minor, Reason: reason, Most: most, Anyway: s.anyway}
	if most != (checkout.Money{}) {
		return s.operate(ctx, orderID, want)
	}
	resolved, err := s.resolveRefund(ctx, orderID, minor, key)
	if err != nil {
		return checkout.Operation{}, err
	}
	want.Payment = resolved
	return s.operate(ctx, orderID, want)
}

// resolveRefund lets an operator's refund resolve a review as well, where that is
// wanted: resolved is the payment that it returns. A key that has done something
// decides about nothing else.
func (s *operators) resolveRefund(ctx context.Context, orderID string, minor int64, key checkout.Key) (resolved string, err error) {
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return "", err
	}
	if o.OrderedBy(key) != nil {
		return "", nil
	}
	if resolved, err = s.reversedBy(ctx, o, key); err != nil || resolved != "" {
		return resolved, err
	}
	reviewed := ""
	if o.Review.NeedsResolution() {
		reviewed = o.ReviewPayment
	}
	if o, err = s.resolve(ctx, orderID, minor, key, checkout.ResolutionRefund); err != nil {
		return "", err
	}
	resolved, err = s.reversedBy(ctx, o, key)
	if p := o.Payment(reviewed); err == nil && resolved == "" && p != nil && !p.FundsOrder() {
		return "", checkout.NewError(checkout.CodeReviewChanged, "the review was about another payment, and has ended; order what is meant with a new key")
	}
	return resolved, err
}

// reversedBy is the payment that a resolution under the key has made a duplicate, or "".
func (s *operators) reversedBy(ctx context.Context, o checkout.Order, key checkout.Key) (requestID string, err error) {
	transitions, err := s.store.TransitionsBy(ctx, o.ID, key.Cause())
	for _, t := range transitions {
		if p := o.Payment(t.PaymentRequestID); t.Subject == "payment" && p != nil && p.Duplicate {
			requestID = t.PaymentRequestID
		}
	}
	return requestID, err
}

// Cancel ends an order: an unpaid one is closed once Antom agrees, an authorised card
// is released, a paid payment is returned in full while its method's window is open.
// Errors: CodeNotFound, CodeAntomRefused (refund instead), CodeNothingToCancel,
// CodeDisputed, CodeAntomUnanswered, CodeKeyReused.
func (s *operators) Cancel(ctx context.Context, orderID string, key checkout.Key) error {
	action := checkout.OperatorAction{Key: key, Name: string(checkout.Cancel), Order: orderID}
	if err := s.checkKey(ctx, action); err != nil {
		return err
	}
	unlock, err := s.alone(ctx, orderID)
	if err != nil {
		return err
	}
	defer unlock()
	o, done, err := s.cancelledBy(ctx, orderID, key)
	if err != nil {
		return err
	}
	if done {
		return s.keepKey(ctx, action)
	}
	standing := o.OrderedBy(key)
	if standing == nil {
		if o, err = s.resolve(ctx, orderID, 0, key, checkout.ResolutionCancel); err != nil {
			return err
		}
		standing = o.Active()
	}
	if p := o.Duplicate(); p != nil && o.Status == checkout.OrderCancelled {
		return s.returnDuplicate(ctx, o, *p)
	}
	// An attempt that the shop is cancelling already, without an answer, may have been
	// paid meanwhile: the operator's cancel goes on whatever the buyer has done.
	if standing != nil && (standing.Status.HoldsFunds() || standing.Cancelling()) {
		if o, err = s.cancelPayment(ctx, o, standing.RequestID, key); err != nil {
			return err
		}
	}
	if o, err = s.close(ctx, o, checkout.OrderCancelled, action.Evidence()); err != nil {
		return err
	}
	if o.Status != checkout.OrderCancelled {
		return checkout.NewError(checkout.CodeNothingToCancel, "the order is "+string(o.Status))
	}
	return nil
}

// cancelledBy loads the order, and reports whether it is cancelled already, or the key
// has cancelled it: what has come since is another matter.
func (s *operators) cancelledBy(ctx context.Context, orderID string, key checkout.Key) (o checkout.Order, done bool, err error) {
	if o, err = s.store.OrderByID(ctx, orderID); err != nil {
		return o, false, err
	}
	transitions, err := s.store.TransitionsBy(ctx, orderID, key.Cause())
	done = o.Status == checkout.OrderCancelled || slices.ContainsFunc(transitions, func(t checkout.Transition) bool {
		return t.Subject == "order" && t.To == string(checkout.OrderCancelled)
	})
	return o, done, err
}

// cancelPayment asks Antom to cancel a payment on an operator's order.
func (s *operators) cancelPayment(ctx context.Context, o checkout.Order, requestID string, key checkout.Key) (checkout.Order, error) {
	begun, err := s.beginOperation(ctx, o.ID, checkout.OperationRequest{Kind: checkout.Cancel, Key: key, Payment: requestID, Anyway: s.anyway})
	op := begun.Operation
	if err == nil && op.Unfinished() {
		o, op, err = s.carryOut(ctx, o, requestID, op, begun.Resumed)
	}
	switch {
	case err != nil:
		return o, err
	case op.Unfinished():
		return o, checkout.NewError(checkout.CodeAntomUnanswered, "Antom has not answered; the sweeper goes on")
	case op.Status == checkout.OperationFailed:
		return o, checkout.NewError(checkout.CodeAntomRefused, "Antom refuses: "+op.ResultCode+"; refund instead")
	}
	return o, nil
}

// resolve lets an operator decide about a payment of which Antom has confirmed another
// amount or method; for any other order it does nothing. Antom is asked once more, so
// that the resolution is about what is there now.
func (s *operators) resolve(ctx context.Context, orderID string, minor int64, key checkout.Key, want checkout.Resolution) (checkout.Order, error) {
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil || !o.Review.NeedsResolution() {
		return o, err
	}
	p := *o.Payment(o.ReviewPayment)
	if err := checkout.QuestionReturn(p); err != nil && want != checkout.ResolutionAccept && !s.anyway {
		return o, err
	}
	asked := p.Knowledge()
	confirmed, call, found := s.gateway.Inquire(ctx, p)
	confirmed.Asked = &asked
	if !found.Known() {
		return o, checkout.NewError(checkout.CodeAntomUnanswered, "Antom has not told what it holds; order the same again")
	}
	e, err := checkout.Resolve(o, confirmed, want, minor, key.Cause())
	if err != nil {
		return o, err
	}
	action := &checkout.OperatorAction{Key: key, Name: string(want), Minor: minor, Order: orderID}
	return s.Record(ctx, orderID, e, checkout.Evidence{Call: call, Action: action})
}

// Accept ends a review in favour of the money that is there: the order goes on as its
// payments say, also when that is another amount than was asked for, or by another
// method. Money that cannot be returned through Antom counts as resolved with the buyer
// offline. The same key ends no second review. Errors: CodeNotFound,
// CodeNotUnderReview, CodeReviewStands, CodeKeyReused.
func (s *operators) Accept(ctx context.Context, orderID string, key checkout.Key) error {
	action := checkout.OperatorAction{Key: key, Name: string(checkout.ResolutionAccept), Order: orderID}
	if err := s.checkKey(ctx, action); err != nil {
		return err
	}
	transitions, err := s.store.TransitionsBy(ctx, orderID, key.Cause())
	if err != nil || slices.ContainsFunc(transitions, func(t checkout.Transition) bool {
		return t.Subject == "order" && t.From == string(checkout.OrderReview)
	}) {
		return err
	}
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return err
	}
	if o.OrderedBy(key) != nil {
		return checkout.NewError(checkout.CodeKeyReused, "")
	}
	if o.Review.NeedsResolution() {
		if o, err = s.resolve(ctx, orderID, 0, key, checkout.ResolutionAccept); err == nil && o.Review != "" {
			err = checkout.NewError(checkout.CodeReviewStands, string(o.Review))
		}
		return err
	}
	_, err = s.changeBy(ctx, orderID, action.Evidence(), func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		return checkout.AcceptReview(o, s.rules())
	})
	return err
}
