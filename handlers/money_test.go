package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
	"antom-checkout/db"
)

// orderID is the id of the newest order.
func (s *shop) orderID() string {
	s.t.Helper()
	orders := s.audit()["order"]
	return orders[len(orders)-1]["id"].(string)
}

func by(key string) checkout.Key {
	return checkout.Key{Operator: checkout.CommandLine, Idempotency: key}
}

// paidBy is an order paid by a method.
func (s *shop) paidBy(method string) (b *buyer, path, order string) {
	s.t.Helper()
	b = s.newBuyer()
	path = b.orders()
	must(s.t, s.control.Pay(b.starts(path, method).PaymentRequestID))
	s.quiet()
	return b, path, s.orderID()
}

func kindOf(err error) checkout.Kind {
	var e *checkout.Error
	if errors.As(err, &e) {
		return e.Kind()
	}
	return ""
}

func TestTheMerchantCapturesByHand(t *testing.T) {
	for _, name := range []string{"at once", "in process", "without an answer"} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t, func(s *settings) { s.manualCapture = true; s.timeout = 500 * time.Millisecond })
			switch name {
			case "in process":
				shop.fault(sandbox.Fault{Kind: sandbox.CaptureSlowly})
			case "without an answer":
				shop.fault(sandbox.Fault{Kind: sandbox.ResetByPeer, On: "capture", Apply: true, Times: 1})
				shop.fault(sandbox.Fault{Kind: sandbox.Lose, On: "CAPTURE_RESULT"})
			}
			buyer, path, order := shop.paidBy("CARD")
			buyer.expectStatus(path, "authorized", "authorized")
			if _, err := shop.service.Refund(t.Context(), order, 0, by("early")); kindOf(err) != checkout.Conflict {
				t.Errorf("a refund before the capture: %v", err)
			}
			_, err := shop.service.Capture(t.Context(), order, by("capture"))
			must(t, err)
			again, err := shop.service.Capture(t.Context(), order, by("capture"))
			must(t, err)
			if again.Kind != checkout.Capture {
				t.Errorf("the same key again is %+v", again)
			}
			shop.quiet()
			shop.passes(11 * time.Second)
			shop.sweeps()
			buyer.expectStatus(path, "paid", "paid")
			shop.expectCount(1, "capture", "status", "success")
			if n := len(shop.control.Ledger().Captures); n != 1 {
				t.Errorf("Antom has %d captures", n)
			}
		})
	}
}

// Keys are changed while a capture waits for its answer: that its repeat is refused
// at the gate says nothing of the first sending, which Antom has carried out.
func TestARepeatRefusedAtTheGateEndsNothing(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.manualCapture = true })
	shop.fault(sandbox.Fault{Kind: sandbox.ResetByPeer, On: "capture", Apply: true, Times: 1})
	shop.fault(sandbox.Fault{Kind: sandbox.Lose, On: "CAPTURE_RESULT"})
	shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "capture", Code: "INVALID_SIGNATURE", Times: 1})
	shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "inquiryPayment", Code: "INVALID_SIGNATURE", Times: 1})
	buyer, path, order := shop.paidBy("CARD")
	operation, err := shop.service.Capture(t.Context(), order, by("capture"))
	must(t, err)
	if !operation.Unfinished() {
		t.Fatalf("a capture without an answer is %s", operation.Status)
	}
	shop.passes(11 * time.Second)
	shop.sweeps()
	shop.expectCount(0, "capture", "status", "failed")
	shop.passes(time.Minute)
	shop.sweeps()
	buyer.expectStatus(path, "paid", "paid")
	shop.expectCount(1, "capture", "status", "success")
}

func TestAFailedCaptureMayBeTriedAgain(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.manualCapture = true })
	shop.fault(sandbox.Fault{Kind: sandbox.CaptureFail, Times: 1})
	buyer, path, order := shop.paidBy("CARD")
	first, err := shop.service.Capture(t.Context(), order, by("1"))
	must(t, err)
	if first.Status != checkout.OperationFailed {
		t.Fatalf("the first capture is %s", first.Status)
	}
	buyer.expectStatus(path, "authorized", "authorized")
	second, err := shop.service.Capture(t.Context(), order, by("2"))
	must(t, err)
	if second.Status != checkout.OperationSuccess || second.RequestID == first.RequestID {
		t.Fatalf("the second capture is %+v", second)
	}
	buyer.expectStatus(path, "paid", "paid")
}

