package db

import (
	"errors"
	"testing"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/db/postgres/pgtest"
)

// The connection is lost in the middle of a COMMIT. What was stored is not answered as a
// failure; what was not stored is, and the same change may come again; and it is made once.
func TestACommitWhoseAnswerIsLost(t *testing.T) {
	onServerOnly(t)
	link, through := pgtest.NewLink(t, newDatabase(t))
	store, _ := openStoreAt(t, through)
	for name, where := range map[string]pgtest.Cut{"before": pgtest.BeforeCommit, "during": pgtest.DuringCommit, "after": pgtest.AfterCommit} {
		t.Run(name, func(t *testing.T) {
			id := "order-" + name
			placeOrder(t, store, newOrder(id))
			paid := altering(func(o *checkout.Order) []checkout.Effect {
				o.Payments = append(o.Payments, newPayment("payment-"+name))
				return []checkout.Effect{checkout.EffectPaid}
			})
			link.CutCommit(where)
			_, _, err := store.Update(t.Context(), id, bySweeper, paid)
			if link.CutCommit(pgtest.NoCut); err != nil && !errors.Is(err, errUnstored) {
				t.Fatalf("the change is answered %v", err)
			}
			order, found := store.OrderByID(t.Context(), id)
			if found != nil {
				t.Fatal(found)
			}
			if stored := len(order.Payments) == 1; stored != (err == nil) {
				t.Errorf("stored: %v; answered: %v", stored, err)
			}
			if where == pgtest.BeforeCommit && err == nil || where == pgtest.AfterCommit && err != nil {
				t.Errorf("the change is answered %v", err)
			}
			if err == nil {
				return
			}
			if _, _, err := store.Update(t.Context(), id, bySweeper, paid); err != nil {
				t.Errorf("the same change, come again, is answered %v", err)
			}
		})
	}
	if cuts := link.Cuts(); cuts != 3 {
		t.Errorf("%d COMMITs were cut, want 3", cuts)
	}
	var effects int
	if err := store.reads.QueryRowContext(t.Context(), `SELECT count(*) FROM outbox`).Scan(&effects); err != nil || effects != 3 {
		t.Errorf("%d effects, %v; want one of each order", effects, err)
	}
}

// A server that has crashed may give the numbers of transactions that it has lost to others,
// so it is not asked about them by their number.
func TestACrashBeginsAnotherRun(t *testing.T) {
	onServerOnly(t)
	server := pgtest.NewServer(t, "")
	store, err := Open(t.Context(), server.Address("postgres"), Migrating())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	run := func() (run string, err error) {
		err = store.reads.QueryRowContext(t.Context(), `SELECT `+runOfServer).Scan(&run)
		return run, err
	}
	for name, crash := range map[string]func() error{
		"one process": server.KillOne, // the server starts the others anew
		"all":         func() error { server.Kill(); return server.Start() },
	} {
		t.Run(name, func(t *testing.T) {
			before, err := run()
			if err != nil {
				t.Fatal(err)
			}
			if again, err := run(); err != nil || again != before {
				t.Errorf("the run is %s, then %s, %v", before, again, err)
			}
			if err := crash(); err != nil {
				t.Fatal(err)
			}
			within(t, "there is another run", time.Minute, func() bool {
				after, err := run()
				if err != nil && !errors.Is(err, errUnstored) {
					t.Errorf("meanwhile a read is answered %v", err)
				}
				return err == nil && after != before
			})
			within(t, "the store can store again", time.Minute, func() bool { return store.Ready(t.Context()) == nil })
		})
	}
}

// A COMMIT that no longer waits for its standby is not taken for one that the standby has.
// What was stored is found by the same change that comes again.
func TestACommitThatItsStandbyHasNotConfirmed(t *testing.T) {
	onServerOnly(t)
	primary := pgtest.NewServer(t, "")
	standby := primary.Standby(t, "standby")
	examined := func() Examined {
		t.Helper()
		found, err := Examine(t.Context(), primary.Address("postgres"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	within(t, "the standby follows", time.Minute, func() bool { return examined().Standbys == 1 })
	if examined().Confirmed {
		t.Error("a standby that no COMMIT waits for counts as one that confirms")
	}
	for _, setting := range []string{`ALTER SYSTEM SET synchronous_standby_names = 'standby'`, `SELECT pg_reload_conf()`} {
		if err := primary.Exec("postgres", setting); err != nil {
			t.Fatal(err)
		}
	}
	within(t, "the standby confirms", time.Minute, func() bool { return examined().Confirmed })
	store, err := Open(t.Context(), primary.Address("postgres"), Migrating())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	save := func() error {
		return store.SaveNotification(t.Context(), checkout.Notification{ID: "n1", BodySHA256: "1", Body: []byte("x"), ReceivedAt: noon})
	}
	standby.Kill()
	answer := make(chan error, 1)
	go func() { answer <- save() }()
	within(t, "an operator has ended the wait", time.Minute, func() bool {
		var ended int
		err := store.reads.QueryRowContext(t.Context(), `
			SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`).Scan(&ended)
		return err == nil && ended > 0
	})
	select {
	case err := <-answer:
		t.Fatalf("without the standby it is answered %v", err)
	case <-time.After(200 * time.Millisecond): // an answer would have come
	}
	if err := standby.Start(); err != nil {
		t.Fatal(err)
	}
	if err := <-answer; err != nil {
		t.Errorf("with the standby it is answered %v", err)
	}
	if err := save(); err != nil {
		t.Errorf("when it comes again, it is answered %v", err)
	}
}
