package web

import (
	"context"
	"crypto/rand"
	"log/slog"
	"regexp"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
)

type requestIDKey struct{}

// RequestID is the id of the request that ctx belongs to, or "" outside of one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// requestIDSyntax is the form of an id that another program may send.
var requestIDSyntax = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// nameRequest gives every request an id: the one that a trusted proxy has given it,
// or a new one. The answer carries it, the context holds it, and so does every log
// line written with that context.
func (s *Site) nameRequest(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		id := r.Header.Get(echo.HeaderXRequestID)
		if !requestIDSyntax.MatchString(id) || !s.trusts(r.RemoteAddr) {
			id = rand.Text()
		}
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		if isAPI(r.URL.Path) {
			c.Response().Header().Set(HeaderRequestID, id)
		}
		c.SetRequest(r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
		return next(c)
	}
}

// WithRequestID makes a logger write the request id of the context into every line.
// A logger that does so already stays as it is.
func WithRequestID(log *slog.Logger) *slog.Logger {
	if _, does := log.Handler().(requestIDHandler); does {
		return log
	}
	return slog.New(requestIDHandler{log.Handler()})
}

type requestIDHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h requestIDHandler) Handle(ctx context.Context, line slog.Record) error {
	if id := RequestID(ctx); id != "" {
		line.AddAttrs(slog.String(checkout.LogRequest, id))
	}
	return h.Handler.Handle(ctx, line)
}

// WithAttrs implements slog.Handler.
func (h requestIDHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return requestIDHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h requestIDHandler) WithGroup(name string) slog.Handler {
	return requestIDHandler{h.Handler.WithGroup(name)}
}
