package mail

import (
	"bytes"
	"context"
	"fmt"

	"regexp"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/text/language"

	"antom-checkout/checkout"
	"antom-checkout/static"
	"antom-checkout/views"
)

// Config is where letters come from and where they go.
type Config struct {
	ShopName string
	Accent   *static.Accent // nil: our own colour
	From     string         // a bare address
	Operator string         // who is told what waits for a person; "": MailOperator is not called
	Host     string         // names the shop in Message-IDs
	Server   *Server        // nil: letters are put into the Folder
	Folder   string
	Now      func() time.Time
}

// Office writes and sends letters. Its methods are safe for many goroutines.
type Mailer struct {
	cfg  Config
	send func(context.Context, *gomail.Msg, checkout.Email) error
}

// New makes an Office.
func New(cfg Config) *Mailer {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Accent == nil {
		cfg.Accent = static.OurAccent()
	}
	o := &Mailer{cfg: cfg}
	o.send = o.file
	if cfg.Server != nil {
		o.send = cfg.Server.send
	}
	return o
}

// Mail implements checkout.Mailer.
func (o *Mailer) Mail(ctx context.Context, l checkout.Email) error {
	m, err := o.message(ctx, l)
	if err == nil {
		err = o.send(ctx, m, l)
	}
	if err != nil {
		return withoutAddress(err, l.Order.Buyer.Email)
	}
	return nil
}

// message is a letter as it travels. Its id is the same whenever the letter is
// sent, so that mail programs drop one that comes twice.
func (o *Mailer) message(ctx context.Context, l checkout.Email) (*gomail.Msg, error) {
	tag, err := language.Parse(l.Order.Language)
	if err != nil {
		tag = language.English
	}
	ctx = views.WithLanguage(ctx, tag)
	letter := views.NewEmail(ctx, o.cfg.ShopName, l)
	letter.Accent = o.cfg.Accent
	var html bytes.Buffer
	if err := views.EmailHTML(letter).Render(ctx, &html); err != nil {
		return nil, fmt.Errorf("write letter: %w", err)
	}

	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.FromFormat(oneLine(o.cfg.ShopName), o.cfg.From); err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	if err := m.To(l.Order.Buyer.Email); err != nil {
		return nil, fmt.Errorf("%w: %w", checkout.ErrUndeliverable, err)
	}
	m.Subject(oneLine(letter.Subject))
	m.SetMessageIDWithValue(l.ID + "@" + o.cfg.Host)
	m.SetDateWithValue(o.cfg.Now())
	m.SetGenHeader("Content-Language", views.Language(ctx).String())
	m.SetGenHeader("Auto-Submitted", "auto-generated") // holiday notices are not sent back to it
	m.SetBodyString(gomail.TypeTextPlain, views.EmailText(ctx, letter))
	m.AddAlternativeString(gomail.TypeTextHTML, html.String())
	return m, nil
}

// oneLine keeps line breaks out of headers, whatever a name holds.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' }), " ")
}

// withoutAddress is an error for the log: servers repeat the address they refuse.
func withoutAddress(err error, address string) error {
	_, domain, _ := strings.Cut(address, "@")
	same := regexp.MustCompile("(?i)" + regexp.QuoteMeta(address))
	return told{same.ReplaceAllLiteralString(err.Error(), "…@"+domain), err}
}

// told is an error in other words.
type told struct {
	words string
	error
}

func (t told) Error() string { return t.words }
func (t told) Unwrap() error { return t.error }
