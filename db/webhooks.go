package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"antom-checkout/checkout"
)

// webhooks is the part of the Store that keeps events, endpoints and deliveries.
type webhooks struct{ store *Store }

// endpointRows is the table of endpoints. The secrets are an owner's columns: their row
// holds them sealed.
var endpointRows = newMapping(mapping[checkout.WebhookEndpoint]{
	table: "webhook_endpoints", key: []string{"id"}, owner: []string{"secret", "old_secret", "seen"},
	columns: []column[checkout.WebhookEndpoint]{
		fixed(plain("id", func(e *checkout.WebhookEndpoint) *string { return &e.ID })),
		plain("url", func(e *checkout.WebhookEndpoint) *string { return &e.URL }),
		plain("description", func(e *checkout.WebhookEndpoint) *string { return &e.Description }),
		asJSON("types", func(e *checkout.WebhookEndpoint) *[]checkout.EventType { return &e.Types }, slices.Equal),
		instant("old_until", func(e *checkout.WebhookEndpoint) *time.Time { return &e.OldUntil }),
		plain("off", func(e *checkout.WebhookEndpoint) *checkout.EndpointOff { return &e.Off }),
		instant("failing_since", func(e *checkout.WebhookEndpoint) *time.Time { return &e.FailingSince }),
		plain("untold", func(e *checkout.WebhookEndpoint) *bool { return &e.Untold }),
		fixed(instant("created_at", func(e *checkout.WebhookEndpoint) *time.Time { return &e.CreatedAt })),
	},
})

// Endpoints implements merchant.Store.
func (t webhooks) Endpoints(ctx context.Context) ([]checkout.WebhookEndpoint, error) {
	return t.endpoints(ctx, t.store.reads, `ORDER BY id DESC`)
}

// Endpoint implements merchant.Store.
func (t webhooks) Endpoint(ctx context.Context, id string) (checkout.WebhookEndpoint, error) {
	return t.endpoint(ctx, t.store.reads, id)
}

func (t webhooks) endpoint(ctx context.Context, q querier, id string) (checkout.WebhookEndpoint, error) {
	found, err := t.endpoints(ctx, q, `WHERE id = $1`, id)
	switch {
	case err != nil:
		return checkout.WebhookEndpoint{}, err
	case len(found) == 0:
		return checkout.WebhookEndpoint{}, checkout.ErrNotFound
	}
	return found[0], nil
}

func (t webhooks) endpoints(ctx context.Context, q querier, which string, values ...any) ([]checkout.WebhookEndpoint, error) {
	found, err := collect(ctx, q, func(row scanner) (e checkout.WebhookEndpoint, err error) {
		var secret, old []byte
		if err := endpointRows.scan(row, &e, &secret, &old); err != nil {
			return e, err
		}
		// With another key a secret is not known, and nothing is signed with it.
		text, _ := t.store.unseal(secret, e.ID)
		oldText, _ := t.store.unseal(old, e.ID)
		e.Secret, e.OldSecret = checkout.StoredWebhookSecret(string(text)), checkout.StoredWebhookSecret(string(oldText))
		return e, nil
	}, `SELECT `+endpointRows.names+`, secret, old_secret FROM webhook_endpoints `+which, values...)
	if err != nil {
		return nil, fmt.Errorf("read endpoints: %w", err)
	}
	return found, nil
}

// AddEndpoint implements merchant.Store.
func (t webhooks) AddEndpoint(ctx context.Context, e checkout.WebhookEndpoint, most int) error {
	return t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		var seen int64
		var known int
		if err := tx.QueryRowContext(ctx, `SELECT `+t.store.dialect.newest("events")+`, (SELECT count(*) FROM webhook_endpoints)`).Scan(&seen, &known); err != nil {
			return fmt.Errorf("read events: %w", err)
		}
		if known >= most {
			return checkout.NewError(checkout.CodeEndpointsFull, "")
		}
		_, err := endpointRows.add(ctx, tx, &e, t.store.seal([]byte(e.Secret.Reveal()), e.ID), t.store.seal([]byte(e.OldSecret.Reveal()), e.ID), seen)
		if err != nil {
			return fmt.Errorf("insert endpoint: %w", err)
		}
		return nil
	})
}

// ChangeEndpoint implements merchant.Store.
func (t webhooks) ChangeEndpoint(ctx context.Context, id string, change func(checkout.WebhookEndpoint) checkout.WebhookEndpoint) (after checkout.WebhookEndpoint, err error) {
	err = t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		before, err := t.endpoint(ctx, tx, id)
		if err != nil {
			return err
		}
		after = change(before)
		return t.saveEndpoint(ctx, tx, before, after)
	})
	return after, err
}

// saveEndpoint writes what differs. What is pending when an endpoint is switched off is
// given up, and what has happened meanwhile is not delivered when it is switched on.
func (t webhooks) saveEndpoint(ctx context.Context, tx *tx, before, after checkout.WebhookEndpoint) error {
	_, err := endpointRows.update(ctx, tx, &before, &after, before.ID)
	if err == nil && (before.Secret != after.Secret || before.OldSecret != after.OldSecret) {
		err = execute(ctx, tx, `UPDATE webhook_endpoints SET secret = $1, old_secret = $2 WHERE id = $3`,
			t.store.seal([]byte(after.Secret.Reveal()), after.ID), t.store.seal([]byte(after.OldSecret.Reveal()), after.ID), after.ID)
	}
	switch was, is := before.Off == checkout.EndpointOn, after.Off == checkout.EndpointOn; {
	case err != nil:
	case was && !is:
		err = execute(ctx, tx, `UPDATE deliveries SET state = 'dead' WHERE endpoint_id = $1 AND state = 'pending'`, after.ID)
	case is && !was:
		err = execute(ctx, tx, `UPDATE webhook_endpoints SET seen = `+t.store.dialect.newest("events")+` WHERE id = $1`, after.ID)
	}
	if err != nil {
		return fmt.Errorf("update endpoint: %w", err)
	}
	return nil
}

