package books

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"antom-checkout/antom/reports"
	"antom-checkout/checkout"
)

// savedAtOnce is how many rows are written in one transaction, so that payments do not wait
// for a file.
const savedAtOnce = 200

// reading is one run over some files.
type reading struct {
	*Service
	result   *Result
	orders   map[string]known // by their ids, as they were when first needed
	subjects map[string]bool  // what this run has found open
	batches  map[string]bool
	days     []string
}

// ErrOtherUnit is a file whose amounts fit the records in the other unit.
var ErrOtherUnit = errors.New("the amounts fit the records in the other unit")

// file reads one file, unless it was read before.
func (r *reading) file(ctx context.Context, f *reports.File) error {
	told := FileResult{Name: f.Name, Kind: string(f.Kind), Rows: len(f.Rows), Others: f.Others, Days: daysOf(f)}
	_, err := r.store.ReportFileByHash(ctx, f.SHA256)
	if told.Already = err == nil; err != nil && !checkout.IsNotFound(err) {
		return err
	}
	id := r.cfg.NewID()
	rows := rowsOf(f, id)
	for i, row := range rows {
		if rows[i], err = r.classify(ctx, row); err != nil {
			return err
		}
		r.result.Classes[rows[i].Class]++
		if row.Batch != "" && f.Kind != reports.Transactions {
			r.batches[row.Batch] = true
		}
	}
	r.result.Files = append(r.result.Files, told)
	r.days = append(r.days, told.Days...)
	if told.Already {
		for _, row := range rows {
			r.subjects[rowSubject(row)] = true
		}
		return nil
	}
	if err := r.checkUnit(f, rows); err != nil {
		return err
	}
	for chunk := range slices.Chunk(rows, savedAtOnce) {
		if err := r.store.SaveReportRows(ctx, chunk); err != nil {
			return err
		}
	}
	for _, row := range rows {
		if err := r.keep(ctx, row); err != nil {
			return err
		}
	}
	return r.store.AddReportFile(ctx, checkout.ReportFile{
		ID: id, SHA256: f.SHA256, Name: f.Name, Kind: string(f.Kind), Generation: f.Generation, Merchant: f.Merchant,
		Days: told.Days, Rows: len(rows), ReadAt: r.cfg.Now(),
	})
}

