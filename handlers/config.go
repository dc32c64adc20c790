package handlers

import (
	"log/slog"
	"net"
	"net/url"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/handlers/desk"
	"antom-checkout/handlers/pictures"
	"antom-checkout/handlers/web"
	"antom-checkout/static"
)

// Config is what the pages need beside the services.
type Config struct {
	ShopName       string
	Logo           *static.Picture    // the merchant's, or nil
	Accent         *static.Accent     // a style sheet with the merchant's colour, or nil
	PublicURL      *url.URL           // base of every address handed out; never the Host header
	AllowedHosts   []string           // host names that are answered beside the public URL's; all others get 421
	SessionKey     []byte             // 64 bytes: 32 to authenticate, 32 to encrypt the cookies
	KeyBefore      []byte             // likewise, of cookies that are still read; nil: there is none
	TrustedProxies []*net.IPNet       // whose X-Forwarded-For, Forwarded and X-Request-Id count
	Developers     []*net.IPNet       // from which the email preview is reached beside this machine
	SDK            *SDK               // nil: pay by forms and redirects only
	CardsUntil     time.Time          // until when cards are typed on the shop's own page; zero: at Antom's
	AppReturns     AppReturns         // where native apps may be opened again after paying
	Currency       checkout.Currency  // that the shop sells in
	CatalogFile    bool               // CATALOG_FILE says what is sold
	Sandbox        bool               // payments are practice; pages say so
	DeskApart      bool               // the dashboard has a listener of its own
	Preview        Preview            // nil: emails are sent, not previewed
	Pictures       *pictures.Pictures // of the merchant's own lines
	RateLimits     bool               // refuse requests that come too often
	MaxStreams     int                // event streams open at once; 0 is any number
	TimeZone       *time.Location     // of dates and times on pages; nil: UTC
	SupportRefunds int                // how much of an order the role support may refund, in minor units of Currency
	Now            func() time.Time
	Log            *slog.Logger
	Meter          Meter                     // counts what the pages do; nil counts nothing
	Tracer         web.Tracer                // nil: requests have no spans
	GatewayFaults  func() string             // what Antom refuses the shop at present, for the log of /readyz; nil: not known
	CheckKeys      func() error              // whether requests to Antom can be signed, for /readyz; nil: not known
	Prove          func(nonce string) string // shows doctor which server answers /healthz; nil: nothing does
	Settings       []desk.Setting            // all that the operator has decided, as people may read it
	Draining       <-chan struct{}           // closed when no new requests are wanted: /readyz says so
	Done           <-chan struct{}           // closed when the server stops: ends the event streams
}

// completed has in it what may be left out.
func (c Config) completed() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Meter == nil {
		c.Meter = noMeter{}
	}
	return c
}

// sessionKeys are the keys of cookies; the first one writes them.
func (c Config) sessionKeys() [][]byte {
	if c.KeyBefore == nil {
		return [][]byte{c.SessionKey}
	}
	return [][]byte{c.SessionKey, c.KeyBefore}
}

// site is the part of it that all HTTP shares.
func (c Config) site() *web.Site {
	return web.New(web.Config{
		ShopName:       c.ShopName,
		Logo:           c.Logo,
		Accent:         c.Accent,
		Sandbox:        c.Sandbox,
		PublicURL:      c.PublicURL,
		AllowedHosts:   c.AllowedHosts,
		OpenToOthers:   openToOthers,
		Uploads:        desk.Uploads,
		TrustedProxies: c.TrustedProxies,
		Developers:     c.Developers,
		TimeZone:       c.TimeZone,
		Now:            c.Now,
		Log:            c.Log,
		Meter:          c.Meter,
		Tracer:         c.Tracer,
	})
}
