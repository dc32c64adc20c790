package checkout

import (
	"slices"
	"time"
)

// Category groups methods by what the buyer does.
type Category string

// The categories of methods.
const (
	CategoryCard   Category = "card"
	CategoryWallet Category = "wallet"
	CategoryBank   Category = "bank"
	CategoryQR     Category = "qr"
)

// MethodCard is Antom's code for all cards.
const MethodCard = "CARD"

// Method is a way to pay, named by Antom's code.
type Method struct {
	Code     string
	Name     string
	Category Category
}

// method is a row of the table below.
type method struct {
	Method
	currency Currency      // the one it is at home in
	abroad   bool          // an Alipay+ wallet that also pays in other currencies
	closes   time.Duration // when Antom closes an unpaid payment; 14 minutes when zero
}

const defaultClose = 14 * time.Minute

// methods is the built-in list, in the order buyers see it. Close times are
// those of Antom's default-timeout page.
var methods = []method{
	{Method{MethodCard, "Card", CategoryCard}, "", true, 7 * 24 * time.Hour},
	{Method{"ALIPAY_CN", "Alipay", CategoryWallet}, "CNY", true, 0},
	{Method{"ALIPAY_HK", "AlipayHK", CategoryWallet}, "HKD", false, 0},
	{Method{"GRABPAY_SG", "GrabPay", CategoryWallet}, "SGD", false, 0},
	{Method{"GRABPAY_MY", "GrabPay", CategoryWallet}, "MYR", false, 0},
	{Method{"GRABPAY_PH", "GrabPay", CategoryWallet}, "PHP", false, 0},
	{Method{"SHOPEEPAY_SG", "ShopeePay", CategoryWallet}, "SGD", false, 0},
	{Method{"SHOPEEPAY_MY", "ShopeePay", CategoryWallet}, "MYR", false, 0},
	{Method{"SHOPEEPAY_PH", "ShopeePay", CategoryWallet}, "PHP", false, 0},
	{Method{"SHOPEEPAY_TH", "ShopeePay", CategoryWallet}, "THB", false, 0},
	{Method{"SHOPEEPAY_ID", "ShopeePay", CategoryWallet}, "IDR", false, 0},
	{Method{"GCASH", "GCash", CategoryWallet}, "PHP", true, 0},
	{Method{"MAYA", "Maya", CategoryWallet}, "PHP", false, 0},
	{Method{"TNG", "Touch 'n Go", CategoryWallet}, "MYR", false, 0},
	{Method{"BOOST", "Boost", CategoryWallet}, "MYR", false, 0},
	{Method{"TRUEMONEY", "TrueMoney", CategoryWallet}, "THB", false, 0},
	{Method{"RABBIT_LINE_PAY", "LINE Pay", CategoryWallet}, "THB", false, 0},
	{Method{"KPLUS", "K PLUS", CategoryWallet}, "THB", false, 0},
	{Method{"DANA", "DANA", CategoryWallet}, "IDR", false, 0},
	{Method{"OVO", "OVO", CategoryWallet}, "IDR", false, 0},
	{Method{"GOPAY_ID", "GoPay", CategoryWallet}, "IDR", false, 0},
	{Method{"ZALOPAY", "ZaloPay", CategoryWallet}, "VND", false, 0},
	{Method{"MOMO", "MoMo", CategoryWallet}, "VND", false, 0},
	{Method{"KAKAOPAY", "Kakao Pay", CategoryWallet}, "KRW", false, 0},
	{Method{"NAVERPAY", "Naver Pay", CategoryWallet}, "KRW", false, 0},
	{Method{"TOSSPAY", "Toss Pay", CategoryWallet}, "KRW", false, 0},
	{Method{"PAYPAY", "PayPay", CategoryWallet}, "JPY", false, 0},
	{Method{"JKOPAY", "JKOPAY", CategoryWallet}, "TWD", false, 0},
	{Method{"IDEAL", "iDEAL", CategoryBank}, "EUR", false, 0},
	{Method{"BANCONTACT", "Bancontact", CategoryBank}, "EUR", false, 0},
	{Method{"P24", "Przelewy24", CategoryBank}, "PLN", false, 0},
	{Method{"BLIK", "BLIK", CategoryBank}, "PLN", false, 0},
	{Method{"ONLINEBANKING_FPX", "FPX", CategoryBank}, "MYR", false, 0},
	{Method{"PAYNOW", "PayNow", CategoryQR}, "SGD", false, 0},
	{Method{"PROMPTPAY", "PromptPay", CategoryQR}, "THB", false, 0},
	{Method{"QRIS", "QRIS", CategoryQR}, "IDR", false, 0},
	{Method{"PIX", "Pix", CategoryQR}, "BRL", false, 0},
}

// Methods lists the ways an order may be paid: cards, what is at home in its
// currency, and the wallets that pay abroad.
func (s *Service) Methods(o Order) []Method {
	var offered []Method
	for _, m := range methods {
		if m.abroad || m.currency == o.Total.Currency {
			offered = append(offered, m.Method)
		}
	}
	return offered
}

// MethodName is what buyers call a method; the code itself for one we do not know.
func MethodName(code string) string {
	if m, known := methodByCode(code); known {
		return m.Name
	}
	return code
}

func methodByCode(code string) (method, bool) {
	i := slices.IndexFunc(methods, func(m method) bool { return m.Code == code })
	if i < 0 {
		return method{}, false
	}
	return methods[i], true
}

// closeTime is how long Antom keeps an unpaid payment of this method open.
func (m method) closeTime() time.Duration {
	if m.closes == 0 {
		return defaultClose
	}
	return m.closes
}
