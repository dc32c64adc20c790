package mail

import (
	"context"
	"fmt"

	gomail "github.com/wneessen/go-mail"

	"antom-checkout/checkout"
	"antom-checkout/views"
)

// MailOperator implements checkout.OperatorMailer.
func (o *Mailer) MailOperator(ctx context.Context, e checkout.OperatorEmail) error {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.FromFormat(oneLine(o.cfg.ShopName), o.cfg.From); err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	if err := m.To(o.cfg.Operator); err != nil {
		return withoutAddress(fmt.Errorf("%w: %w", checkout.ErrUndeliverable, err), o.cfg.Operator)
	}
	subject, text := views.OperatorEmail(o.cfg.ShopName, e)
	m.Subject(oneLine(subject))
	m.SetMessageIDWithValue(e.ID + "@" + o.cfg.Host)
	m.SetDateWithValue(o.cfg.Now())
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(gomail.TypeTextPlain, text)
	filed := checkout.Email{ID: e.ID, Kind: checkout.EmailKind("mail.operator-" + string(e.Matter)), Order: checkout.Order{Number: e.Number}}
	if err := o.send(ctx, m, filed); err != nil {
		return withoutAddress(err, o.cfg.Operator)
	}
	return nil
}
