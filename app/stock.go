package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	"antom-checkout/db"
)

const stockHelp = `PIECES is how many are in the store now, those that are reserved for payments in
progress included, or "unlimited", which stops counting. Without it the command
says how many there are. It works beside a running server.

A catalogue file sets a stock when it says another number than the time before:
the same number again restores nothing that was sold. This command does.
`

// stock says how many pieces of a product there are, and sets it.
func stock(ctx context.Context, l *line) error {
	s, err := l.load()
	if err != nil {
		return err
	}
	sku, pieces, err := l.stocked()
	if err != nil {
		return err
	}
	p := &Program{Settings: s, Now: s.clock(time.Now)}
	p.stop = func() {}
	if err := p.openStoreBeside(ctx); err != nil {
		return err
	}
	var counted db.Stocked
	if len(l.arguments) == 1 {
		counted, err = db.GoodsOf(p.Store).Stock(ctx, sku)
	} else {
		counted, err = db.GoodsOf(p.Store).SetStock(ctx, operators.CommandLine, sku, pieces)
	}
	if checkout.IsNotFound(err) {
		err = fmt.Errorf("the catalogue has never had a product %q", sku)
	}
	if err == nil {
		_, err = fmt.Fprintln(l.stdout, stockSentence(sku, counted))
	}
	return errors.Join(err, p.Close())
}

// stocked reads the arguments; pieces is nil where they are not counted.
func (l *line) stocked() (sku string, pieces *int, err error) {
	sku = l.arguments[0]
	if len(l.arguments) == 1 || l.arguments[1] == "unlimited" {
		return sku, nil, nil
	}
	n, err := strconv.Atoi(l.arguments[1])
	if err != nil || n < 0 {
		return "", nil, usageError{fmt.Errorf(`stock: %q is neither a number of pieces nor "unlimited"`, l.arguments[1])}
	}
	return sku, &n, nil
}

func stockSentence(sku string, counted db.Stocked) string {
	if counted.Pieces == nil {
		return sku + ": pieces are not counted"
	}
	return fmt.Sprintf("%s: %d in stock, %d of them reserved for payments in progress", sku, *counted.Pieces, counted.Reserved)
}
