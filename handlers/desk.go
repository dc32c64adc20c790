package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/desk"
	"antom-checkout/static"
)

// mountDesk adds the routes of the dashboard.
func (s *server) mountDesk(e *echo.Echo, people *operators.Service) {
	desk.Mount(e, desk.Config{Site: s.site, Now: s.cfg.Now}, desk.Services{People: people}, s.limiter.Limited(s.newLimits().desk))
}

// NewDesk makes the handler of a dashboard that has a listener of its own.
func NewDesk(cfg Config, services Services) http.Handler {
	s := newServer(cfg, services)
	e := s.site.Echo()
	s.mountDesk(e, services.People)
	e.GET("/static/*", echo.WrapHandler(static.Handler()))
	e.GET(static.BrandPrefix+":file", s.showBrand)
	return e
}
