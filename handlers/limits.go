package handlers

import (
	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"antom-checkout/handlers/web"
)

// limits say how often each sort of request may come. A company, or a town's
// phones, may share an address, so that the limit of one is wide; the limit of a
// single browser or a single order is narrower. A request without a session is
// limited by its address alone.
//
// They keep a machine calm: each program counts by itself, in memory. What guards money is
// counted in the database for all programs: see cardGuard and CountLookup of package payments,
// and the tries of operators.
type limits struct{ carts, orders, payments, facts, reads, lookups, reports, pictures, api, desk web.Limits }

func (s *server) newLimits() limits {
	client := limitBy(web.ByClient)
	session := limitBy(s.sessionID)
	order := limitBy(byOrder)
	return limits{
		carts:    web.Limits{Name: "carts", Each: []web.Limit{client(10, 200), session(5, 100)}},
		orders:   web.Limits{Name: "orders", Each: []web.Limit{client(5, 100), session(1, 50)}},
		payments: web.Limits{Name: "payments", Each: []web.Limit{client(10, 200), session(2, 60), order(2, 30)}},
		facts:    web.Limits{Name: "card facts", Each: []web.Limit{client(2, 60), order(1, 30)}},
		reads:    web.Limits{Name: "reads", Each: []web.Limit{client(100, 1000), session(50, 500), order(30, 200)}},
		lookups:  web.Limits{Name: lookups, Each: []web.Limit{client(1, 20)}}, // see CountLookup
		api:      web.Limits{Name: "api", Each: []web.Limit{client(100, 1000)}},
		pictures: web.Limits{Name: "pictures", Each: []web.Limit{client(100, 1000)}}, // a page has up to 50
		desk:     web.Limits{Name: "dashboard", Each: []web.Limit{client(10, 200)}},
		reports:  web.Limits{Name: "reports", Each: []web.Limit{client(1, 60)}},
	}
}

// lookups names the limits of look-ups.
const lookups = "look-ups"

func limitBy(key func(echo.Context) string) func(rate.Limit, int) web.Limit {
	return func(perSecond rate.Limit, burst int) web.Limit {
		return web.Limit{Key: key, Rate: web.Rate{PerSecond: perSecond, Burst: burst}}
	}
}

// byOrder is the key of the order that an address opens. Longer tokens are no
// order's, and too much to remember.
func byOrder(c echo.Context) string {
	if token := c.Param("token"); len(token) <= 64 {
		return token
	}
	return ""
}
