package handlers_test

import (
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
)

// Two payments of an order have succeeded. Antom's page on retries says that the last
// one counts and that Antom refunds the earlier one by itself; elsewhere that the shop
// has to return one. Under neither rule are both returned.

// paidTwice is an order whose two payments have succeeded, before the shop has returned
// one.
func paidTwice(t *testing.T) (s *shop, b *buyer, path string, first, second sandbox.Payment) {
	t.Helper()
	s = newShop(t, func(s *settings) { s.withoutSDK = true })
	s.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "cancel", Code: "PAYMENT_METHOD_NOT_SUPPORTED"})
	b = s.newBuyer()
	path = b.orders()
	one := b.starts(path, "GCASH").PaymentRequestID
	two := b.starts(path, "ALIPAY_CN").PaymentRequestID
	must(t, s.control.Pay(one))
	s.quiet()
	must(t, s.control.Pay(two))
	s.quiet()
	s.control.ClearFaults()
	for _, p := range s.control.Ledger().Payments {
		switch p.RequestID {
		case one:
			first = p
		case two:
			second = p
		}
	}
	b.expectStatus(path, "paid", "paid")
	return s, b, path, first, second
}

func TestTheSecondOfTwoPaymentsIsReturned(t *testing.T) {
	shop, buyer, path, first, second := paidTwice(t)
	shop.inquires()
	buyer.expectStatus(path, "paid", "paid")
	shop.holds(4800)
	shop.expectCount(1, "payment", "status", "paid")
	if row := shop.audit()["payment"][0]; row["payment_request_id"] != first.RequestID || row["status"] != "paid" {
		t.Errorf("the first payment is %v", row)
	}
	shop.expectCount(1, "cancel", "payment_request_id", second.RequestID)

	// Antom returns the first after all, and its notification is lost.
	shop.fault(sandbox.Fault{Kind: sandbox.Lose, On: "REFUND_RESULT"})
	shop.dashboard(first.ID, "by-antom", 4800)
	shop.sweeps()
	buyer.expectStatus(path, "paid", "paid")
	shop.passes(time.Hour)
	shop.sweeps()
	buyer.expectStatus(path, "refunded", "refunded")
}

func TestTheSecondOfTwoPaymentsIsKeptIfAntomReturnsTheFirst(t *testing.T) {
	for name, returns := range map[string]func(*shop, string){
		"by a refund": func(s *shop, id string) { s.dashboard(id, "by-antom", 4800) },
		"by a refund that its notification does not tell": func(s *shop, id string) {
			s.fault(sandbox.Fault{Kind: sandbox.Lose, On: "REFUND_RESULT"})
			s.dashboard(id, "by-antom", 4800)
		},
		"by a refund that takes its time": func(s *shop, id string) {
			s.fault(sandbox.Fault{Kind: sandbox.RefundDelay, On: "refund", Delay: sandbox.Duration(time.Minute)})
			s.dashboard(id, "by-antom", 4800)
		},
		"by a cancel": func(s *shop, id string) {
			_, err := s.gateway.Cancel(s.t.Context(), &antom.CancelRequest{PaymentID: id})
			must(s.t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			shop, buyer, path, first, second := paidTwice(t)
			returns(shop, first.ID)
			shop.inquires()
			shop.inquires()
			buyer.expectStatus(path, "paid", "paid")
			shop.holds(4800)
			for _, row := range shop.audit()["payment"] {
				if row["payment_request_id"] == second.RequestID && row["status"] != "paid" {
					t.Errorf("the second payment is %v", row)
				}
			}
			shop.expectCount(0, "cancel", "payment_request_id", second.RequestID)
			shop.expectCount(0, "refund", "payment_request_id", second.RequestID)
			shop.expectCount(1, "outbox", "topic", "mail.receipt")
		})
	}
}
