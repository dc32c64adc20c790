package handlers

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/antom"
	"antom-checkout/checkout/gateway"
)

// receiveNotification answers SUCCESS only for what Antom has signed and we
// have stored durably. Anything else makes Antom send it again, or tells a
// forger nothing.
func (s *server) receiveNotification(c echo.Context) error {
	r := c.Request()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return unreadable(err)
	}
	notification, err := s.notifications.ParseNotification(s.notifyPath(r), r.Header, body)
	switch {
	case errors.Is(err, antom.ErrMalformed):
		s.log.WarnContext(r.Context(), "notification cannot be read", "err", err)
		return s.refuseNotification(c, http.StatusBadRequest)
	case err != nil:
		s.log.WarnContext(r.Context(), "notification refused", "err", err, "from", c.RealIP())
		return s.refuseNotification(c, http.StatusUnauthorized)
	}
	if err := s.payments.RecordNotification(r.Context(), gateway.Receive(notification, body, s.cfg.Now())); err != nil {
		s.log.ErrorContext(r.Context(), "notification not stored", "err", err)
		return s.refuseNotification(c, http.StatusServiceUnavailable)
	}
	return antom.Acknowledge(c.Response())
}

func (s *server) refuseNotification(c echo.Context, status int) error {
	s.cfg.Meter.NotificationRefused(status)
	return c.NoContent(status)
}

// notifyPath is what Antom signs: the path of the public address, which need
// not be the path that reaches us through a proxy, with the query as it came.
func (s *server) notifyPath(r *http.Request) string {
	path := strings.TrimSuffix(s.cfg.PublicURL.EscapedPath(), "/") + gateway.NotificationPath
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	return path
}
