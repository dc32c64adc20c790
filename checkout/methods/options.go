package methods

import (
	"slices"
	"strings"

	"antom-checkout/checkout"
)

// methodsOf is the methods that an answer of consult offers, or nil when it offers none:
// such an answer is as good as none. A method that cannot take the amount of the call
// stays, with its limits, for orders of other amounts.
func methodsOf(options []checkout.MethodOption, asked checkout.Money) []method {
	var list []method
	seen := map[string]bool{}
	for _, option := range options {
		m, carried := methodOf(option)
		if !carried || seen[m.Code] || !option.Enabled && !option.OverLimit ||
			len(option.Currencies) > 0 && !slices.Contains(option.Currencies, string(asked.Currency)) {
			continue
		}
		seen[m.Code] = true
		m.reach = everywhere // Antom says so
		m.CardOffer = cardOfferOf(option, asked)
		if option.Limit != (checkout.Limit{}) {
			m.currency, m.least, m.most = asked.Currency, option.Limit.Min, option.Limit.Max
		}
		if option.OverLimit && m.takes(asked) {
			m.refused = asked.Minor // the limit itself is not known
		}
		list = append(list, m)
	}
	return list
}

// methodOf is the table's row, or one made from the answer of consult. carried is false
// for a method that the shop cannot start: one that needs a chosen bank or a form of its
// own, or whose flow is not known.
func methodOf(option checkout.MethodOption) (m method, carried bool) {
	if m, known := methodByCode(option.Code); known {
		return m, true
	}
	m = method{
		Method:    checkout.Method{Code: option.Code, Name: readable(option.Code), Flow: flowOf(option)},
		place:     len(methods),
		countries: option.Regions,
	}
	if checkout.IsName(option.Name, 40) {
		m.Name = option.Name
	}
	return m, isCode(option.Code) && !uncarried[option.Code] && m.Flow != "" && !option.NeedsBank
}

// cardOfferOf is what an answer about one amount says about cards for every amount.
func cardOfferOf(option checkout.MethodOption, asked checkout.Money) checkout.CardOffer {
	offer := checkout.CardOffer{Brands: option.Brands}
	for _, plan := range option.Plans {
		offer.Plans = append(offer.Plans, plan.EnabledFor(asked))
	}
	return offer
}

func flowOf(option checkout.MethodOption) checkout.Flow {
	if option.ScanOnly {
		return checkout.FlowScan
	}
	switch option.Category {
	case "WALLET", "ALIPAY_PLUS":
		return checkout.FlowWallet
	case "ONLINE_BANKING":
		return checkout.FlowBank
	case "MOBILE_BANKING_APP":
		return checkout.FlowApp
	case "BANK_TRANSFER", "VA":
		return checkout.FlowTransfer
	case "OTC":
		return checkout.FlowCounter
	}
	return ""
}

// isCode reports whether text can be a method's code, so that pages and requests hold
// no other text.
func isCode(text string) bool {
	return text != "" && len(text) <= 64 && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}