func TestAnUncapturedCardWarnsTheMerchant(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.manualCapture = true })
	buyer, path, _ := shop.paidBy("CARD")
	topics := func(prefix string) string {
		text := ""
		for _, row := range shop.audit()["outbox"] {
			if topic := row["topic"].(string); strings.HasPrefix(topic, prefix) {
				text += topic[strings.LastIndexByte(topic, ':')+1:] + " "
			}
		}
		return text
	}
	for _, step := range []struct {
		passes time.Duration
		topics string
	}{{4 * 24 * time.Hour, ""}, {25 * time.Hour, "2d "}, {24 * time.Hour, "2d 1d "}, {24 * time.Hour, "2d 1d "}} {
		shop.passes(step.passes)
		shop.sweeps()
		shop.sweeps()
		for _, prefix := range []string{"capture.due:", "operator.capture-due:"} {
			if got := topics(prefix); got != step.topics {
				t.Errorf("after %v more there are warnings %s %q, want %q", step.passes, prefix, got, step.topics)
			}
		}
	}
	if got := topics("operator.review:"); got == "" || strings.Count(got, " ") != 1 {
		t.Errorf("the operator is told of the review %q", got)
	}
	if n := len(shop.audit()["outbox"]); n != 5 {
		t.Errorf("%d effects, want two warnings twice and a review", n)
	}
	if st := buyer.status(path); st.Status == "authorized" || st.Status == "paid" {
		t.Errorf("after the authorisation has ended the order is %s", st.Status)
	}
}

func TestPartialRefundsNeverExceedWhatWasPaid(t *testing.T) {
	shop := newShop(t)
	buyer, path, order := shop.paidBy("GCASH")
	_, err := shop.service.Refund(t.Context(), order, 1000, by("first"))
	must(t, err)
	shop.quiet()
	buyer.expectStatus(path, "partially_refunded", "paid")
	if _, err := shop.service.Refund(t.Context(), order, 3801, by("too much")); kindOf(err) != checkout.Invalid {
		t.Errorf("3801 of 3800: %v", err)
	}
	// Twenty at once request 1000 each; 3800 are left.
	var asking sync.WaitGroup
	var mu sync.Mutex
	granted := 0
	for i := range 20 {
		asking.Go(func() {
			_, err := shop.service.Refund(t.Context(), order, 1000, by(fmt.Sprint("at once ", i)))
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				granted++
			} else if kindOf(err) != checkout.Invalid {
				t.Errorf("refused with %v", err)
			}
		})
	}
	asking.Wait()
	if granted != 3 {
		t.Errorf("%d refunds of 1000 were granted for 3800", granted)
	}
	_, err = shop.service.Refund(t.Context(), order, 0, by("the rest"))
	must(t, err)
	shop.quiet()
	buyer.expectStatus(path, "refunded", "refunded")
	total := int64(0)
	for _, refund := range shop.control.Ledger().Refunds {
		total += refund.Amount
	}
	if total != 4800 {
		t.Errorf("Antom has refunded %d", total)
	}
}

