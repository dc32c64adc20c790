package views

import (
	"cmp"
	"context"
	"strings"
	"unicode/utf8"

	"antom-checkout/checkout"
)

// PaidBy names how a payment was paid: by the card with its last four digits where they
// are known, otherwise by the method.
func PaidBy(ctx context.Context, method checkout.Method, card checkout.Card) string {
	name := cmp.Or(BrandName(card.Brand), MethodName(ctx, method.Code, method.Name))
	if card.LastFour == "" {
		return name
	}
	return Text(ctx, "order.card", name, card.LastFour)
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
// is written in words with capitals.
func BrandName(code string) string {
	if name, ok := brandNames[code]; ok {
		return name
	}
	words := strings.FieldsFunc(code, func(r rune) bool { return r == '_' || r == ' ' || r == '-' })
	for i, word := range words {
		_, first := utf8.DecodeRuneInString(word)
		words[i] = strings.ToUpper(word[:first]) + strings.ToLower(word[first:])
	}
	return strings.Join(words, " ")
}
