package app

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

const (
	faultPause   = time.Minute // between two lines about the same code
	clockTrouble = time.Minute // a difference of clocks that makes Antom refuse sessions before long
)

// faults listens to the gateway client for what a person at the shop has to mend: calls
// that Antom refuses because of settings, contract or code, and a clock that is wrong.
type faults struct {
	now     func() time.Time
	log     *slog.Logger
	metrics *metrics // nil: nothing is counted

	mu      sync.Mutex
	told    map[string]time.Time        // when each matter was last logged
	present map[string]antom.ResultCode // by endpoint: refused, and not answered well since
}

func newFaults(now func() time.Time, log *slog.Logger, metrics *metrics) *faults {
	return &faults{now: now, log: log, metrics: metrics, told: map[string]time.Time{}, present: map[string]antom.ResultCode{}}
}

// call is an observer of the gateway client.
func (f *faults) call(ctx context.Context, o antom.Observation) {
	f.compareClocks(ctx, o)
	var failure *antom.Error
	if !errors.As(o.Err, &failure) || !failure.CallFault() {
		f.endOf(o)
		return
	}
	cure, known := antom.Cure(failure.Code)
	f.mu.Lock()
	f.present[o.Endpoint] = failure.Code
	f.mu.Unlock()
	if f.metrics != nil {
		label := string(failure.Code)
		if !known {
			label = "other"
		}
		f.metrics.shopFaults.WithLabelValues(o.Endpoint, label).Inc()
	}
	if f.due("code " + string(failure.Code)) {
		f.log.ErrorContext(ctx, "Antom refuses the shop", checkout.LogEndpoint, o.Endpoint, checkout.LogCode, failure.Code, checkout.LogCure, cure)
	}
}

// endOf notes an answer that shows that an endpoint works again.
func (f *faults) endOf(o antom.Observation) {
	if o.Status == antom.StatusSuccess {
		f.mu.Lock()
		delete(f.present, o.Endpoint)
		f.mu.Unlock()
	}
}

// compareClocks warns when the shop's clock and Antom's differ.
func (f *faults) compareClocks(ctx context.Context, o antom.Observation) {
	if o.AnsweredAt.IsZero() {
		return
	}
	ahead := f.now().Sub(o.AnsweredAt)
	if ahead > clockTrouble+o.Duration || ahead < -clockTrouble {
		if f.due("clock") {
			f.log.WarnContext(ctx, "the clock differs from Antom's; set it by NTP", checkout.LogAhead, int(ahead.Seconds()))
		}
	}
}

// due reports whether a matter may be logged again.
func (f *faults) due(matter string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if last, told := f.told[matter]; told && now.Sub(last).Abs() < faultPause {
		return false
	}
	f.told[matter] = now
	return true
}

// summary names the endpoints that Antom refuses at present with their codes, or is "".
func (f *faults) summary() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for _, op := range slices.Sorted(maps.Keys(f.present)) {
		all = append(all, op+" "+string(f.present[op]))
	}
	return strings.Join(all, ", ")
}
