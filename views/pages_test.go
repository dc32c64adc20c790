package views

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

	"github.com/a-h/templ"
	"github.com/boombuler/barcode/qr"
	"golang.org/x/text/language"
)

const testNonce = "nonce-of-this-answer"

func render(t *testing.T, tag language.Tag, page templ.Component) string {
	t.Helper()
	var buf bytes.Buffer
	ctx := WithLanguage(templ.WithNonce(context.Background(), testNonce), tag)
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
	for _, tag := range Languages() {
		for _, s := range Samples(WithLanguage(context.Background(), tag)) {
			t.Run(tag.String()+"/"+s.Name, func(t *testing.T) { check(t, tag, render(t, tag, s.Page)) })
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
		for key := range catalogs[0].texts() {
			if strings.Contains(markup, ">"+key) || strings.Contains(markup, `"`+key) {
				t.Errorf("shows the key %s", key)
			}
		}
		if raw := values(markup, `>\s*((?:status|error|hint|decline|form)\.[a-z_.]+)`); raw != nil {
			t.Errorf("shows keys nobody has: %q", raw)
		}
		if left := placeholder.FindString(markup); left != "" {
			t.Errorf("shows %s", left)
		}
	})
}

func TestEveryPageIsAWholeAndPlainDocument(t *testing.T) {
	eachPage(t, func(t *testing.T, tag language.Tag, markup string) {
		if !strings.HasPrefix(strings.ToLower(markup), "<!doctype html><html lang=\""+strings.ToLower(tag.String())+"\" dir=\""+direction(tag)+"\">") {
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
			if !strings.Contains(script, `nonce="`+testNonce+`"`) || !strings.Contains(script, "defer") {
				t.Errorf("script without nonce or defer: %s", script)
			}
		}
		for _, image := range values(markup, `<img([^>]*)>`) {
			if !strings.Contains(image, ` alt="`) || !strings.Contains(image, ` width="`) || !strings.Contains(image, ` height="`) {
				t.Errorf("this picture moves the page or says nothing: %s", image)
			}
		}
	})
}

