package checkout

import (
	"strings"
	"unicode/utf8"
)

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
