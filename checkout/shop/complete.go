package shop

import (
	"context"
	"fmt"
	"log/slog"

	"antom-checkout/checkout"
)

// CompleteOrder adds to an order of the merchant's system what the buyer has typed in its
// missing fields, and who that is: the reference of their browser. It is idempotent. Errors:
// CodeNotFound, CodeFormInvalid with a message key per field, CodeOrderPaid,
// CodeOrderUnderWay, CodeOrderClosed.
func (s *Shop) CompleteOrder(ctx context.Context, token string, typed checkout.Buyer, browser string) (before, after checkout.Order, err error) {
	if !checkout.IsToken(token) {
		return before, after, checkout.ErrNotFound
	}
	o, err := s.store.OrderByToken(ctx, token)
	if err != nil {
		return o, o, err
	}
	cause := checkout.Cause{Kind: checkout.ByShopper, ID: o.ID}
	before, after, err = s.store.Update(ctx, o.ID, checkout.Evidence{Cause: cause}, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		completed, err := checkout.CompleteBuyer(o, typed, browser)
		return completed, nil, err
	})
	if err != nil {
		return o, o, fmt.Errorf("complete order: %w", err)
	}
	if before.Version != after.Version {
		s.cfg.Log.LogAttrs(ctx, slog.LevelInfo, "order completed", slog.String(checkout.LogOrder, o.ID), slog.String(checkout.LogCause, cause.String()))
	}
	return before, after, nil
}
