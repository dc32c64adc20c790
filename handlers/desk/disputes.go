package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	view "antom-checkout/views/desk"
)

const pathDispute = pathOrders + "/:id/disputes/:dispute"

// disputePages have people answer disputes.
type disputePages struct{ *desk }

// routes are the answers, and the documents that Antom keeps. Evidence is shown to all who see
// the order; Antom's form is for those who may answer.
func (d disputePages) routes() []route {
	return []route{
		{http.MethodGet, pathDispute + "/accept", operators.Money, d.askAccept, "says what accepting a dispute does"},
		{http.MethodPost, pathDispute + "/accept", operators.Money, d.accept, "accepts a dispute"},
		{http.MethodGet, pathDispute + "/defend", operators.Money, d.askDefend, "asks for the document that defends a dispute"},
		{http.MethodPost, pathDispute + "/defend", operators.Money, d.defend, "defends a dispute"},
		{http.MethodGet, pathDispute + "/form", operators.Money, d.download(checkout.DisputeForm), "downloads Antom's form for a defence"},
		{http.MethodGet, pathDispute + "/evidence", operators.See, d.download(checkout.DisputeEvidence), "downloads what a dispute was answered with"},
	}
}

func disputeURL(order, dispute string) string {
	return orderURL(order) + "/disputes/" + url.PathEscape(dispute)
}

// disputes are those of an order, as its page shows them.
func (d disputePages) disputes(c echo.Context, o checkout.Order) (all []view.Dispute) {
	for _, p := range o.Payments {
		for _, one := range p.Disputes {
			v := d.disputeView(c, p, one)
			v.DefendURL = d.answerURL(c, o.ID, one, checkout.ChoiceDefend)
			v.AcceptURL = d.answerURL(c, o.ID, one, checkout.ChoiceGiveIn)
			if one.State() == checkout.DisputeDefended || one.Step == checkout.StepDisputeDecided {
				v.EvidenceURL = disputeURL(o.ID, one.ID) + "/evidence"
			}
			all = append(all, v)
		}
	}
	return all
}

// answerURL is where the person gives an answer, or "" where they may not, or the dispute takes
// none.
func (d disputePages) answerURL(c echo.Context, order string, one checkout.Dispute, choice checkout.InboxChoice) string {
	defends := choice == checkout.ChoiceDefend
	switch {
	case !personOf(c).May(operators.Money), checkout.ObstacleTo(one, defends, d.Now()) != "":
		return ""
	case defends:
		return disputeURL(order, one.ID) + "/defend"
	}
	return disputeURL(order, one.ID) + "/accept"
}

// disputeView is what a dispute says, without what may be done about it.
func (d disputePages) disputeView(c echo.Context, p checkout.Payment, one checkout.Dispute) view.Dispute {
	ctx := c.Request().Context()
	v := view.Dispute{
		ID: one.ID, State: status("dispute_" + string(one.State())), Amount: disputedText(c, one), Reason: reasonText(c, one),
		Meaning: view.Text(ctx, "dispute.means."+meaningOf(one), cmp.Or(disputedText(c, one), amountText(c, p.EffectiveAmount()))),
	}
	switch obstacle := checkout.ObstacleTo(one, true, d.Now()); obstacle {
	case checkout.ObstacleLate, checkout.ObstacleUndefendable:
		v.Closed = view.Text(ctx, "dispute.obstacle."+string(obstacle))
	}
	if one.State() == checkout.DisputeOpen && !one.Due.IsZero() {
		v.Due, v.Left, v.Urgent = d.moment(c, one.Due), view.TimeLeft(ctx, one.Due.Sub(d.Now())), one.Due.Sub(d.Now()) < 48*time.Hour
	}
	var f facts
	f.add("dispute_type", kindText(c, one))
	f.add("dispute_reason", strings.TrimSpace(one.Source+" "+one.ReasonCode), one.Reason)
	f.add("dispute_began", d.moment(c, one.Since).Text)
	f.add("dispute_auto", one.AutoDefence)
	f.code("dispute_step", strings.TrimSpace(one.Step+" "+cmp.Or(one.Result, one.AcceptReason)))
	f.code("dispute_id", one.ID)
	f.code("payment_request_id", p.RequestID)
	v.Facts = f
	return v
}

// meaningOf is the key of what a dispute's state means for the money.
func meaningOf(d checkout.Dispute) string {
	state := d.State()
	switch {
	case state == checkout.DisputeOpen && d.AboutPapers():
		return "open.papers"
	case state == checkout.DisputeLost && d.Step == checkout.StepRDRResolved:
		return "lost.rdr"
	case state == checkout.DisputeLost && d.AcceptReason == "TIMEOUT":
		return "lost.timeout"
	case state == checkout.DisputeLost && d.Step == checkout.StepDisputeAccepted:
		return "lost.accepted"
	}
	return string(state)
}

