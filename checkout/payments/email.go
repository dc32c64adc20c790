package payments

import (
	"context"
	"strings"
	"sync"
	"time"

	"antom-checkout/checkout"
)

const (
	emailTimeout   = 45 * time.Second // for one email
	emailSenders   = 4                // emails sent at once
	lookupsWaiting = 100              // look-ups that wait to be answered, a matter of a second
)

// sendEmail sends an email, unless what it would tell is no longer so.
func (s *outbox) sendEmail(ctx context.Context, o checkout.Order, effect checkout.Effect) error {
	email, due := checkout.NewEmail(o, effect)
	if s.cfg.Mailer == nil || !due {
		return nil
	}
	email.Link = s.links.OrderLink(o)
	if p := o.Current(); p != nil {
		email.Method = s.methods.Method(p.Method)
	}
	undo, err := s.takeEmail(ctx, email)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, emailTimeout)
	defer cancel()
	if err := s.cfg.Mailer.Mail(ctx, email); err != nil {
		undo()
		return err
	}
	s.logEmail(ctx, email, effect)
	return nil
}

// sendEmails sends what is due. Several go at once, so that a slow server delays few
// others.
func (s *outbox) sendEmails(ctx context.Context) {
	due, err := s.store.PendingEmails(ctx, s.now(), sweepBatch)
	s.logFailure(ctx, "list emails", err)
	var emails sync.WaitGroup
	places := make(chan struct{}, emailSenders)
	for _, effect := range due {
		places <- struct{}{}
		emails.Go(func() {
			defer func() { <-places }()
			s.deliver(ctx, effect)
		})
	}
	emails.Wait()
}

// EmailOnFailure notes that the buyer wants an email about the attempt in progress.
// Errors: CodeNotFound.
func (s *outbox) EmailOnFailure(ctx context.Context, token string) (checkout.Order, error) {
	o, err := s.Order(ctx, token)
	if err != nil {
		return checkout.Order{}, err
	}
	return s.change(ctx, o.ID, checkout.Cause{Kind: checkout.ByShopper}, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		return checkout.RequestEmail(o), nil, nil
	})
}

// lookup asks for the link to an order.
type lookup struct{ number, email string }

// EmailLink sends the buyer of an order a link that opens it, if number and address
// belong together. It only notes the question, so that neither its answer nor its time
// tells whether they do. Errors: CodeFormInvalid for what cannot be a number or an
// address, CodeBusy.
func (s *outbox) EmailLink(number, email string) error {
	asked := lookup{checkout.OrderNumber(number), checkout.CleanEmail(email)}
	wrong := map[string]string{}
	check := func(field, typed, key string, ok bool) {
		switch {
		case strings.TrimSpace(typed) == "":
			wrong[field] = "error.required"
		case checkout.IDHoldsCardNumber(typed):
			wrong[field] = "error.card_number"
		case !ok:
			wrong[field] = key
		}
	}
	check("number", number, "error.invalid", asked.number != "")
	check("email", email, "error.email", checkout.ValidEmail(asked.email))
	if len(wrong) > 0 {
		return &checkout.Error{Code: checkout.CodeFormInvalid, Fields: wrong}
	}
	select {
	case s.lookups <- asked:
		s.wakeSweeper()
		return nil
	default:
		return checkout.NewError(checkout.CodeBusy, "too many look-ups are waiting")
	}
}

// answerLookups answers the look-ups that wait.
func (s *outbox) answerLookups(ctx context.Context) {
	for {
		select {
		case asked := <-s.lookups:
			s.logFailure(ctx, "look an order up", s.answerLookup(ctx, asked))
			s.wakeSweeper() // the link is to be sent
		default:
			return
		}
	}
}

// answerLookup puts an email into the outbox, at most one in an hour.
func (s *outbox) answerLookup(ctx context.Context, asked lookup) error {
	o, err := s.store.OrderByNumber(ctx, asked.number)
	if checkout.IsNotFound(err) || err == nil && !checkout.SameEmail(o.Buyer.Email, asked.email) {
		return nil
	}
	if err != nil {
		return err
	}
	link := checkout.EmailEffect(checkout.EmailLink, s.now().UTC().Format("2006-01-02T15"))
	_, err = s.change(ctx, o.ID, checkout.Cause{Kind: checkout.ByShopper}, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		return o, []checkout.Effect{link}, nil
	})
	return err
}
