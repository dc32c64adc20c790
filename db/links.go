package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"antom-checkout/checkout"
)

// paymentLinks is the part of the Store that keeps payment links.
type paymentLinks struct{ store *Store }

// linkRows is the table of payment links. Its uses are counted by countUse.
var linkRows = newMapping(mapping[checkout.PaymentLink]{
	table: "payment_links", key: []string{"id"}, onConflict: "ON CONFLICT (form_key) DO NOTHING",
	columns: []column[checkout.PaymentLink]{
		fixed(plain("id", func(l *checkout.PaymentLink) *string { return &l.ID })),
		fixed(plain("code", func(l *checkout.PaymentLink) *string { return &l.Code })),
		fixed(plain("form_key", func(l *checkout.PaymentLink) *string { return &l.FormKey })),
		plain("name", func(l *checkout.PaymentLink) *string { return &l.Name }),
		fixed(asJSON("lines", func(l *checkout.PaymentLink) *[]checkout.OrderLine { return &l.Lines }, sameLines)),
		fixed(plain("amount_min", func(l *checkout.PaymentLink) *int64 { return &l.Amount.Min })),
		fixed(plain("amount_max", func(l *checkout.PaymentLink) *int64 { return &l.Amount.Max })),
		fixed(plain("amount_suggested", func(l *checkout.PaymentLink) *int64 { return &l.Amount.Suggested })),
		fixed(plain("currency", func(l *checkout.PaymentLink) *checkout.Currency { return &l.Currency })),
		fixed(plain("adjustable", func(l *checkout.PaymentLink) *bool { return &l.Adjustable })),
		plain("max_uses", func(l *checkout.PaymentLink) *int { return &l.MaxUses }),
		asJSON("methods", func(l *checkout.PaymentLink) *[]string { return &l.Methods }, slices.Equal),
		plain("success_url", func(l *checkout.PaymentLink) *string { return &l.SuccessURL }),
		asJSON("metadata", func(l *checkout.PaymentLink) *map[string]string { return &l.Metadata }, maps.Equal),
		plain("active", func(l *checkout.PaymentLink) *bool { return &l.Active }),
		fixed(instant("created_at", func(l *checkout.PaymentLink) *time.Time { return &l.CreatedAt })),
		instant("expires_at", func(l *checkout.PaymentLink) *time.Time { return &l.ExpiresAt }),
		fixed(plain("uses", func(l *checkout.PaymentLink) *int { return &l.Uses })),
		fixed(plain("reserved", func(l *checkout.PaymentLink) *int { return &l.Reserved })),
	},
})

func sameLines(was, is []checkout.OrderLine) bool { return reflect.DeepEqual(was, is) }

// AddPaymentLink implements merchant.Store.
func (t paymentLinks) AddPaymentLink(ctx context.Context, l checkout.PaymentLink) (stored checkout.PaymentLink, err error) {
	err = t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		if _, err := linkRows.add(ctx, tx, &l); err != nil {
			return fmt.Errorf("insert payment link: %w", err)
		}
		stored, err = findLink(ctx, tx, "form_key", l.FormKey)
		return err
	})
	return stored, err
}

// PaymentLinks implements merchant.Store.
func (t paymentLinks) PaymentLinks(ctx context.Context, w checkout.Window) ([]checkout.PaymentLink, error) {
	links, err := collect(ctx, t.store.reads, scanLink, `
		SELECT `+linkRows.names+`
		  FROM payment_links
		 WHERE $1 = '' OR id < $1
		 ORDER BY id DESC`+first(w.Limit), w.After)
	if err != nil {
		return nil, fmt.Errorf("list payment links: %w", err)
	}
	return links, nil
}

// PaymentLink implements merchant.Store.
func (t paymentLinks) PaymentLink(ctx context.Context, id string) (checkout.PaymentLink, error) {
	return findLink(ctx, t.store.reads, "id", id)
}

// PaymentLinkByCode implements merchant.Store.
func (t paymentLinks) PaymentLinkByCode(ctx context.Context, code string) (checkout.PaymentLink, error) {
	return findLink(ctx, t.store.reads, "code", code)
}

// UpdatePaymentLink implements merchant.Store.
func (t paymentLinks) UpdatePaymentLink(ctx context.Context, id string, change func(checkout.PaymentLink) (checkout.PaymentLink, error)) (after checkout.PaymentLink, err error) {
	err = t.store.write(ctx, func(ctx context.Context, tx *tx) error {
		before, err := findLink(ctx, tx, "id", id)
		if err != nil {
			return err
		}
		if after, err = change(before.Clone()); err != nil {
			return err
		}
		if _, err := linkRows.update(ctx, tx, &before, &after, id); err != nil {
			return fmt.Errorf("update payment link: %w", err)
		}
		return nil
	})
	return after, err
}

func scanLink(row scanner) (l checkout.PaymentLink, err error) {
	err = linkRows.scan(row, &l)
	return l, err
}

// findLink finds a link by one of its unique columns; more ends the SELECT.
func findLink(ctx context.Context, q querier, column, value string, more ...string) (l checkout.PaymentLink, err error) {
	l, err = scanLink(q.QueryRowContext(ctx, `
		SELECT `+linkRows.names+`
		  FROM payment_links
		 WHERE `+column+` = $1`+strings.Join(more, ""), value))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return l, checkout.ErrNotFound
	case err != nil:
		return l, fmt.Errorf("read payment link: %w", err)
	}
	return l, nil
}

// refusal is why the payment link of an order has no use left for it, or "". An order
// that has reserved or taken its use keeps it.
func (t paymentLinks) refusal(ctx context.Context, tx *tx, o checkout.Order) (checkout.ErrorCode, error) {
	if o.Link == "" || o.Stock != checkout.StockFree {
		return "", nil
	}
	l, err := findLink(ctx, tx, "id", o.Link, t.store.dialect.lock("payment_links"))
	if err != nil && !checkout.IsNotFound(err) {
		return "", err
	}
	return l.Refusal(), nil // none, where the database does not know the link
}

// countUse reserves, takes or frees the use of an order's payment link, with the order's
// goods.
func countUse(ctx context.Context, tx *tx, o checkout.Order, reserve, take int) error {
	if o.Link == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE payment_links
		   SET reserved = CASE WHEN reserved + $1 < 0 THEN 0 ELSE reserved + $1 END,
		       uses = CASE WHEN uses + $2 < 0 THEN 0 ELSE uses + $2 END
		 WHERE id = $3`, reserve, take, o.Link)
	if err != nil {
		return fmt.Errorf("count use of payment link: %w", err)
	}
	return nil
}
