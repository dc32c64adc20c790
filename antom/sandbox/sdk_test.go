package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"antom-checkout/antom"
)

// payPage is a shop's page with a strict policy: no inline styles, and no other
// origin but what the SDK needs.
func payPage(sandbox, session, call string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; script-src 'nonce-n1' %[1]s; style-src 'self'; "+
			"img-src 'self' data: %[1]s; connect-src 'self' %[1]s; frame-src %[1]s; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", sandbox))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path != "/pay" {
			fmt.Fprint(w, "<!doctype html><title>back</title><p id=back>back at the shop</p>")
			return
		}
		data, err := json.Marshal(session)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(w, `<!doctype html><title>pay</title><p id=said></p><div id=place></div>
<script nonce=n1 src="%s/sdk/ams-checkout.min.js" crossorigin="anonymous"></script>
<script nonce=n1>
const said = [];
const say = (text) => { said.push(text); document.getElementById("said").textContent = said.join(" | "); };
document.addEventListener("securitypolicyviolation", (e) => say("violation " + e.violatedDirective));
const sessionData = %s;
try {
	let app = new window.AMSCashierPayment({environment: "sandbox", locale: "en_US", onLog() {},
		onEventCallback: (e) => say(e.code + (e.result ? " " + (e.result.paymentStatus || e.result.result.resultCode) : "")),
		onError: (e) => say("error " + e.code), onClose: () => say("closed")});
	window.app = app;
	%s
} catch (e) { say("threw " + e.message); }
</script>`, sandbox, data, call)
	})
}

const create = `app.createComponent({sessionData, appearance: {showLoading: true}, notRedirectAfterComplete: window.stay === true}).then((v) => say("resolved " + v), (e) => say("rejected " + e.code));`

// checkoutPage asks for a session of the Checkout Page, for cards.
func checkoutPage(req *antom.PaymentSessionRequest) {
	req.PaymentMethod, req.ProductScene = nil, antom.SceneCheckout
	req.AvailablePaymentMethod = &antom.AvailablePaymentMethod{Types: []antom.AvailableType{{Type: "CARD"}}}
}

// opensSDK makes a session and opens a page that starts the SDK with it.
func (s *shop) opensSDK(b *browser, id, method, call string, change ...func(*antom.PaymentSessionRequest)) *httptest.Server {
	s.t.Helper()
	var page http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { page.ServeHTTP(w, r) }))
	s.t.Cleanup(server.Close)
	req := s.sessionRequest(id, method, 4200)
	req.PaymentRedirectURL = server.URL + "/return"
	for _, c := range change {
		c(req)
	}
	session, err := s.client.CreatePaymentSession(s.t.Context(), req)
	must(s.t, err)
	page = payPage(s.url, session.Data, call)
	must(b.t, chromedp.Do(b.ctx, chromedp.Navigate(server.URL+"/pay")))
	return server
}

