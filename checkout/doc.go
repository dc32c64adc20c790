// Package checkout is the domain: what an order is, what may become of it, and
// the one Service that moves it. It decides with pure functions over an order
// and Antom's words about it ([Apply]); the [Service] loads, decides, commits,
// and only then acts.
//
// It speaks to Antom through package antom and to a database through [Store].
// It knows no HTTP, no SQL and no HTML.
//
//	shop := checkout.New(config, store, gateway)
//	order, err := shop.PlaceOrder(ctx, request)
//	started, err := shop.StartPayment(ctx, order.Token, checkout.Attempt{Method: "CARD"})
package checkout
