package gateway

import (
	"cmp"
	"strconv"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// cardOf is what a message reports about the card: in paymentResultInfo, or in the
// older cardInfo where that is empty. The reference of the acquirer stands beside both.
func cardOf(acquirerReference string, places ...*antom.PaymentResultInfo) checkout.Card {
	var card checkout.Card
	for i := len(places) - 1; i >= 0; i-- {
		if places[i] != nil {
			card = card.FilledBy(cardIn(*places[i]))
		}
	}
	card.ARN = cmp.Or(acquirerReference, card.ARN)
	return card
}

func cardIn(info antom.PaymentResultInfo) checkout.Card {
	card := checkout.Card{
		Brand: info.CardBrand, LastFour: cmp.Or(info.LastFour, lastFour(info.CardNo)),
		Funding: info.Funding, Country: info.IssuingCountry, Issuer: info.IssuerName, Region: info.PaymentMethodRegion,
		AVS: info.AVSResultRaw, CVV: info.CVVResultRaw,
		NetworkTransactionID: info.NetworkTransactionID, AuthorizationCode: info.AuthorizationCode, RRN: info.RRN,
		RefusalCode: info.RefusalCodeRaw, RefusalReason: info.RefusalReasonRaw, AdviceCode: info.MerchantAdviceCode,
	}
	if info.ExpiryMonth != "" && info.ExpiryYear != "" {
		card.Expiry = info.ExpiryMonth + "/" + info.ExpiryYear
	}
	if info.CreditPayPlan != nil {
		card.Installments = int(info.CreditPayPlan.InstallmentNum)
	}
	if r := info.ThreeDSResult; r != nil {
		card.ThreeDS = checkout.ThreeDS{
			Version: r.ThreeDSVersion, ECI: r.ECI, Challenged: reported(r.Challenged), Offered: reported(r.Offered), Cancelled: r.ChallengeCancel,
			Reason: r.StatusReason, Exemption: r.ExemptionType, DSTransactionID: cmp.Or(r.DSTransactionID, r.XID),
		}
	}
	return card
}

// lastFour is the end of a number of which the rest is masked, or "".
func lastFour(masked string) string {
	if len(masked) < 8 || masked[0] != '*' {
		return ""
	}
	return masked[len(masked)-4:]
}

// reported is "true" or "false", or "" where Antom says nothing.
func reported(b *antom.Bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(bool(*b))
}
