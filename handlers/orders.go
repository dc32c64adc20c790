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

// orderFields are the fields of the checkout form, kept when it is shown again.
var orderFields = []string{"email", "name", "phone", "country", "region", "city", "address1", "address2", "postal_code"}

// refusedOrder is a form that has to be shown again.
type refusedOrder struct {
	values map[string]string
	err    *checkout.Error
	gone   []string // products of an order made anew that are no longer sold
}

func (s storefront) placeOrder(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return web.Unreadable(err)
	}
	v := s.visit(c)
	order, err := s.orderFrom(c, v, form.Get)
	var refused *checkout.Error
	if errors.As(err, &refused) && !web.WantsJSON(c) && refused.Kind() != checkout.Unavailable {
		values := map[string]string{}
		for _, name := range orderFields {
			values[name] = form.Get(name)
		}
		return s.renderCart(c, web.StatusOf(refused.Kind()), v, &refusedOrder{values: values, err: refused}, cartProblem{})
	}
	if err != nil {
		return err
	}
	v.Order = order.Token
	if err := s.sessions.Save(c, v); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/checkout/"+order.Token)
}

func (s storefront) orderFrom(c echo.Context, v *visit, get func(string) string) (checkout.Order, error) {
	formID := get("form_id")
	if formID == "" || len(formID) > 64 {
		return checkout.Order{}, checkout.NewError(checkout.CodeFormInvalid, "")
	}
	var buyer checkout.Buyer
	buyer.Set(get)
	return s.shop.PlaceOrder(c.Request().Context(), shop.OrderRequest{
		FormKey:  checkout.FormKey(v.ID, formID),
		Buyer:    buyer,
		Cart:     v.Cart,
		Language: views.Language(c.Request().Context()).String(),
	})
}
