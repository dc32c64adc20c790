package db

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/checkout"
)

const ledger = `SELECT subject, payment_request_id, request_id, from_status, to_status, cause FROM transitions WHERE seq > 1 ORDER BY seq`

func nothing(*checkout.Order) []checkout.Effect { return nil }

func TestTheLedgerHasPaymentsFirstAndTheirOrderLast(t *testing.T) {
	store := openStore(t)
	old := newPayment("p1")
	old.Active = false
	orderWithPayment(t, store, "order", old)
	evidence := checkout.Evidence{
		Cause:        cause(checkout.ByNotification, "n1"),
		Notification: notification("n1", "p2", "paid", true),
	}
	change(t, store, "order", evidence, func(o *checkout.Order) []checkout.Effect {
		o.Status = checkout.OrderPaid
		o.Payments[0].Status = checkout.PaymentCancelled
		p := newPayment("p2")
		p.Status = checkout.PaymentPaid
		p.Operations = []checkout.Operation{{Kind: checkout.Capture, RequestID: "c1", Amount: sgd(4200), Status: checkout.OperationSuccess, CreatedAt: noon}}
		o.Payments = append(o.Payments, p)
		return nil
	})
	expectTable(t, store, []string{
		"payment p1   created sweeper",
		"order p1  open processing sweeper",
		"payment p1  created cancelled notification:n1",
		"capture p2 c1  success notification:n1",
		"payment p2   paid notification:n1",
		"order p2  processing paid notification:n1",
	}, ledger)
	expectTable(t, store, []string{fmt.Sprint(noon.UnixMilli())}, `SELECT DISTINCT at FROM transitions`)
}

func TestAChangeThatChangesNothingLeavesNoTrace(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	rows := count(t, store, "transitions")
	before, after, err := store.Update(t.Context(), "order", bySweeper, altering(nothing))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" || before.Version != 2 {
		t.Errorf("the order went from version %d to %d (-before +after)\n%s", before.Version, after.Version, diff)
	}
	expectCount(t, store, rows, "transitions")
	expectCount(t, store, 0, "calls")
}

func TestAChangeWithoutNewStatusIsStoredButNoTransition(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	rows := count(t, store, "transitions")
	change(t, store, "order", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.Payments[0].AntomID = "antom-1"
		return nil
	})
	if o := orderByID(t, store, "order"); o.Version != 3 || o.Payments[0].AntomID != "antom-1" {
		t.Errorf("version %d, Antom id %q; want 3 and antom-1", o.Version, o.Payments[0].AntomID)
	}
	expectCount(t, store, rows, "transitions")
}

func TestAHundredChangesAtOnceLoseNone(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			_, _, err := store.Update(context.Background(), "order", bySweeper, altering(func(o *checkout.Order) []checkout.Effect {
				o.Payments[0].Polls++
				return nil
			}))
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if o := orderByID(t, store, "order"); o.Payments[0].Polls != 100 || o.Version != 102 {
		t.Errorf("%d changes are stored as version %d, want 100 and 102", o.Payments[0].Polls, o.Version)
	}
}

func TestAChangeOfAnOldVersionIsRefusedWhole(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	old := orderByID(t, store, "order")
	change(t, store, "order", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.Payments[0].Polls = 7
		return nil
	})
	rows := count(t, store, "transitions")
	err := write(store, func(tx *tx) error {
		paid, _, _ := altering(func(o *checkout.Order) []checkout.Effect {
			o.Status, o.Payments[0].Status = checkout.OrderPaid, checkout.PaymentPaid
			return nil
		})(old)
		paid.Version = old.Version + 1
		return store.saveOrder(t.Context(), tx, &old, &paid, bySweeper, []checkout.Effect{checkout.EffectPaid})
	})
	if !errors.Is(err, checkout.ErrStale) {
		t.Errorf("an order that has changed meanwhile was stored: %v, want ErrStale", err)
	}
	if o := orderByID(t, store, "order"); o.Status != checkout.OrderProcessing || o.Payments[0].Polls != 7 {
		t.Errorf("the order is %s with %d polls, want processing with 7", o.Status, o.Payments[0].Polls)
	}
	expectCount(t, store, rows, "transitions")
	expectCount(t, store, 0, "outbox")
}

