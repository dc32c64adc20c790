package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"antom-checkout/checkout"
)

const emailsHelp = `An email is given up when the mail server says that its address does not exist,
or when it could not be sent for 72 hours. resend makes it due again, for another
72 hours; a running server sends it at once, otherwise the next one does.
`

// resendEmails makes emails due again that were given up, beside a running server or
// without one.
func resendEmails(ctx context.Context, l *line) error {
	order := l.flags.String("order", "", "number or id of the order whose emails are sent again")
	dead := l.flags.Bool("dead", false, "all emails that were given up, of every order")
	s, err := l.load()
	if err != nil {
		return err
	}
	if action := l.arguments[0]; action != "resend" {
		return usageError{fmt.Errorf("emails: no action %q\n\n%s", action, l.command.usage())}
	}
	if (*order == "") != *dead {
		return usageError{errors.New("emails: either --order or --dead is needed")}
	}
	p := &Program{Settings: s, Now: s.clock(time.Now)}
	p.stop = func() {}
	if err := p.openStoreBeside(ctx); err != nil {
		return err
	}
	return errors.Join(p.resend(ctx, *order, l), p.Close())
}

// resend says which emails are due again; typed names an order, or is "" for all.
func (p *Program) resend(ctx context.Context, typed string, l *line) error {
	var o checkout.Order
	if typed != "" {
		var err error
		if o, err = p.findOrder(ctx, typed); err != nil {
			return err
		}
	}
	resent, err := p.Store.ResendEmails(ctx, o.ID, "")
	if err != nil {
		return err
	}
	for _, e := range resent {
		if o, err = p.Store.OrderByID(ctx, e.OrderID); err != nil {
			return err
		}
		if _, err = fmt.Fprintf(l.stdout, "order %s: %s is due again\n", o.Number, e.Effect); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(l.stdout, "emails due again: %d\n", len(resent))
	return err
}
