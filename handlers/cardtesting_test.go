package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/handlers"
)

const cardsRefused = "Too many cards were declined. A card can be tried again in ten minutes."

// tries has a card declined, and the shop hear of it.
func (b *buyer) tries(path string) {
	b.t.Helper()
	a := b.starts(path, "CARD")
	b.expectAction(a, http.StatusOK, "sdk")
	must(b.t, b.shop.control.Decline(a.PaymentRequestID, ""))
	b.shop.quiet()
	b.expectStatus(path, "open", "failed")
}

// expectCardsRefused expects that a start by card is refused for so long, as JSON and as
// a page that offers the other methods.
func (b *buyer) expectCardsRefused(path string, wait time.Duration) {
	b.t.Helper()
	for _, got := range []answer{
		b.postJSON(path+"/payments", `{"method":"CARD"}`).sees(http.StatusTooManyRequests, `{"error":"`+cardsRefused),
		b.post(path+"/payments", "method=CARD").sees(http.StatusTooManyRequests, cardsRefused, `data-method="GCASH"`).seesNot(`data-method="CARD"`),
	} {
		if seconds := got.header.Get("Retry-After"); seconds != strconv.Itoa(int(wait.Seconds())) {
			b.t.Errorf("to wait %s s, want %v", seconds, wait)
		}
	}
}

// A thief tries stolen cards on one order. After five declines cards are refused for ten
// minutes; every other way to pay stays, and so does a card for other buyers.
func TestAnOrderTakesSoManyDeclinedCards(t *testing.T) {
	shop := newShop(t, withLimits)
	buyer := shop.newBuyer()
	path := buyer.orders()
	for range 4 {
		buyer.tries(path)
	}
	buyer.get(path).sees(http.StatusOK, `data-method="CARD"`).seesNot(cardsRefused)
	buyer.tries(path)
	buyer.expectCardsRefused(path, 10*time.Minute)
	buyer.get(path).sees(http.StatusOK, cardsRefused, `data-test="retry"`, `data-method="GCASH"`).seesNot(`data-method="CARD"`)
	buyer.get(path + "?lang=de").sees(http.StatusSeeOther)
	buyer.post(path+"/payments", "method=CARD").sees(http.StatusTooManyRequests, "Es wurden zu viele Karten abgelehnt.")
	buyer.get(path + "?lang=en").sees(http.StatusSeeOther)
	shop.expectCount(5, "payment", "method", "CARD")
	if log := shop.logged(); strings.Count(log, "cards are refused for a while") != 1 || !strings.Contains(log, "limit=order") {
		t.Errorf("the log does not say once that the limit of an order was reached:\n%s", log)
	}

	other := shop.newBuyer()
	other.expectAction(other.starts(other.orders(), "CARD"), http.StatusOK, "sdk")
	buyer.expectAction(buyer.starts(path, "GCASH"), http.StatusOK, "sdk")

	shop.passes(4 * time.Minute)
	buyer.expectCardsRefused(path, 6*time.Minute)
	shop.passes(6 * time.Minute)
	buyer.get(path).sees(http.StatusOK, `data-method="CARD"`).seesNot(cardsRefused)
	buyer.tries(path)
	buyer.expectCardsRefused(path, 10*time.Minute)
}

// What no bank has declined is not counted: a payment whose time was over, and a wallet.
func TestOnlyDeclinedCardsAreCounted(t *testing.T) {
	shop := newShop(t, withLimits)
	buyer := shop.newBuyer()
	path := buyer.orders()
	for range 6 {
		for method, end := range map[string]func(string) error{
			"CARD":  shop.control.Close,
			"GCASH": func(id string) error { return shop.control.Decline(id, "") },
		} {
			a := buyer.starts(path, method)
			must(t, end(a.PaymentRequestID))
			shop.quiet()
		}
	}
	buyer.expectAction(buyer.starts(path, "CARD"), http.StatusOK, "sdk")
}

// The tenth decline of an address within an hour refuses cards to all orders from there,
// and from the household of an IPv6 address.
func TestAnAddressTakesSoManyDeclinedCards(t *testing.T) {
	for _, from := range []struct{ first, same, other string }{
		{"198.51.100.1", "198.51.100.1", "198.51.100.2"},
		{"2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"},
	} {
		shop := newShop(t, withLimits, func(s *settings) { s.trustedProxy = "127.0.0.0/8" })
		for n := range 10 {
			buyer := shop.newBuyer().from(from.first)
			buyer.tries(buyer.orders())
			if n == 0 {
				shop.passes(50 * time.Minute)
			}
		}
		buyer := shop.newBuyer().from(from.same)
		path := buyer.orders()
		buyer.expectCardsRefused(path, 10*time.Minute)
		buyer.get(path).sees(http.StatusOK, cardsRefused).seesNot(`data-method="CARD"`)
		other := shop.newBuyer().from(from.other)
		other.expectAction(other.starts(path, "CARD"), http.StatusOK, "sdk") // the order itself takes cards
	}
}

