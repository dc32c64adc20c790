package checkout

import "strings"

// Issuer is a Korean card company.
type Issuer struct {
	Name   string // in English
	Korean string
}

// IssuerOf is the card company of Antom's code of a brand. One that is not known here
// has its code as its name.
func IssuerOf(code string) Issuer {
	if issuer, known := issuersByCode[code]; known {
		return issuer
	}
	words := strings.Fields(strings.ToLower(strings.ReplaceAll(code, "_", " ")))
	for i, word := range words {
		words[i] = strings.ToUpper(word[:1]) + word[1:]
	}
	name := strings.Join(words, " ")
	return Issuer{Name: name, Korean: name}
}

// issuersByCode names the card companies of Antom's list of brands, as they name
// themselves.
var issuersByCode = map[string]Issuer{
	"BC":          {"BC Card", "BC카드"},
	"CITI":        {"Citi Card", "씨티카드"},
	"GWANGJUBANK": {"Gwangju Bank", "광주은행"},
	"HYUNDAI":     {"Hyundai Card", "현대카드"},
	"IBK_BC":      {"IBK (BC)", "IBK기업은행 (BC)"},
	"JEJUBANK":    {"Jeju Bank", "제주은행"},
	"JEONBUKBANK": {"Jeonbuk Bank", "전북은행"},
	"KAKAOBANK":   {"KakaoBank", "카카오뱅크"},
	"KBANK":       {"K bank", "케이뱅크"},
	"KDBBANK":     {"KDB", "KDB산업은행"},
	"KEBHANA":     {"Hana Card", "하나카드"},
	"KOOKMIN":     {"KB Kookmin Card", "KB국민카드"},
	"LOTTE":       {"Lotte Card", "롯데카드"},
	"NONGHYUP":    {"NH NongHyup Card", "NH농협카드"},
	"POST":        {"Korea Post", "우체국"},
	"SAEMAUL":     {"MG Saemaul", "MG새마을금고"},
	"SAMSUNG":     {"Samsung Card", "삼성카드"},
	"SAVINGBANK":  {"Savings banks", "저축은행"},
	"SHINHAN":     {"Shinhan Card", "신한카드"},
	"SHINHYEOP":   {"Shinhyup (credit unions)", "신협"},
	"SUHYEOP":     {"Suhyup Bank", "수협은행"},
	"TOSSBANK":    {"Toss Bank", "토스뱅크"},
	"WOORI":       {"Woori Card", "우리카드"},
}
