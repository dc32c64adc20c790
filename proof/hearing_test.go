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
	"antom-checkout/handlers"
)

// What the shop hears and does about one payment, in any order.
const (
	hearsPending = "pending"
	hearsSuccess = "success"
	hearsFailure = "failure" // of an earlier try with the same payment; it is no longer true
	hearsCapture = "capture"
	asksRefund   = "refund" // a part of it, and hears of it; refused while nothing is known to be paid
	asksCancel   = "cancel"
)

// Whatever the order of what is heard, it ends where Antom stands:
//
//	Antom has                         the order ends        the payment ends
//	the money, and refuses a cancel   partially_refunded    paid        when the refund was asked for after we knew of the money
//	                                  paid                  paid        when it was asked for before, and so refused
//	cancelled it before it was paid   cancelled             cancelled
//	refused it                        cancelled             failed
//
// When we know of the money stands in the tables below.
func TestEveryOrderOfWordsEndsWhereAntomStands(t *testing.T) {
	t.Parallel()
	wallet := []string{hearsPending, hearsSuccess, hearsFailure, asksRefund, asksCancel}
	for name, story := range map[string]struct {
		method string
		antom  antom.PaymentStatus
		first  []string
		then   []string
		ends   func(heard []string) (order checkout.OrderStatus, payment checkout.PaymentStatus)
	}{
		"paid by wallet":         {"GCASH", antom.PaymentSuccess, nil, wallet, endsPaid(walletKnows)},
		"paid by card":           {"CARD", antom.PaymentSuccess, nil, append(wallet, hearsCapture), endsPaid(cardKnows)},
		"cancelled, then paid":   {"GCASH", antom.PaymentCancelled, []string{asksCancel}, []string{hearsPending, hearsSuccess, hearsFailure}, endsCancelled},
		"refused, and cancelled": {"GCASH", antom.PaymentFail, nil, []string{hearsPending, hearsFailure, asksCancel}, endsFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newListener(t, story.method, story.antom)
			orders := permutations(story.then)
			for i, order := range orders {
				if i%short(1, 16) != 0 {
					continue
				}
				heard := slices.Concat(story.first, order)
				wantOrder, wantPayment := story.ends(heard)
				if gotOrder, gotPayment := shop.lives(heard); gotOrder != wantOrder || gotPayment != wantPayment {
					t.Errorf("%s: order %s, payment %s; want %s, %s", strings.Join(heard, ", "), gotOrder, gotPayment, wantOrder, wantPayment)
				}
			}
			t.Logf("%d orders of %d words", len(orders), len(story.then))
		})
	}
}

// What the shop knows of a payment whose money Antom has, word by word. A word
// that is not listed changes nothing.
var (
	walletKnows = map[string]map[string]string{
		"begun":  {hearsSuccess: "paid", hearsFailure: "failed", asksCancel: "paid"}, // a cancel inquires first
		"failed": {hearsSuccess: "paid"},                                             // so does a success after a failure
		"paid":   {asksRefund: "refunded"},
	}
	cardKnows = map[string]map[string]string{
		"begun":      {hearsSuccess: "authorised", hearsFailure: "failed", asksCancel: "paid", hearsCapture: "paid"},
		"authorised": {hearsCapture: "paid", hearsFailure: "paid"}, // a late failure is inquired about
		"failed":     {hearsSuccess: "paid", hearsCapture: "paid"},
		"paid":       {asksRefund: "refunded"},
	}
)

