package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"antom-checkout/checkout"
)

// savesOutside is a browser that has paid an order from outside by card and had the card saved.
func (b *buyer) savesOutside(p *program) {
	b.t.Helper()
	path, _ := p.placedFor("")
	b.get(path).sees(http.StatusOK, `name="save_card"`).seesNot("saved-card")
	b.post(path+"/payments", "method=CARD", "save_card=1").sees(http.StatusOK, `data-test="continue"`)
	must(b.t, b.shop.control.Pay(b.status(path).LastPayment.PaymentRequestID))
	b.shop.quiet()
	b.expectStatus(path, "paid", "paid")
}

// A card that was saved with one order from outside pays the next one with one click, in the
// same browser. The program that places the orders knows nothing of it.
func TestASavedCardPaysOrdersFromOutside(t *testing.T) {
	s := newShop(t)
	p, ann := s.newProgram(), s.newBuyer()
	ann.savesOutside(p)
	path, o := p.placedFor("")
	if o.BuyerReference != "" {
		t.Fatalf("before a browser has opened it, the order is of %q", o.BuyerReference)
	}
	card := ann.card(path)
	ann.get(path+"/methods").sees(http.StatusOK, `"card":"`+card+`"`)
	if paid := ann.post(path+"/payments", "method=CARD", "card="+card); paid.status != http.StatusSeeOther || paid.header.Get("Location") != path+"/return" {
		t.Fatalf("one click is answered %d to %s", paid.status, paid.header.Get("Location"))
	}
	s.quiet()
	ann.expectStatus(path, "paid", "paid")
	if o = s.orderAt(path); o.BuyerReference == "" || !strings.Contains(s.asked("pay"), `"referenceBuyerId":"`+o.BuyerReference+`"`) {
		t.Errorf("the buyer is %q for Antom", o.BuyerReference)
	}
	if own := s.orderAt(ann.orders()); own.BuyerReference != o.BuyerReference {
		t.Errorf("in the shop the same browser is %q", own.BuyerReference)
	}
}

// The first browser that pays the order, or fills in its form, is its buyer. Others may know the
// address, and may pay; they see, use, save and remove no card. To open the page binds nothing,
// because programs that show a preview of an address open it, too.
func TestAnOrderFromOutsideIsBoundToOneBrowser(t *testing.T) {
	for name, begin := range map[string]struct {
		body  string
		binds func(ann *buyer, path string)
	}{
		"by a start": {with(knownBuyer), func(ann *buyer, path string) {
			ann.expectAction(ann.starts(path, "GCASH"), http.StatusOK, "sdk")
		}},
		"by the buyer form": {ownOrder, func(ann *buyer, path string) {
			ann.post(path+"/buyer", "email=ann@example.com").sees(http.StatusSeeOther)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			p, ann, ben := s.newProgram(), s.newBuyer(), s.newBuyer()
			ann.savesOutside(p)
			ben.savesOutside(p)
			_, o := p.places(begin.body)
			path := "/checkout/" + o.Token
			ben.get(path).sees(http.StatusOK) // has the page open before
			s.newBuyer().get(path).sees(http.StatusOK)
			if o = s.orderAt(path); o.BuyerReference != "" {
				t.Fatalf("a look has bound the order to %q", o.BuyerReference)
			}
			ann.get(path).sees(http.StatusOK)
			begin.binds(ann, path)
			card := ann.card(path)
			for name, other := range map[string]*buyer{"Ben": ben, "a new browser": s.newBuyer()} {
				other.get(path).sees(http.StatusOK).seesNot("saved-card", "save_card")
				other.get(path+"/methods").sees(http.StatusOK, `"saved_cards":[]`)
				other.postJSON(path+"/payments", `{"method":"CARD","card":"`+card+`"}`).sees(http.StatusUnprocessableEntity, `"card":`)
				other.postJSON(path+"/payments", `{"method":"CARD","save_card":true}`).sees(http.StatusUnprocessableEntity, `"save_card":`)
				other.post(path + "/cards/" + card + "/removal").sees(http.StatusNotFound)
				if a := other.starts(path, "ALIPAY_CN"); a.status != http.StatusOK {
					t.Errorf("%s cannot pay: %d", name, a.status)
				}
			}
			if got := ann.card(path); got != card {
				t.Errorf("after all that the card is %q", got)
			}
		})
	}
}

// A program without cookies may begin to pay, and the order stays free for a browser. Erasure
// takes the buyer along, and binds no other.
func TestWithoutCookiesAnOrderIsUnbound(t *testing.T) {
	s := newShop(t)
	path, o := s.newProgram().placedFor("")
	b := s.newBuyer()
	b.postJSON(path+"/payments", `{"method":"CARD","save_card":true}`).sees(http.StatusUnprocessableEntity, `"save_card":`)
	b.expectAction(b.starts(path, "GCASH"), http.StatusOK, "sdk")
	if got := s.orderAt(path); got.BuyerReference != "" || !strings.Contains(s.asked("createPaymentSession"), `"referenceBuyerId":"`+o.ID+`"`) {
		t.Errorf("the order is of %q", got.BuyerReference)
	}
	b.get(path).sees(http.StatusOK)
	must(t, s.control.Pay(b.starts(path, "CARD").PaymentRequestID))
	s.quiet()
	if s.orderAt(path).BuyerReference == "" {
		t.Error("the browser has not become the buyer")
	}
	_, err := s.service.Erase(t.Context(), o.ID, checkout.Cause{Kind: checkout.ByAdmin})
	must(t, err)
	if got := s.orderAt(path); checkout.BindBuyer(got, "eve").BuyerReference != "" {
		t.Error("an erased order takes another buyer")
	}
}
