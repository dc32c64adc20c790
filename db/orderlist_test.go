package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// A list of orders reads an index to its end or its limit, so that it costs the same among
// many orders as among few: what holds for many orders in the order of the list, and only what
// holds for few is sorted.
func TestListsOfOrdersReadAnIndex(t *testing.T) {
	onSQLiteOnly(t, "how SQLite plans a query")
	store := openStore(t)
	for _, c := range []struct {
		name   string
		filter checkout.OrderFilter
		few    bool   // orders have the amount
		index  string // that begins the plan
		sorts  bool
	}{
		{"all", checkout.OrderFilter{}, false, "orders_by_time", false},
		{"status", checkout.OrderFilter{Status: checkout.OrderPaid}, false, "orders_by_status", false},
		{"created", checkout.OrderFilter{CreatedFrom: noon, CreatedTo: noon.Add(time.Hour)}, false, "orders_by_time", false},
		{"in status", checkout.OrderFilter{Status: checkout.OrderPaid, CreatedTo: noon}, false, "orders_by_status", false},
		{"currency", checkout.OrderFilter{Currency: "EUR"}, false, "orders_by_currency", false},
		{"amount of few", checkout.OrderFilter{Currency: "EUR", AmountFrom: 1, AmountTo: 2}, true, "orders_of_amount", true},
		{"amount of many", checkout.OrderFilter{Currency: "EUR", AmountFrom: 1, AmountTo: 2}, false, "orders_by_time", false},
		{"method", checkout.OrderFilter{Method: "CARD"}, false, "payments_by_method", false},
		{"method, status and time", checkout.OrderFilter{Method: "CARD", Status: checkout.OrderPaid, Currency: "EUR", CreatedFrom: noon}, false, "payments_by_method", false},
		{"waiting", checkout.OrderFilter{Waiting: true}, false, "orders_by_status", true},
		{"reference", checkout.OrderFilter{Reference: "r"}, false, "orders_of_reference", false},
		{"reference in status", checkout.OrderFilter{Reference: "r", Status: checkout.OrderPaid}, false, "orders_of_reference", false},
		{"email", checkout.OrderFilter{Email: "a@b.example"}, false, "orders_of_email", false},
		{"email in status", checkout.OrderFilter{Email: "a@b.example", Status: checkout.OrderPaid}, false, "orders_of_email", false},
		{"email, waiting", checkout.OrderFilter{Email: "a@b.example", Waiting: true}, false, "orders_of_email", false},
		{"email since", checkout.OrderFilter{Email: "a@b.example", CreatedFrom: noon}, false, "orders_of_email", false},
	} {
		for _, w := range []checkout.Window{{}, {After: "order"}, {After: "order", OldestFirst: true}} {
			query, values := ordersQuery(c.filter, w, c.few)
			plan := planOf(t, store, query+" LIMIT 20", values)
			if scansTable(plan) || !strings.Contains(plan, "INDEX "+c.index) || strings.Contains(plan, "B-TREE") != c.sorts {
				t.Errorf("%s in %+v: %s", c.name, w, plan)
			}
			if w.After != "" && !c.sorts && !strings.Contains(plan, "<") && !strings.Contains(plan, ">") {
				t.Errorf("%s does not begin at its cursor: %s", c.name, plan)
			}
		}
	}
}

// A search looks each name up in the index of its column.
func TestASearchReadsAnIndexForEachName(t *testing.T) {
	onSQLiteOnly(t, "how SQLite plans a query")
	store := openStore(t)
	for name, f := range map[string]checkout.OrderFilter{
		"alone":       {Search: "x"},
		"with others": {Search: "x", Method: "CARD", Status: checkout.OrderPaid, Currency: "EUR", AmountFrom: 1, CreatedFrom: noon},
	} {
		for _, w := range []checkout.Window{{}, {After: "order"}} {
			query, values := ordersQuery(f, w, false)
			plan := planOf(t, store, query+" LIMIT 20", values)
			for _, index := range []string{"orders_of_reference", "orders_of_email", "payments_antom", "payments_of_last_four", "operations_refund"} {
				if !strings.Contains(plan, index) {
					t.Errorf("%s does not read %s: %s", name, index, plan)
				}
			}
			if scansTable(plan) || !strings.HasPrefix(plan, "SEARCH orders USING INDEX sqlite_autoindex_orders_1 (id=?)") {
				t.Errorf("%s in %+v: %s", name, w, plan)
			}
		}
	}
}

