package db

import (
	"context"
	"database/sql"
	"time"

	"antom-checkout/checkout"
)

// isEmail holds for the topics of emails.
const isEmail = "topic GLOB 'mail.*'"

// PendingEffects implements payments.Store.
func (s *Store) PendingEffects(ctx context.Context, now time.Time, limit int) ([]checkout.PendingEffect, error) {
	return s.pending(ctx, "NOT ("+isEmail+")", now, limit)
}

// PendingEmails implements payments.Store.
func (s *Store) PendingEmails(ctx context.Context, now time.Time, limit int) ([]checkout.PendingEffect, error) {
	return s.pending(ctx, isEmail, now, limit)
}

func (s *Store) pending(ctx context.Context, which string, now time.Time, limit int) ([]checkout.PendingEffect, error) {
	return collect(ctx, s.reads, func(row scanner) (checkout.PendingEffect, error) {
		var e checkout.PendingEffect
		err := row.Scan(&e.ID, &e.OrderID, &e.Effect, &e.Attempts)
		return e, err
	}, `
		SELECT id, order_id, topic, attempts
		  FROM outbox
		 WHERE state = 'pending' AND next_at <= $1 AND `+which+`
		 ORDER BY next_at, id
		 LIMIT $2`, now.UnixMilli(), limit)
}

// EffectDone implements payments.Store.
func (s *Store) EffectDone(ctx context.Context, id int64) error {
	return s.setEffect(ctx, id, "sent", time.Time{})
}

// EffectFailed implements payments.Store.
func (s *Store) EffectFailed(ctx context.Context, id int64, next time.Time) error {
	if next.IsZero() {
		return s.setEffect(ctx, id, "dead", next)
	}
	return s.setEffect(ctx, id, "pending", next)
}

func (s *Store) setEffect(ctx context.Context, id int64, state string, next time.Time) error {
	return s.write(ctx, func(ctx context.Context, tx *tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE outbox
			   SET state = $1, attempts = attempts + 1, next_at = coalesce($2, next_at)
			 WHERE id = $3`, state, millis(next), id)
		return err
	})
}

// ResendEmails makes emails that were given up due again, as if they were new: of
// one order, or of all orders when orderID is "".
func (s *Store) ResendEmails(ctx context.Context, orderID string) (resent []checkout.PendingEffect, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *tx) error {
		resent, err = collect(ctx, tx, func(row scanner) (checkout.PendingEffect, error) {
			var e checkout.PendingEffect
			err := row.Scan(&e.ID, &e.OrderID, &e.Effect)
			return e, err
		}, `
			UPDATE outbox
			   SET state = 'pending', attempts = 0, next_at = $1
			 WHERE state = 'dead' AND `+isEmail+` AND ($2 = '' OR order_id = $2)
			RETURNING id, order_id, topic`, s.now().UnixMilli(), orderID)
		return err
	})
	return resent, err
}

// Outbox is how its rows stand.
type Outbox struct {
	Pending, Sent, Dead int
	Oldest              time.Time // when the oldest pending row was made; zero when nothing is pending
}

// Outbox counts its rows. It reads those that are not delivered; the others are
// all that were ever made, without these.
func (s *Store) Outbox(ctx context.Context) (Outbox, error) {
	var o Outbox
	var made int
	var oldest sql.NullInt64
	err := s.reads.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM outbox WHERE state = 'pending'),
		       (SELECT count(*) FROM outbox WHERE state = 'dead'),
		       (SELECT coalesce(max(id), 0) FROM outbox),
		       (SELECT min(iif(created_at = 0, next_at, created_at)) FROM outbox WHERE state = 'pending')`).
		Scan(&o.Pending, &o.Dead, &made, &oldest)
	o.Sent, o.Oldest = made-o.Pending-o.Dead, optionalMoment(oldest)
	return o, err
}
