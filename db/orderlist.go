package db

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"antom-checkout/checkout"
)

// orderLists is the part of the Store that lists orders.
type orderLists struct {
	store  *Store
	atOnce int // how many orders a search looks at before it says how far it has come
}

// Orders implements merchant.Store.
func (t orderLists) Orders(ctx context.Context, f checkout.OrderFilter, w checkout.Window) ([]checkout.Order, error) {
	few, err := t.fewHaveAmount(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("list orders: %w", err)
	}
	query, values := ordersQuery(f, w, few)
	return t.ordersOf(ctx, query+first(w.Limit), values)
}

// ordersOf reads the orders whose ids a query selects.
func (t orderLists) ordersOf(ctx context.Context, query string, values []any) ([]checkout.Order, error) {
	ids, err := collect(ctx, t.store.reads, scanText, t.store.dialect.text(query), values...)
	if err != nil {
		return nil, fmt.Errorf("list orders: %w", err)
	}
	orders := make([]checkout.Order, 0, len(ids))
	for _, id := range ids {
		o, err := t.store.order(ctx, name{byID, id})
		if err != nil {
			return nil, err
		}
		orders = append(orders, o)
	}
	return orders, nil
}

// fewAmounts is up to how many orders of an amount are sorted by their time. Where more
// orders have it, those that are listed first are found sooner in the order of time.
const fewAmounts = 1000

// fewHaveAmount reports whether so few orders have an amount of the filter that they are
// found by it.
func (t orderLists) fewHaveAmount(ctx context.Context, f checkout.OrderFilter) (few bool, err error) {
	if !hasAmount(f) {
		return false, nil
	}
	var c conditions
	c.amount(f, "")
	var count int
	err = t.store.reads.QueryRowContext(ctx, `
		SELECT count(*)
		  FROM (SELECT 1
		          FROM orders
		         WHERE `+c.text()+first(fewAmounts+1)+`) AS found`, c.values...).Scan(&count)
	return count <= fewAmounts, err
}

func hasAmount(f checkout.OrderFilter) bool {
	return f.Currency != "" && (f.AmountFrom > 0 || f.AmountTo > 0)
}

// ordersQuery selects the ids of the orders of a filter in a window. Each filter is met from an
// index: those that hold for few orders by an index of their own, whose orders are then
// sorted; the others in the order of time. Those of a buyer or a reference stand in their
// index in the order of time, and so do the orders' ids of a method, which is one of the
// payments. A unary plus keeps SQLite from an index that is not meant.
func ordersQuery(f checkout.OrderFilter, w checkout.Window, fewHaveAmount bool) (query string, values []any) {
	narrow := f.Search != "" || f.Reference != "" || f.Email != "" || f.Number != "" || fewHaveAmount
	plus, timePlus := "", ""
	if narrow {
		plus, timePlus = "+", "+"
	}
	if (f.Reference != "" || f.Email != "") && f.Search == "" && f.Number == "" {
		timePlus = ""
	}
	byMethod := f.Method != "" && !narrow
	later, way := "<", " DESC"
	if w.OldestFirst {
		later, way = ">", ""
	}
	var c conditions
	c.names(f)
	switch {
	case w.After != "" && byMethod:
		c.add(`of_method.order_id `+later+` $`, w.After)
	case w.After != "":
		c.add(`(`+timePlus+`created_at, id) `+later+` ((SELECT created_at FROM orders WHERE id = $), $)`, w.After)
	}
	switch {
	case byMethod:
		c.add(`of_method.method = $`, f.Method)
		plus, timePlus = "+", "+"
	case f.Method != "":
		c.add(`EXISTS (SELECT 1 FROM payments WHERE order_id = orders.id AND method = $)`, f.Method)
	}
	c.properties(f, plus, timePlus, fewHaveAmount)
	if byMethod {
		return `
		SELECT DISTINCT of_method.order_id
		  FROM payments AS of_method CROSS JOIN orders
		    ON orders.id = of_method.order_id
		 WHERE ` + c.text() + `
		 ORDER BY of_method.order_id` + way, c.values
	}
	return `
		SELECT id
		  FROM orders
		 WHERE ` + c.text() + `
		 ORDER BY created_at` + way + `, id` + way, c.values
}

