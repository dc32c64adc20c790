package gateway

import (
	"encoding/json"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// Antom's members for what a buyer chooses, in every way to pay.
func TestAChoiceIsSentAsAntomReadsIt(t *testing.T) {
	g := New(Config{SettlementCurrency: "BRL"}, nil)
	for name, row := range map[string]struct {
		want checkout.Attempt
		plan string
		asks string
	}{
		"pay, instalments":     {checkout.Attempt{Method: "CARD", Mode: checkout.ModeAPI, Choice: checkout.CardChoice{Installments: 3}, Installments: true}, `{"installmentNum":3,"interval":"MONTH"}`, ""},
		"session, instalments": {checkout.Attempt{Method: "CARD", Mode: checkout.ModeSDK, Choice: checkout.CardChoice{Installments: 12}, Installments: true}, `{"installmentNum":12,"interval":"MONTH"}`, ""},
		"session, at once":     {checkout.Attempt{Method: "CARD", Mode: checkout.ModeSDK, Installments: true}, "", ""},
		"element":              {checkout.Attempt{Mode: checkout.ModeSDK, Element: true, Installments: true}, "", "true"},
		"element, no plans":    {checkout.Attempt{Mode: checkout.ModeSDK, Element: true}, "", ""},
	} {
		order := checkout.Order{ID: "o", Total: checkout.Money{Minor: 60_000, Currency: "BRL"}}
		p := checkout.Payment{Method: row.want.Method, Mode: row.want.Mode, Choice: row.want.Choice, Amount: order.Total}
		body, err := g.Request(order, p, row.want, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		var sent struct {
			Plan    json.RawMessage `json:"creditPayPlan"`
			Collect json.RawMessage `json:"enableInstallmentCollection"`
		}
		if err := json.Unmarshal(body, &sent); err != nil {
			t.Fatal(err)
		}
		if string(sent.Plan) != row.plan || string(sent.Collect) != row.asks {
			t.Errorf("%s: creditPayPlan %s, enableInstallmentCollection %q", name, sent.Plan, sent.Collect)
		}
	}
}

// Antom's documents write requireIssuerAuthentication in the metadata, its SDKs beside
// them. Nothing about a card or 3-D Secure stands beside it, whatever the policy.
func TestAKoreanIssuerIsSentInBothPlaces(t *testing.T) {
	g := New(Config{SettlementCurrency: "KRW", ThreeDS: checkout.ThreeDSAlways}, nil)
	order := checkout.Order{ID: "o", Total: checkout.Money{Minor: 30_000, Currency: "KRW"}}
	want := checkout.Attempt{Method: "CARD", Mode: checkout.ModeAPI, Choice: checkout.CardChoice{Brand: "SAMSUNG"}}
	p := checkout.Payment{Method: "CARD", Mode: checkout.ModeAPI, Choice: want.Choice, Amount: order.Total, ThreeDS: true}
	body, err := g.Request(order, p, want, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var sent struct {
		Method json.RawMessage `json:"paymentMethod"`
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		t.Fatal(err)
	}
	const method = `{"paymentMethodType":"CARD","paymentMethodMetaData":{"selectedCardBrand":"SAMSUNG","requireIssuerAuthentication":true,"paymentMethodRegion":"KR"},"requireIssuerAuthentication":true}`
	if string(sent.Method) != method {
		t.Errorf("paymentMethod is %s", sent.Method)
	}
}
