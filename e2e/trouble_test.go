package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestACallThatTimesOutIsRepeatedWithTheSameID(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t, "ANTOM_TIMEOUT=500ms")
		shop.sandbox.breaks(fault{Kind: "timeout", On: "createPaymentSession", Times: 2, Apply: true, Delay: "2s"})
		buyer := shop.buyer(on)
		buyer.orders("MUG-01")
		buyer.chooses("CARD")
		buyer.pays()
		buyer.seesMessage("checkout.waiting")
		buyer.neverReads(failures...)
		if got := buyer.statusJSON(); got.LastPayment.Status == "failed" || got.Status != "processing" {
			t.Errorf("the status is %+v", got)
		}
		first := buyer.statusJSON().LastPayment.PaymentRequestID
		buyer.paysByCard(goodCard)
		buyer.arrives(returnPage)
		buyer.sees("paid")
		if paid := shop.sandbox.payment(); paid.PaymentRequestID != first {
			t.Errorf("the attempt began as %s and was paid as %s", first, paid.PaymentRequestID)
		}
		if n := shop.sandbox.calls("createPaymentSession"); n != 3 {
			t.Errorf("the session was requested %d times", n)
		}
		shop.paidOnce()
	})
}

// failures are texts that must not be shown while the outcome is unknown.
var failures = []string{"declined", "didn’t go through", "failed", `data-test="retry"`}

func TestWithoutJavaScriptACallThatTimesOutIsRepeated(t *testing.T) {
	t.Parallel()
	shop := openShop(t, "ANTOM_TIMEOUT=500ms")
	shop.sandbox.breaks(fault{Kind: "timeout", On: "pay", Times: 1, Apply: true, Delay: "2s"})
	buyer := shop.buyer(desktop)
	buyer.withoutJavaScript()
	buyer.orders("MUG-01")
	buyer.chooses("GCASH")
	buyer.pays()
	buyer.arrives(codePage)
	buyer.sees("processing")
	buyer.neverReads(failures...)
	buyer.pays() // the button of the wait page
	buyer.arrives("/buyer/.+")
	buyer.presses("buyer-pay")
	buyer.sees("paid")
	shop.sandbox.payment() // one
	shop.paidOnce()
}

func TestAnUnknownOutcomeIsNeverShownAsFailed(t *testing.T) {
	t.Parallel()
	shop := openShop(t, "SWEEP_SCHEDULE=1s")
	shop.sandbox.breaks(fault{Kind: "unknown"}) // for every call
	buyer := shop.buyer(desktop)
	buyer.mayComplain("500")
	buyer.orders("MUG-01")
	token := buyer.token()
	buyer.chooses("GCASH")
	buyer.pays()
	buyer.seesMessage("checkout.waiting")
	buyer.arrives(returnPage) // after the last try of the page
	buyer.sees("processing")
	buyer.neverReads(failures...)
	buyer.opens("/checkout/" + token)
	buyer.sees("processing")
	buyer.neverReads(failures...)
	buyer.hasNo(hook("method")) // no other method is offered

	shop.sandbox.heals()
	buyer.pays() // with the button of the checkout page or of the same attempt
	buyer.arrives("/buyer/.+")
	buyer.presses("buyer-pay")
	buyer.sees("paid")
	shop.sandbox.payment() // one
	shop.paidOnce()
}

func TestARefusalIsShownAndKeepsTheChoice(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	shop.sandbox.breaks(fault{Kind: "refuse", On: "createPaymentSession", Code: "RISK_REJECT", Times: 1})
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	buyer.chooses("GCASH")
	buyer.pays()
	buyer.seesHook("retry")
	buyer.sees("open")
	buyer.until("the method to be still chosen", `document.querySelector("[name=method]:checked").value === "GCASH"`)
	buyer.until("the refusal to be announced", `document.getElementById("live").textContent !== ""`)
	buyer.pays()
	buyer.arrives("/buyer/.+")
	buyer.presses("buyer-pay")
	buyer.sees("paid")
	shop.paidOnce()
}

