package payments

import (
	"context"

	"antom-checkout/checkout"
)

// disputing answers disputes, and reminds of those whose answers are due.
type disputing struct{ *operators }

// AnswerDispute accepts or defends a dispute, once: the same key again is the same answer. Once
// Antom has taken it, the dispute shows that; what follows Antom reports by notifications. After
// CodeAntomUnanswered the same may be ordered again. Errors: CodeNotFound, CodeDisputeClosed,
// CodeFormInvalid for a document that Antom would refuse, CodeAntomRefused,
// CodeAntomUnanswered, CodeKeyReused.
func (s *disputing) AnswerDispute(ctx context.Context, orderID string, a checkout.DisputeAnswer, key checkout.Key) error {
	action := a.Action(orderID, key)
	unlock, err := s.locks.lock(ctx, orderID)
	if err != nil {
		return err
	}
	defer unlock()
	p, d, err := s.disputed(ctx, orderID, a.Dispute)
	if err != nil {
		return err
	}
	first, err := s.store.OperatorAction(ctx, key)
	ordered := err == nil
	switch {
	case err != nil && !checkout.IsNotFound(err):
		return err
	case ordered:
		if err := checkout.CheckRepeat(first, action); err != nil || d.Step == a.Step() {
			return err // nil: it was done before
		}
	}
	if err := checkout.CheckAnswer(d, a, s.now()); err != nil {
		return err
	}
	if err := s.keepKey(ctx, action); err != nil { // before Antom is called
		return err
	}
	e, call, err := s.gateway.AnswerDispute(ctx, p, a, ordered)
	if err != nil || call == nil {
		return err
	}
	_, err = s.Record(context.WithoutCancel(ctx), orderID, e, checkout.Evidence{Call: call})
	return err
}

// DisputeDocument downloads a document of a dispute with its format, such as PDF. Errors:
// CodeNotFound, CodeDisputeClosed, CodeAntomRefused where Antom has none, CodeAntomUnanswered.
func (s *disputing) DisputeDocument(ctx context.Context, orderID, id string, kind checkout.DisputeDocument) (document []byte, format string, err error) {
	p, _, err := s.disputed(ctx, orderID, id)
	if err != nil {
		return nil, "", err
	}
	return s.gateway.DisputeDocument(ctx, p, id, kind)
}

// disputed finds a dispute of an order, and its payment.
func (s *disputing) disputed(ctx context.Context, orderID, id string) (checkout.Payment, checkout.Dispute, error) {
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return checkout.Payment{}, checkout.Dispute{}, err
	}
	p := checkout.PaymentInDispute(o, id)
	if p == nil {
		return checkout.Payment{}, checkout.Dispute{}, checkout.NewError(checkout.CodeNotFound, "the order has no such dispute")
	}
	return *p, *p.Disputes.With(id), nil
}

// remindOfDisputes has the operator reminded of answers that are due soon.
func (s *sweeper) remindOfDisputes(ctx context.Context) {
	due, err := s.store.DueDisputes(ctx, s.now(), sweepBatch)
	s.logFailure(ctx, "list due disputes", err)
	for _, one := range due {
		_, err := s.change(ctx, one.OrderID, checkout.Cause{Kind: checkout.BySweeper}, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
			after, effects := checkout.RemindOfDisputes(o, one.RequestID, s.rules())
			return after, effects, nil
		})
		s.logFailure(ctx, "remind of dispute", err, aboutOrder(one.OrderID), aboutPayment(one.RequestID))
	}
}
