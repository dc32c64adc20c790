package handlers_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"antom-checkout/checkout"
)

var hidden = regexp.MustCompile(`<input type="hidden" name="([a-z_]+)" value="([^"]*)"`)

// hiddenFields are the hidden fields of the order form on a page, as a browser posts
// them.
func hiddenFields(page answer) (fields []string) {
	_, form, _ := strings.Cut(page.body, `data-test="checkout-form"`)
	for _, field := range hidden.FindAllStringSubmatch(form, -1) {
		fields = append(fields, field[1]+"="+field[2])
	}
	return fields
}

// posts sends the order form of a page.
func (b *buyer) posts(page answer, changed ...string) answer {
	b.t.Helper()
	return b.post("/orders", fillsIn("", append(hiddenFields(page), changed...)...)...)
}

// opensCart puts two mugs into the cart and opens it.
func (b *buyer) opensCart() answer {
	b.t.Helper()
	b.post("/cart", "sku=MUG-01", "quantity=2").sees(http.StatusSeeOther)
	return b.get("/cart").sees(http.StatusOK)
}

func (s *shop) orderAt(path string) checkout.Order {
	s.t.Helper()
	o, err := s.service.Order(s.t.Context(), strings.TrimPrefix(path, "/checkout/"))
	must(s.t, err)
	return o
}

// The buyer orders, goes back, corrects email and street, orders again, and pays: goods
// and receipt go where the corrected form says.
func TestACorrectedFormCorrectsTheOrder(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	cart := buyer.opensCart()
	first := buyer.posts(cart, "email=wrong@example.com", "address1=1 Wrong Street").sees(http.StatusSeeOther).header.Get("Location")
	again := buyer.posts(cart, "email=right@example.com", "address1=22 Right Road").sees(http.StatusSeeOther).header.Get("Location")
	if again != first {
		t.Errorf("the corrected form leads to %s, want %s", again, first)
	}
	must(t, shop.control.Pay(buyer.starts(again, "GCASH").PaymentRequestID))
	shop.quiet()
	buyer.get(again+"/return").sees(http.StatusOK, "right@example.com", "22 Right Road").seesNot("wrong@example.com", "1 Wrong Street")
	if order := shop.lastOrder("createPaymentSession"); order.Buyer.Email != "right@example.com" || order.Shipping.Address.Address1 != "22 Right Road" {
		t.Errorf("Antom has %+v", order.Shipping)
	}
	// A form whose order is paid starts nothing, and says why it corrects nothing.
	if paid := buyer.posts(cart, "email=right@example.com", "address1=22 Right Road").sees(http.StatusSeeOther).header.Get("Location"); paid != first {
		t.Errorf("the same form leads to %s", paid)
	}
	buyer.posts(cart, "email=third@example.com").sees(http.StatusConflict, "has been paid", `href="`+first+`"`).seesNot(`data-test="checkout-form"`)
	if n := len(shop.audit()["order"]); n != 1 || shop.orderAt(first).Buyer.Email != "right@example.com" {
		t.Errorf("%d orders, the first for %s", n, shop.orderAt(first).Buyer.Email)
	}
}

// An attempt that the buyer left ends, so that Antom and the shop know the same address.
func TestACorrectionEndsTheAttemptInProgress(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	cart := buyer.opensCart()
	path := buyer.posts(cart).sees(http.StatusSeeOther).header.Get("Location")
	started := buyer.starts(path, "GCASH")
	buyer.posts(cart).sees(http.StatusSeeOther) // the same form again ends nothing
	buyer.expectStatus(path, "processing", "processing")
	buyer.posts(cart, "address1=22 Right Road").sees(http.StatusSeeOther)
	buyer.expectStatus(path, "open", "cancelled")
	second := buyer.starts(path, "GCASH")
	if second.PaymentRequestID == started.PaymentRequestID {
		t.Error("the attempt with the old address goes on")
	}
	if order := shop.lastOrder("createPaymentSession"); order.Shipping.Address.Address1 != "22 Right Road" {
		t.Errorf("Antom has %+v", order.Shipping.Address)
	}
}

