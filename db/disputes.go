package db

import (
	"context"
	"fmt"
	"time"

	"antom-checkout/checkout"
)

// disputes is the part of the Store that finds what is in dispute.
type disputes struct{ store *Store }

// DueDisputes implements payments.Store.
func (t disputes) DueDisputes(ctx context.Context, now time.Time, limit int) ([]checkout.DuePoll, error) {
	return t.disputed(ctx, `WHERE dispute_at <= $1 ORDER BY dispute_at`+first(limit), now.UnixMilli())
}

// WaitingDisputes lists the payments with disputes that wait for an answer, those first whose
// deadlines come first.
func (t disputes) WaitingDisputes(ctx context.Context, limit int) ([]checkout.DuePoll, error) {
	return t.disputed(ctx, `WHERE dispute_at IS NOT NULL ORDER BY dispute_at`+first(limit))
}

func (t disputes) disputed(ctx context.Context, where string, values ...any) ([]checkout.DuePoll, error) {
	found, err := collect(ctx, t.store.reads, func(row scanner) (d checkout.DuePoll, err error) {
		err = row.Scan(&d.OrderID, &d.RequestID, &d.Polls)
		return d, err
	}, `SELECT order_id, request_id, polls FROM payments `+where, values...)
	if err != nil {
		return nil, fmt.Errorf("list disputes: %w", err)
	}
	return found, nil
}
