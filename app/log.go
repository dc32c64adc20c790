package app

import (
	"context"
	"io"
	"log/slog"

	"antom-checkout/antom"
	"antom-checkout/checkout/gateway"
)

// Names of attributes that only lines of this package have. Those that several
// packages write stand in checkout/log.go.
const (
	logAddress = "address" // where something listens
	logPart    = "part"    // the part of the program that a line is from: sandbox
	logSetting = "setting" // its name
	logProblem = "problem" // what is probably wrong with it, and the way out
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
		return slog.New(withoutFloods(slog.NewJSONHandler(w, options)))
	}
	return slog.New(withoutFloods(slog.NewTextHandler(w, options)))
}

// observeCalls makes what is told of every call to Antom: a line of the log, and
// in a server the metrics, and the traces.
func (p *Program) observeCalls() func(context.Context, antom.Observation) {
	write := gateway.LogCalls(p.Log)
	if p.metrics == nil {
		return write
	}
	return func(ctx context.Context, o antom.Observation) {
		p.metrics.call(ctx, o)
		write(ctx, o)
		traceCall(ctx, p.traces, o)
	}
}
