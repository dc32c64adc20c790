package handlers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
	"antom-checkout/checkout/gateway"
)

const (
	coBadged   = "4970 1000 0000 0212" // Visa and Cartes Bancaires, of a French bank
	koreanCard = "9490 2200 1166 9217"
	brazilian  = "4294 0974 0091 5107"
)

// recorded are the metadata of all cards that were sent.
func recorded(all *[]antom.Metadata) func(*settings) {
	return tapped(func(r *antom.PayRequest) { *all = append(*all, *r.PaymentMethod.Metadata) })
}

// factsOf is what the page learns of a card while it is typed.
func (b *buyer) factsOf(path, prefix string) string {
	b.t.Helper()
	return strings.TrimSpace(b.post(path+"/card/facts", "card_prefix="+prefix).sees(http.StatusOK).body)
}

// The buyer of a co-badged card chooses its brand: with scripts while it is typed, without
// them on the page again. The choice is Antom's order.
func TestTheBuyerOfACoBadgedCardChoosesItsBrand(t *testing.T) {
	var sent []antom.Metadata
	shop := newShop(t, recorded(&sent))
	buyer := shop.newBuyer()
	path := buyer.orders()
	const both = `{"brands":[{"card_brand":"VISA","name":"Visa"},{"card_brand":"CARTES_BANCAIRES","name":"Cartes Bancaires"}],"fields":["card_cvc"]}`
	if got := buyer.factsOf(path, "49701000"); got != both {
		t.Errorf("the page learns %s", got)
	}
	if got := buyer.factsOf(path, "40546957"); got != `{"brands":[],"fields":["card_cvc"]}` {
		t.Errorf("of another card it learns %s", got)
	}
	buyer.get(path+"/card").sees(http.StatusOK, `data-facts="`+path+`/card/facts"`).seesNot(`name="card_brand"`)
	asked := buyer.post(path+"/payments", cardFields("card_number="+coBadged)...).sees(http.StatusUnprocessableEntity, `href="#card_brand"`,
		`name="card_brand" value="VISA" checked`, `name="card_brand" value="CARTES_BANCAIRES"`, "Choose the one to pay with", `value="Zoë"`)
	asked.seesNot("4970", `value="987"`)
	if len(sent) != 0 {
		t.Fatalf("sent unasked: %v", sent)
	}
	chosen := []string{"card_number=" + coBadged, "card_brand=CARTES_BANCAIRES"}
	again := buyer.post(path+"/payments", cardFields(append(chosen, "card_cvc=1")...)...)
	again.sees(http.StatusUnprocessableEntity, `name="card_brand" value="CARTES_BANCAIRES" checked`) // the choice stays after a mistake
	buyer.post(path+"/payments", cardFields(chosen...)...).sees(http.StatusSeeOther)
	if len(sent) != 1 || sent[0].SelectedCardBrand != "CARTES_BANCAIRES" || sent[0].PaymentMethodRegion != "" {
		t.Errorf("Antom got %d cards, %q of %q", len(sent), sent[0].SelectedCardBrand, sent[0].PaymentMethodRegion)
	}
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
	if brand := shop.orderAt(path).Payments[0].Card.Brand; brand != "CARTES_BANCAIRES" {
		t.Errorf("paid with %s", brand)
	}
}

// A brand that the card does not carry, and one of a card company, is refused at its field.
func TestABrandThatTheCardDoesNotCarryIsRefused(t *testing.T) {
	var sent []antom.Metadata
	shop := newShop(t, recorded(&sent))
	buyer := shop.newBuyer()
	path := buyer.orders()
	for _, row := range [][2]string{
		{coBadged, "MASTERCARD"}, {coBadged, "SAMSUNG"}, {coBadged, "4054695723100768"}, {"4054695723100768", "CARTES_BANCAIRES"},
	} {
		card := cardFields("card_number="+row[0], "card_brand="+row[1])
		buyer.post(path+"/payments", card...).sees(http.StatusUnprocessableEntity, "This card company isn’t available").seesNot("4054695723100768")
		buyer.postJSON(path+"/payments", asJSON(card)).sees(http.StatusUnprocessableEntity, `"fields":{"card_brand":`)
	}
	if len(sent) != 0 {
		t.Errorf("sent: %v", sent)
	}
	// A client that asks nothing leaves the choice to Antom, or makes it.
	buyer.postJSON(path+"/payments", asJSON(cardFields("card_number="+coBadged, "card_brand=VISA"))).sees(http.StatusOK, `"type":"done"`)
	other := buyer.orders()
	buyer.postJSON(other+"/payments", asJSON(cardFields("card_number="+coBadged))).sees(http.StatusOK, `"type":"done"`)
	if len(sent) != 2 || sent[0].SelectedCardBrand != "VISA" || sent[1].SelectedCardBrand != "" {
		t.Errorf("Antom got %d cards", len(sent))
	}
}

