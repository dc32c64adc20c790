package db

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/checkout"
)

// fullRow is a row of a report without an empty field.
func fullRow(key string) checkout.ReportRow {
	return checkout.ReportRow{
		Kind: checkout.ReportSettlement, Key: key, FileID: "f1", Line: 2, Batch: "b1", Generation: 2, Type: "REFUND", TransactionID: "antom-1",
		OriginalID: "antom-0", RequestID: "r1", OriginalRequestID: "p1", OrderReference: "o1", Method: "CARD", Status: "TO_BE_SETTLED",
		At: noon, Amount: sgd(-100), Net: -9_900, Fees: 100, Charged: -100, FormulaOff: 5, NetCurrency: "SGD", Count: 1,
		Class: checkout.RowAmount, Reason: "twice", Act: "refund:p1:r1", OrderID: "o1", PaymentRequestID: "p1", Ours: "SGD 90",
	}
}

func saveRows(t *testing.T, store *Store, rows ...checkout.ReportRow) {
	t.Helper()
	if err := store.SaveReportRows(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
}

func TestReportsAreReadBackAsTheyWereWritten(t *testing.T) {
	store := openStore(t)
	file := checkout.ReportFile{
		ID: "f1", SHA256: "hash", Name: "transactionItems_20260601_000.csv", Kind: checkout.ReportTransactions, Generation: 2,
		Merchant: "M1", Days: []string{"20260601", "20260602"}, Rows: 3, ReadAt: noon,
	}
	expectFilled(t, "ReportFile", reflect.ValueOf(file))
	again := file
	again.ID = "f2"
	for _, f := range []checkout.ReportFile{file, again} {
		if err := store.AddReportFile(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	found, err := store.ReportFileByHash(t.Context(), "hash")
	if diff := cmp.Diff(file, found); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	_, err = store.ReportFileByHash(t.Context(), "other")
	expectNotFound(t, "a file that was not read", err)
	if files, err := store.ReportFiles(t.Context(), checkout.Window{Limit: 9}); err != nil || len(files) != 1 {
		t.Errorf("the files are %v, %v", files, err)
	}
	days, err := store.ReportDays(t.Context())
	if diff := cmp.Diff(file.Days, days); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	if merchant, err := store.ReportMerchant(t.Context()); err != nil || merchant != "M1" {
		t.Errorf("the merchant is %q, %v", merchant, err)
	}

	row := fullRow("k1")
	expectFilled(t, "ReportRow", reflect.ValueOf(row))
	saveRows(t, store, row)
	stored, err := store.ReportRow(t.Context(), row.Kind, "k1")
	if diff := cmp.Diff(row, stored); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

// Every field of a row but its name is written again.
func TestARowThatHasGrownIsReplaced(t *testing.T) {
	store := openStore(t)
	saveRows(t, store, fullRow("k1"))
	grown := checkout.ReportRow{Kind: checkout.ReportSettlement, Key: "k1"}
	saveRows(t, store, grown)
	stored, err := store.ReportRow(t.Context(), grown.Kind, "k1")
	if diff := cmp.Diff(grown, stored); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestRowsAreFoundByWhatTheyAreAbout(t *testing.T) {
	store := openStore(t)
	other := fullRow("k2")
	other.Act, other.Batch, other.Net = "refund:p1:r2", "b2", 100
	total := fullRow("TOTAL")
	total.Kind, total.Type, total.Act, total.Count, total.Net = checkout.ReportSummary, "TOTAL", "", 7, -1
	second := fullRow("k3")
	second.Act = ""
	saveRows(t, store, fullRow("k1"), other, total, second)
	if rows, err := store.RowsAbout(t.Context(), "refund:p1:r1"); err != nil || len(rows) != 1 || rows[0].Key != "k1" {
		t.Errorf("found %v, %v", rows, err)
	}
	if rows, err := store.RowsAbout(t.Context(), ""); err != nil || len(rows) != 0 {
		t.Errorf("about nothing: %v, %v", rows, err)
	}
	for generation, want := range map[int]bool{1: true, 2: false} {
		if got, err := store.OtherGeneration(t.Context(), checkout.ReportSettlement, "b1", generation); got != want || err != nil {
			t.Errorf("in generation %d: %t, %v", generation, got, err)
		}
	}
	sums, err := store.BatchSums(t.Context(), "b1")
	if diff := cmp.Diff([]checkout.BatchSum{
		{Batch: "b1", Kind: "settlement", Currency: "SGD", Type: "REFUND", Count: 2, Net: -19_800},
		{Batch: "b1", Kind: "summary", Currency: "SGD", Type: "TOTAL", Count: 7, Net: -1},
	}, sums); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	if batches, err := store.Batches(t.Context(), 9); err != nil || len(batches) != 2 {
		t.Errorf("the batches are %v, %v", batches, err)
	}
}

func openDifferences(t *testing.T, store *Store, all bool) (subjects []string) {
	t.Helper()
	list, err := store.Differences(t.Context(), all, checkout.Window{Limit: 9})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		subjects = append(subjects, d.ID+" "+d.ResolvedBy)
	}
	return subjects
}

// What a person has resolved stays so while it is the same, and what had ended by itself is
// open again when it comes back.
func TestADifferenceIsOpenUntilItIsResolved(t *testing.T) {
	store := openStore(t)
	d := checkout.Difference{
		ID: "d1", Subject: "row:k1", Class: checkout.RowAmount, Reason: "sign", FileID: "f1", Line: 3, OrderID: "o1", PaymentRequestID: "p1",
		Theirs: "SGD 90", Ours: "SGD 100", OpenedAt: noon, ResolvedAt: noon.Add(time.Hour), ResolvedBy: "ann", Note: "asked",
	}
	expectFilled(t, "Difference", reflect.ValueOf(d))
	save := func(d checkout.Difference) {
		t.Helper()
		if err := store.SaveDifferences(t.Context(), []checkout.Difference{d}); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(all bool, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, openDifferences(t, store, all)); diff != "" {
			t.Error(diff)
		}
	}
	save(d)
	list, err := store.Differences(t.Context(), true, checkout.Window{Limit: 9})
	if diff := cmp.Diff([]checkout.Difference{d}, list); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	expect(false)
	d.ID, d.ResolvedAt, d.ResolvedBy, d.Note = "d2", time.Time{}, "", ""
	save(d) // the same again
	expect(true, "d1 ann")
	d.Ours = "SGD 110"
	save(d)
	expect(false, "d2 ")
	resolve := func(by string) error {
		return store.ResolveDifference(t.Context(), d.Subject, noon, by, "")
	}
	if err := resolve(checkout.ResolvedByReport); err != nil {
		t.Fatal(err)
	}
	expectNotFound(t, "one that is resolved", resolve("ann"))
	d.ID = "d3"
	save(d)
	expect(false, "d3 ")
}

// What a day's report must have a row about is found by time, through an index of its own.
func TestMovesOfTheLedgerAreFoundByTheirTime(t *testing.T) {
	store := openStore(t)
	for i, at := range []time.Time{noon, noon.Add(time.Hour)} {
		store.now = func() time.Time { return at }
		if err := placeFull(store, fullOrder(fmt.Sprint("o", i))); err != nil {
			t.Fatal(err)
		}
	}
	moves, err := store.LedgerMoves(t.Context(), noon.Add(time.Minute), noon.Add(2*time.Hour))
	if err != nil || len(moves) != 1 || moves[0].OrderID != "o1" || moves[0].To != "paid" || moves[0].PaymentRequestID != "p-o1" || !moves[0].At.Equal(noon.Add(time.Hour)) {
		t.Errorf("found %+v, %v", moves, err)
	}
}

// Every page of the open differences is found by the index, and not by reading those before it.
func TestAPageOfDifferencesIsFoundByItsIndex(t *testing.T) {
	onSQLiteOnly(t, "how SQLite plans a query")
	store := openStore(t)
	plan, err := collect(t.Context(), store.reads, func(row scanner) (detail string, err error) {
		var id, parent, unused int
		err = row.Scan(&id, &parent, &unused, &detail)
		return detail, err
	}, `EXPLAIN QUERY PLAN `+differencesPage("resolved_at IS NULL", 200), afterAllIDs)
	if want := []string{"SEARCH differences USING INDEX differences_open (id<?)"}; !slices.Equal(plan, want) || err != nil {
		t.Errorf("the plan is %q, %v", plan, err)
	}
}

// Payments of a report are found by each of their ids, many at a time.
func TestPaymentsOfAReportAreFoundTogether(t *testing.T) {
	store := openStore(t)
	if err := placeFull(store, fullOrder("o1")); err != nil {
		t.Fatal(err)
	}
	o := orderByID(t, store, "o1")
	p := o.Payments[0]
	refund := p.Operations[slices.IndexFunc(p.Operations, func(op checkout.Operation) bool { return op.Kind == checkout.Refund })]
	wanted := []checkout.Reference{{RequestID: p.RequestID}, {AntomID: p.AntomID}, {RefundRequestID: refund.RequestID}, {RefundID: refund.AntomID}, {RequestID: "none"}, {RefundRequestID: p.RequestID}}
	found, err := store.FindPayments(t.Context(), wanted)
	if err != nil || len(found) != 4 {
		t.Errorf("found are %v, %v", found, err)
	}
	for _, by := range wanted[:4] {
		if id, _, err := store.FindPayment(t.Context(), by); found[by] != o.ID || id != o.ID || err != nil {
			t.Errorf("%+v leads to %q, alone to %q, %v", by, found[by], id, err)
		}
	}
	if known, err := store.KnownOrders(t.Context(), []string{o.ID, "none"}); err != nil || len(known) != 1 || known[o.ID] != o.ID {
		t.Errorf("the known orders are %v, %v", known, err)
	}
}
