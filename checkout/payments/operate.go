package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"antom-checkout/checkout"
)

// Capture, refund and cancel share one way: the row first, then the call with the
// row's id, then the answer; whatever is left without an answer is resumed by the
// sweeper with the same id.

// Capture takes the whole amount of an authorised card; with manual capture it has to
// be done within seven days. A failed capture may be tried again with a new key.
// Errors: CodeNotFound, CodeNothingToCapture, CodeKeyReused.
func (s *Service) Capture(ctx context.Context, orderID string, key checkout.Key) (checkout.Operation, error) {
	return s.operate(ctx, orderID, checkout.OperationRequest{Kind: checkout.Capture, Key: key})
}

// Refund returns a part of a paid order, or with a zero amount all that is left.
// Several partial refunds may follow each other; together they never exceed what was
// paid, however many are asked for at once. Of an order under review for its amount or
// method, all that Antom holds of the payment in question is returned, and the order
// may be paid anew unless it stands on another. Errors: CodeNotFound,
// CodeAmountInvalid, CodeNothingToRefund, CodeReviewStands, CodeKeyReused.
func (s *Service) Refund(ctx context.Context, orderID string, minor int64, key checkout.Key) (checkout.Operation, error) {
	resolved, err := s.resolveRefund(ctx, orderID, minor, key)
	if err != nil {
		return checkout.Operation{}, err
	}
	return s.operate(ctx, orderID, checkout.OperationRequest{Kind: checkout.Refund, Key: key, Payment: resolved, Minor: minor})
}

