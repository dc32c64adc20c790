package methods

import (
	"slices"
	"strings"

	"antom-checkout/checkout"
)

// methodsOf are the methods that an answer of consult offers, or nil when it offers
// none: such an answer is no better than no answer. One that cannot take the amount
// that was asked about stays, with its limits, for orders of other amounts.
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

// methodOf is the row of the table, or one made of what Antom says. carried is false
// for a method that needs more than the shop sends: a bank to be chosen here, a card
// form of its own kind, a flow that consult does not tell.
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

// isCode keeps out of pages and requests what is no code of a method.
func isCode(text string) bool {
	return text != "" && len(text) <= 64 && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}
