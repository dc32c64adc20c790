package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/views"
)

// Mailbox is where letters lie that no mail server has taken; mail.Folder is one.
type Mailbox interface {
	// Mails lists the newest, without their content.
	Mails() ([]views.WrittenMail, error)
	// Mail reads one, or answers checkout.ErrNotFound.
	Mail(name string) (views.WrittenMail, error)
}

// mailRoutes let developers read what would have been mailed. With real money, or
// a mail server, they are not there.
func (s *server) mailRoutes(page func(string, echo.HandlerFunc, ...echo.MiddlewareFunc)) {
	if s.cfg.Mailbox == nil || !s.cfg.Sandbox {
		return
	}
	page("/dev/mail", s.showMails)
	page("/dev/mail/:name", s.showMail)
	page("/dev/mail/:name/html", s.showMailHTML)
}

func (s *server) showMails(c echo.Context) error {
	mails, err := s.cfg.Mailbox.Mails()
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.WrittenMailsPage(s.frame(c, nil), mails))
}

func (s *server) showMail(c echo.Context) error {
	m, err := s.cfg.Mailbox.Mail(c.Param("name"))
	if err != nil {
		return err
	}
	setPolicy(c, func(p policy) { p.add("frame-src", "'self'") })
	return render(c, http.StatusOK, views.WrittenMailPage(s.frame(c, nil), m))
}

// showMailHTML is the letter as mail programs get it. Its styles stand inside its
// elements, so the policy allows those and, being a sandbox, nothing else.
func (s *server) showMailHTML(c echo.Context) error {
	m, err := s.cfg.Mailbox.Mail(c.Param("name"))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy",
		"sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'")
	return c.HTML(http.StatusOK, m.HTML)
}
