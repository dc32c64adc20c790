package db

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
)

// Goods are the products of a store as the merchant changes them.
type Goods struct{ store *Store }

// GoodsOf are the products of a store.
func GoodsOf(s *Store) Goods { return Goods{s} }

// catalogueFile is who changes stock by CATALOG_FILE or by filling an empty shop.
var catalogueFile = operators.Actor{Operator: "catalogue-file", Name: "catalogue file"}

const storedColumns = `
		SELECT products.sku, products.name, products.description, products.image, coalesce(prices.minor, 0),
		       products.stock, products.reserved, products.on_sale
		  FROM products
		  LEFT JOIN prices ON prices.sku = products.sku AND prices.currency = $1`

func storedIn(currency checkout.Currency) func(scanner) (checkout.StoredProduct, error) {
	return func(row scanner) (p checkout.StoredProduct, err error) {
		p.Price.Currency = currency
		err = row.Scan(&p.SKU, &p.Name, &p.Description, &p.Image, &p.Price.Minor, &p.Pieces, &p.Reserved, &p.OnSale)
		return p, err
	}
}

// List lists all products in the merchant's order. Those without a price in currency have
// a price of zero.
func (g Goods) List(ctx context.Context, currency checkout.Currency) ([]checkout.StoredProduct, error) {
	return listGoods(ctx, g.store.reads, currency)
}

func listGoods(ctx context.Context, q querier, currency checkout.Currency) ([]checkout.StoredProduct, error) {
	return collect(ctx, q, storedIn(currency), storedColumns+`
		 ORDER BY products.position, products.sku`, currency)
}

// Get finds one, or answers checkout.ErrNotFound.
func (g Goods) Get(ctx context.Context, sku string, currency checkout.Currency) (checkout.StoredProduct, error) {
	p, err := storedIn(currency)(g.store.reads.QueryRowContext(ctx, storedColumns+`
		 WHERE products.sku = $2`, currency, sku))
	if errors.Is(err, sql.ErrNoRows) {
		return p, checkout.ErrNotFound
	}
	return p, err
}

