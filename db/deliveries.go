package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"antom-checkout/checkout"
)

// SpreadEvents implements webhooks.Store. An endpoint's place moves with the deliveries that
// are made, so that each event is taken once. No event appears before a complete place that was
// passed already.
func (t webhooks) SpreadEvents(ctx context.Context, endpointID string, limit int) (more bool, err error) {
	var seen, newest int64
	err = t.store.reads.QueryRowContext(ctx, `SELECT seen, `+t.store.dialect.newest("events")+` FROM webhook_endpoints WHERE id = $1`, endpointID).Scan(&seen, &newest)
	if errors.Is(err, sql.ErrNoRows) || err == nil && newest <= seen {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the place of an endpoint: %w", err)
	}
	err = t.store.writeTo(ctx, aboutEndpoint(endpointID), func(ctx context.Context, tx *tx) error {
		more, err = t.spread(ctx, tx, endpointID, limit)
		return err
	})
	return more, err
}

func (t webhooks) spread(ctx context.Context, tx *tx, endpointID string, limit int) (more bool, err error) {
	endpoint, err := t.endpoint(ctx, tx, endpointID)
	if checkout.IsNotFound(err) || err == nil && endpoint.Off != checkout.EndpointOn {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var last int64
	dialect := t.store.dialect
	events, err := collect(ctx, tx, func(row scanner) (checkout.MerchantEvent, error) { return scanEvent(row, &last) }, `
		SELECT `+eventColumns+`, events.`+dialect.place+`
		  FROM events
		 WHERE `+dialect.place+` > (SELECT seen FROM webhook_endpoints WHERE id = $1) AND `+dialect.place+` < `+dialect.complete+`
		 ORDER BY `+dialect.place+dialect.firstPlaces(limit), endpointID)
	if err != nil || len(events) == 0 {
		return false, err
	}
	for _, e := range events {
		if endpoint.Wants(e.Type) {
			if err := t.deliver(ctx, tx, e, endpointID); err != nil {
				return false, err
			}
		}
	}
	return len(events) >= limit, execute(ctx, tx, `UPDATE webhook_endpoints SET seen = $1 WHERE id = $2`, last, endpointID)
}

const deliveryColumns = eventColumns + `, deliveries.id, deliveries.endpoint_id, deliveries.state, deliveries.attempts, deliveries.next_at, deliveries.created_at`

func scanDelivery(row scanner) (d checkout.Delivery, err error) {
	d.Event, err = scanEvent(row, &d.ID, &d.EndpointID, &d.State, &d.Attempts, (*storedTime)(&d.NextAt), (*storedTime)(&d.CreatedAt))
	return d, err
}

// DueDeliveries implements webhooks.Store.
func (t webhooks) DueDeliveries(ctx context.Context, endpointID string, now time.Time, limit int) ([]checkout.Delivery, error) {
	due, err := collect(ctx, t.store.reads, scanDelivery, `
		SELECT `+deliveryColumns+`
		  FROM deliveries
		  JOIN events ON events.id = deliveries.event_id
		 WHERE deliveries.endpoint_id = $1 AND deliveries.state = 'pending' AND deliveries.next_at <= $2
		 ORDER BY deliveries.next_at, deliveries.id`+first(limit), endpointID, now.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("list due deliveries: %w", err)
	}
	return due, nil
}

// SaveTry implements webhooks.Store.
func (t webhooks) SaveTry(ctx context.Context, deliveryID int64, try checkout.DeliveryTry, decide func(checkout.WebhookEndpoint, checkout.Delivery) (checkout.WebhookEndpoint, checkout.Delivery)) (d checkout.Delivery, err error) {
	err = t.store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		if err := t.lockEndpoint(ctx, tx, deliveryID); err != nil {
			return err
		}
		before, err := scanDelivery(tx.QueryRowContext(ctx, `
			SELECT `+deliveryColumns+`
			  FROM deliveries
			  JOIN events ON events.id = deliveries.event_id
			 WHERE deliveries.id = $1`, deliveryID))
		if errors.Is(err, sql.ErrNoRows) {
			return nil // its endpoint was deleted meanwhile
		}
		if err != nil {
			return fmt.Errorf("read delivery: %w", err)
		}
		endpoint, err := t.endpoint(ctx, tx, before.EndpointID)
		if err != nil {
			return err
		}
		endpointAfter, after := decide(endpoint, before)
		d = after
		err = execute(ctx, tx, `
			INSERT INTO delivery_tries (delivery_id, at, status, ms, error, answer)
			VALUES ($1, $2, $3, $4, $5, $6)`,
			deliveryID, try.At.UnixMilli(), try.Status, try.Took.Milliseconds(), try.Error, t.store.seal(try.Answer, tryRow(deliveryID)))
		if err != nil {
			return fmt.Errorf("insert try: %w", err)
		}
		err = execute(ctx, tx, `UPDATE deliveries SET state = $1, attempts = $2, next_at = $3 WHERE id = $4`, after.State, after.Attempts, after.NextAt.UnixMilli(), deliveryID)
		if err != nil {
			return fmt.Errorf("update delivery: %w", err)
		}
		return t.saveEndpoint(ctx, tx, endpoint, endpointAfter)
	})
	return d, err
}

