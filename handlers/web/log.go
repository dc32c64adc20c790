package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
)

// Names of attributes that only lines about HTTP have. Those that other packages
// write, too, stand in checkout/log.go.
const (
	LogVerb      = "verb" // GET, POST
	LogRoute     = "route"
	LogStatus    = "status"
	LogBytes     = "bytes"
	LogHost      = "host"
	LogClient    = "client" // an IP address
	LogStack     = "stack"
	LogDirective = "directive"
	LogSource    = "source"
	LogTrace     = "trace"    // the id of the request's trace, where traces are on
	LogAnswer    = "answer"   // why an error was not answered
	LogUnlogged  = "unlogged" // how many such requests have no line of their own
)

// RequestLine is the message of the line that is written about every request.
const RequestLine = "request"

// logRequest writes one line per request, and counts it. It names the route and
// not the address, because a checkout's address opens the order. An error is part
// of that line, and is logged nowhere else.
func (s *Site) logRequest(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began, ctx := s.cfg.Now(), c.Request().Context()
		err := next(c)
		level := levelOf(ctx, err, c.Response().Committed)
		if err != nil {
			s.answerError(err, c) // now the status is known
		}
		took, res, n := s.cfg.Now().Sub(began), c.Response(), noted(c)
		attrs := []slog.Attr{
			slog.String(LogVerb, c.Request().Method), slog.String(LogRoute, c.Path()), slog.Int(LogStatus, res.Status),
			slog.Int64(LogBytes, res.Size), slog.Float64(checkout.LogMilliseconds, float64(took.Microseconds())/1000),
		}
		level = max(level, n.level)
		if err != nil && level > slog.LevelInfo {
			attrs = append(attrs, slog.Any(checkout.LogError, err))
		}
		if !n.unlogged {
			s.log.LogAttrs(ctx, level, RequestLine, append(attrs, n.attrs...)...)
		}
		s.cfg.Meter.Request(c.Request().Method, c.Path(), res.Status, took)
		return nil
	}
}

// levelOf is the level of an error: Error where the server failed, Info where the
// client did. begun says whether the answer had begun before the error.
func levelOf(ctx context.Context, err error, begun bool) slog.Level {
	if err == nil || hasLeft(ctx, err) || begun && isConnection(err) {
		return slog.LevelInfo
	}
	if status, _ := describe(err); status >= http.StatusInternalServerError {
		return slog.LevelError
	}
	return slog.LevelInfo
}

// hasLeft reports whether the client has closed its connection, which caused err.
func hasLeft(ctx context.Context, err error) bool {
	return errors.Is(err, context.Canceled) && ctx.Err() != nil
}

// isConnection reports whether what was written did not reach the client.
func isConnection(err error) bool {
	var failed *net.OpError
	return errors.As(err, &failed) && failed.Op == "write"
}

// note is what a handler adds to the line of its request.
type note struct {
	level    slog.Level
	attrs    []slog.Attr
	unlogged bool
}

const noteKey = "web.note"

// Note adds to the line that is written about the request, and makes it one of at
// least this level.
func Note(c echo.Context, level slog.Level, attrs ...slog.Attr) {
	n := noted(c)
	n.level, n.attrs = max(n.level, level), append(n.attrs, attrs...)
	c.Set(noteKey, n)
}

// LeaveOut writes no line about the request. It is counted all the same.
func LeaveOut(c echo.Context) {
	n := noted(c)
	n.unlogged = true
	c.Set(noteKey, n)
}

func noted(c echo.Context) note {
	n, _ := c.Get(noteKey).(note)
	return n
}
