package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// knownBuyer is a buyer of whom the merchant's program knows all that is needed.
const knownBuyer = `"buyer":{"email":"ann@example.com","name":"Ann Lee"}`

// placedFor places an order for a buyer who is known, and answers with its checkout's path.
func (p *program) placedFor(members string) (path string, o checkout.Order) {
	p.t.Helper()
	if members != "" {
		members = "," + members
	}
	_, o = p.places(with(knownBuyer + members))
	return "/checkout/" + o.Token, o
}

// The order says who captures its card; the setting says it for orders that do not.
func TestAnOrderSaysWhoCapturesItsCard(t *testing.T) {
	for _, c := range []struct {
		setting       bool
		capture, ends string
	}{
		{false, "", "paid"}, {false, `"capture":"automatic"`, "paid"}, {false, `"capture":"manual"`, "authorized"},
		{true, "", "authorized"}, {true, `"capture":"automatic"`, "paid"}, {true, `"capture":"manual"`, "authorized"},
	} {
		t.Run(c.ends+" by "+c.capture, func(t *testing.T) {
			s := newShop(t, func(set *settings) { set.manualCapture = c.setting })
			path, o := s.newProgram().placedFor(c.capture)
			b := s.newBuyer()
			must(t, s.control.Pay(b.starts(path, "CARD").PaymentRequestID))
			s.quiet()
			if st := b.status(path); st.Status != c.ends || !st.Final {
				t.Errorf("the order is %+v, want %s", st, c.ends)
			}
			if goods := s.lastOrder("createPaymentSession").Goods[0]; goods.ReferenceGoodsID == "" || goods.Name != o.Lines[0].Name {
				t.Errorf("Antom is told of %+v", goods)
			}
			if c.ends == "paid" {
				return
			}
			if _, err := s.service.Capture(t.Context(), o.ID, by("capture")); err != nil {
				t.Error(err)
			}
			s.quiet()
			s.expectCount(1, "order", "status", "paid")
		})
	}
}

// An order that names methods offers these, in its sequence, and takes no other. What the
// operator does not take, no order may name.
func TestAnOrderNamesItsMethods(t *testing.T) {
	s := newShop(t, func(set *settings) { set.methods = []string{"ALIPAY_CN", "CARD", "GRABPAY_SG"} })
	p, b := s.newProgram(), s.newBuyer()
	path, _ := p.placedFor(`"methods":["GRABPAY_SG","CARD"]`)
	b.get(path).sees(http.StatusOK).offers("GRABPAY_SG CARD")
	if a := b.starts(path, "ALIPAY_CN"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("another method is answered with %d", a.status)
	}
	b.expectAction(b.starts(path, "GRABPAY_SG"), http.StatusOK, "sdk")
	p.expectProblem(p.calls(http.MethodPost, "/orders", with(`"methods":["SHOPEEPAY_SG"]`)), http.StatusUnprocessableEntity, "form_invalid")
	p.expectProblem(p.calls(http.MethodPost, "/orders", with(`"methods":["GRABPAY_SG"],"currency":"JPY"`)), http.StatusUnprocessableEntity, "form_invalid")
	if path, _ = p.placedFor(""); !strings.Contains(b.get(path).methods(), "ALIPAY_CN") {
		t.Error("an order that names none lacks a method")
	}
}

// Of a buyer of whom the merchant's program knows nothing, the checkout page asks for the
// email address alone, because no goods of the catalogue are delivered. Until then no method
// is offered and no payment starts.
func TestTheCheckoutPageAsksForWhatIsMissing(t *testing.T) {
	s := newShop(t)
	p, b := s.newProgram(), s.newBuyer()
	_, o := p.places(with(`"reference":"R-7"`))
	path := "/checkout/" + o.Token
	page := b.get(path).sees(http.StatusOK, `data-test="buyer-form"`, `name="email"`, "R-7", `data-test="status"`)
	page.seesNot(`name="name"`, `name="address1"`, `data-test="method"`, `data-test="pay"`)
	if a := b.postJSON(path+"/payments", `{"method":"CARD"}`); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `"email"`) {
		t.Errorf("a start is answered with %d %s", a.status, a.body)
	}
	b.post(path+"/payments", "method=CARD").sees(http.StatusUnprocessableEntity, `data-test="buyer-form"`, `aria-invalid="true"`)
	b.post(path+"/buyer", "email=ann").sees(http.StatusUnprocessableEntity, `value="ann"`, `aria-invalid="true"`)
	if got := b.post(path+"/buyer", "email=ann@example.com", "name=Eve"); got.status != http.StatusSeeOther || got.header.Get("Location") != path {
		t.Fatalf("the form is answered with %d", got.status)
	}
	b.get(path).sees(http.StatusOK, `data-test="pay"`).seesNot(`data-test="buyer-form"`)
	b.post(path+"/buyer", "email=eve@example.com").sees(http.StatusSeeOther) // too late: it is complete
	if o = s.orderAt(path); o.Buyer.Email != "ann@example.com" {
		t.Errorf("the buyer is %+v", o.Buyer)
	}
	must(t, s.control.Pay(b.starts(path, "CARD").PaymentRequestID))
	s.quiet()
	b.expectStatus(path, "paid", "paid")
	s.sweeps()
	s.email("receipt", "Table for two")
	b.get(path+"/return").sees(http.StatusOK, "Table for two", "Contact", "ann@example.com").seesNot("Delivery") // the receipt, to the one who typed it
	s.newBuyer().get(path+"/return").sees(http.StatusOK).seesNot("Table for two", "ann@example.com")
}

