package sandbox

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
)

func TestNewRefuses(t *testing.T) {
	for name, cfg := range map[string]Config{
		"a production client id": {URL: "http://localhost:8081", Keys: testKeys(), ClientID: "5X00000000000000"},
		"no keys":                {URL: "http://localhost:8081"},
		"no address":             {Keys: testKeys()},
		"an address with a path": {URL: "http://localhost:8081/sandbox", Keys: testKeys()},
	} {
		if box, err := New(cfg); err == nil {
			t.Errorf("%s is accepted", name)
			must(t, box.Close())
		}
	}
}

// TestManyPaymentsLeaveNothingBehind: 2,000 payments with notifications, duplicates
// and refunds. What grows is the ledger; goroutines and messages do not.
func TestManyPaymentsLeaveNothingBehind(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	before := runtime.NumGoroutine()
	s := newShop(t)
	s.fault(Fault{Kind: Duplicate, Chance: 0.2})
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	round := func(from int) {
		for i := range 500 {
			id := fmt.Sprint("PR-", from+i)
			s.box.ledger.mu.Lock()
			_, refusal := s.box.payments.pay(s.payRequest(id, "ALIPAY_CN", 4200))
			s.box.ledger.mu.Unlock()
			if refusal != nil {
				t.Fatal(refusal)
			}
			must(t, s.box.Control().Pay(id))
			s.box.ledger.mu.Lock()
			_, refusal = s.box.operations.refund(&antom.RefundRequest{RefundRequestID: "RF" + id, PaymentID: s.box.ledger.payments[id].ID, RefundAmount: money(t, "SGD", 100)})
			s.box.ledger.mu.Unlock()
			if refusal != nil {
				t.Fatal(refusal)
			}
		}
		s.after(time.Hour)
	}
	round(0)
	first := heap()
	for i := 1; i < 4; i++ {
		round(500 * i)
	}
	grown := int64(heap()) - int64(first)
	if perPayment := grown / 1500; perPayment > 16<<10 {
		t.Errorf("every payment keeps %d bytes", perPayment)
	}
	if l := s.box.Control().Ledger(); len(l.Payments) != 2000 || len(l.Refunds) != 2000 {
		t.Errorf("%d payments, %d refunds", len(l.Payments), len(l.Refunds))
	}
	if got := len(s.box.Control().Messages()); got > keptMessages {
		t.Errorf("%d messages are kept", got)
	}
	if received := strings.Count(s.kinds(), "S"); received < 4000 {
		t.Errorf("the shop received %d notifications of 4,000", received)
	}
	must(t, s.box.Close())
	s.hooks.CloseClientConnections()
	for range 200 {
		if runtime.NumGoroutine() <= before+10 { // the two test servers and their connections
			return
		}
		runtime.Gosched()
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}
