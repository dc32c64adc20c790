package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"antom-checkout/checkout"
)

const productColumns = `
		SELECT products.sku, products.name, products.description, products.image, prices.currency, prices.minor,
		       products.stock - products.reserved
		  FROM products
		  JOIN prices ON prices.sku = products.sku AND prices.currency = $1`

// Products implements shop.Store.
func (s *Store) Products(ctx context.Context, currency checkout.Currency) ([]checkout.Product, error) {
	return collect(ctx, s.reads, scanProduct, productColumns+`
		 ORDER BY products.position, products.sku`, currency)
}

// Product implements shop.Store.
func (s *Store) Product(ctx context.Context, sku string, currency checkout.Currency) (checkout.Product, error) {
	p, err := scanProduct(s.reads.QueryRowContext(ctx, productColumns+`
		 WHERE products.sku = $2`, currency, sku))
	if errors.Is(err, sql.ErrNoRows) {
		return p, checkout.ErrNotFound
	}
	return p, err
}

func scanProduct(row scanner) (checkout.Product, error) {
	var p checkout.Product
	err := row.Scan(&p.SKU, &p.Name, &p.Description, &p.Image, &p.Price.Currency, &p.Price.Minor, &p.Stock)
	return p, err
}

// Goods are the products of a store as the merchant changes them.
type Goods struct{ store *Store }

// GoodsOf are the products of a store.
func GoodsOf(s *Store) Goods { return Goods{s} }

// Replace imports the products and withdraws all others: they have no price, so
// that they are not sold. Orders keep their lines, and the store its count of pieces.
func (g Goods) Replace(ctx context.Context, products []checkout.Product) error {
	return g.store.write(ctx, func(ctx context.Context, tx *tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM prices`); err != nil {
			return fmt.Errorf("withdraw products: %w", err)
		}
		return importProducts(ctx, tx, products)
	})
}

// SetStock says how many pieces of a product are in the store now, those that are
// reserved for payments in progress included; nil stops counting. The count is never
// below what is reserved. It answers with the product, or checkout.ErrNotFound.
func (g Goods) SetStock(ctx context.Context, sku string, pieces *int) (counted Stocked, err error) {
	err = g.store.write(ctx, func(ctx context.Context, tx *tx) error {
		done, err := tx.ExecContext(ctx, `
			UPDATE products
			   SET stock = CASE
			           WHEN $1 IS NULL THEN NULL
			           ELSE max($1, reserved)
			       END
			 WHERE sku = $2`, pieces, sku)
		if err != nil {
			return fmt.Errorf("set stock of %s: %w", sku, err)
		}
		if found, err := done.RowsAffected(); err != nil || found == 0 {
			return cmp.Or(err, error(checkout.ErrNotFound))
		}
		return nil
	})
	if err != nil {
		return Stocked{}, err
	}
	return g.Stock(ctx, sku)
}

// Stocked is what the store has of a product.
type Stocked struct {
	Pieces   *int // nil: they are not counted
	Reserved int  // of these, for payments in progress
}

// Stock reads what the store has of a product, or answers checkout.ErrNotFound.
func (g Goods) Stock(ctx context.Context, sku string) (counted Stocked, err error) {
	err = g.store.reads.QueryRowContext(ctx, `
		SELECT stock, reserved
		  FROM products
		 WHERE sku = $1`, sku).Scan(&counted.Pieces, &counted.Reserved)
	if errors.Is(err, sql.ErrNoRows) {
		return counted, checkout.ErrNotFound
	}
	return counted, err
}

// ImportProducts adds products to the catalogue or brings them up to date, all
// of them or none. Their order becomes the order of the catalogue. A stock is
// what is in the store when the file first says it: importing the same number
// again, as every start does, restores no goods that were sold.
func (s *Store) ImportProducts(ctx context.Context, products []checkout.Product) error {
	return s.write(ctx, func(ctx context.Context, tx *tx) error { return importProducts(ctx, tx, products) })
}

func importProducts(ctx context.Context, tx *tx, products []checkout.Product) error {
	for i, p := range products {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO products (sku, name, description, image, position, stock, listed)
			VALUES ($1, $2, $3, $4, $5, $6, $6)
			ON CONFLICT (sku) DO UPDATE
			   SET name = excluded.name,
			       description = excluded.description,
			       image = excluded.image,
			       position = excluded.position,
			       stock = CASE
			           WHEN excluded.listed IS listed THEN stock
			           WHEN excluded.stock IS NULL THEN NULL
			           ELSE max(excluded.stock, reserved)
			       END,
			       listed = excluded.listed`,
			p.SKU, p.Name, p.Description, p.Image, i, p.Stock)
		if err != nil {
			return fmt.Errorf("import %s: %w", p.SKU, err)
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO prices (sku, currency, minor)
			VALUES ($1, $2, $3)
			ON CONFLICT (sku, currency) DO UPDATE
			   SET minor = excluded.minor`,
			p.SKU, p.Price.Currency, p.Price.Minor)
		if err != nil {
			return fmt.Errorf("import price of %s: %w", p.SKU, err)
		}
	}
	return nil
}
