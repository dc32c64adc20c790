package mail

import (
	"bytes"
	"context"
	"fmt"
	netmail "net/mail"
	"regexp"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/text/language"

	"antom-checkout/checkout"
	"antom-checkout/static"
	"antom-checkout/views"
)

// Config says where emails come from and where they go.
type Config struct {
	ShopName string
	Accent   *static.Accent // nil: the colour of app.css
	From     string         // a bare address
	Operator string         // who is told what waits for a person; "": MailOperator is not called
	Host     string         // names the shop in Message-IDs
	Desk     string         // address of the dashboard, without a slash at its end
	Server   *Server        // nil: emails are written to the Folder
	Folder   string
	TimeZone *time.Location // of dates in emails; nil: UTC
	Now      func() time.Time
}

// Mailer writes and sends emails. Its methods are safe for concurrent use.
type Mailer struct {
	cfg  Config
	send func(ctx context.Context, message *gomail.Msg, name string) error // name: of the file, in a folder
}

// New makes a Mailer.
func New(cfg Config) *Mailer {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.TimeZone == nil {
		cfg.TimeZone = time.UTC
	}
	if cfg.Accent == nil {
		cfg.Accent = static.DefaultAccent()
	}
	m := &Mailer{cfg: cfg}
	m.send = m.file
	if cfg.Server != nil {
		m.send = cfg.Server.send
	}
	return m
}

// Mail implements checkout.Mailer.
func (m *Mailer) Mail(ctx context.Context, email checkout.Email) error {
	message, err := m.message(ctx, email)
	if err == nil {
		_, kind, _ := strings.Cut(string(email.Kind), ".")
		err = m.send(ctx, message, fileName(email.Order.Number, kind, email.ID))
	}
	if err != nil {
		return withoutAddress(err, email.Order.Buyer.Email)
	}
	return nil
}

// message is an email as it is sent. Its id is the same whenever the email is
// sent, so that mail programs drop one that arrives twice.
func (m *Mailer) message(ctx context.Context, email checkout.Email) (*gomail.Msg, error) {
	tag, err := language.Parse(email.Order.Language)
	if err != nil {
		tag = language.English
	}
	ctx = views.WithTimeZone(views.WithLanguage(ctx, tag), m.cfg.TimeZone)
	view := views.NewEmail(ctx, m.cfg.ShopName, email)
	view.Accent = m.cfg.Accent
	var html bytes.Buffer
	if err := views.EmailHTML(view).Render(ctx, &html); err != nil {
		return nil, fmt.Errorf("write email: %w", err)
	}

	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	message.FromMailAddress(m.sender())
	if !checkout.ValidEmail(email.Order.Buyer.Email) {
		return nil, fmt.Errorf("%w: it is no address", checkout.ErrUndeliverable)
	}
	// A local part with dots at its end is written in quotes, which servers take off.
	message.ToMailAddress(&netmail.Address{Address: checkout.DeliverableEmail(email.Order.Buyer.Email)})
	message.Subject(oneLine(view.Subject))
	message.SetMessageIDWithValue(email.ID + "@" + m.cfg.Host)
	message.SetDateWithValue(m.cfg.Now().In(m.cfg.TimeZone))
	message.SetGenHeader("Content-Language", views.Language(ctx).String())
	message.SetGenHeader("Auto-Submitted", "auto-generated") // automatic replies are not sent to it
	message.SetBodyString(gomail.TypeTextPlain, views.EmailText(ctx, view))
	message.AddAlternativeString(gomail.TypeTextHTML, html.String())
	return message, nil
}

// sender is the shop. A name may hold any character: it is quoted where it has to be.
func (m *Mailer) sender() *netmail.Address {
	return &netmail.Address{Name: oneLine(m.cfg.ShopName), Address: m.cfg.From}
}

// oneLine keeps line breaks out of headers, whatever a name holds.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' }), " ")
}

// withoutAddress is an error for the log: servers repeat the address they refuse.
func withoutAddress(err error, address string) error {
	_, domain, _ := strings.Cut(address, "@")
	same := regexp.MustCompile("(?i)" + regexp.QuoteMeta(address))
	return sanitised{same.ReplaceAllLiteralString(err.Error(), "…@"+domain), err}
}

// sanitised is an error whose text holds nothing personal.
type sanitised struct {
	text string
	error
}

func (s sanitised) Error() string { return s.text }
func (s sanitised) Unwrap() error { return s.error }
