package proof_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"antom-checkout/app"
	"antom-checkout/checkout"
	"antom-checkout/checkout/cardhunt"
	"antom-checkout/checkout/payments"
)

// keepsCards reports whether a story has cards that are saved, cards that are typed in the
// shop, and charges without the buyer. No regression of before has one of these
// remainders, so that those tell their old stories.
func keepsCards(seed uint64) bool { return seed%13 == 3 || seed%13 == 4 || seed%13 == 8 }

// monthEnd is when the month of the cards that expire in a story is over everywhere.
var monthEnd = time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)

// offersToKeepCards draws what the consent to save a card says, and lets the story begin
// an hour before the month ends that some cards expire with.
func (s *simulation) offersToKeepCards(c *app.Settings) {
	if !s.once(4) {
		c.Payments.Cards.Charges = "We charge what you drink in a month."
	}
	time.Sleep(time.Until(monthEnd.Add(-13 * time.Hour)))
}

// buyerOf is the buyer of the next order: one of two in stories with cards.
func (s *simulation) buyerOf(order int) string {
	if !keepsCards(s.world.seed) {
		return ""
	}
	return fmt.Sprint("buyer-", order%2)
}

// typed are cards that buyers type: some pay, some are refused, and some banks ask.
var typed = []string{
	"4054695723100768", "4054695723100768", "5162774114974622", "4054692760174822", "4054690000006515", "4054690000003025", "4054690000005111",
}

// typesCard is a card as a buyer types it in the shop.
func (s *simulation) typesCard() checkout.EnteredCard {
	return entered(typed[s.fate.IntN(len(typed))], []string{"12/39", "12/39", "01/26"}[s.fate.IntN(3)])
}

func entered(number, expiry string) checkout.EnteredCard {
	fields := map[string]string{
		checkout.FieldCardNumber: number, checkout.FieldCardExpiry: expiry, checkout.FieldCardCVC: "987",
		checkout.FieldCardholderFirst: "Zoë", checkout.FieldCardholderLast: "Quarterman",
		"billing_country": "SG", "billing_city": "Singapore", "billing_address1": "billing lane 77", "billing_postal_code": "048616",
	}
	return checkout.EnterCard(func(name string) string { return fields[name] })
}

// withCard draws with which card a buyer pays: one typed in the shop, one that is saved,
// theirs or not, or one typed at Antom. Some agree to have it saved.
func (s *simulation) withCard(o checkout.Order, want checkout.Attempt) checkout.Attempt {
	want.Buyer, want.Language = o.BuyerReference, "en"
	if s.once(2) {
		want.Method = checkout.MethodCard
	}
	if want.Method != checkout.MethodCard {
		return want
	}
	switch n := s.fate.IntN(6); {
	case n < 2:
		want.Mode, want.Entered, want.Choice.Save = checkout.ModeAPI, s.typesCard(), s.once(2)
	case n < 4:
		if card, found := s.someCard(o.BuyerReference); found {
			want.Mode, want.Choice.Saved = checkout.ModeAPI, card.ID
		}
	case n == 4:
		want.Mode, want.Choice.Save = checkout.ModeAPI, true
	}
	if s.once(8) {
		want.Buyer = s.buyerOf(s.fate.IntN(2)) // with a link, from another browser
	}
	return want
}

// cardOf is the card of an attempt, as the story tells it.
func cardOf(want checkout.Attempt) string {
	text := ""
	if want.Entered.Given() {
		text += ", typed in the shop"
	}
	if want.Choice.Saved != "" {
		text += ", with the card " + want.Choice.Saved
	}
	if want.Choice.Save {
		text += ", to be saved"
	}
	return text
}

// someCard is one of the cards that were ever saved, mostly of this buyer.
func (s *simulation) someCard(buyer string) (card checkout.SavedCard, found bool) {
	var all []checkout.SavedCard
	anyone := s.once(6)
	for i := range 2 {
		if anyone || buyer == s.buyerOf(i) {
			cards, err := s.world.program().store.SavedCards(s.t.Context(), s.buyerOf(i))
			must(s.t, err)
			all = append(all, cards...)
		}
	}
	if len(all) == 0 {
		return card, false
	}
	return all[s.fate.IntN(len(all))], true
}

// savesFirstCards has both buyers order, pay with a card and agree to have it saved.
func (s *simulation) savesFirstCards() {
	for range 2 {
		s.placeOrder()
		if len(s.orders) == 0 {
			return
		}
		o := s.orders[len(s.orders)-1]
		want := checkout.Attempt{Method: checkout.MethodCard, Mode: checkout.ModeAPI, Device: browser, Buyer: o.BuyerReference, Language: "en"}
		want.Choice.Save = true
		want.Entered = entered(typed[s.fate.IntN(3)], []string{"12/39", "01/26"}[s.fate.IntN(2)])
		s.starts(o, want, 0)
		s.waits()
	}
}