func TestWithoutTheSDKTheBuyerContinuesByRedirect(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		buyer := shop.buyer(on)
		buyer.isBlocked("*://*:*/sdk/*")
		buyer.mayComplain("ERR_BLOCKED_BY_CLIENT")
		buyer.orders("MUG-01")
		buyer.chooses("GCASH")
		buyer.pays()
		buyer.seesMessage("checkout.blocked")
		buyer.clicks("#without")
		buyer.arrives("/buyer/.+")
		buyer.presses("buyer-pay")
		buyer.arrives(returnPage)
		buyer.sees("paid")
		shop.paidOnce()
	})
}

func TestWithoutTheSDKTheCodePageLeadsToTheReturnPage(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	shop.sandbox.breaks(fault{Kind: "sdk-script-error"})
	buyer := shop.buyer(desktop)
	buyer.mayComplain("503")
	buyer.orders("MUG-01")
	buyer.chooses("PAYNOW")
	buyer.pays()
	buyer.seesMessage("checkout.blocked")
	buyer.clicks("#without")
	buyer.arrives(codePage)
	shop.sandbox.act(openPayment(shop), "pay")
	buyer.arrives(returnPage)
	buyer.sees("paid")
	shop.paidOnce()
}

func TestAnSDKThatFailsToOpenLetsTheBuyerContinue(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{
		"sdk-throw",
		"sdk-malformed-session",
		"sdk-expired-session",
		"sdk-hang", // the time limit of the page is shorter than that of the SDK
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t)
			shop.sandbox.breaks(fault{Kind: kind})
			buyer := shop.buyer(desktop)
			buyer.orders("MUG-01")
			buyer.chooses("CARD")
			buyer.pays()
			buyer.seesMessage("checkout.blocked")
			buyer.clicks("#without")
			buyer.presses("buyer-pay") // Antom's card page comes with a card filled in
			buyer.arrives(returnPage)
			buyer.sees("paid")
			shop.paidOnce()
		})
	}
}

// sdk serves a Web SDK for tests; body is the body of createComponent.
func sdk(t *testing.T, body string) (setting string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/frame" {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<!doctype html><title>frame</title>a frame")
			return
		}
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprintf(w, `"use strict";
			window.seen = [];
			window.AMSCashierPayment = class {
				constructor(options) { this.callbacks = options; seen.push("new"); }
				frame() {
					this.f = document.createElement("iframe");
					this.f.src = new URL("/frame", %q);
					this.f.width = this.f.height = 300;
					document.body.append(this.f);
				}
				event(code) { this.callbacks.onEventCallback({ code, result: {} }); }
				async createComponent(given) {
					seen.push("create");
					document.body.style.overflow = "hidden";
					%s
				}
				unmount() { seen.push("unmount"); this.f?.remove(); document.body.style.overflow = "auto"; }
			};`, "http://"+r.Host, body)
	}))
	t.Cleanup(server.Close)
	return "ANTOM_SDK_URL=" + server.URL + "/sdk.js"
}

func TestAnEventOfTheSDKIsNoProof(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"SDK_PAYMENT_SUCCESSFUL", "SDK_PAYMENT_FAIL", "SDK_PAYMENT_PROCESSING", "SDK_SOMETHING_NEW"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, sdk(t, `this.frame(); this.event("SDK_START_OF_LOADING"); this.event("SDK_END_OF_LOADING"); setTimeout(() => { this.event("`+code+`"); this.event("`+code+`"); }, 50);`))
			buyer := shop.buyer(desktop)
			buyer.orders("MUG-01")
			buyer.pays()
			buyer.arrives(returnPage)
			buyer.seesNot("paid")
			books := shop.audit()
			if n := len(books.lines("order", status("paid"))); n != 0 {
				t.Error("the order is paid because of an event of the SDK")
			}
			if n := len(books.lines("payment", status("failed"))); n != 0 {
				t.Error("the payment has failed because of an event of the SDK")
			}
		})
	}
}

