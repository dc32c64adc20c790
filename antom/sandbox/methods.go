package sandbox

import (
	"slices"
	"strings"
	"time"

	"antom-checkout/antom"
)

// page is what the buyer sees of a method.
type page string

const (
	walletPage  page = "wallet"
	bankPage    page = "bank"
	counterPage page = "counter" // a QR code or voucher, paid in another app or at a till
	cardPage    page = "card"
)

// cancelRule says until when a payment may be cancelled.
type cancelRule int

const (
	cancelNextDay    cancelRule = iota // until 00:15 (UTC+8) of the day after
	cancelUntilPaid                    // only before it is paid
	cancelNever                        // not at all
	cancelSevenDays                    // 7 days after it was paid
	cancelUncaptured                   // 7 days, and never after the capture
)

// method is a payment method with its rules. What Antom's documents leave open is
// filled with the rule of its group.
type method struct {
	Code       string
	Name       string
	Category   string // as consult says it
	Page       page
	Region     string
	Currencies []string      // empty = any
	CloseAfter time.Duration // 14 minutes when 0
	FixedClose bool          // paymentExpiryTime is ignored
	RefundDays int           // 365 when 0, none when negative
	NoPartial  bool          // refunds in full only
	AtOnce     bool          // refunds are synchronous
	Cancel     cancelRule
	Minimum    int64 // in Currencies[0], 0 = none
	Maximum    int64
	Pends      bool // confirms days after the buyer acted
	Number     bool // the code is a number, to be given at a counter or transferred to, and not scanned
}

const (
	day       = 24 * time.Hour
	noRefunds = -1
)

// alipayPlus are the currencies of wallets that are paid in the shop's currency,
// because Alipay+ exchanges it: any.
var alipayPlus = []string(nil)