func TestARefundWithoutAnAnswerIsReconciled(t *testing.T) {
	for name, fault := range map[string]sandbox.Fault{
		"never arrived": {Kind: sandbox.ResetByPeer, On: "refund", Times: 1},
		"done unheard":  {Kind: sandbox.ResetByPeer, On: "refund", Times: 1, Apply: true},
		"slow":          {Kind: sandbox.RefundDelay, Delay: sandbox.Duration(time.Minute)},
	} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t, func(s *settings) { s.timeout = 500 * time.Millisecond })
			shop.fault(fault)
			shop.fault(sandbox.Fault{Kind: sandbox.Lose, On: "REFUND_RESULT"})
			buyer, path, order := shop.paidBy("CARD")
			operation, err := shop.service.Refund(t.Context(), order, 0, by("refund"))
			must(t, err)
			if !operation.Unfinished() {
				t.Fatalf("the refund is %s", operation.Status)
			}
			buyer.expectStatus(path, "paid", "paid")
			for range 12 {
				shop.passes(16 * time.Second)
				shop.sweeps()
			}
			buyer.expectStatus(path, "refunded", "refunded")
			if refunds := shop.control.Ledger().Refunds; len(refunds) != 1 {
				t.Errorf("Antom has %d refunds", len(refunds))
			}
		})
	}
}

func TestAnOrderIsCancelledInEveryState(t *testing.T) {
	t.Run("open", func(t *testing.T) {
		shop := newShop(t)
		buyer := shop.newBuyer()
		path := buyer.orders()
		must(t, shop.service.Cancel(t.Context(), shop.orderID(), by("x")))
		must(t, shop.service.Cancel(t.Context(), shop.orderID(), by("x")))
		buyer.expectStatus(path, "cancelled", "")
		buyer.expectAction(buyer.starts(path, "CARD"), http.StatusGone, "closed")
	})
	t.Run("under way", func(t *testing.T) {
		shop := newShop(t, func(s *settings) { s.withoutSDK = true })
		buyer := shop.newBuyer()
		path := buyer.orders()
		buyer.starts(path, "GCASH")
		must(t, shop.service.Cancel(t.Context(), shop.orderID(), by("x")))
		buyer.expectStatus(path, "cancelled", "cancelled")
	})
	t.Run("authorised", func(t *testing.T) {
		shop := newShop(t, func(s *settings) { s.manualCapture = true })
		buyer, path, order := shop.paidBy("CARD")
		must(t, shop.service.Cancel(t.Context(), order, by("x")))
		buyer.expectStatus(path, "cancelled", "cancelled")
	})
	t.Run("paid", func(t *testing.T) {
		shop := newShop(t)
		buyer, path, order := shop.paidBy("GCASH")
		must(t, shop.service.Cancel(t.Context(), order, by("x")))
		buyer.expectStatus(path, "cancelled", "cancelled")
	})
	t.Run("captured: refund instead", func(t *testing.T) {
		shop := newShop(t)
		buyer, path, order := shop.paidBy("CARD")
		if err := shop.service.Cancel(t.Context(), order, by("x")); kindOf(err) != checkout.Conflict {
			t.Errorf("cancel: %v", err)
		}
		buyer.expectStatus(path, "paid", "paid")
	})
}

// A session that was superseded stays payable at Antom; its money comes after the
// order has expired.
func TestALatePaymentIsAcceptedOrRefunded(t *testing.T) {
	for name, want := range map[string]struct {
		refundLate bool
		status     string
		duplicate  string
	}{
		"accept": {false, "paid", "paid"},
		"refund": {true, "expired", "cancelled"},
	} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t, func(s *settings) { s.refundLate = want.refundLate })
			buyer := shop.newBuyer()
			path := buyer.orders()
			late := buyer.starts(path, "GCASH")
			shop.offset.Add(int64(61 * time.Minute)) // the shop's clock alone: Antom still takes the money
			shop.sweeps()
			shop.expectCount(1, "order", "status", "expired")
			must(t, shop.control.Pay(late.PaymentRequestID))
			shop.quiet()
			shop.passes(3 * time.Second) // a payment is inquired about every two seconds at most
			shop.sweeps()
			shop.sweeps()
			buyer.expectStatus(path, want.status, want.duplicate)
		})
	}
}

// ordersOne makes an order of one piece.
func (b *buyer) ordersOne(sku string) (path string) {
	b.t.Helper()
	b.post("/cart", "sku="+sku, "quantity=1").sees(http.StatusSeeOther)
	form := formID.FindStringSubmatch(b.get("/cart").body)[1]
	return b.post("/orders", append([]string{"form_id=" + form}, goodAddress...)...).sees(http.StatusSeeOther).header.Get("Location")
}

