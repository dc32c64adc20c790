package handlers

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"antom-checkout/checkout"
	"antom-checkout/checkout/shop"
	"antom-checkout/static"
	"antom-checkout/views"
)

func (s *server) showCheckout(c echo.Context) error {
	if c.Request().URL.RawQuery != "" {
		// The SDK reads switches from the page's address; ours has none.
		return c.Redirect(http.StatusSeeOther, c.Request().URL.Path)
	}
	order, err := s.refreshed(c)
	if err != nil {
		return err
	}
	return s.renderCheckout(c, http.StatusOK, order, "")
}

// renewOrder makes an expired order anew, at today's prices, which its page shows
// before anything is paid.
func (s *server) renewOrder(c echo.Context) error {
	renewal, err := s.shop.Renew(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	v := s.sessions.visit(c)
	if !renewal.Renewed() {
		return s.offerTheRest(c, v, renewal)
	}
	if v.made(renewal.Old) {
		v.Renewed = renewal.Order.Token
		if v.Order == renewal.Old.Token {
			v.Order = v.Renewed // once it is paid the cart is empty
		}
		if err := s.sessions.save(c, v); err != nil {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, pathsOf(renewal.Order).page)
}

// offerTheRest shows the cart with what is left of an order that cannot be made
// anew as it was, beside whatever else is in it. Its buyer finds the form filled in.
func (s *server) offerTheRest(c echo.Context, v *visit, renewal shop.Renewal) error {
	refused := checkout.NewError(checkout.CodeRenewalIncomplete, "")
	if wantsJSON(c) {
		return refused
	}
	for _, line := range renewal.Rest {
		if i := v.line(line.SKU); i >= 0 {
			v.Cart[i].Quantity = line.Quantity
		} else if len(v.Cart) < checkout.MaxLines {
			v.Cart = append(v.Cart, line)
		}
	}
	v.Order = ""
	if err := s.sessions.save(c, v); err != nil {
		return err
	}
	form := &refusedOrder{err: refused, gone: renewal.Gone}
	if v.made(renewal.Old) {
		form.values = renewal.Old.Buyer.Values()
	}
	return s.renderCart(c, http.StatusConflict, v, form, cartProblem{})
}

// priceBefore is what an order cost that was made anew, where its prices have
// changed since.
func (s *server) priceBefore(c echo.Context, o checkout.Order) (views.Amount, error) {
	old, err := s.shop.RenewedFrom(c.Request().Context(), o)
	if checkout.IsNotFound(err) || err == nil && o.SamePrices(old) {
		return views.Amount{}, nil
	}
	return amountView(c, old.Total), err
}

// patience is how long a page waits for an inquiry before it shows what is
// known; the page keeps itself up to date afterwards.
const patience = 2500 * time.Millisecond

// refreshed reads the order, having asked Antom if that is due.
func (s *server) refreshed(c echo.Context) (checkout.Order, error) {
	ctx, cancel := s.patiently(c)
	defer cancel()
	return s.payments.Refresh(ctx, c.Param("token"))
}

func (s *server) patiently(c echo.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.Request().Context(), patience)
}

// renderCheckout shows the pay page; problem is a message key about the choice
// that was posted, or "".
func (s *server) renderCheckout(c echo.Context, status int, o checkout.Order, problem string) error {
	paths := pathsOf(o)
	v := views.CheckoutView{
		Frame:     s.frame(c, nil),
		Token:     o.Token,
		Number:    o.Number,
		Status:    s.statusView(o, 0),
		Error:     problem,
		ReturnURL: paths.returns,
		PayURL:    paths.payments,
		StatusURL: paths.status,
		EventsURL: paths.events,
	}
	if o.Status == checkout.OrderExpired {
		v.RenewURL = paths.renewal
	}
	// Whoever is to pay must see what for. Afterwards it is the buyer's own.
	if o.Payable() {
		v.Lines, v.Total = linesView(c, o.Lines), amountView(c, o.Total)
		v.ExpiresAt, v.Now = o.ExpiresAt.Format(time.RFC3339), s.cfg.Now().UTC().Format(time.RFC3339)
	}
	if p := o.Active(); p != nil && o.Status == checkout.OrderProcessing && p.Method == "" && !v.Status.Unknown {
		// Antom's element is open, and Antom knows of nothing that was done there.
		v.Status.MayChange = false
		v.Status.Title, v.Status.Message = "status.open.title", "checkout.finished.message"
	}
	if p := o.Active(); p != nil && p.Status.InProgress() && p.Action.Type == checkout.ActionCode {
		v.CodeURL = paths.code
	}
	if o.Payable() {
		was, err := s.priceBefore(c, o)
		if err != nil {
			return err
		}
		v.Was = was
	}
	if o.Payable() && !v.Status.Unknown {
		v.Methods = s.methodViews(c, o)
		v.SDK = s.sdkView(c)
	}
	if len(v.Methods) == 0 && s.sessions.visit(c).made(o) {
		v.Receipt = s.receipt(c, o)
	}
	if v.SDK != nil {
		allowSDK(c, s.cfg.SDK, v.Methods)
	}
	return render(c, status, views.CheckoutPage(v))
}

// paths are the addresses of one order.
type paths struct{ page, payments, code, returns, mail, status, events, renewal string }

func pathsOf(o checkout.Order) paths {
	page := "/checkout/" + o.Token
	return paths{page: page, payments: page + "/payments", code: page + "/code", returns: page + "/return", mail: page + "/mail", status: page + "/status", events: page + "/events", renewal: page + "/renewal"}
}

func (s *server) methodViews(c echo.Context, o checkout.Order) []views.Method {
	chosen := ""
	if p := o.Current(); p != nil {
		chosen = p.Method
	}
	device := deviceOf(c)
	offered := s.methods.List(c.Request().Context(), o, device)
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
	return all
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

func (s *server) sdkView(c echo.Context) *views.SDK {
	if s.cfg.SDK == nil {
		return nil
	}
	return s.cfg.SDK.view(sdkLocale(views.Language(c.Request().Context())))
}

// view is the SDK as the page loads it.
func (sdk *SDK) view(locale string) *views.SDK {
	return &views.SDK{
		URL:         sdk.URL.String(),
		Integrity:   sdk.Integrity,
		UI:          string(cmp.Or(sdk.UI, Popup)),
		Environment: sdk.Environment,
		Locale:      locale,
	}
}

// origin is where the SDK's script comes from.
func (sdk *SDK) origin() string { return sdk.URL.Scheme + "://" + sdk.URL.Host }

// sdkLocales are the languages Antom's SDK speaks, as it spells them: note in_ID
// and tl_PH.
var sdkLocales = map[string]string{
	"en": "en_US", "pt": "pt_BR", "ko": "ko_KR", "es": "es_ES", "ms": "ms_MY", "id": "in_ID",
	"fil": "tl_PH", "tl": "tl_PH", "th": "th_TH", "vi": "vi_VN", "fr": "fr_FR", "nl": "nl_NL",
	"it": "it_IT", "de": "de_DE", "zh": "zh_CN",
}

func sdkLocale(tag language.Tag) string {
	if script, _ := tag.Script(); script.String() == "Hant" {
		return "zh_HK"
	}
	base, _ := tag.Base()
	if locale, spoken := sdkLocales[base.String()]; spoken {
		return locale
	}
	return "en_US"
}
