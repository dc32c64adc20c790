package handlers

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/views"
)

// offer is the published JSON of what an order may be paid with now, so that no app
// reads the checkout page. An order that cannot be paid now has none of it.
type offer struct {
	Status     string        `json:"status"`
	Methods    []methodOffer `json:"methods"`
	SavedCards []savedCard   `json:"saved_cards"`
}

// methodOffer is a method as the checkout page shows it.
type methodOffer struct {
	Code     string            `json:"method"`
	Name     string            `json:"name"`
	Category checkout.Category `json:"category"`
	Logo     string            `json:"logo,omitempty"`
	Hint     string            `json:"hint"`
	Selected bool              `json:"selected"`
	Brands   []cardBrand       `json:"brands"` // of cards, that the buyer may choose
	Plans    []plan            `json:"plans"`  // of monthly parts, that fit the amount
}

// savedCard is a card that this buyer has saved. Its id is the field card of a start.
type savedCard struct {
	ID       string `json:"card"`
	Brand    string `json:"brand"`
	LastFour string `json:"last_four"`
	Expires  string `json:"expires"` // MM/YY
}

// cardBrand is the field card_brand of a start, and its name for people.
type cardBrand struct {
	Code string `json:"card_brand"`
	Name string `json:"name"`
}

// plan is the field installments of a start, and what the buyer pays a month.
type plan struct {
	Installments int    `json:"installments"`
	Text         string `json:"text"`
}

func (s cashier) listMethods(c echo.Context) error {
	o, err := s.refreshed(c)
	if err != nil {
		return err
	}
	if err := s.meetBuyer(c, o); err != nil {
		return err
	}
	answer := offer{Status: string(o.Status), Methods: []methodOffer{}, SavedCards: []savedCard{}}
	if s.takesAttempt(o) {
		methods, _ := s.methodViews(c, o, appOr(c, deviceOf(c)))
		for _, m := range methods {
			answer.Methods = append(answer.Methods, s.methodOffer(c, m))
			if m.Code == checkout.MethodCard {
				if answer.SavedCards, err = s.savedCards(c, o); err != nil {
					return err
				}
			}
		}
	}
	return c.JSON(http.StatusOK, answer)
}

// savedCards are those that this buyer may pay the order with.
func (s cashier) savedCards(c echo.Context, o checkout.Order) ([]savedCard, error) {
	usable := []savedCard{}
	cards, err := s.payments.SavedCards(c.Request().Context(), o, s.buyerReference(c))
	for _, card := range cards {
		if card.Usable(s.cfg.Now()) {
			usable = append(usable, savedCard{ID: card.ID, Brand: card.Brand, LastFour: card.Last4, Expires: card.Expiry})
		}
	}
	return usable, err
}

// takesAttempt reports whether the buyer may choose a method now.
func (s cashier) takesAttempt(o checkout.Order) bool {
	return o.Payable() && !s.statusView(o, 0).Unknown && !(o.Status == checkout.OrderOpen && o.Exhausted())
}

// appOr is the device of an app that says in its address what it is, or the one that the
// request shows: Antom offers an app other methods than a browser.
func appOr(c echo.Context, d checkout.Device) checkout.Device {
	if os := checkout.OS(c.QueryParam("os")); c.QueryParam("terminal") == string(checkout.TerminalApp) && (os == checkout.OSAndroid || os == checkout.OSIOS) {
		d.Terminal, d.OS = checkout.TerminalApp, os
	}
	return d
}

func (s cashier) methodOffer(c echo.Context, m views.Method) methodOffer {
	ctx := c.Request().Context()
	offered := methodOffer{
		Code:     m.Code,
		Name:     views.MethodName(ctx, m.Code, m.Name),
		Category: checkout.Category(m.Category),
		Hint:     views.Text(ctx, m.Hint, m.Name, m.Time),
		Selected: m.Checked,
		Brands:   []cardBrand{},
		Plans:    []plan{},
	}
	for _, company := range m.Offer.Companies.Options {
		offered.Brands = append(offered.Brands, cardBrand{Code: company.Value, Name: company.Text})
	}
	for _, p := range m.Offer.Instalments.Options {
		parts, err := strconv.Atoi(p.Value)
		if err == nil {
			offered.Plans = append(offered.Plans, plan{Installments: parts, Text: p.Text})
		}
	}
	if m.Logo != "" {
		offered.Logo = s.cfg.PublicURL.String() + m.Logo
	}
	return offered
}
