package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
	view "antom-checkout/views/desk"
)

// Actions is what people order about orders. The same key is the same action.
type Actions interface {
	Capture(ctx context.Context, orderID string, key checkout.Key) (checkout.Operation, error)
	// RefundUpTo refunds minor units, or with 0 all that is left. With a limit, all refunds of
	// the order together stay within it, and no review is resolved.
	RefundUpTo(ctx context.Context, orderID string, minor int64, reason string, most checkout.Money, key checkout.Key) (checkout.Operation, error)
	Cancel(ctx context.Context, orderID string, key checkout.Key) error
	Accept(ctx context.Context, orderID string, key checkout.Key) error
	AnswerDispute(ctx context.Context, orderID string, a checkout.DisputeAnswer, key checkout.Key) error
	DisputeDocument(ctx context.Context, orderID, id string, kind checkout.DisputeDocument) (document []byte, format string, err error)
}

// actionPages have people order something about an order.
type actionPages struct{ *desk }

// action is one thing that can be ordered about an order.
type action struct {
	name checkout.InboxChoice
	does func(actionPages, echo.Context, order) (checkout.Operation, error)
}

// order is what a person has confirmed.
type order struct {
	checkout.Order
	key    checkout.Key
	minor  int64 // of a refund; 0 for all that is left
	reason string
}

// orderActions lists all actions.
func orderActions() []action {
	return []action{
		{checkout.ChoiceCapture, func(d actionPages, c echo.Context, o order) (checkout.Operation, error) {
			return d.Orders.Capture(c.Request().Context(), o.ID, o.key)
		}},
		{checkout.ChoiceRefund, actionPages.refund},
		{checkout.ChoiceCancel, func(d actionPages, c echo.Context, o order) (checkout.Operation, error) {
			return checkout.Operation{}, d.Orders.Cancel(c.Request().Context(), o.ID, o.key)
		}},
		{checkout.ChoiceAccept, func(d actionPages, c echo.Context, o order) (checkout.Operation, error) {
			return checkout.Operation{}, d.Orders.Accept(c.Request().Context(), o.ID, o.key)
		}},
	}
}

// routes are a page that says what will happen, and the form of it, for each action.
func (d actionPages) routes() (all []route) {
	for _, a := range orderActions() {
		path, needs := pathOrders+"/:id/"+string(a.name), operators.Needed(a.name)
		all = append(all,
			route{http.MethodGet, path, needs, func(c echo.Context) error { return d.askFirst(c, a) }, "says what " + string(a.name) + " will do"},
			route{http.MethodPost, path, needs, func(c echo.Context) error { return d.carryOut(c, a) }, "has " + string(a.name) + " done"},
		)
	}
	return all
}

// actions are those that the order allows and the person may order.
func (d actionPages) actions(c echo.Context, o checkout.Order) (all []view.Action, question string) {
	possible := checkout.PossibleActions(o, d.rules())
	for _, a := range orderActions() {
		if possible.Allow(a.name) && d.mayAct(c, a, o) {
			all = append(all, view.Action{Name: string(a.name), URL: orderURL(o.ID) + "/" + string(a.name), Danger: a.name == checkout.ChoiceCancel})
		}
	}
	if !personOf(c).May(operators.Refund) {
		return all, ""
	}
	return all, possible.Question
}

// mayAct reports whether the person may order an action about an order. Without the
// capability money, a refund has a limit and resolves no review.
func (d actionPages) mayAct(c echo.Context, a action, o checkout.Order) bool {
	p := personOf(c)
	return p.May(operators.Needed(a.name)) && (a.name != checkout.ChoiceRefund || p.May(operators.Money) || d.SupportLimit > 0 && o.Total.Currency == d.Currency && o.Review == "")
}

