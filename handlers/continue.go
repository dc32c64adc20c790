package handlers

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/payments"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// showAction leads a buyer without JavaScript to the next step.
func (s cashier) showAction(c echo.Context, started payments.Started, method string) error {
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
		return s.renderCheckout(c, http.StatusGone, o, nil)
	}
	return web.Render(c, http.StatusAccepted, views.WaitPage(views.WaitView{
		Frame:     s.site.Frame(c, 0),
		Token:     o.Token,
		Method:    method,
		Total:     amountView(c, o.Total),
		Status:    s.statusView(o, 0),
		PayURL:    pathsOf(o).payments,
		ReturnURL: pathsOf(o).returns,
	}))
}

// showContinue is a page between the shop's form and Antom's: the policy's form-action
// stops a form that is answered by a redirect off the site.
func (s cashier) showContinue(c echo.Context, started payments.Started) error {
	o, a := started.Order, started.Action
	v := views.ContinueView{
		Frame:      s.site.Frame(c, 0),
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
	return web.Render(c, http.StatusOK, views.ContinuePage(v))
}

// allowForm lets the page's forms post to one more address, and to no other of its
// host: Antom's, when it requires a form instead of a link.
func allowForm(c echo.Context, address string) {
	if u, err := url.Parse(address); err == nil {
		web.SetPolicy(c, func(p web.Policy) { p.Add("form-action", web.FileSource(u)) })
	}
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
