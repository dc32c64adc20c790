package checkout

import (
	"strings"

	"golang.org/x/text/language"
)

// ParseAmount reads an amount as a person types it on a page in a language: "1,234.50",
// "1.234,50", "1 234,5", with the currency's code or without. A single separator that the
// language writes before decimals is that; what could be two amounts is none.
func ParseAmount(text string, currency Currency, tag language.Tag) (Money, bool) {
	text = strings.ToUpper(cleanCode(text))
	text = strings.TrimSuffix(strings.TrimPrefix(text, string(currency)), string(currency))
	text = strings.Map(amountRune, text)
	whole, fraction := text, ""
	if at := decimalAt(text, currency.Exponent(), writing(tag).separator); at >= 0 {
		whole, fraction = text[:at], text[at+1:]
	}
	digits, ok := ungrouped(whole)
	if !ok || len(digits) > longestAmount || len(fraction) > currency.Exponent() {
		return Money{}, false
	}
	fraction += strings.Repeat("0", currency.Exponent()-len(fraction))
	m := Money{Currency: currency}
	for _, r := range digits + fraction {
		if r < '0' || r > '9' {
			return Money{}, false
		}
		m.Minor = m.Minor*10 + int64(r-'0')
	}
	return m, true
}

// longestAmount is how many digits stand before the decimals, at most.
const longestAmount = 14

// zeros are the digits 0 of the scripts that numbers are typed in.
var zeros = []rune{'0', '٠', '۰', '०', '๐'}

// amountRune writes a digit of any of those scripts as a Latin one. What only separates
// thousands is removed.
func amountRune(r rune) rune {
	switch r {
	case ' ', '\'', '’', '٬':
		return -1
	case '٫':
		return '.'
	}
	for _, zero := range zeros {
		if r >= zero && r <= zero+9 {
			return '0' + r - zero
		}
	}
	return r
}

// decimalAt is where the decimals begin, or -1. decimal is the language's separator.
func decimalAt(text string, exponent int, decimal string) int {
	last := strings.LastIndexAny(text, ".,")
	if last < 0 {
		return -1
	}
	separator, after := text[last:last+1], len(text)-last-1
	switch {
	case strings.Count(text, separator) > 1: // 1,234,567
		return -1
	case strings.ContainsAny(text[:last], ".,"): // 1,234.50
		return last
	case after == 3 && (exponent == 0 || separator != decimal): // 1,234
		return -1
	}
	return last
}

// ungrouped takes the separators out of the whole part of an amount. Groups have three
// digits; in India all but the last have two.
func ungrouped(whole string) (digits string, ok bool) {
	separator := ","
	if strings.Contains(whole, ".") {
		separator = "."
	}
	groups := strings.Split(whole, separator)
	for i, group := range groups {
		switch {
		case group == "":
			return "", false
		case i > 0 && len(group) != 3 && (len(group) != 2 || i == len(groups)-1):
			return "", false
		case len(groups) > 1 && len(group) > 3:
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}
