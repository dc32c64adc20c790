package handlers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout/gateway"
	"antom-checkout/handlers"
)

// typesCards switches the server-to-server mode on.
func typesCards(s *settings) { s.cardsUntil = time.Now().Add(365 * 24 * time.Hour) }

// cardFields is a card that pays, as a form posts it, with some fields changed.
func cardFields(changes ...string) []string {
	pairs := slices.Clone(changes)
	for _, pair := range []string{
		"method=CARD", "card_number=4054 6957 2310 0768", "card_expiry=12/39", "card_cvc=987", "cardholder_first=Zoë", "cardholder_last=Quarterman",
		"billing_country=SG", "billing_city=Singapore", "billing_address1=1 Raffles Place", "billing_postal_code=048616",
	} {
		name, _, _ := strings.Cut(pair, "=")
		if !slices.ContainsFunc(changes, func(change string) bool { return strings.HasPrefix(change, name+"=") }) {
			pairs = append(pairs, pair)
		}
	}
	return pairs
}

func asJSON(pairs []string) string {
	fields := map[string]string{}
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		fields[name] = value
	}
	text, _ := json.Marshal(fields) // texts only
	return string(text)
}

// wiretap is a client of Antom that shows each call of pay to a test before it is sent.
type wiretap struct {
	*antom.Client
	paying func(*antom.PayRequest)
}

func (w wiretap) Pay(ctx context.Context, r *antom.PayRequest) (*antom.PayResponse, error) {
	w.paying(r)
	return w.Client.Pay(ctx, r)
}

func tapped(paying func(*antom.PayRequest)) func(*settings) {
	return func(s *settings) {
		typesCards(s)
		s.client = func(c *antom.Client) gateway.Client { return wiretap{c, paying} }
	}
}

func TestABuyerPaysWithACardTypedInTheShop(t *testing.T) {
	var sent []antom.PayRequest
	shop := newShop(t, tapped(func(r *antom.PayRequest) {
		seen := *r.PaymentMethod
		copied := *r
		copied.PaymentMethod = &seen
		sent = append(sent, copied)
	}))
	buyer := shop.newBuyer()
	path := buyer.orders()
	buyer.get(path).sees(http.StatusOK, `data-method="CARD"`, "This shop doesn’t keep them").seesNot("never sees your card number")
	if to := buyer.post(path+"/payments", "method=CARD").sees(http.StatusSeeOther).header.Get("Location"); to != path+"/card" {
		t.Fatalf("choosing a card leads to %s", to)
	}
	page := buyer.get(path+"/card").sees(http.StatusOK, `autocomplete="cc-number"`, `autocomplete="cc-exp"`, `autocomplete="cc-csc"`, `autocomplete="cc-given-name"`,
		`value="1 Raffles Place"`, `value="048616"`, `<option value="SG" selected`, `data-minor="4800"`)
	if policy := page.header.Get("Content-Security-Policy"); strings.Contains(policy, "http") || strings.Contains(page.body, `src="http`) {
		t.Errorf("a script of another origin may run: %s", policy)
	}
	answer := buyer.post(path+"/payments", cardFields("screen_width=1920", "screen_height=1080", "color_depth=24", "time_zone_offset=-480", "java=false")...)
	if to := answer.sees(http.StatusSeeOther).header.Get("Location"); to != path+"/return" {
		t.Fatalf("paying leads to %s", to)
	}
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
	shop.expectCount(1, "capture", "status", "success")
	buyer.get(path + "/card").sees(http.StatusSeeOther)
	buyer.expectAction(buyer.starts(path, "CARD"), http.StatusOK, "done")

	d, env := sent[0].PaymentMethod.Metadata, sent[0].Env
	if d.CardNo != "4054695723100768" || d.CVV != "987" || d.ExpiryMonth != "12" || d.ExpiryYear != "39" ||
		*d.CardholderName != (antom.UserName{FirstName: "Zoe", LastName: "Quarterman"}) || d.BillingAddress.Region != "SG" || d.BillingAddress.ZipCode != "048616" {
		t.Errorf("another card is sent: %s %s", d.CardholderName, d.BillingAddress)
	}
	if env.ScreenWidth != 1920 || env.ColorDepth != 24 || *env.TimeZoneOffset != -480 || !bool(*env.BrowserInfo.JavaScriptEnabled) || bool(*env.BrowserInfo.JavaEnabled) {
		t.Errorf("another browser is sent: %+v", env)
	}
}

