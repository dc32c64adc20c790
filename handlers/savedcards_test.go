package handlers_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
)

var savedCardID = regexp.MustCompile(`data-test="saved-card" data-card="([^"]+)"`)

// saves is a buyer who has paid an order by card and had the card saved, and its payment.
func (b *buyer) saves() (payment string) {
	b.t.Helper()
	path := b.orders()
	b.post(path+"/payments", "method=CARD", "save_card=1").sees(http.StatusOK, `data-test="continue"`)
	payment = b.status(path).LastPayment.PaymentRequestID
	must(b.t, b.shop.control.Pay(payment))
	b.shop.quiet()
	b.expectStatus(path, "paid", "paid")
	return payment
}

// card is the saved card on the page of an order.
func (b *buyer) card(path string) string {
	b.t.Helper()
	found := savedCardID.FindStringSubmatch(b.get(path).sees(http.StatusOK).body)
	if found == nil {
		b.t.Fatal("the page shows no saved card")
	}
	return found[1]
}

// asked are the bodies of the requests for an endpoint.
func (s *shop) asked(endpoint string) string {
	var all strings.Builder
	for _, m := range s.control.Messages() {
		if m.Operation == endpoint {
			all.WriteString(m.Body)
		}
	}
	return all.String()
}

func TestACardIsSavedAndPaysTheNextOrderWithOneClick(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	buyer.get(path).sees(http.StatusOK, `name="save_card"`, "keeps no card number").seesNot("saved-card", "checked=\"\" name=\"save_card")
	buyer.saves()

	next := buyer.orders()
	page := buyer.get(next).sees(http.StatusOK, "Visa •• 0768", "12/39", "Another card", `data-test="pay-saved"`, `data-test="remove-card"`)
	card := buyer.card(next)
	if strings.Index(page.body, "Visa •• 0768") > strings.Index(page.body, "Another card") {
		t.Error("the saved card is not above another card")
	}
	if strings.Contains(page.body, "ALIPAY+") || strings.Contains(page.body, shop.cardToken()) {
		t.Error("the page holds the token")
	}
	paid := buyer.post(next+"/payments", "method=CARD", "card="+card)
	if paid.status != http.StatusSeeOther || paid.header.Get("Location") != next+"/return" {
		t.Fatalf("one click is answered %d to %s", paid.status, paid.header.Get("Location"))
	}
	shop.quiet()
	buyer.expectStatus(next, "paid", "paid")
	again := buyer.orders()
	buyer.expectAction(buyer.startsJSON(again, `{"method":"CARD","card":"`+card+`"}`), http.StatusOK, "done")

	if o := shop.orderAt(again); o.BuyerReference == "" || !strings.Contains(shop.asked("pay"), `"referenceBuyerId":"`+o.BuyerReference+`"`) {
		t.Errorf("the buyer is %q for Antom", o.BuyerReference)
	}
	buyer.post(again + "/cards/" + card + "/removal").sees(http.StatusSeeOther)
	buyer.post(again + "/cards/" + card + "/removal").sees(http.StatusSeeOther) // a double click
	last := buyer.orders()
	buyer.get(last).sees(http.StatusOK).seesNot("saved-card", "Another card")
	buyer.post(last+"/payments", "method=CARD", "card="+card).sees(http.StatusUnprocessableEntity, "This saved card can’t be used")
	buyer.postJSON(last+"/payments", `{"method":"CARD","card":"`+card+`"}`).sees(http.StatusUnprocessableEntity, `"fields":{"card":`)
	if o := shop.orderAt(last); len(o.Payments) != 0 {
		t.Errorf("a removed card has begun %d attempts", len(o.Payments))
	}
}

