package desk

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/books"
	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	view "antom-checkout/views/desk"
)

const pathInbox = "/inbox"

// Inbox is what waits for a person.
type Inbox interface {
	// Entries lists it, oldest first; full says that there is more.
	Entries(ctx context.Context) (entries []checkout.InboxEntry, full bool, err error)
}

// Emails are those that were given up.
type Emails interface {
	// ResendEmails makes an email of an order due again.
	ResendEmails(ctx context.Context, orderID string, topic checkout.Effect) ([]checkout.PendingEffect, error)
}

// inboxPages are the page of what waits for a person, and what is done there about what is no
// order's matter.
type inboxPages struct{ *desk }

// routes lists them.
func (d inboxPages) routes() []route {
	difference := pathInbox + "/differences/:id"
	return []route{
		{http.MethodGet, pathInbox, operators.See, d.showInbox, "lists what waits for a person"},
		{http.MethodPost, pathInbox + "/emails/:id", operators.Needed(checkout.ChoiceResend), d.resendEmail, "sends an email of an order again that was given up"},
		{http.MethodPost, pathInbox + "/endpoints/:id", operators.Needed(checkout.ChoiceRedeliver), d.redeliverDead, "delivers again what an endpoint did not take: one event, or all"},
		{http.MethodPost, difference + "/inquiry", operators.Needed(checkout.ChoiceInquire), d.inquireAbout, "asks Antom about a difference"},
		{http.MethodPost, difference, operators.Needed(checkout.ChoiceResolve), d.resolveInInbox, "ends a difference with a note"},
	}
}

func (d inboxPages) showInbox(c echo.Context) error { return d.inboxPage(c, http.StatusOK, "") }

// inboxPage lists everything that waits for a person, oldest first. wrong is why something was
// not done, or "".
func (d inboxPages) inboxPage(c echo.Context, status int, wrong string) error {
	entries, full, err := d.Inbox.Entries(c.Request().Context())
	if err != nil {
		return err
	}
	v := view.Inbox{Frame: d.frame(c, "inbox"), Full: full, Wrong: wrong}
	for _, e := range entries {
		v.Entries = append(v.Entries, d.inboxEntry(c, e))
	}
	return web.Render(c, status, view.InboxPage(v))
}

func (d inboxPages) resendEmail(c echo.Context) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	topic := checkout.Effect(f.Get("email"))
	if topic == "" {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	ctx, order := c.Request().Context(), c.Param("id")
	resent, err := d.Emails.ResendEmails(ctx, order, topic)
	if err == nil && len(resent) > 0 { // none: it was posted twice
		err = d.record(ctx, c, "email.resend", order, "")
	}
	if err != nil {
		return err
	}
	return done(c, pathInbox, "resent")
}

func (d inboxPages) redeliverDead(c echo.Context) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	ctx, endpoint, event := c.Request().Context(), c.Param("id"), f.Get("event")
	if event != "" {
		err = d.Merchant.Redeliver(ctx, event, endpoint)
	} else {
		_, err = d.Merchant.RedeliverDead(ctx, endpoint)
	}
	if refused := (*checkout.Error)(nil); errors.As(err, &refused) && refused.Code == checkout.CodeEndpointOff {
		return d.inboxPage(c, http.StatusConflict, view.Text(ctx, "inbox.endpoint_off"))
	}
	if err == nil {
		err = d.record(ctx, c, "event.redeliver", "", strings.TrimSpace(endpoint+" "+event))
	}
	if err != nil {
		return err
	}
	return done(c, pathInbox, "redelivered")
}

func (d inboxPages) inquireAbout(c echo.Context) error {
	ctx, id := c.Request().Context(), c.Param("id")
	agrees, err := d.Reconciliation.InquireAbout(ctx, id)
	switch {
	case checkout.IsNotFound(err):
		agrees = true // it has ended already
	case errors.Is(err, books.ErrNothingToInquire):
		return echo.NewHTTPError(http.StatusConflict).SetInternal(err)
	case err != nil:
		return err
	default:
		if err := d.record(ctx, c, "reconciliation.inquire", "", id); err != nil {
			return err
		}
	}
	if agrees {
		return done(c, pathInbox, "difference_agrees")
	}
	return done(c, pathInbox, "difference_stays")
}

func (d inboxPages) resolveInInbox(c echo.Context) error {
	switch noted, err := d.resolve(c); {
	case err != nil:
		return err
	case !noted:
		return d.inboxPage(c, http.StatusUnprocessableEntity, view.Text(c.Request().Context(), "reconciliation.note.wrong"))
	}
	return done(c, pathInbox, "difference_resolved")
}

