package handlers_test

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
	"antom-checkout/handlers"
)

// This file is a table: each thing that a card payment can be asked for, in each way to
// pay, with each end. What is special about one of them has tests of its own.

// cardFeature is what a card payment is asked for.
type cardFeature struct {
	sells   func(*settings)
	country string
	saved   bool            // by the card that the buyer has saved before
	start   map[string]any  // the fields of the start
	asks    map[bool]string // of Antom, by whether it is asked for a session of its SDK
	agrees  bool            // the buyer agrees that the card is kept
	kept    int             // saved cards of the buyer, once it is paid
	byPay   bool            // Antom is asked by pay in every way
	asked   bool            // the bank has each buyer confirm
	issuer  bool            // the card company itself has the buyer confirm
}

// cardMode is a way to pay by card.
type cardMode struct {
	set     func(*settings)
	start   map[string]any // fields of the start
	element bool           // the buyer chooses in Antom's element
	page    bool           // without JavaScript
	typed   bool           // the card is typed in the shop
}

var cardFeatures = map[string]cardFeature{
	"a card":     {sells: sells("SGD", 60_00), country: "SG", asks: map[bool]string{true: "upgrade consent", false: "upgrade"}},
	"3-D Secure": {sells: alwaysThreeDS, country: "SG", asked: true, asks: map[bool]string{true: "required consent", false: "required"}},
	"saving a card": {sells: sells("SGD", 60_00), country: "SG", start: map[string]any{"save_card": true}, agrees: true, kept: 1,
		asks: map[bool]string{true: "upgrade consent", false: "upgrade tokenize"}},
	"a saved card":  {sells: sells("SGD", 60_00), country: "SG", saved: true, kept: 1, byPay: true, asks: map[bool]string{false: "upgrade token"}},
	"instalments":   {sells: sells("JPY", 10_000), country: "JP", start: map[string]any{"installments": 3}, asks: map[bool]string{true: "upgrade consent plan", false: "upgrade plan"}},
	"a Korean card": {sells: sells("KRW", 60_000), country: "KR", start: map[string]any{"card_brand": "SAMSUNG"}, byPay: true, issuer: true, asks: map[bool]string{false: "brand"}},
}

var cardModes = map[string]cardMode{
	"popup":   {set: showsIn(handlers.Popup)},
	"element": {set: showsIn(handlers.Element), element: true},
	"hosted":  {set: func(*settings) {}, page: true},
	"app":     {set: withApps, start: map[string]any{"terminal": "APP", "os": "ANDROID", "return_url": "myshop://pay"}},
	"server":  {set: typesCards, typed: true},
}

// cardEnds are how a payment ends, with what order and payment say then.
var cardEnds = map[string]struct {
	tell                    func(*cardStory)
	order, payment, session string // session: of a payment in a session of the SDK, where it is another
}{
	"paid":              {tell: (*cardStory).pays, order: "paid", payment: "paid"},
	"declined":          {tell: (*cardStory).isDeclined, order: "open", payment: "failed"},
	"confirmed":         {tell: (*cardStory).confirms, order: "paid", payment: "paid"},
	"not confirmed":     {tell: (*cardStory).refusesToConfirm, order: "open", payment: "failed"},
	"without an answer": {tell: (*cardStory).hearsNothing, order: "paid", payment: "paid"},
	"left":              {tell: (*cardStory).leaves, order: "expired", payment: "failed", session: "cancelled"},
}

func alwaysThreeDS(s *settings) {
	sells("SGD", 60_00)(s)
	s.threeDS = checkout.ThreeDSAlways
}

func TestEveryFeatureOfCardsInEveryModeWithEveryEnd(t *testing.T) {
	for featureName, feature := range cardFeatures {
		for modeName, mode := range cardModes {
			for endName, end := range cardEnds {
				t.Run(featureName+"/"+modeName+"/"+endName, func(t *testing.T) {
					t.Parallel()
					story := newCardStory(t, feature, mode)
					end.tell(story)
					payment := end.payment
					if story.session() {
						payment = cmp.Or(end.session, payment)
					}
					story.expect(end.order, payment)
				})
			}
		}
	}
}

