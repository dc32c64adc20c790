package views

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"text/template"
	"time"

	"golang.org/x/text/language"

	"antom-checkout/checkout"
)

// OperatorEmail is an email to the person who runs the shop, in English and in plain
// text: what happened to an order, by which card it was paid, and which commands go on. It
// holds nothing else about the buyer.
func OperatorEmail(shopName string, e checkout.OperatorEmail) (subject, text string) {
	about := "Order " + e.Number
	switch e.Matter {
	case checkout.MatterStray:
		about = strconv.Itoa(len(e.Strays))
	case checkout.MatterEndpointOff:
		about = e.Endpoint
	}
	subject = strings.Join([]string{operatorTitles[e.Matter], about, shopName}, " · ")
	var b strings.Builder
	if err := operatorTemplate().ExecuteTemplate(&b, string(e.Matter), e); err != nil {
		panic("views: " + err.Error()) // a strings.Builder takes everything, so the template is wrong
	}
	return subject, b.String()
}

var operatorTitles = map[checkout.OperatorMatter]string{
	checkout.MatterReview:        "Under review",
	checkout.MatterCaptureDue:    "Capture is due",
	checkout.MatterCaptureFailed: "Capture failed",
	checkout.MatterRefundFailed:  "Refund failed",
	checkout.MatterUndelivered:   "An email was not delivered",
	checkout.MatterShopFault:     "A payment could not be taken",
	checkout.MatterDispute:       "A payment is in dispute",
	checkout.MatterDisputeDue:    "The answer to a dispute is due",
	checkout.MatterStray:         "Notifications about no payment",
	checkout.MatterEndpointOff:   "A webhook endpoint is off",
}

// disputeTexts say what a dispute's state means for the merchant.
var disputeTexts = map[checkout.DisputeState]string{
	checkout.DisputeOpen:     "Without an answer in time it is lost.",
	checkout.DisputeDefended: "Antom has your document; a decision takes weeks.",
	checkout.DisputeWon:      "You have won it: the money stays with you, or Antom returns it to you.",
	checkout.DisputeLost:     "It is lost: Antom takes the money by itself.",
	checkout.DisputeClosed:   "It was about papers, and is over; no money was taken.",
}

var operatorTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"amount": func(m checkout.Money) string {
			return strings.ReplaceAll(m.Format(language.English), "\u00a0", " ")
		},
		"disputed": func(d checkout.Dispute) string { return disputeTexts[d.State()] },
		"card": func(card checkout.Card) string {
			if card.Brand == "" && card.LastFour == "" {
				return ""
			}
			return PaidBy(context.Background(), checkout.Method{Code: checkout.MethodCard}, card)
		},
		"time": func(t time.Time) string { return t.Format("2 January 2006, 15:04 ") + zoneName(t) },
	}).Parse(operatorText))
})

