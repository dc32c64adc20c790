package checkout

import (
	"context"
	"errors"
	"strings"
)

// perform carries out one effect.
func (s *Service) perform(ctx context.Context, e PendingEffect) error {
	o, err := s.store.OrderByID(ctx, e.OrderID)
	if err != nil {
		return err
	}
	kind, requestID, _ := strings.Cut(string(e.Effect), ":")
	switch {
	case e.Effect == EffectPaid:
		s.log.InfoContext(ctx, "order paid", "order", o.ID, "number", o.Number, "total", o.Total.String())
		return nil
	case kind == "capture.due":
		s.log.WarnContext(ctx, "capture is due", "order", o.ID, "number", o.Number, "warning", string(e.Effect))
		return nil
	case kind == "payment.reverse":
		return s.reverse(ctx, o, requestID)
	}
	return errors.New("no such effect")
}

// reverse gives back a payment that the order does not need, because another
// one is kept: by cancel while the method allows it, otherwise by refund.
func (s *Service) reverse(ctx context.Context, o Order, requestID string) error {
	p := o.Payment(requestID)
	if p == nil || !p.Status.HoldsMoney() || !p.Surplus {
		return nil // it was given back already, or it is the one to keep
	}
	o, op, err := s.giveBack(ctx, o, requestID, Cancel)
	if err != nil || op.Status == OperationSuccess {
		return err
	}
	if op.Unfinished() {
		return errors.New("cancel without answer")
	}
	if p = o.Payment(requestID); p.Status != PaymentPaid {
		return errors.New("cannot be cancelled and is not captured yet")
	}
	_, op, err = s.giveBack(ctx, o, requestID, Refund)
	switch {
	case err != nil:
		return err
	case op.Status == OperationFailed:
		return errors.New("refund refused: " + op.ResultCode)
	}
	return nil // done, or Antom will say
}
