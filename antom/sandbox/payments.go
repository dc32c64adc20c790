package sandbox

import (
	"cmp"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"antom-checkout/antom"
)

// payments starts payments and takes them to their end. The payments themselves
// are the ledger's, whose lock is held in all methods.
type payments struct {
	url        string
	delays     delays
	ledger     *ledger
	scheduler  *scheduler
	faults     *faults
	notifier   *notifier
	cards      *savedCards
	operations *operations
}

var (
	errOver     = errors.New("sandbox: the payment is over; the buyer can no longer act on it")
	errExpired  = errors.New("sandbox: the session has expired")
	errNotAsked = errors.New("sandbox: this is no card payment that a bank could ask about now")
)

// Where a card's buyer may be on the way.
const (
	stepThreeDS      = "three_ds"
	stepFrictionless = "frictionless" // 3-D Secure passes when the buyer's browser comes by
	stepIssuer       = "issuer"
)

// open starts a payment: the buyer has not acted yet.
func (ps *payments) open(requestID string, m method, terms Terms, wishedEnd time.Time) *Payment {
	now := ps.scheduler.now()
	token := rand.Text()
	p := &Payment{
		RequestID: requestID, ID: newID(now), Status: antom.PaymentProcessing, ResultCode: "PAYMENT_IN_PROCESS",
		Method: m.Code, Money: terms.Money, CreatedAt: now, ClosesAt: m.closeTime(now, wishedEnd),
		Token: token, BuyerURL: ps.buyerURL(token), Terms: terms,
	}
	if m.isCard() && terms.IssuerBrand != "" {
		p.Step = stepIssuer
	}
	ps.ledger.addPayment(p)
	ps.ledger.note(p, "opened, closes at %s", p.ClosesAt.UTC().Format(time.TimeOnly))
	ps.watch(p)
	return p
}

func (ps *payments) buyerURL(token string) string { return ps.url + "/buyer/" + token }

// watch closes the payment at its time.
func (ps *payments) watch(p *Payment) {
	ps.ledger.closers[p] = ps.scheduler.plan(p.ClosesAt, func() {
		if !final(p.Status) {
			ps.close(p)
		}
	})
}

// close ends a payment that was not paid in time.
func (ps *payments) close(p *Payment) {
	if p.Step == stepThreeDS {
		p.failAuthentication(timedOut, abandoned)
	}
	ps.ledger.transition(p, antom.PaymentFail, antom.CodeOrderIsClosed)
	ps.notifier.notifyPayment(p, "PAYMENT_RESULT", 0)
}

// buyerPays has the buyer pay: with a card that was typed in, or with nil by
// what succeeds. What a test card is made to refuse is refused.
func (ps *payments) buyerPays(p *Payment, entered *card) error {
	if p.Status == antom.PaymentCancelled {
		ps.refundLatePayment(p)
		return nil
	}
	if final(p.Status) {
		return errOver
	}
	ps.complete(p, entered)
	return nil
}

// complete takes an open payment to what its amount, card and method lead to.
func (ps *payments) complete(p *Payment, entered *card) {
	m, _ := methodOf(p.Method)
	if p.Amount == riskAmount {
		ps.decline(p, "RISK_REJECT")
		return
	}
	if m.isCard() && ps.cardStops(p, entered) {
		return
	}
	if m.Pends && p.Status == antom.PaymentProcessing {
		ps.pend(p)
		return
	}
	ps.succeed(p)
}

// cardStops reports whether the card or its bank keeps the payment from being
// authorised now.
func (ps *payments) cardStops(p *Payment, entered *card) bool {
	switch {
	case p.Step == stepIssuer:
		p.Card, entered = issuerCard(p.Terms.IssuerBrand), nil
	case entered == nil && p.Card == nil:
		entered = p.usualCard()
	}
	var code antom.ResultCode
	var habit bankHabit
	if entered != nil {
		ps.takeCard(p, entered)
		code, habit = entered.outcome(ps.scheduler.now()), entered.habit()
	}
	switch {
	case code != "" && code == entered.bankRefuses():
		ps.decline(p, code)
		return true
	case code != "":
		ps.refuse(p, code)
		return true
	case !p.Terms.splits(p.Card.CardBrand):
		ps.refuse(p, "CARD_NOT_SUPPORTED")
		return true
	}
	return ps.asksFirst(p, habit)
}

