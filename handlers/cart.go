package handlers

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

func (s storefront) addToCart(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return web.Unreadable(err)
	}
	product, err := s.shop.Product(c.Request().Context(), form.Get("sku"))
	if err != nil {
		return err
	}
	if _, err := s.cart(c); err != nil { // takes out what was bought, before more of it is added
		return err
	}
	session := s.session(c)
	n, err := checkout.ParseQuantity(form.Get("quantity"))
	if err == nil {
		err = s.changesCart(c, session, func(cart *checkout.Cart) error { return cart.Add(product.SKU, n) })
	}
	if err != nil {
		return s.refuseQuantity(c, product, form.Get("quantity"), err)
	}
	page := "/cart"
	if s.sessions.Get(c) == nil {
		page += "?cookie=1" // the browser is given its first cookie, which it may refuse
	}
	return s.showChanged(c, session, page)
}

func (s storefront) changesCart(c echo.Context, session *session, change func(*checkout.Cart) error) error {
	_, err := s.shop.ChangeCart(c.Request().Context(), session.ID, change)
	return err
}

// refuseQuantity shows the product again with what was typed.
func (s storefront) refuseQuantity(c echo.Context, p checkout.Product, typed string, err error) error {
	var refused *checkout.Error
	if !errors.As(err, &refused) || refused.Kind() != checkout.Invalid || web.WantsJSON(c) {
		return err
	}
	cart, err := s.cart(c)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusUnprocessableEntity, views.ProductPage(views.ProductView{
		Frame: s.frame(c, cart), Product: productView(c, p), Quantity: typed, Error: web.MessageOf(refused),
	}))
}

func (s storefront) changeCart(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return web.Unreadable(err)
	}
	cart, err := s.cart(c)
	if err != nil {
		return err
	}
	sku, typed, n := c.Param("sku"), form.Get("quantity"), 0
	if !cart.Has(sku) {
		return checkout.ErrNotFound
	}
	if typed != "0" {
		if n, err = checkout.ParseQuantity(typed); err != nil && !web.WantsJSON(c) {
			return s.renderCart(c, http.StatusUnprocessableEntity, cart, nil, cartProblem{line: sku, typed: typed})
		}
	}
	session := s.session(c)
	if err == nil {
		err = s.changesCart(c, session, func(cart *checkout.Cart) error { return cart.Set(sku, n) })
	}
	if err != nil {
		return err
	}
	return s.showChanged(c, session, "/cart")
}

// showChanged leads to the changed cart. The cookie begins its life anew.
func (s storefront) showChanged(c echo.Context, session *session, page string) error {
	if err := s.sessions.Save(c, session); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, page)
}

func (s storefront) showCart(c echo.Context) error {
	cart, err := s.cart(c)
	if err != nil {
		return err
	}
	return s.renderCart(c, http.StatusOK, cart, nil, cartProblem{})
}

// removeUnsold takes what is no longer sold out of the cart, and names it for the page
// that is shown instead.
func (s storefront) removeUnsold(c echo.Context, cart checkout.Cart, sold []checkout.OrderLine) (_ checkout.Cart, gone []string, err error) {
	for _, line := range cart.Lines {
		if !slices.ContainsFunc(sold, func(l checkout.OrderLine) bool { return l.SKU == line.SKU }) {
			gone = append(gone, line.SKU)
		}
	}
	if gone == nil {
		return cart, nil, nil
	}
	cart, err = s.shop.ChangeCart(c.Request().Context(), s.session(c).ID, func(cart *checkout.Cart) error {
		cart.Remove(gone)
		return nil
	})
	return cart, gone, err
}

// cartProblem is a line whose new quantity was refused.
type cartProblem struct{ line, typed string }

// renderCart shows the cart and the order form: an empty one, or, when refused
// is not nil, what the buyer typed and what is wrong with it.
func (s storefront) renderCart(c echo.Context, status int, cart checkout.Cart, refused *refusedOrder, wrong cartProblem) error {
	lines, total, err := s.shop.Price(c.Request().Context(), cart.Lines)
	if err != nil {
		return err
	}
	cart, gone, err := s.removeUnsold(c, cart, lines)
	if err != nil {
		return err
	}
	view := views.CartView{
		Frame: s.frame(c, cart),
		Lines: s.linesView(c, lines),
		Total: amountView(c, total),
		Gone:  gone,
		// A browser that was given a cookie and does not send it has lost its cart.
		NoCookies: c.QueryParam("cookie") != "" && s.sessions.Get(c) == nil,
		Form:      views.OrderForm{FormID: rand.Text(), Shown: checkout.Shown(lines), Countries: countries(c)},
	}
	for i := range view.Lines {
		if view.Lines[i].SKU == wrong.line {
			view.Lines[i].Quantity, view.Lines[i].Error = wrong.typed, "error.quantity"
		}
	}
	// The browser may store the page for its back button: the same form again is the
	// same order, and the buyer finds it filled in. It must not store what this page
	// itself says about the buyer.
	c.Response().Header().Set("Cache-Control", "private, no-cache")
	if refused != nil {
		c.Response().Header().Set("Cache-Control", "no-store")
		view.Form.Values, view.Form.Errors, view.Error = refused.values, refused.err.Fields, web.MessageOf(refused.err)
		view.Gone, view.OrderURL = append(view.Gone, refused.gone...), refused.order
		if refused.shown == view.Form.Shown && refused.formID != "" && len(refused.formID) <= 64 {
			view.Form.FormID = refused.formID // it shows the same, so that it is still the form of its order
		}
	}
	return web.Render(c, status, views.CartPage(view))
}
