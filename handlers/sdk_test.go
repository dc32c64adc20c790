package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/handlers"
	"antom-checkout/views"
)

func showsIn(ui handlers.SDKUI) func(*settings) {
	return func(s *settings) { s.sdk = func(sdk *handlers.SDK) { sdk.UI = ui } }
}

func TestTheSDKIsNamedByClassAndPlace(t *testing.T) {
	for _, row := range []struct {
		ui                handlers.SDKUI
		method, class, in string
	}{
		{"", "CARD", "AMSCashierPayment", ""},
		{handlers.Popup, "CARD", "AMSCashierPayment", ""},
		{handlers.Inline, "CARD", "AMSCashierPayment", "inline"},
		{handlers.Inline, "GCASH", "AMSCashierPayment", ""},
		{handlers.Element, "", "AMSElement", "element"},
		{handlers.Element, "CARD", "AMSCashierPayment", ""}, // who names a method is no element
	} {
		t.Run(string(row.ui)+" "+row.method, func(t *testing.T) {
			shop := newShop(t, showsIn(row.ui))
			buyer := shop.newBuyer()
			a := buyer.starts(buyer.orders(), row.method)
			buyer.expectAction(a, http.StatusOK, "sdk")
			if a.Action.SDK != row.class || a.Action.UI != row.in || a.Action.SessionData == "" || a.Action.ExpiresAt == "" {
				t.Errorf("%+v", a.Action)
			}
		})
	}
}

func TestWithoutTheElementAMethodHasToBeChosen(t *testing.T) {
	shop := newShop(t, showsIn(handlers.Popup))
	buyer := shop.newBuyer()
	if a := buyer.starts(buyer.orders(), ""); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a start without a method is answered %d", a.status)
	}
	shop = newShop(t, showsIn(handlers.Element))
	buyer = shop.newBuyer()
	path := buyer.orders()
	buyer.post(path+"/payments", "method=").sees(http.StatusUnprocessableEntity) // without JavaScript
}

// The session of an element names no method, but all that the shop offers, in an order.
func TestAnElementOffersWhatTheShopOffers(t *testing.T) {
	shop := newShop(t, showsIn(handlers.Element))
	buyer := shop.newBuyer()
	path := buyer.orders()
	page := buyer.get(path).sees(http.StatusOK, `data-sdk="element"`, `id="stage"`, `/static/element.`)
	a := buyer.starts(path, "")
	var sent antom.PaymentSessionRequest
	for _, m := range shop.control.Messages() {
		if m.Operation == "createPaymentSession" && m.Direction == "in" {
			must(t, json.Unmarshal([]byte(m.Body), &sent))
		}
	}
	var offered, shown []string
	for i, available := range sent.AvailablePaymentMethod.Types {
		offered = append(offered, available.Type)
		if int(available.Order) != i+1 {
			t.Errorf("%s comes as number %d, want %d", available.Type, available.Order, i+1)
		}
	}
	for _, found := range regexp.MustCompile(`data-method="([A-Z0-9_]+)"`).FindAllStringSubmatch(page.body, -1) {
		shown = append(shown, found[1])
	}
	slices.Sort(offered) // the page groups them
	slices.Sort(shown)
	if !slices.Equal(offered, shown) || len(shown) == 0 {
		t.Errorf("the element offers %v, the page %v", offered, shown)
	}
	if sent.ProductScene != antom.SceneElement || sent.PaymentMethod != nil {
		t.Errorf("scene %q, method %v", sent.ProductScene, sent.PaymentMethod)
	}
	if sent.PaymentFactor == nil || sent.PaymentFactor.IsAuthorization == nil {
		t.Error("a card in the element would not be authorised first")
	}
	if again := buyer.starts(path, ""); again.PaymentRequestID != a.PaymentRequestID || again.Action.SessionData != a.Action.SessionData {
		t.Error("another session while the first may still be used")
	}
}

func TestWhatIsChosenInTheElementIsLearntFromAntom(t *testing.T) {
	for method, captures := range map[string]int{"GCASH": 0, "CARD": 1} {
		t.Run(method, func(t *testing.T) {
			shop := newShop(t, showsIn(handlers.Element))
			buyer := shop.newBuyer()
			path := buyer.orders()
			id := buyer.starts(path, "").PaymentRequestID
			shop.expectCount(1, "payment", "method", "")
			buyer.get(path).sees(http.StatusOK, `data-status="processing"`, "Waiting for your payment") // nothing was done yet
			must(t, shop.control.Submit(id, method))
			must(t, shop.control.Pay(id))
			shop.quiet()
			buyer.expectStatus(path, "paid", "paid")
			shop.expectCount(1, "payment", "method", method)
			shop.expectCount(captures, "capture", "status", "success")
			shop.expectCount(0, "order", "status", "review")
		})
	}
}

