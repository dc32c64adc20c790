package handlers

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/antom"
	"antom-checkout/checkout/methods"
	"antom-checkout/checkout/payments"
	"antom-checkout/checkout/shop"
	"antom-checkout/static"
)

// Config is what the pages need to know beside the shop itself.
type Config struct {
	ShopName       string
	Logo           *static.Picture // the merchant's, or nil
	Accent         *static.Accent  // a style sheet with the merchant's colour, or nil
	PublicURL      *url.URL        // base of every address handed out; never the Host header
	SessionKey     []byte          // 64 bytes: 32 to authenticate, 32 to encrypt the session cookie
	TrustedProxies []*net.IPNet    // whose X-Forwarded-For counts
	SDK            *SDK            // nil: pay by forms and redirects only
	AppReturns     AppReturns      // where native apps may be opened again after paying
	Sandbox        bool            // payments are practice; pages say so
	Mailbox        Mailbox         // nil: letters are sent
	RateLimits     bool            // refuse what no buyer does
	Now            func() time.Time
	Log            *slog.Logger
	Meter          Meter           // counts what the pages do; nil counts nothing
	Done           <-chan struct{} // closed when the server stops: ends the event streams
}

// SDK is Antom's Web SDK as the pay page loads it.
type SDK struct {
	URL         *url.URL
	Integrity   string // a Subresource Integrity value, or ""
	UI          SDKUI
	Environment string // "sandbox" or "prod"
	GatewayHost string // host of the gateway; its region decides what the SDK talks to
}

// SDKUI is how the SDK shows itself on the pay page.
type SDKUI string

// The ways of the setting SDK_UI. An empty one is Popup.
const (
	Popup   SDKUI = "popup"   // AMSCashierPayment, above the page
	Inline  SDKUI = "inline"  // the same, but cards are entered inside the page
	Element SDKUI = "element" // AMSElement: Antom's list of methods in the page instead of ours
)

// Notifications verifies what arrives at the notify address; *antom.Client is one.
type Notifications interface {
	ParseNotification(path string, header http.Header, body []byte) (antom.Notification, error)
}

// Readiness reports whether the database can store.
type Readiness interface {
	Ready(context.Context) error
}

// server is what the handlers share.
type server struct {
	cfg           Config
	shop          *shop.Shop
	payments      *payments.Service
	methods       *methods.Methods
	notifications Notifications
	readiness     Readiness
	sessions      *sessionStore
	limits        *limiter // nil: no limits
	reports       policyReports
	log           *slog.Logger
}

// Services are what the handlers ask: each owns a part of the journey.
type Services struct {
	Shop     *shop.Shop
	Payments *payments.Service
	Methods  *methods.Methods
}

// New makes the shop's HTTP handler.
func New(cfg Config, services Services, notifications Notifications, readiness Readiness) http.Handler {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Meter == nil {
		cfg.Meter = noMeter{}
	}
	s := &server{
		cfg:           cfg,
		shop:          services.Shop,
		payments:      services.Payments,
		methods:       services.Methods,
		notifications: notifications,
		readiness:     readiness,
		sessions:      newSessionStore(cfg.SessionKey, cfg.https()),
		log:           cfg.Log,
	}
	if cfg.RateLimits {
		s.limits = newLimiter(cfg.Now)
	}
	e := echo.New()
	e.HideBanner = true
	e.HidePort = true
	e.HTTPErrorHandler = s.handleError
	e.IPExtractor = cfg.ipExtractor()
	s.middleware(e)
	s.routes(e)
	return e
}

func (c Config) https() bool { return c.PublicURL.Scheme == "https" }

// ipExtractor believes nobody's X-Forwarded-For but that of the named proxies.
func (c Config) ipExtractor() echo.IPExtractor {
	if len(c.TrustedProxies) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, network := range c.TrustedProxies {
		options = append(options, echo.TrustIPRange(network))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}
