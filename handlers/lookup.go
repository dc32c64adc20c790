package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/views"
)

// showLookup asks for an order's number and address.
func (s *server) showLookup(c echo.Context) error {
	return render(c, http.StatusOK, views.LookupPage(views.LookupView{
		Frame: s.frame(c, nil), Sent: c.QueryParam("sent") != "",
	}))
}

// lookUp takes the question and answers the same to everybody: the link goes by
// mail to the address the order was made with.
func (s *server) lookUp(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return unreadable(err)
	}
	number, email := form.Get("number"), form.Get("email")
	if s.limits != nil {
		if wait := s.limits.take(lookupLimits.name+" of "+checkout.OrderNumber(number), lookupLimits.order); wait > 0 {
			s.cfg.Meter.Limited(lookupLimits.name)
			return tooMany(c, wait)
		}
	}
	err = s.payments.EmailLink(number, email)
	var refused *checkout.Error
	if errors.As(err, &refused) && refused.Kind() == checkout.Invalid && !wantsJSON(c) {
		return render(c, http.StatusUnprocessableEntity, views.LookupPage(views.LookupView{
			Frame: s.frame(c, nil), Number: number, Email: email, Errors: refused.Fields,
		}))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/orders?sent=1")
}

// showOrder is where the links in letters lead: the order's page with all it
// holds, in any browser.
func (s *server) showOrder(c echo.Context) error {
	ctx, cancel := s.patiently(c)
	defer cancel()
	o, err := s.payments.OrderByLink(ctx, c.Param("id"), c.Param("signature"))
	if err != nil {
		return err
	}
	return s.renderReturn(c, o, c.Request().URL.EscapedPath(), true)
}

// mailMe notes that the buyer wants a letter about the outcome. It goes to the
// address of the order, whoever asks.
func (s *server) mailMe(c echo.Context) error {
	o, err := s.payments.EmailOnFailure(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, pathsOf(o).returns)
}
