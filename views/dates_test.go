package views

import (
	"context"
	"testing"
	"time"
)

// At half past seven in Singapore it is the day before in UTC.
func TestDatesAndTimesAreOfTheZone(t *testing.T) {
	at := time.Date(2026, 11, 27, 23, 30, 0, 0, time.UTC)
	for zone, want := range map[string][3]string{
		"":               {"November 27, 2026", "23:30 UTC", "2026-11-28, 00:30 UTC"},
		"Asia/Singapore": {"November 28, 2026", "07:30 UTC+8", "08:30 UTC+8"},
		"Asia/Kolkata":   {"November 28, 2026", "05:00 UTC+5:30", "06:00 UTC+5:30"},
		"America/Lima":   {"November 27, 2026", "18:30 UTC-5", "19:30 UTC-5"},
	} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		ctx := WithTimeZone(context.Background(), location)
		got := [3]string{Day(ctx, at), Clock(ctx, at, at), Clock(ctx, at.Add(time.Hour), at)}
		if got != want {
			t.Errorf("in %q it is %q, want %q", zone, got, want)
		}
	}
	if got := Day(context.Background(), at.In(time.FixedZone("", 8*3600))); got != "November 27, 2026" {
		t.Errorf("without a zone it is %s", got)
	}
}
