package db

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/checkout"
)

func TestAMessageFindsItsPaymentByAnyOfItsIDs(t *testing.T) {
	store := openStore(t)
	p := newPayment("p1")
	p.AntomID = "antom-1"
	p.Operations = []checkout.Operation{
		{Kind: checkout.Refund, RequestID: "refund-1", AntomID: "antom-refund-1", Amount: sgd(100), Status: checkout.OperationPending, CreatedAt: noon},
		{Kind: checkout.Capture, RequestID: "capture-1", Amount: sgd(100), Status: checkout.OperationPending, CreatedAt: noon},
	}
	orderWithPayment(t, store, "order", p)
	placeOrder(t, store, newOrder("other"))
	for _, row := range []struct {
		name  string
		by    checkout.Reference
		found bool
	}{
		{"the request id", checkout.Reference{RequestID: "p1"}, true},
		{"Antom's payment id", checkout.Reference{AntomID: "antom-1"}, true},
		{"the id of a refund", checkout.Reference{RefundRequestID: "refund-1"}, true},
		{"nothing", checkout.Reference{}, false},
		{"an unknown request id", checkout.Reference{RequestID: "p2"}, false},
		{"an unknown payment id", checkout.Reference{AntomID: "p1"}, false},
		{"the id of a capture", checkout.Reference{RefundRequestID: "capture-1"}, false},
		{"Antom's id of a refund", checkout.Reference{RefundRequestID: "antom-refund-1"}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			orderID, requestID, err := store.FindPayment(t.Context(), row.by)
			if !row.found {
				expectNotFound(t, "find payment", err)
				return
			}
			if orderID != "order" || requestID != "p1" || err != nil {
				t.Errorf("found %q %q %v, want order p1", orderID, requestID, err)
			}
		})
	}
}

func TestAPaymentWithoutAntomIDIsNotFoundByNone(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	_, _, err := store.FindPayment(t.Context(), checkout.Reference{AntomID: ""})
	expectNotFound(t, "by an empty Antom id", err)
}

// Antom may send a message twice at the same moment, the first copy just before
// and the second just after its payment is known.
func TestANotificationThatWasMatchedStaysMatched(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	change(t, store, "order", checkout.Evidence{
		Cause: cause(checkout.ByNotification, "n1"), Notification: notification("n1", "p1", "body", true),
	}, nothing)
	slower := notification("n1", "p1", "body", false)
	slower.PaymentRequestID = ""
	if err := store.SaveNotification(t.Context(), *slower); err != nil {
		t.Fatal(err)
	}
	expectTable(t, store, []string{"n1 p1 1"}, `SELECT id, payment_request_id, applied FROM notifications`)
}

func expectDue(t *testing.T, store *Store, now time.Time, limit int, want ...string) {
	t.Helper()
	due, err := store.DuePolls(t.Context(), now, limit)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range due {
		got = append(got, d.RequestID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("due at %v (-want +got)\n%s", now.Format(time.TimeOnly), diff)
	}
}

func TestPaymentsAreDueWhenTheirTimeHasCome(t *testing.T) {
	store := openStore(t)
	for id, wait := range map[string]time.Duration{"late": 30 * time.Second, "soon": 10 * time.Second, "now": 0, "never": -1} {
		p := newPayment(id)
		if p.NextPoll = noon.Add(wait); wait < 0 {
			p.NextPoll = time.Time{}
		}
		p.Polls = 2
		orderWithPayment(t, store, "order of "+id, p)
	}
	expectDue(t, store, noon.Add(-time.Millisecond), 10)
	expectDue(t, store, noon, 10, "now")
	expectDue(t, store, noon.Add(time.Hour), 10, "now", "soon", "late")
	expectDue(t, store, noon.Add(time.Hour), 2, "now", "soon")

	due, err := store.DuePolls(t.Context(), noon, 1)
	if err != nil || len(due) != 1 {
		t.Fatalf("due: %v, %v; want one", due, err)
	}
	want := checkout.DuePoll{OrderID: "order of now", RequestID: "now", Polls: 2}
	if diff := cmp.Diff(want, due[0]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	for _, want := range []bool{true, false} { // after the poll it is due at another time
		if stillDue, err := store.Reschedule(t.Context(), due[0], noon.Add(time.Minute)); err != nil || stillDue != want {
			t.Fatalf("still due: %v, %v; want %v", stillDue, err, want)
		}
	}
	change(t, store, "order of soon", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.Payments[0].NextPoll = time.Time{}
		return nil
	})
	ended := checkout.DuePoll{OrderID: "order of soon", RequestID: "soon", Polls: 2}
	if stillDue, err := store.Reschedule(t.Context(), ended, noon.Add(time.Minute)); err != nil || stillDue {
		t.Errorf("a payment that has ended meanwhile is polled again: %v, %v", stillDue, err)
	}
	expectDue(t, store, noon.Add(time.Hour), 10, "late", "now")
	o := orderByID(t, store, "order of now")
	if p := o.Payments[0]; p.Polls != 3 || !p.NextPoll.Equal(noon.Add(time.Minute)) || o.Version != 3 {
		t.Errorf("checks %d, next %v, version %d; want 3, a minute later, and a new version", p.Polls, p.NextPoll, o.Version)
	}
	if p := orderByID(t, store, "order of soon").Payments[0]; !p.NextPoll.IsZero() {
		t.Errorf("next check at %v, want none", p.NextPoll)
	}
}

func expectPending(t *testing.T, store *Store, now time.Time, limit int, want ...checkout.PendingEffect) {
	t.Helper()
	got, err := store.PendingEffects(t.Context(), now, limit)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pending (-want +got)\n%s", diff)
	}
}

