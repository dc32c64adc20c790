package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
)

// A full disk makes a hundred requests a second fail; the log tells of it once a minute.
func TestTheSameTroubleIsLoggedOnceAMinute(t *testing.T) {
	var log bytes.Buffer
	logger := newLog(LogSettings{}, &log).With("part", "shop") // a logger with attributes floods no other way
	began := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	write := func(after time.Duration, message string, attrs ...any) {
		r := slog.NewRecord(began.Add(after), slog.LevelError, message, 0)
		r.Add(attrs...)
		if err := logger.Handler().Handle(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
	unstored := func(i int) error {
		return fmt.Errorf("order %d: %w", i, &checkout.Error{Code: checkout.CodeUnstored, Err: errors.New("disk full")})
	}
	for i := range 100 {
		write(time.Duration(i)*10*time.Millisecond, web.RequestLine, checkout.LogRequest, i, checkout.LogError, unstored(i))
		write(time.Duration(i)*10*time.Millisecond, "poll payment", checkout.LogError, unstored(i))
	}
	write(time.Second, web.RequestLine, checkout.LogError, errors.New("another trouble"))
	write(61*time.Second, "poll payment", checkout.LogError, unstored(100))
	write(-time.Hour, "poll payment", checkout.LogError, unstored(101)) // the clock went back

	lines := func(parts ...string) (n int) {
		for line := range strings.Lines(log.String()) {
			found := true
			for _, part := range parts {
				found = found && strings.Contains(line, part)
			}
			if found {
				n++
			}
		}
		return n
	}
	for _, row := range []struct {
		want  int
		parts []string
	}{
		{1, []string{"level=ERROR", "msg=request", "unstored"}},
		{99, []string{"level=INFO", "msg=request", "unstored"}}, // the reference on a page leads to its line
		{1, []string{"level=INFO", "msg=request", "request=57 "}},
		{1, []string{"level=ERROR", "another trouble"}},
		{3, []string{"msg=\"poll payment\""}},
		{1, []string{"level=ERROR", "msg=\"poll payment\"", "suppressed=99"}},
	} {
		if got := lines(row.parts...); got != row.want {
			t.Errorf("%d lines with %q, want %d", got, row.parts, row.want)
		}
	}
}
