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
	order, err := s.shop.Renew(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, pathsOf(order).page)
}

// patience is how long a page waits for an inquiry before it shows what is
// known; the page keeps itself up to date afterwards.
const patience = 2500 * time.Millisecond

// refreshed reads the order, having asked Antom if that is due.
func (s *server) refreshed(c echo.Context) (checkout.Order, error) {
	ctx, cancel := context.WithTimeout(c.Request().Context(), patience)
	defer cancel()
	return s.shop.Refresh(ctx, c.Param("token"))
}

// renderCheckout shows the pay page; problem is a message key about the choice
// that was posted, or "".
func (s *server) renderCheckout(c echo.Context, status int, o checkout.Order, problem string) error {
	paths := pathsOf(o)
	v := views.CheckoutView{
		Frame:     s.frame(c, nil),
		Token:     o.Token,
		Number:    o.Number,
		Lines:     linesView(c, o.Lines),
		Total:     amountView(c, o.Total),
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
	if o.Payable() {
		v.ExpiresAt, v.Now = o.ExpiresAt.Format(time.RFC3339), s.cfg.Now().UTC().Format(time.RFC3339)
	}
	if p := o.Live(); p != nil && o.Status == checkout.OrderProcessing && p.Method == "" && !v.Status.Unknown {
		// Antom's element is open, and Antom knows of nothing that was done there.
		v.Status.MayChange = false
		v.Status.Title, v.Status.Message = "status.open.title", "checkout.finished.message"
	}
	if o.Payable() && !v.Status.Unknown {
		v.Methods = s.methodViews(o)
		v.SDK = s.sdkView(c)
	}
	if v.SDK != nil {
		allowSDK(c, s.cfg.SDK, s.shop.Methods(o))
	}
	return render(c, status, views.CheckoutPage(v))
}

// paths are the addresses of one order.
type paths struct{ page, payments, code, returns, status, events, renewal string }

func pathsOf(o checkout.Order) paths {
	page := "/checkout/" + o.Token
	return paths{page: page, payments: page + "/payments", code: page + "/code", returns: page + "/return", status: page + "/status", events: page + "/events", renewal: page + "/renewal"}
}

func (s *server) methodViews(o checkout.Order) []views.Method {
	chosen := ""
	if p := o.Current(); p != nil {
		chosen = p.Method
	}
	var all []views.Method
	for i, m := range s.shop.Methods(o) {
		all = append(all, views.Method{
			Code:    m.Code,
			Name:    m.Name,
			Logo:    methodLogo(m),
			Hint:    "hint." + string(m.Category),
			Checked: m.Code == chosen || chosen == "" && i == 0,
		})
	}
	return all
}

func methodLogo(m checkout.Method) string {
	for _, name := range []string{strings.ToLower(m.Code), string(m.Category)} {
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
	return &views.SDK{
		URL:         s.cfg.SDK.URL.String(),
		Integrity:   s.cfg.SDK.Integrity,
		UI:          string(cmp.Or(s.cfg.SDK.UI, Popup)),
		Environment: s.cfg.SDK.Environment,
		Locale:      sdkLocale(views.Language(c.Request().Context())),
	}
}

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