// A card that was typed in the shop is refused wherever it is tried, and no other. After a
// day the shop no longer knows which card it was.
func TestOneCardIsDeclinedSoOften(t *testing.T) {
	shop := newShop(t, withLimits, typesCards, func(s *settings) { s.trustedProxy = "127.0.0.0/8" })
	tries := func(n int, number string) answer {
		buyer := shop.newBuyer().from(fmt.Sprintf("192.0.2.%d", n))
		got := buyer.postJSON(buyer.orders()+"/payments", asJSON(cardFields("card_number="+number)))
		shop.quiet()
		return got
	}
	const stolen, other = "4054692760174822", "4054695723100768"
	for n := range 5 {
		tries(n, stolen).sees(http.StatusOK, `"type":"declined"`)
	}
	tries(6, stolen).sees(http.StatusTooManyRequests, cardsRefused)
	tries(7, other).sees(http.StatusOK, `"type":"done"`)
	if strings.Contains(shop.logged(), "Antom refuses the shop") {
		t.Error("a declined card counts as a fault of the shop")
	}
	shop.passes(24 * time.Hour)
	tries(8, stolen).sees(http.StatusOK, `"type":"declined"`)
}

// A card payment in progress is no new card: it goes on, and stays on the page.
func TestACardPaymentInProgressGoesOnWhileCardsAreRefused(t *testing.T) {
	shop := newShop(t, withLimits)
	buyer := shop.newBuyer()
	path := buyer.orders()
	a := buyer.starts(path, "CARD")
	for range 10 {
		stranger := shop.newBuyer()
		stranger.tries(stranger.orders())
	}
	shop.newBuyer().get(path).sees(http.StatusOK, `data-method="CARD"`).seesNot(cardsRefused)
	if again := buyer.starts(path, "CARD"); again.PaymentRequestID != a.PaymentRequestID {
		t.Errorf("the attempt in progress does not go on: %+v", again)
	}
	must(t, shop.control.Pay(a.PaymentRequestID))
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
}

// Antom's element offers no card while cards are refused, and a shop that takes nothing
// but cards says so.
func TestWhereCardsAreOneOfAllMethodsOrTheOnlyOne(t *testing.T) {
	shop := newShop(t, withLimits, showsIn(handlers.Element))
	buyer := shop.newBuyer()
	path := buyer.orders()
	for range 5 {
		buyer.tries(path)
	}
	buyer.expectAction(buyer.starts(path, ""), http.StatusOK, "sdk")
	var sent antom.PaymentSessionRequest
	for _, m := range shop.control.Messages() {
		if m.Operation == "createPaymentSession" && m.Direction == "in" {
			sent = antom.PaymentSessionRequest{}
			must(t, json.Unmarshal([]byte(m.Body), &sent))
		}
	}
	if sent.AvailablePaymentMethod == nil || len(sent.AvailablePaymentMethod.Types) == 0 {
		t.Fatalf("the element offers %+v", sent.AvailablePaymentMethod)
	}
	for _, offered := range sent.AvailablePaymentMethod.Types {
		if offered.Type == "CARD" {
			t.Error("the element offers cards")
		}
	}

	only := newShop(t, withLimits, lists("CARD"))
	buyer = only.newBuyer()
	path = buyer.orders()
	for range 5 {
		buyer.tries(path)
	}
	buyer.get(path).sees(http.StatusOK, "Cards are refused for a while", cardsRefused).seesNot(`data-test="pay"`)
	buyer.post(path+"/payments", "method=CARD").sees(http.StatusTooManyRequests, "Cards are refused for a while")
	only.passes(10 * time.Minute)
	buyer.get(path).sees(http.StatusOK, `data-method="CARD"`, `data-test="pay"`)
}

// RATE_LIMITS=off lifts these limits, too.
func TestWithoutLimitsCardsMayBeDeclined(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	for range 12 {
		buyer.tries(path)
	}
	buyer.expectAction(buyer.starts(path, "CARD"), http.StatusOK, "sdk")
}
