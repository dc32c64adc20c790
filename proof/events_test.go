package proof_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/app"
	"antom-checkout/checkout"
	"antom-checkout/checkout/gateway"
	"antom-checkout/checkout/shop"
	"antom-checkout/db"
	"antom-checkout/db/dbtest"
	"antom-checkout/handlers"
	"antom-checkout/webhooks"
)

// The events and operations of one payment, in any order.
const (
	eventPending    = "pending"
	eventSuccess    = "success"
	eventFailure    = "failure" // of an earlier try with the same payment; it is no longer true
	eventCapture    = "capture"
	operationRefund = "refund" // of a part, and its result; refused while the shop knows of no money
	operationCancel = "cancel"
)

// The order of the events does not matter: each ends with what Antom holds.
//
//	Antom has                         the order ends        the payment ends
//	the money, and refuses a cancel   partially_refunded    paid        when the refund was requested after the shop knew of the money
//	                                  paid                  paid        when it was requested before, and so refused
//	                                  cancelled             refunded    when the merchant had cancelled the order, which knew of a failure only
//	cancelled it before it was paid   cancelled             cancelled
//	refused it                        cancelled             failed
//
// The tables below say when the shop knows of the money.
func TestEveryOrderOfEventsEndsWithWhatAntomHolds(t *testing.T) {
	t.Parallel()
	wallet := []string{eventPending, eventSuccess, eventFailure, operationRefund, operationCancel}
	for name, story := range map[string]struct {
		method string
		antom  antom.PaymentStatus
		first  []string
		then   []string
		ends   func(events []string) (order checkout.OrderStatus, payment checkout.PaymentStatus)
	}{
		"paid by wallet":         {"GCASH", antom.PaymentSuccess, nil, wallet, endsPaid(walletKnows)},
		"paid by card":           {"CARD", antom.PaymentSuccess, nil, append(wallet, eventCapture), endsPaid(cardKnows)},
		"cancelled, then paid":   {"GCASH", antom.PaymentCancelled, []string{operationCancel}, []string{eventPending, eventSuccess, eventFailure}, endsCancelled},
		"refused, and cancelled": {"GCASH", antom.PaymentFail, nil, []string{eventPending, eventFailure, operationCancel}, endsFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			recorded := newRecorder(t, story.method, story.antom)
			orders := permutations(story.then)
			for i, order := range orders {
				if i%short(1, 16) != 0 {
					continue
				}
				events := slices.Concat(story.first, order)
				wantOrder, wantPayment := story.ends(events)
				if gotOrder, gotPayment := recorded.record(events); gotOrder != wantOrder || gotPayment != wantPayment {
					t.Errorf("%s: order %s, payment %s; want %s, %s", strings.Join(events, ", "), gotOrder, gotPayment, wantOrder, wantPayment)
				}
			}
			t.Logf("%d orders of %d events", len(orders), len(story.then))
		})
	}
}

// What the shop knows of a payment whose money Antom has, event by event. An event that
// is not listed changes nothing.
var (
	walletKnows = map[string]map[string]string{
		"begun":  {eventSuccess: "paid", eventFailure: "failed", operationCancel: "paid"}, // a cancel inquires first
		"failed": {eventSuccess: "paid", operationCancel: "closed"},                       // so does a success after a failure
		"closed": {eventSuccess: "returned"},
		"paid":   {operationRefund: "refunded"},
	}
	cardKnows = map[string]map[string]string{
		"begun":      {eventSuccess: "authorised", eventFailure: "failed", operationCancel: "paid", eventCapture: "paid"},
		"authorised": {eventCapture: "paid", eventFailure: "paid"}, // the shop inquires about a late failure
		"failed":     {eventSuccess: "paid", eventCapture: "paid", operationCancel: "closed"},
		"closed":     {eventSuccess: "returned", eventCapture: "returned"},
		"paid":       {operationRefund: "refunded"},
	}
)

func endsPaid(knows map[string]map[string]string) func(events []string) (checkout.OrderStatus, checkout.PaymentStatus) {
	return func(events []string) (checkout.OrderStatus, checkout.PaymentStatus) {
		known := "begun"
		for _, event := range events {
			if next, listed := knows[known][event]; listed {
				known = next
			}
		}
		switch known {
		case "refunded":
			return checkout.OrderPartiallyRefunded, checkout.PaymentPaid
		case "returned":
			return checkout.OrderCancelled, checkout.PaymentRefunded
		}
		return checkout.OrderPaid, checkout.PaymentPaid
	}
}

func endsCancelled([]string) (checkout.OrderStatus, checkout.PaymentStatus) {
	return checkout.OrderCancelled, checkout.PaymentCancelled
}

