package desk

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
	view "antom-checkout/views/desk"
)

// showOrder shows an order with all that belongs to it.
func (d orderPages) showOrder(c echo.Context) error {
	ctx := c.Request().Context()
	o, err := d.Books.OrderByID(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	v := d.orderView(c, o)
	outbox, err := d.Books.OrderEffects(ctx, o.ID)
	if err != nil {
		return err
	}
	v.Emails = d.emails(c, outbox)
	deliveries, err := d.Books.OrderDeliveries(ctx, o.ID)
	if err != nil {
		return err
	}
	for _, one := range deliveries {
		v.Deliveries = append(v.Deliveries, view.Delivery{
			Event: string(one.Event.Type), URL: one.URL, Status: status(string(one.State)), Attempts: one.Attempts, Created: d.moment(c, one.CreatedAt),
		})
	}
	if v.Timeline, err = d.timeline(c, o); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, view.OrderPage(v))
}

// orderView is what the order itself says.
func (d orderPages) orderView(c echo.Context, o checkout.Order) view.Order {
	v := view.Order{
		Frame: d.frame(c, "orders"), ID: o.ID, Number: o.Number, Status: orderStatus(o.Status), Total: amountText(c, o.Total),
		Erased: d.moment(c, o.ErasedAt), ListURL: BasePath + pathOrders, Buyer: d.buyerFacts(c, o),
		VerifyURL: verifyURL(o.ID), ProofURL: d.proofURL(c, o.ID),
	}
	if refunded := checkout.Refunded(o); refunded.Minor > 0 {
		v.Refunded = amountText(c, refunded)
	}
	if e, waits := checkout.OrderInInbox(o, o.CreatedAt, d.rules()); waits {
		v.Review = view.Text(c.Request().Context(), "inbox."+string(e.Kind))
		if e.Kind == checkout.InboxContradiction {
			v.Review += " (" + string(o.Review) + ")"
		}
	}
	for _, l := range o.Lines {
		v.Lines = append(v.Lines, view.Line{
			Name: l.Name, SKU: l.SKU, Quantity: strconv.Itoa(l.Quantity), Unit: amountText(c, l.Unit), Total: amountText(c, l.Total()),
		})
	}
	for _, name := range slices.Sorted(maps.Keys(o.Metadata)) {
		v.Metadata = append(v.Metadata, view.Fact{Label: name, Lines: []string{o.Metadata[name]}})
	}
	for i, p := range o.Payments {
		shown, ended := d.paymentView(c, p), p.Status == checkout.PaymentFailed || p.Status == checkout.PaymentCancelled
		shown.Method = d.attemptName(c, o, i)
		shown.Over = ended && i < len(o.Payments)-1 && len(p.Operations)+len(p.Disputes) == 0
		v.Payments = append(v.Payments, shown)
	}
	if taken := checkout.TakenOfOrder(o); taken.Minor > 0 {
		v.Taken = amountText(c, taken)
	}
	v.Disputes = disputePages(d).disputes(c, o)
	v.Actions, v.Question = actionPages(d).actions(c, o)
	return v
}

// facts collects what has a value.
type facts []view.Fact

func (f *facts) add(key string, lines ...string) {
	lines = slices.DeleteFunc(lines, func(line string) bool { return strings.TrimSpace(line) == "" })
	if len(lines) > 0 {
		*f = append(*f, view.Fact{Key: key, Lines: lines})
	}
}

func (f *facts) code(key, value string) {
	if value != "" {
		*f = append(*f, view.Fact{Key: key, Lines: []string{value}, Code: true})
	}
}

// buyerFacts say who has ordered, when and where.
func (d orderPages) buyerFacts(c echo.Context, o checkout.Order) []view.Fact {
	var f facts
	b := o.Buyer
	f.add("name", b.Name)
	f.add("email", b.Email)
	f.add("phone", b.Phone)
	f.add("address", b.Address1, b.Address2, strings.TrimSpace(b.PostalCode+" "+b.City), b.Region, b.Country)
	f.add("reference", o.Reference)
	f.add("source", view.Text(c.Request().Context(), "source."+cmp.Or(string(o.Source), "shop")))
	f.add("placed", d.moment(c, o.CreatedAt).Text)
	if o.Payable() {
		f.add("expires", d.moment(c, o.ExpiresAt).Text)
	}
	f.add("paid", d.moment(c, o.PaidAt).Text)
	f.code("id", o.ID)
	return f
}

func (d orderPages) paymentView(c echo.Context, p checkout.Payment) view.Payment {
	v := view.Payment{
		RequestID: p.RequestID, Status: status(string(p.Status)), Active: p.Active, Duplicate: p.Duplicate,
		Amount: amountText(c, p.EffectiveAmount()), Created: d.moment(c, p.CreatedAt), Result: resultText(c, p.ResultCode),
	}
	var f facts
	f.add("created", v.Created.Text)
	f.add("mode", view.Text(c.Request().Context(), "mode."+string(p.Mode)))
	f.code("result_code", p.ResultCode)
	if p.Status == checkout.PaymentAuthorized {
		f.add("capture_until", d.moment(c, p.AuthEndsAt).Text)
	}
	f.code("payment_request_id", p.RequestID)
	f.code("antom_payment_id", p.AntomID)
	v.Facts, v.Card = f, cardFacts(p.Card)
	for _, op := range p.Operations {
		result := ""
		if op.Status == checkout.OperationFailed {
			result = resultText(c, op.ResultCode)
		}
		v.Operations = append(v.Operations, view.Operation{
			Kind: string(op.Kind), RequestID: op.RequestID, Amount: amountText(c, op.Amount), Code: op.ResultCode, Result: result, Reason: op.Reason,
			Status: status(string(op.Status)), Created: d.moment(c, op.CreatedAt),
		})
	}
	return v
}