func TestSDKInABrowser(t *testing.T) {
	opened := newBrowser(t)
	realTime := func(cfg *Config) { cfg.Now = nil }
	stay := strings.Replace(create, "window.stay === true", "true", 1)

	for name, story := range map[string]func(b *browser, s *shop){
		"a card is paid in the popup and the buyer led back": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", create)
			b.sees("SDK_START_OF_LOADING | resolved undefined | SDK_END_OF_LOADING")
			b.presses("buyer-pay", inApp)
			b.sees("back at the shop")
			if got := s.asks("PR-1").PaymentStatus; got != antom.PaymentSuccess {
				b.t.Errorf("the payment is %s", got)
			}
		},
		"a page that wants to stay receives of the success and stays": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", stay)
			b.sees("SDK_END_OF_LOADING")
			b.presses("buyer-pay", inApp)
			b.sees("SDK_PAYMENT_SUCCESSFUL SUCCESS")
		},
		"a declined card fails and stays": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", create)
			b.sees("SDK_END_OF_LOADING")
			b.presses("buyer-decline", inApp)
			b.sees("SDK_PAYMENT_FAIL FAIL")
		},
		"3-D Secure asks before it pays": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", stay, func(req *antom.PaymentSessionRequest) {
				req.PaymentMethod.Metadata = &antom.Metadata{Is3DSAuthentication: antom.True}
			})
			b.sees("SDK_END_OF_LOADING")
			b.presses("buyer-pay", inApp)
			b.sees("SDK_PAYMENT_CHALLENGE")
			b.presses("buyer-pay", inBank)
			b.sees("SDK_PAYMENT_SUCCESSFUL SUCCESS")
		},
		"who walks away from 3-D Secure is back at the shop and has not paid": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", stay, func(req *antom.PaymentSessionRequest) {
				req.PaymentMethod.Metadata = &antom.Metadata{Is3DSAuthentication: antom.True}
			})
			b.sees("SDK_END_OF_LOADING")
			b.presses("buyer-pay", inApp)
			b.sees("SDK_PAYMENT_CHALLENGE")
			b.presses("buyer-leave", inBank)
			b.sees("back at the shop")
			if got := s.asks("PR-1").PaymentStatus; got != antom.PaymentProcessing {
				b.t.Errorf("the payment is %s", got)
			}
		},
		"who has begun to fill in the form is asked before the popup closes": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", create)
			b.sees("SDK_END_OF_LOADING")
			b.types("#cvv", "1")
			b.presses("sdk-close", onPage)
			b.presses("sdk-stay", onPage)
			b.presses("sdk-close", onPage)
			b.presses("sdk-leave", onPage)
			b.sees("SDK_END_OF_LOADING | closed | SDK_PAYMENT_CANCEL USER_CANCELED")
		},
		"the shop's page may stop a payment before it is sent": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", `let asked = 0;
				app = new window.AMSCashierPayment({environment: "sandbox", onEventCallback: (e) => say(e.code), async onBeforeSubmit() {
					say("asked");
					await new Promise((done) => setTimeout(done, 20));
					return {result: asked++ ? "CONTINUE" : "CANCEL"};
				}});`+stay)
			b.sees("SDK_END_OF_LOADING")
			b.presses("buyer-pay", inApp)
			b.sees("SDK_END_OF_LOADING | asked")
			b.presses("buyer-pay", inApp)
			b.sees("SDK_END_OF_LOADING | asked | asked | SDK_PAYMENT_SUCCESSFUL")
		},
		"a phone without the wallet's app goes to its page after two seconds": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "ALIPAY_CN", `Object.defineProperty(navigator, "userAgent", {get: () => "a phone, Mobile"}); `+create, func(req *antom.PaymentSessionRequest) {
				req.Env = &antom.Env{TerminalType: antom.TerminalApp, OSType: antom.OSAndroid}
			})
			b.sees("SDK_CALL_URL_SUCCESS")
			b.sees("Pay with Alipay")
		},
		"the Checkout Page sends plain messages, and any sender is believed": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", `const page = new window.AMSCheckoutPage({environment: "sandbox", onEventCallback: (e) => say(e.code + " " + (e.result ? e.result.paymentStatus : "forged"))});
				page.mountComponent({sessionData}, "#place").then(() => say("mounted")); window.postMessage('{"code":"SDK_PAYMENT_FAIL"}', "*");`, checkoutPage)
			b.sees("SDK_PAYMENT_FAIL forged | mounted")
			b.presses("buyer-pay", inApp)
			b.sees("back at the shop")
			if got := s.asks("PR-1").PaymentStatus; got != antom.PaymentSuccess {
				b.t.Errorf("the payment is %s", got)
			}
		},
		"the Checkout Page is hosted as well": func(b *browser, s *shop) {
			page := s.opensSDK(b, "PR-1", "CARD", "")
			req := s.sessionRequest("PR-2", "CARD", 4200)
			req.PaymentRedirectURL = page.URL + "/return"
			checkoutPage(req)
			session, err := s.client.CreatePaymentSession(b.t.Context(), req)
			must(b.t, err)
			must(b.t, chromedp.Do(b.ctx, chromedp.Navigate(session.NormalURL)))
			b.presses("buyer-pay", onPage)
			b.sees("back at the shop")
			if got := s.asks("PR-2").PaymentStatus; got != antom.PaymentSuccess {
				b.t.Errorf("the payment is %s", got)
			}
		},
		"it warms up in frames of one pixel, which the start takes away": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", `const frames = () => say([...document.querySelectorAll("iframe")].map((f) => f.offsetWidth > 9 ? "big" : "tiny").join());
				frames(); `+create+` frames(); window.AMSCashierPayment.preload({environment: "sandbox"}); frames();`)
			b.sees("tiny,tiny | SDK_START_OF_LOADING | big | big,tiny,tiny")
		},
		"what cannot start says why": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", `(async () => {
				const data = (json) => "k&&SG&&188&&" + btoa(JSON.stringify(json));
				const start = (how) => how.catch((e) => say(e.code || e.name));
				for (const bad of [undefined, "", 7, "a&&SG&&188", "a&&SG&&188&&{}", sessionData.replaceAll("&", "&amp;"), data({})]) {
					await start(app.createComponent({sessionData: bad}));
				}
				say("then");
				await start(app.createComponent({sessionData: data({paymentSessionConfig: null})}));
				await start(app.mountComponent({sessionData}, "#nowhere"));
				await start(app.createComponent({sessionData: data({paymentSessionConfig: {productScene: "ELEMENT_PAYMENT", paymentMethodCategoryType: "ALL"}})}));
				await start(new window.AMSCashierPayment({networkMode: "proxy"}).createComponent({sessionData}));
				say((await new window.AMSElement({sessionData}).mount({type: "payment"}, "#place")).error.code);
				try { new window.AMSCashierPayment({onClose: 7}); } catch (e) { say(e.message); }
				try { new window.AMSElement({onEventCallback: (e) => say(e.code)}); } catch (e) { say(e.message); }
			})();`)
			bad := strings.Repeat("error SDK_CREATEPAYMENT_PARAMETER_ERROR | SDK_CREATEPAYMENT_PARAMETER_ERROR | ", 7)
			b.sees(bad + "then | TypeError | SDK_START_OF_LOADING | SDK_CREATEPAYMENT_PARAMETER_ERROR | " +
				"error SDK_CREATECOMPONENT_ERROR | SDK_CREATECOMPONENT_ERROR | SDK_INIT_PARAMETER_ERROR | ERR_DATA_STRUCT_UNRECOGNIZED | " +
				"Parameter type should be function | SDK_CREATE_COMPONENT_ERROR | The sessionData is missing.")
		},
		"a wallet is a plain redirect": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "ALIPAY_CN", create)
			b.sees("Pay with Alipay")
			b.presses("buyer-pay", onPage)
			b.sees("back at the shop")
			if got := s.asks("PR-1").PaymentStatus; got != antom.PaymentSuccess {
				b.t.Errorf("the payment is %s", got)
			}
		},
		"a code is paid elsewhere while the popup watches": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "PAYNOW", create)
			b.sees("SDK_END_OF_LOADING")
			must(b.t, s.box.Control().Pay("PR-1"))
			b.sees("back at the shop")
		},
		"closing the popup says close, then cancel": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", create)
			b.sees("SDK_END_OF_LOADING")
			b.presses("sdk-close", onPage)
			b.sees("closed | SDK_PAYMENT_CANCEL USER_CANCELED")
			_, err := s.client.InquiryPayment(b.t.Context(), &antom.InquiryPaymentRequest{PaymentRequestID: "PR-1"})
			wantCode(b.t, err, antom.CodeOrderNotExist)
		},
		"a malformed session is an error and no event": func(b *browser, s *shop) {
			s.fault(Fault{Kind: SDKMalformedSession})
			s.opensSDK(b, "PR-1", "CARD", create)
			b.sees("error SDK_CREATEPAYMENT_PARAMETER_ERROR | rejected SDK_CREATEPAYMENT_PARAMETER_ERROR")
		},
		"an expired session of a card is an error, an event and a promise": func(b *browser, s *shop) {
			s.fault(Fault{Kind: SDKExpiredSession})
			s.opensSDK(b, "PR-1", "CARD", create)
			b.sees("SDK_START_OF_LOADING | error SDK_CREATECOMPONENT_ERROR | SDK_CREATECOMPONENT_ERROR | resolved undefined | SDK_END_OF_LOADING | SDK_PAYMENT_ERROR")
		},
		"a second component disturbs nothing": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", create+create)
			b.sees("error SDK_CREATECOMPONENT_ERROR")
			b.sees("SDK_END_OF_LOADING")
			b.presses("buyer-pay", inApp)
			b.sees("back at the shop")
		},
		"unmounted it starts again": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", strings.Replace(create, `say("resolved " + v)`, `{ if (!window.again) { window.again = true; app.unmount(); `+stay+` } }`, 1))
			b.sees("SDK_START_OF_LOADING | SDK_START_OF_LOADING | resolved undefined | SDK_END_OF_LOADING")
			b.presses("buyer-pay", inApp)
			b.sees("SDK_PAYMENT_SUCCESSFUL SUCCESS")
		},
		"mounted inline, the shop's own button submits": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", `app.mountComponent({sessionData, appearance: {showSubmitButton: false}, notRedirectAfterComplete: true}, "#place").then(() => say("mounted"));`)
			b.sees("mounted | SDK_END_OF_LOADING")
			must(b.t, chromedp.Do(b.ctx, chromedp.Evaluate[chromedp.Void](`app.validateFields().then((v) => { say("valid " + v.isValid); app.submit(); })`)))
			b.sees("valid true | SDK_PAYMENT_SUCCESSFUL SUCCESS")
		},
		"the Payment Element offers methods and says how it went": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", `const element = new window.AMSElement({environment: "sandbox", sessionData, onEventCallback: (e) => say(e.code)});
				element.mount({type: "payment", notRedirectAfterComplete: true}, "#place").then((v) => { say("mounted " + JSON.stringify(v)); return element.submitPayment(); }).then((v) => say("ended " + v.status));`,
				func(req *antom.PaymentSessionRequest) { req.PaymentMethod, req.ProductScene = nil, antom.SceneElement })
			b.sees("mounted {}")
			b.sees("ended SUCCESS")
		},
		"a card is stored without a payment": func(b *browser, s *shop) {
			page := s.opensSDK(b, "PR-1", "CARD", "")
			session, err := s.client.CreateVaultingSession(b.t.Context(), &antom.VaultingSessionRequest{
				PaymentMethodType: "CARD", VaultingRequestID: "VR-1", RedirectURL: page.URL + "/return",
			})
			must(b.t, err)
			script := fmt.Sprintf(`new window.AMSVaulting({environment: "sandbox", onEventCallback: (e) => say(e.code)}).createComponent({sessionData: %q}); 0`, session.Data)
			_, err = chromedp.Run(b.ctx, chromedp.Evaluate[int](script))
			must(b.t, err)
			b.sees("SDK_END_OF_LOADING")
			b.presses("buyer-pay", inApp)
			b.sees("SDK_PAYMENT_SUCCESSFUL")
			stored, err := s.client.InquireVaulting(b.t.Context(), &antom.InquireVaultingRequest{VaultingRequestID: "VR-1"})
			must(b.t, err)
			if stored.VaultingStatus != antom.VaultingSuccess {
				b.t.Errorf("the vaulting is %s", stored.VaultingStatus)
			}
		},
		"a query that hangs ends as a network error, and the app says so": func(b *browser, s *shop) {
			s.fault(Fault{Kind: SDKHang})
			s.opensSDK(b, "PR-1", "CARD", `const limit = AbortSignal.timeout; AbortSignal.timeout = () => limit.call(AbortSignal, 200); `+create)
			b.sees("SDK_START_OF_LOADING | error SDK_CREATECOMPONENT_ERROR | SDK_CREATECOMPONENT_ERROR | resolved undefined | SDK_END_OF_LOADING | SDK_PAYMENT_ERROR")
		},
		"a script that is not served leaves no class behind": func(b *browser, s *shop) {
			s.fault(Fault{Kind: SDKScriptError})
			s.opensSDK(b, "PR-1", "CARD", create)
			b.sees("threw window.AMSCashierPayment is not a constructor")
		},
		"a constructor without storage throws": func(b *browser, s *shop) {
			s.fault(Fault{Kind: SDKThrow})
			s.opensSDK(b, "PR-1", "CARD", create)
			b.sees("threw Access is denied")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab, closeTab := chromedp.NewContext(opened.ctx, chromedp.WithNewBrowserContext())
			defer closeTab()
			must(t, chromedp.Do(tab)) // opens it; a deadline comes after, or it would end the browser
			ctx, cancel := context.WithTimeout(tab, 40*time.Second)
			defer cancel()
			b := &browser{ctx, t}
			story(b, newShop(t, realTime))
			if shown := b.text(); strings.Contains(shown, "violation") {
				t.Errorf("the page's policy was violated: %s", shown)
			}
		})
	}
}
