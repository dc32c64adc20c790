package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"antom-checkout/antom"
	"antom-checkout/handlers"
)

const appReturns = "myshop://pay, https://shop.example/app/, com.example.shop:/paid"

func withApps(s *settings) { s.appReturns = appReturns }

// startsInApp starts a payment as a native app does.
func (b *buyer) startsInApp(path, method, os, back string) action {
	b.t.Helper()
	got := b.postJSON(path+"/payments", fmt.Sprintf(`{"method":%q,"terminal":"APP","os":%q,"return_url":%q}`, method, os, back))
	a := action{status: got.status}
	if err := json.Unmarshal([]byte(got.body), &a); err != nil {
		b.t.Fatalf("start of %s answers %d %s", method, got.status, got.body)
	}
	return a
}

// begun is a request that Antom got for a start; they are in order.
type begun struct {
	PaymentRequestID   string    `json:"paymentRequestId"`
	ProductScene       string    `json:"productScene"`
	PaymentRedirectURL string    `json:"paymentRedirectUrl"`
	Env                antom.Env `json:"env"`
}

func (s *shop) begun(operation string) []begun {
	s.t.Helper()
	var all []begun
	for _, m := range s.control.Messages() {
		if m.Operation == operation {
			var request begun
			must(s.t, json.Unmarshal([]byte(m.Body), &request))
			all = append(all, request)
		}
	}
	return all
}

func TestAnAppPaysWithItsOwnSDK(t *testing.T) {
	shop := newShop(t, withApps)
	buyer := shop.newBuyer()
	path := buyer.orders()
	for _, os := range []string{"ANDROID", "IOS"} {
		back := "myshop://pay?on=" + os
		started := buyer.startsInApp(path, "CARD", os, back)
		buyer.expectAction(started, http.StatusOK, "sdk")
		if a := started.Action; a.SDK != "AMSCashierPayment" || a.SessionData == "" || a.Environment != "sandbox" || a.Locale != "en_US" || a.ExpiresAt == "" {
			t.Fatalf("action %+v", a)
		}
		all := shop.begun("createPaymentSession")
		request := all[len(all)-1]
		if request.Env.TerminalType != antom.TerminalApp || string(request.Env.OSType) != os || request.PaymentRedirectURL != back || request.PaymentRequestID != started.PaymentRequestID || request.ProductScene != "" {
			t.Fatalf("Antom got %+v", request)
		}
	}
	must(t, shop.control.Pay(buyer.status(path).LastPayment.PaymentRequestID))
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
}

// Whatever the web page shows, the mobile SDK is one class with one kind of session.
func TestAnAppGetsNoElement(t *testing.T) {
	shop := newShop(t, withApps, showsIn(handlers.Element))
	buyer := shop.newBuyer()
	started := buyer.startsInApp(buyer.orders(), "CARD", "IOS", "myshop://pay")
	buyer.expectAction(started, http.StatusOK, "sdk")
	if request := shop.begun("createPaymentSession")[0]; started.Action.SDK != "AMSCashierPayment" || request.ProductScene != "" || request.Env.TerminalType != antom.TerminalApp {
		t.Fatalf("the app gets %s and Antom got %+v", started.Action.SDK, request)
	}
}

// A session returns where it was created for: an app's buyer must not end in a
// browser, nor the other way round.
func TestAppAndWebDoNotShareASession(t *testing.T) {
	shop := newShop(t, withApps)
	buyer := shop.newBuyer()
	path := buyer.orders()
	web := buyer.starts(path, "GCASH")
	app := buyer.startsInApp(path, "GCASH", "ANDROID", "myshop://pay")
	buyer.expectAction(app, http.StatusOK, "sdk")
	if app.PaymentRequestID == web.PaymentRequestID {
		t.Fatal("the app goes on with the browser's session")
	}
	again := buyer.startsInApp(path, "GCASH", "ANDROID", "myshop://pay")
	if again.PaymentRequestID != app.PaymentRequestID || again.Action.SessionData != app.Action.SessionData {
		t.Fatal("the app does not go on with its own session")
	}
	back := buyer.starts(path, "GCASH")
	buyer.expectAction(back, http.StatusOK, "sdk")
	if back.PaymentRequestID == app.PaymentRequestID {
		t.Fatal("the browser goes on with the app's session")
	}
	sessions := shop.begun("createPaymentSession")
	if n := len(sessions); n != 3 {
		t.Fatalf("%d sessions were created, want 3", n)
	}
	for i, want := range []string{shop.url + path + "/return", "myshop://pay", shop.url + path + "/return"} {
		if sessions[i].PaymentRedirectURL != want {
			t.Errorf("session %d leads to %s, want %s", i, sessions[i].PaymentRedirectURL, want)
		}
	}
	must(t, shop.control.Pay(back.PaymentRequestID))
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
	buyer.expectAction(buyer.startsInApp(path, "GCASH", "ANDROID", "myshop://pay"), http.StatusOK, "done")
}

