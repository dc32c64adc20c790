// Package sandbox is a local Antom: the gateway with its signatures, the pages
// where a buyer pays, a stand-in for the Web SDK, notifications, and a control
// room that shows every message and can make everything go wrong.
//
// Any Antom SDK in any language can be pointed at it, because it speaks the
// protocol as documented. In a test of one process:
//
//	keys, err := sandbox.NewKeys()
//	box, err := sandbox.New(sandbox.Config{URL: server.URL, Keys: keys})
//	defer box.Close()
//	// point an antom client at box.Credentials(), create a session, and then
//	err = box.Control().Pay(paymentRequestID) // the buyer pays
//	err = box.Control().WaitIdle(ctx)         // what is due has been sent
//
// What is served where:
//
//	/ams/sandbox/api/v1/…, /ams/api/v1/…   the gateway
//	/buyer/{token}, /vault/{token}         wallet, bank, counter and card pages
//	/sdk/ams-checkout.min.js               the Web SDK's stand-in
//	/checkout-page/index.html              the hosted Checkout Page
//	/                                      the control room
//	/control/…                             its levers as JSON, see README.md
//
// What it refuses to do: it takes no client id of Antom's production (only
// SANDBOX_… ones), never shows a card number or CVV it was sent, and never
// calls anybody but the notify addresses that signed requests name.
package sandbox
