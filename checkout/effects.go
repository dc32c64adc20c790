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
	kind, _, _ := strings.Cut(string(e.Effect), ":")
	switch {
	case e.Effect == EffectPaid:
		s.log.InfoContext(ctx, "order paid", "order", o.ID, "number", o.Number, "total", o.Total.String())
		return nil
	case kind == "capture.due":
		s.log.WarnContext(ctx, "capture is due", "order", o.ID, "number", o.Number, "warning", string(e.Effect))
		return nil
	}
	return errors.New("no such effect")
}
