package books

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"antom-checkout/antom/reports"
	"antom-checkout/checkout"
)

// savedAtOnce is how many rows are written in one transaction, so that payments do not wait
// for a file. rememberedOrders bounds what a file of any length takes of memory.
const (
	savedAtOnce      = 200
	rememberedOrders = 2000
)

// reading is one run over some files.
type reading struct {
	*Service
	result   *Result
	orders   map[string]known      // by their ids, as they were when first needed
	subjects map[string]bool       // what this run has found open
	open     map[string]bool       // what was open before
	noted    map[string]bool       // what it has stored itself
	found    []checkout.Difference // to be stored
	batches  map[string]bool
	days     []string
}

// newReading is a run that knows what is open.
func (s *Service) newReading(ctx context.Context, result *Result) (*reading, error) {
	r := s.emptyReading(result)
	return r, s.eachOpen(ctx, func(open []checkout.Difference) error {
		for _, d := range open {
			r.open[d.Subject] = true
		}
		return nil
	})
}

func (s *Service) emptyReading(result *Result) *reading {
	return &reading{Service: s, result: result, orders: map[string]known{}, subjects: map[string]bool{}, open: map[string]bool{}, noted: map[string]bool{}, batches: map[string]bool{}}
}

// eachOpen goes through all differences that are open, some at a time.
func (s *Service) eachOpen(ctx context.Context, do func([]checkout.Difference) error) error {
	window := checkout.Window{Limit: savedAtOnce}
	for {
		open, err := s.store.Differences(ctx, false, window)
		if err != nil {
			return err
		}
		if len(open) == 0 {
			return nil
		}
		if err := do(open); err != nil {
			return err
		}
		window.After = open[len(open)-1].ID
	}
}

// ErrOtherUnit is a file whose amounts fit the records in the other unit.
var ErrOtherUnit = errors.New("the amounts fit the records in the other unit")

