package mail

import (
	"context"
	"fmt"

	gomail "github.com/wneessen/go-mail"

	"antom-checkout/checkout"
	"antom-checkout/views"
)

// MailOperator implements checkout.OperatorMailer.
func (m *Mailer) MailOperator(ctx context.Context, email checkout.OperatorEmail) error {
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	message.FromMailAddress(m.sender())
	if err := message.To(m.cfg.Operator); err != nil {
		return withoutAddress(fmt.Errorf("%w: %w", checkout.ErrUndeliverable, err), m.cfg.Operator)
	}
	email.Until = email.Until.In(m.cfg.TimeZone)
	subject, text := views.OperatorEmail(m.cfg.ShopName, email)
	message.Subject(oneLine(subject))
	message.SetMessageIDWithValue(email.ID + "@" + m.cfg.Host)
	message.SetDateWithValue(m.cfg.Now().In(m.cfg.TimeZone))
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetBodyString(gomail.TypeTextPlain, text)
	name := fileName(email.Number, "operator-"+string(email.Matter), email.ID)
	if err := m.send(ctx, message, name); err != nil {
		return withoutAddress(err, m.cfg.Operator)
	}
	return nil
}
