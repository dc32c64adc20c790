package web

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"
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

// maxBuckets bounds the memory of the limits. When more clients come at once,
// those that were not seen for longest are forgotten, in their favour.
const maxBuckets = 20_000

// Limiter counts what clients do, in two generations: when the younger one is full
// it becomes the older, and a bucket that is used again returns to the younger. A
// nil one limits nothing.
type Limiter struct {
	now        func() time.Time
	meter      Meter
	mu         sync.Mutex
	young, old map[string]*rate.Limiter
}

// NewLimiter makes a limiter that has seen no request.
func NewLimiter(now func() time.Time, meter Meter) *Limiter {
	return &Limiter{now: now, meter: meter, young: map[string]*rate.Limiter{}}
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
	b := m.young[key]
	if b != nil {
		return b
	}
	if b = m.old[key]; b == nil {
		b = rate.NewLimiter(r.PerSecond, r.Burst)
	}
	if len(m.young) >= maxBuckets/2 {
		m.young, m.old = make(map[string]*rate.Limiter, maxBuckets/2), m.young
	}
	m.young[key] = b
	return b
}

// TooMany says when the next request may come.
func TooMany(c echo.Context, wait time.Duration) error {
	c.Response().Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	return echo.NewHTTPError(http.StatusTooManyRequests)
}

// ByClient is the key of a client.
func ByClient(c echo.Context) string { return network(c.RealIP()) }

// network is what stands for a client: its IPv4 address, or the /64 that
// belongs to one household or one phone.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, 64).Masked().String()
}
