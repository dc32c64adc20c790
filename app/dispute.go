package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"antom-checkout/checkout"
	"antom-checkout/checkout/gateway"
)

const disputeHelp = `actions:
  form      write Antom's form for a defence to --file
  defend    answer with the document --file: one PDF, DOC or DOCX of at most 750,000
            bytes. It cannot be changed, and nothing can be added
  evidence  write the document that it was answered with to --file
  accept    give in: the buyer keeps the money, for good, and no refund is needed

--order takes the order's number or its id. --dispute is needed where the order has
several; show lists them. defend and accept need --yes, because they are final. Antom
reports how the dispute then stands by a notification.
`

// disputeCommand is what an operator wants done about a dispute.
type disputeCommand struct {
	action, order, dispute, file string
	yes                          bool
}

// dispute answers a dispute, beside a running server or without one.
func dispute(ctx context.Context, l *line) error {
	var c disputeCommand
	l.flags.StringVar(&c.order, "order", "", "number or id of the order")
	l.flags.StringVar(&c.dispute, "dispute", "", "id of the dispute, where the order has several")
	l.flags.StringVar(&c.file, "file", "", "the document")
	l.flags.BoolVar(&c.yes, "yes", false, "of defend and accept: it is final, and meant")
	s, err := l.load()
	if err != nil {
		return err
	}
	c.action = l.arguments[0]
	final := c.action == "defend" || c.action == "accept"
	switch {
	case !final && c.action != "form" && c.action != "evidence":
		return usageError{fmt.Errorf("dispute: no action %q\n\n%s", c.action, disputeHelp)}
	case c.order == "", (c.file == "") != (c.action == "accept"), c.yes && !final:
		return usageError{errors.New("dispute: --order is needed, and --file by all but accept; --yes is for defend and accept")}
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
	switch c.action {
	case "form":
		document, format, err := gateway.DisputeForm(ctx, p.Client, d)
		return c.written(document, format, err)
	case "evidence":
		document, format, err := gateway.DisputeEvidence(ctx, p.Client, d)
		return c.written(document, format, err)
	}
	if err := checkout.CheckAnswer(d, p.Now()); err != nil {
		return "", err
	}
	if c.action == "accept" {
		if !c.yes {
			return "", fmt.Errorf("accepting dispute %s is final: the buyer keeps %s; --yes does it", d.ID, amountText(d.Amount))
		}
		return "Dispute " + d.ID + " is accepted. Antom takes the money; refund nothing.", gateway.AcceptDispute(ctx, p.Client, d)
	}
	document, err := os.ReadFile(c.file)
	if err != nil {
		return "", err
	}
	if err := checkout.CheckEvidence(document); err != nil {
		return "", fmt.Errorf("%s: %w", c.file, err)
	}
	if !c.yes {
		return "", fmt.Errorf("%s has %d of %d bytes and may be sent once, without changes afterwards; --yes sends it", c.file, len(document), checkout.MaxEvidence)
	}
	return "Antom has the document of dispute " + d.ID + ". A decision takes weeks.", gateway.DefendDispute(ctx, p.Client, d, document)
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
