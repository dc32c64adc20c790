package desk

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
	"antom-checkout/checkout/operators"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
	view "antom-checkout/views/desk"
)

const (
	pathLinks   = "/links"
	pathNewLink = pathLinks + "/new"
)

// linkPages are the payment links.
type linkPages struct{ *desk }

// routes lists them.
func (d linkPages) routes() []route {
	one := pathLinks + "/:id"
	return []route{
		{http.MethodGet, pathLinks, operators.See, d.listLinks, "lists payment links"},
		{http.MethodGet, pathNewLink, operators.Money, d.showNewLink, "is the form of a new payment link"},
		{http.MethodPost, pathLinks, operators.Money, d.makeLink, "makes a payment link"},
		{http.MethodGet, one, operators.See, d.showLink, "shows a payment link"},
		{http.MethodPost, one, operators.Money, d.changeLink, "changes a payment link"},
		{http.MethodPost, one + "/on", operators.Money, d.switchLink(true), "switches a payment link on"},
		{http.MethodPost, one + "/off", operators.Money, d.switchLink(false), "switches a payment link off"},
	}
}

func linkURL(id string) string { return BasePath + pathLinks + "/" + url.PathEscape(id) }

func (d linkPages) listLinks(c echo.Context) error {
	after := c.QueryParam("after")
	all, err := d.Merchant.Links(c.Request().Context(), checkout.Window{After: after, Limit: perPage + 1})
	if err != nil {
		return err
	}
	v := view.Links{Frame: d.frame(c, "links")}
	if personOf(c).May(operators.Money) {
		v.NewURL = BasePath + pathNewLink
	}
	all, v.Page = pageOf(all, pathLinks, after, func(l checkout.PaymentLink) string { return l.ID })
	for _, l := range all {
		v.Rows = append(v.Rows, view.LinkRow{
			URL: linkURL(l.ID), Name: l.Name, Sells: linkPrice(c, l), Uses: linkUses(l), Status: d.linkStatus(l), Created: d.moment(c, l.CreatedAt),
		})
	}
	return web.Render(c, http.StatusOK, view.LinksPage(v))
}

func (d linkPages) linkStatus(l checkout.PaymentLink) view.Status {
	s := l.Status(d.Now())
	if s == checkout.LinkOpen {
		return view.Status{Key: "link_" + string(s), Severity: "good"}
	}
	return view.Status{Key: "link_" + string(s), Severity: "plain"}
}

// linkPrice is what a buyer pays, in words.
func linkPrice(c echo.Context, l checkout.PaymentLink) string {
	money := func(minor int64) string { return amountText(c, checkout.Money{Minor: minor, Currency: l.Currency}) }
	if !l.Sells() {
		return view.Text(c.Request().Context(), "link.range", money(l.Amount.Min), money(l.Amount.Max))
	}
	var parts []string
	for _, line := range l.Lines {
		name, price := line.Name, ""
		if line.SKU != "" {
			name = line.SKU // at the catalogue's price
		} else {
			price = ", " + money(line.Unit.Minor)
		}
		parts = append(parts, strconv.Itoa(line.Quantity)+" × "+name+price)
	}
	return strings.Join(parts, "; ")
}

func linkUses(l checkout.PaymentLink) string {
	if l.MaxUses == 0 {
		return strconv.Itoa(l.Uses)
	}
	return strconv.Itoa(l.Uses) + " / " + strconv.Itoa(l.MaxUses)
}

// typedLink is what was typed into the form of a link.
type typedLink struct {
	url.Values
	err error // what is wrong with it
}

// field is an input of the form; pointer is where the service names what is wrong with it.
func (t typedLink) field(c echo.Context, name, pointer, kind string, optional bool) view.Field {
	ctx, key := c.Request().Context(), "link."+name
	f := view.Field{Name: name, Label: view.Text(ctx, key), Type: kind, Value: t.Get(name), Wrong: wrongText(c, t.err, pointer), Complete: "off", Optional: optional}
	if view.HasText(key + ".hint") {
		f.Hint = view.Text(ctx, key+".hint")
	}
	return f
}

// priceField is an amount that one of the two kinds of price needs; key is the text that says
// so.
func (t typedLink) priceField(c echo.Context, name, pointer, key string) view.Field {
	f := t.field(c, name, pointer, "text", true)
	f.Needed = view.Text(c.Request().Context(), key)
	return f
}

