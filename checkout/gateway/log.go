package gateway

import (
	"cmp"
	"context"
	"errors"
	"log/slog"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// paymentKey is where a context names the payment that a call is about.
type paymentKey struct{}

// about names the payment that a call made with the context is about, for its line.
func about(ctx context.Context, requestID string) context.Context {
	return context.WithValue(ctx, paymentKey{}, requestID)
}

// PaymentOf is the payment that a call made with the context is about, or "".
func PaymentOf(ctx context.Context) string {
	payment, _ := ctx.Value(paymentKey{}).(string)
	return payment
}

// LogCalls makes an observer of antom.Client that writes a line per call. A call that
// Antom has answered is a detail. One without an answer, and a refusal that blames the
// shop's keys, contract or code, are warnings.
func LogCalls(log *slog.Logger) func(context.Context, antom.Observation) {
	return func(ctx context.Context, o antom.Observation) {
		level := levelOf(o)
		if !log.Enabled(ctx, level) {
			return
		}
		attrs := make([]slog.Attr, 0, 8)
		attrs = append(attrs, slog.String(checkout.LogEndpoint, o.Endpoint))
		if payment := PaymentOf(ctx); payment != "" {
			attrs = append(attrs, slog.String(checkout.LogPayment, payment))
		}
		attrs = append(attrs,
			slog.String(checkout.LogResult, cmp.Or(string(o.Status), "none")),
			slog.Float64(checkout.LogMilliseconds, float64(o.Duration.Microseconds())/1000), slog.Int(checkout.LogAttempt, o.Attempt))
		switch {
		case o.Code != "":
			attrs = append(attrs, slog.String(checkout.LogCode, string(o.Code)))
		case o.Err != nil:
			attrs = append(attrs, slog.Any(checkout.LogError, o.Err))
		}
		log.LogAttrs(ctx, level, "call", attrs...)
	}
}

func levelOf(o antom.Observation) slog.Level {
	var failure *antom.Error
	if errors.As(o.Err, &failure) && (failure.Unknown() || failure.Fix()) {
		return slog.LevelWarn
	}
	return slog.LevelDebug
}
