package views

import (
	"context"
	"strings"

	"antom-checkout/static"

	"github.com/a-h/templ"
)

// A sample is a page in one state, as the handlers would fill it.
type sample struct {
	name string
	page templ.Component
}

func amount(text, minor string) Amount { return Amount{Text: text, Minor: minor, Currency: "SGD"} }

func sampleFrame() Frame {
	return Frame{
		ShopName: "Kiln & Thread", CartCount: 3, Sandbox: true,
		Languages: LanguageChoices(context.Background(), func(code string) string { return "/language/" + code }),
	}
}

func sampleLines() []Line {
	return []Line{
		{SKU: "MUG-01", Name: "Enamel mug", Image: static.URL("products/mug.svg"), Quantity: "2", Unit: amount("S$18.00", "1800"), Total: amount("S$36.00", "3600")},
		{SKU: "NOTE-A5", Name: "Linen notebook with a rather long and descriptive name", Image: static.URL("products/notebook.svg"), Quantity: "1", Unit: amount("S$6.00", "600"), Total: amount("S$6.00", "600")},
	}
}

func sampleProducts() []Product {
	var all []Product
	for _, name := range []string{"mug", "notebook", "tin", "lamp", "tote", "bowl", "throw", "pen", "pot", "candle", "teapot", "clock"} {
		all = append(all, Product{
			SKU: name + "/01", Name: "Enamel " + name, Image: static.URL("products/" + name + ".svg"), Price: amount("S$18.00", "1800"),
			Description: "Fired twice and chipped never. It keeps your coffee warm and your mornings slow.",
		})
	}
	return all
}

func sampleMethods() []Method {
	logo := func(name string) string { return static.URL("methods/" + name + ".svg") }
	return []Method{
		{Code: "CARD", Name: "Credit or debit card", Logo: logo("card"), Hint: "hint.card", Checked: true},
		{Code: "ALIPAY_CN", Name: "Alipay", Logo: logo("alipay_cn"), Hint: "hint.wallet"},
		{Code: "GRABPAY_SG", Name: "GrabPay", Logo: logo("grabpay_sg"), Hint: "hint.wallet"},
		{Code: "SHOPEEPAY_SG", Name: "ShopeePay", Logo: logo("shopeepay_sg"), Hint: "hint.wallet"},
		{Code: "GCASH", Name: "GCash", Logo: logo("gcash"), Hint: "hint.wallet"},
		{Code: "PAYNOW", Name: "PayNow", Logo: logo("paynow"), Hint: "hint.qr"},
	}
}

const sampleToken = "mZ3qk9TtX0h2fD7uC5wYbA"

// sampleStatus is a status whose keys follow from its name, as most do.
func sampleStatus(name string) Status {
	s := Status{Status: name, Title: "status." + name + ".title", Message: "status." + name + ".message", SinceSecond: 30}
	switch name {
	case "failed":
		s.Status, s.Payment, s.Failed, s.Message = "open", "failed", true, "decline.USER_BALANCE_NOT_ENOUGH"
	case "unknown":
		s.Status, s.Payment, s.Unknown = "processing", "unknown", true
	case "pending":
		s.Status, s.Payment, s.Takes = "processing", "pending", "takes.bank"
	case "processing":
		s.Payment, s.MayChange, s.Takes = "processing", true, "takes.wallet"
	case "paid", "cancelled", "expired", "refunded", "partially_refunded":
		s.Final = true
	}
	return s
}

func sampleCheckout(status Status) CheckoutView {
	base := "/checkout/" + sampleToken
	v := CheckoutView{
		Frame: sampleFrame(), Token: sampleToken, Number: "KT-20481", Lines: sampleLines(), Total: amount("S$42.00", "4200"), Status: status,
		Methods: sampleMethods(),
		SDK: &SDK{
			URL:         "https://sdk.marmot-cloud.com/package/ams-checkout/1.47.2/dist/umd/ams-checkout.min.js",
			Integrity:   "sha384-AD7L5Rh076UuqKtWm0N7aQR3QisWht2XKNKKIFUGwyXE5t3qTQJi/6mBDJyVTATz",
			Environment: "sandbox", Locale: "en_US",
		},
		ExpiresAt: "2026-03-01T13:00:00Z", Now: "2026-03-01T12:00:00Z",
		ReturnURL: base + "/return", PayURL: base + "/payments", StatusURL: base + "/status", EventsURL: base + "/events",
	}
	if status.Final || status.Unknown || status.Status == "authorized" || status.Status == "review" {
		v.Methods = nil
	}
	if status.Status == "expired" {
		v.RenewURL = base + "/renew"
	}
	if status.Final {
		v.Receipt = sampleReceipt()
	}
	return v
}

func sampleReceipt() *Receipt {
	return &Receipt{
		Ordered: "March 1, 2026", MethodName: "GrabPay", Lines: sampleLines(), Total: amount("S$42.00", "4200"),
		Address: []string{"Jo Tan", "1 Raffles Place", "048616 Singapore", "Singapore"}, Email: "jo@example.com",
	}
}

func sampleReturn(status Status) ReturnView {
	base := "/checkout/" + sampleToken
	renew := ""
	if status.Status == "expired" {
		renew = base + "/renew"
	}
	v := ReturnView{
		Frame: sampleFrame(), Token: sampleToken, Number: "KT-20481", Receipt: sampleReceipt(), Status: status,
		RetryURL: base, RenewURL: renew, StatusURL: base + "/status", EventsURL: base + "/events", SelfURL: base + "/return",
	}
	if status.Status == "processing" {
		v.MailURL = base + "/mail"
	}
	if strings.Contains(status.Status, "refunded") {
		v.Receipt.Refunds = []GivenBack{{"March 2, 2026", amount("S$6.00", "600")}}
	}
	return v
}