// conditions are the parts of a WHERE, with their arguments.
type conditions struct {
	parts  []string
	values []any
}

// add adds a condition, in which $ is the value.
func (c *conditions) add(condition string, value any) {
	c.values = append(c.values, value)
	c.parts = append(c.parts, strings.ReplaceAll(condition, "$", "$"+strconv.Itoa(len(c.values))))
}

func (c *conditions) text() string {
	if len(c.parts) == 0 {
		return "TRUE"
	}
	return strings.Join(c.parts, "\n		   AND ")
}

// names are the conditions that hold for few orders.
func (c *conditions) names(f checkout.OrderFilter) {
	if f.Reference != "" {
		c.add(`reference <> '' AND reference = $`, f.Reference)
	}
	if f.Email != "" {
		c.add(`email <> '' AND lower(email) = $`, strings.ToLower(f.Email))
	}
	if f.Number != "" {
		c.add(`number = $`, f.Number)
	}
	if f.Search != "" {
		c.search(strings.TrimSpace(f.Search))
	}
}

// search finds orders by every name that they, their buyers and their payments have.
func (c *conditions) search(text string) {
	var found []string
	look := func(query string, value any) {
		c.values = append(c.values, value)
		found = append(found, strings.ReplaceAll(query, "$", "$"+strconv.Itoa(len(c.values))))
	}
	look(`SELECT id FROM orders WHERE number = $`, cmp.Or(checkout.OrderNumber(text), text))
	look(`SELECT id FROM orders WHERE id = $`, text)
	look(`SELECT id FROM orders WHERE reference <> '' AND reference = $`, text)
	look(`SELECT id FROM orders WHERE email <> '' AND lower(email) = $`, strings.ToLower(text))
	look(`SELECT order_id FROM payments WHERE request_id = $`, text)
	look(`SELECT order_id FROM payments WHERE antom_id <> '' AND antom_id = $`, text)
	look(`SELECT order_id FROM payments WHERE card <> '' AND card ->> 'last4' = $`, text)
	look(`SELECT order_id FROM payments WHERE request_id IN (SELECT payment_request_id FROM operations WHERE kind = 'refund' AND request_id = $)`, text)
	c.parts = append(c.parts, "orders.id IN ("+strings.Join(found, "\n		       UNION ALL ")+")")
}

// properties are the conditions that may hold for most orders.
func (c *conditions) properties(f checkout.OrderFilter, plus, timePlus string, fewHaveAmount bool) {
	if f.Status != "" {
		c.add(plus+`orders.status = $`, string(f.Status))
	}
	switch {
	case hasAmount(f) && fewHaveAmount:
		c.amount(f, "")
	case hasAmount(f):
		c.amount(f, "+")
	case f.Currency != "":
		c.add(plus+`orders.currency = $`, string(f.Currency))
	}
	c.placed(f, timePlus, timePlus)
	if f.Waiting {
		c.parts = append(c.parts, plus+waiting)
	}
}

// placed is the condition of the time that orders were placed in.
func (c *conditions) placed(f checkout.OrderFilter, fromPlus, toPlus string) {
	if !f.CreatedFrom.IsZero() {
		c.add(fromPlus+`orders.created_at >= $`, f.CreatedFrom.UnixMilli())
	}
	if !f.CreatedTo.IsZero() {
		c.add(toPlus+`orders.created_at <= $`, f.CreatedTo.UnixMilli())
	}
}

// amount is the condition of a total.
func (c *conditions) amount(f checkout.OrderFilter, plus string) {
	c.add(plus+`orders.currency = $`, string(f.Currency))
	c.add(plus+`orders.total >= $`, f.AmountFrom)
	if f.AmountTo > 0 {
		c.add(plus+`orders.total <= $`, f.AmountTo)
	}
}

// waiting holds for orders that wait for a person: see checkout.OrderFilter.
const waiting = `orders.status IN ('authorized', 'review')
		   AND (orders.status = 'review' OR EXISTS (
		        SELECT 1
		          FROM payments
		         WHERE order_id = orders.id AND active = 1 AND status = 'authorized' AND manual_capture = 1
		           AND NOT EXISTS (SELECT 1 FROM operations
		                            WHERE payment_request_id = payments.request_id AND kind IN ('capture', 'cancel')
		                              AND status IN ('pending', 'processing'))))`