// Replace imports the products and withdraws all others: they have no price, so
// that they are not sold. Orders keep their lines, and the store its count of pieces.
func (g Goods) Replace(ctx context.Context, products []checkout.Product) error {
	return g.store.write(ctx, func(ctx context.Context, tx *tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM prices`); err != nil {
			return fmt.Errorf("withdraw products: %w", err)
		}
		return g.importAll(ctx, tx, catalogueFile, products)
	})
}

// Add puts a new product at the end of the catalogue. A SKU that is there already is
// answered with checkout.ErrSKUTaken.
func (g Goods) Add(ctx context.Context, by operators.Actor, p checkout.Product) error {
	return g.store.write(ctx, func(ctx context.Context, tx *tx) error {
		var known, last int
		err := tx.QueryRowContext(ctx, `
			SELECT count(*) FILTER (WHERE sku = $1), coalesce(max(position), 0)
			  FROM products`, p.SKU).Scan(&known, &last)
		if err == nil && known > 0 {
			err = checkout.ErrSKUTaken
		}
		if err != nil {
			return err
		}
		return g.importOne(ctx, tx, by, p, last+1)
	})
}

// Change writes what a product is called, says, shows and costs. Its stock stays.
func (g Goods) Change(ctx context.Context, p checkout.Product) error {
	return g.store.write(ctx, func(ctx context.Context, tx *tx) error {
		err := changeOne(ctx, tx, `
			UPDATE products
			   SET name = $1, description = $2, image = $3
			 WHERE sku = $4`, p.Name, p.Description, p.Image, p.SKU)
		if err != nil {
			return fmt.Errorf("change %s: %w", p.SKU, err)
		}
		return setPrice(ctx, tx, p)
	})
}

// SetOnSale says whether a product is shown and sold.
func (g Goods) SetOnSale(ctx context.Context, sku string, on bool) error {
	return g.store.write(ctx, func(ctx context.Context, tx *tx) error {
		return changeOne(ctx, tx, `
			UPDATE products
			   SET on_sale = $1
			 WHERE sku = $2`, on, sku)
	})
}

// Move puts a product one place up in the catalogue, or down. The first goes no further up,
// the last no further down.
func (g Goods) Move(ctx context.Context, sku string, up bool) error {
	return g.store.write(ctx, func(ctx context.Context, tx *tx) error {
		skus, err := collect(ctx, tx, scanText, `SELECT sku FROM products ORDER BY position, sku`)
		if err != nil {
			return err
		}
		at := slices.Index(skus, sku)
		if at < 0 {
			return checkout.ErrNotFound
		}
		to := min(at+1, len(skus)-1)
		if up {
			to = max(at-1, 0)
		}
		skus[at], skus[to] = skus[to], skus[at]
		for position, one := range skus { // all of them: imports may have left several at one position
			if err := changeOne(ctx, tx, `UPDATE products SET position = $1 WHERE sku = $2`, position, one); err != nil {
				return fmt.Errorf("move %s: %w", sku, err)
			}
		}
		return nil
	})
}

// changeOne changes a product, or answers checkout.ErrNotFound.
func changeOne(ctx context.Context, tx *tx, query string, values ...any) error {
	done, err := tx.ExecContext(ctx, query, values...)
	if err != nil {
		return err
	}
	if found, err := done.RowsAffected(); err != nil || found == 0 {
		return cmp.Or(err, error(checkout.ErrNotFound))
	}
	return nil
}

// SetStock says how many pieces of a product are in the store now, those that are
// reserved for payments in progress included; nil stops counting. The count is never
// below what is reserved. It answers with the product, or checkout.ErrNotFound.
func (g Goods) SetStock(ctx context.Context, by operators.Actor, sku string, pieces *int) (counted Stocked, err error) {
	err = g.store.write(ctx, func(ctx context.Context, tx *tx) error {
		was, err := stockOf(ctx, tx, sku)
		if err != nil {
			return err
		}
		err = changeOne(ctx, tx, `
			UPDATE products
			   SET stock = CASE
			           WHEN $1 < reserved THEN reserved
			           ELSE $1
			       END
			 WHERE sku = $2`, pieces, sku)
		if err != nil {
			return fmt.Errorf("set stock of %s: %w", sku, err)
		}
		return g.noteStock(ctx, tx, by, sku, was.Pieces)
	})
	if err != nil {
		return Stocked{}, err
	}
	return g.Stock(ctx, sku)
}

// CountStock is SetStock without its answer.
func (g Goods) CountStock(ctx context.Context, by operators.Actor, sku string, pieces *int) error {
	_, err := g.SetStock(ctx, by, sku, pieces)
	return err
}

// Stocked is what the store has of a product.
type Stocked struct {
	Pieces   *int // nil: they are not counted
	Reserved int  // of these, for payments in progress
}

// Stock reads what the store has of a product, or answers checkout.ErrNotFound.
func (g Goods) Stock(ctx context.Context, sku string) (Stocked, error) {
	return stockOf(ctx, g.store.reads, sku)
}

func stockOf(ctx context.Context, q querier, sku string) (counted Stocked, err error) {
	err = q.QueryRowContext(ctx, `
		SELECT stock, reserved
		  FROM products
		 WHERE sku = $1`, sku).Scan(&counted.Pieces, &counted.Reserved)
	if errors.Is(err, sql.ErrNoRows) {
		return counted, checkout.ErrNotFound
	}
	return counted, err
}

// noteStock adds a change of the stock to its history, if it is one.
func (g Goods) noteStock(ctx context.Context, tx *tx, by operators.Actor, sku string, was *int) error {
	is, err := stockOf(ctx, tx, sku)
	if err != nil || checkout.SamePieces(was, is.Pieces) {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO stock_changes (sku, at, operator, name, was, became)
		VALUES ($1, $2, $3, $4, $5, $6)`, sku, g.store.now().UnixMilli(), by.Operator, by.Name, was, is.Pieces)
	if err != nil {
		return fmt.Errorf("note stock of %s: %w", sku, err)
	}
	return nil
}

// History lists what was changed of the stock of a product, newest first.
func (g Goods) History(ctx context.Context, sku string, limit int) ([]checkout.StockChange, error) {
	return collect(ctx, g.store.reads, func(row scanner) (c checkout.StockChange, err error) {
		err = row.Scan((*storedTime)(&c.At), &c.By, &c.Was, &c.Became)
		return c, err
	}, `
		SELECT at, name, was, became
		  FROM stock_changes
		 WHERE sku = $1
		 ORDER BY id DESC`+first(limit), sku)
}

// errDryRun takes an import back.
var errDryRun = errors.New("dry run")

// Import adds the products of a file before all others, or brings them up to date: all of
// them or none. It answers with what changes; a dry run says it and changes nothing.
func (g Goods) Import(ctx context.Context, by operators.Actor, products []checkout.Product, dry bool) (changes []checkout.ProductChange, err error) {
	if len(products) == 0 {
		return nil, nil
	}
	currency := products[0].Price.Currency
	err = g.store.write(ctx, func(ctx context.Context, tx *tx) error {
		before, err := listGoods(ctx, tx, currency)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE products SET position = position + $1`, len(products)); err != nil {
			return fmt.Errorf("make place in the catalogue: %w", err)
		}
		if err := g.importAll(ctx, tx, by, products); err != nil {
			return err
		}
		after, err := listGoods(ctx, tx, currency)
		if err != nil {
			return err
		}
		if changes = checkout.CompareProducts(before, after); dry {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return changes, err
}

// Read reads the products of a CSV file, as CATALOG_FILE does.
func (g Goods) Read(r io.Reader, currency checkout.Currency) ([]checkout.Product, error) {
	return ReadCatalog(r, true, currency)
}

// AddPicture keeps a picture and answers its name, which is that of a file.
func (g Goods) AddPicture(ctx context.Context, p checkout.Picture) (name string, err error) {
	sum := sha256.Sum256(p.Bytes)
	name = hex.EncodeToString(sum[:16]) + "." + p.Extension()
	err = g.store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO product_pictures (name, type, bytes)
			VALUES ($1, $2, $3)
			ON CONFLICT (name) DO NOTHING`, name, p.Type, p.Bytes)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("keep picture: %w", err)
	}
	return name, nil
}

// Picture finds a picture by its name, or answers checkout.ErrNotFound.
func (g Goods) Picture(ctx context.Context, name string) (p checkout.Picture, err error) {
	err = g.store.reads.QueryRowContext(ctx, `
		SELECT type, bytes
		  FROM product_pictures
		 WHERE name = $1`, name).Scan(&p.Type, &p.Bytes)
	if errors.Is(err, sql.ErrNoRows) {
		return p, checkout.ErrNotFound
	}
	return p, err
}

// ImportProducts adds products to the catalogue or brings them up to date, all
// of them or none. Their order becomes the order of the catalogue. A stock is
// what is in the store when the file first says it: importing the same number
// again, as every start does, restores no goods that were sold.
func (s *Store) ImportProducts(ctx context.Context, products []checkout.Product) error {
	return s.write(ctx, func(ctx context.Context, tx *tx) error {
		return GoodsOf(s).importAll(ctx, tx, catalogueFile, products)
	})
}

func (g Goods) importAll(ctx context.Context, tx *tx, by operators.Actor, products []checkout.Product) error {
	for i, p := range products {
		if err := g.importOne(ctx, tx, by, p, i); err != nil {
			return err
		}
	}
	return nil
}

func (g Goods) importOne(ctx context.Context, tx *tx, by operators.Actor, p checkout.Product, position int) error {
	was, err := stockOf(ctx, tx, p.SKU)
	if err != nil && !checkout.IsNotFound(err) {
		return err
	}
	_, err = tx.ExecContext(ctx, `
			INSERT INTO products (sku, name, description, image, position, stock, listed)
			VALUES ($1, $2, $3, $4, $5, $6, $6)
			ON CONFLICT (sku) DO UPDATE
			   SET name = excluded.name,
			       description = excluded.description,
			       image = excluded.image,
			       position = excluded.position,
			       stock = CASE
			           WHEN excluded.listed IS NOT DISTINCT FROM products.listed THEN products.stock
			           WHEN excluded.stock < products.reserved THEN products.reserved
			           ELSE excluded.stock
			       END,
			       listed = excluded.listed`,
		p.SKU, p.Name, p.Description, p.Image, position, p.Stock)
	if err != nil {
		return fmt.Errorf("import %s: %w", p.SKU, err)
	}
	if err := setPrice(ctx, tx, p); err != nil {
		return err
	}
	return g.noteStock(ctx, tx, by, p.SKU, was.Pieces)
}

func setPrice(ctx context.Context, tx *tx, p checkout.Product) error {
	_, err := tx.ExecContext(ctx, `
			INSERT INTO prices (sku, currency, minor)
			VALUES ($1, $2, $3)
			ON CONFLICT (sku, currency) DO UPDATE
			   SET minor = excluded.minor`,
		p.SKU, p.Price.Currency, p.Price.Minor)
	if err != nil {
		return fmt.Errorf("set price of %s: %w", p.SKU, err)
	}
	return nil
}
