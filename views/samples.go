package views

import (
	"context"
	"strconv"
	"strings"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/static"

	"github.com/a-h/templ"
)

// A Sample is a page in one state, as the handlers would fill it.
type Sample struct {
	Name string
	Page templ.Component
}

func sampleAmount(ctx context.Context, minor int64, currency checkout.Currency) Amount {
	return Amount{
		Text:  checkout.Money{Minor: minor, Currency: currency}.Format(Language(ctx)),
		Minor: strconv.FormatInt(minor, 10), Currency: string(currency),
	}
}

// SampleBrand is a merchant's own logo and colour, for the sample that wears them.
func SampleBrand() (*static.Picture, *static.Accent) {
	logo, err := static.Logo([]byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 40"><path fill="#7a1fa2" d="M0 0h40v40H0z"/><path fill="#222" d="M52 12h98v4H52zm0 12h70v4H52z"/></svg>`))
	if err != nil {
		panic("views: the sample of a logo: " + err.Error())
	}
	accent, err := static.ParseAccent("#7a1fa2")
	if err != nil {
		panic("views: the sample of an accent: " + err.Error())
	}
	return logo, accent
}

func sampleFrame(ctx context.Context) Frame {
	return Frame{
		ShopName: "Kiln & Thread", CartCount: 3, Sandbox: true,
		Languages: LanguageChoices(ctx, func(code string) string { return "./?lang=" + code }),
	}
}

func sampleLines(ctx context.Context) []Line {
	return []Line{
		{SKU: "MUG-01", Name: "Enamel mug", Image: static.URL("products/mug.svg"), Quantity: "2", Unit: sampleAmount(ctx, 1800, "SGD"), Total: sampleAmount(ctx, 3600, "SGD")},
		{SKU: "NOTE-A5", Name: "Linen notebook with a rather long and descriptive name", Image: static.URL("products/notebook.svg"), Quantity: "1", Unit: sampleAmount(ctx, 600, "SGD"), Total: sampleAmount(ctx, 600, "SGD")},
	}
}

func sampleProducts(ctx context.Context) []Product {
	var all []Product
	for _, name := range []string{"mug", "notebook", "tin", "lamp", "tote", "bowl", "throw", "pen", "pot", "candle", "teapot", "clock"} {
		all = append(all, Product{
			SKU: name + "/01", Name: "Enamel " + name, Image: static.URL("products/" + name + ".svg"), Price: sampleAmount(ctx, 1800, "SGD"),
			Description: "Fired twice and chipped never. It keeps your coffee warm and your mornings slow.",
		})
	}
	return all
}

// sampleMethod is a way to pay as handlers list it, with its own mark or that of what the buyer does.
func sampleMethod(ctx context.Context, code, name, category, hint string) Method {
	m := Method{Code: code, Name: name, Category: category, Logo: static.URL("methods/" + hint + ".svg"), Hint: "hint." + hint, Time: Span(ctx, 48*time.Hour)}
	if own := "methods/" + strings.ToLower(code) + ".svg"; static.Has(own) {
		m.Logo = static.URL(own)
	}
	return m
}

func sampleMethods(ctx context.Context) []Method {
	all := []Method{
		sampleMethod(ctx, "CARD", "Credit or debit card", "card", "card"),
		sampleMethod(ctx, "ALIPAY_CN", "Alipay", "wallet", "wallet"),
		sampleMethod(ctx, "GRABPAY_SG", "GrabPay", "wallet", "wallet"),
		sampleMethod(ctx, "SHOPEEPAY_SG", "ShopeePay", "wallet", "wallet"),
		sampleMethod(ctx, "GCASH", "GCash", "wallet", "wallet"),
		sampleMethod(ctx, "PAYNOW", "PayNow", "qr", "qr"),
	}
	all[0].Checked = true
	return all
}

// sampleManyMethods are as many as some countries have; 15 of them, or all 30.
func sampleManyMethods(ctx context.Context, n int) []Method {
	all := sampleMethods(ctx)
	for _, m := range [][4]string{
		{"PROMPTPAY", "PromptPay", "qr", "qr"}, {"TNG", "Touch 'n Go eWallet", "wallet", "wallet"}, {"RABBIT_LINE_PAY", "Rabbit LINE Pay", "wallet", "wallet"},
		{"KPLUS", "K PLUS", "bank", "app"}, {"ONLINEBANKING_SCB", "Online banking of a bank with a long name", "bank", "bank"}, {"IDEAL", "iDEAL", "bank", "bank"},
		{"KONBINI", "Konbini", "voucher", "counter"}, {"BANKTRANSFER_BNI", "BNI", "voucher", "transfer"}, {"BILLEASE", "BillEase", "paylater", "paylater"},
		{"ALIPAY_HK", "AlipayHK", "wallet", "wallet"}, {"KAKAOPAY", "Kakao Pay", "wallet", "wallet"}, {"BOOST", "Boost", "wallet", "wallet"},
		{"TRUEMONEY", "TrueMoney", "wallet", "wallet"}, {"DANA", "DANA", "wallet", "wallet"}, {"MAYA", "Maya", "wallet", "wallet"},
		{"BANCONTACT", "Bancontact", "bank", "bank"}, {"EPS", "EPS", "bank", "bank"}, {"BPI", "BPI", "bank", "bank"}, {"P24", "Przelewy24", "bank", "bank"},
		{"QRIS", "QRIS", "qr", "qr"}, {"PIX", "Pix", "qr", "qr"}, {"SEVENELEVEN", "7-Eleven", "voucher", "counter"},
		{"BANKTRANSFER_MAYBANK", "Maybank", "voucher", "transfer"}, {"KREDIVO_ID", "Kredivo", "paylater", "paylater"},
	} {
		all = append(all, sampleMethod(ctx, m[0], m[1], m[2], m[3]))
	}
	return all[:n]
}

// sampleLongOrder is an order of names without a space and of sums without an
// end, in a currency of two, none or three decimals.
func sampleLongOrder(ctx context.Context, currency checkout.Currency) CheckoutView {
	v := sampleCheckout(ctx, sampleStatus("open"))
	v.Frame.ShopName = "Donaudampfschifffahrtsgesellschaftsbedarf und Söhne"
	v.Lines = []Line{
		{SKU: "LONG-1", Name: "Handgefertigte Rindslederaktentaschenschulterriemenschnallen", Quantity: "99", Unit: sampleAmount(ctx, 123456789, currency), Total: sampleAmount(ctx, 12222222111, currency)},
		{SKU: "LONG-2", Name: "شال من الصوف المغزول يدويًا بلون الرمل والبحر والسماء الصافية", Quantity: "1", Unit: sampleAmount(ctx, 123456789, currency), Total: sampleAmount(ctx, 123456789, currency)},
	}
	v.Total = sampleAmount(ctx, 12345678900, currency)
	return v
}

const sampleToken = "mZ3qk9TtX0h2fD7uC5wYbA"

// sampleStatus is a status whose keys follow from its name, as most do.
func sampleStatus(name string) Status {
	s := Status{Status: name, Title: "status." + name + ".title", Message: "status." + name + ".message", SinceSecond: 30}
	switch name {
	case "failed":
		s.Status, s.Payment, s.Failed, s.Message = "open", "failed", true, "decline.USER_BALANCE_NOT_ENOUGH"
	case "unavailable":
		s.Status, s.Payment, s.Failed = "open", "failed", true
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

func sampleCheckout(ctx context.Context, status Status) CheckoutView {
	base := "/checkout/" + sampleToken
	v := CheckoutView{
		Frame: sampleFrame(ctx), Token: sampleToken, Number: "KT-20481", Lines: sampleLines(ctx), Total: sampleAmount(ctx, 4200, "SGD"), Status: status,
		Methods: sampleMethods(ctx),
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
	if v.Methods == nil {
		v.Receipt = sampleReceipt(ctx)
	}
	return v
}

func sampleReceipt(ctx context.Context) *Receipt {
	return &Receipt{
		Ordered: Day(ctx, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)), MethodName: "GrabPay", Lines: sampleLines(ctx), Total: sampleAmount(ctx, 4200, "SGD"),
		Address: []string{"Jo Tan", "1 Raffles Place", "048616 Singapore", "Singapore"}, Email: "jo@example.com",
	}
}

func sampleReturn(ctx context.Context, status Status) ReturnView {
	base := "/checkout/" + sampleToken
	renew := ""
	if status.Status == "expired" {
		renew = base + "/renew"
	}
	v := ReturnView{
		Frame: sampleFrame(ctx), Token: sampleToken, Number: "KT-20481", Receipt: sampleReceipt(ctx), Status: status,
		RetryURL: base, RenewURL: renew, StatusURL: base + "/status", EventsURL: base + "/events", SelfURL: base + "/return",
	}
	if status.Status == "processing" {
		v.MailURL = base + "/mail"
	}
	if strings.Contains(status.Status, "refunded") {
		v.Receipt.Refunds = []GivenBack{{Day(ctx, time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)), sampleAmount(ctx, 600, "SGD")}}
	}
	return v
}

// statusNames are all the states that handlers tell by name.
var statusNames = []string{
	"open", "processing", "pending", "authorized", "paid", "failed", "unavailable", "unknown",
	"cancelled", "expired", "review", "partially_refunded", "refunded",
}

// Samples are all pages in all states, in the language of ctx: what the tests
// look at, and the gallery shows. The program itself has no use for them, so the
// linker leaves them out of it.
func Samples(ctx context.Context) []Sample {
	base := "/checkout/" + sampleToken
	frame, total := sampleFrame(ctx), sampleAmount(ctx, 4200, "SGD")
	form := OrderForm{
		FormID: "f-1", Values: map[string]string{"country": "SG"},
		Countries: []Option{{"DE", "Germany"}, {"PH", "Philippines"}, {"SG", "Singapore"}},
	}
	wrong := form
	wrong.Values = map[string]string{"email": "jo@", "name": "Jo \"the\" <b>Tan</b>", "country": "SG", "city": "Singapore"}
	wrong.Errors = map[string]string{"email": "error.email", "address1": "error.required", "postal_code": "error.invalid"}
	wrongLines := sampleLines(ctx)
	wrongLines[0].Quantity, wrongLines[0].Error = "1e3", "error.quantity"
	products := sampleProducts(ctx)
	noMethod := sampleCheckout(ctx, sampleStatus("open"))
	noMethod.Error = "error.method_required"
	renewed := sampleCheckout(ctx, sampleStatus("open"))
	renewed.Was = sampleAmount(ctx, 3900, "SGD")
	soon := sampleCheckout(ctx, sampleStatus("open"))
	soon.ExpiresAt = "2026-03-01T12:04:59Z"
	leads := ContinueView{Frame: frame, MethodName: "GCash", Total: total, URL: "#/wallet", ReturnURL: base + "/return", BackURL: base}
	post := leads
	post.Post, post.Parameters = true, []Parameter{{"PaReq", "eJxV"}, {"MD", "7"}}
	code := CodeView{
		Frame: frame, Token: sampleToken, MethodName: "PayNow", Message: "code.message", Total: total, Status: sampleStatus("processing"),
		Left: Span(ctx, 13*time.Minute), Until: "2026-03-01T12:13:00Z", Expires: "12:13 UTC", Now: "2026-03-01T12:00:00Z",
		Codes:     []Code{{"QRCODE", "00020101021226570009SG.PAYNOW010120213202012345K030110412202601010000520400005303702540542.005802SG5913KILN THREAD6009Singapore6304A1B2"}},
		ReturnURL: base + "/return", BackURL: base, StatusURL: base + "/status", EventsURL: base + "/events",
	}
	many := sampleCheckout(ctx, sampleStatus("open"))
	many.Methods = sampleManyMethods(ctx, 15)
	most := many
	most.Methods = sampleManyMethods(ctx, 30)
	two := many
	two.Methods = sampleMethods(ctx)[:2]
	branded := sampleCheckout(ctx, sampleStatus("open"))
	logo, accent := SampleBrand()
	branded.Frame.Logo = &Logo{URL: logo.URL(), Width: logo.Width, Height: logo.Height}
	branded.Frame.AccentURL = accent.URL()
	counter := code
	counter.MethodName, counter.Message, counter.DetailsURL = "7-Eleven", "code.counter", "#/details"
	counter.Codes = []Code{{"BARCODE", "0123456789012"}, {"TEXT", "84 2210 7781"}}
	counter.Left, counter.Until, counter.Expires = Span(ctx, 6*24*time.Hour), "2026-03-07T12:00:00Z", "2026-03-07 12:00 UTC"
	transfer := counter
	transfer.MethodName, transfer.Message, transfer.Left = "BNI", "code.transfer", ""
	transfer.Codes = transfer.Codes[1:]
	scan := code
	scan.OnPhone = true

	all := []Sample{
		{"catalog", CatalogPage(CatalogView{Frame: frame, Products: products})},
		{"catalog-empty", CatalogPage(CatalogView{Frame: Frame{ShopName: "Kiln & Thread"}})},
		{"product", ProductPage(ProductView{Frame: frame, Product: products[0], Quantity: "1"})},
		{"product-error", ProductPage(ProductView{Frame: frame, Product: products[3], Quantity: "1e3", Error: "error.quantity"})},
		{"cart", CartPage(CartView{Frame: frame, Lines: sampleLines(ctx), Total: total, Form: form})},
		{"cart-errors", CartPage(CartView{Frame: frame, Lines: wrongLines, Total: total, Form: wrong, Error: "error.form"})},
		{"cart-empty", CartPage(CartView{Frame: Frame{ShopName: "Kiln & Thread"}, Form: form, Error: "error.cart_empty"})},
		{"cart-renewal", CartPage(CartView{Frame: frame, Lines: wrongLines, Total: total, Form: form, Error: "cart.renewal", Gone: []string{"Tea tin", "Wool throw"}})},
		{"checkout-renewed", CheckoutPage(renewed)},
		{"checkout-no-method", CheckoutPage(noMethod)},
		{"checkout-last-minutes", CheckoutPage(soon)},
		{"checkout-two-methods", CheckoutPage(two)},
		{"checkout-many-methods", CheckoutPage(many)},
		{"checkout-most-methods", CheckoutPage(most)},
		{"checkout-branded", CheckoutPage(branded)},
		{"checkout-long-idr", CheckoutPage(sampleLongOrder(ctx, "IDR"))},
		{"checkout-long-jpy", CheckoutPage(sampleLongOrder(ctx, "JPY"))},
		{"checkout-long-kwd", CheckoutPage(sampleLongOrder(ctx, "KWD"))},
		{"continue", ContinuePage(leads)},
		{"continue-post", ContinuePage(post)},
		{"code", CodePage(code)},
		{"code-phone", CodePage(scan)},
		{"code-counter", CodePage(counter)},
		{"code-transfer", CodePage(transfer)},
		{"wait", WaitPage(WaitView{Frame: frame, Token: sampleToken, Method: "GCASH", Total: total, Status: sampleStatus("unknown"), PayURL: base + "/payments", ReturnURL: base + "/return"})},
		{"error-404", ErrorPage(ErrorView{Frame: frame, Code: 404, HomeURL: "/", Reference: "QX7M2K5PWB3ZC6RJD4HTNVLYAE"})},
		{"error-418", ErrorPage(ErrorView{Frame: frame, Code: 418, HomeURL: "/"})},
	}
	for _, name := range statusNames {
		all = append(all,
			Sample{"checkout-" + name, CheckoutPage(sampleCheckout(ctx, sampleStatus(name)))},
			Sample{"return-" + name, ReturnPage(sampleReturn(ctx, sampleStatus(name)))},
		)
	}
	justBack := sampleStatus("processing")
	justBack.SinceSecond = 1
	noted := sampleReturn(ctx, sampleStatus("pending"))
	noted.MailNoted = true
	stranger := sampleReturn(ctx, sampleStatus("paid"))
	stranger.Receipt = nil
	elsewhere := sampleCheckout(ctx, sampleStatus("paid"))
	elsewhere.Receipt = nil
	return append(all,
		Sample{"return-fresh", ReturnPage(sampleReturn(ctx, justBack))},
		Sample{"return-mail-noted", ReturnPage(noted)},
		Sample{"return-stranger", ReturnPage(stranger)},
		Sample{"checkout-stranger", CheckoutPage(elsewhere)},
		Sample{"lookup", LookupPage(LookupView{Frame: frame})},
		Sample{"lookup-errors", LookupPage(LookupView{Frame: frame, Number: "12", Email: "jo@", Errors: map[string]string{"number": "error.invalid", "email": "error.email"}})},
		Sample{"lookup-sent", LookupPage(LookupView{Frame: frame, Sent: true})},
	)
}