// resolveRefund lets an operator's refund resolve a review as well, where that is
// wanted: resolved is the payment that it returns. A key that has done something
// decides about nothing else.
func (s *Service) resolveRefund(ctx context.Context, orderID string, minor int64, key checkout.Key) (resolved string, err error) {
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
func (s *Service) reversedBy(ctx context.Context, o checkout.Order, key checkout.Key) (requestID string, err error) {
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
// CodeAntomUnanswered.
func (s *Service) Cancel(ctx context.Context, orderID string, key checkout.Key) error {
	unlock, err := s.starts.lock(ctx, orderID)
	if err != nil {
		return err
	}
	defer unlock()
	o, done, err := s.cancelledBy(ctx, orderID, key)
	if err != nil || done {
		return err
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
	if o, err = s.close(ctx, o, checkout.OrderCancelled, key.Cause()); err != nil {
		return err
	}
	if o.Status != checkout.OrderCancelled {
		return checkout.NewError(checkout.CodeNothingToCancel, "the order is "+string(o.Status))
	}
	return nil
}

// cancelledBy loads the order, and reports whether it is cancelled already, or the key
// has cancelled it: what has come since is another matter.
func (s *Service) cancelledBy(ctx context.Context, orderID string, key checkout.Key) (o checkout.Order, done bool, err error) {
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
func (s *Service) cancelPayment(ctx context.Context, o checkout.Order, requestID string, key checkout.Key) (checkout.Order, error) {
	begun, err := s.beginOperation(ctx, o.ID, checkout.OperationRequest{Kind: checkout.Cancel, Key: key, Payment: requestID})
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
func (s *Service) resolve(ctx context.Context, orderID string, minor int64, key checkout.Key, want checkout.Resolution) (checkout.Order, error) {
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil || !o.Review.NeedsResolution() {
		return o, err
	}
	p := *o.Payment(o.ReviewPayment)
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
	return s.Record(ctx, orderID, e, checkout.Evidence{Call: call})
}

// Accept ends a review in favour of the money that is there: the order goes on as its
// payments say, also when that is another amount than was asked for, or by another
// method. Money that cannot be returned through Antom counts as settled with the buyer
// otherwise. The same key ends no second review. Errors: CodeNotFound,
// CodeNotUnderReview, CodeReviewStands, CodeKeyReused.
func (s *Service) Accept(ctx context.Context, orderID string, key checkout.Key) error {
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
		return checkout.NewError(checkout.CodeKeyReused, "this key was used for another action")
	}
	if o.Review.NeedsResolution() {
		if o, err = s.resolve(ctx, orderID, 0, key, checkout.ResolutionAccept); err == nil && o.Review != "" {
			err = checkout.NewError(checkout.CodeReviewStands, string(o.Review))
		}
		return err
	}
	_, err = s.change(ctx, orderID, key.Cause(), func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		return checkout.AcceptReview(o, s.rules())
	})
	return err
}

// operate stores an operation and asks Antom for it.
func (s *Service) operate(ctx context.Context, orderID string, want checkout.OperationRequest) (checkout.Operation, error) {
	begun, err := s.beginOperation(ctx, orderID, want)
	op := begun.Operation
	if err != nil || !op.Unfinished() {
		return op, err
	}
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return op, err
	}
	_, op, err = s.carryOut(ctx, o, begun.PaymentRequestID, op, begun.Resumed)
	return op, err
}

// beginOperation stores a capture, refund or cancel before Antom hears of it.
func (s *Service) beginOperation(ctx context.Context, orderID string, want checkout.OperationRequest) (begun checkout.Begun, err error) {
	want.RequestID = s.cfg.NewID()
	before, after, err := s.store.Update(ctx, orderID, checkout.Evidence{Cause: want.Key.Cause()}, func(o checkout.Order) (after checkout.Order, _ []checkout.Effect, err error) {
		after, begun, err = checkout.BeginOperation(o, want, s.rules())
		return after, nil, err
	})
	var refused *checkout.Error
	if err != nil && !errors.As(err, &refused) {
		err = fmt.Errorf("store operation: %w", err)
	}
	if err == nil {
		s.logTransitions(ctx, after, checkout.Transitions(before, after), want.Key.Cause())
	}
	return begun, err
}

// carryOut sends a stored operation and records the answer. submittedBefore tells that
// it may have been sent already.
func (s *Service) carryOut(ctx context.Context, o checkout.Order, requestID string, op checkout.Operation, submittedBefore bool) (checkout.Order, checkout.Operation, error) {
	p := o.Payment(requestID)
	if op.Kind != checkout.Cancel && p.AntomID == "" {
		// Captures and refunds go by Antom's id, which an answer may have left out.
		o, _, err := s.inquire(ctx, o, *p)
		if err != nil {
			return o, op, err
		}
		if p = o.Payment(requestID); p.AntomID == "" {
			return o, op, checkout.NewError(checkout.CodeAntomUnanswered, "Antom has not told its payment id yet; the sweeper goes on")
		}
	}
	e, call := s.gateway.Operate(ctx, *p, op, submittedBefore)
	o, err := s.Record(ctx, o.ID, e, checkout.Evidence{Call: call})
	if err != nil {
		return checkout.Order{}, checkout.Operation{}, err
	}
	p = o.Payment(requestID)
	op = *p.Operation(op.Kind, op.RequestID)
	if op.Kind == checkout.Cancel && op.Status == checkout.OperationFailed && p.Status.InProgress() {
		// The buyer may have paid; what was doubted while the cancel was on its way counts
		// now.
		o, _, err = s.inquire(ctx, o, *p)
	}
	return o, op, err
}

// reverse does a full cancel or refund of a payment by the shop itself. A payment that
// the order stands on by now, or that has ended meanwhile, it leaves as it is.
func (s *Service) reverse(ctx context.Context, o checkout.Order, requestID string, kind checkout.OperationKind) (checkout.Order, checkout.Operation, error) {
	begun, err := s.beginOperation(ctx, o.ID, checkout.OperationRequest{Kind: kind, Payment: requestID})
	op := begun.Operation
	var refused *checkout.Error
	needless := errors.As(err, &refused) && refused.Kind() == checkout.Conflict && !errors.Is(err, checkout.ErrStale)
	if err != nil && !needless {
		return o, op, err
	}
	if o, err = s.store.OrderByID(ctx, o.ID); err != nil || needless {
		return o, op, err
	}
	return s.carryOut(ctx, o, requestID, op, begun.Resumed)
}

// returnDuplicate returns funds that the order does not need: by cancel while the
// method allows it, otherwise by refund. What is refused is tried again later, with a
// new id, until a person has to look.
func (s *Service) returnDuplicate(ctx context.Context, o checkout.Order, p checkout.Payment) error {
	o, op, err := s.reverse(ctx, o, p.RequestID, checkout.Cancel)
	if err != nil || op.Status != checkout.OperationFailed || o.Payment(p.RequestID).Status != checkout.PaymentPaid {
		return err // done, or unknown, or an authorised card that is not captured yet
	}
	_, _, err = s.reverse(ctx, o, p.RequestID, checkout.Refund)
	return err
}
