package app

import (
	"context"
	"log/slog"
	"time"

	"antom-checkout/checkout"
)

// salesEvery is how often the days that are over are summed up for reports.
const salesEvery = 5 * time.Minute

// sumUpSales sums up for reports the days that are over. What it has not come to yet, a report
// reads from the orders.
func sumUpSales(ctx context.Context, p *Program) {
	zone := p.Settings.Pages.TimeZone
	if zone == nil {
		zone = time.UTC
	}
	again := time.NewTicker(salesEvery)
	defer again.Stop()
	for {
		if err := p.Store.SumUpSales(ctx, p.Now().In(zone)); err != nil && ctx.Err() == nil {
			p.Log.Warn("sum up sales", slog.Any(checkout.LogError, err))
		}
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}