// reasonText says in words why a payment is in dispute.
func reasonText(c echo.Context, d checkout.Dispute) string {
	return view.Text(c.Request().Context(), "dispute.reason."+string(d.Why()))
}

// kindText says in words what sort of dispute it is. One without a text is shown as Antom names
// it.
func kindText(c echo.Context, d checkout.Dispute) string {
	if key := "dispute.type." + d.Type; view.HasText(key) {
		return view.Text(c.Request().Context(), key)
	}
	return d.Type
}

// disputedText is the amount in dispute, or "" where Antom has not named it.
func disputedText(c echo.Context, d checkout.Dispute) string {
	if d.Amount == (checkout.Money{}) {
		return ""
	}
	return amountText(c, d.Amount)
}

// found finds the order and the dispute that an address names.
func (d disputePages) found(c echo.Context) (o checkout.Order, p checkout.Payment, one checkout.Dispute, err error) {
	if o, err = d.Books.OrderByID(c.Request().Context(), c.Param("id")); err != nil {
		return o, p, one, err
	}
	in := checkout.PaymentInDispute(o, c.Param("dispute"))
	if in == nil {
		return o, p, one, checkout.ErrNotFound
	}
	return o, *in, *in.Disputes.With(c.Param("dispute")), nil
}

func (d disputePages) askAccept(c echo.Context) error {
	return d.acceptPage(c, http.StatusOK, rand.Text(), "")
}

// acceptPage says what accepting a dispute does. Where it cannot be accepted it leads back, or
// says why.
func (d disputePages) acceptPage(c echo.Context, code int, key, wrong string) error {
	o, p, one, err := d.found(c)
	if err != nil {
		return err
	}
	if d.answerURL(c, o.ID, one, checkout.ChoiceGiveIn) == "" {
		return d.closed(c, code, o, wrong)
	}
	ctx := c.Request().Context()
	v := d.disputeView(c, p, one)
	text := []string{v.Reason, view.Text(ctx, "give_in.text", cmp.Or(v.Amount, amountText(c, p.EffectiveAmount()))), view.Text(ctx, "give_in.warning")}
	if one.AboutPapers() {
		text[1] = view.Text(ctx, "give_in.papers")
	}
	return web.Render(c, code, view.ConfirmPage(view.Confirm{
		Frame: d.frame(c, "orders"), Title: view.Text(ctx, "give_in.title", o.Number), Text: text, Danger: true, Button: view.Text(ctx, "give_in.button"),
		Action: disputeURL(o.ID, one.ID) + "/accept", BackURL: orderURL(o.ID), Wrong: wrong, Hidden: []view.Hidden{{Name: onceField, Value: key}},
	}))
}

// closed leads back to an order whose dispute takes no such answer, or says why.
func (d disputePages) closed(c echo.Context, code int, o checkout.Order, why string) error {
	if why == "" {
		return done(c, pathOrders+"/"+o.ID, "impossible")
	}
	return web.Render(c, code, view.RefusedPage(view.Refused{Frame: d.frame(c, "orders"), Number: o.Number, Why: why, OrderURL: orderURL(o.ID)}))
}

func (d disputePages) accept(c echo.Context) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	return d.answer(c, checkout.DisputeAnswer{Dispute: c.Param("dispute")}, f.Get(onceField), d.acceptPage)
}

func (d disputePages) askDefend(c echo.Context) error {
	return d.defendPage(c, http.StatusOK, rand.Text(), "")
}

func (d disputePages) defendPage(c echo.Context, code int, key, wrong string) error {
	return d.defencePage(c, code, view.Defence{Wrong: wrong, Hidden: []view.Hidden{{Name: onceField, Value: key}}})
}

// defencePage asks for a document.
func (d disputePages) defencePage(c echo.Context, code int, v view.Defence) error {
	o, p, one, err := d.found(c)
	if err != nil {
		return err
	}
	if d.answerURL(c, o.ID, one, checkout.ChoiceDefend) == "" {
		return d.closed(c, code, o, v.Wrong)
	}
	v.Frame, v.Number, v.Dispute, v.BackURL = d.frame(c, "orders"), o.Number, d.disputeView(c, p, one), orderURL(o.ID)
	v.Action, v.FormURL = disputeURL(o.ID, one.ID)+"/defend", disputeURL(o.ID, one.ID)+"/form"
	v.Advice = view.Text(c.Request().Context(), "dispute.advice."+string(one.Why()))
	return web.Render(c, code, view.DefencePage(v))
}

