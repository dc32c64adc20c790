package db

import (
	"context"
	"fmt"

	"antom-checkout/checkout"
)

// searchedAtOnce is how many orders a search looks at before it says how far it has come. So one
// whose matches are all old costs no more among many orders than among few.
const searchedAtOnce = 5000

// SearchOrders lists the newest orders of a filter, as Orders does. Where no index holds for all
// of the filter, it looks at some thousand orders at once: searchedTo is the order after which the
// search goes on, or "" if it has come to its end or the window is full.
func (t orderLists) SearchOrders(ctx context.Context, f checkout.OrderFilter, w checkout.Window) (found []checkout.Order, searchedTo string, err error) {
	few, err := t.fewHaveAmount(ctx, f)
	if err != nil {
		return nil, "", fmt.Errorf("search orders: %w", err)
	}
	if few || !walks(f) {
		found, err = t.Orders(ctx, f, w)
		return found, "", err
	}
	by, until, err := t.shortestWalk(ctx, f, w.After)
	if err != nil {
		return nil, "", fmt.Errorf("search orders: %w", err)
	}
	query, values := walkQuery(f, by, w.After, until)
	if found, err = t.ordersOf(ctx, query+first(w.Limit), values); len(found) == w.Limit {
		until = ""
	}
	return found, until, err
}

// walks reports whether a filter has conditions beside the one that an index holds for, and none
// that holds for few orders.
func walks(f checkout.OrderFilter) bool {
	if f.Search != "" || f.Reference != "" || f.Email != "" || f.Number != "" || f.Waiting {
		return false
	}
	conditions := 0
	for _, set := range []bool{f.Status != "", f.Method != "", f.Currency != "", hasAmount(f), f.Method != "" && !(f.CreatedFrom.IsZero() && f.CreatedTo.IsZero())} {
		if set {
			conditions++
		}
	}
	return conditions > 1
}

// walk is an index whose orders are looked at one by one, the newest first.
type walk struct {
	from string                                  // table and index
	id   string                                  // the column of the order
	by   string                                  // what stands in the order of time
	add  func(*conditions, checkout.OrderFilter) // the condition that the index begins with, if any
}

var (
	walkTime   = walk{"orders INDEXED BY orders_by_time", "id", "created_at, id", nil}
	walkStatus = walk{"orders INDEXED BY orders_by_status", "id", "created_at, id", func(c *conditions, f checkout.OrderFilter) {
		c.add("orders.status = $", string(f.Status))
	}}
	walkCurrency = walk{"orders INDEXED BY orders_by_currency", "id", "created_at, id", func(c *conditions, f checkout.OrderFilter) {
		c.add("orders.currency = $", string(f.Currency))
	}}
	walkMethod = walk{"payments AS of_method INDEXED BY payments_by_method", "order_id", "order_id", func(c *conditions, f checkout.OrderFilter) {
		c.add("of_method.method = $", f.Method)
	}}
)

// shortestWalk chooses an index: one that is looked through at once, or else the first that the
// filter has, with the order to stop at.
func (t orderLists) shortestWalk(ctx context.Context, f checkout.OrderFilter, after string) (by walk, until string, err error) {
	var all []walk
	if f.Method != "" {
		all = append(all, walkMethod)
	}
	if f.Status != "" {
		all = append(all, walkStatus)
	}
	if f.Currency != "" {
		all = append(all, walkCurrency)
	}
	all = append(all, walkTime)
	for i, candidate := range all {
		query, values := lengthQuery(f, candidate, after, t.atOnce)
		stops, err := collect(ctx, t.store.reads, scanText, t.store.dialect.text(query), values...)
		switch {
		case err != nil:
			return by, "", err
		case len(stops) == 0:
			return candidate, "", nil
		case i == 0:
			by, until = candidate, stops[0]
		}
	}
	return by, until, nil
}

// lengthQuery selects the order at which a walk stops; none if it is shorter.
func lengthQuery(f checkout.OrderFilter, by walk, after string, most int) (string, []any) {
	var c conditions
	by.between(&c, f, after, "")
	return fmt.Sprintf(`
		SELECT %s
		  FROM %s
		 WHERE %s
		 ORDER BY %s
		 LIMIT 1 OFFSET %d`, by.id, by.from, c.text(), by.newest(), most), c.values
}

// newest is the order in which the newest come first.
func (w walk) newest() string {
	if w.id == w.by {
		return w.by + " DESC"
	}
	return "created_at DESC, id DESC"
}

// between adds the conditions of a walk from one order to another one. Where a cursor bounds the
// walk, a unary plus keeps SQLite from the bound of the filter's time, which is further away.
func (w walk) between(c *conditions, f checkout.OrderFilter, after, until string) {
	if w.add != nil {
		w.add(c, f)
	}
	if w.id != w.by {
		c.placed(f, plusIf(until != ""), plusIf(after != ""))
	}
	w.cursor(c, "<", after)
	w.cursor(c, ">=", until)
}

func plusIf(hint bool) string {
	if hint {
		return "+"
	}
	return ""
}

// cursor begins or stops the walk at an order.
func (w walk) cursor(c *conditions, compare, order string) {
	switch {
	case order == "":
	case w.id == w.by:
		c.add("of_method.order_id "+compare+" $", order)
	default:
		c.add("(created_at, id) "+compare+" ((SELECT created_at FROM orders WHERE id = $), $)", order)
	}
}

// walkQuery selects the ids of the orders of a filter, the newest first, by a walk from one order
// to another one.
func walkQuery(f checkout.OrderFilter, by walk, after, until string) (string, []any) {
	var c conditions
	by.between(&c, f, after, until)
	from, id := by.from, "id"
	if by.id != by.by {
		if f.Method != "" {
			c.add(`EXISTS (SELECT 1 FROM payments WHERE order_id = orders.id AND method = $)`, f.Method)
		}
	} else {
		from, id = from+" CROSS JOIN orders ON orders.id = of_method.order_id", "DISTINCT of_method.order_id"
	}
	c.properties(f, "+", "+", false)
	return `
		SELECT ` + id + `
		  FROM ` + from + `
		 WHERE ` + c.text() + `
		 ORDER BY ` + by.newest(), c.values
}
