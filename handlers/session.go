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
	// Token of the last order whose form was not one of this session and whose buyer this is:
	// it was renewed, or its data were typed here.
	Renewed string `json:"renewed,omitempty"`
}

// placed reports whether this session placed the order, so that the personal data in
// it may be shown. To know an order's address is not enough.
func (s *session) placed(o checkout.Order) bool {
	return o.PlacedBy(s.ID) || s.Renewed == o.Token
}

// knows is the session once it has completed an order. It may see the receipt if all that the
// order holds of its buyer was typed in it.
func (s *session) knows(before, after checkout.Order) *session {
	known := before.Buyer
	known.Country = ""
	if known == (checkout.Buyer{}) && before.Buyer != after.Buyer {
		s.Renewed = after.Token
	}
	return s
}
