package checkout

import (
	"cmp"
	"strings"
	"time"
)

// Category groups methods by what the buyer pays with.
type Category string

// The categories of methods.
const (
	CategoryCard     Category = "card"
	CategoryWallet   Category = "wallet"
	CategoryBank     Category = "bank"
	CategoryQR       Category = "qr"
	CategoryVoucher  Category = "voucher" // a number, to be paid at a counter or by a transfer
	CategoryPayLater Category = "paylater"
)

// Flow is what the buyer will do to pay: what the page foretells.
type Flow string

// The flows of methods.
const (
	FlowCard     Flow = "card"     // enters a card
	FlowWallet   Flow = "wallet"   // goes on in the wallet
	FlowBank     Flow = "bank"     // goes on at the bank's pages
	FlowApp      Flow = "app"      // confirms in the bank's app
	FlowScan     Flow = "qr"       // scans a code of ours
	FlowCounter  Flow = "counter"  // pays a number at a shop's counter
	FlowTransfer Flow = "transfer" // transfers to a number
	FlowLater    Flow = "paylater" // goes on to an agreement to pay later
)

// Category is the group that methods of the flow belong to.
func (f Flow) Category() Category {
	switch f {
	case FlowCard:
		return CategoryCard
	case FlowBank, FlowApp:
		return CategoryBank
	case FlowScan:
		return CategoryQR
	case FlowCounter, FlowTransfer:
		return CategoryVoucher
	case FlowLater:
		return CategoryPayLater
	}
	return CategoryWallet
}

// MethodCard is Antom's code for all cards.
const MethodCard = "CARD"

// Method is a way to pay, named by Antom's code.
type Method struct {
	Code string
	Name string // a brand; what is a word and no brand is translated by the pages
	Flow Flow
	Time time.Duration // to pay, for somebody who starts now; see Service.Methods
}

// reach is where a method pays beside its own currency.
type reach int

const (
	atHome     reach = iota // nowhere
	exchanged               // an Alipay+ wallet: in any currency, where Antom or the operator says so
	everywhere              // in any currency, offered also on nobody's word
)

