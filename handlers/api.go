package handlers

import (
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/api"
)

// mountAPI adds the routes of the merchant API.
func (s *server) mountAPI(e *echo.Echo, services Services) {
	cfg := api.Config{PublicURL: strings.TrimSuffix(s.cfg.PublicURL.String(), "/"), Now: s.cfg.Now}
	api.Mount(e, cfg, api.Services{Merchant: services.Merchant, Orders: services.Payments, Methods: services.Methods}, s.limiter.Limited(s.newLimits().api))
}
