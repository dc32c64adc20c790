package db

import (
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
)

func TestWhatIsGivenUpTellsAndComesBack(t *testing.T) {
	store := openStore(t)
	for _, id := range []string{"a", "b"} {
		placeOrder(t, store, newOrder(id))
		change(t, store, id, bySweeper, func(o *checkout.Order) []checkout.Effect {
			o.EverPaid = true
			return []checkout.Effect{checkout.EffectPaid, "mail.receipt", "operator.review:1"}
		})
	}
	due := func(want int, at time.Time) []checkout.PendingEffect {
		t.Helper()
		emails, err := store.PendingEmails(t.Context(), at, 10)
		if err != nil || len(emails) != want {
			t.Fatalf("%d emails are due, %v; want %d", len(emails), err, want)
		}
		return emails
	}
	if effects, err := store.PendingEffects(t.Context(), noon.Add(time.Hour), 10); err != nil || len(effects) != 2 {
		t.Fatalf("%d other effects, %v", len(effects), err)
	}
	due(4, noon.Add(time.Minute)) // a review is told later than a receipt
	for _, e := range due(2, noon) {
		for range 2 { // twice is once
			if err := store.EffectGivenUp(t.Context(), e.ID, "operator.undelivered:mail.receipt"); err != nil {
				t.Fatal(err)
			}
		}
	}
	expectTable(t, store, []string{
		"a mail.receipt dead 2", "a operator.undelivered:mail.receipt pending 0", "b mail.receipt dead 2", "b operator.undelivered:mail.receipt pending 0",
	}, `SELECT order_id, topic, state, attempts FROM outbox WHERE topic LIKE '%receipt' ORDER BY order_id, topic`)

	resent, err := store.ResendEmails(t.Context(), "a", "")
	if err != nil || len(resent) != 1 || resent[0].OrderID != "a" || resent[0].Effect != "mail.receipt" {
		t.Fatalf("sent again: %+v, %v", resent, err)
	}
	expectTable(t, store, []string{"a pending 0", "b dead 2"}, `SELECT order_id, state, attempts FROM outbox WHERE topic = 'mail.receipt' ORDER BY order_id`)
	if resent, err = store.ResendEmails(t.Context(), "", ""); err != nil || len(resent) != 1 || resent[0].OrderID != "b" {
		t.Fatalf("all sent again: %+v, %v", resent, err)
	}
}

func TestWhatWaitsForAPersonIsCounted(t *testing.T) {
	store := openStore(t)
	expect := func(want Waiting) {
		t.Helper()
		if got, err := store.Waiting(t.Context(), noon); err != nil || got != want {
			t.Fatalf("waiting: %+v, %v; want %+v", got, err, want)
		}
	}
	authorize := func(id string, left time.Duration, captures ...checkout.OperationStatus) {
		orderWithPayment(t, store, id, newPayment("p-"+id))
		change(t, store, id, bySweeper, func(o *checkout.Order) []checkout.Effect {
			p := &o.Payments[0]
			o.Status, p.Status, p.AuthEndsAt, p.NextPoll = checkout.OrderAuthorized, checkout.PaymentAuthorized, noon.Add(left), noon.Add(time.Hour)
			for i, status := range captures {
				p.Operations = append(p.Operations, checkout.Operation{
					Kind: checkout.Capture, RequestID: "c-" + id + string(rune('0'+i)), Amount: p.Amount, Status: status, CreatedAt: noon,
				})
			}
			return nil
		})
	}
	expect(Waiting{})
	authorize("soon", 47*time.Hour)
	authorize("later", 49*time.Hour)
	expect(Waiting{CapturesDue: 1})
	authorize("refused", 100*time.Hour, checkout.OperationFailed)
	authorize("again", 100*time.Hour, checkout.OperationFailed, checkout.OperationPending)
	expect(Waiting{CapturesDue: 1, CapturesFailed: 1})
	placeOrder(t, store, newOrder("review"))
	change(t, store, "review", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.Status, o.Review, o.EverPaid = checkout.OrderReview, "another amount", true
		return []checkout.Effect{"mail.receipt", "other"}
	})
	placeOrder(t, store, newOrder("unpaid"))
	change(t, store, "unpaid", bySweeper, func(o *checkout.Order) []checkout.Effect {
		return []checkout.Effect{"mail.expired"} // to an address that was typed
	})
	expect(Waiting{CapturesDue: 1, CapturesFailed: 1, Reviews: 1})
	for id := range int64(3) {
		if err := store.EffectGivenUp(t.Context(), id+1); err != nil {
			t.Fatal(err)
		}
	}
	expect(Waiting{CapturesDue: 1, CapturesFailed: 1, Reviews: 1, DeadEmails: 1})
	if onServer {
		return // it plans by what it has counted
	}
	for _, line := range table(t, store.reads, `EXPLAIN QUERY PLAN SELECT count(*) FROM orders WHERE status = 'review'`) {
		if !strings.Contains(line, "COVERING INDEX orders_by_status (status=?)") {
			t.Errorf("reviews are counted by %s", line)
		}
	}
}