// methods is the table of all rules: one row per payment method.
var methods = []method{
	{Code: "CARD", Name: "Cards", Category: "CARD", Page: cardPage, Region: "GLOBAL", CloseAfter: 7 * day, Cancel: cancelUncaptured},
	{Code: "APPLEPAY", Name: "Apple Pay", Category: "CARD", Page: walletPage, Region: "GLOBAL", Cancel: cancelUncaptured},
	{Code: "GOOGLEPAY", Name: "Google Pay", Category: "CARD", Page: walletPage, Region: "GLOBAL", Cancel: cancelUncaptured},

	wallet("ALIPAY_CN", "Alipay", "CN", alipayPlus...).atLeast(10),
	wallet("ALIPAY_HK", "AlipayHK", "HK", alipayPlus...),
	wallet("GCASH", "GCash", "PH", alipayPlus...),
	wallet("MAYA", "Maya", "PH", "PHP"),
	wallet("GRABPAY_SG", "GrabPay", "SG", "SGD").atLeast(1),
	wallet("GRABPAY_MY", "GrabPay", "MY", "MYR").atLeast(1),
	wallet("GRABPAY_PH", "GrabPay", "PH", "PHP").atLeast(100),
	wallet("SHOPEEPAY_SG", "ShopeePay", "SG", "SGD"),
	wallet("SHOPEEPAY_MY", "ShopeePay", "MY", "MYR"),
	wallet("SHOPEEPAY_PH", "ShopeePay", "PH", "PHP"),
	wallet("SHOPEEPAY_TH", "ShopeePay", "TH", "THB"),
	wallet("SHOPEEPAY_ID", "ShopeePay", "ID", "IDR").cancel(cancelNever),
	wallet("TNG", "Touch 'n Go", "MY", alipayPlus...),
	wallet("BOOST", "Boost", "MY", "MYR"),
	wallet("TRUEMONEY", "TrueMoney", "TH", alipayPlus...),
	wallet("RABBIT_LINE_PAY", "Rabbit LINE Pay", "TH", "THB").between(1, 50_000_00),
	wallet("KPLUS", "K PLUS", "TH", "THB").between(100, 2_000_000_00),
	wallet("DANA", "DANA", "ID", alipayPlus...).cancel(cancelNever),
	wallet("OVO", "OVO", "ID", "IDR").cancel(cancelNever).refunds(noRefunds).between(0, 20_000_000_00),
	wallet("GOPAY_ID", "GoPay", "ID", "IDR").cancel(cancelNever).refunds(noRefunds).between(0, 20_000_000_00),
	wallet("LINKAJA", "LinkAja", "ID", "IDR").cancel(cancelNever).refunds(noRefunds).closes(5 * time.Minute),
	wallet("ZALOPAY", "ZaloPay", "VN", "VND").refunds(180).between(1_000, 10_000_000),
	wallet("MOMO", "MoMo", "VN", "VND"),
	wallet("KAKAOPAY", "Kakao Pay", "KR", alipayPlus...),
	wallet("NAVERPAY", "Naver Pay", "KR", "KRW"),
	wallet("TOSSPAY", "Toss Pay", "KR", "KRW"),
	wallet("PAYPAY", "PayPay", "JP", "JPY").fullRefundsOnly().atLeast(1),
	wallet("JKOPAY", "JKOPay", "TW", "TWD").cancel(cancelNever),
	wallet("DOKU", "DOKU", "ID", "IDR").cancel(cancelNever),
	wallet("BKASH", "bKash", "BD", "BDT"),
	wallet("EASYPAISA", "Easypaisa", "PK", "PKR"),
	wallet("MERCADOPAGO_BR", "Mercado Pago", "BR", "BRL").cancel(cancelSevenDays).closes(7 * day),
	wallet("MERCADOPAGO_CL", "Mercado Pago", "CL", "CLP").cancel(cancelSevenDays).closes(7 * day),
	wallet("MERCADOPAGO_MX", "Mercado Pago", "MX", "MXN").cancel(cancelSevenDays).closes(7 * day),
	wallet("MERCADOPAGO_PE", "Mercado Pago", "PE", "PEN").cancel(cancelSevenDays).closes(7 * day),
	wallet("BANCOMATPAY", "BANCOMAT Pay", "IT", "EUR").closes(time.Hour),
	wallet("CONNECT_WALLET", "Alipay+ wallets", "GLOBAL", alipayPlus...),

	counter("PAYNOW", "PayNow", "SG", "SGD"),
	counter("PROMPTPAY", "PromptPay", "TH", "THB").refunds(noRefunds).atLeast(1),
	counter("QRIS", "QRIS", "ID", "IDR").refunds(90).cancel(cancelNever).between(0, 10_000_000_00).ignoresExpiry(),
	counter("PIX", "Pix", "BR", "BRL"),
	voucher("OTC", "KONBINI", "Konbini", "JP", "JPY").refunds(noRefunds).closes(7*day).between(1, 300_000),
	voucher("OTC", "SEVENELEVEN", "7-Eleven", "JP", "JPY").refunds(noRefunds).closes(7*day).between(1, 300_000),
	voucher("BANK_TRANSFER", "ONLINEBANKING_PAYEASY", "Pay-easy", "JP", "JPY").closes(7 * day),
	voucher("BANK_TRANSFER", "BANKTRANSFER_BANGKOKBANK", "Bangkok Bank transfer", "TH", "THB").closes(48 * time.Hour).cancel(cancelUntilPaid),
	voucher("BANK_TRANSFER", "BANKTRANSFER_SIAMCOMMERCIALBANK", "SCB transfer", "TH", "THB").closes(48 * time.Hour).cancel(cancelUntilPaid),
	voucher("BANK_TRANSFER", "BANKTRANSFER_BANKOFAYUDHYA", "Krungsri transfer", "TH", "THB").closes(48 * time.Hour).cancel(cancelUntilPaid),
	voucher("BANK_TRANSFER", "BANKTRANSFER_KRUNGTHAIBANK", "Krungthai transfer", "TH", "THB").closes(48 * time.Hour).cancel(cancelUntilPaid),
	voucher("BANK_TRANSFER", "BANKTRANSFER_KASIKORNBANK", "KBank transfer", "TH", "THB").closes(48 * time.Hour).cancel(cancelUntilPaid),
	voucher("BANK_TRANSFER", "BANKTRANSFER_GOVERNMENTSAVINGSBANK", "GSB transfer", "TH", "THB").closes(48 * time.Hour).cancel(cancelUntilPaid),
	voucher("VA", "BANKTRANSFER_MAYBANK", "Maybank transfer", "ID", "IDR").closes(48 * time.Hour).cancel(cancelNever),
	voucher("VA", "BANKTRANSFER_BNI", "BNI transfer", "ID", "IDR").closes(48 * time.Hour).cancel(cancelNever),
	voucher("VA", "BANKTRANSFER_PERMATA", "Permata transfer", "ID", "IDR").closes(48 * time.Hour).cancel(cancelNever),
	voucher("VA", "BANKTRANSFER_BSI", "BSI transfer", "ID", "IDR").closes(48 * time.Hour).cancel(cancelNever),
	voucher("VA", "CIMBNIAGA", "CIMB Niaga", "ID", "IDR").closes(48 * time.Hour).cancel(cancelNever),
	voucher("VA", "ATMTRANSFER_ID", "ATM transfer", "ID", "IDR").closes(48 * time.Hour).cancel(cancelNever),

	bank("IDEAL", "iDEAL", "NL", "EUR"),
	bank("BANCONTACT", "Bancontact", "BE", "EUR"),
	bank("EPS", "EPS", "AT", "EUR"),
	bank("SOFORT", "Sofort", "DE", "EUR").confirmsLater(),
	bank("P24", "Przelewy24", "PL", "PLN"),
	bank("BLIK", "BLIK", "PL", "PLN"),
	bank("PAYU", "PayU", "PL", "PLN", "CZK"),
	bank("ONLINEBANKING_YAPILY", "Pay by Bank", "GB", "GBP", "EUR").closes(7 * day),
	bank("ONLINEBANKING_FPX", "FPX", "MY", "MYR"),
	bank("BPI", "BPI", "PH", "PHP"),
	bank("ONLINEBANKING_UBP", "UnionBank", "PH", "PHP"),
	bank("ONLINEBANKING_BANGKOKBANK", "Bangkok Bank", "TH", "THB").cancel(cancelUntilPaid),
	bank("ONLINEBANKING_SIAMCOMMERCIALBANK", "SCB", "TH", "THB").cancel(cancelUntilPaid),
	bank("ONLINEBANKING_BANKOFAYUDHYA", "Krungsri", "TH", "THB").cancel(cancelUntilPaid),
	bank("ONLINEBANKING_KRUNGTHAIBANK", "Krungthai", "TH", "THB").cancel(cancelUntilPaid),
	bank("ONLINEBANKING_KASIKORNBANK", "KBank", "TH", "THB").cancel(cancelUntilPaid),
	bank("BANKAPP_BANGKOKBANK", "Bualuang app", "TH", "THB").inApp().cancel(cancelUntilPaid),
	bank("BANKAPP_SIAMCOMMERCIALBANK", "SCB app", "TH", "THB").inApp().cancel(cancelUntilPaid),
	bank("BANKAPP_BANKOFAYUDHYA", "KMA app", "TH", "THB").inApp().cancel(cancelUntilPaid),
	bank("BANKAPP_KRUNGTHAIBANK", "Krungthai NEXT", "TH", "THB").inApp().cancel(cancelUntilPaid),
	bank("BANKTRANSFER_QUICKPAY", "Express bank transfer", "KR", "KRW"),
	bank("UPI", "UPI", "IN", "INR"),
	bank("ONLINEBANKING_NETBANKING", "Net banking", "IN", "INR"),

	wallet("BILLEASE", "BillEase", "PH", "PHP").between(50_00, 50_000_00),
	wallet("KREDIVO_ID", "Kredivo", "ID", "IDR").cancel(cancelNever).between(100, 30_000_000_00),
	wallet("AKULAKU_PAYLATER", "Akulaku", "ID", "IDR").cancel(cancelNever).between(300_00, 25_000_000_00),
	wallet("PAGALEVE", "Pagaleve", "BR", "BRL").refunds(90).atLeast(40_00),
}