// file reads one file, unless it was read before.
func (r *reading) file(ctx context.Context, f *reports.File) error {
	told := FileResult{Name: f.Name, Kind: string(f.Kind), Rows: len(f.Rows), Others: f.Others, Days: daysOf(f)}
	_, err := r.store.ReportFileByHash(ctx, identity(f))
	if told.Already = err == nil; err != nil && !checkout.IsNotFound(err) {
		return err
	}
	id := r.cfg.NewID()
	rows := rowsOf(f, id)
	var unit unitCheck
	for chunk := range slices.Chunk(rows, savedAtOnce) {
		if err := r.classifyAll(ctx, chunk); err != nil {
			return err
		}
		for _, row := range chunk {
			unit.add(row, r.orders[row.OrderID].order)
			r.result.Classes[row.Class]++
			if row.Batch != "" && f.Kind != reports.Transactions {
				r.batches[row.Batch] = true
			}
		}
	}
	if unit.other > 0 && unit.this == 0 && !f.Pointed {
		return fmt.Errorf("%w: in %d rows; say --amounts minor where a file has 4200 for 42.00, and --amounts major where it has 42", ErrOtherUnit, unit.other)
	}
	r.result.Files = append(r.result.Files, told)
	r.days = append(r.days, told.Days...)
	if told.Already {
		for _, row := range rows {
			r.subjects[rowSubject(row)] = true
		}
		return nil
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
	if err := r.storeFound(ctx); err != nil {
		return err
	}
	return r.store.AddReportFile(ctx, checkout.ReportFile{
		ID: id, SHA256: identity(f), Name: f.Name, Kind: string(f.Kind), Generation: f.Generation, Merchant: f.Merchant,
		Days: told.Days, Rows: len(rows), ReadAt: r.cfg.Now(),
	})
}

// identity tells a file from others: the hash of its bytes. Those of two days without
// business have the same bytes.
func identity(f *reports.File) string {
	if len(f.Rows) == 0 {
		return f.SHA256 + " " + f.Name
	}
	return f.SHA256
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

// unitCheck counts how many rows fit the records in the unit that the file was read in, and
// how many would fit in the other one.
type unitCheck struct{ this, other int }

func (u *unitCheck) add(row checkout.ReportRow, o checkout.Order) {
	p := o.Payment(row.PaymentRequestID)
	exponent := row.Amount.Currency.Exponent()
	switch {
	case exponent == 0 || row.Amount.Minor == 0 || p == nil:
		return
	case row.Class == checkout.RowMatched:
		u.this++
		return
	case row.Class != checkout.RowAmount || row.Reason != "":
		return
	}
	factor := int64(1)
	for range exponent {
		factor *= 10
	}
	ours, theirs := p.EffectiveAmount().Minor, max(row.Amount.Minor, -row.Amount.Minor)
	if theirs == ours*factor || theirs*factor == ours {
		u.other++
	}
}

// mostReferences is how many ids a row has at most: so many orders may be needed for it.
const mostReferences = 6

// references are the ids by which the payment of a row may be found.
func references(row checkout.ReportRow) (all []checkout.Reference) {
	for _, by := range []checkout.Reference{
		{RequestID: row.RequestID}, {RequestID: row.OriginalRequestID}, {RefundRequestID: row.RequestID},
		{AntomID: row.TransactionID}, {AntomID: row.OriginalID}, {RefundID: row.TransactionID},
	} {
		if by != (checkout.Reference{}) {
			all = append(all, by)
		}
	}
	return all
}

// classifyAll finds what rows are about. Their orders are looked up for all of them at once: a
// query for each id of each row would take longer than all else.
func (r *reading) classifyAll(ctx context.Context, rows []checkout.ReportRow) error {
	if len(r.orders)+mostReferences*len(rows) > rememberedOrders {
		clear(r.orders)
	}
	var wanted []checkout.Reference
	var orders []string
	for _, row := range rows {
		wanted = append(wanted, references(row)...)
		if row.OrderReference != "" {
			orders = append(orders, row.OrderReference)
		}
	}
	found, err := r.store.FindPayments(ctx, wanted)
	if err != nil {
		return err
	}
	known, err := r.store.KnownOrders(ctx, orders)
	if err != nil {
		return err
	}
	for i, row := range rows {
		if rows[i], err = r.classify(ctx, row, found, known[row.OrderReference]); err != nil {
			return err
		}
	}
	return nil
}

// classify finds what a row is about: found are the orders that references lead to, and
// byReference is the one that the row names itself, or "".
func (r *reading) classify(ctx context.Context, row checkout.ReportRow, found map[checkout.Reference]string, byReference string) (checkout.ReportRow, error) {
	if row.Kind == checkout.ReportSummary {
		return classify(row, nil, ""), nil
	}
	var candidates []known
	for _, by := range references(row) {
		orderID, leads := found[by]
		if !leads || slices.ContainsFunc(candidates, func(k known) bool { return k.order.ID == orderID }) {
			continue
		}
		k, err := r.order(ctx, orderID)
		if err != nil {
			return row, err
		}
		candidates = append(candidates, k)
	}
	if len(candidates) > 0 {
		byReference = ""
	}
	return r.oncePaid(ctx, classify(row, candidates, byReference))
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
	if len(r.orders) >= rememberedOrders {
		clear(r.orders)
	}
	r.orders[id] = known{o, ledger}
	return r.orders[id], nil
}

// keep stores the difference of a row, or ends the one that it had.
func (r *reading) keep(ctx context.Context, row checkout.ReportRow) error {
	subject := rowSubject(row)
	if agrees(row) {
		return r.end(ctx, subject, checkout.ResolvedByReport)
	}
	return r.differs(ctx, checkout.Difference{
		Subject: subject, Class: row.Class, Reason: row.Reason, FileID: row.FileID, Line: row.Line,
		OrderID: row.OrderID, PaymentRequestID: row.PaymentRequestID, Theirs: theirs(row), Ours: row.Ours,
	})
}

// agrees reports whether a row is no difference.
func agrees(row checkout.ReportRow) bool {
	return row.Class == checkout.RowMatched || row.Class == checkout.RowFeeOnly && row.Reason == reasonFeeRow
}

func rowSubject(row checkout.ReportRow) string { return "row:" + row.Kind + ":" + row.Key }

// differs notes a difference to be stored.
func (r *reading) differs(ctx context.Context, d checkout.Difference) error {
	d.ID, d.OpenedAt = r.cfg.NewID(), r.cfg.Now()
	r.subjects[d.Subject], r.noted[d.Subject] = true, true
	if r.found = append(r.found, d); len(r.found) < savedAtOnce {
		return nil
	}
	return r.storeFound(ctx)
}

// storeFound stores what was noted.
func (r *reading) storeFound(ctx context.Context) error {
	found := r.found
	r.found = nil
	return r.store.SaveDifferences(ctx, found)
}

// end ends a difference that does not hold now, if it was open.
func (r *reading) end(ctx context.Context, subject, by string) error {
	switch {
	case r.noted[subject]: // by a file of this run
		if err := r.storeFound(ctx); err != nil {
			return err
		}
	case !r.open[subject]:
		return nil
	}
	delete(r.open, subject)
	delete(r.noted, subject)
	err := r.store.ResolveDifference(ctx, subject, r.cfg.Now(), by, "")
	if checkout.IsNotFound(err) {
		return nil // another process, or a person, was faster
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

// examineOpen compares all open differences again, and collects those that remain of what
// this run was about.
func (r *reading) examineOpen(ctx context.Context) error {
	if err := r.storeFound(ctx); err != nil {
		return err
	}
	if err := r.eachOpen(ctx, func(open []checkout.Difference) error { return r.examineAll(ctx, open) }); err != nil {
		return err
	}
	return r.storeFound(ctx)
}

// examineAll compares some differences again.
func (r *reading) examineAll(ctx context.Context, open []checkout.Difference) error {
	again, err := r.classifyAgain(ctx, open)
	if err != nil {
		return err
	}
	for _, d := range open {
		if err := r.examine(ctx, d, again[d.Subject]); err != nil {
			return err
		}
	}
	return nil
}

// examine compares a difference again; again is its row with the class that it has now, if it is
// about a row.
func (r *reading) examine(ctx context.Context, d checkout.Difference, again checkout.ReportRow) error {
	if r.noted[d.Subject] {
		r.result.Differences = append(r.result.Differences, d)
		return nil
	}
	r.open[d.Subject] = true
	if _, _, isRow := cutRow(d.Subject); isRow {
		if agrees(again) {
			return r.end(ctx, d.Subject, checkout.ResolvedByReport)
		}
		if again.Class != d.Class || again.Reason != d.Reason || again.Ours != d.Ours {
			d.Class, d.Reason, d.Ours, d.OrderID, d.PaymentRequestID = again.Class, again.Reason, again.Ours, again.OrderID, again.PaymentRequestID
			r.found = append(r.found, d)
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

// classifyAgain compares the stored rows of differences with the records as they are now, and
// returns them by the subjects of the differences. What this run has just compared is left out.
func (r *reading) classifyAgain(ctx context.Context, open []checkout.Difference) (map[string]checkout.ReportRow, error) {
	var rows []checkout.ReportRow
	for _, d := range open {
		kind, key, isRow := cutRow(d.Subject)
		if !isRow || r.noted[d.Subject] {
			continue
		}
		row, err := r.store.ReportRow(ctx, kind, key)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	was := slices.Clone(rows)
	if err := r.classifyAll(ctx, rows); err != nil {
		return nil, err
	}
	again := map[string]checkout.ReportRow{}
	var changed []checkout.ReportRow
	for i, row := range rows {
		again[rowSubject(row)] = row
		if row != was[i] {
			changed = append(changed, row)
		}
	}
	if len(changed) == 0 {
		return again, nil
	}
	return again, r.store.SaveReportRows(ctx, changed)
}

// cutRow is the row that a difference is about.
func cutRow(subject string) (kind, key string, isRow bool) {
	rest, isRow := strings.CutPrefix(subject, "row:")
	kind, key, _ = strings.Cut(rest, ":")
	return kind, key, isRow
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, cmp.Compare)
	return keys
}
