package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

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

func TestKeysAreMadeOnceAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "sandbox-keys.json")
	made, err := LoadKeys(path)
	must(t, err)
	kept, err := LoadKeys(path)
	must(t, err)
	if !made.merchant.Equal(kept.merchant) || !made.antom.Equal(kept.antom) {
		t.Error("the keys changed")
	}
	file, err := os.Stat(path)
	must(t, err)
	if file.Mode().Perm() != 0o600 {
		t.Errorf("the keys' file has mode %s", file.Mode())
	}
	must(t, os.WriteFile(path, []byte("{}"), 0o600))
	if _, err := LoadKeys(path); err == nil {
		t.Error("a damaged file is accepted")
	}
}

func TestRestartForgetsNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ledger.jsonl")
	s := newShop(t, func(cfg *Config) { cfg.LedgerFile = file })
	s.paid("PR-card", "CARD", 4200)
	s.deaf = 1
	s.paid("PR-wallet", "ALIPAY_CN", 900)
	s.pays("PR-open", "GRABPAY_SG", 700)
	must(t, s.call("createPaymentSession", s.sessionRequest("PR-session", "CARD", 100)))
	p := s.paid("PR-refund", "CARD", 500)
	must(t, s.call("refund", antom.RefundRequest{RefundRequestID: "RF-1", PaymentID: p.ID, RefundAmount: p.wire()}))
	must(t, s.call("cancel", antom.CancelRequest{PaymentRequestID: "PR-wallet"}))
	before, notices := s.box.Control().Ledger(), s.box.Control().Notifications()

	// The process dies in the middle of a line.
	journal, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = journal.WriteString(`{"payment":{"payment_request`)
	must(t, err)
	must(t, journal.Close())
	text, err := os.ReadFile(file)
	must(t, err)
	if bytes.Contains(text, []byte(testCards[0].Number)) {
		t.Error("a card number is in the ledger file")
	}

	copied := filepath.Join(t.TempDir(), "ledger.jsonl")
	must(t, os.WriteFile(copied, text, 0o600))
	again := newShop(t, func(cfg *Config) {
		cfg.LedgerFile, cfg.URL = copied, s.url
		now := s.box.Control().Now()
		cfg.Now = func() time.Time { return now.Add(-s.box.scheduler.offset()) }
	})
	after := again.box.Control().Ledger()
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error("the ledger changed by the restart:\n" + diff)
	}
	if diff := cmp.Diff(notices, again.box.Control().Notifications()); diff != "" {
		t.Error("the notices changed by the restart:\n" + diff)
	}
	again.after(time.Hour)
	if p, _ := again.box.Control().Ledger().Payment("PR-open"); p.Status != antom.PaymentFail {
		t.Errorf("the open payment did not close: %s", p.Status)
	}
	if got := again.box.Control().Ledger().Refunds[0].Status; got != antom.TransactionSuccess {
		t.Errorf("the refund is still %s", got)
	}
	for _, n := range again.box.Control().Notifications() {
		if n.PaymentRequestID == "PR-wallet" && len(n.Sendings) != 2 {
			t.Errorf("the notice was sent %d times", len(n.Sendings))
		}
	}
}

