package checkout

import "testing"

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