// succeed makes the payment a success. A card's money is then captured, unless
// the merchant wants to capture it.
func (ps *payments) succeed(p *Payment) {
	p.PaidAt = ps.scheduler.now()
	challenged := p.Step == stepThreeDS
	ps.ledger.transition(p, antom.PaymentSuccess, antom.CodeSuccess)
	if p.Method == "CARD" {
		p.AuthEndsAt = p.PaidAt.Add(7 * day)
		ps.authorise(p)
		p.approve()
		p.reportPlan()
		p.authenticate(challenged)
		if saved := ps.cards.addOf(p); saved != nil {
			ps.ledger.keep(saved)
		}
	}
	ps.notifier.notifyPayment(p, "PAYMENT_RESULT", ps.delays.notification)
	switch {
	case p.Method != "CARD":
	case p.Terms.ManualCapture:
		ps.watchAuthorization(p)
	default:
		ps.operations.captureAutomatically(p)
	}
}

// watchAuthorization releases an authorization that the merchant did not capture
// within seven days.
func (ps *payments) watchAuthorization(p *Payment) {
	ps.scheduler.plan(p.AuthEndsAt, func() {
		if done, underWay := ps.ledger.captured(p); p.Status == antom.PaymentSuccess && done+underWay == 0 {
			ps.ledger.note(p, "the authorization ended; the money is released")
		}
	})
}

// buyerDeclined has the buyer's bank or wallet refuse.
func (ps *payments) buyerDeclined(p *Payment, code antom.ResultCode) error {
	if final(p.Status) {
		return errOver
	}
	if code == "" {
		code = usualRefusal(p)
	}
	if p.Step == stepThreeDS {
		ps.buyerRefused(p, code)
		return nil
	}
	ps.decline(p, code)
	return nil
}

// decline ends an open payment without money: the buyer's bank or wallet has refused.
func (ps *payments) decline(p *Payment, code antom.ResultCode) {
	if p.Method == "CARD" && !slices.Contains(beforeTheBank, code) {
		if p.Card == nil {
			ps.takeCard(p, p.usualCard()) // no bank declines what no buyer has entered
		}
		ps.authorise(p)
		ps.noteRefusal(p, code)
	}
	ps.refuse(p, code)
}

// takeCard notes what is known of the card that the buyer has entered.
func (ps *payments) takeCard(p *Payment, entered *card) {
	p.Card = ps.cards.infoFor(p, entered)
	p.Card.CardBrand = cmp.Or(p.Terms.Brand, p.Card.CardBrand)
	p.WithoutCVV = entered.CVV == ""
}

// refuse ends an open payment without money.
func (ps *payments) refuse(p *Payment, code antom.ResultCode) {
	ps.ledger.transition(p, antom.PaymentFail, code)
	ps.notifier.notifyPayment(p, "PAYMENT_RESULT", ps.delays.notification)
}

// buyerPends has the buyer do their part of a method that confirms later.
func (ps *payments) buyerPends(p *Payment) error {
	if p.Status != antom.PaymentProcessing {
		return errOver
	}
	ps.pend(p)
	return nil
}

// pend makes the payment PENDING and gives it the week that the slowest method
// needs.
func (ps *payments) pend(p *Payment) {
	ps.ledger.transition(p, antom.PaymentPendingNow, antom.CodePaymentInProcess)
	ps.scheduler.cancel(ps.ledger.closers[p])
	p.ClosesAt = ps.scheduler.now().Add(7 * day)
	ps.watch(p)
	ps.notifier.notifyPayment(p, "PAYMENT_PENDING", ps.delays.notification)
}

// refundLatePayment refunds a payment that the buyer made after the merchant's
// cancel, because the page was still open. The status stays CANCELLED.
func (ps *payments) refundLatePayment(p *Payment) {
	if p.LatePaid {
		return
	}
	p.LatePaid = true
	now := ps.scheduler.now()
	r := &Refund{
		RequestID: "AUTO" + newID(now), ID: newID(now), PaymentID: p.ID, PaymentRequestID: p.RequestID,
		Status: antom.TransactionSuccess, ResultCode: antom.CodeSuccess, Money: p.Money, Automatic: true,
		CreatedAt: now, DoneAt: now,
	}
	ps.ledger.addRefund(r)
	ps.ledger.keep(r)
	ps.ledger.note(p, "paid after the cancel: refunded in full")
}

// usualRefusal is what a method mostly refuses with.
func usualRefusal(p *Payment) antom.ResultCode {
	switch {
	case p.Step == stepThreeDS || p.Step == stepIssuer:
		return notVerified
	case p.Method == "CARD":
		return "ACCESS_DENIED"
	}
	return "USER_BALANCE_NOT_ENOUGH"
}

// resume plans what was still to come for the payments that the journal held.
func (ps *payments) resume() {
	for _, p := range ps.ledger.paymentList {
		p.BuyerURL = ps.buyerURL(p.Token)
		switch {
		case !final(p.Status):
			ps.watch(p)
		case p.Status == antom.PaymentSuccess && p.Terms.ManualCapture:
			ps.watchAuthorization(p)
		}
	}
}
