package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"antom-checkout/checkout"
)

// reportBooks is the part of the Store that keeps reconciliation reports and what differs.
// It implements books.Store.
type reportBooks struct{ store *Store }

var reportFileRows = newMapping(mapping[checkout.ReportFile]{
	table: "report_files", key: []string{"id"}, onConflict: "ON CONFLICT (sha256) DO NOTHING",
	columns: []column[checkout.ReportFile]{
		fixed(plain("id", func(f *checkout.ReportFile) *string { return &f.ID })),
		fixed(plain("sha256", func(f *checkout.ReportFile) *string { return &f.SHA256 })),
		fixed(plain("name", func(f *checkout.ReportFile) *string { return &f.Name })),
		fixed(plain("kind", func(f *checkout.ReportFile) *string { return &f.Kind })),
		fixed(plain("generation", func(f *checkout.ReportFile) *int { return &f.Generation })),
		fixed(plain("merchant", func(f *checkout.ReportFile) *string { return &f.Merchant })),
		fixed(asJSON("days", func(f *checkout.ReportFile) *[]string { return &f.Days }, slices.Equal)),
		fixed(plain("rows", func(f *checkout.ReportFile) *int { return &f.Rows })),
		fixed(instant("read_at", func(f *checkout.ReportFile) *time.Time { return &f.ReadAt })),
	},
})

var reportRowRows = newMapping(mapping[checkout.ReportRow]{
	table: "report_rows", key: []string{"kind", "key"}, onConflict: "ON CONFLICT (kind, key) DO NOTHING",
	columns: []column[checkout.ReportRow]{
		fixed(plain("kind", func(r *checkout.ReportRow) *string { return &r.Kind })),
		fixed(plain("key", func(r *checkout.ReportRow) *string { return &r.Key })),
		plain("file_id", func(r *checkout.ReportRow) *string { return &r.FileID }),
		plain("line", func(r *checkout.ReportRow) *int { return &r.Line }),
		plain("batch", func(r *checkout.ReportRow) *string { return &r.Batch }),
		plain("generation", func(r *checkout.ReportRow) *int { return &r.Generation }),
		plain("type", func(r *checkout.ReportRow) *string { return &r.Type }),
		plain("transaction_id", func(r *checkout.ReportRow) *string { return &r.TransactionID }),
		plain("original_id", func(r *checkout.ReportRow) *string { return &r.OriginalID }),
		plain("request_id", func(r *checkout.ReportRow) *string { return &r.RequestID }),
		plain("original_request_id", func(r *checkout.ReportRow) *string { return &r.OriginalRequestID }),
		plain("order_reference", func(r *checkout.ReportRow) *string { return &r.OrderReference }),
		plain("method", func(r *checkout.ReportRow) *string { return &r.Method }),
		plain("status", func(r *checkout.ReportRow) *string { return &r.Status }),
		instant("at", func(r *checkout.ReportRow) *time.Time { return &r.At }),
		plain("minor", func(r *checkout.ReportRow) *int64 { return &r.Amount.Minor }),
		plain("currency", func(r *checkout.ReportRow) *checkout.Currency { return &r.Amount.Currency }),
		plain("net", func(r *checkout.ReportRow) *checkout.Fine { return &r.Net }),
		plain("fees", func(r *checkout.ReportRow) *checkout.Fine { return &r.Fees }),
		plain("charged", func(r *checkout.ReportRow) *checkout.Fine { return &r.Charged }),
		plain("formula_off", func(r *checkout.ReportRow) *checkout.Fine { return &r.FormulaOff }),
		plain("net_currency", func(r *checkout.ReportRow) *checkout.Currency { return &r.NetCurrency }),
		plain("count", func(r *checkout.ReportRow) *int { return &r.Count }),
		plain("class", func(r *checkout.ReportRow) *checkout.ReportClass { return &r.Class }),
		plain("reason", func(r *checkout.ReportRow) *string { return &r.Reason }),
		plain("act", func(r *checkout.ReportRow) *string { return &r.Act }),
		plain("order_id", func(r *checkout.ReportRow) *string { return &r.OrderID }),
		plain("payment_request_id", func(r *checkout.ReportRow) *string { return &r.PaymentRequestID }),
		plain("ours", func(r *checkout.ReportRow) *string { return &r.Ours }),
	},
})

// scanner of a mapping.
func scanOf[T any](m *mapping[T]) func(scanner) (T, error) {
	return func(row scanner) (one T, err error) {
		err = m.scan(row, &one)
		return one, err
	}
}

// ReportFileByHash implements books.Store.
func (t reportBooks) ReportFileByHash(ctx context.Context, sha256 string) (checkout.ReportFile, error) {
	f, err := scanOf(&reportFileRows)(t.store.reads.QueryRowContext(ctx, `
		SELECT `+reportFileRows.names+`
		  FROM report_files
		 WHERE sha256 = $1`, sha256))
	return f, notFound(err, "report file")
}

