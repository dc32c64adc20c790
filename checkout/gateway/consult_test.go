package gateway

import (
	"context"
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
		AmountLimits: antom.AmountLimits{"SGD": {Single: antom.AmountLimit{Min: 50, Max: 100_00}}},
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

func TestLimitsThatCannotBeReadAreNone(t *testing.T) {
	for text, want := range map[string]antom.AmountLimit{
		`{"SGD":{"singleLimit":{"minAmount":"5","maxAmount":900}}}`:              {Min: 5, Max: 900},
		`{"SGD":{"singleLimit":{"maxAmount":"900"},"dayLimit":{"x":1}},"USD":1}`: {Max: 900},
		`{"SGD":{"singleLimit":{"maxAmount":"lots"}}}`:                           {},
		`{"SGD":"no"}`: {}, `[]`: {}, `"none"`: {}, `null`: {},
	} {
		var limits antom.AmountLimits
		if err := limits.UnmarshalJSON([]byte(text)); err != nil || limits["SGD"].Single != want {
			t.Errorf("%s: %+v, %v", text, limits, err)
		}
	}
}
