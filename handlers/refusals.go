package handlers

import (
	"sync"
	"time"
)

// How many refused notifications are logged in a minute: of one client, and of all.
const (
	refusalsPerClient = 10
	refusalsPerMinute = 100
)

// refusals bounds what is logged about notifications that were refused. Any client may
// send them without end, and each is counted by the metric.
type refusals struct {
	mu       sync.Mutex
	began    time.Time // of the minute
	logged   int
	by       map[string]int // that were logged, by client
	unlogged int            // since the last one that was logged
}

// admit reports whether one more is logged, and how many were not since the last one
// that was.
func (r *refusals) admit(client string, now time.Time) (logged bool, before int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.by == nil || now.Sub(r.began) >= time.Minute {
		r.began, r.logged, r.by = now, 0, map[string]int{}
	}
	if r.logged >= refusalsPerMinute || r.by[client] >= refusalsPerClient {
		r.unlogged++
		return false, 0
	}
	r.logged++
	r.by[client]++
	before, r.unlogged = r.unlogged, 0
	return true, before
}
