// Package views holds the pages: templates, the view models they take, and every
// text in every language.
//
// A page is a whole document and takes one view model of strings and bools; it
// reads no clock, adds no numbers and decides nothing about orders. The context
// carries what belongs to the response: the script nonce (templ.WithNonce) and the
// language (WithLanguage).
//
//	ctx = views.WithLanguage(templ.WithNonce(ctx, nonce), views.Match(r.Header.Get("Accept-Language")))
//	err := views.CheckoutPage(view).Render(ctx, &buf)
//
// Texts are in messages/*.json under keys like "checkout.pay". A view model
// carries keys where its comment says so; all other values are shown unchanged.
package views