// TestLedgerKeepsItsLaws plays random buyers, merchants and clocks, and checks
// after every act that money is conserved and final states stay final.
func TestLedgerKeepsItsLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		box, err := New(Config{URL: "http://localhost:1", Keys: testKeys(), Now: (&world{now: time.Date(2026, 3, 18, 4, 0, 0, 0, time.UTC)}).Now})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := box.Close(); err != nil {
				t.Fatal(err)
			}
		}()
		control := box.Control()
		seen := map[string]antom.PaymentStatus{}
		id := rapid.SampledFrom([]string{"PR-1", "PR-2", "PR-3"})
		method := rapid.SampledFrom([]string{"CARD", "ALIPAY_CN", "DANA", "SOFORT", "PAYNOW"})
		amount := rapid.Int64Range(1, 300)
		// The merchant's calls go in below the signature, the buyer's through the levers.
		locked := func(do func() *Refusal) {
			box.ledger.mu.Lock()
			defer box.ledger.mu.Unlock()
			do() // a refusal is as good an answer as any
		}
		sum := func(m int64) antom.Amount {
			a, err := antom.NewAmount("SGD", m)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		paymentID := func(id string) string {
			p, _ := control.Ledger().Payment(id)
			return p.ID
		}
		t.Repeat(map[string]func(*rapid.T){
			"session": func(t *rapid.T) {
				a := sum(amount.Draw(t, "amount"))
				locked(func() *Refusal {
					_, r := box.sessions.createPaymentSession(&antom.PaymentSessionRequest{
						ProductCode: antom.ProductCheckout, PaymentRequestID: id.Draw(t, "id"), PaymentAmount: a,
						Order:         &antom.Order{ReferenceOrderID: "O", Description: "d", Amount: a},
						PaymentMethod: &antom.PaymentMethod{Type: method.Draw(t, "method")}, PaymentRedirectURL: "http://shop.example/",
					})
					return r
				})
			},
			"pay": func(t *rapid.T) {
				a := sum(amount.Draw(t, "amount"))
				mode := rapid.SampledFrom([]antom.CaptureMode{antom.CaptureAutomatic, antom.CaptureManual}).Draw(t, "capture")
				locked(func() *Refusal {
					_, r := box.payments.pay(&antom.PayRequest{
						ProductCode: antom.ProductCheckout, PaymentRequestID: id.Draw(t, "id"), PaymentAmount: a,
						Order:         &antom.Order{ReferenceOrderID: "O", Description: "d", Amount: a},
						PaymentMethod: &antom.PaymentMethod{Type: method.Draw(t, "method")}, PaymentRedirectURL: "http://shop.example/",
						PaymentFactor: &antom.PaymentFactor{CaptureMode: mode}, Env: &antom.Env{TerminalType: antom.TerminalWeb},
					})
					return r
				})
			},
			"cancel": func(t *rapid.T) {
				locked(func() *Refusal {
					_, r := box.operations.cancel(&antom.CancelRequest{PaymentRequestID: id.Draw(t, "id")})
					return r
				})
			},
			"capture": func(t *rapid.T) {
				payment, a := paymentID(id.Draw(t, "id")), amount.Draw(t, "amount")
				if rapid.Bool().Draw(t, "in full") {
					box.ledger.mu.Lock()
					if p := box.ledger.paymentIDs[payment]; p != nil {
						a = p.Amount
					}
					box.ledger.mu.Unlock()
				}
				locked(func() *Refusal {
					_, r := box.operations.capture(&antom.CaptureRequest{
						CaptureRequestID: fmt.Sprint("CR-", rapid.IntRange(1, 5).Draw(t, "request")), PaymentID: payment, CaptureAmount: sum(a),
					})
					return r
				})
			},
			"refund": func(t *rapid.T) {
				payment := paymentID(id.Draw(t, "id"))
				locked(func() *Refusal {
					_, r := box.operations.refund(&antom.RefundRequest{
						RefundRequestID: fmt.Sprint("RF-", rapid.IntRange(1, 9).Draw(t, "request")), PaymentID: payment, RefundAmount: sum(amount.Draw(t, "amount")),
					})
					return r
				})
			},
			// The buyer's acts may come too late; then they are errors and change nothing.
			"buyer pays":     func(t *rapid.T) { _ = control.Pay(id.Draw(t, "id")) },
			"buyer declines": func(t *rapid.T) { _ = control.Decline(id.Draw(t, "id"), "") },
			"buyer pends":    func(t *rapid.T) { _ = control.Pend(id.Draw(t, "id")) },
			"time goes by": func(t *rapid.T) {
				if err := control.Advance(time.Duration(rapid.Int64Range(0, int64(3*day)).Draw(t, "time"))); err != nil {
					t.Fatal(err)
				}
			},
			"a fault": func(t *rapid.T) {
				kind := rapid.SampledFrom([]FaultKind{CaptureFail, CaptureDelay, RefundFail, RefundDelay}).Draw(t, "kind")
				if _, err := control.AddFault(Fault{Kind: kind, Times: 1, Delay: Duration(time.Minute)}); err != nil {
					t.Fatal(err)
				}
			},
			"": func(t *rapid.T) { checkLaws(t, control.Ledger(), seen) },
		})
	})
}

// checkLaws checks the ledger's invariants. seen holds the statuses it had before.
func checkLaws(t *rapid.T, l Ledger, seen map[string]antom.PaymentStatus) {
	for _, p := range l.Payments {
		before, known := seen[p.RequestID]
		if known && final(before) && p.Status != before && (before != antom.PaymentSuccess || p.Status != antom.PaymentCancelled) {
			t.Fatalf("%s was %s and is %s", p.RequestID, before, p.Status)
		}
		seen[p.RequestID] = p.Status
		var captured, refunded int64
		for _, c := range l.Captures {
			if c.PaymentRequestID == p.RequestID && c.Status != antom.TransactionFail {
				captured += c.Amount
			}
		}
		for _, r := range l.Refunds {
			if r.PaymentRequestID == p.RequestID && r.Status != antom.TransactionFail {
				refunded += r.Amount
			}
		}
		if captured > p.Amount || refunded > p.Amount {
			t.Fatalf("%s of %d: %d captured, %d refunded", p.RequestID, p.Amount, captured, refunded)
		}
		switch {
		case p.Status == antom.PaymentCancelled && p.LatePaid:
			if refunded != p.Amount {
				t.Fatalf("%s came too late and %d of %d went back", p.RequestID, refunded, p.Amount)
			}
		case p.Status != antom.PaymentSuccess:
			if captured+refunded > 0 {
				t.Fatalf("%s is %s with %d captured and %d refunded", p.RequestID, p.Status, captured, refunded)
			}
		case p.Method == "CARD" && refunded > captured:
			t.Fatalf("%s: %d refunded of %d captured", p.RequestID, refunded, captured)
		}
		if p.Status == antom.PaymentSuccess && p.PaidAt.IsZero() {
			t.Fatalf("%s is paid at no time", p.RequestID)
		}
		if !final(p.Status) && !p.ClosesAt.After(p.CreatedAt) {
			t.Fatalf("%s never closes", p.RequestID)
		}
	}
}

// TestManyPaymentsLeaveNothingBehind: 2,000 payments with notices, duplicates
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
	if heard := strings.Count(s.kinds(), "S"); heard < 4000 {
		t.Errorf("the shop heard %d notices of 4,000", heard)
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
