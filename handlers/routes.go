package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout/gateway"
	"antom-checkout/checkout/payments"
	"antom-checkout/handlers/pictures"
	"antom-checkout/handlers/web"
	"antom-checkout/static"
	"antom-checkout/views"
)

// storefront is where a buyer chooses and orders: catalogue, cart, order form, and
// the lookup of an order.
type storefront struct{ *server }

// cashier is where a buyer pays an order and sees its status.
type cashier struct{ *server }

// linkPages are the pages of payment links.
type linkPages struct{ *server }

// cardPage is where a buyer types a card, in the server-to-server mode.
type cardPage struct{ cashier }

// routes lists all routes, in the order a buyer follows them.
func (s *server) routes(e *echo.Echo, antom notifications, health probes) {
	page := func(path string, show echo.HandlerFunc, m ...echo.MiddlewareFunc) {
		e.Match([]string{http.MethodGet, http.MethodHead}, path, show, m...) // net/http leaves the body out
	}
	store, pay, limits := storefront{s}, cashier{s}, s.newLimits()
	typing := cardPage{pay}
	page("/", store.showCatalog)
	page("/products/:sku", store.showProduct)

	choosing := s.limiter.Limited(limits.carts)
	e.POST("/cart", store.addToCart, choosing)
	page("/cart", store.showCart)
	e.POST("/cart/:sku", store.changeCart, choosing)

	ordering := s.limiter.Limited(limits.orders)
	e.POST("/orders", store.placeOrder, ordering)
	page("/orders", store.showLookup)
	e.POST("/orders/lookup", store.lookUp, s.limiter.Limited(limits.lookups))

	links := linkPages{s}
	page("/buy/:code", links.show)
	e.POST("/buy/:code", links.order, ordering)
	page("/buy/:code/qr.svg", links.showCode)
	page(pictures.Prefix+":signature/:address", s.showPicture, s.limiter.Limited(limits.pictures))

	reading := s.limiter.Limited(limits.reads)
	page(payments.OrderPath+"/:id/:signature", pay.showOrder, reading)
	page("/checkout/:token", pay.showCheckout, reading)
	e.POST("/checkout/:token/buyer", pay.completeOrder, ordering)
	e.POST("/checkout/:token/payments", pay.startPayment, s.limiter.Limited(limits.payments))
	e.POST("/checkout/:token/cards/:card/removal", pay.removeCard, reading)
	e.POST("/checkout/:token/renewal", store.renewOrder, ordering)
	page("/checkout/:token/card", typing.showCard, reading)
	e.POST("/checkout/:token/card/facts", typing.tellCardFacts, web.Answering(web.JSON), s.limiter.Limited(limits.facts))
	page("/checkout/:token/code", pay.showCodeAgain, reading)
	page("/checkout/:token/return", pay.showReturn, reading)
	e.POST("/checkout/:token/return", pay.returnByPost, reading)
	e.POST("/checkout/:token/mail", pay.requestEmail, reading)
	page("/checkout/:token/status", pay.showStatus, reading)
	e.GET("/checkout/:token/events", pay.streamStatus, reading)
	page("/checkout/:token/methods", pay.listMethods, reading)

	e.POST(gateway.NotificationPath, antom.receive, web.Answering(web.Empty))

	reports := &policyReports{server: s}
	e.POST(web.ReportPath, reports.receive, web.Answering(web.Empty), s.limiter.Limited(limits.reports))
	sdkErrors := &sdkReports{server: s}
	e.POST(sdkReportPath, sdkErrors.receive, web.Answering(web.Empty), s.limiter.Limited(limits.reports))

	if preview := (emailPreview{s}); preview.isOpen() {
		developers := s.site.ForDevelopers()
		page("/dev/mail", preview.showEmails, developers)
		page("/dev/mail/:name", preview.showEmail, developers)
		page("/dev/mail/:name/html", preview.showEmailHTML, developers)
	}
	page("/healthz", health.showHealth)
	page("/readyz", health.showReadiness)
	page("/static/*", echo.WrapHandler(static.Handler()))
	page(views.PicturePrefix+":name", s.showProductPicture)
	page(static.BrandPrefix+":file", s.showBrand)
	page("/favicon.ico", s.showFavicon)
}
