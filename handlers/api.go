package handlers

import (
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/api"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// mountAPI adds the routes of the merchant API.
func (s *server) mountAPI(e *echo.Echo) {
	cfg := api.Config{PublicURL: strings.TrimSuffix(s.cfg.PublicURL.String(), "/"), Now: s.cfg.Now}
	merchantAPI := api.Mount(e, cfg, api.Services{Merchant: s.merchant, Orders: s.payments, Methods: s.methods}, s.limiter.Limited(s.newLimits().api))
	docs := apiDocs{s, sync.OnceValue(func() views.APIDocs { return drawn(merchantAPI.Spec()) })}
	e.GET(web.DocsPath, docs.show)
}
