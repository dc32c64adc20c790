package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"antom-checkout/checkout"
)

// isEmail holds for the topics of emails, to buyers and to the operator.
const isEmail = "(topic LIKE 'mail.%' OR topic LIKE 'operator.%')"

// PendingEffects implements payments.Store.
func (s *Store) PendingEffects(ctx context.Context, now time.Time, limit int) ([]checkout.PendingEffect, error) {
	return pendingEffects(ctx, s.reads, "NOT "+isEmail, now, limit)
}

// PendingEmails implements payments.Store.
func (s *Store) PendingEmails(ctx context.Context, now time.Time, limit int) ([]checkout.PendingEffect, error) {
	return pendingEffects(ctx, s.reads, isEmail, now, limit)
}

func pendingEffects(ctx context.Context, q querier, which string, now time.Time, limit int) ([]checkout.PendingEffect, error) {
	return collect(ctx, q, func(row scanner) (checkout.PendingEffect, error) {
		var e checkout.PendingEffect
		err := row.Scan(&e.ID, &e.OrderID, &e.Effect, &e.Attempts)
		return e, err
	}, `
		SELECT id, order_id, topic, attempts
		  FROM outbox
		 WHERE state = 'pending' AND next_at <= $1 AND `+which+`
		 ORDER BY next_at, id`+first(limit), now.UnixMilli())
}

// HastenEffects implements payments.Store.
func (s *Store) HastenEffects(ctx context.Context, longest func(checkout.PendingEffect) time.Duration) error {
	return s.write(ctx, func(ctx context.Context, tx *tx) error {
		now := s.now()
		type waiting struct {
			checkout.PendingEffect
			next time.Time
		}
		rows, err := collect(ctx, tx, func(row scanner) (waiting, error) {
			var e waiting
			err := row.Scan(&e.ID, &e.OrderID, &e.Effect, &e.Attempts, (*storedTime)(&e.next))
			return e, err
		}, `
			SELECT id, order_id, topic, attempts, next_at
			  FROM outbox
			 WHERE state = 'pending' AND next_at > $1`, now.UnixMilli())
		if err != nil {
			return err
		}
		for _, e := range rows {
			if !e.next.After(now.Add(s.claims.longestWait(longest(e.PendingEffect)))) {
				continue
			}
			_, err := tx.ExecContext(ctx, `
				UPDATE outbox
				   SET next_at = $1
				 WHERE id = $2`, now.UnixMilli(), e.ID)
			if err != nil {
				return fmt.Errorf("hasten effect: %w", err)
			}
		}
		return nil
	})
}

// EffectDone implements payments.Store.
func (s *Store) EffectDone(ctx context.Context, id int64) error {
	return s.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		return setEffect(ctx, tx, id, "sent", time.Time{})
	})
}

// EffectFailed implements payments.Store.
func (s *Store) EffectFailed(ctx context.Context, id int64, next time.Time) error {
	return s.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		return setEffect(ctx, tx, id, "pending", next)
	})
}

// EffectGivenUp implements payments.Store.
func (s *Store) EffectGivenUp(ctx context.Context, id int64, then ...checkout.Effect) error {
	return s.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		if err := setEffect(ctx, tx, id, "dead", time.Time{}); err != nil {
			return err
		}
		for _, effect := range then {
			_, err := tx.ExecContext(ctx, `
				INSERT INTO outbox (topic, order_id, state, attempts, next_at, created_at)
				SELECT $1, order_id, 'pending', 0, $2, $2 FROM outbox WHERE id = $3
				ON CONFLICT (order_id, topic) DO NOTHING`, effect, s.now().UnixMilli(), id)
			if err != nil {
				return fmt.Errorf("insert effect: %w", err)
			}
		}
		return nil
	})
}

func setEffect(ctx context.Context, tx *tx, id int64, state string, next time.Time) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE outbox
		   SET state = $1, attempts = attempts + 1, next_at = coalesce($2, next_at)
		 WHERE id = $3`, state, millis(next), id)
	return err
}

// ResendEmails makes emails that were given up due again, as if they were new: of
// one order, or of all orders when orderID is ""; one email, or all when topic is "".
func (s *Store) ResendEmails(ctx context.Context, orderID string, topic checkout.Effect) (resent []checkout.PendingEffect, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *tx) error {
		resent, err = collect(ctx, tx, func(row scanner) (checkout.PendingEffect, error) {
			var e checkout.PendingEffect
			err := row.Scan(&e.ID, &e.OrderID, &e.Effect)
			return e, err
		}, `
			UPDATE outbox
			   SET state = 'pending', attempts = 0, next_at = $1
			 WHERE state = 'dead' AND `+isEmail+` AND ($2 = '' OR order_id = $2) AND ($3 = '' OR topic = $3)
			RETURNING id, order_id, topic`, s.now().UnixMilli(), orderID, topic)
		return err
	})
	return resent, err
}

// Outbox counts the rows of the outbox by state.
type Outbox struct {
	Pending, Sent, Dead int
	Oldest              time.Time // when the oldest pending row was added; zero when nothing is pending
}

// Outbox counts its rows. On SQLite it reads those that are not delivered; the sent ones are
// all that were ever added, without these.
func (s *Store) Outbox(ctx context.Context) (Outbox, error) {
	var o Outbox
	var oldest sql.NullInt64
	err := s.reads.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM outbox WHERE state = 'pending'),
		       (SELECT count(*) FROM outbox WHERE state = 'dead'),
		       `+s.dialect.sent+`,
		       (SELECT min(CASE WHEN created_at = 0 THEN next_at ELSE created_at END) FROM outbox WHERE state = 'pending')`).
		Scan(&o.Pending, &o.Dead, &o.Sent, &oldest)
	o.Oldest = optionalMoment(oldest)
	return o, err
}

// Waiting counts what waits for a person at the shop. An email about an order that was
// never paid waits for none: it may go to any address that was typed.
type Waiting struct{ Reviews, CapturesDue, CapturesFailed, DeadEmails, Strays int }

// captureWarning is how long before its end an authorisation counts as due.
const captureWarning = 48 * time.Hour

// strayAge is how long a notification about no payment counts as waiting.
const strayAge = 7 * 24 * time.Hour

// Waiting counts what waits for a person now. It reads what is unfinished or given up,
// and nothing that is done.
func (s *Store) Waiting(ctx context.Context, now time.Time) (w Waiting, err error) {
	err = s.reads.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM orders WHERE status = 'review'),
		       (SELECT count(*) FROM payments WHERE next_poll IS NOT NULL AND status = 'authorized' AND auth_ends <= $1),
		       (SELECT count(*) FROM payments WHERE next_poll IS NOT NULL AND status = 'authorized'
		           AND EXISTS (SELECT 1 FROM operations WHERE payment_request_id = payments.request_id AND kind = 'capture' AND status = 'failed')
		           AND NOT EXISTS (SELECT 1 FROM operations WHERE payment_request_id = payments.request_id AND kind = 'capture' AND status <> 'failed')),
		       (SELECT count(*) FROM outbox WHERE state = 'dead' AND `+isEmail+`
		           AND (topic LIKE 'operator.%' OR EXISTS (SELECT 1 FROM orders WHERE id = outbox.order_id AND ever_paid = 1))),
		       (SELECT count(*) FROM searches WHERE status <> 'searching' AND next_at > $2)`,
		now.Add(captureWarning).UnixMilli(), now.Add(-strayAge).UnixMilli()).
		Scan(&w.Reviews, &w.CapturesDue, &w.CapturesFailed, &w.DeadEmails, &w.Strays)
	return w, err
}
