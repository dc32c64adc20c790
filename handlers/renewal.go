package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/shop"
	"antom-checkout/handlers/web"
)

// renewOrder makes an expired order anew, at today's prices, which its page shows
// before anything is paid.
func (s storefront) renewOrder(c echo.Context) error {
	renewal, err := s.shop.Renew(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	v := s.visit(c)
	if !renewal.Renewed() {
		return s.offerTheRest(c, v, renewal)
	}
	if v.made(renewal.Old) {
		v.Renewed = renewal.Order.Token
		if v.Order == renewal.Old.Token {
			v.Order = v.Renewed // once it is paid the cart is empty
		}
		if err := s.sessions.Save(c, v); err != nil {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, pathsOf(renewal.Order).page)
}

// offerTheRest shows the cart with what is left of an order that cannot be made
// anew as it was, beside whatever else is in it. Its buyer finds the form filled in.
func (s storefront) offerTheRest(c echo.Context, v *visit, renewal shop.Renewal) error {
	refused := checkout.NewError(checkout.CodeRenewalIncomplete, "")
	if web.WantsJSON(c) {
		return refused
	}
	for _, line := range renewal.Rest {
		if i := v.line(line.SKU); i >= 0 {
			v.Cart[i].Quantity = line.Quantity
		} else if len(v.Cart) < checkout.MaxLines {
			v.Cart = append(v.Cart, line)
		}
	}
	v.Order = ""
	if err := s.sessions.Save(c, v); err != nil {
		return err
	}
	form := &refusedOrder{err: refused, gone: renewal.Gone}
	if v.made(renewal.Old) {
		form.values = renewal.Old.Buyer.Values()
	}
	return s.renderCart(c, http.StatusConflict, v, form, cartProblem{})
}
