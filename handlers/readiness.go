package handlers

import (
	"context"
	"sync"
	"time"
)

const (
	probePause    = time.Second // in which all who ask share one answer
	probePatience = 2 * time.Second
)

// sharedReadiness commits once for all who ask within a second. The address is open
// to everyone, and a commit waits for the disk.
type sharedReadiness struct {
	of  Readiness
	now func() time.Time

	mu     sync.Mutex // held while a commit is under way: who comes meanwhile gets its result
	probed time.Time
	err    error
}

// Ready implements Readiness. A client that leaves does not end the commit that others
// wait for.
func (s *sharedReadiness) Ready(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.now(); s.probed.IsZero() || now.Sub(s.probed).Abs() >= probePause {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), probePatience)
		defer cancel()
		s.probed, s.err = now, s.of.Ready(ctx)
	}
	return s.err
}
