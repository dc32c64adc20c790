package handlers_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
	ordering "antom-checkout/checkout/shop"
	"antom-checkout/views"
)

const monthly = "Coffee club, SGD 19.00 each month, until I cancel."

func charges(s *settings) { s.charges, s.withoutSDK = monthly, true }

// savesCard is a buyer who pays an order and saves the card: its id.
func (s *shop) savesCard() (card string) {
	s.t.Helper()
	ctx := s.t.Context()
	o, err := s.services.Shop.PlaceOrder(ctx, ordering.OrderRequest{
		FormKey: "first", Cart: []checkout.CartLine{{SKU: "MUG-01", Quantity: 2}}, BuyerReference: "buyer-1", Language: "en",
		Buyer: checkout.Buyer{Email: "ann@example.com", Name: "Ann Lee", Country: "SG", Address1: "1 Raffles Place", PostalCode: "048616"},
	})
	must(s.t, err)
	started, err := s.service.Start(ctx, o.Token, checkout.Attempt{
		Method: "CARD", Mode: checkout.ModeAPI, Buyer: "buyer-1", Language: "en", Device: checkout.Device{Terminal: checkout.TerminalWeb},
		Choice: checkout.CardChoice{Save: true},
	})
	must(s.t, err)
	must(s.t, s.control.PayAndSave(started.Payment.RequestID))
	s.quiet()
	cards, err := s.store.SavedCards(ctx, "buyer-1")
	must(s.t, err)
	if len(cards) != 1 {
		s.t.Fatalf("%d cards are saved", len(cards))
	}
	return cards[0].ID
}

func (s *shop) charge(card, key string, minor int64) (checkout.Order, error) {
	s.t.Helper()
	return s.desk().Charge(s.t.Context(), checkout.ChargeRequest{Key: by(key), Card: card, Minor: minor})
}

// paid is what Antom was asked to pay last.
func (s *shop) payRequests() (requests []antom.PayRequest) {
	s.t.Helper()
	for _, m := range s.control.Messages() {
		if m.Operation == "pay" {
			var req antom.PayRequest
			must(s.t, json.Unmarshal([]byte(m.Body), &req))
			requests = append(requests, req)
		}
	}
	return requests
}

// A charge pays an order of its own, names the first payment, and tells the buyer.
func TestASavedCardIsChargedWithoutItsBuyer(t *testing.T) {
	shop := newShop(t, charges)
	card := shop.savesCard()
	first := shop.card()["network_transaction_id"]
	o, err := shop.charge(card, "may", 1900)
	must(t, err)
	shop.quiet()
	shop.sweeps()
	if got := checkout.ChargeResultOf(o); got != checkout.ChargeSucceeded || o.Total.Minor != 1900 || o.Total.Currency != "SGD" {
		t.Fatalf("the charge has %s: %+v", got, o)
	}
	request := shop.payRequests()[1]
	meta := request.PaymentMethod.Metadata
	if request.PaymentMethod.ID == "" || meta == nil || meta.IsCardOnFile == nil || !*meta.IsCardOnFile || meta.RecurringType != "SCHEDULED" ||
		meta.NetworkTransactionID != first || meta.NetworkTransactionID == "" || meta.EnableAuthenticationUpgrade != nil || *meta.Is3DSAuthentication {
		t.Errorf("Antom was asked for %+v, the first payment is %v", request.PaymentMethod, first)
	}
	if request.Order.Buyer.ReferenceBuyerID != "buyer-1" || request.PaymentAmount.Minor() != 1900 {
		t.Errorf("Antom was asked for %v of %+v", request.PaymentAmount, request.Order.Buyer)
	}
	again, err := shop.charge(card, "may", 1900)
	must(t, err)
	if again.ID != o.ID || len(shop.payRequests()) != 2 || len(shop.audit()["order"]) != 2 {
		t.Errorf("the same key has charged again: %d calls", len(shop.payRequests()))
	}
	shop.expectCount(2, "order", "status", "paid")
	receipts := shop.emailsCalled("-receipt-")
	if len(receipts) != 2 || !slices.ContainsFunc(receipts, func(m views.EmailPreview) bool {
		return strings.Contains(m.Text, monthly[:11]) && strings.Contains(m.Text, "19.00")
	}) {
		t.Errorf("the buyer was told of %d orders", len(receipts))
	}
	if june, err := shop.charge(card, "june", 1900); err != nil || june.ID == o.ID {
		t.Errorf("another key is the charge %s, %v", june.ID, err)
	}
}

