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
	session := s.session(c)
	s.emptyPaidCart(c, session)
	if err := session.add(product.SKU, form.Get("quantity")); err != nil {
		return s.refuseQuantity(c, session, product, form.Get("quantity"), err)
	}
	return s.saveCart(c, session)
}

// add puts pieces of a product into the cart, on top of those already there.
func (s *session) add(sku, quantity string) error {
	n, err := checkout.ParseQuantity(quantity)
	if err != nil {
		return err
	}
	i := s.line(sku)
	switch {
	case i < 0 && len(s.Cart) >= checkout.MaxLines:
		return checkout.NewError(checkout.CodeCartFull, "")
	case i < 0:
		s.Cart = append(s.Cart, checkout.CartLine{SKU: sku, Quantity: n})
	case s.Cart[i].Quantity+n > checkout.MaxQuantity:
		return checkout.NewError(checkout.CodeQuantityInvalid, "")
	default:
		s.Cart[i].Quantity += n
	}
	return nil
}

// refuseQuantity shows the product again with what was typed.
func (s storefront) refuseQuantity(c echo.Context, session *session, p checkout.Product, typed string, err error) error {
	var refused *checkout.Error
	if !errors.As(err, &refused) || web.WantsJSON(c) {
		return err
	}
	return web.Render(c, http.StatusUnprocessableEntity, views.ProductPage(views.ProductView{
		Frame: s.frame(c, session), Product: productView(c, p), Quantity: typed, Error: web.MessageOf(refused),
	}))
}

func (s storefront) changeCart(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return web.Unreadable(err)
	}
	session := s.session(c)
	s.emptyPaidCart(c, session)
	i := session.line(c.Param("sku"))
	if i < 0 {
		return checkout.ErrNotFound
	}
	typed := form.Get("quantity")
	if typed == "0" {
		session.Cart = slices.Delete(session.Cart, i, i+1)
		return s.saveCart(c, session)
	}
	n, err := checkout.ParseQuantity(typed)
	if err != nil {
		if web.WantsJSON(c) {
			return err
		}
		wrong := cartProblem{line: session.Cart[i].SKU, typed: typed}
		return s.renderCart(c, http.StatusUnprocessableEntity, session, nil, wrong)
	}
	session.Cart[i].Quantity = n
	return s.saveCart(c, session)
}

// saveCart stores the changed cart and shows it.
func (s storefront) saveCart(c echo.Context, session *session) error {
	session.Order = ""
	if err := s.sessions.Save(c, session); err != nil {
		// Very long article numbers do not fit into a cookie as often as short ones.
		return &checkout.Error{Code: checkout.CodeCartFull, Err: err}
	}
	return c.Redirect(http.StatusSeeOther, "/cart")
}

func (s storefront) showCart(c echo.Context) error {
	session := s.session(c)
	if s.emptyPaidCart(c, session) {
		if err := s.sessions.Save(c, session); err != nil {
			return err
		}
	}
	return s.renderCart(c, http.StatusOK, session, nil, cartProblem{})
}

// emptyPaidCart empties a cart whose order has been paid. Until then it stays,
// so that a buyer who returns from the checkout finds it unchanged.
func (s storefront) emptyPaidCart(c echo.Context, session *session) bool {
	if session.Order == "" {
		return false
	}
	order, err := s.payments.Order(c.Request().Context(), session.Order)
	if err != nil || !order.EverPaid && order.Status != checkout.OrderAuthorized {
		return false
	}
	session.Cart, session.Order = nil, ""
	return true
}

// cartProblem is a line whose new quantity was refused.
type cartProblem struct{ line, typed string }

// renderCart shows the cart and the order form: an empty one, or, when refused
// is not nil, what the buyer typed and what is wrong with it.
func (s storefront) renderCart(c echo.Context, status int, session *session, refused *refusedOrder, wrong cartProblem) error {
	lines, total, err := s.shop.Price(c.Request().Context(), session.Cart)
	if err != nil {
		return err
	}
	view := views.CartView{
		Frame: s.frame(c, session),
		Lines: linesView(c, lines),
		Total: amountView(c, total),
		Form:  views.OrderForm{FormID: rand.Text(), Countries: countries(c)},
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
		view.Gone = refused.gone
	}
	return web.Render(c, status, views.CartPage(view))
}
