package views

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"antom-checkout/checkout"
	"antom-checkout/static"
)

// NewAmount formats money for the language of the page.
func NewAmount(ctx context.Context, m checkout.Money) Amount {
	return Amount{Text: m.Format(Language(ctx)), Minor: fmt.Sprint(m.Minor), Currency: string(m.Currency)}
}

// NewLines are the lines of a cart or an order.
func NewLines(ctx context.Context, lines []checkout.OrderLine) []Line {
	all := make([]Line, len(lines))
	for i, line := range lines {
		all[i] = Line{
			SKU:      line.SKU,
			Name:     line.Name,
			Image:    Image(line.Image),
			Quantity: fmt.Sprint(line.Quantity),
			Unit:     NewAmount(ctx, line.Unit),
			Total:    NewAmount(ctx, line.Total()),
		}
		switch {
		case line.SoldOut:
			all[i].Error = "error.none_left"
		case line.Short:
			all[i].Error = "error.sold_out"
		}
	}
	return all
}

// PicturePrefix begins the paths of the pictures that the merchant has uploaded for products.
const PicturePrefix = "/product-pictures/"

// uploaded is how such a picture is named: by a hash of its bytes.
var uploaded = regexp.MustCompile(`^[0-9a-f]{32}\.(?:png|jpg|webp)$`)

// Image is the address of a product's picture, uploaded or of static/, or "" for a missing one.
func Image(name string) string {
	if uploaded.MatchString(name) {
		return PicturePrefix + name
	}
	if name == "" || !static.Has(name) {
		return ""
	}
	return static.URL(name)
}

// NewReceipt is what an order's page and emails show its buyer. Other readers who
// know the order's address must not see it. The method is that of the order's current
// payment.
func NewReceipt(ctx context.Context, o checkout.Order, method checkout.Method) *Receipt {
	r := &Receipt{
		Ordered: Day(ctx, o.CreatedAt),
		Lines:   NewLines(ctx, o.Lines),
		Total:   NewAmount(ctx, o.Total),
		Email:   o.Buyer.Email,
		Address: address(ctx, o.Buyer),
		About:   "form.delivery",
	}
	if o.Buyer.Address1 == "" { // an order from outside may need no delivery
		r.About = "form.contact"
	}
	p := o.Current()
	if p == nil {
		return r
	}
	r.MethodName = PaidBy(ctx, method, p.Card)
	if n := checkout.PartsOf(*p); n > 0 && p.Status != checkout.PaymentFailed && p.Status != checkout.PaymentCancelled {
		r.Instalment = parts(ctx, p.Amount, n)
	}
	for _, op := range p.Operations {
		if op.Kind == checkout.Refund && op.Status == checkout.OperationSuccess {
			r.Refunds = append(r.Refunds, Refund{Day: Day(ctx, op.CreatedAt), Amount: NewAmount(ctx, op.Amount)})
		}
	}
	return r
}

// address is the delivery address, line by line.
func address(ctx context.Context, b checkout.Buyer) []string {
	var lines []string
	for _, line := range []string{b.Name, b.Address1, b.Address2, strings.TrimSpace(b.PostalCode + " " + b.City), b.Region, countryName(ctx, b.Country)} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// countryName is the name of a country in the language of the page, or its code.
func countryName(ctx context.Context, code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if name := display.Regions(Language(ctx)).Name(region); name != "" {
		return name
	}
	return code
}
