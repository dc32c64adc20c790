package db

import (
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"antom-checkout/checkout"
)

// asStored leaves out what is known for a moment only.
var asStored = cmp.Options{
	cmpopts.IgnoreFields(checkout.Order{}, "Fulfillable", "LinkRefusal"),
	cmpopts.IgnoreFields(checkout.OrderLine{}, "Short", "SoldOut"),
}

// expectFilled finds fields that a round trip would not prove to be stored.
func expectFilled(t *testing.T, name string, v reflect.Value) {
	t.Helper()
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		if v.Interface().(time.Time).IsZero() {
			t.Errorf("%s is empty: the round trip does not prove that it is stored", name)
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i).Name; field != "Fulfillable" && field != "LinkRefusal" && field != "Short" && field != "SoldOut" {
				expectFilled(t, name+"."+field, v.Field(i))
			}
		}
	case v.Kind() == reflect.Slice && v.Len() > 0 && v.Type().Elem().Kind() == reflect.Struct:
		expectFilled(t, name+"[0]", v.Index(0))
	case v.IsZero():
		t.Errorf("%s is empty: the round trip does not prove that it is stored", name)
	}
}

func TestAnOrderIsReadBackAsItWasWritten(t *testing.T) {
	store := openStore(t)
	want := newOrder("order")
	want.BuyerReference, want.Terms = "buyer", fullTerms
	placed := placeOrder(t, store, want)
	want.Version, want.Events = 1, 1
	if diff := cmp.Diff(want, placed); diff != "" {
		t.Errorf("the placed order (-want +got)\n%s", diff)
	}

	full := checkout.Payment{
		RequestID: "p1", AntomID: "antom-1", Method: "CARD", Mode: checkout.ModeAPI, Status: checkout.PaymentPaid, Active: true,
		Terminal: checkout.TerminalApp, ReturnURL: "shop://paid", Incomplete: true, ManualCapture: true, Doubts: 2,
		Choice: fullChoice, ThreeDS: true, Card: fullCard, CardSaved: true,
		Amount: sgd(4200), Confirmed: sgd(4100), ResultCode: "SUCCESS", Body: []byte("{\"bytes\":\"\x00\xff\"}"),
		Action: checkout.Action{
			Type: checkout.ActionCode, SessionData: "session+/=", URL: "https://pay.example.com/?a=1&b=<2>", Method: "POST",
			ApplinkURL: "https://wallet.example.com/a", SchemeURL: "wallet://pay", Element: true,
			Parameters: `{"k":"v"}`, Codes: []checkout.Code{{Type: "QRCODE", Value: "00020101"}, {Type: "BARCODE", Value: "123"}},
			ExpiresAt: noon.Add(30 * time.Minute),
		},
		CreatedAt: noon.Add(time.Millisecond), ExpiresAt: noon.Add(time.Hour), NextPoll: noon.Add(10 * time.Second), Polls: 3, ReconcileAt: noon.Add(2 * time.Hour), DisputeAt: noon.Add(time.Hour),
		Disputes: []checkout.Dispute{{ID: "d1", Type: "CHARGEBACK", Step: "DISPUTE_JUDGED", Due: noon.Add(time.Hour), Result: "ACCEPT_BY_MERCHANT", Amount: checkout.Money{Minor: 900, Currency: "SGD"},
			Source: "VISA", ReasonCode: "10.4", Reason: "not recognised",
			Since: noon, Undefendable: true, AcceptReason: "MERCHANT_ACCEPT", AutoDefence: "LIABILITY_SHIFT"}},
		Duplicate: true, ShopFault: true, ResolvedOffline: true, EmailOnFailure: true, AuthEndsAt: noon.Add(7 * 24 * time.Hour),
		Operations: []checkout.Operation{
			{Kind: checkout.Refund, RequestID: "r2", AntomID: "antom-r2", Amount: sgd(100), Status: checkout.OperationSuccess, ResultCode: "SUCCESS", Key: "admin:ann", Reason: "broken", Misses: 2, CreatedAt: noon, SubmittedAt: noon.Add(time.Minute)},
			{Kind: checkout.Capture, RequestID: "c1", AntomID: "antom-c1", Amount: sgd(4200), Status: checkout.OperationFailed, ResultCode: "PROCESS_FAIL", CreatedAt: noon},
			{Kind: checkout.Refund, RequestID: "r1", Amount: sgd(200), Status: checkout.OperationPending, CreatedAt: noon},
		},
	}
	bare := newPayment("p2")
	bare.Active, bare.NextPoll = false, time.Time{}
	after := change(t, store, "order", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.Status, o.Closed, o.Review, o.ReviewPayment, o.EverPaid = checkout.OrderReview, checkout.OrderExpired, "another amount", "p1", true
		o.Stock, o.ErasedAt, o.PaidAt = checkout.StockReserved, noon, noon.Add(time.Minute)
		o.Payments = []checkout.Payment{full, bare}
		return nil
	})
	want.Status, want.Closed, want.Review, want.ReviewPayment, want.EverPaid = checkout.OrderReview, checkout.OrderExpired, "another amount", "p1", true
	want.Payments, want.Version, want.Stock, want.ErasedAt, want.PaidAt = []checkout.Payment{full, bare}, 2, checkout.StockReserved, noon, noon.Add(time.Minute)
	want.Events = 5 // created, refunded, capture failed, under review, disputed
	expectFilled(t, "Order", reflect.ValueOf(want))

	expectStored(t, store, want)
	for by, read := range map[string]func() (checkout.Order, error){
		"update": func() (checkout.Order, error) { return after, nil },
		"id":     func() (checkout.Order, error) { return store.OrderByID(t.Context(), "order") },
		"token":  func() (checkout.Order, error) { return store.OrderByToken(t.Context(), "token-order") },
		"form":   func() (checkout.Order, error) { return store.OrderByForm(t.Context(), "form-order") },
	} {
		got, err := read()
		if err != nil {
			t.Errorf("by %s: %v", by, err)
		}
		if diff := cmp.Diff(want, got, asStored); diff != "" {
			t.Errorf("by %s (-want +got)\n%s", by, diff)
		}
	}
}

