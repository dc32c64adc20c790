package handlers

import (
	"cmp"
	"crypto/rand"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// show is the page of a link, filled in with what its address says.
func (s linkPages) show(c echo.Context) error {
	offer, err := s.merchant.LinkOffer(c.Request().Context(), c.Param("code"))
	if err != nil {
		return err
	}
	if closed := closedAs(offer); closed != checkout.LinkOpen {
		return s.renderClosed(c, offer, closed)
	}
	// The session's id is a part of the form's key: a form that is posted twice makes one
	// order in the browser's first session, too.
	session := s.session(c)
	if err := s.sessions.Save(c, session); err != nil {
		return err
	}
	choice, buyer := readLink(c, c.QueryParam)
	_, _, wrong := offer.Choose(choice)
	if wrong["reference"] != "" {
		choice.Reference = ""
	}
	page := linkPage{formID: rand.Text(), choice: choice, buyer: buyer}
	if code := offer.Refusal(); code != "" {
		page.refused = checkout.NewError(code, "")
	}
	if page.choice.Amount == "" && offer.Amount.Suggested != 0 {
		suggested := checkout.Money{Minor: offer.Amount.Suggested, Currency: offer.Currency}
		page.choice.Amount = suggested.Digits(views.Language(c.Request().Context()))
	}
	// The browser may store the page for its back button: the same form again is the same
	// order.
	c.Response().Header().Set("Cache-Control", "private, no-cache")
	return s.render(c, http.StatusOK, offer, page)
}

// order makes the order of a link's page.
func (s linkPages) order(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return web.Unreadable(err)
	}
	formID := cmp.Or(form.Get("form_id"), rand.Text())
	if len(formID) > 64 || checkout.IDHoldsCardNumber(formID) {
		return checkout.NewError(checkout.CodeFormInvalid, "")
	}
	code, session := c.Param("code"), s.session(c)
	choice, buyer := readLink(c, form.Get)
	order, err := s.merchant.PlaceFromLink(c.Request().Context(), code, merchant.LinkOrder{
		FormKey: checkout.FormKey(session.ID, "link."+code+"."+formID), Buyer: buyer,
		BuyerReference: cmp.Or(s.buyerReference(c), newReference()), LinkChoice: choice,
	})
	var refused *checkout.Error
	if errors.As(err, &refused) && !checkout.IsNotFound(err) && refused.Kind() != checkout.Unavailable && !web.WantsJSON(c) {
		return s.refuse(c, linkPage{formID, choice, buyer, refused})
	}
	if err != nil {
		return err
	}
	session.Link = order.ID
	if err := errors.Join(s.sessions.Save(c, session), s.keepBuyer(c, order)); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, pathsOf(order).page)
}

// refuse shows the page again with what was typed and what is wrong.
func (s linkPages) refuse(c echo.Context, page linkPage) error {
	offer, err := s.merchant.LinkOffer(c.Request().Context(), c.Param("code"))
	if err != nil {
		return err
	}
	if closed := closedAs(offer); closed != checkout.LinkOpen {
		return s.renderClosed(c, offer, closed)
	}
	return s.render(c, web.StatusOf(page.refused.Kind()), offer, page)
}

// readLink reads what a form, or an address, gives of an order by a link.
func readLink(c echo.Context, get func(string) string) (choice checkout.LinkChoice, buyer checkout.Buyer) {
	buyer.Set(get)
	return checkout.LinkChoice{
		Quantity: get("quantity"), Amount: get("amount"), Reference: checkout.CleanText(get("reference")), Language: views.Language(c.Request().Context()),
	}, buyer
}

// linkPage is what a link's page is filled in with.
type linkPage struct {
	formID  string
	choice  checkout.LinkChoice
	buyer   checkout.Buyer
	refused *checkout.Error // nil: nothing is wrong
}

// values are the page's texts by form name, but for card numbers.
func (p linkPage) values() map[string]string {
	values := p.buyer.Values()
	for name := range p.buyer.CardNumbers() {
		values[name] = ""
	}
	values["quantity"], values["amount"] = cmp.Or(p.choice.Quantity, "1"), p.choice.Amount
	return values
}

func (s linkPages) render(c echo.Context, status int, offer merchant.Offer, page linkPage) error {
	money := func(minor int64) views.Amount {
		return amountView(c, checkout.Money{Minor: minor, Currency: offer.Currency})
	}
	v := views.LinkView{
		Frame: s.site.Frame(c, 0), Name: offer.Name, Lines: s.linesView(c, offer.Lines), Total: amountView(c, offer.Total), Adjustable: offer.Adjustable,
		Range: views.AmountRange{Min: money(offer.Amount.Min), Max: money(offer.Amount.Max)}, Reference: page.choice.Reference,
		FormID: page.formID, Values: page.values(), PostURL: merchant.LinksPath + offer.Code,
	}
	if page.refused != nil {
		v.Error, v.Errors = web.MessageOf(page.refused), page.refused.Fields
	}
	if v.Errors["reference"] != "" {
		v.Reference = ""
	}
	if o, placed := s.orderBy(c, offer); placed && o.Payable() {
		v.OpenURL = pathsOf(o).page
	}
	return web.Render(c, status, views.LinkPage(v))
}

// closedAs is why a link makes no order, or that it is open. One whose goods are no longer
// sold is as one that is switched off.
func closedAs(offer merchant.Offer) checkout.LinkStatus {
	if offer.Status == checkout.LinkOpen && offer.Gone {
		return checkout.LinkOff
	}
	return offer.Status
}

func (s linkPages) renderClosed(c echo.Context, offer merchant.Offer, closed checkout.LinkStatus) error {
	if web.WantsJSON(c) {
		return checkout.NewError(checkout.CodeLinkClosed, "")
	}
	v := views.LinkClosedView{Frame: s.site.Frame(c, 0), Status: closed}
	if o, placed := s.orderBy(c, offer); placed {
		v.OrderURL = pathsOf(o).page
	}
	return web.Render(c, http.StatusGone, views.LinkClosedPage(v))
}

// orderBy is the last order that this browser has placed by a link.
func (s linkPages) orderBy(c echo.Context, offer merchant.Offer) (o checkout.Order, placed bool) {
	session := s.session(c)
	if session.Link == "" {
		return o, false
	}
	o, err := s.payments.OrderByID(c.Request().Context(), session.Link)
	return o, err == nil && o.Link == offer.ID && session.placed(o)
}

// showCode draws the address of a link as a QR code, which pages of other sites may show.
func (s linkPages) showCode(c echo.Context) error {
	offer, err := s.merchant.LinkOffer(c.Request().Context(), c.Param("code"))
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	header.Set("Cache-Control", "public, max-age=86400")
	return c.Blob(http.StatusOK, "image/svg+xml", []byte(views.LinkCode(s.merchant.NewLink(offer.PaymentLink).URL)))
}

// linkUsedUp reports whether an order can no longer be paid because others have used up its
// payment link.
func (s *server) linkUsedUp(c echo.Context, o checkout.Order) (bool, error) {
	if o.Link == "" || o.Status != checkout.OrderOpen || o.Stock != checkout.StockFree {
		return false, nil
	}
	l, err := s.merchant.Link(c.Request().Context(), o.Link)
	return l.Refusal() == checkout.CodeLinkUsedUp, err
}
