package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"modernc.org/sqlite"

	"antom-checkout/checkout"
)

// openNotes opens a database with a table to scribble in.
func openNotes(t *testing.T) *Store {
	t.Helper()
	store := openStore(t)
	mustExec(t, store, `CREATE TABLE notes (text TEXT PRIMARY KEY) STRICT`)
	return store
}

func note(text string) func(*tx) error {
	return func(tx *tx) error {
		_, err := tx.ExecContext(context.Background(), `INSERT INTO notes VALUES ($1)`, text)
		return err
	}
}

func expectNotes(t *testing.T, store *Store, want ...string) {
	t.Helper()
	expectTable(t, store, want, `SELECT text FROM notes ORDER BY rowid`)
}

// hold keeps the writer busy, so that what is handed in meanwhile becomes one
// group. Call release to let it go on.
func hold(t *testing.T, store *Store) (release func()) {
	t.Helper()
	busy, let := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- write(store, func(*tx) error {
			close(busy)
			<-let
			return nil
		})
	}()
	<-busy
	release = sync.OnceFunc(func() {
		close(let)
		if err := <-done; err != nil {
			t.Errorf("the job that blocked the writer: %v", err)
		}
	})
	t.Cleanup(release)
	return release
}

func newJob(ctx context.Context, fn func(*tx) error) *job {
	return &job{ctx: ctx, fn: func(_ context.Context, tx *tx) error { return fn(tx) }, err: make(chan error, 1)}
}

// queue hands in a job without waiting for it.
func queue(t *testing.T, store *Store, ctx context.Context, fn func(*tx) error) *job {
	t.Helper()
	j := newJob(ctx, fn)
	if err := store.writer.hand(j); err != nil {
		t.Fatalf("hand in a job: %v", err)
	}
	return j
}

// inOneGroup has the writer commit all jobs together and returns their errors.
func inOneGroup(t *testing.T, store *Store, jobs ...func(*tx) error) []error {
	t.Helper()
	release := hold(t, store)
	var queued []*job
	for _, fn := range jobs {
		queued = append(queued, queue(t, store, context.Background(), fn))
	}
	release()
	var errs []error
	for _, j := range queued {
		errs = append(errs, <-j.err)
	}
	return errs
}

func TestATransactionThatFailsTakesNothingOfItsNeighbours(t *testing.T) {
	onSQLiteOnly(t, "the writer is SQLite's")
	store := openNotes(t)
	failure := errors.New("changed my mind")
	errs := inOneGroup(t, store,
		note("one"),
		func(tx *tx) error { return errors.Join(note("half")(tx), failure) },
		note("two"),
		note("one"), // breaks the primary key
		note("three"),
	)
	for i, want := range []bool{true, false, true, false, true} {
		if (errs[i] == nil) != want {
			t.Errorf("job %d: %v", i, errs[i])
		}
	}
	if !errors.Is(errs[1], failure) {
		t.Errorf("the failing job got %v, want its own error", errs[1])
	}
	expectNotes(t, store, "one", "two", "three")
}

func TestAPanicIsAnErrorAndTheWriterLivesOn(t *testing.T) {
	onSQLiteOnly(t, "the writer is SQLite's")
	store := openNotes(t)
	errs := inOneGroup(t, store,
		note("one"),
		func(tx *tx) error {
			if err := note("half")(tx); err != nil {
				return err
			}
			panic("a mistake of the program")
		},
		note("two"),
	)
	if errs[0] != nil || errs[2] != nil {
		t.Errorf("the neighbours got %v and %v, want no error", errs[0], errs[2])
	}
	if errs[1] == nil || !strings.Contains(errs[1].Error(), "a mistake of the program") {
		t.Errorf("the job that panicked got %v, want an error that says why", errs[1])
	}
	if where := "TestAPanicIsAnErrorAndTheWriterLivesOn"; errs[1] != nil && !strings.Contains(errs[1].Error(), where) {
		t.Errorf("the job that panicked got %v, want an error that says where", errs[1])
	}
	if err := write(store, note("three")); err != nil {
		t.Errorf("after the panic: %v", err)
	}
	expectNotes(t, store, "one", "two", "three")
}

func TestAJobWhoseCallerHasLeftIsNotWritten(t *testing.T) {
	onSQLiteOnly(t, "the writer is SQLite's")
	store := openNotes(t)
	release := hold(t, store)
	ctx, cancel := context.WithCancel(context.Background())
	gone := queue(t, store, ctx, note("gone"))
	stays := queue(t, store, context.Background(), note("stays"))
	cancel()
	release()
	if err := <-gone.err; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller that left got %v, want that it was cancelled", err)
	}
	if err := <-stays.err; err != nil {
		t.Errorf("the caller that stayed got %v", err)
	}
	expectNotes(t, store, "stays")
}

// tick is an SQL function that reports to a test that a statement is under way.
var tick atomic.Pointer[func()]

func init() {
	sqlite.MustRegisterScalarFunction("tick", 0, func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
		if ticked := tick.Load(); ticked != nil {
			(*ticked)()
		}
		return int64(1), nil
	})
}

