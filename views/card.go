package views

import (
	"cmp"
	"context"

	"antom-checkout/checkout"
)

// PaidBy names how a payment was paid: by the card with its last four digits where they
// are known, otherwise by the method.
func PaidBy(ctx context.Context, method checkout.Method, card checkout.Card) string {
	name := cmp.Or(checkout.BrandName(card.Brand), MethodName(ctx, method.Code, method.Name))
	if card.LastFour == "" {
		return name
	}
	return Text(ctx, "order.card", name, card.LastFour)
}
