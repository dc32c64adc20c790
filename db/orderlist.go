package db

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"antom-checkout/checkout"
)

// orderLists is the part of the Store that lists orders.
type orderLists struct{ store *Store }

// Orders implements merchant.Store.
func (t orderLists) Orders(ctx context.Context, f checkout.OrderFilter, w checkout.Window) ([]checkout.Order, error) {
	where, values := ordersWhere(f, w)
	ids, err := collect(ctx, t.store.reads, scanText, `
		SELECT id
		  FROM orders
		 WHERE `+where+`
		 ORDER BY created_at DESC, id DESC`+first(w.Limit), values...)
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

// ordersWhere is the condition of a filter and a window, with its arguments.
func ordersWhere(f checkout.OrderFilter, w checkout.Window) (where string, values []any) {
	var c conditions
	if w.After != "" {
		c.add(`(created_at, id) < ((SELECT created_at FROM orders WHERE id = $), $)`, w.After)
	}
	// A shop has many orders of a status and few of a buyer or a reference: where one of
	// these is asked for, the plus keeps SQLite from the index by status.
	status := "status"
	if f.Reference != "" || f.Email != "" {
		status = "+status"
	}
	if f.Status != "" {
		c.add(status+` = $`, string(f.Status))
	}
	if f.Reference != "" {
		c.add(`reference <> '' AND reference = $`, f.Reference)
	}
	if f.Email != "" {
		c.add(`email <> '' AND lower(email) = $`, strings.ToLower(f.Email))
	}
	if f.Number != "" {
		c.add(`number = $`, f.Number)
	}
	if !f.CreatedFrom.IsZero() {
		c.add(`created_at >= $`, f.CreatedFrom.UnixMilli())
	}
	if !f.CreatedTo.IsZero() {
		c.add(`created_at <= $`, f.CreatedTo.UnixMilli())
	}
	if f.Waiting {
		c.all = append(c.all, status+waiting)
	}
	return c.text(), c.values
}

// conditions are those of a list, all of which have to hold, with their values.
type conditions struct {
	all    []string
	values []any
}

// add adds a condition on one value, which stands in it as $.
func (c *conditions) add(condition string, value any) {
	c.values = append(c.values, value)
	c.all = append(c.all, strings.ReplaceAll(condition, "$", "$"+strconv.Itoa(len(c.values))))
}

func (c *conditions) text() string {
	if len(c.all) == 0 {
		return "TRUE"
	}
	return strings.Join(c.all, "\n		   AND ")
}

// waiting, after the column status, holds for orders that wait for a person: see
// checkout.OrderFilter.
const waiting = ` IN ('authorized', 'review')
		   AND (status = 'review' OR EXISTS (
		        SELECT 1
		          FROM payments
		         WHERE order_id = orders.id AND active = 1 AND status = 'authorized' AND manual_capture = 1
		           AND NOT EXISTS (SELECT 1 FROM operations
		                            WHERE payment_request_id = payments.request_id AND kind IN ('capture', 'cancel')
		                              AND status IN ('pending', 'processing'))))`
