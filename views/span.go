package views

import (
	"context"
	"time"
)

// Span says how long something lasts in its largest unit: "6 days", "47 hours",
// "59 minutes". It never promises more than there is, but for what rounding to
// the next smaller unit adds. The script of the code page does the same.
func Span(ctx context.Context, d time.Duration) string {
	const day = 24 * time.Hour
	if hours := d.Round(time.Hour); hours >= 2*day {
		return count(ctx, "span.days", int(hours/day))
	}
	if minutes := d.Round(time.Minute); minutes >= 2*time.Hour {
		return count(ctx, "span.hours", int(minutes/time.Hour))
	}
	return count(ctx, "span.minutes", int(max(d, 0)/time.Minute))
}
