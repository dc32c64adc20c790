package handlers

import (
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
	values map[string]string
	err    *checkout.Error
	gone   []string // products of a renewed order that are no longer sold
}

func (s storefront) placeOrder(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return web.Unreadable(err)
	}
	session := s.session(c)
	order, err := s.orderFrom(c, session, form.Get)
	var refused *checkout.Error
	if errors.As(err, &refused) && !web.WantsJSON(c) && refused.Kind() != checkout.Unavailable {
		return s.renderCart(c, web.StatusOf(refused.Kind()), session, &refusedOrder{values: typed(form.Get), err: refused}, cartProblem{})
	}
	if err != nil {
		return err
	}
	session.Order = order.Token
	if err := s.sessions.Save(c, session); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/checkout/"+order.Token)
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

func (s storefront) orderFrom(c echo.Context, session *session, get func(string) string) (checkout.Order, error) {
	formID := get("form_id")
	if formID == "" || len(formID) > 64 || checkout.IDHoldsCardNumber(formID) {
		return checkout.Order{}, checkout.NewError(checkout.CodeFormInvalid, "")
	}
	var buyer checkout.Buyer
	buyer.Set(get)
	return s.shop.PlaceOrder(c.Request().Context(), shop.OrderRequest{
		FormKey:  checkout.FormKey(session.ID, formID),
		Buyer:    buyer,
		Cart:     session.Cart,
		Language: views.Language(c.Request().Context()).String(),
	})
}
