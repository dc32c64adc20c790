package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"antom-checkout/checkout"
)

const (
	queueLength = 1024 // transactions that may wait; the next is refused at once
	groupSize   = 128  // transactions committed with one fsync
)

// writer is the only one who writes. It takes all transactions that are waiting
// and commits them together; it never waits for more to come, so a single
// caller pays for no batch.
type writer struct {
	db     *sql.DB
	jobs   chan *job
	done   chan struct{}
	mu     sync.RWMutex // held for reading while a job is handed in
	closed bool
}

type job struct {
	ctx context.Context
	fn  func(context.Context, *sql.Tx) error
	err chan error
}

func newWriter(db *sql.DB) *writer {
	w := &writer{db: db, jobs: make(chan *job, queueLength), done: make(chan struct{})}
	go w.run()
	return w
}

// do runs fn in a transaction and returns once it is durable. The error is fn's
// own, or says why nothing was stored. The context fn is given is never
// cancelled: an interrupted statement would end the transaction of everybody in
// the group.
func (w *writer) do(ctx context.Context, fn func(context.Context, *sql.Tx) error) error {
	j := &job{ctx: ctx, fn: fn, err: make(chan error, 1)}
	if err := w.hand(j); err != nil {
		return err
	}
	return <-j.err
}

func (w *writer) hand(j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return &checkout.Error{Kind: checkout.Unavailable, Message: "error.page.503.message", Err: errors.New("database is closed")}
	}
	select {
	case w.jobs <- j:
		return nil
	default:
		return &checkout.Error{Kind: checkout.Unavailable, Message: "error.page.503.message", Err: errors.New("too many writes are waiting")}
	}
}

func (w *writer) close() error {
	w.mu.Lock()
	alreadyClosed := w.closed
	w.closed = true
	w.mu.Unlock()
	if !alreadyClosed {
		close(w.jobs)
	}
	<-w.done
	return w.db.Close()
}

func (w *writer) run() {
	defer close(w.done)
	for first := range w.jobs {
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

// commit runs each job inside a savepoint, so that one that fails takes nothing
// of its neighbours with it, and commits them all.
func (w *writer) commit(group []*job) []error {
	errs := make([]error, len(group))
	tx, err := w.db.BeginTx(context.Background(), nil)
	if err == nil {
		for i, j := range group {
			errs[i] = inSavepoint(tx, j)
		}
		err = tx.Commit()
	}
	if err != nil {
		// A commit that failed may have left its transaction open on the only
		// connection; with a full disk SQLite has ended it already.
		_, _ = w.db.Exec(`ROLLBACK`)
		for i := range errs {
			if errs[i] == nil {
				errs[i] = fmt.Errorf("commit: %w", err)
			}
		}
	}
	return errs
}

func inSavepoint(tx *sql.Tx, j *job) (err error) {
	if err := j.ctx.Err(); err != nil {
		return err // nobody waits for it any more
	}
	if _, err := tx.Exec(`SAVEPOINT job`); err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while writing: %v", p)
		}
		if err != nil {
			_, undo := tx.Exec(`ROLLBACK TO job`)
			err = errors.Join(err, undo)
		}
		_, release := tx.Exec(`RELEASE job`)
		err = errors.Join(err, release)
	}()
	return j.fn(context.WithoutCancel(j.ctx), tx)
}
