package app

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"

	"antom-checkout/checkout"
)

// sheet is a text of labelled lines.
type sheet struct{ strings.Builder }

func (s *sheet) title(format string, values ...any) { fmt.Fprintf(s, format+"\n", values...) }

// row is a line with a label, left out where there is nothing to say.
func (s *sheet) row(label, value string) {
	if value != "" {
		fmt.Fprintf(s, "  %-24s %s\n", label, value)
	}
}

// showText is an order for people, in English and in UTC.
func showText(o checkout.Order, found map[string]checkout.Finding, history []checkout.TimelineEntry, saved []shownCard) string {
	s := &sheet{}
	s.title("Order %s is %s.", o.Number, statusText(o.Status))
	s.row("id", o.ID)
	s.row("total", amountText(o.Total))
	s.row("placed", timeText(o.CreatedAt))
	if o.Status == checkout.OrderOpen || o.Status == checkout.OrderProcessing {
		s.row("may be paid until", timeText(o.ExpiresAt))
	}
	s.row("under review", string(o.Review))
	s.row("buyer's data erased", timeText(o.ErasedAt))
	for _, p := range o.Payments {
		s.payment(p, found[p.RequestID])
	}
	for _, c := range saved {
		s.title("\nSaved card %s", c.ID)
		s.row("card", cardText(checkout.Card{Brand: c.Brand, LastFour: c.LastFour, Expiry: c.Expiry}))
		if c.Chargeable {
			s.row("charges without buyer", "the buyer has agreed")
		} else {
			s.row("charges without buyer", "none: "+c.Reason)
		}
	}
	s.title("\nHistory")
	for _, row := range history {
		s.change(row)
	}
	return s.String()
}

func (s *sheet) payment(p checkout.Payment, found checkout.Finding) {
	kind := "Payment"
	if p.Duplicate {
		kind = "Duplicate payment"
	}
	s.title("\n%s %s: %s", kind, p.RequestID, p.Status)
	s.row("method", strings.TrimSpace(p.Method+" by "+string(p.Mode)))
	s.row("amount", amountText(p.EffectiveAmount()))
	if refunded := p.Refunded(); refunded.Minor > 0 {
		s.row("refunded", amountText(refunded))
	}
	if taken := checkout.TakenByDisputes(p); taken.Minor > 0 {
		s.row("taken by disputes", amountText(taken)+", which is no refund")
	}
	s.row("Antom's id", p.AntomID)
	s.row("Antom's result code", p.ResultCode)
	s.row("Antom's answer just now", findingTexts[found])
	if p.Status == checkout.PaymentAuthorized {
		s.row("capture possible until", timeText(p.AuthEndsAt))
	}
	s.card(p.Card)
	for _, op := range p.Operations {
		s.row(string(op.Kind), strings.TrimSpace(fmt.Sprintf("%s of %s: %s %s", op.RequestID, amountText(op.Amount), op.Status, op.ResultCode)))
	}
	for _, d := range p.Disputes {
		s.row("dispute", strings.TrimSpace(d.ID+": "+string(d.State())+", "+d.Step+" "+d.Result))
		if d.Amount != (checkout.Money{}) {
			s.row("disputed amount", amountText(d.Amount))
		}
		s.row("reason of the dispute", strings.TrimSpace(strings.Join([]string{d.Source, d.ReasonCode, d.Reason}, " ")))
		s.row("dispute's answer due", timeText(d.Due))
	}
}

// findingTexts say what Antom has answered an inquiry.
var findingTexts = map[checkout.Finding]string{
	checkout.FindingUnknown:  "none; this is what was known before",
	checkout.FindingNotFound: "it has no such payment",
	checkout.FindingPending:  "it has the payment, without a result yet",
	checkout.FindingFound:    "it has the payment, with this result",
}

// card is what Antom has reported about the card.
func (s *sheet) card(c checkout.Card) {
	s.row("card", cardText(c))
	s.row("bank", strings.TrimSpace(c.Issuer+" "+c.Country))
	if c.AVS != "" {
		s.row("billing address (AVS)", fmt.Sprintf("%s: %s", c.AVS, checkout.MatchAVS(c.AVS)))
	}
	s.row("security code (CVV)", c.CVV)
	s.row("3-D Secure", threeDSText(c.ThreeDS))
	if c.Installments > 0 {
		s.row("instalments", fmt.Sprint(c.Installments))
	}
	s.row("network transaction id", c.NetworkTransactionID)
	s.row("authorisation code", c.AuthorizationCode)
	s.row("RRN", c.RRN)
	s.row("ARN", c.ARN)
	s.row("refusal", strings.TrimSpace(c.RefusalCode+" "+c.RefusalReason))
	advice := c.AdviceCode
	if c.NeverAgain() {
		advice += ": never charge this card again without its holder"
	}
	s.row("advice", advice)
}

// cardText is "Visa ending in 0768, 12/39, CREDIT, GLOBAL".
func cardText(c checkout.Card) string {
	name := checkout.BrandName(c.Brand)
	if c.LastFour != "" {
		name = strings.TrimSpace(name + " ending in " + c.LastFour)
	}
	var parts []string
	for _, part := range []string{name, c.Expiry, c.Funding, c.Region} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

func threeDSText(t checkout.ThreeDS) string {
	var parts []string
	add := func(label, value string) {
		if value != "" {
			parts = append(parts, strings.TrimSpace(label+" "+value))
		}
	}
	add("", string(t.Authentication()))
	add("ECI", t.ECI)
	add("version", t.Version)
	add("challenged", t.Challenged)
	add("offered", t.Offered)
	add("cancelled", t.Cancelled)
	add("reason", t.Reason)
	add("exemption", t.Exemption)
	add("transaction", t.DSTransactionID)
	return strings.Join(parts, ", ")
}

// change is a line of the history.
func (s *sheet) change(row checkout.TimelineEntry) {
	what := row.Subject
	switch row.Subject {
	case checkout.SubjectOrder:
	case checkout.SubjectPayment:
		what += " " + row.PaymentRequestID
	default:
		what += " " + row.RequestID
	}
	from := row.From
	if from == "" {
		from = "new"
	}
	fmt.Fprintf(s, "  %s  %s: %s → %s (%s)\n", timeText(row.At), what, from, row.To, row.Cause)
}

func amountText(m checkout.Money) string {
	return strings.ReplaceAll(m.Format(language.English), "\u00a0", " ")
}

// timeText is a moment in UTC, or "" for none.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}
