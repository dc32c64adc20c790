package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// buys opens a link's page, posts its form and returns the path of the order's checkout.
func (b *buyer) buys(path string, pairs ...string) (checkoutPath string) {
	b.t.Helper()
	pairs = append(pairs, "form_id="+b.linkForm(path))
	return b.post(path, pairs...).sees(http.StatusSeeOther).header.Get("Location")
}

// linkForm reads the id of the form on a link's page.
func (b *buyer) linkForm(path string) string {
	b.t.Helper()
	found := formID.FindStringSubmatch(b.get(path).sees(http.StatusOK).body)
	if found == nil {
		b.t.Fatal("the link's page has no form_id")
	}
	return found[1]
}

// A link's page says what it sells, is filled in by its address, and makes an order of it.
func TestALinkMakesAnOrder(t *testing.T) {
	s := newShop(t)
	l, path := s.newProgram().makesLink(linkTo(`"adjustable_quantity":true,"methods":["CARD"],"success_url":"https://shop.example/thanks","metadata":{"a":"1"}`))
	b := s.newBuyer()
	query := "?email=ada@example.com&name=Ada+L&reference=R-7&quantity=3"
	b.get(path+query).sees(http.StatusOK, "Table for two", "Dinner", "SGD\u00a042.00 each", `value="ada@example.com"`, `value="Ada L"`, "R-7", `name="quantity" value="3"`).seesNot("https://shop.example")
	at := b.buys(path, "email=ada@example.com", "name=Ada L", "reference=R-7", "quantity=3")
	o := s.orderAt(at)
	if o.Total.Minor != 12600 || o.Link != l.ID || o.Source != checkout.SourceLink || o.Reference != "R-7" || o.Buyer.Email != "ada@example.com" ||
		o.Metadata["a"] != "1" || strings.Join(o.Methods, "") != "CARD" || o.SuccessURL != "https://shop.example/thanks" || o.CancelURL != l.URL {
		t.Errorf("the order is %+v", o)
	}
	b.get(path).sees(http.StatusOK, "You’ve started an order from this link. It’s waiting to be paid.", `href="`+at+`"`)
	s.newBuyer().get(path).sees(http.StatusOK).seesNot(at)
}

// The same form is the same order; another page is another one, also with the same
// reference, which any reader of the address may write.
func TestALinksFormIsOneOrder(t *testing.T) {
	s := newShop(t)
	p := s.newProgram()
	_, path := p.makesLink(linkTo(""))
	b := s.newBuyer()
	form := "form_id=" + b.linkForm(path)
	first := b.post(path, form, "reference=R-1").sees(http.StatusSeeOther).header.Get("Location")
	if again := b.post(path, form, "reference=R-1").sees(http.StatusSeeOther).header.Get("Location"); again != first {
		t.Errorf("the form has made %s and %s", first, again)
	}
	if other := b.buys(path, "reference=R-1"); other == first {
		t.Error("another page has made the same order")
	}
	p.places(with(`"reference":"R-1"`))
	b.post(path).sees(http.StatusSeeOther) // a program needs no page
}

// The buyer chooses the amount, as the language writes it.
func TestTheBuyerChoosesTheAmount(t *testing.T) {
	s := newShop(t)
	_, path := s.newProgram().makesLink(`{"name":"Gift","amount":{"min":500,"max":200000,"suggested":1250}}`)
	b := s.newBuyer()
	b.get(path).sees(http.StatusOK, "Gift", `value="12.50"`, "From SGD\u00a05.00 to SGD\u00a02,000.00")
	b.get(path+"?lang=de").sees(http.StatusOK, `value="12,50"`)
	if o := s.orderAt(b.buys(path, "amount=1.234,50")); o.Total.Minor != 123450 || o.Lines[0].Name != "Gift" || o.Language != "de" {
		t.Errorf("the order is %+v", o)
	}
	for amount, text := range map[string]string{"": "füllen Sie", "4,99": "innerhalb", "2.000,01": "innerhalb", "viel": "innerhalb"} {
		b.post(path, "amount="+amount, "email=ada@example.com").sees(http.StatusUnprocessableEntity, `value="ada@example.com"`, `aria-invalid="true"`, text)
	}
}

// What is typed is checked, and no card number is shown again.
func TestALinksFormIsChecked(t *testing.T) {
	s := newShop(t)
	p := s.newProgram()
	_, path := p.makesLink(linkTo(`"adjustable_quantity":true`))
	_, fixed := p.makesLink(linkTo(""))
	b := s.newBuyer()
	b.post(path, "email=ada@", "quantity=50").sees(http.StatusUnprocessableEntity, `value="ada@"`, `href="#email"`, `href="#quantity"`)
	b.post(fixed, "quantity=2").sees(http.StatusUnprocessableEntity)
	b.post(path, "name=4111 1111 1111 1111", "reference=4111111111111111").sees(http.StatusUnprocessableEntity, "looks like a card number").seesNot("4111")
	b.get(path+"?name=4111+1111+1111+1111&reference=4111111111111111&email=%3Cscript%3E").sees(http.StatusOK, "&lt;script&gt;").seesNot("4111", "<script>")
	b.get("/buy/none").sees(http.StatusNotFound)
	b.post("/buy/none").sees(http.StatusNotFound)
	b.get("/buy/none/qr.svg").sees(http.StatusNotFound)
}

