package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"antom-checkout/checkout"
)

const ordersHelp = `Orders are listed newest first, one a line: number, status, total, when it was placed,
the merchant's reference, and why it is under review. --waiting lists those that wait
for a person: under review, or authorised and not being captured.

With --json each line is an order as the API shows it, without the address of its
checkout, which opens it.
`

// listOrders lists orders, beside a running server or without one.
func listOrders(ctx context.Context, l *line) error {
	status := l.flags.String("status", "", "only orders with this status")
	waiting := l.flags.Bool("waiting", false, "only orders that wait for a person")
	asJSON := l.flags.Bool("json", false, "one JSON object a line")
	s, err := l.load()
	if err != nil {
		return err
	}
	filter := checkout.OrderFilter{Status: checkout.OrderStatus(*status), Waiting: *waiting}
	if *status != "" && !slices.Contains(checkout.OrderStatuses(), filter.Status) {
		return usageError{fmt.Errorf("orders: no status %q; there are %v", *status, checkout.OrderStatuses())}
	}
	return l.beside(ctx, s, func(p *Program) error { return writeOrders(ctx, p, l.stdout, filter, *asJSON) })
}

// writeOrders writes all orders of a filter.
func writeOrders(ctx context.Context, p *Program, stdout io.Writer, filter checkout.OrderFilter, asJSON bool) error {
	list := func(ctx context.Context, w checkout.Window) ([]checkout.Order, error) {
		return p.Services.Merchant.Orders(ctx, filter, w)
	}
	return eachOf(ctx, list, func(o checkout.Order) string { return o.ID }, func(o checkout.Order) error {
		return writeOrder(p, stdout, o, asJSON)
	})
}

func writeOrder(p *Program, stdout io.Writer, o checkout.Order, asJSON bool) error {
	if asJSON {
		shown := p.Services.Merchant.NewOrder(o)
		shown.CheckoutURL = ""
		return json.NewEncoder(stdout).Encode(shown)
	}
	line := fmt.Sprintf("%s  %-18s  %12s  %s", o.Number, statusText(o.Status), amountText(o.Total), timeText(o.CreatedAt))
	for _, more := range []string{o.Reference, string(o.Review)} {
		if more != "" {
			line += "  " + more
		}
	}
	_, err := fmt.Fprintln(stdout, line)
	return err
}
