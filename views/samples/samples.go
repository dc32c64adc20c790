// Package samples fills every page in every state, as the handlers would. The
// gallery shows these pages and the tests check them; the program does not import
// the package.
//
//	for _, page := range samples.Pages(ctx) {
//		err := page.Render(ctx, &buf)
//	}
package samples

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/static"
	"antom-checkout/views"

	"github.com/a-h/templ"
)

// A Page is one page in one state.
type Page struct {
	Name string
	templ.Component
}

func amount(ctx context.Context, minor int64, currency checkout.Currency) views.Amount {
	return views.Amount{
		Text:  checkout.Money{Minor: minor, Currency: currency}.Format(views.Language(ctx)),
		Minor: strconv.FormatInt(minor, 10), Currency: string(currency),
	}
}

// Brand is the logo and the colour of a merchant, for the page that shows them.
func Brand() (*static.Picture, *static.Accent) {
	logo, err := static.Logo([]byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 40"><path fill="#7a1fa2" d="M0 0h40v40H0z"/><path fill="#222" d="M52 12h98v4H52zm0 12h70v4H52z"/></svg>`))
	if err != nil {
		panic("samples: the a logo: " + err.Error())
	}
	accent, err := static.ParseAccent("#7a1fa2")
	if err != nil {
		panic("samples: the an accent: " + err.Error())
	}
	return logo, accent
}

func frame(ctx context.Context) views.Frame {
	return views.Frame{
		ShopName: "Kiln & Thread", CartCount: 3, Sandbox: true,
		Languages: views.LanguageChoices(ctx, func(code string) string { return "./?lang=" + code }),
	}
}

func lines(ctx context.Context) []views.Line {
	return []views.Line{
		{SKU: "MUG-01", Name: "Enamel mug", Image: static.URL("products/mug.svg"), Quantity: "2", Unit: amount(ctx, 1800, "SGD"), Total: amount(ctx, 3600, "SGD")},
		{SKU: "NOTE-A5", Name: "Linen notebook with a rather long and descriptive name", Image: static.URL("products/notebook.svg"), Quantity: "1", Unit: amount(ctx, 600, "SGD"), Total: amount(ctx, 600, "SGD")},
	}
}

func products(ctx context.Context) []views.Product {
	var all []views.Product
	for _, name := range []string{"mug", "notebook", "tin", "lamp", "tote", "bowl", "throw", "pen", "pot", "candle", "teapot", "clock"} {
		all = append(all, views.Product{
			SKU: name + "/01", Name: "Enamel " + name, Image: static.URL("products/" + name + ".svg"), Price: amount(ctx, 1800, "SGD"),
			Description: "Fired twice and chipped never. It keeps your coffee warm and your mornings slow.",
		})
	}
	return all
}

// method is a way to pay as handlers list it, with its own mark or the mark of its
// kind.
func method(ctx context.Context, code, name, category, hint string) views.Method {
	m := views.Method{Code: code, Name: name, Category: category, Logo: static.URL("methods/" + hint + ".svg"), Hint: "hint." + hint, Time: views.Span(ctx, 48*time.Hour)}
	if own := "methods/" + strings.ToLower(code) + ".svg"; static.Has(own) {
		m.Logo = static.URL(own)
	}
	return m
}

// Methods are the few ways to pay of most countries.
func Methods(ctx context.Context) []views.Method {
	all := []views.Method{
		method(ctx, "CARD", "Credit or debit card", "card", "card"),
		method(ctx, "ALIPAY_CN", "Alipay", "wallet", "wallet"),
		method(ctx, "GRABPAY_SG", "GrabPay", "wallet", "wallet"),
		method(ctx, "SHOPEEPAY_SG", "ShopeePay", "wallet", "wallet"),
		method(ctx, "GCASH", "GCash", "wallet", "wallet"),
		method(ctx, "PAYNOW", "PayNow", "qr", "qr"),
	}
	all[0].Checked = true
	return all
}

// ManyMethods are the first n of the 30 ways to pay that some countries have.
func ManyMethods(ctx context.Context, n int) []views.Method {
	all := Methods(ctx)
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
		all = append(all, method(ctx, m[0], m[1], m[2], m[3]))
	}
	return all[:n]
}

