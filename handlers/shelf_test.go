package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"antom-checkout/checkout/operators"
)

// The front page is rendered once for all who see the same. What changes is seen by the next
// reader: a price, a product, a name, a language, what is in the cart.
func TestTheFrontPageIsNeverStale(t *testing.T) {
	s := newShop(t, withThreeProducts)
	merchant, ann, bob := s.newPerson(operators.Finance), s.newBuyer(), s.newBuyer()
	for range 2 {
		ann.get("/").sees(http.StatusOK, "Mug", "42.00").seesNot(`class="count"`)
	}

	merchant.post("/dashboard/products/MUG", "name=Mug", "price=43.00").sees(http.StatusSeeOther)
	ann.get("/").sees(http.StatusOK, "43.00").seesNot("42.00")
	merchant.post("/dashboard/products/MUG", "name=Blue mug", "price=43.00").sees(http.StatusSeeOther)
	ann.get("/").sees(http.StatusOK, "Blue mug")
	merchant.post("/dashboard/products/TIN/sale", "on=false").sees(http.StatusSeeOther)
	ann.get("/").sees(http.StatusOK, "Bowl").seesNot("Tin")
	merchant.post("/dashboard/products/TIN/sale", "on=true").sees(http.StatusSeeOther)
	ann.get("/").sees(http.StatusOK, "Tin")

	ann.post("/cart", "sku=MUG", "quantity=2").sees(http.StatusSeeOther)
	ann.get("/").sees(http.StatusOK, `<span class="count" aria-hidden="true">2</span>`)
	bob.get("/").sees(http.StatusOK).seesNot(`class="count"`)

	bob.get("/?lang=de").sees(http.StatusOK, `lang="de"`, "43,00")
	ann.get("/").sees(http.StatusOK, `lang="en"`, "43.00")
	bob.get("/").sees(http.StatusOK, `lang="de"`)
}

// Plain and packed are the same page, and each answer has headers of its own.
func TestTheFrontPageComesPackedToThoseWhoAskForIt(t *testing.T) {
	s := newShop(t, withThreeProducts)
	plain := s.newBuyer().get("/")
	for range 2 {
		_, text, header := s.newBuyer().onTheWire("/")
		if text != plain.body || header.Get("Content-Encoding") != "gzip" || header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("packed it is another page, or comes as %v", header)
		}
		nonce := header.Get("Content-Security-Policy")
		if nonce == plain.header.Get("Content-Security-Policy") || !strings.Contains(nonce, "'nonce-") {
			t.Error("two answers have one nonce")
		}
	}
}