// An attempt that Antom will not cancel may still be paid, so its order closes
// only when Antom has closed it.
func TestAnOrderWaitsForAnAttemptThatCannotBeCancelled(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.withoutSDK = true })
	shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "cancel", Code: "PAYMENT_METHOD_NOT_SUPPORTED"})
	buyer := shop.newBuyer()
	path := buyer.orders()
	id := buyer.starts(path, "GCASH").PaymentRequestID
	shop.offset.Add(int64(61 * time.Minute))
	shop.sweeps()
	shop.expectCount(1, "order", "status", "processing")
	must(t, shop.control.Close(id))
	shop.quiet()
	shop.sweeps()
	shop.expectCount(1, "order", "status", "expired")
}

// paidDuringACancel is an order whose buyer changed their mind, and then paid the first
// attempt, while the cancel of it has had no answer. Whether the money stays is not
// known yet, so nothing is released.
func paidDuringACancel(t *testing.T) (s *shop, b *buyer, path, requestID string) {
	s = newShop(t, func(s *settings) { s.withoutSDK = true; s.timeout = 300 * time.Millisecond })
	s.fault(sandbox.Fault{Kind: sandbox.ResetByPeer, On: "cancel", Times: 1})
	b = s.newBuyer()
	path = b.orders()
	requestID = b.starts(path, "GCASH").PaymentRequestID
	b.expectAction(b.starts(path, "ALIPAY_CN"), http.StatusAccepted, "wait")
	must(t, s.control.Pay(requestID))
	s.quiet()
	s.passes(11 * time.Second)
	s.sweeps()
	b.expectStatus(path, "processing", "processing")
	s.expectReleased(0)
	return s, b, path, requestID
}

// expectReleased counts what was told of paid orders.
func (s *shop) expectReleased(want int) {
	s.t.Helper()
	s.expectCount(want, "outbox", "topic", "order.paid")
	s.expectCount(want, "outbox", "topic", "mail.receipt")
}

func TestTheBuyerWhoIsFasterThanOurCancelHasPaid(t *testing.T) {
	shop, buyer, path, _ := paidDuringACancel(t)
	shop.passes(4 * time.Minute)
	shop.sweeps()
	buyer.expectStatus(path, "processing", "processing") // the cancel may still take effect
	for range 6 {
		shop.passes(time.Minute)
		shop.sweeps()
	}
	buyer.expectStatus(path, "paid", "paid")
	shop.expectReleased(1)
	shop.expectCount(1, "cancel", "status", "failed")
	shop.holds(4800)
}

// A cancel without an answer takes effect after all, once the buyer has paid.
func TestACancelThatArrivesAfterThePaymentIsNoticed(t *testing.T) {
	shop, buyer, path, requestID := paidDuringACancel(t)
	_, err := shop.gateway.Cancel(t.Context(), &antom.CancelRequest{PaymentRequestID: requestID})
	must(t, err)
	shop.passes(6 * time.Minute)
	shop.sweeps()
	buyer.expectStatus(path, "open", "cancelled")
	shop.expectReleased(0)
	shop.holds(0)
}

func TestAKeyIsOneAction(t *testing.T) {
	shop := newShop(t)
	_, _, order := shop.paidBy("GCASH")
	_, err := shop.service.Refund(t.Context(), order, 100, by("k"))
	must(t, err)
	if _, err := shop.service.Refund(t.Context(), order, 500, by("k")); kindOf(err) != checkout.Conflict {
		t.Errorf("another amount with the same key: %v", err)
	}
	if err := shop.service.Cancel(t.Context(), order, by("k")); kindOf(err) != checkout.Conflict {
		t.Errorf("another action with the same key: %v", err)
	}
	if n := len(shop.control.Ledger().Refunds); n != 1 {
		t.Errorf("Antom has %d refunds", n)
	}
}

func TestARefundThatAntomCannotTakeIsRefusedAtOnce(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.currency = "IDR" })
	_, _, order := shop.paidBy("CARD")
	if _, err := shop.service.Refund(t.Context(), order, 150, by("k")); kindOf(err) != checkout.Invalid {
		t.Fatalf("half a rupiah: %v", err)
	}
	shop.expectCount(0, "refund", "status", "pending")
}

