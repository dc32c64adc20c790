package db

import (
	"context"
	crand "crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/db/postgres"
)

// This file is the Store on a PostgreSQL server, which other programs may use at the same
// time.

// bell is the part of the Store that is told what other programs have changed.
type bell struct {
	elsewhere chan struct{}
	listen    func() // begins to, once
}

// ChangedElsewhere implements payments.Store. Who never asks does not listen.
func (b *bell) ChangedElsewhere() <-chan struct{} {
	if b.listen != nil {
		b.listen()
	}
	return b.elsewhere
}

func (b *bell) note() {
	select {
	case b.elsewhere <- struct{}{}:
	default:
	}
}

// OnServer reports whether an address of a database is that of a server, and no path.
func OnServer(address string) bool { return postgres.IsURL(address) }

// CheckAddress says why the address of a server cannot be used. It connects to nothing.
func CheckAddress(address string) error { return postgres.Check(address) }

// Shown is a path, or an address without its password.
func Shown(address string) string {
	if OnServer(address) {
		return postgres.Shown(address)
	}
	return address
}

// openServer opens the database that a postgres:// address names.
func openServer(ctx context.Context, s *Store, address string) (err error) {
	s.dialect, s.claims.shared, s.program = onPostgres, true, crand.Text()
	each := max(8, 4*runtime.NumCPU())
	writes, err := postgres.Open(ctx, address, each, storageTrouble)
	if err != nil {
		return err
	}
	if s.readers, err = postgres.Open(ctx, address, each, storageTrouble); err != nil {
		return errors.Join(err, writes.Close())
	}
	until, stop := context.WithCancel(context.WithoutCancel(ctx))
	t := &transactions{pool: writes, stop: stop, tell: postgres.NewBell(until, func(ctx context.Context) { tellOthers(ctx, s.reads, s.program) })}
	s.bell.elsewhere = make(chan struct{}, 1)
	s.bell.listen = sync.OnceFunc(func() {
		t.listening.Go(func() { postgres.Listen(until, address, s.program, s.bell.note) })
	})
	s.commits, s.reads = t, patient{served{s.readers}}
	if err := bringServerUpToDate(ctx, s, writes); err != nil {
		return fmt.Errorf("%s: %w", postgres.Shown(address), err)
	}
	return begin(ctx, s)
}

// tellOthers runs outside of the transaction it tells of: PostgreSQL commits transactions
// that notify one after another.
func tellOthers(ctx context.Context, by executor, program string) {
	_, _ = by.ExecContext(ctx, `SELECT pg_notify($1, $2)`, postgres.Channel, program) // who is not told reads a little later
}

// bringServerUpToDate migrates the tables if they are older, and sees that places grow. A
// command does not migrate: other programs may be running.
func bringServerUpToDate(ctx context.Context, s *Store, on *sql.DB) error {
	found, known, err := serverVersions(ctx, on, s.further...)
	switch {
	case err != nil:
		return err
	case s.migrates && found <= known:
		if err := postgres.Migrate(ctx, on, s.further...); err != nil {
			return err
		}
	case found < known:
		return fmt.Errorf("schema %d, this program's is %d: %w", found, known, ErrOlderSchema)
	}
	s.probe.also = func(ctx context.Context) error { return refuseNewer(ctx, s.reads, known) }
	return s.write(ctx, keepPlaces)
}

// serverVersions is schemaVersions of a server.
func serverVersions(ctx context.Context, on *sql.DB, further ...string) (found, known int64, err error) {
	t, err := postgres.Examine(ctx, on, further...)
	switch {
	case err != nil:
	case t.Foreign:
		err = ErrForeignTables
	case t.Found > t.Known:
		err = refuseNewer(ctx, on, t.Known)
	}
	return t.Found, t.Known, err
}

func openOneConnection(ctx context.Context, address string) (*sql.DB, error) {
	return postgres.Open(ctx, address, 1, storageTrouble)
}

// examineServer is Examine of a server.
func examineServer(ctx context.Context, address string) (found Examined, err error) {
	on, err := openOneConnection(ctx, address)
	if err != nil {
		return found, err
	}
	defer on.Close()
	found.Schema, found.Known, err = serverVersions(ctx, on)
	found.Missing = found.Schema == 0
	if err != nil {
		return found, err
	}
	err = on.QueryRowContext(ctx, `
		SELECT count(*), current_setting('synchronous_standby_names') <> '' AND current_setting('synchronous_commit') NOT IN ('local', 'off')
		  FROM pg_stat_replication`).Scan(&found.Standbys, &found.Confirmed)
	if err == nil {
		_, err = on.ExecContext(ctx, onPostgres.touch)
	}
	return found, err
}