// A search walks one index, begins at its cursor and stops at its end, and sorts nothing.
func TestASearchWalksAnIndexAndStops(t *testing.T) {
	onSQLiteOnly(t, "how SQLite plans a query")
	store := openStore(t)
	f := checkout.OrderFilter{Method: "CARD", Status: checkout.OrderPaid, Currency: "EUR", AmountFrom: 1, CreatedFrom: noon, CreatedTo: noon.Add(time.Hour)}
	for index, by := range map[string]walk{
		"payments_by_method": walkMethod, "orders_by_status": walkStatus, "orders_by_currency": walkCurrency, "orders_by_time": walkTime,
	} {
		begin, stop := "(created_at,id)<(?,?)", "(created_at,id)>(?,?)"
		if index == "payments_by_method" {
			begin, stop = "order_id<?", "order_id>?"
		}
		length, values := lengthQuery(f, by, "a", searchedAtOnce)
		if plan := planOf(t, store, length, values); !readsInOrder(plan, index, begin) {
			t.Errorf("length by %s: %s", index, plan)
		}
		orders, values := walkQuery(f, by, "a", "b")
		if plan := planOf(t, store, orders, values); !readsInOrder(plan, index, begin, stop) {
			t.Errorf("orders by %s: %s", index, plan)
		}
	}
}

// readsInOrder reports whether a plan reads an index between bounds, and sorts nothing.
func readsInOrder(plan, index string, bounds ...string) bool {
	first, _, _ := strings.Cut(plan, "; ")
	missing := slices.ContainsFunc(bounds, func(bound string) bool { return !strings.Contains(first, bound) })
	return strings.Contains(first, "INDEX "+index+" ") && !missing && !strings.Contains(plan, "B-TREE") && !scansTable(plan)
}

// A search whose matches are old says how far it has come and goes on from there; in parts it
// finds what a list of all finds, each order once.
func TestASearchGoesOnWhereItHasStopped(t *testing.T) {
	store := openStore(t)
	store.orderLists.atOnce = 500
	manyOrders(t, store, 2000)
	for name, f := range map[string]checkout.OrderFilter{
		"old amounts":           {Currency: "SGD", AmountFrom: 8000},
		"amounts of a method":   {Currency: "SGD", AmountFrom: 8000, Method: "CARD"},
		"a status and a method": {Status: checkout.OrderOpen, Method: "GCASH"},
		"a short time":          {Method: "CARD", CreatedFrom: noon, CreatedTo: noon.Add(100 * time.Millisecond)},
		"none":                  {Currency: "SGD", Status: checkout.OrderRefunded},
	} {
		want := listed(t, store, f, checkout.Window{Limit: 2000})
		var got []string
		parts := 1
		for w := (checkout.Window{Limit: 200}); ; parts++ {
			orders, searchedTo, err := store.SearchOrders(t.Context(), f, w)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range orders {
				got, w.After = append(got, o.ID), o.ID
			}
			if searchedTo != "" {
				w.After = searchedTo
			}
			if len(orders) < w.Limit && searchedTo == "" {
				break
			}
		}
		short := name == "a short time" || name == "none"
		if !slices.Equal(got, want) || len(want) == 0 && name != "none" || short != (parts == 1) {
			t.Errorf("%s: %d orders in %d parts, want %d", name, len(got), parts, len(want))
		}
	}
}