// longOrder is an order of long names without a space and of large sums, in a
// currency of two, no or three decimals.
func longOrder(ctx context.Context, currency checkout.Currency) views.CheckoutView {
	v := Checkout(ctx, Status("open"))
	v.Frame.ShopName = "Donaudampfschifffahrtsgesellschaftsbedarf und Söhne"
	v.Lines = []views.Line{
		{SKU: "LONG-1", Name: "Handgefertigte Rindslederaktentaschenschulterriemenschnallen", Quantity: "99", Unit: amount(ctx, 123456789, currency), Total: amount(ctx, 12222222111, currency)},
		{SKU: "LONG-2", Name: "شال من الصوف المغزول يدويًا بلون الرمل والبحر والسماء الصافية", Quantity: "1", Unit: amount(ctx, 123456789, currency), Total: amount(ctx, 123456789, currency)},
	}
	v.Total = amount(ctx, 12345678900, currency)
	return v
}

// Token is the token of the order that the pages show.
const Token = "mZ3qk9TtX0h2fD7uC5wYbA" // #nosec G101 -- it opens no order

// Status is the status of one of Statuses. Most message keys follow from its name.
func Status(name string) views.Status {
	s := views.Status{Status: name, Title: "status." + name + ".title", Message: "status." + name + ".message", SinceSecond: 30}
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
		s.Payment, s.MayChange, s.Unpaid, s.Takes = "processing", true, true, "takes.wallet"
		s.Title, s.Message = "status.unpaid.title", "status.unpaid.message"
	case "paid", "cancelled", "expired", "refunded", "partially_refunded":
		s.Final = true
	}
	return s
}

// Checkout is the pay page of an order in a status.
func Checkout(ctx context.Context, status views.Status) views.CheckoutView {
	base := "/checkout/" + Token
	v := views.CheckoutView{
		Frame: frame(ctx), Token: Token, Number: "KT-20481", Lines: lines(ctx), Total: amount(ctx, 4200, "SGD"), Status: status,
		Methods: Methods(ctx),
		SDK: &views.SDK{
			URL:       "https://sdk.marmot-cloud.com/package/ams-checkout/1.47.2/dist/umd/ams-checkout.min.js",
			Integrity: "sha384-AD7L5Rh076UuqKtWm0N7aQR3QisWht2XKNKKIFUGwyXE5t3qTQJi/6mBDJyVTATz",
		},
		ExpiresAt: "2026-03-01T13:00:00Z", Now: "2026-03-01T12:00:00Z",
		ReturnURL: base + "/return", PayURL: base + "/payments", StatusURL: base + "/status", EventsURL: base + "/events",
		Continue: continuing(status),
	}
	if status.Final || status.Unknown || status.Status == "authorized" || status.Status == "review" {
		v.Methods = nil
	}
	if status.Status == "expired" {
		v.RenewURL = base + "/renew"
	}
	if v.Methods == nil {
		v.Receipt = receipt(ctx)
	}
	return v
}

// continuing is the payment in GCash that a buyer has begun and not paid.
func continuing(status views.Status) views.Continue {
	if !status.MayChange {
		return views.Continue{}
	}
	return views.Continue{URL: "/checkout/" + Token + "/payments", Method: "GCASH", Name: "GCash"}
}

// receipt is what the buyer sees of the order.
func receipt(ctx context.Context) *views.Receipt {
	paidBy := views.PaidBy(ctx, checkout.Method{Code: checkout.MethodCard}, checkout.Card{Brand: "VISA", LastFour: "0768"})
	return &views.Receipt{
		About:   "form.delivery",
		Ordered: views.Day(ctx, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)), MethodName: paidBy, Lines: lines(ctx), Total: amount(ctx, 4200, "SGD"),
		Address: []string{"Jo Tan", "1 Raffles Place", "048616 Singapore", "Singapore"}, Email: "jo@example.com",
	}
}