func TestWhatWasPaidForIsNotSoldAgain(t *testing.T) {
	shop := newShop(t)
	buyer, _, _ := shop.paidBy("GCASH")
	buyer.post("/cart", "sku=PEN-06", "quantity=1").sees(http.StatusSeeOther)
	buyer.get("/cart").sees(http.StatusOK, "Fountain pen").seesNot("Enamel mug")
}

func TestFiftyBuyersForOneUnitGetOnePaidOrder(t *testing.T) {
	one := 1
	shop := newShop(t, func(s *settings) {
		s.catalog = []checkout.Product{{SKU: "LAST", Name: "The last one", Price: checkout.Money{Minor: 4200, Currency: "SGD"}, Stock: &one}}
	})
	var buyers sync.WaitGroup
	var mu sync.Mutex
	started, soldOut := 0, 0
	var paths []string
	for range 50 {
		paths = append(paths, shop.newBuyer().ordersOne("LAST"))
	}
	for _, path := range paths {
		buyers.Go(func() {
			got := shop.newBuyer().postJSON(path+"/payments", `{"method":"GCASH"}`)
			mu.Lock()
			defer mu.Unlock()
			switch got.status {
			case http.StatusOK:
				started++
			case http.StatusConflict:
				soldOut++
			default:
				t.Errorf("a start answers %d %s", got.status, got.body)
			}
		})
	}
	buyers.Wait()
	if started != 1 || soldOut != 49 {
		t.Fatalf("%d started, %d were answered sold out", started, soldOut)
	}
	session := shop.control.Ledger().Sessions[0]
	must(t, shop.control.Pay(session.RequestID))
	shop.quiet()
	shop.expectCount(1, "order", "status", "paid")
}

func TestADeadAttemptFreesTheGoods(t *testing.T) {
	one := 1
	shop := newShop(t, func(s *settings) {
		s.catalog = []checkout.Product{{SKU: "MUG-01", Name: "Mug", Price: checkout.Money{Minor: 2400, Currency: "SGD"}, Stock: &one}}
	})
	ann, bob := shop.newBuyer(), shop.newBuyer()
	annPath, bobPath := ann.ordersOne("MUG-01"), bob.ordersOne("MUG-01")
	first := ann.starts(annPath, "GCASH")
	bob.postJSON(bobPath+"/payments", `{"method":"GCASH"}`).sees(http.StatusConflict, "don’t have that many")
	must(t, shop.control.Decline(first.PaymentRequestID, ""))
	shop.quiet()
	bob.expectAction(bob.starts(bobPath, "GCASH"), http.StatusOK, "sdk")
}

// A shop may begin to count a product while a buyer is at Antom's: their money is
// stored, and the count is right for the next buyer.
func TestGoodsMayBeCountedWhileABuyerPays(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	id := buyer.starts(path, "GCASH").PaymentRequestID
	five := 5
	shop.imports(checkout.Product{SKU: "MUG-01", Name: "Mug", Price: checkout.Money{Minor: 2400, Currency: "SGD"}, Stock: &five})
	must(t, shop.control.Pay(id))
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
	mug, err := shop.services.Shop.Product(t.Context(), "MUG-01")
	must(t, err)
	if mug.Stock == nil || *mug.Stock != 3 {
		t.Errorf("of five, two were bought, and there are %v", mug.Stock)
	}
}

// imports brings the catalogue up to date, as a second process would.
func (s *shop) imports(products ...checkout.Product) {
	s.t.Helper()
	s.opens(func(store *db.Store) { must(s.t, store.ImportProducts(s.t.Context(), products)) })
}

// opens works on the database beside the server.
func (s *shop) opens(do func(*db.Store)) {
	s.t.Helper()
	store, err := db.Open(s.t.Context(), s.database)
	must(s.t, err)
	defer func() { must(s.t, store.Close()) }()
	do(store)
}

