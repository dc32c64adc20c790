package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"antom-checkout/checkout"
)

// CreateOrder implements checkout.Store.
func (s *Store) CreateOrder(ctx context.Context, o checkout.Order, cause checkout.Cause) (checkout.Order, error) {
	created := o
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		switch existing, err := loadOrder(ctx, tx, "form_key", o.FormKey); {
		case err == nil:
			created = existing
			return nil
		case !checkout.IsNotFound(err):
			return err
		}
		created = o
		created.Version = 1
		return s.insertOrder(ctx, tx, created, cause)
	})
	return created, err
}

func (s *Store) insertOrder(ctx context.Context, tx *sql.Tx, o checkout.Order, cause checkout.Cause) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO orders (
			id, number, token, form_key, status, closed, review, review_payment, ever_paid, stock, version,
			currency, total,
			email, name, phone, country, region, city, address1, address2, postal_code,
			language, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
			$13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)`,
		o.ID, o.Number, o.Token, o.FormKey, o.Status, o.Closed, o.Review, o.ReviewPayment, o.EverPaid, o.Stock, o.Version,
		o.Total.Currency, o.Total.Minor,
		o.Buyer.Email, o.Buyer.Name, o.Buyer.Phone, o.Buyer.Country, o.Buyer.Region, o.Buyer.City,
		o.Buyer.Address1, o.Buyer.Address2, o.Buyer.PostalCode,
		o.Language, millis(o.CreatedAt), millis(o.ExpiresAt))
	if err != nil {
		return fmt.Errorf("insert order: %w", err)
	}
	for i, line := range o.Lines {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO order_lines (order_id, position, sku, name, image, quantity, unit)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			o.ID, i, line.SKU, line.Name, line.Image, line.Quantity, line.Unit.Minor)
		if err != nil {
			return fmt.Errorf("insert order line: %w", err)
		}
	}
	return s.addTransition(ctx, tx, transition{subject: "order", orderID: o.ID, to: string(o.Status)}, cause)
}

// OrderByForm implements checkout.Store.
func (s *Store) OrderByForm(ctx context.Context, formKey string) (checkout.Order, error) {
	return loadOrder(ctx, s.reads, "form_key", formKey)
}

// OrderByToken implements checkout.Store.
func (s *Store) OrderByToken(ctx context.Context, token string) (checkout.Order, error) {
	return loadOrder(ctx, s.reads, "token", token)
}

// OrderByID implements checkout.Store.
func (s *Store) OrderByID(ctx context.Context, id string) (checkout.Order, error) {
	return loadOrder(ctx, s.reads, "id", id)
}

// loadOrder reads an order with lines, payments and operations. key is one of
// the table's unique columns.
func loadOrder(ctx context.Context, q querier, key, value string) (checkout.Order, error) {
	o, err := scanOrder(q.QueryRowContext(ctx, `
		SELECT id, number, token, form_key, status, closed, review, review_payment, ever_paid, stock, version,
		       currency, total,
		       email, name, phone, country, region, city, address1, address2, postal_code,
		       language, created_at, expires_at
		  FROM orders
		 WHERE `+key+` = $1`, value))
	if errors.Is(err, sql.ErrNoRows) {
		return checkout.Order{}, checkout.ErrNotFound
	}
	if err != nil {
		return checkout.Order{}, fmt.Errorf("read order: %w", err)
	}
	if o.Lines, err = loadLines(ctx, q, o); err != nil {
		return checkout.Order{}, fmt.Errorf("read order lines: %w", err)
	}
	if o.Payments, err = loadPayments(ctx, q, o.ID); err != nil {
		return checkout.Order{}, fmt.Errorf("read payments: %w", err)
	}
	return o, nil
}

func scanOrder(row scanner) (checkout.Order, error) {
	var o checkout.Order
	var created, expires int64
	err := row.Scan(
		&o.ID, &o.Number, &o.Token, &o.FormKey, &o.Status, &o.Closed, &o.Review, &o.ReviewPayment, &o.EverPaid, &o.Stock, &o.Version,
		&o.Total.Currency, &o.Total.Minor,
		&o.Buyer.Email, &o.Buyer.Name, &o.Buyer.Phone, &o.Buyer.Country, &o.Buyer.Region, &o.Buyer.City,
		&o.Buyer.Address1, &o.Buyer.Address2, &o.Buyer.PostalCode,
		&o.Language, &created, &expires)
	o.CreatedAt, o.ExpiresAt = moment(created), moment(expires)
	return o, err
}

func loadLines(ctx context.Context, q querier, o checkout.Order) ([]checkout.OrderLine, error) {
	return collect(ctx, q, func(row scanner) (checkout.OrderLine, error) {
		line := checkout.OrderLine{Unit: checkout.Money{Currency: o.Total.Currency}}
		err := row.Scan(&line.SKU, &line.Name, &line.Image, &line.Quantity, &line.Unit.Minor)
		return line, err
	}, `
		SELECT sku, name, image, quantity, unit
		  FROM order_lines
		 WHERE order_id = $1
		 ORDER BY position`, o.ID)
}

// DueExpiries implements checkout.Store.
func (s *Store) DueExpiries(ctx context.Context, now time.Time, limit int) ([]string, error) {
	return collect(ctx, s.reads, scanText, `
		SELECT id
		  FROM orders
		 WHERE status = 'open' AND expires_at <= $1
		 ORDER BY expires_at
		 LIMIT $2`, now.UnixMilli(), limit)
}

func scanText(row scanner) (string, error) {
	var text string
	err := row.Scan(&text)
	return text, err
}