func TestTheSameNotificationIsStoredOnceAndNamedOnce(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	apply := func(id, body string, applied bool, status checkout.PaymentStatus) {
		t.Helper()
		evidence := checkout.Evidence{Cause: cause(checkout.ByNotification, id), Notification: notification(id, "p1", body, applied)}
		change(t, store, "order", evidence, func(o *checkout.Order) []checkout.Effect {
			o.Payments[0].Status = status
			return nil
		})
	}
	notifications := `SELECT id, payment_request_id, applied FROM notifications ORDER BY id`
	apply("n1", "pending", false, checkout.PaymentPending)
	expectTable(t, store, []string{"n1 p1 0"}, notifications)
	apply("n1", "pending", true, checkout.PaymentProcessing) // now it is applied
	expectTable(t, store, []string{"n1 p1 1"}, notifications)
	apply("n1", "pending", false, checkout.PaymentFailed) // once more: it has nothing new to say
	expectTable(t, store, []string{"n1 p1 1"}, notifications)
	apply("n2", "paid", true, checkout.PaymentPaid)
	apply("n2", "paid", true, checkout.PaymentRefunded)
	expectTable(t, store, []string{"n1 p1 1", "n2 p1 1"}, notifications)
	expectTable(t, store, []string{
		"payment p1   created sweeper",
		"order p1  open processing sweeper",
		"payment p1  created pending notification:n1",
		"payment p1  pending processing notification:n1",
		"payment p1  processing paid notification:n2",
	}, ledger)
}

func TestANotificationThatContradictsIsStored(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	change(t, store, "order", checkout.Evidence{
		Cause: cause(checkout.ByNotification, "n1"), Notification: notification("n1", "p1", "strange", false),
	}, nothing)
	expectTable(t, store, []string{"n1 strange 0"}, `SELECT id, body, applied FROM notifications`)
	expectTable(t, store, []string{"2"}, `SELECT version FROM orders`)
}

func TestWhichCallsLeaveARow(t *testing.T) {
	progress := func(o *checkout.Order) []checkout.Effect {
		o.Payments[0].Status = checkout.PaymentProcessing
		return nil
	}
	for _, row := range []struct {
		name  string
		cause checkout.CauseKind
		alter func(*checkout.Order) []checkout.Effect
		want  int
	}{
		{"an inquiry that changed nothing", checkout.ByInquiry, nothing, 0},
		{"an inquiry that changed something", checkout.ByInquiry, progress, 1},
		{"an answer that changed nothing", checkout.ByResponse, nothing, 1},
		{"an answer that changed something", checkout.ByResponse, progress, 1},
		{"an operator's call that changed nothing", checkout.ByAdmin, nothing, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			store := openStore(t)
			orderWithPayment(t, store, "order", newPayment("p1"))
			change(t, store, "order", checkout.Evidence{
				Cause: cause(row.cause, "call-1"), Call: call("call-1", "pay", "p1", "U"),
			}, row.alter)
			expectCount(t, store, row.want, "calls")
		})
	}
}

func TestACallIsStoredWithEveryDetail(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	c := &checkout.Call{
		ID: "call-1", Endpoint: "refund", RequestID: "r1", PaymentRequestID: "p1",
		Result: "U", Code: "UNKNOWN_EXCEPTION", Verified: true, At: noon.Add(time.Second),
		Signed: signedAnswer,
	}
	change(t, store, "order", checkout.Evidence{Cause: cause(checkout.ByResponse, "call-1"), Call: c}, nothing)
	expectTable(t, store, []string{fmt.Sprint("call-1 refund r1 p1 U UNKNOWN_EXCEPTION 1 ", noon.Add(time.Second).UnixMilli(), " /ams client noon signature 42")}, `
		SELECT id, endpoint, request_id, payment_request_id, result, code, verified, at, path, client_id, signed_time, signature, length(body) FROM calls`)
}