// A payment whose result is awaited keeps the order as it is, and the page says so.
func TestAPaymentUnderWayKeepsTheOrderAsItIs(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	cart := buyer.opensCart()
	path := buyer.posts(cart).sees(http.StatusSeeOther).header.Get("Location")
	started := buyer.starts(path, "GCASH")
	must(t, shop.control.Pend(started.PaymentRequestID))
	shop.quiet()
	buyer.expectStatus(path, "processing", "pending")
	page := buyer.posts(cart, "address1=22 Right Road").sees(http.StatusConflict, "in progress", `href="`+path+`"`, "22 Right Road")
	if got, want := hiddenFields(page), hiddenFields(cart); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the form shown again has %v, want %v", got, want)
	}
	if o := shop.orderAt(path); o.Buyer.Address1 != "1 Raffles Place" || o.Status != checkout.OrderProcessing {
		t.Errorf("the order is %s, to %s", o.Status, o.Buyer.Address1)
	}
}

// A price or a cart that has changed since the form was shown is shown before anything
// is ordered.
func TestAFormOrdersNothingThatItDidNotShow(t *testing.T) {
	mug := func(minor int64) []checkout.Product {
		return []checkout.Product{{SKU: "MUG-01", Name: "Mug", Price: checkout.Money{Minor: minor, Currency: "SGD"}}, {SKU: "POT-02", Name: "Pot", Price: checkout.Money{Minor: 500, Currency: "SGD"}}}
	}
	shop := newShop(t, func(s *settings) { s.catalog = mug(1000) })
	buyer := shop.newBuyer()
	cart := buyer.opensCart().sees(http.StatusOK, `data-minor="2000"`)
	shop.sells(mug(9900))
	changed := buyer.posts(cart, "name=Ann O'Neil").sees(http.StatusConflict, "have changed", `data-minor="19800"`, "Ann O&#39;Neil")
	buyer.post("/cart", "sku=POT-02", "quantity=1").sees(http.StatusSeeOther) // in another tab
	changed = buyer.posts(changed).sees(http.StatusConflict, "have changed", `data-minor="20300"`)
	if n := len(shop.audit()["order"]); n != 0 {
		t.Errorf("%d orders were placed unseen", n)
	}
	wrong := buyer.posts(changed, "email=ann@").sees(http.StatusUnprocessableEntity)
	if strings.Join(hiddenFields(wrong), " ") != strings.Join(hiddenFields(changed), " ") {
		t.Errorf("the form that shows the same is another form: %v", hiddenFields(wrong))
	}
	path := buyer.posts(wrong).sees(http.StatusSeeOther).header.Get("Location")
	buyer.get(path).sees(http.StatusOK, `data-minor="20300"`)
}

// A client that posts the published fields alone orders what the cart holds.
func TestThePublishedFieldsAloneOrder(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	form := buyer.fills()
	buyer.post("/cart", "sku=MUG-01", "quantity=1").sees(http.StatusSeeOther)
	first := buyer.post("/orders", fillsIn(form)...).sees(http.StatusSeeOther).header.Get("Location")
	buyer.get(first).sees(http.StatusOK, `data-minor="7200"`)
	if again := buyer.post("/orders", fillsIn(form, "address1=22 Right Road")...).sees(http.StatusSeeOther).header.Get("Location"); again != first {
		t.Errorf("corrected, it is %s", again)
	}
	if o := shop.orderAt(first); o.Buyer.Address1 != "22 Right Road" {
		t.Errorf("the order goes to %s", o.Buyer.Address1)
	}
}

// What is no longer sold is named when the cart is shown, and is counted no more.
func TestACartSaysWhatIsNoLongerSold(t *testing.T) {
	product := func(sku string) checkout.Product {
		return checkout.Product{SKU: sku, Name: "A " + sku, Price: checkout.Money{Minor: 1000, Currency: "SGD"}}
	}
	shop := newShop(t)
	buyer := shop.newBuyer()
	buyer.post("/cart", "sku=TIN-03", "quantity=1").sees(http.StatusSeeOther)
	cart := buyer.opensCart()
	shop.sells([]checkout.Product{product("MUG-01")})
	buyer.posts(cart).sees(http.StatusConflict, "have changed", "No longer available: TIN-03")
	again := buyer.get("/cart").sees(http.StatusOK, "2 items").seesNot("TIN-03")
	buyer.posts(again).sees(http.StatusSeeOther)

	shop.sells([]checkout.Product{product("POT-02")})
	buyer.get("/cart").sees(http.StatusOK, "No longer available: MUG-01", "Your cart is empty")
}
