package handlers

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/payments"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// This file is the server-to-server mode: cards are typed on a page of the shop, and
// sent to Antom by the shop. What is typed lives for one request.

// takesCards reports whether cards are typed here, and not at Antom's: in that mode, and
// while the merchant's attestation of PCI DSS holds.
func (s *server) takesCards() bool { return s.cfg.Now().Before(s.cfg.CardsUntil) }

// typesCard reports whether a start is about a card that the buyer types: one that is
// chosen otherwise, or paid in a native app, needs no page of the shop.
func (s *server) typesCard(posted start) bool {
	if posted.entered.Given() {
		return true
	}
	chosen := posted.Card != "" || posted.CardBrand != ""
	return s.takesCards() && posted.Method == checkout.MethodCard && !chosen && !posted.fromApp()
}

// startWithCard starts an attempt with a card that was typed, leads to the page where it
// is typed, or refuses the card: where none is taken it goes nowhere.
func (s cardPage) startWithCard(c echo.Context, posted start, form web.Form) error {
	o, err := s.refreshed(c)
	if err != nil {
		return err
	}
	card := posted.entered
	switch {
	case card.Given() && (!s.takesCards() || posted.Method != checkout.MethodCard || posted.Card != ""):
		return s.refuseStart(c, form, o, posted, cardNotTaken(posted))
	case !card.Given() && o.Payable():
		return s.leadToCard(c, form, o, posted)
	}
	if o.Payable() { // otherwise the start says why not
		posted.about = s.methods.CardFacts(c.Request().Context(), card.Prefix())
		if err := s.checkCard(c, form, o, posted); err != nil {
			return s.refuseCard(c, form, o, posted, err)
		}
	}
	want, err := s.attempt(c, posted, form)
	if err != nil {
		return err
	}
	want.Mode, want.Element, want.Entered = checkout.ModeAPI, false, card
	want.Choice.Authenticated = card.MPI() != nil
	want.Choice.Region = card.Region(o.Total.Currency, posted.about)
	want.CardBrands = posted.about.MayChoose(o, s.accepted(c, o), posted.CardBrand)
	started, err := s.payments.Start(c.Request().Context(), o.Token, want)
	if err != nil {
		return s.refuseCard(c, form, started.Order, posted, err)
	}
	if form == web.JSON {
		return s.answerAction(c, started)
	}
	return s.showCardAction(c, started, posted)
}

// cardNotTaken refuses every field of a card that was posted where none is taken.
func cardNotTaken(posted start) *checkout.Error {
	wrong := map[string]string{}
	for _, name := range posted.cardFields {
		wrong[name] = "error.invalid"
	}
	if wrong[checkout.FieldCardNumber] != "" {
		wrong[checkout.FieldCardNumber] = "error.card_number"
	}
	return &checkout.Error{Code: checkout.CodeFormInvalid, Fields: wrong}
}

// leadToCard leads to the page where the card is typed, which shows what was chosen
// beside it. An attempt without an answer has to be known first.
func (s cashier) leadToCard(c echo.Context, form web.Form, o checkout.Order, posted start) error {
	page, next := pathsOf(o).card+posted.besideCard(), payments.Started{Order: o}
	card, offered := s.offeredCard(c, o)
	switch wrong := card.Refuses(posted.choice()); {
	case !offered:
		return s.refuseStart(c, form, o, posted, &checkout.Error{Code: checkout.CodeMethodUnknown, Fields: map[string]string{"method": "error.method_unknown"}})
	case len(wrong) > 0:
		return s.refuseStart(c, form, o, posted, &checkout.Error{Code: checkout.CodeFormInvalid, Fields: wrong})
	case o.Exhausted():
		return s.refuseStart(c, form, o, posted, checkout.ErrTooManyAttempts)
	case !s.asksForCard(o):
		next.Payment, next.Action.Type = *o.Current(), checkout.ActionWait
	case form == web.Page:
		return c.Redirect(http.StatusSeeOther, page)
	default:
		next.Action = checkout.Action{Type: checkout.ActionRedirect, URL: s.cfg.PublicURL.String() + page, Method: http.MethodGet}
	}
	if form == web.JSON {
		return s.answerAction(c, next)
	}
	return s.showAction(c, next, checkout.MethodCard)
}

// asksForCard reports whether the buyer may type a card now.
func (s cashier) asksForCard(o checkout.Order) bool {
	return o.Payable() && o.Doubtful() == nil && !s.statusView(o, 0).Unknown && !o.Exhausted()
}

// offeredCard is the method of cards, where the order may be paid with one.
func (s cashier) offeredCard(c echo.Context, o checkout.Order) (card checkout.Method, offered bool) {
	methods, _ := s.offered(c, o, deviceOf(c))
	for _, m := range methods {
		if m.Code == checkout.MethodCard {
			return m, true
		}
	}
	return checkout.Method{}, false
}

