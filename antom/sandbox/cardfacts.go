package sandbox

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"antom-checkout/antom"
)

// approve fills in what only a card that was approved reports. A Korean card reports its
// approval number only.
func (p *Payment) approve() {
	if p.Card == nil {
		return
	}
	p.Card.AuthorizationCode = p.digits("authorization", 6)
	if p.Card.PaymentMethodRegion == "KR" {
		return
	}
	p.Card.RRN = p.digits("retrieval", 12)
	p.Card.CredentialType = "PAN"
	p.Card.IncrementalAvailable, p.Card.ExtendedAvailable, p.Card.RefundAvailable = antom.False, antom.False, antom.True
}

// digits are as many digits as wanted that stand for the payment: the same ones each
// time, others for another payment and for another purpose.
func (p *Payment) digits(purpose string, count int) string {
	sum := sha256.Sum256([]byte(purpose + " " + p.ID))
	digits := fmt.Sprintf("%020d", binary.BigEndian.Uint64(sum[:]))
	return digits[len(digits)-count:]
}

// lasting is what stays the same from payment to payment of a card. The rest is about
// one payment.
func lasting(info antom.PaymentResultInfo) antom.PaymentResultInfo {
	return antom.PaymentResultInfo{
		CardNo: info.CardNo, CardholderName: info.CardholderName, CardBrand: info.CardBrand, CardToken: info.CardToken,
		CardBIN: info.CardBIN, LastFour: info.LastFour, ExpiryMonth: info.ExpiryMonth, ExpiryYear: info.ExpiryYear,
		IssuingCountry: info.IssuingCountry, IssuerName: info.IssuerName, Funding: info.Funding, CardCategory: info.CardCategory,
		PaymentMethodRegion: info.PaymentMethodRegion,
	}
}

// withoutCard is a notification in which Antom knows nothing of the card: its samples
// then have empty texts in paymentResultInfo, and an empty cardInfo.
func withoutCard(body []byte) []byte {
	var fields map[string]any
	if json.Unmarshal(body, &fields) != nil {
		return body
	}
	if info, has := fields["paymentResultInfo"].(map[string]any); has {
		for name := range info {
			info[name] = ""
		}
		delete(info, "threeDSResult")
		delete(info, "creditPayPlan")
		delete(info, "cardholderName")
	}
	if _, has := fields["cardInfo"]; has {
		fields["cardInfo"] = map[string]any{}
	}
	empty, err := json.Marshal(fields)
	if err != nil {
		return body
	}
	return empty
}
