package methods

import (
	"cmp"
	"strings"
	"time"

	"antom-checkout/checkout"
)

// reach says in which currencies a method can pay beside its own.
type reach int

const (
	atHome     reach = iota // in none
	exchanged               // an Alipay+ wallet: in any currency, where Antom or the operator says so
	everywhere              // in any currency, offered also where neither Antom nor the operator says so
)

// method is a row of the table below, or one made from an answer of consult.
type method struct {
	checkout.Method
	place     int               // in the table; within a country the most used stands first
	countries []string          // where it is at home, then where it is also in use; an empty list means all
	currency  checkout.Currency // the one it is at home in, and of its limits
	reach     reach
	closes    time.Duration // when Antom closes an unpaid payment; 14 minutes when zero
	least     int64         // in minor units; 0: no limit known
	most      int64
	refused   int64 // an amount that Antom has refused without saying where the limit is
}

const (
	defaultClose = 14 * time.Minute
	day          = 24 * time.Hour
)

// methods is the table of all methods that the shop knows by name, country by country;
// within one, the most used stands first. Close times and limits are those of Antom's
// documents. Methods that need more data than the shop sends are in uncarried instead.
var methods = table(
	of(checkout.MethodCard, "Card", checkout.FlowCard, "", "").pays(everywhere).closing(7*day),

	// China, and where its visitors go
	of("ALIPAY_CN", "Alipay", checkout.FlowWallet, "CN HK MO SG MY TW", "CNY").pays(everywhere).from(10),
	of("ALIPAY_HK", "AlipayHK", checkout.FlowWallet, "HK MO", "HKD").pays(exchanged),
	of("JKOPAY", "JKOPAY", checkout.FlowWallet, "TW", "TWD"),

	// Singapore, Malaysia
	of("GRABPAY_SG", "GrabPay", checkout.FlowWallet, "SG", "SGD").from(1),
	of("SHOPEEPAY_SG", "ShopeePay", checkout.FlowWallet, "SG", "SGD"),
	of("PAYNOW", "PayNow", checkout.FlowScan, "SG", "SGD"),
	of("ONLINEBANKING_FPX", "FPX", checkout.FlowBank, "MY", "MYR"),
	of("TNG", "Touch 'n Go", checkout.FlowWallet, "MY SG", "MYR").pays(exchanged),
	of("GRABPAY_MY", "GrabPay", checkout.FlowWallet, "MY", "MYR").from(1),
	of("SHOPEEPAY_MY", "ShopeePay", checkout.FlowWallet, "MY", "MYR"),
	of("BOOST", "Boost", checkout.FlowWallet, "MY", "MYR"),

	// Philippines
	of("GCASH", "GCash", checkout.FlowWallet, "PH", "PHP").pays(everywhere).from(1_00),
	of("MAYA", "Maya", checkout.FlowWallet, "PH", "PHP"),
	of("GRABPAY_PH", "GrabPay", checkout.FlowWallet, "PH", "PHP").from(1_00),
	of("SHOPEEPAY_PH", "ShopeePay", checkout.FlowWallet, "PH", "PHP"),
	of("BPI", "BPI", checkout.FlowBank, "PH", "PHP"),
	of("ONLINEBANKING_UBP", "UnionBank", checkout.FlowBank, "PH", "PHP"),
	of("BILLEASE", "BillEase", checkout.FlowLater, "PH", "PHP").from(50_00).upTo(50_000_00),

	// Thailand
	of("PROMPTPAY", "PromptPay", checkout.FlowScan, "TH", "THB").from(1),
	of("TRUEMONEY", "TrueMoney", checkout.FlowWallet, "TH", "THB").pays(exchanged).from(1_00).upTo(30_000_00),
	of("RABBIT_LINE_PAY", "LINE Pay", checkout.FlowWallet, "TH", "THB").from(1).upTo(50_000_00),
	of("SHOPEEPAY_TH", "ShopeePay", checkout.FlowWallet, "TH", "THB"),
	of("KPLUS", "K PLUS", checkout.FlowApp, "TH", "THB").from(1_00).upTo(2_000_000_00),
	of("BANKAPP_SIAMCOMMERCIALBANK", "SCB EASY", checkout.FlowApp, "TH", "THB"),
	of("BANKAPP_BANGKOKBANK", "Bualuang mBanking", checkout.FlowApp, "TH", "THB"),
	of("BANKAPP_KRUNGTHAIBANK", "Krungthai NEXT", checkout.FlowApp, "TH", "THB"),
	of("BANKAPP_BANKOFAYUDHYA", "KMA", checkout.FlowApp, "TH", "THB"),
	of("ONLINEBANKING_KASIKORNBANK", "KBank", checkout.FlowBank, "TH", "THB"),
	of("ONLINEBANKING_SIAMCOMMERCIALBANK", "SCB", checkout.FlowBank, "TH", "THB"),
	of("ONLINEBANKING_BANGKOKBANK", "Bangkok Bank", checkout.FlowBank, "TH", "THB"),
	of("ONLINEBANKING_KRUNGTHAIBANK", "Krungthai", checkout.FlowBank, "TH", "THB"),
	of("ONLINEBANKING_BANKOFAYUDHYA", "Krungsri", checkout.FlowBank, "TH", "THB"),
	of("BANKTRANSFER_KASIKORNBANK", "KBank", checkout.FlowTransfer, "TH", "THB").closing(2*day),
	of("BANKTRANSFER_SIAMCOMMERCIALBANK", "SCB", checkout.FlowTransfer, "TH", "THB").closing(2*day),
	of("BANKTRANSFER_BANGKOKBANK", "Bangkok Bank", checkout.FlowTransfer, "TH", "THB").closing(2*day),
	of("BANKTRANSFER_KRUNGTHAIBANK", "Krungthai", checkout.FlowTransfer, "TH", "THB").closing(2*day),
	of("BANKTRANSFER_BANKOFAYUDHYA", "Krungsri", checkout.FlowTransfer, "TH", "THB").closing(2*day),
	of("BANKTRANSFER_GOVERNMENTSAVINGSBANK", "GSB", checkout.FlowTransfer, "TH", "THB").closing(2*day),

	// Indonesia
	of("QRIS", "QRIS", checkout.FlowScan, "ID", "IDR").upTo(10_000_000_00),
	of("GOPAY_ID", "GoPay", checkout.FlowWallet, "ID", "IDR").upTo(20_000_000_00),
	of("OVO", "OVO", checkout.FlowWallet, "ID", "IDR").upTo(20_000_000_00),
	of("DANA", "DANA", checkout.FlowWallet, "ID", "IDR").pays(exchanged),
	of("SHOPEEPAY_ID", "ShopeePay", checkout.FlowWallet, "ID", "IDR"),
	of("LINKAJA", "LinkAja", checkout.FlowWallet, "ID", "IDR").closing(5*time.Minute),
	of("DOKU", "DOKU", checkout.FlowWallet, "ID", "IDR"),
	of("BANKTRANSFER_BNI", "BNI", checkout.FlowTransfer, "ID", "IDR").closing(2*day),
	of("BANKTRANSFER_PERMATA", "Permata", checkout.FlowTransfer, "ID", "IDR").closing(2*day),
	of("BANKTRANSFER_MAYBANK", "Maybank", checkout.FlowTransfer, "ID", "IDR").closing(2*day),
	of("BANKTRANSFER_BSI", "BSI", checkout.FlowTransfer, "ID", "IDR").closing(2*day),
	of("CIMBNIAGA", "CIMB Niaga", checkout.FlowTransfer, "ID", "IDR").closing(2*day),
	of("ATMTRANSFER_ID", "ATM", checkout.FlowTransfer, "ID", "IDR").closing(2*day),
	of("KREDIVO_ID", "Kredivo", checkout.FlowLater, "ID", "IDR").from(1_00).upTo(30_000_000_00),
	of("AKULAKU_PAYLATER", "Akulaku", checkout.FlowLater, "ID", "IDR").from(300_00).upTo(25_000_000_00),

	// Vietnam, South Korea, Japan
	of("MOMO", "MoMo", checkout.FlowWallet, "VN", "VND"),
	of("ZALOPAY", "ZaloPay", checkout.FlowWallet, "VN", "VND").from(1_000).upTo(10_000_000),
	of("KAKAOPAY", "Kakao Pay", checkout.FlowWallet, "KR", "KRW").pays(exchanged),
	of("NAVERPAY", "Naver Pay", checkout.FlowWallet, "KR", "KRW"),
	of("TOSSPAY", "Toss Pay", checkout.FlowWallet, "KR", "KRW"),
	of("BANKTRANSFER_QUICKPAY", "QuickPay", checkout.FlowBank, "KR", "KRW"),
	of("PAYPAY", "PayPay", checkout.FlowWallet, "JP", "JPY").from(1),
	of("KONBINI", "Konbini", checkout.FlowCounter, "JP", "JPY").closing(7*day).from(1).upTo(300_000),
	of("SEVENELEVEN", "7-Eleven", checkout.FlowCounter, "JP", "JPY").closing(7*day).from(1).upTo(300_000),
	of("ONLINEBANKING_PAYEASY", "Pay-easy", checkout.FlowTransfer, "JP", "JPY").closing(7*day),

	// Bangladesh, Pakistan
	of("BKASH", "bKash", checkout.FlowWallet, "BD", "BDT"),
	of("EASYPAISA", "Easypaisa", checkout.FlowWallet, "PK", "PKR"),

	// Europe
	of("IDEAL", "iDEAL", checkout.FlowBank, "NL", "EUR"),
	of("BANCONTACT", "Bancontact", checkout.FlowBank, "BE LU", "EUR"),
	of("EPS", "EPS", checkout.FlowBank, "AT", "EUR"),
	of("BANCOMATPAY", "BANCOMAT Pay", checkout.FlowWallet, "IT", "EUR").closing(time.Hour),
	of("BLIK", "BLIK", checkout.FlowBank, "PL", "PLN"),
	of("P24", "Przelewy24", checkout.FlowBank, "PL", "PLN"),

	// Latin America
	of("PIX", "Pix", checkout.FlowScan, "BR", "BRL"),
	of("MERCADOPAGO_BR", "Mercado Pago", checkout.FlowWallet, "BR", "BRL").closing(7*day),
	of("PAGALEVE", "Pagaleve", checkout.FlowLater, "BR", "BRL").from(40_00),
	of("MERCADOPAGO_MX", "Mercado Pago", checkout.FlowWallet, "MX", "MXN").closing(7*day),
	of("MERCADOPAGO_CL", "Mercado Pago", checkout.FlowWallet, "CL", "CLP").closing(7*day),
	of("MERCADOPAGO_PE", "Mercado Pago", checkout.FlowWallet, "PE", "PEN").closing(7*day),
)