// Of a buyer the email address is enough: each method that is offered to one then starts, with
// the SDK and without scripts.
func TestAnEmailAddressIsEnoughForEveryMethodOffered(t *testing.T) {
	for _, form := range []bool{false, true} {
		t.Run(fmt.Sprintf("as a form %v", form), func(t *testing.T) {
			s := newShop(t, func(set *settings) { set.withoutSDK = form })
			p, b := s.newProgram(), s.newBuyer()
			started := 0
			for _, currency := range []string{"SGD", "BRL", "JPY", "KRW", "THB"} {
				place := func() string {
					_, o := p.places(with(`"buyer":{"email":"ann@example.com"},"currency":"` + currency + `"`))
					return "/checkout/" + o.Token
				}
				for code := range strings.FieldsSeq(b.get(place()).sees(http.StatusOK, `data-test="pay"`).methods()) {
					path := place()
					if got := b.startsEither(form, path, code); got.status >= 400 {
						t.Errorf("%s in %s is answered %d %s", code, currency, got.status, got.body)
					}
					if o := s.orderAt(path); len(o.Payments) != 1 || o.Payments[0].ResultCode != "" {
						t.Errorf("%s in %s has the payments %+v", code, currency, o.Payments)
					}
					started++
				}
			}
			if started < 15 {
				t.Errorf("only %d methods are offered", started)
			}
		})
	}
}

// A card that is typed in the shop needs a billing address, which its page asks for: without
// one nothing starts, with one the same order is paid.
func TestATypedCardAsksForWhatAnEmailAddressLacks(t *testing.T) {
	s := newShop(t, typesCards)
	p, b := s.newProgram(), s.newBuyer()
	_, o := p.places(with(`"buyer":{"email":"ann@example.com"}`))
	path := "/checkout/" + o.Token
	asked := []string{`name="billing_country"`, `name="billing_city"`, `name="billing_address1"`, `name="billing_postal_code"`}
	b.get(path+"/card").sees(http.StatusOK, asked...)
	without := cardFields("billing_country=", "billing_city=", "billing_address1=", "billing_postal_code=")
	b.post(path+"/payments", without...).sees(http.StatusUnprocessableEntity, append(asked, `aria-invalid="true"`)...)
	if o = s.orderAt(path); len(o.Payments) > 0 {
		t.Errorf("the order has the payments %+v", o.Payments)
	}
	b.post(path+"/payments", cardFields()...).sees(http.StatusSeeOther)
	s.quiet()
	b.expectStatus(path, "paid", "paid")
}

// startsEither starts a payment as a page without scripts does, or as one with them.
func (b *buyer) startsEither(form bool, path, method string) answer {
	b.t.Helper()
	if form {
		return b.post(path+"/payments", "method="+method)
	}
	return b.postJSON(path+"/payments", `{"method":"`+method+`"}`)
}

