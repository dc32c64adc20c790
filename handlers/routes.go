package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout/gateway"
	"antom-checkout/checkout/payments"
	"antom-checkout/static"
)

// routes lists everything there is, in the order a buyer walks it.
func (s *server) routes(e *echo.Echo) {
	page := func(path string, show echo.HandlerFunc, m ...echo.MiddlewareFunc) {
		e.Match([]string{http.MethodGet, http.MethodHead}, path, show, m...) // net/http leaves the body out
	}
	page("/", s.showCatalog)
	page("/products/:sku", s.showProduct)

	e.POST("/cart", s.addToCart)
	page("/cart", s.showCart)
	e.POST("/cart/:sku", s.changeCart)

	e.POST("/orders", s.placeOrder, s.limited(orderLimits))
	page("/orders", s.showLookup)
	e.POST("/orders/lookup", s.lookUp, s.limited(lookupLimits))

	read := s.limited(readLimits)
	page(payments.OrderPath+"/:id/:signature", s.showOrder, read)
	page("/checkout/:token", s.showCheckout, read)
	e.POST("/checkout/:token/payments", s.startPayment, s.limited(paymentLimits))
	e.POST("/checkout/:token/renewal", s.renewOrder, s.limited(orderLimits))
	page("/checkout/:token/code", s.showCodeAgain, read)
	page("/checkout/:token/return", s.showReturn, read)
	e.POST("/checkout/:token/mail", s.mailMe, read)
	page("/checkout/:token/status", s.showStatus, read)
	e.GET("/checkout/:token/events", s.streamStatus, read)

	e.POST(gateway.NotificationPath, s.receiveNotification)

	e.POST(reportPath, s.receiveReports)

	s.mailRoutes(page)
	page("/healthz", s.showHealth)
	page("/readyz", s.showReadiness)
	page("/static/*", echo.WrapHandler(static.Handler()))
	page(static.BrandPrefix+":file", s.showBrand)
	page("/favicon.ico", s.showFavicon)
}
