package payments

import (
	"context"
	"sync"
	"time"
)

// watching wakes open pages.
type watching struct{ *endings }

// Watch tells a page when its order may have changed: the channel gets a value after
// each committed change, also one of another process. While an order is watched,
// Antom is asked about its payment every two seconds, once for all pages. Call stop
// when the page is gone.
func (s *watching) Watch(orderID, token string) (changed <-chan struct{}, stop func()) {
	return s.watches.add(orderID, token)
}

// WatchOrders tells a page when any order has changed, as Watch does, and asks Antom nothing.
func (s *watching) WatchOrders() (changed <-chan struct{}, stop func()) {
	return s.watches.add(everyOrder, "")
}

// everyOrder stands for all orders among those that are watched.
const everyOrder = ""

// tailPause is how long a change that another process has committed may go
// unnoticed; those of this process are told at once.
const tailPause = 200 * time.Millisecond

// incompletePause is how soon the ledger is read once more after it has grown, where several
// programs write to it: a row is listed once no transaction is under way that began before
// the one that wrote it.
const incompletePause = 20 * time.Millisecond

// tailLedger wakes pages from the ledger, which is the outbox of the streams: its
// rows were committed with the change they tell of. It runs while a page
// watches. A page that comes back reads how things are, so that nothing is lost
// between two connections or over a restart.
func (s *watching) tailLedger(ctx context.Context, committed <-chan struct{}) {
	seen, failing := int64(-1), false
	elsewhere, pause := s.store.ChangedElsewhere(), tailPause
	for {
		changed, last, err := s.store.TransitionsAfter(ctx, seen)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			s.logFailure(ctx, "read the ledger for open pages", err)
		case err == nil && seen < 0:
			s.watches.wakeAll() // they have read their order at some time before this place in the ledger
			seen = last
		case err == nil:
			for _, orderID := range changed {
				s.watches.wake(orderID)
			}
			if len(changed) > 0 {
				s.watches.wake(everyOrder)
			}
			seen = last
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-committed:
		case <-elsewhere:
		case <-time.After(pause):
			pause = tailPause
			continue
		}
		if pause = tailPause; elsewhere != nil {
			pause = incompletePause
		}
	}
}

// pollForWatchers asks Antom until the order is final or the last page is gone. It
// slows down for pages that are left open.
func (s *watching) pollForWatchers(ctx context.Context, token string) {
	for asked := 0; ; asked++ {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pollPause(asked)):
		}
		// Not cut short when the last page leaves: the answer may be news all the same.
		o, err := s.Refresh(context.WithoutCancel(ctx), token)
		if err != nil {
			continue // logged where it happened; the next round may do better
		}
		if o.Final() {
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

// watches knows which pages wait for which order.
type watches struct {
	mu        sync.Mutex
	by        map[string]*watch
	poll      func(ctx context.Context, token string)
	tail      func(ctx context.Context, committed <-chan struct{})
	committed chan struct{} // tells the tail that the ledger has grown
	stopTail  context.CancelFunc
}

type watch struct {
	pages map[chan struct{}]struct{}
	stop  context.CancelFunc
}

func (ws *watches) add(orderID, token string) (<-chan struct{}, func()) {
	page := make(chan struct{}, 1)
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if len(ws.by) == 0 {
		ctx, cancel := context.WithCancel(context.Background())
		ws.by, ws.committed, ws.stopTail = map[string]*watch{}, make(chan struct{}, 1), cancel
		go ws.tail(ctx, ws.committed)
	}
	w := ws.by[orderID]
	if w == nil {
		ctx, cancel := context.WithCancel(context.Background())
		w = &watch{pages: map[chan struct{}]struct{}{}, stop: cancel}
		ws.by[orderID] = w
		if orderID != everyOrder {
			go ws.poll(ctx, token)
		}
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
	if len(ws.by) == 0 {
		ws.stopTail()
	}
}

// grown says that something has been committed to the ledger.
func (ws *watches) grown() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	select {
	case ws.committed <- struct{}{}:
	default:
	}
}

func (ws *watches) wake(orderID string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if w := ws.by[orderID]; w != nil {
		w.wake()
	}
}

func (ws *watches) wakeAll() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, w := range ws.by {
		w.wake()
	}
}

// wake never waits: a page that has not looked yet will see the newest state
// when it does.
func (w *watch) wake() {
	for page := range w.pages {
		select {
		case page <- struct{}{}:
		default:
		}
	}
}
