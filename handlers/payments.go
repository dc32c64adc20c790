package handlers

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/payments"
	"antom-checkout/views"
)

func (s *server) startPayment(c echo.Context) error {
	posted, err := postedStart(c)
	if err != nil {
		return err
	}
	want := checkout.Attempt{Method: posted("method"), Mode: checkout.ModeAPI, Device: deviceOf(c)}
	if err := s.addApp(c, &want, posted); err != nil {
		return err
	}
	if wantsJSON(c) && s.cfg.SDK != nil {
		want.Mode = checkout.ModeSDK
		want.Element = want.Method == "" && s.cfg.SDK.UI == Element && want.Device.Terminal != checkout.TerminalApp
	}
	started, err := s.payments.Start(c.Request().Context(), c.Param("token"), want)
	var refused *checkout.Error
	if errors.As(err, &refused) && refused.Kind() == checkout.Invalid && !wantsJSON(c) {
		return s.renderCheckout(c, http.StatusUnprocessableEntity, started.Order, messageOf(refused))
	}
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return s.answerAction(c, started)
	}
	return s.showAction(c, started, want.Method)
}

// postedStart reads the choice from a form or from JSON.
func postedStart(c echo.Context) (get func(name string) string, err error) {
	if !strings.HasPrefix(c.Request().Header.Get(echo.HeaderContentType), echo.MIMEApplicationJSON) {
		form, err := c.FormParams()
		if err != nil {
			return nil, unreadable(err)
		}
		return form.Get, nil
	}
	var posted struct {
		Method    string `json:"method"`
		Terminal  string `json:"terminal"`
		OS        string `json:"os"`
		ReturnURL string `json:"return_url"`
	}
	if err := json.NewDecoder(c.Request().Body).Decode(&posted); err != nil {
		return nil, unreadable(err)
	}
	fields := map[string]string{"method": posted.Method, "terminal": posted.Terminal, "os": posted.OS, "return_url": posted.ReturnURL}
	return func(name string) string { return fields[name] }, nil
}

// retryAfter is how many seconds a client waits before it asks again.
const retryAfter = 2

// actionAnswer is the published JSON of a start.
type actionAnswer struct {
	PaymentRequestID string     `json:"payment_request_id,omitempty"`
	Action           actionJSON `json:"action"`
}

type actionJSON struct {
	Type        checkout.ActionType `json:"type"`
	SDK         string              `json:"sdk,omitempty"` // the class
	UI          SDKUI               `json:"ui,omitempty"`  // where it shows itself, unless in a popup
	SessionData string              `json:"session_data,omitempty"`
	Environment string              `json:"environment,omitempty"`
	Locale      string              `json:"locale,omitempty"`
	URL         string              `json:"url,omitempty"`
	ApplinkURL  string              `json:"applink_url,omitempty"`
	SchemeURL   string              `json:"scheme_url,omitempty"`
	Method      string              `json:"method,omitempty"`
	Parameters  string              `json:"parameters,omitempty"`
	Codes       []checkout.Code     `json:"codes,omitempty"`
	ExpiresAt   string              `json:"expires_at,omitempty"`
	Message     string              `json:"message,omitempty"`
	RetryAfter  int                 `json:"retry_after,omitempty"`
}

func (s *server) answerAction(c echo.Context, started payments.Started) error {
	a := started.Action
	answer := actionAnswer{
		PaymentRequestID: started.Payment.RequestID,
		Action: actionJSON{
			Type: a.Type, SessionData: a.SessionData, URL: a.URL, Method: a.Method,
			ApplinkURL: a.ApplinkURL, SchemeURL: a.SchemeURL, Parameters: a.Parameters, Codes: a.Codes,
		},
	}
	if !a.ExpiresAt.IsZero() {
		answer.Action.ExpiresAt = a.ExpiresAt.UTC().Format(time.RFC3339)
	}
	status := http.StatusOK
	switch a.Type {
	case checkout.ActionSDK:
		sdk := s.sdkView(c)
		answer.Action.SDK, answer.Action.UI = s.cfg.SDK.class(started)
		answer.Action.Environment, answer.Action.Locale = sdk.Environment, sdk.Locale
	case checkout.ActionDeclined:
		answer.Action.Message = views.Text(c.Request().Context(), views.DeclineKey(started.Payment.ResultCode))
	case checkout.ActionWait:
		status = http.StatusAccepted
		answer.Action.RetryAfter = retryAfter
	case checkout.ActionClosed:
		status = http.StatusGone
	}
	return c.JSON(status, answer)
}

