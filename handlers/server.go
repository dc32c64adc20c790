package handlers

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
	"antom-checkout/checkout/methods"
	"antom-checkout/checkout/operators"
	"antom-checkout/checkout/payments"
	"antom-checkout/checkout/shop"
	"antom-checkout/handlers/desk"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// server is what the handlers share.
type server struct {
	cfg      Config
	site     *web.Site
	shop     *shop.Shop
	payments *payments.Service
	methods  *methods.Methods
	merchant *merchant.Service
	goods    desk.Goods
	sessions *web.Sessions[session]
	buyers   *web.Sessions[buyer]
	limiter  *web.Limiter // nil: no limits
	streams  *streams
	shelf    *shelf
	log      *slog.Logger
}

// Services are what the handlers call: each owns a part of the journey.
type Services struct {
	Shop           *shop.Shop
	Payments       *payments.Service
	Methods        *methods.Methods
	Merchant       *merchant.Service
	People         *operators.Service
	Books          desk.Books                           // what the dashboard reads of orders
	Sales          desk.Sales                           // and of what was sold
	Examine        func(context.Context) []desk.Finding // what is wrong with the program and its surroundings; nil: nothing can tell
	Goods          desk.Goods                           // the products as the merchant changes them
	Personal       desk.Personal                        // what is kept about buyers
	Reconciliation desk.Reconciliation                  // of Antom's reports with the orders
	VerifyProof    desk.VerifyProof                     // of the files of proofs
	Inbox          desk.Inbox                           // what waits for a person
	Emails         desk.Emails                          // that were given up
}

// New makes the shop's HTTP handler.
func New(cfg Config, services Services, verifier Notifications, readiness Readiness) http.Handler {
	s := newServer(cfg, services)
	e := s.site.Echo()
	s.routes(e, notifications{s, verifier, &refusals{}}, probes{s, readiness})
	s.mountAPI(e)
	if !s.cfg.DeskApart {
		s.mountDesk(e, services)
	}
	return e
}

// newServer makes what the handlers share.
func newServer(cfg Config, services Services) *server {
	cfg = cfg.completed()
	site := cfg.site()
	s := &server{
		cfg:      cfg,
		site:     site,
		shop:     services.Shop,
		payments: services.Payments,
		methods:  services.Methods,
		merchant: services.Merchant,
		goods:    services.Goods,
		sessions: web.NewSessions[session]("session", web.SessionDays, site.HTTPS(), cfg.sessionKeys()...),
		buyers:   web.NewSessions[buyer]("buyer", web.BuyerDays, site.HTTPS(), cfg.sessionKeys()...),
		streams:  &streams{limits: cfg.streamLimits(), meter: cfg.Meter},
		shelf:    &shelf{},
		log:      web.WithRequestID(cfg.Log),
	}
	if cfg.RateLimits {
		s.limiter = web.NewLimiter(cfg.Now, cfg.Meter)
	}
	return s
}

// session is the request's session, or a new one.
func (s *server) session(c echo.Context) *session {
	if found := s.sessions.Get(c); found != nil {
		return found
	}
	return &session{ID: rand.Text()}
}

// sessionID is the id of the request's session, or "" for a new one.
func (s *server) sessionID(c echo.Context) string {
	if found := s.sessions.Get(c); found != nil {
		return found.ID
	}
	return ""
}

// cart is the cart of the request's session; it is empty for a new one.
func (s *server) cart(c echo.Context) (checkout.Cart, error) {
	if found := s.sessions.Get(c); found != nil {
		return s.shop.Cart(c.Request().Context(), found.ID, found.Order)
	}
	return checkout.Cart{}, nil
}

// frame is what surrounds a page that shows a cart; pages of a payment show none.
func (s *server) frame(c echo.Context, cart checkout.Cart) views.Frame {
	return s.site.Frame(c, cart.Pieces())
}

// patience is how long a page waits for an inquiry before it shows what is
// known; the page keeps itself up to date afterwards.
const patience = 2500 * time.Millisecond

func patiently(c echo.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.Request().Context(), patience)
}

// refreshed reads the order, after an inquiry if one is due. The page is in the language that
// the merchant's system has set for it.
func (s *server) refreshed(c echo.Context) (checkout.Order, error) {
	ctx, cancel := patiently(c)
	defer cancel()
	o, err := s.payments.Refresh(ctx, c.Param("token"))
	if o.Source != checkout.SourceShop {
		web.PreferLanguage(c, o.Language)
	}
	return o, err
}

// methodName is what buyers call the method of a payment.
func (s *server) methodName(c echo.Context, p checkout.Payment) string {
	m := s.methods.Method(p.Method)
	return views.MethodName(c.Request().Context(), m.Code, m.Name)
}

// receipt is what only the buyer may see.
func (s *server) receipt(c echo.Context, o checkout.Order) *views.Receipt {
	var method checkout.Method
	if p := o.Current(); p != nil {
		method = s.methods.Method(p.Method)
	}
	r := views.NewReceipt(c.Request().Context(), o, method)
	r.Lines = s.linesView(c, o.Lines)
	return r
}

// amountView writes money for the page's language.
func amountView(c echo.Context, m checkout.Money) views.Amount {
	return views.NewAmount(c.Request().Context(), m)
}

// linesView are lines for the page's language. Pictures of the merchant's own come from the
// shop's origin, too.
func (s *server) linesView(c echo.Context, lines []checkout.OrderLine) []views.Line {
	all := views.NewLines(c.Request().Context(), lines)
	for i, line := range lines {
		if all[i].Image == "" {
			all[i].Image = s.cfg.Pictures.Path(line.Image)
		}
	}
	return all
}
