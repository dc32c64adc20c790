package gateway

import (
	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// withSavedCard adds to the method of a card payment what is chosen of saved cards: the
// token of one, or that this one is to be saved.
func withSavedCard(m *antom.PaymentMethod, p checkout.Payment, want checkout.Attempt) *antom.PaymentMethod {
	if p.Choice.Charge {
		m.ID, m.Metadata = want.CardToken.Reveal(), charging(want)
		return m
	}
	if !want.CardToken.Empty() {
		m.ID, m.Metadata = want.CardToken.Reveal(), orNew(m.Metadata)
		m.Metadata.IsCardOnFile = antom.True
		return m
	}
	m.Metadata = savingCard(m.Metadata, p)
	return m
}

// scheduled is the only recurringType that Antom's documents print.
const scheduled = "SCHEDULED"

// charging says that the merchant charges a saved card without its buyer, who could
// confirm nothing: the first payment stands for their agreement.
func charging(want checkout.Attempt) *antom.Metadata {
	return &antom.Metadata{
		IsCardOnFile: antom.True, RecurringType: scheduled, NetworkTransactionID: want.NetworkTransactionID,
		Is3DSAuthentication: antom.False,
	}
}

// savingCard adds to what is asked of a card that it is to be saved. A session has Antom's
// form ask the buyer; with pay, the buyer has agreed on the shop's page.
func savingCard(m *antom.Metadata, p checkout.Payment) *antom.Metadata {
	switch {
	case !p.Choice.Save:
	case p.Mode == checkout.ModeSDK:
		m = orNew(m)
		m.TokenizeMode = antom.AskForConsent
	default:
		m = orNew(m)
		m.Tokenize = antom.True
	}
	return m
}

func orNew(m *antom.Metadata) *antom.Metadata {
	if m == nil {
		return &antom.Metadata{}
	}
	return m
}

// tokenIn is the card's token in a message: in paymentResultInfo, or in the older cardInfo.
func tokenIn(places ...*antom.PaymentResultInfo) checkout.CardToken {
	for _, info := range places {
		if info != nil && info.CardToken != "" {
			return checkout.NewCardToken(info.CardToken)
		}
	}
	return checkout.CardToken{}
}
