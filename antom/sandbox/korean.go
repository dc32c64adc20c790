package sandbox

import (
	"slices"

	"antom-checkout/antom"
)

// koreanIssuers are the card companies of Korea, by Antom's codes.
var koreanIssuers = []string{
	"SAMSUNG", "SHINHAN", "HYUNDAI", "KOOKMIN", "KEBHANA", "LOTTE", "BC", "WOORI", "NONGHYUP", "CITI", "KAKAOBANK", "TOSSBANK",
	"KBANK", "IBK_BC", "POST", "SAEMAUL", "SHINHYEOP", "SUHYEOP", "SAVINGBANK", "KDBBANK", "GWANGJUBANK", "JEONBUKBANK", "JEJUBANK",
}

// anyIssuer stands for the company where the merchant names none: Antom then has the
// buyer choose.
const anyIssuer = "KOREAN CARD"

// checkIssuer checks a payment that a Korean card company authenticates. Antom's guide
// allows KRW and automatic capture only, and nothing about a card or 3-D Secure.
func checkIssuer(m *antom.PaymentMethod, terms Terms) *Refusal {
	switch {
	case terms.IssuerBrand == "":
		return nil
	case terms.Method != "CARD":
		return refuse("PARAM_ILLEGAL", "requireIssuerAuthentication is for CARD")
	case terms.Currency != "KRW":
		return refuse("CURRENCY_NOT_SUPPORT", "requireIssuerAuthentication is for KRW, and the payment is in %s", terms.Currency)
	case terms.ManualCapture:
		return refuse("PARAM_ILLEGAL", "requireIssuerAuthentication takes automatic capture only")
	case terms.MethodID != "":
		return refuse("PARAM_ILLEGAL", "requireIssuerAuthentication and paymentMethodId exclude each other")
	case terms.IssuerBrand != anyIssuer && !slices.Contains(koreanIssuers, terms.IssuerBrand):
		return refuse("SELECTED_CARD_BRAND_NOT_AVAILABLE", "selectedCardBrand %q is no card company of Korea", clip(terms.IssuerBrand, 64))
	case m.Metadata == nil:
		return nil
	}
	return checkIssuerMetadata(m.Metadata)
}

func checkIssuerMetadata(meta *antom.Metadata) *Refusal {
	if region := meta.PaymentMethodRegion; region != "" && region != "KR" {
		return refuse("PARAM_ILLEGAL", "requireIssuerAuthentication is for the region KR, not %q", clip(region, 64))
	}
	alone := antom.Metadata{
		SelectedCardBrand: meta.SelectedCardBrand, RequireIssuerAuthentication: meta.RequireIssuerAuthentication,
		PaymentMethodRegion: meta.PaymentMethodRegion,
	}
	if *meta != alone {
		return refuse("INVALID_PAYMENT_METHOD_META_DATA", "requireIssuerAuthentication stands beside card or 3-D Secure data")
	}
	return nil
}

// issuerCard is what is known of a card whose company has authenticated the buyer:
// neither number nor token.
func issuerCard(brand string) *antom.PaymentResultInfo {
	if brand == anyIssuer {
		brand = koreanIssuers[0] // whichever the buyer has chosen
	}
	return &antom.PaymentResultInfo{CardBrand: brand, Funding: "CREDIT", IssuingCountry: "KR", PaymentMethodRegion: "KR"}
}

// issuerAnswer is the answer of pay that leads to a card company: its paymentResultInfo
// holds empty texts, as in Antom's sample.
type issuerAnswer struct {
	*antom.PayResponse
	Empty emptyResultInfo `json:"paymentResultInfo"`
}

type emptyResultInfo struct {
	AVS     string `json:"avsResultRaw"`
	CVV     string `json:"cvvResultRaw"`
	ThreeDS struct {
		CAVV string `json:"cavv"`
		ECI  string `json:"eci"`
	} `json:"threeDSResult"`
}
