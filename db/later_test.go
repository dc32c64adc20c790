package db

import (
	"context"
	"strings"
	"testing"
)

// A statement that is sent with others fails its transaction, whether something waits for a
// result after it or nothing does, and says why.
func TestAStatementSentLaterFailsItsTransaction(t *testing.T) {
	store := openStore(t)
	ctx := t.Context()
	var lines int
	const ofNoOrder = `INSERT INTO order_lines (order_id, position, sku, name, image, quantity, unit) VALUES ('none', $1, 'MUG', 'Mug', '', 1, 1)`
	for name, then := range map[string]func(context.Context, *tx) error{
		"nothing follows": func(context.Context, *tx) error { return nil },
		"a statement":     func(ctx context.Context, tx *tx) error { return execute(ctx, tx, `DELETE FROM order_lines`) },
		"a row": func(ctx context.Context, tx *tx) error {
			return tx.QueryRowContext(ctx, `SELECT count(*) FROM order_lines`).Scan(&lines)
		},
	} {
		err := store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
			for i := range 2 {
				if err := later(ctx, tx, ofNoOrder, i); err != nil {
					return err
				}
			}
			return then(ctx, tx)
		})
		if err == nil || !strings.Contains(strings.ToLower(err.Error()), "foreign key") {
			t.Errorf("%s: %v; want that the order is missing", name, err)
		}
	}
	if err := store.reads.QueryRowContext(ctx, `SELECT count(*) FROM order_lines`).Scan(&lines); err != nil || lines != 0 {
		t.Errorf("%d lines are stored, %v; want none", lines, err)
	}
}

// What is sent later is carried out before what follows it, in its order.
func TestStatementsSentLaterComeInTheirOrder(t *testing.T) {
	store := openStore(t)
	placeOrder(t, store, newOrder("o"))
	seen := ""
	err := store.writeTo(t.Context(), aboutOrder("o"), func(ctx context.Context, tx *tx) error {
		for _, status := range []string{"cancelled", "expired"} {
			if err := later(ctx, tx, `UPDATE orders SET status = $1 WHERE id = $2`, status, "o"); err != nil {
				return err
			}
		}
		return tx.QueryRowContext(ctx, `SELECT status FROM orders WHERE id = $1`, "o").Scan(&seen)
	})
	if err != nil || seen != "expired" {
		t.Errorf("the order is %q, %v; want expired", seen, err)
	}
}
