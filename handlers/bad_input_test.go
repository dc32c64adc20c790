package handlers_test

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"antom-checkout/antom"
)

func TestBadQuantitiesKeepWhatWasTyped(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	for _, typed := range []string{"0", "-1", "1000000000", "1e3", "", "1.0", "two", " 1", "100", "\"><script>"} {
		page := buyer.post("/cart", "sku=MUG-01", "quantity="+typed).sees(http.StatusUnprocessableEntity, "whole number")
		page.seesNot("<script>\"")
		if typed != "" && !strings.ContainsAny(typed, "<\"") {
			page.sees(http.StatusUnprocessableEntity, `value="`+typed+`"`)
		}
	}
	buyer.fills()
	buyer.post("/cart/MUG-01", "quantity=1e3").sees(http.StatusUnprocessableEntity, "1e3", "whole number")
	buyer.get("/cart").sees(http.StatusOK, `data-minor="4800"`)
	buyer.post("/cart", "sku=MUG-01", "quantity=98").sees(http.StatusUnprocessableEntity)
	buyer.post("/cart/MUG-01", "quantity=0").sees(http.StatusSeeOther)
	buyer.get("/cart").seesNot("MUG-01")
}

func TestWhatIsNotThereIsA404Page(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	buyer.post("/cart", "sku=NONE", "quantity=1").sees(http.StatusNotFound, "Page not found")
	buyer.post("/cart/MUG-01", "quantity=1").sees(http.StatusNotFound)
	for _, path := range []string{
		"/products/NONE", "/nothing", "/checkout/short", "/checkout/AAAAAAAAAAAAAAAAAAAAAAAAAA",
		"/checkout/AAAAAAAAAAAAAAAAAAAAAAAAAA/return", "/checkout/AAAAAAAAAAAAAAAAAAAAAAAAAA/status",
		"/checkout/AAAAAAAAAAAAAAAAAAAAAAAAAA/events", "/checkout/%00%ff%0a'--aaaaaaaaaaaaaaaaaa", "/static/app.00000000.css",
	} {
		buyer.get(path).sees(http.StatusNotFound)
	}
	buyer.postJSON("/checkout/AAAAAAAAAAAAAAAAAAAAAAAAAA/payments", `{"method":"CARD"}`).sees(http.StatusNotFound, `"error"`)
}

func TestAWrongAddressShowsTheFormAgain(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	form := buyer.fills()
	page := buyer.post("/orders", "form_id="+form, "email=ann@", "name=Ann Lee", "phone=call me", "country=XX", "address1=").
		sees(http.StatusUnprocessableEntity, `value="Ann Lee"`, `value="ann@"`, `value="call me"`, "name@example.com", "phone number", `data-test="checkout-form"`)
	if formID.FindStringSubmatch(page.body) == nil {
		t.Fatal("the form has no new form_id")
	}
	if n := len(shop.audit()["order"]); n != 0 {
		t.Fatalf("%d orders were placed", n)
	}
	buyer.post("/orders", goodAddress...).sees(http.StatusUnprocessableEntity, `value="Ann Lee"`) // no form_id
	buyer.get("/cart").sees(http.StatusOK, `data-test="cart-line"`)
}

func TestAnEmptyCartMakesNoOrder(t *testing.T) {
	shop := newShop(t)
	shop.newBuyer().post("/orders", append([]string{"form_id=x"}, goodAddress...)...).
		sees(http.StatusConflict, "cart is empty")
}

func TestAMethodThatIsNotOfferedStartsNothing(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	for _, method := range []string{"", "NONE", "PAYPAY", "card"} {
		buyer.post(path+"/payments", "method="+method).sees(http.StatusUnprocessableEntity, `data-test="pay"`)
		buyer.postJSON(path+"/payments", `{"method":"`+method+`"}`).sees(http.StatusUnprocessableEntity, `"error"`)
	}
	for _, body := range []string{"", "{", "[]", `{"method":1}`} {
		buyer.postJSON(path+"/payments", body).sees(http.StatusBadRequest)
	}
	if n := len(shop.audit()["payment"]); n != 0 {
		t.Fatalf("%d payments were started", n)
	}
}

