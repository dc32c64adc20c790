package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"antom-checkout/antom"
)

// browser is one real browser for the tests of the SDK's stand-in.
type browser struct {
	ctx context.Context
	t   *testing.T
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" || testing.Short() {
		t.Skip("needs Chromium or Chrome")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	t.Cleanup(func() { stop(); stopAllocator() })
	must(t, chromedp.Do(ctx)) // starts it
	return &browser{ctx, t}
}

// payPage is a shop's page as strict as ours: no inline styles, and nothing from
// elsewhere but what the SDK needs.
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
	const app = new window.AMSCashierPayment({environment: "sandbox", locale: "en_US", onLog() {},
		onEventCallback: (e) => say(e.code + (e.result ? " " + (e.result.paymentStatus || e.result.result.resultCode) : "")),
		onError: (e) => say("error " + e.code), onClose: () => say("closed")});
	window.app = app;
	%s
} catch (e) { say("threw " + e.message); }
</script>`, sandbox, data, call)
	})
}

const create = `app.createComponent({sessionData, appearance: {showLoading: true}, notRedirectAfterComplete: window.stay === true}).then((v) => say("resolved " + v), (e) => say("rejected " + e.code));`

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

// hears waits until the page has heard all of this, in this order.
func (b *browser) hears(wanted string) {
	b.t.Helper()
	said := ""
	for began := time.Now(); time.Since(began) < 20*time.Second; {
		// While the page changes there is nobody to ask, so an error asks again.
		said, _ = chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body.innerText`))
		if strings.Contains(said, wanted) {
			return
		}
		must(b.t, chromedp.Do(b.ctx, chromedp.Sleep(20*time.Millisecond)))
	}
	b.t.Fatalf("waited for %q, the page heard %q", wanted, said)
}

// presses clicks an element of the page or, with inFrame, of the SDK's frame.
func (b *browser) presses(hook string, inFrame bool) {
	b.t.Helper()
	var where []chromedp.QueryOption
	if inFrame {
		frames, err := chromedp.Run(b.ctx, chromedp.Nodes(chromedp.CSS("iframe")))
		must(b.t, err)
		where = append(where, chromedp.FromNode(frames[0]))
	}
	_, err := chromedp.Run(b.ctx, chromedp.Click(chromedp.CSS(`[data-test="`+hook+`"]`), append(where, chromedp.NodeVisible)...))
	must(b.t, err)
}

