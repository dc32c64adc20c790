package db

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"antom-checkout/checkout"
)

// searches is the part of the Store that keeps the searches for payments.
type searches struct {
	store *Store
	some  atomic.Bool // whether there may be one
}

// note notes whether there is a search.
func (t *searches) note(ctx context.Context) error {
	var exists bool
	err := t.store.reads.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM searches WHERE status = 'searching')`).Scan(&exists)
	t.some.Store(exists)
	return err
}

// SaveSearch implements payments.Store.
func (t *searches) SaveSearch(ctx context.Context, search checkout.Search) error {
	return t.store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		if repeated, err := t.store.saveNotification(ctx, tx, search.Notification); err != nil || repeated {
			return err
		}
		t.some.Store(true)
		_, err := tx.ExecContext(ctx, `
			INSERT INTO searches (notification_id, status, next_at, passes, inquired, reached, tries)
			VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (notification_id) DO NOTHING`,
			search.Notification.ID, search.Status, search.Next.UnixMilli(), search.Passes, search.Inquired, search.Reached, search.Tries)
		if err != nil {
			return fmt.Errorf("save search: %w", err)
		}
		return nil
	})
}

// UpdateSearch implements payments.Store.
func (t *searches) UpdateSearch(ctx context.Context, before, after checkout.Search) error {
	return t.store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE searches
			   SET status = $1, next_at = $2, passes = $3, inquired = $4, reached = $5, tries = $6
			 WHERE notification_id = $7 AND next_at = $8`,
			after.Status, after.Next.UnixMilli(), after.Passes, after.Inquired, after.Reached, after.Tries,
			after.Notification.ID, before.Next.UnixMilli())
		if err != nil {
			return fmt.Errorf("update search: %w", err)
		}
		return nil
	})
}

// HastenSearches implements payments.Store. Few shops ever have a search; the others are
// spared the transaction.
func (t *searches) HastenSearches(ctx context.Context, antomID string) error {
	if t.store.claims.shared { // another program may have made one
		if err := t.note(ctx); err != nil {
			return err
		}
	}
	if !t.some.Load() {
		return nil
	}
	return t.store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE searches
			   SET next_at = $1
			 WHERE status = 'searching'
			   AND notification_id IN (SELECT id FROM notifications WHERE antom_id = $2 AND applied = 0 AND payment_request_id = '')`,
			t.store.now().UnixMilli(), antomID)
		if err != nil {
			return fmt.Errorf("hasten search: %w", err)
		}
		return nil
	})
}

// endSearch removes the search of a notification whose payment was found.
func endSearch(ctx context.Context, tx *tx, notificationID string) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM searches
		 WHERE notification_id = $1`, notificationID)
	if err != nil {
		return fmt.Errorf("end search: %w", err)
	}
	return nil
}

// Searches implements payments.Store.
func (t *searches) Searches(ctx context.Context, status checkout.SearchStatus, now time.Time, limit int) ([]checkout.Search, error) {
	return collect(ctx, t.store.reads, func(row scanner) (checkout.Search, error) {
		var search checkout.Search
		var next, received int64
		n := &search.Notification
		err := row.Scan(&search.Status, &next, &search.Passes, &search.Inquired, &search.Reached, &search.Tries,
			&n.ID, &n.Type, &n.AntomID, &n.BodySHA256, &n.Body, &received)
		n.Body, _ = t.store.unseal(n.Body, n.ID)
		search.Next, n.ReceivedAt = moment(next), moment(received)
		return search, err
	}, `
		SELECT s.status, s.next_at, s.passes, s.inquired, s.reached, s.tries,
		       n.id, n.type, n.antom_id, n.body_sha256, n.body, n.received_at
		  FROM searches s
		  JOIN notifications n ON n.id = s.notification_id
		 WHERE s.status = $1 AND s.next_at <= $2
		 ORDER BY s.next_at`+first(limit), status, now.UnixMilli())
}

// RefundCandidates implements payments.Store. It walks back through the payments, most of
// which are paid, and stops at the limit.
func (t *searches) RefundCandidates(ctx context.Context, amount checkout.Money, after string, limit int) ([]checkout.DuePoll, error) {
	return collect(ctx, t.store.reads, func(row scanner) (checkout.DuePoll, error) {
		var p checkout.DuePoll
		err := row.Scan(&p.OrderID, &p.RequestID, &p.Polls)
		return p, err
	}, `
		SELECT order_id, request_id, polls
		  FROM payments
		 WHERE status = 'paid' AND ($1 = '' OR request_id < $1)
		   AND ($2 = '' OR $2 = CASE WHEN confirmed IS NULL THEN currency ELSE confirmed_currency END)
		   AND $3 <= coalesce(confirmed, amount) - (
		       SELECT coalesce(sum(operations.amount), 0)
		         FROM operations
		        WHERE payment_request_id = payments.request_id AND kind = 'refund' AND operations.status = 'success')
		 ORDER BY request_id DESC`+first(limit), after, amount.Currency, amount.Minor)
}
