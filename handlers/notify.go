package handlers

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/antom"
	"antom-checkout/checkout/gateway"
	"antom-checkout/handlers/web"
)

// Notifications verifies what arrives at the notify address; *antom.Client is one.
type Notifications interface {
	ParseNotification(path string, header http.Header, body []byte) (antom.Notification, error)
}

// notifications is the address that Antom notifies.
type notifications struct {
	*server
	verifier Notifications
	refusals *refusals
}

// receive answers SUCCESS only for what Antom has signed and the shop has stored
// durably. After any other answer Antom sends again, and a forger learns nothing.
func (s notifications) receive(c echo.Context) error {
	r := c.Request()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return web.Unreadable(err)
	}
	notification, err := s.verifier.ParseNotification(s.path(r), r.Header, body)
	switch {
	case errors.Is(err, antom.ErrMalformed):
		return s.refuse(c, http.StatusBadRequest, err)
	case err != nil:
		return s.refuse(c, http.StatusUnauthorized, err)
	}
	if err := s.payments.RecordNotification(r.Context(), gateway.Receive(notification, body, s.cfg.Now())); err != nil {
		return s.refuse(c, http.StatusServiceUnavailable, err)
	}
	return antom.Acknowledge(c.Response())
}

func (s notifications) refuse(c echo.Context, status int, err error) error {
	s.cfg.Meter.NotificationRefused(status)
	web.Note(c, slog.LevelWarn, slog.String(web.LogClient, c.RealIP()))
	if status == http.StatusUnauthorized { // any client may send it; what Antom has signed always has its line
		logged, before := s.refusals.admit(web.ByClient(c), s.cfg.Now())
		switch {
		case !logged:
			web.LeaveOut(c)
		case before > 0:
			web.Note(c, slog.LevelWarn, slog.Int(web.LogUnlogged, before))
		}
	}
	return echo.NewHTTPError(status).SetInternal(err)
}

// path is what Antom signs: the path of the public address, which need not be the
// path that arrives through a proxy, with the query unchanged.
func (s notifications) path(r *http.Request) string {
	path := strings.TrimSuffix(s.cfg.PublicURL.EscapedPath(), "/") + gateway.NotificationPath
	if arrived, _, _ := strings.Cut(r.RequestURI, "?"); strings.HasSuffix(arrived, "/") {
		path += "/" // as the merchant has entered it at Antom
	}
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	return path
}
