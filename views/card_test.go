package views

import (
	"context"
	"strings"
	"testing"

	"antom-checkout/checkout"
)

func TestBrandsAreNamedForPeople(t *testing.T) {
	for code, want := range map[string]string{
		"": "", "VISA": "Visa", "MASTERCARD": "Mastercard", "AMEX": "American Express", "CUP": "UnionPay", "JCB": "JCB", "DINERS": "Diners Club",
		"CARTES_BANCAIRES": "Cartes Bancaires", "ELO": "Elo", "MIR": "Mir", "KEBHANA": "Hana Card", "IBK_BC": "IBK Card",
		"NEW_BRAND": "New Brand", "visa": "Visa", "_": "", "ÉTOILE": "Étoile",
	} {
		if got := BrandName(code); got != want {
			t.Errorf("%s is %q, want %q", code, got, want)
		}
	}
}

// A receipt names the card in words of every language, and never in Antom's.
func TestAReceiptNamesTheCard(t *testing.T) {
	method := checkout.Method{Code: checkout.MethodCard, Name: "Card"}
	for _, tag := range Languages() {
		ctx := WithLanguage(context.Background(), tag)
		name := MethodName(ctx, method.Code, method.Name)
		for card, wants := range map[checkout.Card][]string{
			{Brand: "VISA", LastFour: "0768"}:              {"Visa", "0768"},
			{Brand: "CARTES_BANCAIRES", LastFour: "4242"}:  {"Cartes Bancaires", "4242"},
			{LastFour: "0768"}:                             {name, "0768"},
			{Brand: "HYUNDAI"}:                             {"Hyundai Card"},
			{AVS: "Y", Expiry: "12/39", RefusalCode: "05"}: {name},
			{Brand: "SOMETHING_NEW", LastFour: "1"}:        {"Something New", "1"},
		} {
			got := PaidBy(ctx, method, card)
			for _, want := range wants {
				if !strings.Contains(got, want) {
					t.Errorf("%s: %+v is %q, which lacks %q", tag, card, got, want)
				}
			}
			if strings.ContainsAny(got, "{}_") || card.LastFour == "" && got != wants[0] {
				t.Errorf("%s: %+v is %q", tag, card, got)
			}
		}
	}
	if got := PaidBy(context.Background(), method, checkout.Card{Brand: "VISA", LastFour: "0768"}); got != "Visa ending in 0768" {
		t.Errorf("in English it is %q", got)
	}
}
