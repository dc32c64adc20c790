package mail

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/text/language"

	"antom-checkout/checkout"
	"antom-checkout/views"
	"antom-checkout/views/desk"
)

// MailInbox implements checkout.InboxMailer.
func (m *Mailer) MailInbox(ctx context.Context, email checkout.InboxEmail) error {
	tag, err := language.Parse(email.Language)
	if err != nil {
		tag = language.English
	}
	ctx = desk.WithLanguage(views.WithTimeZone(views.WithLanguage(ctx, tag), m.cfg.TimeZone))
	view := m.inboxEmail(ctx, email)
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	message.FromMailAddress(m.sender())
	if err := message.To(email.To); err != nil {
		return withoutAddress(fmt.Errorf("%w: %w", checkout.ErrUndeliverable, err), email.To)
	}
	message.Subject(oneLine(view.Subject(ctx)))
	message.SetMessageIDWithValue(email.ID + "@" + m.cfg.Host)
	message.SetDateWithValue(m.cfg.Now().In(m.cfg.TimeZone))
	message.SetGenHeader("Content-Language", views.Language(ctx).String())
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetBodyString(gomail.TypeTextPlain, view.Text(ctx))
	if err := m.send(ctx, message, fileName("inbox", string(email.Kind), email.ID)); err != nil {
		return withoutAddress(err, email.To)
	}
	return nil
}

func (m *Mailer) inboxEmail(ctx context.Context, email checkout.InboxEmail) desk.InboxEmail {
	v := desk.InboxEmail{
		ShopName: m.cfg.ShopName, Kind: string(email.Kind), More: email.More,
		InboxURL: m.cfg.Desk + "/inbox", AccountURL: m.cfg.Desk + "/account",
	}
	if email.Kind == checkout.InboxEmailDigest {
		v.Day = email.At.In(m.cfg.TimeZone).Format(time.DateOnly)
	}
	for _, e := range email.Entries {
		v.Entries = append(v.Entries, inboxEmailEntry(ctx, e, email.At))
	}
	return v
}

// inboxEmailEntry says what a matter is.
func inboxEmailEntry(ctx context.Context, e checkout.InboxEntry, now time.Time) desk.InboxEmailEntry {
	v := desk.InboxEmailEntry{Text: desk.Text(ctx, "inbox."+string(e.Kind)), About: inboxAbout(ctx, e)}
	if v.Title = v.About; e.Order != nil {
		v.Title, v.Amount = e.Order.Number, e.Order.Total.Format(views.Language(ctx))
	} else {
		v.About = ""
	}
	if !e.Until.IsZero() {
		v.Until, v.Left = views.Clock(ctx, e.Until, now), desk.TimeLeft(ctx, e.Until.Sub(now))
	}
	return v
}

// inboxAbout is what a matter is about, beside its order.
func inboxAbout(ctx context.Context, e checkout.InboxEntry) string {
	switch e.Kind {
	case checkout.InboxContradiction:
		return e.About
	case checkout.InboxDeadEmail:
		kind, _, _ := strings.Cut(e.About, ":")
		if desk.HasText("email." + kind) {
			return desk.Text(ctx, "email."+kind)
		}
		return e.About
	case checkout.InboxDeadDelivery:
		if address, err := url.Parse(e.Address); err == nil {
			return address.Host // the rest may hold a secret
		}
	case checkout.InboxDifference:
		return strings.TrimSpace(desk.Text(ctx, "class."+string(e.Difference.Class)) + "  " + e.Difference.File)
	}
	return ""
}
