package handlers_test

import (
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
)

// jumps sets the shop's clock, and not Antom's.
func (s *shop) jumps(d time.Duration) { s.offset.Add(int64(d)) }

const day = 24 * time.Hour

// The clock goes back by a day, while the program runs or while it does not. What was
// unfinished goes on at once, and not a day later.
func TestWhatIsUnfinishedGoesOnAfterTheClockWentBack(t *testing.T) {
	for name, restarts := range map[string]bool{"while the program runs": false, "between two runs": true} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t)
			buyer := shop.newBuyer()
			unfinished := buyer.orders()
			id := buyer.starts(unfinished, "GCASH").PaymentRequestID
			shop.sweeps()
			paying := shop.newBuyer()
			paid := paying.orders()
			must(t, shop.control.Pay(paying.starts(paid, "GCASH").PaymentRequestID)) // its effects wait in the outbox
			shop.quiet()
			shop.fault(sandbox.Fault{Kind: sandbox.Lose, On: "PAYMENT_RESULT"})
			must(t, shop.control.Pay(id))
			shop.quiet()
			shop.expectCount(1, "order", "status", "paid")

			shop.jumps(-day)
			if restarts {
				shop.desk().SweepOnce(t.Context())
			} else {
				shop.sweeps()
			}
			shop.expectCount(2, "order", "status", "paid")
			for range 2 { // the second order's receipt is due a moment later
				shop.passes(time.Second)
				shop.sweeps()
			}
			shop.expectCount(0, "outbox", "state", "pending")
		})
	}
}

// A page that waits asks Antom again, although its last question seems to be made
// tomorrow.
func TestAPageAsksAgainAfterTheClockWentBack(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	id := buyer.starts(path, "GCASH").PaymentRequestID
	buyer.expectStatus(path, "processing", "processing")
	shop.fault(sandbox.Fault{Kind: sandbox.Lose, On: "PAYMENT_RESULT"})
	must(t, shop.control.Pay(id))
	shop.quiet()
	shop.jumps(-day)
	buyer.expectStatus(path, "paid", "paid")
}

// An attempt that begins after the clock went back is the order's newest one all the
// same.
func TestTheNewestAttemptIsTheLastAfterTheClockWentBack(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	must(t, shop.control.Decline(buyer.starts(path, "GCASH").PaymentRequestID, ""))
	shop.quiet()
	buyer.expectStatus(path, "open", "failed")
	shop.jumps(-day)
	o, err := shop.store.OrderByID(t.Context(), shop.orderID())
	must(t, err)
	started, err := shop.desk().Start(t.Context(), o.Token, checkout.Attempt{
		Method: "ALIPAY_CN", Mode: checkout.ModeAPI, Device: checkout.Device{IP: "192.0.2.1", Terminal: checkout.TerminalWeb},
	})
	must(t, err)
	if o, err = shop.store.OrderByID(t.Context(), o.ID); err != nil || o.Last().RequestID != started.Payment.RequestID {
		t.Errorf("the newest attempt is %s, want %s; %v", o.Last().RequestID, started.Payment.RequestID, err)
	}
}

// The clock goes ahead by a day while a buyer is at Antom. The order does not end
// before Antom was asked, also about an attempt that another one has replaced.
func TestAnOrderDoesNotEndUnaskedWhenTheClockGoesAhead(t *testing.T) {
	t.Run("the attempt in progress", func(t *testing.T) {
		shop := newShop(t, func(s *settings) { s.refundLate = true })
		buyer := shop.newBuyer()
		path := buyer.orders()
		id := buyer.starts(path, "GCASH").PaymentRequestID
		must(t, shop.control.Pend(id))
		shop.fault(sandbox.Fault{Kind: sandbox.ResetByPeer, On: "inquiryPayment"})
		shop.jumps(day)
		shop.sweeps()
		buyer.expectStatus(path, "processing", "pending")
		shop.control.ClearFaults()
		must(t, shop.control.Pay(id))
		shop.quiet()
		shop.expectCount(1, "order", "status", "paid")
	})
	t.Run("one that was replaced", func(t *testing.T) {
		shop := newShop(t, func(s *settings) { s.refundLate, s.withoutSDK = true, true })
		shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "cancel", Code: "PAYMENT_METHOD_NOT_SUPPORTED"})
		buyer := shop.newBuyer()
		path := buyer.orders()
		first := buyer.starts(path, "GCASH").PaymentRequestID
		must(t, shop.control.Pend(first))
		must(t, shop.control.Decline(buyer.starts(path, "ALIPAY_CN").PaymentRequestID, ""))
		shop.quiet()
		shop.fault(sandbox.Fault{Kind: sandbox.Lose, On: "PAYMENT_RESULT"})
		must(t, shop.control.Pay(first))
		shop.quiet()
		shop.jumps(day)
		buyer.expectStatus(path, "paid", "paid")
		shop.holds(4800)
	})
}
