package checkout

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// EnteredCard is a card as a buyer types it on the shop's own page, for one call to
// Antom. It exists in the server-to-server mode only, and nothing in it may be stored.
// So it prints, logs and marshals nothing, cannot be compared, and is wiped when the
// call is over. It holds a function, of which even a print by reflection shows no more
// than an address.
type EnteredCard struct {
	unwritten
	typed func() *typedCard
}

// typedCard is what was typed, cleaned.
type typedCard struct {
	number, expiry, cvc     []byte
	first, last             []byte
	identity, password, cpf []byte // of local cards
	billing                 Buyer  // its address only
	mpi                     *MPI   // nil: the cardholder was not authenticated elsewhere
}

// Names of the fields of an entered card, in forms and JSON.
const (
	FieldCardNumber      = "card_number"
	FieldCardExpiry      = "card_expiry"
	FieldCardCVC         = "card_cvc"
	FieldCardIdentity    = "card_identity" // of Korea: a birth date or a business number
	FieldCardPassword    = "card_password" // of Korea: the first two digits of it
	FieldCardCPF         = "card_cpf"      // of Brazil
	FieldCardholderFirst = "cardholder_first"
	FieldCardholderLast  = "cardholder_last"
	billingPrefix        = "billing_"
)

// billingNames are the fields of a Buyer that a billing address has.
var billingNames = []string{"country", "region", "city", "address1", "address2", "postal_code"}

// CardFields are the names of all fields of an entered card, from top to bottom.
func CardFields() []string {
	names := []string{
		FieldCardNumber, FieldCardExpiry, FieldCardCVC, FieldCardIdentity, FieldCardPassword, FieldCardCPF,
		FieldCardholderFirst, FieldCardholderLast,
	}
	for _, name := range billingNames {
		names = append(names, billingPrefix+name)
	}
	return names
}

// EnterCard takes a card from named texts, as a form or JSON gives them. The card is none
// if every text is empty.
func EnterCard(get func(name string) string) EnteredCard {
	given := false
	for _, name := range CardFields() {
		given = given || get(name) != ""
	}
	if !given {
		return EnteredCard{}
	}
	typed := &typedCard{
		number: []byte(withoutGaps(get(FieldCardNumber))),
		expiry: []byte(cleanCode(get(FieldCardExpiry))),
		cvc:    []byte(withoutGaps(get(FieldCardCVC))),
		first:  []byte(cleanName(get(FieldCardholderFirst))),
		last:   []byte(cleanName(get(FieldCardholderLast))),

		identity: []byte(withoutGaps(get(FieldCardIdentity))),
		password: []byte(withoutGaps(get(FieldCardPassword))),
		cpf:      []byte(withoutGaps(get(FieldCardCPF))),
	}
	typed.billing.Set(func(name string) string {
		if !slices.Contains(billingNames, name) {
			return ""
		}
		return get(billingPrefix + name)
	})
	return EnteredCard{typed: func() *typedCard { return typed }}
}

// withoutGaps is a number without the spaces and hyphens between its groups, its digits
// in ASCII. What is no digit stays, to be refused.
func withoutGaps(text string) string {
	return strings.Map(func(r rune) rune {
		if digit := ASCIIDigit(r); digit >= 0 {
			return digit
		}
		if parts(r) || isInvisible(r) {
			return -1
		}
		return r
	}, text)
}

// Given reports whether there is a card.
func (c EnteredCard) Given() bool { return c.typed != nil }

// Check reports every wrong field of a card of a region at once, as message keys by name.
func (c EnteredCard) Check(now time.Time, region CardRegion) error {
	typed := c.typed()
	wrong := typed.billing.billingProblems()
	note := func(name, problem string) {
		if problem != "" {
			wrong[name] = problem
		}
	}
	valid := onlyDigits(typed.number) && validCardNumber(typed.number)
	brand := typed.number
	if !valid {
		brand = nil // its number says nothing about the code
	}
	note(FieldCardNumber, problemOf(typed.number, valid, "decline.INVALID_CARD_NUMBER"))
	note(FieldCardExpiry, typed.expiryProblem(now))
	for name, problem := range typed.localProblems(region, brand, now) {
		note(name, problem)
	}
	note(FieldCardholderFirst, holderProblem(string(typed.first)))
	note(FieldCardholderLast, holderProblem(string(typed.last)))
	if typed.mpi != nil {
		typed.mpi.check(note)
	}
	if len(wrong) > 0 {
		return &Error{Code: CodeFormInvalid, Fields: wrong}
	}
	return nil
}

// problemOf is what is wrong with a field: nothing in it, or the problem of a text that
// is not valid.
func problemOf(typed []byte, valid bool, problem string) string {
	switch {
	case len(typed) == 0:
		return "error.required"
	case !valid:
		return problem
	}
	return ""
}

func onlyDigits(text []byte) bool {
	for _, b := range text {
		if b < '0' || b > '9' {
			return false
		}
	}
	return true
}

// expiryProblem is what is wrong with the expiry date. A card is valid to the end of its
// month, wherever the buyer is.
func (t *typedCard) expiryProblem(now time.Time) string {
	month, year, ok := expiryOf(t.expiry)
	if problem := problemOf(t.expiry, ok, "decline.INVALID_EXPIRATION_DATE"); problem != "" {
		return problem
	}
	if !now.Before(endOfExpiry(month, year)) {
		return "decline.CARD_EXPIRED"
	}
	return ""
}

