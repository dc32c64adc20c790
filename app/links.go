package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
)

const linksHelp = `actions:
  list       all payment links, newest first, with their uses
  create     make one: --name N with either --sku SKU or --amount MINOR, and if wanted
             --max-uses N and --expires-in 72h
  off ID     the link makes no order from now on; those that it has made stay payable
  on ID      it makes orders again

Links with several lines, or of an amount that the buyer chooses, are made by the API.
`

// linkFlags are what a new link is made of.
type linkFlags struct {
	name, sku string
	amount    int64
	maxUses   int
	expiresIn time.Duration
}

// links lists payment links, makes one, and switches one on or off, beside a running server
// or without one.
func links(ctx context.Context, l *line) error {
	var f linkFlags
	l.flags.StringVar(&f.name, "name", "", "of create: what is paid, as the buyer reads it")
	l.flags.StringVar(&f.sku, "sku", "", "of create: the article that it sells, at the catalogue's price")
	l.flags.Int64Var(&f.amount, "amount", 0, "of create: what it costs, in minor units of the shop's currency")
	l.flags.IntVar(&f.maxUses, "max-uses", 0, "of create: how many orders may be paid (default without a limit)")
	l.flags.DurationVar(&f.expiresIn, "expires-in", 0, "of create: for how long it makes orders, for instance 72h (default without a limit)")
	asJSON := l.flags.Bool("json", false, "answer in JSON")
	s, err := l.load()
	if err != nil {
		return err
	}
	action, rest := l.arguments[0], l.arguments[1:]
	wanted := map[string]int{"list": 0, "create": 0, "on": 1, "off": 1}
	n, known := wanted[action]
	complete := f.name != "" && (f.sku != "") != (f.amount != 0) && f.maxUses >= 0 && f.expiresIn >= 0
	if !known || len(rest) != n || (action == "create") != complete {
		return usageError{fmt.Errorf("links: create needs --name and either --sku or --amount, on and off the id of a link, list nothing\n\n%s", linksHelp)}
	}
	return l.beside(ctx, s, func(p *Program) error {
		switch action {
		case "list":
			return listLinks(ctx, p, l.stdout, *asJSON)
		case "create":
			link, err := p.Services.Merchant.CreateLink(ctx, f.request(p.Now()))
			return showLink(p, l.stdout, link, err, *asJSON)
		}
		link, err := p.Services.Merchant.ChangeLink(ctx, rest[0], func(t *merchant.LinkTerms) { t.Active = action == "on" })
		if checkout.IsNotFound(err) {
			err = fmt.Errorf("there is no payment link %s", rest[0])
		}
		return showLink(p, l.stdout, link, err, *asJSON)
	})
}

// request is the link that the flags describe.
func (f linkFlags) request(now time.Time) merchant.LinkRequest {
	line := merchant.LineRequest{SKU: f.sku, Quantity: 1}
	if f.sku == "" {
		line.Name, line.UnitAmount = f.name, f.amount
	}
	req := merchant.LinkRequest{Lines: []merchant.LineRequest{line}, LinkTerms: merchant.LinkTerms{Name: f.name, Active: true, MaxUses: f.maxUses}}
	if f.expiresIn > 0 {
		req.ExpiresAt = now.Add(f.expiresIn)
	}
	return req
}

// listLinks writes all payment links, in JSON one a line.
func listLinks(ctx context.Context, p *Program, out io.Writer, asJSON bool) error {
	return eachOf(ctx, p.Services.Merchant.Links, func(l checkout.PaymentLink) string { return l.ID }, func(l checkout.PaymentLink) error {
		return showLink(p, out, l, nil, asJSON)
	})
}

// showLink writes a payment link, or returns why there is none.
func showLink(p *Program, out io.Writer, link checkout.PaymentLink, problem error, asJSON bool) error {
	if problem != nil {
		return problem
	}
	shown := p.Services.Merchant.NewLink(link)
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(shown)
	}
	uses := fmt.Sprintf("%d paid", shown.Uses)
	if shown.MaxUses != nil {
		uses = fmt.Sprintf("%d of %d paid", shown.Uses, *shown.MaxUses)
	}
	_, err := fmt.Fprintf(out, "%s  %s  %s  %s  %s\n", shown.ID, shown.Status, uses, shown.URL, shown.Name)
	return err
}