func TestTheTotalComesFromTheDatabase(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	form := buyer.fills()
	placed := buyer.post("/orders", append([]string{"form_id=" + form, "total=1", "price=1", "currency=JPY"}, goodAddress...)...)
	buyer.get(placed.header.Get("Location")).sees(http.StatusOK, `data-minor="4800" data-currency="SGD"`)
}

func TestHostileNamesNeverFailAPayment(t *testing.T) {
	shops := map[string]*shop{
		"createPaymentSession": newShop(t),
		"pay":                  newShop(t, func(s *settings) { s.withoutSDK = true }),
	}
	for name, sent := range map[string]string{
		"刘德华": "", "Zoë Ångström": "Zoe Angstrom", "ألِف 🎉": "", strings.Repeat("ü", 128): strings.Repeat("u", 128), `O'Brien "<b>"`: `O'Brien "<b>"`, "-": "-",
		strings.Repeat("𠮷", 128): "", strings.Repeat("ß", 128): strings.Repeat("ss", 64), "Юлия Щукина": "Yuliya Shchukina", "\u202egnoL eeL": "gnoL eeL",
		"สมชาย ใจดี": "", "Łukasz Żółć": "Lukasz Zolc", "{{.}} ${x} %s": "{{.}} ${x} %s", "a\u200d\u0300\u0301b": "ab",
	} {
		for operation, shop := range shops {
			buyer := shop.newBuyer()
			form := buyer.fills()
			fields := append([]string{"form_id=" + form}, goodAddress...)
			fields[2] = "name=" + name
			path := buyer.post("/orders", fields...).sees(http.StatusSeeOther).header.Get("Location")
			if a := buyer.starts(path, "CARD"); a.status != http.StatusOK || a.Action.Type != "sdk" && a.Action.Type != "redirect" {
				t.Errorf("%s for %.40q: %d %s", operation, name, a.status, a.Action.Type)
			}
			order := shop.lastOrder(operation)
			if sent == "" {
				if order.Buyer.Name != nil || order.Shipping.Name != nil {
					t.Errorf("%.40q is sent as %+v", name, order.Buyer.Name)
				}
			} else if order.Buyer.Name == nil || order.Buyer.Name.FullName != sent || order.Shipping.Name.FullName != sent {
				t.Errorf("%.40q is sent as %+v, want %.40q", name, order.Buyer.Name, sent)
			}
		}
	}
}

// lastOrder is the order of the newest request that Antom saw.
func (s *shop) lastOrder(operation string) antom.Order {
	s.t.Helper()
	messages := s.control.Messages()
	for i := len(messages) - 1; i >= 0; i-- {
		if messages[i].Operation == operation {
			var request struct {
				Order antom.Order `json:"order"`
			}
			must(s.t, json.Unmarshal([]byte(messages[i].Body), &request))
			return request.Order
		}
	}
	s.t.Fatal("Antom got no request")
	return antom.Order{}
}

