package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"antom-checkout/checkout"
)

// fulfillable reports whether the goods of an order are in stock, and its payment link has
// a use left, or both are reserved for it already. Goods that the catalogue no longer
// knows, or does not count, are in stock.
func fulfillable(ctx context.Context, tx *tx, dialect *dialect, o checkout.Order) (bool, error) {
	if o.Stock != checkout.StockFree {
		return true, nil
	}
	if o.LinkRefusal != "" {
		return false, nil
	}
	short, err := collect(ctx, tx, func(row scanner) (is bool, err error) {
		err = row.Scan(&is)
		return is, err
	}, `
		SELECT coalesce(products.stock - products.reserved < order_lines.quantity, FALSE)
		  FROM order_lines
		  JOIN products ON products.sku = order_lines.sku
		 WHERE order_lines.order_id = $1
		 ORDER BY products.sku`+dialect.lock("products"), o.ID)
	if err != nil {
		return false, fmt.Errorf("read stock: %w", err)
	}
	return !slices.Contains(short, true), nil
}

func bySKU(a, b checkout.OrderLine) int { return cmp.Compare(a.SKU, b.SKU) }

// updateStock reserves, takes or frees the goods of an order, and the use of its payment
// link. Pieces are counted as reserved also while the catalogue counts no stock, because it
// may begin to before they are taken. A count that would fall below zero ends at zero: a
// payment that has happened is stored, whatever the stock says. The column orders.stock says
// 'held' for reserved stock, a stored word that stays.
func updateStock(ctx context.Context, tx *tx, before, after checkout.Order) error {
	reserves := map[checkout.Stock]int{checkout.StockReserved: 1}
	taken := map[checkout.Stock]int{checkout.StockTaken: 1}
	reserve := reserves[after.Stock] - reserves[before.Stock]
	take := taken[after.Stock] - taken[before.Stock]
	if reserve == 0 && take == 0 {
		return nil
	}
	lines := slices.SortedFunc(slices.Values(after.Lines), bySKU) // so that two orders of the same goods wait for each other in one order
	for _, line := range lines {
		err := later(ctx, tx, `
			UPDATE products
			   SET reserved = CASE WHEN reserved + $1 < 0 THEN 0 ELSE reserved + $1 END,
			       stock = CASE WHEN stock < $2 THEN 0 ELSE stock - $2 END
			 WHERE sku = $3`, reserve*line.Quantity, take*line.Quantity, line.SKU)
		if err != nil {
			return fmt.Errorf("update stock of %s: %w", line.SKU, err)
		}
	}
	return countUse(ctx, tx, after, reserve, take)
}
