package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	view "antom-checkout/views/desk"
)

const pathInbox = "/inbox"

// mostInInbox is how many matters of one sort are read, and inboxFor how long what was given up
// stays in the inbox.
const (
	mostInInbox = 200
	inboxFor    = 30 * 24 * time.Hour
)

// inboxPages is the page of what waits for a person.
type inboxPages struct{ *desk }

// routes are the page of what waits for a person.
func (d inboxPages) routes() []route {
	return []route{{http.MethodGet, pathInbox, operators.See, d.showInbox, "lists what waits for a person"}}
}

// showInbox lists everything that waits for a person, oldest first.
func (d inboxPages) showInbox(c echo.Context) error {
	entries, err := d.inbox(c)
	if err != nil {
		return err
	}
	v := view.Inbox{Frame: d.frame(c, "inbox"), Full: len(entries) >= mostInInbox}
	for _, e := range entries {
		v.Entries = append(v.Entries, d.inboxEntry(c, e))
	}
	return web.Render(c, http.StatusOK, view.InboxPage(v))
}

// inbox is what waits for a person. Each sort has its own source.
func (d inboxPages) inbox(c echo.Context) (entries []checkout.InboxEntry, err error) {
	for _, source := range []func(echo.Context) ([]checkout.InboxEntry, error){d.waitingOrders, disputePages(d).waiting, d.deadEmails, d.deadDeliveries} {
		found, err := source(c)
		if err != nil {
			return nil, err
		}
		entries = append(entries, found...)
	}
	slices.SortStableFunc(entries, func(a, b checkout.InboxEntry) int { return a.Since.Compare(b.Since) })
	return entries, nil
}

func (d inboxPages) waitingOrders(c echo.Context) (entries []checkout.InboxEntry, err error) {
	ctx := c.Request().Context()
	orders, err := d.Books.Orders(ctx, checkout.OrderFilter{Waiting: true}, checkout.Window{Limit: mostInInbox, OldestFirst: true})
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		since, err := d.Books.InStatusSince(ctx, o)
		if err != nil {
			return nil, err
		}
		if e, waits := checkout.OrderInInbox(o, since, d.rules()); waits {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

func (d inboxPages) deadEmails(c echo.Context) (entries []checkout.InboxEntry, err error) {
	ctx := c.Request().Context()
	rows, err := d.Books.DeadEmails(ctx, d.Now().Add(-inboxFor), mostInInbox)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		o, err := d.Books.OrderByID(ctx, row.OrderID)
		if err != nil {
			return nil, err
		}
		e := checkout.NewInboxEntry(checkout.InboxDeadEmail, row.CreatedAt)
		e.Order, e.About = &o, string(row.Effect)
		entries = append(entries, e)
	}
	return entries, nil
}

func (d inboxPages) deadDeliveries(c echo.Context) (entries []checkout.InboxEntry, err error) {
	dead, err := d.Books.DeadDeliveries(c.Request().Context(), d.Now().Add(-inboxFor))
	for _, one := range dead {
		e := checkout.NewInboxEntry(checkout.InboxDeadDelivery, one.Since)
		e.About, e.Count = hostOf(one.URL), one.Count
		entries = append(entries, e)
	}
	return entries, err
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
	case checkout.InboxDeadDelivery, checkout.InboxContradiction:
		v.About = e.About
	case checkout.InboxDispute:
		v.About, v.Amount = reasonText(c, *e.Dispute), disputedText(c, *e.Dispute)
	case checkout.InboxDeadEmail:
		kind, _, _ := strings.Cut(e.About, ":")
		if v.About = e.About; view.HasText("email." + kind) {
			v.About = view.Text(ctx, "email."+kind)
		}
	}
	if !e.Until.IsZero() {
		v.Until, v.Left, v.Urgent = d.moment(c, e.Until), d.left(c, e.Until), e.Until.Sub(d.Now()) < 48*time.Hour
	}
	for _, choice := range e.Choices {
		v.Choices = append(v.Choices, d.inboxChoice(c, e, choice))
	}
	return v
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
	return v
}

// left is how much time there is until a moment, in days or hours.
func (d inboxPages) left(c echo.Context, until time.Time) string {
	ctx, left := c.Request().Context(), until.Sub(d.Now())
	switch hours := int(left.Hours()); {
	case left <= 0:
		return view.Text(ctx, "inbox.left.none")
	case hours < 1:
		return view.Text(ctx, "inbox.left.soon")
	case hours < 48:
		return view.Text(ctx, "inbox.left.hours", hours)
	default:
		return view.Text(ctx, "inbox.left.days", hours/24)
	}
}
