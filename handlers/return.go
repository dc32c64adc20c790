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

// showReturn is the page that Antom returns the buyer to. It works in any browser
// that knows the address, trusts nothing that the address says, and inquires.
func (s cashier) showReturn(c echo.Context) error {
	o, err := s.refreshed(c)
	if err != nil {
		return err
	}
	return s.renderReturn(c, o, pathsOf(o).returns, s.session(c).placed(o), leaveOf(o))
}

// openToOthers are the paths that other sites may POST to.
var openToOthers = []string{"/checkout/{token}/return"}

// returnByPost leads a buyer to the return page whose bank posts them back. What the
// bank posts is not read.
func (s cashier) returnByPost(c echo.Context) error {
	token := c.Param("token")
	if !checkout.IsToken(token) {
		return checkout.ErrNotFound
	}
	return c.Redirect(http.StatusSeeOther, pathsAt(token).returns)
}

// renderReturn shows an order's status, at the address self. Only its buyer sees the
// personal data.
func (s cashier) renderReturn(c echo.Context, o checkout.Order, self string, buyer bool, leave views.Leave) error {
	paths := pathsOf(o)
	since := s.arrival(c)
	v := views.ReturnView{
		Frame:     s.site.Frame(c, 0),
		Token:     o.Token,
		Number:    o.Number,
		Status:    s.statusView(o, int(s.cfg.Now().Sub(since).Seconds())),
		RetryURL:  paths.page,
		StatusURL: paths.status,
		EventsURL: paths.events,
		Leave:     leave,
		SelfURL:   self + "?since=" + strconv.FormatInt(since.Unix(), 10),
	}
	v.Frame.HomeURL = leave.URL
	if buyer {
		v.Receipt = s.receipt(c, o)
	}
	if v.Status.MayChange {
		v.Continue = s.continuing(c, o)
	}
	if p := o.Current(); p != nil && o.Status == checkout.OrderProcessing && !v.Status.Unpaid {
		v.EmailURL, v.EmailRequested = paths.email, p.EmailOnFailure
	}
	if o.Renewable() {
		v.RenewURL = paths.renewal
	}
	return web.Render(c, http.StatusOK, views.ReturnPage(v))
}

// continuing is the order's attempt under way, where its buyer can go on with it in a wallet or
// at a bank. What was begun in Antom's SDK goes on, or begins anew, without it.
func (s cashier) continuing(c echo.Context, o checkout.Order) (to views.Continue) {
	p := o.Active()
	if p == nil || p.Method == "" || p.Method == checkout.MethodCard {
		return to
	}
	switch p.Action.Type {
	case checkout.ActionRedirect, checkout.ActionCode, checkout.ActionSDK:
		return views.Continue{URL: pathsOf(o).payments, Method: p.Method, Name: s.methodName(c, *p)}
	}
	return to
}

// arrival is when the buyer came: the page's own refreshes carry it along, so that a
// text replaces the spinner after some seconds.
func (s cashier) arrival(c echo.Context) time.Time {
	now := s.cfg.Now()
	seconds, err := strconv.ParseInt(c.QueryParam("since"), 10, 64)
	since := time.Unix(seconds, 0)
	if err != nil || since.After(now) || now.Sub(since) > 24*time.Hour {
		return now
	}
	return since
}

// showOrder is the page that links in emails open: the whole order, in any browser.
func (s cashier) showOrder(c echo.Context) error {
	ctx, cancel := patiently(c)
	defer cancel()
	o, err := s.payments.OrderByLink(ctx, c.Param("id"), c.Param("signature"))
	if err != nil {
		return err
	}
	return s.renderReturn(c, o, c.Request().URL.EscapedPath(), true, views.Leave{URL: leaveOf(o).URL})
}

// requestEmail notes that the buyer wants an email about the outcome. It goes to the
// address of the order, whichever browser posts.
func (s cashier) requestEmail(c echo.Context) error {
	o, err := s.payments.EmailOnFailure(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, pathsOf(o).returns)
}
