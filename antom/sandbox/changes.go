package sandbox

import "sync"

// changes counts the changes of the sandbox and wakes those who wait for the
// next one.
type changes struct {
	mu    sync.Mutex
	count int
	next  chan struct{} // closed and replaced at every change
}

func newChanges() *changes { return &changes{next: make(chan struct{})} }

// add counts one change and wakes those who wait for it.
func (c *changes) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count++
	close(c.next)
	c.next = make(chan struct{})
}

// state returns how many changes there were and a channel that is closed at the
// next one. Read it before the condition you wait for: then no change is missed.
func (c *changes) state() (int, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.count, c.next
}
