package db

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"antom-checkout/checkout"
)

// sales is the part of the Store that sums up what was sold. Days that are over are summed up
// once (SumUpSales); what was not, or has changed since, is read from the orders. So a report is
// exact at any time, and nothing is written where orders are paid.
type sales struct{ store *Store }

// Sales sums up what was placed, paid, refunded and charged, by day. from and to begin days of
// their time zone. A payment that paid nothing because another one had is in none of the sums.
func (t sales) Sales(ctx context.Context, from, to time.Time) ([]checkout.SalesSum, error) {
	sums, err := t.sums(ctx, from, to)
	if err != nil {
		return nil, fmt.Errorf("sum up sales: %w", err)
	}
	return sums, nil
}

func (t sales) sums(ctx context.Context, from, to time.Time) ([]checkout.SalesSum, error) {
	stored, err := t.storedDays(ctx, from, to)
	if err != nil {
		return nil, err
	}
	var sums []checkout.SalesSum
	exactly := func(from, to time.Time) error {
		counted, err := t.countDays(ctx, from, to)
		sums = append(sums, counted...)
		return err
	}
	begun := from // of the days that have to be counted
	for day := from; day.Before(to); day = checkout.ByDay.Next(day, 1) {
		is, known := stored[day.UnixMilli()]
		if !known {
			continue
		}
		if begun.Before(day) {
			if err := exactly(begun, day); err != nil {
				return nil, err
			}
		}
		sums, begun = append(sums, is...), checkout.ByDay.Next(day, 1)
	}
	if begun.Before(to) {
		err = exactly(begun, to)
	}
	return sums, err
}

// summed says what the stored sums are true of.
type summed struct {
	zone       string
	seq        int64 // the place in the ledger up to which they hold
	reportRows int64 // how often rows of reports had been stored
}

// zoneName tells a time zone from others, also that of the machine, which is always "Local".
func zoneName(zone *time.Location) string {
	name := zone.String()
	for _, month := range []time.Month{time.January, time.July} {
		name += time.Date(2026, month, 1, 0, 0, 0, 0, zone).Format(" -07:00")
	}
	return name
}

func readSummed(ctx context.Context, q querier) (s summed, err error) {
	err = q.QueryRowContext(ctx, `SELECT zone, seq, report_rows FROM sales_summed`).Scan(&s.zone, &s.seq, &s.reportRows)
	return s, err
}

// storedDays are the sums of the days that are stored and hold, by the days' beginnings. What
// the sums are true of is read first: a day that changes meanwhile is among the changed ones.
func (t sales) storedDays(ctx context.Context, from, to time.Time) (map[int64][]checkout.SalesSum, error) {
	days := map[int64][]checkout.SalesSum{}
	is, err := readSummed(ctx, t.store.reads)
	if err != nil || is.zone != zoneName(from.Location()) {
		return days, err
	}
	changed, err := t.changedSince(ctx, is.seq, from.Location())
	if err != nil {
		return nil, err
	}
	sums, err := collect(ctx, t.store.reads, scanSalesSum, `
		SELECT day, kind, name, currency, charged_in, count, minor, charged
		  FROM sales_by_day
		 WHERE day >= $1 AND day < $2`, from.UnixMilli(), to.UnixMilli())
	for _, sum := range sums {
		if day := sum.At.UnixMilli(); !changed[day] {
			days[day] = append(days[day], sum)
		}
	}
	return days, err
}

// changedSince are the beginnings of the days of which a sum may have changed since a place in
// the ledger: every change of an order, payment or refund has a row there.
func (t sales) changedSince(ctx context.Context, seq int64, zone *time.Location) (map[int64]bool, error) {
	moments, err := collect(ctx, t.store.reads, scanMoment, changedQuery(&t.store.dialect), seq)
	days := map[int64]bool{}
	for _, at := range moments {
		days[checkout.ByDay.Start(at.In(zone)).UnixMilli()] = true
	}
	return days, err
}

