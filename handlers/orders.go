package handlers

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/shop"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// orderFields are the fields of the checkout form, filled in when it is shown again.
var orderFields = []string{"email", "name", "phone", "country", "region", "city", "address1", "address2", "postal_code"}

// refusedOrder is a form that has to be shown again.
type refusedOrder struct {
	formID string // of the form, to be kept while it shows the same; "" for a new one
	shown  string // the version of the lines that it showed
	values map[string]string
	err    *checkout.Error
	gone   []string // products of a renewed order that are no longer sold
	order  string   // the address of the order that the form has placed, where it cannot be corrected; or ""
}

func (s storefront) placeOrder(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return web.Unreadable(err)
	}
	session := s.session(c)
	cart, err := s.cart(c)
	if err != nil {
		return err
	}
	order, err := s.orderFrom(c, session, cart, form.Get)
	var refused *checkout.Error
	if errors.As(err, &refused) && !web.WantsJSON(c) && refused.Kind() != checkout.Unavailable {
		return s.refuseOrder(c, form.Get, order, refused)
	}
	if err != nil {
		return err
	}
	session.Order = order.ID
	if err := errors.Join(s.sessions.Save(c, session), s.keepBuyer(c, order)); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/checkout/"+order.Token)
}

// refuseOrder shows the form again with what was typed and what is wrong.
func (s storefront) refuseOrder(c echo.Context, get func(string) string, order checkout.Order, err *checkout.Error) error {
	refused := &refusedOrder{formID: get("form_id"), shown: get("shown"), values: typed(get), err: err}
	if order.Token != "" {
		refused.order = pathsOf(order).page
	}
	cart, problem := s.cart(c) // without what has just been found to be bought
	if problem != nil {
		return problem
	}
	return s.renderCart(c, web.StatusOf(err.Kind()), cart, refused, cartProblem{})
}

// typed is what the form is filled in with when it is shown again: all that the buyer
// typed but card numbers.
func typed(get func(string) string) map[string]string {
	var buyer checkout.Buyer
	buyer.Set(get)
	cards := buyer.CardNumbers()
	values := map[string]string{}
	for _, name := range orderFields {
		if cards[name] == "" {
			values[name] = get(name)
		}
	}
	return values
}

// orderFrom places the order of a form, or brings it up to date. An attempt to pay it
// that is in progress is ended first, as by a buyer who chooses another way to pay.
func (s storefront) orderFrom(c echo.Context, session *session, cart checkout.Cart, get func(string) string) (checkout.Order, error) {
	ctx := c.Request().Context()
	formID := get("form_id")
	if formID == "" || len(formID) > 64 || checkout.IDHoldsCardNumber(formID) {
		return checkout.Order{}, checkout.NewError(checkout.CodeFormInvalid, "")
	}
	req := shop.OrderRequest{
		FormKey:  checkout.FormKey(session.ID, formID),
		Shown:    get("shown"),
		Cart:     cart.Lines,
		Language: views.Language(ctx).String(),

		BuyerReference: cmp.Or(s.buyerReference(c), newReference()),
	}
	req.Buyer.Set(get)
	order, err := s.shop.PlaceOrder(ctx, req)
	if !errors.Is(err, &checkout.Error{Code: checkout.CodeOrderUnderWay}) {
		return order, err
	}
	if _, err := s.payments.EndAttempt(ctx, order.ID); err != nil {
		return order, err
	}
	return s.shop.PlaceOrder(ctx, req)
}