// polledForLong is a payment that the sweeper has polled for 72 hours.
func (s *shop) polledForLong(requestID string) {
	s.t.Helper()
	now := time.Now().Add(time.Duration(s.offset.Load()))
	s.opens(func(store *db.Store) {
		order, _, err := store.FindPayment(s.t.Context(), checkout.Reference{RequestID: requestID})
		must(s.t, err)
		_, _, err = store.Update(s.t.Context(), order, checkout.Evidence{Cause: checkout.Cause{Kind: checkout.BySweeper}},
			func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
				o.Payments = slices.Clone(o.Payments)
				p := o.Payment(requestID)
				p.NextPoll, p.Polls = now, 5000
				return o, nil, nil
			})
		must(s.t, err)
	})
}

// overlaps is an order paid by its second attempt while the first, which Antom
// will not cancel, still goes on.
func (s *shop) overlaps() (b *buyer, path string, first action) {
	s.t.Helper()
	s.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "cancel", Code: "PAYMENT_METHOD_NOT_SUPPORTED"})
	b = s.newBuyer()
	path = b.orders()
	first = b.starts(path, "GCASH")
	must(s.t, s.control.Pend(first.PaymentRequestID))
	must(s.t, s.control.Pay(b.starts(path, "ALIPAY_CN").PaymentRequestID))
	s.quiet()
	b.expectStatus(path, "paid", "paid")
	return b, path, first
}

func TestAfter72HoursThereIsAReview(t *testing.T) {
	api := func(s *settings) { s.withoutSDK = true; s.timeout = 300 * time.Millisecond }
	t.Run("an attempt beside the one that paid", func(t *testing.T) {
		shop := newShop(t, api)
		_, _, first := shop.overlaps()
		shop.polledForLong(first.PaymentRequestID)
		shop.sweeps()
		shop.expectCount(1, "order", "status", "review")
	})
	t.Run("a success reported after a failure, and Antom silent", func(t *testing.T) {
		shop := newShop(t, api)
		buyer := shop.newBuyer()
		path := buyer.orders()
		first := buyer.starts(path, "GCASH")
		must(t, shop.control.Decline(first.PaymentRequestID, ""))
		shop.quiet()
		shop.fault(sandbox.Fault{Kind: sandbox.ResetByPeer, On: "inquiryPayment"})
		res := shop.notify(fmt.Sprintf(`{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"},
			"paymentRequestId":%q,"paymentId":%q,"paymentAmount":{"currency":"SGD","value":"4800"},"paymentCreateTime":"2026-01-01T00:00:00Z"}`,
			first.PaymentRequestID, shop.control.Ledger().Payments[0].ID))
		if res.StatusCode != http.StatusOK {
			t.Fatalf("answered %d", res.StatusCode)
		}
		shop.polledForLong(first.PaymentRequestID)
		shop.sweeps()
		shop.expectCount(1, "order", "status", "review")
	})
	t.Run("also when the server stops during the last poll", func(t *testing.T) {
		shop := newShop(t, api)
		_, _, first := shop.overlaps()
		shop.polledForLong(first.PaymentRequestID)
		shop.fault(sandbox.Fault{Kind: sandbox.Timeout, On: "inquiryPayment", Times: 1})
		shop.passes(3 * time.Second)
		stopping, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer stop()
		shop.service.SweepOnce(stopping)
		shop.expectCount(1, "order", "status", "paid")
		shop.passes(2 * time.Minute)
		shop.sweeps()
		shop.expectCount(1, "order", "status", "review")
	})
}

