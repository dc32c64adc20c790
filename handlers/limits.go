package handlers

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

// limit is how often something may be done: on the long run, and at once.
type limit struct {
	perSecond rate.Limit
	burst     int
}

// limits are those of one sort of request. They stop machines, not people: a
// whole office, or a town's phones, may share an address, so that one is wide;
// what a single browser or a single order has any use for is narrower. A
// request without a session is held by its address alone.
type limits struct {
	name                   string
	client, session, order limit
}

var (
	orderLimits   = limits{"orders", limit{5, 100}, limit{1, 50}, limit{}}
	paymentLimits = limits{"payments", limit{10, 200}, limit{2, 60}, limit{2, 30}}
	readLimits    = limits{"reads", limit{100, 1000}, limit{50, 500}, limit{30, 200}}
	lookupLimits  = limits{"look-ups", limit{0.1, 20}, limit{}, limit{1.0 / 600, 5}} // an order by its number
	reportLimits  = limits{"reports", limit{1, 60}, limit{}, limit{}}
)

// maxBuckets bounds the memory of the limits. When more clients come at once,
// those that were not seen for longest are forgotten, in their favour.
const maxBuckets = 20_000

// limiter counts what clients do, in two generations: when the younger one is
// full it becomes the older, and what is seen again moves back.
type limiter struct {
	now        func() time.Time
	mu         sync.Mutex
	young, old map[string]*rate.Limiter
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, young: map[string]*rate.Limiter{}}
}

// take counts one more for key. It answers how long to wait when that is beyond
// l, otherwise nothing.
func (m *limiter) take(key string, l limit) (wait time.Duration) {
	now := m.now()
	m.mu.Lock()
	defer m.mu.Unlock()
	taken := m.bucket(key, l).ReserveN(now, 1)
	if wait = taken.DelayFrom(now); wait > 0 {
		taken.CancelAt(now) // who is refused has taken nothing
	}
	return wait
}

func (m *limiter) bucket(key string, l limit) *rate.Limiter {
	b := m.young[key]
	if b != nil {
		return b
	}
	if b = m.old[key]; b == nil {
		b = rate.NewLimiter(l.perSecond, l.burst)
	}
	if len(m.young) >= maxBuckets/2 {
		m.young, m.old = make(map[string]*rate.Limiter, maxBuckets/2), m.young
	}
	m.young[key] = b
	return b
}

// within counts a request against each limit that it falls under, and answers
// how long to wait when one is reached.
func (s *server) within(c echo.Context, l limits) (wait time.Duration) {
	if s.limits == nil {
		return 0
	}
	count := func(what, key string, l limit) {
		if key != "" && l.burst > 0 {
			wait = max(wait, s.limits.take(what+key, l))
		}
	}
	count(l.name+" by ", network(c.RealIP()), l.client)
	if l.session.burst > 0 {
		count(l.name+" in ", s.sessions.known(c), l.session)
	}
	if token := c.Param("token"); len(token) <= 64 { // longer ones are no order's, and too much to remember
		count(l.name+" of ", token, l.order)
	}
	if wait > 0 {
		s.cfg.Meter.Limited(l.name)
	}
	return wait
}

// limited refuses what goes beyond the limits.
func (s *server) limited(l limits) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if wait := s.within(c, l); wait > 0 {
				return tooMany(c, wait)
			}
			return next(c)
		}
	}
}

// tooMany says when to come again.
func tooMany(c echo.Context, wait time.Duration) error {
	c.Response().Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	return echo.NewHTTPError(http.StatusTooManyRequests)
}

// network is what stands for a client: its IPv4 address, or the /64 that one
// household or one phone has all of.
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