func TestAnAppLearnsWhichFieldIsWrong(t *testing.T) {
	shop := newShop(t, withApps)
	buyer := shop.newBuyer()
	path := buyer.orders()
	for body, wrong := range map[string][]string{
		`{"method":"CARD","terminal":"APP"}`:                                                        {"os", "return_url"},
		`{"method":"CARD","terminal":"APP","os":"IOS"}`:                                             {"return_url"},
		`{"method":"CARD","terminal":"APP","os":"SYMBIAN","return_url":"myshop://pay"}`:             {"os"},
		`{"method":"CARD","terminal":"app","os":"IOS","return_url":"myshop://pay"}`:                 {"terminal"},
		`{"method":"CARD","os":"IOS","return_url":"myshop://pay"}`:                                  {"terminal"},
		`{"method":"CARD","terminal":"WEB","os":"TV","return_url":"https://evil.example"}`:          {"os", "return_url", "terminal"},
		`{"method":"CARD","terminal":"APP","os":"IOS","return_url":"https://evil.example/app/pay"}`: {"return_url"},
		`{"method":"NONE","terminal":"APP","os":"IOS","return_url":"myshop://pay"}`:                 {"method"},
	} {
		var refused struct {
			Error  string            `json:"error"`
			Fields map[string]string `json:"fields"`
		}
		// Whatever it accepts, an app can do nothing with a page.
		req, err := http.NewRequestWithContext(t.Context(), "POST", shop.url+path+"/payments", strings.NewReader(body))
		must(t, err)
		req.Header.Set("Content-Type", "application/json")
		must(t, json.Unmarshal([]byte(buyer.do(req).sees(http.StatusUnprocessableEntity).body), &refused))
		if refused.Error == "" || len(refused.Fields) != len(wrong) {
			t.Errorf("%s is answered %+v", body, refused)
		}
		for _, field := range wrong {
			if refused.Fields[field] == "" {
				t.Errorf("%s: nothing is said of %s", body, field)
			}
		}
	}
	if n := len(shop.audit()["payment"]); n != 0 {
		t.Fatalf("%d payments were started", n)
	}
}

func TestWithoutASettingNoAppIsLedAnywhere(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	a := buyer.startsInApp(buyer.orders(), "CARD", "IOS", "myshop://pay")
	if a.status != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", a.status)
	}
}

func TestAnAppIsOpenedAgainOnlyWhereTheMerchantSaysSo(t *testing.T) {
	shop := newShop(t, withApps)
	buyer := shop.newBuyer()
	path := buyer.orders()
	for _, back := range []string{
		"myshop://pay", "MyShop://pay", "myshop://pay/", "myshop://pay/done?order=1", "https://shop.example/app/", "https://SHOP.example/app/paid",
		"com.example.shop:/paid", "com.example.shop:/paid/now",
	} {
		if a := buyer.startsInApp(path, "CARD", "IOS", back); a.status != http.StatusOK {
			t.Errorf("%s is refused", back)
		}
	}
	for _, back := range []string{
		"myshop://payments", "myshop://evil", "myshop:pay", "myshop:/pay", "myshop://pay@evil", "myshop://pay:1", "myshop://", "//pay",
		"http://shop.example/app/", "https://shop.example/", "https://shop.example/apps", "https://shop.example:444/app/",
		"https://shop.example.evil.example/app/", "https://evil.example/?https://shop.example/app/", "https://shop.example@evil.example/app/",
		"https://shop.example/app/../out", "https://shop.example/app/%2e%2e/out", "https://shop.example/app/..%2fout", `https://shop.example\@evil.example/app/`,
		"https://shop.example/app/#x", "com.example.shop:/paid/../else", "com.example.shop://paid",
		"javascript:alert(1)", "javascript://pay/%0aalert(1)", "data:text/html,x", "intent://pay#Intent;scheme=myshop;end", "file:///app/", " myshop://pay",
		"myshop://pay?x=\u00e9", "myshop://pay?x=" + strings.Repeat("a", 300),
	} {
		if a := buyer.startsInApp(path, "CARD", "IOS", back); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%q is allowed", back)
		}
	}
}