// The sandbox refuses what Antom's documents forbid: text beyond ASCII,
// and whatever is too long.
func TestNoAddressFailsAPayment(t *testing.T) {
	shop := newShop(t)
	for name, fields := range map[string][]string{
		"Hong Kong":    {"country=HK", "address1=彌敦道 1 號", "region=九龍", "phone=+852 2345 6789"},
		"the Emirates": {"country=AE", "city=دبي", "address1=شارع الشيخ زايد", "phone=٠٥٠١٢٣٤٥٦٧"},
		"Japan, wide":  {"country=JP", "city=千代田区", "region=東京都", "address1=丸の内１－１", "postal_code=１００－０００５", "phone=０３－１２３４－５６７８"},
		"a long town":  {"country=GB", "city=" + strings.Repeat("Llanfairpwllgwyngyll ", 3), "address1=1", "postal_code=LL61 5UJ", "region=" + strings.Repeat("W", 64)},
		"everything longest": {"country=DE", "city=" + strings.Repeat("ß", 64), "address1=" + strings.Repeat("ß", 128), "address2=" + strings.Repeat("𠮷", 128),
			"postal_code=" + strings.Repeat("1", 16), "region=" + strings.Repeat("é", 64), "phone=" + strings.Repeat("9", 20), "email=" + strings.Repeat("x", 52) + "@example.com"},
		"a mail in German": {"country=DE", "city=Köln", "address1=Straße 1", "postal_code=50667", "email=jörg@example.de", "phone=+49 (0)221 / 12.34-56"},
	} {
		t.Run(name, func(t *testing.T) {
			buyer := shop.newBuyer()
			form := append([]string{"form_id=" + buyer.fills(), "name=Ann Lee"}, fields...)
			if !slices.ContainsFunc(fields, func(f string) bool { return strings.HasPrefix(f, "email=") }) {
				form = append(form, "email=ann@example.com")
			}
			path := buyer.post("/orders", form...).sees(http.StatusSeeOther).header.Get("Location")
			buyer.expectAction(buyer.starts(path, "CARD"), http.StatusOK, "sdk")
			if order := shop.lastOrder("createPaymentSession"); order.Shipping.Address.Region != strings.TrimPrefix(fields[0], "country=") {
				t.Errorf("sent to %+v", order.Shipping.Address)
			}
		})
	}
	buyer := shop.newBuyer()
	form := append([]string{"form_id=" + buyer.fills()}, goodAddress...)
	form[3], form[4] = "phone=+49 (0)221 / 12.34-56", "country=DE"
	buyer.expectAction(buyer.starts(buyer.post("/orders", form...).header.Get("Location"), "CARD"), http.StatusOK, "sdk")
	if order := shop.lastOrder("createPaymentSession"); order.Buyer.PhoneNo != "+49221123456" || order.Shipping.PhoneNo != "+49221123456" {
		t.Errorf("the phone is sent as %s and %s", order.Buyer.PhoneNo, order.Shipping.PhoneNo)
	}
}

func TestBadInputIsReportedAtItsFieldAndNothingIsLost(t *testing.T) {
	shop := newShop(t)
	for name, row := range map[string]struct {
		field, value, says string
	}{
		"200 letters":        {"name", strings.Repeat("n", 200), "too long"},
		"200 of four bytes":  {"name", strings.Repeat("𠮷", 200), "too long"},
		"a control":          {"name", "Ann\x00Lee", "characters we can’t use"},
		"an escape":          {"name", "Ann\x1b[31mLee", "characters we can’t use"},
		"a header smuggled":  {"email", "ann@example.com\nBcc: bob@example.com", "characters we can’t use"},
		"no mail":            {"email", "ann@", "name@example.com"},
		"no phone":           {"phone", "call me maybe", "phone number"},
		"unknown country":    {"country", "ZZ", "Choose a country"},
		"a country's name":   {"country", "Singapore", "too long"},
		"a strange code":     {"postal_code", "<048616>", "characters we can’t use"},
		"an unending street": {"address1", strings.Repeat("x", 129), "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			buyer := shop.newBuyer()
			form := append([]string{"form_id=" + buyer.fills()}, goodAddress...)
			for i, field := range form {
				if strings.HasPrefix(field, row.field+"=") {
					form[i] = row.field + "=" + row.value
				}
			}
			page := buyer.post("/orders", form...).sees(http.StatusUnprocessableEntity, `id="`+row.field+`-problem"`, `href="#`+row.field+`"`, `aria-describedby="`+row.field+`-problem"`)
			problem := regexp.MustCompile(`id="` + row.field + `-problem">([^<]*)<`).FindStringSubmatch(page.body)
			if problem == nil || !strings.Contains(problem[1], row.says) {
				t.Errorf("said is %q, want %q", problem, row.says)
			}
			for _, field := range goodAddress {
				if name, value, _ := strings.Cut(field, "="); name != row.field && name != "country" {
					page.sees(http.StatusUnprocessableEntity, `value="`+html.EscapeString(value)+`"`)
				}
			}
			if row.field != "country" {
				page.sees(http.StatusUnprocessableEntity, `<option value="SG" selected>`)
				if !strings.ContainsAny(row.value, "\x00\n<") { // what a browser cannot keep in a field anyway
					page.sees(http.StatusUnprocessableEntity, row.value)
				}
			}
		})
	}
}

