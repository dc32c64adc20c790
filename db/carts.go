package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"antom-checkout/checkout"
)

// Carts end as their sessions' cookies do, and the oldest end when there are too many,
// so that visitors without number cannot fill the disk.
const (
	cartLife = 30 * 24 * time.Hour
	maxCarts = 200_000
)

// carts is the part of the Store that keeps carts.
type carts struct {
	store *Store
	most  int
}

// Cart implements shop.Store.
func (t carts) Cart(ctx context.Context, session string) (checkout.Cart, error) {
	return loadCart(ctx, t.store.reads, session)
}

// UpdateCart implements shop.Store.
func (t carts) UpdateCart(ctx context.Context, session string, change func(*checkout.Cart) error) (after checkout.Cart, err error) {
	err = t.store.writeTo(ctx, aboutCart(session), func(ctx context.Context, tx *tx) error {
		before, err := loadCart(ctx, tx, session)
		if err != nil {
			return err
		}
		after = before.Clone()
		if err := change(&after); err != nil || reflect.DeepEqual(before, after) {
			return err
		}
		return t.save(ctx, tx, session, after)
	})
	return after, err
}

func loadCart(ctx context.Context, q querier, session string) (c checkout.Cart, err error) {
	var lines []byte
	err = q.QueryRowContext(ctx, `
		SELECT lines, taken_out
		  FROM carts
		 WHERE session = $1`, session).Scan(&lines, &c.TakenOut)
	if errors.Is(err, sql.ErrNoRows) {
		return checkout.Cart{}, nil
	}
	if err == nil {
		err = json.Unmarshal(lines, &c.Lines)
	}
	if err != nil {
		return c, fmt.Errorf("read cart: %w", err)
	}
	return c, nil
}

func (t carts) save(ctx context.Context, tx *tx, session string, c checkout.Cart) error {
	lines, err := json.Marshal(c.Lines)
	if err != nil {
		return fmt.Errorf("write cart: %w", err)
	}
	now := t.store.now()
	// An INSERT that finds a conflict uses up a number of the sequence, by which carts are
	// counted below.
	done, err := tx.ExecContext(ctx, `
		UPDATE carts
		   SET lines = $1, taken_out = $2, changed_at = $3
		 WHERE session = $4`, string(lines), c.TakenOut, now.UnixMilli(), session)
	if err != nil {
		return fmt.Errorf("write cart: %w", err)
	}
	if known, err := done.RowsAffected(); err != nil || known == 0 {
		_, err = tx.ExecContext(ctx, `
			INSERT INTO carts (session, lines, taken_out, changed_at)
			VALUES ($1, $2, $3, $4)`, session, string(lines), c.TakenOut, now.UnixMilli())
		if err != nil {
			return fmt.Errorf("write cart: %w", err)
		}
	}
	// Each cart that is written removes a few that have ended, so that no job has to.
	if _, err := tx.ExecContext(ctx, `
		DELETE FROM carts
		 WHERE seq IN (SELECT seq
		                 FROM carts
		                WHERE changed_at < $1
		                ORDER BY changed_at
		                LIMIT 10)
		    OR seq <= (SELECT max(seq) FROM carts) - $2`, now.Add(-cartLife).UnixMilli(), t.most); err != nil {
		return fmt.Errorf("remove old carts: %w", err)
	}
	return nil
}
