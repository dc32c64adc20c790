package handlers_test

import (
	"net/http"
	"strings"
	"testing"
)

// fillsIn is the good address with some fields changed.
func fillsIn(form string, changed ...string) []string {
	fields := append([]string{"form_id=" + form}, goodAddress...)
	for _, change := range changed {
		name, _, _ := strings.Cut(change, "=")
		found := false
		for i, field := range fields {
			if strings.HasPrefix(field, name+"=") {
				fields[i], found = change, true
			}
		}
		if !found {
			fields = append(fields, change)
		}
	}
	return fields
}

// What an address book has put into a field is cleaned before it is checked, and Antom
// gets it clean.
func TestAnAddressBooksMarksReachNeitherTheChecksNorAntom(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.post("/orders", fillsIn(buyer.fills(),
		"phone=\u202a+81 3\u20111234\u22125678 ext. 12\u202c", "country=JP", "postal_code=〒100\u22120001", "email=\u200eann@bücher.example", "name=Ann\u00a0Lee\u202e",
	)...).sees(http.StatusSeeOther).header.Get("Location")
	buyer.expectAction(buyer.starts(path, "CARD"), http.StatusOK, "sdk")
	order := shop.lastOrder("createPaymentSession")
	if order.Buyer.PhoneNo != "+81312345678" || order.Shipping.Address.ZipCode != "100-0001" || order.Buyer.Email != "ann@xn--bcher-kva.example" || order.Buyer.Name.FullName != "Ann Lee" {
		t.Errorf("Antom gets %+v and %+v", order.Buyer, order.Shipping.Address)
	}
}

func TestOddAddressesOrderAndShortOnesAreTold(t *testing.T) {
	shop := newShop(t)
	for _, email := range []string{"a..b@docomo.ne.jp", strings.Repeat("x", 65) + "@example.com", "ann@例え.テスト"} {
		buyer := shop.newBuyer()
		path := buyer.post("/orders", fillsIn(buyer.fills(), "email="+email)...).sees(http.StatusSeeOther).header.Get("Location")
		buyer.expectAction(buyer.starts(path, "CARD"), http.StatusOK, "sdk")
	}
	buyer := shop.newBuyer()
	buyer.post("/orders", fillsIn(buyer.fills(), "email=ann@gmail")...).sees(http.StatusUnprocessableEntity, "The part after @ is incomplete", `value="ann@gmail"`)
}

// The link goes to the order's own address, in whichever way number and address are typed.
func TestALookUpUnderstandsWhatADeviceWrites(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	placed := buyer.post("/orders", fillsIn(buyer.fills(), "email=ann@bücher.example")...).header.Get("Location")
	o, err := shop.service.Order(t.Context(), strings.TrimPrefix(placed, "/checkout/"))
	must(t, err)
	number := strings.ReplaceAll(o.Number, "-", "\u2011")
	shop.newBuyer().post("/orders/lookup", "number=\u202a"+number+"\u202c", "email=Ann@xn--bcher-kva.example\u200b").sees(http.StatusSeeOther)
	shop.sweeps()
	shop.email("-link-")
}

// A card number is refused at its field, is not shown again, and is stored and logged
// nowhere.
func TestACardNumberInAFreeTextIsRefusedAndForgotten(t *testing.T) {
	shop := newShop(t)
	for _, field := range []string{"name", "address1", "address2", "city", "region", "postal_code", "phone"} {
		buyer := shop.newBuyer()
		buyer.post("/orders", fillsIn(buyer.fills(), field+"=4242 4242 4242 4242")...).
			sees(http.StatusUnprocessableEntity, "This looks like a card number", `id="`+field+`-problem"`).seesNot("4242 4242")
	}
	buyer := shop.newBuyer()
	buyer.post("/orders", fillsIn(buyer.fills(), "email=4242424242424242@example.com")...).sees(http.StatusUnprocessableEntity, "This looks like a card number").seesNot("4242424242")
	buyer.post("/orders", fillsIn("4242424242424242")...).sees(http.StatusUnprocessableEntity)
	buyer.post("/orders/lookup", "number=4242424242424242", "email=4242424242424242@example.com").sees(http.StatusUnprocessableEntity, "This looks like a card number").seesNot("4242424242")
	buyer.post("/cart/MUG-01", "quantity=0")
	buyer.post("/orders", fillsIn("x", "name=4242424242424242")...).seesNot("4242424242") // whatever else is wrong
	if n := len(shop.audit()["order"]); n != 0 || strings.Contains(shop.logged(), "42424242") || strings.Contains(shop.logged(), "4242 4242") {
		t.Errorf("%d orders were placed, or the log holds the number", n)
	}
}
