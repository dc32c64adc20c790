package handlers_test

import (
	"net/http"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
)

// paidOther is an order of 48.00 for which Antom holds 47.00 and says so when it
// is inquired: it is under review.
func (s *shop) paidOther(method string) (b *buyer, path, order string) {
	s.t.Helper()
	return s.paidOtherwise(method, method, 4700)
}

// paidOtherwise is an order that was paid in another way than it was started.
func (s *shop) paidOtherwise(started, method string, minor int64) (b *buyer, path, order string) {
	s.t.Helper()
	b = s.newBuyer()
	path = b.orders()
	must(s.t, s.control.PayOther(b.starts(path, started).PaymentRequestID, method, minor))
	s.quiet()
	s.inquires()
	b.get(path+"/status").sees(http.StatusOK, `"status":"review"`)
	return b, path, s.orderID()
}

// inquires has the sweeper inquire about everything unfinished.
func (s *shop) inquires() {
	s.t.Helper()
	for range 3 {
		s.passes(61 * time.Second)
		s.sweeps()
	}
	s.quiet()
}

// holds compares what Antom holds of the payment with what is exported.
func (s *shop) holds(minor int64) {
	s.t.Helper()
	s.quiet()
	balance := int64(0)
	ledger := s.control.Ledger()
	for _, p := range ledger.Payments {
		if p.Status == "SUCCESS" {
			balance += p.Money.Amount
		}
	}
	for _, r := range ledger.Refunds {
		if r.Status == "SUCCESS" {
			balance -= r.Money.Amount
		}
	}
	if balance != minor {
		s.t.Errorf("Antom has %d, want %d", balance, minor)
	}
}

func TestAWrongAmountThatAntomConfirmsStaysReviewUntilAPersonDecides(t *testing.T) {
	shop := newShop(t)
	_, _, _ = shop.paidOther("GCASH")
	shop.inquires()
	shop.expectCount(1, "order", "status", "review")
	shop.expectCount(0, "order", "ever_paid", true)
	shop.expectCount(0, "payment", "status", "paid")
	shop.expectCount(0, "outbox", "topic", "order.paid")
}

func TestTheOperatorKeepsAnotherAmount(t *testing.T) {
	for _, method := range []string{"GCASH", "CARD"} {
		t.Run(method, func(t *testing.T) {
			shop := newShop(t)
			buyer, path, order := shop.paidOther(method)
			for range 2 { // the same key is the same decision
				must(t, shop.desk().Accept(t.Context(), order, by("keep")))
			}
			if err := shop.desk().Accept(t.Context(), order, by("again")); kindOf(err) != checkout.Conflict {
				t.Errorf("accept what is not under review: %v, want Conflict", err)
			}
			shop.inquires() // says the same again, and raises nothing
			buyer.expectStatus(path, "paid", "paid")
			shop.expectCount(1, "payment", "amount", 4700.0)
			shop.expectCount(1, "order", "total", 4800.0)
			shop.expectCount(1, "outbox", "topic", "order.paid")
			if shop.count("transition", "cause", "admin:keep") == 0 {
				t.Error("the ledger does not name the operator")
			}
			if _, err := shop.service.Refund(t.Context(), order, 4800, by("too much")); kindOf(err) != checkout.Invalid {
				t.Errorf("a refund of more than Antom holds: %v", err)
			}
			_, err := shop.service.Refund(t.Context(), order, 700, by("a part"))
			must(t, err)
			shop.holds(4000)
			_, err = shop.service.Refund(t.Context(), order, 0, by("the rest"))
			must(t, err)
			shop.holds(0)
			buyer.expectStatus(path, "refunded", "refunded")
		})
	}
}

func TestTheOperatorRefundsAnotherAmount(t *testing.T) {
	shop := newShop(t)
	buyer, path, order := shop.paidOther("GCASH")
	desk := shop.desk()
	if _, err := desk.Refund(t.Context(), order, 100, by("a part")); kindOf(err) != checkout.Invalid {
		t.Errorf("a part of an amount that was not accepted: %v", err)
	}
	for range 2 { // the same key is the same refund
		operation, err := desk.Refund(t.Context(), order, 0, by("back"))
		if err != nil || operation.Amount.Minor != 4700 {
			t.Fatalf("refund of %d, %v; want all 4700", operation.Amount.Minor, err)
		}
	}
	shop.holds(0)
	shop.inquires()
	shop.expectCount(1, "refund", "status", "success")
	shop.expectCount(0, "order", "ever_paid", true)
	shop.expectCount(0, "outbox", "topic", "order.paid")
	buyer.expectStatus(path, "open", "refunded")
	must(t, shop.control.Pay(buyer.starts(path, "GCASH").PaymentRequestID)) // anew, and rightly
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
	shop.holds(4800)
}

