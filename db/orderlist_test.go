package db

import (
	"slices"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// A list of orders reads an index to its end or its limit, and sorts nothing, so that it
// costs the same among many orders as among few.
func TestListsOfOrdersReadAnIndexInOrder(t *testing.T) {
	store := openStore(t)
	for name, list := range map[string]struct {
		checkout.OrderFilter
		index string
	}{
		"all":                 {checkout.OrderFilter{}, "orders_by_time"},
		"status":              {checkout.OrderFilter{Status: checkout.OrderPaid}, "orders_by_status"},
		"created":             {checkout.OrderFilter{CreatedFrom: noon, CreatedTo: noon.Add(time.Hour)}, "orders_by_time"},
		"in status":           {checkout.OrderFilter{Status: checkout.OrderPaid, CreatedTo: noon}, "orders_by_status"},
		"email":               {checkout.OrderFilter{Email: "ann@example.com"}, "orders_of_email"},
		"email in status":     {checkout.OrderFilter{Email: "ann@example.com", Status: checkout.OrderPaid}, "orders_of_email"},
		"email, waiting":      {checkout.OrderFilter{Email: "ann@example.com", Waiting: true}, "orders_of_email"},
		"email since":         {checkout.OrderFilter{Email: "ann@example.com", CreatedFrom: noon}, "orders_of_email"},
		"reference":           {checkout.OrderFilter{Reference: "R-1"}, "orders_of_reference"},
		"reference in status": {checkout.OrderFilter{Reference: "R-1", Status: checkout.OrderPaid}, "orders_of_reference"},
	} {
		for _, after := range []string{"", "order"} {
			where, values := ordersWhere(list.OrderFilter, checkout.Window{After: after})
			plan, err := collect(t.Context(), store.reads, func(row scanner) (string, error) {
				var id, parent, unused int
				var detail string
				err := row.Scan(&id, &parent, &unused, &detail)
				return detail, err
			}, `EXPLAIN QUERY PLAN SELECT id FROM orders WHERE `+where+` ORDER BY created_at DESC, id DESC LIMIT 20`, values...)
			if err != nil {
				t.Fatal(err)
			}
			if text := strings.Join(plan, "; "); !strings.Contains(text, "INDEX "+list.index) || strings.Contains(text, "B-TREE") {
				t.Errorf("%s after %q: %s", name, after, text)
			}
			if after != "" && !strings.Contains(strings.Join(plan, "; "), "<") {
				t.Errorf("%s does not begin at its cursor: %s", name, plan)
			}
		}
	}
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