// Return is the return page of an order in a status.
func Return(ctx context.Context, status views.Status) views.ReturnView {
	base := "/checkout/" + Token
	renew := ""
	if status.Status == "expired" {
		renew = base + "/renew"
	}
	v := views.ReturnView{
		Frame: frame(ctx), Token: Token, Number: "KT-20481", Receipt: receipt(ctx), Status: status,
		RetryURL: base, RenewURL: renew, StatusURL: base + "/status", EventsURL: base + "/events", SelfURL: base + "/return",
	}
	v.Continue = continuing(status)
	if status.Status == "processing" && !status.Unpaid {
		v.EmailURL = base + "/mail"
	}
	if strings.Contains(status.Status, "refunded") {
		v.Receipt.Refunds = []views.Refund{{Day: views.Day(ctx, time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)), Amount: amount(ctx, 600, "SGD")}}
	}
	return v
}

// Statuses are all the states that handlers name.
var Statuses = []string{
	"open", "processing", "pending", "authorized", "paid", "failed", "unavailable", "unknown",
	"cancelled", "expired", "review", "partially_refunded", "refunded",
}

// Pages are all pages in all states, in the language of ctx.
func Pages(ctx context.Context) []Page {
	return slices.Concat(shopPages(ctx), checkoutPages(ctx), stepPages(ctx), statusPages(ctx), returnPages(ctx), outsidePages(ctx), linkPages(ctx), otherPages(ctx))
}

// shopPages are the catalogue, a product, and the cart.
func shopPages(ctx context.Context) []Page {
	frame, empty := frame(ctx), views.Frame{ShopName: "Kiln & Thread"}
	total, products := amount(ctx, 4200, "SGD"), products(ctx)
	form := views.OrderForm{
		FormID: "f-1", Values: map[string]string{"country": "SG"},
		Countries: []views.Option{{Value: "DE", Text: "Germany"}, {Value: "PH", Text: "Philippines"}, {Value: "SG", Text: "Singapore"}},
	}
	wrong := form
	wrong.Values = map[string]string{"email": "jo@", "name": "Jo \"the\" <b>Tan</b>", "country": "SG", "city": "Singapore"}
	wrong.Errors = map[string]string{"email": "error.email", "address1": "error.required", "postal_code": "error.invalid"}
	wrongLines := lines(ctx)
	wrongLines[0].Quantity, wrongLines[0].Error = "1e3", "error.quantity"
	return []Page{
		{"catalog", views.CatalogPage(views.CatalogView{Frame: frame, Products: products})},
		{"catalog-empty", views.CatalogPage(views.CatalogView{Frame: empty})},
		{"product", views.ProductPage(views.ProductView{Frame: frame, Product: products[0], Quantity: "1"})},
		{"product-error", views.ProductPage(views.ProductView{Frame: frame, Product: products[3], Quantity: "1e3", Error: "error.quantity"})},
		{"cart", views.CartPage(views.CartView{Frame: frame, Lines: lines(ctx), Total: total, Form: form})},
		{"cart-errors", views.CartPage(views.CartView{Frame: frame, Lines: wrongLines, Total: total, Form: wrong, Error: "error.form"})},
		{"cart-empty", views.CartPage(views.CartView{Frame: empty, Form: form, Error: "error.cart_empty"})},
		{"cart-cookies", views.CartPage(views.CartView{Frame: empty, Form: form, NoCookies: true})},
		{"cart-changed", views.CartPage(views.CartView{Frame: frame, Lines: lines(ctx), Total: total, Form: form, Error: "error.cart_changed"})},
		{"cart-under-way", views.CartPage(views.CartView{Frame: frame, Lines: lines(ctx), Total: total, Form: form, Error: "error.order_under_way", OrderURL: "/checkout/T"})},
		{"cart-paid", views.CartPage(views.CartView{Frame: empty, Form: form, Error: "error.order_paid", OrderURL: "/checkout/T"})},
		{"cart-renewal", views.CartPage(views.CartView{Frame: frame, Lines: wrongLines, Total: total, Form: form, Error: "cart.renewal", Gone: []string{"Tea tin", "Wool throw"}})},
	}
}

