package checkout

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"unicode"
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

// emailsDue are the emails to be sent after a change. Each has a cause that needs more
// than an order form, into which any address may be typed: an attempt to pay, a payment
// or refund, or a request.
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
	case after.Status == before.Status || len(after.Payments) == 0: // whose address was typed has not begun to pay, and is told nothing
	case after.Status == OrderExpired:
		due = append(due, EmailEffect(EmailExpired, ""))
	case after.Status == OrderCancelled:
		due = append(due, EmailEffect(EmailCancelled, ""))
	}
	return due
}

// HasAllowance reports whether the email counts against an allowance. One about an order
// that was paid does not: no one pays for an order to have an email sent to another
// person, and its buyer needs the receipt. All others can be made due with an address
// that was merely typed.
func (e Email) HasAllowance() bool {
	return !e.Order.EverPaid && e.Kind != EmailReceipt && e.Kind != EmailRefund
}

// Recipient stands for all spellings of an address that reach one person, or may: upper
// case, dots in the local part and what follows a plus are left out.
func Recipient(address string) string {
	local, domain, _ := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	local, _, _ = strings.Cut(local, "+")
	return strings.ReplaceAll(local, ".", "") + "@" + domain
}

// WithoutLinks is a text that a person has typed, written so that no mail program makes
// a link of it: what follows a scheme, a dot or an at sign stands apart.
func WithoutLinks(typed string) string {
	var b strings.Builder
	var last rune
	for _, r := range typed {
		if joinsLink(last, r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// joinsLink reports whether r, right after last, may go on with a link. Browsers take
// the dots of East Asian scripts for the plain one.
func joinsLink(last, r rune) bool {
	switch last {
	case '.', '\u3002', '\uff0e', '\uff61':
		return unicode.IsLetter(r)
	case ':', '@':
		return !unicode.IsSpace(r)
	}
	return last == '/' && r == '/'
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