func TestTheOperatorCancelsAnOrderPaidWithAnotherAmount(t *testing.T) {
	for name, refused := range map[string]bool{"inside the window": false, "after it": true} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t)
			buyer, path, order := shop.paidOther("GCASH")
			if refused {
				shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "cancel", Code: "CANCEL_WINDOW_EXCEED"})
			}
			for range 2 {
				must(t, shop.desk().Cancel(t.Context(), order, by("cancel")))
			}
			shop.holds(0)
			shop.inquires()
			shop.expectCount(1, "order", "status", "cancelled")
			shop.expectCount(0, "order", "ever_paid", true)
			buyer.expectAction(buyer.starts(path, "GCASH"), http.StatusGone, "closed")
		})
	}
}

// A buyer may have been led from one wallet into another, for another amount even.
func TestTheOperatorDecidesAboutAnotherMethod(t *testing.T) {
	for name, row := range map[string]struct {
		method string
		minor  int64
	}{
		"another wallet":                    {"ALIPAY_CN", 4800},
		"another wallet and another amount": {"ALIPAY_CN", 4700},
		"a card":                            {"CARD", 4800},
	} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t)
			buyer, path, order := shop.paidOtherwise("GCASH", row.method, row.minor)
			shop.inquires()
			shop.expectCount(1, "order", "status", "review")
			shop.expectCount(0, "outbox", "topic", "order.paid")
			must(t, shop.desk().Accept(t.Context(), order, by("keep")))
			shop.inquires() // says the same again, and raises nothing
			buyer.expectStatus(path, "paid", "paid")
			shop.expectCount(1, "payment", "method", row.method)
			shop.expectCount(1, "payment", "amount", float64(row.minor))
			shop.expectCount(1, "outbox", "topic", "order.paid")
			shop.holds(row.minor)
		})
		t.Run(name+", refunded", func(t *testing.T) {
			shop := newShop(t)
			buyer, path, order := shop.paidOtherwise("GCASH", row.method, row.minor)
			must(t, shop.desk().Cancel(t.Context(), order, by("cancel")))
			shop.inquires()
			shop.holds(0)
			shop.expectCount(0, "order", "ever_paid", true)
			shop.expectCount(1, "order", "status", "cancelled")
			buyer.get(path+"/status").sees(http.StatusOK, `"status":"cancelled"`)
		})
	}
}

func TestAResolutionNeedsAnInquiry(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.timeout = 300 * time.Millisecond })
	_, _, order := shop.paidOther("GCASH")
	shop.fault(sandbox.Fault{Kind: sandbox.ResetByPeer, On: "inquiryPayment", Times: 1})
	if err := shop.desk().Accept(t.Context(), order, by("keep")); kindOf(err) != checkout.Unavailable {
		t.Errorf("without an answer: %v, want Unavailable", err)
	}
	shop.expectCount(1, "order", "status", "review")
	must(t, shop.desk().Accept(t.Context(), order, by("keep")))
	shop.expectCount(1, "order", "status", "paid")
}

// A wrong notification that an inquiry refutes needs no operator.
func TestAWrongAmountThatAnInquiryRefutesIsResolvedByIt(t *testing.T) {
	shop := newShop(t)
	shop.fault(sandbox.Fault{Kind: sandbox.WrongAmountNotification, On: "PAYMENT_RESULT", Times: 1})
	buyer := shop.newBuyer()
	path := buyer.orders()
	must(t, shop.control.Pay(buyer.starts(path, "GCASH").PaymentRequestID))
	shop.quiet()
	shop.expectCount(1, "order", "status", "review")
	must(t, shop.desk().Accept(t.Context(), shop.orderID(), by("keep")))
	buyer.expectStatus(path, "paid", "paid")
	shop.expectCount(1, "payment", "amount", 4800.0)
}
