package handlers_test

import (
	"bytes"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// attempts is how many attempts an order takes.
const attempts = 50

// calls counts the calls to Antom.
type calls struct{ n atomic.Int64 }

func (c *calls) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n.Add(1)
	return http.DefaultTransport.RoundTrip(r)
}

// triedBefore stores failed attempts of the newest order.
func (s *shop) triedBefore(times int) {
	s.t.Helper()
	ids := checkout.NewIDs(time.Now)
	_, _, err := s.store.Update(s.t.Context(), s.orderID(), checkout.Evidence{Cause: checkout.Cause{Kind: checkout.ByShopper}},
		func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
			o = o.Clone()
			for range times {
				o.Payments = append(o.Payments, checkout.Payment{
					RequestID: ids.New(), Method: "GCASH", Mode: checkout.ModeSDK, Status: checkout.PaymentFailed, Amount: o.Total,
					Body: bytes.Repeat([]byte("x"), 2000), CreatedAt: o.CreatedAt, ExpiresAt: o.ExpiresAt,
				})
			}
			return o, nil, nil
		})
	must(s.t, err)
}

// triedOften is an order with all the attempts that it takes; the last is in progress.
func (s *shop) triedOften() (b *buyer, path string, last action) {
	s.t.Helper()
	b = s.newBuyer()
	path = b.orders()
	s.triedBefore(attempts - 1)
	last = b.starts(path, "ALIPAY_CN")
	b.expectAction(last, http.StatusOK, "sdk")
	return b, path, last
}

// A buyer, or a machine, starts again and again. The order takes so many attempts and no
// more, and says so; the last one goes on.
func TestAnOrderTakesSoManyAttempts(t *testing.T) {
	shop := newShop(t)
	buyer, path, last := shop.triedOften()
	const said = "This order can no longer be paid."
	buyer.postJSON(path+"/payments", `{"method":"GCASH"}`).sees(http.StatusConflict, `{"error":"`+said)
	buyer.post(path+"/payments", "method=GCASH").sees(http.StatusConflict, said, `data-test="method"`)
	shop.expectCount(attempts, "payment", "currency", "SGD")

	again := buyer.starts(path, "ALIPAY_CN")
	if again.status != http.StatusOK || again.PaymentRequestID != last.PaymentRequestID {
		t.Errorf("the attempt in progress does not go on: %+v", again)
	}
	must(t, shop.control.Decline(last.PaymentRequestID, ""))
	shop.quiet()
	buyer.get(path).sees(http.StatusOK, said, `data-status="open"`).seesNot(`data-test="method"`, `data-test="pay"`)
	buyer.post(path+"/payments", "method=GCASH").sees(http.StatusConflict, said).seesNot(`data-test="method"`)
	buyer.get(path + "?lang=de").sees(http.StatusSeeOther)
	buyer.post(path+"/payments", "method=GCASH").sees(http.StatusConflict, "kein weiterer Zahlungsversuch")
	shop.expectCount(attempts, "payment", "currency", "SGD")

	other := shop.newBuyer()
	other.expectAction(other.starts(other.orders(), "GCASH"), http.StatusOK, "sdk")
}

// The last attempt may be paid like any other.
func TestTheLastAttemptIsPaid(t *testing.T) {
	shop := newShop(t)
	buyer, path, last := shop.triedOften()
	must(t, shop.control.Pay(last.PaymentRequestID))
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
}

// A start calls Antom as often after many attempts as after one.
func TestAStartAfterManyAttemptsCallsAntomNoMoreOften(t *testing.T) {
	shop := newShop(t)
	counted := &calls{}
	shop.outside.ToAntom = counted
	desk := shop.desk()
	shop.newBuyer().orders()
	o, err := shop.store.OrderByID(t.Context(), shop.orderID())
	must(t, err)
	starts := func(method string) int64 {
		before := counted.n.Load()
		_, err := desk.Start(t.Context(), o.Token, checkout.Attempt{
			Method: method, Mode: checkout.ModeSDK, Device: checkout.Device{IP: "192.0.2.1", Terminal: checkout.TerminalWeb},
		})
		must(t, err)
		return counted.n.Load() - before
	}
	starts("GCASH")
	second := starts("ALIPAY_CN")
	shop.triedBefore(attempts - 3)
	if last := starts("GCASH"); last != second {
		t.Errorf("the second start made %d calls, the last %d", second, last)
	}
}
