package checkout

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// OperatorMatter is a kind of matter that an operator has to act on. The topic of its
// email in the outbox is operatorPrefix followed by it.
type OperatorMatter string

// The matters. Within an order there is one email for each matter and subject.
const (
	MatterReview        OperatorMatter = "review"         // the order is under review
	MatterCaptureDue    OperatorMatter = "capture-due"    // an authorisation ends soon
	MatterCaptureFailed OperatorMatter = "capture-failed" // Antom refuses a capture
	MatterRefundFailed  OperatorMatter = "refund-failed"  // Antom refuses a refund that an operator has ordered
	MatterUndelivered   OperatorMatter = "undelivered"    // an email to the buyer was given up
	MatterDispute       OperatorMatter = "dispute"        // the buyer's bank disputes a payment
	MatterDisputeDue    OperatorMatter = "dispute-due"    // the answer to a dispute is due soon
	MatterShopFault     OperatorMatter = "shop-fault"     // a buyer cannot pay because of the shop's settings
	MatterStray         OperatorMatter = "stray"          // Antom's notifications about no payment of the shop
	MatterEndpointOff   OperatorMatter = "endpoint-off"   // a webhook endpoint was switched off
)

// operatorPrefix is how the topics of emails to the operator begin, and of nothing
// else.
const operatorPrefix = "operator."

// reviewGrace is how long an inquiry has to resolve a contradiction before the operator
// is told of it.
const reviewGrace = time.Minute

// OperatorEmail is an email to the person who runs the shop. Of the buyer it holds no more
// than the last digits of their card, by which the payment is found at Antom and at banks.
type OperatorEmail struct {
	ID       string // the same whenever the same email is sent
	Matter   OperatorMatter
	Order    string // its id
	Number   string
	Status   OrderStatus
	Review   Review    // of MatterReview
	Code     string    // Antom's result code: of a failed operation or attempt
	About    string    // a request id, the topic of MatterUndelivered, or the id of a webhook endpoint
	Amount   Money     // of a failed capture or refund
	Until    time.Time // of MatterCaptureDue: when the authorisation ends; of MatterDispute and MatterDisputeDue: when its answer is due
	Dispute  Dispute   // of MatterDispute and MatterDisputeDue
	Card     Card      // of the payment that the email is about; zero where it has none
	Strays   []Stray   // of MatterStray, which is about no order
	Endpoint string    // of MatterEndpointOff, which is about no order: the host of its address
}

// OperatorMailer sends emails to the operator, as Mailer does to buyers.
type OperatorMailer interface {
	MailOperator(context.Context, OperatorEmail) error
}

// OperatorEffect is the effect of telling the operator about a matter.
func OperatorEffect(matter OperatorMatter, about string) Effect {
	return Effect(operatorPrefix + string(matter) + ":" + about)
}

// IsOperatorEmail reports whether the effect is an email to the operator.
func (e Effect) IsOperatorEmail() bool { return strings.HasPrefix(string(e), operatorPrefix) }

// Delay is how long the effect waits before it is carried out for the first time.
func (e Effect) Delay() time.Duration {
	if strings.HasPrefix(string(e), operatorPrefix+string(MatterReview)+":") {
		return reviewGrace
	}
	return 0
}

// AfterGivenUp are the effects of giving an effect up: the operator is told that a buyer
// who has paid does not get an email. An order that was never paid may name any address,
// and the operator can do nothing about it.
func AfterGivenUp(o Order, e Effect) []Effect {
	if email, _ := NewEmail(o, e); e.IsEmail() && !email.HasAllowance() {
		return []Effect{OperatorEffect(MatterUndelivered, string(e))}
	}
	return nil
}

// operatorEmailsDue are the emails to the operator after a change. A review has a new
// topic each time it is raised, because an earlier one may have ended.
func operatorEmailsDue(before, after Order) []Effect {
	var due []Effect
	if after.Review != "" && after.Review != before.Review {
		due = append(due, OperatorEffect(MatterReview, strconv.FormatInt(before.Version+1, 10)))
	}
	for _, p := range after.Payments {
		was := before.Payment(p.RequestID)
		if was == nil {
			was = &Payment{}
		}
		if p.ShopFault && p.Status == PaymentFailed && was.Status != PaymentFailed {
			due = append(due, OperatorEffect(MatterShopFault, p.ResultCode))
		}
		for _, op := range p.Operations {
			opWas := was.Operation(op.Kind, op.RequestID)
			if op.Status != OperationFailed || opWas != nil && opWas.Status == OperationFailed {
				continue
			}
			switch {
			case op.Kind == Refund && op.Key != "" && op.Key != ownKey: // the shop repeats its own until the order is under review
				due = append(due, OperatorEffect(MatterRefundFailed, op.RequestID))
			case op.Kind == Capture && p.Status == PaymentAuthorized && after.Review != captureRefused:
				due = append(due, OperatorEffect(MatterCaptureFailed, op.RequestID))
			}
		}
	}
	return due
}

// NewOperatorEmail is the email of an effect. due is false when the operator no longer
// has to act.
func NewOperatorEmail(o Order, effect Effect) (e OperatorEmail, due bool) {
	matter, about, _ := strings.Cut(strings.TrimPrefix(string(effect), operatorPrefix), ":")
	sum := sha256.Sum256([]byte(o.ID + " " + string(effect)))
	e = OperatorEmail{
		ID: hex.EncodeToString(sum[:12]), Matter: OperatorMatter(matter), About: about,
		Order: o.ID, Number: o.Number, Status: o.Status,
	}
	e.isAbout(o.Current())
	switch e.Matter {
	case MatterReview:
		e.Review = o.Review
		return e, o.Review != ""
	case MatterCaptureDue:
		e.About, _, _ = strings.Cut(about, ":")
		p := o.Payment(e.About)
		if p == nil || p.Status != PaymentAuthorized {
			return e, false
		}
		e.isAbout(p)
		e.Until = p.AuthEndsAt
		return e, true
	case MatterCaptureFailed:
		return e, e.failed(o, Capture) && o.Status == OrderAuthorized
	case MatterRefundFailed:
		return e, e.failed(o, Refund)
	case MatterShopFault:
		e.Code = about
	case MatterDisputeDue:
		p, d := disputeRemindedOf(o, about)
		if d == nil {
			return e, false
		}
		e.Dispute, e.Until = *d, d.Due
		e.isAbout(p)
	case MatterDispute:
		e.Dispute = disputeIn(about)
		p := PaymentInDispute(o, e.Dispute.ID)
		if p != nil {
			e.Dispute = p.Disputes.With(e.Dispute.ID).at(e.Dispute)
		}
		e.Until = e.Dispute.Due
		e.isAbout(p)
	}
	return e, true
}

// isAbout adds the card of a payment, or of none.
func (e *OperatorEmail) isAbout(p *Payment) {
	e.Card = Card{}
	if p != nil {
		e.Card = p.Card
	}
}

// failed adds the failed operation that the email is about. It is false when the
// operation has succeeded after all.
func (e *OperatorEmail) failed(o Order, kind OperationKind) bool {
	for _, p := range o.Payments {
		if op := p.Operation(kind, e.About); op != nil && op.Status == OperationFailed {
			e.isAbout(&p)
			e.Code, e.Amount = op.ResultCode, op.Amount
			return true
		}
	}
	return false
}
