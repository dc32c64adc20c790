package handlers

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// showReturn is where Antom leads the buyer back to. It works in any browser
// that knows the address, believes nothing the address says, and asks Antom.
func (s cashier) showReturn(c echo.Context) error {
	o, err := s.refreshed(c)
	if err != nil {
		return err
	}
	return s.renderReturn(c, o, pathsOf(o).returns, s.visit(c).made(o))
}

// renderReturn shows where an order stands, at the address self. What is personal
// in it is for its buyer only.
func (s cashier) renderReturn(c echo.Context, o checkout.Order, self string, buyer bool) error {
	paths := pathsOf(o)
	since := s.arrival(c)
	v := views.ReturnView{
		Frame:     s.frame(c, nil),
		Token:     o.Token,
		Number:    o.Number,
		Status:    s.statusView(o, int(s.cfg.Now().Sub(since).Seconds())),
		RetryURL:  paths.page,
		StatusURL: paths.status,
		EventsURL: paths.events,
		SelfURL:   self + "?since=" + strconv.FormatInt(since.Unix(), 10),
	}
	if buyer {
		v.Receipt = s.receipt(c, o)
	}
	if p := o.Current(); p != nil && o.Status == checkout.OrderProcessing {
		v.EmailURL, v.EmailRequested = paths.mail, p.EmailOnFailure
	}
	if o.Status == checkout.OrderExpired {
		v.RenewURL = paths.renewal
	}
	return web.Render(c, http.StatusOK, views.ReturnPage(v))
}

// arrival is when the buyer came: the page's own refreshes carry it along, so
// that the spinner gives way to words after some seconds.
func (s cashier) arrival(c echo.Context) time.Time {
	now := s.cfg.Now()
	seconds, err := strconv.ParseInt(c.QueryParam("since"), 10, 64)
	since := time.Unix(seconds, 0)
	if err != nil || since.After(now) || now.Sub(since) > 24*time.Hour {
		return now
	}
	return since
}

// showOrder is where the links in letters lead: the order's page with all it
// holds, in any browser.
func (s cashier) showOrder(c echo.Context) error {
	ctx, cancel := patiently(c)
	defer cancel()
	o, err := s.payments.OrderByLink(ctx, c.Param("id"), c.Param("signature"))
	if err != nil {
		return err
	}
	return s.renderReturn(c, o, c.Request().URL.EscapedPath(), true)
}

// mailMe notes that the buyer wants an email about the outcome. It goes to the
// address of the order, whatever browser asks.
func (s cashier) mailMe(c echo.Context) error {
	o, err := s.payments.EmailOnFailure(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, pathsOf(o).returns)
}
