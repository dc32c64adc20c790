package handlers

import (
	"cmp"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

func (s cashier) showCheckout(c echo.Context) error {
	if c.Request().URL.RawQuery != "" {
		// The SDK reads switches from the page's address; the shop's has none.
		return c.Redirect(http.StatusSeeOther, c.Request().URL.Path)
	}
	order, err := s.refreshed(c)
	if err != nil {
		return err
	}
	return s.renderCheckout(c, http.StatusOK, order, nil)
}

// refusedStart is what was posted, a choice or the form for what the order lacks, and why it
// is wrong.
type refusedStart struct {
	*checkout.Error
	posted start
	typed  map[string]string // in that form
}

// renderCheckout shows the pay page; refused is nil unless a post has led to it.
func (s cashier) renderCheckout(c echo.Context, status int, o checkout.Order, refused *refusedStart) error {
	if err := s.meetBuyer(c, o); err != nil {
		return err
	}
	paths := pathsOf(o)
	v := views.CheckoutView{
		Frame:     s.site.Frame(c, 0),
		Token:     o.Token,
		Number:    o.Number,
		Status:    s.statusView(o, 0),
		ReturnURL: paths.returns,
		PayURL:    paths.payments,
		StatusURL: paths.status,
		EventsURL: paths.events,
		CardsHere: s.takesCards(),
		Leave:     views.Leave{URL: leaveOf(o).URL},
		Reference: o.Reference,
	}
	v.Frame.HomeURL = v.Leave.URL
	if refused != nil {
		v.Error, v.Wrong = problemOf(refused.Error), refused.Fields
	}
	if o.Renewable() {
		v.RenewURL = paths.renewal
	}
	if p := o.Active(); p != nil && o.Status == checkout.OrderProcessing && p.Method == "" && !v.Status.Unknown {
		// Antom's element is open, and Antom knows no payment from it.
		v.Status.MayChange, v.Status.Unpaid = false, false
		v.Status.Title, v.Status.Message = "status.open.title", "checkout.finished.message"
	}
	if v.Status.MayChange {
		v.Continue = s.continuing(c, o)
	}
	if p := o.Active(); p != nil && p.Status.InProgress() && p.Action.Type == checkout.ActionCode {
		v.CodeURL = paths.code
	}
	if v.Exhausted = o.Status == checkout.OrderOpen && o.Exhausted(); v.Exhausted {
		v.Status.Failed = false
		v.Status.Title, v.Status.Message = "status.exhausted.title", "status.exhausted.message"
	}
	if usedUp, err := s.linkUsedUp(c, o); err != nil {
		return err
	} else if usedUp {
		v.Exhausted, v.Status.Failed = true, false
		v.Status.Title, v.Status.Message = "link.used_up.title", "error.link_used_up"
	}
	if o.Payable() {
		if err := s.showPrice(c, &v, o); err != nil {
			return err
		}
	}
	if o.Payable() && !v.Status.Unknown && !v.Exhausted {
		v.Buyer = buyerForm(c, o, refused)
	}
	if o.Payable() && !v.Status.Unknown && !v.Exhausted && v.Buyer == nil {
		var cardsRefused bool
		v.Methods, cardsRefused = s.methodViews(c, o, deviceOf(c))
		v.MarkWrong()
		v.SDK = s.cfg.SDK.view()
		if cardsRefused {
			sayCardsRefused(&v)
		} else if err := s.showCards(c, &v, o); err != nil {
			return err
		}
		if refused != nil {
			v.KeepChoice(refused.posted.Method, refused.posted.choice())
		}
	}
	if len(v.Methods) == 0 && s.session(c).placed(o) {
		v.Receipt = s.receipt(c, o)
	}
	if v.SDK != nil {
		allowSDK(c, s.cfg.SDK, v.Methods)
	}
	return web.Render(c, status, views.CheckoutPage(v))
}

// sayCardsRefused says why cards are missing among the methods, or why there are none.
func sayCardsRefused(v *views.CheckoutView) {
	if len(v.Methods) > 0 {
		v.Error = cmp.Or(v.Error, "error.cards_refused")
		return
	}
	v.Status.Failed = false
	v.Status.Title, v.Status.Message = "status.cards_refused.title", "error.cards_refused"
}

// showPrice adds what is to be paid, for what, and until when. To know the address
// is enough to see it while the order can be paid; afterwards only the buyer sees it.
func (s cashier) showPrice(c echo.Context, v *views.CheckoutView, o checkout.Order) (err error) {
	v.Lines, v.Total = s.linesView(c, o.Lines), amountView(c, o.Total)
	v.ExpiresAt, v.Now = o.ExpiresAt.Format(time.RFC3339), s.cfg.Now().UTC().Format(time.RFC3339)
	v.Was, err = s.priceBefore(c, o)
	return err
}

// priceBefore is what a renewed order cost before, where its prices have changed
// since.
func (s cashier) priceBefore(c echo.Context, o checkout.Order) (views.Amount, error) {
	old, err := s.shop.RenewedFrom(c.Request().Context(), o)
	if checkout.IsNotFound(err) || err == nil && o.SamePrices(old) {
		return views.Amount{}, nil
	}
	return amountView(c, old.Total), err
}
