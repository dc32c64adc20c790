package shop

import (
	"context"
	"fmt"

	"antom-checkout/checkout"
)

// Cart is the cart of a session. order is the token of the last order that was placed
// from it, or "": once that is bought, its goods are taken out.
func (s *Shop) Cart(ctx context.Context, session, order string) (checkout.Cart, error) {
	cart, err := s.store.Cart(ctx, session)
	if err != nil || order == "" || order == cart.TakenOut {
		return cart, err
	}
	placed, err := s.store.OrderByToken(ctx, order)
	if checkout.IsNotFound(err) {
		return cart, nil
	}
	if err != nil {
		return cart, err
	}
	if cart.TakeOut(placed); cart.TakenOut != order {
		return cart, nil
	}
	return s.ChangeCart(ctx, session, func(cart *checkout.Cart) error {
		cart.TakeOut(placed)
		return nil
	})
}

// ChangeCart changes the cart of a session, one change at a time. An error of change
// leaves it as it is.
func (s *Shop) ChangeCart(ctx context.Context, session string, change func(*checkout.Cart) error) (checkout.Cart, error) {
	cart, err := s.store.UpdateCart(ctx, session, change)
	if err != nil {
		return cart, fmt.Errorf("change cart: %w", err)
	}
	return cart, nil
}
