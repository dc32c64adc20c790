package views

import (
	"context"
	"strings"

	"antom-checkout/checkout"
)

// NewEmail puts a letter into words of the language of ctx, which is the
// buyer's and not that of whoever made it due.
func NewEmail(ctx context.Context, shopName string, l checkout.Email) EmailView {
	o := l.Order
	v := EmailView{ShopName: shopName, Number: o.Number, URL: l.Link, Receipt: NewReceipt(ctx, o, l.Method)}
	say := func(status string) {
		v.Title, v.Message = Text(ctx, "status."+status+".title"), Text(ctx, "status."+status+".message")
	}
	switch l.Kind {
	case checkout.EmailReceipt:
		say("paid")
		v.Subject = Text(ctx, "order.receipt")
	case checkout.EmailRefund:
		v.Title = Text(ctx, "mail.refunded", NewAmount(ctx, l.Refund.Amount).Text)
		v.Message = Text(ctx, "status.refunded.message")
		if l.Payment.Duplicate {
			v.Message = Text(ctx, "mail.surplus") + " " + v.Message
		}
	case checkout.EmailExpired:
		say("expired")
	case checkout.EmailCancelled:
		say("cancelled")
	case checkout.EmailFailed:
		title, message := FailureKeys(l.Payment)
		v.Title, v.Message = Text(ctx, title), Text(ctx, message)
	case checkout.EmailLink:
		v.Title, v.Message = Text(ctx, "mail.link"), Text(ctx, "mail.unasked")
		v.Receipt = nil // whoever asked for it need not be who reads it
	}
	if v.Subject == "" {
		v.Subject = v.Title
	}
	v.Subject = strings.Join([]string{v.Subject, Text(ctx, "checkout.number", o.Number), shopName}, " · ")
	return v
}

// EmailText is a letter for those who read mail without HTML: the same, line by
// line.
func EmailText(ctx context.Context, v EmailView) string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, "") + "\n") }
	line(v.Title)
	line()
	line(v.Message)
	line()
	line(Text(ctx, "order.number"), ": ", v.Number)
	if r := v.Receipt; r != nil {
		line(Text(ctx, "order.date"), ": ", r.Ordered)
		if r.MethodName != "" {
			line(Text(ctx, "order.method"), ": ", r.MethodName)
		}
		line()
		for _, l := range r.Lines {
			line(Text(ctx, "order.quantity", l.Quantity, l.Name), ": ", l.Total.Text)
		}
		line(Text(ctx, "order.total"), ": ", r.Total.Text)
		for _, g := range r.Refunds {
			line(Text(ctx, "order.refunded", g.Day), ": ", g.Amount.Text)
		}
		line()
		line(Text(ctx, "form.delivery"), ":")
		for _, l := range r.Address {
			line(l)
		}
	}
	line()
	line(Text(ctx, "mail.open"), ":")
	line(v.URL)
	line()
	line(Text(ctx, "mail.why", v.ShopName))
	return b.String()
}

// letterStyles is how a letter looks in the dark. A template cannot put a colour
// into a style sheet; these come out of [static.ParseAccent] and nowhere else.
func letterStyles(v EmailView) string {
	return `<style>
		:root { color-scheme: light dark; supported-color-schemes: light dark }
		@media (prefers-color-scheme: dark) {
			.page { background: #141311 !important; color: #f3efe7 !important }
			.card { background: #1e1c19 !important; border-color: #35312b !important }
			.soft { color: #aea699 !important }
			.rule { border-color: #35312b !important }
			.go { background: ` + v.Accent.Dark.Ground + ` !important; color: ` + v.Accent.Dark.Letters + ` !important }
		}
	</style>`
}
