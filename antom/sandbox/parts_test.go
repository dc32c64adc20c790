package sandbox

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"antom-checkout/antom"
)

// TestCancelledTaskDoesNotRun: tasks run in the order of their time, those of one
// time in the order in which they were planned, and cancelled ones not at all.
func TestCancelledTaskDoesNotRun(t *testing.T) {
	clock := &world{now: time.Date(2026, 3, 18, 4, 0, 0, 0, time.UTC)}
	s := newScheduler(clock.Now)
	start, ran := s.now(), ""
	plan := func(name string, in time.Duration) *task {
		return s.plan(start.Add(in), func() { ran += fmt.Sprint(name, s.now().Sub(start), " ") })
	}
	plan("c", 2*time.Second)
	plan("a", time.Second)
	cancelled := plan("x", time.Second)
	plan("b", time.Second)
	plan("late", time.Hour)
	s.cancel(cancelled)
	s.cancel(cancelled)
	s.cancel(nil)
	changes := 0
	s.advance(time.Minute, func() { changes++ })
	if ran != "a1s b1s c2s " || changes != 3 {
		t.Errorf("%q ran, with %d changes", ran, changes)
	}
	if s.now().Sub(start) != time.Minute || s.idle(time.Hour) || !s.idle(time.Minute) {
		t.Errorf("the clock is at %s", s.now())
	}
	s.reset()
	if !s.now().Equal(start) || !s.idle(1000*time.Hour) {
		t.Error("the reset left a task, or the clock ahead")
	}
}

// TestPartsShareTheirLocks has everything happen at the same time: no act waits for
// another without end, and none races (run with -race).
func TestPartsShareTheirLocks(t *testing.T) {
	s := newShop(t, func(cfg *Config) {
		cfg.LedgerFile = filepath.Join(t.TempDir(), "ledger.jsonl")
		cfg.Transport = byHand{http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if err := antom.Acknowledge(w); err != nil {
				t.Error(err)
			}
		})}
	})
	control := s.box.Control()
	get := func(path string) {
		s.box.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	}
	locked := func(do func()) {
		s.box.ledger.mu.Lock()
		defer s.box.ledger.mu.Unlock()
		do()
		s.box.ledger.commit()
	}
	pay := func(i int) {
		req := s.payRequest(fmt.Sprint("PR-", i), "CARD", 4200)
		locked(func() { _, _ = s.box.payments.pay(req) })
		_ = control.Pay(req.PaymentRequestID) // a reset may have forgotten it
		if p, known := control.Ledger().Payment(req.PaymentRequestID); known {
			locked(func() {
				_, _ = s.box.operations.refund(&antom.RefundRequest{RefundRequestID: fmt.Sprint("RF-", i), PaymentID: p.ID, RefundAmount: p.wire()})
			})
			get("/buyer/" + p.Token)
		}
	}
	vault := func(i int) {
		req := s.vaultRequest("5162774114974622", antom.True)
		req.VaultingRequestID = fmt.Sprint("VR-", i)
		locked(func() { _, _ = s.box.vaults.vaultPaymentMethod(req) })
		for _, v := range control.Ledger().Vaultings {
			get("/vault/" + v.Token)
			get("/sdk/payment?session=" + v.SessionKey)
		}
	}
	var all sync.WaitGroup
	for _, act := range []func(int){
		pay, vault,
		func(int) { must(t, control.Advance(time.Minute)) },
		func(int) { get("/") },
		func(int) { _ = control.Notifications(); _ = control.Messages(); _ = control.Now() },
		func(i int) {
			s.fault(Fault{Kind: Duplicate, Times: 1})
			control.Seed(uint64(i))
		},
		func(i int) {
			if i%20 == 19 {
				must(t, control.Reset())
			}
		},
	} {
		all.Go(func() {
			for i := range 60 {
				act(i)
			}
		})
	}
	all.Wait()
	must(t, control.Reset())
	s.after(time.Hour)
	if n := len(control.Notifications()); n != 0 {
		t.Errorf("%d notifications survived the reset", n)
	}
}