// actsWithCards has buyers, banks and the operator do what they do with saved cards.
func (s *simulation) actsWithCards() {
	switch n := s.fate.IntN(14); {
	case n < 2:
		s.startPayment()
	case n < 5:
		s.comesBack()
	case n < 7:
		s.paysAndSaves()
	case n < 8:
		s.removesCard()
	case n < 9:
		s.revokesCard()
	case n < 12:
		s.operatorCharges()
	case n < 13:
		s.bankDemands()
	default:
		s.monthPasses()
	}
}

// comesBack has a buyer order again and pay with a saved card.
func (s *simulation) comesBack() {
	if len(s.orders) < 12 {
		s.placeOrder()
	}
	o := s.orders[len(s.orders)-1]
	if card, found := s.someCard(o.BuyerReference); found {
		want := checkout.Attempt{Method: checkout.MethodCard, Mode: checkout.ModeAPI, Device: browser, Buyer: o.BuyerReference, Language: "en"}
		want.Choice.Saved = card.ID
		s.starts(o, want, time.Duration(s.fate.Int64N(int64(3*time.Second))))
	}
}

// paysAndSaves has a buyer tick the box at Antom, and pay.
func (s *simulation) paysAndSaves() {
	if cards := s.unpaidCards(); len(cards) > 0 {
		id := cards[s.fate.IntN(len(cards))]
		s.world.tell("at Antom the buyer has the card saved and pays %s (%v)", id, s.world.control.PayAndSave(id))
	}
}

func (s *simulation) removesCard() {
	card, found := s.someCard(s.buyerOf(s.fate.IntN(2)))
	if !found {
		return
	}
	buyer := card.Buyer
	if s.once(8) {
		buyer = "stranger"
	}
	s.removes(card, buyer)
}

func (s *simulation) removes(card checkout.SavedCard, buyer string) {
	p := s.program()
	s.besideAfter(0, buyer+" removes the card "+card.ID, func(ctx context.Context) (string, error) {
		err := p.service.RemoveCard(ctx, buyer, card.ID)
		if err == nil && buyer != card.Buyer {
			s.world.wires.lawBroken("a stranger has removed the card " + card.ID)
		}
		return "done", err
	})
}

// revokesCard has Antom forget the card's token, or its bank refuse it from now on.
func (s *simulation) revokesCard() {
	if card, found := s.someCard(s.buyerOf(s.fate.IntN(2))); found {
		code := []string{"", "", "CARD_EXPIRED", "STOLEN_CARD", "DO_NOT_HONOR"}[s.fate.IntN(5)]
		s.world.tell("Antom takes the card %s no longer: %q (%v)", card.ID, code, s.world.control.RevokeCard(card.ID, code))
	}
}

// monthPasses lets time pass until the cards of this month have expired.
func (s *simulation) monthPasses() {
	if !s.once(2) {
		return
	}
	time.Sleep(max(0, time.Until(monthEnd)) + s.moment())
	s.world.tell("the month is over")
}

// chargeBook is what the operator has charged, by key.
type chargeBook struct {
	mu     sync.Mutex
	wanted []checkout.ChargeRequest
	orders map[string]checkout.Order // of the charges that were answered
}

// operatorCharges has the operator charge a saved card, now and then with a key that was
// used before, and now and then twice at once.
func (s *simulation) operatorCharges() {
	want, found := s.someCharge()
	if !found {
		return
	}
	for range 1 + s.fate.IntN(8)/7 {
		p := s.program()
		s.charge(want, []*payments.Service{p.service, p.desk}[s.fate.IntN(2)])
	}
}

// charge has the operator charge a card at a desk.
func (s *simulation) charge(want checkout.ChargeRequest, desk *payments.Service) {
	s.besideAfter(0, fmt.Sprintf("the operator charges %d of the card %s with %s", want.Minor, want.Card, want.Key.Idempotency), func(ctx context.Context) (string, error) {
		o, err := desk.Charge(ctx, want)
		if err == nil {
			s.noteCharge(want, o)
		}
		return o.ID + " " + string(checkout.ChargeResultOf(o)), err
	})
}

// someCharge is a new charge, or one of before, mostly as it was.
func (s *simulation) someCharge() (want checkout.ChargeRequest, found bool) {
	s.charged.mu.Lock()
	defer s.charged.mu.Unlock()
	card, found := s.someCard(s.buyerOf(s.fate.IntN(2)))
	if !found {
		return want, false
	}
	price := prices[s.world.shop.Shop.Currency]
	if n := len(s.charged.wanted); n > 0 && s.once(3) {
		want = s.charged.wanted[s.fate.IntN(n)]
		if s.once(6) {
			want.Minor += price
		}
		return want, true
	}
	want = checkout.ChargeRequest{
		Key:  checkout.Key{Operator: "op", Idempotency: fmt.Sprint("charge ", len(s.charged.wanted))},
		Card: card.ID, Minor: price * int64(1+s.fate.IntN(3)),
	}
	s.charged.wanted = append(s.charged.wanted, want)
	return want, true
}

