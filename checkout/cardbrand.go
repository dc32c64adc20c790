package checkout

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// This file knows card numbers by their brands: how they begin, how many digits they
// have, and how many the code beside them has.

// cardBrand is a brand of cards, by Antom's name.
type cardBrand struct {
	name    string
	begins  []prefixes
	lengths []int // of the number
	cvc     int   // digits of the security code
}

// prefixes are the beginnings from one to another, of the same length.
type prefixes struct{ from, to string }

// cardBrands are those that Antom's documents name for all the world. A beginning of
// more digits stands before one of fewer.
var cardBrands = []cardBrand{
	{"MASTERCARD", []prefixes{{"2221", "2720"}, {"51", "55"}}, []int{16}, 3},
	{"AMEX", []prefixes{{"34", "34"}, {"37", "37"}}, []int{15}, 4},
	{"JCB", []prefixes{{"3528", "3589"}}, []int{16, 17, 18, 19}, 3},
	{"DINERS", []prefixes{{"300", "305"}, {"3095", "3095"}, {"36", "36"}, {"38", "39"}}, []int{14, 15, 16, 17, 18, 19}, 3},
	{"DISCOVER", []prefixes{{"6011", "6011"}, {"644", "649"}, {"65", "65"}}, []int{16, 17, 18, 19}, 3},
	{"CUP", []prefixes{{"62", "62"}, {"81", "81"}}, []int{16, 17, 18, 19}, 3},
	{"MAESTRO", []prefixes{{"50", "50"}, {"56", "58"}, {"67", "67"}}, []int{12, 13, 14, 15, 16, 17, 18, 19}, 3},
	{"VISA", []prefixes{{"4", "4"}}, []int{13, 16, 19}, 3},
}

// brandOfNumber is the brand whose numbers begin as these digits do, or nil: many
// countries have brands of their own.
func brandOfNumber(digits []byte) *cardBrand {
	for i := range cardBrands {
		if slices.ContainsFunc(cardBrands[i].begins, func(p prefixes) bool { return p.hold(digits) }) {
			return &cardBrands[i]
		}
	}
	return nil
}

func (p prefixes) hold(digits []byte) bool {
	if len(digits) < len(p.from) {
		return false
	}
	begins := string(digits[:len(p.from)])
	return begins >= p.from && begins <= p.to
}

// shortestUnknown is the fewest digits of a number whose brand is not known.
const shortestUnknown = 12

// validCardNumber reports whether digits have a length of their brand and the right
// check digit.
func validCardNumber(digits []byte) bool {
	if len(digits) < shortestUnknown || len(digits) > longestCard || digits[0] == '0' || !luhn(digits) {
		return false
	}
	brand := brandOfNumber(digits)
	return brand == nil || slices.Contains(brand.lengths, len(digits))
}

// validCVC reports whether a security code has as many digits as those of the number's
// brand: three, and four at American Express. Of a brand that is not known it has either.
func validCVC(cvc, number []byte) bool {
	if brand := brandOfNumber(number); brand != nil {
		return len(cvc) == brand.cvc
	}
	return len(cvc) == 3 || len(cvc) == 4
}

// brandNames are the names of the card brands and Korean issuers that Antom lists, where
// they are not its code with other capitals.
var brandNames = map[string]string{
	"AMEX": "American Express", "CUP": "UnionPay", "DINERS": "Diners Club", "JCB": "JCB",

	"BC": "BC Card", "CITI": "Citi Card", "GWANGJUBANK": "Gwangju Bank", "HYUNDAI": "Hyundai Card", "IBK_BC": "IBK Card",
	"JEJUBANK": "Jeju Bank", "JEONBUKBANK": "Jeonbuk Bank", "KAKAOBANK": "KakaoBank", "KBANK": "K bank", "KDBBANK": "KDB",
	"KEBHANA": "Hana Card", "KOOKMIN": "KB Kookmin Card", "LOTTE": "Lotte Card", "NONGHYUP": "NH Nonghyup Card",
	"POST": "Korea Post", "SAEMAUL": "MG Saemaul", "SAMSUNG": "Samsung Card", "SAVINGBANK": "SB Savings Bank",
	"SHINHAN": "Shinhan Card", "SHINHYEOP": "Shinhyup", "SUHYEOP": "Suhyup Bank", "TOSSBANK": "Toss Bank", "WOORI": "Woori Card",
}

// BrandName is Antom's code of a card brand as people write it. A code that is not known
// is written with capitals and spaces.
func BrandName(code string) string {
	if name, ok := brandNames[code]; ok {
		return name
	}
	parts := strings.FieldsFunc(code, func(r rune) bool { return r == '_' || r == ' ' || r == '-' })
	for i, part := range parts {
		_, first := utf8.DecodeRuneInString(part)
		parts[i] = strings.ToUpper(part[:first]) + strings.ToLower(part[first:])
	}
	return strings.Join(parts, " ")
}
