package checkout

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"time"
)

// Mailer sends letters to buyers; *mail.Office is one. A letter may come to it
// twice after a crash, with the same ID. An error means that the letter is tried
// again later, unless it is ErrUndeliverable. It does not hold the address.
type Mailer interface {
	Mail(context.Context, Email) error
}

// ErrUndeliverable says that there is nobody at a letter's address.
var ErrUndeliverable = errors.New("nobody at this address")

// Letter is what a buyer is told by mail about an order.
type Email struct {
	ID      string // the same whenever the same letter is sent
	Kind    EmailKind
	Order   Order
	Payment Payment   // the one the letter is about: that was paid, failed or given back
	Method  Method    // of the payment the order stands on
	Refund  Operation // of EmailRefund
	Link    string    // opens the order's page with all it holds
}

// EmailKind is why a letter is written, and how its topic in the outbox begins.
type EmailKind string

// The kinds of letters. There is one of each for an order, but for EmailRefund,
// EmailFailed and EmailLink, whose topics go on: a letter for each refund, for
// each attempt, and in each hour.
const (
	EmailReceipt   EmailKind = "mail.receipt"
	EmailRefund    EmailKind = "mail.refund"
	EmailExpired   EmailKind = "mail.expired"
	EmailCancelled EmailKind = "mail.cancelled"
	EmailFailed    EmailKind = "mail.failed" // the buyer has asked for it
	EmailLink      EmailKind = "mail.link"   // somebody has asked for it
)

// emailPrefix is how the topics of letters begin, and of nothing else.
const emailPrefix = "mail."

func (e Effect) isEmail() bool { return strings.HasPrefix(string(e), emailPrefix) }

// letter is the effect of writing one; about makes it one of several.
func emailEffect(kind EmailKind, about string) Effect {
	if about == "" {
		return Effect(kind)
	}
	return Effect(string(kind) + ":" + about)
}

// emailsDue are the letters to be written after a change.
func emailsDue(before, after Order) []Effect {
	var due []Effect
	if after.EverPaid && !before.EverPaid {
		due = append(due, emailEffect(EmailReceipt, ""))
	}
	for _, p := range after.Payments {
		was := before.Payment(p.RequestID)
		if was == nil {
			was = &Payment{}
		}
		for _, op := range p.Operations {
			opWas := was.Operation(op.Kind, op.RequestID)
			if op.Kind == Refund && op.Status == OperationSuccess && (opWas == nil || opWas.Status != OperationSuccess) {
				due = append(due, emailEffect(EmailRefund, op.RequestID))
			}
		}
		if p.EmailOnFailure && p.Status == PaymentFailed && was.Status != PaymentFailed {
			due = append(due, emailEffect(EmailFailed, p.RequestID))
		}
	}
	switch {
	case after.Status == before.Status:
	case after.Status == OrderExpired:
		due = append(due, emailEffect(EmailExpired, ""))
	case after.Status == OrderCancelled:
		due = append(due, emailEffect(EmailCancelled, ""))
	}
	return due
}

// emailTimeout is how long one letter may take.
const emailTimeout = 45 * time.Second

// write sends a letter, unless what it would tell is no longer so.
func (s *Service) sendEmail(ctx context.Context, o Order, effect Effect, kind EmailKind, about string) error {
	l := Email{Kind: kind, Order: o, Link: s.OrderLink(o)}
	sum := sha256.Sum256([]byte(o.ID + " " + string(effect)))
	l.ID = hex.EncodeToString(sum[:12])
	if s.cfg.Mailer == nil || !l.fill(about) {
		return nil
	}
	if p := o.Current(); p != nil {
		l.Method = s.Method(p.Method)
	}
	ctx, cancel := context.WithTimeout(ctx, emailTimeout)
	defer cancel()
	return s.cfg.Mailer.Mail(ctx, l)
}

