package db

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

// Two transactions that wait for each other's rows: PostgreSQL ends one, which is carried out
// anew, so that both are stored.
func TestADeadlockIsTriedAgain(t *testing.T) {
	one, two, _ := programs(t)
	placeOrder(t, one, newOrder("a"))
	placeOrder(t, one, newOrder("b"))
	touch := func(ctx context.Context, tx *tx, id string) error {
		return execute(ctx, tx, `UPDATE orders SET region = region || 'x' WHERE id = $1`, id)
	}
	var both, ended sync.WaitGroup
	both.Add(2)
	tries := make(chan string, 2*mostTries)
	for store, ids := range map[*Store][]string{one: {"a", "b"}, two: {"b", "a"}} {
		ended.Go(func() {
			met := sync.OnceFunc(func() { both.Done(); both.Wait() })
			err := store.writeTo(t.Context(), aboutReference(ids[0]), func(ctx context.Context, tx *tx) error {
				tries <- ids[0]
				if err := touch(ctx, tx, ids[0]); err != nil {
					return err
				}
				met() // each has a row that the other one wants
				return touch(ctx, tx, ids[1])
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	ended.Wait()
	if len(tries) < 3 {
		t.Errorf("%d tries: there was no deadlock", len(tries))
	}
	for _, id := range []string{"a", "b"} {
		var region string
		err := one.reads.QueryRowContext(t.Context(), `SELECT region FROM orders WHERE id = $1`, id).Scan(&region)
		if want := newOrder(id).Buyer.Region + "xx"; err != nil || region != want {
			t.Errorf("of order %s there is %s, %v; want %s", id, region, err, want)
		}
	}
}

// A statement that takes too long is ended by the server, and answered as what may come again.
func TestAStatementThatTakesTooLongIsEnded(t *testing.T) {
	onServerOnly(t)
	address := newDatabase(t)
	store, _ := openStoreAt(t, address+"&statement_timeout=100ms")
	began := time.Now()
	slow := func(ctx context.Context, on executor) error {
		_, err := on.ExecContext(ctx, `SELECT pg_sleep(60)`)
		return err
	}
	for what, err := range map[string]error{
		"read":  slow(t.Context(), store.reads),
		"write": store.writeTo(t.Context(), aboutNothing, func(ctx context.Context, tx *tx) error { return slow(ctx, tx) }),
	} {
		if !errors.Is(err, errUnstored) || !strings.Contains(err.Error(), "57014") {
			t.Errorf("a %s is answered %v", what, err)
		}
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
}
