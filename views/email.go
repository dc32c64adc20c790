package views

import (
	"context"
	"strings"

	"antom-checkout/checkout"
)

// NewEmail writes an email in the language of ctx. The caller passes the language of
// the buyer, not that of the request that made the email due.
func NewEmail(ctx context.Context, shopName string, email checkout.Email) EmailView {
	o := email.Order
	v := EmailView{ShopName: shopName, Number: o.Number, URL: email.Link, Receipt: NewReceipt(ctx, o, email.Method)}
	describe := func(status string) {
		v.Title, v.Message = Text(ctx, "status."+status+".title"), Text(ctx, "status."+status+".message")
	}
	switch email.Kind {
	case checkout.EmailReceipt:
		describe("paid")
		v.Subject = Text(ctx, "order.receipt")
	case checkout.EmailRefund:
		v.Title = Text(ctx, "mail.refunded", NewAmount(ctx, email.Refund.Amount).Text)
		v.Message = Text(ctx, "status.refunded.message")
		if email.Payment.Duplicate {
			v.Message = Text(ctx, "mail.duplicate") + " " + v.Message
		}
	case checkout.EmailExpired:
		describe("expired")
	case checkout.EmailCancelled:
		describe("cancelled")
	case checkout.EmailFailed:
		title, message := FailureKeys(email.Payment)
		v.Title, v.Message = Text(ctx, title), Text(ctx, message)
	case checkout.EmailLink:
		v.Title, v.Message = Text(ctx, "mail.link"), Text(ctx, "mail.not_requested")
		v.Receipt = nil // the link was requested by an unknown reader, so the email shows no details
	}
	if v.Subject == "" {
		v.Subject = v.Title
	}
	if v.Receipt != nil {
		v.Receipt.Address = emailAddress(email, v.Receipt.Address)
		if email.HasAllowance() { // its address was merely typed: it shows no card
			v.Receipt.MethodName = MethodName(ctx, email.Method.Code, email.Method.Name)
		}
	}
	v.Subject = strings.Join([]string{v.Subject, Text(ctx, "checkout.number", o.Number), shopName}, " · ")
	return v
}

// emailAddress is the delivery address as an email shows it. All of it was typed: an
// email that an order without money makes due shows nothing typed, others no link.
func emailAddress(email checkout.Email, typed []string) (lines []string) {
	if email.HasAllowance() {
		return nil
	}
	for _, line := range typed {
		lines = append(lines, checkout.WithoutLinks(line))
	}
	return lines
}

// EmailText is the email as plain text, for mail programs without HTML. It holds the
// same facts, line by line.
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
		if r.Instalment != "" {
			line(Text(ctx, "plan.label"), ": ", r.Instalment)
		}
		for _, refund := range r.Refunds {
			line(Text(ctx, "order.refunded", refund.Day), ": ", refund.Amount.Text)
		}
		if len(r.Address) > 0 {
			line()
			line(Text(ctx, r.About), ":")
		}
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

// emailStyles are the colours of an email in the dark theme. They are inserted
// unescaped, because a template cannot put a colour into a style sheet; the colours
// come from [static.ParseAccent] only.
func emailStyles(v EmailView) string {
	return `<style>
		:root { color-scheme: light dark; supported-color-schemes: light dark }
		@media (prefers-color-scheme: dark) {
			.page { background: #141311 !important; color: #f3efe7 !important }
			.card { background: #1e1c19 !important; border-color: #35312b !important }
			.soft { color: #aea699 !important }
			.rule { border-color: #35312b !important }
			.go { background: ` + v.Accent.Dark.Ground + ` !important; color: ` + v.Accent.Dark.Text + ` !important }
		}
	</style>`
}
