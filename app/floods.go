package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
)

const (
	floodPause = time.Minute // between two lines of level ERROR of one kind
	floodKinds = 256         // that are remembered before those that are over are forgotten
)

// floodHandler lets one line of level ERROR of each kind through in a minute: a full
// disk makes every request fail, and the log would fill what is left. The next one says
// how many there were meanwhile. Lines about requests are written all the same, at level
// INFO: the reference on an error page leads to them.
type floodHandler struct {
	slog.Handler
	kinds *kinds
}

func withoutFloods(h slog.Handler) slog.Handler { return floodHandler{h, &kinds{}} }

// Handle implements slog.Handler.
func (h floodHandler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelError {
		return h.Handler.Handle(ctx, r)
	}
	suppressed, due := h.kinds.take(kindOf(r), r.Time)
	switch {
	case due && suppressed > 0:
		r = r.Clone()
		r.AddAttrs(slog.Int(checkout.LogSuppressed, suppressed))
	case due:
	case r.Message == web.RequestLine && h.Enabled(ctx, slog.LevelInfo):
		r.Level = slog.LevelInfo
	default:
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h floodHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return floodHandler{h.Handler.WithAttrs(attrs), h.kinds}
}

// WithGroup implements slog.Handler.
func (h floodHandler) WithGroup(name string) slog.Handler {
	return floodHandler{h.Handler.WithGroup(name), h.kinds}
}

// kindOf is what lines have in common that tell of the same trouble: their message,
// Antom's code, and the error without what differs from one request to the next.
func kindOf(r slog.Record) string {
	kind := r.Message
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case checkout.LogError:
			kind += "\x00" + cause(a.Value)
		case checkout.LogCode, checkout.LogEndpoint:
			kind += "\x00" + a.Value.String()
		}
		return true
	})
	return kind
}

// cause is the code of an error, or the first line of the error that it began with.
func cause(v slog.Value) string {
	err, isError := v.Any().(error)
	if !isError {
		return v.String()
	}
	var coded *checkout.Error
	if errors.As(err, &coded) {
		return string(coded.Code)
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}

// kinds remembers when a line of each kind was let through last.
type kinds struct {
	mu   sync.Mutex
	last map[string]*flood
}

type flood struct {
	began      time.Time
	suppressed int
}

// take reports whether a line of a kind is due, and how many were suppressed before it.
func (k *kinds) take(kind string, now time.Time) (suppressed int, due bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	f := k.last[kind]
	if f != nil && now.Sub(f.began).Abs() < floodPause {
		f.suppressed++
		return 0, false
	}
	if f != nil {
		suppressed = f.suppressed
	}
	if k.last == nil || len(k.last) >= floodKinds {
		k.forget(now)
	}
	k.last[kind] = &flood{began: now}
	return suppressed, true
}

// forget leaves the kinds that are not over.
func (k *kinds) forget(now time.Time) {
	left := map[string]*flood{}
	for kind, f := range k.last {
		if now.Sub(f.began).Abs() < floodPause {
			left[kind] = f
		}
	}
	k.last = left
}
