package checkout

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/number"
	"pgregory.net/rapid"
)

func TestCurrenciesHaveTheDecimalsOfISO4217(t *testing.T) {
	table := map[int][]Currency{
		0: {"JPY", "KRW", "VND", "CLP", "XOF", "XAF", "XPF", "ISK", "PYG", "UGX"},
		2: {"SGD", "USD", "EUR", "CNY", "HKD", "MYR", "PHP", "THB", "INR", "BRL", "IDR", "MGA", "MRU"},
		3: {"KWD", "BHD", "OMR", "JOD", "TND", "IQD", "LYD"},
	}
	for exponent, currencies := range table {
		for _, currency := range currencies {
			parsed, err := ParseCurrency(string(currency))
			if err != nil || parsed != currency {
				t.Errorf("ParseCurrency(%q) = %q, %v; want it accepted", currency, parsed, err)
			}
			if got := currency.Exponent(); got != exponent {
				t.Errorf("%s has %d decimals, want %d", currency, got, exponent)
			}
		}
	}
}

func TestEveryListedCurrencyIsListedOnce(t *testing.T) {
	seen := map[Currency]bool{}
	for code := range exponents {
		seen[code] = true
	}
	for code := range strings.FieldsSeq(twoDecimals) {
		if seen[Currency(code)] {
			t.Errorf("%s is listed twice", code)
		}
		seen[Currency(code)] = true
	}
	for code := range seen {
		if _, err := ParseCurrency(string(code)); err != nil || len(code) != 3 {
			t.Errorf("%s is listed but refused: %v", code, err)
		}
	}
}

func TestWhatIsNoCurrencyIsRefused(t *testing.T) {
	for _, code := range []string{"", "S", "SG", "sgd", "Sgd", "SGD ", " SGD", "SGDX", "GD ", "D S", "XXX", "XAU", "XTS", "DEM", "BTC", "ＳＧＤ", "SGD USD"} {
		if currency, err := ParseCurrency(code); err == nil {
			t.Errorf("ParseCurrency(%q) = %q, want an error", code, currency)
		}
	}
}

// A no-break space keeps code and number on one line; the tests write it as "_".
func format(m Money, tag language.Tag) string {
	return strings.ReplaceAll(m.Format(tag), "\u00a0", "_")
}

func TestMoneyReadsAsItDoesAtHome(t *testing.T) {
	en, de, zh, ar, hi := language.English, language.German, language.SimplifiedChinese, language.Arabic, language.Hindi
	for _, row := range []struct {
		tag   language.Tag
		money Money
		want  string
	}{
		{en, Money{0, "SGD"}, "SGD_0.00"},
		{en, Money{5, "SGD"}, "SGD_0.05"},
		{en, Money{100, "SGD"}, "SGD_1.00"},
		{en, Money{4200, "SGD"}, "SGD_42.00"},
		{en, Money{123456, "SGD"}, "SGD_1,234.56"},
		{en, Money{100000005, "SGD"}, "SGD_1,000,000.05"},
		{en, Money{9999999999999999, "SGD"}, "SGD_99,999,999,999,999.99"},
		{en, Money{9007199254740993, "JPY"}, "JPY_9,007,199,254,740,993"}, // 2^53 + 1: no float holds it
		{en, Money{9007199254740993, "KWD"}, "KWD_9,007,199,254,740.993"},
		{en, Money{1, "KWD"}, "KWD_0.001"},
		{en, Money{100050, "KWD"}, "KWD_100.050"},
		{en, Money{1500000, "IDR"}, "IDR_15,000.00"},

		{de, Money{5, "EUR"}, "0,05_EUR"},
		{de, Money{123456, "EUR"}, "1.234,56_EUR"},
		{de, Money{1234567, "JPY"}, "1.234.567_JPY"},
		{de, Money{9999999999999999, "KWD"}, "9.999.999.999.999,999_KWD"},

		{zh, Money{123456, "CNY"}, "CNY_1,234.56"},
		{zh, Money{9999999999999999, "CNY"}, "CNY_99,999,999,999,999.99"},
		{zh, Money{980, "JPY"}, "JPY_980"},

		{ar, Money{5, "SAR"}, "SAR_0.05"},
		{ar, Money{123456, "SAR"}, "SAR_1,234.56"},
		{ar, Money{100050, "KWD"}, "KWD_100.050"},
		{ar, Money{9999999999999999, "JPY"}, "JPY_9,999,999,999,999,999"},

		{hi, Money{5, "INR"}, "INR_0.05"},
		{hi, Money{12345678, "INR"}, "INR_1,23,456.78"}, // a lakh
		{hi, Money{1234567890, "INR"}, "INR_1,23,45,678.90"},
		{hi, Money{9999999999999999, "INR"}, "INR_9,99,99,99,99,99,999.99"},
	} {
		if got := format(row.money, row.tag); got != row.want {
			t.Errorf("%v in %v reads %q, want %q", row.money, row.tag, got, row.want)
		}
	}
}