// method is a row of the table below, or what consult says in its place.
type method struct {
	Method
	place     int      // in the table; what is more used in its country stands first
	countries []string // where it is at home, then where it is in use too; none: in all
	currency  Currency // the one it is at home in, and of its limits
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

// methods is every method we know by name, country by country; within one, what
// its people use most comes first. Close times and limits are those of Antom's
// documents. What needs more than we send is not here; see uncarried.
var methods = table(
	of(MethodCard, "Card", FlowCard, "", "").pays(everywhere).closing(7*day),

	// China, and where its visitors go
	of("ALIPAY_CN", "Alipay", FlowWallet, "CN HK MO SG MY TW", "CNY").pays(everywhere).from(10),
	of("ALIPAY_HK", "AlipayHK", FlowWallet, "HK MO", "HKD").pays(exchanged),
	of("JKOPAY", "JKOPAY", FlowWallet, "TW", "TWD"),

	// Singapore, Malaysia
	of("GRABPAY_SG", "GrabPay", FlowWallet, "SG", "SGD").from(1),
	of("SHOPEEPAY_SG", "ShopeePay", FlowWallet, "SG", "SGD"),
	of("PAYNOW", "PayNow", FlowScan, "SG", "SGD"),
	of("ONLINEBANKING_FPX", "FPX", FlowBank, "MY", "MYR"),
	of("TNG", "Touch 'n Go", FlowWallet, "MY SG", "MYR").pays(exchanged),
	of("GRABPAY_MY", "GrabPay", FlowWallet, "MY", "MYR").from(1),
	of("SHOPEEPAY_MY", "ShopeePay", FlowWallet, "MY", "MYR"),
	of("BOOST", "Boost", FlowWallet, "MY", "MYR"),

	// Philippines
	of("GCASH", "GCash", FlowWallet, "PH", "PHP").pays(everywhere).from(1_00),
	of("MAYA", "Maya", FlowWallet, "PH", "PHP"),
	of("GRABPAY_PH", "GrabPay", FlowWallet, "PH", "PHP").from(1_00),
	of("SHOPEEPAY_PH", "ShopeePay", FlowWallet, "PH", "PHP"),
	of("BPI", "BPI", FlowBank, "PH", "PHP"),
	of("ONLINEBANKING_UBP", "UnionBank", FlowBank, "PH", "PHP"),
	of("BILLEASE", "BillEase", FlowLater, "PH", "PHP").from(50_00).upTo(50_000_00),

	// Thailand
	of("PROMPTPAY", "PromptPay", FlowScan, "TH", "THB").from(1),
	of("TRUEMONEY", "TrueMoney", FlowWallet, "TH", "THB").pays(exchanged).from(1_00).upTo(30_000_00),
	of("RABBIT_LINE_PAY", "LINE Pay", FlowWallet, "TH", "THB").from(1).upTo(50_000_00),
	of("SHOPEEPAY_TH", "ShopeePay", FlowWallet, "TH", "THB"),
	of("KPLUS", "K PLUS", FlowApp, "TH", "THB").from(1_00).upTo(2_000_000_00),
	of("BANKAPP_SIAMCOMMERCIALBANK", "SCB EASY", FlowApp, "TH", "THB"),
	of("BANKAPP_BANGKOKBANK", "Bualuang mBanking", FlowApp, "TH", "THB"),
	of("BANKAPP_KRUNGTHAIBANK", "Krungthai NEXT", FlowApp, "TH", "THB"),
	of("BANKAPP_BANKOFAYUDHYA", "KMA", FlowApp, "TH", "THB"),
	of("ONLINEBANKING_KASIKORNBANK", "KBank", FlowBank, "TH", "THB"),
	of("ONLINEBANKING_SIAMCOMMERCIALBANK", "SCB", FlowBank, "TH", "THB"),
	of("ONLINEBANKING_BANGKOKBANK", "Bangkok Bank", FlowBank, "TH", "THB"),
	of("ONLINEBANKING_KRUNGTHAIBANK", "Krungthai", FlowBank, "TH", "THB"),
	of("ONLINEBANKING_BANKOFAYUDHYA", "Krungsri", FlowBank, "TH", "THB"),
	of("BANKTRANSFER_KASIKORNBANK", "KBank", FlowTransfer, "TH", "THB").closing(2*day),
	of("BANKTRANSFER_SIAMCOMMERCIALBANK", "SCB", FlowTransfer, "TH", "THB").closing(2*day),
	of("BANKTRANSFER_BANGKOKBANK", "Bangkok Bank", FlowTransfer, "TH", "THB").closing(2*day),
	of("BANKTRANSFER_KRUNGTHAIBANK", "Krungthai", FlowTransfer, "TH", "THB").closing(2*day),
	of("BANKTRANSFER_BANKOFAYUDHYA", "Krungsri", FlowTransfer, "TH", "THB").closing(2*day),
	of("BANKTRANSFER_GOVERNMENTSAVINGSBANK", "GSB", FlowTransfer, "TH", "THB").closing(2*day),

	// Indonesia
	of("QRIS", "QRIS", FlowScan, "ID", "IDR").upTo(10_000_000_00),
	of("GOPAY_ID", "GoPay", FlowWallet, "ID", "IDR").upTo(20_000_000_00),
	of("OVO", "OVO", FlowWallet, "ID", "IDR").upTo(20_000_000_00),
	of("DANA", "DANA", FlowWallet, "ID", "IDR").pays(exchanged),
	of("SHOPEEPAY_ID", "ShopeePay", FlowWallet, "ID", "IDR"),
	of("LINKAJA", "LinkAja", FlowWallet, "ID", "IDR").closing(5*time.Minute),
	of("DOKU", "DOKU", FlowWallet, "ID", "IDR"),
	of("BANKTRANSFER_BNI", "BNI", FlowTransfer, "ID", "IDR").closing(2*day),
	of("BANKTRANSFER_PERMATA", "Permata", FlowTransfer, "ID", "IDR").closing(2*day),
	of("BANKTRANSFER_MAYBANK", "Maybank", FlowTransfer, "ID", "IDR").closing(2*day),
	of("BANKTRANSFER_BSI", "BSI", FlowTransfer, "ID", "IDR").closing(2*day),
	of("CIMBNIAGA", "CIMB Niaga", FlowTransfer, "ID", "IDR").closing(2*day),
	of("ATMTRANSFER_ID", "ATM", FlowTransfer, "ID", "IDR").closing(2*day),
	of("KREDIVO_ID", "Kredivo", FlowLater, "ID", "IDR").from(1_00).upTo(30_000_000_00),
	of("AKULAKU_PAYLATER", "Akulaku", FlowLater, "ID", "IDR").from(300_00).upTo(25_000_000_00),

	// Vietnam, South Korea, Japan
	of("MOMO", "MoMo", FlowWallet, "VN", "VND"),
	of("ZALOPAY", "ZaloPay", FlowWallet, "VN", "VND").from(1_000).upTo(10_000_000),
	of("KAKAOPAY", "Kakao Pay", FlowWallet, "KR", "KRW").pays(exchanged),
	of("NAVERPAY", "Naver Pay", FlowWallet, "KR", "KRW"),
	of("TOSSPAY", "Toss Pay", FlowWallet, "KR", "KRW"),
	of("BANKTRANSFER_QUICKPAY", "QuickPay", FlowBank, "KR", "KRW"),
	of("PAYPAY", "PayPay", FlowWallet, "JP", "JPY").from(1),
	of("KONBINI", "Konbini", FlowCounter, "JP", "JPY").closing(7*day).from(1).upTo(300_000),
	of("SEVENELEVEN", "7-Eleven", FlowCounter, "JP", "JPY").closing(7*day).from(1).upTo(300_000),
	of("ONLINEBANKING_PAYEASY", "Pay-easy", FlowTransfer, "JP", "JPY").closing(7*day),

	// Bangladesh, Pakistan
	of("BKASH", "bKash", FlowWallet, "BD", "BDT"),
	of("EASYPAISA", "Easypaisa", FlowWallet, "PK", "PKR"),

	// Europe
	of("IDEAL", "iDEAL", FlowBank, "NL", "EUR"),
	of("BANCONTACT", "Bancontact", FlowBank, "BE LU", "EUR"),
	of("EPS", "EPS", FlowBank, "AT", "EUR"),
	of("BANCOMATPAY", "BANCOMAT Pay", FlowWallet, "IT", "EUR").closing(time.Hour),
	of("BLIK", "BLIK", FlowBank, "PL", "PLN"),
	of("P24", "Przelewy24", FlowBank, "PL", "PLN"),

	// Latin America
	of("PIX", "Pix", FlowScan, "BR", "BRL"),
	of("MERCADOPAGO_BR", "Mercado Pago", FlowWallet, "BR", "BRL").closing(7*day),
	of("PAGALEVE", "Pagaleve", FlowLater, "BR", "BRL").from(40_00),
	of("MERCADOPAGO_MX", "Mercado Pago", FlowWallet, "MX", "MXN").closing(7*day),
	of("MERCADOPAGO_CL", "Mercado Pago", FlowWallet, "CL", "CLP").closing(7*day),
	of("MERCADOPAGO_PE", "Mercado Pago", FlowWallet, "PE", "PEN").closing(7*day),
)

// uncarried are methods that consult may name and we do not offer: the buttons of
// Apple and Google need their own merchant registration, those of India an
// uploaded invoice, STC Pay the country of the phone; and CONNECT_WALLET is a
// cashier of wallets that are offered by name.
var uncarried = set("APPLEPAY GOOGLEPAY GOOGLAPAY UPI ONLINEBANKING_NETBANKING STCPAY CONNECT_WALLET")

func of(code, name string, flow Flow, countries string, currency Currency) method {
	return method{
		Method:    Method{Code: code, Name: name, Flow: flow},
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

// Method is what we know of a method by its code, whether or not it is offered:
// orders keep the codes of their attempts for good.
func (s *Service) Method(code string) Method { return s.method(code).Method }

func (s *Service) method(code string) method {
	if m, known := methodByCode(code); known {
		return m
	}
	if m, named := s.offers.named(code); named {
		return m
	}
	return method{Method: Method{Code: code, Name: readable(code), Flow: FlowWallet}, place: len(methods)}
}

// readable makes the best of a code that nobody has given a name.
func readable(code string) string { return strings.ReplaceAll(code, "_", " ") }