// To know the address of a page, or the id of a card, is not enough.
func TestOnlyTheBuyerSeesUsesAndRemovesSavedCards(t *testing.T) {
	shop := newShop(t)
	ann, ben := shop.newBuyer(), shop.newBuyer()
	ann.saves()
	anns, bens := ann.orders(), ben.orders()
	card := ann.card(anns)
	for name, way := range map[string]struct {
		who  *buyer
		path string
	}{
		"without a cookie":       {shop.newBuyer(), anns},
		"another buyer":          {ben, anns},
		"another buyer's order":  {ben, bens},
		"the buyer, with a link": {ann, bens},
	} {
		way.who.get(way.path).sees(http.StatusOK).seesNot("saved-card", "0768")
		way.who.postJSON(way.path+"/payments", `{"method":"CARD","card":"`+card+`"}`).sees(http.StatusUnprocessableEntity, `"card":`)
		way.who.post(way.path + "/cards/" + card + "/removal").sees(http.StatusNotFound)
		if name != "another buyer's order" {
			way.who.get(way.path).seesNot("save_card")
			way.who.postJSON(way.path+"/payments", `{"method":"CARD","save_card":true}`).sees(http.StatusUnprocessableEntity, `"save_card":`)
		}
	}
	for _, unknown := range []string{"nothing", card + "x", "%2e%2e"} {
		ann.postJSON(anns+"/payments", `{"method":"CARD","card":"`+unknown+`"}`).sees(http.StatusUnprocessableEntity, `"card":`)
	}
	ann.post(anns + "/cards/nothing/removal").sees(http.StatusNotFound)
	if got := ann.card(anns); got != card {
		t.Errorf("after all that the card is %q", got)
	}
	for _, o := range []string{anns, bens} {
		if n := len(shop.orderAt(o).Payments); n != 0 {
			t.Errorf("%d attempts were begun", n)
		}
	}
}

func TestACardIsKeptOnlyIfItsBuyerAgreed(t *testing.T) {
	for _, row := range []struct {
		name   string
		start  string // of a form; "" is the SDK
		pay    func(*sandbox.Control, string) error
		keeps  bool
		sealed bool
		change func(*settings)
	}{
		{"hosted, ticked", "save_card=1", (*sandbox.Control).Pay, true, true, nil},
		{"hosted, not ticked", "", (*sandbox.Control).Pay, false, false, nil},
		{"hosted, ticked at Antom only", "", (*sandbox.Control).PayAndSave, false, true, nil},
		{"SDK, ticked in Antom's form", "sdk", (*sandbox.Control).PayAndSave, true, true, nil},
		{"SDK, not ticked", "sdk", (*sandbox.Control).Pay, false, false, nil},
		{"switched off", "", (*sandbox.Control).PayAndSave, false, true, func(s *settings) { s.cards.Off = true }},
	} {
		t.Run(row.name, func(t *testing.T) {
			change := row.change
			if change == nil {
				change = func(*settings) {}
			}
			shop := newShop(t, change)
			buyer := shop.newBuyer()
			path := buyer.orders()
			if row.start == "sdk" {
				buyer.expectAction(buyer.starts(path, "CARD"), http.StatusOK, "sdk")
			} else {
				buyer.post(path+"/payments", "method=CARD", row.start).sees(http.StatusOK)
			}
			must(t, row.pay(shop.control, buyer.status(path).LastPayment.PaymentRequestID))
			shop.quiet()
			buyer.expectStatus(path, "paid", "paid")
			o := shop.orderAt(path)
			cards, err := shop.store.SavedCards(t.Context(), o.BuyerReference)
			must(t, err)
			if (len(cards) == 1) != row.keeps || o.Payments[0].CardSaved != row.keeps {
				t.Errorf("kept are %+v", cards)
			}
			if row.sealed {
				shop.expectNowhere(shop.cardToken())
			}
		})
	}
}

