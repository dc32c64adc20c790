package sandbox

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"antom-checkout/antom"
)

// after is the law of payments: what may follow each status. A refund leaves a
// payment SUCCESS.
var after = map[antom.PaymentStatus][]antom.PaymentStatus{
	antom.PaymentProcessing: {antom.PaymentSuccess, antom.PaymentFail, antom.PaymentPendingNow, antom.PaymentCancelled},
	antom.PaymentPendingNow: {antom.PaymentSuccess, antom.PaymentFail, antom.PaymentCancelled},
	antom.PaymentSuccess:    {antom.PaymentCancelled},
}

// final says that the buyer can do nothing more about it.
func final(status antom.PaymentStatus) bool {
	return status != antom.PaymentProcessing && status != antom.PaymentPendingNow
}

const keptHistory = 50

// tell adds a line to the payment's history. The lock is held, here and in all
// of this file.
func (s *Sandbox) tell(p *Payment, text string, args ...any) {
	if len(p.History) < keptHistory {
		p.History = append(p.History, Event{At: s.now(), Text: fmt.Sprintf(text, args...)})
	}
	s.keep(p)
}

// become moves a payment into another status, if the law allows it.
func (s *Sandbox) become(p *Payment, status antom.PaymentStatus, code antom.ResultCode) {
	if !slices.Contains(after[p.Status], status) {
		panic(fmt.Sprintf("sandbox: a payment that is %s cannot become %s", p.Status, status))
	}
	s.tell(p, "%s → %s (%s)", p.Status, status, code)
	p.Status, p.ResultCode = status, code
	if final(status) {
		p.Step = ""
		s.forget(s.closers[p])
		delete(s.closers, p)
	}
}

// openPayment starts a payment: the buyer has not acted yet.
func (s *Sandbox) openPayment(requestID string, m method, terms Terms, wishedEnd time.Time) *Payment {
	now := s.now()
	token := rand.Text()
	p := &Payment{
		RequestID: requestID, ID: newID(now), Status: antom.PaymentProcessing, ResultCode: "PAYMENT_IN_PROCESS",
		Method: m.Code, Money: terms.Money, CreatedAt: now, ClosesAt: m.closeTime(now, wishedEnd),
		Token: token, BuyerURL: s.url + "/buyer/" + token, Terms: terms,
	}
	if m.isCard() && terms.IssuerBrand != "" {
		p.Step = stepIssuer
	}
	s.addPayment(p)
	s.tell(p, "opened, closes at %s", p.ClosesAt.UTC().Format(time.TimeOnly))
	s.watch(p)
	return p
}

// watch closes the payment at its time.
func (s *Sandbox) watch(p *Payment) {
	s.closers[p] = s.plan(p.ClosesAt, func() {
		if !final(p.Status) {
			s.closePayment(p)
		}
	})
}

// closePayment ends an unpaid payment: nobody paid in time.
func (s *Sandbox) closePayment(p *Payment) {
	s.become(p, antom.PaymentFail, antom.CodeOrderIsClosed)
	s.noticePayment(p, "PAYMENT_RESULT", 0)
}

var (
	errOver    = errors.New("sandbox: the payment is over; the buyer can do nothing more about it")
	errExpired = errors.New("sandbox: the session has expired")
)

// Where a card's buyer may be on the way.
const (
	stepThreeDS = "three_ds"
	stepIssuer  = "issuer"
)

// buyerPays has the buyer pay: with a card that was typed in, or with nil by
// whatever succeeds. What a test card is made to refuse is refused.
func (s *Sandbox) buyerPays(p *Payment, entered *card) error {
	if p.Status == antom.PaymentCancelled {
		s.paidTooLate(p)
		return nil
	}
	if final(p.Status) {
		return errOver
	}
	s.pays(p, entered)
	return nil
}