// askFirst shows what an action will do.
func (d actionPages) askFirst(c echo.Context, a action) error {
	o, err := d.Books.OrderByID(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return d.confirm(c, http.StatusOK, a, o, rand.Text(), "")
}

// confirm is the page before an action. One that the order does not allow leads back to it.
func (d actionPages) confirm(c echo.Context, code int, a action, o checkout.Order, key, wrong string) error {
	possible := checkout.PossibleActions(o, d.rules())
	if !d.mayAct(c, a, o) {
		return echo.NewHTTPError(http.StatusForbidden)
	}
	if !possible.Allow(a.name) {
		if wrong != "" { // it was possible before, or is under way
			return web.Render(c, code, view.RefusedPage(view.Refused{Frame: d.frame(c, "orders"), Number: o.Number, Why: wrong, OrderURL: orderURL(o.ID)}))
		}
		return done(c, pathOrders+"/"+o.ID, "impossible")
	}
	ctx := c.Request().Context()
	text := func(key string, args ...any) string { return view.Text(ctx, string(a.name)+"."+key, args...) }
	v := view.Confirm{
		Frame: d.frame(c, "orders"), Title: text("title", o.Number), Action: orderURL(o.ID) + "/" + string(a.name), Button: text("button"),
		BackURL: orderURL(o.ID), Wrong: wrong, Hidden: []view.Hidden{{Name: "key", Value: key}},
	}
	method := ""
	if p := o.Current(); p != nil {
		method = d.methodName(c, p.Method)
	}
	switch a.name {
	case checkout.ChoiceCapture:
		v.Text = []string{text("text", amountText(c, possible.Capture), method), text("warning")}
		v.Until = view.Text(ctx, "confirm.until", d.moment(c, possible.CaptureUntil).Text)
		v.Button = text("button", amountText(c, possible.Capture))
	case checkout.ChoiceRefund:
		d.confirmRefund(c, &v, o, possible, method)
	case checkout.ChoiceCancel:
		v.Danger, v.Text = true, []string{text(string(possible.Cancel), amountText(c, possible.CancelAmount), method), text("warning")}
		if !possible.CancelUntil.IsZero() {
			v.Until = text("until", d.moment(c, possible.CancelUntil).Text)
		}
	case checkout.ChoiceAccept:
		e, _ := checkout.OrderInInbox(o, o.CreatedAt, d.rules())
		v.Text = []string{view.Text(ctx, "inbox."+string(e.Kind)), consequence(ctx, e.Kind, a.name)}
	}
	return web.Render(c, code, view.ConfirmPage(v))
}

// confirmRefund adds how much may be refunded, and asks for it.
func (d actionPages) confirmRefund(c echo.Context, v *view.Confirm, o checkout.Order, possible checkout.OrderActions, method string) {
	ctx := c.Request().Context()
	if most := d.limitOf(c); most != (checkout.Money{}) {
		v.Text = append(v.Text, view.Text(ctx, "refund.limit", amountText(c, most)))
	}
	switch {
	case o.Review.NeedsResolution():
		v.Text = append(v.Text, view.Text(ctx, "refund.review", method))
	case possible.RefundWhole:
		v.Text = append(v.Text, view.Text(ctx, "refund.whole", amountText(c, possible.Refund), method))
	default:
		v.Text = append(v.Text, view.Text(ctx, "refund.text", amountText(c, possible.Refund), method))
		amount := cmp.Or(c.FormValue("amount"), possible.Refund.Digits(views.Language(ctx)))
		v.Fields = append(v.Fields, view.Field{
			Name: "amount", Label: view.Text(ctx, "refund.amount", o.Total.Currency), Type: "text", Mode: "decimal", Value: amount, Complete: "off",
		})
	}
	v.Text = append(v.Text, view.Text(ctx, "refund.warning"))
	v.Fields = append(v.Fields, view.Field{
		Name: "reason", Label: view.Text(ctx, "refund.reason"), Type: "text", Value: c.FormValue("reason"), Hint: view.Text(ctx, "refund.reason.hint"), Optional: true,
	})
}

// limitOf is what the person may refund of an order, or zero without a limit.
func (d actionPages) limitOf(c echo.Context) checkout.Money {
	if personOf(c).May(operators.Money) {
		return checkout.Money{}
	}
	return checkout.Money{Minor: d.SupportLimit, Currency: d.Currency}
}

func (d actionPages) refund(c echo.Context, o order) (checkout.Operation, error) {
	return d.Orders.RefundUpTo(c.Request().Context(), o.ID, o.minor, o.reason, d.limitOf(c), o.key)
}

// readRefund reads how much is refunded, and why. Where the order allows only all of it, no
// amount is asked for.
func readRefund(c echo.Context, o *order, allowed checkout.OrderActions) error {
	wrong := func(field string) error {
		return &checkout.Error{Code: checkout.CodeFormInvalid, Fields: map[string]string{field: "refund." + field + ".wrong"}}
	}
	o.reason = strings.TrimSpace(c.FormValue("reason"))
	if o.reason != "" && (!checkout.IsName(o.reason, 256) || checkout.HoldsCardNumber(o.reason)) {
		return wrong("reason")
	}
	typed := c.FormValue("amount")
	if typed == "" && allowed.RefundWhole {
		return nil
	}
	m, ok := checkout.ParseAmount(typed, o.Total.Currency, views.Language(c.Request().Context()))
	if !ok || m.Minor < 1 {
		return wrong("amount")
	}
	o.minor = m.Minor
	return nil
}

// carryOut does what a person has confirmed. The form's key makes it once, however often it is
// posted.
func (d actionPages) carryOut(c echo.Context, a action) error {
	ctx := c.Request().Context()
	key := c.FormValue("key")
	if len(key) < 16 || len(key) > 64 || strings.ContainsFunc(key, notOfKey) {
		return checkout.NewError(checkout.CodeFormInvalid, "the form has no key")
	}
	o, err := d.Books.OrderByID(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	if !d.mayAct(c, a, o) {
		return echo.NewHTTPError(http.StatusForbidden)
	}
	// What was begun is carried to its end although the browser leaves.
	c.SetRequest(c.Request().WithContext(context.WithoutCancel(ctx)))
	confirmed := order{Order: o, key: checkout.Key{Operator: personOf(c).Operator(), Idempotency: key}}
	operation, err := d.do(c, a, confirmed)
	if err == nil && operation.Status == checkout.OperationFailed {
		err = checkout.NewError(checkout.CodeAntomRefused, "Antom refuses: "+operation.ResultCode)
	}
	switch {
	case err == nil && operation.Unfinished(), errors.Is(err, unanswered):
		return done(c, pathOrders+"/"+o.ID, "pending")
	case err == nil:
		return done(c, pathOrders+"/"+o.ID, string(a.name))
	}
	return d.refuse(c, a, o.ID, key, err)
}

// do has an action done. It is in the operators' log before it begins, unless the key has
// ordered it before, or the order does not allow it.
func (d actionPages) do(c echo.Context, a action, o order) (checkout.Operation, error) {
	allowed := checkout.PossibleActions(o.Order, d.rules())
	about := ""
	if a.name == checkout.ChoiceRefund {
		if err := readRefund(c, &o, allowed); err != nil {
			return checkout.Operation{}, err
		}
		if about = amountText(c, checkout.Money{Minor: o.minor, Currency: o.Total.Currency}); o.minor == 0 {
			about = amountText(c, allowed.Refund)
		}
	}
	if allowed.Allow(a.name) && o.OrderedBy(o.key) == nil {
		if err := d.record(c.Request().Context(), c, string(a.name), o.ID, about); err != nil {
			return checkout.Operation{}, err
		}
	}
	return a.does(d, c, o)
}

var unanswered = checkout.NewError(checkout.CodeAntomUnanswered, "")

func notOfKey(r rune) bool {
	return r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

// refuse shows the form again, with why the action was refused. What Antom has refused has
// used its key up.
func (d actionPages) refuse(c echo.Context, a action, orderID, key string, err error) error {
	var refused *checkout.Error
	if !errors.As(err, &refused) || refused.Kind() == checkout.NotFound {
		return err
	}
	ctx := c.Request().Context()
	o, loadErr := d.Books.OrderByID(ctx, orderID)
	if loadErr != nil {
		return loadErr
	}
	why := d.whyRefused(c, o, a, refused)
	if refused.Code == checkout.CodeAntomRefused || refused.Code == checkout.CodeKeyReused {
		key = rand.Text()
	}
	return d.confirm(c, web.StatusOf(refused.Kind()), a, o, key, why)
}

// whyRefused says why an action was refused and what to do.
func (d actionPages) whyRefused(c echo.Context, o checkout.Order, a action, refused *checkout.Error) string {
	ctx := c.Request().Context()
	for _, key := range refused.Fields {
		return view.Text(ctx, key)
	}
	text := checkout.OperatorText(refused.Code)
	if key := "refused." + string(refused.Code); view.HasText(key) {
		text = view.Text(ctx, key)
	}
	if refused.Code != checkout.CodeAntomRefused {
		return text
	}
	code := failedCode(o, checkout.OperationKind(a.name))
	return strings.TrimSpace(text + " " + resultText(c, code) + " (" + code + ")")
}

// failedCode is Antom's code of the last failed operation of a kind.
func failedCode(o checkout.Order, kind checkout.OperationKind) (code string) {
	for _, p := range o.Payments {
		for _, op := range p.Operations {
			if op.Kind == kind && op.Status == checkout.OperationFailed {
				code = op.ResultCode
			}
		}
	}
	return code
}

// consequence says what a choice about a matter leads to.
func consequence(ctx context.Context, kind checkout.InboxKind, choice checkout.InboxChoice) string {
	if key := "inbox." + string(kind) + "." + string(choice); view.HasText(key) {
		return view.Text(ctx, key)
	}
	return view.Text(ctx, "choice."+string(choice))
}
