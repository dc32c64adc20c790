package checkout

import (
	"context"
	"errors"
	"strings"
)

// Effect is something to be done after a change has been committed, once. It is
// kept in the outbox under its topic, which is unique within an order.
type Effect string

// EffectPaid tells the world that an order has been paid for the first time.
const EffectPaid Effect = "order.paid"

// effects are the consequences of going from one state of an order to the next.
func effects(before, after Order) []Effect {
	var due []Effect
	if after.EverPaid && !before.EverPaid {
		due = append(due, EffectPaid)
	}
	return append(due, emailsDue(before, after)...)
}

// perform carries out one effect.
func (s *Service) perform(ctx context.Context, e PendingEffect) error {
	o, err := s.store.OrderByID(ctx, e.OrderID)
	if err != nil {
		return err
	}
	kind, about, _ := strings.Cut(string(e.Effect), ":")
	switch {
	case e.Effect == EffectPaid:
		s.log.InfoContext(ctx, "order paid", "order", o.ID, "number", o.Number, "total", o.Total.String())
		return nil
	case kind == "capture.due":
		s.log.WarnContext(ctx, "capture is due", "order", o.ID, "number", o.Number, "warning", string(e.Effect))
		return nil
	case e.Effect.isEmail():
		return s.sendEmail(ctx, o, e.Effect, EmailKind(kind), about)
	}
	return errors.New("no such effect")
}