// hostOf is the host of an endpoint's address; the rest may hold a secret.
func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Host
	}
	return ""
}

// inboxEntry says what a matter is, until when it can be decided, and what each choice leads to.
func (d inboxPages) inboxEntry(c echo.Context, e checkout.InboxEntry) view.InboxEntry {
	ctx := c.Request().Context()
	v := view.InboxEntry{Kind: string(e.Kind), Text: view.Text(ctx, "inbox."+string(e.Kind)), Since: d.moment(c, e.Since), Count: e.Count}
	if o := e.Order; o != nil {
		v.OrderID, v.Number, v.URL, v.Amount = o.ID, o.Number, orderURL(o.ID), amountText(c, o.Total)
	}
	switch e.Kind {
	case checkout.InboxContradiction:
		v.About = e.About
	case checkout.InboxDeadDelivery:
		v.About = hostOf(e.Address)
		d.deadDeliveries(c, e, &v)
	case checkout.InboxDispute:
		v.About, v.Amount = reasonText(c, *e.Dispute), disputedText(c, *e.Dispute)
	case checkout.InboxDeadEmail:
		v.About = emailName(ctx, e.About)
	case checkout.InboxDifference:
		difference := d.difference(c, *e.Difference)
		v.Difference, v.About = &difference, view.Text(ctx, "class."+difference.Class)
	}
	if !e.Until.IsZero() {
		left := e.Until.Sub(d.Now())
		v.Until, v.Left, v.Urgent = d.moment(c, e.Until), view.TimeLeft(ctx, left), left < 48*time.Hour
	}
	for _, choice := range e.Choices {
		v.Choices = append(v.Choices, d.inboxChoice(c, e, choice))
	}
	return v
}

// emailName is what the kind of an email is called.
func emailName(ctx context.Context, topic string) string {
	kind, _, _ := strings.Cut(topic, ":")
	if view.HasText("email." + kind) {
		return view.Text(ctx, "email."+kind)
	}
	return topic
}

// deadDeliveries lists the events that an endpoint did not take, each of which may be delivered
// alone.
func (d inboxPages) deadDeliveries(c echo.Context, e checkout.InboxEntry, v *view.InboxEntry) {
	action := ""
	if personOf(c).May(operators.Needed(checkout.ChoiceRedeliver)) {
		action = BasePath + pathInbox + "/endpoints/" + url.PathEscape(e.About)
	}
	for _, one := range e.Deliveries {
		row := view.DeadDelivery{Event: one.Event.ID, Type: string(one.Event.Type), At: d.moment(c, one.Event.At), Action: action}
		if one.Event.OrderID != "" {
			row.OrderURL = orderURL(one.Event.OrderID)
		}
		v.Deliveries = append(v.Deliveries, row)
	}
}

// inboxChoice is a choice with its consequence. Only one that the person may order leads on.
func (d inboxPages) inboxChoice(c echo.Context, e checkout.InboxEntry, choice checkout.InboxChoice) view.InboxChoice {
	v := view.InboxChoice{Name: string(choice), Consequence: consequence(c.Request().Context(), e.Kind, choice)}
	if e.Dispute != nil {
		v.URL = disputePages(d).answerURL(c, e.Order.ID, *e.Dispute, choice)
	}
	for _, a := range orderActions() {
		if e.Order != nil && a.name == choice && actionPages(d).mayAct(c, a, *e.Order) {
			v.URL = orderURL(e.Order.ID) + "/" + string(choice)
		}
	}
	if !personOf(c).May(operators.Needed(choice)) {
		return v
	}
	self := BasePath + pathInbox
	switch choice {
	case checkout.ChoiceShow:
		v.URL = orderURL(e.Order.ID)
	case checkout.ChoiceResend:
		v.Action, v.Hidden = self+"/emails/"+url.PathEscape(e.Order.ID), []view.Hidden{{Name: "email", Value: e.About}}
	case checkout.ChoiceRedeliver:
		v.Action = self + "/endpoints/" + url.PathEscape(e.About)
	case checkout.ChoiceInquire:
		v.Action = self + "/differences/" + url.PathEscape(e.Difference.ID) + "/inquiry"
	case checkout.ChoiceResolve:
		v.Action = self + "/differences/" + url.PathEscape(e.Difference.ID)
		v.Note = "note-" + e.Difference.ID
	}
	return v
}
