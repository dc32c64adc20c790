package views

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"antom-checkout/checkout"
)

// The record of a consent names a version of the text: another text, in any language, has
// to have another version.
func TestAnotherConsentTextHasAnotherVersion(t *testing.T) {
	sums := map[string]string{
		"shop-1": "98c75dd5637c5112",
	}
	sum := sha256.New()
	for _, language := range catalogs {
		for _, key := range []string{"card.save", "card.save.detail"} {
			sum.Write([]byte(language.name + "\n" + language.texts()[key] + "\n"))
		}
	}
	if got := hex.EncodeToString(sum.Sum(nil)[:8]); got != sums[checkout.ConsentText] {
		t.Errorf("the text of version %s has the sum %s: give checkout.ConsentText a new version, and note its sum here", checkout.ConsentText, got)
	}
}

func TestASavedCardIsNamedByBrandAndLastDigits(t *testing.T) {
	for want, card := range map[string]checkout.SavedCard{
		"Visa •• 0768":             {Brand: "VISA", Last4: "0768"},
		"American Express •• 0005": {Brand: "AMEX", Last4: "0005"},
		"•••• •• 0768":             {Last4: "0768"},
		"Mastercard":               {Brand: "MASTERCARD"},
	} {
		if got := CardName(card); got != want {
			t.Errorf("%+v is %q, want %q", card, got, want)
		}
	}
}