// notFound says that there is no row, or what has failed.
func notFound(err error, what string) error {
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return checkout.ErrNotFound
	case err != nil:
		return fmt.Errorf("read %s: %w", what, err)
	}
	return nil
}

// ReportFiles implements books.Store.
func (t reportBooks) ReportFiles(ctx context.Context, w checkout.Window) ([]checkout.ReportFile, error) {
	return collect(ctx, t.store.reads, scanOf(&reportFileRows), `
		SELECT `+reportFileRows.names+`
		  FROM report_files
		 WHERE $1 = '' OR id < $1
		 ORDER BY id DESC`+first(w.Limit), w.After)
}

// AddReportFile implements books.Store.
func (t reportBooks) AddReportFile(ctx context.Context, f checkout.ReportFile) error {
	return t.store.writeTo(ctx, aboutReports, func(ctx context.Context, tx *tx) error {
		_, err := reportFileRows.add(ctx, tx, &f)
		return err
	})
}

// ReportMerchant implements books.Store.
func (t reportBooks) ReportMerchant(ctx context.Context) (string, error) {
	merchants, err := collect(ctx, t.store.reads, scanText, `
		SELECT merchant
		  FROM report_files
		 WHERE merchant <> ''
		 ORDER BY id LIMIT 1`)
	if err != nil || len(merchants) == 0 {
		return "", err
	}
	return merchants[0], nil
}

// ReportDays implements books.Store.
func (t reportBooks) ReportDays(ctx context.Context) ([]string, error) {
	lists, err := collect(ctx, t.store.reads, func(row scanner) (days []string, err error) {
		err = row.Scan(&storedJSON[[]string]{value: &days})
		return days, err
	}, `
		SELECT DISTINCT days
		  FROM report_files
		 WHERE kind = 'transactions' AND days <> ''`)
	days := slices.Concat(lists...)
	slices.Sort(days)
	return slices.Compact(days), err
}

// SaveReportRows implements books.Store.
func (t reportBooks) SaveReportRows(ctx context.Context, rows []checkout.ReportRow) error {
	return t.store.writeTo(ctx, aboutReports, func(ctx context.Context, tx *tx) error {
		changed := rows
		for _, is := range rows {
			added, err := reportRowRows.addNew(ctx, tx, &is)
			if err == nil && !added {
				var was checkout.ReportRow
				if was, err = findReportRow(ctx, tx, is.Kind, is.Key); err == nil {
					changed = append(changed[:len(changed):len(changed)], was)
					_, err = reportRowRows.update(ctx, tx, &was, &is, is.Kind, is.Key)
				}
			}
			if err != nil {
				return fmt.Errorf("save report row: %w", err)
			}
		}
		return forgetReported(ctx, tx, changed)
	})
}

// ReportRow implements books.Store.
func (t reportBooks) ReportRow(ctx context.Context, kind, key string) (checkout.ReportRow, error) {
	return findReportRow(ctx, t.store.reads, kind, key)
}

func findReportRow(ctx context.Context, q querier, kind, key string) (checkout.ReportRow, error) {
	r, err := scanOf(&reportRowRows)(q.QueryRowContext(ctx, `
		SELECT `+reportRowRows.names+`
		  FROM report_rows
		 WHERE kind = $1 AND key = $2`, kind, key))
	return r, notFound(err, "report row")
}

// RowsAbout implements books.Store.
func (t reportBooks) RowsAbout(ctx context.Context, act string) ([]checkout.ReportRow, error) {
	return collect(ctx, t.store.reads, scanOf(&reportRowRows), `
		SELECT `+reportRowRows.names+`
		  FROM report_rows
		 WHERE act = $1 AND act <> ''
		 ORDER BY kind, key`, act)
}

// FindPayments implements books.Store. Each kind of id is looked up for all references at once.
func (t reportBooks) FindPayments(ctx context.Context, wanted []checkout.Reference) (map[checkout.Reference]string, error) {
	list := t.store.dialect.texts("$1", "w")
	found := map[checkout.Reference]string{}
	for _, kind := range []struct {
		id        func(checkout.Reference) string
		reference func(string) checkout.Reference
		query     string
	}{
		{func(r checkout.Reference) string { return r.RequestID }, func(id string) checkout.Reference { return checkout.Reference{RequestID: id} },
			`SELECT p.request_id, p.order_id FROM ` + list + ` JOIN payments AS p ON p.request_id = w.value`},
		{func(r checkout.Reference) string { return r.AntomID }, func(id string) checkout.Reference { return checkout.Reference{AntomID: id} },
			`SELECT p.antom_id, p.order_id FROM ` + list + ` JOIN payments AS p ON p.antom_id = w.value AND p.antom_id <> ''`},
		{func(r checkout.Reference) string { return r.RefundRequestID }, func(id string) checkout.Reference { return checkout.Reference{RefundRequestID: id} },
			`SELECT o.request_id, p.order_id FROM ` + list + ` JOIN operations AS o ON o.request_id = w.value AND o.kind = 'refund'
			   JOIN payments AS p ON p.request_id = o.payment_request_id`},
		{func(r checkout.Reference) string { return r.RefundID }, func(id string) checkout.Reference { return checkout.Reference{RefundID: id} },
			`SELECT o.antom_id, p.order_id FROM ` + list + ` JOIN operations AS o ON o.antom_id = w.value AND o.kind = 'refund' AND o.antom_id <> ''
			   JOIN payments AS p ON p.request_id = o.payment_request_id`},
	} {
		var ids []string
		for _, r := range wanted {
			if id := kind.id(r); id != "" {
				ids = append(ids, id)
			}
		}
		pairs, err := t.pairs(ctx, kind.query, ids)
		if err != nil {
			return nil, fmt.Errorf("find payments of a report: %w", err)
		}
		for id, order := range pairs {
			found[kind.reference(id)] = order
		}
	}
	return found, nil
}

