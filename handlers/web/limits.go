package web

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"antom-checkout/checkout"
)

// Rate is how often something may be done: on the long run, and at once.
type Rate struct {
	PerSecond rate.Limit
	Burst     int
}

// Limit is a rate for all requests with one key, such as a client's address.
// Requests whose key is "" are not counted.
type Limit struct {
	Key  func(echo.Context) string
	Rate Rate
}

// Limits are those of one sort of request. They stop machines, not people.
type Limits struct {
	Name string
	Each []Limit
}

// Limiter counts what clients do. When too many come at once, those that were not seen
// for longest are forgotten, in their favour. A nil one limits nothing.
type Limiter struct {
	now     func() time.Time
	meter   Meter
	mu      sync.Mutex
	buckets checkout.Recent[*rate.Limiter]
}

// NewLimiter makes a limiter that has seen no request.
func NewLimiter(now func() time.Time, meter Meter) *Limiter {
	return &Limiter{now: now, meter: meter}
}

// Limited refuses what goes beyond the limits.
func (m *Limiter) Limited(l Limits) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if wait := m.Within(c, l); wait > 0 {
				return TooMany(c, wait)
			}
			return next(c)
		}
	}
}

// Within counts a request against each of the limits, and answers how long to wait
// when one is reached.
func (m *Limiter) Within(c echo.Context, l Limits) (wait time.Duration) {
	if m == nil {
		return 0
	}
	for i, each := range l.Each {
		if key := each.Key(c); key != "" {
			wait = max(wait, m.take(l.Name+strconv.Itoa(i)+" "+key, each.Rate))
		}
	}
	if wait > 0 {
		m.meter.Limited(l.Name)
	}
	return wait
}

// take counts one more for key. It answers how long to wait when that is beyond
// r, otherwise nothing.
func (m *Limiter) take(key string, r Rate) (wait time.Duration) {
	now := m.now()
	m.mu.Lock()
	defer m.mu.Unlock()
	taken := m.bucket(key, r).ReserveN(now, 1)
	if wait = taken.DelayFrom(now); wait > 0 {
		taken.CancelAt(now) // a refused request takes nothing
	}
	return wait
}

func (m *Limiter) bucket(key string, r Rate) *rate.Limiter {
	b := m.buckets.Get(key)
	if b == nil {
		b = rate.NewLimiter(r.PerSecond, r.Burst)
	}
	m.buckets.Put(key, b)
	return b
}

// TooMany says when the next request may come.
func TooMany(c echo.Context, wait time.Duration) error {
	RetryAfter(c, wait)
	return echo.NewHTTPError(http.StatusTooManyRequests)
}

// RetryAfter tells the client how long to wait, in whole seconds.
func RetryAfter(c echo.Context, wait time.Duration) {
	c.Response().Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
}

// ByClient is the key of a client.
func ByClient(c echo.Context) string { return checkout.Network(c.RealIP()) }
