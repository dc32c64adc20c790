package handlers

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// buyer is what a browser keeps for longer than its session, in a cookie of its own: who
// placed its orders. It is the order's BuyerReference and Antom's referenceBuyerId, which
// others read; the cookie is encrypted, so that to know the reference is not to have it.
type buyer struct {
	Reference string `json:"reference"`
}

// buyerReference is the request's buyer, or "" for a browser that has placed no order.
func (s *server) buyerReference(c echo.Context) string {
	if found := s.buyers.Get(c); found != nil {
		return found.Reference
	}
	return ""
}

// newReference names a browser that places its first order.
func newReference() string { return rand.Text() }

// meetBuyer gives the browser that opens an order from outside a reference, or lets it keep
// the one that it has. Its first post then binds the order to it. The order itself stays as it
// is: programs that show a preview of an address open it, too.
func (s *server) meetBuyer(c echo.Context, o checkout.Order) error {
	if !o.Payable() || !checkout.Unbound(o) {
		return nil
	}
	return s.buyers.Save(c, &buyer{cmp.Or(s.buyerReference(c), newReference())})
}

// keepBuyer lets the browser keep who placed the order, for another 400 days.
func (s *server) keepBuyer(c echo.Context, o checkout.Order) error {
	if o.BuyerReference == "" {
		return nil
	}
	return s.buyers.Save(c, &buyer{o.BuyerReference})
}

// showCards adds the saved cards of the order's buyer, and the box that saves another one.
func (s cashier) showCards(c echo.Context, v *views.CheckoutView, o checkout.Order) error {
	rules := s.payments.CardRules()
	offersCard := slices.ContainsFunc(v.Methods, func(m views.Method) bool { return m.Code == checkout.MethodCard })
	if !offersCard || !rules.Offered(o, s.buyerReference(c)) {
		return nil
	}
	cards, err := s.payments.SavedCards(c.Request().Context(), o, s.buyerReference(c))
	if err != nil {
		return err
	}
	for _, card := range cards {
		v.Cards = append(v.Cards, views.SavedCard{
			ID: card.ID, Name: views.CardName(card), Expiry: card.Expiry, Ended: !card.Usable(s.cfg.Now()),
			RemoveURL: pathsOf(o).page + "/cards/" + card.ID + "/removal",
		})
	}
	v.Saving = &views.Saving{Charges: rules.Charges, FormAsks: v.SDK != nil && rules.Charges == "" && !s.takesCards()}
	return nil
}

// problemOf is the message key of a start that is refused: about its field, where one of
// saved cards is wrong, or holds the number of a card.
func problemOf(refused *checkout.Error) string {
	for _, about := range refused.Fields {
		if about == "error.card_number" {
			return about
		}
	}
	return cmp.Or(refused.Fields["card"], refused.Fields["save_card"], web.MessageOf(refused))
}

// removeCard forgets a card. Only its buyer can, from a page of an order of theirs.
func (s cashier) removeCard(c echo.Context) error {
	o, err := s.payments.Order(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	reference := s.buyerReference(c)
	if !o.MayUseCards(reference) {
		return checkout.ErrNotFound
	}
	if err := s.payments.RemoveCard(c.Request().Context(), reference, c.Param("card")); err != nil {
		return err
	}
	if web.WantsJSON(c) {
		return c.NoContent(http.StatusNoContent)
	}
	return c.Redirect(http.StatusSeeOther, pathsOf(o).page)
}
