package app

import (
	"io"
	"log/slog"
)

// LogSettings say how the program writes its log.
type LogSettings struct {
	JSON  bool
	Level slog.Level
}

// newLog makes the program's one logger.
func newLog(s LogSettings, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: s.Level}
	if s.JSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
