package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// showLookup shows the form for an order's number and email address.
func (s storefront) showLookup(c echo.Context) error {
	return web.Render(c, http.StatusOK, views.LookupPage(views.LookupView{
		Frame: s.site.Frame(c, 0), Sent: c.QueryParam("sent") != "",
	}))
}

// lookUp takes the form and gives every number and address the same answer: the link
// goes by email to the address of the order.
func (s storefront) lookUp(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return web.Unreadable(err)
	}
	number, email := form.Get("number"), form.Get("email")
	if wait := s.limiter.Within(c, ofNumber(number)); wait > 0 {
		return web.TooMany(c, wait)
	}
	err = s.payments.EmailLink(number, email)
	var refused *checkout.Error
	if errors.As(err, &refused) && refused.Kind() == checkout.Invalid && !web.WantsJSON(c) {
		shown := func(field, typed string) string {
			if refused.Fields[field] == "error.card_number" {
				return ""
			}
			return typed
		}
		return web.Render(c, http.StatusUnprocessableEntity, views.LookupPage(views.LookupView{
			Frame: s.site.Frame(c, 0), Number: shown("number", number), Email: shown("email", email), Errors: refused.Fields,
		}))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/orders?sent=1")
}
