package gateway

import (
	"encoding/json"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// What a request asks about 3-D Secure, in every way to pay and by every policy.
func TestOneFlagOfThreeDSIsSentForCardsOnly(t *testing.T) {
	const upgrade, force, neither = `{"enableAuthenticationUpgrade":true}`, `{"is3DSAuthentication":true}`, ""
	const issuer = `{"selectedCardBrand":"HYUNDAI","requireIssuerAuthentication":true,"paymentMethodRegion":"KR"}`
	order := checkout.Order{ID: "o", Total: checkout.Money{Minor: 4200, Currency: "KRW"}}
	type request struct {
		Method    antom.PaymentMethod           `json:"paymentMethod"`
		Available *antom.AvailablePaymentMethod `json:"availablePaymentMethod"`
	}
	sent := func(t *testing.T, policy checkout.ThreeDSPolicy, p checkout.Payment, want checkout.Attempt) string {
		t.Helper()
		g := New(Config{SettlementCurrency: "KRW", ThreeDS: policy}, nil)
		p.Method, p.Mode, p.Choice, p.Amount = want.Method, want.Mode, want.Choice, order.Total
		body, err := g.Request(order, p, want, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		var got request
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
		metadata := got.Method.Metadata
		if got.Available != nil {
			metadata = got.Available.Metadata
		}
		if metadata == nil {
			return neither
		}
		text, err := json.Marshal(metadata)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for name, row := range map[string]struct {
		want                checkout.Attempt
		auto, off, required string
	}{
		"session":                  {want: checkout.Attempt{Method: "CARD", Mode: checkout.ModeSDK}, auto: upgrade, required: force},
		"element":                  {want: checkout.Attempt{Mode: checkout.ModeSDK, Element: true, Offered: []string{"GCASH", "CARD"}}, auto: upgrade, required: force},
		"Antom's card page":        {want: checkout.Attempt{Method: "CARD", Mode: checkout.ModeAPI}, auto: upgrade, required: force},
		"wallet":                   {want: checkout.Attempt{Method: "GCASH", Mode: checkout.ModeAPI}},
		"wallet, session":          {want: checkout.Attempt{Method: "GCASH", Mode: checkout.ModeSDK}},
		"element without cards":    {want: checkout.Attempt{Mode: checkout.ModeSDK, Element: true, Offered: []string{"GCASH"}}},
		"Korean issuer's own page": {want: checkout.Attempt{Method: "CARD", Mode: checkout.ModeAPI, Choice: checkout.CardChoice{Brand: "HYUNDAI"}}, auto: issuer, off: issuer, required: issuer},
		"another method with data": {want: checkout.Attempt{Method: "P24", Mode: checkout.ModeAPI}, auto: `{}`, off: `{}`, required: `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			for policy, want := range map[checkout.ThreeDSPolicy]string{"": row.auto, checkout.ThreeDSAuto: row.auto, checkout.ThreeDSAlways: row.auto, checkout.ThreeDSOff: row.off} {
				if got := sent(t, policy, checkout.Payment{}, row.want); got != want {
					t.Errorf("%q asks %s, want %s", policy, got, want)
				}
				if got := sent(t, policy, checkout.Payment{ThreeDS: true}, row.want); got != row.required {
					t.Errorf("%q, required, asks %s, want %s", policy, got, row.required)
				}
			}
		})
	}
}
