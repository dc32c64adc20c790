package handlers_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"antom-checkout/handlers"
)

// commits counts the commits that readiness asks for; each waits until it is released.
type commits struct {
	atomic.Int64
	release chan struct{}
}

func (c *commits) Ready(ctx context.Context) error {
	c.Add(1)
	select {
	case <-c.release:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// The address is open to everyone: it does not commit as often as it is asked.
func TestReadinessIsProbedOnceASecond(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.timeStands = true })
	probe := &commits{release: make(chan struct{})}
	handler := handlers.New(shop.cfg, shop.services, shop.gateway, probe)
	ask := func(ctx context.Context) int {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequestWithContext(ctx, "GET", shop.url+"/readyz", nil))
		return answer.Code
	}
	left, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { ask(left) })
	for range 50 {
		all.Go(func() {
			if status := ask(t.Context()); status != http.StatusOK {
				t.Errorf("one of many is answered %d", status)
			}
		})
	}
	leave() // the others still get an answer
	close(probe.release)
	all.Wait()
	if n := probe.Load(); n != 1 {
		t.Errorf("51 requests at once make %d commits, want 1", n)
	}
	shop.passes(time.Second)
	if ask(t.Context()); probe.Load() != 2 {
		t.Errorf("a second later there are %d commits, want 2", probe.Load())
	}
}
