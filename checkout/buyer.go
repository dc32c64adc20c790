package checkout

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// Buyer is who orders, and where the goods are sent.
type Buyer struct {
	Email      string
	Name       string
	Phone      string
	Country    string // ISO 3166 alpha-2
	Region     string
	City       string
	Address1   string
	Address2   string
	PostalCode string
}

// fields are the fields of a Buyer with their form names, the longest text each may
// hold in characters, whether it must be filled in, how it is cleaned, and how a card
// number in it is known. The limits are longer than real names and addresses.
func (b *Buyer) fields() []buyerField {
	return []buyerField{
		{"email", &b.Email, longestEmail, true, CleanEmail, IDHoldsCardNumber},
		{"name", &b.Name, 128, true, cleanName, HoldsCardNumber},
		{"phone", &b.Phone, 32, false, cleanPhone, phoneHoldsCardNumber},
		{"country", &b.Country, 2, true, cleanCode, HoldsCardNumber},
		{"region", &b.Region, 64, false, cleanName, HoldsCardNumber},
		{"city", &b.City, 64, !cityStates[b.Country], cleanName, HoldsCardNumber},
		{"address1", &b.Address1, 128, true, cleanName, HoldsCardNumber},
		{"address2", &b.Address2, 128, false, cleanName, HoldsCardNumber},
		{"postal_code", &b.PostalCode, 16, !withoutPostalCode[b.Country], cleanPostalCode, HoldsCardNumber},
	}
}

type buyerField struct {
	name      string
	value     *string
	longest   int
	required  bool
	clean     func(string) string
	holdsCard func(string) bool
}

// Set fills the buyer from named texts, as a form or JSON gives them, each cleaned by
// what its field is.
func (b *Buyer) Set(get func(name string) string) {
	for _, field := range b.fields() {
		*field.value = field.clean(get(field.name))
	}
	b.Country = strings.ToUpper(b.Country)
}

// Values are the buyer's texts by form name.
func (b Buyer) Values() map[string]string {
	values := map[string]string{}
	for _, field := range b.fields() {
		values[field.name] = *field.value
	}
	return values
}

// Required lists the fields, by form name, that an address of delivery must have filled in.
func (b Buyer) Required() (names []string) {
	for _, field := range b.fields() {
		if field.required {
			names = append(names, field.name)
		}
	}
	return names
}

// Check reports every wrong field at once, as message keys by form name. A buyer to whom
// goods are sent is complete.
func (b Buyer) Check() error { return b.CheckWith(b.Required()) }

// CheckWith does the same for a buyer who may be known in part: of the fields that are
// empty, only those of required are wrong.
func (b Buyer) CheckWith(required []string) error {
	wrong := b.CardNumbers()
	for _, field := range b.fields() {
		if wrong[field.name] != "" {
			continue
		}
		if problem := checkText(*field.value, field.longest, slices.Contains(required, field.name)); problem != "" {
			wrong[field.name] = problem
		}
	}
	check := func(name, key string, ok bool) {
		if _, already := wrong[name]; !already && !ok {
			wrong[name] = key
		}
	}
	problem := emailProblem(b.Email)
	check("email", problem, problem == "" || b.Email == "")
	check("phone", "error.phone", validPhone(b.Phone))
	check("country", "error.country", IsCountry(b.Country) || b.Country == "")
	check("postal_code", "error.invalid", validPostalCode(b.PostalCode))
	if len(wrong) > 0 {
		return &Error{Code: CodeFormInvalid, Fields: wrong}
	}
	return nil
}

// CardNumbers names the fields that hold what may be a card number, with the message
// key. Such a text is refused, and shown to no page again.
func (b Buyer) CardNumbers() map[string]string {
	found := map[string]string{}
	for _, field := range b.fields() {
		if field.holdsCard(*field.value) {
			found[field.name] = "error.card_number"
		}
	}
	return found
}

func checkText(text string, longest int, required bool) string {
	switch {
	case text == "" && required:
		return "error.required"
	case !utf8.ValidString(text) || strings.ContainsFunc(text, isControl):
		return "error.invalid"
	case utf8.RuneCountInString(text) > longest:
		return "error.too_long"
	}
	return ""
}

// isControl reports whether r is a control character or breaks a line.
func isControl(r rune) bool { return unicode.IsControl(r) || isLineBreak(r) }

// validPhone accepts any way of writing a number: only its digits count. It may have an
// extension.
func validPhone(text string) bool {
	if text == "" {
		return true
	}
	digits := 0
	for _, r := range WithoutExtension(text) {
		switch {
		case unicode.IsDigit(r):
			digits++
		case !strings.ContainsRune(" +-().\u00a0/", r):
			return false
		}
	}
	return digits >= 5 && digits <= 20
}

// IsName reports whether text can be shown on a page as a name: it is not empty, has
// no control characters, and is not longer than so many characters.
func IsName(text string, longest int) bool {
	return text != "" && checkText(text, longest, true) == ""
}

// IsCountry reports whether code is one of today's codes of ISO 3166, in capitals.
// Codes of former countries are not, and UK is not: it is GB.
func IsCountry(code string) bool {
	region, err := language.ParseRegion(code)
	return err == nil && len(code) == 2 && region.IsCountry() && region.Canonicalize() == region &&
		region.String() == code && !formerCountries[code]
}

var formerCountries = set("AN BU CS DD FX NT SU TP YD YU ZR")

func validPostalCode(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ' ' && r != '-'
	})
}

// cityStates are the countries whose addresses need no city.
var cityStates = map[string]bool{"SG": true, "HK": true, "MO": true, "MC": true, "VA": true, "GI": true}

// withoutPostalCode are the countries whose post has no postal codes, or does not
// require them.
var withoutPostalCode = set("AE AG AN AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GH GM GN GQ GY HK IE JM KI KM KN KP LC LY ML MO MR MW NR NU PA QA RW SB SC SL SR SS ST SY TD TG TK TL TO TV UG VU YE ZW")

func set(words string) map[string]bool {
	members := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		members[word] = true
	}
	return members
}
