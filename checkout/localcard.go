package checkout

import (
	"cmp"
	"strings"
	"time"
)

// This file is what cards of Korea and Brazil ask for beside what is printed on them. All
// of it is as secret as the security code.

// Region is that of the card for an order of a currency. Where Antom does not know the
// card, what was typed for a local card tells that it is one.
func (c EnteredCard) Region(currency Currency, facts CardFacts) CardRegion {
	if facts.Country != "" || !c.Given() {
		return facts.Region(currency)
	}
	typed := c.typed()
	switch {
	case currency == korea && len(typed.identity)+len(typed.password) > 0:
		return RegionKorea
	case len(typed.cpf) > 0:
		return RegionBrazil
	}
	return ""
}

// localProblems is what is wrong with the fields that depend on the card's region, by
// field. What the region does not ask for does not count.
func (t *typedCard) localProblems(region CardRegion, brand []byte, now time.Time) map[string]string {
	all := map[string]string{
		FieldCardCVC:      problemOf(t.cvc, onlyDigits(t.cvc) && validCVC(t.cvc, brand), "decline.INVALID_CVV"),
		FieldCardIdentity: problemOf(t.identity, t.isIdentity(now), "error.card_identity"),
		FieldCardPassword: problemOf(t.password, len(t.password) == passwordDigits && onlyDigits(t.password), "error.card_password"),
		FieldCardCPF:      problemOf(t.cpf, validCPF(t.cpf), "error.card_cpf"),
	}
	asked := map[string]string{}
	for _, name := range region.Asks() {
		asked[name] = all[name]
	}
	return asked
}

// passwordDigits is how many of a Korean card's password the bank asks for: the first ones.
const passwordDigits = 2

// businessDigits is the length of a Korean business number.
const businessDigits = 10

func (t *typedCard) isIdentity(now time.Time) bool {
	birth, business := t.identityAt(now)
	return birth != "" || business != ""
}

// identityAt reads who holds a Korean card: the birth date of a person, as YYYY-MM-DD, or
// the business number of a company. One of them is "". Forms in Korea take six digits of
// a birth date; eight are the whole.
func (t *typedCard) identityAt(now time.Time) (birth, business string) {
	digits := string(t.identity)
	switch {
	case !onlyDigits(t.identity):
	case len(digits) == businessDigits:
		return "", digits
	case len(digits) == 6:
		return cmp.Or(birthDate("20"+digits, now), birthDate("19"+digits, now)), "" // the latest that has been
	case len(digits) == 8:
		return birthDate(digits, now), ""
	}
	return "", ""
}

// birthDate is a date of eight digits as Antom writes it, or "" if it cannot be that of a
// cardholder's birth.
func birthDate(digits string, now time.Time) string {
	born, err := time.Parse("20060102", digits)
	if err != nil || born.Year() < 1900 || born.After(now) {
		return ""
	}
	return born.Format(time.DateOnly)
}

// validCPF reports whether digits are a number of Brazil's taxpayers: eleven, of which the
// last two check the others.
func validCPF(digits []byte) bool {
	if len(digits) != 11 || !onlyDigits(digits) || strings.Trim(string(digits), string(digits[:1])) == "" {
		return false
	}
	for length := 9; length <= 10; length++ {
		sum := 0
		for i := range length {
			sum += int(digits[i]-'0') * (length + 1 - i)
		}
		if sum*10%11%10 != int(digits[length]-'0') {
			return false
		}
	}
	return true
}

// Identity is who holds a Korean card: a birth date, as YYYY-MM-DD, or a business number.
func (c EnteredCard) Identity(now time.Time) (birth, business string) {
	return c.typed().identityAt(now)
}

// Password is the first two digits of a Korean card's password.
func (c EnteredCard) Password() string { return string(c.typed().password) }

// CPF is the number of the Brazilian taxpayer who holds the card.
func (c EnteredCard) CPF() string { return string(c.typed().cpf) }

// Prefix is the first digits of the number, by which Antom knows the card's facts, or ""
// if the number is no card's.
func (c EnteredCard) Prefix() string {
	number := c.typed().number
	if !onlyDigits(number) || !validCardNumber(number) {
		return ""
	}
	return string(number[:CardPrefixLength])
}
