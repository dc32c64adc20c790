package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
)

func TestALostNotificationIsReplacedByAnInquiry(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		shop.sandbox.loses("PAYMENT_RESULT")
		buyer := shop.buyer(on)
		buyer.orders("MUG-01")
		buyer.chooses("GCASH")
		buyer.pays()
		buyer.presses("buyer-pay")
		buyer.arrives(returnPage)
		buyer.sees("paid")
		books := shop.paidOnce()
		if n := len(books.lines("notification")); n != 0 {
			t.Errorf("%d notifications arrived", n)
		}
	})
}

func TestALostCaptureNotificationIsReplacedByAnInquiry(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	shop.sandbox.loses("")
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	buyer.chooses("CARD")
	buyer.pays()
	buyer.paysByCard(goodCard)
	buyer.arrives(returnPage)
	buyer.sees("paid")
	shop.paidOnce()
}

func TestAnotherBrowserWithTheLinkSeesTheStatusAndNothingPersonal(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		buyer := shop.buyer(on)
		buyer.orders("MUG-01")
		token := buyer.token()
		buyer.chooses("GCASH")
		buyer.pays()
		buyer.arrives("/buyer/.+")

		reader := shop.buyer(on)
		reader.opens("/checkout/" + token + "/return")
		reader.sees("processing")
		buyer.presses("buyer-pay")
		buyer.sees("paid")
		reader.sees("paid") // without a reload
		for _, page := range []string{"/return", ""} {
			reader.opens("/checkout/" + token + page)
			reader.sees("paid")
			reader.neverReads(personal, "wei@example.com", "Raffles", "6123")
		}
		reader.opens("/cart")
		reader.hasNo(hook("cart-line"))
		reader.neverReads(personal)
		shop.paidOnce()
	})
}

func TestABuyerWhoLeavesTheWalletMayPayByAnotherMethod(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		buyer := shop.buyer(on)
		buyer.orders("NOTE-05")
		buyer.chooses("GCASH")
		buyer.pays()
		buyer.arrives("/buyer/.+")
		buyer.presses("buyer-leave")
		buyer.arrives(returnPage)
		buyer.sees("processing")
		buyer.clicks(otherMethods)
		buyer.arrives(checkoutPage)
		buyer.chooses("CARD")
		buyer.pays()
		buyer.paysByCard(goodCard)
		buyer.arrives(returnPage)
		buyer.sees("paid")
		shop.paidOnce()
	})
}

// otherMethods leads from the return page to the other methods.
const otherMethods = `main .actions a[href^="/checkout/"]`

func TestABuyerWhoClosesThePopupMayPayByAnotherMethod(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		buyer := shop.buyer(on)
		buyer.orders("NOTE-05")
		buyer.chooses("CARD")
		buyer.pays()
		buyer.seesPopup()
		buyer.presses("sdk-close")
		buyer.seesMessage("checkout.left")
		buyer.pays()
		buyer.seesPopup()
		buyer.presses("sdk-close")
		if n := shop.sandbox.calls("createPaymentSession"); n != 1 {
			t.Errorf("%d sessions were created, want the first one to be reused", n)
		}
		buyer.chooses("GCASH")
		buyer.pays()
		buyer.arrives("/buyer/.+")
		buyer.presses("buyer-pay")
		buyer.sees("paid")
		shop.paidOnce()
	})
}

func TestAnOrderPaidElsewhereTurnsTheOpenCheckoutIntoItsReceipt(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.orders("PEN-06")
	second := buyer.anotherTab()
	second.opens(buyer.address())
	second.chooses("GCASH")
	second.pays()
	second.arrives("/buyer/.+")
	second.presses("buyer-pay-and-vanish")
	second.until("the wallet's confirmation", `!document.querySelector('[data-test="buyer-pay"]')`)
	buyer.sees("paid")
	buyer.hasNo(hook("pay"))
	shop.paidOnce()
}

func TestPaidElsewhereWhileThePopupIsOpen(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.orders("PEN-06")
	second := buyer.anotherTab()
	second.opens(buyer.address())
	buyer.chooses("CARD")
	buyer.pays()
	buyer.seesPopup()
	second.chooses("CARD")
	second.pays()
	second.paysByCard(goodCard)
	second.sees("paid")
	buyer.sees("paid")
	buyer.until("the popup to be gone", `!document.querySelector("iframe") && document.body.style.overflow !== "hidden"`)
	buyer.hasNo(hook("pay"))
	shop.paidOnce()
}

func TestTwoTabsCannotPayTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		first := shop.buyer(on)
		first.orders("LAMP-07")
		checkout := first.address()
		second := first.anotherTab()
		second.opens(checkout)
		first.chooses("GCASH")
		first.pays()
		first.arrives("/buyer/.+")
		second.chooses("ALIPAY_CN")
		second.pays()
		second.arrives("/buyer/.+")
		second.presses("buyer-pay")
		second.sees("paid")

		first.presses("buyer-pay") // the page of the first wallet is still open
		first.arrives(returnPage)
		first.sees("paid")
		shop.sandbox.idles()
		shop.paidOnce()
	})
}