func TestAnUnknownLanguageIsAnsweredInEnglish(t *testing.T) {
	shop := newShop(t)
	for _, language := range []string{"tlh", "xx-klingon;q=abc,,;", strings.Repeat("en-", 2000), "\xff\xfe", "*", "q=1", "../../en"} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", shop.url+"/cart?lang="+url.QueryEscape(language), nil)
		must(t, err)
		req.Header.Set("Accept-Language", language)
		shop.newBuyer().do(req).sees(http.StatusOK, `<html lang="en"`)
	}
}

const paymentResult = `{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"},` +
	`"paymentRequestId":"ID","paymentId":"20260101194010890100111650285726898","paymentAmount":{"currency":"SGD","value":"4800"},` +
	`"paymentCreateTime":"2026-01-01T19:35:39-07:00","paymentTime":"2026-01-01T19:36:54-07:00"}`

const success = `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}`

func TestOnlyNotificationsThatAntomSignedAreAcknowledged(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	id := buyer.starts(path, "GCASH").PaymentRequestID
	good := strings.Replace(paymentResult, "ID", id, 1)
	refused := map[string]struct {
		body   string
		change func(*http.Request)
		status int
	}{
		"unsigned":             {good, func(r *http.Request) { r.Header.Del("Signature") }, http.StatusUnauthorized},
		"another key's":        {good, func(r *http.Request) { setSignature(r, "keyVersion=2", "keyVersion=1") }, http.StatusUnauthorized},
		"an unknown key's":     {good, func(r *http.Request) { setSignature(r, "keyVersion=2", "keyVersion=9") }, http.StatusUnauthorized},
		"no key version":       {good, func(r *http.Request) { setSignature(r, "keyVersion=2,", "") }, http.StatusUnauthorized},
		"another algorithm":    {good, func(r *http.Request) { setSignature(r, "RSA256", "none") }, http.StatusUnauthorized},
		"a foreign client":     {good, func(r *http.Request) { r.Header.Set("Client-Id", "SANDBOX_OTHER") }, http.StatusUnauthorized},
		"a second signature":   {good, func(r *http.Request) { r.Header.Add("Signature", r.Header.Get("Signature")) }, http.StatusUnauthorized},
		"a second client":      {good, func(r *http.Request) { r.Header.Add("Client-Id", r.Header.Get("Client-Id")) }, http.StatusUnauthorized},
		"another time":         {good, func(r *http.Request) { r.Header.Set("Request-Time", "2026-01-01T00:00:00Z") }, http.StatusUnauthorized},
		"another path":         {good, func(r *http.Request) { r.URL.RawQuery = "a=b" }, http.StatusUnauthorized},
		"signed but no JSON":   {"{", func(*http.Request) {}, http.StatusBadRequest},
		"signed, keys doubled": {strings.Replace(good, `"notifyType"`, `"paymentRequestId":"x","notifyType"`, 1), func(*http.Request) {}, http.StatusBadRequest},
		"too large":            {`{"x":"` + strings.Repeat("a", 70_000) + `"}`, func(*http.Request) {}, http.StatusRequestEntityTooLarge},
	}
	for name, c := range refused {
		res := shop.notify(c.body, c.change)
		if text := read(t, res); res.StatusCode != c.status || strings.Contains(text, "SUCCESS") {
			t.Errorf("%s: %d %s, want %d", name, res.StatusCode, text, c.status)
		}
	}
	if rows := shop.audit()["notification"]; len(rows) != 0 {
		t.Errorf("stored: %v", rows)
	}
	buyer.expectStatus(path, "processing", "processing")

	for name, body := range map[string]string{
		"an unknown payment":  strings.Replace(paymentResult, "ID", "unknown", 1),
		"an unknown type":     `{"notifyType":"SOMETHING_NEW","result":{"resultCode":"SUCCESS","resultStatus":"S"}}`,
		"a contradiction":     strings.Replace(good, "4800", "1", 1),
		"the truth":           good,
		"the truth once more": good,
	} {
		if res := shop.notify(body); res.StatusCode != http.StatusOK || read(t, res) != success {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	if rows := shop.audit()["notification"]; len(rows) != 4 {
		t.Errorf("%d notifications are stored, want 4", len(rows))
	}
}

// The capture's notification carries no payment request id; a session's Antom id is
// first reported by the payment's notification, which may come later.
func TestACaptureNotificationMayComeFirst(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	id := buyer.starts(path, "CARD").PaymentRequestID
	shop.notify(`{"notifyType":"CAPTURE_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},` +
		`"captureRequestId":"C1","captureId":"20260101","paymentId":"20260101194010890100111650285726898","captureAmount":{"currency":"SGD","value":"4800"}}`)
	shop.expectCount(1, "notification", "applied", false)
	shop.sweeps() // finds nothing yet, and would look again in an hour
	shop.notify(strings.Replace(paymentResult, "ID", id, 1))
	shop.sweeps()
	shop.expectCount(2, "notification", "applied", true)
	shop.expectCount(1, "order", "status", "paid")
}

func setSignature(r *http.Request, old, replacement string) {
	r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), old, replacement, 1))
}

