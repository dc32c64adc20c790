package handlers_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// withLimits lets no time pass, in which a slow machine would get new allowances.
func withLimits(s *settings) { s.rateLimits, s.timeStands = true, true }

// until repeats what a client does until it is refused, and returns how
// often it was allowed.
func until(t *testing.T, most int, do func() answer) (allowed int, refused answer) {
	t.Helper()
	for n := range most {
		got := do()
		if got.status != http.StatusTooManyRequests {
			continue
		}
		if wait, err := strconv.Atoi(got.header.Get("Retry-After")); err != nil || wait < 1 || wait > 60 {
			t.Fatalf("Retry-After is %q", got.header.Get("Retry-After"))
		}
		return n, got
	}
	t.Fatalf("%d at once are all allowed", most)
	return 0, answer{}
}

// from has the buyer come by a proxy that names this address.
func (b *buyer) from(address string) *buyer {
	b.client.Transport = viaProxy(address)
	return b
}

type viaProxy string

func (p viaProxy) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("X-Forwarded-For", string(p))
	return http.DefaultTransport.RoundTrip(r)
}

func TestOneBrowserMakesOrdersAtAPeoplesPace(t *testing.T) {
	shop := newShop(t, withLimits)
	buyer := shop.newBuyer()
	form := buyer.fills()
	place := func() answer { return buyer.post("/orders", append([]string{"form_id=" + form}, goodAddress...)...) }
	allowed, refused := until(t, 60, place)
	if allowed < 20 {
		t.Errorf("only %d tries", allowed)
	}
	refused.sees(http.StatusTooManyRequests, "Too many requests", "Wait a moment")
	if wait := refused.header.Get("Retry-After"); wait != "1" { // one order a second
		t.Errorf("to wait %s s", wait)
	}
	// No other client is limited by it, and nothing is lost.
	shop.newBuyer().orders()
	shop.passes(time.Minute)
	place().sees(http.StatusSeeOther)
}

func TestAnAddressMakesManyOrdersButNotAnyNumber(t *testing.T) {
	shop := newShop(t, withLimits)
	allowed, refused := until(t, 200, func() answer { return shop.newBuyer().postJSON("/orders", "{}") }) // none has a session
	if allowed < 100 {
		t.Errorf("only %d tries of a whole office", allowed)
	}
	refused.sees(http.StatusTooManyRequests, `"error"`)
}

func TestAnOrderIsTriedAtAPeoplesPace(t *testing.T) {
	shop := newShop(t, withLimits)
	path := shop.newBuyer().orders()
	// All clients at the checkout's address share its limit.
	allowed, _ := until(t, 100, func() answer { return shop.newBuyer().postJSON(path+"/payments", `{"method":"NONE"}`) })
	if allowed < 20 {
		t.Errorf("only %d tries", allowed)
	}
	other := shop.newBuyer()
	other.expectAction(other.starts(other.orders(), "CARD"), http.StatusOK, "sdk")
}

func TestOneBrowserTriesManyOrdersAtAPeoplesPace(t *testing.T) {
	shop := newShop(t, withLimits)
	buyer := shop.newBuyer()
	buyer.fills()
	n := 0
	allowed, _ := until(t, 200, func() answer {
		n++
		return buyer.postJSON("/checkout/AAAAAAAAAAAAAAAAAAAAAAAA"+strconv.Itoa(n)+"/payments", `{"method":"CARD"}`)
	})
	if allowed < 30 || allowed > 70 {
		t.Errorf("%d tries", allowed)
	}
}

func TestStatusIsReadOftenButNotEndlessly(t *testing.T) {
	shop := newShop(t, withLimits)
	path := shop.newBuyer().orders()
	reader := shop.newBuyer()
	allowed, _ := until(t, 400, func() answer { return reader.get(path + "/status") })
	if allowed < 150 {
		t.Errorf("only %d requests", allowed)
	}
	// The page itself is counted with its status, and says so in a text.
	reader.get(path).sees(http.StatusTooManyRequests, "Too many requests")
	other := shop.newBuyer()
	other.get(other.orders() + "/status").sees(http.StatusOK)
}

func TestALimitIsOfTheClientBehindTheProxy(t *testing.T) {
	shop := newShop(t, withLimits, func(s *settings) { s.trustedProxy = "127.0.0.0/8" })
	until(t, 200, func() answer { return shop.newBuyer().from("198.51.100.1").post("/orders") })
	shop.newBuyer().from("198.51.100.2").post("/orders").sees(http.StatusUnprocessableEntity)
	// A phone that changes its address within its network is the same phone.
	until(t, 200, func() answer { return shop.newBuyer().from("2001:db8::1").post("/orders") })
	shop.newBuyer().from("2001:db8::2").post("/orders").sees(http.StatusTooManyRequests)
}

func TestWithoutLimitsNoRequestIsRefused(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	for range 300 {
		if got := buyer.postJSON(path+"/payments", `{"method":"NONE"}`); got.status != http.StatusUnprocessableEntity || strings.Contains(got.body, "fast") {
			t.Fatalf("status %d", got.status)
		}
	}
}
