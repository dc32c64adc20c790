package handlers

import (
	"errors"
	"net/http"
	"slices"
	"sync"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"antom-checkout/checkout"
	"antom-checkout/checkout/shop"
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

func (s *server) placeOrder(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return unreadable(err)
	}
	v := s.sessions.visit(c)
	order, err := s.orderFrom(c, v, form.Get)
	var refused *checkout.Error
	if errors.As(err, &refused) && !wantsJSON(c) && refused.Kind() != checkout.Unavailable {
		values := map[string]string{}
		for _, name := range orderFields {
			values[name] = form.Get(name)
		}
		return s.renderCart(c, statuses[refused.Kind()], v, &refusedOrder{values: values, err: refused}, cartProblem{})
	}
	if err != nil {
		return err
	}
	v.Order = order.Token
	if err := s.sessions.save(c, v); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/checkout/"+order.Token)
}

func (s *server) orderFrom(c echo.Context, v *visit, get func(string) string) (checkout.Order, error) {
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

// countryLists holds the countries by language, made when first asked for.
var countryLists sync.Map // language.Tag → []views.Option

// countries lists the world as the page's language names and sorts it.
func countries(c echo.Context) []views.Option {
	tag := views.Language(c.Request().Context())
	if list, made := countryLists.Load(tag); made {
		return list.([]views.Option)
	}
	list := namedCountries(tag)
	countryLists.Store(tag, list)
	return list
}

func namedCountries(tag language.Tag) []views.Option {
	names := display.Regions(tag)
	var list []views.Option
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			if !checkout.IsCountry(code) {
				continue
			}
			if name := names.Name(language.MustParseRegion(code)); name != "" {
				list = append(list, views.Option{Value: code, Text: name})
			}
		}
	}
	order := collate.New(tag)
	slices.SortFunc(list, func(a, b views.Option) int { return order.CompareString(a.Text, b.Text) })
	return list
}
