package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
)

// What the merchant does in Antom Dashboard reaches the orders, although its
// notifications name no payment.

// dashboard refunds a payment outside of the shop.
func (s *shop) dashboard(paymentID, refundID string, minor int64) {
	s.t.Helper()
	amount, err := antom.NewAmount("SGD", minor)
	must(s.t, err)
	_, err = s.gateway.Refund(context.WithoutCancel(s.t.Context()), &antom.RefundRequest{RefundRequestID: refundID, PaymentID: paymentID, RefundAmount: amount})
	must(s.t, err)
	s.quiet()
}

// searches has the sweeper search for ten minutes.
func (s *shop) searches() {
	s.t.Helper()
	for range 60 {
		s.passes(10 * time.Second)
		s.sweeps()
	}
	s.quiet()
}

func TestARefundMadeInDashboardReachesItsOrder(t *testing.T) {
	shop := newShop(t)
	buyer, path, order := shop.paidBy("GCASH")
	paid := shop.control.Ledger().Payments[0]
	var others []string
	for range 3 {
		_, other, _ := shop.paidBy("GCASH")
		others = append(others, other)
	}
	shop.dashboard(paid.ID, "dashboard-1", 1000)
	shop.expectCount(1, "notification", "type", "REFUND_RESULT")
	shop.expectCount(1, "notification", "payment_request_id", "")
	shop.sweeps()
	buyer.expectStatus(path, "partially_refunded", "paid")
	shop.expectCount(0, "notification", "payment_request_id", "")
	shop.expectCount(0, "notification", "applied", false)
	shop.expectCount(1, "refund", "request_id", "dashboard-1")
	shop.expectCount(1, "refund", "amount", 1000.0)
	shop.expectCount(1, "outbox", "topic", "mail.refund:dashboard-1")
	buyer.get(path+"/return").sees(http.StatusOK, "10.00")
	for _, other := range others {
		buyer.get(other+"/status").sees(http.StatusOK, `"status":"paid"`)
	}
	operation, err := shop.desk().Refund(t.Context(), order, 0, by("rest"))
	if err != nil || operation.Amount.Minor != 3800 || operation.Status != checkout.OperationSuccess {
		t.Errorf("the rest is %+v, %v; want 3800", operation, err)
	}
	shop.holds(3 * 4800)
}

// Antom is out of reach when the search begins; the search goes on with the same
// payments afterwards.
func TestASearchOutlivesAnOutage(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.timeout = 300 * time.Millisecond })
	buyer, path, _ := shop.paidBy("GCASH")
	shop.dashboard(shop.control.Ledger().Payments[0].ID, "dashboard-1", 4800)
	shop.fault(sandbox.Fault{Kind: sandbox.ResetByPeer, On: "inquiryPayment"})
	for range 3 {
		shop.sweeps()
		shop.passes(time.Minute)
	}
	buyer.expectStatus(path, "paid", "paid")
	shop.control.ClearFaults()
	shop.sweeps()
	buyer.expectStatus(path, "refunded", "refunded")
}

// The refund is of the oldest of more payments than one step inquires.
func TestASearchGoesBackStepByStep(t *testing.T) {
	shop := newShop(t)
	buyer, path, _ := shop.paidBy("GCASH")
	paid := shop.control.Ledger().Payments[0]
	for range checkout.SearchStep + 2 {
		shop.paidBy("GCASH")
	}
	shop.dashboard(paid.ID, "dashboard-1", 1000)
	shop.sweeps()
	buyer.expectStatus(path, "paid", "paid")
	shop.passes(11 * time.Second)
	shop.sweeps()
	buyer.expectStatus(path, "partially_refunded", "paid")
}

// Antom's page on refunds names no payment. Where a message does, no search is needed.
func TestANotificationIsFoundByEveryIDThatItHas(t *testing.T) {
	for name, ids := range map[string]string{
		"paymentId":        `"paymentId":"%[1]s"`,
		"paymentRequestId": `"paymentRequestId":"%[2]s"`,
		"both":             `"paymentId":"%[1]s","paymentRequestId":"%[2]s"`,
	} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t)
			buyer, path, _ := shop.paidBy("GCASH")
			p := shop.control.Ledger().Payments[0]
			shop.notify(`{"notifyType":"REFUND_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S"},"refundStatus":"SUCCESS",` +
				`"refundRequestId":"dashboard-1","refundId":"antom-1","refundAmount":{"currency":"SGD","value":"1000"},` + fmt.Sprintf(ids, p.ID, p.RequestID) + `}`)
			buyer.expectStatus(path, "partially_refunded", "paid")
			shop.expectCount(1, "refund", "request_id", "dashboard-1")
		})
	}
}

// A message of a kind that the shop does not know may tell of a cancel that was made
// outside of the shop: Antom is asked what it means.
func TestAnUnreadNotificationMakesTheShopInquire(t *testing.T) {
	shop := newShop(t)
	buyer, path, _ := shop.paidBy("GCASH")
	p := shop.control.Ledger().Payments[0]
	_, err := shop.gateway.Cancel(t.Context(), &antom.CancelRequest{PaymentID: p.ID})
	must(t, err)
	shop.notify(`{"notifyType":"CANCEL_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S"},"paymentId":"` + p.ID + `"}`)
	shop.sweeps()
	buyer.expectStatus(path, "cancelled", "cancelled")
	shop.expectCount(1, "outbox", "topic", "mail.cancelled")
	shop.holds(0)
}

func TestTheOperatorIsToldOfNotificationsAboutNoPayment(t *testing.T) {
	shop := newShop(t, toldOperator)
	shop.paidBy("GCASH")
	for i := range 2 {
		shop.notify(fmt.Sprintf(`{"notifyType":"REFUND_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S"},"refundStatus":"SUCCESS",`+
			`"refundRequestId":"elsewhere-%d","refundId":"antom-%d","refundAmount":{"currency":"SGD","value":"1000"}}`, i, i))
	}
	shop.searches()
	if n := len(shop.emailsCalled("-operator-stray-")); n != 0 {
		t.Fatalf("%d emails before the second search", n)
	}
	shop.passes(time.Hour)
	shop.sweeps()
	shop.passes(time.Hour)
	shop.sweeps()
	emails := shop.emailsCalled("-operator-stray-")
	if len(emails) != 1 {
		t.Fatalf("%d emails about strays, want 1", len(emails))
	}
	for _, part := range []string{"Notifications about no payment · 2", "REFUND_RESULT: SGD 10.00", "elsewhere-0", "elsewhere-1", "antom-1"} {
		if !strings.Contains(emails[0].Subject+emails[0].Text, part) {
			t.Errorf("it lacks %q:\n%s", part, emails[0].Text)
		}
	}
	if !strings.Contains(shop.logged(), `level=WARN msg="waits for a person" matter=stray type=REFUND_RESULT`) {
		t.Error("the log does not tell of it")
	}
	waiting, err := shop.store.Waiting(t.Context(), shop.cfg.Now())
	if err != nil || waiting.Strays != 2 {
		t.Errorf("%d strays wait, %v; want 2", waiting.Strays, err)
	}
	shop.expectCount(2, "notification", "applied", false)
}