// A key means one charge; a card that its buyer has removed, that Antom refuses, or that
// was saved without a word of charges, is not charged.
func TestWhatIsNotCharged(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(shop *shop, card string)
		charge  checkout.ChargeRequest
		want    checkout.ErrorCode
		why     string
	}{
		"an unknown card": {charge: checkout.ChargeRequest{Card: "nothing", Minor: 1}, want: checkout.CodeNotFound},
		"another amount under the key": {
			prepare: func(s *shop, card string) { _, err := s.charge(card, "k", 200); must(s.t, err) }, want: checkout.CodeKeyReused, why: "SGD 200",
		},
		"the key of a refund": {prepare: func(s *shop, card string) {
			_, err := s.desk().Refund(s.t.Context(), s.orderID(), 100, by("k"))
			must(s.t, err)
		}, want: checkout.CodeKeyReused, why: "a refund of 100"},
		"a removed card": {prepare: func(s *shop, card string) { must(s.t, s.service.RemoveCard(s.t.Context(), "buyer-1", card)) }, want: checkout.CodeCardNotChargeable, why: "removed"},
		"a marked card": {prepare: func(s *shop, card string) {
			must(s.t, s.control.RevokeCard(card, ""))
			o, err := s.charge(card, "earlier", 100)
			must(s.t, err)
			if checkout.ChargeResultOf(o) != checkout.ChargeDeclined || o.Status != checkout.OrderCancelled {
				s.t.Errorf("a charge by a revoked token has %s, the order is %s", checkout.ChargeResultOf(o), o.Status)
			}
		}, want: checkout.CodeCardNotChargeable, why: "no longer takes"},
		"a card whose bank says never": {prepare: func(s *shop, card string) {
			s.notified("PAYMENT_RESULT", "S", "SUCCESS", `"paymentResultInfo":{"merchantAdviceCode":"21"}`)
		}, want: checkout.CodeCardNotChargeable, why: "never"},
		"no amount": {charge: checkout.ChargeRequest{Minor: -5}, want: checkout.CodeAmountInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t, charges)
			card := shop.savesCard()
			if c.prepare != nil {
				c.prepare(shop, card)
			}
			calls := len(shop.payRequests())
			want := c.charge
			if want.Card == "" {
				want.Card = card
			}
			if want.Minor == 0 {
				want.Minor = 100
			}
			want.Key = by("k")
			_, err := shop.desk().Charge(t.Context(), want)
			if codeOf(err) != c.want || err == nil || !strings.Contains(err.Error(), c.why) {
				t.Errorf("the charge is answered %v, want %s %q", err, c.want, c.why)
			}
			if len(shop.payRequests()) != calls {
				t.Error("Antom was asked")
			}
		})
	}
	shop := newShop(t, func(s *settings) { s.withoutSDK = true })
	if _, err := shop.charge(shop.savesCard(), "k", 100); codeOf(err) != checkout.CodeCardNotChargeable || !strings.Contains(err.Error(), "agreed to none") {
		t.Errorf("a card saved without a word of charges is answered %v", err)
	}
}

// A bank that wants its cardholder to confirm ends the charge; the same key again is no
// second try.
func TestAChargeThatNeedsItsBuyerIsCancelled(t *testing.T) {
	shop := newShop(t, charges)
	card := shop.savesCard()
	shop.fault(sandbox.Fault{Kind: sandbox.Challenge})
	o, err := shop.charge(card, "may", 1900)
	must(t, err)
	if checkout.ChargeResultOf(o) != checkout.ChargeUnconfirmed || o.Status != checkout.OrderCancelled {
		t.Errorf("the charge has %s, its order is %s", checkout.ChargeResultOf(o), o.Status)
	}
	if p, _ := shop.control.Ledger().Payment(o.Last().RequestID); p.Status != antom.PaymentCancelled {
		t.Errorf("at Antom it is %s", p.Status)
	}
	shop.control.ClearFaults()
	if again, err := shop.charge(card, "may", 1900); err != nil || again.ID != o.ID || len(shop.payRequests()) != 2 {
		t.Errorf("the same key again is the order %s (%v) with %d calls", again.Number, err, len(shop.payRequests()))
	}
}

// Law 3: no answer is unknown. The same key, or the sweeper, finds out how it ended, and
// the card is charged once.
func TestAChargeWithoutAnAnswerIsMadeOnce(t *testing.T) {
	for name, applied := range map[string]bool{"Antom has it": true, "Antom has it not": false} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t, charges, func(s *settings) { s.timeout = 500 * time.Millisecond })
			card := shop.savesCard()
			shop.fault(sandbox.Fault{Kind: sandbox.ResetByPeer, On: "pay", Apply: applied, Times: 1})
			shop.fault(sandbox.Fault{Kind: sandbox.Lose})
			o, err := shop.charge(card, "may", 1900)
			must(t, err)
			if checkout.ChargeResultOf(o) != checkout.ChargeAwaited {
				t.Fatalf("without an answer the charge has %s", checkout.ChargeResultOf(o))
			}
			again, err := shop.charge(card, "may", 1900)
			must(t, err)
			if again.ID != o.ID || checkout.ChargeResultOf(again) != checkout.ChargeSucceeded {
				t.Errorf("the same key again has %s", checkout.ChargeResultOf(again))
			}
			charged := 0
			for _, p := range shop.control.Ledger().Payments {
				if p.Amount == 1900 {
					charged++
				}
			}
			if charged != 1 {
				t.Errorf("Antom has %d payments of the charge", charged)
			}
		})
	}
}

// A charge that Antom never received is no charge that the bank wants confirmed.
func TestAChargeThatAntomNeverReceivedIsCancelled(t *testing.T) {
	shop := newShop(t, charges)
	card := shop.savesCard()
	shop.fault(sandbox.Fault{Kind: sandbox.ResetByPeer, On: "pay"})
	_, err := shop.charge(card, "may", 1900)
	must(t, err)
	for range 3 {
		shop.passes(time.Hour)
		shop.sweeps()
	}
	shop.control.ClearFaults()
	o, err := shop.charge(card, "may", 1900)
	must(t, err)
	if got := checkout.ChargeResultOf(o); got != checkout.ChargeCancelled || o.Closed == "" {
		t.Errorf("the charge has %s, its order is %s", got, o.Status)
	}
}

func codeOf(err error) checkout.ErrorCode {
	var e *checkout.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
