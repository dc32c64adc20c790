package checkout

import (
	"strings"
	"unicode"
)

// This file finds card numbers that were typed where they do not belong, so that they
// are refused before they are stored, sent or logged.

// A card number has 13 to 19 digits, the last of which is a check digit (ISO/IEC 7812).
const shortestCard, longestCard = 13, 19

// HoldsCardNumber reports whether a text holds what may be a card number, in any way
// that people write one: digits of any script, alone or in groups between spaces,
// hyphens and dots. A number that fills a run of digits needs the length and the check
// digit of a card. One among other groups also needs the beginning of a card brand's
// numbers, because a house number, a postal code and a phone number in a row may add up.
func HoldsCardNumber(text string) bool {
	for _, run := range digitRuns(text) {
		if whole := strings.Join(run, ""); isCardNumber(whole) || holdsBrand(run, shortestCard) {
			return true
		}
	}
	return false
}

// phoneHoldsCardNumber reports whether a phone number is a card number instead. What is
// plausible as a phone number is none: a plus and up to 15 digits, which is all that a
// phone number may have (E.164), and up to 13 digits without a plus.
func phoneHoldsCardNumber(phone string) bool {
	phone = WithoutExtension(phone)
	var number []string
	digits := 0
	for _, run := range digitRuns(strings.NewReplacer("(", " ", ")", " ", "/", " ", "+", " ").Replace(phone)) {
		for _, group := range run {
			number, digits = append(number, group), digits+len(group)
		}
	}
	if strings.HasPrefix(phone, "+") && digits <= 15 {
		return false
	}
	return holdsBrand(number, shortestCard+1)
}

// IDHoldsCardNumber reports whether an id, a key or an email address holds a card number.
// Many digits there are a time's or a name's, so that they need the beginning of a card
// brand's numbers.
func IDHoldsCardNumber(id string) bool {
	for _, run := range digitRuns(id) {
		if holdsBrand(run, shortestCard) {
			return true
		}
	}
	return false
}

// digitRuns are the runs of digits in a text, each as its groups, in ASCII digits. Up to
// three marks that people put between the groups of a card number part two groups.
func digitRuns(text string) (runs [][]string) {
	var run []string
	var group []byte
	marks := 0
	endGroup := func() {
		if len(group) > 0 {
			run, group = append(run, string(group)), nil
		}
	}
	endRun := func() {
		if endGroup(); run != nil {
			runs, run = append(runs, run), nil
		}
		marks = 0
	}
	for _, r := range text {
		digit := ASCIIDigit(r)
		switch {
		case digit >= 0:
			group, marks = append(group, byte(digit)), 0
		case isInvisible(r):
		case parts(r) && marks < 3:
			endGroup()
			marks++
		default:
			endRun()
		}
	}
	endRun()
	return runs
}

// parts reports whether r may stand between the groups of a card number.
func parts(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Dash, r) || r == '.' || r == '_' || r == longVowel
}

// holdsBrand reports whether groups in a row are a number of a card brand.
func holdsBrand(groups []string, shortest int) bool {
	for i := range groups {
		number := ""
		for _, group := range groups[i:] {
			if number += group; len(number) > longestCard {
				break
			}
			if len(number) >= shortest && isCardNumber(number) && hasBrand(number) {
				return true
			}
		}
	}
	return false
}

// isCardNumber reports whether digits have the length and the check digit of a card
// number. No card number begins with a zero.
func isCardNumber(digits string) bool {
	return len(digits) >= shortestCard && len(digits) <= longestCard && digits[0] != '0' && luhn(digits)
}

// luhn reports whether the last digit is the check digit of the others.
func luhn[Text string | []byte](digits Text) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// brands are how card numbers of each length begin: Visa, Mastercard, American Express,
// Diners Club, Discover, JCB, UnionPay, Maestro, Mir, RuPay, Troy.
var brands = map[int]map[string]bool{
	13: set("4"), 14: set("30 36 38 39"), 15: set("34 37 1800 2131"),
	16: set("22 23 24 25 26 27 3 4 5 6 81 82 9792"), 17: set("5 6"), 18: set("5 6"), 19: set("3 4 5 6 81 82"),
}

func hasBrand(digits string) bool {
	for length := range min(4, len(digits)) {
		if brands[len(digits)][digits[:length+1]] {
			return true
		}
	}
	return false
}