func TestAChangedPaymentKeepsItsRequest(t *testing.T) {
	store := openStore(t)
	first := newPayment("p1")
	first.Operations = []checkout.Operation{{Kind: checkout.Refund, RequestID: "r1", Amount: sgd(100), Status: checkout.OperationPending, CreatedAt: noon}}
	orderWithPayment(t, store, "order", first)
	change(t, store, "order", bySweeper, func(o *checkout.Order) []checkout.Effect {
		p := &o.Payments[0]
		p.Body, p.Mode, p.Amount, p.CreatedAt = []byte("other"), checkout.ModeAPI, sgd(1), noon.Add(time.Hour)
		p.Operations[0].Amount = sgd(99)
		p.AntomID, p.Status, p.ResultCode, p.Polls = "antom-1", checkout.PaymentPaid, "SUCCESS", 4
		p.Operations[0].Status, p.Operations[0].ResultCode, p.Operations[0].AntomID = checkout.OperationSuccess, "SUCCESS", "antom-r1"
		return nil
	})
	want := first
	want.AntomID, want.Status, want.ResultCode, want.Polls = "antom-1", checkout.PaymentPaid, "SUCCESS", 4
	want.Operations = []checkout.Operation{{
		Kind: checkout.Refund, RequestID: "r1", AntomID: "antom-r1", Amount: sgd(100),
		Status: checkout.OperationSuccess, ResultCode: "SUCCESS", CreatedAt: noon,
	}}
	if diff := cmp.Diff([]checkout.Payment{want}, orderByID(t, store, "order").Payments); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Inside Antom's element the method is chosen later, and Antom may have taken the
// money by another one than was chosen.
func TestTheMethodIsWhatAntomReportedLast(t *testing.T) {
	store := openStore(t)
	open := newPayment("p1")
	open.Method = ""
	orderWithPayment(t, store, "order", open)
	for _, method := range []string{"GCASH", "CARD"} {
		change(t, store, "order", bySweeper, func(o *checkout.Order) []checkout.Effect {
			o.Payments[0].Method = method
			return nil
		})
		if got := orderByID(t, store, "order"); got.Payments[0].Method != method {
			t.Errorf("the method is %q, want %q", got.Payments[0].Method, method)
		}
	}
	want := orderByID(t, store, "order")
	expectStored(t, store, want)
}

func TestAnOrderThatIsNotThereIsNotFound(t *testing.T) {
	store := openStore(t)
	placeOrder(t, store, newOrder("order"))
	_, err := store.OrderByID(t.Context(), "token-order")
	expectNotFound(t, "by id", err)
	_, err = store.OrderByToken(t.Context(), "TOKEN-ORDER")
	expectNotFound(t, "by a token in capitals", err)
	_, err = store.OrderByForm(t.Context(), "")
	expectNotFound(t, "by form", err)
	_, _, err = store.Update(t.Context(), "unknown", bySweeper, altering(func(*checkout.Order) []checkout.Effect { return nil }))
	expectNotFound(t, "update", err)
}

func TestTheSameFormTwiceIsTheSameOrder(t *testing.T) {
	store := openStore(t)
	first := placeOrder(t, store, newOrder("first"))
	again := newOrder("second")
	again.FormKey, again.Total, again.Lines = "form-first", sgd(1), nil
	second := placeOrder(t, store, again)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the second click placed another order (-first +second)\n%s", diff)
	}
	expectCount(t, store, 1, "orders")
	expectCount(t, store, 2, "order_lines")
	expectTable(t, store, []string{"order first  open shopper"}, `SELECT subject, order_id, from_status, to_status, cause FROM transitions`)
}

func TestTenClicksAtOnceMakeOneOrder(t *testing.T) {
	store := openStore(t)
	var ids sync.Map
	var clicks sync.WaitGroup
	for i := range 10 {
		clicks.Go(func() {
			o := newOrder(fmt.Sprint("order-", i))
			o.FormKey = "the form"
			placed, err := store.CreateOrder(t.Context(), o, checkout.Cause{Kind: checkout.ByShopper})
			if err != nil {
				t.Errorf("click %d: %v", i, err)
			}
			ids.Store(placed.ID, true)
		})
	}
	clicks.Wait()
	placed := 0
	ids.Range(func(any, any) bool { placed++; return true })
	if placed != 1 {
		t.Errorf("ten clicks were answered with %d different orders, want one", placed)
	}
	expectCount(t, store, 1, "orders")
	expectCount(t, store, 1, "transitions")
}

func TestOnlyOpenOrdersPastTheirEndExpire(t *testing.T) {
	store := openStore(t)
	for i, status := range constants(t, "OrderStatus") {
		o := newOrder(status)
		o.Status, o.ExpiresAt = checkout.OrderStatus(status), noon.Add(-time.Duration(i)*time.Minute)
		placeOrder(t, store, o)
	}
	late := newOrder("long ago")
	late.ExpiresAt = noon.Add(-24 * time.Hour)
	placeOrder(t, store, late)
	soon := newOrder("soon")
	soon.ExpiresAt = noon.Add(time.Millisecond)
	placeOrder(t, store, soon)

	for limit, want := range map[int][]string{10: {"long ago", "open"}, 1: {"long ago"}} {
		got, err := store.DueExpiries(t.Context(), noon, limit)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("at most %d (-want +got)\n%s", limit, diff)
		}
	}
}