// fill looks up what the letter is about, and reports whether it is still true.
func (l *Email) fill(about string) bool {
	o := &l.Order
	if p := o.Current(); p != nil {
		l.Payment = *p
	}
	switch l.Kind {
	case EmailReceipt:
		return o.Status != OrderRefunded // for late money that went back at once, the letter about that is enough
	case EmailExpired:
		return o.Status == OrderExpired
	case EmailCancelled:
		return o.Status == OrderCancelled
	case EmailFailed:
		return o.Status == OrderOpen && l.Payment.RequestID == about
	case EmailRefund:
		for _, p := range o.Payments {
			if op := p.Operation(Refund, about); op != nil {
				l.Payment, l.Refund = p, *op
			}
		}
		return l.Refund.Status == OperationSuccess
	}
	return true
}

// sendEmails writes what is due and looks for the orders that were asked for.
// Several go at once, so that a slow server keeps few others waiting.
func (s *Service) sendEmails(ctx context.Context) {
	s.answerLookups(ctx)
	due, err := s.store.PendingEmails(ctx, s.now(), sweepBatch)
	s.logFailure(ctx, "list letters", err)
	var letters sync.WaitGroup
	places := make(chan struct{}, emailSenders)
	for _, effect := range due {
		places <- struct{}{}
		letters.Go(func() {
			defer func() { <-places }()
			s.deliver(ctx, effect)
		})
	}
	letters.Wait()
}

// EmailOnFailure notes that the buyer wants a letter about the attempt under way. Twice
// is once, and afterwards it changes nothing. Errors: NotFound.
func (s *Service) EmailOnFailure(ctx context.Context, token string) (Order, error) {
	o, err := s.Order(ctx, token)
	if err != nil {
		return Order{}, err
	}
	_, o, err = s.store.Update(ctx, o.ID, Evidence{Cause: Cause{Kind: ByShopper}}, func(o Order) (Order, []Effect) {
		o = o.clone()
		if p := o.Current(); p != nil && p.Status.InProgress() {
			p.EmailOnFailure = true
		}
		return o, nil
	})
	return o, err
}

// lookup is a question for the link to an order.
type lookup struct{ number, email string }

// lookupsWaiting is how many questions wait to be looked at; that is a matter of
// a second.
const lookupsWaiting = 100

// MailLink writes to the buyer of an order how to open it, if number and address
// belong together. It only notes the question, so that neither its answer nor
// its time tells whether they do. Errors: Invalid for what cannot be a number or
// an address, Unavailable when too many ask.
func (s *Service) MailLink(number, email string) error {
	asked := lookup{OrderNumber(number), strings.TrimSpace(email)}
	wrong := map[string]string{}
	check := func(field, typed, key string, ok bool) {
		switch {
		case strings.TrimSpace(typed) == "":
			wrong[field] = "error.required"
		case !ok:
			wrong[field] = key
		}
	}
	check("number", number, "error.invalid", asked.number != "")
	check("email", email, "error.email", validEmail(asked.email))
	if len(wrong) > 0 {
		return &Error{Kind: Invalid, Message: "error.form", Fields: wrong}
	}
	select {
	case s.lookups <- asked:
		s.wakeSweeper()
		return nil
	default:
		return unavailable("too many look-ups are waiting")
	}
}

// OrderNumber is what was typed as newNumber would have written it, or "" when
// that cannot be.
func OrderNumber(typed string) string {
	letters := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, typed)
	if len(letters) != 2*numberHalf {
		return ""
	}
	return letters[:numberHalf] + "-" + letters[numberHalf:]
}

func (s *Service) answerLookups(ctx context.Context) {
	for {
		select {
		case asked := <-s.lookups:
			s.logFailure(ctx, "look an order up", s.answerLookup(ctx, asked))
		default:
			return
		}
	}
}

// answerLookup puts a letter into the outbox, at most one in an hour.
func (s *Service) answerLookup(ctx context.Context, asked lookup) error {
	o, err := s.store.OrderByNumber(ctx, asked.number)
	if IsNotFound(err) || err == nil && !strings.EqualFold(o.Buyer.Email, asked.email) {
		return nil
	}
	if err != nil {
		return err
	}
	hour := s.now().UTC().Format("2006-01-02T15")
	_, _, err = s.store.Update(ctx, o.ID, Evidence{Cause: Cause{Kind: ByShopper}}, func(o Order) (Order, []Effect) {
		return o, []Effect{emailEffect(EmailLink, hour)}
	})
	return err
}
