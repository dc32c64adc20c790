// Package checkout holds the rules: what an order is, what may become of it and of
// the attempts to pay it, and what has to be done about that. All of it is pure.
// [Apply] says what an event that Antom reports makes of an order; the functions of
// change.go say the same of what shop, operator and clock do; [NextForPayment] and its
// neighbours say what to do next. Each returns a new order, and changes nothing else.
//
//	after, effects := checkout.Apply(before, event, rules)
//
// The package imports no other package of this module. It knows no HTTP, no SQL, no
// HTML and no message of Antom's; it reads no clock. Packages below it in the tree
// stand above it: payments carries out what is decided here, gateway makes events of
// Antom's messages, methods knows the ways to pay, and shop places orders.
package checkout