// A client that runs scripts, an app's server or the page's own, posts the same as JSON.
func TestACardMayBePostedAsJSON(t *testing.T) {
	shop := newShop(t, typesCards)
	buyer := shop.newBuyer()
	path := buyer.orders()
	started := buyer.starts(path, "CARD")
	buyer.expectAction(started, http.StatusOK, "redirect")
	if started.Action.URL != shop.url+path+"/card" {
		t.Errorf("a script is led to %s", started.Action.URL)
	}
	declined := buyer.postJSON(path+"/payments", asJSON(cardFields("card_cvc=99", "card_number=3782 8224 6310 005")))
	declined.sees(http.StatusUnprocessableEntity, `"fields":{"card_cvc":"The security code doesn’t match`)
	number := strings.Replace(asJSON(cardFields()), `"4054 6957 2310 0768"`, "4054695723100768", 1) // a number of JSON
	buyer.postJSON(path+"/payments", number).sees(http.StatusOK, `"type":"done"`)
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
}

// Where cards are entered at Antom's, a card goes nowhere, in whatever field it comes.
func TestWithoutTheModeACardIsRefused(t *testing.T) {
	for name, change := range map[string]func(*settings){
		"never": func(*settings) {}, "no longer attested": func(s *settings) { s.cardsUntil = time.Now().Add(-time.Second) },
	} {
		sent := 0
		shop := newShop(t, tapped(func(*antom.PayRequest) { sent++ }), func(s *settings) { s.cardsUntil = time.Time{} }, change)
		buyer := shop.newBuyer()
		path := buyer.orders()
		buyer.get(path + "/card").sees(http.StatusNotFound)
		buyer.post(path+"/payments", cardFields()...).sees(http.StatusUnprocessableEntity, "looks like a card number").seesNot("4054")
		buyer.postJSON(path+"/payments", asJSON(cardFields())).sees(http.StatusUnprocessableEntity, `"card_number":"This looks like a card number`, `"card_cvc":`).seesNot("4054")
		buyer.postJSON(path+"/payments", `{"method":"GCASH","card_cvc":"123"}`).sees(http.StatusUnprocessableEntity, `"card_cvc"`)
		buyer.get(path).sees(http.StatusOK, "never sees your card number")
		if n := len(shop.audit()["payment"]); n != 0 || sent != 0 {
			t.Errorf("%s: %d payments, %d calls", name, n, sent)
		}
	}
}

// In the mode a card belongs to the method CARD, and into the body of a POST.
func TestACardInTheWrongPlaceIsRefused(t *testing.T) {
	shop := newShop(t, typesCards)
	buyer := shop.newBuyer()
	path := buyer.orders()
	buyer.post(path+"/payments", cardFields("method=GCASH")...).sees(http.StatusUnprocessableEntity).seesNot("4054")
	query := url.Values{}
	for _, pair := range cardFields() {
		name, value, _ := strings.Cut(pair, "=")
		query.Set(name, value)
	}
	if to := buyer.post(path+"/payments?"+query.Encode(), "method=CARD").sees(http.StatusSeeOther).header.Get("Location"); to != path+"/card" {
		t.Errorf("a card in an address leads to %s", to)
	}
	if n := len(shop.audit()["payment"]); n != 0 {
		t.Errorf("%d payments", n)
	}
}

func TestAWrongCardIsRefusedAtItsFieldAndSentNowhere(t *testing.T) {
	sent := 0
	shop := newShop(t, tapped(func(*antom.PayRequest) { sent++ }))
	buyer := shop.newBuyer()
	path := buyer.orders()
	for wrong, text := range map[string]string{
		"card_number=4054 letters 0768":                   "doesn’t look right",
		"card_number=40546957231":                         "doesn’t look right",
		"card_number=4054695723100769":                    "doesn’t look right",
		"card_expiry=01/20":                               "has expired",
		"card_cvc=12":                                     "security code",
		"cardholder_first=" + strings.Repeat("n", 10<<10): "too long",
		"cardholder_last=王":                               "Latin letters",
		"billing_country=":                                "Choose a country",
	} {
		field, _, _ := strings.Cut(wrong, "=")
		page := buyer.post(path+"/payments", cardFields(wrong)...).sees(http.StatusUnprocessableEntity, text, `aria-describedby="`+field, `href="#`+field+`"`)
		page.seesNot("4054", "0768", `value="987"`)
		var answer struct{ Fields map[string]string }
		must(t, json.Unmarshal([]byte(buyer.postJSON(path+"/payments", asJSON(cardFields(wrong))).sees(http.StatusUnprocessableEntity).body), &answer))
		if len(answer.Fields) != 1 || !strings.Contains(answer.Fields[field], text) {
			t.Errorf("%.40s is refused with %v", wrong, answer.Fields)
		}
	}
	if n := len(shop.audit()["payment"]); n != 0 || sent != 0 {
		t.Errorf("%d payments, %d calls", n, sent)
	}
}