// checkoutPages are the pay page where something beside its status differs.
func checkoutPages(ctx context.Context) []Page {
	open := func(change func(v *views.CheckoutView)) templ.Component {
		v := Checkout(ctx, Status("open"))
		change(&v)
		return views.CheckoutPage(v)
	}
	return []Page{
		{"checkout-renewed", open(func(v *views.CheckoutView) { v.Was = amount(ctx, 3900, "SGD") })},
		{"checkout-no-method", open(func(v *views.CheckoutView) { v.Error = "error.method_required" })},
		{"checkout-saved-cards", open(func(v *views.CheckoutView) {
			v.Cards = []views.SavedCard{
				{ID: "1", Name: "Visa •• 0768", Expiry: "12/39", RemoveURL: "#"},
				{ID: "2", Name: "American Express •• 4622", Ended: true, RemoveURL: "#"},
			}
			v.Saving = &views.Saving{Charges: "I allow Plain Goods to charge this card SGD 18.00 on the 5th of every month, until I cancel."}
		})},
		{"checkout-saved-card-refused", open(func(v *views.CheckoutView) {
			v.Error, v.Saving = "error.card", &views.Saving{}
		})},
		{"checkout-exhausted", open(func(v *views.CheckoutView) {
			v.Methods, v.SDK, v.Exhausted = nil, nil, true
			v.Status.Title, v.Status.Message = "status.exhausted.title", "status.exhausted.message"
		})},
		{"checkout-cards-refused", open(func(v *views.CheckoutView) { v.Methods, v.Error = v.Methods[1:], "error.cards_refused" })},
		{"checkout-only-cards-refused", open(func(v *views.CheckoutView) {
			v.Methods, v.SDK = nil, nil
			v.Status.Title, v.Status.Message = "status.cards_refused.title", "error.cards_refused"
		})},
		{"checkout-last-minutes", open(func(v *views.CheckoutView) { v.ExpiresAt = "2026-03-01T12:04:59Z" })},
		{"checkout-two-methods", open(func(v *views.CheckoutView) { v.Methods = Methods(ctx)[:2] })},
		{"checkout-korean-cards", open(func(v *views.CheckoutView) { offerCards(ctx, v, koreanOffer, 60_000, checkout.CardChoice{}) })},
		{"checkout-korean-card-chosen", open(func(v *views.CheckoutView) {
			offerCards(ctx, v, koreanOffer, 60_001, checkout.CardChoice{Brand: "SAMSUNG", Installments: 2})
			v.Error, v.Wrong = "error.form", map[string]string{"card_brand": "error.card_brand", "installments": "error.installments"}
			v.MarkWrong()
		})},
		{"checkout-instalments", open(func(v *views.CheckoutView) { offerCards(ctx, v, brazilianOffer, 100_00, checkout.CardChoice{}) })},
		{"checkout-instalment-chosen", open(func(v *views.CheckoutView) {
			offerCards(ctx, v, brazilianOffer, 100_00, checkout.CardChoice{Installments: 3})
			v.Methods = append(v.Methods, ManyMethods(ctx, 12)[6:]...)
		})},
		{"checkout-many-methods", open(func(v *views.CheckoutView) { v.Methods = ManyMethods(ctx, 15) })},
		{"checkout-most-methods", open(func(v *views.CheckoutView) { v.Methods = ManyMethods(ctx, 30) })},
		{"checkout-branded", open(func(v *views.CheckoutView) {
			logo, accent := Brand()
			v.Frame.Logo = &views.Logo{URL: logo.URL(), Width: logo.Width, Height: logo.Height}
			v.Frame.AccentURL = accent.URL()
		})},
		{"checkout-long-idr", views.CheckoutPage(longOrder(ctx, "IDR"))},
		{"checkout-long-jpy", views.CheckoutPage(longOrder(ctx, "JPY"))},
		{"checkout-long-kwd", views.CheckoutPage(longOrder(ctx, "KWD"))},
	}
}