func endsFailed([]string) (checkout.OrderStatus, checkout.PaymentStatus) {
	return checkout.OrderCancelled, checkout.PaymentFailed
}

func permutations(events []string) [][]string {
	if len(events) == 0 {
		return [][]string{nil}
	}
	var all [][]string
	for i, event := range events {
		rest := slices.Delete(slices.Clone(events), i, i+1)
		for _, tail := range permutations(rest) {
			all = append(all, append([]string{event}, tail...))
		}
	}
	return all
}

// recorder is a shop that records events in any order, beside an Antom whose payments
// never change their status.
type recorder struct {
	t        *testing.T
	method   string
	antom    *fixedAntom
	services handlers.Services
	store    *db.Store
	webhooks *webhooks.Courier
	database string
	mu       sync.Mutex
	now      time.Time
	count    int
}

func newRecorder(t *testing.T, method string, status antom.PaymentStatus) *recorder {
	t.Helper()
	r := &recorder{t: t, method: method, now: epoch, antom: &fixedAntom{method: method, status: status, refunds: map[string]antom.Amount{}}}
	file := filepath.Join(tempFolder(t), "shop.db")
	dbtest.Make(t, file)
	shop := settings(t, map[string]string{
		"PUBLIC_URL": shopURL, "SANDBOX": "on", "DATABASE_URL": file, "SESSION_KEY": strings.Repeat("k", 32),
		"INTEGRATION": "api", "SWEEP_SCHEDULE": "10s,1m",
	})
	keys, _ := testKeys()
	must(t, shop.UseSandbox(keys.Credentials(antomURL, sandbox.DefaultClientID)))
	shop.Payments.Mailer = noMail{}
	program, err := app.Build(t.Context(), shop, app.Outside{
		Beside: true, Clock: r.clock, Client: func(*antom.Client) gateway.Client { return r.antom },
	})
	must(t, err)
	t.Cleanup(func() { must(t, program.Close()) })
	must(t, program.Store.ImportProducts(t.Context(), []checkout.Product{{SKU: "MUG", Name: "Mug", Price: checkout.Money{Minor: 4200, Currency: "SGD"}}}))
	r.store, r.services, r.webhooks, r.database = program.Store, program.Services, program.Webhooks, file
	return r
}

func (r *recorder) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *recorder) passes(d time.Duration) {
	r.mu.Lock()
	r.now = r.now.Add(d)
	r.mu.Unlock()
	r.services.Payments.SweepOnce(r.t.Context())
}

// record places an order, records the events of its payment, and lets time pass until
// the shop knows all.
func (r *recorder) record(events []string) (checkout.OrderStatus, checkout.PaymentStatus) {
	r.t.Helper()
	r.count++
	o, err := r.services.Shop.PlaceOrder(r.t.Context(), shop.OrderRequest{
		FormKey: fmt.Sprint("form ", r.count), Buyer: ann, Language: "en", Cart: []checkout.CartLine{{SKU: "MUG", Quantity: 1}},
	})
	must(r.t, err)
	started, err := r.services.Payments.Start(r.t.Context(), o.Token, checkout.Attempt{Method: r.method, Mode: checkout.ModeAPI, Device: browser})
	must(r.t, err)
	for _, event := range events {
		r.happens(event, o.ID, started.Payment)
		r.passes(0) // what is due at once
	}
	for range 5 {
		r.passes(2 * time.Minute)
	}
	o, err = r.store.OrderByID(r.t.Context(), o.ID)
	must(r.t, err)
	return o.Status, o.Payment(started.Payment.RequestID).Status
}

// happens has Antom send an event, or the operator start an operation.
func (r *recorder) happens(event, orderID string, p checkout.Payment) {
	r.t.Helper()
	key := checkout.Key{Operator: "op", Idempotency: event + orderID}
	switch event {
	case operationCancel:
		_ = r.services.Payments.Cancel(r.t.Context(), orderID, key) // may be refused, see the table
	case operationRefund:
		op, err := r.services.Payments.Refund(r.t.Context(), orderID, 1000, key)
		if err == nil {
			r.notify(antom.RefundResult{
				NotificationEnvelope: antom.NotificationEnvelope{NotifyType: "REFUND_RESULT", Result: success},
				RefundStatus:         antom.TransactionSuccess, RefundRequestID: op.RequestID, RefundID: "R-" + op.RequestID, RefundAmount: sgd(1000),
			})
		}
	case eventCapture:
		r.notify(antom.CaptureResult{
			NotificationEnvelope: antom.NotificationEnvelope{NotifyType: "CAPTURE_RESULT", Result: success},
			CaptureRequestID:     "C-" + p.RequestID, CaptureID: "C-" + p.RequestID, PaymentID: "A-" + p.RequestID, CaptureAmount: sgd(4200),
		})
	default:
		kind, result := "PAYMENT_RESULT", success
		switch event {
		case eventPending:
			kind = "PAYMENT_PENDING"
		case eventFailure:
			result = antom.Result{Code: "USER_BALANCE_NOT_ENOUGH", Status: antom.StatusFailed}
		}
		r.notify(antom.PaymentNotification{
			NotificationEnvelope: antom.NotificationEnvelope{NotifyType: kind, Result: result},
			PaymentRequestID:     p.RequestID, PaymentID: "A-" + p.RequestID, PaymentAmount: sgd(4200), PaymentMethodType: r.method,
		})
	}
}

