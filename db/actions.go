package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"antom-checkout/checkout"
)

// OperatorAction implements payments.Store.
func (s *Store) OperatorAction(ctx context.Context, key checkout.Key) (checkout.OperatorAction, error) {
	return loadAction(ctx, s.reads, key)
}

func loadAction(ctx context.Context, q querier, key checkout.Key) (checkout.OperatorAction, error) {
	a := checkout.OperatorAction{Key: key}
	err := q.QueryRowContext(ctx, `
		SELECT operator_actions.action, operator_actions.minor, operator_actions.order_id, operator_actions.about, orders.number
		  FROM operator_actions
		  JOIN orders ON orders.id = operator_actions.order_id
		 WHERE operator_actions.cause = $1`, key.Cause().String()).Scan(&a.Name, &a.Minor, &a.Order, &a.About, &a.Number)
	if errors.Is(err, sql.ErrNoRows) {
		return a, checkout.ErrNotFound
	}
	if err != nil {
		return a, fmt.Errorf("read operator's action: %w", err)
	}
	return a, nil
}

// saveAction stores that a key belongs to an action, or refuses another action under
// the same key.
func saveAction(ctx context.Context, tx *tx, a checkout.OperatorAction, at time.Time) error {
	res, err := tx.ExecContext(ctx, `
		INSERT INTO operator_actions (cause, action, minor, order_id, about, at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (cause) DO NOTHING`, a.Key.Cause().String(), a.Name, a.Minor, a.Order, a.About, at.UnixMilli())
	if err != nil {
		return fmt.Errorf("insert operator's action: %w", err)
	}
	if isNew, err := res.RowsAffected(); err != nil || isNew == 1 {
		return err
	}
	first, err := loadAction(ctx, tx, a.Key)
	if err != nil {
		return err
	}
	return checkout.CheckRepeat(first, a)
}