// What Antom offers for cards: in Korea, with a company that the program does not know,
// and in Brazil, with plans without interest, with some, and with a rate of the bank's.
var (
	koreanOffer = checkout.CardOffer{
		Brands: []string{"SAMSUNG", "KOOKMIN", "IBK_BC", "KAKAOBANK", "NEW_CARD"},
		Plans:  []checkout.InstallmentPlan{{Parts: 2, Rate: "0"}, {Parts: 12}},
	}
	brazilianOffer = checkout.CardOffer{Plans: []checkout.InstallmentPlan{
		{Parts: 2, Rate: "0", Brands: []string{"VISA", "MASTERCARD", "ELO"}},
		{Parts: 3, Rate: "1.99", Brands: []string{"VISA", "MASTERCARD", "ELO"}},
		{Parts: 12, Brands: []string{"VISA", "MASTERCARD", "ELO"}},
	}}
)

// offerCards makes of the pay page one of an order that cards can pay in more ways.
func offerCards(ctx context.Context, v *views.CheckoutView, offer checkout.CardOffer, minor int64, chosen checkout.CardChoice) {
	total := checkout.Money{Minor: minor, Currency: "BRL"}
	if len(offer.Brands) > 0 {
		total.Currency = "KRW"
	}
	v.Total = views.NewAmount(ctx, total)
	v.Lines = v.Lines[:1]
	v.Lines[0].Unit, v.Lines[0].Total, v.Lines[0].Quantity = v.Total, v.Total, "1"
	v.Methods[0].Offer = views.NewCardOffer(ctx, total, offer, chosen)
}

// stepPages are what comes between the pay page and the return page.
func stepPages(ctx context.Context) []Page {
	base := "/checkout/" + Token
	frame, total := frame(ctx), amount(ctx, 4200, "SGD")
	link := views.ContinueView{Frame: frame, MethodName: "GCash", Total: total, URL: "#/wallet", ReturnURL: base + "/return", BackURL: base}
	post := link
	post.Post, post.Parameters = true, []views.Parameter{{Name: "PaReq", Value: "eJxV"}, {Name: "MD", Value: "7"}}
	code := views.CodeView{
		Frame: frame, Token: Token, MethodName: "PayNow", Message: "code.message", Total: total, Status: Status("processing"),
		Left: views.Span(ctx, 13*time.Minute), Until: "2026-03-01T12:13:00Z", Expires: "12:13 UTC", Now: "2026-03-01T12:00:00Z",
		Codes:     []views.Code{{Kind: "QRCODE", Text: "00020101021226570009SG.PAYNOW010120213202012345K030110412202601010000520400005303702540542.005802SG5913KILN THREAD6009Singapore6304A1B2"}},
		ReturnURL: base + "/return", BackURL: base, StatusURL: base + "/status", EventsURL: base + "/events",
	}
	phone := code
	phone.OnPhone = true
	counter := code
	counter.MethodName, counter.Message, counter.DetailsURL = "7-Eleven", "code.counter", "#/details"
	counter.Codes = []views.Code{{Kind: "BARCODE", Text: "0123456789012"}, {Kind: "TEXT", Text: "84 2210 7781"}}
	counter.Left, counter.Until, counter.Expires = views.Span(ctx, 6*24*time.Hour), "2026-03-07T12:00:00Z", "2026-03-07 12:00 UTC"
	transfer := counter
	transfer.MethodName, transfer.Message, transfer.Left = "BNI", "code.transfer", ""
	transfer.Codes = transfer.Codes[1:]
	bank := link
	bank.MethodName, bank.URL, bank.ToBank = "Credit or debit card", "#/bank", true
	waiting := views.WaitView{Frame: frame, Token: Token, Method: "GCASH", Total: total, Status: Status("unknown"), PayURL: base + "/payments", ReturnURL: base + "/return"}
	cardWaiting := waiting
	cardWaiting.Method, cardWaiting.PayURL = "CARD", ""
	return []Page{
		{"card", views.CardPage(Card(ctx))},
		{"card-errors", views.CardPage(wrongCard(ctx))},
		{"card-declined", views.CardPage(declinedCard(ctx))},
		{"card-co-badged", views.CardPage(coBadgedCard(ctx))},
		{"card-korean", views.CardPage(koreanCard(ctx))},
		{"card-brazilian", views.CardPage(brazilianCard(ctx))},
		{"continue-bank", views.ContinuePage(bank)},
		{"wait-card", views.WaitPage(cardWaiting)},
		{"continue", views.ContinuePage(link)},
		{"continue-post", views.ContinuePage(post)},
		{"code", views.CodePage(code)},
		{"code-phone", views.CodePage(phone)},
		{"code-counter", views.CodePage(counter)},
		{"code-transfer", views.CodePage(transfer)},
		{"wait", views.WaitPage(waiting)},
	}
}

