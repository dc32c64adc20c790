package gateway

import (
	"context"
	"slices"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// maxOptions limits how many methods of an answer are read; Antom has fewer.
const maxOptions = 256

// Consult inquires which methods Antom offers in a market for an amount (consult).
func (g *Gateway) Consult(ctx context.Context, m checkout.Market, amount checkout.Money) ([]checkout.MethodOption, error) {
	res, err := g.client.Consult(ctx, &antom.ConsultRequest{
		ProductCode:           antom.ProductCheckout,
		PaymentAmount:         antomAmount(amount),
		Env:                   &antom.Env{TerminalType: antom.TerminalType(m.Terminal), OSType: antom.OSType(m.OS)},
		UserRegion:            m.Country,
		AllowedPaymentMethods: g.cfg.Methods,
		SettlementStrategy:    g.settlement(),
		PaymentFactor:         paymentFactor(checkout.MethodCard, m.Manual),
	})
	if err != nil {
		return nil, err
	}
	var options []checkout.MethodOption
	for _, option := range res.PaymentOptions[:min(len(res.PaymentOptions), maxOptions)] {
		options = append(options, methodOption(option, amount.Currency))
	}
	return options, nil
}

func methodOption(option antom.PaymentOption, currency checkout.Currency) checkout.MethodOption {
	m := checkout.MethodOption{
		Code:       option.PaymentMethodType,
		Category:   option.PaymentMethodCategory,
		Regions:    option.PaymentMethodRegion,
		Currencies: option.SupportedCurrencies,
		Enabled:    bool(option.Enabled),
		OverLimit:  option.DisableReason == antom.ExceedsLimit,
	}
	if option.Logo != nil {
		m.Name = option.Logo.Name
	}
	limit := option.AmountLimits[string(currency)].Single
	m.Limit = checkout.Limit{Min: minorIn(currency, limit.Min), Max: minorIn(currency, limit.Max)}
	if option.Detail != nil {
		m.ScanOnly = slices.Equal(option.Detail.InteractionTypes, []string{"QR"})
		m.NeedsBank = len(option.Detail.SupportBanks) > 0
	}
	m.CardOffer = cardOffer(option, currency)
	return m
}

// minorIn is a limit in minor units, 0 (none) where it is in another currency than the
// order's: it cannot be compared.
func minorIn(currency checkout.Currency, limit antom.Amount) int64 {
	if limit.Currency() != string(currency) {
		return 0
	}
	return limit.Minor()
}
