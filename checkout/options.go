package checkout

import (
	"slices"
	"strings"

	"antom-checkout/antom"
)

// maxOptions is more than Antom has methods.
const maxOptions = 256

// methodsOf are the methods that an answer of consult offers, or nil when it
// offers none: such an answer is no better than no answer. One that cannot take
// the amount that was asked about stays, with its limits, for orders of other
// amounts.
func methodsOf(options []antom.PaymentOption, asked Money) []method {
	var list []method
	seen := map[string]bool{}
	for _, option := range options[:min(len(options), maxOptions)] {
		m, carried := methodOf(option)
		overLimit := option.DisableReason == antom.ExceedsLimit
		if !carried || seen[m.Code] || !bool(option.Enabled) && !overLimit ||
			len(option.SupportedCurrencies) > 0 && !slices.Contains(option.SupportedCurrencies, string(asked.Currency)) {
			continue
		}
		seen[m.Code] = true
		m.reach = everywhere // Antom says so
		if limit := option.AmountLimits[string(asked.Currency)].Single; limit != (antom.AmountLimit{}) {
			m.currency, m.least, m.most = asked.Currency, int64(limit.Min), int64(limit.Max)
		}
		if overLimit && m.takes(asked) {
			m.refused = asked.Minor // the limit itself is not known
		}
		list = append(list, m)
	}
	return list
}

// methodOf is the row of our table, or one made of Antom's own words. carried is
// false for a method that needs more than we send: a bank to be chosen here, a
// card form of its own kind, a flow that consult does not tell.
func methodOf(option antom.PaymentOption) (m method, carried bool) {
	code := option.PaymentMethodType
	if m, known := methodByCode(code); known {
		return m, true
	}
	m = method{
		Method:    Method{Code: code, Name: readable(code)},
		place:     len(methods),
		countries: option.PaymentMethodRegion,
	}
	if option.Logo != nil && isName(option.Logo.Name) {
		m.Name = option.Logo.Name
	}
	var detail antom.PaymentOptionDetail
	if option.Detail != nil {
		detail = *option.Detail
	}
	switch option.PaymentMethodCategory {
	case "WALLET", "ALIPAY_PLUS":
		m.Flow = FlowWallet
	case "ONLINE_BANKING":
		m.Flow = FlowBank
	case "MOBILE_BANKING_APP":
		m.Flow = FlowApp
	case "BANK_TRANSFER", "VA":
		m.Flow = FlowTransfer
	case "OTC":
		m.Flow = FlowCounter
	}
	if slices.Equal(detail.InteractionTypes, []string{"QR"}) {
		m.Flow = FlowScan
	}
	return m, isCode(code) && !uncarried[code] && m.Flow != "" && len(detail.SupportBanks) == 0
}

// isCode keeps out of pages and requests what is no code of a method.
func isCode(text string) bool {
	return text != "" && len(text) <= 64 && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// isName accepts what may stand on a page as a method's name.
func isName(text string) bool {
	return text != "" && checkText(text, 40, true) == ""
}