// Fifty buyers have a link for one use open and pay at once: one pays. The others read that
// it is used up, and can pay no more.
func TestASingleUseLinkIsPaidOnce(t *testing.T) {
	const buyers = 50
	s := newShop(t)
	p := s.newProgram()
	l, path := p.makesLink(`{"name":"Mugs","lines":[{"sku":"MUG-01","quantity":2}],"max_uses":1}`)
	type result struct {
		b    *buyer
		at   string
		code int
		body string
	}
	results := make([]result, buyers)
	var all sync.WaitGroup
	for i := range results {
		all.Go(func() {
			b := s.newBuyer()
			at := b.buys(path, goodAddress...)
			got := b.postJSON(at+"/payments", `{"method":"GCASH"}`)
			results[i] = result{b, at, got.status, got.body}
		})
	}
	all.Wait()
	var winner *result
	for i := range results {
		switch r := &results[i]; {
		case r.code == http.StatusOK && winner == nil:
			winner = r
		case r.code != http.StatusConflict || !strings.Contains(r.body, "Another buyer is paying with this link"):
			t.Errorf("buyer %d is answered with %d %s", i, r.code, r.body)
		}
	}
	if winner == nil {
		t.Fatal("no buyer has begun to pay")
	}
	must(t, s.control.Pay(s.orderAt(winner.at).Payments[0].RequestID))
	s.quiet()
	s.sweeps()
	for i := range results {
		r := &results[i]
		if r == winner {
			r.b.expectStatus(r.at, "paid", "paid")
			r.b.get(path).sees(http.StatusGone, `data-status="used_up"`, `href="`+r.at+`"`)
			continue
		}
		r.b.get(r.at).sees(http.StatusOK, "This payment link has been used", "Nothing was charged for this order").seesNot(`data-test="pay"`)
		r.b.postJSON(r.at+"/payments", `{"method":"GCASH"}`).sees(http.StatusGone, "has been paid")
		r.b.post(r.at+"/payments", "method=GCASH").sees(http.StatusGone, "This payment link has been used")
		r.b.post(path, goodAddress...).sees(http.StatusGone, `data-status="used_up"`)
	}
	s.expectCount(1, "payment", "status", "paid")
	if got := into[linkJSON](t, p.calls(http.MethodGet, "/payment-links/"+l.ID, "")); got.Uses != 1 || got.Status != "used_up" {
		t.Errorf("the link is %+v", got)
	}
}

// A use that was reserved is free again when the attempt has failed.
func TestAFailedAttemptFreesTheUse(t *testing.T) {
	s := newShop(t)
	_, path := s.newProgram().makesLink(`{"name":"Mugs","lines":[{"sku":"MUG-01","quantity":2}],"max_uses":1}`)
	ann, bob := s.newBuyer(), s.newBuyer()
	annPath, bobPath := ann.buys(path, goodAddress...), bob.buys(path, goodAddress...)
	id := ann.starts(annPath, "GCASH").PaymentRequestID
	bob.get(path).sees(http.StatusOK, "Another buyer is paying with this link")
	bob.post(bobPath+"/payments", "method=GCASH").sees(http.StatusConflict, "Another buyer is paying with this link", `data-test="pay"`)
	must(t, s.control.Decline(id, ""))
	s.quiet()
	s.sweeps()
	bob.expectAction(bob.starts(bobPath, "GCASH"), http.StatusOK, "sdk")
}

// A link that has expired, is switched off or sells what is sold no longer makes no order,
// and says so in every language. What was ordered before stays payable.
func TestAClosedLinkSaysSo(t *testing.T) {
	s := newShop(t, func(set *settings) {
		set.catalog = []checkout.Product{{SKU: "a", Name: "A", Price: checkout.Money{Minor: 100, Currency: "SGD"}}}
	})
	p := s.newProgram()
	b := s.newBuyer()
	closed := func(path, status, title string) {
		t.Helper()
		b.get(path+"?lang=en").sees(http.StatusGone, `data-status="`+status+`"`, title)
		b.post(path).sees(http.StatusGone, `data-status="`+status+`"`)
		b.postJSON(path, `{}`).sees(http.StatusGone, `"error"`)
	}
	off, offPath := p.makesLink(`{"name":"A","lines":[{"sku":"a","quantity":1}]}`)
	before := b.buys(offPath, goodAddress...)
	p.calls(http.MethodPatch, "/payment-links/"+off.ID, `{"active":false}`)
	closed(offPath, "off", "This payment link is switched off")
	b.expectAction(b.starts(before, "GCASH"), http.StatusOK, "sdk")

	_, ends := p.makesLink(linkTo(`"expires_at":"` + time.Now().Add(time.Hour).UTC().Format(time.RFC3339) + `"`))
	b.get(ends).sees(http.StatusOK)
	s.passes(61 * time.Minute)
	closed(ends, "expired", "This payment link has expired")
	b.get(ends+"?lang=de").sees(http.StatusGone, "Dieser Zahlungslink ist abgelaufen")

	_, gone := p.makesLink(`{"name":"A","lines":[{"sku":"a","quantity":1}]}`)
	s.sells(nil)
	closed(gone, "off", "")
}

// The address as a QR code is a plain picture that pages of other sites may show.
func TestALinkHasAQRCode(t *testing.T) {
	s := newShop(t)
	l, _ := s.newProgram().makesLink(linkTo(""))
	u, err := url.Parse(l.QRURL)
	must(t, err)
	picture := s.newBuyer().get(u.Path).sees(http.StatusOK, `<svg xmlns="http://www.w3.org/2000/svg"`, `<path d="M`)
	if picture.header.Get("Content-Type") != "image/svg+xml" || picture.header.Get("Cross-Origin-Resource-Policy") != "cross-origin" || strings.Contains(picture.body, "style") {
		t.Errorf("the picture is %v", picture.header)
	}
}