// pays carries an open payment to what its amount, card and method make of it.
func (s *Sandbox) pays(p *Payment, entered *card) {
	m, _ := methodOf(p.Method)
	if p.Amount == riskAmount {
		s.decline(p, "RISK_REJECT")
		return
	}
	if m.isCard() {
		if entered == nil && p.Card == nil {
			entered = p.usualCard()
		}
		if entered != nil {
			p.Card = s.cardInfo(entered)
			if code := entered.outcome(s.now()); code != "" {
				s.decline(p, code)
				return
			}
		}
	}
	if m.Pends && p.Status == antom.PaymentProcessing {
		s.pend(p)
		return
	}
	s.payPayment(p)
}

// payPayment makes the payment a success, and has a card's money captured.
func (s *Sandbox) payPayment(p *Payment) {
	p.PaidAt = s.now()
	challenged := p.Step == stepThreeDS
	s.become(p, antom.PaymentSuccess, antom.CodeSuccess)
	if p.Method == "CARD" {
		p.AuthEndsAt = p.PaidAt.Add(7 * day)
		p.authorise()
		p.authenticate(challenged)
		s.keepCard(p)
	}
	s.noticePayment(p, "PAYMENT_RESULT", s.delays.notice)
	if p.Method != "CARD" {
		return
	}
	if p.Terms.ManualCapture {
		s.plan(p.AuthEndsAt, func() { s.releaseAuthorization(p) })
		return
	}
	s.captureByItself(p)
}

// buyerDeclined has the buyer's bank or wallet say no.
func (s *Sandbox) buyerDeclined(p *Payment, code antom.ResultCode) error {
	if final(p.Status) {
		return errOver
	}
	if code == "" {
		code = usualRefusal(p)
	}
	s.decline(p, code)
	return nil
}

// decline ends an open payment without money.
func (s *Sandbox) decline(p *Payment, code antom.ResultCode) {
	s.become(p, antom.PaymentFail, code)
	p.authorise()
	if p.Card != nil {
		p.Card.RefusalCodeRaw, p.Card.RefusalReasonRaw = "05", "Do not honor"
	}
	s.noticePayment(p, "PAYMENT_RESULT", s.delays.notice)
}

// buyerPends has the buyer do their part of a method that confirms later.
func (s *Sandbox) buyerPends(p *Payment) error {
	if p.Status != antom.PaymentProcessing {
		return errOver
	}
	s.pend(p)
	return nil
}

func (s *Sandbox) pend(p *Payment) {
	s.become(p, antom.PaymentPendingNow, antom.CodePaymentInProcess)
	// A pending payment is given the week that the slowest method needs.
	s.forget(s.closers[p])
	p.ClosesAt = s.now().Add(7 * day)
	s.watch(p)
	s.noticePayment(p, "PAYMENT_PENDING", s.delays.notice)
}

// paidTooLate: the buyer had the page still open and paid after the merchant
// had cancelled. The money goes back by itself, and the status stays.
func (s *Sandbox) paidTooLate(p *Payment) {
	if p.LatePaid {
		return
	}
	p.LatePaid = true
	now := s.now()
	r := &Refund{
		RequestID: "AUTO" + newID(now), ID: newID(now), PaymentID: p.ID, PaymentRequestID: p.RequestID,
		Status: antom.TransactionSuccess, ResultCode: antom.CodeSuccess, Money: p.Money, Automatic: true,
		CreatedAt: now, DoneAt: now,
	}
	s.addRefund(r)
	s.keep(r)
	s.tell(p, "paid after the cancel: given back in full")
}

// usualRefusal is what a method mostly refuses with.
func usualRefusal(p *Payment) antom.ResultCode {
	switch {
	case p.Step == stepThreeDS || p.Step == stepIssuer:
		return "USER_PAYMENT_VERIFICATION_FAILED"
	case p.Method == "CARD":
		return "ACCESS_DENIED"
	}
	return "USER_BALANCE_NOT_ENOUGH"
}

// releaseAuthorization: the merchant did not capture within seven days.
func (s *Sandbox) releaseAuthorization(p *Payment) {
	if done, underWay := s.captured(p); p.Status == antom.PaymentSuccess && done+underWay == 0 {
		s.tell(p, "the authorization ended; the money is released")
	}
}