// changedQuery begins with the rows of the ledger, which are few: CROSS JOIN keeps SQLite from
// beginning with all orders.
func changedQuery(d *dialect) string {
	return d.text(`
		WITH changed (order_id) AS (SELECT DISTINCT order_id FROM transitions WHERE ` + d.place + ` > $1)
		SELECT created_at FROM changed CROSS JOIN orders ON orders.id = changed.order_id
		 UNION
		SELECT paid_at FROM changed CROSS JOIN orders ON orders.id = changed.order_id WHERE paid_at IS NOT NULL
		 UNION
		SELECT operations.created_at
		  FROM transitions
		 CROSS JOIN operations
		    ON operations.payment_request_id = transitions.payment_request_id AND operations.kind = 'refund'
		 WHERE transitions.` + d.place + ` > $1`)
}

func scanMoment(row scanner) (at time.Time, err error) {
	var ms int64
	err = row.Scan(&ms)
	return time.UnixMilli(ms), err
}

func scanSalesSum(row scanner) (s checkout.SalesSum, err error) {
	var at int64
	err = row.Scan(&at, &s.Kind, &s.Name, &s.Currency, &s.ChargedIn, &s.Count, &s.Minor, &s.Charged)
	s.At = time.UnixMilli(at)
	return s, err
}

// countDays counts what has happened from a moment until before another one.
func (t sales) countDays(ctx context.Context, from, to time.Time) ([]checkout.SalesSum, error) {
	sums, err := t.countOrders(ctx, from, to)
	if err != nil {
		return nil, err
	}
	money, err := collect(ctx, t.store.reads, scanSalesSum, t.store.dialect.text(moneyQuery), from.UnixMilli(), to.UnixMilli())
	return checkout.SumsByDay(append(sums, money...), from.Location()), err
}

// bucketOf is the bucket that a column's moment is in.
func bucketOf(column string) string {
	length := strconv.FormatInt(checkout.SalesBucket.Milliseconds(), 10)
	return column + " / " + length + " * " + length
}

// moneyQuery sums up why attempts failed, what was sold, refunded and charged, and how much of
// it settlement reports know.
var moneyQuery = `
		SELECT ` + bucketOf("orders.created_at") + `, 'declined', payments.result_code, '', '', count(*), 0, 0
		  FROM orders
		  JOIN payments
		    ON payments.order_id = orders.id AND payments.status = 'failed'
		 WHERE orders.created_at >= $1 AND orders.created_at < $2
		 GROUP BY 1, 3
		 UNION ALL
		SELECT ` + bucketOf("orders.paid_at") + `, 'sold', payments.method, orders.currency, '', count(*), sum(orders.total), 0
		  FROM ` + soldPayments + `
		 GROUP BY 1, 3, 4
		 UNION ALL
		SELECT ` + bucketOf("orders.paid_at") + `, 'reported', payments.method, orders.currency, '', count(*), 0, 0
		  FROM ` + soldPayments + ` AND ` + reportedAs(`'payment:' || payments.request_id, 'capture:' || payments.request_id`) + `
		 GROUP BY 1, 3, 4
		 UNION ALL
		SELECT ` + bucketOf("operations.created_at") + `, 'refunded', payments.method, operations.currency, '', count(*), sum(operations.amount), 0
		  FROM ` + madeRefunds + `
		 GROUP BY 1, 3, 4
		 UNION ALL
		SELECT ` + bucketOf("operations.created_at") + `, 'reported', payments.method, operations.currency, '', count(*), 0, 0
		  FROM ` + madeRefunds + ` AND ` + reportedAs(`'refund:' || payments.request_id || ':' || operations.request_id`) + `
		 GROUP BY 1, 3, 4
		 UNION ALL
		SELECT ` + bucketOf("at") + `, 'charged', method, CASE WHEN currency = '' THEN net_currency ELSE currency END, net_currency, count(*), 0, sum(charged)
		  FROM report_rows INDEXED BY report_rows_settled
		 WHERE kind = 'settlement' AND at >= $1 AND at < $2 AND (charged <> 0 OR act <> '')
		 GROUP BY 1, 3, 4, 5`