// keepPlaces adds to the numbers of transactions what makes them higher than all places that
// rows have. They are lower where the rows were restored to another server.
func keepPlaces(ctx context.Context, tx *tx) error {
	return execute(ctx, tx, `
		UPDATE places
		   SET added = added + behind
		  FROM (SELECT greatest((SELECT max(place) FROM transitions), (SELECT max(place) FROM events), (SELECT max(seen) FROM webhook_endpoints), (SELECT max(seq) FROM sales_summed)) + 1 - new_place() AS behind) AS others
		 WHERE behind > 0`)
}

// transactions implements committer on PostgreSQL. Each has a connection of its own; locks
// that end with it keep those about one subject apart.
type transactions struct {
	pool      *sql.DB
	troubles  atomic.Int64
	tell      *postgres.Bell
	stop      func() // ends the telling and the listening
	listening sync.WaitGroup
	closed    atomic.Bool
}

const (
	transactionLimit = 15 * time.Second // for one, its waits for locks included
	mostTries        = 8                // of a transaction that others are in the way of
)

func (t *transactions) do(ctx context.Context, about subject, fn func(context.Context, *tx) error) error {
	for try := 1; ; try++ {
		err := t.once(ctx, about, fn)
		if err == nil || !postgres.IsConflict(err) || try == mostTries || ctx.Err() != nil {
			err = storageTrouble(err)
			if errors.Is(err, errUnstored) {
				t.troubles.Add(1)
			}
			return err
		}
		time.Sleep(rand.N(time.Duration(try) * 5 * time.Millisecond)) // #nosec G404 -- it keeps two from meeting again
	}
}

// once carries out one transaction. A caller that leaves does not end it: what it has waited
// for is most of the work.
func (t *transactions) once(ctx context.Context, about subject, fn func(context.Context, *tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if t.closed.Load() {
		return checkout.NewError(checkout.CodeBusy, "the database is closed")
	}
	ends := time.Now().Add(transactionLimit)
	if sooner, given := ctx.Deadline(); given && sooner.Before(ends) {
		ends = sooner
	}
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), ends)
	defer cancel()
	conn, err := t.pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer conn.Close()
	on, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer on.Rollback() //nolint:errcheck // it is committed, or nothing is stored
	sent := &together{served: served{on}, conn: conn}
	writes := &tx{sent}
	name, err := lock(ctx, writes, about)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := sent.end(ctx, attempt(ctx, writes, fn)); err != nil {
		return err
	}
	if err := on.Commit(); err != nil && !t.isStored(ctx, name, err) {
		return fmt.Errorf("commit: %w", err)
	}
	if about != aboutNothing {
		t.tell.Ring()
	}
	return nil
}

// attempt runs fn, and makes an error of its panic.
func attempt(ctx context.Context, on *tx, fn func(context.Context, *tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while writing: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(ctx, on)
}

// allLock is the key of the lock that a transaction about everything holds alone, and all
// others share.
const allLock = 0x616e746f6d // "antom"

// lock waits until no other transaction is in the way, and answers with the transaction's
// name.
func lock(ctx context.Context, on *tx, about subject) (name transactionName, err error) {
	var locked any // void
	switch about {
	case aboutEverything:
		err = on.QueryRowContext(ctx, `SELECT pg_advisory_xact_lock($1), `+nameOfTransaction, int64(allLock)).Scan(&locked, &name.number, &name.run)
	case aboutNothing:
		err = on.QueryRowContext(ctx, `SELECT pg_advisory_xact_lock_shared($1), `+nameOfTransaction, int64(allLock)).Scan(&locked, &name.number, &name.run)
	default:
		err = on.QueryRowContext(ctx, `SELECT pg_advisory_xact_lock_shared($1), pg_advisory_xact_lock($2), `+nameOfTransaction, int64(allLock), lockOf(about)).
			Scan(&locked, &locked, &name.number, &name.run)
	}
	return name, err
}

// alsoLock adds a subject to those of a transaction. On SQLite it has nothing to do.
func (d *dialect) alsoLock(ctx context.Context, on *tx, about subject) error {
	if !d.shared {
		return nil
	}
	return execute(ctx, on, `SELECT pg_advisory_xact_lock($1)`, lockOf(about))
}

// lockOf is the key of a subject's lock. Two subjects that share a key wait for each other,
// and nothing else.
func lockOf(about subject) int64 {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(about))
	return int64(hash.Sum64()) // #nosec G115 -- any number will do
}

func (t *transactions) failed() int64 { return t.troubles.Load() }

func (t *transactions) close() error {
	t.closed.Store(true)
	t.stop()
	t.tell.Wait()
	t.listening.Wait()
	t.troubles.Add(1)
	return t.pool.Close()
}
