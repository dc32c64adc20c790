package e2e

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// places has a program of the merchant's make something by the API, with a new key, and
// answers with its address.
func (s *shop) places(path, body string) (address string) {
	s.t.Helper()
	var key struct{ Key string }
	must(s.t, json.Unmarshal(s.runs("keys", "create", "--name", "shop", "--scopes", "orders:write,links:write", "--json"), &key))
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/api/v1"+path, strings.NewReader(body))
	must(s.t, err)
	req.Header.Set("Authorization", "Bearer "+key.Key)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	must(s.t, err)
	defer res.Body.Close() //nolint:errcheck // it is read
	var made struct {
		CheckoutURL string `json:"checkout_url"`
		URL         string
	}
	must(s.t, json.NewDecoder(res.Body).Decode(&made))
	if res.StatusCode != http.StatusCreated {
		s.t.Fatalf("%s is answered with %s", path, res.Status)
	}
	return made.CheckoutURL + made.URL
}

// merchantsShop has a picture and a page that thanks.
func merchantsShop(t *testing.T) string {
	t.Helper()
	var drawn bytes.Buffer
	must(t, png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 8, 8))))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/table.png" {
			_, _ = w.Write(drawn.Bytes())
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<!doctype html><title>Thanks</title><h1 data-test="thanks">Thanks</h1>`))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// An order from outside asks for its buyer, is paid, and leads back to the merchant's shop by
// itself. Its picture is seen, and comes from the checkout's origin.
func TestAnOrderFromOutsideLeadsBackToItsShop(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop, merchant := openShop(t), merchantsShop(t)
		b := shop.buyer(on)
		b.opens(strings.TrimPrefix(shop.places("/orders", `{"lines":[{"name":"Table for two","quantity":2,"unit_amount":2100,"image_url":"`+merchant+`/table.png"}],
			"reference":"R-7","success_url":"`+merchant+`/thanks","cancel_url":"`+merchant+`/cart"}`), shop.url))
		b.seesHook("buyer-form")
		b.until("the picture", `[...document.querySelectorAll(".lines img")].some((i) => i.src.startsWith(location.origin + "/pictures/") && (i.complete ? i.naturalWidth === 8 : !i.checkVisibility()))`)
		b.photographs("outside, buyer " + on.name)
		b.fills("email", "wei@example.com")
		b.clicks(hook("buyer-form") + " button")
		b.seesHook("pay")
		b.chooses("ALIPAY_CN")
		b.photographs("outside, methods " + on.name)
		b.pays()
		b.arrives("/buyer/.+")
		b.presses("buyer-pay")
		b.sees("paid")
		b.photographs("outside, paid " + on.name)
		b.seesHook("thanks") // after five seconds, by itself
		if got := b.address(); !strings.Contains(got, "/thanks?order=") {
			t.Errorf("the buyer is at %s", got)
		}
		shop.paidOnce()
	})
}

// A link sells for an amount of the buyer's choice.
func TestALinkIsPaidWithAnAmountOfTheBuyersChoice(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	b := shop.buyer(phone)
	b.opens(strings.TrimPrefix(shop.places("/payment-links", `{"name":"A gift for the school","currency":"SGD","amount":{"min":500,"max":200000}}`), shop.url))
	b.seesHook("link")
	b.fills("amount", "12.50")
	b.fills("email", "wei@example.com")
	b.photographs("link, amount " + b.on.name)
	b.clicks(hook("link-form") + " button")
	b.arrives(checkoutPage)
	b.until("the amount", `document.querySelector('[data-test="order-total"][data-minor="1250"]')`)
	b.chooses("ALIPAY_CN")
	b.pays()
	b.arrives("/buyer/.+")
	b.presses("buyer-pay")
	b.sees("paid")
	if o := shop.paidOnce().lines("order"); len(o) != 1 || o[0].Total != 1250 {
		t.Errorf("the orders are %+v", o)
	}
}

// paidOutside is the return page of an order from outside that a browser has paid.
func (b *buyer) paidOutside(merchant string) (returns string) {
	b.t.Helper()
	b.opens(b.shop.places("/orders", `{"lines":[{"name":"Table for two","quantity":1,"unit_amount":2100}],"buyer":{"email":"wei@example.com"},"success_url":"`+merchant+`/thanks"}`))
	b.chooses("ALIPAY_CN")
	returns = "/checkout/" + b.token() + "/return"
	b.pays()
	b.arrives("/buyer/.+")
	b.presses("buyer-pay")
	b.sees("paid")
	return returns
}

// A buyer who wants to read the receipt stops the way back, by its button or any key, and one
// who comes back is not led away again.
func TestTheWayBackToTheShopIsStopped(t *testing.T) {
	t.Parallel()
	b := openShop(t).buyer(phone)
	returns := b.paidOutside(merchantsShop(t))
	// The pause ends when the test says so: leads is what happens then.
	call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `{
		const wait = setTimeout, end = clearTimeout;
		window.setTimeout = (f, ms, ...more) => ms === 5000 ? (window.leads = f, -1) : wait(f, ms, ...more);
		window.clearTimeout = (timer) => timer === -1 ? delete window.leads : end(timer);
	}`})
	const waits, stays = `!!window.leads`, `!window.leads && document.querySelector("[data-forward]").hidden`
	b.opens(returns)
	b.until("the pause", waits)
	b.presses("stay")
	b.until("the end of the pause by the button", stays)
	b.opens(returns)
	b.until("the pause", waits)
	b.types(kb.Tab)
	b.until("the end of the pause by a key", stays)
	b.opens(returns)
	b.until("the pause", waits)
	b.does(chromedp.Evaluate[chromedp.Void](`void setTimeout(leads)`))
	b.seesHook("thanks")
	b.goesBack()
	b.arrives(returnPage)
	b.until("no pause", stays)
}

// Without scripts an order from outside is completed, paid, and left by its button.
func TestWithoutJavaScriptAnOrderFromOutsideIsPaid(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop, merchant := openShop(t), merchantsShop(t)
		b := shop.buyer(on)
		b.withoutJavaScript()
		b.opens(shop.places("/orders", `{"lines":[{"name":"Table for two","quantity":2,"unit_amount":2100}],"success_url":"`+merchant+`/thanks"}`))
		b.mayComplain("422")
		b.fills("email", "wei@")
		b.clicks(hook("buyer-form") + " button")
		b.until("the problem at its field", `document.querySelector("#email[aria-invalid=true]")?.value === "wei@"`)
		b.fills("email", "wei@example.com")
		b.clicks(hook("buyer-form") + " button")
		b.seesHook("pay")
		b.chooses("GCASH")
		b.pays()
		b.arrives("/buyer/.+") // the interstitial redirects
		b.presses("buyer-pay")
		b.arrives(returnPage)
		b.sees("paid")
		b.until("no word of a pause", `document.querySelector("[data-forward]").hidden`)
		b.presses("to-shop")
		b.seesHook("thanks")
		shop.paidOnce()
	})
}

// Without scripts a link for one use is paid with an amount of the buyer's choice. Opened
// again it says that it is used up, and leads its buyer to the order.
func TestWithoutJavaScriptALinkIsPaidOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		b := shop.buyer(on)
		b.withoutJavaScript()
		link := shop.places("/payment-links", `{"name":"A gift for the school","currency":"SGD","amount":{"min":500,"max":200000},"max_uses":1}`)
		b.opens(link)
		b.mayComplain("422")
		b.fills("amount", "1")
		b.clicks(hook("link-form") + " button")
		b.until("the problem at its field", `document.querySelector("#amount[aria-invalid=true]")?.value === "1"`)
		b.fills("amount", "12.50")
		b.fills("email", "wei@example.com")
		b.clicks(hook("link-form") + " button")
		b.arrives(checkoutPage)
		b.chooses("GCASH")
		b.pays()
		b.arrives("/buyer/.+")
		b.presses("buyer-pay")
		b.arrives(returnPage)
		b.sees("paid")
		b.mayComplain("410")
		b.opens(link)
		b.until("the used-up link", `document.querySelector('[data-test="link-closed"]')?.dataset.status === "used_up"`)
		b.photographs("link, used up " + on.name)
		b.clicks("main .actions a.button")
		b.sees("paid")
		if o := shop.paidOnce().lines("order"); len(o) != 1 || o[0].Total != 1250 {
			t.Errorf("the orders are %+v", o)
		}
	})
}