// daysOf are the days that a file of transaction details is about: that of its name, or
// those of its rows.
func daysOf(f *reports.File) (days []string) {
	switch {
	case f.Kind != reports.Transactions:
		return nil
	case f.Day != "":
		return []string{f.Day}
	}
	for _, row := range f.Rows {
		days = append(days, dayOf(row.At))
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// checkUnit refuses a file of which no amount has a decimal point and no row fits, but some
// would if its amounts were in the other unit. It stores nothing of it.
func (r *reading) checkUnit(f *reports.File, rows []checkout.ReportRow) error {
	if f.Pointed {
		return nil
	}
	fits := 0
	for _, row := range rows {
		k, loaded := r.orders[row.OrderID]
		exponent := row.Amount.Currency.Exponent()
		if !loaded || exponent == 0 {
			continue
		}
		p := k.order.Payment(row.PaymentRequestID)
		switch {
		case row.Class == checkout.RowMatched && row.Amount.Minor != 0:
			return nil
		case p == nil, row.Class != checkout.RowAmount, row.Reason != "":
			continue
		}
		factor := int64(1)
		for range exponent {
			factor *= 10
		}
		ours, theirs := p.EffectiveAmount().Minor, max(row.Amount.Minor, -row.Amount.Minor)
		if theirs == ours*factor || theirs*factor == ours {
			fits++
		}
	}
	if fits > 0 {
		return fmt.Errorf("%w: in %d rows; say --amounts minor where a file has 4200 for 42.00, and --amounts major where it has 42", ErrOtherUnit, fits)
	}
	return nil
}

// classify finds what a row is about.
func (r *reading) classify(ctx context.Context, row checkout.ReportRow) (checkout.ReportRow, error) {
	if row.Kind == checkout.ReportSummary {
		return classify(row, nil, ""), nil
	}
	var candidates []known
	for _, by := range []checkout.Reference{
		{RequestID: row.RequestID}, {RequestID: row.OriginalRequestID}, {RefundRequestID: row.RequestID},
		{AntomID: row.TransactionID}, {AntomID: row.OriginalID}, {RefundID: row.TransactionID},
	} {
		if by == (checkout.Reference{}) {
			continue
		}
		orderID, _, err := r.store.FindPayment(ctx, by)
		if checkout.IsNotFound(err) {
			continue
		}
		if err != nil {
			return row, err
		}
		if slices.ContainsFunc(candidates, func(k known) bool { return k.order.ID == orderID }) {
			continue
		}
		k, err := r.order(ctx, orderID)
		if err != nil {
			return row, err
		}
		candidates = append(candidates, k)
	}
	reference := ""
	if len(candidates) == 0 && row.OrderReference != "" {
		k, err := r.order(ctx, row.OrderReference)
		if err != nil && !checkout.IsNotFound(err) {
			return row, err
		}
		reference = k.order.ID
	}
	return r.oncePaid(ctx, classify(row, candidates, reference))
}

// oncePaid finds an act that two rows pay out: of one file, or of two batches.
func (r *reading) oncePaid(ctx context.Context, row checkout.ReportRow) (checkout.ReportRow, error) {
	kind, _, _ := strings.Cut(row.Act, ":")
	if row.Class != checkout.RowMatched || !slices.Contains([]string{"payment", "capture", "refund", "cancel"}, kind) {
		return row, nil
	}
	if strings.Contains(row.Key, "#") {
		return row.As(checkout.RowAmount, reasonTwice), nil
	}
	if row.Kind != checkout.ReportSettlement {
		return row, nil
	}
	others, err := r.store.RowsAbout(ctx, row.Act)
	if err != nil {
		return row, err
	}
	for _, other := range others {
		if other.Kind == row.Kind && other.Batch != row.Batch {
			return row.As(checkout.RowAmount, reasonTwice), nil
		}
	}
	return row, nil
}

// order is an order with its ledger.
func (r *reading) order(ctx context.Context, id string) (known, error) {
	if k, loaded := r.orders[id]; loaded {
		return k, nil
	}
	o, err := r.store.OrderByID(ctx, id)
	if err != nil {
		return known{}, err
	}
	ledger, err := r.store.Timeline(ctx, id)
	if err != nil {
		return known{}, err
	}
	r.orders[id] = known{o, ledger}
	return r.orders[id], nil
}

// keep stores the difference of a row, or ends the one that it had.
func (r *reading) keep(ctx context.Context, row checkout.ReportRow) error {
	subject := rowSubject(row)
	if row.Class == checkout.RowMatched || row.Class == checkout.RowFeeOnly && row.Reason == reasonFeeRow {
		return r.end(ctx, subject, checkout.ResolvedByReport)
	}
	r.subjects[subject] = true
	return r.store.SaveDifference(ctx, checkout.Difference{
		ID: r.cfg.NewID(), Subject: subject, Class: row.Class, Reason: row.Reason, FileID: row.FileID, Line: row.Line,
		OrderID: row.OrderID, PaymentRequestID: row.PaymentRequestID, Theirs: theirs(row), Ours: row.Ours, OpenedAt: r.cfg.Now(),
	})
}

func rowSubject(row checkout.ReportRow) string { return "row:" + row.Kind + ":" + row.Key }

// end ends a difference that does not hold now, if there is one.
func (r *reading) end(ctx context.Context, subject, by string) error {
	err := r.store.ResolveDifference(ctx, subject, r.cfg.Now(), by, "")
	if checkout.IsNotFound(err) {
		return nil
	}
	return err
}

// finish compares what the files say together: payments without a row, and sums. Then it
// examines what was open before, because a file may have ended it.
func (r *reading) finish(ctx context.Context) error {
	slices.Sort(r.days)
	for _, day := range slices.Compact(r.days) {
		if err := r.missing(ctx, day); err != nil {
			return err
		}
	}
	for _, batch := range sortedKeys(r.batches) {
		if err := r.sums(ctx, batch); err != nil {
			return err
		}
	}
	return r.examineOpen(ctx)
}

// nearMidnight is how far from midnight the records and Antom may disagree about the day.
const nearMidnight = 15 * time.Minute

// missing finds what the records say of a day and no file has a row about.
func (r *reading) missing(ctx context.Context, day string) error {
	start, err := startOf(day)
	if err != nil {
		return err
	}
	read, err := r.store.ReportDays(ctx)
	if err != nil {
		return err
	}
	moves, err := r.store.LedgerMoves(ctx, start.Add(-nearMidnight), start.AddDate(0, 0, 1).Add(nearMidnight))
	if err != nil {
		return err
	}
	for _, m := range moves {
		complete := true
		for _, at := range []time.Time{m.At.Add(-nearMidnight), m.At, m.At.Add(nearMidnight)} {
			complete = complete && slices.Contains(read, dayOf(at))
		}
		if !complete {
			continue // the file of the neighbouring day may have its row
		}
		if err := r.expect(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// expect finds whether a row is about a move of the ledger.
func (r *reading) expect(ctx context.Context, m checkout.LedgerMove) error {
	k, err := r.order(ctx, m.OrderID)
	if err != nil {
		return err
	}
	p := k.order.Payment(m.PaymentRequestID)
	wanted, ours := expected(m, k, p)
	if len(wanted) == 0 {
		return nil
	}
	subject := "act:" + wanted[0]
	for _, one := range wanted {
		rows, err := r.store.RowsAbout(ctx, one)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(rows, func(row checkout.ReportRow) bool { return row.Kind == checkout.ReportTransactions }) {
			return r.end(ctx, subject, checkout.ResolvedByReport)
		}
	}
	r.result.Classes[checkout.RowMissingThere]++
	r.subjects[subject] = true
	return r.store.SaveDifference(ctx, checkout.Difference{
		ID: r.cfg.NewID(), Subject: subject, Class: checkout.RowMissingThere, OrderID: k.order.ID, PaymentRequestID: p.RequestID,
		Ours: ours, OpenedAt: r.cfg.Now(),
	})
}

// expected are the acts of which a row must exist for a move of the ledger, one of them;
// none where a report need not have one. A card is paid by its capture; the documents leave
// open whether an automatic one has a row of its own.
func expected(m checkout.LedgerMove, k known, p *checkout.Payment) (acts []string, ours string) {
	if p == nil {
		return nil, ""
	}
	at := m.At.UTC().Format(time.RFC3339)
	switch m.Subject {
	case checkout.SubjectPayment:
		acts = []string{act("payment", p.RequestID, "")}
		if slices.ContainsFunc(p.Operations, func(op checkout.Operation) bool { return op.Kind == checkout.Capture }) {
			acts = []string{act("capture", p.RequestID, ""), acts[0]}
		}
		return acts, "paid " + p.EffectiveAmount().String() + " at " + at
	case string(checkout.Refund):
		if op := p.Operation(checkout.Refund, m.RequestID); op != nil {
			return []string{act("refund", p.RequestID, m.RequestID)}, "refunded " + op.Amount.String() + " at " + at
		}
	case string(checkout.Cancel):
		if wasPaid(k, p) {
			return []string{act("cancel", p.RequestID, "")}, "cancelled " + p.EffectiveAmount().String() + " at " + at
		}
	}
	return nil, ""
}

// wasPaid reports whether the payment was paid at some time: otherwise a cancel has returned no
// money.
func wasPaid(k known, p *checkout.Payment) bool {
	return slices.ContainsFunc(k.ledger, func(e checkout.TimelineEntry) bool {
		return e.Subject == checkout.SubjectPayment && e.PaymentRequestID == p.RequestID && e.To == string(checkout.PaymentPaid)
	})
}

// sums compares the settlement details of a batch with its summary.
func (r *reading) sums(ctx context.Context, batch string) error {
	found, err := r.store.BatchSums(ctx, batch)
	if err != nil {
		return err
	}
	r.result.Sums = append(r.result.Sums, found...)
	off := compareSums(found)
	for _, d := range off {
		d.ID, d.OpenedAt = r.cfg.NewID(), r.cfg.Now()
		r.result.Classes[checkout.SumDiffers]++
		r.subjects[d.Subject] = true
		if err := r.store.SaveDifference(ctx, d); err != nil {
			return err
		}
	}
	for _, s := range found {
		subject := sumSubject(s.Batch, s.Currency, s.Type)
		if !slices.ContainsFunc(off, func(d checkout.Difference) bool { return d.Subject == subject }) {
			if err := r.end(ctx, subject, checkout.ResolvedByReport); err != nil {
				return err
			}
		}
	}
	return nil
}

// examineOpen compares all open differences again, and collects those that remain of what
// this run was about.
func (r *reading) examineOpen(ctx context.Context) error {
	window := checkout.Window{Limit: savedAtOnce}
	for {
		open, err := r.store.Differences(ctx, false, window)
		if err != nil {
			return err
		}
		for _, d := range open {
			if err := r.examine(ctx, d); err != nil {
				return err
			}
		}
		if len(open) < window.Limit {
			return nil
		}
		window.After = open[len(open)-1].ID
	}
}

func (r *reading) examine(ctx context.Context, d checkout.Difference) error {
	if kind, key, isRow := cutRow(d.Subject); isRow {
		row, err := r.store.ReportRow(ctx, kind, key)
		if err != nil {
			return err
		}
		again, err := r.classify(ctx, row)
		if err != nil {
			return err
		}
		if again != row {
			if err := r.store.SaveReportRows(ctx, []checkout.ReportRow{again}); err != nil {
				return err
			}
		}
		if again.Class == checkout.RowMatched {
			return r.keep(ctx, again)
		}
	}
	if what, isAct := strings.CutPrefix(d.Subject, "act:"); isAct {
		rows, err := r.store.RowsAbout(ctx, what)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(rows, func(row checkout.ReportRow) bool { return row.Kind == checkout.ReportTransactions }) {
			return r.end(ctx, d.Subject, checkout.ResolvedByReport)
		}
	}
	if r.subjects[d.Subject] {
		r.result.Differences = append(r.result.Differences, d)
	}
	return nil
}

// cutRow is the row that a difference is about.
func cutRow(subject string) (kind, key string, isRow bool) {
	rest, isRow := strings.CutPrefix(subject, "row:")
	kind, key, _ = strings.Cut(rest, ":")
	return kind, key, isRow
}

func sumSubject(batch string, currency checkout.Currency, kind string) string {
	return "sum:" + batch + ":" + string(currency) + ":" + kind
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, cmp.Compare)
	return keys
}
