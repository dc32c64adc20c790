package views

import (
	"cmp"

	"antom-checkout/checkout"
)

// CardName is what buyers know a saved card by, the same in every language:
// "Visa •• 0768".
func CardName(card checkout.SavedCard) string {
	name := cmp.Or(BrandName(card.Brand), "••••")
	if card.Last4 == "" {
		return name
	}
	return name + " •• " + card.Last4
}

// methodLabel is the name of a method in the list: beside saved cards, one that is entered
// is another card.
func methodLabel(v CheckoutView, m Method) (key string) {
	if len(v.Cards) > 0 && m.Code == checkout.MethodCard {
		return "card.another"
	}
	return ""
}
