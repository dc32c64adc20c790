package sandbox

import "antom-checkout/antom"

// act does one act of the buyer's: pay, vanish (pay and never come back), decline,
// cancel (at their bank) or leave. It returns what is wrong with the card they typed, if that is why
// nothing happened. An act that comes too late, from a second tab, changes
// nothing and is no mistake.
func (ps *payments) act(p *Payment, act string, entered *card, reason antom.ResultCode) string {
	over := final(p.Status) && p.Status != antom.PaymentCancelled
	switch {
	case over:
	case act == "decline" && p.Status != antom.PaymentCancelled:
		if err := ps.buyerDeclined(p, reason); err != nil {
			ps.ledger.note(p, "declined too late")
		}
	case act == "cancel":
		if err := ps.buyerCancels(p); err != nil {
			ps.ledger.note(p, "cancelled too late")
		}
	case act == "leave":
		ps.buyerLeaves(p)
	case act == "pay" || act == "vanish":
		return ps.payWith(p, entered)
	}
	return ""
}

// payWith has the buyer pay, with the card they typed where the page asks for one.
func (ps *payments) payWith(p *Payment, entered *card) string {
	m, _ := methodOf(p.Method)
	if !m.isCard() || p.Step != "" || p.Status == antom.PaymentCancelled {
		entered = nil
	}
	if entered != nil {
		if mistake := cardMistake(entered, ps.scheduler.now()); mistake != "" {
			return mistake
		}
	}
	if err := ps.buyerPays(p, entered); err != nil {
		ps.ledger.note(p, "paid too late")
	}
	return ""
}

// buyerLeaves has the buyer go back to the shop without paying: nothing happens.
func (ps *payments) buyerLeaves(p *Payment) {
	ps.ledger.note(p, "the buyer went back without paying")
}
