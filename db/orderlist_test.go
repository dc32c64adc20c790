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
	for name, f := range map[string]checkout.OrderFilter{
		"all":       {},
		"status":    {Status: checkout.OrderPaid},
		"created":   {CreatedFrom: noon, CreatedTo: noon.Add(time.Hour)},
		"in status": {Status: checkout.OrderPaid, CreatedTo: noon},
	} {
		for _, after := range []string{"", "order"} {
			where, values := ordersWhere(f, checkout.Window{After: after})
			plan, err := collect(t.Context(), store.reads, func(row scanner) (string, error) {
				var id, parent, unused int
				var detail string
				err := row.Scan(&id, &parent, &unused, &detail)
				return detail, err
			}, `EXPLAIN QUERY PLAN SELECT id FROM orders WHERE `+where+` ORDER BY created_at DESC, id DESC LIMIT 20`, values...)
			if err != nil {
				t.Fatal(err)
			}
			if text := strings.Join(plan, "; "); !strings.Contains(text, "INDEX orders_by_") || strings.Contains(text, "B-TREE") {
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
