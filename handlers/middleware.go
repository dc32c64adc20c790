package handlers

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"golang.org/x/text/language"

	"antom-checkout/views"
)

// bodyLimit is more than any of our forms and any of Antom's notifications needs.
const bodyLimit = "64K"

// middleware is what every request passes through, outermost first.
func (s *server) middleware(e *echo.Echo) {
	e.Use(s.logRequests)
	e.Use(secureHeaders(s.cfg.https()))
	e.Use(s.speakLanguage)
	e.Use(s.recoverPanics)
	e.Use(middleware.BodyLimit(bodyLimit))
	e.Use(s.refuseCrossOrigin())
}

// logRequests writes one line per request, and counts it. It names the route and
// not the address, because a checkout's address opens the order.
func (s *server) logRequests(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := s.cfg.Now()
		if err := next(c); err != nil {
			c.Error(err) // now the status is known
		}
		took := s.cfg.Now().Sub(began)
		s.log.InfoContext(c.Request().Context(), "request",
			"method", c.Request().Method, "route", c.Path(), "status", c.Response().Status,
			"bytes", c.Response().Size, "took", took.Round(time.Microsecond))
		s.cfg.Meter.Request(c.Request().Method, c.Path(), c.Response().Status, took)
		return nil
	}
}

// recoverPanics turns a panic into an error page; without it the connection
// would just break.
func (s *server) recoverPanics(next echo.HandlerFunc) echo.HandlerFunc {
	return middleware.RecoverWithConfig(middleware.RecoverConfig{
		LogErrorFunc: func(_ echo.Context, err error, stack []byte) error {
			s.log.Error("panic", "err", err, "stack", string(stack))
			return err
		},
	})(next)
}

// languageParam is the query parameter, and languageCookie the cookie, by which
// a buyer's own choice of language goes before what the browser asks for.
const (
	languageParam  = "lang"
	languageCookie = "lang"
	languageDays   = 365
)

// speakLanguage picks the page's language.
func (s *server) speakLanguage(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		asked := r.Header.Get("Accept-Language")
		if cookie, err := r.Cookie(languageCookie); err == nil && isLanguage(cookie.Value) {
			asked = cookie.Value
		}
		if chosen := c.QueryParam(languageParam); isLanguage(chosen) {
			asked = chosen
			c.SetCookie(&http.Cookie{
				Name: languageCookie, Value: chosen, Path: "/", MaxAge: languageDays * 86400,
				HttpOnly: true, Secure: s.cfg.https(), SameSite: http.SameSiteLaxMode,
			})
		}
		c.SetRequest(r.WithContext(views.WithLanguage(r.Context(), views.Match(asked))))
		return next(c)
	}
}

// isLanguage reports whether we speak exactly this language.
func isLanguage(code string) bool {
	return slices.ContainsFunc(views.Languages(), func(tag language.Tag) bool { return tag.String() == code })
}

// refuseCrossOrigin stops forms and scripts of other sites from acting for our
// buyers. Antom's notifications and plain HTTP clients carry no browser headers
// and pass.
func (s *server) refuseCrossOrigin() echo.MiddlewareFunc {
	protection := http.NewCrossOriginProtection()
	// Behind a proxy the Host header may be another name than the browser's.
	if err := protection.AddTrustedOrigin(s.cfg.PublicURL.Scheme + "://" + s.cfg.PublicURL.Host); err != nil {
		panic("handlers: public URL: " + err.Error()) // it was checked with the settings
	}
	// A report changes nothing, and a page without referrer sends it with "Origin: null".
	protection.AddInsecureBypassPattern("POST " + reportPath)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := protection.Check(c.Request()); err != nil {
				return echo.NewHTTPError(http.StatusForbidden).SetInternal(err)
			}
			return next(c)
		}
	}
}

// wantsJSON reports whether the client asked for JSON rather than a page.
func wantsJSON(c echo.Context) bool {
	return strings.Contains(c.Request().Header.Get(echo.HeaderAccept), echo.MIMEApplicationJSON)
}