const soldPayments = `orders
		  JOIN payments
		    ON payments.order_id = orders.id AND payments.status IN ('paid', 'refunded') AND payments.duplicate = 0
		 WHERE orders.paid_at >= $1 AND orders.paid_at < $2`

const madeRefunds = `operations
		  JOIN payments
		    ON payments.request_id = operations.payment_request_id AND payments.duplicate = 0
		 WHERE operations.kind = 'refund' AND operations.status = 'success' AND operations.created_at >= $1 AND operations.created_at < $2`

// reportedAs holds for what a settlement report has a row about. A unary plus keeps SQLite from
// reading all rows of settlement reports.
func reportedAs(acts string) string {
	return `EXISTS (SELECT 1 FROM report_rows WHERE act IN (` + acts + `) AND act <> '' AND +report_rows.kind = 'settlement')`
}

// countOrders counts the orders that were placed, and how far they came.
func (t sales) countOrders(ctx context.Context, from, to time.Time) (sums []checkout.SalesSum, err error) {
	_, err = collect(ctx, t.store.reads, func(row scanner) (none struct{}, err error) {
		var at int64
		var placed, started, paid int
		err = row.Scan(&at, &placed, &started, &paid)
		bucket := checkout.SalesSum{At: time.UnixMilli(at)}
		for _, c := range []struct {
			kind  checkout.SalesKind
			count int
		}{{checkout.SalesPlaced, placed}, {checkout.SalesStarted, started}, {checkout.SalesPaid, paid}} {
			bucket.Kind, bucket.Count = c.kind, c.count
			sums = append(sums, bucket)
		}
		return none, err
	}, `
		SELECT `+bucketOf("created_at")+`, count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM payments WHERE payments.order_id = orders.id)), sum(ever_paid)
		  FROM orders
		 WHERE created_at >= $1 AND created_at < $2
		 GROUP BY 1`, from.UnixMilli(), to.UnixMilli())
	return sums, err
}

// daysAtOnce is how many days are stored in one transaction, so that payments do not wait.
const daysAtOnce = 7

// SumUpSales sums up the days that are over and were not summed up, or have changed since. now is
// in the time zone of the days. It may run beside anything, also beside itself.
func (t sales) SumUpSales(ctx context.Context, now time.Time) error {
	is, err := t.forgetChanged(ctx, now.Location())
	if err != nil {
		return fmt.Errorf("forget sums of sales: %w", err)
	}
	missing, err := t.missingDays(ctx, checkout.ByDay.Start(now))
	if err != nil {
		return fmt.Errorf("look for days without sums of sales: %w", err)
	}
	for len(missing) > 0 {
		days := 1
		for days < min(daysAtOnce, len(missing)) && missing[days].Equal(checkout.ByDay.Next(missing[days-1], 1)) {
			days++
		}
		if err := t.sumUp(ctx, is, missing[:days]); err != nil {
			return fmt.Errorf("sum up sales: %w", err)
		}
		missing = missing[days:]
	}
	return nil
}

// forgetChanged removes the days that have changed. Those that are left, and all that are summed
// up after it, hold up to the place in the ledger that was read first.
func (t sales) forgetChanged(ctx context.Context, zone *time.Location) (is summed, err error) {
	was, err := readSummed(ctx, t.store.reads)
	if err != nil {
		return is, err
	}
	is = summed{zoneName(zone), 0, was.reportRows}
	if _, is.seq, err = t.store.TransitionsAfter(ctx, -1); err != nil || is == was {
		return is, err
	}
	var changed map[int64]bool
	if was.zone == is.zone {
		if changed, err = t.changedSince(ctx, was.seq, zone); err != nil {
			return is, err
		}
	}
	return is, t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		if now, err := readSummed(ctx, tx); err != nil || now != was {
			return err // another run was faster, and the next one goes on
		}
		if was.zone != is.zone {
			if err := execute(ctx, tx, `DELETE FROM sales_by_day`); err != nil {
				return err
			}
		}
		for day := range changed {
			if err := execute(ctx, tx, `DELETE FROM sales_by_day WHERE day = $1`, day); err != nil {
				return err
			}
		}
		return execute(ctx, tx, `UPDATE sales_summed SET zone = $1, seq = $2`, is.zone, is.seq)
	})
}

