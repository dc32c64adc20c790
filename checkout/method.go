package checkout

import "time"

// Category groups methods by what the buyer pays with.
type Category string

// The categories of methods.
const (
	CategoryCard     Category = "card"
	CategoryWallet   Category = "wallet"
	CategoryBank     Category = "bank"
	CategoryQR       Category = "qr"
	CategoryVoucher  Category = "voucher" // a number, to be paid at a counter or by a transfer
	CategoryPayLater Category = "paylater"
)

// Flow is what the buyer will do to pay. The page announces it.
type Flow string

// The flows of methods.
const (
	FlowCard     Flow = "card"     // enters a card
	FlowWallet   Flow = "wallet"   // goes on in the wallet
	FlowBank     Flow = "bank"     // goes on at the bank's pages
	FlowApp      Flow = "app"      // confirms in the bank's app
	FlowScan     Flow = "qr"       // scans a code that the page shows
	FlowCounter  Flow = "counter"  // pays a number at a shop's counter
	FlowTransfer Flow = "transfer" // transfers to a number
	FlowLater    Flow = "paylater" // goes on to an agreement to pay later
)

// Category is the group that methods of the flow belong to.
func (f Flow) Category() Category {
	switch f {
	case FlowCard:
		return CategoryCard
	case FlowBank, FlowApp:
		return CategoryBank
	case FlowScan:
		return CategoryQR
	case FlowCounter, FlowTransfer:
		return CategoryVoucher
	case FlowLater:
		return CategoryPayLater
	}
	return CategoryWallet
}

// MethodCard is Antom's code for all cards.
const MethodCard = "CARD"

// Method is a way to pay, named by Antom's code.
type Method struct {
	Code      string
	Name      string // a brand; a name that is a word and no brand is translated by the pages
	Flow      Flow
	Time      time.Duration // to pay, for a buyer who starts now
	CardOffer               // of MethodCard
}

// MethodOption is a method as Antom offers it in the answer to consult, before the
// shop decides whether to offer it.
type MethodOption struct {
	Code       string
	Name       string   // for people, in English; "" when Antom gives none
	Category   string   // Antom's paymentMethodCategory
	Regions    []string // countries where it is in use
	Currencies []string // that it takes; an empty list means all
	Limit      Limit    // for one payment, in the currency of the call to consult
	Enabled    bool
	OverLimit  bool // not enabled, because the amount is outside its limits
	ScanOnly   bool // the buyer can only scan a code
	NeedsBank  bool // the buyer has to choose a bank before paying
	CardOffer       // of MethodCard: everything that Antom lists
}

// Limit is the smallest and largest amount in minor units; 0 where none is known.
type Limit struct{ Min, Max int64 }

// Market is what the answer of consult depends on, beside the amount.
type Market struct {
	Currency Currency
	Terminal Terminal
	OS       OS
	Country  string // sorts the answer; "" stands for every country without an answer of its own
	Manual   bool   // the merchant captures cards
}

// SupposedOrder is an order that was not placed, to learn what it would be offered.
func SupposedOrder(total Money, country string, end time.Time) Order {
	return Order{Total: total, Buyer: Buyer{Country: country}, Status: OrderOpen, ExpiresAt: end}
}