// uncarried are methods that consult may name and the shop does not offer. The buttons
// of Apple and Google need a merchant registration of their own, India's methods an
// uploaded invoice, STC Pay the country of the phone. CONNECT_WALLET is a page of
// wallets that are offered by name.
var uncarried = set("APPLEPAY GOOGLEPAY GOOGLAPAY UPI ONLINEBANKING_NETBANKING STCPAY CONNECT_WALLET")

func of(code, name string, flow checkout.Flow, countries string, currency checkout.Currency) method {
	return method{
		Method:    checkout.Method{Code: code, Name: name, Flow: flow},
		countries: strings.Fields(countries), currency: currency,
	}
}

func (m method) pays(where reach) method            { m.reach = where; return m }
func (m method) closing(after time.Duration) method { m.closes = after; return m }
func (m method) from(least int64) method            { m.least = least; return m }
func (m method) upTo(most int64) method             { m.most = most; return m }
func table(rows ...method) (all []method) {
	for i, m := range rows {
		m.place = i
		all = append(all, m)
	}
	return all
}

var methodsByCode = func() map[string]method {
	by := map[string]method{}
	for _, m := range methods {
		by[m.Code] = m
	}
	return by
}()

func methodByCode(code string) (method, bool) {
	m, known := methodsByCode[code]
	return m, known
}

// closeTime is how long Antom keeps an unpaid payment of this method open.
func (m method) closeTime() time.Duration {
	return cmp.Or(m.closes, defaultClose)
}

// readable is the name of a method that has a code only.
func readable(code string) string { return strings.ReplaceAll(code, "_", " ") }

func set(words string) map[string]bool {
	members := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		members[word] = true
	}
	return members
}
