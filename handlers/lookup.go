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
	if err := s.countLookup(c, number); err != nil {
		return err
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

// countLookup refuses a look-up beyond what all programs together allow an address.
func (s storefront) countLookup(c echo.Context, number string) error {
	if !s.cfg.RateLimits {
		return nil
	}
	wait, err := s.payments.CountLookup(c.Request().Context(), number, c.RealIP())
	if err != nil || wait <= 0 {
		return err
	}
	s.cfg.Meter.Limited(lookups)
	return web.TooMany(c, wait)
}