// terms are the fields that may be changed later.
func (t typedLink) terms(c echo.Context) []view.Field {
	return []view.Field{
		t.field(c, "max_uses", "/max_uses", "text", true),
		t.field(c, "expires", "/expires_at", "date", true),
		t.field(c, "success_url", "/success_url", "url", true),
	}
}

func (d linkPages) showNewLink(c echo.Context) error {
	typed := typedLink{Values: url.Values{"currency": {string(d.Currency)}, onceField: {rand.Text()}}}
	return d.newLinkPage(c, http.StatusOK, typed)
}

func (d linkPages) newLinkPage(c echo.Context, code int, t typedLink) error {
	return web.Render(c, code, view.NewLinkPage(view.NewLink{
		Frame: d.frame(c, "links"), Action: BasePath + pathLinks, BackURL: BasePath + pathLinks,
		Choices: t.Get("price") == "range", Adjustable: t.Get("adjustable") != "",
		Name:   []view.Field{t.field(c, "name", "/name", "text", false), t.field(c, "currency", "/currency", "text", false)},
		Price:  []view.Field{t.priceField(c, "amount", "/lines/0/unit_amount", "link.needed.fixed"), t.field(c, "quantity", "/lines/0/quantity", "text", true)},
		Range:  []view.Field{t.priceField(c, "min", "/amount/min", "link.needed.range"), t.priceField(c, "max", "/amount/max", "link.needed.range"), t.field(c, "suggested", "/amount/suggested", "text", true)},
		Terms:  t.terms(c),
		Hidden: []view.Hidden{{Name: onceField, Value: t.Get(onceField)}},
	}))
}

// readLink makes of what was typed a request. wrong names what cannot be read, by the
// pointers of the service.
func (d linkPages) readLink(c echo.Context, f url.Values) (req merchant.LinkRequest, wrong map[string]string) {
	wrong = map[string]string{}
	currency, err := checkout.ParseCurrency(strings.ToUpper(strings.TrimSpace(f.Get("currency"))))
	if err != nil {
		wrong["/currency"] = "error.invalid"
		return req, wrong
	}
	amount := func(field, pointer string) int64 {
		if f.Get(field) == "" {
			return 0
		}
		m, ok := checkout.ParseAmount(f.Get(field), currency, views.Language(c.Request().Context()))
		if !ok {
			wrong[pointer] = "error.amount"
		}
		return m.Minor
	}
	req = merchant.LinkRequest{Currency: string(currency), LinkTerms: merchant.LinkTerms{Active: true}}
	d.readTerms(f, &req.LinkTerms, wrong)
	if f.Get("price") == "range" {
		req.Amount = &checkout.AmountRange{Min: amount("min", "/amount/min"), Max: amount("max", "/amount/max"), Suggested: amount("suggested", "/amount/suggested")}
		return req, wrong
	}
	line := merchant.LineRequest{Name: f.Get("name"), Quantity: 1, UnitAmount: amount("amount", "/lines/0/unit_amount")}
	if f.Get("quantity") != "" {
		if line.Quantity, err = checkout.ParseQuantity(f.Get("quantity")); err != nil {
			wrong["/lines/0/quantity"] = "error.invalid"
		}
	}
	req.Lines, req.Adjustable = []merchant.LineRequest{line}, f.Get("adjustable") != ""
	return req, wrong
}

// readTerms reads what may be changed later. A link ends with the day that was chosen.
func (d linkPages) readTerms(f url.Values, t *merchant.LinkTerms, wrong map[string]string) {
	t.Name, t.SuccessURL, t.MaxUses, t.ExpiresAt = f.Get("name"), f.Get("success_url"), 0, time.Time{}
	if text := strings.TrimSpace(f.Get("max_uses")); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			wrong["/max_uses"] = "error.invalid"
		}
		t.MaxUses = n
	}
	if text := f.Get("expires"); text != "" {
		day, err := time.ParseInLocation(time.DateOnly, text, d.zone())
		if err != nil {
			wrong["/expires_at"] = "error.invalid"
		}
		t.ExpiresAt = day.AddDate(0, 0, 1)
	}
}

// refusedFields is the error of a form whose fields cannot be read, or nil.
func refusedFields(wrong map[string]string) error {
	if len(wrong) == 0 {
		return nil
	}
	return &checkout.Error{Code: checkout.CodeFormInvalid, Fields: wrong}
}

