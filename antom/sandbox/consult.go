package sandbox

import (
	"slices"

	"antom-checkout/antom"
)

// methodOffers answers consult. It has no state: the methods are a table.
type methodOffers struct{ url string }

// consult lists the payment methods for an amount, a terminal and regions: the
// fitting ones enabled, the others with the reason why not.
func (mo *methodOffers) consult(req *antom.ConsultRequest) (any, *Refusal) {
	if refusal := firstRefusal(
		mustBe("productCode", req.ProductCode, antom.ProductCheckout),
		checkEnv(req.Env),
	); refusal != nil {
		return nil, refusal
	}
	if req.PaymentAmount.IsZero() {
		return nil, refuse("PARAM_ILLEGAL", "paymentAmount is required")
	}
	if refusal := checkCurrency(req.PaymentAmount); refusal != nil {
		return nil, refusal
	}
	money := moneyOf(req.PaymentAmount)
	answer := &antom.ConsultResponse{Envelope: succeeded()}
	for _, m := range methods {
		regions := req.AllowedPaymentMethodRegions
		switch {
		case len(req.AllowedPaymentMethods) > 0 && !slices.Contains(req.AllowedPaymentMethods, m.Code),
			slices.Contains(req.BlockedPaymentMethods, m.Code),
			len(regions) > 0 && !slices.Contains(regions, m.Region) && m.Region != "GLOBAL":
			continue
		}
		option := mo.option(m, money)
		if m.isCard() {
			option.Installment = installment(money, asksManualCapture(req.PaymentFactor))
		}
		answer.PaymentOptions = append(answer.PaymentOptions, option)
	}
	// The buyer's own region first, then the order of the table.
	slices.SortStableFunc(answer.PaymentOptions, func(a, b antom.PaymentOption) int {
		return rank(a, req.UserRegion) - rank(b, req.UserRegion)
	})
	return answer, nil
}

func rank(o antom.PaymentOption, region string) int {
	switch {
	case !bool(o.Enabled):
		return 2
	case region != "" && slices.Contains(o.PaymentMethodRegion, region):
		return 0
	}
	return 1
}

func (mo *methodOffers) option(m method, money Money) antom.PaymentOption {
	o := antom.PaymentOption{
		PaymentMethodType: m.Code, PaymentMethodCategory: m.Category, PaymentMethodRegion: []string{m.Region},
		Enabled: true, SupportedCurrencies: m.Currencies,
		Logo:   &antom.Logo{Name: m.Name, URL: mo.url + "/logo/" + m.Code + ".svg"},
		Detail: &antom.PaymentOptionDetail{InteractionTypes: []string{"REDIRECT"}},
	}
	if refusal := m.allows(money); refusal != nil {
		o.Enabled, o.DisableReason = false, antom.ExceedsLimit
		if refusal.Code == "CURRENCY_NOT_SUPPORT" {
			o.DisableReason = "CHANNEL_NOT_SUPPORT_CURRENCY"
		}
	}
	if currency := m.limitsIn(); currency != "" {
		o.AmountLimits = antom.AmountLimits{currency: {Single: antom.AmountLimit{
			Min: limitOf(currency, m.Minimum), Max: limitOf(currency, m.Maximum),
		}}}
	}
	switch {
	case m.Page == counterPage && !m.Number:
		o.Detail.InteractionTypes = []string{"QR"}
	case m.isCard():
		o.Detail.Funding = []string{"CREDIT", "DEBIT"}
		for _, brand := range cardBrands(money.Currency) {
			o.Detail.SupportCardBrands = append(o.Detail.SupportCardBrands, antom.CardBrand{
				CardBrand: brand, Logo: &antom.Logo{Name: brand, URL: mo.url + "/logo/" + brand + ".svg"},
			})
		}
	}
	return o
}

// cardBrands are the brands of cards that pay in a currency.
func cardBrands(currency string) []string {
	brands := []string{"VISA", "MASTERCARD", "AMEX", "JCB", "CUP", "CARTES_BANCAIRES"}
	if currency == "KRW" {
		brands = append(brands, koreanIssuers...)
	}
	return brands
}

// limitOf is a limit as Antom writes it; 0 is none.
func limitOf(currency string, minor int64) antom.Amount {
	if minor == 0 {
		return antom.Amount{}
	}
	return Money{Amount: minor, Currency: currency}.wire()
}