// DeleteEndpoint implements merchant.Store. Its deliveries go with it.
func (t webhooks) DeleteEndpoint(ctx context.Context, id string) error {
	return t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM webhook_endpoints WHERE id = $1`, id)
		if err != nil {
			return fmt.Errorf("delete endpoint: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return checkout.ErrNotFound
	})
}

// eventColumns are those of an event, as scanEvent reads them.
const eventColumns = `events.id, events.type, events.order_id, events.sequence, events.status, events.payment_request_id, events.about, events.at`

func scanEvent(row scanner, more ...any) (e checkout.MerchantEvent, err error) {
	dest := []any{&e.ID, &e.Type, &e.OrderID, &e.Sequence, &e.Status, &e.PaymentRequestID, &e.About, (*storedTime)(&e.At)}
	err = row.Scan(append(dest, more...)...)
	return e, err
}

// Events implements merchant.Store.
func (t webhooks) Events(ctx context.Context, f checkout.EventFilter, w checkout.Window) ([]checkout.MerchantEvent, error) {
	query, values := eventsQuery(f, w)
	events, err := collect(ctx, t.store.reads, func(row scanner) (checkout.MerchantEvent, error) { return scanEvent(row) }, query, values...)
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	return events, nil
}

// eventsQuery lists the events of a filter and a window.
func eventsQuery(f checkout.EventFilter, w checkout.Window) (query string, values []any) {
	var c conditions
	if w.After != "" {
		c.add(`seq < (SELECT seq FROM events WHERE id = $)`, w.After)
	}
	if f.Type != "" {
		c.add(`type = $`, f.Type)
	}
	if f.OrderID != "" {
		c.add(`order_id = $`, f.OrderID)
	}
	return `
		SELECT ` + eventColumns + `
		  FROM events
		 WHERE ` + c.text() + `
		 ORDER BY seq DESC` + first(w.Limit), c.values
}

// Event implements merchant.Store.
func (t webhooks) Event(ctx context.Context, id string) (checkout.MerchantEvent, error) {
	return t.event(ctx, t.store.reads, id)
}

func (t webhooks) event(ctx context.Context, q querier, id string) (checkout.MerchantEvent, error) {
	e, err := scanEvent(q.QueryRowContext(ctx, `SELECT `+eventColumns+` FROM events WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return e, checkout.ErrNotFound
	}
	if err != nil {
		return e, fmt.Errorf("read event: %w", err)
	}
	return e, nil
}

// AddTest implements merchant.Store.
func (t webhooks) AddTest(ctx context.Context, endpointID string) (e checkout.MerchantEvent, err error) {
	e = checkout.MerchantEvent{ID: t.store.eventIDs.New(), Type: checkout.EventEndpointTest, At: rounded(t.store.now())}
	err = t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		if _, err := t.endpoint(ctx, tx, endpointID); err != nil {
			return err
		}
		if err := t.store.addEvent(ctx, tx, e); err != nil {
			return err
		}
		return t.deliver(ctx, tx, e, endpointID)
	})
	return e, err
}

// deliver makes the delivery of an event to an endpoint, or makes it due again.
func (t webhooks) deliver(ctx context.Context, tx *tx, e checkout.MerchantEvent, endpointID string) error {
	err := execute(ctx, tx, `
		INSERT INTO deliveries (endpoint_id, event_id, order_id, state, attempts, next_at, created_at)
		VALUES ($1, $2, $3, 'pending', 0, $4, $4)
		ON CONFLICT (event_id, endpoint_id) DO UPDATE SET state = 'pending', attempts = 0, next_at = excluded.next_at`,
		endpointID, e.ID, e.OrderID, t.store.now().UnixMilli())
	if err != nil {
		return fmt.Errorf("insert delivery: %w", err)
	}
	return nil
}

// Redeliver implements merchant.Store.
func (t webhooks) Redeliver(ctx context.Context, e checkout.MerchantEvent, endpointIDs []string) error {
	return t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		for _, id := range endpointIDs {
			if err := t.deliver(ctx, tx, e, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// RedeliverDead implements merchant.Store.
func (t webhooks) RedeliverDead(ctx context.Context, endpointID string, limit int) (count int, err error) {
	err = t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		res, err := tx.ExecContext(ctx, `
			UPDATE deliveries
			   SET state = 'pending', attempts = 0, next_at = $1
			 WHERE id IN (SELECT id
			                FROM deliveries
			               WHERE endpoint_id = $2 AND state = 'dead'`+first(limit)+`)`, t.store.now().UnixMilli(), endpointID)
		if err != nil {
			return fmt.Errorf("redeliver what was given up: %w", err)
		}
		n, err := res.RowsAffected()
		count = int(n)
		return err
	})
	return count, err
}

// EventsSince implements merchant.Store.
func (t webhooks) EventsSince(ctx context.Context, since time.Time, after string, limit int) ([]checkout.MerchantEvent, error) {
	events, err := collect(ctx, t.store.reads, func(row scanner) (checkout.MerchantEvent, error) { return scanEvent(row) }, `
		SELECT `+eventColumns+`
		  FROM events
		 WHERE at >= $1 AND ($2 = '' OR seq > (SELECT seq FROM events WHERE id = $2))
		 ORDER BY seq`+first(limit), since.UnixMilli(), after)
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	return events, nil
}
