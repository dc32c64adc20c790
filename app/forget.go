package app

import (
	"context"
	"log/slog"
	"time"

	"antom-checkout/checkout"
)

// forgetAnswers removes, once an hour, what the merchant API keeps to repeat its answers.
func (p *Program) forgetAnswers(ctx context.Context) {
	hour := time.NewTicker(time.Hour)
	defer hour.Stop()
	for {
		if err := p.Services.Merchant.Forget(ctx); err != nil && ctx.Err() == nil {
			p.Log.Warn("forget API answers", slog.Any(checkout.LogError, err))
		}
		select {
		case <-ctx.Done():
			return
		case <-hour.C:
		}
	}
}
