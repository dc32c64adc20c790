package web

import (
	"log/slog"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/static"
)

// Config is what the settings say about all HTTP.
type Config struct {
	ShopName       string
	Logo           *static.Picture // the merchant's, or nil
	Accent         *static.Accent  // a style sheet with the merchant's colour, or nil
	Sandbox        bool            // payments are practice; pages say so
	PublicURL      *url.URL        // base of every address handed out; never the Host header
	AllowedHosts   []string        // names that are answered beside the public URL's
	OpenToOthers   []string        // paths, as http.ServeMux writes them, that other sites may POST to: nothing is done there
	Uploads        []string        // routes that take files, and read their bodies themselves
	TrustedProxies []*net.IPNet    // whose X-Forwarded-For, Forwarded and X-Request-Id count
	Developers     []*net.IPNet    // from which pages for developers are reached beside this machine
	TimeZone       *time.Location  // of dates and times on pages; nil: UTC
	Now            func() time.Time
	Log            *slog.Logger
	Meter          Meter
	Tracer         Tracer // nil: requests have no spans
}

// Meter counts requests. It gets routes, not addresses: no token, no id and
// nothing about a person.
type Meter interface {
	Request(method, route string, status int, took time.Duration)
	Limited(name string) // a request beyond one of the limits of that name
}

// Site is what the handlers of one shop share.
type Site struct {
	cfg   Config
	hosts Hosts
	log   *slog.Logger

	proxyNoted sync.Once
}

// New makes a site. Every field of the Config but Logo, Accent, AllowedHosts,
// OpenToOthers, Uploads, TrustedProxies, Developers, TimeZone and Tracer has to be there.
func New(cfg Config) *Site {
	return &Site{cfg: cfg, hosts: NewHosts(append([]string{cfg.PublicURL.Host}, cfg.AllowedHosts...)...), log: WithRequestID(cfg.Log)}
}

// HTTPS reports whether buyers reach the site over https.
func (s *Site) HTTPS() bool { return isHTTPS(s.cfg.PublicURL) }

func isHTTPS(u *url.URL) bool { return u.Scheme == "https" }

// Echo is a router whose requests pass through the chain.
func (s *Site) Echo() *echo.Echo {
	e := echo.New()
	e.HideBanner = true
	e.HidePort = true
	e.HTTPErrorHandler = s.answerError
	e.IPExtractor = clientOf(s.cfg.TrustedProxies)
	s.chain(e)
	return e
}

// chain is what every request passes through, outermost first. Only the first is before
// the routes are looked up.
func (s *Site) chain(e *echo.Echo) {
	e.Pre(ignoreTrailingSlashes)
	e.Use(s.nameRequest)
	if s.cfg.Tracer != nil {
		e.Use(s.traceRequest)
	}
	e.Use(s.noteProxies)
	e.Use(s.logRequest)
	e.Use(secureHeaders(s.HTTPS()))
	e.Use(s.refuseUnknownHosts)
	e.Use(s.speakLanguage)
	e.Use(recoverPanics)
	e.Use(s.refuseCrossOrigin())
	e.Use(s.readBody)
}