func TestEveryEffectIsQueuedOncePerOrder(t *testing.T) {
	store := openStore(t)
	effects := func(all ...checkout.Effect) func(*checkout.Order) []checkout.Effect {
		return func(o *checkout.Order) []checkout.Effect {
			o.EverPaid = !o.EverPaid // something has to change
			return all
		}
	}
	for _, id := range []string{"a", "b"} {
		placeOrder(t, store, newOrder(id))
		change(t, store, id, bySweeper, effects(checkout.EffectPaid))
		change(t, store, id, bySweeper, effects(checkout.EffectPaid, checkout.Effect("capture.due:p1"), checkout.Effect("capture.due:p1")))
	}
	expectTable(t, store, []string{
		"a capture.due:p1 pending 0", "a order.paid pending 0", "b capture.due:p1 pending 0", "b order.paid pending 0",
	}, `SELECT order_id, topic, state, attempts FROM outbox ORDER BY order_id, topic`)
}

func TestTheOutboxIsCounted(t *testing.T) {
	store := openStore(t)
	expect := func(want Outbox) {
		t.Helper()
		got, err := store.Outbox(t.Context())
		if err != nil || got != want {
			t.Fatalf("the outbox is %+v, %v; want %+v", got, err, want)
		}
	}
	expect(Outbox{})
	placeOrder(t, store, newOrder("a"))
	change(t, store, "a", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.EverPaid = true
		return []checkout.Effect{"one", "two", "three"}
	})
	expect(Outbox{Pending: 3, Oldest: noon})
	noError := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	noError(store.EffectDone(t.Context(), 1))
	noError(store.EffectGivenUp(t.Context(), 2))
	noError(store.EffectFailed(t.Context(), 3, noon.Add(time.Hour)))
	expect(Outbox{Pending: 1, Sent: 1, Dead: 1, Oldest: noon}) // a later try makes it no younger
	noError(store.EffectDone(t.Context(), 3))
	expect(Outbox{Sent: 2, Dead: 1})
}

func TestAChangeThatCannotBeStoredStoresNothing(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	rows := count(t, store, "transitions")
	_, _, err := store.Update(t.Context(), "order", checkout.Evidence{
		Cause: cause(checkout.ByNotification, "n1"), Notification: notification("n1", "p1", "body", true),
	}, altering(func(o *checkout.Order) []checkout.Effect {
		o.Status = checkout.OrderPaid
		o.Payments = append(o.Payments, newPayment("p2")) // a second active one
		return []checkout.Effect{checkout.EffectPaid}
	}))
	if err == nil {
		t.Error("two active attempts were stored, want an error")
	}
	expectTable(t, store, []string{"processing 2"}, `SELECT status, version FROM orders`)
	expectCount(t, store, 1, "payments")
	expectCount(t, store, 0, "notifications")
	expectCount(t, store, 0, "outbox")
	expectCount(t, store, rows, "transitions")
}

// A merchant may refund in Antom's dashboard while a refund of this shop
// is unfinished. What Antom reports is never refused; see law 7 of the design.
func TestARefundInAntomsDashboardIsStoredBesideAnUnfinishedOne(t *testing.T) {
	store := openStore(t)
	p := newPayment("p1")
	p.Status = checkout.PaymentPaid
	p.Operations = []checkout.Operation{{Kind: checkout.Refund, RequestID: "shop", Amount: sgd(4200), Status: checkout.OperationPending, CreatedAt: noon}}
	orderWithPayment(t, store, "order", p)
	change(t, store, "order", checkout.Evidence{
		Cause: cause(checkout.ByNotification, "n1"), Notification: notification("n1", "p1", "refunded", true),
	}, func(o *checkout.Order) []checkout.Effect {
		p := &o.Payments[0]
		p.Status = checkout.PaymentRefunded
		p.Operations = append(p.Operations, checkout.Operation{
			Kind: checkout.Refund, RequestID: "dashboard", AntomID: "antom-r1", Amount: sgd(4200), Status: checkout.OperationSuccess, CreatedAt: noon,
		})
		return nil
	})
	expectTable(t, store, []string{"shop pending", "dashboard success"}, `SELECT request_id, status FROM operations ORDER BY position`)
}

