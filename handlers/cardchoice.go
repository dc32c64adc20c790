package handlers

import (
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/views"
)

// This file is what a buyer chooses beside a card: on the pay page, and on the page where
// the card is typed.

// choice is what was posted beside the method of cards; beside another method nothing but
// brand and instalments, which are refused there.
func (posted start) choice() checkout.CardChoice {
	chosen := checkout.CardChoice{Brand: posted.CardBrand, Installments: int(posted.Installments)}
	if posted.Method == checkout.MethodCard {
		chosen.Saved, chosen.Save = posted.Card, bool(posted.SaveCard)
	}
	return chosen
}

// besideCard is the query with which the card page shows what was chosen on the pay page,
// or "".
func (posted start) besideCard() string {
	query := url.Values{}
	if posted.Installments > 0 {
		query.Set("installments", strconv.Itoa(int(posted.Installments)))
	}
	if posted.SaveCard {
		query.Set("save_card", "1")
	}
	if len(query) == 0 {
		return ""
	}
	return "?" + query.Encode()
}

// choiceOf reads such a query. What is not offered preselects nothing.
func choiceOf(c echo.Context) checkout.CardChoice {
	var chosen start
	chosen.Method = checkout.MethodCard
	chosen.Installments.read(c.QueryParam("installments"))
	chosen.SaveCard = c.QueryParam("save_card") == "1"
	return chosen.choice()
}

// offerBeside adds the instalments and the box that saves the card, as the pay page has
// them.
func (s cashier) offerBeside(c echo.Context, v *views.CardView, o checkout.Order, chosen checkout.CardChoice) {
	card, _ := s.offeredCard(c, o)
	offer := checkout.CardOffer{Plans: card.Plans}
	v.Offer = views.NewCardOffer(c.Request().Context(), o.Total, offer, chosen)
	v.Offer.Instalments.Wrong = v.Errors["installments"]
	if rules := s.payments.CardRules(); rules.Offered(o, s.buyerReference(c)) {
		v.Saving = &views.Saving{Charges: rules.Charges, Ticked: chosen.Save}
	}
}