func read(t *testing.T, res *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(res.Body)
	must(t, err)
	return string(text)
}

// chunked hides the length of a body.
type chunked struct{ io.Reader }

func TestEveryAnswerIsGuarded(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.publicURL = "https://shop.example" })
	buyer := shop.newBuyer()
	pages := map[string]int{
		"/": 200, "/products/MUG-01": 200, "/cart": 200, "/nothing": 404, "/checkout/none": 404, "/healthz": 200, "/readyz": 200,
	}
	for path, status := range pages {
		h := buyer.get(path).sees(status).header
		policy := h.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'", "script-src 'nonce-"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy lacks %s: %s", path, part, policy)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: %s", path, policy)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		if !strings.HasPrefix(h.Get("Strict-Transport-Security"), "max-age=") {
			t.Errorf("%s: no HSTS", path)
		}
	}
	cookie := buyer.post("/cart", "sku=MUG-01", "quantity=1").header.Get("Set-Cookie")
	for _, flag := range []string{"__Host-session=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, flag) {
			t.Errorf("the cookie lacks %s: %s", flag, cookie)
		}
	}
}

func TestThePayPageOpensForTheSDKAlone(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	sandboxURL := shop.box.Credentials().BaseURL
	page := buyer.get(path).sees(http.StatusOK, sandboxURL+"/sdk/ams-checkout.min.js")
	policy := page.header.Get("Content-Security-Policy")
	for _, part := range []string{"frame-src " + sandboxURL, "connect-src 'self' " + sandboxURL, "default-src 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy lacks %s: %s", part, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "strict-dynamic") {
		t.Errorf("policy %s", policy)
	}
	if page.header.Get("Cache-Control") != "no-store" {
		t.Errorf("Cache-Control %s", page.header.Get("Cache-Control"))
	}
}