func endsPaid(knows map[string]map[string]string) func(heard []string) (checkout.OrderStatus, checkout.PaymentStatus) {
	return func(heard []string) (checkout.OrderStatus, checkout.PaymentStatus) {
		known := "begun"
		for _, word := range heard {
			if next, listed := knows[known][word]; listed {
				known = next
			}
		}
		if known == "refunded" {
			return checkout.OrderPartiallyRefunded, checkout.PaymentPaid
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

func permutations(words []string) [][]string {
	if len(words) == 0 {
		return [][]string{nil}
	}
	var all [][]string
	for i, word := range words {
		rest := slices.Delete(slices.Clone(words), i, i+1)
		for _, tail := range permutations(rest) {
			all = append(all, append([]string{word}, tail...))
		}
	}
	return all
}

// listener is a shop whose Antom stands where it stands and says anything.
type listener struct {
	t        *testing.T
	method   string
	antom    *standing
	services handlers.Services
	store    *db.Store
	mu       sync.Mutex
	now      time.Time
	count    int
}

func newListener(t *testing.T, method string, status antom.PaymentStatus) *listener {
	t.Helper()
	l := &listener{t: t, method: method, now: epoch, antom: &standing{method: method, status: status, refunds: map[string]antom.Amount{}}}
	shop := settings(t, map[string]string{
		"PUBLIC_URL": shopURL, "DATABASE_URL": filepath.Join(tempFolder(t), "shop.db"), "SESSION_KEY": strings.Repeat("k", 32),
		"INTEGRATION": "api", "SWEEP_SCHEDULE": "10s,1m",
	})
	keys, _ := testKeys()
	must(t, shop.UseSandbox(keys.Credentials(antomURL, sandbox.DefaultClientID)))
	shop.Payments.Mailer = unwritten{}
	program, err := app.Build(t.Context(), shop, app.Outside{
		Beside: true, Clock: l.clock, Client: func(*antom.Client) gateway.Client { return l.antom },
	})
	must(t, err)
	t.Cleanup(func() { must(t, program.Close()) })
	must(t, program.Store.ImportProducts(t.Context(), []checkout.Product{{SKU: "MUG", Name: "Mug", Price: checkout.Money{Minor: 4200, Currency: "SGD"}}}))
	l.store, l.services = program.Store, program.Services
	return l
}

func (l *listener) clock() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

func (l *listener) passes(d time.Duration) {
	l.mu.Lock()
	l.now = l.now.Add(d)
	l.mu.Unlock()
	l.services.Payments.SweepOnce(l.t.Context())
}

// lives has an order hear the words, and time pass until all is known.
func (l *listener) lives(words []string) (checkout.OrderStatus, checkout.PaymentStatus) {
	l.t.Helper()
	l.count++
	o, err := l.services.Shop.PlaceOrder(l.t.Context(), shop.OrderRequest{
		FormKey: fmt.Sprint("form ", l.count), Buyer: ann, Language: "en", Cart: []checkout.CartLine{{SKU: "MUG", Quantity: 1}},
	})
	must(l.t, err)
	started, err := l.services.Payments.Start(l.t.Context(), o.Token, checkout.Attempt{Method: l.method, Mode: checkout.ModeAPI, Device: browser})
	must(l.t, err)
	for _, word := range words {
		l.hears(word, o.ID, started.Payment)
		l.passes(0) // what is due at once
	}
	for range 5 {
		l.passes(2 * time.Minute)
	}
	o, err = l.store.OrderByID(l.t.Context(), o.ID)
	must(l.t, err)
	return o.Status, o.Payment(started.Payment.RequestID).Status
}

func (l *listener) hears(word, orderID string, p checkout.Payment) {
	l.t.Helper()
	key := checkout.Key{Operator: "op", Idempotency: word + orderID}
	switch word {
	case asksCancel:
		_ = l.services.Payments.Cancel(l.t.Context(), orderID, key) // may be refused, see the table
	case asksRefund:
		op, err := l.services.Payments.Refund(l.t.Context(), orderID, 1000, key)
		if err == nil {
			l.notify(antom.RefundResult{
				NotificationEnvelope: antom.NotificationEnvelope{NotifyType: "REFUND_RESULT", Result: success},
				RefundStatus:         antom.TransactionSuccess, RefundRequestID: op.RequestID, RefundID: "R-" + op.RequestID, RefundAmount: sgd(1000),
			})
		}
	case hearsCapture:
		l.notify(antom.CaptureResult{
			NotificationEnvelope: antom.NotificationEnvelope{NotifyType: "CAPTURE_RESULT", Result: success},
			CaptureRequestID:     "C-" + p.RequestID, CaptureID: "C-" + p.RequestID, PaymentID: "A-" + p.RequestID, CaptureAmount: sgd(4200),
		})
	default:
		kind, result := "PAYMENT_RESULT", success
		switch word {
		case hearsPending:
			kind = "PAYMENT_PENDING"
		case hearsFailure:
			result = antom.Result{Code: "USER_BALANCE_NOT_ENOUGH", Status: antom.StatusFailed}
		}
		l.notify(antom.PaymentNotification{
			NotificationEnvelope: antom.NotificationEnvelope{NotifyType: kind, Result: result},
			PaymentRequestID:     p.RequestID, PaymentID: "A-" + p.RequestID, PaymentAmount: sgd(4200), PaymentMethodType: l.method,
		})
	}
}

func (l *listener) notify(notice any) {
	l.t.Helper()
	body, err := json.Marshal(notice)
	must(l.t, err)
	n, err := antom.DecodeNotification(body)
	must(l.t, err)
	must(l.t, l.services.Payments.RecordNotification(l.t.Context(), gateway.Receive(n, body, l.clock())))
}

var success = antom.Result{Code: antom.CodeSuccess, Status: antom.StatusSuccess}

func sgd(minor int64) antom.Amount {
	amount, err := antom.NewAmount("SGD", minor)
	if err != nil {
		panic(err) // a plain number
	}
	return amount
}

// standing is an Antom whose payments stand where they stand from the beginning.
type standing struct {
	gateway.Client // what these stories do not ask for
	method         string
	status         antom.PaymentStatus
	mu             sync.Mutex
	refunds        map[string]antom.Amount // by "paymentId refundRequestId"
}

// Consult has nothing to offer but what the shop has in its own list.
func (a *standing) Consult(context.Context, *antom.ConsultRequest) (*antom.ConsultResponse, error) {
	return nil, &antom.Error{Endpoint: "consult", Code: "UNKNOWN_EXCEPTION", Status: antom.StatusUnknown}
}

func (a *standing) Pay(_ context.Context, r *antom.PayRequest) (*antom.PayResponse, error) {
	return &antom.PayResponse{
		Envelope:         antom.Envelope{Result: antom.Result{Code: antom.CodePaymentInProcess, Status: antom.StatusUnknown}},
		PaymentRequestID: r.PaymentRequestID, PaymentID: "A-" + r.PaymentRequestID, NormalURL: "https://wallet.example/pay",
	}, nil
}

func (a *standing) InquiryPayment(_ context.Context, r *antom.InquiryPaymentRequest) (*antom.InquiryPaymentResponse, error) {
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

func (a *standing) Cancel(_ context.Context, r *antom.CancelRequest) (*antom.CancelResponse, error) {
	if a.status == antom.PaymentSuccess {
		refused := antom.Result{Code: "ORDER_STATUS_INVALID", Status: antom.StatusFailed}
		return &antom.CancelResponse{Envelope: antom.Envelope{Result: refused}}, &antom.Error{Endpoint: "cancel", Code: refused.Code, Status: refused.Status}
	}
	return &antom.CancelResponse{Envelope: antom.Envelope{Result: success}, PaymentRequestID: r.PaymentRequestID}, nil
}

func (a *standing) Refund(_ context.Context, r *antom.RefundRequest) (*antom.RefundResponse, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refunds[r.PaymentID+" "+r.RefundRequestID] = r.RefundAmount
	return &antom.RefundResponse{Envelope: antom.Envelope{Result: success}, RefundRequestID: r.RefundRequestID, RefundID: "R-" + r.RefundRequestID, RefundAmount: r.RefundAmount}, nil
}
