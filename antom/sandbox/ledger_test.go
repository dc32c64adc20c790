package sandbox

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"antom-checkout/antom"
)

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
		// The merchant's calls enter below the signature, the buyer's acts by Control.
		locked := func(do func() *Refusal) {
			box.ledger.mu.Lock()
			defer box.ledger.mu.Unlock()
			do() // a refusal is a valid answer
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