// lockEndpoint keeps others from the endpoint of a delivery until the transaction ends.
func (t webhooks) lockEndpoint(ctx context.Context, tx *tx, deliveryID int64) error {
	if !t.store.dialect.shared {
		return nil
	}
	ids, err := collect(ctx, tx, scanText, `SELECT endpoint_id FROM deliveries WHERE id = $1`, deliveryID)
	for _, id := range ids {
		err = t.store.dialect.alsoLock(ctx, tx, aboutEndpoint(id))
	}
	return err
}

// tryRow names the answers of a delivery's tries when they are sealed.
func tryRow(deliveryID int64) string { return fmt.Sprint("delivery ", deliveryID) }

// EventBody implements merchant.Store.
func (t webhooks) EventBody(ctx context.Context, eventID string) ([]byte, error) {
	return t.body(ctx, t.store.reads, eventID)
}

func (t webhooks) body(ctx context.Context, q querier, eventID string) ([]byte, error) {
	var stored []byte
	err := q.QueryRowContext(ctx, `SELECT body FROM event_bodies WHERE event_id = $1`, eventID).Scan(&stored)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, checkout.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read event's body: %w", err)
	}
	body, known := t.store.unseal(stored, eventID)
	if !known {
		return nil, checkout.ErrNotFound // it was sealed with a key that is gone: it is made anew
	}
	return body, nil
}

// FreezeBody implements merchant.Store.
func (t webhooks) FreezeBody(ctx context.Context, e checkout.MerchantEvent, body []byte, erased bool) (frozen []byte, err error) {
	err = t.store.writeTo(ctx, aboutOrder(e.OrderID), func(ctx context.Context, tx *tx) error {
		var erasedSince bool
		err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM orders WHERE id = $1 AND erased_at IS NOT NULL)`, e.OrderID).Scan(&erasedSince)
		if err != nil {
			return fmt.Errorf("read order: %w", err)
		}
		if erasedSince && !erased {
			return checkout.ErrStale
		}
		frozen, err = t.body(ctx, tx, e.ID)
		if !checkout.IsNotFound(err) {
			return err
		}
		frozen = body
		err = execute(ctx, tx, `
			INSERT INTO event_bodies (event_id, order_id, body)
			VALUES ($1, $2, $3)
			ON CONFLICT (event_id) DO UPDATE SET body = excluded.body`, e.ID, e.OrderID, t.store.seal(body, e.ID))
		if err != nil {
			return fmt.Errorf("insert event's body: %w", err)
		}
		return nil
	})
	return frozen, err
}

// Deliveries implements merchant.Store.
func (t webhooks) Deliveries(ctx context.Context, eventID string) ([]checkout.Delivery, error) {
	found, err := collect(ctx, t.store.reads, scanDelivery, `
		SELECT `+deliveryColumns+`
		  FROM deliveries
		  JOIN events ON events.id = deliveries.event_id
		 WHERE deliveries.event_id = $1
		 ORDER BY deliveries.id`, eventID)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	return found, nil
}

// Tries implements merchant.Store.
func (t webhooks) Tries(ctx context.Context, deliveryID int64) ([]checkout.DeliveryTry, error) {
	tries, err := collect(ctx, t.store.reads, func(row scanner) (try checkout.DeliveryTry, err error) {
		var ms int64
		var answer []byte
		err = row.Scan((*storedTime)(&try.At), &try.Status, &ms, &try.Error, &answer)
		try.Took = time.Duration(ms) * time.Millisecond
		try.Answer, _ = t.store.unseal(answer, tryRow(deliveryID))
		return try, err
	}, `
		SELECT at, status, ms, error, answer
		  FROM delivery_tries
		 WHERE delivery_id = $1
		 ORDER BY id`, deliveryID)
	if err != nil {
		return nil, fmt.Errorf("list tries: %w", err)
	}
	return tries, nil
}

// ForgetTries implements webhooks.Store.
func (t webhooks) ForgetTries(ctx context.Context, before time.Time, limit int) (more bool, err error) {
	err = t.store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		res, err := tx.ExecContext(ctx, `
			DELETE FROM delivery_tries
			 WHERE id IN (SELECT id FROM delivery_tries WHERE at < $1 ORDER BY at`+first(limit)+`)`, before.UnixMilli())
		if err != nil {
			return fmt.Errorf("delete tries: %w", err)
		}
		n, err := res.RowsAffected()
		more = n == int64(limit)
		return err
	})
	return more, err
}

// HastenDeliveries implements webhooks.Store.
func (t webhooks) HastenDeliveries(ctx context.Context, latest time.Time) error {
	return t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		return execute(ctx, tx, `UPDATE deliveries SET next_at = $1 WHERE state = 'pending' AND next_at > $2`, t.store.now().UnixMilli(), latest.UnixMilli())
	})
}
