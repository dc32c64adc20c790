package checkout

import (
	"fmt"
	"strconv"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Currency is a code of ISO 4217.
type Currency string

// exponents is ISO 4217's count of decimals, for every currency where it is not
// 2. Antom follows it; see its currency table.
var exponents = map[Currency]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
	"RWF": 0, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}

// twoDecimals are the other currencies a shop may be run in.
const twoDecimals = "AED ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW"

// ParseCurrency accepts the codes of ISO 4217.
func ParseCurrency(code string) (Currency, error) {
	c := Currency(code)
	if _, known := exponents[c]; known {
		return c, nil
	}
	for at := 0; at+3 <= len(twoDecimals); at += 4 {
		if twoDecimals[at:at+3] == code {
			return c, nil
		}
	}
	return "", fmt.Errorf("%q is no currency of ISO 4217", code)
}

// Exponent is the number of decimals: 2 for SGD, 0 for JPY, 3 for KWD.
func (c Currency) Exponent() int {
	if exponent, listed := exponents[c]; listed {
		return exponent
	}
	return 2
}

// Money is an amount in minor units of a currency, an integer. The program has no
// other form of money.
type Money struct {
	Minor    int64    `json:"minor"`
	Currency Currency `json:"currency"`
}

// Times is the price of n pieces. Prices and quantities are bounded so that the
// product fits; see MaxPrice and MaxQuantity.
func (m Money) Times(n int) Money { return Money{Minor: m.Minor * int64(n), Currency: m.Currency} }

// Plus adds money of the same currency. It panics on two currencies: input is checked
// before, so that only a mistake of the program can lead there.
func (m Money) Plus(other Money) Money {
	if m.Currency != other.Currency {
		panic("checkout: adding " + string(m.Currency) + " and " + string(other.Currency))
	}
	return Money{Minor: m.Minor + other.Minor, Currency: m.Currency}
}

// Payable reports whether Antom takes the amount: it is above zero, and whole rupiah
// where the currency is IDR.
func (m Money) Payable() bool { return m.Minor > 0 && m.wholeRupiah() }

// wholeRupiah is false for an amount in IDR whose two decimals are not zero, which
// Antom refuses.
func (m Money) wholeRupiah() bool { return m.Currency != "IDR" || m.Minor%100 == 0 }

// String is for logs: "SGD 4200".
func (m Money) String() string { return fmt.Sprintf("%s %d", m.Currency, m.Minor) }

// Plain is for operators: "42.00 SGD".
func (m Money) Plain() string { return m.Digits(language.English) + " " + string(m.Currency) }

// Format writes the amount as readers of a language do: "SGD 1,234.50",
// "1.234,50 SGD". It names the currency by its code, because a shop that sells
// across borders has to say which dollar it means.
func (m Money) Format(tag language.Tag) string {
	text := m.Digits(tag)
	// A no-break space, so that code and number stay on one line.
	if base, _ := tag.Base(); currencyFollows[base.String()] {
		return text + "\u00a0" + string(m.Currency)
	}
	return string(m.Currency) + "\u00a0" + text
}

// Digits is the amount as readers of a language write it, without its currency.
func (m Money) Digits(tag language.Tag) string {
	w := writing(tag)
	unit := int64(1)
	for range m.Currency.Exponent() {
		unit *= 10
	}
	text := w.whole(m.Minor / unit)
	if exponent := m.Currency.Exponent(); exponent > 0 {
		text += w.separator + fmt.Sprintf("%0*d", exponent, m.Minor%unit)
	}
	return text
}

// currencyFollows lists the languages that write the currency after the number.
var currencyFollows = map[string]bool{
	"de": true, "es": true, "fr": true, "it": true, "pl": true, "ro": true, "vi": true,
}

// FormatNumber writes a number as readers of a language do: "2.5", "2,5".
func FormatNumber(tag language.Tag, n float64) string {
	return writing(tag).printer.Sprint(number.Decimal(n))
}

// numerals is how a language writes numbers. Whole and fraction of an amount are written as two
// integers, so that no amount is ever a float.
type numerals struct {
	printer   *message.Printer
	separator string // between the digits of 0.5
}

// whole writes an integer. No language groups three digits or fewer, which are most amounts.
func (n *numerals) whole(i int64) string {
	if 0 <= i && i < 1000 {
		return strconv.FormatInt(i, 10)
	}
	return n.printer.Sprint(number.Decimal(i))
}

var writings sync.Map // language.Tag → *numerals

// writing is how a language writes numbers: in Latin digits (0 to 9) in every language. CLDR
// would write Arabic-Indic digits in Arabic, but cards, codes and wallets show Latin ones, and
// so do the shops and banks of the Gulf.
func writing(tag language.Tag) *numerals {
	if known, found := writings.Load(tag); found {
		return known.(*numerals)
	}
	digits, err := tag.SetTypeForKey("nu", "latn")
	if err != nil {
		digits = tag
	}
	p := message.NewPrinter(digits)
	half := []rune(p.Sprint(number.Decimal(0.5, number.Scale(1))))
	known, _ := writings.LoadOrStore(tag, &numerals{printer: p, separator: string(half[1 : len(half)-1])})
	return known.(*numerals)
}
