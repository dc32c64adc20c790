package handlers

import (
	"antom-checkout/checkout"
)

// session is what a browser's session cookie holds: little, encrypted, and no
// prices.
type session struct {
	ID    string              `json:"id"` // part of the key of every order form of this session
	Cart  []checkout.CartLine `json:"cart,omitempty"`
	Order string              `json:"order,omitempty"` // token of the order placed from this cart
	// Token of the last renewed order: its form was not one of this session.
	Renewed string `json:"renewed,omitempty"`
}

// placed reports whether this session placed the order, so that the personal data in
// it may be shown. To know an order's address is not enough.
func (s *session) placed(o checkout.Order) bool {
	return o.PlacedBy(s.ID) || s.Renewed == o.Token
}

// pieces is how many pieces the cart holds.
func (s *session) pieces() int {
	n := 0
	for _, line := range s.Cart {
		n += line.Quantity
	}
	return n
}

// line finds a product in the cart, or -1.
func (s *session) line(sku string) int {
	for i, line := range s.Cart {
		if line.SKU == sku {
			return i
		}
	}
	return -1
}
