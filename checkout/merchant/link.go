package merchant

import (
	"html"
	"strings"
	"time"

	"antom-checkout/checkout"
)

// Link is a payment link as the API shows it.
type Link struct {
	ID         string            `json:"id"`
	Name       string            `json:"name" doc:"What is paid, as the buyer reads it"`
	URL        string            `json:"url" doc:"Where the buyer pays. It fills in what its query gives: email, name, reference, quantity, amount"`
	QRURL      string            `json:"qr_url" doc:"The address as a QR code, an SVG picture"`
	HTML       string            `json:"html" doc:"A link and a button for any page, without a script"`
	Status     string            `json:"status" enum:"open,used_up,expired,off" doc:"Only an open link makes orders"`
	Lines      []LinkLine        `json:"lines,omitempty"`
	Amount     *AmountRange      `json:"amount,omitempty" doc:"What the buyer may choose, instead of lines"`
	Currency   string            `json:"currency"`
	Adjustable bool              `json:"adjustable_quantity" doc:"The buyer chooses how many times the lines are ordered"`
	MaxUses    *int              `json:"max_uses" doc:"How many orders may be paid; null: without a limit"`
	Uses       int               `json:"uses" doc:"How many orders are paid"`
	ExpiresAt  *time.Time        `json:"expires_at" doc:"From when it makes no order; null: never"`
	Active     bool              `json:"active"`
	Methods    []string          `json:"methods" doc:"Codes of the methods its orders may be paid with; empty: all that are offered"`
	SuccessURL string            `json:"success_url,omitempty"`
	Metadata   map[string]string `json:"metadata" doc:"Of its orders"`
	CreatedAt  time.Time         `json:"created_at"`
}

// LinkLine is a line that a link sells.
type LinkLine struct {
	SKU        string `json:"sku,omitempty" doc:"An article of the catalogue, at its name and price when it is ordered"`
	Name       string `json:"name,omitempty"`
	Quantity   int    `json:"quantity"`
	UnitAmount int64  `json:"unit_amount,omitempty" doc:"Minor units of the link's currency"`
	ImageURL   string `json:"image_url,omitempty"`
}

// AmountRange is what a buyer may choose to pay, in minor units.
type AmountRange struct {
	Min       int64 `json:"min" minimum:"1" maximum:"1000000000000"`
	Max       int64 `json:"max" minimum:"1" maximum:"1000000000000"`
	Suggested int64 `json:"suggested,omitempty" minimum:"1" maximum:"1000000000000" doc:"What the page is filled in with"`
}

// LinksPath is below which all payment links are.
const LinksPath = "/buy/"

func (s *links) linkURL(l checkout.PaymentLink) string { return s.cfg.PublicURL + LinksPath + l.Code }

// NewLink is a payment link in the published form.
func (s *links) NewLink(l checkout.PaymentLink) Link {
	url := s.linkURL(l)
	link := Link{
		ID: l.ID, Name: l.Name, URL: url, QRURL: url + "/qr.svg", HTML: snippet(l, url), Status: string(l.Status(s.cfg.Now())),
		Currency: string(l.Currency), Adjustable: l.Adjustable, Uses: l.Uses, Active: l.Active,
		Methods: append([]string{}, l.Methods...), SuccessURL: l.SuccessURL, Metadata: map[string]string{}, CreatedAt: l.CreatedAt.UTC(),
	}
	for _, line := range l.Lines {
		link.Lines = append(link.Lines, LinkLine{line.SKU, line.Name, line.Quantity, line.Unit.Minor, line.Image})
	}
	if !l.Sells() {
		link.Amount = &AmountRange{l.Amount.Min, l.Amount.Max, l.Amount.Suggested}
	}
	if l.MaxUses > 0 {
		link.MaxUses = &l.MaxUses
	}
	if !l.ExpiresAt.IsZero() {
		at := l.ExpiresAt.UTC()
		link.ExpiresAt = &at
	}
	for name, value := range l.Metadata {
		link.Metadata[name] = value
	}
	return link
}

// snippet is a link and a button for a page of the merchant's. The button's form leads to
// the link's page, filled in, where the buyer goes on: a form of another site orders nothing.
func snippet(l checkout.PaymentLink, url string) string {
	name, url := html.EscapeString(l.Name), html.EscapeString(url)
	var b strings.Builder
	b.WriteString(`<a href="` + url + `">` + name + "</a>\n")
	b.WriteString(`<form action="` + url + `" method="get">`)
	if l.Adjustable {
		b.WriteString(`<input name="quantity" type="number" min="1" max="99" value="1" aria-label="` + name + `">`)
	}
	b.WriteString(`<button>` + name + "</button></form>\n")
	return b.String()
}