func (d linkPages) makeLink(c echo.Context) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	req, wrong := d.readLink(c, f)
	m, err := d.once(c, f, func(ctx context.Context) (made, error) {
		if err := refusedFields(wrong); err != nil {
			return made{}, err
		}
		l, err := d.Merchant.CreateLink(ctx, req)
		if err != nil {
			return made{}, err
		}
		return made{ID: l.ID}, d.record(ctx, c, "link.create", "", l.Name)
	})
	if isRefusedForm(err) {
		return d.newLinkPage(c, http.StatusUnprocessableEntity, typedLink{f, err})
	}
	if err != nil {
		return err
	}
	return done(c, pathLinks+"/"+m.ID, "link_made")
}

func (d linkPages) showLink(c echo.Context) error {
	l, err := d.Merchant.Link(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return d.paymentLinkPage(c, http.StatusOK, l, typedLink{Values: d.typedTerms(l)})
}

// typedTerms are a link's terms as its form holds them.
func (d linkPages) typedTerms(l checkout.PaymentLink) url.Values {
	typed := url.Values{"name": {l.Name}, "success_url": {l.SuccessURL}}
	if l.MaxUses > 0 {
		typed.Set("max_uses", strconv.Itoa(l.MaxUses))
	}
	typed.Set("expires", d.lastDay(l.ExpiresAt))
	return typed
}

// lastDay is the last day of what ends at a moment, or "" if it does not end.
func (d linkPages) lastDay(end time.Time) string {
	if end.IsZero() {
		return ""
	}
	return end.Add(-time.Nanosecond).In(d.zone()).Format(time.DateOnly)
}

func (d linkPages) paymentLinkPage(c echo.Context, code int, l checkout.PaymentLink, t typedLink) error {
	shown := d.Merchant.NewLink(l)
	v := view.PaymentLink{
		Frame: d.frame(c, "links"), Name: l.Name, Address: shown.URL, QRURL: shown.QRURL, HTML: shown.HTML, Status: d.linkStatus(l), ListURL: BasePath + pathLinks,
		Facts: []view.LinkFact{{Key: "sells", Value: linkPrice(c, l)}, {Key: "uses", Value: linkUses(l)}},
	}
	if !l.ExpiresAt.IsZero() {
		v.Facts = append(v.Facts, view.LinkFact{Key: "expires", Value: d.moment(c, l.ExpiresAt).Text})
	}
	if l.SuccessURL != "" {
		v.Facts = append(v.Facts, view.LinkFact{Key: "success_url", Value: l.SuccessURL})
	}
	if personOf(c).May(operators.Money) {
		v.Form = &view.LinkForm{
			Action: linkURL(l.ID), Fields: append([]view.Field{t.field(c, "name", "/name", "text", false)}, t.terms(c)...),
			SwitchURL: linkURL(l.ID) + "/on", SwitchOn: !l.Active,
		}
		if l.Active {
			v.Form.SwitchURL = linkURL(l.ID) + "/off"
		}
	}
	return web.Render(c, code, view.PaymentLinkPage(v))
}

func (d linkPages) changeLink(c echo.Context) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	ctx, id, wrong := c.Request().Context(), c.Param("id"), map[string]string{}
	var read merchant.LinkTerms
	d.readTerms(f, &read, wrong)
	if err = refusedFields(wrong); err == nil {
		_, err = d.Merchant.ChangeLink(ctx, id, func(t *merchant.LinkTerms) {
			t.Name, t.SuccessURL, t.MaxUses = read.Name, read.SuccessURL, read.MaxUses
			if f.Get("expires") != d.lastDay(t.ExpiresAt) {
				t.ExpiresAt = read.ExpiresAt
			}
		})
	}
	if isRefusedForm(err) {
		l, missing := d.Merchant.Link(ctx, id)
		if missing != nil {
			return missing
		}
		return d.paymentLinkPage(c, http.StatusUnprocessableEntity, l, typedLink{f, err})
	}
	if err == nil {
		err = d.record(ctx, c, "link.change", "", id)
	}
	if err != nil {
		return err
	}
	return done(c, pathLinks+"/"+id, "saved")
}

// switchLink switches a payment link on or off.
func (d linkPages) switchLink(on bool) echo.HandlerFunc {
	action, text := "link.off", "switched_off"
	if on {
		action, text = "link.on", "switched_on"
	}
	return func(c echo.Context) error {
		ctx, id := c.Request().Context(), c.Param("id")
		_, err := d.Merchant.ChangeLink(ctx, id, func(t *merchant.LinkTerms) { t.Active = on })
		if err == nil {
			err = d.record(ctx, c, action, "", id)
		}
		if err != nil {
			return err
		}
		return done(c, pathLinks+"/"+id, text)
	}
}
