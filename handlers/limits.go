package handlers

import (
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"
)

// limit is how often something may be done: on the long run, and at once.
type limit struct {
	perSecond rate.Limit
	burst     int
}

// The limits, per client address and per order. They stop machines, not people:
// a whole office may share an address.
var (
	ordersPerClient   = limit{5, 100}
	paymentsPerClient = limit{5, 100}
	paymentsPerOrder  = limit{2, 30}
	readsPerClient    = limit{50, 500}
	readsPerOrder     = limit{30, 200}
	lookupsPerClient  = limit{0.1, 20}
	lookupsPerOrder   = limit{1.0 / 600, 5}
)

// maxBuckets bounds the memory of the limits. When so many clients come at once
// the oldest are forgotten, in their favour.
const maxBuckets = 20_000

// limiter counts what clients do.
type limiter struct {
	now     func() time.Time
	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	*rate.Limiter
	seen time.Time
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, buckets: map[string]*bucket{}}
}

// allow counts one more for key and reports whether it is within l.
func (m *limiter) allow(key string, l limit) bool {
	now := m.now()
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.buckets[key]
	if b == nil {
		m.makeRoom(now)
		b = &bucket{Limiter: rate.NewLimiter(l.perSecond, l.burst)}
		m.buckets[key] = b
	}
	b.seen = now
	return b.AllowN(now, 1)
}

// makeRoom forgets buckets that are full again, and if need be others too.
func (m *limiter) makeRoom(now time.Time) {
	if len(m.buckets) < maxBuckets {
		return
	}
	for key, b := range m.buckets {
		if now.Sub(b.seen) > time.Minute {
			delete(m.buckets, key)
		}
	}
	for key := range m.buckets {
		if len(m.buckets) < maxBuckets {
			return
		}
		delete(m.buckets, key)
	}
}

// limited refuses what goes beyond a limit per client and, where the route has a
// token, per order.
func (s *server) limited(name string, perClient, perOrder limit) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		if s.limits == nil {
			return next
		}
		return func(c echo.Context) error {
			token := c.Param("token")
			if len(token) > 64 {
				token = "" // no order's, and too long to remember
			}
			within := s.limits.allow(name+" by "+c.RealIP(), perClient) &&
				(token == "" || s.limits.allow(name+" of "+token, perOrder))
			if !within {
				return echo.NewHTTPError(http.StatusTooManyRequests)
			}
			return next(c)
		}
	}
}
