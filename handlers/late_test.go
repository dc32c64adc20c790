package handlers_test

import (
	"testing"
	"time"

	"antom-checkout/checkout"
)

// A buyer pays in a tab that was left open, after the order has closed. An order that
// the merchant has cancelled stays cancelled, and the money is returned, whatever
// LATE_PAYMENT says: that is about orders that have expired.
func TestLateMoney(t *testing.T) {
	merchant := func(s *shop) { must(s.t, s.desk().Cancel(s.t.Context(), s.orderID(), by("cancel"))) }
	time61 := func(s *shop) { s.jumps(61 * time.Minute); s.sweeps() } // the shop's clock is ahead of Antom's
	for name, c := range map[string]struct {
		refundLate bool
		closes     func(*shop)
		status     string
		holds      int64
	}{
		"expired, accept":   {false, time61, "paid", 4800},
		"expired, refund":   {true, time61, "expired", 0},
		"cancelled, accept": {false, merchant, "cancelled", 0},
		"cancelled, refund": {true, merchant, "cancelled", 0},
	} {
		for _, method := range []string{"GCASH", "CARD"} {
			t.Run(name+", "+method, func(t *testing.T) {
				shop := newShop(t, func(s *settings) { s.refundLate = c.refundLate })
				buyer := shop.newBuyer()
				path := buyer.orders()
				id := buyer.starts(path, method).PaymentRequestID
				c.closes(shop)
				buyer.get(path+"/status").sees(200, `"final":true`)
				must(t, shop.control.Pay(id))
				shop.quiet()
				shop.inquires()
				if st := buyer.status(path); st.Status != c.status {
					t.Errorf("the order is %s, want %s", st.Status, c.status)
				}
				shop.holds(c.holds)
				shop.expectCount(map[bool]int{true: 1}[c.holds > 0], "outbox", "topic", string(checkout.EmailReceipt))
			})
		}
	}
}