func TestAPaidOrdersCheckoutIsItsReceipt(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	token := buyer.token()
	buyer.chooses("GCASH")
	buyer.pays()
	buyer.arrives("/buyer/.+")
	buyer.presses("buyer-pay")
	buyer.sees("paid")
	buyer.opens("/checkout/" + token)
	buyer.sees("paid")
	buyer.hasNo(hook("pay"))
	buyer.hasNo(hook("method"))
	buyer.hasTotal("2400")
	buyer.opens("/cart") // and the cart is empty again
	buyer.hasNo(hook("cart-line"))
	shop.paidOnce()
}

func TestTheReturnPageEndsItsSpinnerAndPollsWithoutEvents(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	shop.sandbox.loses("PAYMENT_RESULT")
	buyer := shop.buyer(desktop)
	buyer.isBlocked("*://*:*/checkout/*/events")
	buyer.mayComplain("/events")
	buyer.orders("MUG-01")
	buyer.chooses("GCASH")
	buyer.pays()
	buyer.arrives("/buyer/.+")
	payment := shop.sandbox.payment().PaymentRequestID
	buyer.presses("buyer-leave")
	buyer.arrives(returnPage)
	buyer.sees("processing")
	buyer.until("a spinner", `document.querySelector(".spinner")?.offsetHeight`)
	buyer.until("text instead of the spinner", `!document.querySelector(".spinner").offsetHeight && document.querySelector(".medal").offsetHeight`)
	shop.sandbox.act(payment, "pay")
	buyer.sees("paid")
	buyer.until("the change to be announced", `document.getElementById("live").textContent.includes(document.querySelector("h1").textContent)`)
	shop.paidOnce()
}

// behind starts a proxy in front of the shop that may change its answers. It must be
// created before the buyer, so that it closes after them.
func (s *shop) behind(change func(*http.Response) error) (address string) {
	s.t.Helper()
	target, err := url.Parse(s.url)
	must(s.t, err)
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ModifyResponse: change,
		ErrorHandler:   func(http.ResponseWriter, *http.Request, error) {},
		FlushInterval:  -1,
	})
	s.t.Cleanup(proxy.Close)
	return proxy.URL
}

// muted passes on a number of pieces of each event stream and then holds it open and
// silent.
func muted(pieces int) func(*http.Response) error {
	return func(r *http.Response) error {
		if strings.HasPrefix(r.Header.Get("Content-Type"), "text/event-stream") {
			r.Body = &mutedStream{r.Body, r.Request.Context(), pieces}
		}
		return nil
	}
}

type mutedStream struct {
	io.ReadCloser
	ctx    context.Context
	pieces int
}

func (m *mutedStream) Read(p []byte) (int, error) {
	if m.pieces > 0 {
		m.pieces--
		return m.ReadCloser.Read(p)
	}
	<-m.ctx.Done()
	return 0, m.ctx.Err()
}

// hurries shortens one waiting time of the page's scripts, in milliseconds.
func (b *buyer) hurries(wait, shorter int) {
	b.t.Helper()
	call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: fmt.Sprintf(
		`{ const wait = setTimeout; window.setTimeout = (f, ms, ...more) => wait(f, ms === %d ? %d : ms, ...more); }`, wait, shorter)})
}

func TestThePagePollsBesideASilentStream(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"pay page", "return page", "code page"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, "INTEGRATION=api")
			proxy := shop.behind(muted(0))
			buyer := shop.buyer(desktop)
			buyer.orders("MUG-01")
			order := "/checkout/" + buyer.token()
			switch where {
			case "pay page":
				buyer.opens(proxy + order)
				buyer.sees("open")
				second := shop.buyer(desktop)
				second.opens(order)
				second.chooses("GCASH")
				second.pays()
				second.arrives("/buyer/.+")
			case "return page":
				buyer.chooses("GCASH")
				buyer.pays()
				buyer.arrives("/buyer/.+")
				buyer.opens(proxy + order + "/return")
				buyer.sees("processing")
			case "code page":
				buyer.chooses("PAYNOW")
				buyer.pays()
				buyer.arrives(codePage)
				buyer.opens(proxy + order + "/code")
				buyer.sees("processing")
			}
			shop.sandbox.act(openPayment(shop), "pay")
			buyer.sees("paid")
			shop.paidOnce()
		})
	}
}

// The stream sends the status and then nothing.
func TestThePagePollsBesideAStreamThatFallsSilent(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	proxy := shop.behind(muted(1))
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	order := "/checkout/" + buyer.token()
	buyer.chooses("GCASH")
	buyer.pays()
	buyer.arrives("/buyer/.+")
	buyer.hurries(40_000, 6_000)
	buyer.opens(proxy + order + "/return")
	buyer.sees("processing")
	shop.sandbox.act(openPayment(shop), "pay")
	buyer.sees("paid")
	shop.paidOnce()
}

