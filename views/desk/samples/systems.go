package samples

import (
	"context"

	"antom-checkout/static"
	"antom-checkout/views/desk"
)

// systems are the pages about the merchant's own systems: keys, webhooks, payment links.
func systems(ctx context.Context) (all []Page) {
	moment := desk.Moment{Text: "28 Nov 2026, 09:14", ISO: "2026-11-28T09:14:00Z"}
	text := func(key string) string { return desk.Text(ctx, key) }
	scopes := []desk.Tick{{Value: "orders:read", Text: text("scope.orders:read"), Chosen: true}, {Value: "refunds:write", Text: text("scope.refunds:write")}}
	keys := desk.Keys{Frame: Frame(ctx, "keys"), New: desk.KeyForm{Action: "/", Scopes: scopes}}
	all = append(all, Page{"desk-keys-empty", desk.KeysPage(keys)})
	keys.Rows = []desk.KeyRow{
		{Name: "Web shop", Scopes: []string{"orders:read", "orders:write"}, Created: moment, Used: moment, RevokeURL: "/"},
		{Name: "Accounting", Scopes: []string{"orders:read"}, Created: moment, Revoked: moment},
	}
	keys.New.Wrong, keys.New.WrongScopes = text("error.required"), text("keys.scopes.required")
	all = append(all,
		Page{"desk-keys", desk.KeysPage(keys)},
		Page{"desk-made", desk.MadePage(desk.Made{Frame: Frame(ctx, "keys"), Title: text("made.keys.title"), Text: text("made.keys.text"), Secret: "ak_test_SAMPLE", BackURL: "/"})},
	)
	all = append(all, webhooks(ctx, moment)...)
	return append(all, links(ctx, moment)...)
}

func webhooks(ctx context.Context, moment desk.Moment) []Page {
	text := func(key string) string { return desk.Text(ctx, key) }
	on := desk.Status{Key: "on", Severity: "good"}
	form := desk.EndpointForm{
		Action: "/", Button: text("webhooks.add"), Types: []desk.Tick{{Value: "order.paid", Text: "order.paid", Chosen: true}, {Value: "order.refunded", Text: "order.refunded"}},
		Fields: []desk.Field{{Name: "url", Label: text("webhooks.url"), Type: "url", Value: "https://erp.kiln.example/antom", Hint: text("webhooks.url.hint")}},
	}
	endpoints := desk.Endpoints{Frame: Frame(ctx, "webhooks"), New: form, EventsURL: "/"}
	empty := desk.EndpointsPage(endpoints)
	endpoints.Rows = []desk.EndpointRow{
		{URL: "/", Address: "https://erp.kiln.example/antom", Description: "Stock and invoices", Status: on},
		{URL: "/", Address: "https://mail.kiln.example/hooks", Types: []string{"order.paid"}, Status: desk.Status{Key: "off", Severity: "bad"}},
	}
	one := desk.Endpoint{
		Frame: Frame(ctx, "webhooks"), Address: "https://erp.kiln.example/antom", Status: on, Created: moment, Failing: moment, Form: form,
		SwitchURL: "/", TestURL: "/", RotateURL: "/", DeleteURL: "/", RedeliverURL: "/", ListURL: "/",
	}
	off := one
	off.SwitchOn, off.Off, off.Status = true, "failing", desk.Status{Key: "off", Severity: "bad"}
	events := desk.Events{Frame: Frame(ctx, "webhooks"), ListURL: "/"}
	none := desk.EventsPage(events)
	events.Rows, events.Page = []desk.EventRow{{URL: "/", Type: "order.paid", OrderURL: "/", At: moment}, {URL: "/", Type: "endpoint.test", At: moment}}, desk.Page{NextURL: "/"}
	event := desk.Event{
		Frame: Frame(ctx, "webhooks"), ID: "01JD0000000000000000000000", Type: "order.paid", OrderURL: "/", At: moment, RedeliverURL: "/", ListURL: "/",
		Body: "{\n  \"type\": \"order.paid\"\n}",
	}
	undelivered := desk.EventPage(event)
	event.Deliveries = []desk.EventDelivery{{
		Address: "https://erp.kiln.example/antom", Status: desk.Status{Key: "pending", Severity: "wait"}, Next: moment,
		Tries: []desk.Try{{At: moment, Result: "503", Took: "212 ms", Answer: "<h1>Busy</h1>"}, {At: moment, Result: "connection refused", Took: "3 ms"}},
	}}
	return []Page{
		{"desk-webhooks-empty", empty}, {"desk-webhooks", desk.EndpointsPage(endpoints)}, {"desk-endpoint", desk.EndpointPage(one)},
		{"desk-endpoint-off", desk.EndpointPage(off)}, {"desk-events-empty", none}, {"desk-events", desk.EventsPage(events)},
		{"desk-event-undelivered", undelivered}, {"desk-event", desk.EventPage(event)},
	}
}

func links(ctx context.Context, moment desk.Moment) []Page {
	text := func(key string) string { return desk.Text(ctx, key) }
	field := func(name, value string) desk.Field {
		return desk.Field{Name: name, Label: text("link." + name), Type: "text", Value: value, Optional: true}
	}
	all := desk.Links{Frame: Frame(ctx, "links"), NewURL: "/"}
	empty := desk.LinksPage(all)
	all.Rows = []desk.LinkRow{
		{URL: "/", Name: "Pottery course", Sells: "1 × Pottery course, S$85.00", Uses: "3 / 12", Status: desk.Status{Key: "link_open", Severity: "good"}, Created: moment},
		{URL: "/", Name: "Donation", Sells: "S$5.00 – S$500.00", Uses: "41", Status: desk.Status{Key: "link_off", Severity: "plain"}, Created: moment},
	}
	form := desk.NewLink{
		Frame: Frame(ctx, "links"), Action: "/", BackURL: "/", Name: []desk.Field{field("name", "Pottery course"), field("currency", "SGD")},
		Price: []desk.Field{field("amount", "85.00"), field("quantity", "")}, Range: []desk.Field{field("min", ""), field("max", ""), field("suggested", "")},
		Terms: []desk.Field{field("max_uses", "12"), field("expires", ""), field("success_url", "")},
	}
	form.Price[0].Optional, form.Price[0].Needed = true, text("link.needed.fixed")
	for i := range form.Range[:2] {
		form.Range[i].Optional, form.Range[i].Needed = true, text("link.needed.range")
	}
	form.Price[0].Wrong = text("error.amount")
	one := desk.PaymentLink{
		Frame: Frame(ctx, "links"), Name: "Pottery course", Address: "https://pay.kiln.example/buy/m7kq2w9x4h5tz3cd", QRURL: static.URL("favicon.svg"),
		HTML: `<a href="https://pay.kiln.example/buy/m7kq2w9x4h5tz3cd">Pottery course</a>`, Status: desk.Status{Key: "link_open", Severity: "good"},
		Facts: []desk.LinkFact{{Key: "sells", Value: "1 × Pottery course, S$85.00"}, {Key: "uses", Value: "3 / 12"}}, ListURL: "/",
		Form: &desk.LinkForm{Action: "/", Fields: []desk.Field{field("name", "Pottery course")}, SwitchURL: "/"},
	}
	return []Page{{"desk-links-empty", empty}, {"desk-links", desk.LinksPage(all)}, {"desk-link-new", desk.NewLinkPage(form)}, {"desk-link", desk.PaymentLinkPage(one)}}
}
