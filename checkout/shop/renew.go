package shop

import (
	"context"
	"strings"

	"antom-checkout/checkout"
)

// Renewal is what becomes of an expired order that its buyer wants once more.
type Renewal struct {
	Old   checkout.Order      // the expired one
	Order checkout.Order      // the new order, when everything is there
	Rest  []checkout.CartLine // what is still sold, in the quantities that were ordered
	Gone  []string            // the names of what is not
}

// Renewed reports whether there is a new order.
func (r Renewal) Renewed() bool { return r.Order.Token != "" }

// Renew makes the order of an expired one anew: the same lines at today's prices,
// the same buyer. Twice is the same new order. When goods are gone or short
// there is none, because an order with less in it is another one. Errors:
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
	req := OrderRequest{FormKey: renewalKey(old.ID), Buyer: old.Buyer, Language: old.Language}
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

// RenewedFrom finds the expired order that o was made from, or answers
// ErrNotFound.
func (s *Shop) RenewedFrom(ctx context.Context, o checkout.Order) (checkout.Order, error) {
	id, renewed := strings.CutPrefix(o.FormKey, renewalKey(""))
	if !renewed {
		return checkout.Order{}, checkout.ErrNotFound
	}
	return s.store.OrderByID(ctx, id)
}

// renewalKey is the form of a renewal: a session's own begins with its id.
func renewalKey(orderID string) string { return checkout.FormKey("renewed", orderID) }