// Pings keep a stream alive on which no event is sent.
func TestThePageDoesNotPollBesideAStreamWithPings(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.hurries(40_000, 18_000) // the first ping is sent after 15 s
	buyer.orders("MUG-01")
	buyer.until("the time of the first ping to be over", `performance.now() > 22000`)
	if polls := resolves[int](buyer, `performance.getEntriesByType("resource").filter((r) => r.name.endsWith("/status")).length`); polls != 0 {
		t.Errorf("the page polled the status %d times", polls)
	}
}

// isHidden makes the page hidden or visible, which a browser without a screen never
// does by itself.
func (b *buyer) isHidden(hidden bool) {
	b.t.Helper()
	b.until("the event to be dispatched", fmt.Sprintf(`(() => {
		Object.defineProperty(document, "hidden", { value: %t, configurable: true });
		return document.dispatchEvent(new Event("visibilitychange"));
	})()`, hidden))
}

// With HTTP/1.1 a browser has six connections for a shop.
func TestHiddenTabsHoldNoStream(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	first := shop.buyer(desktop)
	first.orders("PEN-06")
	checkout := first.address()
	first.isHidden(true)
	for range 6 {
		next := first.anotherTab()
		next.opens(checkout)
		next.sees("open")
		next.isHidden(true)
	}
	seventh := first.anotherTab()
	seventh.opens(checkout)
	seventh.chooses("GCASH")
	seventh.pays()
	seventh.arrives("/buyer/.+")
	seventh.presses("buyer-pay")
	seventh.sees("paid")
	first.seesNot("paid")
	first.isHidden(false)
	first.sees("paid")
	first.hasNo(hook("pay"))
	shop.paidOnce()
}

func TestTheBackButtonKeepsTheCart(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.opensShop()
	buyer.adds("MUG-01")
	buyer.opensShop()
	buyer.adds("POT-02")
	buyer.ordersTo("SG")
	buyer.goesBack()
	buyer.arrives("/cart")
	buyer.until("both lines", `document.querySelectorAll('[data-test="cart-line"]').length === 2`)
	buyer.opens("/cart")
	buyer.until("both lines", `document.querySelectorAll('[data-test="cart-line"]').length === 2`)
}

func TestADoubleClickOnTheOrderFormMakesOneOrder(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.opensShop()
	buyer.adds("MUG-01")
	buyer.fillsOrder("SG")
	buyer.clicksIn("", orderButton, 2)
	buyer.arrives(checkoutPage)
	if orders := shop.audit().lines("order"); len(orders) != 1 {
		t.Errorf("there are %d orders", len(orders))
	}
}

func TestGoingBackAndOrderingAgainIsTheSameOrder(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	token := buyer.token()
	buyer.goesBack()
	buyer.ordersTo("SG")
	if buyer.token() != token {
		t.Error("the same form for the same cart placed another order")
	}
	if orders := shop.audit().lines("order"); len(orders) != 1 {
		t.Errorf("there are %d orders", len(orders))
	}
}

// The pop-up was open once: going back and correcting ends that attempt.
func TestGoingBackAndCorrectingTheFormCorrectsTheOrder(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	token := buyer.token()
	buyer.chooses("CARD")
	buyer.pays()
	buyer.seesPopup()
	buyer.goesBack()
	buyer.fillsOrder("SG")
	buyer.fills("address1", "22 Right Road")
	buyer.clicks(orderButton)
	buyer.arrives(checkoutPage)
	if buyer.token() != token {
		t.Error("the corrected form placed another order")
	}
	buyer.chooses("CARD")
	buyer.pays()
	buyer.seesPopup()
	buyer.paysByCard(goodCard)
	buyer.sees("paid")
	buyer.until("the corrected address", `document.querySelector("address")?.textContent.includes("22 Right Road")`)
	shop.paidOnce()
}

func TestADoubleClickStartsOneAttempt(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	buyer.chooses("CARD")
	buyer.pressesTwice("pay")
	buyer.seesPopup()
	if n := shop.sandbox.calls("createPaymentSession"); n != 1 {
		t.Errorf("%d sessions were created", n)
	}
	buyer.paysByCard(goodCard)
	buyer.sees("paid")
	if n := len(shop.paidOnce().lines("payment")); n != 1 {
		t.Errorf("there are %d attempts", n)
	}
}

func TestWithoutJavaScriptADoubleClickStartsOneAttempt(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.withoutJavaScript()
	buyer.orders("MUG-01")
	buyer.chooses("GCASH")
	buyer.pressesTwice("pay")
	buyer.arrives("/buyer/.+")
	buyer.presses("buyer-pay")
	buyer.sees("paid")
	if n := len(shop.paidOnce().lines("payment")); n != 1 {
		t.Errorf("there are %d attempts", n)
	}
}

func TestAnAddressWithAQueryRedirectsToTheAddressWithoutIt(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	clean := buyer.address()
	buyer.opens(clean + "?__debug=1&environment=dev")
	buyer.arrives(checkoutPage)
	if got := buyer.address(); got != clean {
		t.Errorf("the page is at %s", regexp.MustCompile(`^.*\?`).ReplaceAllString(got, "?"))
	}
}