func TestSDKInABrowser(t *testing.T) {
	opened := newBrowser(t)
	realTime := func(cfg *Config) { cfg.Now = nil }
	stay := strings.Replace(create, "window.stay === true", "true", 1)

	for name, story := range map[string]func(b *browser, s *shop){
		"a card is paid in the popup and the buyer led back": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", create)
			b.hears("SDK_START_OF_LOADING | resolved undefined | SDK_END_OF_LOADING")
			b.presses("buyer-pay", true)
			b.hears("back at the shop")
			if got := s.asks("PR-1").PaymentStatus; got != antom.PaymentSuccess {
				b.t.Errorf("the payment is %s", got)
			}
		},
		"a page that wants to stay hears of the success and stays": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", stay)
			b.hears("SDK_END_OF_LOADING")
			b.presses("buyer-pay", true)
			b.hears("SDK_PAYMENT_SUCCESSFUL SUCCESS")
		},
		"a declined card fails and stays": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", create)
			b.hears("SDK_END_OF_LOADING")
			b.presses("buyer-decline", true)
			b.hears("SDK_PAYMENT_FAIL FAIL")
		},
		"3-D Secure asks before it pays": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", stay, func(req *antom.PaymentSessionRequest) {
				req.PaymentMethod.Metadata = &antom.Metadata{Is3DSAuthentication: antom.True}
			})
			b.hears("SDK_END_OF_LOADING")
			b.presses("buyer-pay", true)
			b.hears("SDK_PAYMENT_CHALLENGE")
			b.presses("buyer-pay", true)
			b.hears("SDK_PAYMENT_SUCCESSFUL SUCCESS")
		},
		"a wallet is a plain redirect": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "ALIPAY_CN", create)
			b.hears("Pay with Alipay")
			b.presses("buyer-pay", false)
			b.hears("back at the shop")
			if got := s.asks("PR-1").PaymentStatus; got != antom.PaymentSuccess {
				b.t.Errorf("the payment is %s", got)
			}
		},
		"a code is paid elsewhere while the popup watches": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "PAYNOW", create)
			b.hears("SDK_END_OF_LOADING")
			must(b.t, s.box.Control().Pay("PR-1"))
			b.hears("back at the shop")
		},
		"closing the popup says close, then cancel": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", create)
			b.hears("SDK_END_OF_LOADING")
			b.presses("sdk-close", false)
			b.hears("closed | SDK_PAYMENT_CANCEL USER_CANCELED")
			_, err := s.client.InquiryPayment(b.t.Context(), &antom.InquiryPaymentRequest{PaymentRequestID: "PR-1"})
			wantCode(b.t, err, antom.CodeOrderNotExist)
		},
		"a malformed session is an error and no event": func(b *browser, s *shop) {
			s.fault(Fault{Kind: SDKMalformedSession})
			s.opensSDK(b, "PR-1", "CARD", create)
			b.hears("error SDK_CREATEPAYMENT_PARAMETER_ERROR | rejected SDK_CREATEPAYMENT_PARAMETER_ERROR")
		},
		"an expired session of a card is told to everybody": func(b *browser, s *shop) {
			s.fault(Fault{Kind: SDKExpiredSession})
			s.opensSDK(b, "PR-1", "CARD", create)
			b.hears("SDK_START_OF_LOADING | error SDK_CREATECOMPONENT_ERROR | SDK_CREATECOMPONENT_ERROR | resolved undefined | SDK_END_OF_LOADING | SDK_PAYMENT_ERROR")
		},
		"a second component disturbs nothing": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", create+create)
			b.hears("error SDK_CREATECOMPONENT_ERROR")
			b.hears("SDK_END_OF_LOADING")
			b.presses("buyer-pay", true)
			b.hears("back at the shop")
		},
		"unmounted it starts again": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", strings.Replace(create, `say("resolved " + v)`, `{ if (!window.again) { window.again = true; app.unmount(); `+stay+` } }`, 1))
			b.hears("SDK_START_OF_LOADING | SDK_START_OF_LOADING | resolved undefined | SDK_END_OF_LOADING")
			b.presses("buyer-pay", true)
			b.hears("SDK_PAYMENT_SUCCESSFUL SUCCESS")
		},
		"mounted inline, the shop's own button submits": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", `app.mountComponent({sessionData, appearance: {showSubmitButton: false}, notRedirectAfterComplete: true}, "#place").then(() => say("mounted"));`)
			b.hears("mounted | SDK_END_OF_LOADING")
			must(b.t, chromedp.Do(b.ctx, chromedp.Evaluate[chromedp.Void](`app.validateFields().then((v) => { say("valid " + v.isValid); app.submit(); })`)))
			b.hears("valid true | SDK_PAYMENT_SUCCESSFUL SUCCESS")
		},
		"the Payment Element offers methods and says how it went": func(b *browser, s *shop) {
			s.opensSDK(b, "PR-1", "CARD", `const element = new window.AMSElement({environment: "sandbox", sessionData, onEventCallback: (e) => say(e.code)});
				element.mount({type: "payment", notRedirectAfterComplete: true}, "#place").then((v) => { say("mounted " + JSON.stringify(v)); return element.submitPayment(); }).then((v) => say("ended " + v.status));`,
				func(req *antom.PaymentSessionRequest) { req.PaymentMethod, req.ProductScene = nil, antom.SceneElement })
			b.hears("mounted {}")
			b.hears("ended SUCCESS")
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
			b.hears("SDK_END_OF_LOADING")
			b.presses("buyer-pay", true)
			b.hears("SDK_PAYMENT_SUCCESSFUL")
			stored, err := s.client.InquireVaulting(b.t.Context(), &antom.InquireVaultingRequest{VaultingRequestID: "VR-1"})
			must(b.t, err)
			if stored.VaultingStatus != antom.VaultingSuccess {
				b.t.Errorf("the vaulting is %s", stored.VaultingStatus)
			}
		},
		"a constructor without storage throws": func(b *browser, s *shop) {
			s.fault(Fault{Kind: SDKThrow})
			s.opensSDK(b, "PR-1", "CARD", create)
			b.hears("threw Access is denied")
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := &browser{opened.ctx, t}
			story(b, newShop(t, realTime))
			said, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS("body")))
			must(t, err)
			if strings.Contains(said, "violation") {
				t.Errorf("the page's policy was violated: %s", said)
			}
		})
	}
}
