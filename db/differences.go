package db

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"antom-checkout/checkout"
)

var differenceRows = newMapping(mapping[checkout.Difference]{
	table: "differences", key: []string{"subject"}, onConflict: "ON CONFLICT (subject) DO NOTHING",
	columns: []column[checkout.Difference]{
		plain("id", func(d *checkout.Difference) *string { return &d.ID }),
		fixed(plain("subject", func(d *checkout.Difference) *string { return &d.Subject })),
		plain("class", func(d *checkout.Difference) *checkout.ReportClass { return &d.Class }),
		plain("reason", func(d *checkout.Difference) *string { return &d.Reason }),
		plain("file_id", func(d *checkout.Difference) *string { return &d.FileID }),
		plain("line", func(d *checkout.Difference) *int { return &d.Line }),
		plain("order_id", func(d *checkout.Difference) *string { return &d.OrderID }),
		plain("payment_request_id", func(d *checkout.Difference) *string { return &d.PaymentRequestID }),
		plain("theirs", func(d *checkout.Difference) *string { return &d.Theirs }),
		plain("ours", func(d *checkout.Difference) *string { return &d.Ours }),
		instant("opened_at", func(d *checkout.Difference) *time.Time { return &d.OpenedAt }),
		instant("resolved_at", func(d *checkout.Difference) *time.Time { return &d.ResolvedAt }),
		plain("resolved_by", func(d *checkout.Difference) *string { return &d.ResolvedBy }),
		plain("note", func(d *checkout.Difference) *string { return &d.Note }),
	},
})

// SaveDifferences implements books.Store. One that both sides had agreed about is open again;
// what a person has resolved stays so while it is the same.
func (t reportBooks) SaveDifferences(ctx context.Context, found []checkout.Difference) error {
	if len(found) == 0 {
		return nil
	}
	return t.store.writeTo(ctx, aboutReports, func(ctx context.Context, tx *tx) error {
		for _, is := range found {
			added, err := differenceRows.addNew(ctx, tx, &is)
			if err == nil && !added {
				var was checkout.Difference
				if was, err = findDifference(ctx, tx, is.Subject); err == nil && was.Replaced(is) {
					_, err = differenceRows.update(ctx, tx, &was, &is, is.Subject)
				}
			}
			if err != nil {
				return fmt.Errorf("save difference: %w", err)
			}
		}
		return nil
	})
}

func findDifference(ctx context.Context, q querier, subject string) (checkout.Difference, error) {
	d, err := scanOf(&differenceRows)(q.QueryRowContext(ctx, `
		SELECT `+differenceRows.names+`
		  FROM differences
		 WHERE subject = $1`, subject))
	return d, notFound(err, "difference")
}

// Differences implements books.Store.
func (t reportBooks) Differences(ctx context.Context, all bool, w checkout.Window) ([]checkout.Difference, error) {
	where, after := "resolved_at IS NULL", cmp.Or(w.After, afterAllIDs)
	if all {
		where = "TRUE"
	}
	// One condition that the index knows: with an OR for the first page every page would read all
	// differences before it.
	return collect(ctx, t.store.reads, scanOf(&differenceRows), differencesPage(where, w.Limit), after)
}

func differencesPage(where string, limit int) string {
	return `
		SELECT ` + differenceRows.names + `
		  FROM differences
		 WHERE ` + where + ` AND id < $1
		 ORDER BY id DESC` + first(limit)
}

// afterAllIDs is greater than every id.
const afterAllIDs = "~"

// OpenDifferences lists the differences that are open, oldest first.
func (t reportBooks) OpenDifferences(ctx context.Context, limit int) ([]checkout.ReportDifference, error) {
	return collect(ctx, t.store.reads, func(row scanner) (d checkout.ReportDifference, err error) {
		err = differenceRows.scan(row, &d.Difference, &d.File)
		return d, err
	}, `
		SELECT `+differenceRows.names+`,
		       coalesce((SELECT name FROM report_files WHERE report_files.id = differences.file_id), '')
		  FROM differences
		 WHERE resolved_at IS NULL
		 ORDER BY id`+first(limit))
}

// OpenDifference implements books.Store.
func (t reportBooks) OpenDifference(ctx context.Context, id string) (checkout.Difference, error) {
	d, err := scanOf(&differenceRows)(t.store.reads.QueryRowContext(ctx, `
		SELECT `+differenceRows.names+`
		  FROM differences
		 WHERE id = $1 AND resolved_at IS NULL`, id))
	return d, notFound(err, "difference")
}

// ResolveDifference implements books.Store.
func (t reportBooks) ResolveDifference(ctx context.Context, subjectOrID string, at time.Time, by, note string) error {
	return t.store.writeTo(ctx, aboutReports, func(ctx context.Context, tx *tx) error {
		res, err := tx.ExecContext(ctx, `
			UPDATE differences
			   SET resolved_at = $1, resolved_by = $2, note = $3
			 WHERE (subject = $4 OR id = $4) AND resolved_at IS NULL`, at.UnixMilli(), by, note, subjectOrID)
		if err != nil {
			return fmt.Errorf("resolve difference: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return checkout.ErrNotFound
	})
}
