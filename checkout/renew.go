package checkout

import (
	"context"
	"strings"
)

// Renewal is what becomes of an expired order that is wanted once more.
type Renewal struct {
	Old   Order      // the expired one
	Order Order      // the new order, when everything is there
	Rest  []CartLine // what is still sold, in the quantities that were ordered
	Gone  []string   // the names of what is not
}

// Renewed reports whether there is a new order.
func (r Renewal) Renewed() bool { return r.Order.Token != "" }

// Renew makes the order of an expired one anew: the same lines at today's prices,
// the same buyer. Twice is the same new order. When goods are gone or short
// there is none, because an order with less in it is another one. Errors:
// NotFound, Conflict when the order has not expired.
func (s *Service) Renew(ctx context.Context, token string) (Renewal, error) {
	old, err := s.Order(ctx, token)
	if err != nil {
		return Renewal{}, err
	}
	if old.Status != OrderExpired {
		return Renewal{}, &Error{Kind: Conflict, Message: "error.page.409.message"}
	}
	req := OrderRequest{FormKey: renewalKey(old.ID), Buyer: old.Buyer, Language: old.Language}
	if made, err := s.store.OrderByForm(ctx, req.FormKey); !IsNotFound(err) {
		return Renewal{Old: old, Order: made}, err
	}
	r := Renewal{Old: old}
	short := false
	for _, line := range old.Lines {
		product, err := s.Product(ctx, line.SKU)
		switch {
		case IsNotFound(err):
			r.Gone = append(r.Gone, line.Name)
			continue
		case err != nil:
			return Renewal{}, err
		}
		short = short || product.short(line.Quantity)
		r.Rest = append(r.Rest, CartLine{SKU: line.SKU, Quantity: line.Quantity})
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
func (s *Service) RenewedFrom(ctx context.Context, o Order) (Order, error) {
	id, renewed := strings.CutPrefix(o.FormKey, renewalKey(""))
	if !renewed {
		return Order{}, ErrNotFound
	}
	return s.store.OrderByID(ctx, id)
}

// renewalKey is the form of a renewal: a session's own begins with its id.
func renewalKey(orderID string) string { return FormKey("renewed", orderID) }

// SamePrices reports whether o costs what old did, line by line.
func (o *Order) SamePrices(old Order) bool {
	was := map[string]Money{}
	for _, line := range old.Lines {
		was[line.SKU] = line.Unit
	}
	for _, line := range o.Lines {
		if was[line.SKU] != line.Unit {
			return false
		}
	}
	return o.Total == old.Total
}