// A buyer who returns to the element after choosing there chooses again, and what was
// chosen first is ended before.
func TestAnElementChosenInIsCancelledForAnother(t *testing.T) {
	shop := newShop(t, showsIn(handlers.Element))
	buyer := shop.newBuyer()
	path := buyer.orders()
	first := buyer.starts(path, "")
	must(t, shop.control.Submit(first.PaymentRequestID, "GCASH"))
	shop.passes(3 * time.Second)
	buyer.get(path).sees(http.StatusOK, "data-due") // the page polls whether it was paid
	second := buyer.starts(path, "")
	buyer.expectAction(second, http.StatusOK, "sdk")
	if second.PaymentRequestID == first.PaymentRequestID {
		t.Fatal("the session of another choice")
	}
	shop.expectCount(1, "cancel", "status", "success")
	third := buyer.post(path+"/payments", "method=ALIPAY_CN") // and on without the SDK
	third.sees(http.StatusOK, `data-test="continue"`)
	shop.expectCount(2, "payment", "status", "cancelled")
	shop.expectCount(1, "payment", "method", "ALIPAY_CN")
}

func TestASessionIsUsedUntilItExpiresThenThereIsANewOne(t *testing.T) {
	for _, row := range []struct {
		ui     handlers.SDKUI
		method string
	}{{handlers.Popup, "GCASH"}, {handlers.Element, ""}} {
		t.Run(string(row.ui), func(t *testing.T) {
			shop := newShop(t, showsIn(row.ui), func(s *settings) { s.orderTTL = 90 * time.Minute })
			buyer := shop.newBuyer()
			path := buyer.orders()
			first := buyer.starts(path, row.method)
			shop.passes(54 * time.Minute)
			if again := buyer.starts(path, row.method); again.Action.SessionData != first.Action.SessionData {
				t.Error("another session while the first may still be used")
			}
			shop.passes(2 * time.Minute)
			second := buyer.starts(path, row.method)
			buyer.expectAction(second, http.StatusOK, "sdk")
			if second.PaymentRequestID == first.PaymentRequestID || second.Action.SessionData == first.Action.SessionData {
				t.Error("a session that has expired is used again")
			}
			order := shop.audit()["order"][0]
			created, err := time.Parse(time.RFC3339, order["created_at"].(string))
			must(t, err)
			ends, err := time.Parse(time.RFC3339, second.Action.ExpiresAt)
			must(t, err)
			if ends.After(created.Add(90 * time.Minute)) {
				t.Errorf("the session ends at %v, after its order", ends)
			}
		})
	}
}

// The SDK speaks fifteen languages, spelt its own way; a buyer who speaks
// another one is understood in English.
func TestTheSDKSpeaksTheBuyersLanguage(t *testing.T) {
	want := map[string]string{
		"en": "en_US", "zh-Hans": "zh_CN", "zh-Hant": "zh_HK", "ja": "en_US", "ko": "ko_KR", "th": "th_TH", "vi": "vi_VN",
		"id": "in_ID", "ms": "ms_MY", "fil": "tl_PH", "es": "es_ES", "pt-BR": "pt_BR", "fr": "fr_FR", "de": "de_DE",
		"it": "it_IT", "nl": "nl_NL", "pl": "en_US", "tr": "en_US", "ro": "en_US", "hi": "en_US", "ar": "en_US",
	}
	if len(views.Languages()) != len(want) {
		t.Fatalf("%d languages, of which %d are known here", len(views.Languages()), len(want))
	}
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	for _, tag := range views.Languages() {
		buyer.get("/?lang=" + tag.String())
		if a := buyer.starts(path, "GCASH"); a.Action.Locale != want[tag.String()] {
			t.Errorf("%s is %q to the SDK, want %q", tag, a.Action.Locale, want[tag.String()])
		}
	}
}

