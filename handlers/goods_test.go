package handlers_test

import (
	"net/http"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// sellsOne is a shop that has one mug.
func sellsOne(t *testing.T, change ...func(*settings)) *shop {
	t.Helper()
	one := 1
	return newShop(t, append(change, func(s *settings) {
		s.catalog = []checkout.Product{{SKU: "MUG-01", Name: "Mug", Price: checkout.Money{Minor: 2400, Currency: "SGD"}, Stock: &one}}
	})...)
}

// twoOrders are orders of the one mug: that of the first buyer is to be the newest.
func (s *shop) twoOrders() (ann *buyer, annPath string, bob *buyer, bobPath string) {
	s.t.Helper()
	ann, bob = s.newBuyer(), s.newBuyer()
	bobPath = bob.ordersOne("MUG-01")
	return ann, ann.ordersOne("MUG-01"), bob, bobPath
}

// expectSoldOut fails unless another buyer cannot start to pay.
func (b *buyer) expectSoldOut(path string) {
	b.t.Helper()
	b.postJSON(path+"/payments", `{"method":"GCASH"}`).sees(http.StatusConflict, "don’t have that many")
}

// A buyer has opened a session and left; Antom knows no payment of it. The merchant
// cancels the order. The tab can still pay until the session ends, so the goods wait.
func TestGoodsStayReservedWhileAnOldTabCanPay(t *testing.T) {
	t.Run("until the session has ended", func(t *testing.T) {
		shop := sellsOne(t)
		ann, annPath, bob, bobPath := shop.twoOrders()
		ann.starts(annPath, "GCASH")
		must(t, shop.desk().Cancel(t.Context(), shop.orderID(), by("cancel")))
		ann.expectStatus(annPath, "cancelled", "cancelled")
		bob.expectSoldOut(bobPath)
		shop.passes(30 * time.Minute)
		shop.sweeps()
		bob.expectSoldOut(bobPath)
		shop.passes(25*time.Minute + 11*time.Second)
		shop.sweeps()
		bob.expectAction(bob.starts(bobPath, "GCASH"), http.StatusOK, "sdk")
	})
	t.Run("until Antom has declined it", func(t *testing.T) {
		shop := sellsOne(t)
		ann, annPath, bob, bobPath := shop.twoOrders()
		id := ann.starts(annPath, "GCASH").PaymentRequestID
		must(t, shop.desk().Cancel(t.Context(), shop.orderID(), by("cancel")))
		must(t, shop.control.Decline(id, ""))
		shop.quiet()
		shop.sweeps()
		bob.expectAction(bob.starts(bobPath, "GCASH"), http.StatusOK, "sdk")
	})
	t.Run("while the buyer pays", func(t *testing.T) {
		shop := sellsOne(t)
		ann, annPath, bob, bobPath := shop.twoOrders()
		id := ann.starts(annPath, "CARD").PaymentRequestID
		must(t, shop.desk().Cancel(t.Context(), shop.orderID(), by("cancel")))
		must(t, shop.control.Submit(id, ""))
		bob.expectSoldOut(bobPath)
	})
	t.Run("also when the buyer has gone on to another method", func(t *testing.T) {
		shop := sellsOne(t)
		ann, annPath, bob, bobPath := shop.twoOrders()
		first := ann.starts(annPath, "GCASH").PaymentRequestID
		must(t, shop.control.Decline(ann.starts(annPath, "ALIPAY_CN").PaymentRequestID, ""))
		shop.quiet()
		ann.expectStatus(annPath, "open", "failed")
		bob.expectSoldOut(bobPath)
		must(t, shop.control.Pay(first))
		shop.quiet()
		shop.sweeps()
		ann.expectStatus(annPath, "paid", "paid")
	})
}

// A buyer starts and leaves; the order may be paid for a day. Its goods are free again
// when Antom has closed the session, and not when the order ends or an hour later.
func TestAnIdleAttemptFreesTheGoodsWhenItsSessionEnds(t *testing.T) {
	shop := sellsOne(t, func(s *settings) {
		s.orderTTL, s.sweepSchedule = 24*time.Hour, checkout.Schedule{10 * time.Second, 30 * time.Minute, time.Hour}
	})
	ann, annPath, bob, bobPath := shop.twoOrders()
	ann.starts(annPath, "GCASH")
	for range 2 {
		shop.passes(20 * time.Minute)
		shop.sweeps()
		bob.expectSoldOut(bobPath)
	}
	shop.passes(15*time.Minute + 11*time.Second)
	shop.sweeps()
	bob.expectAction(bob.starts(bobPath, "GCASH"), http.StatusOK, "sdk")
	ann.expectStatus(annPath, "open", "cancelled")
}
