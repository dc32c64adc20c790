package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/desk"
	"antom-checkout/static"
	"antom-checkout/views"
)

// mountDesk adds the routes of the dashboard.
func (s *server) mountDesk(e *echo.Echo, services Services) {
	cfg := desk.Config{
		Site: s.site, Now: s.cfg.Now, TimeZone: s.cfg.TimeZone, Currency: s.cfg.Currency, SupportLimit: int64(s.cfg.SupportRefunds), Done: s.cfg.Done,
		Settings: s.cfg.Settings, CatalogFile: s.cfg.CatalogFile,
	}
	desk.Mount(e, cfg, desk.Services{
		People: services.People, Books: services.Books, Methods: s.methods, Orders: s.payments, Watcher: s.payments,
		Merchant: s.merchant, Sales: services.Sales, Examine: services.Examine, Goods: services.Goods, Personal: services.Personal, Reconciliation: services.Reconciliation,
		VerifyProof: services.VerifyProof,
		Inbox:       services.Inbox, Emails: services.Emails,
	}, s.limiter.Limited(s.newLimits().desk))
}

// NewDesk makes the handler of a dashboard that has a listener of its own.
func NewDesk(cfg Config, services Services) http.Handler {
	s := newServer(cfg, services)
	e := s.site.Echo()
	s.mountDesk(e, services)
	e.GET("/static/*", echo.WrapHandler(static.Handler()))
	e.GET(views.PicturePrefix+":name", s.showProductPicture)
	e.GET(static.BrandPrefix+":file", s.showBrand)
	return e
}
