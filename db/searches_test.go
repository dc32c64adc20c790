package db

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"antom-checkout/checkout"
)

func paidPayment(requestID string, amount checkout.Money, refunds ...checkout.Operation) checkout.Payment {
	p := newPayment(requestID)
	p.Status, p.Amount, p.Operations = checkout.PaymentPaid, amount, refunds
	return p
}

func refundOf(requestID, antomID string, minor int64, status checkout.OperationStatus) checkout.Operation {
	return checkout.Operation{Kind: checkout.Refund, RequestID: requestID, AntomID: antomID, Amount: sgd(minor), Status: status, CreatedAt: noon, SubmittedAt: noon}
}

func TestRefundCandidatesHaveRoomAndComeNewestFirst(t *testing.T) {
	store := openStore(t)
	accepted := paidPayment("p7", checkout.Money{Minor: 5000, Currency: "SGD"})
	accepted.Confirmed = sgd(900)
	for _, p := range []checkout.Payment{
		paidPayment("p1", sgd(4200)),
		paidPayment("p2", sgd(4200), refundOf("r1", "a1", 3200, checkout.OperationSuccess)),
		paidPayment("p3", sgd(4200), refundOf("r2", "a2", 3201, checkout.OperationSuccess)),
		paidPayment("p4", sgd(4200), refundOf("r3", "a3", 4200, checkout.OperationProcessing)), // Antom may refuse it
		paidPayment("p5", checkout.Money{Minor: 4200, Currency: "EUR"}),
		newPayment("p6"),
		accepted,
	} {
		orderWithPayment(t, store, "order-"+p.RequestID, p)
	}
	for _, c := range []struct {
		amount checkout.Money
		after  string
		limit  int
		want   []string
	}{
		{sgd(1000), "", 9, []string{"p4", "p2", "p1"}},
		{sgd(900), "", 2, []string{"p7", "p4"}},
		{sgd(1000), "p4", 9, []string{"p2", "p1"}},
		{checkout.Money{}, "p4", 9, []string{"p3", "p2", "p1"}},
	} {
		found, err := store.RefundCandidates(t.Context(), c.amount, c.after, c.limit)
		var ids []string
		for _, p := range found {
			ids = append(ids, p.RequestID)
			if p.OrderID != "order-"+p.RequestID {
				t.Errorf("%s is of %s", p.RequestID, p.OrderID)
			}
		}
		if err != nil || !slices.Equal(ids, c.want) {
			t.Errorf("%v after %q: %v, %v; want %v", c.amount, c.after, ids, err, c.want)
		}
	}
	if _, id, err := store.FindPayment(t.Context(), checkout.Reference{RefundRequestID: "unknown", RefundID: "a2"}); id != "p3" || err != nil {
		t.Errorf("by Antom's id of a refund: %q, %v", id, err)
	}
}

func TestASearchGoesOnUntilItsPaymentIsFound(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", paidPayment("p1", sgd(4200)))
	n := checkout.Notification{ID: "n1", Type: "REFUND_RESULT", BodySHA256: "sum", Body: []byte("{}"), ReceivedAt: noon}
	search := checkout.Search{Notification: n, Status: checkout.Searching, Next: noon}
	due := func(status checkout.SearchStatus, at time.Time) []checkout.Search {
		t.Helper()
		found, err := store.Searches(context.Background(), status, at, 9)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	for range 2 { // Antom notifies again
		if err := store.SaveSearch(t.Context(), search); err != nil {
			t.Fatal(err)
		}
	}
	if found := due(checkout.Searching, noon); len(found) != 1 || string(found[0].Notification.Body) != "{}" {
		t.Fatalf("due: %+v", found)
	}
	first := search
	search.Next, search.Passes, search.Inquired, search.Reached, search.Tries = noon.Add(time.Hour), 1, 2, "p1", 3
	if err := store.UpdateSearch(t.Context(), first, search); err != nil {
		t.Fatal(err)
	}
	if found := due(checkout.Searching, noon); len(found) != 0 {
		t.Errorf("still due: %+v", found)
	}
	found := due(checkout.Searching, noon.Add(time.Hour))
	if len(found) != 1 || found[0].Passes != 1 || found[0].Inquired != 2 || found[0].Reached != "p1" || found[0].Tries != 3 {
		t.Errorf("an hour later: %+v", found)
	}
	stray := search
	stray.Status = checkout.SearchStray
	if err := store.UpdateSearch(t.Context(), search, stray); err != nil {
		t.Fatal(err)
	}
	if w, err := store.Waiting(t.Context(), noon); w.Strays != 1 || err != nil {
		t.Errorf("waiting: %+v, %v", w, err)
	}
	n.PaymentRequestID, n.Applied = "p1", true
	change(t, store, "order", checkout.Evidence{Cause: checkout.Cause{Kind: checkout.ByNotification, ID: n.ID}, Notification: &n}, func(*checkout.Order) []checkout.Effect { return nil })
	if found := due(checkout.SearchStray, noon.Add(time.Hour)); len(found) != 0 {
		t.Errorf("its payment was found, and the search goes on: %+v", found)
	}
}

// A capture may be notified before the payment that it belongs to. Once that is known, the
// search goes on at once, also if a step that knew less ends just then.
func TestASearchGoesOnOnceItsAntomIDIsKnown(t *testing.T) {
	store, path := openStoreAt(t, newDatabase(t))
	search := func(id, antomID string) checkout.Search {
		return checkout.Search{Status: checkout.Searching, Next: noon.Add(time.Hour), Notification: checkout.Notification{
			ID: id, Type: "CAPTURE_RESULT", AntomID: antomID, BodySHA256: "sum of " + id, Body: []byte("{}"), ReceivedAt: noon,
		}}
	}
	for _, s := range []checkout.Search{search("n1", "antom-1"), search("n2", "antom-2"), search("n3", "")} {
		if err := store.SaveSearch(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	reopened, _ := openStoreAt(t, path) // another process sees them, too
	if err := reopened.HastenSearches(t.Context(), "antom-1"); err != nil {
		t.Fatal(err)
	}
	later := search("n1", "antom-1")
	later.Passes, later.Next = 1, noon.Add(2*time.Hour)
	if err := store.UpdateSearch(t.Context(), search("n1", "antom-1"), later); err != nil {
		t.Fatal(err)
	}
	expectTable(t, store, []string{"n1 0 0", "n2 0 3600000", "n3 0 3600000"}, `
		SELECT notification_id, passes, next_at - `+strconv.FormatInt(noon.UnixMilli(), 10)+`
		  FROM searches
		 ORDER BY notification_id`)
}