// What the pay page of an account with Antom allows, by where the SDK comes from.
func TestThePayPageAllowsAntomsHostsAndNoMore(t *testing.T) {
	const pinned = "https://sdk.marmot-cloud.com/package/ams-checkout/1.47.2/dist/umd/ams-checkout.min.js"
	for name, row := range map[string]struct {
		script, gateway string
		has, lacks      []string
	}{
		"the pinned version": {pinned, "https://open-sea-global.alipay.com", []string{
			" " + pinned + ";", "style-src-elem 'self' 'sha256-", "style-src-attr 'none'",
			"connect-src 'self' https://imgs-sea-global.alipay.com ", "frame-src https://ac.alipay.com https://checkout.antom.com;",
			"form-action 'self' https:;", // of card and bank: 3-D Secure
		}, []string{"unsafe"}},
		"another version": {strings.Replace(pinned, "1.47.2", "1.12.0", 1), "https://open-na-global.alipay.com", []string{
			"style-src 'self' 'unsafe-inline';", "https://imgs-na-global.alipay.com",
		}, []string{"sha256", "unsafe-eval"}},
		"v2": {"https://js.antom.com/v2/ams-checkout.js", "https://open-de-global.alipay.com", []string{
			" https://js.antom.com;", "style-src 'self' 'unsafe-inline';", "https://imgs-de-global.alipay.com", "https://checkout.antom.com",
		}, nil},
		"from the merchant's own host": {"https://pay.example.com/ams-checkout/1.47.2/ams-checkout.min.js", "https://open-sea-global.alipay.com", []string{
			" https://pay.example.com/ams-checkout/1.47.2/ams-checkout.min.js;", "frame-src https://ac.alipay.com", "style-src-elem 'self' 'sha256-",
		}, []string{"unsafe"}},
		"a stand-in": {"http://localhost:8081/sdk.js", "http://localhost:8081", []string{
			" http://localhost:8081/sdk.js;", "frame-src http://localhost:8081;", "form-action 'self';",
		}, []string{"alipay", "antom.com", "https:", "unsafe"}},
	} {
		t.Run(name, func(t *testing.T) {
			script, err := url.Parse(row.script)
			must(t, err)
			shop := newShop(t, func(s *settings) {
				s.sdk = func(sdk *handlers.SDK) { sdk.URL, sdk.GatewayHost = script, row.gateway }
			})
			buyer := shop.newBuyer()
			path := buyer.orders()
			policy := buyer.get(path).header.Get("Content-Security-Policy") + ";"
			for _, part := range row.has {
				if !strings.Contains(policy, part) {
					t.Errorf("the policy lacks %s: %s", part, policy)
				}
			}
			for _, part := range append(row.lacks, "strict-dynamic", "gw.alipayobjects.com", "imdap", "*") {
				if strings.Contains(policy, part) {
					t.Errorf("the policy allows %s: %s", part, policy)
				}
			}
			for _, other := range []string{"/", "/cart", path + "/return"} {
				if policy := buyer.get(other).header.Get("Content-Security-Policy"); strings.Contains(policy, script.Host) || strings.Contains(policy, "https:") {
					t.Errorf("%s allows the SDK: %s", other, policy)
				}
			}
		})
	}
}

// A session that the SDK could not use is of no use to its buyer. It is inquired and
// ended, and another one is made; the same words again go on with that one.
func TestASessionThatTheSDKRefusedIsReplaced(t *testing.T) {
	for ui, method := range map[handlers.SDKUI]string{handlers.Popup: "GCASH", handlers.Inline: "CARD", handlers.Element: ""} {
		t.Run(string(ui), func(t *testing.T) {
			shop := newShop(t, showsIn(ui))
			buyer := shop.newBuyer()
			path := buyer.orders()
			first := buyer.starts(path, method)
			refused := fmt.Sprintf(`{"method":%q,"refused_session":%q}`, method, first.PaymentRequestID)
			var ids []string
			for range 2 {
				var again action
				must(t, json.Unmarshal([]byte(buyer.postJSON(path+"/payments", refused).sees(http.StatusOK).body), &again))
				if again.Action.SessionData == "" || again.Action.SessionData == first.Action.SessionData {
					t.Fatalf("after a refusal comes %+v", again)
				}
				ids = append(ids, again.PaymentRequestID)
			}
			if ids[0] == first.PaymentRequestID || ids[0] != ids[1] {
				t.Errorf("%s is replaced by %v, want one other", first.PaymentRequestID, ids)
			}
			if calls := shop.control.Messages(); !slices.ContainsFunc(calls, func(m sandbox.Message) bool { return m.Operation == "inquiryPayment" }) {
				t.Error("Antom was not asked about the session that was refused")
			}
			shop.expectCount(1, "payment", "status", "cancelled")
			if other := buyer.starts(path, method); other.PaymentRequestID != ids[0] {
				t.Errorf("another start gives %s, want %s", other.PaymentRequestID, ids[0])
			}
		})
	}
}

// The SDK may be wrong: what was paid stays paid.
func TestARefusedSessionThatWasPaidIsNotReplaced(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	first := buyer.starts(path, "GCASH")
	shop.fault(sandbox.Fault{Kind: sandbox.Lose})
	must(t, shop.control.Submit(first.PaymentRequestID, "GCASH"))
	must(t, shop.control.Pay(first.PaymentRequestID))
	answer := buyer.postJSON(path+"/payments", fmt.Sprintf(`{"method":"GCASH","refused_session":%q}`, first.PaymentRequestID))
	answer.sees(http.StatusOK, `"type":"done"`)
	shop.expectCount(1, "payment", "status", "paid")
}