// noteCharge: the same key is the same charge, and no other one.
func (s *simulation) noteCharge(want checkout.ChargeRequest, o checkout.Order) {
	s.charged.mu.Lock()
	defer s.charged.mu.Unlock()
	if s.charged.orders == nil {
		s.charged.orders = map[string]checkout.Order{}
	}
	key := want.Key.Idempotency
	if first, known := s.charged.orders[key]; known && first.ID != o.ID {
		s.world.wires.lawBroken("the key " + key + " has charged " + first.ID + " and " + o.ID)
	}
	if o.Total.Minor != want.Minor || len(o.Payments) > 1 {
		s.world.wires.lawBroken(fmt.Sprintf("the charge of %d with %s is answered with %v and %d payments", want.Minor, key, o.Total, len(o.Payments)))
	}
	s.charged.orders[key] = o
}

// callUnderWay is how long a request with a token may have been on its way out when the
// buyer removed the card.
const callUnderWay = 5 * time.Second

// expectOneSending checks, as a request leaves, that a typed card is sent in one request
// only, and that of a payment that cannot be repeated nothing is sent without its card.
func (ws *wires) expectOneSending(p *program, endpoint string, body []byte) {
	if endpoint != "pay" || !keepsCards(ws.w.seed) {
		return
	}
	var request struct {
		PaymentRequestID string
		PaymentMethod    struct {
			PaymentMethodID       string
			PaymentMethodMetaData struct{ CardNo string }
		}
	}
	if err := json.Unmarshal(body, &request); err != nil {
		ws.lawBroken("pay is sent with no JSON: " + err.Error())
		return
	}
	id, withCard := request.PaymentRequestID, request.PaymentMethod.PaymentMethodMetaData.CardNo != ""
	if incomplete := ws.isStored(p, `SELECT count(*) FROM payments WHERE request_id = $1 AND incomplete`, id); incomplete != withCard {
		ws.lawBroken(fmt.Sprintf("%s may be repeated: %v; it is sent with a number: %v", id, !incomplete, withCard))
	}
	if removed := ws.count(p, `
		SELECT count(*)
		  FROM payments
		  JOIN saved_cards ON saved_cards.id = json_extract(nullif(choice, ''), '$.saved')
		 WHERE request_id = $1 AND removed_at < $2`, id, time.Now().Add(-callUnderWay).UnixMilli()); removed > 0 {
		ws.lawBroken("the token of " + id + " is sent to Antom long after its buyer has removed the card")
	}
	if !withCard {
		return
	}
	ws.mu.Lock()
	again := slices.Contains(ws.typedSent, id)
	ws.typedSent = append(ws.typedSent, id)
	ws.mu.Unlock()
	if again {
		ws.lawBroken("the card of " + id + " is sent to Antom twice")
	}
}

