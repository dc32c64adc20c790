package gateway

import (
	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// chooseIssuer leads the buyer to the page of a Korean card company, which has them
// confirm. Nothing about a card or 3-D Secure may stand beside it. Antom's documents
// write the flag in the metadata, its SDKs beside them: it stands in both places.
func chooseIssuer(m *antom.PaymentMethod, brand string) {
	m.RequireIssuerAuthentication = antom.True
	m.Metadata = &antom.Metadata{
		SelectedCardBrand: brand, RequireIssuerAuthentication: antom.True, PaymentMethodRegion: "KR",
	}
}

// creditPayPlan is the instalments that the buyer has chosen, or nil. Who bears their
// fee is agreed in the merchant's contract.
func creditPayPlan(choice checkout.CardChoice) *antom.CreditPayPlan {
	if choice.Installments == 0 {
		return nil
	}
	return &antom.CreditPayPlan{InstallmentNum: antom.Int(choice.Installments), Interval: antom.Monthly}
}
