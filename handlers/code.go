package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/payments"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

func (s cashier) showCode(c echo.Context, started payments.Started) error {
	o, a, paths := started.Order, started.Action, pathsOf(started.Order)
	flow := s.methods.Method(started.Payment.Method).Flow
	v := views.CodeView{
		Frame:      s.site.Frame(c, 0),
		Token:      o.Token,
		MethodName: s.methodName(c, started.Payment),
		Message:    "code.message",
		Total:      amountView(c, o.Total),
		Status:     s.statusView(o, 0),
		DetailsURL: a.URL,
		ReturnURL:  paths.returns,
		BackURL:    paths.page,
		SelfURL:    paths.code,
		StatusURL:  paths.status,
		EventsURL:  paths.events,
	}
	switch flow {
	case checkout.FlowCounter, checkout.FlowTransfer:
		v.Message = "code." + string(flow)
	default:
		v.OnPhone = onPhone(deviceOf(c))
	}
	s.addEnd(c, &v, o, a)
	for _, code := range a.Codes {
		if flow == checkout.FlowTransfer && code.Type == "BARCODE" {
			code.Type = "TEXT" // the number of an account is copied, not scanned
		}
		v.Codes = append(v.Codes, views.Code{Kind: code.Type, Text: code.Value})
	}
	return web.Render(c, http.StatusOK, views.CodePage(v))
}

// addEnd says until when a code can be paid: Antom's end, or that of the order
// if it is earlier, because the payment is cancelled at Antom then.
func (s cashier) addEnd(c echo.Context, v *views.CodeView, o checkout.Order, a checkout.Action) {
	end, now := o.ExpiresAt, s.cfg.Now()
	if !a.ExpiresAt.IsZero() && a.ExpiresAt.Before(end) {
		end = a.ExpiresAt
	}
	v.Left = views.Span(c.Request().Context(), end.Sub(now))
	v.Until, v.Now = end.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339)
	v.Expires = end.UTC().Format("15:04 UTC")
	if end.UTC().Format(time.DateOnly) != now.UTC().Format(time.DateOnly) {
		v.Expires = end.UTC().Format("2006-01-02, 15:04 UTC")
	}
}

// showCodeAgain gives the code page an address of its own, so that it can be
// loaded again; once there is nothing to scan it redirects to the return page.
func (s cashier) showCodeAgain(c echo.Context) error {
	o, err := s.refreshed(c)
	if err != nil {
		return err
	}
	p := o.Active()
	if p == nil || !p.Status.InProgress() || p.Action.Type != checkout.ActionCode {
		return c.Redirect(http.StatusSeeOther, pathsOf(o).returns)
	}
	return s.showCode(c, payments.Started{Order: o, Payment: *p, Action: p.Action})
}