func TestAListOfAppAddressesIsCheckedWhole(t *testing.T) {
	if list, err := handlers.ParseAppReturns(appReturns); err != nil || len(list) != 3 {
		t.Errorf("%v, %v", list, err)
	}
	if list, err := handlers.ParseAppReturns(" , "); err != nil || len(list) != 0 {
		t.Errorf("nothing becomes %v, %v", list, err)
	}
	_, err := handlers.ParseAppReturns("javascript:alert(1),http://shop.example/,myshop:pay,myshop://pay?x=1,https:///app,my shop://x,data://x/y")
	if err == nil {
		t.Fatal("all is taken")
	}
	for _, part := range []string{"javascript:alert(1)", "http://shop.example/", "myshop:pay", "myshop://pay?x=1", "https:///app", "my shop://x", "data://x/y"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("nothing is said of %s: %v", part, err)
		}
	}
}

// Without the SDK an app gets the wallet's own addresses, and one of the web to
// fall back on.
func TestAnAppWithoutSDKIsLedToTheWallet(t *testing.T) {
	shop := newShop(t, withApps, func(s *settings) { s.withoutSDK = true })
	buyer := shop.newBuyer()
	path := buyer.orders()
	started := buyer.startsInApp(path, "GCASH", "ANDROID", "myshop://pay")
	buyer.expectAction(started, http.StatusOK, "redirect")
	if a := started.Action; !strings.HasPrefix(a.URL, "http") || !strings.HasPrefix(a.ApplinkURL, "http") || !strings.HasPrefix(a.SchemeURL, "antomsandbox:") {
		t.Fatalf("action %+v", a)
	}
	request := shop.begun("pay")[0]
	if request.Env.TerminalType != antom.TerminalApp || request.Env.OSType != antom.OSAndroid || request.PaymentRedirectURL != "myshop://pay" {
		t.Fatalf("Antom got %+v", request)
	}
	web := buyer.starts(path, "GCASH")
	buyer.expectAction(web, http.StatusOK, "redirect")
	if a := web.Action; a.ApplinkURL != "" || a.SchemeURL != "" {
		t.Errorf("a browser is led to an app: %+v", a)
	}
	code := buyer.startsInApp(path, "PAYNOW", "ANDROID", "myshop://pay")
	buyer.expectAction(code, http.StatusOK, "code")
	if len(code.Action.Codes) == 0 {
		t.Error("no code to scan")
	}
}

// The whole way of an app that shows no page of the shop: cart, order, payment, status.
func TestAnAppOrdersWithoutAPage(t *testing.T) {
	shop := newShop(t, withApps)
	app := shop.newBuyer()
	app.post("/cart", "sku=MUG-01", "quantity=2").sees(http.StatusSeeOther)
	form := append([]string{"form_id=5f6b9d2e-of-the-app"}, goodAddress...)
	path := app.post("/orders", form...).sees(http.StatusSeeOther).header.Get("Location")
	if again := app.post("/orders", form...).header.Get("Location"); again != path {
		t.Fatalf("the same form makes %s and %s", path, again)
	}
	started := app.startsInApp(path, "ALIPAY_CN", "IOS", "https://shop.example/app/paid")
	app.expectAction(started, http.StatusOK, "sdk")
	app.expectStatus(path, "processing", "processing")
	must(t, shop.control.Pay(started.PaymentRequestID))
	shop.quiet()
	if st := app.status(path); st.Status != "paid" || !st.Final {
		t.Fatalf("status %+v", st)
	}
}