func wallet(code, name, region string, currencies ...string) method {
	return method{Code: code, Name: name, Category: "WALLET", Page: walletPage, Region: region, Currencies: currencies, AtOnce: true}
}

func counter(code, name, region string, currencies ...string) method {
	return method{Code: code, Name: name, Category: "BANK_TRANSFER", Page: counterPage, Region: region, Currencies: currencies}
}

// voucher is paid with a number: at a counter, or by a transfer.
func voucher(category, code, name, region string, currencies ...string) method {
	return method{Code: code, Name: name, Category: category, Page: counterPage, Region: region, Currencies: currencies, Number: true}
}

func bank(code, name, region string, currencies ...string) method {
	return method{Code: code, Name: name, Category: "ONLINE_BANKING", Page: bankPage, Region: region, Currencies: currencies}
}

func (m method) cancel(rule cancelRule) method     { m.Cancel = rule; return m }
func (m method) closes(after time.Duration) method { m.CloseAfter = after; return m }
func (m method) refunds(days int) method           { m.RefundDays = days; return m }
func (m method) fullRefundsOnly() method           { m.NoPartial = true; return m }
func (m method) atLeast(minor int64) method        { m.Minimum = minor; return m }
func (m method) between(least, most int64) method  { m.Minimum, m.Maximum = least, most; return m }
func (m method) ignoresExpiry() method             { m.FixedClose = true; return m }
func (m method) inApp() method                     { m.Category = "MOBILE_BANKING_APP"; return m }
func (m method) confirmsLater() method             { m.Pends = true; return m }
func (m method) isCard() bool                      { return m.Code == "CARD" }
func (m method) takes(currency string) bool {
	return len(m.Currencies) == 0 || slices.Contains(m.Currencies, currency)
}

