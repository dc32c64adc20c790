package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"antom-checkout/checkout"
)

const (
	queueLength = 1024 // transactions that may wait; the next is refused at once
	groupSize   = 128  // transactions committed with one fsync
)

// writer alone writes to the database. It takes all transactions that are waiting
// and commits them together; it never waits for more to come, so a single
// caller pays for no batch.
type writer struct {
	db     *sql.DB
	conn   *sql.Conn // the only one, for as long as the writer runs
	tx     *tx
	on     *statements // of the connection
	jobs   chan *job
	done   chan struct{}
	mu     sync.RWMutex // read-locked while a job is handed in
	closed bool

	troubles atomic.Int64 // how often nothing could be written
}

type job struct {
	ctx context.Context
	fn  func(context.Context, *tx) error
	err chan error
}

// tx is the transaction under way on a connection that no other one uses. Only a
// committer hands it out, so what takes a *tx cannot be called outside of one.
type tx struct{ executor }

func newWriter(ctx context.Context, db *sql.DB) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	on := newStatements(conn)
	w := &writer{
		db: db, conn: conn, tx: &tx{on}, on: on,
		jobs: make(chan *job, queueLength), done: make(chan struct{}),
	}
	go w.run()
	return w, nil
}

// do implements committer: it runs fn in a transaction and returns once it is durable. The error is fn's
// own, or says why nothing was stored. The context that fn is given is
// never cancelled: an interrupted statement would end the transaction of the whole
// group.
func (w *writer) do(ctx context.Context, _ subject, fn func(context.Context, *tx) error) error {
	j := &job{ctx: ctx, fn: fn, err: make(chan error, 1)}
	if err := w.hand(j); err != nil {
		return err
	}
	err := storageTrouble(<-j.err)
	if errors.Is(err, errUnstored) {
		w.troubles.Add(1)
	}
	return err
}

// failed implements committer.
func (w *writer) failed() int64 { return w.troubles.Load() }

func (w *writer) hand(j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return checkout.NewError(checkout.CodeBusy, "the database is closed")
	}
	select {
	case w.jobs <- j:
		return nil
	default:
		return checkout.NewError(checkout.CodeBusy, "too many writes are waiting")
	}
}

func (w *writer) close() error {
	w.mu.Lock()
	alreadyClosed := w.closed
	w.closed = true
	w.mu.Unlock()
	if alreadyClosed {
		<-w.done
		return nil
	}
	w.troubles.Add(1)
	close(w.jobs)
	<-w.done
	return errors.Join(w.on.close(), w.conn.Close(), w.db.Close())
}

func (w *writer) run() {
	defer close(w.done)
	for first := range w.jobs {
		runtime.Gosched() // other goroutines that are ready may have jobs for this group
		group := w.waiting([]*job{first})
		errs := w.commit(group)
		for i, j := range group {
			j.err <- errs[i]
		}
	}
}

// waiting adds what has queued up meanwhile.
func (w *writer) waiting(group []*job) []*job {
	for len(group) < groupSize {
		select {
		case j, open := <-w.jobs:
			if !open {
				return group
			}
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

// commit carries out all jobs in one transaction and returns the error of each.
func (w *writer) commit(group []*job) []error {
	errs := make([]error, len(group))
	err := w.exec(`BEGIN IMMEDIATE`)
	if err == nil {
		err = w.carryOut(group, errs)
	}
	if err == nil {
		err = w.exec(`COMMIT`)
	}
	if err != nil {
		// The transaction may still be open, or SQLite has ended it already, as
		// it does when the disk is full.
		_ = w.exec(`ROLLBACK`)
		for i := range errs {
			if errs[i] == nil {
				errs[i] = fmt.Errorf("commit: %w", err)
			}
		}
	}
	return errs
}

// carryOut does the jobs one after another, each inside a savepoint, so that one
// that fails takes nothing of its neighbours with it. A job without neighbours
// needs none: savepoints make SQLite copy every page that is about to change.
// The error says that nothing of the group can be committed.
func (w *writer) carryOut(group []*job, errs []error) error {
	if len(group) == 1 {
		errs[0] = w.attempt(group[0])
		return errs[0]
	}
	for i, j := range group {
		err := w.exec(`SAVEPOINT job`)
		if err != nil {
			return err
		}
		if errs[i] = w.attempt(j); errs[i] != nil {
			if isStorageTrouble(errs[i]) {
				return errs[i] // SQLite may have ended the whole transaction already
			}
			err = w.exec(`ROLLBACK TO job`)
		}
		if err := errors.Join(err, w.exec(`RELEASE job`)); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) exec(statement string) error {
	_, err := w.tx.ExecContext(context.Background(), statement)
	return err
}

func (w *writer) attempt(j *job) (err error) {
	if err := j.ctx.Err(); err != nil {
		return err // its caller has left
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while writing: %v\n%s", p, debug.Stack())
		}
	}()
	return j.fn(context.WithoutCancel(j.ctx), w.tx)
}