// resultText says in words what a result code of Antom's means, or nothing where there is no
// text.
func resultText(c echo.Context, code string) string {
	if key := "result." + code; view.HasText(key) {
		return view.Text(c.Request().Context(), key)
	}
	return ""
}

// cardFacts are what Antom has reported about a card.
func cardFacts(card checkout.Card) []view.Fact {
	var f facts
	if card.LastFour != "" {
		f.add("card", strings.TrimSpace(checkout.BrandName(card.Brand)+" •••• "+card.LastFour))
	}
	f.add("expiry", card.Expiry)
	f.add("funding", card.Funding)
	f.add("issuer", strings.TrimSpace(card.Issuer+" "+card.Country))
	f.add("three_ds", string(card.ThreeDS.Authentication()), card.ThreeDS.Reason)
	f.add("avs", card.AVS)
	f.add("cvv", card.CVV)
	f.add("refusal", strings.TrimSpace(card.RefusalCode+" "+card.RefusalReason))
	f.add("advice", card.AdviceCode)
	f.code("authorization_code", card.AuthorizationCode)
	f.code("arn", card.ARN)
	f.code("rrn", card.RRN)
	f.code("network_transaction_id", card.NetworkTransactionID)
	return f
}

// emails are those of an outbox, to the buyer and to operators.
func (d orderPages) emails(c echo.Context, outbox []checkout.OutboxRow) (all []view.Email) {
	for _, row := range outbox {
		if !row.Effect.IsEmail() && !row.Effect.IsOperatorEmail() {
			continue
		}
		kind, _, _ := strings.Cut(string(row.Effect), ":")
		all = append(all, view.Email{Topic: string(row.Effect), Kind: kind, Status: status(string(row.State)), Attempts: row.Attempts, Created: d.moment(c, row.CreatedAt)})
	}
	return all
}

// timeline is all that has happened to an order. A message stands at the first change that it
// has caused, and is not repeated at the others.
func (d orderPages) timeline(c echo.Context, o checkout.Order) ([]view.TimelineEntry, error) {
	ctx := c.Request().Context()
	transitions, messages, err := d.Books.ProofRows(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	entries, err := d.Books.Timeline(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	behind, shown, first := map[int64]string{}, map[string]*view.SignedMessage{}, map[string]string{}
	for _, t := range transitions {
		behind[t.Seq] = t.Message
	}
	for _, m := range messages {
		shown[m.ID] = messageView(o.ID, m)
	}
	all := make([]view.TimelineEntry, 0, len(entries))
	for _, e := range entries {
		id := behind[e.Seq]
		v := d.timelineEntry(c, e, first[id] != "")
		v.About, v.Why = d.about(c, o, e.Transition)
		if v.Above = first[id]; v.Above == "" && id != "" {
			v.Message, first[id] = shown[id], v.ID
		}
		all = append(all, v)
	}
	return all, nil
}

// attemptName is the method of an attempt to pay, with its number where there were several.
func (d orderPages) attemptName(c echo.Context, o checkout.Order, i int) string {
	name := cmp.Or(d.methodName(c, o.Payments[i].Method), "–")
	if len(o.Payments) == 1 {
		return name
	}
	return view.Text(c.Request().Context(), "timeline.attempt", i+1, name)
}

// about says which attempt to pay a change is about, where there were several, or how much a
// capture, refund or cancel; and why it has failed.
func (d orderPages) about(c echo.Context, o checkout.Order, t checkout.Transition) (about, why string) {
	i := slices.IndexFunc(o.Payments, func(p checkout.Payment) bool { return p.RequestID == t.PaymentRequestID })
	if i < 0 || t.Subject == checkout.SubjectOrder {
		return "", ""
	}
	p := o.Payments[i]
	about, code := d.attemptName(c, o, i), p.ResultCode
	for _, op := range p.Operations {
		if op.RequestID == t.RequestID {
			about, code = amountText(c, op.Amount), op.ResultCode
		}
	}
	if t.To == string(checkout.PaymentFailed) {
		why = cmp.Or(resultText(c, code), code)
	}
	return about, why
}

// timelineEntry is one change with its cause, and with what is known of the message behind it
// unless that stands above.
func (d orderPages) timelineEntry(c echo.Context, e checkout.TimelineEntry, above bool) view.TimelineEntry {
	v := view.TimelineEntry{
		ID: entryID(e.Seq), At: d.moment(c, e.At), Subject: string(e.Subject), RequestID: e.RequestID, From: status(e.From), To: status(e.To),
		Cause: e.Cause, CauseKind: causeKind(e.Cause),
	}
	var f facts
	f.code("cause", e.Cause)
	f.code("payment_request_id", e.PaymentRequestID)
	f.code("request_id", e.RequestID)
	if n := e.Notification; n != nil && !above {
		f.add("message_type", n.Type)
		f.add("received", d.moment(c, n.ReceivedAt).Text)
		f.add("signature", view.Text(c.Request().Context(), "timeline.verified"))
		f.code("body_sha256", n.BodySHA256)
	}
	if call := e.Call; call != nil && !above {
		f.add("endpoint", call.Endpoint)
		f.add("result", call.Result)
		f.code("result_code", call.Code)
		f.add("received", d.moment(c, call.At).Text)
		if call.Verified {
			f.add("signature", view.Text(c.Request().Context(), "timeline.verified"))
		}
	}
	v.Evidence = f
	return v
}

// indented is a JSON message as people read it. What is no JSON stays as it is.
func indented(message []byte) string {
	var text bytes.Buffer
	if json.Indent(&text, message, "", "  ") != nil {
		return string(message)
	}
	return text.String()
}
