package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var formField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// hiddenFields are those of a page, as a browser posts them.
func (a answer) hiddenFields() (pairs []string) {
	for _, found := range formField.FindAllStringSubmatch(a.body, -1) {
		pairs = append(pairs, found[1]+"="+found[2])
	}
	return pairs
}

// What was chosen on the pay page is chosen on the page where the card is typed, stays
// there after a mistake, and is sent.
func TestTheChoiceOfThePayPageIsCarriedToTheCardPage(t *testing.T) {
	shop := newShop(t, sells("BRL", 100_00), typesCards)
	buyer := shop.newBuyer()
	path := buyer.ordersTo("BR", "ONE")
	buyer.isOffered(path, "installments").sees(http.StatusOK, `data-test="save-card"`).seesNot("data-form-asks")
	to := buyer.post(path+"/payments", "method=CARD", "installments=3", "save_card=1").sees(http.StatusSeeOther).header.Get("Location")
	started := buyer.startsWith(path, `{"method":"CARD","installments":3,"save_card":true}`)
	if want := path + "/card?installments=3&save_card=1"; to != want || started.Action.URL != shop.url+want {
		t.Fatalf("the buyer is led to %s and %s", to, started.Action.URL)
	}
	carried := []string{`<option value="3" selected`, `3 × BRL`, `name="save_card" value="1" checked`}
	buyer.get(to).sees(http.StatusOK, carried...)
	buyer.post(path+"/payments", cardFields("installments=3", "save_card=1", "card_cvc=1", "card_cpf=52998224725")...).sees(http.StatusUnprocessableEntity, carried...)
	buyer.post(path+"/payments", cardFields("installments=13")...).sees(http.StatusUnprocessableEntity, `href="#installments"`, `data-test="card-form"`, "These instalments")
	buyer.post(path+"/payments", cardFields("installments=3", "save_card=1")...).sees(http.StatusSeeOther)
	sent := shop.lastPosted("pay")
	if sent.CreditPayPlan == nil || sent.CreditPayPlan.InstallmentNum != 3 || sent.PaymentMethod.Metadata.Tokenize == nil || !bool(*sent.PaymentMethod.Metadata.Tokenize) {
		t.Errorf("Antom got %+v", sent)
	}
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")

	// An address chooses nothing that is not offered, and ticks no box of its own.
	again := buyer.ordersTo("BR", "ONE")
	buyer.get(again+"/card?installments=99&save_card=yes&card_brand=SAMSUNG").sees(http.StatusOK, `name="save_card" value="1" data-test`).seesNot(" selected>3")
	buyer.post(again+"/payments", "method=CARD", "installments=99").sees(http.StatusUnprocessableEntity, "These instalments")
}

// Without scripts the list below the card is posted with every method: what was left
// chosen in it does not keep the buyer from paying otherwise.
func TestAPlanLeftChosenBelowAnotherMethodIsLeftOut(t *testing.T) {
	for _, change := range []func(*settings){func(*settings) {}, typesCards} {
		shop := newShop(t, sells("BRL", 100_00), func(s *settings) { s.withoutSDK = true }, change)
		buyer := shop.newBuyer()
		path := buyer.ordersTo("BR", "ONE")
		page := buyer.isOffered(path, "installments")
		left := append(page.hiddenFields(), "method=PIX", "installments=3", "card_brand=", "save_card=1")
		if got := buyer.post(path+"/payments", left...); got.status >= 400 {
			t.Fatalf("refused with %d %.300s", got.status, got.body)
		}
		if sent := shop.lastPosted("pay"); sent.CreditPayPlan != nil || sent.PaymentMethod.Type != "PIX" {
			t.Errorf("Antom got %+v", sent)
		}
	}
}

// A start that is refused leaves on the page what was chosen.
func TestARefusedStartKeepsTheChoice(t *testing.T) {
	shop := newShop(t, sells("BRL", 100_00), func(s *settings) { s.withoutSDK = true })
	buyer := shop.newBuyer()
	path := buyer.ordersTo("BR", "ONE")
	buyer.isOffered(path, "installments")
	page := buyer.post(path+"/payments", "method=PIX", "installments=3").sees(http.StatusUnprocessableEntity, `<option value="3" selected`)
	if _, after, _ := strings.Cut(page.body, `value="PIX"`); !strings.HasPrefix(after, " checked") {
		t.Errorf("another method is checked: %.40s", after)
	}
	query := url.Values{"method": {"CARD"}, "installments": {"13"}, "save_card": {"1"}}
	buyer.post(path+"/payments", strings.Split(query.Encode(), "&")...).sees(http.StatusUnprocessableEntity, `name="save_card" value="1" checked`)
}
