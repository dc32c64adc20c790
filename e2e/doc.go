// Package e2e tests the whole program as a buyer uses it: with a real browser, the
// embedded sandbox, and a real database. It holds tests only.
//
// A journey is written as the steps of a buyer. It uses the published contract: the
// data-test hooks of the pages, the sandbox's control API, the audit command, and
// the fields of the forms.
//
//	shop := openShop(t)
//	buyer := shop.buyer(desktop)
//	buyer.orders("MUG-01")
//	buyer.chooses("GCASH")
//	buyer.pays()
//	buyer.presses("buyer-pay")
//	buyer.sees("paid")
//	shop.paidOnce()
//
// A journey calls no package but app, waits for conditions and not for a time, and
// fails without a browser. A violated policy or an uncaught error in the console of a
// page fails the journey.
package e2e
