package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/shop"
	"antom-checkout/handlers/web"
)

// renewOrder places an expired order again, at today's prices, which its page shows
// before anything is paid.
func (s storefront) renewOrder(c echo.Context) error {
	renewal, err := s.shop.Renew(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	session := s.session(c)
	if !renewal.Renewed() {
		return s.offerTheRest(c, session, renewal)
	}
	if session.placed(renewal.Old) {
		session.Renewed = renewal.Order.Token
		if session.Order == renewal.Old.Token {
			session.Order = session.Renewed // once it is paid the cart is emptied
		}
		if err := s.sessions.Save(c, session); err != nil {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, pathsOf(renewal.Order).page)
}

// offerTheRest shows the cart with what is left of an order that cannot be renewed as
// it was, beside what the cart holds already. Its buyer finds the form filled in.
func (s storefront) offerTheRest(c echo.Context, session *session, renewal shop.Renewal) error {
	refused := checkout.NewError(checkout.CodeRenewalIncomplete, "")
	if web.WantsJSON(c) {
		return refused
	}
	if _, err := s.cart(c); err != nil {
		return err
	}
	cart, err := s.shop.ChangeCart(c.Request().Context(), session.ID, func(cart *checkout.Cart) error {
		cart.Put(renewal.Rest)
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.sessions.Save(c, session); err != nil {
		return err
	}
	form := &refusedOrder{err: refused, gone: renewal.Gone}
	if session.placed(renewal.Old) {
		form.values = renewal.Old.Buyer.Values()
	}
	return s.renderCart(c, http.StatusConflict, cart, form, cartProblem{})
}