func TestRefundsTogetherNeverExceedThePayment(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	refund := func(id string, minor int64) error {
		_, _, err := store.Update(t.Context(), "order", bySweeper, altering(func(o *checkout.Order) []checkout.Effect {
			p := &o.Payments[0]
			p.Operations = append(p.Operations, checkout.Operation{
				Kind: checkout.Refund, RequestID: id, Amount: sgd(minor), Status: checkout.OperationPending, CreatedAt: noon,
			})
			return nil
		}))
		return err
	}
	for _, row := range []struct {
		id    string
		minor int64
		fits  bool
	}{{"r1", 4000, true}, {"r2", 201, false}, {"r3", 200, true}, {"r4", 1, false}} {
		if err := refund(row.id, row.minor); (err == nil) != row.fits {
			t.Errorf("refund %s of %d: %v, want stored: %v", row.id, row.minor, err, row.fits)
		}
	}
	expectTable(t, store, []string{"4200"}, `SELECT sum(amount) FROM operations`)
}

func TestTheActiveAttemptMayChangeInEitherDirection(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	for _, active := range []string{"p2", "p1", "p2"} {
		change(t, store, "order", bySweeper, func(o *checkout.Order) []checkout.Effect {
			if len(o.Payments) == 1 {
				o.Payments = append(o.Payments, newPayment("p2"))
			}
			for i := range o.Payments {
				o.Payments[i].Active = o.Payments[i].RequestID == active
			}
			return nil
		})
		expectTable(t, store, []string{active}, `SELECT request_id FROM payments WHERE active = 1`)
	}
}

func TestTheLedgerNamesTheOrdersChangedSince(t *testing.T) {
	server, command := besides(t)
	orderWithPayment(t, server, "first", newPayment("p1"))
	none, end, err := server.TransitionsAfter(t.Context(), -1)
	if err != nil || len(none) != 0 || end != 3 && !onServer {
		t.Fatalf("the ledger ends at %d with %v, %v; want 3 and no order", end, none, err)
	}
	for range 2 {
		changed, last, err := server.TransitionsAfter(t.Context(), end)
		if err != nil || len(changed) != 0 || last != end {
			t.Errorf("nothing has happened, and yet %v changed up to %d, %v", changed, last, err)
		}
	}
	orderWithPayment(t, command, "second", newPayment("p2"))
	change(t, server, "first", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.Payments[0].Status = checkout.PaymentProcessing
		return nil
	})
	changed, last, err := server.TransitionsAfter(t.Context(), end)
	if diff := cmp.Diff([]string{"second", "second", "second", "first"}, changed); diff != "" || last != end+4 && !onServer || err != nil {
		t.Errorf("up to %d, %v (-want +got)\n%s", last, err, diff)
	}
}

func TestTheLedgerNamesWhatACauseHasChanged(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	orderWithPayment(t, store, "other", newPayment("p2"))
	for _, order := range []string{"order", "other"} {
		change(t, store, order, checkout.Evidence{Cause: cause(checkout.ByAdmin, "key")}, func(o *checkout.Order) []checkout.Effect {
			o.Status, o.Payments[0].Status = checkout.OrderPaid, checkout.PaymentPaid
			return nil
		})
	}
	got, err := store.TransitionsBy(t.Context(), "order", cause(checkout.ByAdmin, "key"))
	if err != nil {
		t.Fatal(err)
	}
	want := []checkout.Transition{
		{Subject: "payment", PaymentRequestID: "p1", From: "created", To: "paid"},
		{Subject: "order", PaymentRequestID: "p1", From: "processing", To: "paid"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
