package antom

import (
	"encoding/json"
	"testing"
	"time"
)

// TestPayInEveryMode shows which fields make a mode, and that they reach the wire.
func TestPayInEveryMode(t *testing.T) {
	card := func(m Metadata) *PaymentMethod {
		m.CardNo, m.CVV, m.ExpiryMonth, m.ExpiryYear = "4054695723100768", "712", "06", "28"
		return &PaymentMethod{Type: "CARD", Metadata: &m}
	}
	const number = `"cardNo":"4054695723100768","cvv":"712","expiryMonth":"06","expiryYear":"28"`
	for mode, test := range map[string]struct {
		method *PaymentMethod
		want   string
	}{
		"wallet or bank":            {&PaymentMethod{Type: "GRABPAY_SG"}, `{"paymentMethodType":"GRABPAY_SG"}`},
		"hosted card":               {&PaymentMethod{Type: "CARD"}, `{"paymentMethodType":"CARD"}`},
		"saved card":                {&PaymentMethod{Type: "CARD", ID: "token"}, `{"paymentMethodType":"CARD","paymentMethodId":"token"}`},
		"server to server":          {card(Metadata{}), `{"paymentMethodType":"CARD","paymentMethodMetaData":{` + number + `}}`},
		"3-D Secure":                {card(Metadata{Is3DSAuthentication: True}), `{"paymentMethodType":"CARD","paymentMethodMetaData":{` + number + `,"is3DSAuthentication":true}}`},
		"salvage":                   {card(Metadata{Is3DSAuthentication: False, EnableAuthenticationUpgrade: True}), `{"paymentMethodType":"CARD","paymentMethodMetaData":{` + number + `,"is3DSAuthentication":false,"enableAuthenticationUpgrade":true}}`},
		"AVS":                       {card(Metadata{BillingAddress: &Address{Region: "US", State: "CA", ZipCode: "94016"}}), `{"paymentMethodType":"CARD","paymentMethodMetaData":{` + number + `,"billingAddress":{"region":"US","state":"CA","zipCode":"94016"}}}`},
		"store the card":            {card(Metadata{Tokenize: True}), `{"paymentMethodType":"CARD","paymentMethodMetaData":{` + number + `,"tokenize":true}}`},
		"co-badged":                 {card(Metadata{SelectedCardBrand: "CARTES_BANCAIRES"}), `{"paymentMethodType":"CARD","paymentMethodMetaData":{` + number + `,"selectedCardBrand":"CARTES_BANCAIRES"}}`},
		"Korean issuer":             {&PaymentMethod{Type: "CARD", Metadata: &Metadata{SelectedCardBrand: "SAMSUNG", RequireIssuerAuthentication: True}}, `{"paymentMethodType":"CARD","paymentMethodMetaData":{"selectedCardBrand":"SAMSUNG","requireIssuerAuthentication":true}}`},
		"by the merchant":           {&PaymentMethod{Type: "CARD", ID: "token", Metadata: &Metadata{IsCardOnFile: True, NetworkTransactionID: "n-1", RecurringType: "SCHEDULED"}}, `{"paymentMethodType":"CARD","paymentMethodId":"token","paymentMethodMetaData":{"isCardOnFile":true,"networkTransactionId":"n-1","recurringType":"SCHEDULED"}}`},
		"3-D Secure done elsewhere": {card(Metadata{Is3DSAuthentication: False, MPIData: &MPIData{ThreeDSVersion: "2.2.0", ECI: "05", CAVV: "c", DSTransactionID: "d"}}), `{"paymentMethodType":"CARD","paymentMethodMetaData":{` + number + `,"is3DSAuthentication":false,"mpiData":{"threeDSVersion":"2.2.0","eci":"05","cavv":"c","dsTransactionId":"d"}}}`},
	} {
		req := payRequest(t)
		req.PaymentMethod = test.method
		if got := member(t, req, "paymentMethod"); got != test.want {
			t.Errorf("%s: sent as\n%s, want\n%s", mode, got, test.want)
		}
	}
	req := payRequest(t)
	req.CreditPayPlan = &CreditPayPlan{InstallmentNum: 3, Interval: "MONTH"}
	if got, want := member(t, req, "creditPayPlan"), `{"installmentNum":3,"interval":"MONTH"}`; got != want {
		t.Errorf("instalments: sent as %s, want %s", got, want)
	}
}

func TestSessionsOfEveryKind(t *testing.T) {
	at := NewTime(time.Date(2024, 1, 1, 1, 0, 0, 0, time.UTC))
	req := &PaymentSessionRequest{
		ProductCode: ProductCheckout, ProductScene: SceneElement, PaymentRequestID: "PR-1",
		Order: payRequest(t).Order, PaymentAmount: sgd(t, 4200), PaymentRedirectURL: "https://shop.example",
		PaymentSessionExpiryTime: at, PaymentExpiryTime: at, Locale: "in_ID",
		SavedPaymentMethods: []PaymentMethod{{Type: "CARD", ID: "token"}},
		AvailablePaymentMethod: &AvailablePaymentMethod{Types: []AvailableType{
			{Type: "CARD", Order: 1}, {Type: "ALIPAY_CN", Order: 2, ExpressCheckout: True},
		}},
	}
	for name, want := range map[string]string{
		"productScene":             `"ELEMENT_PAYMENT"`,
		"paymentSessionExpiryTime": `"2024-01-01T01:00:00Z"`,
		"paymentExpiryTime":        `"2024-01-01T01:00:00Z"`,
		"locale":                   `"in_ID"`,
		"paymentMethod":            ``,
		"savedPaymentMethods":      `[{"paymentMethodType":"CARD","paymentMethodId":"token"}]`,
		"availablePaymentMethod":   `{"paymentMethodTypeList":[{"paymentMethodType":"CARD","paymentMethodOrder":1},{"paymentMethodType":"ALIPAY_CN","paymentMethodOrder":2,"expressCheckout":true}]}`,
	} {
		if got := member(t, req, name); got != want {
			t.Errorf("%s is sent as %s, want %s", name, got, want)
		}
	}
}

// member is one member of a request as it is sent.
func member(t *testing.T, req any, name string) string {
	t.Helper()
	body, err := encode(req)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		t.Fatal(err)
	}
	return string(members[name])
}
