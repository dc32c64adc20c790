package db

import (
	"context"
	"fmt"
	"time"

	"antom-checkout/checkout"
)

// claims is the part of the Store by which programs that share a database share out what is
// to be sent. On SQLite one program sends, and every claim is granted.
type claims struct {
	store  *Store
	shared bool // others send, too
}

// Share has a Store of a file share out what is to be sent, as that of a server does. No program
// does so: it lets a simulation have several programs send from one file.
func Share(s *Store) { s.claims.shared = true }

// lease is how long what was claimed is kept from other programs. It is longer than an email
// or a delivery may take. What was claimed by a program that has died is due after it.
const lease = 90 * time.Second

// ClaimEffect implements payments.Store.
func (t claims) ClaimEffect(ctx context.Context, e checkout.PendingEffect) (mine bool, err error) {
	return t.claim(ctx, "outbox", e.ID, e.Attempts)
}

// ClaimDelivery implements webhooks.Store.
func (t claims) ClaimDelivery(ctx context.Context, d checkout.Delivery) (mine bool, err error) {
	return t.claim(ctx, "deliveries", d.ID, d.Attempts)
}

// claim postpones a row of a table that is still due as it was listed. Of several programs
// one finds it so.
func (t claims) claim(ctx context.Context, table string, id int64, attempts int) (mine bool, err error) {
	if !t.shared {
		return true, nil
	}
	err = t.store.writeTo(ctx, aboutNothing, func(ctx context.Context, tx *tx) error {
		now := t.store.now()
		done, err := tx.ExecContext(ctx, `
			UPDATE `+table+`
			   SET next_at = $1
			 WHERE id = $2 AND state = 'pending' AND attempts = $3 AND next_at <= $4`, now.Add(lease).UnixMilli(), id, attempts, now.UnixMilli())
		if err != nil {
			return fmt.Errorf("claim a row of %s: %w", table, err)
		}
		claimed, err := done.RowsAffected()
		mine = claimed == 1
		return err
	})
	return mine, err
}

// longestWait is how long an effect may wait, the wait for another program's claim included.
func (t claims) longestWait(rules time.Duration) time.Duration {
	if t.shared {
		return max(rules, lease)
	}
	return rules
}