// cardLaws are what may not be found among the rows, with what each row would mean.
var cardLaws = map[string]string{
	"a card is kept whose buyer has not agreed, or not paid": `
		SELECT count(*)
		  FROM saved_cards
		 WHERE NOT EXISTS (
		       SELECT 1
		         FROM payments
		         JOIN orders ON orders.id = payments.order_id
		        WHERE payments.request_id = saved_cards.agreed_by AND payments.card_saved AND json_extract(nullif(choice, ''), '$.save')
		          AND json_extract(nullif(choice, ''), '$.consent.version') <> '' AND orders.buyer_reference = saved_cards.buyer
		          AND EXISTS (
		              SELECT 1
		                FROM transitions
		               WHERE payment_request_id = payments.request_id AND subject = 'payment' AND to_status IN ('authorized', 'paid')))`,
	"a removed card keeps its token": `SELECT count(*) FROM saved_cards WHERE removed_at IS NOT NULL AND length(token) > 0`,
	"a card has paid for another buyer": `
		SELECT count(*)
		  FROM payments
		  JOIN orders ON orders.id = payments.order_id
		 WHERE json_extract(nullif(choice, ''), '$.saved') <> ''
		   AND NOT EXISTS (SELECT 1 FROM saved_cards WHERE id = json_extract(nullif(choice, ''), '$.saved') AND buyer = orders.buyer_reference)`,
	"a payment has begun with a card that was removed before": `
		SELECT count(*)
		  FROM payments
		  JOIN saved_cards ON saved_cards.id = json_extract(nullif(choice, ''), '$.saved')
		 WHERE payments.created_at > saved_cards.removed_at`,
	"a payment has begun with a card that was refused before": `
		SELECT count(*)
		  FROM payments
		  JOIN saved_cards ON saved_cards.id = json_extract(nullif(choice, ''), '$.saved')
		 WHERE saved_cards.refused <> ''
		   AND payments.created_at > (
		       SELECT max(transitions.at)
		         FROM transitions
		         JOIN payments AS failed ON failed.request_id = transitions.payment_request_id
		        WHERE subject = 'payment' AND to_status = 'failed' AND json_extract(nullif(failed.choice, ''), '$.saved') = saved_cards.id
		          AND failed.result_code = saved_cards.refused)`,
	"a buyer has begun to pay with a card that had expired": `
		SELECT count(*)
		  FROM payments
		  JOIN saved_cards ON saved_cards.id = json_extract(nullif(choice, ''), '$.saved')
		 WHERE saved_cards.expiry = '01/26' AND json_extract(nullif(choice, ''), '$.charge') IS NULL AND payments.created_at >= unixepoch('2026-02-01 12:00') * 1000`,
	"a card is charged whose buyer has agreed to no charge": `
		SELECT count(*)
		  FROM payments
		  JOIN saved_cards ON saved_cards.id = json_extract(nullif(choice, ''), '$.saved')
		 WHERE json_extract(nullif(choice, ''), '$.charge') AND json_extract(consent, '$.charges') IS NULL`,
	"a charge has more than one payment, or more than one order": `
		SELECT count(*)
		  FROM orders
		 WHERE form_key LIKE 'charge:%'
		   AND ((SELECT count(*) FROM payments WHERE order_id = orders.id) > 1
		    OR (SELECT count(*) FROM orders AS others WHERE others.form_key = orders.form_key) > 1)`,
}

// keepsLawsOfCards checks the rows and files of a story with cards.
func (s *simulation) keepsLawsOfCards() {
	if !keepsCards(s.world.seed) {
		return
	}
	p, wires := s.world.program(), s.world.wires
	for law, query := range cardLaws {
		if n, err := wires.read(p, query); n > 0 || err != nil {
			wires.lawBroken(fmt.Sprintf("%s: %d times, %v", law, n, err))
		}
	}
	s.huntsCards()
	for what, query := range map[string]string{
		"cards saved":                    `SELECT count(*) FROM saved_cards`,
		"cards removed":                  `SELECT count(*) FROM saved_cards WHERE removed_at IS NOT NULL`,
		"cards refused":                  `SELECT count(*) FROM saved_cards WHERE refused <> ''`,
		"cards paid with again":          `SELECT count(*) FROM payments WHERE json_extract(nullif(choice, ''), '$.saved') <> '' AND json_extract(nullif(choice, ''), '$.charge') IS NULL AND status IN ('paid', 'refunded', 'authorized')`,
		"cards typed in the shop":        `SELECT count(*) FROM payments WHERE incomplete`,
		"cards typed in the shop, paid":  `SELECT count(*) FROM payments WHERE incomplete AND status IN ('paid', 'refunded', 'authorized')`,
		"charges":                        `SELECT count(*) FROM orders WHERE form_key LIKE 'charge:%'`,
		"charges that were paid":         `SELECT count(*) FROM orders WHERE form_key LIKE 'charge:%' AND ever_paid`,
		"charges whose bank wants a yes": `SELECT count(*) FROM payments WHERE json_extract(nullif(choice, ''), '$.charge') AND status = 'cancelled'`,
	} {
		ends.add(what, wires.count(p, query))
	}
}

// huntsCards looks for the typed cards, and for the tokens, in all files and in the log.
func (s *simulation) huntsCards() {
	secrets := append(slices.Compact(slices.Sorted(slices.Values(typed))), "Quarterman", "billing lane 77")
	for _, payment := range s.world.control.Ledger().Payments {
		if payment.Card != nil && len(payment.Card.CardToken) > 60 {
			secrets = append(secrets, payment.Card.CardToken[:60])
		}
	}
	slices.Sort(secrets)
	spelt := cardhunt.Spellings(slices.Compact(secrets)...)
	s.world.mu.Lock()
	places := map[string][]byte{"log": []byte(strings.Join(s.world.story, "\n"))}
	s.world.mu.Unlock()
	files, err := filepath.Glob(filepath.Join(s.world.stage.folder, "*"))
	must(s.t, err)
	for _, file := range files {
		places[file], err = os.ReadFile(file)
		must(s.t, err)
	}
	for place, content := range places {
		for _, way := range cardhunt.Find(content, spelt) {
			s.world.wires.lawBroken("a card is in " + place + ": " + way)
		}
	}
}
