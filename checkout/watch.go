package checkout

import (
	"context"
	"sync"
	"time"
)

// Watch tells a page when its order may have changed: the channel gets a value
// after each committed change. While anybody watches an order, Antom is asked
// about its payment every two seconds, once for all of them. Call stop when the
// page is gone.
func (s *Service) Watch(orderID, token string) (changed <-chan struct{}, stop func()) {
	return s.watches.add(orderID, token)
}

// pollForWatchers asks Antom until the order is settled or nobody watches it any
// more. It slows down for pages that are left open.
func (s *Service) pollForWatchers(ctx context.Context, token string) {
	for asked := 0; ; asked++ {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pollPause(asked)):
		}
		o, err := s.Refresh(ctx, token)
		if err != nil {
			continue // logged where it happened; the next round may do better
		}
		if o.Final(s.cfg.ManualCapture) {
			return
		}
	}
}

// pollPause is two seconds while the buyer is likely to look, then longer.
func pollPause(asked int) time.Duration {
	switch {
	case asked < 150: // five minutes
		return inquiryPause
	case asked < 300:
		return 10 * time.Second
	}
	return time.Minute
}

// watches knows who waits for which order.
type watches struct {
	mu   sync.Mutex
	by   map[string]*watch
	poll func(ctx context.Context, token string)
}

type watch struct {
	pages map[chan struct{}]struct{}
	stop  context.CancelFunc
}

func (ws *watches) add(orderID, token string) (<-chan struct{}, func()) {
	page := make(chan struct{}, 1)
	ws.mu.Lock()
	defer ws.mu.Unlock()
	w := ws.by[orderID]
	if w == nil {
		ctx, cancel := context.WithCancel(context.Background())
		w = &watch{pages: map[chan struct{}]struct{}{}, stop: cancel}
		if ws.by == nil {
			ws.by = map[string]*watch{}
		}
		ws.by[orderID] = w
		go ws.poll(ctx, token)
	}
	w.pages[page] = struct{}{}
	return page, func() { ws.remove(orderID, page) }
}

func (ws *watches) remove(orderID string, page chan struct{}) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	w := ws.by[orderID]
	if w == nil {
		return
	}
	delete(w.pages, page)
	if len(w.pages) == 0 {
		w.stop()
		delete(ws.by, orderID)
	}
}

// wake never waits: a page that has not looked yet will see the newest state
// when it does.
func (ws *watches) wake(orderID string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	w := ws.by[orderID]
	if w == nil {
		return
	}
	for page := range w.pages {
		select {
		case page <- struct{}{}:
		default:
		}
	}
}
