package db

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"antom-checkout/checkout"
)

// sales is the part of the Store that sums up what was sold.
type sales struct{ store *Store }

// mostDeclines is how many reasons are told.
const mostDeclines = 20

// Sales sums up what was paid and refunded from a moment until before another one. A payment
// that paid nothing because another one had is in neither.
func (t sales) Sales(ctx context.Context, from, to time.Time) ([]checkout.SalesSum, error) {
	bucket := strconv.FormatInt(checkout.SalesBucket.Milliseconds(), 10)
	rows, err := collect(ctx, t.store.reads, scanSalesSum, `
		SELECT orders.paid_at / `+bucket+` * `+bucket+`, payments.method, orders.currency, 0, count(*), sum(orders.total)
		  FROM orders
		  JOIN payments
		    ON payments.order_id = orders.id AND payments.status IN ('paid', 'refunded') AND payments.duplicate = 0
		 WHERE orders.paid_at >= $1 AND orders.paid_at < $2
		 GROUP BY 1, 2, 3
		 UNION ALL
		SELECT operations.created_at / `+bucket+` * `+bucket+`, payments.method, operations.currency, 1, count(*), sum(operations.amount)
		  FROM operations
		  JOIN payments
		    ON payments.request_id = operations.payment_request_id AND payments.duplicate = 0
		 WHERE operations.kind = 'refund' AND operations.status = 'success' AND operations.created_at >= $1 AND operations.created_at < $2
		 GROUP BY 1, 2, 3`, millis(from), millis(to))
	if err != nil {
		return nil, fmt.Errorf("sum up sales: %w", err)
	}
	return rows, nil
}

func scanSalesSum(row scanner) (s checkout.SalesSum, err error) {
	var at int64
	err = row.Scan(&at, &s.Method, &s.Currency, &s.Refund, &s.Count, &s.Minor)
	s.At = time.UnixMilli(at)
	return s, err
}

// Conversion counts the orders that were placed from a moment until before another one, and
// how far they came.
func (t sales) Conversion(ctx context.Context, from, to time.Time) (c checkout.Conversion, err error) {
	err = t.store.reads.QueryRowContext(ctx, `
		SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM payments WHERE payments.order_id = orders.id)), coalesce(sum(ever_paid), 0)
		  FROM orders
		 WHERE created_at >= $1 AND created_at < $2`, millis(from), millis(to)).Scan(&c.Placed, &c.Started, &c.Paid)
	if err != nil {
		return c, fmt.Errorf("count orders: %w", err)
	}
	c.Declines, err = collect(ctx, t.store.reads, func(row scanner) (d checkout.Decline, err error) {
		return d, row.Scan(&d.Code, &d.Count)
	}, `
		SELECT payments.result_code, count(*)
		  FROM orders
		  JOIN payments
		    ON payments.order_id = orders.id
		 WHERE orders.created_at >= $1 AND orders.created_at < $2 AND payments.status = 'failed'
		 GROUP BY 1
		 ORDER BY 2 DESC, 1`+first(mostDeclines), millis(from), millis(to))
	if err != nil {
		return c, fmt.Errorf("count declines: %w", err)
	}
	return c, nil
}
