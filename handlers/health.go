package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
)

// Readiness reports whether the database can store.
type Readiness interface {
	Ready(context.Context) error
}

// probes are the addresses that a load balancer polls.
type probes struct {
	*server
	readiness Readiness
}

// longestNonce is what doctor sends at most.
const longestNonce = 64

// showHealth says that the process answers. To a nonce it adds the proof that it is a
// server of this shop.
func (s probes) showHealth(c echo.Context) error {
	answer := "ok\n"
	if nonce := c.QueryParam("nonce"); s.cfg.Prove != nil && nonce != "" && len(nonce) <= longestNonce {
		answer += s.cfg.Prove(nonce) + "\n"
	}
	return c.String(http.StatusOK, answer)
}

// showReadiness says that orders and notifications can be stored, and requests to Antom
// signed. A server that stops says so first.
func (s probes) showReadiness(c echo.Context) error {
	select {
	case <-s.cfg.Draining:
		return c.String(http.StatusServiceUnavailable, "the server stops\n")
	default:
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), 2*time.Second)
	defer cancel()
	if err := s.readiness.Ready(ctx); err != nil {
		web.Note(c, slog.LevelError, slog.Any(checkout.LogError, err))
		return c.String(http.StatusServiceUnavailable, "the database cannot store\n")
	}
	if s.cfg.CheckKeys != nil {
		if err := s.cfg.CheckKeys(); err != nil {
			web.Note(c, slog.LevelError, slog.Any(checkout.LogError, err))
			return c.String(http.StatusServiceUnavailable, "requests to Antom cannot be signed\n")
		}
	}
	if s.cfg.GatewayFaults != nil {
		if refused := s.cfg.GatewayFaults(); refused != "" {
			// Ready all the same: notifications must be taken, and a restart mends no settings.
			web.Note(c, slog.LevelWarn, slog.String(checkout.LogRefuses, refused))
		}
	}
	return c.String(http.StatusOK, "ready\n")
}
