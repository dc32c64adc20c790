package checkout

import (
	"testing"

	"golang.org/x/text/language"
	"pgregory.net/rapid"
)

func TestAnAmountIsReadAsItIsTyped(t *testing.T) {
	en, de, hi := language.English, language.German, language.Hindi
	for _, c := range []struct {
		typed    string
		currency Currency
		tag      language.Tag
		want     int64 // -1: it is no amount
	}{
		{"12", "SGD", en, 1200},
		{"12.5", "SGD", en, 1250},
		{"12.50", "SGD", en, 1250},
		{"12,50", "SGD", en, 1250},
		{"12,50", "SGD", de, 1250},
		{"12.50", "SGD", de, 1250},
		{"1,234", "SGD", en, 123400},
		{"1.234", "SGD", de, 123400},
		{"1,234.50", "SGD", en, 123450},
		{"1.234,50", "SGD", de, 123450},
		{"1 234,50", "EUR", de, 123450},
		{"1’234.50", "CHF", de, 123450},
		{"1,23,456.00", "INR", hi, 12345600},
		{"SGD 12", "SGD", en, 1200},
		{"12 sgd", "SGD", en, 1200},
		{"１２．５０", "SGD", en, 1250},
		{"١٢٫٥٠", "AED", language.Arabic, 1250},
		{"१२.५०", "INR", hi, 1250},
		{"4200", "JPY", en, 4200},
		{"4,200", "JPY", en, 4200},
		{"4.200", "JPY", en, 4200},
		{"1.234", "KWD", en, 1234},
		{"1,234", "KWD", en, 1234000},
		{"1,234,567", "SGD", en, 123456700},
		{"", "SGD", en, -1},
		{"-1", "SGD", en, -1},
		{"1.234", "SGD", en, -1}, // 1.23 or 1,234
		{"12.345,6", "JPY", de, -1},
		{"12.5", "JPY", en, -1},
		{"1,2,3", "SGD", en, -1},
		{"12,34,", "SGD", en, -1},
		{".5", "SGD", en, -1},
		{"1e3", "SGD", en, -1},
		{"USD 12", "SGD", en, -1},
		{"999999999999999", "SGD", en, -1},
	} {
		got, ok := ParseAmount(c.typed, c.currency, c.tag)
		if want := (Money{c.want, c.currency}); ok != (c.want >= 0) || ok && got != want {
			t.Errorf("%q in %s on a page in %s is %v, %v; want %v", c.typed, c.currency, c.tag, got, ok, want)
		}
	}
}

// An amount that a page fills in is read as the same amount, in every language.
func TestAnAmountThatIsShownIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Money{
			Minor:    rapid.Int64Range(0, MaxPrice).Draw(t, "minor"),
			Currency: rapid.SampledFrom([]Currency{"SGD", "JPY", "KWD", "INR", "EUR"}).Draw(t, "currency"),
		}
		tag := language.Make(rapid.SampledFrom([]string{"en", "de", "fr", "pl", "pt-BR", "ar", "hi", "th", "ja", "vi", "id", "ro", "it"}).Draw(t, "language"))
		for _, text := range []string{m.Digits(tag), m.Format(tag)} {
			if got, ok := ParseAmount(text, m.Currency, tag); !ok || got != m {
				t.Fatalf("%q in %s is read as %v, %v; want %v", text, tag, got, ok, m)
			}
		}
	})
}
