package app

import (
	"context"

	"antom-checkout/checkout"
)

// listedAtOnce is how many rows of a list are read at a time.
const listedAtOnce = 100

// eachOf shows all rows of a list, newest first. id is that of a row.
func eachOf[T any](ctx context.Context, list func(context.Context, checkout.Window) ([]T, error), id func(T) string, show func(T) error) error {
	window := checkout.Window{Limit: listedAtOnce}
	for {
		rows, err := list(ctx, window)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := show(row); err != nil {
				return err
			}
			window.After = id(row)
		}
		if len(rows) < window.Limit {
			return nil
		}
	}
}