// cardStory is one row of the table: a buyer with an order that is to be paid by card.
type cardStory struct {
	t       *testing.T
	shop    *shop
	buyer   *buyer
	path    string
	feature cardFeature
	mode    cardMode
	card    string // the saved card
}

func newCardStory(t *testing.T, feature cardFeature, mode cardMode) *cardStory {
	t.Helper()
	shop := newShop(t, feature.sells, mode.set)
	s := &cardStory{t: t, shop: shop, buyer: shop.newBuyer(), feature: feature, mode: mode}
	if feature.saved {
		s.path = s.buyer.ordersTo(feature.country, "ONE")
		agreeing := &cardStory{t: t, shop: shop, buyer: s.buyer, path: s.path, feature: cardFeatures["saving a card"], mode: mode}
		agreeing.pays()
		agreeing.expect("paid", "paid")
	}
	s.path = s.buyer.ordersTo(feature.country, "ONE")
	if feature.saved {
		s.card = s.buyer.card(s.path)
	}
	s.isOfferedAll()
	return s
}

// isOfferedAll waits until the order's device is offered what the story asks for: Antom is
// consulted in the background.
func (s *cardStory) isOfferedAll() {
	s.t.Helper()
	look := s.path + "/methods"
	if os, inApp := s.mode.start["os"].(string); inApp {
		look += "?terminal=APP&os=" + os
	}
	for _, field := range []string{"installments", "card_brand"} {
		if value := s.feature.start[field]; value != nil {
			text, err := json.Marshal(map[string]any{field: value})
			must(s.t, err)
			s.buyer.soon(look, func(a answer) bool { return strings.Contains(a.body, strings.TrimSuffix(string(text), "}")) })
		}
	}
}

// session reports whether Antom is asked for a session of its SDK.
func (s *cardStory) session() bool { return !s.mode.page && !s.mode.typed && !s.feature.byPay }

// atOnce reports whether Antom's answer to the start is the end: no form of Antom's asks
// for the card.
func (s *cardStory) atOnce() bool { return s.feature.saved || s.mode.typed && !s.feature.byPay }

// starts starts the payment, and returns its id.
func (s *cardStory) starts() (id string) {
	s.t.Helper()
	fields := map[string]any{"method": "CARD"}
	if s.mode.typed && !s.feature.byPay {
		for _, pair := range cardFields() {
			name, value, _ := strings.Cut(pair, "=")
			fields[name] = value
		}
	}
	maps.Copy(fields, s.mode.start)
	if s.mode.element && s.session() {
		fields["method"] = ""
	} else {
		maps.Copy(fields, s.feature.start)
	}
	if s.card != "" {
		fields["card"] = s.card
	}
	body, err := json.Marshal(fields)
	must(s.t, err)
	if s.mode.page {
		var pairs []string
		for name, value := range members(s.t, body) {
			pairs = append(pairs, name+"="+value)
		}
		if got := s.buyer.post(s.path+"/payments", pairs...); got.status >= http.StatusBadRequest {
			s.t.Fatalf("the start is answered with %d: %.600s", got.status, got.body)
		}
	} else if got := s.buyer.postJSON(s.path+"/payments", string(body)); got.status >= http.StatusBadRequest {
		s.t.Fatalf("the start is answered with %d %s", got.status, got.body)
	}
	return s.buyer.status(s.path).LastPayment.PaymentRequestID
}

// operation is the call that starts the payment.
func (s *cardStory) operation() string {
	if s.session() {
		return "createPaymentSession"
	}
	return "pay"
}

// enters has the buyer enter the card at Antom's and pay, where it is entered there.
func (s *cardStory) enters(id string) {
	s.t.Helper()
	if s.session() && s.feature.agrees {
		must(s.t, s.shop.control.PayAndSave(id))
		return
	}
	must(s.t, s.shop.control.Pay(id))
}

func (s *cardStory) pays() {
	s.t.Helper()
	s.goesOn(s.starts())
}

// goesOn has the buyer do what Antom or the bank waits for.
func (s *cardStory) goesOn(id string) {
	s.t.Helper()
	if !s.atOnce() || s.feature.asked {
		s.enters(id)
	}
}

