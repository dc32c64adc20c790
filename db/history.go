package db

import (
	"context"
	"time"

	"antom-checkout/checkout"
)

// HistoryRow is a row of the ledger: a change of status, when it was and what caused it.
type HistoryRow struct {
	checkout.Transition
	Cause string
	At    time.Time
}

// History lists all changes of status of an order, oldest first.
func History(ctx context.Context, s *Store, orderID string) ([]HistoryRow, error) {
	return collect(ctx, s.reads, func(row scanner) (HistoryRow, error) {
		var r HistoryRow
		var at int64
		err := row.Scan(&r.Subject, &r.PaymentRequestID, &r.RequestID, &r.From, &r.To, &r.Cause, &at)
		r.At = moment(at)
		return r, err
	}, `
		SELECT subject, payment_request_id, request_id, from_status, to_status, cause, at
		  FROM transitions
		 WHERE order_id = $1
		 ORDER BY seq`, orderID)
}
