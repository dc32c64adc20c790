package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"antom-checkout/checkout"
)

const disputeHelp = `actions:
  form      write Antom's form for a defence to --file
  defend    answer with the document --file: one PDF, DOC or DOCX of at most 750,000
            bytes. It cannot be changed, and nothing can be added
  evidence  write the document that it was answered with to --file
  accept    give in: the buyer keeps the money, for good, and no refund is needed

--order takes the order's number or its id. --dispute is needed where the order has
several; show lists them. defend and accept need --yes, because they are final. The same
--key again is the same action; without --key the same answer is. Antom reports how the
dispute then stands by a notification.
`

// disputeCommand is what an operator wants done about a dispute.
type disputeCommand struct {
	action, order, dispute, file, key string
	yes                               bool
}

// dispute answers a dispute, beside a running server or without one.
func dispute(ctx context.Context, l *line) error {
	var c disputeCommand
	l.flags.StringVar(&c.order, "order", "", "number or id of the order")
	l.flags.StringVar(&c.dispute, "dispute", "", "id of the dispute, where the order has several")
	l.flags.StringVar(&c.file, "file", "", "the document")
	l.flags.StringVar(&c.key, "key", "", "of defend and accept: idempotency key: repeating a command with the same key does nothing new; without it the same answer is")
	l.flags.BoolVar(&c.yes, "yes", false, "of defend and accept: it is final, and meant")
	s, err := l.load()
	if err != nil {
		return err
	}
	c.action = l.arguments[0]
	switch {
	case !c.final() && c.action != "form" && c.action != "evidence":
		return usageError{fmt.Errorf("dispute: no action %q\n\n%s", c.action, disputeHelp)}
	case c.order == "", (c.file == "") != (c.action == "accept"), (c.yes || c.key != "") && !c.final(), len(c.key) > 128:
		return usageError{errors.New("dispute: --order is needed, and --file by all but accept; --yes and --key (up to 128 bytes) are for defend and accept")}
	case checkout.IDHoldsCardNumber(c.key):
		return usageError{errors.New("dispute: --key is stored, and looks like a card number; take another key")}
	}
	return l.beside(ctx, s, func(p *Program) error {
		text, err := p.answerDispute(ctx, c)
		if err == nil {
			_, err = fmt.Fprintln(l.stdout, text)
		}
		return err
	})
}

// answerDispute does it, and says what was done.
func (p *Program) answerDispute(ctx context.Context, c disputeCommand) (text string, err error) {
	o, err := p.findOrder(ctx, c.order)
	if err != nil {
		return "", err
	}
	d, err := c.find(o)
	if err != nil {
		return "", err
	}
	if !c.final() {
		document, format, err := p.Services.Payments.DisputeDocument(ctx, o.ID, d.ID, checkout.DisputeDocument(c.action))
		return c.written(document, format, disputeProblem(err))
	}
	answer, done := checkout.DisputeAnswer{Dispute: d.ID}, "Dispute "+d.ID+" is accepted. Antom takes the money; refund nothing."
	if c.action == "defend" {
		answer.Defends = true
		if answer.Document, err = os.ReadFile(c.file); err != nil {
			return "", err
		}
		done = "Antom has the document of dispute " + d.ID + ". A decision takes weeks."
	}
	if !c.yes {
		return "", cmp.Or(disputeProblem(checkout.CheckAnswer(d, answer, p.Now())), c.unconfirmed(d, answer))
	}
	return done, disputeProblem(p.Services.Payments.AnswerDispute(ctx, o.ID, answer, c.keyOf(answer)))
}

// final reports whether the action cannot be taken back.
func (c disputeCommand) final() bool { return c.action == "defend" || c.action == "accept" }

// unconfirmed says what --yes does.
func (c disputeCommand) unconfirmed(d checkout.Dispute, a checkout.DisputeAnswer) error {
	if a.Defends {
		return fmt.Errorf("%s has %d of %d bytes and may be sent once, without changes afterwards; --yes sends it", c.file, len(a.Document), checkout.MaxEvidence)
	}
	return fmt.Errorf("accepting dispute %s is final: the buyer keeps %s; --yes does it", d.ID, amountText(d.Amount))
}

// keyOf is the key of the answer. Without one of the operator's, the same answer is the same
// action.
func (c disputeCommand) keyOf(a checkout.DisputeAnswer) checkout.Key {
	key := cmp.Or(c.key, c.action+"-"+a.Dispute)
	if c.key == "" && a.Defends {
		key += "-" + a.DocumentHash()[:16]
	}
	return checkout.Key{Operator: checkout.CommandLine, Idempotency: key}
}

// disputeProblem is an error in words.
func disputeProblem(err error) error {
	var refused *checkout.Error
	if !errors.As(err, &refused) {
		return err
	}
	return errors.New(cmp.Or(refused.Detail, checkout.OperatorText(refused.Code)))
}

// find finds the dispute that is meant.
func (c disputeCommand) find(o checkout.Order) (checkout.Dispute, error) {
	var all []checkout.Dispute
	for _, payment := range o.Payments {
		all = append(all, payment.Disputes...)
	}
	i := slices.IndexFunc(all, func(d checkout.Dispute) bool { return d.ID == c.dispute || c.dispute == "" && len(all) == 1 })
	switch {
	case i >= 0:
		return all[i], nil
	case c.dispute == "" && len(all) > 1:
		return checkout.Dispute{}, fmt.Errorf("order %s has %d disputes; --dispute names one", o.Number, len(all))
	}
	return checkout.Dispute{}, fmt.Errorf("order %s has no such dispute that Antom has told of", o.Number)
}

// written writes a document that was downloaded, and replaces no file.
func (c disputeCommand) written(document []byte, format string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	file, err := os.OpenFile(c.file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- the operator names it
	if err != nil {
		return "", err
	}
	_, err = file.Write(document)
	return fmt.Sprintf("%s is written: %s, %d bytes.", c.file, format, len(document)), errors.Join(err, file.Close())
}
