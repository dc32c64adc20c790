package sandbox

import (
	"strconv"
	"strings"
)

// decimals of the currencies that do not have two.
var decimals = map[string]int{
	"CLP": 0, "JPY": 0, "KRW": 0, "VND": 0, "ISK": 0, "PYG": 0, "UGX": 0, "XAF": 0, "XOF": 0, "RWF": 0, "BIF": 0, "GNF": 0,
	"BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3,
}

// String prints the money for people: "SGD 42.00".
func (m Money) String() string {
	places, special := decimals[m.Currency]
	if !special {
		places = 2
	}
	digits := strconv.FormatInt(m.Amount, 10)
	if places == 0 {
		return m.Currency + " " + digits
	}
	if len(digits) <= places {
		digits = strings.Repeat("0", places+1-len(digits)) + digits
	}
	return m.Currency + " " + digits[:len(digits)-places] + "." + digits[len(digits)-places:]
}
