package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"antom-checkout/antom"
)

// This file plays the bank of a card, which may have its buyer confirm a payment (3-D
// Secure): because the merchant requires it, because Antom adds it to a payment that
// the bank would decline otherwise, or because it wants to.

// bankHabit is how the bank of a test card acts.
type bankHabit string

const (
	demandsThreeDS bankHabit = "demands" // declines without 3-D Secure: a soft decline
	alwaysAsks     bankHabit = "asks"    // has the buyer confirm every payment
	neverAsks      bankHabit = "never"   // passes 3-D Secure without a challenge: frictionless
)

// Antom's codes for how a challenge ended without the buyer's confirmation, and EMVCo's
// reasons of a failed authentication.
const (
	cancelledByBuyer = "01"
	abandoned        = "03"

	authenticationFailed = "01"
	timedOut             = "14"
)

// The codes of a card that its buyer has not confirmed.
const (
	demanded    antom.ResultCode = "AUTHENTICATION_REQUIRED"
	notVerified antom.ResultCode = "USER_PAYMENT_VERIFICATION_FAILED"
)

// asksFirst has the card's bank decide before the money is authorised. It reports
// whether the payment waits for the buyer, or has been declined. Korean cards have no
// 3-D Secure, and those of Brazil no upgrade.
func (ps *payments) asksFirst(p *Payment, habit bankHabit) bool {
	if p.Step != "" || p.Card == nil || p.Card.PaymentMethodRegion == "KR" || p.Terms.MPI != nil {
		return false
	}
	_, softDecline := ps.faults.inject("card", p.RequestID, SoftDecline)
	_, challenge := ps.faults.inject("card", p.RequestID, Challenge)
	demands := softDecline || habit == demandsThreeDS
	upgrades := p.Terms.Upgrade && p.Card.PaymentMethodRegion != "BR"
	switch {
	case demands && !p.Terms.ThreeDS && !upgrades:
		ps.decline(p, demanded)
	case demands, challenge, habit == alwaysAsks, p.Terms.ThreeDS && habit != neverAsks:
		ps.challenge(p)
	default:
		return false
	}
	return true
}

// challenge sends the buyer to their bank's 3-D Secure page.
func (ps *payments) challenge(p *Payment) {
	p.Step = stepThreeDS
	ps.ledger.note(p, "the card's bank asks the buyer to authenticate (3-D Secure)")
}

// authenticate fills in the result of a 3-D Secure that has succeeded, with a challenge
// or without. Without either there was none.
func (p *Payment) authenticate(challenged bool) {
	if mpi := p.Terms.MPI; mpi != nil && p.Card != nil {
		p.Card.ThreeDSResult = &antom.ThreeDSResult{
			ThreeDSVersion: mpi.ThreeDSVersion, ECI: mpi.ECI, CAVV: mpi.CAVV, DSTransactionID: mpi.DSTransactionID,
		}
		return
	}
	if p.Card == nil || p.Card.PaymentMethodRegion == "KR" || !p.Terms.ThreeDS && !challenged {
		return
	}
	p.Card.ThreeDSResult = p.threeDSResult(challenged)
	p.Card.ThreeDSResult.ECI = eci(p.Card.CardBrand, "05", "02")
	p.Card.ThreeDSResult.CAVV = base64.StdEncoding.EncodeToString(p.digest("cavv")[:20])
}

// failAuthentication fills in the result of a challenge that the buyer did not pass:
// why, and who ended it where the buyer has not answered.
func (p *Payment) failAuthentication(reason, cancelledBy string) {
	if p.Card == nil {
		return
	}
	p.Card.ThreeDSResult = p.threeDSResult(true)
	p.Card.ThreeDSResult.ECI = eci(p.Card.CardBrand, "07", "00")
	p.Card.ThreeDSResult.StatusReason, p.Card.ThreeDSResult.ChallengeCancel = reason, cancelledBy
}

func (p *Payment) threeDSResult(challenged bool) *antom.ThreeDSResult {
	buyerAsked, id := antom.Bool(challenged), p.digest("ds")
	return &antom.ThreeDSResult{
		ThreeDSVersion: "2.2.0", Offered: antom.True, Challenged: &buyerAsked,
		DSTransactionID: fmt.Sprintf("%x-%x-4%x-8%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:16]),
	}
}

// digest makes values of a payment that no other payment has.
func (p *Payment) digest(of string) []byte {
	sum := sha256.Sum256([]byte(of + p.ID))
	return sum[:]
}

// eci is the strength of an authentication: Mastercard counts by its own numbers.
func eci(brand, usual, mastercard string) string {
	if brand == "MASTERCARD" {
		return mastercard
	}
	return usual
}

// buyerCancels has the buyer cancel on the bank's page.
func (ps *payments) buyerCancels(p *Payment) error {
	if final(p.Status) || p.Step != stepThreeDS {
		return errOver
	}
	p.failAuthentication(authenticationFailed, cancelledByBuyer)
	ps.refuse(p, notVerified)
	return nil
}

// buyerRefused ends a payment on the bank's page: the buyer has not confirmed it, or
// has, and then the bank declines for another reason.
func (ps *payments) buyerRefused(p *Payment, code antom.ResultCode) {
	if code != demanded && code != notVerified {
		p.authenticate(true)
		ps.decline(p, code)
		return
	}
	p.failAuthentication(authenticationFailed, "")
	ps.refuse(p, code) // the acquirer never saw the card
}

// passesUnasked sends a buyer whose card the merchant has to a page of the bank that
// asks nothing, where the merchant requires 3-D Secure and the bank does not ask.
func (ps *payments) passesUnasked(p *Payment, entered *card) bool {
	if !p.Terms.ThreeDS || entered.habit() != neverAsks || entered.outcome(ps.scheduler.now()) != "" {
		return false
	}
	ps.takeCard(p, entered)
	p.Step = stepFrictionless
	ps.ledger.note(p, "3-D Secure passes when the buyer's browser comes by")
	return true
}

// buyerPaysAsAsked has the buyer pay, and confirm it where the bank asks.
func (ps *payments) buyerPaysAsAsked(p *Payment) error {
	if err := ps.buyerPays(p, nil); err != nil || p.Step != stepThreeDS || final(p.Status) {
		return err
	}
	return ps.buyerPays(p, nil)
}

// buyerIsAsked has the buyer enter a card whose bank then asks.
func (ps *payments) buyerIsAsked(p *Payment) error {
	m, _ := methodOf(p.Method)
	if final(p.Status) || !m.isCard() || p.Step != "" {
		return errNotAsked
	}
	ps.takeCard(p, p.usualCard())
	ps.challenge(p)
	return nil
}
