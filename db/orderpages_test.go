package db

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// Whatever the page of an order and the inbox ask, an index answers: they cost the same among
// many orders as among few.
func TestThePageOfAnOrderAndTheInboxReadIndexes(t *testing.T) {
	onSQLiteOnly(t, "how SQLite plans a query")
	store := openStore(t)
	reads := store.reads.(*statements)
	o := placeOrder(t, store, newOrder("o"))
	before := len(reads.prepared)
	_, err1 := store.Timeline(t.Context(), o.ID)
	_, _, err2 := store.ProofRows(t.Context(), o.ID)
	_, err3 := store.OrderEffects(t.Context(), o.ID)
	_, err4 := store.OrderDeliveries(t.Context(), o.ID)
	_, err5 := store.InStatusSince(t.Context(), o)
	_, err6 := store.DeadEmails(t.Context(), noon, 200)
	_, err7 := store.DeadDeliveries(t.Context(), noon)
	_, err8 := store.Differences(t.Context(), false, checkout.Window{Limit: 200})
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7, err8); err != nil {
		t.Fatal(err)
	}
	if asked := len(reads.prepared) - before; asked < 8 {
		t.Errorf("only %d queries were seen", asked)
	}
	placeholder := regexp.MustCompile(`\$\d+`)
	for _, query := range slices.Collect(maps.Keys(reads.prepared)) {
		names := placeholder.FindAllString(query, -1)
		slices.Sort(names)
		values := make([]any, len(slices.Compact(names)))
		for i := range values {
			values[i] = noon.Add(time.Hour).UnixMilli()
		}
		if plan := planOf(t, store, query, values); scansTable(plan) {
			t.Errorf("%s\nreads a whole table: %s", query, plan)
		}
	}
}