// saidOnPayPage are the refusals that the pay page has words for, beside those of a choice.
var saidOnPayPage = []checkout.ErrorCode{checkout.CodeTooManyAttempts, checkout.CodeCardsRefused, checkout.CodeLinkUsedUp, checkout.CodeLinkInUse}

// refuseStart answers a start that is refused: with the pay page where it can be said
// there, on which the choice that was posted stays.
func (s cashier) refuseStart(c echo.Context, form web.Form, o checkout.Order, posted start, err error) error {
	var refused *checkout.Error
	shown := errors.As(err, &refused) && (refused.Kind() == checkout.Invalid || slices.Contains(saidOnPayPage, refused.Code))
	if !shown || form != web.Page {
		return err
	}
	if refused.Wait > 0 {
		web.RetryAfter(c, refused.Wait)
	}
	return s.renderCheckout(c, web.StatusOf(refused.Kind()), o, &refusedStart{Error: refused, posted: posted})
}

// refuseCard answers a start whose card is refused: with the card page and what is wrong
// beside each field.
func (s cardPage) refuseCard(c echo.Context, form web.Form, o checkout.Order, posted start, err error) error {
	var refused *checkout.Error
	if errors.As(err, &refused) && refused.Code == checkout.CodeFormInvalid && form == web.Page {
		again := typedAgain(posted)
		again.wrong, again.problem = refused.Fields, web.MessageOf(refused)
		return s.renderCard(c, web.StatusOf(refused.Kind()), o, again)
	}
	return s.refuseStart(c, form, o, posted, err)
}

// showCardAction leads a buyer who has typed a card to the next step.
func (s cardPage) showCardAction(c echo.Context, started payments.Started, posted start) error {
	o, p := started.Order, started.Payment
	if started.Action.Type != checkout.ActionDeclined || p.ShopFault || !s.asksForCard(o) {
		return s.showAction(c, started, p.Method)
	}
	again := typedAgain(posted)
	again.wrong = declinedFields(p)
	if _, message := views.FailureKeys(p); len(again.wrong) == 0 {
		again.problem = message
	}
	return s.renderCard(c, http.StatusOK, o, again)
}

// declinedFields says which field of a card its bank's answer is about, if it is about
// one.
func declinedFields(p checkout.Payment) map[string]string {
	field := checkout.CardFieldOf(p)
	if field == "" || !p.Incomplete {
		return nil
	}
	_, message := views.FailureKeys(p)
	if field == checkout.FieldCardIdentity {
		message = "error.card_unmatched"
	}
	return map[string]string{field: message}
}

// showCard is the page where the buyer types a card.
func (s cardPage) showCard(c echo.Context) error {
	if !s.takesCards() {
		return checkout.ErrNotFound
	}
	o, err := s.refreshed(c)
	if err != nil {
		return err
	}
	if _, offered := s.offeredCard(c, o); !offered || !s.asksForCard(o) {
		return c.Redirect(http.StatusSeeOther, pathsOf(o).page)
	}
	return s.renderCard(c, http.StatusOK, o, typedCard{values: s.billingOf(c, o), choice: choiceOf(c)})
}

// typedCard is what the card page is filled in with, what is chosen beside the card, a
// message key per wrong field, and one about the whole, or "".
type typedCard struct {
	values, wrong map[string]string
	choice        checkout.CardChoice
	facts         checkout.CardFacts // of the card that was typed
	problem       string
}

// typedAgain is the page after a start with a card, which has to be typed again.
func typedAgain(posted start) typedCard {
	return typedCard{values: posted.entered.ShownAgain(), choice: posted.choice(), facts: posted.about}
}

// billingOf is the delivery address as a billing address. Only the browser that placed
// the order sees it.
func (s cardPage) billingOf(c echo.Context, o checkout.Order) map[string]string {
	values := map[string]string{}
	if s.session(c).placed(o) {
		for name, text := range o.Buyer.Values() {
			values["billing_"+name] = text
		}
	}
	return values
}

func (s cardPage) renderCard(c echo.Context, status int, o checkout.Order, typed typedCard) error {
	paths := pathsOf(o)
	v := views.CardView{
		Frame:     s.site.Frame(c, 0),
		Number:    o.Number,
		Lines:     s.linesView(c, o.Lines),
		Total:     amountView(c, o.Total),
		Values:    typed.values,
		Errors:    typed.wrong,
		Error:     typed.problem,
		Countries: countries(c),
		PayURL:    paths.payments,
		FactsURL:  paths.card + "/facts",
		BackURL:   paths.page,
	}
	s.offerBeside(c, &v, o, typed)
	return web.Render(c, status, views.CardPage(v))
}