// digits are those of a text. Every language writes them as they stand on a card.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}

func TestFormattingLosesNoDigit(t *testing.T) {
	tags := []language.Tag{
		language.English, language.German, language.SimplifiedChinese, language.Arabic, language.Hindi,
		language.French, language.Spanish, language.Italian, language.Japanese, language.Korean, language.Thai,
		language.Vietnamese, language.Indonesian, language.Malay, language.Filipino, language.BrazilianPortuguese,
	}
	rapid.Check(t, func(t *rapid.T) {
		m := Money{
			Minor:    rapid.Int64Range(0, 9_999_999_999_999_999).Draw(t, "minor"),
			Currency: rapid.SampledFrom([]Currency{"JPY", "SGD", "KWD", "IDR"}).Draw(t, "currency"),
		}
		tag := rapid.SampledFrom(tags).Draw(t, "language")
		text := m.Format(tag)
		// At least one digit stands before the separator.
		want := fmt.Sprintf("%0*d", m.Currency.Exponent()+1, m.Minor)
		if got := digits(text); got != want {
			t.Fatalf("%v in %v reads %q: its digits are %s, want %s", m, tag, text, got, want)
		}
		if !strings.HasPrefix(text, string(m.Currency)+"\u00a0") && !strings.HasSuffix(text, "\u00a0"+string(m.Currency)) {
			t.Fatalf("%v in %v reads %q: want its currency before or after, held by a no-break space", m, tag, text)
		}
	})
}

// What is written without the tables of languages is what they say.
func TestAmountsBelowAThousandReadAsTheTablesOfLanguagesSay(t *testing.T) {
	for _, tag := range []language.Tag{language.English, language.Arabic, language.Hindi, language.Thai, language.Polish, language.German, language.Filipino} {
		w := writing(tag)
		for i := range int64(1000) {
			if got, want := w.whole(i), w.printer.Sprint(number.Decimal(i)); got != want {
				t.Fatalf("%d in %v reads %q, want %q", i, tag, got, want)
			}
		}
		for i := range int64(1000) {
			want := w.printer.Sprint(number.Decimal(i, number.MinIntegerDigits(3), number.NoSeparator()))
			if got := (Money{i, "KWD"}).Digits(tag); got != "0"+w.separator+want {
				t.Fatalf("%d fils in %v read %q, want %q behind the separator", i, tag, got, want)
			}
		}
	}
}

func TestMoneyInLogsIsPlain(t *testing.T) {
	if got := (Money{4200, "SGD"}).String(); got != "SGD 4200" {
		t.Errorf("got %q, want %q", got, "SGD 4200")
	}
}

func TestTheLargestOrderFitsAntomsSixteenDigits(t *testing.T) {
	line := Money{Minor: MaxPrice, Currency: "SGD"}.Times(MaxQuantity)
	total := Money{Currency: "SGD"}
	for range MaxLines {
		total = total.Plus(line)
	}
	if total.Minor <= 0 || len(strconv.FormatInt(total.Minor, 10)) > 16 || total.Minor > math.MaxInt64/100 {
		t.Errorf("the largest order is %v, want at most 16 digits", total)
	}
}

func TestCurrenciesAreNeverMixed(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("SGD and JPY were added, want a panic")
		}
	}()
	Money{1, "SGD"}.Plus(Money{1, "JPY"})
}

func TestAQuantityIsPlainDigitsFromOneToNinetyNine(t *testing.T) {
	for _, row := range []struct {
		text string
		want int // 0: refused
	}{
		{"1", 1}, {"9", 9}, {"10", 10}, {"99", 99},
		{"0", 0}, {"-1", 0}, {"-0", 0}, {"100", 0}, {"1000000000", 0}, {"99999999999999999999", 0},
		{"1e3", 0}, {"1.0", 0}, {"1,0", 0}, {"01", 0}, {"+1", 0}, {"0x1", 0}, {"1_0", 0},
		{"", 0}, {" ", 0}, {" 1", 0}, {"1 ", 0}, {"1\n", 0}, {"one", 0}, {"１", 0}, {"٣", 0},
	} {
		got, err := ParseQuantity(row.text)
		if got != row.want || (err == nil) != (row.want > 0) {
			t.Errorf("ParseQuantity(%q) = %d, %v; want %d", row.text, got, err, row.want)
		}
		if err != nil && !errors.Is(err, NewError(CodeQuantityInvalid, "")) {
			t.Errorf("ParseQuantity(%q) is refused as %v, want an Invalid error", row.text, err)
		}
	}
}
