// Package e2e walks the shop as people do: a real browser, the real binary with
// its embedded sandbox, a real database. It holds tests only.
//
// A journey reads as a story and uses what is published: the data-test hooks of
// the pages, the sandbox's levers under /control/, the audit command, and the
// fields a buyer fills.
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
// What it refuses to do: reach into our packages, wait for a time to pass, or
// skip when there is no browser. Every page's console is listened to, and a
// violated policy or an uncaught error fails the journey.
package e2e