// KnownOrders implements books.Store.
func (t reportBooks) KnownOrders(ctx context.Context, ids []string) (map[string]string, error) {
	found, err := t.pairs(ctx, `SELECT o.id, o.id FROM `+t.store.dialect.texts("$1", "w")+` JOIN orders AS o ON o.id = w.value`, ids)
	if err != nil {
		return nil, fmt.Errorf("find orders of a report: %w", err)
	}
	return found, nil
}

// pairs are what a query finds of a list of ids.
func (t reportBooks) pairs(ctx context.Context, query string, ids []string) (map[string]string, error) {
	found := map[string]string{}
	if len(ids) == 0 {
		return found, nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	_, err = collect(ctx, t.store.reads, func(row scanner) (struct{}, error) {
		var id, other string
		err := row.Scan(&id, &other)
		found[id] = other
		return struct{}{}, err
	}, query, string(list))
	return found, err
}

// OtherGeneration implements books.Store.
func (t reportBooks) OtherGeneration(ctx context.Context, kind, batch string, generation int) (other bool, err error) {
	err = t.store.reads.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1
		                 FROM report_rows
		                WHERE batch = $1 AND batch <> '' AND kind = $2 AND generation <> $3)`, batch, kind, generation).Scan(&other)
	return other, err
}

// BatchSums implements books.Store.
func (t reportBooks) BatchSums(ctx context.Context, batch string) ([]checkout.BatchSum, error) {
	return collect(ctx, t.store.reads, func(row scanner) (s checkout.BatchSum, err error) {
		s.Batch = batch
		err = row.Scan(&s.Kind, &s.Currency, &s.Type, &s.Count, &s.Net)
		return s, err
	}, `
		SELECT kind, net_currency, type, CASE WHEN kind = 'summary' THEN sum(count) ELSE count(*) END, sum(net)
		  FROM report_rows
		 WHERE batch = $1 AND batch <> '' AND kind IN ('settlement', 'summary')
		 GROUP BY kind, net_currency, type
		 ORDER BY kind, net_currency, type = 'TOTAL', type`, batch)
}

// Batches implements books.Store.
func (t reportBooks) Batches(ctx context.Context, limit int) ([]string, error) {
	return collect(ctx, t.store.reads, scanText, `
		SELECT batch
		  FROM report_rows
		 WHERE batch <> '' AND kind IN ('settlement', 'summary')
		 GROUP BY batch
		 ORDER BY max(file_id) DESC, batch`+first(limit))
}

// LedgerMoves implements books.Store.
func (t reportBooks) LedgerMoves(ctx context.Context, from, to time.Time) ([]checkout.LedgerMove, error) {
	return collect(ctx, t.store.reads, func(row scanner) (m checkout.LedgerMove, err error) {
		var at int64
		err = row.Scan(&m.OrderID, &m.Subject, &m.PaymentRequestID, &m.RequestID, &m.From, &m.To, &at)
		m.At = moment(at)
		return m, err
	}, t.store.dialect.text(`
		SELECT order_id, subject, payment_request_id, request_id, from_status, to_status, at
		  FROM transitions INDEXED BY transitions_money
		 WHERE at >= $1 AND at < $2
		   AND ((subject = 'payment' AND to_status = 'paid') OR (subject IN ('refund', 'cancel') AND to_status = 'success'))
		 ORDER BY at, seq`), from.UnixMilli(), to.UnixMilli())
}

// OrdersPaidFor implements books.Store. Ids of payments are in time order.
func (t reportBooks) OrdersPaidFor(ctx context.Context, from, to time.Time) ([]string, error) {
	return collect(ctx, t.store.reads, scanText, `
		SELECT order_id
		  FROM payments
		 WHERE request_id >= $1 AND request_id < $2 AND created_at >= $3 AND created_at < $4
		 GROUP BY order_id
		 ORDER BY min(request_id)`, checkout.FirstID(from.Add(-time.Hour)), checkout.FirstID(to.Add(time.Hour)), from.UnixMilli(), to.UnixMilli())
}