// The bank's answer stands beside the field that it is about. Number and code are typed
// again, the rest is not.
func TestADeclinedCardIsTypedAgain(t *testing.T) {
	for code, about := range map[string]struct{ field, text string }{
		"INVALID_CARD_NUMBER": {"card_number", "doesn’t look right"}, "CARD_NOT_SUPPORTED": {"card_number", "isn’t accepted here"},
		"INVALID_EXPIRATION_DATE": {"card_expiry", "expiry date doesn’t match"}, "CARD_EXPIRED": {"card_expiry", "has expired"},
		"INVALID_CVV": {"card_cvc", "security code doesn’t match"}, "DO_NOT_HONOR": {"", ""}, "STOLEN_CARD": {"", ""},
		"ACCESS_DENIED": {"", ""}, // of a card, as Antom's document on cards from server to server shows
	} {
		shop := newShop(t, typesCards)
		buyer := shop.newBuyer()
		path := buyer.orders()
		shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "pay", Code: code, Times: 2})
		page := buyer.post(path+"/payments", cardFields()...).sees(http.StatusOK, `data-test="card-form"`, `value="Zoë"`, `value="12/39"`, `value="1 Raffles Place"`, about.text)
		page.seesNot("4054", "0768", "987", strings.ToLower(code))
		if marked := strings.Contains(page.body, `aria-invalid="true"`); marked != (about.field != "") {
			t.Errorf("%s: a field is marked: %v", code, marked)
		}
		declined := buyer.postJSON(path+"/payments", asJSON(cardFields()))
		declined.sees(http.StatusOK, `"type":"declined"`, `"message":`)
		if about.field != "" {
			declined.sees(http.StatusOK, fmt.Sprintf(`"fields":{%q:`, about.field))
		}
		buyer.expectStatus(path, "open", "failed")
		buyer.post(path+"/payments", cardFields()...).sees(http.StatusSeeOther)
		shop.quiet()
		buyer.expectStatus(path, "paid", "paid")
	}
}

// with3DS has the bank ask its buyer.
func with3DS(r *antom.PayRequest) {
	if r.PaymentMethod.Metadata != nil {
		r.PaymentMethod.Metadata.Is3DSAuthentication = antom.True
	}
}

func TestACardsBankAsksTheBuyer(t *testing.T) {
	shop := newShop(t, tapped(with3DS))
	buyer := shop.newBuyer()
	path := buyer.orders()
	page := buyer.post(path+"/payments", cardFields()...).sees(http.StatusOK, "Continue to your bank", `data-test="continue"`, `http-equiv="refresh"`)
	if link := continueLink.FindString(page.body); !strings.Contains(link, shop.box.Credentials().BaseURL+"/buyer/") {
		t.Fatalf("the page continues to %s", link)
	}
	first := buyer.status(path).LastPayment.PaymentRequestID

	// The buyer goes back and types another card: the first attempt ends.
	buyer.post(path+"/payments", cardFields("card_number=5162774114974622")...).sees(http.StatusOK, "Continue to your bank")
	second := buyer.status(path).LastPayment.PaymentRequestID
	if second == first {
		t.Fatal("another card goes on with the attempt of the first")
	}
	must(t, shop.control.Pay(second))
	shop.quiet()
	buyer.get(path+"/return").sees(http.StatusOK, `data-status="paid"`)
	shop.expectCount(1, "payment", "status", "paid")
	shop.expectCount(1, "payment", "status", "cancelled")
}

