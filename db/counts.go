package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"antom-checkout/checkout"
)

// counts is the part of the Store that counts what guards money: declined cards, and what has
// an allowance. All programs on the database count together.
type counts struct{ store *Store }

// saveCardOrigin notes where an attempt to pay by card comes from.
func (t counts) saveCardOrigin(ctx context.Context, tx *tx, origin *checkout.CardOrigin) error {
	if origin == nil {
		return nil
	}
	err := execute(ctx, tx, `
		INSERT INTO card_attempts (payment, order_id, address, card, begun_at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (payment) DO NOTHING`,
		origin.Payment, origin.Order, origin.Address, origin.Card, t.store.now().UnixMilli())
	if err != nil {
		return fmt.Errorf("note where a card comes from: %w", err)
	}
	return nil
}

// saveDeclines counts the cards that a change says were declined. Of an attempt whose origin is
// not known the order is.
func (t counts) saveDeclines(ctx context.Context, tx *tx, before, after *checkout.Order) error {
	for _, p := range checkout.DeclinedIn(*before, *after) {
		err := execute(ctx, tx, `
			INSERT INTO card_attempts (payment, order_id, address, card, begun_at, declined_at)
			VALUES ($1, $2, '', '', $3, $3)
			ON CONFLICT (payment) DO UPDATE SET declined_at = excluded.declined_at`,
			p.RequestID, after.ID, t.store.now().UnixMilli())
		if err != nil {
			return fmt.Errorf("count a declined card: %w", err)
		}
	}
	return nil
}

// CardOrigin implements payments.Store.
func (t counts) CardOrigin(ctx context.Context, requestID string) (o checkout.CardOrigin, err error) {
	err = t.store.reads.QueryRowContext(ctx, `
		SELECT payment, order_id, address, card
		  FROM card_attempts
		 WHERE payment = $1`, requestID).Scan(&o.Payment, &o.Order, &o.Address, &o.Card)
	if errors.Is(err, sql.ErrNoRows) {
		return o, checkout.ErrNotFound
	}
	return o, err
}

// Declines implements payments.Store.
func (t counts) Declines(ctx context.Context, origin checkout.CardOrigin) (checkout.Declines, error) {
	var asked []string
	var args []any
	for _, source := range []struct {
		kind       checkout.DeclineSource
		column, id string
	}{
		{checkout.DeclinesOfOrder, "order_id", origin.Order},
		{checkout.DeclinesOfAddress, "address", origin.Address},
		{checkout.DeclinesOfCard, "card", origin.Card},
	} {
		if source.id == "" { // or else all that is unknown would be one
			continue
		}
		args = append(args, source.id)
		asked = append(asked, fmt.Sprintf(`
			SELECT * FROM (
				SELECT '%s' AS kind, declined_at
				  FROM card_attempts
				 WHERE %s = $%d AND declined_at IS NOT NULL
				 ORDER BY declined_at DESC%s) AS of_%s`,
			source.kind, source.column, len(args), first(checkout.DeclineLimits[source.kind].Most), source.kind))
	}
	if len(asked) == 0 {
		return nil, nil
	}
	found := checkout.Declines{}
	_, err := collect(ctx, t.store.reads, func(row scanner) (none struct{}, err error) {
		var kind checkout.DeclineSource
		var at int64
		err = row.Scan(&kind, &at)
		found[kind] = append(found[kind], moment(at))
		return none, err
	}, strings.Join(asked, " UNION ALL ")+` ORDER BY 2`, args...)
	if err != nil {
		return nil, fmt.Errorf("read declined cards: %w", err)
	}
	return found, nil
}

// CardKey implements payments.Store.
func (t counts) CardKey(ctx context.Context, day int64) (key []byte, err error) {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // it never fails
	err = t.store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		err := execute(ctx, tx, `
			INSERT INTO card_keys (day, random)
			VALUES ($1, $2)
			ON CONFLICT (day) DO NOTHING`, day, random)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT random FROM card_keys WHERE day = $1`, day).Scan(&key)
	})
	if err != nil {
		return nil, fmt.Errorf("key of cards: %w", err)
	}
	return key, nil
}

// errUsedUp ends a transaction that takes more than is allowed.
var errUsedUp = errors.New("an allowance is used up")

// Take implements payments.Store. The moment at which an allowance is whole again says how much
// of it is used; each use makes it later. A moment that is later than all uses together could have
// made it is from a clock that has gone back since.
func (t counts) Take(ctx context.Context, wanted ...checkout.Allowance) (over *checkout.Allowance, wait time.Duration, err error) {
	inOrder := slices.SortedFunc(slices.Values(wanted), func(a, b checkout.Allowance) int { return strings.Compare(a.Name, b.Name) })
	err = t.store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		over, wait = nil, 0
		for _, a := range inOrder {
			if wait, err = t.take(ctx, tx, a); err != nil {
				return fmt.Errorf("count against an allowance: %w", err)
			}
			if wait > 0 {
				over = &a
				return errUsedUp
			}
		}
		return nil
	})
	if errors.Is(err, errUsedUp) {
		err = nil
	}
	return over, wait, err
}

func (t counts) take(ctx context.Context, tx *tx, a checkout.Allowance) (wait time.Duration, err error) {
	now, every := t.store.now().UnixMilli(), a.Every.Milliseconds()
	latest, most := now+int64(a.Most-1)*every, now+int64(a.Most)*every
	done, err := tx.ExecContext(ctx, `
		INSERT INTO allowances (name, whole_at)
		VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE
		   SET whole_at = CASE WHEN allowances.whole_at > $3 AND allowances.whole_at <= $4 THEN allowances.whole_at + $5 ELSE $2 END
		 WHERE allowances.whole_at <= $4 OR allowances.whole_at > $6`,
		a.Name, now+every, now, latest, every, most+checkout.ClockSkew.Milliseconds())
	if err != nil {
		return 0, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return 0, err
	}
	var whole int64
	err = tx.QueryRowContext(ctx, `SELECT whole_at FROM allowances WHERE name = $1`, a.Name).Scan(&whole)
	return time.Duration(whole-latest) * time.Millisecond, err
}

// UndoTake implements payments.Store.
func (t counts) UndoTake(ctx context.Context, taken ...checkout.Allowance) error {
	return t.store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		for _, a := range taken {
			err := execute(ctx, tx, `
				UPDATE allowances
				   SET whole_at = whole_at - $1
				 WHERE name = $2`, a.Every.Milliseconds(), a.Name)
			if err != nil {
				return fmt.Errorf("undo the use of an allowance: %w", err)
			}
		}
		return nil
	})
}

// ForgetCounts implements payments.Store.
func (t counts) ForgetCounts(ctx context.Context) error {
	now := t.store.now()
	return t.store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		for statement, before := range map[string]int64{
			`DELETE FROM card_attempts WHERE begun_at < $1`: now.Add(-checkout.DeclinesKept).UnixMilli(),
			`DELETE FROM card_keys WHERE day < $1`:          checkout.Day(now) - 1,
			`DELETE FROM allowances WHERE whole_at < $1`:    now.Add(-checkout.ClockSkew).UnixMilli(),
		} {
			if err := execute(ctx, tx, statement, before); err != nil {
				return fmt.Errorf("forget what was counted: %w", err)
			}
		}
		if !t.store.dialect.shared {
			return nil
		}
		return execute(ctx, tx, `DELETE FROM claims WHERE until < `+serverClock)
	})
}
