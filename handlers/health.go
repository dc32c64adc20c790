package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/static"
)

// showHealth says that the process answers.
func (s *server) showHealth(c echo.Context) error {
	return c.String(http.StatusOK, "ok\n")
}

// showReadiness says that orders and notifications can be stored. That requests
// can be signed was settled at the start: there is no server without keys.
func (s *server) showReadiness(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), 2*time.Second)
	defer cancel()
	if err := s.readiness.Ready(ctx); err != nil {
		s.log.ErrorContext(ctx, "not ready", "err", err)
		return c.String(http.StatusServiceUnavailable, "the database cannot store\n")
	}
	return c.String(http.StatusOK, "ready\n")
}

func (s *server) showFavicon(c echo.Context) error {
	return c.Redirect(http.StatusFound, static.URL("favicon.svg"))
}
