package desk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	view "antom-checkout/views/desk"
)

const (
	pathWebhooks = "/webhooks"
	pathEvents   = pathWebhooks + "/events"
)

// webhookPages are the addresses that events are delivered to, the events and their
// deliveries.
type webhookPages struct{ *desk }

// routes lists them.
func (d webhookPages) routes() []route {
	one := pathWebhooks + "/:id"
	return []route{
		{http.MethodGet, pathWebhooks, operators.Manage, d.listEndpoints, "lists webhook endpoints"},
		{http.MethodPost, pathWebhooks, operators.Manage, d.addEndpoint, "adds a webhook endpoint, and shows its secret once"},
		{http.MethodGet, pathEvents, operators.Manage, d.listEvents, "lists events"},
		{http.MethodGet, pathEvents + "/:id", operators.Manage, d.showEvent, "shows an event with its deliveries"},
		{http.MethodPost, pathEvents + "/:id/redeliver", operators.Manage, d.redeliver, "delivers an event again"},
		{http.MethodGet, one, operators.Manage, d.showEndpoint, "shows a webhook endpoint"},
		{http.MethodPost, one, operators.Manage, d.changeEndpoint, "changes a webhook endpoint"},
		{http.MethodPost, one + "/on", operators.Manage, d.switchEndpoint(true), "switches a webhook endpoint on"},
		{http.MethodPost, one + "/off", operators.Manage, d.switchEndpoint(false), "switches a webhook endpoint off"},
		{http.MethodPost, one + "/test", operators.Manage, d.testEndpoint, "delivers a test"},
		{http.MethodPost, one + "/redeliver", operators.Manage, d.redeliverSince, "delivers all events since a day again"},
		{http.MethodGet, one + "/rotate", operators.Manage, d.askToRotate, "says what a new secret changes"},
		{http.MethodPost, one + "/rotate", operators.Manage, d.rotateSecret, "makes a new secret, and shows it once"},
		{http.MethodGet, one + "/delete", operators.Manage, d.askToDelete, "says what deleting an endpoint does"},
		{http.MethodPost, one + "/delete", operators.Manage, d.deleteEndpoint, "deletes a webhook endpoint"},
	}
}

func endpointURL(id string) string { return BasePath + pathWebhooks + "/" + url.PathEscape(id) }

func (d webhookPages) listEndpoints(c echo.Context) error {
	f := endpointForm(c, merchant.Endpoint{}, nil)
	f.Hidden = d.onceFields()
	return d.showEndpoints(c, http.StatusOK, f)
}

func (d webhookPages) showEndpoints(c echo.Context, code int, f view.EndpointForm) error {
	all, err := d.Merchant.Endpoints(c.Request().Context())
	if err != nil {
		return err
	}
	f.Action, f.Button = BasePath+pathWebhooks, view.Text(c.Request().Context(), "webhooks.add")
	v := view.Endpoints{Frame: d.frame(c, "webhooks"), New: f, EventsURL: BasePath + pathEvents}
	for _, e := range all {
		shown := merchant.NewEndpoint(e, false)
		v.Rows = append(v.Rows, view.EndpointRow{
			URL: endpointURL(e.ID), Address: e.URL, Description: e.Description, Types: shown.Types, Status: endpointStatus(e),
		})
	}
	return web.Render(c, code, view.EndpointsPage(v))
}

func endpointStatus(e checkout.WebhookEndpoint) view.Status {
	switch {
	case e.Off == checkout.EndpointOffByHand:
		return view.Status{Key: "off", Severity: "plain"}
	case e.Off != checkout.EndpointOn:
		return view.Status{Key: "off", Severity: "bad"}
	case !e.FailingSince.IsZero():
		return view.Status{Key: "failing", Severity: "wait"}
	}
	return view.Status{Key: "on", Severity: "good"}
}

// endpointForm is the form of an endpoint, with what is wrong with it.
func endpointForm(c echo.Context, e merchant.Endpoint, err error) view.EndpointForm {
	ctx := c.Request().Context()
	wrongURL := wrongText(c, err, "/url")
	if refused := (*checkout.Error)(nil); wrongURL != "" && errors.As(err, &refused) && refused.Detail != "" {
		wrongURL = refused.Detail
	}
	f := view.EndpointForm{Fields: []view.Field{
		{Name: "url", Label: view.Text(ctx, "webhooks.url"), Type: "url", Value: e.URL, Hint: view.Text(ctx, "webhooks.url.hint"), Wrong: wrongURL, Complete: "off"},
		{Name: "description", Label: view.Text(ctx, "webhooks.description"), Type: "text", Value: e.Description, Wrong: wrongText(c, err, "/description"), Complete: "off", Optional: true},
	}}
	for _, t := range checkout.EventTypes() {
		if t != checkout.EventEndpointTest {
			f.Types = append(f.Types, view.Tick{Value: string(t), Text: string(t), Chosen: slices.Contains(e.Types, string(t))})
		}
	}
	return f
}