func (s *cardStory) isDeclined() {
	s.t.Helper()
	if s.atOnce() {
		s.shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "pay", Code: "DO_NOT_HONOR", Times: 1})
		s.starts()
		return
	}
	must(s.t, s.shop.control.Decline(s.starts(), "DO_NOT_HONOR"))
}

// isAsked has the bank ask the buyer to confirm.
func (s *cardStory) isAsked() (id string) {
	s.t.Helper()
	if s.atOnce() {
		s.shop.fault(sandbox.Fault{Kind: sandbox.Challenge, Times: 1})
		return s.starts()
	}
	id = s.starts()
	if !s.feature.issuer {
		must(s.t, s.shop.control.Challenge(id))
	}
	return id
}

func (s *cardStory) confirms() {
	s.t.Helper()
	if s.session() && s.feature.agrees { // the buyer agrees where they enter the card, before the bank asks
		s.shop.fault(sandbox.Fault{Kind: sandbox.Challenge, Times: 1})
		s.enters(s.starts())
		return
	}
	s.enters(s.isAsked())
}

func (s *cardStory) refusesToConfirm() {
	s.t.Helper()
	must(s.t, s.shop.control.Decline(s.isAsked(), ""))
}

// hearsNothing has the shop get no answer, although Antom has got the request: it finds out.
func (s *cardStory) hearsNothing() {
	s.t.Helper()
	s.shop.fault(sandbox.Fault{Kind: sandbox.Unknown, On: s.operation(), Apply: true, Times: 3})
	id := s.starts()
	if st := s.buyer.status(s.path); st.Final && st.Status != "paid" || st.LastPayment.Status == "failed" {
		s.t.Errorf("without an answer the buyer reads %+v", st)
	}
	s.shop.passes(time.Minute)
	s.shop.sweeps()
	s.goesOn(id)
	s.shop.passes(time.Minute)
	s.shop.sweeps()
}

// leaves has the buyer leave the page of Antom, or of the bank, for good.
func (s *cardStory) leaves() {
	s.t.Helper()
	if id := s.isAsked(); id == "" {
		s.t.Fatal("nothing has begun")
	}
	for range 5 {
		s.shop.passes(6 * time.Hour)
		s.shop.sweeps()
	}
}

// expect compares how the story has ended.
func (s *cardStory) expect(order, payment string) {
	s.t.Helper()
	s.shop.quiet()
	s.buyer.expectStatus(s.path, order, payment)
	o := s.shop.orderAt(s.path)
	paid := 0
	for _, p := range o.Payments {
		if p.Status == checkout.PaymentPaid {
			paid++
		}
	}
	if want := map[bool]int{true: 1, false: 0}[order == "paid"]; paid != want || len(o.Payments) != 1 {
		s.t.Errorf("%d of %d attempts are paid, want %d of 1", paid, len(o.Payments), want)
	}
	if got := s.asked(); got != s.feature.asks[s.session()] {
		s.t.Errorf("Antom is asked for %q, want %q", got, s.feature.asks[s.session()])
	}
	kept, err := s.shop.store.SavedCards(s.t.Context(), o.BuyerReference)
	must(s.t, err)
	want := s.feature.kept
	if order != "paid" && !s.feature.saved {
		want = 0
	}
	if len(kept) != want {
		s.t.Errorf("%d cards are kept, want %d", len(kept), want)
	}
}

// asked is what the last start has asked of Antom beside the payment.
func (s *cardStory) asked() string {
	s.t.Helper()
	sent := s.shop.lastPosted(s.operation())
	var asked []string
	add := func(is bool, what string) {
		if is {
			asked = append(asked, what)
		}
	}
	if d := cmp.Or(sent.PaymentMethod.Metadata, sent.Available.Metadata); d != nil {
		add(d.Is3DSAuthentication != nil, "required")
		add(d.EnableAuthenticationUpgrade != nil, "upgrade")
		add(d.Tokenize != nil, "tokenize")
		add(d.TokenizeMode != "", "consent")
		add(d.SelectedCardBrand != "", "brand")
	}
	add(sent.PaymentMethod.ID != "", "token")
	add(sent.CreditPayPlan != nil || sent.Collects, "plan")
	return strings.Join(asked, " ")
}