// Labels, error messages and lists of problems must lead somewhere, or people who
// cannot see the page are lost.
func TestReferencesWithinAPageHold(t *testing.T) {
	eachPage(t, func(t *testing.T, tag language.Tag, markup string) {
		ids := values(markup, ` id="([^"]*)"`)
		if sorted := slices.Sorted(slices.Values(ids)); len(slices.Compact(sorted)) != len(ids) {
			t.Errorf("an id is there twice: %q", ids)
		}
		for _, id := range values(markup, ` (?:for|aria-describedby|aria-labelledby|href)="(#?[^"]*)"`) {
			if id = strings.TrimPrefix(id, "#"); !strings.Contains(id, "/") && !slices.Contains(ids, id) {
				t.Errorf("nothing is called %q", id)
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
	for _, name := range statusNames {
		status := sampleStatus(name)
		for _, markup := range []string{
			inEnglish(t, CheckoutPage(sampleCheckout(english, status))),
			inEnglish(t, ReturnPage(sampleReturn(english, status))),
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
	view := sampleCheckout(english, sampleStatus("unknown"))
	view.Methods = sampleMethods(t.Context()) // even if somebody fills them in
	for _, markup := range []string{
		inEnglish(t, CheckoutPage(view)),
		inEnglish(t, ReturnPage(sampleReturn(english, sampleStatus("unknown")))),
	} {
		if regexp.MustCompile(`(?i)fail|declin|did not go through`).MatchString(markup) {
			t.Error("calls an unknown payment failed")
		}
		if strings.Contains(markup, `data-test="pay"`) || strings.Contains(markup, `id="sdk"`) {
			t.Error("offers to pay again")
		}
	}
}

func TestThePayPageHasOneButtonAndAWayToPayWithoutScripts(t *testing.T) {
	markup := inEnglish(t, CheckoutPage(sampleCheckout(english, sampleStatus("open"))))
	for _, want := range []string{
		`method="post" autocomplete="off" action="/checkout/` + sampleToken + `/payments"`,
		`<label class="method" data-test="method" data-method="CARD"><input type="radio" id="method-CARD" name="method" value="CARD" checked>`,
		`You will continue in GrabPay.`,
		"Pay SGD\u00a042.00</button>",
		`<link rel="preconnect" href="https://sdk.marmot-cloud.com" crossorigin="anonymous">`,
		`crossorigin="anonymous" defer></script>`,
		`data-environment="sandbox"`,
	} {
		if !strings.Contains(markup, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Count(markup, `data-test="pay"`) != 1 || strings.Count(markup, "<button") != 3 {
		t.Error("more to press than to pay, to go on without the SDK, or to choose another way")
	}
	if strings.Index(markup, "pay.js") > 0 || strings.Index(markup, static.URL("pay.js")) > strings.Index(markup, `id="sdk"`) {
		t.Error("our script waits for the SDK")
	}
}

func TestTheSDKIsOnNoPageButThePayPage(t *testing.T) {
	for _, s := range Samples(english) {
		if !strings.HasPrefix(s.Name, "checkout-") && strings.Contains(inEnglish(t, s.Page), "marmot") {
			t.Errorf("%s loads the SDK", s.Name)
		}
	}
	view := sampleCheckout(english, sampleStatus("open"))
	view.SDK = nil
	markup := inEnglish(t, CheckoutPage(view))
	if strings.Contains(markup, `id="sdk"`) || strings.Contains(markup, "data-sdk") || !strings.Contains(markup, `data-test="pay"`) {
		t.Error("without the SDK the page is not the plain form")
	}
	view.SDK = &SDK{URL: "https://js.example/sdk.js"}
	if strings.Contains(inEnglish(t, CheckoutPage(view)), "integrity") {
		t.Error("an empty integrity attribute")
	}
}

func TestTheInterstitialLeadsOnByItselfUnlessItPosts(t *testing.T) {
	view := ContinueView{MethodName: "GCash", URL: `https://cashier.example/pay?a=1&b="2"`}
	markup := inEnglish(t, ContinuePage(view))
	if !regexp.MustCompile(`<a [^>]*href="https://cashier.example/pay\?a=1&amp;b=&#34;2&#34;" data-test="continue">`).MatchString(markup) ||
		!strings.Contains(markup, `<meta http-equiv="refresh" content="0;url=https://cashier.example/pay?a=1&amp;b=&#34;2&#34;">`) {
		t.Error(markup)
	}
	view.Post, view.Parameters = true, []Parameter{{"PaReq", `"><script>`}}
	markup = inEnglish(t, ContinuePage(view))
	if !strings.Contains(markup, `name="PaReq" value="&#34;&gt;&lt;script&gt;"`) || strings.Contains(markup, "refresh") {
		t.Error(markup)
	}
	view = ContinueView{URL: "javascript:alert(1)"}
	if strings.Contains(inEnglish(t, ContinuePage(view)), "javascript:") {
		t.Error("leads on to a script")
	}
}

func TestBrowsersWithoutScriptsAskAgainUntilItIsFinal(t *testing.T) {
	for _, name := range statusNames {
		status := sampleStatus(name)
		markup := inEnglish(t, ReturnPage(sampleReturn(english, status)))
		refreshes := strings.Contains(markup, `<noscript><meta http-equiv="refresh" content="2;url=/checkout/`+sampleToken+`/return"></noscript></head>`) ||
			strings.Contains(markup, `<noscript><meta http-equiv="refresh" content="2;url=/checkout/`+sampleToken+`/return"></noscript><script`)
		if refreshes == status.Final {
			t.Errorf("%s: refreshes: %v", name, refreshes)
		}
	}
}

func TestASpinnerTurnsForFiveSecondsOnly(t *testing.T) {
	status := sampleStatus("processing")
	for second, want := range map[int]string{0: `data-calm="5000"`, 4: `data-calm="1000"`, 5: "", 600: ""} {
		status.SinceSecond = second
		markup := inEnglish(t, ReturnPage(sampleReturn(english, status)))
		if got := strings.Contains(markup, "spinner"); got != (want != "") || !strings.Contains(markup, want) {
			t.Errorf("after %d s: spinner %v", second, got)
		}
	}
}

func TestTheCartKeepsWhatTheBuyerTypedAndSaysWhatIsWrong(t *testing.T) {
	for _, s := range Samples(english) {
		if s.Name != "cart-errors" {
			continue
		}
		markup := inEnglish(t, s.Page)
		for _, want := range []string{
			`<form class="order-form" method="post" action="/orders" data-test="checkout-form" novalidate>`,
			`name="form_id" value="f-1"`,
			`value="jo@"`, `value="Jo &#34;the&#34; &lt;b&gt;Tan&lt;/b&gt;"`, `<option value="SG" selected>`,
			`aria-invalid="true" aria-describedby="email-problem"`, `<a href="#address1">Address: Please fill this in.</a>`,
			`name="quantity" value="1e3"`, `data-test="cart-line"`, `action="/cart/MUG-01"`, `name="quantity" value="0"`,
		} {
			if !strings.Contains(markup, want) {
				t.Errorf("no %s", want)
			}
		}
		for _, name := range orderFields {
			if !strings.Contains(markup, ` name="`+name+`"`) {
				t.Errorf("no field %s", name)
			}
		}
	}
}

func TestTheTimeLeftIsShownWhereAPaymentCanBeMade(t *testing.T) {
	for _, name := range statusNames {
		view := sampleCheckout(english, sampleStatus(name))
		markup := inEnglish(t, CheckoutPage(view))
		want := `role="timer" data-until="2026-03-01T13:00:00Z" data-now="2026-03-01T12:00:00Z" data-soon="Less than five minutes left to pay."`
		if got := strings.Contains(markup, want); got != offersMethods(view) {
			t.Errorf("%s: countdown: %v", name, got)
		}
		view.ExpiresAt = ""
		if strings.Contains(inEnglish(t, CheckoutPage(view)), "clock") {
			t.Errorf("%s: counts down to nothing", name)
		}
	}
}

func TestAnExpiredOrderIsRenewedWithOneButton(t *testing.T) {
	checkout, back := sampleCheckout(english, sampleStatus("expired")), sampleReturn(english, sampleStatus("expired"))
	want := `<form method="post" action="/checkout/` + sampleToken + `/renew"><button class="button wide" data-test="renew">Order again</button></form>`
	for _, page := range []templ.Component{CheckoutPage(checkout), ReturnPage(back)} {
		if markup := inEnglish(t, page); !strings.Contains(markup, want) || strings.Count(markup, `class="button`) != 1 {
			t.Error("not renewed with one button:", markup)
		}
	}
	checkout.RenewURL, back.RenewURL = "", ""
	for _, page := range []templ.Component{CheckoutPage(checkout), ReturnPage(back)} {
		if markup := inEnglish(t, page); strings.Contains(markup, "renew") || strings.Contains(markup, "<form") {
			t.Error("offers what cannot be done:", markup)
		}
	}
}

func TestWhoComesBackIsAskedOnlyWhereAPaymentCanBeMade(t *testing.T) {
	for _, name := range statusNames {
		view := sampleCheckout(english, sampleStatus(name))
		markup := inEnglish(t, CheckoutPage(view))
		if got := strings.Contains(markup, `<dialog id="finished"`); got != offersMethods(view) {
			t.Errorf("%s: dialog: %v", name, got)
		}
		if strings.Contains(markup, "<dialog open") {
			t.Errorf("%s: asks at once", name)
		}
	}
}

// Whoever cannot read a page must find the language they can, by its own name and
// without a script.
func TestThePageMayBeReadInAnotherLanguage(t *testing.T) {
	view := CatalogView{Frame: Frame{Languages: LanguageChoices(WithLanguage(context.Background(), language.Thai), func(code string) string { return "/?lang=" + code })}}
	markup := render(t, language.Thai, CatalogPage(view))
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
	if strings.Contains(inEnglish(t, CatalogPage(CatalogView{})), "languages") {
		t.Error("a choice of none")
	}
	view.Frame.Languages = []LanguageChoice{{Code: "x", Name: "<b>", Href: "javascript:alert(1)"}}
	if markup := inEnglish(t, CatalogPage(view)); strings.Contains(markup, "javascript:") || strings.Contains(markup, "<b>") {
		t.Error("trusts the list")
	}
}

func TestAStrangeSKUStaysInItsPlaceInTheAddress(t *testing.T) {
	markup := inEnglish(t, CatalogPage(CatalogView{Products: []Product{{SKU: `a/../b?c#"d`}}}))
	if !strings.Contains(markup, `href="/products/a%2F..%2Fb%3Fc%23%22d"`) || !strings.Contains(markup, `name="sku" value="a/../b?c#&#34;d"`) {
		t.Error(markup)
	}
}

func TestErrorPagesKnowTheirTextsByCode(t *testing.T) {
	for code, want := range map[int]string{404: "There is nothing here", 418: "That did not work"} {
		if markup := inEnglish(t, ErrorPage(ErrorView{Code: code})); !strings.Contains(markup, want) {
			t.Errorf("%d: no %q", code, want)
		}
	}
	if markup := inEnglish(t, ErrorPage(ErrorView{Code: 404, Title: "error.page.410.title"})); !strings.Contains(markup, "This is closed") {
		t.Error("the handler's own words are not shown")
	}
}

// One initial window of TCP carries the whole pay page; see issue 6.
func TestThePayPageFitsOneWindow(t *testing.T) {
	for _, methods := range []int{6, 15, 30} {
		total := 0
		for _, tag := range Languages() {
			ctx := WithLanguage(english, tag)
			view := sampleCheckout(ctx, sampleStatus("failed"))
			view.Methods = sampleManyMethods(ctx, methods)
			page := pack(t, render(t, tag, CheckoutPage(view)))
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

// The path is read back module by module: a wrong pixel would be a payment that
// cannot be made.
func TestTheDrawnCodeIsTheCode(t *testing.T) {
	const text = "00020101021226570009SG.PAYNOW0101202132020123456304A1B2"
	want, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	size := want.Bounds().Dx()
	got := draw(Code{Kind: "QRCODE", Text: text})
	if got.box != fmt.Sprintf("0 0 %d %d", size+8, size+8) {
		t.Error("box", got.box)
	}
	black := map[[2]int]bool{}
	for run := range strings.SplitSeq(strings.TrimSuffix(got.path, "z"), "z") {
		var x, y, width, height, back int
		if _, err := fmt.Sscanf(run, "M%d %dh%dv%dh%d", &x, &y, &width, &height, &back); err != nil || height != 1 || back != -width {
			t.Fatal(run, err)
		}
		for i := range width {
			black[[2]int{x + i - quietModules, y - quietModules}] = true
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
	for _, c := range []Code{
		{"QRCODE", strings.Repeat("x", 5000)}, {"BARCODE", "日本"}, {"TEXT", "84 2210"}, {"SOMETHING", "else"},
	} {
		if got := draw(c); got.path != "" || got.text != c.Text {
			t.Errorf("%s: %+v", c.Kind, got)
		}
	}
	if got := draw(Code{"BARCODE", "0123456789012"}); got.path == "" || got.text != "0123456789012" {
		t.Errorf("%+v", got)
	}
}

func BenchmarkCheckoutPage(b *testing.B) {
	page := CheckoutPage(sampleCheckout(english, sampleStatus("open")))
	ctx := WithLanguage(context.Background(), language.German)
	b.ReportAllocs()
	for b.Loop() {
		if err := page.Render(ctx, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