// readEndpoint reads what was posted of an endpoint.
func readEndpoint(f url.Values) (merchant.Endpoint, merchant.EndpointForm) {
	e := merchant.Endpoint{URL: f.Get("url"), Description: f.Get("description"), Types: f["types"]}
	return e, merchant.EndpointForm{URL: &e.URL, Description: &e.Description, Types: &e.Types}
}

func (d webhookPages) addEndpoint(c echo.Context) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	typed, wanted := readEndpoint(f)
	m, err := d.once(c, f, func(ctx context.Context) (made, error) {
		e, err := d.Merchant.CreateEndpoint(ctx, wanted)
		if err != nil {
			return made{}, err
		}
		return made{e.ID, e.Secret.Reveal()}, d.record(ctx, c, "endpoint.create", "", e.ID)
	})
	if isRefusedForm(err) {
		again := endpointForm(c, typed, err)
		again.Hidden = []view.Hidden{{Name: onceField, Value: f.Get(onceField)}}
		return d.showEndpoints(c, http.StatusUnprocessableEntity, again)
	}
	if err != nil {
		return err
	}
	return d.showSecret(c, "webhooks", pathWebhooks+"/"+m.ID, m)
}

func (d webhookPages) showEndpoint(c echo.Context) error {
	e, err := d.Merchant.Endpoint(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return d.endpointPage(c, http.StatusOK, e, endpointForm(c, merchant.NewEndpoint(e, false), nil))
}

func (d webhookPages) endpointPage(c echo.Context, code int, e checkout.WebhookEndpoint, f view.EndpointForm) error {
	self, on := endpointURL(e.ID), e.Off == checkout.EndpointOn
	f.Action, f.Button = self, view.Text(c.Request().Context(), "form.save")
	v := view.Endpoint{
		Frame: d.frame(c, "webhooks"), Address: e.URL, Off: string(e.Off), Status: endpointStatus(e), Created: d.moment(c, e.CreatedAt),
		Failing: d.moment(c, e.FailingSince), Form: f, SwitchURL: self + "/on", SwitchOn: !on, TestURL: self + "/test", RotateURL: self + "/rotate",
		DeleteURL: self + "/delete", RedeliverURL: self + "/redeliver", ListURL: BasePath + pathWebhooks,
	}
	if on {
		v.SwitchURL = self + "/off"
	}
	return web.Render(c, code, view.EndpointPage(v))
}

func (d webhookPages) changeEndpoint(c echo.Context) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	ctx, id := c.Request().Context(), c.Param("id")
	typed, wanted := readEndpoint(f)
	e, err := d.Merchant.UpdateEndpoint(ctx, id, wanted)
	if isRefusedForm(err) {
		if e, missing := d.Merchant.Endpoint(ctx, id); missing == nil {
			return d.endpointPage(c, http.StatusUnprocessableEntity, e, endpointForm(c, typed, err))
		}
	}
	if err == nil {
		err = d.record(ctx, c, "endpoint.change", "", e.ID)
	}
	if err != nil {
		return err
	}
	return done(c, pathWebhooks+"/"+e.ID, "saved")
}

// switchEndpoint switches an endpoint on or off.
func (d webhookPages) switchEndpoint(on bool) echo.HandlerFunc {
	action, text := "endpoint.off", "switched_off"
	if on {
		action, text = "endpoint.on", "switched_on"
	}
	return func(c echo.Context) error {
		ctx := c.Request().Context()
		e, err := d.Merchant.UpdateEndpoint(ctx, c.Param("id"), merchant.EndpointForm{Active: &on})
		if err == nil {
			err = d.record(ctx, c, action, "", e.ID)
		}
		if err != nil {
			return err
		}
		return done(c, pathWebhooks+"/"+e.ID, text)
	}
}

func (d webhookPages) testEndpoint(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("id")
	e, err := d.Merchant.TestEndpoint(ctx, id)
	if err == nil {
		err = d.record(ctx, c, "endpoint.test", "", id)
	}
	if err != nil {
		return err
	}
	return done(c, pathEvents+"/"+e.ID, "tested")
}

// redeliverSince delivers all events since a day again to one endpoint.
func (d webhookPages) redeliverSince(c echo.Context) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	since, err := time.ParseInLocation(time.DateOnly, f.Get("since"), d.zone())
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
	}
	ctx, id := c.Request().Context(), c.Param("id")
	if _, err = d.Merchant.RedeliverSince(ctx, since, id); err == nil {
		err = d.record(ctx, c, "endpoint.redeliver", "", id)
	}
	if err != nil {
		return err
	}
	return done(c, pathWebhooks+"/"+id, "redelivered")
}

