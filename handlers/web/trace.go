package web

import (
	"context"
	"log/slog"

	"github.com/labstack/echo/v4"
)

// Tracer makes spans of requests. Like the Meter it gets routes, not addresses.
type Tracer interface {
	// Request begins a span. parent is a traceparent header, or "". The context names the
	// span to what the handler calls; end is given the status of the answer.
	Request(ctx context.Context, verb, route, parent string) (of context.Context, traceID string, end func(status int))
}

// traceparent is the header in which a caller names its own span (W3C Trace Context).
const traceparent = "Traceparent"

// traceRequest makes a span of every request, but for files and the questions whether the
// server is up: they would hide the others. Only in the merchant API a caller's own span
// counts as its parent: a browser could have everything sampled by it.
func (s *Site) traceRequest(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if isUntraced(c.Path()) {
			return next(c)
		}
		var parent string
		if isAPI(r.URL.Path) {
			parent = r.Header.Get(traceparent)
		}
		ctx, id, end := s.cfg.Tracer.Request(r.Context(), r.Method, c.Path(), parent)
		c.SetRequest(r.WithContext(ctx))
		Note(c, slog.LevelInfo, slog.String(LogTrace, id))
		err := next(c)
		end(c.Response().Status)
		return err
	}
}

func isUntraced(route string) bool {
	return route == "/static/*" || route == "/healthz" || route == "/readyz"
}
