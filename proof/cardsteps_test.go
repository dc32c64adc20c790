package proof_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"antom-checkout/checkout"
)

// TestACardPaymentDiesAtEveryStep pays by a card typed in the shop, by a saved card and by
// a charge without the buyer, and ends the program after its first step, in another story
// after its second, and so on. After the next start the buyer or the operator tries again.
// All laws must hold, and nothing is paid twice.
func TestACardPaymentDiesAtEveryStep(t *testing.T) {
	t.Parallel()
	testKeys()
	const paid = `
		SELECT count(*)
		  FROM payments
		 WHERE order_id = (SELECT max(id) FROM orders) AND status IN ('authorized', 'paid')`
	for _, way := range []cardWay{
		{"typed in the shop", (*cardStep).startsTyped, (*cardStep).startsTyped, paid, false},
		{"typed in the shop, and the buyer only looks", (*cardStep).startsTyped, func(s *cardStep) { s.refreshes(s.order, 0) }, paid, false},
		{"saved", (*cardStep).startsSaved, (*cardStep).startsSaved, paid, true},
		{"charged", (*cardStep).charges, (*cardStep).charges, paid, true},
		{"saved, and removed meanwhile", (*cardStep).startsSaved, (*cardStep).removesItsCard, `SELECT count(*) FROM saved_cards`, true},
		{"charged, and removed meanwhile", (*cardStep).charges, (*cardStep).removesItsCard, `SELECT count(*) FROM saved_cards`, true},
		{"removed", (*cardStep).removesItsCard, (*cardStep).removesItsCard, `SELECT count(*) FROM saved_cards WHERE removed_at IS NOT NULL`, true},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			steps := 0
			for way.diesAfter(t, steps) && !t.Failed() {
				steps += short(1, 5)
			}
			t.Logf("died at each of %d steps", steps)
			if steps < 2 {
				t.Errorf("only %d steps were seen", steps)
			}
		})
	}
}

// cardWay is a way to use a card.
type cardWay struct {
	name   string
	acts   func(*cardStep)
	again  func(*cardStep) // after the next start
	done   string          // counts what has come of it: one
	always bool            // also where the program has died
}

// diesAfter tells the story of a program that dies after so many steps, and reports
// whether it has died before all was done.
func (way cardWay) diesAfter(t *testing.T, steps int) (died bool) {
	t.Helper()
	folder := tempFolder(t)
	synctest.Test(t, func(t *testing.T) {
		s := &cardStep{simulation: newSimulation(t, cardSeed, folder)}
		defer s.world.end()
		defer s.world.wires.close()
		s.world.shop.Payments.Cards.Charges = "We charge what you drink in a month."
		s.restart("been configured")
		s.savesItsCard()
		s.placeOrder()
		s.order = s.orders[len(s.orders)-1]
		s.world.tell("the shop will crash in %d steps", steps)
		s.world.program().fuse.light(steps)
		way.acts(s)
		s.acting.Wait()
		if died = !s.world.program().fuse.holds(); died {
			s.restart("crashed")
			time.Sleep(time.Second)
			way.again(s)
		}
		s.calm()
		for _, problem := range s.problems() {
			t.Errorf("%d steps: %s", steps, problem)
		}
		if n := s.world.wires.count(s.world.program(), way.done); n != 1 && (way.always || !died) {
			t.Errorf("%d steps: done %d times", steps, n)
		}
		if t.Failed() {
			t.Logf("the story:\n%s", strings.Join(s.world.story, "\n"))
		}
	})
	return died
}

// cardStep is a story with one saved card, and an order that is not paid yet.
type cardStep struct {
	*simulation
	card  string
	order checkout.Order
}

// cardSeed is a story of cards whose messages do not cross and whose banks ask for nothing.
const cardSeed = 16

// savesItsCard has the buyer of the next orders pay with a card that is saved.
func (s *cardStep) savesItsCard() {
	for len(s.orders) < 2 {
		s.placeOrder()
	}
	s.order = s.orders[1]
	want := s.attempt()
	want.Entered, want.Choice.Save = entered(typed[0], "12/39"), true
	s.starts(s.order, want, 0)
	s.acting.Wait()
	time.Sleep(time.Minute)
	cards, err := s.world.program().store.SavedCards(s.t.Context(), s.order.BuyerReference)
	must(s.t, err)
	if len(cards) != 1 {
		s.t.Fatalf("%d cards are saved", len(cards))
	}
	s.card = cards[0].ID
	s.placeOrder() // that of the other buyer
}

func (s *cardStep) attempt() checkout.Attempt {
	return checkout.Attempt{Method: checkout.MethodCard, Mode: checkout.ModeAPI, Device: browser, Buyer: s.order.BuyerReference, Language: "en"}
}

func (s *cardStep) startsTyped() {
	want := s.attempt()
	want.Entered = entered(typed[0], "12/39")
	s.starts(s.order, want, 0)
}

func (s *cardStep) startsSaved() {
	want := s.attempt()
	want.Choice.Saved = s.card
	s.starts(s.order, want, 0)
}

func (s *cardStep) removesItsCard() {
	s.removes(checkout.SavedCard{ID: s.card, Buyer: s.order.BuyerReference}, s.order.BuyerReference)
}

// charges has the operator charge the card, each time with the same key.
func (s *cardStep) charges() {
	s.charge(checkout.ChargeRequest{Key: checkout.Key{Operator: "op", Idempotency: "the charge"}, Card: s.card, Minor: prices[s.world.shop.Shop.Currency]}, s.world.program().desk)
}