func (r *recorder) notify(notification any) {
	r.t.Helper()
	body, err := json.Marshal(notification)
	must(r.t, err)
	n, err := antom.DecodeNotification(body)
	must(r.t, err)
	must(r.t, r.services.Payments.RecordNotification(r.t.Context(), gateway.Receive(n, body, r.clock())))
}

var success = antom.Result{Code: antom.CodeSuccess, Status: antom.StatusSuccess}

func sgd(minor int64) antom.Amount {
	amount, err := antom.NewAmount("SGD", minor)
	if err != nil {
		panic(err) // a plain number
	}
	return amount
}

// noMail is a mailer that discards every email.
type noMail struct{}

func (noMail) Mail(context.Context, checkout.Email) error { return nil }

// fixedAntom is an Antom whose payments have one status from the beginning.
type fixedAntom struct {
	gateway.Client // the endpoints that these stories do not call
	method         string
	status         antom.PaymentStatus
	mu             sync.Mutex
	refunds        map[string]antom.Amount // by "paymentId refundRequestId"
}

// Consult fails, so that the shop offers the methods of its own list.
func (a *fixedAntom) Consult(context.Context, *antom.ConsultRequest) (*antom.ConsultResponse, error) {
	return nil, &antom.Error{Endpoint: "consult", Code: "UNKNOWN_EXCEPTION", Status: antom.StatusUnknown}
}

func (a *fixedAntom) Pay(_ context.Context, r *antom.PayRequest) (*antom.PayResponse, error) {
	return &antom.PayResponse{
		Envelope:         antom.Envelope{Result: antom.Result{Code: antom.CodePaymentInProcess, Status: antom.StatusUnknown}},
		PaymentRequestID: r.PaymentRequestID, PaymentID: "A-" + r.PaymentRequestID, NormalURL: "https://wallet.example/pay",
	}, nil
}

func (a *fixedAntom) InquiryPayment(_ context.Context, r *antom.InquiryPaymentRequest) (*antom.InquiryPaymentResponse, error) {
	answer := &antom.InquiryPaymentResponse{
		Envelope: antom.Envelope{Result: success}, PaymentStatus: a.status, PaymentRequestID: r.PaymentRequestID,
		PaymentID: "A-" + r.PaymentRequestID, PaymentAmount: sgd(4200), PaymentMethodType: a.method,
	}
	if a.status == antom.PaymentSuccess && a.method == "CARD" {
		id := "C-" + r.PaymentRequestID
		answer.Transactions = append(answer.Transactions, antom.Transaction{
			Type: antom.TransactionCapture, Status: antom.TransactionSuccess, RequestID: id, ID: id, Amount: sgd(4200), Result: success,
		})
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for key, amount := range a.refunds {
		if payment, id, _ := strings.Cut(key, " "); payment == answer.PaymentID {
			answer.Transactions = append(answer.Transactions, antom.Transaction{
				Type: antom.TransactionRefund, Status: antom.TransactionSuccess, RequestID: id, ID: "R-" + id, Amount: amount, Result: success,
			})
		}
	}
	return answer, nil
}

func (a *fixedAntom) Cancel(_ context.Context, r *antom.CancelRequest) (*antom.CancelResponse, error) {
	if a.status == antom.PaymentSuccess {
		refused := antom.Result{Code: "ORDER_STATUS_INVALID", Status: antom.StatusFailed}
		return &antom.CancelResponse{Envelope: antom.Envelope{Result: refused}}, &antom.Error{Endpoint: "cancel", Code: refused.Code, Status: refused.Status}
	}
	return &antom.CancelResponse{Envelope: antom.Envelope{Result: success}, PaymentRequestID: r.PaymentRequestID}, nil
}

func (a *fixedAntom) Refund(_ context.Context, r *antom.RefundRequest) (*antom.RefundResponse, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refunds[r.PaymentID+" "+r.RefundRequestID] = r.RefundAmount
	return &antom.RefundResponse{Envelope: antom.Envelope{Result: success}, RefundRequestID: r.RefundRequestID, RefundID: "R-" + r.RefundRequestID, RefundAmount: r.RefundAmount}, nil
}