// askAboutEndpoint is the page before an action about an endpoint.
func (d webhookPages) askAboutEndpoint(c echo.Context, action string, danger bool, hidden ...view.Hidden) error {
	ctx := c.Request().Context()
	e, err := d.Merchant.Endpoint(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	text := func(key string) string { return view.Text(ctx, action+"."+key) }
	return web.Render(c, http.StatusOK, view.ConfirmPage(view.Confirm{
		Frame: d.frame(c, "webhooks"), Title: text("title"), Text: []string{e.URL, text("text")}, Action: endpointURL(e.ID) + "/" + action,
		Button: view.Text(ctx, "endpoint."+action), Danger: danger, BackURL: endpointURL(e.ID), Hidden: hidden,
	}))
}

func (d webhookPages) askToRotate(c echo.Context) error {
	return d.askAboutEndpoint(c, "rotate", false, d.onceFields()...)
}
func (d webhookPages) askToDelete(c echo.Context) error { return d.askAboutEndpoint(c, "delete", true) }

func (d webhookPages) rotateSecret(c echo.Context) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	id := c.Param("id")
	m, err := d.once(c, f, func(ctx context.Context) (made, error) {
		e, err := d.Merchant.RotateSecret(ctx, id)
		if err != nil {
			return made{}, err
		}
		return made{e.ID, e.Secret.Reveal()}, d.record(ctx, c, "endpoint.rotate", "", e.ID)
	})
	if err != nil {
		return err
	}
	return d.showSecret(c, "webhooks", pathWebhooks+"/"+id, m)
}

func (d webhookPages) deleteEndpoint(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("id")
	err := d.Merchant.DeleteEndpoint(ctx, id)
	if err == nil {
		err = d.record(ctx, c, "endpoint.delete", "", id)
	}
	if err != nil && !checkout.IsNotFound(err) { // it was posted twice
		return err
	}
	return done(c, pathWebhooks, "deleted")
}

func (d webhookPages) listEvents(c echo.Context) error {
	after := c.QueryParam("after")
	events, err := d.Merchant.Events(c.Request().Context(), checkout.EventFilter{}, checkout.Window{After: after, Limit: perPage + 1})
	if err != nil {
		return err
	}
	v := view.Events{Frame: d.frame(c, "webhooks"), ListURL: BasePath + pathWebhooks}
	events, v.Page = pageOf(events, pathEvents, after, func(e checkout.MerchantEvent) string { return e.ID })
	for _, e := range events {
		row := view.EventRow{URL: BasePath + pathEvents + "/" + e.ID, Type: string(e.Type), At: d.moment(c, e.At)}
		if e.OrderID != "" {
			row.OrderURL = orderURL(e.OrderID)
		}
		v.Rows = append(v.Rows, row)
	}
	return web.Render(c, http.StatusOK, view.EventsPage(v))
}

// pageOf are the rows of one page of a list, of which one more was read, and where the
// others are.
func pageOf[T any](rows []T, path, after string, id func(T) string) ([]T, view.Page) {
	var page view.Page
	if len(rows) > perPage {
		rows = rows[:perPage]
		page.NextURL = BasePath + path + "?" + query("after", id(rows[perPage-1]))
	}
	if after != "" {
		page.FirstURL = BasePath + path
	}
	return rows, page
}

func (d webhookPages) showEvent(c echo.Context) error {
	ctx := c.Request().Context()
	e, err := d.Merchant.Event(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	deliveries, err := d.Merchant.Deliveries(ctx, e.ID)
	if err != nil {
		return err
	}
	endpoints, err := d.Merchant.Endpoints(ctx)
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return err
	}
	v := view.Event{
		Frame: d.frame(c, "webhooks"), ID: e.ID, Type: e.Type, At: d.moment(c, e.CreatedAt), Body: string(body),
		RedeliverURL: BasePath + pathEvents + "/" + e.ID + "/redeliver", ListURL: BasePath + pathEvents,
	}
	if e.Data.Order != nil {
		v.OrderURL = orderURL(e.Data.Order.ID)
	}
	addresses := map[string]string{}
	for _, endpoint := range endpoints {
		addresses[endpoint.ID] = endpoint.URL
	}
	for _, delivery := range deliveries {
		v.Deliveries = append(v.Deliveries, d.delivery(c, delivery, addresses[delivery.EndpointID]))
	}
	return web.Render(c, http.StatusOK, view.EventPage(v))
}

func (d webhookPages) delivery(c echo.Context, delivery merchant.Delivery, address string) view.EventDelivery {
	shown := view.EventDelivery{Address: address, EndpointURL: endpointURL(delivery.EndpointID), Status: status(delivery.State)}
	if delivery.NextAt != nil {
		shown.Next = d.moment(c, *delivery.NextAt)
	}
	for _, t := range slices.Backward(delivery.Tries) {
		result := t.Error
		if t.Status != 0 {
			result = strconv.Itoa(t.Status)
		}
		shown.Tries = append(shown.Tries, view.Try{At: d.moment(c, t.At), Result: result, Took: strconv.FormatInt(t.DurationMS, 10) + " ms", Answer: t.Answer})
	}
	return shown
}

func (d webhookPages) redeliver(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("id")
	err := d.Merchant.Redeliver(ctx, id, "")
	if err == nil {
		err = d.record(ctx, c, "event.redeliver", "", id)
	}
	if err != nil {
		return err
	}
	return done(c, pathEvents+"/"+id, "redelivered")
}
