package gateway

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

func TestAnAnswerOfConsultIsBounded(t *testing.T) {
	many := make([]antom.PaymentOption, 10_000)
	for i := range many {
		many[i] = antom.PaymentOption{PaymentMethodType: "PAY", Enabled: true}
	}
	g := New(Config{}, consulted{options: many})
	options, err := g.Consult(t.Context(), checkout.Market{Currency: "SGD"}, checkout.Money{Minor: 4200, Currency: "SGD"})
	if err != nil || len(options) != maxOptions {
		t.Errorf("%d methods are kept, %v", len(options), err)
	}
}

// consulted answers consult with the same options each time.
type consulted struct {
	Client
	options []antom.PaymentOption
}

func (c consulted) Consult(context.Context, *antom.ConsultRequest) (*antom.ConsultResponse, error) {
	return &antom.ConsultResponse{PaymentOptions: c.options}, nil
}

func TestAMethodIsReadAsAntomOffersIt(t *testing.T) {
	got := methodOption(antom.PaymentOption{
		PaymentMethodType: "NEW_PAY", PaymentMethodCategory: "BANK_TRANSFER", PaymentMethodRegion: []string{"SG"},
		SupportedCurrencies: []string{"SGD"}, Logo: &antom.Logo{Name: "New Pay"}, DisableReason: antom.ExceedsLimit,
		AmountLimits: antom.AmountLimits{"SGD": {Single: antom.AmountLimit{Min: sgd(t, 50), Max: sgd(t, 100_00)}}},
		Detail:       &antom.PaymentOptionDetail{InteractionTypes: []string{"QR"}, SupportBanks: []antom.Bank{{}}},
	}, "SGD")
	want := checkout.MethodOption{
		Code: "NEW_PAY", Category: "BANK_TRANSFER", Regions: []string{"SG"}, Currencies: []string{"SGD"}, Name: "New Pay",
		OverLimit: true, Limit: checkout.Limit{Min: 50, Max: 100_00}, ScanOnly: true, NeedsBank: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func sgd(t *testing.T, minor int64) antom.Amount {
	t.Helper()
	a, err := antom.NewAmount("SGD", minor)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A limit is an amount or a bare number of the currency it stands under. One that
// cannot be read is none, and the other one of the range counts.
func TestLimitsAreReadInBothForms(t *testing.T) {
	for text, want := range map[string]checkout.Limit{
		`{"SGD":{"singleLimit":{"minAmount":{"currency":"SGD","value":"5"},"maxAmount":{"currency":"SGD","value":"900"}}}}`: {Min: 5, Max: 900},
		`{"SGD":{"singleLimit":{"maxAmount":{"currency":"SGD","value":900}}}}`:                                              {Max: 900},
		`{"SGD":{"singleLimit":{"maxAmount":{"currency":"USD","value":"900"}}}}`:                                            {},
		`{"SGD":{"singleLimit":{"maxAmount":{"value":"900"},"minAmount":{"currency":"SGD","value":"5"}}}}`:                  {Min: 5},
		`{"SGD":{"singleLimit":{"minAmount":"5","maxAmount":900}}}`:                                                         {Min: 5, Max: 900},
		`{"SGD":{"singleLimit":{"maxAmount":"900"},"dayLimit":{"x":1}},"USD":1}`:                                            {Max: 900},
		`{"SGD":{"singleLimit":{"minAmount":5,"maxAmount":"lots"}}}`:                                                        {Min: 5},
		`{"SGD":{"singleLimit":{"maxAmount":null}}}`:                                                                        {},
		`{"SGD":{"singleLimit":{"maxAmount":-1}}}`:                                                                          {},
		`{"SGD":"no"}`: {}, `[]`: {}, `"none"`: {}, `null`: {},
	} {
		var option antom.PaymentOption
		err := json.Unmarshal([]byte(`{"paymentMethodType":"PAY","amountLimitInfoMap":`+text+`}`), &option)
		if got := methodOption(option, "SGD").Limit; err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}
