package checkout

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
)

// ErrUndeliverable says that an email's address does not exist.
var ErrUndeliverable = errors.New("the address does not exist")

// Email is an email to a buyer about an order.
type Email struct {
	ID      string // the same whenever the same email is sent
	Kind    EmailKind
	Order   Order
	Payment Payment   // the one the email is about: that was paid, failed or refunded
	Method  Method    // of the active payment, or else of the newest
	Refund  Operation // of EmailRefund
	Link    string    // opens the order's page with all it holds
}

// EmailKind is why an email is sent, and how its topic in the outbox begins.
type EmailKind string

// The kinds of emails. There is one of each for an order, but for EmailRefund,
// EmailFailed and EmailLink, whose topics go on: an email for each refund, for each
// attempt, and in each hour.
const (
	EmailReceipt   EmailKind = "mail.receipt"
	EmailRefund    EmailKind = "mail.refund"
	EmailExpired   EmailKind = "mail.expired"
	EmailCancelled EmailKind = "mail.cancelled"
	EmailFailed    EmailKind = "mail.failed" // the buyer has asked for it
	EmailLink      EmailKind = "mail.link"   // the order was looked up
)

// emailPrefix is how the topics of emails begin, and of nothing else.
const emailPrefix = "mail."

// IsEmail reports whether the effect is an email.
func (e Effect) IsEmail() bool { return strings.HasPrefix(string(e), emailPrefix) }

// EmailEffect is the effect of sending an email; about tells several of a kind apart.
func EmailEffect(kind EmailKind, about string) Effect {
	if about == "" {
		return Effect(kind)
	}
	return Effect(string(kind) + ":" + about)
}

// emailsDue are the emails to be sent after a change.
func emailsDue(before, after Order) []Effect {
	var due []Effect
	if after.EverPaid && !before.EverPaid {
		due = append(due, EmailEffect(EmailReceipt, ""))
	}
	for _, p := range after.Payments {
		was := before.Payment(p.RequestID)
		if was == nil {
			was = &Payment{}
		}
		for _, op := range p.Operations {
			opWas := was.Operation(op.Kind, op.RequestID)
			if op.Kind == Refund && op.Status == OperationSuccess && (opWas == nil || opWas.Status != OperationSuccess) {
				due = append(due, EmailEffect(EmailRefund, op.RequestID))
			}
		}
		if p.EmailOnFailure && p.Status == PaymentFailed && was.Status != PaymentFailed {
			due = append(due, EmailEffect(EmailFailed, p.RequestID))
		}
	}
	switch {
	case after.Status == before.Status:
	case after.Status == OrderExpired:
		due = append(due, EmailEffect(EmailExpired, ""))
	case after.Status == OrderCancelled:
		due = append(due, EmailEffect(EmailCancelled, ""))
	}
	return due
}

// NewEmail is the email of an effect. due is false when what it would say no longer
// holds. Method and Link are left to the sender.
func NewEmail(o Order, effect Effect) (e Email, due bool) {
	kind, about, _ := strings.Cut(string(effect), ":")
	sum := sha256.Sum256([]byte(o.ID + " " + string(effect)))
	e = Email{ID: hex.EncodeToString(sum[:12]), Kind: EmailKind(kind), Order: o}
	if p := o.Current(); p != nil {
		e.Payment = *p
	}
	if o.Erased() {
		return e, false // there is no address
	}
	switch e.Kind {
	case EmailReceipt:
		return e, o.Status != OrderRefunded // late money was returned at once: the email about the refund is enough
	case EmailExpired:
		return e, o.Status == OrderExpired
	case EmailCancelled:
		return e, o.Status == OrderCancelled
	case EmailFailed:
		return e, o.Status == OrderOpen && e.Payment.RequestID == about
	case EmailRefund:
		for _, p := range o.Payments {
			if op := p.Operation(Refund, about); op != nil {
				e.Payment, e.Refund = p, *op
			}
		}
		return e, e.Refund.Status == OperationSuccess
	}
	return e, true
}
