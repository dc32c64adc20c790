package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// Preview reads the emails that were written to files for want of a mail server;
// mail.Folder is one.
type Preview interface {
	// Emails lists the newest, without their content.
	Emails() ([]views.EmailPreview, error)
	// Email reads one, or answers checkout.ErrNotFound.
	Email(name string) (views.EmailPreview, error)
}

// emailPreview lets developers read the emails that were not sent.
type emailPreview struct{ *server }

// isOpen reports whether the preview is served, to developers: not with real money, nor
// with a mail server.
func (s emailPreview) isOpen() bool { return s.cfg.Preview != nil && s.cfg.Sandbox }

func (s emailPreview) showEmails(c echo.Context) error {
	emails, err := s.cfg.Preview.Emails()
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, views.EmailPreviewsPage(s.site.Frame(c, 0), emails))
}

func (s emailPreview) showEmail(c echo.Context) error {
	m, err := s.cfg.Preview.Email(c.Param("name"))
	if err != nil {
		return err
	}
	web.SetPolicy(c, func(p web.Policy) { p.Add("frame-src", "'self'") })
	return web.Render(c, http.StatusOK, views.EmailPreviewPage(s.site.Frame(c, 0), m))
}

// showEmailHTML is the email as mail programs get it. Its styles stand inside its
// elements, so the policy allows those and, being a sandbox, nothing else.
func (s emailPreview) showEmailHTML(c echo.Context) error {
	m, err := s.cfg.Preview.Email(c.Param("name"))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy",
		"sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'")
	return c.HTML(http.StatusOK, m.HTML)
}
