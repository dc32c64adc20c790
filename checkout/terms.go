package checkout

import (
	"maps"
	"slices"
)

// Source is where an order comes from.
type Source string

// The sources of orders.
const (
	SourceShop Source = ""     // the shop's own order form
	SourceAPI  Source = "api"  // the merchant's system
	SourceLink Source = "link" // a payment link
)

// CaptureMode says who captures a card payment.
type CaptureMode string

// The capture modes of an order.
const (
	CaptureBySetting CaptureMode = ""          // as the setting CAPTURE_MODE says
	CaptureAutomatic CaptureMode = "automatic" // Antom
	CaptureManual    CaptureMode = "manual"    // the merchant
)

// Manual reports whether the merchant captures, where setting says it for orders that
// do not.
func (m CaptureMode) Manual(setting bool) bool {
	return m == CaptureManual || m == CaptureBySetting && setting
}

// Terms is what the merchant's system has set for one order. An order of the shop's own
// form has none.
type Terms struct {
	Source     Source
	Reference  string            // the merchant's own number; at most one order that has not expired or been cancelled has it
	Capture    CaptureMode       // of its card payments
	Methods    []string          // codes of the methods it may be paid with; none: all that are offered
	SuccessURL string            // where the buyer goes after paying; "" is the receipt
	CancelURL  string            // where the buyer goes who leaves without paying; "" is the shop
	Metadata   map[string]string // the merchant's own, shown to no buyer
	Link       string            // id of the payment link that it came by; "" otherwise
}

// Refunded is the sum of the refunds that have succeeded of what has paid the order. What
// was paid twice and returned is none of the order's money.
func Refunded(o Order) Money {
	sum := Money{Currency: o.Total.Currency}
	for _, p := range o.Payments {
		if refunded := p.Refunded(); !p.Duplicate && refunded.Currency == sum.Currency {
			sum = sum.Plus(refunded)
		}
	}
	return sum
}

func (t Terms) clone() Terms {
	t.Methods, t.Metadata = slices.Clone(t.Methods), maps.Clone(t.Metadata)
	return t
}