// An authorisation that was not captured ends in a review, and the review ends with
// Antom's answer that nothing is left to capture.
func TestAnAuthorisationThatHasEndedCanBeClosed(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.manualCapture = true })
	buyer, path, order := shop.paidBy("CARD")
	shop.passes(7*24*time.Hour + time.Minute)
	shop.sweeps()
	buyer.expectStatus(path, "review", "authorized")
	if err := shop.service.Accept(t.Context(), order, by("accept")); kindOf(err) != checkout.Conflict {
		t.Errorf("accept what is not there: %v", err)
	}
	if err := shop.service.Cancel(t.Context(), order, by("cancel")); kindOf(err) != checkout.Conflict {
		t.Errorf("cancel after the window: %v", err)
	}
	operation, err := shop.service.Capture(t.Context(), order, by("capture"))
	must(t, err)
	if operation.Status != checkout.OperationFailed || operation.ResultCode != "AUTH_EXPIRED" {
		t.Fatalf("the capture is %s %s", operation.Status, operation.ResultCode)
	}
	shop.sweeps()
	if st := buyer.status(path); st.Status != "cancelled" && st.Status != "expired" || st.LastPayment.Status != "cancelled" {
		t.Errorf("the order is %+v", st)
	}
}

// Antom's answer to a capture or refund is compared with the request, as its
// notifications are.
func TestAnAnswerWithAnotherAmountResolvesNothing(t *testing.T) {
	shop := newShop(t)
	buyer, path, order := shop.paidBy("GCASH")
	shop.fault(sandbox.Fault{Kind: sandbox.WrongAmount, On: "refund", Times: 1})
	shop.fault(sandbox.Fault{Kind: sandbox.Lose, On: "REFUND_RESULT"})
	operation, err := shop.service.Refund(t.Context(), order, 1000, by("refund"))
	must(t, err)
	if !operation.Unfinished() {
		t.Errorf("the refund is %s by an answer about another amount", operation.Status)
	}
	shop.expectCount(1, "order", "status", "review")
	shop.passes(3 * time.Second)
	shop.sweeps()
	buyer.expectStatus(path, "partially_refunded", "paid")
	shop.expectCount(1, "refund", "status", "success")
}

func TestAPageLeftOpenAtTheEndCancelsOnce(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.withoutSDK = true })
	shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "cancel", Code: "PAYMENT_METHOD_NOT_SUPPORTED"})
	buyer := shop.newBuyer()
	path := buyer.orders()
	must(t, shop.control.Pend(buyer.starts(path, "GCASH").PaymentRequestID))
	shop.quiet()
	shop.passes(61 * time.Minute)
	for range 30 {
		buyer.expectStatus(path, "processing", "pending")
		shop.passes(2*time.Second + time.Millisecond)
	}
	shop.expectCount(1, "cancel", "status", "failed")
}

// PromptPay supports neither cancel nor refund. A person resolves the second
// payment with the buyer and says so; then nothing refunds it a second time.
func TestADuplicateThatCannotBeRefundedIsResolvedByAPerson(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.currency = "THB"; s.withoutSDK = true })
	shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "cancel", Code: "PAYMENT_METHOD_NOT_SUPPORTED"})
	buyer := shop.newBuyer()
	path := buyer.orders()
	first := buyer.starts(path, "PROMPTPAY").PaymentRequestID
	must(t, shop.control.Pay(buyer.starts(path, "TRUEMONEY").PaymentRequestID))
	shop.quiet() // the notifications of two payments come in any order
	must(t, shop.control.Pay(first))
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
	shop.polledForLong(first)
	shop.sweeps()
	buyer.expectStatus(path, "review", "paid")
	tried := shop.count("refund", "status", "failed")
	if tried == 0 {
		t.Fatal("no refund was tried")
	}
	must(t, shop.service.Accept(t.Context(), shop.orderID(), by("by bank transfer")))
	for range 3 {
		shop.passes(2 * time.Minute)
		shop.sweeps()
	}
	shop.expectCount(tried, "refund", "status", "failed")
	buyer.expectStatus(path, "paid", "paid")
}

// withSuperseded is an order whose buyer has opened a session of first and then gone on
// to another attempt: the session was given up, but can still be paid in its tab.
func withSuperseded(t *testing.T, first string) (s *shop, b *buyer, path, superseded, other string) {
	s = newShop(t, func(s *settings) { s.orderTTL = 24 * time.Hour })
	b = s.newBuyer()
	path = b.orders()
	superseded = b.starts(path, first).PaymentRequestID
	return s, b, path, superseded, b.starts(path, "ALIPAY_CN").PaymentRequestID
}