func TestTheConsentIsRecorded(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.cards.Charges = "We charge 5 dollars a month." })
	buyer := shop.newBuyer()
	path := buyer.orders()
	buyer.get(path + "?lang=de").sees(http.StatusSeeOther)
	buyer.get(path).sees(http.StatusOK, "We charge 5 dollars a month.").seesNot("data-form-asks")
	buyer.post(path+"/payments", "method=CARD", "save_card=1").sees(http.StatusOK)
	payment := shop.orderAt(path).Payments[0]
	must(t, shop.control.Pay(payment.RequestID))
	shop.quiet()
	card, err := shop.store.SavedCard(t.Context(), payment.RequestID)
	must(t, err)
	want := checkout.Consent{Version: checkout.ConsentText, Language: "de", Charges: "We charge 5 dollars a month."}
	if card.Consent != want || card.AgreedBy != payment.RequestID || !card.AgreedAt.Equal(payment.CreatedAt) || !card.AllowsCharges() {
		t.Errorf("recorded is %+v by %s at %s", card.Consent, card.AgreedBy, card.AgreedAt)
	}
	// A tick in Antom's form agrees to no charges, so the form does not ask.
	second := buyer.orders()
	buyer.expectAction(buyer.starts(second, "CARD"), http.StatusOK, "sdk")
	if shop.orderAt(second).Payments[0].Choice.Save || strings.Contains(shop.asked("createPaymentSession"), "tokenizeMode") {
		t.Error("Antom's form asks for a consent that does not speak of charges")
	}
}

// A card that Antom takes no longer is marked, and the order is paid in another way.
func TestARefusedSavedCardIsMarkedAndTheOrderUnharmed(t *testing.T) {
	for code, text := range map[string]string{"": "can no longer be used, and nothing was charged", "CARD_EXPIRED": "This card has expired"} {
		t.Run(code, func(t *testing.T) {
			shop := newShop(t)
			buyer := shop.newBuyer()
			payment := buyer.saves()
			must(t, shop.control.RevokeCard(payment, code))
			path := buyer.orders()
			card := buyer.card(path)
			buyer.post(path+"/payments", "method=CARD", "card="+card).sees(http.StatusSeeOther)
			shop.quiet()
			buyer.expectStatus(path, "open", "failed")
			buyer.get(path).sees(http.StatusOK, text, "This card can no longer be used", `data-test="remove-card"`).seesNot("pay-saved")
			buyer.post(path+"/payments", "method=CARD", "card="+card).sees(http.StatusUnprocessableEntity)
			if strings.Contains(shop.logged(), "Antom refuses the shop") {
				t.Error("the log blames the shop's settings")
			}
			buyer.expectAction(buyer.starts(path, "GCASH"), http.StatusOK, "sdk")
			must(t, shop.control.Pay(buyer.status(path).LastPayment.PaymentRequestID))
			shop.quiet()
			buyer.expectStatus(path, "paid", "paid")
		})
	}
}

func TestAnExpiredSavedCardIsNotOffered(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	buyer.saves()
	shop.offset.Add(int64(14 * 366 * 24 * time.Hour)) // 12/39 is over
	path := buyer.orders()
	buyer.get(path).sees(http.StatusOK).seesNot("pay-saved") // and so is the cookie
}

// The browser keeps for 400 days who it is, in a cookie that no script reads; to know the
// reference is not to have the cookie.
func TestTheBuyersCookieIsKeptApart(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	answer := buyer.post("/orders", append(goodAddress, "form_id="+buyer.fills())...).sees(http.StatusSeeOther)
	cookies := (&http.Response{Header: answer.header}).Cookies()
	i := slices.IndexFunc(cookies, func(c *http.Cookie) bool { return c.Name == "buyer" })
	if i < 0 {
		t.Fatalf("there are the cookies %v", cookies)
	}
	cookie := cookies[i]
	if cookie.MaxAge != 400*86400 || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" {
		t.Errorf("the cookie is %s", cookie)
	}
	if o := shop.orderAt(answer.header.Get("Location")); o.BuyerReference == "" || strings.Contains(cookie.Value, o.BuyerReference) {
		t.Errorf("the cookie shows the reference %q", o.BuyerReference)
	}
}

