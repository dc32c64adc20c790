package handlers

import (
	"antom-checkout/checkout"
)

// visit is what a browser's session cookie holds: little, encrypted, and no
// prices.
type visit struct {
	ID    string              `json:"id"` // makes forms of this session its own
	Cart  []checkout.CartLine `json:"cart,omitempty"`
	Order string              `json:"order,omitempty"` // token of the order made from this cart
	// Token of the last order made anew: its form was not one of this session.
	Renewed string `json:"renewed,omitempty"`
}

// made reports whether the order was made here, so that what is personal in it
// may be shown. To know an order's address is not enough.
func (v *visit) made(o checkout.Order) bool {
	return o.PlacedBy(v.ID) || v.Renewed == o.Token
}

// pieces is how many pieces the cart holds.
func (v *visit) pieces() int {
	n := 0
	for _, line := range v.Cart {
		n += line.Quantity
	}
	return n
}

// line finds a product in the cart, or -1.
func (v *visit) line(sku string) int {
	for i, line := range v.Cart {
		if line.SKU == sku {
			return i
		}
	}
	return -1
}
