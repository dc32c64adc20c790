package db

import (
	"context"
	"fmt"
	"sync"
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

// longestWait is how long an effect may wait, the wait for another program's claim included,
// whose clock may be ahead.
func (t claims) longestWait(rules time.Duration) time.Duration {
	if t.shared {
		return max(rules, lease) + checkout.ClockSkew
	}
	return rules
}

// serverClock is the time of the server, in milliseconds: it is the same for all programs.
const serverClock = `(extract(epoch FROM clock_timestamp()) * 1000)::bigint`

const (
	holdLease = 10 * time.Second      // after the death of a program what it held is free
	holdRenew = 2 * time.Second       // between two renewals of what is held
	holdPause = 25 * time.Millisecond // between two tries to hold what another program holds
)

// keepOff claims a name for a time, against other programs. A program's own claims are granted:
// it keeps its own pace in memory, by its own clock. The table has no log, so that a claim waits
// for no disk.
func (t claims) keepOff(ctx context.Context, name string, span time.Duration) (mine bool, err error) {
	if !t.store.dialect.shared {
		return true, nil
	}
	done, err := t.store.readers.ExecContext(ctx, `
		INSERT INTO claims (name, holder, until)
		VALUES ($1, $2, `+serverClock+` + $3)
		ON CONFLICT (name) DO UPDATE
		   SET holder = excluded.holder, until = excluded.until
		 WHERE claims.holder = excluded.holder OR claims.until <= `+serverClock, name, t.store.program, span.Milliseconds())
	if err != nil {
		return false, fmt.Errorf("claim: %w", err)
	}
	n, err := done.RowsAffected()
	return n == 1, err
}

// ClaimInquiry implements payments.Store.
func (t claims) ClaimInquiry(ctx context.Context, requestID string, pause time.Duration) (mine bool, err error) {
	return t.keepOff(ctx, "inquiry of "+requestID, pause)
}

// ClaimEndpointEmail implements webhooks.Store.
func (t claims) ClaimEndpointEmail(ctx context.Context, id string) (mine bool, err error) {
	return t.keepOff(ctx, "email about endpoint "+id, lease)
}

// HoldOrder implements payments.Store.
func (t claims) HoldOrder(ctx context.Context, orderID string) (release func(), err error) {
	if !t.store.dialect.shared {
		return func() {}, nil
	}
	name := string(aboutOrder(orderID))
	for {
		if mine, err := t.keepOff(ctx, name, holdLease); err != nil {
			return nil, err
		} else if mine {
			return t.hold(context.WithoutCancel(ctx), name), nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(holdPause):
		}
	}
}

// hold renews a claim until it is released.
func (t claims) hold(ctx context.Context, name string) (release func()) {
	until, stop := context.WithCancel(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() {
		for {
			select {
			case <-until.Done():
				return
			case <-time.After(holdRenew):
				_, _ = t.keepOff(until, name, holdLease) // it is tried again, and what it keeps off may come: each start is safe beside another
			}
		}
	})
	return func() {
		stop()
		renewing.Wait()
		_, _ = t.store.readers.ExecContext(ctx, `DELETE FROM claims WHERE name = $1 AND holder = $2`, name, t.store.program) // or it ends by itself
	}
}
