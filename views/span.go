package views

import (
	"context"
	"time"
)

// Span formats a duration in its largest unit: "6 days", "47 hours", "59 minutes".
// It rounds down, after rounding to the next smaller unit. The script of the code
// page does the same.
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
