package gateway

import (
	"encoding/json"
	"strings"
	"testing"

	"antom-checkout/antom"
)

// Of a request that a card pays, what was typed about the person stays, and nothing that
// charges the card.
func TestAMessageWithoutCredentials(t *testing.T) {
	const secret = "SECRET"
	request := antom.PayRequest{
		Order: &antom.Order{Buyer: &antom.Buyer{Email: "ann@example.com"}},
		PaymentMethod: &antom.PaymentMethod{Type: "CARD", ID: secret, Metadata: &antom.Metadata{
			CardNo: secret, CVV: secret, CardPasswordDigest: secret, SelectedCardBrand: "VISA", MPIData: &antom.MPIData{CAVV: secret, ECI: "05"},
		}},
	}
	session := antom.PaymentSessionRequest{SavedPaymentMethods: []antom.PaymentMethod{{Type: "CARD", ID: secret}}}
	for _, message := range []any{request, session, antom.PaymentResultInfo{CardToken: secret, CardNo: secret, ThreeDSResult: &antom.ThreeDSResult{CAVV: secret, ECI: "05"}}} {
		body, err := json.Marshal(message)
		if err != nil || !strings.Contains(string(body), secret) {
			t.Fatalf("%v %s", err, body)
		}
		left, err := WithoutCredentials(body)
		if err != nil || strings.Contains(string(left), secret) {
			t.Errorf("%v: left is %s", err, left)
		}
	}
	body, _ := json.Marshal(request)
	if left, _ := WithoutCredentials(body); !strings.Contains(string(left), "ann@example.com") || !strings.Contains(string(left), `"selectedCardBrand":"VISA"`) {
		t.Errorf("left is %s", left)
	}
	if _, err := WithoutCredentials([]byte(`{"cardNo":"` + secret)); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("what is no JSON is answered %v", err)
	}
}
