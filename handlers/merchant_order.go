package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// This file holds what the pages of an order add that a system of the merchant's has placed.

// leaveOf is the way back to the shop from which an order has come.
func leaveOf(o checkout.Order) views.Leave {
	switch o.Status {
	case checkout.OrderPaid, checkout.OrderAuthorized:
		return views.Leave{URL: checkout.ReturnTo(o), Forward: o.Final() && checkout.ReturnTo(o) != ""}
	case checkout.OrderReview, checkout.OrderPartiallyRefunded, checkout.OrderRefunded:
		return views.Leave{URL: checkout.ReturnTo(o)}
	}
	return views.Leave{URL: o.CancelURL}
}

// buyerForm asks for what the order lacks, or is nil. refused is what was posted before, or nil.
func buyerForm(c echo.Context, o checkout.Order, refused *refusedStart) *views.BuyerForm {
	missing := checkout.Missing(o)
	if len(missing) == 0 {
		return nil
	}
	given := o.Buyer.Values()
	f := &views.BuyerForm{URL: pathsOf(o).buyer, Fields: views.BuyerFields(missing, given)}
	f.Countries = countries(c)
	if refused != nil {
		f.Values, f.Errors = refused.typed, refused.Fields
	}
	return f
}

// completeOrder adds what the buyer has typed to an order that lacked it.
func (s cashier) completeOrder(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return web.Unreadable(err)
	}
	var buyer checkout.Buyer
	buyer.Set(form.Get)
	before, after, err := s.shop.CompleteOrder(c.Request().Context(), c.Param("token"), buyer, s.buyerReference(c))
	var refused *checkout.Error
	if errors.As(err, &refused) && refused.Kind() == checkout.Invalid && !web.WantsJSON(c) {
		return s.renderCheckout(c, http.StatusUnprocessableEntity, before, &refusedStart{Error: refused, typed: typed(form.Get)})
	}
	if errors.Is(err, &checkout.Error{Code: checkout.CodeOrderClosed}) || errors.Is(err, &checkout.Error{Code: checkout.CodeOrderPaid}) {
		return c.Redirect(http.StatusSeeOther, pathsOf(before).page) // it says so
	}
	if err != nil {
		return err
	}
	if err := s.sessions.Save(c, s.session(c).knows(before, after)); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, pathsOf(after).page)
}