// The SDK reads switches from the address of the page it runs on.
func TestThePayPageHasOneAddress(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	for _, query := range []string{"LOCAL_MOCK=1", "_sandbox=true", "since=1", "lang=de&requestHost=evil.example", "=", "%zz", "a=b;c"} {
		for _, method := range []string{"GET", "HEAD"} {
			req, err := http.NewRequestWithContext(t.Context(), method, shop.url+path+"?"+query, nil)
			must(t, err)
			if to := buyer.do(req).sees(http.StatusSeeOther).header.Get("Location"); to != path {
				t.Errorf("%s ?%s leads to %s", method, query, to)
			}
		}
	}
	buyer.get(path).sees(http.StatusOK, `lang="de"`) // the language is applied all the same
	buyer.get(path + "?").sees(http.StatusOK)
}

func TestAPageAnswersHEADWithItsHeadersAlone(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	for _, address := range []string{"/", "/products/MUG-01", path, path + "/return", path + "/status", "/healthz", "/readyz", "/static/none.css"} {
		request := func(method string) answer {
			req, err := http.NewRequestWithContext(t.Context(), method, shop.url+address, nil)
			must(t, err)
			req.Header.Set("Accept-Encoding", "identity") // or Go's client packs, unpacks and forgets the length of one of them
			return buyer.do(req)
		}
		whole, head := request("GET"), request("HEAD")
		if head.status != whole.status || head.header.Get("Content-Type") != whole.header.Get("Content-Type") || head.body != "" {
			t.Errorf("%s: HEAD answers %d %s, GET %d %s", address, head.status, head.header.Get("Content-Type"), whole.status, whole.header.Get("Content-Type"))
		}
		if got, want := head.header.Get("Content-Length"), whole.header.Get("Content-Length"); got != want && address != path+"/status" {
			t.Errorf("%s: %s bytes by HEAD, %s by GET", address, got, want)
		}
	}
}

func TestOtherSitesCannotActForABuyer(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	for name, change := range map[string]func(*http.Request){
		"Sec-Fetch-Site":    func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"Origin":            func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
		"a sandboxed frame": func(r *http.Request) { r.Header.Set("Origin", "null") },
	} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", shop.url+"/cart", strings.NewReader(url.Values{"sku": {"MUG-01"}, "quantity": {"1"}}.Encode()))
		must(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		change(req)
		if got := buyer.do(req); got.status != http.StatusForbidden {
			t.Errorf("%s: %d", name, got.status)
		}
	}
}

// Browsers before Fetch Metadata send the shop's own forms with its origin alone.
func TestABrowserWithoutFetchMetadataCanBuy(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	req, err := http.NewRequestWithContext(t.Context(), "POST", shop.url+"/cart", strings.NewReader("sku=MUG-01&quantity=1"))
	must(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", shop.url)
	buyer.do(req).sees(http.StatusSeeOther)
}

func TestBodiesOver64KiBAreRefused(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	huge := strings.Repeat("x", 70_000)
	buyer.post("/cart", "sku=MUG-01", "quantity="+huge).sees(http.StatusRequestEntityTooLarge)
	buyer.post("/orders", "name="+huge).sees(http.StatusRequestEntityTooLarge)
	buyer.post("/orders", "name="+huge[:1<<16-len("name=")]).sees(http.StatusUnprocessableEntity)
	buyer.post("/orders", "name="+huge[:1<<16-len("name=")+1]).sees(http.StatusRequestEntityTooLarge)
	buyer.postJSON(path+"/payments", `{"method":"`+huge+`"}`).sees(http.StatusRequestEntityTooLarge)
	// Without a Content-Length the limit holds while reading.
	req, err := http.NewRequestWithContext(t.Context(), "POST", shop.url+"/orders", chunked{strings.NewReader("name=" + huge)})
	must(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if got := buyer.do(req); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("chunked: %d", got.status)
	}
}

func TestForwardedAddressesAreNotBelieved(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.withoutSDK = true })
	buyer := shop.newBuyer()
	path := buyer.orders()
	req, err := http.NewRequestWithContext(t.Context(), "POST", shop.url+path+"/payments", strings.NewReader("method=CARD"))
	must(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Forwarded-For", "203.0.113.9")
	req.Header.Set("X-Real-Ip", "203.0.113.9")
	buyer.do(req)
	for _, m := range shop.control.Messages() {
		text, err := json.Marshal(m)
		must(t, err)
		if strings.Contains(string(text), "203.0.113.9") {
			t.Fatal("Antom got a forged address")
		}
	}
}

