package db

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"antom-checkout/checkout"
)

// personalData finds what the database holds about buyers.
type personalData struct {
	readers *sql.DB
	reads   executor // on them
	shared  bool     // it is PostgreSQL, which sees to its own logs
}

// DueErasures implements payments.Store.
func (s *personalData) DueErasures(ctx context.Context, everPaid bool, before time.Time, after checkout.DueErasure, limit int) ([]checkout.DueErasure, error) {
	return collect(ctx, s.reads, func(row scanner) (checkout.DueErasure, error) {
		var due checkout.DueErasure
		var created int64
		err := row.Scan(&due.OrderID, &created)
		due.CreatedAt = moment(created)
		return due, err
	}, `
		SELECT id, created_at
		  FROM orders
		 WHERE erased_at IS NULL AND ever_paid = $1 AND created_at < $2 AND (created_at, id) > ($3, $4)
		   AND status IN ('paid', 'cancelled', 'expired', 'partially_refunded', 'refunded')
		   AND NOT EXISTS (SELECT 1 FROM transitions WHERE order_id = orders.id AND at >= $2)
		 ORDER BY created_at, id`+first(limit), everPaid, before.UnixMilli(), after.CreatedAt.UnixMilli(), after.OrderID)
}

// EffectsOf lists all effects that an order has had.
func (s *personalData) EffectsOf(ctx context.Context, orderID string) ([]checkout.Effect, error) {
	return collect(ctx, s.reads, func(row scanner) (effect checkout.Effect, err error) {
		err = row.Scan(&effect)
		return effect, err
	}, `
		SELECT topic
		  FROM outbox
		 WHERE order_id = $1
		 ORDER BY id`, orderID)
}

// OrdersOf lists the orders that were placed with an email address, oldest first. It
// reads all orders: a person asks rarely.
func (s *personalData) OrdersOf(ctx context.Context, email string) ([]string, error) {
	return collect(ctx, s.reads, scanText, `
		SELECT id
		  FROM orders
		 WHERE lower(email) = $1
		 ORDER BY id`, strings.ToLower(email))
}

// ForgetOld implements payments.Store. What was erased from the tables stands in the
// write-ahead log until that is emptied.
func (s *personalData) ForgetOld(ctx context.Context) error {
	if s.shared {
		return nil
	}
	_, err := s.readers.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return err
}
