package handlers_test

import (
	"context"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
	"antom-checkout/checkout/gateway"
)

// What an operator orders is done once, and to the payment that was meant.

// paidBesideAnother is an order that a second attempt has paid, while Antom then
// took the first as well, and 47.00 instead of 48.00: it is under review.
func paidBesideAnother(t *testing.T) (s *shop, b *buyer, path, first string) {
	s = newShop(t, func(s *settings) { s.withoutSDK = true })
	s.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "cancel", Code: "PAYMENT_METHOD_NOT_SUPPORTED"})
	b = s.newBuyer()
	path = b.orders()
	first = b.starts(path, "GCASH").PaymentRequestID
	must(t, s.control.Pay(b.starts(path, "ALIPAY_CN").PaymentRequestID))
	s.quiet()
	b.expectStatus(path, "paid", "paid")
	must(t, s.control.PayOther(first, "GCASH", 4700))
	s.quiet()
	s.inquires()
	s.expectCount(1, "order", "status", "review")
	return s, b, path, first
}

func TestARefundOverAReviewLeavesTheOtherPayment(t *testing.T) {
	shop, buyer, path, first := paidBesideAnother(t)
	order := shop.orderID()
	if err := shop.desk().Accept(t.Context(), order, by("keep")); kindOf(err) != checkout.Conflict {
		t.Errorf("a second payment was accepted: %v", err)
	}
	for range 2 { // the same key is the same refund
		operation, err := shop.desk().Refund(t.Context(), order, 0, by("back"))
		if err != nil || operation.Amount.Minor != 4700 {
			t.Fatalf("refund of %d, %v; want 4700", operation.Amount.Minor, err)
		}
	}
	shop.inquires()
	shop.holds(4800)
	buyer.expectStatus(path, "paid", "paid")
	shop.expectCount(1, "refund", "payment_request_id", first)
}

func TestACancelOverAReviewReturnsAll(t *testing.T) {
	shop, buyer, path, _ := paidBesideAnother(t)
	shop.control.ClearFaults()
	must(t, shop.desk().Cancel(t.Context(), shop.orderID(), by("cancel")))
	shop.inquires()
	shop.holds(0)
	buyer.expectStatus(path, "cancelled", "cancelled")
}

// The command died after its decision; the money was returned, and the buyer has paid
// anew when the operator gives the command again.
func TestARefundThatDiedAfterItsDecisionRefundsNothingElse(t *testing.T) {
	shop := newShop(t)
	buyer, path, order := shop.paidOther("GCASH")
	_, _, err := shop.store.Update(t.Context(), order, checkout.Evidence{Cause: checkout.Cause{Kind: checkout.ByAdmin, ID: "back"}},
		func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
			after, effects := checkout.Apply(o, checkout.Event{
				Cause: checkout.Cause{Kind: checkout.ByAdmin, ID: "back"}, Resolution: checkout.ResolutionRefund,
				RequestID: o.ReviewPayment, Outcome: checkout.OutcomeSucceeded, Amount: checkout.Money{Minor: 4700, Currency: "SGD"},
			}, checkout.Rules{Now: time.Now(), Schedule: checkout.Schedule{time.Second}})
			return after, effects, nil
		})
	must(t, err)
	shop.inquires()
	shop.holds(0)
	must(t, shop.control.Pay(buyer.starts(path, "GCASH").PaymentRequestID))
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
	if _, err := shop.desk().Refund(t.Context(), order, 0, by("back")); kindOf(err) != checkout.Conflict {
		t.Errorf("the command again: %v, want Conflict", err)
	}
	shop.holds(4800)
}

// The result of a key is the same whatever happened since, and decides about
// nothing.
func TestARepeatedRefundResolvesNoReview(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.timeout = 300 * time.Millisecond })
	_, _, order := shop.paidBy("GCASH")
	_, err := shop.desk().Refund(t.Context(), order, 1000, by("part"))
	must(t, err)
	shop.quiet()
	payment := shop.control.Ledger().Payments[0]
	shop.fault(sandbox.Fault{Kind: sandbox.ResetByPeer, On: "inquiryPayment"}) // nothing confirms or refutes
	shop.notify(`{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},` +
		`"paymentRequestId":"` + payment.RequestID + `","paymentId":"` + payment.ID + `","paymentAmount":{"value":"5300","currency":"SGD"}}`)
	shop.expectCount(1, "order", "status", "review")
	operation, err := shop.desk().Refund(t.Context(), order, 1000, by("part"))
	if err != nil || operation.Status != checkout.OperationSuccess || operation.Amount.Minor != 1000 {
		t.Errorf("the same refund again is %+v, %v", operation, err)
	}
	shop.expectCount(1, "order", "status", "review")
	shop.holds(3800)
	if err := shop.desk().Accept(t.Context(), order, by("part")); kindOf(err) == "" {
		t.Error("the key of a refund has accepted a review")
	}
}

// The buyer pays in a tab that was left open, after the order was cancelled: it is
// returned. The cancel given once more means the order as it was then.
func TestARepeatedCancelLeavesWhatHasComeSince(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	id := buyer.starts(path, "GCASH").PaymentRequestID
	must(t, shop.desk().Cancel(t.Context(), shop.orderID(), by("cancel")))
	buyer.expectStatus(path, "cancelled", "cancelled")
	must(t, shop.control.Pay(id))
	shop.quiet()
	shop.inquires()
	buyer.expectStatus(path, "cancelled", "cancelled")
	shop.holds(0)
	returned := len(shop.audit()["cancel"])
	must(t, shop.desk().Cancel(t.Context(), shop.orderID(), by("cancel")))
	buyer.expectStatus(path, "cancelled", "cancelled")
	if again := len(shop.audit()["cancel"]); again != returned {
		t.Errorf("the repeated cancel has asked Antom for %d more", again-returned)
	}
}

