package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// Some banks post their customers back, from their own site.
func TestABankThatPostsBackLeadsToTheReturnPage(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	posted := func(path, origin string) answer {
		req, err := http.NewRequestWithContext(t.Context(), "POST", shop.url+path, strings.NewReader("PaRes=eJx%zz&MD=1"))
		must(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", origin)
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		return shop.newBuyer().do(req) // the session's cookie is not sent from there
	}
	for _, origin := range []string{"https://bank.example", "null"} {
		for _, address := range []string{path + "/return", path + "/return/", path + "/return?result=FAILED"} {
			if to := posted(address, origin).sees(http.StatusSeeOther).header.Get("Location"); to != path+"/return" {
				t.Errorf("a post to %s leads to %s", address, to)
			}
		}
		posted("/checkout/short/return", origin).sees(http.StatusNotFound)
		for _, other := range []string{path + "/payments", path + "/renewal", path + "/mail", "/orders", "/cart"} {
			posted(other, origin).sees(http.StatusForbidden)
		}
	}
	buyer.expectStatus(path, "open", "")
}

func TestASlashAtTheEndOfAnAddressChangesNothing(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	buyer.post("/cart/", "sku=MUG-01", "quantity=2").sees(http.StatusSeeOther)
	buyer.post("/cart/MUG-01/", "quantity=3").sees(http.StatusSeeOther)
	page := buyer.get("/cart/").sees(http.StatusOK, `data-minor="7200"`)
	path := buyer.post("/orders/", fillsIn("", hiddenFields(page)...)...).sees(http.StatusSeeOther).header.Get("Location")
	buyer.expectAction(buyer.starts(path, "PAYNOW"), http.StatusOK, "sdk")
	for _, address := range []string{"/products/MUG-01/", "/orders/", path + "/", path + "/return/", path + "/status/", path + "/status//", "/healthz/", "/readyz/", "//"} {
		buyer.get(address).sees(http.StatusOK)
	}
	buyer.get(path + "/?x=1").sees(http.StatusSeeOther)
	if stream := shop.opensStream(path + "/events/"); stream != http.StatusOK {
		t.Errorf("the stream answers %d", stream)
	}
	buyer.post("/orders/lookup/", "number=AAAAA-AAAAA", "email=ann@example.com").sees(http.StatusSeeOther)
	for _, nothing := range []string{"/nothing/", "/cart%2F", "/products/MUG-01/x/"} {
		buyer.get(nothing).sees(http.StatusNotFound)
	}
}

func (s *shop) opensStream(path string) (status int) {
	s.t.Helper()
	res, err := http.Get(s.url + path)
	must(s.t, err)
	must(s.t, res.Body.Close())
	return res.StatusCode
}

// The notify address may have been entered with a slash, which Antom then signs.
func TestANotifyAddressMayEndWithASlash(t *testing.T) {
	shop := newShop(t)
	at := "2026-01-02T03:04:05+08:00"
	for path, status := range map[string]int{"/antom/notify/": http.StatusOK, "/antom/notify": http.StatusUnauthorized} {
		body := `{"notifyType":"SOMETHING_NEW"}`
		res := shop.notify(body, func(r *http.Request) {
			r.URL.Path = path
			r.Header.Set("Request-Time", at)
			r.Header.Set("Signature", shop.signs("/antom/notify/", at, body))
		})
		if res.StatusCode != status {
			t.Errorf("%s answers %d, want %d", path, res.StatusCode, status)
		}
	}
}

// Two tabs put different products into the cart at once, with the same cookie.
func TestTwoAdditionsAtOnceAreBothInTheCart(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	buyer.post("/cart", "sku=MUG-01", "quantity=1").sees(http.StatusSeeOther)
	at, err := url.Parse(shop.url)
	must(t, err)
	cookies := buyer.client.Jar.Cookies(at)
	var tabs sync.WaitGroup
	for _, sku := range []string{"POT-02", "TIN-03"} {
		tab := shop.newBuyer()
		tab.client.Jar.SetCookies(at, cookies)
		tabs.Go(func() { tab.post("/cart", "sku="+sku, "quantity=1") })
	}
	tabs.Wait()
	if n := strings.Count(buyer.get("/cart").body, `data-test="cart-line"`); n != 3 {
		t.Errorf("%d lines are in the cart, want 3", n)
	}
}

// After paying nothing is counted on any page; what was added meanwhile stays.
func TestTheCartIsEmptyOnEveryPageOnceItIsPaid(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	counted := `class="count"`
	for _, page := range []string{"/", "/products/MUG-01"} {
		buyer.get(page).sees(http.StatusOK, counted)
	}
	must(t, shop.control.Pay(buyer.starts(path, "GCASH").PaymentRequestID))
	shop.quiet()
	for _, page := range []string{"/", "/products/MUG-01", "/cart"} {
		buyer.get(page).sees(http.StatusOK).seesNot(counted)
	}
	second := buyer.orders()
	buyer.post("/cart", "sku=TIN-03", "quantity=1").sees(http.StatusSeeOther)
	must(t, shop.control.Pay(buyer.starts(second, "GCASH").PaymentRequestID))
	shop.quiet()
	buyer.get("/").sees(http.StatusOK, counted, "1 item")
	buyer.get("/cart").sees(http.StatusOK, "TIN-03").seesNot("/cart/MUG-01")
}

// A browser that keeps no cookies is told, instead of that its cart is empty.
func TestABrowserWithoutCookiesIsTold(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	buyer.client.Jar = nil
	to := buyer.post("/cart", "sku=MUG-01", "quantity=1").sees(http.StatusSeeOther).header.Get("Location")
	buyer.get(to).sees(http.StatusOK, "Allow cookies").seesNot("Your cart is empty")
	buyer.get("/cart").sees(http.StatusOK, "Your cart is empty")

	other := shop.newBuyer()
	to = other.post("/cart", "sku=MUG-01", "quantity=1").sees(http.StatusSeeOther).header.Get("Location")
	other.get(to).sees(http.StatusOK, `data-test="cart-line"`).seesNot("Allow cookies")
	if to = other.post("/cart", "sku=MUG-01", "quantity=1").header.Get("Location"); to != "/cart" {
		t.Errorf("with the cookie the next addition leads to %s", to)
	}
}
