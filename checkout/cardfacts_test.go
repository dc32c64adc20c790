package checkout

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"
)

func TestTheBuyerChoosesAmongTheBrandsOfTheEEA(t *testing.T) {
	for country, chooses := range map[string]bool{"FR": true, "IS": true, "NO": true, "HR": true, "": true, "GB": false, "CH": false, "US": false, "KR": false} {
		if got := (CardFacts{Country: country}).BuyerChooses(); got != chooses {
			t.Errorf("%s: the buyer chooses: %v", country, got)
		}
	}
}

func TestTheBrandsToChoose(t *testing.T) {
	two := []string{"VISA", "CARTES_BANCAIRES"}
	refused := []Payment{{ResultCode: codeBrandRefused, Choice: CardChoice{Brand: "VISA"}}}
	for name, row := range map[string]struct {
		carried, accepted []string
		currency          Currency
		payments          []Payment
		want              []string
	}{
		"two":                      {carried: two, currency: "EUR", want: two},
		"both accepted":            {carried: two, accepted: []string{"CARTES_BANCAIRES", "MASTERCARD", "VISA"}, currency: "EUR", want: two},
		"one accepted":             {carried: two, accepted: []string{"VISA"}, currency: "EUR"},
		"one refused":              {carried: two, currency: "EUR", payments: refused},
		"one of three refused":     {carried: append([]string{"MAESTRO"}, two...), currency: "EUR", payments: refused, want: []string{"MAESTRO", "CARTES_BANCAIRES"}},
		"the same twice":           {carried: []string{"VISA", "VISA"}, currency: "EUR"},
		"one":                      {carried: two[:1], currency: "EUR"},
		"not known":                {currency: "EUR"},
		"with an issuer of Korea":  {carried: []string{"VISA", "BC"}, currency: "KRW"},
		"with a brand of its land": {carried: []string{"VISA", "DANKORT"}, currency: "DKK", want: []string{"VISA", "DANKORT"}},
	} {
		o := Order{Total: Money{4200, row.currency}, Payments: row.payments}
		if got := (CardFacts{Brands: row.carried}).Choosable(o, row.accepted); !slices.Equal(got, row.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
	o := Order{Total: Money{4200, "EUR"}}
	for chosen, want := range map[string][]string{"VISA": {"VISA"}, "SAMSUNG": nil, "4054695723100768": nil, "": nil} {
		if got := (CardFacts{}).MayChoose(o, nil, chosen); !slices.Equal(got, want) {
			t.Errorf("without facts %q: %v", chosen, got)
		}
	}
	if got := (CardFacts{Brands: two}).MayChoose(o, nil, "MASTERCARD"); !slices.Equal(got, two) {
		t.Errorf("with facts: %v", got)
	}
}

func TestCardsAreLocalAtHome(t *testing.T) {
	for _, row := range []struct {
		country  string
		currency Currency
		typed    []string
		want     CardRegion
	}{
		{"KR", "KRW", nil, RegionKorea}, {"KR", "USD", nil, ""}, {"US", "KRW", []string{"card_identity=880412"}, ""},
		{"BR", "BRL", nil, RegionBrazil}, {"BR", "USD", nil, RegionBrazil}, {"CL", "CLP", nil, RegionChile}, {"MX", "MXN", nil, RegionMexico}, {"PE", "USD", nil, RegionPeru},
		{"", "KRW", nil, ""}, {"", "KRW", []string{"card_identity=880412"}, RegionKorea}, {"", "KRW", []string{"card_password=12"}, RegionKorea},
		{"", "USD", []string{"card_password=12"}, ""}, {"", "BRL", []string{"card_cpf=52998224725"}, RegionBrazil}, {"", "BRL", nil, ""}, {"FR", "BRL", []string{"card_cpf=1"}, ""},
	} {
		if got := enter(row.typed...).Region(row.currency, CardFacts{Country: row.country}); got != row.want {
			t.Errorf("%+v: %q", row, got)
		}
	}
}

func TestLocalCardsAreCheckedAtTheirFields(t *testing.T) {
	const identity, password, cpf = "error.card_identity", "error.card_password", "error.card_cpf"
	for _, row := range []struct {
		region CardRegion
		typed  []string
		want   map[string]string
	}{
		{RegionKorea, []string{"card_cvc="}, map[string]string{"card_identity": "error.required", "card_password": "error.required"}},
		{RegionKorea, []string{"card_identity=880412", "card_password=12", "card_cvc=x"}, nil},
		{RegionKorea, []string{"card_identity=1988-04-12", "card_password=12"}, nil},
		{RegionKorea, []string{"card_identity=120-81-47521", "card_password=00"}, nil},
		{RegionKorea, []string{"card_identity=880431", "card_password=1"}, map[string]string{"card_identity": identity, "card_password": password}},
		{RegionKorea, []string{"card_identity=20270101", "card_password=123"}, map[string]string{"card_identity": identity, "card_password": password}},
		{RegionKorea, []string{"card_identity=18990101", "card_password=1x"}, map[string]string{"card_identity": identity, "card_password": password}},
		{RegionKorea, []string{"card_identity=88041", "card_password=12"}, map[string]string{"card_identity": identity}},
		{RegionBrazil, []string{"card_cvc="}, map[string]string{"card_cvc": "error.required", "card_cpf": "error.required"}},
		{RegionBrazil, []string{"card_cpf=529.982.247-25"}, nil},
		{RegionBrazil, []string{"card_cpf=111.444.777-35"}, nil},
		{RegionBrazil, []string{"card_cpf=529.982.247-26"}, map[string]string{"card_cpf": cpf}},
		{RegionBrazil, []string{"card_cpf=00000000000"}, map[string]string{"card_cpf": cpf}},
		{RegionMexico, []string{"card_cpf=1", "card_identity=1", "card_password=1"}, nil},
		{"", []string{"card_cpf=1", "card_identity=1", "card_password=1"}, nil},
	} {
		var refused *Error
		var got map[string]string
		if err := enter(row.typed...).Check(endOf2026, row.region); errors.As(err, &refused) {
			got = refused.Fields
		}
		if !maps.Equal(got, row.want) {
			t.Errorf("%s %v: %v, want %v", row.region, row.typed, got, row.want)
		}
	}
}

func TestSixDigitsAreTheLatestBirth(t *testing.T) {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	for typed, want := range map[string]string{
		"880412": "1988-04-12", "990101": "1999-01-01", "050607": "2005-06-07", "270101": "1927-01-01", "000229": "2000-02-29", "010229": "", "261201": "1926-12-01",
	} {
		if birth, business := enter("card_identity=" + typed).Identity(now); birth != want || business != "" {
			t.Errorf("%s is %q, %q", typed, birth, business)
		}
	}
}

func TestThePrefixIsNoNumber(t *testing.T) {
	for typed, want := range map[string]string{"4970 1000": "49701000", "49701000": "49701000", "4970100": "", "497010000": "", "4970100x": "", "": ""} {
		if got := CardPrefix(typed); got != want {
			t.Errorf("%q is %q", typed, got)
		}
	}
	if got := enter().Prefix(); got != "40546957" {
		t.Errorf("the card begins with %q", got)
	}
	if got := enter("card_number=4054695723100769").Prefix(); got != "" {
		t.Errorf("a wrong number begins with %q", got)
	}
}
