package sandbox

import (
	"slices"
	"strconv"
	"strings"

	"antom-checkout/antom"
)

// currencies are those of ISO 4217 that money is kept in: no XXX, no test code, no
// metal and no fund.
var currencies = strings.Fields(`AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
	CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
	IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU
	MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP
	SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF
	YER ZAR ZMW ZWG`)

// checkCurrency refuses an amount in what is no currency.
func checkCurrency(amount antom.Amount) *Refusal {
	if !slices.Contains(currencies, amount.Currency()) {
		return refuse("CURRENCY_NOT_SUPPORT", "%s is no currency of ISO 4217", amount.Currency())
	}
	return nil
}

// checkSettlement refuses to settle in what is no currency. None is that of the contract.
func checkSettlement(currency string) *Refusal {
	if currency != "" && !slices.Contains(currencies, currency) {
		return refuse("SETTLE_CONTRACT_NOT_MATCH", "no contract settles in %q, which is no currency of ISO 4217", clip(currency, 16))
	}
	return nil
}

// decimals of the currencies that do not have two.
var decimals = map[string]int{
	"CLP": 0, "JPY": 0, "KRW": 0, "VND": 0, "ISK": 0, "PYG": 0, "UGX": 0, "XAF": 0, "XOF": 0, "RWF": 0, "BIF": 0, "GNF": 0,
	"BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3,
}

// String prints the money for people: "SGD 42.00".
func (m Money) String() string { return m.Currency + " " + m.number() }

// number is the money without its currency: "42.00".
func (m Money) number() string {
	places := m.places()
	if m.Amount < 0 {
		return "-" + m.negative().number()
	}
	digits := strconv.FormatInt(m.Amount, 10)
	if places == 0 {
		return digits
	}
	if len(digits) <= places {
		digits = strings.Repeat("0", places+1-len(digits)) + digits
	}
	return digits[:len(digits)-places] + "." + digits[len(digits)-places:]
}

// places is how many decimals the currency has.
func (m Money) places() int {
	if places, special := decimals[m.Currency]; special {
		return places
	}
	return 2
}
