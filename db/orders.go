package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"antom-checkout/checkout"
)

// orderRows is the table of orders. What a buyer has ordered never changes; who orders
// may be corrected until a payment begins, and erased. An update names the version that
// it has read, and finds nothing if there is a newer one.
var orderRows = newMapping(mapping[checkout.Order]{
	table: "orders", key: []string{"id", "version"}, owner: []string{"token_sha256", "token_sealed"}, onConflict: "ON CONFLICT (form_key) DO NOTHING",
	columns: []column[checkout.Order]{
		fixed(plain("id", func(o *checkout.Order) *string { return &o.ID })),
		fixed(plain("number", func(o *checkout.Order) *string { return &o.Number })),
		fixed(plain("form_key", func(o *checkout.Order) *string { return &o.FormKey })),
		plain("status", func(o *checkout.Order) *checkout.OrderStatus { return &o.Status }),
		plain("closed", func(o *checkout.Order) *checkout.OrderStatus { return &o.Closed }),
		plain("review", func(o *checkout.Order) *checkout.Review { return &o.Review }),
		plain("review_payment", func(o *checkout.Order) *string { return &o.ReviewPayment }),
		plain("ever_paid", func(o *checkout.Order) *bool { return &o.EverPaid }),
		instant("paid_at", func(o *checkout.Order) *time.Time { return &o.PaidAt }),
		plain("stock", func(o *checkout.Order) *checkout.Stock { return &o.Stock }),
		plain("version", func(o *checkout.Order) *int64 { return &o.Version }),
		plain("events", func(o *checkout.Order) *int { return &o.Events }),
		fixed(plain("currency", func(o *checkout.Order) *checkout.Currency { return &o.Total.Currency })),
		fixed(plain("total", func(o *checkout.Order) *int64 { return &o.Total.Minor })),
		plain("email", func(o *checkout.Order) *string { return &o.Buyer.Email }),
		plain("name", func(o *checkout.Order) *string { return &o.Buyer.Name }),
		plain("phone", func(o *checkout.Order) *string { return &o.Buyer.Phone }),
		plain("country", func(o *checkout.Order) *string { return &o.Buyer.Country }),
		plain("region", func(o *checkout.Order) *string { return &o.Buyer.Region }),
		plain("city", func(o *checkout.Order) *string { return &o.Buyer.City }),
		plain("address1", func(o *checkout.Order) *string { return &o.Buyer.Address1 }),
		plain("address2", func(o *checkout.Order) *string { return &o.Buyer.Address2 }),
		plain("postal_code", func(o *checkout.Order) *string { return &o.Buyer.PostalCode }),
		plain("buyer_reference", func(o *checkout.Order) *string { return &o.BuyerReference }),
		plain("language", func(o *checkout.Order) *string { return &o.Language }),
		fixed(instant("created_at", func(o *checkout.Order) *time.Time { return &o.CreatedAt })),
		fixed(instant("expires_at", func(o *checkout.Order) *time.Time { return &o.ExpiresAt })),
		fixed(plain("source", func(o *checkout.Order) *checkout.Source { return &o.Source })),
		fixed(plain("reference", func(o *checkout.Order) *string { return &o.Reference })),
		fixed(plain("capture", func(o *checkout.Order) *checkout.CaptureMode { return &o.Capture })),
		fixed(asJSON("methods", func(o *checkout.Order) *[]string { return &o.Methods }, slices.Equal)),
		plain("success_url", func(o *checkout.Order) *string { return &o.SuccessURL }),
		plain("cancel_url", func(o *checkout.Order) *string { return &o.CancelURL }),
		asJSON("metadata", func(o *checkout.Order) *map[string]string { return &o.Metadata }, maps.Equal),
		fixed(plain("link_id", func(o *checkout.Order) *string { return &o.Link })),
		instant("erased_at", func(o *checkout.Order) *time.Time { return &o.ErasedAt }),
	},
})

