package proof_test

import (
	"context"
	"slices"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/app"
	"antom-checkout/checkout"
)

// banksAsk reports whether the banks of a story may have buyers confirm their cards
// (3-D Secure). No regression has one of these remainders, so that those tell their old
// stories.
func banksAsk(seed uint64) bool { return seed%7 == 2 || seed%7 == 6 }

// asksBanks draws when the shop requires 3-D Secure.
func (s *simulation) asksBanks(c *app.Settings) {
	c.Payments.ThreeDS = []checkout.ThreeDSPolicy{checkout.ThreeDSAuto, checkout.ThreeDSAlways, checkout.ThreeDSOff}[s.fate.IntN(3)]
}

// buyerIsAsked has a buyer enter a card whose bank asks. After a while the buyer
// confirms, refuses, cancels or leaves, and then mostly tries again. It reports whether
// there is a card to ask about.
func (s *simulation) buyerIsAsked() bool {
	cards := s.unpaidCards()
	if len(cards) == 0 {
		return false
	}
	id := cards[s.fate.IntN(len(cards))]
	err := s.world.control.Challenge(id)
	s.world.tell("the buyer of %s is asked by the bank (%v)", id, err)
	act, do := s.actsAtTheBank()
	after, again := time.Duration(s.fate.Int64N(int64(time.Minute))), !s.once(4)
	pause := time.Duration(s.fate.Int64N(int64(20*time.Second))) + s.moment()
	orders := slices.Clone(s.orders)
	s.besideAfter(after, "the buyer of "+id+" "+act, func(ctx context.Context) (string, error) {
		if err := do(id); err != nil || !again {
			return "and no more", err
		}
		ends.add("cards: the buyer "+act, 1)
		time.Sleep(pause)
		return s.triesAgain(ctx, orders, id)
	})
	return true
}

// unpaidCards are the cards that are not paid yet, by the ids of their attempts.
func (s *simulation) unpaidCards() (ids []string) {
	ledger := s.world.control.Ledger()
	for _, session := range ledger.Sessions {
		if !session.Submitted && session.Terms.Method == "CARD" {
			ids = append(ids, session.RequestID)
		}
	}
	for _, p := range ledger.Payments {
		if p.Method == "CARD" && p.Status == antom.PaymentProcessing {
			ids = append(ids, p.RequestID)
		}
	}
	return ids
}

func (s *simulation) actsAtTheBank() (act string, do func(id string) error) {
	switch s.fate.IntN(6) {
	case 0, 1:
		return "confirms", s.world.control.Pay
	case 2, 3:
		return "refuses to confirm", func(id string) error { return s.world.control.Decline(id, "") }
	case 4:
		return "cancels at the bank", s.world.control.CancelChallenge
	}
	return "leaves the bank's page", s.world.control.Leave
}

// triesAgain has the buyer of an attempt start to pay by card once more.
func (s *simulation) triesAgain(ctx context.Context, orders []checkout.Order, id string) (string, error) {
	p := s.world.program()
	for _, o := range orders {
		now, err := p.store.OrderByID(ctx, o.ID)
		if err != nil {
			return "", err
		}
		if now.Payment(id) != nil {
			started, err := p.service.Start(ctx, o.Token, checkout.Attempt{Method: "CARD", Mode: checkout.ModeAPI, Device: browser})
			return "tries again: " + string(started.Action.Type) + " " + started.Payment.RequestID, err
		}
	}
	return "", nil
}

// bankDemands has the banks of the next cards demand 3-D Secure, or ask unasked.
func (s *simulation) bankDemands() {
	f := sandbox.Fault{Kind: sandbox.SoftDecline, Times: 1 + s.fate.IntN(2)}
	if s.once(3) {
		f.Kind = sandbox.Challenge
	}
	_, err := s.world.control.AddFault(f)
	must(s.t, err)
	s.world.tell("from now on: %s of %d cards", f.Kind, f.Times)
}

// cardsRequireWhatBanksDemand: after a card that was declined for want of the buyer's
// confirmation every card of its order requires 3-D Secure.
func (s *simulation) cardsRequireWhatBanksDemand() {
	const demanded = `
		  FROM payments AS declined
		  JOIN transitions ON transitions.payment_request_id = declined.request_id AND transitions.subject = 'payment'
		                  AND transitions.to_status = 'failed'
		 WHERE declined.method = 'CARD' AND declined.status = 'failed'
		   AND declined.result_code IN ('AUTHENTICATION_REQUIRED', 'USER_PAYMENT_VERIFICATION_FAILED')`
	unasked := s.world.wires.count(s.world.program(), `
		SELECT count(*)
		  FROM payments
		 WHERE method = 'CARD' AND three_ds = 0
		   AND EXISTS (SELECT 1 `+demanded+` AND declined.order_id = payments.order_id AND transitions.at < payments.created_at)`)
	if unasked > 0 {
		s.world.wires.lawBroken("a card was tried again without the 3-D Secure that its bank had demanded")
	}
	ends.add("cards tried with 3-D Secure after a decline that demanded it", s.world.wires.count(s.world.program(), `
		SELECT count(*)
		  FROM payments
		 WHERE method = 'CARD' AND three_ds = 1
		   AND EXISTS (SELECT 1 `+demanded+` AND declined.order_id = payments.order_id AND transitions.at < payments.created_at)`))
}
