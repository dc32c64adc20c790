package views_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"html"
	"io"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"antom-checkout/static"
	"antom-checkout/views"
	"antom-checkout/views/samples"

	"github.com/a-h/templ"
	"github.com/boombuler/barcode/qr"
	"golang.org/x/text/language"
)

const testNonce = "nonce-of-this-answer"

func render(t *testing.T, tag language.Tag, page templ.Component) string {
	t.Helper()
	var buf bytes.Buffer
	ctx := views.WithLanguage(templ.WithNonce(context.Background(), testNonce), tag)
	if err := page.Render(ctx, &buf); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

var english = context.Background()

func inEnglish(t *testing.T, page templ.Component) string {
	t.Helper()
	return render(t, language.English, page)
}

// eachPage renders every sample in every language.
func eachPage(t *testing.T, check func(t *testing.T, tag language.Tag, markup string)) {
	for _, tag := range views.Languages() {
		for _, s := range samples.Pages(views.WithLanguage(context.Background(), tag)) {
			t.Run(tag.String()+"/"+s.Name, func(t *testing.T) { check(t, tag, render(t, tag, s)) })
		}
	}
}

func values(markup, pattern string) []string {
	var found []string
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(markup, -1) {
		found = append(found, html.UnescapeString(m[1]))
	}
	return found
}

func TestNoPageShowsAKeyOrAPlaceholder(t *testing.T) {
	eachPage(t, func(t *testing.T, tag language.Tag, markup string) {
		for key := range views.Keys() {
			if strings.Contains(markup, ">"+key) || strings.Contains(markup, `"`+key) {
				t.Errorf("shows the key %s", key)
			}
		}
		if raw := values(markup, `>\s*((?:status|error|hint|decline|form)\.[a-z_.]+)`); raw != nil {
			t.Errorf("shows unknown keys: %q", raw)
		}
		if left := views.Placeholder.FindString(markup); left != "" {
			t.Errorf("shows %s", left)
		}
	})
}

func TestEveryPageIsAWholeAndPlainDocument(t *testing.T) {
	eachPage(t, func(t *testing.T, tag language.Tag, markup string) {
		if !strings.HasPrefix(strings.ToLower(markup), "<!doctype html><html lang=\""+strings.ToLower(tag.String())+"\" dir=\""+views.Direction(tag)+"\"") {
			t.Errorf("begins with %.80s", markup)
		}
		for element, want := range map[string]int{"<h1": 1, "<main": 1, "<header": 1, "<footer": 1, "<title>": 1} {
			if got := strings.Count(markup, element); got != want {
				t.Errorf("has %d of %s, want %d", got, element, want)
			}
		}
		if found := regexp.MustCompile(`<[^>]* (style|on[a-z]+)=`).FindString(markup); found != "" {
			t.Errorf("the policy forbids %s", found)
		}
		for _, script := range values(markup, `<script([^>]*)>`) {
			inPage := !strings.Contains(script, " src=")
			if !strings.Contains(script, `nonce="`+testNonce+`"`) || strings.Contains(script, "defer") == inPage {
				t.Errorf("script without nonce or defer: %s", script)
			}
		}
		for _, image := range values(markup, `<img([^>]*)>`) {
			if !strings.Contains(image, ` alt="`) || !strings.Contains(image, ` width="`) || !strings.Contains(image, ` height="`) {
				t.Errorf("this picture shifts the layout or has no description: %s", image)
			}
		}
	})
}

// Labels, error messages and lists of problems must refer to existing elements,
// because screen readers follow them.
func TestReferencesWithinAPageHold(t *testing.T) {
	eachPage(t, func(t *testing.T, tag language.Tag, markup string) {
		ids := values(markup, ` id="([^"]*)"`)
		if sorted := slices.Sorted(slices.Values(ids)); len(slices.Compact(sorted)) != len(ids) {
			t.Errorf("an id is there twice: %q", ids)
		}
		for _, id := range values(markup, ` (?:for|aria-describedby|aria-labelledby|href)="(#?[^"]*)"`) {
			for _, id := range strings.Fields(strings.TrimPrefix(id, "#")) { // a field may be described by several elements
				if !strings.Contains(id, "/") && !slices.Contains(ids, id) {
					t.Errorf("no element has the id %q", id)
				}
			}
		}
		for _, field := range values(markup, `<(?:input|select)([^>]*)>`) {
			if strings.Contains(field, `type="hidden"`) || strings.Contains(field, `type="radio"`) {
				continue // a radio button sits in its label
			}
			id := values(field, ` id="([^"]*)"`)
			if len(id) != 1 || !strings.Contains(markup, ` for="`+html.EscapeString(id[0])+`"`) {
				t.Errorf("a field without a label: %s", field)
			}
		}
	})
}

func TestTheStatusStandsOnCheckoutAndReturnInEveryState(t *testing.T) {
	for _, name := range samples.Statuses {
		status := samples.Status(name)
		for _, markup := range []string{
			inEnglish(t, views.CheckoutPage(samples.Checkout(english, status))),
			inEnglish(t, views.ReturnPage(samples.Return(english, status))),
		} {
			if strings.Count(markup, `data-test="status" data-status="`+status.Status+`" data-state="`+status.Status+":"+status.Payment+`"`) != 1 {
				t.Errorf("%s: no status element", name)
			}
			if !strings.Contains(markup, `data-test="order-total" data-minor="4200" data-currency="SGD"`) {
				t.Errorf("%s: no total", name)
			}
			if got := strings.Contains(markup, `data-test="retry"`); got != status.Failed {
				t.Errorf("%s: retry offered: %v", name, got)
			}
			if got := strings.Contains(markup, `data-final`); got != status.Final {
				t.Errorf("%s: final: %v", name, got)
			}
		}
	}
}

func TestAnUnknownPaymentIsNeverCalledFailedAndNeverPaidTwice(t *testing.T) {
	view := samples.Checkout(english, samples.Status("unknown"))
	view.Methods = samples.Methods(t.Context()) // even if the handler fills them in
	for _, markup := range []string{
		inEnglish(t, views.CheckoutPage(view)),
		inEnglish(t, views.ReturnPage(samples.Return(english, samples.Status("unknown")))),
	} {
		if regexp.MustCompile(`(?i)fail|declin|didn’t go through`).MatchString(markup) {
			t.Error("calls an unknown payment failed")
		}
		if strings.Contains(markup, `data-test="pay"`) || strings.Contains(markup, `id="sdk"`) {
			t.Error("offers to pay again")
		}
	}
}

func TestThePayPageHasOneButtonAndAWayToPayWithoutScripts(t *testing.T) {
	markup := inEnglish(t, views.CheckoutPage(samples.Checkout(english, samples.Status("open"))))
	for _, want := range []string{
		`method="post" autocomplete="off" action="/checkout/` + samples.Token + `/payments"`,
		`<label class="method" data-test="method" data-method="CARD"><input type="radio" id="method-CARD" name="method" value="CARD" checked>`,
		`You’ll continue in GrabPay.`,
		"Pay SGD\u00a042.00</button>",
		`<link rel="preconnect" href="https://sdk.marmot-cloud.com" crossorigin="anonymous">`,
		`crossorigin="anonymous" defer></script>`,
	} {
		if !strings.Contains(markup, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Count(markup, `data-test="pay"`) != 1 || strings.Count(markup, "<button") != 3 {
		t.Error("there are more buttons than pay, continue without the SDK, and choose another way")
	}
	if strings.Index(markup, "pay.js") > 0 || strings.Index(markup, static.URL("pay.js")) > strings.Index(markup, `id="sdk"`) {
		t.Error("pay.js waits for the SDK")
	}
}

func TestTheSDKIsOnNoPageButThePayPage(t *testing.T) {
	for _, s := range samples.Pages(english) {
		if !strings.HasPrefix(s.Name, "checkout-") && strings.Contains(inEnglish(t, s), "marmot") {
			t.Errorf("%s loads the SDK", s.Name)
		}
	}
	view := samples.Checkout(english, samples.Status("open"))
	view.SDK = nil
	markup := inEnglish(t, views.CheckoutPage(view))
	if strings.Contains(markup, `id="sdk"`) || strings.Contains(markup, "data-sdk") || !strings.Contains(markup, `data-test="pay"`) {
		t.Error("without the SDK the page is not the plain form")
	}
	view.SDK = &views.SDK{URL: "https://js.example/sdk.js"}
	if strings.Contains(inEnglish(t, views.CheckoutPage(view)), "integrity") {
		t.Error("an empty integrity attribute")
	}
}

func TestTheInterstitialRedirectsUnlessItPosts(t *testing.T) {
	view := views.ContinueView{MethodName: "GCash", URL: `https://cashier.example/pay?a=1&b="2"`}
	markup := inEnglish(t, views.ContinuePage(view))
	if !regexp.MustCompile(`<a [^>]*href="https://cashier.example/pay\?a=1&amp;b=&#34;2&#34;" data-test="continue">`).MatchString(markup) ||
		!strings.Contains(markup, `<meta http-equiv="refresh" content="0;url=https://cashier.example/pay?a=1&amp;b=&#34;2&#34;">`) {
		t.Error(markup)
	}
	view.Post, view.Parameters = true, []views.Parameter{{Name: "PaReq", Value: `"><script>`}}
	markup = inEnglish(t, views.ContinuePage(view))
	if !strings.Contains(markup, `name="PaReq" value="&#34;&gt;&lt;script&gt;"`) || strings.Contains(markup, "refresh") {
		t.Error(markup)
	}
	view = views.ContinueView{URL: "javascript:alert(1)"}
	if strings.Contains(inEnglish(t, views.ContinuePage(view)), "javascript:") {
		t.Error("redirects to a script")
	}
}

func TestBrowsersWithoutScriptsReloadUntilTheStatusIsFinal(t *testing.T) {
	for _, name := range samples.Statuses {
		status := samples.Status(name)
		markup := inEnglish(t, views.ReturnPage(samples.Return(english, status)))
		refreshes := strings.Contains(markup, `<noscript><meta http-equiv="refresh" content="2;url=/checkout/`+samples.Token+`/return"></noscript><script nonce="`+testNonce+`" data-refresh="2;url=/checkout/`+samples.Token+`/return">`)
		if refreshes == status.Final {
			t.Errorf("%s: refreshes: %v", name, refreshes)
		}
	}
}

func TestASpinnerIsShownForFiveSecondsOnly(t *testing.T) {
	status := samples.Status("processing")
	for second, want := range map[int]string{0: `data-calm="5000"`, 4: `data-calm="1000"`, 5: "", 600: ""} {
		status.SinceSecond = second
		markup := inEnglish(t, views.ReturnPage(samples.Return(english, status)))
		if got := strings.Contains(markup, "spinner"); got != (want != "") || !strings.Contains(markup, want) {
			t.Errorf("after %d s: spinner %v", second, got)
		}
	}
}

func TestTheCartKeepsWhatTheBuyerTypedAndSaysWhatIsWrong(t *testing.T) {
	for _, s := range samples.Pages(english) {
		if s.Name != "cart-errors" {
			continue
		}
		markup := inEnglish(t, s)
		for _, want := range []string{
			`<form class="order-form" method="post" action="/orders" data-test="checkout-form" novalidate>`,
			`name="form_id" value="f-1"`,
			`value="jo@"`, `value="Jo &#34;the&#34; &lt;b&gt;Tan&lt;/b&gt;"`, `<option value="SG" selected>`,
			`aria-invalid="true" aria-describedby="email-problem"`, `<a href="#address1">Enter your street and house number.</a>`,
			`name="quantity" value="1e3"`, `data-test="cart-line"`, `action="/cart/MUG-01"`, `name="quantity" value="0"`,
		} {
			if !strings.Contains(markup, want) {
				t.Errorf("no %s", want)
			}
		}
		for _, name := range views.OrderFields {
			if !strings.Contains(markup, ` name="`+name+`"`) {
				t.Errorf("no field %s", name)
			}
		}
	}
}

func TestTheTimeLeftIsShownWhereAPaymentCanBeMade(t *testing.T) {
	for _, name := range samples.Statuses {
		view := samples.Checkout(english, samples.Status(name))
		markup := inEnglish(t, views.CheckoutPage(view))
		want := `role="timer" data-until="2026-03-01T13:00:00Z" data-now="2026-03-01T12:00:00Z" data-soon="Less than five minutes left to pay."`
		if got := strings.Contains(markup, want); got != views.OffersMethods(view) {
			t.Errorf("%s: countdown: %v", name, got)
		}
		view.ExpiresAt = ""
		if strings.Contains(inEnglish(t, views.CheckoutPage(view)), "clock") {
			t.Errorf("%s: a countdown without an end", name)
		}
	}
}

func TestAnExpiredOrderIsRenewedWithOneButton(t *testing.T) {
	checkout, back := samples.Checkout(english, samples.Status("expired")), samples.Return(english, samples.Status("expired"))
	want := `<form method="post" action="/checkout/` + samples.Token + `/renew"><button class="button wide" data-test="renew">Order again</button></form>`
	for _, page := range []templ.Component{views.CheckoutPage(checkout), views.ReturnPage(back)} {
		if markup := inEnglish(t, page); !strings.Contains(markup, want) || strings.Count(markup, `class="button`) != 1 {
			t.Error("not renewed with one button:", markup)
		}
	}
	checkout.RenewURL, back.RenewURL = "", ""
	for _, page := range []templ.Component{views.CheckoutPage(checkout), views.ReturnPage(back)} {
		if markup := inEnglish(t, page); strings.Contains(markup, "renew") || strings.Contains(markup, "<form") {
			t.Error("offers a renewal that is impossible:", markup)
		}
	}
}

func TestTheReturningBuyerIsAskedOnlyWhereAPaymentCanBeMade(t *testing.T) {
	for _, name := range samples.Statuses {
		view := samples.Checkout(english, samples.Status(name))
		markup := inEnglish(t, views.CheckoutPage(view))
		if got := strings.Contains(markup, `<dialog id="finished"`); got != views.OffersMethods(view) {
			t.Errorf("%s: dialog: %v", name, got)
		}
		if strings.Contains(markup, "<dialog open") {
			t.Errorf("%s: the dialog is open at once", name)
		}
	}
}

// A reader must find their language by its own name and without a script.
func TestThePageMayBeReadInAnotherLanguage(t *testing.T) {
	view := views.CatalogView{Frame: views.Frame{Languages: views.LanguageChoices(views.WithLanguage(context.Background(), language.Thai), func(code string) string { return "/?lang=" + code })}}
	markup := render(t, language.Thai, views.CatalogPage(view))
	for _, want := range []string{
		`<a href="/?lang=ar" lang="ar" hreflang="ar">العربية</a>`, `<a href="/?lang=th" lang="th" aria-current="true">ไทย</a>`, `<a href="/?lang=pt-BR" `,
	} {
		if !strings.Contains(markup, want) {
			t.Errorf("no %s", want)
		}
	}
	if got := strings.Count(markup, `aria-current`); got != 1 {
		t.Errorf("%d current languages", got)
	}
	if strings.Contains(inEnglish(t, views.CatalogPage(views.CatalogView{})), "languages") {
		t.Error("a language choice without languages")
	}
	view.Frame.Languages = []views.LanguageChoice{{Code: "x", Name: "<b>", Href: "javascript:alert(1)"}}
	if markup := inEnglish(t, views.CatalogPage(view)); strings.Contains(markup, "javascript:") || strings.Contains(markup, "<b>") {
		t.Error("an unsafe address of the list is not sanitised")
	}
}

func TestAStrangeSKUStaysInItsPlaceInTheAddress(t *testing.T) {
	markup := inEnglish(t, views.CatalogPage(views.CatalogView{Products: []views.Product{{SKU: `a/../b?c#"d`}}}))
	if !strings.Contains(markup, `href="/products/a%2F..%2Fb%3Fc%23%22d"`) || !strings.Contains(markup, `name="sku" value="a/../b?c#&#34;d"`) {
		t.Error(markup)
	}
}

func TestErrorPagesKnowTheirTextsByCode(t *testing.T) {
	for code, want := range map[int]string{404: "Page not found", 418: "That didn’t work"} {
		if markup := inEnglish(t, views.ErrorPage(views.ErrorView{Code: code})); !strings.Contains(markup, want) {
			t.Errorf("%d: no %q", code, want)
		}
	}
	if markup := inEnglish(t, views.ErrorPage(views.ErrorView{Code: 404, Title: "error.page.410.title"})); !strings.Contains(markup, "This order is closed") {
		t.Error("the handler's own title is not shown")
	}
}

// The keys that handlers compose or pass on; see the comments of the view models.
func TestEveryKeyThatHandlersSendExists(t *testing.T) {
	var keys []string
	for _, name := range samples.Statuses {
		keys = append(keys, "status."+name+".title", "status."+name+".message")
	}
	for _, name := range strings.Fields("required too_long email phone country invalid quantity form method_required method_unknown cart_empty") {
		keys = append(keys, "error."+name)
	}
	for _, code := range strings.Fields("400 403 404 405 409 410 413 422 429 500 503 default") {
		keys = append(keys, "error.page."+code+".title", "error.page."+code+".message")
	}
	for _, kind := range strings.Fields("card wallet bank qr") {
		keys = append(keys, "hint."+kind, "takes."+kind)
	}
	for _, name := range views.OrderFields {
		keys = append(keys, "form."+name)
	}
	for _, key := range keys {
		if !views.HasText(key) {
			t.Errorf("no text for %s", key)
		}
	}
}

// One initial TCP window carries the whole pay page, so that it arrives in one round
// trip.
func TestThePayPageFitsOneWindow(t *testing.T) {
	for _, methods := range []int{6, 15, 30} {
		total := 0
		for _, tag := range views.Languages() {
			ctx := views.WithLanguage(english, tag)
			view := samples.Checkout(ctx, samples.Status("failed"))
			view.Methods = samples.ManyMethods(ctx, methods)
			page := pack(t, render(t, tag, views.CheckoutPage(view)))
			assets := 0
			for _, name := range []string{"app.css", "pay.js", "status.js"} {
				assets += len(pack(t, served(t, name)))
			}
			total = max(total, len(page)+assets)
		}
		t.Logf("%d methods: %d bytes compressed", methods, total)
		if total > 14_600 {
			t.Errorf("the pay page with %d methods is %d bytes compressed, more than 14,600", methods, total)
		}
	}
}

func served(t *testing.T, name string) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	static.Handler().ServeHTTP(recorder, httptest.NewRequest("GET", static.URL(name), nil))
	return recorder.Body.String()
}

func pack(t *testing.T, text string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// The path is read back module by module: a wrong module makes the code unreadable.
func TestTheDrawnCodeIsTheCode(t *testing.T) {
	const text = "00020101021226570009SG.PAYNOW0101202132020123456304A1B2"
	want, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	size := want.Bounds().Dx()
	got := views.Draw(views.Code{Kind: "QRCODE", Text: text})
	if got.Box() != fmt.Sprintf("0 0 %d %d", size+8, size+8) {
		t.Error("box", got.Box())
	}
	black := map[[2]int]bool{}
	for run := range strings.SplitSeq(strings.TrimSuffix(got.Path(), "z"), "z") {
		var x, y, width, height, back int
		if _, err := fmt.Sscanf(run, "M%d %dh%dv%dh%d", &x, &y, &width, &height, &back); err != nil || height != 1 || back != -width {
			t.Fatal(run, err)
		}
		for i := range width {
			black[[2]int{x + i - views.QuietModules, y - views.QuietModules}] = true
		}
	}
	for y := range size {
		for x := range size {
			if r, _, _, _ := want.At(x, y).RGBA(); (r == 0) != black[[2]int{x, y}] {
				t.Fatalf("module %d,%d is wrong", x, y)
			}
		}
	}
}

func TestACodeThatCannotBeDrawnIsShownAsText(t *testing.T) {
	for _, c := range []views.Code{
		{Kind: "QRCODE", Text: strings.Repeat("x", 5000)}, {Kind: "BARCODE", Text: "日本"}, {Kind: "TEXT", Text: "84 2210"}, {Kind: "SOMETHING", Text: "else"},
	} {
		if got := views.Draw(c); got.Path() != "" || got.Caption() != c.Text {
			t.Errorf("%s: %+v", c.Kind, got)
		}
	}
	if got := views.Draw(views.Code{Kind: "BARCODE", Text: "0123456789012"}); got.Path() == "" || got.Caption() != "0123456789012" {
		t.Errorf("%+v", got)
	}
}

func BenchmarkCheckoutPage(b *testing.B) {
	page := views.CheckoutPage(samples.Checkout(english, samples.Status("open")))
	ctx := views.WithLanguage(context.Background(), language.German)
	b.ReportAllocs()
	for b.Loop() {
		if err := page.Render(ctx, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