// The shop's own cancel has had no answer and is given up, because the buyer was
// faster; the operator's, without an answer as well, is sent until it is answered.
func TestAnOperatorsCancelIsNotTheShops(t *testing.T) {
	shop, buyer, path, _ := paidDuringACancel(t)
	shop.fault(sandbox.Fault{Kind: sandbox.ResetByPeer, On: "cancel", Times: 1})
	if err := shop.desk().Cancel(t.Context(), shop.orderID(), by("cancel")); kindOf(err) != checkout.Unavailable {
		t.Fatalf("a cancel without an answer: %v, want Unavailable", err)
	}
	shop.inquires()
	buyer.expectStatus(path, "cancelled", "cancelled")
	shop.holds(0)
	shop.passes(6 * time.Minute)
	shop.sweeps()
	buyer.expectStatus(path, "cancelled", "cancelled")
	shop.expectCount(0, "cancel", "status", "processing")
}

// inquired is a gateway after whose inquiries something happens at once.
type inquired struct {
	gateway.Client
	then func()
}

func (g inquired) InquiryPayment(ctx context.Context, r *antom.InquiryPaymentRequest) (*antom.InquiryPaymentResponse, error) {
	res, err := g.Client.InquiryPayment(ctx, r)
	g.then()
	return res, err
}

// A buyer changes their mind, the attempt is not paid yet, and is the moment after.
func TestWhatIsPaidBeforeOurCancelIsNotCancelled(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.withoutSDK = true })
	buyer := shop.newBuyer()
	path := buyer.orders()
	id := buyer.starts(path, "GCASH").PaymentRequestID
	o, err := shop.store.OrderByID(t.Context(), shop.orderID())
	must(t, err)
	elsewhere := shop.program.NewServices(shop.store, inquired{shop.gateway, func() {
		must(t, shop.control.Pay(id))
		shop.quiet()
	}}).Payments
	_, err = elsewhere.Start(t.Context(), o.Token, checkout.Attempt{
		Method: "ALIPAY_CN", Mode: checkout.ModeAPI, Device: checkout.Device{IP: "192.0.2.1", Terminal: checkout.TerminalWeb},
	})
	if err != nil && kindOf(err) != checkout.Conflict {
		t.Fatal(err)
	}
	buyer.expectStatus(path, "paid", "paid")
	shop.holds(4800)
	if n := len(shop.audit()["cancel"]); n != 0 {
		t.Errorf("%d cancels were stored", n)
	}
}

// The order's current payment cannot be cancelled; the other one is returned all
// the same.
func TestARefusedCancelOverAReviewReturnsTheOtherPayment(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.manualCapture = true })
	buyer := shop.newBuyer()
	path := buyer.orders()
	first := buyer.starts(path, "CARD").PaymentRequestID // never submitted, and superseded by the next
	second := buyer.starts(path, "GCASH").PaymentRequestID
	must(t, shop.control.Pay(second))
	shop.quiet()
	must(t, shop.control.PayOther(first, "CARD", 4700))
	shop.quiet()
	shop.inquires()
	shop.expectCount(1, "order", "status", "review")
	shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "cancel", Code: "PAYMENT_METHOD_NOT_SUPPORTED", Times: 1})
	if err := shop.desk().Cancel(t.Context(), shop.orderID(), by("cancel")); kindOf(err) != checkout.Conflict {
		t.Fatalf("a cancel that Antom refuses: %v, want Conflict", err)
	}
	shop.inquires()
	shop.holds(4800)
	buyer.expectStatus(path, "paid", "paid")
}

// Antom takes back what it has said of one payment; the operator's refund was about
// that, and not about the other, which is right.
func TestARefundOverAReviewThatEndsByItselfRefundsNothing(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.withoutSDK = true })
	buyer := shop.newBuyer()
	path := buyer.orders()
	first := buyer.starts(path, "GCASH").PaymentRequestID
	must(t, shop.control.Pay(buyer.starts(path, "ALIPAY_CN").PaymentRequestID))
	shop.quiet()
	shop.notify(`{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},` +
		`"paymentRequestId":"` + first + `","paymentAmount":{"value":"5300","currency":"SGD"}}`)
	shop.expectCount(1, "order", "status", "review")
	if _, err := shop.desk().Refund(t.Context(), shop.orderID(), 0, by("back")); kindOf(err) != checkout.Conflict {
		t.Errorf("refund: %v, want Conflict", err)
	}
	buyer.expectStatus(path, "paid", "paid")
	shop.holds(4800)
}

// Two operators may choose the same key: each order is an order of its own.
func TestTwoOperatorsWithOneKeyAreTwo(t *testing.T) {
	shop := newShop(t)
	buyer, path, order := shop.paidBy("GCASH")
	for _, operator := range []string{"ann", "ben", "ann"} { // the last one is ann's first again
		_, err := shop.desk().Refund(t.Context(), order, 1000, checkout.Key{Operator: operator, Idempotency: "k1"})
		must(t, err)
	}
	shop.quiet()
	shop.expectCount(2, "refund", "status", "success")
	buyer.expectStatus(path, "partially_refunded", "paid")
	shop.holds(2800)
	shop.passes(time.Second)
	for _, operator := range []string{"ann", "ben"} {
		if err := shop.desk().Accept(t.Context(), order, checkout.Key{Operator: operator, Idempotency: "k2"}); kindOf(err) != checkout.Conflict {
			t.Errorf("%s accepts: %v, want Conflict", operator, err)
		}
	}
}
