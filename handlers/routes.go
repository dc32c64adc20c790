package handlers

import (
	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/static"
)

// routes lists everything there is, in the order a buyer walks it.
func (s *server) routes(e *echo.Echo) {
	e.GET("/", s.showCatalog)
	e.GET("/products/:sku", s.showProduct)

	e.POST("/cart", s.addToCart)
	e.GET("/cart", s.showCart)
	e.POST("/cart/:sku", s.changeCart)

	read := s.limited("reads", readsPerClient, readsPerOrder)
	e.POST("/orders", s.placeOrder, s.limited("orders", ordersPerClient, limit{}))
	e.GET("/orders", s.showLookup)
	e.POST("/orders/lookup", s.lookUp, s.limited("look-ups", lookupsPerClient, limit{}))
	e.GET(checkout.OrderPath+"/:id/:signature", s.showOrder, read)

	e.GET("/checkout/:token", s.showCheckout, read)
	e.POST("/checkout/:token/payments", s.startPayment, s.limited("payments", paymentsPerClient, paymentsPerOrder))
	e.POST("/checkout/:token/renewal", s.renewOrder, s.limited("orders", ordersPerClient, limit{}))
	e.GET("/checkout/:token/code", s.showCodeAgain, read)
	e.GET("/checkout/:token/return", s.showReturn, read)
	e.POST("/checkout/:token/mail", s.mailMe, read)
	e.GET("/checkout/:token/status", s.showStatus, read)
	e.GET("/checkout/:token/events", s.streamStatus, read)

	e.POST(checkout.NotifyPath, s.receiveNotification)

	s.mailRoutes(e)
	e.GET("/healthz", s.showHealth)
	e.GET("/readyz", s.showReadiness)
	e.GET("/static/*", echo.WrapHandler(static.Handler()))
	e.GET("/favicon.ico", s.showFavicon)
}