// Card is the page where a buyer types a card, with the order's address.
func Card(ctx context.Context) views.CardView {
	base := "/checkout/" + Token
	return views.CardView{
		Frame: frame(ctx), Number: "KT-20481", Lines: lines(ctx), Total: amount(ctx, 4200, "SGD"),
		Values:    map[string]string{"billing_country": "SG", "billing_address1": "1 Raffles Place", "billing_postal_code": "048616", "billing_city": "Singapore"},
		Countries: []views.Option{{Value: "DE", Text: "Germany"}, {Value: "PH", Text: "Philippines"}, {Value: "SG", Text: "Singapore"}},
		PayURL:    base + "/payments", BackURL: base,
	}
}

// wrongCard is that page with something wrong in several fields.
func wrongCard(ctx context.Context) views.CardView {
	v := Card(ctx)
	v.Values["cardholder_first"], v.Values["cardholder_last"], v.Values["card_expiry"] = "Jo \"the\" <b>", "王", "01/20"
	v.Values["billing_country"] = ""
	v.Errors = map[string]string{
		"card_number": "decline.INVALID_CARD_NUMBER", "card_expiry": "decline.CARD_EXPIRED", "card_cvc": "error.required",
		"cardholder_last": "error.card_name", "billing_country": "error.required",
	}
	return v
}

// declinedCard is that page after the bank has declined the card.
func declinedCard(ctx context.Context) views.CardView {
	v := Card(ctx)
	v.Values["cardholder_first"], v.Values["cardholder_last"], v.Values["card_expiry"] = "Jo", "Tan", "12/29"
	v.Error = "decline.USER_BALANCE_NOT_ENOUGH"
	return v
}

// coBadgedCard is that page where its buyer has to choose one of the card's brands.
func coBadgedCard(ctx context.Context) views.CardView {
	v := Card(ctx)
	v.Values["cardholder_first"], v.Values["cardholder_last"], v.Values["card_expiry"] = "Léa", "Martin", "12/29"
	v.Brands = views.NewBrands([]string{"VISA", "CARTES_BANCAIRES"}, "", "error.card_brand_choice")
	v.Errors = map[string]string{"card_brand": "error.card_brand_choice"}
	v.Saving = &views.Saving{Ticked: true}
	return v
}

// koreanCard is that page of an order in KRW, before the card is known.
func koreanCard(ctx context.Context) views.CardView {
	v := Card(ctx)
	total := checkout.Money{Minor: 60_000, Currency: "KRW"}
	v.Total, v.Lines = views.NewAmount(ctx, total), v.Lines[:1]
	v.Lines[0].Unit, v.Lines[0].Total, v.Lines[0].Quantity = v.Total, v.Total, "1"
	v.Offer = views.NewCardOffer(ctx, total, checkout.CardOffer{Plans: koreanOffer.Plans}, checkout.CardChoice{Installments: 12})
	v.Region, v.MayBeLocal, v.Saving = checkout.RegionKorea, true, &views.Saving{}
	return v
}

// brazilianCard is that page after a card that Antom knows as one of Brazil.
func brazilianCard(ctx context.Context) views.CardView {
	v := Card(ctx)
	v.Region, v.Errors = checkout.RegionBrazil, map[string]string{"card_cpf": "error.card_cpf"}
	return v
}

