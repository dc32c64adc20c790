package gateway

import (
	"strconv"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// maxChoices limits how many brands and plans of an answer are read; Antom has fewer.
const maxChoices = 64

// cardOffer is the brands and the instalment plans of an answer of consult.
func cardOffer(option antom.PaymentOption, currency checkout.Currency) checkout.CardOffer {
	var offer checkout.CardOffer
	if option.Detail != nil {
		offer.Brands = brandCodes(option.Detail.SupportCardBrands)
	}
	if option.Installment == nil {
		return offer
	}
	brands := brandCodes(option.Installment.SupportCardBrands)
	plans := option.Installment.Plans
	for _, plan := range plans[:min(len(plans), maxChoices)] {
		if read, carried := installmentPlan(plan, currency); carried {
			read.Brands = brands
			offer.Plans = append(offer.Plans, read)
		}
	}
	return offer
}

func brandCodes(brands []antom.CardBrand) []string {
	var codes []string
	for _, brand := range brands[:min(len(brands), maxChoices)] {
		codes = append(codes, brand.CardBrand)
	}
	return codes
}

// installmentPlan reads a plan. One of another interval, or with limits in another
// currency, is not for the shop's orders.
func installmentPlan(plan antom.InstallmentPlan, currency checkout.Currency) (read checkout.InstallmentPlan, carried bool) {
	parts, err := strconv.Atoi(plan.InstallmentNum)
	for _, limit := range []antom.Amount{plan.MinInstallmentAmount, plan.MaxInstallmentAmount} {
		if !limit.IsZero() && limit.Currency() != string(currency) {
			return read, false
		}
	}
	return checkout.InstallmentPlan{
		Parts: parts, Rate: plan.InterestRate, Disabled: !bool(plan.Enabled),
		Limit: checkout.Limit{Min: plan.MinInstallmentAmount.Minor(), Max: plan.MaxInstallmentAmount.Minor()},
	}, err == nil && (plan.Interval == antom.Monthly || plan.Interval == "")
}
