package payments

import (
	"context"
	"errors"
	"fmt"

	"antom-checkout/checkout"
)

// operations carries out captures, refunds and cancels. They share one way: the row
// first, then the call with the row's id, then the answer; whatever is left without
// an answer is resumed by the sweeper with the same id.
type operations struct{ *inquirer }

// operate stores an operation and asks Antom for it.
func (s *operations) operate(ctx context.Context, orderID string, want checkout.OperationRequest) (checkout.Operation, error) {
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

// beginOperation stores a capture, refund or cancel before Antom is asked.
func (s *operations) beginOperation(ctx context.Context, orderID string, want checkout.OperationRequest) (begun checkout.Begun, err error) {
	want.RequestID = s.cfg.NewID()
	before, after, err := s.store.Update(ctx, orderID, want.Evidence(orderID), func(o checkout.Order) (after checkout.Order, _ []checkout.Effect, err error) {
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
func (s *operations) carryOut(ctx context.Context, o checkout.Order, requestID string, op checkout.Operation, submittedBefore bool) (checkout.Order, checkout.Operation, error) {
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
	if op.Status == checkout.OperationFailed && (op.Kind == checkout.Refund || op.Kind == checkout.Cancel && p.Status.InProgress()) {
		// Antom may hold something else than is known here: the buyer may have paid while
		// the cancel was on its way, or a refund have been made in Antom's dashboard.
		o, _, err = s.inquire(ctx, o, *p)
	}
	return o, op, err
}

// reverse does a full cancel or refund of a payment by the shop itself. A payment that
// funds the order by now, or that has ended meanwhile, stays as it is.
func (s *operations) reverse(ctx context.Context, o checkout.Order, requestID string, kind checkout.OperationKind) (checkout.Order, checkout.Operation, error) {
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

// returnIfNeedless returns a duplicate, unless an inquiry about the payment that is kept
// shows that Antom has returned that one.
func (s *operations) returnIfNeedless(ctx context.Context, o checkout.Order, requestID string, found checkout.Finding) error {
	if kept := o.Active(); kept != nil && kept.FundsOrder() {
		after, answer, err := s.inquire(ctx, o, *kept)
		if err != nil || !answer.Known() {
			return err // the sweeper comes again
		}
		o = after
	}
	if checkout.NextForPayment(o, requestID, found, s.rules()) != checkout.StepReturn {
		return nil
	}
	return s.returnDuplicate(ctx, o, *o.Payment(requestID))
}

// returnDuplicate returns funds that the order does not need: by cancel while the
// method allows it, otherwise by refund. What is refused is tried again later, with a
// new id, until a person has to look.
func (s *operations) returnDuplicate(ctx context.Context, o checkout.Order, p checkout.Payment) error {
	o, op, err := s.reverse(ctx, o, p.RequestID, checkout.Cancel)
	if err != nil || op.Status != checkout.OperationFailed || o.Payment(p.RequestID).Status != checkout.PaymentPaid {
		return err // done, or unknown, or an authorised card that is not captured yet
	}
	_, _, err = s.reverse(ctx, o, p.RequestID, checkout.Refund)
	return err
}