// statusPages are the pay page and the return page in every status.
func statusPages(ctx context.Context) []Page {
	var all []Page
	for _, name := range Statuses {
		all = append(all,
			Page{"checkout-" + name, views.CheckoutPage(Checkout(ctx, Status(name)))},
			Page{"return-" + name, views.ReturnPage(Return(ctx, Status(name)))},
		)
	}
	return all
}

// returnPages are the return page, and the receipt that it becomes, where
// something beside the status differs.
func returnPages(ctx context.Context) []Page {
	justBack := Status("processing")
	justBack.SinceSecond = 1
	requested := Return(ctx, Status("pending"))
	requested.EmailRequested = true
	split := Return(ctx, Status("paid"))
	split.Receipt.Instalment = views.Text(ctx, "plan.last", 3, amount(ctx, 1400, "SGD").Text, amount(ctx, 1402, "SGD").Text)
	otherBrowser := Return(ctx, Status("paid"))
	otherBrowser.Receipt = nil
	checkoutElsewhere := Checkout(ctx, Status("paid"))
	checkoutElsewhere.Receipt = nil
	return []Page{
		{"return-fresh", views.ReturnPage(Return(ctx, justBack))},
		{"return-instalments", views.ReturnPage(split)},
		{"return-mail-noted", views.ReturnPage(requested)},
		{"return-other-browser", views.ReturnPage(otherBrowser)},
		{"checkout-other-browser", views.CheckoutPage(checkoutElsewhere)},
	}
}

// outsidePages are those of orders that a merchant's system has placed: they ask for what is
// missing of the buyer, and lead back to the merchant's shop.
func outsidePages(ctx context.Context) []Page {
	back := views.Leave{URL: "https://shop.example/cart"}
	open := func(change func(v *views.CheckoutView)) templ.Component {
		v := Checkout(ctx, Status("open"))
		v.Leave, v.Reference = back, "INV-2041-2026-a-long-number-of-the-merchants-own"
		v.Lines[1].Image = "" // the merchant's system has named none
		change(&v)
		return views.CheckoutPage(v)
	}
	contact := views.BuyerForm{URL: "#", Fields: views.BuyerFields([]string{"email"}, nil)}
	all := []string{"email", "phone", "name", "country", "address1", "postal_code"}
	address := views.BuyerForm{URL: "#", Fields: views.BuyerFields(all, nil), OrderForm: views.OrderForm{
		Values:    map[string]string{"email": "jo@", "name": "Jo \"the\" <b>Tan</b>", "country": "SG"},
		Errors:    map[string]string{"email": "error.email", "address1": "error.required", "postal_code": "error.invalid"},
		Countries: []views.Option{{Value: "DE", Text: "Germany"}, {Value: "PH", Text: "Philippines"}, {Value: "SG", Text: "Singapore"}},
	}}
	forward, waiting := Return(ctx, Status("paid")), Return(ctx, Status("processing"))
	forward.Leave, waiting.Leave = views.Leave{URL: "#main", Forward: true}, back // it must not leave the gallery
	expired := Checkout(ctx, Status("expired"))
	expired.Leave, expired.RenewURL = back, ""
	return []Page{
		{"checkout-outside", open(func(*views.CheckoutView) {})},
		{"checkout-outside-contact", open(func(v *views.CheckoutView) { v.Buyer = &contact })},
		{"checkout-outside-buyer", open(func(v *views.CheckoutView) { v.Buyer, v.Error = &address, "error.form" })},
		{"return-outside-forward", views.ReturnPage(forward)},
		{"return-outside-processing", views.ReturnPage(waiting)},
		{"checkout-outside-expired", views.CheckoutPage(expired)},
	}
}

