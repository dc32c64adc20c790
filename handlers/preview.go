package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// Mailbox is where letters lie that no mail server has taken; mail.Folder is one.
type Mailbox interface {
	// Mails lists the newest, without their content.
	Mails() ([]views.WrittenMail, error)
	// Mail reads one, or answers checkout.ErrNotFound.
	Mail(name string) (views.WrittenMail, error)
}

// mailPreview lets developers read what would have been mailed.
type mailPreview struct{ *server }

// isOpen reports whether it is there: not with real money, nor with a mail server.
func (s mailPreview) isOpen() bool { return s.cfg.Mailbox != nil && s.cfg.Sandbox }

func (s mailPreview) showMails(c echo.Context) error {
	mails, err := s.cfg.Mailbox.Mails()
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, views.WrittenMailsPage(s.frame(c, nil), mails))
}

func (s mailPreview) showMail(c echo.Context) error {
	m, err := s.cfg.Mailbox.Mail(c.Param("name"))
	if err != nil {
		return err
	}
	web.SetPolicy(c, func(p web.Policy) { p.Add("frame-src", "'self'") })
	return web.Render(c, http.StatusOK, views.WrittenMailPage(s.frame(c, nil), m))
}

// showMailHTML is the letter as mail programs get it. Its styles stand inside its
// elements, so the policy allows those and, being a sandbox, nothing else.
func (s mailPreview) showMailHTML(c echo.Context) error {
	m, err := s.cfg.Mailbox.Mail(c.Param("name"))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy",
		"sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'")
	return c.HTML(http.StatusOK, m.HTML)
}
