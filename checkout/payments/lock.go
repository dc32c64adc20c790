package payments

import (
	"context"
	"sync"
)

// keyedMutex is a mutex per key that exists only while it is wanted. It is made of
// channels, so that virtual time can pass while a caller waits.
type keyedMutex struct {
	mu sync.Mutex
	by map[string]*turn
}

type turn struct {
	taken  chan struct{} // full while the key is taken
	wanted int
}

// lock waits for the key, as long as ctx allows, and returns how to give it back.
func (k *keyedMutex) lock(ctx context.Context, key string) (unlock func(), err error) {
	k.mu.Lock()
	if k.by == nil {
		k.by = map[string]*turn{}
	}
	t := k.by[key]
	if t == nil {
		t = &turn{taken: make(chan struct{}, 1)}
		k.by[key] = t
	}
	t.wanted++
	k.mu.Unlock()
	leave := func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if t.wanted--; t.wanted == 0 {
			delete(k.by, key)
		}
	}
	select {
	case t.taken <- struct{}{}:
		return func() { <-t.taken; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
