package checkout

// KoreanName is what a Korean card company calls itself, by Antom's code of its brand;
// "" for a code that is not known here.
func KoreanName(code string) string { return koreanNames[code] }

var koreanNames = map[string]string{
	"BC": "BC카드", "CITI": "씨티카드", "GWANGJUBANK": "광주은행", "HYUNDAI": "현대카드", "IBK_BC": "IBK기업은행", "JEJUBANK": "제주은행",
	"JEONBUKBANK": "전북은행", "KAKAOBANK": "카카오뱅크", "KBANK": "케이뱅크", "KDBBANK": "KDB산업은행", "KEBHANA": "하나카드",
	"KOOKMIN": "KB국민카드", "LOTTE": "롯데카드", "NONGHYUP": "NH농협카드", "POST": "우체국", "SAEMAUL": "새마을금고", "SAMSUNG": "삼성카드",
	"SAVINGBANK": "저축은행", "SHINHAN": "신한카드", "SHINHYEOP": "신협", "SUHYEOP": "수협은행", "TOSSBANK": "토스뱅크", "WOORI": "우리카드",
}