// apiDocs is the page about the merchant API with one of each of its parts.
func apiDocs(ctx context.Context) views.APIDocs {
	money := views.APIType{Text: "Money", Schema: "Money"}
	return views.APIDocs{
		Frame: frame(ctx), SpecURL: "/api/v1/openapi.json", Base: "https://checkout.example/api/v1",
		About: "Orders, payments and what follows them, for the merchant's own systems.", Security: "A key of the merchant's, made by keys create.",
		Groups: []views.APIGroup{{Name: "Orders", Text: "What is bought.", Operations: []views.APIOperation{
			{ID: "create-order", Method: "POST", Path: "/orders", Text: "Place an order", Scopes: []string{"orders:write"}, Body: money, Status: "201", Answer: money},
			{ID: "list-orders", Method: "GET", Path: "/orders", Text: "List orders", Scopes: []string{"orders:read"}, Status: "200", Answer: money, Parameters: []views.APIMember{
				{Name: "created_from", In: "query", Text: "The first moment", Type: views.APIType{Text: "time"}},
				{Name: "Idempotency-Key", In: "header", Text: "Makes a repeat the same request", Required: true, Type: views.APIType{Text: "string, up to 255 characters"}},
			}},
		}}},
		Schemas: []views.APISchema{{Name: "Money", Members: []views.APIMember{
			{Name: "amount", Text: "In minor units", Required: true, Type: views.APIType{Text: "integer"}},
			{Name: "currency", Text: "ISO 4217", Required: true, Type: views.APIType{Text: "string, 3 characters"}},
		}}, {Name: "Nothing"}},
		Codes: []views.APICode{
			{Code: "idempotency_key_reused", Status: 422, Text: "The key belongs to another request."},
			{Code: "idempotency_key_in_use", Status: 409, Text: "The first request is still worked on."},
		},
	}
}

// linkPages are those of payment links.
func linkPages(ctx context.Context) []Page {
	sells := views.LinkView{
		Frame: frame(ctx), Name: "Two mugs and a notebook", Lines: lines(ctx), Total: amount(ctx, 4200, "SGD"), FormID: "f-1", PostURL: "#",
		Values: map[string]string{"quantity": "1", "email": "jo@example.com"},
	}
	adjustable := sells
	adjustable.Adjustable, adjustable.Reference, adjustable.OpenURL = true, "INV-2041", "/checkout/"+Token
	inUse := sells
	inUse.Error = "error.link_in_use"
	chosen := views.LinkView{
		Frame: frame(ctx), Name: "A gift for the school", FormID: "f-1", PostURL: "#", Values: map[string]string{"amount": "12.50"},
		Range: views.AmountRange{Min: amount(ctx, 500, "SGD"), Max: amount(ctx, 200000, "SGD")},
	}
	wrong := chosen
	wrong.Values = map[string]string{"amount": "1e3", "email": "jo@"}
	wrong.Errors = map[string]string{"amount": "error.amount", "email": "error.email", "reference": "error.too_long"}
	pages := []Page{
		{"link", views.LinkPage(sells)},
		{"link-adjustable", views.LinkPage(adjustable)},
		{"link-in-use", views.LinkPage(inUse)},
		{"link-amount", views.LinkPage(chosen)},
		{"link-errors", views.LinkPage(wrong)},
	}
	for _, status := range []checkout.LinkStatus{checkout.LinkUsedUp, checkout.LinkExpired, checkout.LinkOff} {
		closed := views.LinkClosedView{Frame: frame(ctx), Status: status}
		if status == checkout.LinkUsedUp {
			closed.OrderURL = "/checkout/" + Token
		}
		pages = append(pages, Page{"link-" + string(status), views.LinkClosedPage(closed)})
	}
	return pages
}

// otherPages are the order lookup and the error pages.
func otherPages(ctx context.Context) []Page {
	frame := frame(ctx)
	return []Page{
		{"api-docs", views.APIDocsPage(apiDocs(ctx))},
		{"lookup", views.LookupPage(views.LookupView{Frame: frame})},
		{"lookup-errors", views.LookupPage(views.LookupView{Frame: frame, Number: "12", Email: "jo@", Errors: map[string]string{"number": "error.invalid", "email": "error.email"}})},
		{"lookup-sent", views.LookupPage(views.LookupView{Frame: frame, Sent: true})},
		{"error-404", views.ErrorPage(views.ErrorView{Frame: frame, Code: 404, HomeURL: "/", Reference: "QX7M2K5PWB3ZC6RJD4HTNVLYAE"})},
		{"error-418", views.ErrorPage(views.ErrorView{Frame: frame, Code: 418, HomeURL: "/"})},
	}
}