// What the pay request carries: order, buyer, amount, settlement, addresses,
// environment and expiry.
func TestARequestToAntomIsComplete(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	buyer.starts(buyer.orders(), "CARD")
	var body string
	for _, m := range shop.control.Messages() {
		text, err := json.Marshal(m)
		must(t, err)
		if strings.Contains(string(text), "createPaymentSession") {
			body = string(text)
		}
	}
	for _, part := range []string{
		"referenceOrderId", "orderDescription", "goodsName", "Enamel mug", "buyerEmail", "ann@example.com", "shippingAddress",
		"settlementCurrency", "paymentRedirectUrl", "/return", "/antom/notify", "clientIp", "127.0.0.1", "terminalType", "WEB",
		"paymentSessionExpiryTime", "isAuthorization", "CASHIER_PAYMENT", "4800",
	} {
		if !strings.Contains(body, part) {
			t.Errorf("the request lacks %s", part)
		}
	}
}

func TestTooManyRequestsAreRefused(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.rateLimits = true })
	buyer := shop.newBuyer()
	path := buyer.orders()
	for range 100 {
		got := buyer.postJSON(path+"/payments", `{"method":"NONE"}`)
		if got.status == http.StatusTooManyRequests {
			got.sees(http.StatusTooManyRequests, `"error"`)
			if got.header.Get("Retry-After") == "" {
				t.Error("it is not said for how long")
			}
			return
		}
	}
	t.Error("a hundred starts of one order at once are all taken")
}

func TestABuyerChoosesTheLanguage(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	buyer.get("/").sees(http.StatusOK, `lang="en"`, `lang=de`)
	buyer.get("/?lang=de").sees(http.StatusOK, `lang="de"`)
	path := buyer.orders()
	buyer.get(path).sees(http.StatusOK, `lang="de"`, "48,00")
	buyer.get(path + "?lang=ar").sees(http.StatusSeeOther) // the pay page's address stays clean
	buyer.get(path).sees(http.StatusOK, `lang="ar"`, `dir="rtl"`)
	buyer.get("/?lang=klingon").sees(http.StatusOK, `lang="ar"`)
}

// A path of two slashes is, as a link, the address of another host.
func TestNoLinkOfAPageLeadsToAHostInItsAddress(t *testing.T) {
	shop := newShop(t)
	for _, path := range []string{"//evil.example/x", "//evil.example", "///evil.example/x", "/%5Cevil.example/x", "//evil.example%2Fx"} {
		page := shop.newBuyer().get(path).sees(http.StatusNotFound, `href="?lang=de"`)
		for _, link := range regexp.MustCompile(`(?:href|action|src)="([^"]*)"`).FindAllStringSubmatch(page.body, -1) {
			if strings.Contains(link[1], "evil") {
				t.Errorf("%s has the link %s", path, link[1])
			}
		}
	}
}

// The cart may be stored for the back button; what a buyer typed may not.
func TestAPageWithWhatABuyerTypedIsNotStored(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	form := buyer.fills()
	if got := buyer.get("/cart").header.Get("Cache-Control"); got != "private, no-cache" {
		t.Errorf("the cart is %s", got)
	}
	page := buyer.post("/orders", "form_id="+form, "name=Ann Lee", "email=ann@").sees(http.StatusUnprocessableEntity, "Ann Lee")
	if got := page.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("the form that is shown again is %s", got)
	}
}