func TestEffectsAreDeliveredLaterOrGivenUp(t *testing.T) {
	store := openStore(t)
	placeOrder(t, store, newOrder("order"))
	change(t, store, "order", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.EverPaid = true
		return []checkout.Effect{checkout.EffectPaid, checkout.Effect("capture.due:p1"), checkout.Effect("capture.due:p2")}
	})
	pending := func(id int64, effect checkout.Effect, attempts int) checkout.PendingEffect {
		return checkout.PendingEffect{ID: id, OrderID: "order", Effect: effect, Attempts: attempts}
	}
	paid, first, second := pending(1, checkout.EffectPaid, 0), pending(2, checkout.Effect("capture.due:p1"), 0), pending(3, checkout.Effect("capture.due:p2"), 0)
	expectPending(t, store, noon.Add(-time.Millisecond), 10)
	expectPending(t, store, noon, 10, paid, first, second)
	expectPending(t, store, noon, 2, paid, first)

	for _, err := range []error{
		store.EffectDone(t.Context(), 1),
		store.EffectFailed(t.Context(), 2, noon.Add(time.Minute)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	expectPending(t, store, noon, 10, second)
	expectPending(t, store, noon.Add(time.Minute), 10, second, pending(2, checkout.Effect("capture.due:p1"), 1))

	if err := store.EffectGivenUp(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	expectPending(t, store, noon.Add(time.Hour), 10, second)
	expectTable(t, store, []string{"1 sent 1", "2 dead 2", "3 pending 0"}, `SELECT id, state, attempts FROM outbox ORDER BY id`)
}

func TestRefundsAreBoundByWhatAntomHolds(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	change(t, store, "order", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.Payments[0].Status, o.Payments[0].Confirmed = checkout.PaymentPaid, sgd(4100)
		return nil
	})
	refund := func(id string, minor int64) error {
		_, _, err := store.Update(t.Context(), "order", bySweeper, altering(func(o *checkout.Order) []checkout.Effect {
			p := &o.Payments[0]
			p.Operations = append(p.Operations, checkout.Operation{Kind: checkout.Refund, RequestID: id, Amount: sgd(minor), Status: checkout.OperationPending, CreatedAt: noon})
			return nil
		}))
		return err
	}
	if err := refund("r1", 4101); err == nil {
		t.Error("more than the confirmed amount was refunded, though less than the requested one")
	}
	if err := refund("r2", 4100); err != nil {
		t.Error(err)
	}
	if o := orderByID(t, store, "order"); len(o.Payments[0].Operations) != 1 || o.Payments[0].EffectiveAmount() != sgd(4100) {
		t.Errorf("%d refunds of a payment worth %s", len(o.Payments[0].Operations), o.Payments[0].EffectiveAmount())
	}
}
