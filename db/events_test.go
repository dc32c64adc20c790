package db

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// Events stand in the transaction that they tell of: all or none of them, once.
func TestEventsAreStoredWithWhatTheyTellOf(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p"))
	due := checkout.EffectCaptureDue("p", 24*time.Hour)
	for range 3 { // an effect is new once, and told once
		change(t, store, "order", bySweeper, func(*checkout.Order) []checkout.Effect { return []checkout.Effect{due} })
	}
	paid := func(o *checkout.Order) []checkout.Effect {
		o.Status, o.Payments[0].Status = checkout.OrderPaid, checkout.PaymentPaid
		return nil
	}
	refused := errors.New("refused")
	_, _, err := store.Update(t.Context(), "order", bySweeper, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		paid(&o)
		return o, nil, refused
	})
	if !errors.Is(err, refused) {
		t.Fatal(err)
	}
	notified := func() checkout.Evidence {
		return checkout.Evidence{Cause: cause(checkout.ByNotification, "n"), Notification: &checkout.Notification{ID: "n", ReceivedAt: noon, Applied: true, Body: []byte("{}")}}
	}
	for range 2 { // the same message again
		change(t, store, "order", notified(), paid)
	}
	o := change(t, store, "order", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.Status, o.Review = checkout.OrderReview, "another amount"
		return nil
	})
	expectTable(t, store, []string{"1 order.created open ", "2 capture.due processing p", "3 order.paid paid p", "4 order.review review "},
		`SELECT sequence, type, status, payment_request_id FROM events WHERE order_id = 'order' ORDER BY seq`)
	if o.Events != 4 || orderByID(t, store, "order").Events != 4 {
		t.Errorf("the order counts %d events", o.Events)
	}
	if ids := table(t, store.reads, `SELECT id FROM events ORDER BY seq`); !slices.IsSorted(ids) {
		t.Errorf("the ids of events are not in time order: %v", ids)
	}
	for _, statement := range []string{`UPDATE events SET type = 'order.refunded'`, `DELETE FROM events`} {
		err := store.write(t.Context(), func(ctx context.Context, tx *tx) error { return execute(ctx, tx, statement) })
		if err == nil {
			t.Errorf("%s: events can be changed", statement)
		}
	}
}
