package handlers

import (
	"container/list"
	"sync"

	"antom-checkout/handlers/web"
)

// How many event streams one client and one order may have open. A company, or a
// town's phones, may share an address.
const (
	streamsPerClient = 200
	streamsPerOrder  = 20
)

// streamLimits is how many event streams may be open; zero is any number.
type streamLimits struct{ perClient, perOrder, total int }

func (c Config) streamLimits() streamLimits {
	if !c.RateLimits {
		return streamLimits{total: c.MaxStreams}
	}
	return streamLimits{perClient: streamsPerClient, perOrder: streamsPerOrder, total: c.MaxStreams}
}

// streams are the open event streams. Where a limit is reached, the oldest stream of
// that client, of that order, or of all ends: its page polls meanwhile and comes back.
type streams struct {
	limits streamLimits
	meter  web.Meter
	mu     sync.Mutex
	open   list.List // of *stream, oldest first
}

// stream is one of them.
type stream struct {
	client, order string
	ended         chan struct{} // closed when another stream needs its place
}

// add opens a stream. Its caller calls remove when it has ended.
func (s *streams) add(client, order string) (added *stream, remove func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endOldest(s.limits.perClient, func(of *stream) bool { return of.client == client })
	s.endOldest(s.limits.perOrder, func(of *stream) bool { return of.order == order })
	s.endOldest(s.limits.total, func(*stream) bool { return true })
	added = &stream{client, order, make(chan struct{})}
	place := s.open.PushBack(added)
	return added, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.open.Remove(place) // nothing, if it was ended
	}
}

// endOldest makes room for one more among those that share a limit.
func (s *streams) endOldest(most int, shares func(*stream) bool) {
	var oldest *list.Element
	n := 0
	for at := s.open.Front(); at != nil && most > 0; at = at.Next() {
		if !shares(at.Value.(*stream)) {
			continue
		}
		if n++; oldest == nil {
			oldest = at
		}
	}
	if oldest != nil && n >= most {
		close(oldest.Value.(*stream).ended)
		s.open.Remove(oldest)
		s.meter.Limited("streams")
	}
}