func TestErasureRemovesSavedCards(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	first := shop.orderOf(buyer.saves())
	second := shop.orderOf(buyer.saves())
	reference := first.BuyerReference
	if second.BuyerReference != reference {
		t.Fatalf("one browser is %q and %q", reference, second.BuyerReference)
	}
	_, err := shop.service.Erase(t.Context(), first.ID, checkout.Cause{Kind: checkout.BySweeper})
	must(t, err)
	cards, err := shop.store.SavedCards(t.Context(), reference)
	if err != nil || len(cards) != 1 {
		t.Errorf("while another order holds the buyer's data there are %d cards, %v", len(cards), err)
	}
	_, err = shop.service.Erase(t.Context(), second.ID, checkout.Cause{Kind: checkout.ByAdmin})
	must(t, err)
	if cards, err = shop.store.SavedCards(t.Context(), reference); err != nil || len(cards) != 0 {
		t.Errorf("erased, there are %d cards, %v", len(cards), err)
	}
}

// cardToken is the token of the sandbox's usual card.
func (s *shop) cardToken() string {
	s.t.Helper()
	for _, p := range s.control.Ledger().Payments {
		if p.Card != nil && p.Card.CardToken != "" {
			return p.Card.CardToken
		}
	}
	s.t.Fatal("Antom has given no token")
	return ""
}

// expectNowhere fails if a text stands in the shop's files or log.
func (s *shop) expectNowhere(text string) {
	s.t.Helper()
	must(s.t, s.service.ForgetOld(s.t.Context()))
	if strings.Contains(s.logged(), text) {
		s.t.Error("the log holds it")
	}
	files, err := filepath.Glob(s.database + "*")
	must(s.t, err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		must(s.t, err)
		if bytes.Contains(content, []byte(text)) {
			s.t.Errorf("%s holds it", filepath.Base(file))
		}
	}
}

// orderOf is the order of a payment.
func (s *shop) orderOf(payment string) checkout.Order {
	s.t.Helper()
	id, _, err := s.store.FindPayment(s.t.Context(), checkout.Reference{RequestID: payment})
	must(s.t, err)
	o, err := s.store.OrderByID(s.t.Context(), id)
	must(s.t, err)
	return o
}

func (b *buyer) startsJSON(path, body string) action {
	b.t.Helper()
	got := b.postJSON(path+"/payments", body)
	a := action{status: got.status}
	must(b.t, json.Unmarshal([]byte(got.body), &a))
	return a
}

// A card that its buyer removes while Antom has not answered is not charged after all,
// neither by the sweeper nor by another click, and the order may be paid in another way.
func TestARemovedCardIsNotChargedAfterAll(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	buyer.saves()
	next := buyer.orders()
	card := buyer.card(next)
	shop.fault(sandbox.Fault{Kind: sandbox.ResetByPeer, On: "pay"})
	buyer.expectAction(buyer.startsJSON(next, `{"method":"CARD","card":"`+card+`"}`), http.StatusAccepted, "wait")
	shop.control.ClearFaults()
	calls := len(shop.payRequests())
	buyer.post(next + "/cards/" + card + "/removal").sees(http.StatusSeeOther)
	for range 4 {
		shop.passes(time.Minute)
		shop.sweeps()
	}
	if again := len(shop.payRequests()) - calls; again != 0 {
		t.Errorf("the removed card was sent to Antom %d times", again)
	}
	if o := shop.orderAt(next); o.Payments[0].Status != checkout.PaymentCancelled || len(o.Payments[0].Body) > 0 {
		t.Errorf("the payment is %s, its request has %d bytes", o.Payments[0].Status, len(o.Payments[0].Body))
	}
	buyer.expectAction(buyer.starts(next, "GCASH"), http.StatusOK, "sdk")
}
