// Package desk is the merchant's dashboard: the pages of the people who see, find and
// resolve orders. Each page needs a capability, which the table of routes names.
//
//	desk.Mount(e, desk.Config{Site: site}, desk.Services{People: people}, limited)
package desk

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	view "antom-checkout/views/desk"
)

// BasePath is of all pages of the dashboard.
const BasePath = "/dashboard"

// Services are what the dashboard calls.
type Services struct {
	People         *operators.Service
	Books          Books
	Methods        MethodTable
	Orders         Actions
	Watcher        Watcher
	Merchant       *merchant.Service
	Sales          Sales
	Examine        func(context.Context) []Finding // of what is wrong with the program and its surroundings; nil: nothing can tell
	Goods          Goods
	Personal       Personal
	Reconciliation Reconciliation
	VerifyProof    VerifyProof
	Inbox          Inbox
	Emails         Emails
}

// Config is what the dashboard needs beside the services.
type Config struct {
	Site         *web.Site
	Now          func() time.Time
	TimeZone     *time.Location    // of days; nil: UTC
	Currency     checkout.Currency // of the shop
	CatalogFile  bool              // CATALOG_FILE says at each start what is sold
	Settings     []Setting         // all of the program's
	Done         <-chan struct{}   // closed when the server stops: ends the streams
	SupportLimit int64             // how much of an order the role support may refund, in minor units of Currency
}

// desk is what the handlers share.
type desk struct {
	Config
	Services
	streams atomic.Int32 // that are open
}

// Mount adds the routes of the dashboard to a router. limited is put before each of them.
func Mount(e *echo.Echo, cfg Config, services Services, limited echo.MiddlewareFunc) {
	d := &desk{Config: cfg, Services: services}
	for _, r := range d.routes() {
		e.Add(r.method, BasePath+r.path, d.guard(r), limited)
		if r.method == http.MethodGet {
			e.HEAD(BasePath+r.path, d.guard(r), limited)
		}
	}
	e.Any(BasePath+"/*", d.guard(route{needs: operators.Account, show: d.unknown}), limited)
}

// cookieName is that of the session.
func (d *desk) cookieName() string {
	if d.Site.HTTPS() {
		return "__Host-dashboard" // no other host of the domain can set it
	}
	return "dashboard"
}

// signedKey is where a request keeps whose it is.
const signedKey = "desk.signed"

// signed is the session of the request; it is empty on pages that need none.
func signed(c echo.Context) operators.Signed {
	s, _ := c.Get(signedKey).(operators.Signed)
	return s
}

// personOf is the signed-in person.
func personOf(c echo.Context) operators.Person { return signed(c).Person }

// guard lets a request pass that may do what the route needs, and answers its errors as
// pages of the dashboard.
func (d *desk) guard(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx := c.Request().Context()
		c.SetRequest(c.Request().WithContext(view.WithLanguage(ctx)))
		err := d.identify(c)
		if err == nil {
			err = d.admit(c, r)
		}
		if err != nil && !c.Response().Committed {
			return d.answerError(c, err)
		}
		return err
	}
}

// token is what the request's cookie holds, or "".
func (d *desk) token(c echo.Context) string {
	cookie, err := c.Cookie(d.cookieName())
	if err != nil {
		return ""
	}
	return cookie.Value
}

// keep gives the browser the token of a session, or takes it away with "". The session
// itself says how long it lasts.
func (d *desk) keep(c echo.Context, token string) {
	cookie := &http.Cookie{
		Name: d.cookieName(), Value: token, Path: "/", HttpOnly: true, Secure: d.Site.HTTPS(), SameSite: http.SameSiteStrictMode,
	}
	if token == "" {
		cookie.MaxAge = -1
	}
	c.SetCookie(cookie)
}

// longestAgent is how much is kept of what a browser calls itself.
const longestAgent = 200

// from is where the request comes from.
func from(c echo.Context) operators.Origin {
	agent := strings.ToValidUTF8(c.Request().UserAgent(), "")
	if len(agent) > longestAgent {
		agent = strings.ToValidUTF8(agent[:longestAgent], "")
	}
	return operators.Origin{Address: c.RealIP(), Agent: agent}
}

// actor is the signed-in person as the actor of something, for the operators' log.
func actor(c echo.Context) operators.Actor { return from(c).By(personOf(c)) }

// identify finds the session of the request's cookie.
func (d *desk) identify(c echo.Context) error {
	token := d.token(c)
	if token == "" {
		return nil
	}
	s, err := d.People.SignedIn(c.Request().Context(), token)
	if checkout.IsNotFound(err) {
		return nil
	}
	c.Set(signedKey, s)
	return err
}

// admit carries a request out, or says why not: the person is not signed in, not yet, or
// has another role.
func (d *desk) admit(c echo.Context, r route) error {
	s := signed(c)
	switch {
	case s.May(r.needs):
		return r.show(c)
	case s.Stage == operators.StageProving:
		return c.Redirect(http.StatusSeeOther, BasePath+pathSecondFactor)
	case s.Stage == operators.StageSetup:
		return c.Redirect(http.StatusSeeOther, BasePath+pathAccount)
	case s.Stage == operators.StageFull && r.needs == operators.Proving:
		return c.Redirect(http.StatusSeeOther, BasePath)
	case s.Stage == operators.StageFull:
		return echo.NewHTTPError(http.StatusForbidden)
	}
	// A link on another site has the browser keep the cookie back. A page of the dashboard's
	// own origin that loads the address again gets it.
	if c.Request().Header.Get("Sec-Fetch-Site") == "cross-site" && c.Request().Method == http.MethodGet && d.token(c) == "" {
		return web.Render(c, http.StatusOK, view.AgainPage())
	}
	return c.Redirect(http.StatusSeeOther, BasePath+pathSignIn+d.returnTo(c))
}

// returnTo has a person who signs in go on to the page that they asked for.
func (d *desk) returnTo(c echo.Context) string {
	r := c.Request()
	if r.Method != http.MethodGet || strings.TrimPrefix(r.URL.Path, BasePath) == "" {
		return ""
	}
	return "?" + query("next", r.URL.RequestURI())
}

// unknown answers an address of the dashboard that is none.
func (d *desk) unknown(echo.Context) error { return echo.NewHTTPError(http.StatusNotFound) }

// showHome goes to the first page that the person may see.
func (d *desk) showHome(c echo.Context) error {
	for _, item := range navigation {
		if signed(c).May(item.needs) {
			return c.Redirect(http.StatusSeeOther, BasePath+item.path)
		}
	}
	return echo.NewHTTPError(http.StatusForbidden)
}