// goesOn lets more than the life of a session pass, and the sweeper poll.
func (s *shop) goesOn() {
	s.t.Helper()
	s.quiet()
	for range 3 {
		s.passes(61 * time.Minute)
		s.sweeps()
	}
}

// It is paid after everything else has ended, and its notification is lost: an inquiry
// finds the money when the session has ended.
func TestADroppedSessionThatIsPaidIsFound(t *testing.T) {
	shop, buyer, path, superseded, other := withSuperseded(t, "GCASH")
	must(t, shop.control.Decline(other, ""))
	shop.quiet()
	shop.fault(sandbox.Fault{Kind: sandbox.Lose, On: "PAYMENT_RESULT"})
	must(t, shop.control.Pay(superseded))
	shop.goesOn()
	buyer.expectStatus(path, "paid", "paid")
	shop.holds(4800)
}

// It is never paid: the sweeper inquires, and no person is needed.
func TestADroppedSessionThatIsNotPaidIsForgotten(t *testing.T) {
	shop, buyer, path, superseded, other := withSuperseded(t, "GCASH")
	must(t, shop.control.Pay(other))
	shop.goesOn()
	buyer.expectStatus(path, "paid", "paid")
	o, err := shop.store.OrderByID(t.Context(), shop.orderID())
	must(t, err)
	if p := o.Payment(superseded); p.Status != checkout.PaymentCancelled || !p.NextPoll.IsZero() {
		t.Errorf("the session is %s and polled at %v", p.Status, p.NextPoll)
	}
}

// It is submitted after the order was paid: it is cancelled.
func TestADroppedSessionThatIsUnderWayAfterAllIsCancelled(t *testing.T) {
	shop, buyer, path, superseded, other := withSuperseded(t, "CARD")
	must(t, shop.control.Pay(other))
	must(t, shop.control.Submit(superseded, ""))
	shop.goesOn()
	buyer.expectStatus(path, "paid", "paid")
	shop.expectCount(1, "cancel", "status", "success")
	shop.holds(4800)
}

// It is submitted and is all that the order has: the buyer may finish.
func TestADroppedSessionThatTheOrderHasUseForIsLeftAlone(t *testing.T) {
	shop, buyer, path, superseded, other := withSuperseded(t, "CARD")
	must(t, shop.control.Decline(other, ""))
	must(t, shop.control.Submit(superseded, ""))
	shop.goesOn()
	shop.expectCount(0, "cancel", "payment_request_id", superseded)
	must(t, shop.control.Pay(superseded))
	shop.goesOn()
	buyer.expectStatus(path, "paid", "paid")
	shop.holds(4800)
}

// A merchant refunds a part in Antom's dashboard. The refund of "all that is left" asks
// for too much, and Antom's refusal makes the shop inquire: the next one is right.
func TestARefusedRefundFindsTheRefundThatWasMadeElsewhere(t *testing.T) {
	shop := newShop(t)
	buyer, path, order := shop.paidBy("GCASH")
	amount, err := antom.NewAmount("SGD", 1000)
	must(t, err)
	_, err = shop.gateway.Refund(t.Context(), &antom.RefundRequest{
		RefundRequestID: "made-in-the-dashboard", PaymentID: shop.control.Ledger().Payments[0].ID, RefundAmount: amount,
	})
	must(t, err)
	op, err := shop.desk().Refund(t.Context(), order, 0, by("all"))
	if err != nil || op.Status != checkout.OperationFailed || op.ResultCode != "REFUND_AMOUNT_EXCEED" {
		t.Fatalf("the refund of too much: %+v, %v", op, err)
	}
	buyer.expectStatus(path, "partially_refunded", "paid")
	op, err = shop.desk().Refund(t.Context(), order, 0, by("the rest"))
	if err != nil || op.Amount.Minor != 3800 {
		t.Fatalf("the refund of the rest: %+v, %v", op, err)
	}
	shop.quiet()
	buyer.expectStatus(path, "refunded", "refunded")
	shop.holds(0)
}
