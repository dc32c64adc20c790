// Package checkout holds the rules: what an order is, how it and the attempts to pay it
// change, and what has to be done next. All of it is pure. [Apply] applies an event that
// Antom reports to an order; the functions of change.go apply what the shop, an operator
// and the clock do; [NextForPayment] and its neighbours say what to do next. A change
// returns a new order, and changes nothing else.
//
//	after, effects := checkout.Apply(before, event, rules)
//
// The package imports no other package of this module. It knows no HTTP, no SQL, no
// HTML and no message of Antom's; it reads no clock. The packages in its folder
// import it: payments carries out what is decided here, gateway translates Antom's
// messages to events, methods knows the ways to pay, and shop places orders.
package checkout