// Every start has its own instance of the SDK. It is closed before the next one is
// created, because Antom's SDK allows one instance at a time.
func TestACancelledPopupIsClosedAndOpensAgain(t *testing.T) {
	t.Parallel()
	shop := openShop(t, sdk(t, `this.frame(); setTimeout(() => { this.callbacks.onClose({}); this.event("SDK_PAYMENT_CANCEL"); }, 50);`))
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	for round := range 2 {
		buyer.pays()
		buyer.until("the SDK to be closed", fmt.Sprintf(`seen.filter((s) => s === "create").length === %d && seen.at(-1) === "unmount"`, round+1))
		buyer.seesMessage("checkout.left")
		buyer.until("a page that scrolls", `document.body.style.overflow === ""`)
	}
	buyer.until("one instance at a time", `seen.join() === "new,create,unmount,new,create,unmount"`)
	if n := shop.sandbox.calls("createPaymentSession"); n != 1 {
		t.Errorf("%d sessions were created", n)
	}
}

// Events of a previous start, an error or even a payment, do not concern the new one.
func TestEventsOfAPreviousStartAreIgnored(t *testing.T) {
	t.Parallel()
	shop := openShop(t, sdk(t, `
		this.frame();
		(window.starts ??= []).push(this);
		if (starts.length === 1) return new Promise((_, reject) => { this.fails = reject; });`))
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	buyer.pays()
	buyer.until("the first start", `window.starts?.length === 1`)
	buyer.until("the first to be closed", `!starts[0].callbacks.onClose({})`)
	buyer.seesMessage("checkout.left")
	buyer.pays()
	buyer.until("the second start", `starts.length === 2 && seen.at(-1) === "create"`)
	buyer.until("the events of the first", `(async () => {
		starts[0].event("SDK_PAYMENT_SUCCESSFUL");
		starts[0].callbacks.onError({ code: "SDK_CREATECOMPONENT_ERROR" });
		starts[0].callbacks.onClose({});
		starts[0].fails(new Error("too late"));
		await new Promise((done) => setTimeout(done, 50));
		return location.pathname.endsWith("/return") || seen.at(-1) !== "create";
	})().then((changed) => { window.quiet = !changed; }) && true`)
	buyer.until("the second start to be unchanged", `window.quiet`)
	buyer.until("an event of the second start", `!starts[1].callbacks.onClose({})`)
	buyer.seesMessage("checkout.left")
}

func TestASilentSDKLetsTheBuyerContinue(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t, sdk(t, `return new Promise(() => {});`))
		buyer := shop.buyer(on)
		buyer.orders("MUG-01")
		buyer.chooses("GCASH")
		buyer.pays()
		buyer.seesMessage("checkout.blocked")
		buyer.clicks("#without")
		buyer.arrives("/buyer/.+")
		buyer.presses("buyer-pay")
		buyer.sees("paid")
		shop.paidOnce()
	})
}

func TestAScriptThatFailedIsLoadedAgain(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	shop.sandbox.breaks(fault{Kind: "sdk-script-error", Times: 2}) // with the page, and when it is loaded again
	buyer := shop.buyer(desktop)
	buyer.mayComplain("503")
	buyer.orders("MUG-01")
	buyer.chooses("CARD")
	buyer.pays()
	buyer.seesMessage("checkout.blocked")
	buyer.pays()
	buyer.paysByCard(goodCard)
	buyer.arrives(returnPage)
	buyer.sees("paid")
	shop.paidOnce()
}

func TestAScriptThatHangsIsLoadedAgain(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	var once sync.Once
	shop := openShop(t, sdkServer(t, func(w http.ResponseWriter, r *http.Request) {
		hangs := false
		once.Do(func() { hangs = true })
		if hangs {
			<-ended
			return
		}
		fmt.Fprint(w, `window.AMSCashierPayment = class { async createComponent() { document.title = "it has come"; } unmount() {} };`)
	}))
	t.Cleanup(func() { close(ended) }) // runs before the server waits for its requests
	buyer := shop.buyer(desktop)
	buyer.opens("/")
	buyer.adds("MUG-01")
	buyer.fillsOrder("SG")
	buyer.clicks(orderButton)
	// The page never finishes loading, so the journey waits for pay.js only, which
	// prevents the submission of the form.
	press := `!document.querySelector('[data-test="pay"]').disabled &&
		!document.getElementById("pay-form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }))`
	buyer.until("the button", press)
	buyer.seesMessage("checkout.blocked")
	buyer.until("the button again", press)
	buyer.until("the SDK", `document.title === "it has come"`)
}

