package shop

import (
	"context"
	"strings"

	"antom-checkout/checkout"
)

// Renewal is the result of renewing an expired order.
type Renewal struct {
	Old   checkout.Order      // the expired one
	Order checkout.Order      // the new order, when all goods are in stock
	Rest  []checkout.CartLine // what is still sold, in the quantities that were ordered
	Gone  []string            // the names of what is no longer sold
}

// Renewed reports whether there is a new order.
func (r Renewal) Renewed() bool { return r.Order.Token != "" }

// Renew places an expired order anew: the same lines at today's prices, for the same
// buyer. It is idempotent: twice leads to the same new order. When goods are gone or
// short there is no new order, because the buyer has not agreed to fewer goods. Errors:
// CodeNotFound, CodeNotExpired.
func (s *Shop) Renew(ctx context.Context, token string) (Renewal, error) {
	if !checkout.IsToken(token) {
		return Renewal{}, checkout.ErrNotFound
	}
	old, err := s.store.OrderByToken(ctx, token)
	if err != nil {
		return Renewal{}, err
	}
	if old.Status != checkout.OrderExpired {
		return Renewal{}, checkout.NewError(checkout.CodeNotExpired, "the order is "+string(old.Status))
	}
	if !old.Renewable() {
		return Renewal{}, checkout.NewError(checkout.CodeNotExpired, "it came from elsewhere, or the buyer's data were erased")
	}
	req := OrderRequest{FormKey: renewalKey(old.ID), Buyer: old.Buyer, BuyerReference: old.BuyerReference, Language: old.Language}
	if made, err := s.store.OrderByForm(ctx, req.FormKey); !checkout.IsNotFound(err) {
		return Renewal{Old: old, Order: made}, err
	}
	r := Renewal{Old: old}
	short := false
	for _, line := range old.Lines {
		product, err := s.Product(ctx, line.SKU)
		switch {
		case checkout.IsNotFound(err):
			r.Gone = append(r.Gone, line.Name)
			continue
		case err != nil:
			return Renewal{}, err
		}
		short = short || product.Short(line.Quantity)
		r.Rest = append(r.Rest, checkout.CartLine{SKU: line.SKU, Quantity: line.Quantity})
	}
	if short || len(r.Gone) > 0 {
		return r, nil
	}
	req.Cart = r.Rest
	r.Order, err = s.PlaceOrder(ctx, req)
	return r, err
}

// RenewedFrom finds the expired order that o renews, or answers ErrNotFound.
func (s *Shop) RenewedFrom(ctx context.Context, o checkout.Order) (checkout.Order, error) {
	id, renewed := strings.CutPrefix(o.FormKey, renewalKey(""))
	if !renewed {
		return checkout.Order{}, checkout.ErrNotFound
	}
	return s.store.OrderByID(ctx, id)
}

// renewalKey is the form key of a renewal. No form of a session has it, because theirs
// begin with the session's id.
func renewalKey(orderID string) string { return checkout.FormKey("renewed", orderID) }