// SQLite rolls back the whole transaction when a statement that writes is
// interrupted: the transaction of all who are in the group.
func TestACallerWhoLeavesInTheMiddleOfAStatementHarmsNoOther(t *testing.T) {
	onSQLiteOnly(t, "the writer is SQLite's")
	store := openNotes(t)
	placeOrder(t, store, newOrder("slow"))
	mustExec(t, store, `CREATE VIEW many AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50000) SELECT i FROM n`)
	mustExec(t, store, `CREATE TRIGGER slow AFTER UPDATE ON orders BEGIN INSERT INTO notes SELECT 'slow ' || sum(tick()) FROM many; END`)
	ctx, leave := context.WithCancel(context.Background())
	ticked := func() { leave(); runtime.Gosched() }
	tick.Store(&ticked)
	defer tick.Store(nil)

	release := hold(t, store)
	before := queue(t, store, context.Background(), note("before"))
	left := make(chan error, 1)
	go func() {
		_, _, err := store.Update(ctx, "slow", bySweeper, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
			o.Review = "something changes"
			return o, nil, nil
		})
		left <- err
	}()
	for len(store.writer.jobs) < 2 {
		runtime.Gosched()
	}
	after := queue(t, store, context.Background(), note("after"))
	release()

	want := []string{"before", "slow 50000", "after"}
	if err := <-left; err != nil {
		want = []string{"before", "after"}
	}
	if err := <-before.err; err != nil {
		t.Errorf("the job before got %v", err)
	}
	if err := <-after.err; err != nil {
		t.Errorf("the job after got %v", err)
	}
	expectNotes(t, store, want...)
	if err := write(store, note("later")); err != nil {
		t.Errorf("a later write: %v", err)
	}
}

func TestACommitThatFailsFailsAllJobsAndTheWriterGoesOn(t *testing.T) {
	onSQLiteOnly(t, "the writer is SQLite's")
	store := openNotes(t)
	mustExec(t, store, `CREATE TABLE answers (text TEXT REFERENCES notes DEFERRABLE INITIALLY DEFERRED)`)
	errs := inOneGroup(t, store,
		note("one"),
		func(tx *tx) error { // is found out when the group commits
			_, err := tx.ExecContext(context.Background(), `INSERT INTO answers VALUES ('unread')`)
			return err
		},
		note("two"),
	)
	for i, err := range errs {
		if err == nil {
			t.Errorf("job %d got no error, as if it were stored", i)
		}
	}
	if err := write(store, note("three")); err != nil {
		t.Errorf("after the failed commit: %v", err)
	}
	expectNotes(t, store, "three")
}

// With a full disk SQLite ends the transaction of all by itself. What comes after
// must not be stored as a transaction of its own while its caller gets an error.
func TestATransactionThatEndsUnderTheGroupFailsAllJobs(t *testing.T) {
	onSQLiteOnly(t, "the writer is SQLite's")
	store := openNotes(t)
	errs := inOneGroup(t, store,
		note("one"),
		func(tx *tx) error {
			_, err := tx.ExecContext(context.Background(), `ROLLBACK`)
			return err
		},
		note("two"),
	)
	for i, err := range errs {
		if err == nil {
			t.Errorf("job %d got no error, as if it were stored", i)
		}
	}
	expectNotes(t, store)
	if err := write(store, note("three")); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	expectNotes(t, store, "three")
}

// expectUnavailable wants the error that says: not now, try again later.
func expectUnavailable(t *testing.T, what string, err error) {
	t.Helper()
	var refused *checkout.Error
	if !errors.As(err, &refused) || refused.Kind() != checkout.Unavailable {
		t.Errorf("%s: %v, want an Unavailable error", what, err)
	}
}

func TestClosingFinishesWhatIsQueuedAndRefusesTheRest(t *testing.T) {
	onSQLiteOnly(t, "the writer is SQLite's")
	store, path := openStoreAt(t, t.TempDir()+"/shop.db")
	mustExec(t, store, `CREATE TABLE notes (text TEXT PRIMARY KEY) STRICT`)
	release := hold(t, store)
	var queued []*job
	for i := range 300 { // more than one group
		queued = append(queued, queue(t, store, context.Background(), note(fmt.Sprint(i))))
	}
	closed := make(chan error, 1)
	go func() { closed <- store.Close() }()
	for {
		err := store.writer.hand(newJob(context.Background(), func(*tx) error { return nil }))
		if err != nil {
			expectUnavailable(t, "a write while closing", err)
			break
		}
		runtime.Gosched() // closing has not begun
	}
	release()
	for i, j := range queued {
		if err := <-j.err; err != nil {
			t.Fatalf("job %d got %v, want it stored before the end", i, err)
		}
	}
	if err := <-closed; err != nil {
		t.Errorf("close: %v", err)
	}
	expectUnavailable(t, "a write after the end", write(store, note("late")))
	if err := store.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	again, _ := openStoreAt(t, path)
	expectCount(t, again, 300, "notes")
}

func TestAFullQueueRefusesAtOnce(t *testing.T) {
	onSQLiteOnly(t, "the writer is SQLite's")
	store := openNotes(t)
	release := hold(t, store)
	var queued []*job
	for i := range queueLength {
		queued = append(queued, queue(t, store, context.Background(), note(fmt.Sprint(i))))
	}
	expectUnavailable(t, "one more", write(store, note("one more")))
	release()
	for i, j := range queued {
		if err := <-j.err; err != nil {
			t.Fatalf("job %d: %v", i, err)
		}
	}
	expectCount(t, store, queueLength, "notes")
	if err := write(store, note("one more")); err != nil {
		t.Errorf("after the rush: %v", err)
	}
}

func TestASingleCallerWaitsForNoGroup(t *testing.T) {
	onSQLiteOnly(t, "the writer is SQLite's")
	store := openNotes(t)
	for i := range 50 { // would never end if the writer waited for company
		if err := write(store, note(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
		expectCount(t, store, i+1, "notes") // readers see it as soon as it is acknowledged
	}
}