// The policy of the page, or of a proxy in front of it, may block a part of the SDK.
func TestAnSDKThatThePolicyBlocksLetsTheBuyerContinue(t *testing.T) {
	t.Parallel()
	for name, setting := range map[string]func(t *testing.T) string{
		"its script": func(t *testing.T) string {
			other := httptest.NewServer(http.NotFoundHandler())
			t.Cleanup(other.Close)
			return sdkServer(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) })
		},
		"its frame": func(t *testing.T) string {
			return sdk(t, `this.frame(); this.f.src = "http://127.0.0.1:9/"; return new Promise(() => {});`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, setting(t))
			buyer := shop.buyer(desktop)
			buyer.mayComplain("Content Security Policy")
			buyer.mayComplain("violates")
			buyer.orders("MUG-01")
			buyer.chooses("GCASH")
			buyer.pays()
			buyer.seesMessage("checkout.blocked")
			buyer.clicks("#without")
			buyer.arrives("/buyer/.+")
			buyer.presses("buyer-pay")
			buyer.sees("paid")
			shop.paidOnce()
		})
	}
}

// sdkServer serves a script in the SDK's place.
func sdkServer(t *testing.T, script http.HandlerFunc) (setting string) {
	t.Helper()
	server := httptest.NewServer(script)
	t.Cleanup(server.Close)
	return "ANTOM_SDK_URL=" + server.URL + "/sdk.js"
}

func TestAnUnreachableShopIsShown(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.mayComplain("/payments")
	buyer.orders("MUG-01")
	buyer.isBlocked("*://*:*/checkout/*/payments")
	buyer.pays()
	buyer.seesMessage("checkout.trouble")
	if n := len(shop.audit().lines("payment")); n != 0 {
		t.Errorf("there are %d payments", n)
	}
}

// The answer to the start never arrives. The attempt is stored, so a second press
// continues it.
func TestAnAnswerThatNeverArrivesEnablesTheButton(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	proxy := shop.behind(func(r *http.Response) error {
		if strings.HasSuffix(r.Request.URL.Path, "/payments") {
			<-r.Request.Context().Done()
		}
		return nil
	})
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	order := "/checkout/" + buyer.token()
	buyer.hurries(60_000, 3_000)
	buyer.opens(proxy + order)
	buyer.chooses("GCASH")
	buyer.pays()
	buyer.seesMessage("checkout.trouble")
	buyer.opens(order) // Antom's frame opens on the origin of the shop only
	buyer.chooses("GCASH")
	buyer.pays()
	buyer.arrives("/buyer/.+")
	buyer.presses("buyer-pay")
	buyer.sees("paid")
	if n := len(shop.paidOnce().lines("payment")); n != 1 {
		t.Errorf("there are %d attempts", n)
	}
}

func TestTheServersRefusalOfAChoiceIsShown(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.mayComplain("422")
	buyer.orders("MUG-01")
	buyer.until("a method that is not offered", `document.querySelector("[name=method]:checked").value = "PIX"`)
	buyer.pays()
	buyer.seesMessage("error.method_unknown")
}

// seesMessage waits for the message beside the pay button, and for the button to be
// enabled unless the page is still working.
func (b *buyer) seesMessage(key string) {
	b.t.Helper()
	working := slices.Contains([]string{"checkout.working", "checkout.waiting"}, key)
	b.until("the message "+key, fmt.Sprintf(
		`document.getElementById("say").textContent === %q && document.querySelector('[data-test="pay"]').disabled === %t`, text(b.t, key), working))
}

// seesNot waits for the order's status and asserts that it differs.
func (b *buyer) seesNot(status string) {
	b.t.Helper()
	b.seesHook("status")
	b.hasNo(fmt.Sprintf(`[data-test="status"][data-status="%s"]`, status))
}

// hasTotal asserts the amount that the page shows, in minor units.
func (b *buyer) hasTotal(minor string) {
	b.t.Helper()
	b.until("a total of "+minor, fmt.Sprintf(`document.querySelector('[data-test="order-total"]').dataset.minor === %q`, minor))
}
