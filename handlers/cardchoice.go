package handlers

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
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

// accepted is the brands of which Antom takes cards for an order, or nil.
func (s cardPage) accepted(c echo.Context, o checkout.Order) []string {
	card, _ := s.offeredCard(c, o)
	return card.Accepted
}

// checkCard refuses a card at its fields. A page also has the buyer choose the brand, where
// that is the buyer's right; who posts JSON asks for the card's facts first.
func (s cardPage) checkCard(c echo.Context, form web.Form, o checkout.Order, posted start) error {
	region := posted.entered.Region(o.Total.Currency, posted.about)
	if err := posted.entered.Check(s.cfg.Now(), region); err != nil {
		return err
	}
	if form == web.Page && posted.CardBrand == "" && len(s.brandsToChoose(c, o, posted.about)) > 0 {
		return &checkout.Error{Code: checkout.CodeFormInvalid, Fields: map[string]string{"card_brand": "error.card_brand_choice"}}
	}
	return nil
}

// brandsToChoose are the brands of a co-badged card among which the page has its buyer
// choose.
func (s cardPage) brandsToChoose(c echo.Context, o checkout.Order, facts checkout.CardFacts) []string {
	if !facts.BuyerChooses() {
		return nil
	}
	return facts.Choosable(o, s.accepted(c, o))
}

// offerBeside adds the instalments and the box that saves the card, as the pay page has
// them, and what depends on the card: its brands, and the fields of a local one.
func (s cardPage) offerBeside(c echo.Context, v *views.CardView, o checkout.Order, typed typedCard) {
	card, _ := s.offeredCard(c, o)
	offer := checkout.CardOffer{Plans: card.Plans}
	v.Offer = views.NewCardOffer(c.Request().Context(), o.Total, offer, typed.choice)
	v.Offer.Instalments.Wrong = v.Errors["installments"]
	if rules := s.payments.CardRules(); rules.Offered(o, s.buyerReference(c)) {
		v.Saving = &views.Saving{Charges: rules.Charges, Ticked: typed.choice.Save}
	}
	v.Brands = views.NewBrands(s.brandsToChoose(c, o, typed.facts), typed.choice.Brand, v.Errors["card_brand"])
	v.Region = typed.facts.Region(o.Total.Currency)
	if v.MayBeLocal = typed.facts.Country == ""; v.MayBeLocal {
		v.Region = checkout.MayBeLocal(o.Total.Currency)
	}
}

// cardFacts is the published JSON of what a card asks for, by its first digits.
type cardFacts struct {
	Brands []cardBrand `json:"brands"` // among which the buyer chooses; mostly none
	Fields []string    `json:"fields"` // of a start, beside those of every card; none: the card is not known
}

// tellCardFacts says what a card asks for, so that the page shows it while the card is
// typed.
func (s cardPage) tellCardFacts(c echo.Context) error {
	if !s.takesCards() {
		return checkout.ErrNotFound
	}
	o, err := s.payments.Order(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	prefix := checkout.CardPrefix(c.FormValue(cardPrefix))
	if prefix == "" {
		return &checkout.Error{Code: checkout.CodeFormInvalid, Fields: map[string]string{cardPrefix: "error.invalid"}}
	}
	answer := cardFacts{Brands: []cardBrand{}, Fields: []string{}}
	if facts := s.methods.CardFacts(c.Request().Context(), prefix); o.Payable() && facts.Country != "" {
		answer.Fields = facts.Region(o.Total.Currency).Asks()
		for _, code := range s.brandsToChoose(c, o, facts) {
			answer.Brands = append(answer.Brands, cardBrand{Code: code, Name: checkout.BrandName(code)})
		}
	}
	return c.JSON(http.StatusOK, answer)
}

// cardPrefix is the field of the first digits of a card's number.
const cardPrefix = "card_prefix"