// Goods of the catalogue are delivered, so that their order needs an address. What the
// merchant's program knows is not asked for, not shown, and cannot be changed.
func TestTheCheckoutPageKeepsWhatIsKnown(t *testing.T) {
	s := newShop(t)
	p, b := s.newProgram(), s.newBuyer()
	_, o := p.places(`{"lines":[{"sku":"MUG-01","quantity":1}],"buyer":{"name":"Ann Lee","email":"ann@example.com","address":{"country":"DE","city":"Berlin"}}}`)
	path := "/checkout/" + o.Token
	b.get(path).sees(http.StatusOK, `name="address1"`, `name="address2"`, `name="postal_code"`).seesNot(`name="email"`, `name="name"`, `name="city"`, "Ann Lee", "Berlin")
	b.post(path+"/buyer", "address1=Hauptstr. 5").sees(http.StatusUnprocessableEntity, "Hauptstr. 5")
	b.post(path+"/buyer", "address1=Hauptstr. 5", "postal_code=10115", "city=Bonn", "email=eve@example.com").sees(http.StatusSeeOther)
	want := checkout.Buyer{Name: "Ann Lee", Email: "ann@example.com", Country: "DE", City: "Berlin", Address1: "Hauptstr. 5", PostalCode: "10115"}
	if got := s.orderAt(path).Buyer; got != want {
		t.Errorf("the buyer is %+v", got)
	}
	must(t, s.control.Pay(b.starts(path, "CARD").PaymentRequestID))
	s.quiet()
	b.get(path+"/return").sees(http.StatusOK).seesNot("Ann Lee", "Hauptstr") // others may have placed the rest
}

// A buyer who has paid goes back to the merchant's shop, by a button and, where scripts run, by
// itself. One who leaves goes to the address for that.
func TestTheBuyerGoesBackToTheMerchantsShop(t *testing.T) {
	s := newShop(t)
	p, b := s.newProgram(), s.newBuyer()
	path, o := p.placedFor(`"success_url":"https://shop.example/thanks?a=1#top","cancel_url":"https://shop.example/cart","expires_in":600`)
	b.get(path).sees(http.StatusOK, `href="https://shop.example/cart" data-test="leave"`, `class="brand" href="https://shop.example/cart"`)
	b.get(path+"/return").sees(http.StatusOK, `href="https://shop.example/cart" data-test="leave"`).seesNot("shop.example/thanks")
	must(t, s.control.Pay(b.starts(path, "CARD").PaymentRequestID))
	s.quiet()
	thanks := "https://shop.example/thanks?a=1&amp;order=" + o.ID + "#top"
	b.get(path+"/return").sees(http.StatusOK, `href="`+thanks+`" data-test="to-shop"`, `data-forward="`+thanks+`" hidden`, "/forward.").
		seesNot("shop.example/cart", "http-equiv")
	b.get(path).sees(http.StatusOK, `href="`+thanks+`"`).seesNot("data-forward", "/forward.")
	late, _ := p.placedFor(`"cancel_url":"https://shop.example/cart","expires_in":60`)
	s.passes(2 * time.Minute)
	s.sweeps()
	b.get(late).sees(http.StatusOK, `data-status="expired"`, `href="https://shop.example/cart" data-test="to-shop"`).seesNot(`data-test="renew"`)
	b.post(late + "/renewal").sees(http.StatusConflict)
}

// An order without addresses of its own ends on the shop's pages, as all others.
func TestWithoutAddressesTheBuyerStays(t *testing.T) {
	s := newShop(t)
	b := s.newBuyer()
	path, _ := s.newProgram().placedFor("")
	b.get(path).sees(http.StatusOK).seesNot(`data-test="leave"`)
	must(t, s.control.Pay(b.starts(path, "CARD").PaymentRequestID))
	s.quiet()
	b.get(path+"/return").sees(http.StatusOK, `href="/"`).seesNot("http-equiv", `data-test="to-shop"`)
}

// The order's language is that of its pages unless the buyer has chosen another. Erasure
// takes what the merchant's program may have said of the buyer, and leaves its reference.
func TestAnOrdersLanguageAndErasure(t *testing.T) {
	s := newShop(t)
	b := s.newBuyer()
	path, o := s.newProgram().placedFor(`"locale":"de","reference":"R-1","metadata":{"customer":"Ann"},"success_url":"https://shop.example/ann"`)
	b.get(path).sees(http.StatusOK, `lang="de"`, "Referenz")
	b.get("/?lang=fr")
	b.get(path).sees(http.StatusOK, `lang="fr"`)
	must(t, s.control.Pay(b.starts(path, "CARD").PaymentRequestID))
	s.quiet()
	_, err := s.service.Erase(t.Context(), o.ID, checkout.Cause{Kind: checkout.ByAdmin})
	must(t, err)
	if o = s.orderAt(path); o.Reference != "R-1" || o.Metadata != nil || o.SuccessURL != "" || o.Language != "de" {
		t.Errorf("the erased order has %+v in %q", o.Terms, o.Language)
	}
}
