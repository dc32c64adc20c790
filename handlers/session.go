package handlers

import (
	"antom-checkout/checkout"
)

// session is what a browser's session cookie holds: little, and encrypted. The cart is
// in the database.
type session struct {
	ID    string `json:"id"`              // part of the key of every order form of this session
	Order string `json:"order,omitempty"` // id of the order placed last from its cart
	Link  string `json:"link,omitempty"`  // id of the order placed last by a payment link
	// Token of the last renewed order: its form was not one of this session.
	Renewed string `json:"renewed,omitempty"`
}

// placed reports whether this session placed the order, so that the personal data in
// it may be shown. To know an order's address is not enough.
func (s *session) placed(o checkout.Order) bool {
	return o.PlacedBy(s.ID) || s.Renewed == o.Token
}
