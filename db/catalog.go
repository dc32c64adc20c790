package db

import (
	"context"
	"database/sql"
	"errors"

	"antom-checkout/checkout"
)

const productColumns = `
		SELECT products.sku, products.name, products.description, products.image, prices.currency, prices.minor,
		       products.stock - products.reserved
		  FROM products
		  JOIN prices ON prices.sku = products.sku AND prices.currency = $1 AND products.on_sale = 1`

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