// limitsIn is the currency of the method's limits, "" where it has none.
func (m method) limitsIn() string {
	if len(m.Currencies) == 0 || m.Minimum == 0 && m.Maximum == 0 {
		return ""
	}
	return m.Currencies[0]
}

func methodOf(code string) (method, bool) {
	i := slices.IndexFunc(methods, func(m method) bool { return m.Code == code })
	if i < 0 {
		return method{}, false
	}
	return methods[i], true
}

// sessionCategory is the paymentMethodCategoryType, by which an SDK picks its app.
func (m method) sessionCategory() string {
	switch {
	case m.isCard():
		return "CARD"
	case m.Page == bankPage && strings.HasPrefix(m.Code, "ONLINEBANKING_"):
		return "BANK"
	}
	return "APM"
}

// allows refuses an amount or currency that the method cannot take.
func (m method) allows(money Money) *Refusal {
	switch {
	case !m.takes(money.Currency):
		return refuse("CURRENCY_NOT_SUPPORT", "%s does not take %s", m.Code, money.Currency)
	case money.Currency != m.limitsIn():
		return nil // the limits are known in the method's own currency only
	case money.Amount < m.Minimum:
		return refuse("PAYMENT_AMOUNT_EXCEED_LIMIT", "%s takes at least %d %s", m.Code, m.Minimum, money.Currency)
	case m.Maximum > 0 && money.Amount > m.Maximum:
		return refuse("PAYMENT_AMOUNT_EXCEED_LIMIT", "%s takes at most %d %s", m.Code, m.Maximum, money.Currency)
	}
	return nil
}

// closeTime is when an unpaid payment of the method closes by itself.
func (m method) closeTime(created, wished time.Time) time.Time {
	if !wished.IsZero() && !m.FixedClose {
		return wished
	}
	return created.Add(orElse(m.CloseAfter, 14*time.Minute))
}

// cancelEnds is until when a payment that was paid may be cancelled.
func (m method) cancelEnds(paid time.Time) time.Time {
	switch m.Cancel {
	case cancelNever, cancelUntilPaid:
		return time.Time{}
	case cancelSevenDays, cancelUncaptured:
		return paid.Add(7 * day)
	}
	year, month, date := paid.In(antomZone).Date()
	return time.Date(year, month, date+1, 0, 15, 0, 0, antomZone)
}

// mayCancel refuses to cancel p at a time when the method does not allow it.
func (m method) mayCancel(p *Payment, captured, refunded bool, now time.Time) *Refusal {
	paid := p.Status == antom.PaymentSuccess
	switch {
	case m.Cancel == cancelNever:
		return refuse("PAYMENT_METHOD_NOT_SUPPORTED", "payments of %s cannot be cancelled", m.Code)
	case !paid:
		return nil
	case m.Cancel == cancelUntilPaid:
		return refuse("PAYMENT_METHOD_NOT_SUPPORTED", "a paid payment of %s cannot be cancelled", m.Code)
	case refunded:
		return refuse("PROCESS_FAIL", "a part of the payment was refunded already")
	case captured:
		return refuse("ORDER_STATUS_INVALID", "the payment was captured; refund it instead")
	case !now.Before(m.cancelEnds(p.PaidAt)):
		return refuse("CANCEL_WINDOW_EXCEED", "the cancel window ended at %s", m.cancelEnds(p.PaidAt).Format(time.RFC3339))
	}
	return nil
}