// class is the SDK's class for an attempt, and where it shows itself; "" is a popup.
func (sdk *SDK) class(started payments.Started) (name string, ui SDKUI) {
	switch {
	case started.Action.Element:
		return "AMSElement", Element
	case sdk.UI == Inline && started.Payment.Method == checkout.MethodCard:
		return "AMSCashierPayment", Inline
	}
	return "AMSCashierPayment", ""
}

// showAction leads a buyer without JavaScript on.
func (s *server) showAction(c echo.Context, started payments.Started, method string) error {
	o, a := started.Order, started.Action
	switch a.Type {
	case checkout.ActionRedirect:
		return s.showContinue(c, started)
	case checkout.ActionCode:
		return s.showCode(c, started)
	case checkout.ActionDone:
		return c.Redirect(http.StatusSeeOther, pathsOf(o).returns)
	case checkout.ActionDeclined:
		return c.Redirect(http.StatusSeeOther, pathsOf(o).page)
	case checkout.ActionClosed:
		return s.renderCheckout(c, http.StatusGone, o, "")
	}
	return render(c, http.StatusAccepted, views.WaitPage(views.WaitView{
		Frame:     s.frame(c, nil),
		Token:     o.Token,
		Method:    method,
		Total:     amountView(c, o.Total),
		Status:    s.statusView(o, 0),
		PayURL:    pathsOf(o).payments,
		ReturnURL: pathsOf(o).returns,
	}))
}

// showContinue is a page between our form and Antom's: a form of ours that was
// answered by a redirect off the site would be stopped by our own form-action.
func (s *server) showContinue(c echo.Context, started payments.Started) error {
	o, a := started.Order, started.Action
	v := views.ContinueView{
		Frame:      s.frame(c, nil),
		MethodName: s.methodName(c, started.Payment),
		Total:      amountView(c, o.Total),
		URL:        a.URL,
		ReturnURL:  pathsOf(o).returns,
		BackURL:    pathsOf(o).page,
	}
	if a.Method == http.MethodPost {
		v.Post, v.Parameters = true, parameters(a.Parameters)
		allowForm(c, a.URL)
	}
	return render(c, http.StatusOK, views.ContinuePage(v))
}

// parameters reads the fields of a form Antom wants posted: a JSON object, or
// the encoding of a query.
func parameters(text string) []views.Parameter {
	var fields []views.Parameter
	object := map[string]string{}
	if json.Unmarshal([]byte(text), &object) == nil {
		for name, value := range object {
			fields = append(fields, views.Parameter{Name: name, Value: value})
		}
	} else if query, err := url.ParseQuery(text); err == nil {
		for name, values := range query {
			for _, value := range values {
				fields = append(fields, views.Parameter{Name: name, Value: value})
			}
		}
	}
	slices.SortFunc(fields, func(a, b views.Parameter) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

func (s *server) showCode(c echo.Context, started payments.Started) error {
	o, a, paths := started.Order, started.Action, pathsOf(started.Order)
	flow := s.methods.Method(started.Payment.Method).Flow
	v := views.CodeView{
		Frame:      s.frame(c, nil),
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
			code.Type = "TEXT" // nobody scans the number of an account
		}
		v.Codes = append(v.Codes, views.Code{Kind: code.Type, Text: code.Value})
	}
	return render(c, http.StatusOK, views.CodePage(v))
}

// addEnd says until when a code can be paid: Antom's end, and never after that of
// the order, when Antom is told to close it.
func (s *server) addEnd(c echo.Context, v *views.CodeView, o checkout.Order, a checkout.Action) {
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
// loaded again; once there is nothing to scan it leads on.
func (s *server) showCodeAgain(c echo.Context) error {
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

// deviceOf is what a request shows of the buyer's device.
func deviceOf(c echo.Context) checkout.Device {
	r := c.Request()
	d := checkout.Device{
		IP:        c.RealIP(),
		UserAgent: r.UserAgent(),
		Accept:    r.Header.Get(echo.HeaderAccept),
		Language:  sdkLocale(views.Language(r.Context())),
		Terminal:  checkout.TerminalWeb,
	}
	switch agent := d.UserAgent; {
	case strings.Contains(agent, "iPhone"), strings.Contains(agent, "iPad"):
		d.Terminal, d.OS = checkout.TerminalWap, checkout.OSIOS
	case strings.Contains(agent, "Android"):
		d.Terminal, d.OS = checkout.TerminalWap, checkout.OSAndroid
	}
	return d
}