// expiryOf reads a month and a year in any way that people and browsers write them:
// 12/29, 12 / 2029, 1229, 2029-12.
func expiryOf(typed []byte) (month, year int, ok bool) {
	groups := strings.FieldsFunc(string(typed), func(r rune) bool { return r == '/' || parts(r) })
	if len(groups) == 1 && (len(groups[0]) == 4 || len(groups[0]) == 6) {
		groups = []string{groups[0][:2], groups[0][2:]}
	}
	if len(groups) != 2 {
		return 0, 0, false
	}
	if len(groups[0]) == 4 {
		groups[0], groups[1] = groups[1], groups[0]
	}
	if len(groups[1]) == 2 {
		groups[1] = "20" + groups[1]
	}
	month, monthErr := strconv.Atoi(groups[0])
	year, yearErr := strconv.Atoi(groups[1])
	ok = monthErr == nil && yearErr == nil && month >= 1 && month <= 12 && len(groups[0]) <= 2 && year >= 2000 && year <= 2099
	return month, year, ok
}

// longestHolder is how many characters of either name Antom takes; a card has room for
// 26 of the whole.
const longestHolder = 32

// holderProblem is what is wrong with a part of the cardholder's name. Cards are written
// in Latin letters; Greek and Cyrillic ones have a spelling in them that passports use.
func holderProblem(name string) string {
	written := 0
	for _, r := range name {
		switch {
		case unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic):
			written++
		case unicode.IsLetter(r):
			return "error.card_name"
		}
	}
	switch problem := checkText(name, longestHolder, true); {
	case problem != "":
		return problem
	case written == 0 || HoldsCardNumber(name):
		return "error.card_name"
	}
	return ""
}

// billingProblems is what is wrong with a billing address, by field. It is checked as a
// delivery address is: the buyer's bank compares street and postal code.
func (b Buyer) billingProblems() map[string]string {
	wrong := map[string]string{}
	whole := b
	whole.Email, whole.Name = "billing@example.com", "Billing"
	var refused *Error
	if errors.As(whole.Check(), &refused) {
		for name, problem := range refused.Fields {
			if problem == "error.card_number" {
				problem = "error.invalid" // its text leads to the form that this is
			}
			wrong[billingPrefix+name] = problem
		}
	}
	return wrong
}

// Number is the card's number, in digits.
func (c EnteredCard) Number() string { return string(c.typed().number) }

// CVC is the security code.
func (c EnteredCard) CVC() string { return string(c.typed().cvc) }

// Expiry is month and year of the expiry date, two digits each.
func (c EnteredCard) Expiry() (month, year string) {
	m, y, _ := expiryOf(c.typed().expiry) // checked before
	return fmt.Sprintf("%02d", m), fmt.Sprintf("%02d", y%100)
}

// Holder is the cardholder's name.
func (c EnteredCard) Holder() (first, last string) {
	return string(c.typed().first), string(c.typed().last)
}

// Billing is a Buyer of whom only the address is filled in.
func (c EnteredCard) Billing() Buyer { return c.typed().billing }

// longestExpiry and longestBilling are the longest texts that the form shows again: a
// number that was typed into the wrong field is longer than a date.
const longestExpiry, longestBilling = 9, 256

// ShownAgain are the texts with which the form is filled in when it is shown again:
// never the number, and never what only its holder knows.
func (c EnteredCard) ShownAgain() map[string]string {
	if c.typed == nil {
		return map[string]string{}
	}
	values := map[string]string{}
	keep := func(name, text string, longest int) {
		if utf8.RuneCountInString(text) <= longest && !HoldsCardNumber(text) {
			values[name] = text
		}
	}
	keep(FieldCardExpiry, string(c.typed().expiry), longestExpiry)
	keep(FieldCardholderFirst, string(c.typed().first), 2*longestHolder)
	keep(FieldCardholderLast, string(c.typed().last), 2*longestHolder)
	billing := c.typed().billing.Values()
	for _, name := range billingNames {
		keep(billingPrefix+name, billing[name], longestBilling)
	}
	return values
}

// Wipe overwrites what was typed. Texts that were made of it for the call are the
// garbage collector's.
func (c EnteredCard) Wipe() {
	if c.typed == nil {
		return
	}
	typed := c.typed()
	for _, secret := range [][]byte{typed.number, typed.expiry, typed.cvc, typed.first, typed.last, typed.identity, typed.password, typed.cpf} {
		clear(secret)
	}
	if typed.mpi != nil {
		clear(typed.mpi.CAVV)
	}
	*typed = typedCard{}
}

// CardFieldOf is the field of an entered card that the result of its payment is about, or
// "": the buyer can correct it there.
func CardFieldOf(p Payment) string {
	switch p.ResultCode {
	case "INVALID_CARD_NUMBER", "CARD_NOT_SUPPORTED", codeBrandRefused:
		return FieldCardNumber
	case "INVALID_EXPIRATION_DATE", "CARD_EXPIRED":
		return FieldCardExpiry
	case "INVALID_CVV":
		return FieldCardCVC
	case "VERIFY_UNMATCHED": // of a Korean card: birth date, business number or password
		if p.Amount.Currency == korea {
			return FieldCardIdentity
		}
	}
	return ""
}
