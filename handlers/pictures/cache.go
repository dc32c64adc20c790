package pictures

import (
	"context"
	"sync"
	"time"
)

// How long an answer is kept, and how much of them.
const (
	keepFound   = time.Hour
	keepMissing = time.Minute
	mostBytes   = 16 << 20
	mostAnswers = 1000
)

// cache keeps the last answers by address. Requests for one that is being fetched wait for it.
type cache struct {
	mu    sync.Mutex
	by    map[string]*answer
	order []*answer // the oldest first
	bytes int       // of the pictures in it
}

type answer struct {
	address string
	begun   time.Time
	done    chan struct{} // closed when the rest is known
	picture Picture
	err     error
	dropped bool // it is no longer kept
}

// get is the answer for an address, by fetch where none is kept. The fetch goes on when the
// caller leaves.
func (c *cache) get(ctx context.Context, address string, now func() time.Time, fetch func(string) (Picture, error)) (Picture, error) {
	c.mu.Lock()
	a := c.by[address]
	if a == nil || a.isOver(now()) {
		a = c.begin(address, now())
		go func() {
			defer close(a.done)
			picture, err := fetch(address)
			c.finish(a, picture, err)
		}()
	}
	c.mu.Unlock()
	select {
	case <-a.done:
		return a.picture, a.err
	case <-ctx.Done():
		return Picture{}, ctx.Err()
	}
}

// isOver reports whether an answer is too old. One that is being fetched is not.
func (a *answer) isOver(now time.Time) bool {
	select {
	case <-a.done:
	default:
		return false
	}
	age := now.Sub(a.begun).Abs() // a clock may be set back
	return age > keepFound || a.err != nil && age > keepMissing
}

func (c *cache) begin(address string, now time.Time) *answer {
	if c.by == nil {
		c.by = map[string]*answer{}
	}
	a := &answer{address: address, begun: now, done: make(chan struct{})}
	c.by[address], c.order = a, append(c.order, a)
	return a
}

// finish keeps what was found, and drops the oldest answers beyond the limits. One that is
// dropped while it is fetched still reaches those who wait for it.
func (c *cache) finish(a *answer, picture Picture, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a.picture, a.err = picture, err
	if a.dropped {
		return
	}
	c.bytes += len(picture.Bytes)
	for len(c.order) > 1 && (c.bytes > mostBytes || len(c.order) > mostAnswers) {
		oldest := c.order[0]
		oldest.dropped, c.order = true, c.order[1:]
		c.bytes -= len(oldest.picture.Bytes)
		if c.by[oldest.address] == oldest {
			delete(c.by, oldest.address)
		}
	}
}