// Each matter is a block. A command's lines are indented, so that they can be copied.
const operatorText = `
{{- define "order"}}Order number: {{.Number}}
Order id:     {{.Order}}
Status:       {{.Status}}
{{with card .Card}}Card:         {{.}}
{{end}}
{{end}}

{{- define "key"}}
KEY is a word of your choice. The same key again is the same action, so a command may
be repeated safely.
{{end}}

{{- define "review"}}{{template "order" .}}The order is under review: {{.Review}}. Nothing moves until a person decides. The audit
shows what was paid and returned:

    antom-checkout audit | grep {{.Order}}

Then keep the money, or return it, or return it and close the order:

    antom-checkout admin accept --order {{.Number}} --key KEY
    antom-checkout admin refund --order {{.Number}} --key KEY
    antom-checkout admin cancel --order {{.Number}} --key KEY
{{template "key"}}{{end}}

{{- define "capture-due"}}{{template "order" .}}A card is authorised and not captured. The authorisation ends on
{{time .Until}}; after that the money is the buyer's again. Take it, or release it:

    antom-checkout admin capture --order {{.Number}} --key KEY
    antom-checkout admin cancel --order {{.Number}} --key KEY
{{template "key"}}{{end}}

{{- define "capture-failed"}}{{template "order" .}}Antom has refused the capture of {{amount .Amount}} ({{.Code}}). The card stays authorised.
Try again under a new key, or release the card:

    antom-checkout admin capture --order {{.Number}} --key KEY
    antom-checkout admin cancel --order {{.Number}} --key KEY
{{template "key"}}{{end}}

{{- define "refund-failed"}}{{template "order" .}}Antom has refused the refund of {{amount .Amount}} ({{.Code}}). The buyer does not have the
money. Try again under a new key, or return it in another way:

    antom-checkout admin refund --order {{.Number}} --amount {{.Amount.Minor}} --key KEY
{{template "key"}}{{end}}

{{- define "undelivered"}}{{template "order" .}}An email to the buyer ({{.About}}) was given up: the mail server says that the address does
not exist, or has refused it for 72 hours. The log says why. To send it again:

    antom-checkout emails resend --order {{.Number}}
{{end}}

{{- define "dispute"}}{{template "order" .}}The buyer's bank disputes a payment of this order: {{.Dispute.Step}}. {{disputed .Dispute}}
{{template "disputed" .}}{{end}}

{{- define "dispute-due"}}{{template "order" .}}The answer to a dispute of this order is due on
{{time .Until}}. {{disputed .Dispute}}
{{template "disputed" .}}{{end}}

{{- define "disputed"}}
Dispute:      {{.Dispute.ID}}{{with .Dispute.Type}} ({{.}}){{end}}
{{if .Dispute.Amount.Minor}}Amount:       {{amount .Dispute.Amount}}
{{end}}{{if or .Dispute.Reason .Dispute.ReasonCode}}Reason:       {{.Dispute.Source}} {{.Dispute.ReasonCode}} {{.Dispute.Reason}}
{{end}}{{if not .Until.IsZero}}Answer until: {{time .Until}}
{{end}}
{{if .Dispute.Ended}}There is nothing to answer, and nothing to refund.
{{else}}Hold goods that were not sent yet. A refund would return the money a second time if the
dispute is lost, so admin refund and admin cancel refuse without --anyway. Defend it with one
document, or accept it, at the dashboard, here or in Antom Dashboard:
{{if .Dispute.Undefendable}}
Antom takes no defence of it.
{{else}}
    antom-checkout dispute form --order {{.Number}} --file FILE
    antom-checkout dispute defend --order {{.Number}} --file FILE --yes
{{end}}    antom-checkout dispute accept --order {{.Number}} --yes
{{end}}
    antom-checkout show {{.Number}}
{{end}}

{{- define "shop-fault"}}{{template "order" .}}Antom has refused a payment because of the shop's settings or contract, or its own failure
({{.Code}}). No buyer has caused it, and others meet it too. The log says what to do at
level ERROR, "Antom refuses the shop"; the metric checkout_shop_faults_total counts it.
There is one such email an hour.

    antom-checkout audit | grep {{.Order}}
{{end}}

{{- define "endpoint-off"}}Nothing is delivered to a webhook endpoint until it is switched on again: {{if eq .Code "gone"}}it has
answered 410, which says that it is gone.{{else}}it has
taken nothing since {{time .Until}}.{{end}}

Endpoint:     {{.Endpoint}}
Endpoint id:  {{.About}}

What it has missed is delivered once it is on and ordered again, TIME being the moment from
which on, such as 2026-03-02T09:00:00Z:

    antom-checkout endpoints on {{.About}}
    antom-checkout events redeliver --since TIME --endpoint {{.About}}
{{end}}

{{- define "stray"}}Antom has notified the shop of what is about none of its payments, as far as the shop can
find out. If a refund was made in Antom Dashboard, the order that it belongs to does not
show it.

{{range .Strays}}{{.Type}}{{if .Failed}}, failed{{end}}{{if .Amount.Minor}}: {{amount .Amount}}{{end}}
{{with .About.RefundRequestID}}  refundRequestId:  {{.}}
{{end}}{{with .About.RefundID}}  refundId:         {{.}}
{{end}}{{with .About.RequestID}}  paymentRequestId: {{.}}
{{end}}{{with .About.AntomID}}  paymentId:        {{.}}
{{end}}{{end}}
Look the ids up in Antom Dashboard. Another shop on the same Antom account is one reason;
then its notifications should go to its own address. The notifications are kept:

    antom-checkout audit | grep '"kind":"notification"'

There is at most one such email an hour.
{{end}}`