// A brand that Antom cannot take leaves the order's list; with one brand left there is
// nothing to choose.
func TestARefusedBrandOfACardLeavesTheList(t *testing.T) {
	var sent []antom.Metadata
	shop := newShop(t, recorded(&sent))
	buyer := shop.newBuyer()
	path := buyer.orders()
	shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "pay", Code: "SELECTED_CARD_BRAND_NOT_AVAILABLE", Times: 1})
	card := cardFields("card_number="+coBadged, "card_brand=CARTES_BANCAIRES")
	buyer.post(path+"/payments", card...).sees(http.StatusOK, `data-test="card-form"`, "can’t be used right now").seesNot(`name="card_brand"`)
	if got := buyer.factsOf(path, "49701000"); !strings.HasPrefix(got, `{"brands":[],`) {
		t.Errorf("the page learns %s", got)
	}
	buyer.post(path+"/payments", card...).sees(http.StatusUnprocessableEntity, "This card company isn’t available")
	buyer.post(path+"/payments", cardFields("card_number="+coBadged)...).sees(http.StatusSeeOther)
	if len(sent) != 2 || sent[1].SelectedCardBrand != "" {
		t.Errorf("Antom got %d cards", len(sent))
	}
}

// silent is a client to which Antom says nothing of cards.
type silent struct{ gateway.Client }

func (silent) GetCardInfo(context.Context, *antom.CardInfoRequest) (*antom.CardInfoResponse, error) {
	panic("no answer")
}

// Where Antom says nothing of a card, it is paid without a choice, or with the one that the
// buyer has made before.
func TestWithoutFactsACardIsPaidAllTheSame(t *testing.T) {
	var sent []antom.Metadata
	record := recorded(&sent)
	shop := newShop(t, record, func(s *settings) {
		tap := s.client
		s.client = func(c *antom.Client) gateway.Client { return silent{tap(c)} }
	})
	buyer := shop.newBuyer()
	path := buyer.orders()
	if got := buyer.factsOf(path, "49701000"); got != `{"brands":[],"fields":[]}` {
		t.Errorf("the page learns %s", got)
	}
	buyer.post(path+"/payments", cardFields("card_number="+coBadged)...).sees(http.StatusSeeOther)
	other := buyer.orders()
	buyer.post(other+"/payments", cardFields("card_number="+coBadged, "card_brand=4054695723100768")...).sees(http.StatusUnprocessableEntity).seesNot("4054")
	buyer.post(other+"/payments", cardFields("card_number="+coBadged, "card_brand=CARTES_BANCAIRES")...).sees(http.StatusSeeOther)
	if len(sent) != 2 || sent[0].SelectedCardBrand != "" || sent[1].SelectedCardBrand != "CARTES_BANCAIRES" {
		t.Errorf("Antom got %d cards", len(sent))
	}
}

// The page asks with the first digits only, of an order that a card can pay.
func TestFactsAreToldByTheFirstDigits(t *testing.T) {
	shop := newShop(t, typesCards)
	buyer := shop.newBuyer()
	path := buyer.orders()
	for _, wrong := range []string{"", "4970100", "497010000", "4970 1000 0000 0212", "4970100x", "<script>"} {
		buyer.post(path+"/card/facts", "card_prefix="+wrong).sees(http.StatusUnprocessableEntity, `"card_prefix"`).seesNot("0212")
	}
	buyer.post("/checkout/nosuchtokennosuchtoken/card/facts", "card_prefix=49701000").sees(http.StatusNotFound)
	for range 3 {
		buyer.factsOf(path, "49701000")
	}
	asked := 0
	for _, m := range shop.control.Messages() {
		if m.Operation == "getCardInfo" {
			asked++
			if !strings.Contains(m.Body, `"cardBin":"49701000"`) || strings.Contains(m.Body, "cardNo") {
				t.Errorf("Antom is asked %s", m.Body)
			}
		}
	}
	if asked != 1 {
		t.Errorf("Antom is asked %d times", asked)
	}
	without := newShop(t)
	other := without.newBuyer()
	other.post(other.orders()+"/card/facts", "card_prefix=49701000").sees(http.StatusNotFound)
}

