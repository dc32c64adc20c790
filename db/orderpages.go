package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"antom-checkout/checkout"
)

// orderPages is the part of the Store that tells people what belongs to an order, and what
// of it waits for them.
type orderPages struct{ store *Store }

// OrderEffects lists the effects of an order, oldest first.
func (t orderPages) OrderEffects(ctx context.Context, orderID string) ([]checkout.OutboxRow, error) {
	return t.outbox(ctx, `
		 WHERE outbox.order_id = $1
		 ORDER BY outbox.id`, orderID)
}

// DeadEmails lists the emails that were given up since a moment, oldest first, but for those
// about orders that were never paid: any address may have been typed there.
func (t orderPages) DeadEmails(ctx context.Context, since time.Time, limit int) ([]checkout.OutboxRow, error) {
	return t.outbox(ctx, `
		  JOIN orders
		    ON orders.id = outbox.order_id
		 WHERE outbox.state = 'dead' AND `+isEmail+` AND (orders.ever_paid = 1 OR topic LIKE 'operator.%')
		   AND outbox.created_at >= $1 AND orders.erased_at IS NULL
		 ORDER BY outbox.id`+first(limit), since.UnixMilli())
}

func (t orderPages) outbox(ctx context.Context, where string, values ...any) ([]checkout.OutboxRow, error) {
	found, err := collect(ctx, t.store.reads, func(row scanner) (r checkout.OutboxRow, err error) {
		err = row.Scan(&r.OrderID, &r.Effect, &r.State, &r.Attempts, (*storedTime)(&r.NextAt), (*storedTime)(&r.CreatedAt))
		return r, err
	}, `
		SELECT outbox.order_id, outbox.topic, outbox.state, outbox.attempts, outbox.next_at, outbox.created_at
		  FROM outbox`+where, values...)
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	return found, nil
}

// OrderDeliveries lists the deliveries of an order's events, oldest first.
func (t orderPages) OrderDeliveries(ctx context.Context, orderID string) ([]checkout.OrderDelivery, error) {
	found, err := collect(ctx, t.store.reads, func(row scanner) (d checkout.OrderDelivery, err error) {
		d.Event, err = scanEvent(row, &d.ID, &d.EndpointID, &d.State, &d.Attempts, (*storedTime)(&d.NextAt), (*storedTime)(&d.CreatedAt), &d.URL)
		return d, err
	}, `
		SELECT `+deliveryColumns+`, webhook_endpoints.url
		  FROM deliveries
		  JOIN events ON events.id = deliveries.event_id
		  JOIN webhook_endpoints ON webhook_endpoints.id = deliveries.endpoint_id
		 WHERE deliveries.order_id = $1 AND deliveries.order_id <> ''
		 ORDER BY deliveries.id`, orderID)
	if err != nil {
		return nil, fmt.Errorf("read deliveries: %w", err)
	}
	return found, nil
}

// DeadDeliveries counts the events since a moment that were given up, for each endpoint.
func (t orderPages) DeadDeliveries(ctx context.Context, since time.Time) ([]checkout.DeadDeliveries, error) {
	found, err := collect(ctx, t.store.reads, func(row scanner) (d checkout.DeadDeliveries, err error) {
		err = row.Scan(&d.EndpointID, &d.URL, &d.Count, (*storedTime)(&d.Since))
		return d, err
	}, `
		SELECT e.id, e.url, count(*), min(d.created_at)
		  FROM deliveries AS d
		  JOIN webhook_endpoints AS e ON e.id = d.endpoint_id
		 WHERE d.state = 'dead' AND d.created_at >= $1
		 GROUP BY e.id, e.url
		 ORDER BY min(d.created_at)`, since.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("count dead deliveries: %w", err)
	}
	return found, nil
}

// DeadDeliveriesOf lists the deliveries to an endpoint since a moment that were given up, newest
// first.
func (t orderPages) DeadDeliveriesOf(ctx context.Context, endpointID string, since time.Time, limit int) ([]checkout.Delivery, error) {
	found, err := collect(ctx, t.store.reads, scanDelivery, `
		SELECT `+deliveryColumns+`
		  FROM deliveries
		  JOIN events ON events.id = deliveries.event_id
		 WHERE deliveries.state = 'dead' AND deliveries.created_at >= $1 AND deliveries.endpoint_id = $2
		 ORDER BY deliveries.created_at DESC, deliveries.id DESC`+first(limit), since.UnixMilli(), endpointID)
	if err != nil {
		return nil, fmt.Errorf("list dead deliveries: %w", err)
	}
	return found, nil
}

// InStatusSince is when an order came to the status that it has.
func (t orderPages) InStatusSince(ctx context.Context, o checkout.Order) (since time.Time, err error) {
	err = t.store.reads.QueryRowContext(ctx, `
		SELECT at
		  FROM transitions
		 WHERE order_id = $1 AND subject = 'order' AND to_status = $2
		 ORDER BY seq DESC`+first(1), o.ID, string(o.Status)).Scan((*storedTime)(&since))
	if errors.Is(err, sql.ErrNoRows) {
		return o.CreatedAt, nil
	}
	return since, err
}
