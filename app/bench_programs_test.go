//go:build bench

package app

import (
	"testing"
	"time"
)

// BenchmarkArrival: how long a change that one program makes takes to a page of another, both on
// one PostgreSQL. The goal is 100 ms at p99.
func BenchmarkArrival(b *testing.B) {
	var medians, latest []float64
	for b.Loop() {
		var took []float64
		waits := arrivals(b, 200)
		for _, wait := range waits {
			took = append(took, float64(wait)/float64(time.Millisecond))
		}
		medians, latest = append(medians, median(took)), append(latest, p99(waits)/float64(time.Millisecond))
	}
	b.ReportMetric(median(medians), "median-ms")
	b.ReportMetric(median(latest), "p99-ms")
	b.ReportMetric(0, "ns/op")
}
