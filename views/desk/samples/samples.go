// Package samples fills every page of the dashboard in every state, as the handlers would.
// The gallery shows them and tests check them; the program does not import the package.
package samples

import (
	"context"
	"slices"

	"github.com/a-h/templ"

	"antom-checkout/views/desk"
)

// Page is one page in one state.
type Page struct {
	Name string
	templ.Component
}

// Pages lists all of them. Each part of the dashboard has its own in a file of its own.
func Pages(ctx context.Context) []Page {
	ctx = desk.WithLanguage(ctx)
	return slices.Concat(orders(ctx), proofs(ctx), disputes(ctx), inboxes(ctx), entrance(ctx), accounts(ctx), people(ctx), products(ctx), personal(ctx), systems(ctx), reports(ctx), reconciliation(ctx), settings(ctx), general(ctx))
}

// Frame is that of an owner who is at the page whose key in the navigation is current.
func Frame(ctx context.Context, current string) desk.Frame {
	f := desk.Frame{
		ShopName: "Kiln & Thread", Sandbox: true, HomeURL: "/dashboard", AccountURL: "/dashboard/account", SignOutURL: "/dashboard/sign-out", Person: "Mei Lindqvist", Role: "owner",
		Languages: desk.LanguageChoices(ctx, func(code string) string { return "./?lang=" + code }),
	}
	for _, key := range []string{"orders", "inbox", "links", "products", "reports", "reconciliation", "webhooks", "keys", "personal-data", "people", "log", "settings", "account"} {
		f.Navigation = append(f.Navigation, desk.Item{Key: key, Href: "/dashboard/" + key, Current: key == current})
	}
	return f
}

func general(ctx context.Context) []Page {
	return []Page{
		{"desk-confirm", desk.ConfirmPage(desk.Confirm{
			Frame: Frame(ctx, ""), Title: "Refund S$18.00", Text: []string{"S$18.00 of S$42.00 go back to the buyer's card.", "This cannot be undone."},
			Until: "Possible until 14 May 2027.", Action: "/", Button: "Refund S$18.00", BackURL: "/", Danger: true,
		})},
		{"desk-forbidden", desk.ErrorPage(desk.Error{Frame: Frame(ctx, ""), Status: 403, Reference: "01JD0000000000000000000000"})},
		{"desk-missing", desk.ErrorPage(desk.Error{Frame: Frame(ctx, ""), Status: 404})},
	}
}
