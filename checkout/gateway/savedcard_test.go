package gateway

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// Who asks for the consent depends on the mode: Antom's form in a session, the shop's box
// before pay. A saved card is charged by its token.
func TestWhatIsAskedOfASavedCardByMode(t *testing.T) {
	const token = "ALIPAYq1w2e3+/r4t5=="
	agreed := checkout.CardChoice{Save: true, Consent: checkout.Consent{Version: checkout.ConsentText}}
	for _, row := range []struct {
		name      string
		mode      checkout.Mode
		element   bool
		choice    checkout.CardChoice
		has, lack []string
	}{
		{"hosted, nothing", checkout.ModeAPI, false, checkout.CardChoice{}, nil, []string{"tokenize", "isCardOnFile", "paymentMethodId"}},
		{"hosted, agreed", checkout.ModeAPI, false, agreed, []string{`"tokenize":true`}, []string{"tokenizeMode"}},
		{"session, nothing", checkout.ModeSDK, false, checkout.CardChoice{}, nil, []string{"tokenize"}},
		{"session, agreed", checkout.ModeSDK, false, agreed, []string{`"tokenizeMode":"ASKFORCONSENT"`}, []string{`"tokenize":`}},
		{"element, agreed", checkout.ModeSDK, true, agreed, []string{`"availablePaymentMethod"`, `"tokenizeMode":"ASKFORCONSENT"`}, []string{`"tokenize":`}},
		{"saved card", checkout.ModeAPI, false, checkout.CardChoice{Saved: "card"}, []string{`"paymentMethodId":"` + token + `"`, `"isCardOnFile":true`}, []string{"tokenize"}},
	} {
		g := New(Config{PublicURL: "https://shop.example", SettlementCurrency: "SGD"}, nil)
		total := checkout.Money{Minor: 4200, Currency: "SGD"}
		o := checkout.Order{ID: "order", BuyerReference: "ann", Total: total, Token: "t"}
		p := checkout.Payment{RequestID: "p", Method: checkout.MethodCard, Mode: row.mode, Amount: total, Choice: row.choice, ExpiresAt: time.Now()}
		want := checkout.Attempt{Method: p.Method, Mode: row.mode, Element: row.element, Offered: []string{"CARD", "GCASH"}, Choice: row.choice}
		if row.element {
			p.Method, want.Method = "", ""
		}
		if row.choice.Saved != "" {
			want.CardToken = checkout.NewCardToken(token)
		}
		body, err := g.Request(o, p, want, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range append(row.has, `"referenceBuyerId":"ann"`) {
			if !strings.Contains(string(body), text) {
				t.Errorf("%s: %s is not in %s", row.name, text, body)
			}
		}
		for _, text := range row.lack {
			if strings.Contains(string(body), text) {
				t.Errorf("%s: %s is in %s", row.name, text, body)
			}
		}
	}
}

// The token comes in paymentResultInfo or, as the older documents say, in cardInfo.
func TestTheTokenIsReadWhereverAntomWritesIt(t *testing.T) {
	for _, place := range []string{"paymentResultInfo", "cardInfo"} {
		body := fmt.Sprintf(`{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S"},"paymentRequestId":"p","paymentId":"1",
			"paymentAmount":{"currency":"SGD","value":"4200"},%q:{"cardToken":"ALIPAYq1+/=="}}`, place)
		n, err := antom.DecodeNotification([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if got := Receive(n, []byte(body), time.Now()).Event.CardToken.Reveal(); got != "ALIPAYq1+/==" {
			t.Errorf("of a notification with %s it is %q", place, got)
		}
		var res antom.InquiryPaymentResponse
		if err := json.Unmarshal([]byte(strings.Replace(body, `"result":`, `"paymentStatus":"SUCCESS","result":`, 1)), &res); err != nil {
			t.Fatal(err)
		}
		if e, found := eventFromInquiry(checkout.Payment{RequestID: "p"}, &res, nil); !found || e.CardToken.Reveal() != "ALIPAYq1+/==" {
			t.Errorf("of an inquiry with %s it is %q", place, e.CardToken.Reveal())
		}
	}
}

// With a card ACCESS_DENIED is the bank's answer about it; without one the buyer has
// entered none yet, and it is about the shop's permission.
func TestWhoseFaultARefusalIs(t *testing.T) {
	for withCard, fault := range map[bool]bool{false: true, true: false} {
		err := &antom.Error{Endpoint: "pay", Code: "ACCESS_DENIED", Status: antom.StatusFailed, WithCard: withCard}
		e := eventFromPay(checkout.Payment{RequestID: "p"}, &antom.PayResponse{}, err)
		if e.ShopFault != fault || e.Outcome != checkout.OutcomeFailed {
			t.Errorf("with card %v the shop is at fault: %v", withCard, e.ShopFault)
		}
	}
}