// missingDays are the days before today that have no sums, from the first order on.
func (t sales) missingDays(ctx context.Context, today time.Time) (missing []time.Time, err error) {
	oldest, err := collect(ctx, t.store.reads, scanMoment, `SELECT created_at FROM orders ORDER BY created_at`+first(1))
	if err != nil || len(oldest) == 0 {
		return nil, err
	}
	stored, err := collect(ctx, t.store.reads, scanMoment, `SELECT day FROM sales_by_day WHERE kind = 'placed'`)
	if err != nil {
		return nil, err
	}
	known := map[int64]bool{}
	for _, day := range stored {
		known[day.UnixMilli()] = true
	}
	for day := checkout.ByDay.Start(oldest[0].In(today.Location())); day.Before(today); day = checkout.ByDay.Next(day, 1) {
		if !known[day.UnixMilli()] {
			missing = append(missing, day)
		}
	}
	return missing, nil
}

// sumUp counts days that follow each other and stores their sums, unless what they were to be
// true of has changed meanwhile: then the next run does it.
func (t sales) sumUp(ctx context.Context, is summed, days []time.Time) error {
	sums, err := t.countDays(ctx, days[0], checkout.ByDay.Next(days[len(days)-1], 1))
	if err != nil {
		return err
	}
	for _, day := range days { // so that a day without orders is known as well
		sums = append(sums, checkout.SalesSum{At: day, Kind: checkout.SalesPlaced})
	}
	return t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		if now, err := readSummed(ctx, tx); err != nil || now != is {
			return err
		}
		for _, s := range sums {
			err := execute(ctx, tx, `
				INSERT INTO sales_by_day (day, kind, name, currency, charged_in, count, minor, charged)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
				ON CONFLICT DO NOTHING`, s.At.UnixMilli(), s.Kind, s.Name, s.Currency, s.ChargedIn, s.Count, s.Minor, s.Charged)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// longestDay is how long a day may be: one on which clocks go back.
const longestDay = 25 * time.Hour

// forgetReported removes, in the transaction that stores rows of settlement reports, the sums of
// the days that the rows are about: those of the rows themselves, and of the order or refund.
func forgetReported(ctx context.Context, tx *tx, rows []checkout.ReportRow) error {
	hours := map[int64]bool{}
	add := func(at time.Time) { hours[at.Truncate(time.Hour).UnixMilli()] = true }
	for _, r := range rows {
		if r.Kind != checkout.ReportSettlement {
			continue
		}
		add(r.At)
		moments, err := collect(ctx, tx, scanMoment, `
			SELECT paid_at
			  FROM orders
			 WHERE id = $1 AND paid_at IS NOT NULL
			 UNION
			SELECT created_at
			  FROM operations
			 WHERE payment_request_id = $2 AND kind = 'refund'`, r.OrderID, r.PaymentRequestID)
		if err != nil {
			return err
		}
		for _, at := range moments {
			add(at)
		}
	}
	if len(hours) == 0 {
		return nil
	}
	for hour := range hours {
		if err := execute(ctx, tx, `
			DELETE FROM sales_by_day
			 WHERE day > $1 AND day < $2`, hour-longestDay.Milliseconds(), hour+time.Hour.Milliseconds()); err != nil {
			return err
		}
	}
	return execute(ctx, tx, `UPDATE sales_summed SET report_rows = report_rows + 1`)
}
