package handlers

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/static"
	"antom-checkout/views"
)

// methodViews shows the methods that are offered; cardsRefused says that cards would be, too.
func (s cashier) methodViews(c echo.Context, o checkout.Order, device checkout.Device) (_ []views.Method, cardsRefused bool) {
	chosen := ""
	if p := o.Current(); p != nil {
		chosen = p.Method
	}
	offered, cardsRefused := s.offered(c, o, device)
	all := make([]views.Method, len(offered))
	first := 0 // preselected: what was chosen last, while it is offered
	for i, m := range offered {
		all[i] = views.Method{
			Code:     m.Code,
			Name:     m.Name,
			Category: string(m.Flow.Category()),
			Logo:     methodLogo(m),
			Hint:     "hint." + string(m.Flow),
			Time:     views.Span(c.Request().Context(), m.Time),
			Offer:    cardOffer(c, o, m),
		}
		if m.Flow == checkout.FlowScan && onPhone(device) {
			all[i].Hint += ".phone"
		}
		if m.Code == chosen {
			first = i
		}
	}
	if len(all) > 0 {
		all[first].Checked = true
	}
	return all, cardsRefused
}

// offered are the methods that a buyer may begin to pay with now: those of the order, but
// no card while cards are refused.
func (s cashier) offered(c echo.Context, o checkout.Order, device checkout.Device) (list []checkout.Method, cardsRefused bool) {
	list = s.methods.List(c.Request().Context(), o, device)
	if cardsRefused = s.payments.CardsRefused(c.Request().Context(), o, device.IP); cardsRefused {
		list = slices.DeleteFunc(list, func(m checkout.Method) bool { return m.Code == checkout.MethodCard })
	}
	return list, cardsRefused
}

// cardOffer is what a page offers for a card. Preselected is what the last attempt has
// chosen; the plan only while that attempt goes on, because a card may have been declined
// for want of it.
func cardOffer(c echo.Context, o checkout.Order, m checkout.Method) views.CardOffer {
	var chosen checkout.CardChoice
	if p := o.Current(); p != nil {
		chosen = p.Choice
		if !p.Status.InProgress() {
			chosen.Installments = 0
		}
	}
	return views.NewCardOffer(c.Request().Context(), o.Total, m.CardOffer, chosen)
}

// onPhone reports whether the buyer's screen cannot be scanned with their phone,
// because it is their phone's.
func onPhone(d checkout.Device) bool { return d.Terminal != checkout.TerminalWeb }

// methodLogo is a method's own mark, or the one of what the buyer does.
func methodLogo(m checkout.Method) string {
	for _, name := range []string{strings.ToLower(m.Code), string(m.Flow)} {
		if file := "methods/" + name + ".svg"; static.Has(file) {
			return static.URL(file)
		}
	}
	return ""
}