// A Korean card is paid with a birth date or a business number and two digits of its
// password instead of the security code.
func TestAKoreanCardIsTypedInTheShop(t *testing.T) {
	var sent []antom.Metadata
	shop := newShop(t, recorded(&sent), sells("KRW", 60_000))
	buyer := shop.newBuyer()
	path := buyer.ordersTo("KR", "ONE")
	buyer.get(path+"/card").sees(http.StatusOK, `<fieldset id="korea"><`, `id="card_identity"`, `id="card_password"`, `<fieldset id="brazil" hidden`)
	if got := buyer.factsOf(path, "94902200"); got != `{"brands":[],"fields":["card_identity","card_password"]}` {
		t.Errorf("the page learns %s", got)
	}
	korean := func(changes ...string) []string {
		return cardFields(append(changes, "card_number="+koreanCard, "card_cvc=")...)
	}
	for _, wrong := range []struct{ identity, password, field, text string }{
		{"", "47", "card_identity", "Fill in"}, {"900231", "47", "card_identity", "six digits of a birth date"},
		{"99999999", "47", "card_identity", "six digits"}, {"12345678901", "47", "card_identity", "six digits"},
		{"880412", "", "card_password", "Fill in"}, {"880412", "1234", "card_password", "first two digits"}, {"880412", "ab", "card_password", "first two digits"},
	} {
		card := korean("card_identity="+wrong.identity, "card_password="+wrong.password)
		page := buyer.post(path+"/payments", card...)
		page.sees(http.StatusUnprocessableEntity, wrong.text, `href="#`+wrong.field+`"`, `id="`+wrong.field+`-problem"`)
		page.seesNot(`value="880412"`, `value="47"`, `value="1234"`)
		var answer struct{ Fields map[string]string }
		must(t, json.Unmarshal([]byte(buyer.postJSON(path+"/payments", asJSON(card)).sees(http.StatusUnprocessableEntity).body), &answer))
		if len(answer.Fields) != 1 || !strings.Contains(answer.Fields[wrong.field], wrong.text) {
			t.Errorf("%+v is refused with %v", wrong, answer.Fields)
		}
	}
	if len(sent) != 0 {
		t.Fatalf("%d cards are sent", len(sent))
	}
	shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "pay", Code: "VERIFY_UNMATCHED", Times: 1})
	card := korean("card_identity=880412", "card_password=47")
	buyer.post(path+"/payments", card...).sees(http.StatusOK, `id="card_identity-problem"`, "doesn’t match the card").seesNot("880412", `value="47"`)
	buyer.post(path+"/payments", card...).sees(http.StatusSeeOther)
	other := buyer.ordersTo("KR", "ONE")
	buyer.postJSON(other+"/payments", asJSON(korean("card_identity=483-92-05716", "card_password=47"))).sees(http.StatusOK, `"type":"done"`)
	for i, want := range []antom.Metadata{{DateOfBirth: "1988-04-12"}, {DateOfBirth: "1988-04-12"}, {BusinessNo: "4839205716"}} {
		d := sent[i]
		if d.DateOfBirth != want.DateOfBirth || d.BusinessNo != want.BusinessNo || d.CardPasswordDigest != "47" || d.CVV != "" || d.CPF != "" ||
			d.PaymentMethodRegion != "KR" || d.EnableAuthenticationUpgrade != nil || d.Is3DSAuthentication != nil {
			t.Errorf("the card %d is sent as %+v", i, d)
		}
	}
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
	shop.huntsCard(path, "Korean")
	shop.huntsCard(other, "Korean company")
}

// A setting that requires 3-D Secure of every card keeps no Korean card from paying.
func TestAKoreanCardPaysWhereEveryCardNeeds3DS(t *testing.T) {
	shop := newShop(t, typesCards, sells("KRW", 60_000), func(set *settings) { set.threeDS = checkout.ThreeDSAlways })
	buyer := shop.newBuyer()
	path := buyer.ordersTo("KR", "ONE")
	card := cardFields("card_number="+koreanCard, "card_cvc=", "card_identity=880412", "card_password=47")
	buyer.postJSON(path+"/payments", asJSON(card)).sees(http.StatusOK, `"type":"done"`)
}

// A card from abroad pays in KRW as everywhere: what Korean cards ask for stays empty, or is
// not sent.
func TestACardFromAbroadPaysInKorea(t *testing.T) {
	var sent []antom.Metadata
	shop := newShop(t, recorded(&sent), sells("KRW", 60_000))
	buyer := shop.newBuyer()
	path := buyer.ordersTo("KR", "ONE")
	buyer.post(path+"/payments", cardFields("card_cvc=")...).sees(http.StatusUnprocessableEntity, `href="#card_cvc"`)
	buyer.post(path+"/payments", cardFields("card_identity=880412", "card_password=47", "card_brand=")...).sees(http.StatusSeeOther)
	if d := sent[0]; d.CVV != "987" || d.DateOfBirth+d.CardPasswordDigest+d.PaymentMethodRegion != "" {
		t.Errorf("the card is sent as %+v", d)
	}
}

