package payments

import (
	"context"
	"errors"
	"sync"
	"time"

	"antom-checkout/checkout"
)

// inquiries answers many callers of the same question with one inquiry.
type inquiries struct {
	mu sync.Mutex
	by map[string]*inquiry
}

type inquiry struct {
	begun time.Time
	done  chan struct{}
	err   error
}

// once runs ask unless another caller is asking (then it waits for that answer) or
// the last question is less than inquiryPause old (then there is nothing new). fresh
// reports whether the order should be read again.
func (q *inquiries) once(ctx context.Context, id string, now time.Time, ask func() error) (fresh bool, err error) {
	q.mu.Lock()
	current := q.by[id]
	if current != nil && now.Sub(current.begun).Abs() < inquiryPause || current != nil && !closed(current.done) {
		q.mu.Unlock()
		return q.wait(ctx, current)
	}
	current = &inquiry{begun: now, done: make(chan struct{})}
	if q.by == nil {
		q.by = map[string]*inquiry{}
	}
	q.by[id] = current
	q.forget(now)
	q.mu.Unlock()
	answer := func() {
		defer close(current.done)
		current.err = checkout.Guard(ask)
	}
	if ctx.Done() == nil {
		answer() // this caller does not leave
	} else {
		go answer()
	}
	return q.wait(ctx, current)
}

// wait gives up when the caller leaves; the inquiry goes on without it.
func (q *inquiries) wait(ctx context.Context, current *inquiry) (bool, error) {
	select {
	case <-current.done:
		return true, current.err
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return false, nil // the caller's patience has ended, which is no error
		}
		return false, ctx.Err()
	}
}

// forget drops old questions once there are many, so that the map stays small.
func (q *inquiries) forget(now time.Time) {
	if len(q.by) < 1024 {
		return
	}
	for id, old := range q.by {
		if now.Sub(old.begun).Abs() >= inquiryPause && closed(old.done) {
			delete(q.by, id)
		}
	}
}

func closed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