// CreateOrder implements shop.Store and merchant.Store. Errors: CodeReferenceUsed.
func (s *Store) CreateOrder(ctx context.Context, o checkout.Order, cause checkout.Cause) (checkout.Order, error) {
	o.Version = 1
	transitions := checkout.Transitions(checkout.Order{}, o)
	events := checkout.AddEvents(checkout.Order{}, &o, transitions, nil)
	err := s.writeTo(ctx, aboutOrder(o.ID), func(ctx context.Context, tx *tx) error {
		isNew, err := s.sealer.insertOrder(ctx, tx, &o)
		if err != nil {
			return err
		}
		if !isNew {
			o, err = s.sealer.load(ctx, tx, name{byForm, o.FormKey})
			return err
		}
		if err := checkReference(ctx, tx, &s.dialect, o); err != nil {
			return err
		}
		if err := insertLines(ctx, tx, o); err != nil {
			return err
		}
		if err := s.addTransitions(ctx, tx, o.ID, transitions, checkout.Evidence{Cause: cause}); err != nil {
			return err
		}
		return s.addEvents(ctx, tx, events)
	})
	if err == nil {
		s.cache.put(o)
	}
	return o, err
}

// insertOrder adds the order, unless one of the same form exists.
func (s *sealer) insertOrder(ctx context.Context, tx *tx, o *checkout.Order) (isNew bool, err error) {
	res, err := orderRows.add(ctx, tx, o, sha256Hex(o.Token), s.seal([]byte(o.Token), o.ID))
	if err != nil {
		return false, fmt.Errorf("insert order: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// checkReference refuses the merchant's reference of another order, unless that has
// expired or was cancelled. At a payment link any reader of its address may write a
// reference, so those keep no order of the merchant's programs out.
func checkReference(ctx context.Context, tx *tx, dialect *dialect, o checkout.Order) error {
	if o.Reference == "" || o.Source == checkout.SourceLink {
		return nil
	}
	if err := dialect.alsoLock(ctx, tx, aboutReference(o.Reference)); err != nil {
		return err
	}
	var first string
	err := tx.QueryRowContext(ctx, `
		SELECT id
		  FROM orders
		 WHERE reference = $1
		   AND reference <> ''
		   AND id <> $2
		   AND source <> 'link'
		   AND status NOT IN ('expired', 'cancelled')
		 ORDER BY id
		 LIMIT 1`, o.Reference, o.ID).Scan(&first)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("read reference: %w", err)
	}
	return &checkout.Error{Code: checkout.CodeReferenceUsed, Detail: "order " + first + " has this reference", Order: first}
}

func insertLines(ctx context.Context, tx *tx, o checkout.Order) error {
	if len(o.Lines) == 0 {
		return nil
	}
	var values []any
	for i, line := range o.Lines {
		values = append(values, o.ID, i, line.SKU, line.Name, line.Image, line.Quantity, line.Unit.Minor)
	}
	err := later(ctx, tx, `
		INSERT INTO order_lines (order_id, position, sku, name, image, quantity, unit)
		VALUES `+rows(len(o.Lines), 7), values...)
	if err != nil {
		return fmt.Errorf("insert order lines: %w", err)
	}
	return nil
}

// OrderByForm implements shop.Store.
func (s *Store) OrderByForm(ctx context.Context, formKey string) (checkout.Order, error) {
	return s.order(ctx, name{byForm, formKey})
}

// OrderByToken implements payments.Store.
func (s *Store) OrderByToken(ctx context.Context, token string) (checkout.Order, error) {
	return s.order(ctx, name{byToken, token})
}

// OrderByID implements payments.Store.
func (s *Store) OrderByID(ctx context.Context, id string) (checkout.Order, error) {
	return s.order(ctx, name{byID, id})
}

// OrderByNumber implements payments.Store.
func (s *Store) OrderByNumber(ctx context.Context, number string) (checkout.Order, error) {
	return s.order(ctx, name{byNumber, number})
}

// order is the committed state of an order: the one remembered if it is still
// that, otherwise read. It is read by several statements; a version that is still
// the same afterwards proves that nothing has changed between them.
func (s *Store) order(ctx context.Context, by name) (checkout.Order, error) {
	if o := s.cache.get(by); o != nil {
		if current, err := isCurrent(ctx, s.reads, *o); err != nil || current {
			return o.Clone(), err
		}
	}
	for {
		o, err := s.sealer.load(ctx, s.reads, by)
		if err != nil {
			return o, err
		}
		current, err := isCurrent(ctx, s.reads, o)
		if err != nil {
			return checkout.Order{}, err
		}
		if current {
			s.cache.put(o)
			return o, nil
		}
	}
}

// orderIn is the state of an order inside of a transaction.
func (s *Store) orderIn(ctx context.Context, tx *tx, id string) (checkout.Order, error) {
	if o := s.cache.get(name{byID, id}); o != nil {
		if current, err := isCurrent(ctx, tx, *o); err != nil || current {
			return o.Clone(), err
		}
	}
	return s.sealer.load(ctx, tx, name{byID, id})
}

// isCurrent reports whether the row of an order has the same version.
func isCurrent(ctx context.Context, q querier, o checkout.Order) (bool, error) {
	version := int64(0)
	err := q.QueryRowContext(ctx, `
		SELECT version
		  FROM orders
		 WHERE id = $1`, o.ID).Scan(&version)
	if err != nil {
		return false, fmt.Errorf("read version of order: %w", err)
	}
	return version == o.Version, nil
}

// load reads an order with lines, payments and operations by one of its unique
// columns.
func (s *sealer) load(ctx context.Context, q querier, by name) (checkout.Order, error) {
	var o checkout.Order
	var token []byte
	column, value := by.column, by.value
	if column == byToken {
		column, value = "token_sha256", sha256Hex(by.value)
	}
	err := orderRows.scan(q.QueryRowContext(ctx, `
		SELECT `+orderRows.names+`, token_sealed
		  FROM orders
		 WHERE `+column+` = $1`, value), &o, &token)
	if errors.Is(err, sql.ErrNoRows) {
		return checkout.Order{}, checkout.ErrNotFound
	}
	if err != nil {
		return checkout.Order{}, fmt.Errorf("read order: %w", err)
	}
	if by.column == byToken {
		o.Token = by.value
	} else {
		text, _ := s.unseal(token, o.ID)
		o.Token = string(text)
	}
	if o.Lines, err = loadLines(ctx, q, o); err != nil {
		return checkout.Order{}, fmt.Errorf("read order lines: %w", err)
	}
	if o.Payments, err = loadPayments(ctx, q, o.ID); err != nil {
		return checkout.Order{}, fmt.Errorf("read payments: %w", err)
	}
	for i := range o.Payments {
		s.unsealPayment(&o.Payments[i])
	}
	return o, nil
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

// DueExpiries implements payments.Store.
func (s *Store) DueExpiries(ctx context.Context, now time.Time, limit int) ([]string, error) {
	return collect(ctx, s.reads, scanText, `
		SELECT id
		  FROM orders
		 WHERE status = 'open' AND expires_at <= $1
		 ORDER BY expires_at`+first(limit), now.UnixMilli())
}

func scanText(row scanner) (string, error) {
	var text string
	err := row.Scan(&text)
	return text, err
}

// newestID is the last id in time order of all orders and payments, or "".
func newestID(ctx context.Context, q querier) (id string, err error) {
	var payment string
	err = q.QueryRowContext(ctx, `
		SELECT coalesce((SELECT max(id) FROM orders), ''), coalesce((SELECT max(request_id) FROM payments), '')`).Scan(&id, &payment)
	return max(id, payment), err
}