// Without an answer nothing is sent twice: the attempt is inquired.
func TestACardWithoutAnAnswerIsInquired(t *testing.T) {
	for name, carriedOut := range map[string]bool{"Antom has it": true, "Antom never got it": false} {
		sent := 0
		shop := newShop(t, tapped(func(*antom.PayRequest) { sent++ }), func(s *settings) { s.timeout = 200 * time.Millisecond })
		buyer := shop.newBuyer()
		path := buyer.orders()
		shop.fault(sandbox.Fault{Kind: sandbox.Lose})
		shop.fault(sandbox.Fault{Kind: sandbox.Timeout, On: "pay", Times: 1, Apply: carriedOut, Delay: sandbox.Duration(time.Second)})
		buyer.post(path+"/payments", cardFields()...).sees(http.StatusAccepted, path+"/return").seesNot(`data-test="pay"`)
		if !carriedOut {
			buyer.get(path + "/card").sees(http.StatusSeeOther) // not while the first card may still be charged
			buyer.postJSON(path+"/payments", asJSON(cardFields())).sees(http.StatusAccepted, `"type":"wait"`)
			buyer.expectAction(buyer.starts(path, "CARD"), http.StatusAccepted, "wait")
		}
		for range 4 {
			shop.passes(time.Minute)
			shop.sweeps()
		}
		if sent != 1 {
			t.Errorf("%s: it is sent %d times", name, sent)
		}
		if carriedOut {
			buyer.expectStatus(path, "paid", "paid")
			continue
		}
		buyer.expectStatus(path, "open", "cancelled")
		buyer.post(path+"/payments", cardFields()...).sees(http.StatusSeeOther)
		if sent != 2 {
			t.Errorf("%s: the card is typed again and sent %d times", name, sent)
		}
	}
}

// Only the browser that placed the order finds its address in the form.
func TestAnotherBrowserSeesNoAddressOnTheCardPage(t *testing.T) {
	shop := newShop(t, typesCards)
	path := shop.newBuyer().orders()
	shop.newBuyer().get(path+"/card").sees(http.StatusOK, `data-test="card-form"`).seesNot("Raffles", "048616", `<option value="SG" selected`)
}

func TestTheCardPageIsForOrdersThatACardCanPay(t *testing.T) {
	shop := newShop(t, typesCards, func(s *settings) { s.methods = []string{"GCASH"} })
	buyer := shop.newBuyer()
	path := buyer.orders()
	if to := buyer.get(path + "/card").sees(http.StatusSeeOther).header.Get("Location"); to != path {
		t.Errorf("the page leads to %s", to)
	}
	buyer.post(path+"/payments", "method=CARD").sees(http.StatusUnprocessableEntity, "isn’t available")
	buyer.post(path+"/payments", cardFields()...).sees(http.StatusUnprocessableEntity, "isn’t available")
	buyer.get("/checkout/nosuchtokennosuchtoken/card").sees(http.StatusNotFound)

	shop = newShop(t, typesCards)
	buyer = shop.newBuyer()
	path = buyer.orders()
	shop.passes(2 * time.Hour)
	buyer.get(path + "/card").sees(http.StatusSeeOther)
	buyer.post(path+"/payments", cardFields()...).sees(http.StatusGone)
}

// A saved card and an app have their own ways.
func TestAnAppPaysByItsOwnSDKInThisModeToo(t *testing.T) {
	shop := newShop(t, typesCards, func(s *settings) { s.appReturns = "myshop://pay" })
	buyer := shop.newBuyer()
	path := buyer.orders()
	got := buyer.postJSON(path+"/payments", `{"method":"CARD","terminal":"APP","os":"IOS","return_url":"myshop://pay/1"}`)
	got.sees(http.StatusOK, `"type":"sdk"`)
}

// PCI DSS 6.4.3 asks for every script of a page where cards are typed.
func TestTheInventoryHasTheScriptsOfTheCardPage(t *testing.T) {
	shop := newShop(t, typesCards)
	page := shop.newBuyer().get(shop.placesOrder() + "/card").sees(http.StatusOK)
	scripts := loadsScript.FindAllStringSubmatch(page.body, -1)
	if len(scripts) != 1 || len(anyScript.FindAllString(page.body, -1)) != 1 {
		t.Fatalf("the page has the scripts %q", scripts)
	}
	if !slices.ContainsFunc(shop.cfg.Inventory(), func(l handlers.Loaded) bool {
		return l.Source == scripts[0][1] && l.Integrity != "" && l.Reason != ""
	}) {
		t.Errorf("%s is not listed", scripts[0][1])
	}
}