// defend has a document sent to Antom. What Antom would refuse is refused before, because there
// is one try.
func (d disputePages) defend(c echo.Context) error {
	ctx := c.Request().Context()
	values, content, err := web.Upload(c, "file")
	wrong := ""
	switch {
	case statusOf(err) == http.StatusRequestEntityTooLarge:
		wrong = checkout.EvidenceTooLarge
	case err != nil:
		return err
	case len(content) == 0:
		wrong = "evidence.none"
	default:
		wrong = checkout.FieldsOf(checkout.CheckEvidence(content))["file"]
	}
	form := url.Values(values)
	v := view.Defence{Hidden: []view.Hidden{{Name: onceField, Value: cmp.Or(form.Get(onceField), rand.Text())}}}
	if wrong != "" {
		v.File = view.Text(ctx, wrong, len(content))
	}
	if form.Get("sure") == "" && err == nil {
		v.Sure = view.Text(ctx, "defend.sure.wrong")
	}
	if v.File != "" || v.Sure != "" {
		return d.defencePage(c, http.StatusUnprocessableEntity, v)
	}
	answer := checkout.DisputeAnswer{Dispute: c.Param("dispute"), Defends: true, Document: content}
	return d.answer(c, answer, form.Get(onceField), d.defendPage)
}

// answer gives an answer, once however often its form is posted. page is shown again with why
// it was refused.
func (d disputePages) answer(c echo.Context, a checkout.DisputeAnswer, key string, page func(c echo.Context, code int, key, wrong string) error) error {
	if len(key) < 16 || len(key) > 64 || strings.ContainsFunc(key, notOfKey) {
		return checkout.NewError(checkout.CodeFormInvalid, "the form has no key")
	}
	o, _, one, err := d.found(c)
	if err != nil {
		return err
	}
	// What was begun is carried to its end although the browser leaves.
	ctx := context.WithoutCancel(c.Request().Context())
	action := a.Action(o.ID, checkout.Key{Operator: personOf(c).Operator(), Idempotency: key})
	if checkout.CheckAnswer(one, a, d.Now()) == nil {
		if err := d.record(ctx, c, action.Name, o.ID, action.About); err != nil {
			return err
		}
	}
	err = d.Orders.AnswerDispute(ctx, o.ID, a, action.Key)
	var refused *checkout.Error
	switch {
	case err == nil:
		return done(c, pathOrders+"/"+o.ID, action.Name)
	case !errors.As(err, &refused) || refused.Kind() == checkout.NotFound:
		return err
	case refused.Code == checkout.CodeKeyReused, refused.Code == checkout.CodeAntomRefused:
		key = rand.Text()
	}
	return page(c, web.StatusOf(refused.Kind()), key, d.whyRefused(c, refused))
}

// whyRefused says why an answer was refused and what to do.
func (d disputePages) whyRefused(c echo.Context, refused *checkout.Error) string {
	ctx := c.Request().Context()
	switch refused.Code {
	case checkout.CodeAntomUnanswered:
		return view.Text(ctx, "dispute.unanswered")
	case checkout.CodeAntomRefused:
		return strings.TrimSpace(view.Text(ctx, "refused.antom_refused") + " " + refused.Detail)
	}
	if _, _, one, err := d.found(c); err == nil && refused.Code == checkout.CodeDisputeClosed {
		if obstacle := checkout.ObstacleTo(one, true, d.Now()); obstacle != "" {
			return view.Text(ctx, "dispute.obstacle."+string(obstacle))
		}
	}
	text, known := refusalText(c, refused)
	if !known {
		text = checkout.OperatorText(refused.Code)
	}
	return text
}

// download answers with a document that a browser stores, and never shows.
func (d disputePages) download(kind checkout.DisputeDocument) echo.HandlerFunc {
	return func(c echo.Context) error {
		o, _, one, err := d.found(c)
		if err != nil {
			return err
		}
		document, format, err := d.Orders.DisputeDocument(c.Request().Context(), o.ID, one.ID, kind)
		var refused *checkout.Error
		if errors.As(err, &refused) && refused.Kind() != checkout.NotFound {
			return d.closed(c, web.StatusOf(refused.Kind()), o, d.whyRefused(c, refused))
		}
		if err != nil {
			return err
		}
		name := string(kind) + "-" + o.Number + extensionOf(document, format)
		c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
		return c.Blob(http.StatusOK, echo.MIMEOctetStream, document)
	}
}

// extensionOf is how the name of a document ends: by its bytes, or as Antom names its format.
func extensionOf(document []byte, format string) string {
	switch {
	case format == "ZIP", format == "JPG":
		return "." + strings.ToLower(format)
	case checkout.EvidenceType(document) != "":
		return "." + strings.ToLower(checkout.EvidenceType(document))
	}
	return ".bin"
}
