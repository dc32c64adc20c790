package merchant

import (
	"context"

	"antom-checkout/checkout"
)

// Orders lists the orders of a filter, newest first, as many as the window has room for.
func (s *base) Orders(ctx context.Context, f checkout.OrderFilter, w checkout.Window) ([]checkout.Order, error) {
	return s.store.Orders(ctx, f, w)
}