// manyOrders makes orders of two methods a millisecond apart; the first 1,100 are of twice the
// amount.
func manyOrders(t *testing.T, store *Store, n int) {
	t.Helper()
	err := store.write(t.Context(), func(ctx context.Context, tx *tx) error {
		for i := range n {
			o := newOrder(fmt.Sprintf("%06d", i))
			if o.CreatedAt = noon.Add(time.Duration(i) * time.Millisecond); i < 1100 {
				o.Total = sgd(8400)
			}
			p := newPayment("p-" + o.ID)
			if i%2 == 0 {
				p.Method = "GCASH"
			}
			o.Payments = []checkout.Payment{p}
			if _, err := store.insertOrder(ctx, tx, &o); err != nil {
				return err
			}
			if err := store.savePayment(ctx, tx, o.ID, nil, &p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func planOf(t *testing.T, store *Store, query string, values []any) string {
	t.Helper()
	plan, err := collect(t.Context(), store.reads, func(row scanner) (string, error) {
		var id, parent, unused int
		var detail string
		err := row.Scan(&id, &parent, &unused, &detail)
		return detail, err
	}, `EXPLAIN QUERY PLAN `+query, values...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(plan, "; ")
}

// scansTable reports whether a plan reads a whole table, and not an index in its order.
func scansTable(plan string) bool {
	for _, step := range strings.Split(plan, "; ") {
		if strings.HasPrefix(step, "SCAN ") && step != "SCAN CONSTANT ROW" && !strings.Contains(step, " INDEX ") {
			return true
		}
	}
	return false
}

// Orders that were placed in the same millisecond are still in one order.
func TestOrdersOfOneMomentAreListedOnce(t *testing.T) {
	store := openStore(t)
	for _, id := range []string{"a", "b", "c", "d"} {
		placeOrder(t, store, newOrder(id))
	}
	var got []string
	for after := ""; ; {
		orders, err := store.Orders(t.Context(), checkout.OrderFilter{}, checkout.Window{After: after, Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range orders {
			got = append(got, o.ID)
			after = o.ID
		}
		if len(orders) < 3 {
			break
		}
	}
	if want := []string{"d", "c", "b", "a"}; !slices.Equal(got, want) {
		t.Errorf("the list is %v, want %v", got, want)
	}
}

// Everything that an order is called by finds it, and nothing else.
func TestOrdersAreFoundByAnyOfTheirNames(t *testing.T) {
	store := openStore(t)
	placeOrder(t, store, newOrder("other"))
	o := newOrder("meant")
	o.Number, o.Reference, o.Buyer.Email, o.Total = "ABCDE-FGHJK", "PO-77", "Anna@Example.com", sgd(9900)
	placeOrder(t, store, o)
	change(t, store, "meant", bySweeper, func(o *checkout.Order) []checkout.Effect {
		p := newPayment("pay-1")
		p.AntomID, p.Card = "2026010219401080100", checkout.Card{LastFour: "0768"}
		p.Operations = []checkout.Operation{{Kind: checkout.Refund, RequestID: "refund-1", Amount: sgd(100), Status: checkout.OperationFailed, CreatedAt: noon}}
		o.Payments = append(o.Payments, p)
		return nil
	})
	for _, search := range []string{"abcde fghjk", " ABCDE-FGHJK ", "PO-77", "anna@example.COM", "meant", "pay-1", "2026010219401080100", "0768", "refund-1"} {
		expectListed(t, store, checkout.OrderFilter{Search: search}, "meant")
	}
	for _, search := range []string{"076", "anna", "%", "PO-7", "' OR 1=1"} {
		expectListed(t, store, checkout.OrderFilter{Search: search})
	}
	expectListed(t, store, checkout.OrderFilter{Method: "CARD"}, "meant")
	expectListed(t, store, checkout.OrderFilter{Method: "GCASH"})
	expectListed(t, store, checkout.OrderFilter{Method: "CARD", Search: "PO-77", Status: checkout.OrderOpen}, "meant")
	expectListed(t, store, checkout.OrderFilter{Currency: "SGD"}, "other", "meant")
	expectListed(t, store, checkout.OrderFilter{Currency: "EUR"})
	expectListed(t, store, checkout.OrderFilter{Currency: "SGD", AmountFrom: 4201}, "meant")
	expectListed(t, store, checkout.OrderFilter{Currency: "SGD", AmountTo: 4200}, "other")
	expectListed(t, store, checkout.OrderFilter{Currency: "SGD", AmountFrom: 4200, AmountTo: 9900}, "other", "meant")
}

// The orders of a method are listed once, however often it was tried, and in parts.
func TestOrdersOfAMethodAreListedInParts(t *testing.T) {
	store := openStore(t)
	for _, id := range []string{"a", "b", "c"} {
		placeOrder(t, store, newOrder(id))
		for _, n := range []string{"1", "2"} {
			change(t, store, id, bySweeper, func(o *checkout.Order) []checkout.Effect {
				for i := range o.Payments {
					o.Payments[i].Active = false
				}
				o.Payments = append(o.Payments, newPayment("pay-"+id+n))
				return nil
			})
		}
	}
	f := checkout.OrderFilter{Method: "CARD"}
	expectListed(t, store, f, "c", "b", "a")
	if got := listed(t, store, f, checkout.Window{After: "c", Limit: 1}); !slices.Equal(got, []string{"b"}) {
		t.Errorf("after c is %v, want b", got)
	}
	if got := listed(t, store, f, checkout.Window{After: "a", Limit: 9, OldestFirst: true}); !slices.Equal(got, []string{"b", "c"}) {
		t.Errorf("after a, oldest first, is %v, want b and c", got)
	}
}

func expectListed(t *testing.T, store *Store, f checkout.OrderFilter, want ...string) {
	t.Helper()
	if got := listed(t, store, f, checkout.Window{Limit: 10}); !slices.Equal(got, want) {
		t.Errorf("%+v lists %v, want %v", f, got, want)
	}
}

func listed(t *testing.T, store *Store, f checkout.OrderFilter, w checkout.Window) (ids []string) {
	t.Helper()
	orders, err := store.Orders(t.Context(), f, w)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range orders {
		ids = append(ids, o.ID)
	}
	return ids
}
