// Package sandbox is a local Antom: the gateway with its signatures, the pages
// where a buyer pays, a stand-in for the Web SDK, notifications, and a control
// page and API that show every message and inject faults.
//
// Any Antom SDK in any language can be pointed at it, because it implements the
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
//	/                                      the control page
//	/control/…                             the control API, see README.md
//
// It takes no client id of Antom's production (only SANDBOX_… ones), never shows
// a card number or CVV it was sent, and calls no address but the notify addresses
// that signed requests name.
//
// # Parts
//
// Each topic is a part: a type in its own file with its own few methods. Sandbox
// only wires them together (wiring.go). Those with state are:
//
//	ledger      sessions, payments, captures, refunds, cancels, disputes; journal is its file
//	vaults      vaultings
//	savedCards  cards that a token pays with
//	notifier    the queue of notifications; courier sends them, wrapper signs them
//	scheduler   the clock, and the tasks that wait for their time
//	faults      the injected faults and their random source
//	messages    the latest exchanges over the wire
//	changes     the count of changes, for those who wait for one
//
// The others have none: sessions, payments, operations and disputes change the
// ledger; gateway, buyerPages, vaultPages, webSDK, controlAPI and controlPage turn
// requests into calls of the parts.
//
// # Locks
//
// Each part with state has its own lock. They are taken in the order above, and a
// part may leave out those it does not need:
//
//	ledger → vaults → savedCards → notifier → scheduler, faults, messages, changes
//
// The last four are never held while another lock is taken. No lock
// is held while a notification is sent, because the merchant may call the gateway
// before it answers.
//
// The ledger's lock covers all money, and is held for a whole change: a call that
// is carried out, an act of the buyer, a task that is due, the result of a sending,
// an advance of the clock. One lock is simpler and safer here than one for each
// topic, because a change rarely stays within one: a cancel depends on captures
// and refunds, a success starts a capture and plans a notification. So
//
//   - a payment changes together with its captures, refunds, cancels and
//     notifications, and no reader of the ledger sees a part of a change;
//   - all records of a change are one write to the journal, before the caller or
//     the merchant can know of it: a process that dies keeps a change or loses it;
//   - a task that was cancelled does not run, because it is taken from the queue
//     under the ledger's lock;
//   - an advance of the clock is one step for everything that happens.
//
// Vaultings, saved cards and notifications are part of such changes too: they are
// changed under the ledger's lock and their own, and are read under either.
package sandbox