// Where Antom says nothing of the card, what was typed tells that it is Korean.
func TestAKoreanCardWithoutFacts(t *testing.T) {
	var sent []antom.Metadata
	record := recorded(&sent)
	shop := newShop(t, record, sells("KRW", 60_000), func(s *settings) {
		tap := s.client
		s.client = func(c *antom.Client) gateway.Client { return silent{tap(c)} }
	})
	buyer := shop.newBuyer()
	path := buyer.ordersTo("KR", "ONE")
	buyer.post(path+"/payments", cardFields("card_number="+koreanCard, "card_cvc=", "card_identity=19880412", "card_password=47")...).sees(http.StatusSeeOther)
	if d := sent[0]; d.DateOfBirth != "1988-04-12" || d.PaymentMethodRegion != "KR" {
		t.Errorf("the card is sent as %+v", d)
	}
}

// A Brazilian card needs its holder's CPF, also in another currency, and the buyer's email.
func TestABrazilianCardIsTypedWithItsCPF(t *testing.T) {
	for currency, shown := range map[checkout.Currency]bool{"BRL": true, "SGD": false} {
		t.Run(string(currency), func(t *testing.T) {
			var sent []antom.Metadata
			shop := newShop(t, recorded(&sent), sells(currency, 100_00))
			buyer := shop.newBuyer()
			path := buyer.ordersTo("BR", "ONE")
			page := buyer.get(path + "/card")
			if hidden := strings.Contains(page.body, `<fieldset id="brazil" hidden`); hidden == shown {
				t.Errorf("the CPF is hidden: %v", hidden)
			}
			if got := buyer.factsOf(path, "42940974"); got != `{"brands":[],"fields":["card_cvc","card_cpf"]}` {
				t.Errorf("the page learns %s", got)
			}
			for _, wrong := range []string{"", "1234567890", "52998224724", "11111111111", "529982247ab"} {
				card := cardFields("card_number="+brazilian, "card_cpf="+wrong)
				page := buyer.post(path+"/payments", card...).sees(http.StatusUnprocessableEntity, `href="#card_cpf"`, `<fieldset id="brazil"><`)
				if wrong != "" {
					page.seesNot(wrong)
				}
				buyer.postJSON(path+"/payments", asJSON(card)).sees(http.StatusUnprocessableEntity, `"fields":{"card_cpf":"`)
			}
			buyer.post(path+"/payments", cardFields("card_number="+brazilian, "card_cpf=529.982.247-25")...).sees(http.StatusSeeOther)
			if d := sent[0]; len(sent) != 1 || d.CPF != "52998224725" || d.PayerEmail != "ann@example.com" || d.CVV != "987" || d.PaymentMethodRegion != "BR" || d.EnableAuthenticationUpgrade != nil {
				t.Errorf("%d cards are sent, as %+v", len(sent), d)
			}
			shop.quiet()
			buyer.expectStatus(path, "paid", "paid")
			shop.huntsCard(path, "Brazilian")
		})
	}
}

// Cards of Chile, Mexico and Peru need the buyer's email alone.
func TestCardsOfThreeCountriesAreSentWithTheEmail(t *testing.T) {
	for region, row := range map[string]struct {
		number   string
		currency checkout.Currency
	}{
		"CL": {"4600729331819383", "CLP"}, "MX": {"4006055482525268", "MXN"}, "PE": {"4310377720003234", "PEN"},
	} {
		var sent []antom.Metadata
		shop := newShop(t, recorded(&sent), sells(row.currency, 100_00))
		buyer := shop.newBuyer()
		path := buyer.ordersTo(region, "ONE")
		buyer.post(path+"/payments", cardFields("card_number="+row.number)...).sees(http.StatusSeeOther)
		if d := sent[0]; d.PayerEmail != "ann@example.com" || d.PaymentMethodRegion != region || d.CPF != "" {
			t.Errorf("%s: the card is sent as %+v", region, d)
		}
	}
}

// Where no card is typed, none of these fields is taken.
func TestWithoutTheModeLocalFieldsAreRefused(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	for _, name := range []string{"card_identity", "card_password", "card_cpf"} {
		buyer.postJSON(path+"/payments", fmt.Sprintf(`{"method":"CARD",%q:"52998224725"}`, name)).sees(http.StatusUnprocessableEntity, `"`+name+`"`).seesNot("52998224725")
	}
}