// statusNames are all the states that handlers tell by name.
var statusNames = []string{
	"open", "processing", "pending", "authorized", "paid", "failed", "unknown",
	"cancelled", "expired", "review", "partially_refunded", "refunded",
}

// samples are all pages in all states.
func samples() []sample {
	base := "/checkout/" + sampleToken
	frame, total := sampleFrame(), amount("S$42.00", "4200")
	form := OrderForm{
		FormID: "f-1", Values: map[string]string{"country": "SG"},
		Countries: []Option{{"DE", "Germany"}, {"PH", "Philippines"}, {"SG", "Singapore"}},
	}
	wrong := form
	wrong.Values = map[string]string{"email": "jo@", "name": "Jo \"the\" <b>Tan</b>", "country": "SG", "city": "Singapore"}
	wrong.Errors = map[string]string{"email": "error.email", "address1": "error.required", "postal_code": "error.invalid"}
	wrongLines := sampleLines()
	wrongLines[0].Quantity, wrongLines[0].Error = "1e3", "error.quantity"
	products := sampleProducts()
	noMethod := sampleCheckout(sampleStatus("open"))
	noMethod.Error = "error.method_required"
	soon := sampleCheckout(sampleStatus("open"))
	soon.ExpiresAt = "2026-03-01T12:04:59Z"
	leads := ContinueView{Frame: frame, MethodName: "GCash", Total: total, URL: "https://cashier.example/pay?a=1&b=2", ReturnURL: base + "/return", BackURL: base}
	post := leads
	post.Post, post.Parameters = true, []Parameter{{"PaReq", "eJxV"}, {"MD", "7"}}
	code := CodeView{
		Frame: frame, Token: sampleToken, MethodName: "PayNow", Total: total, Expires: "10:42 PM", Status: sampleStatus("processing"),
		Codes:     []Code{{"QRCODE", "00020101021226570009SG.PAYNOW010120213202012345K030110412202601010000520400005303702540542.005802SG5913KILN THREAD6009Singapore6304A1B2"}},
		ReturnURL: base + "/return", BackURL: base, StatusURL: base + "/status", EventsURL: base + "/events",
	}
	counter := code
	counter.Codes = []Code{{"BARCODE", "0123456789012"}, {"TEXT", "84 2210 7781"}}
	counter.Expires = ""

	all := []sample{
		{"catalog", CatalogPage(CatalogView{Frame: frame, Products: products})},
		{"catalog-empty", CatalogPage(CatalogView{Frame: Frame{ShopName: "Kiln & Thread"}})},
		{"product", ProductPage(ProductView{Frame: frame, Product: products[0], Quantity: "1"})},
		{"product-error", ProductPage(ProductView{Frame: frame, Product: products[3], Quantity: "1e3", Error: "error.quantity"})},
		{"cart", CartPage(CartView{Frame: frame, Lines: sampleLines(), Total: total, Form: form})},
		{"cart-errors", CartPage(CartView{Frame: frame, Lines: wrongLines, Total: total, Form: wrong, Error: "error.form"})},
		{"cart-empty", CartPage(CartView{Frame: Frame{ShopName: "Kiln & Thread"}, Form: form, Error: "error.cart_empty"})},
		{"checkout-no-method", CheckoutPage(noMethod)},
		{"checkout-last-minutes", CheckoutPage(soon)},
		{"continue", ContinuePage(leads)},
		{"continue-post", ContinuePage(post)},
		{"code", CodePage(code)},
		{"code-counter", CodePage(counter)},
		{"wait", WaitPage(WaitView{Frame: frame, Token: sampleToken, Method: "GCASH", Total: total, Status: sampleStatus("unknown"), PayURL: base + "/payments", ReturnURL: base + "/return"})},
		{"error-404", ErrorPage(ErrorView{Frame: frame, Code: 404, HomeURL: "/"})},
		{"error-418", ErrorPage(ErrorView{Frame: frame, Code: 418, HomeURL: "/"})},
	}
	for _, name := range statusNames {
		all = append(all,
			sample{"checkout-" + name, CheckoutPage(sampleCheckout(sampleStatus(name)))},
			sample{"return-" + name, ReturnPage(sampleReturn(sampleStatus(name)))},
		)
	}
	justBack := sampleStatus("processing")
	justBack.SinceSecond = 1
	noted := sampleReturn(sampleStatus("pending"))
	noted.MailNoted = true
	stranger := sampleReturn(sampleStatus("paid"))
	stranger.Receipt = nil
	elsewhere := sampleCheckout(sampleStatus("paid"))
	elsewhere.Receipt = nil
	notTheirs := sampleCheckout(sampleStatus("review"))
	notTheirs.Lines, notTheirs.Total = nil, Amount{}
	return append(all,
		sample{"return-fresh", ReturnPage(sampleReturn(justBack))},
		sample{"return-mail-noted", ReturnPage(noted)},
		sample{"return-stranger", ReturnPage(stranger)},
		sample{"checkout-stranger", CheckoutPage(elsewhere)},
		sample{"checkout-review-stranger", CheckoutPage(notTheirs)},
		sample{"lookup", LookupPage(LookupView{Frame: frame})},
		sample{"lookup-errors", LookupPage(LookupView{Frame: frame, Number: "12", Email: "jo@", Errors: map[string]string{"number": "error.invalid", "email": "error.email"}})},
		sample{"lookup-sent", LookupPage(LookupView{Frame: frame, Sent: true})},
	)
}
