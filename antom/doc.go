// Package antom is a client for Antom Merchant Services (Ant International),
// product CASHIER_PAYMENT: payment sessions for the Antom SDKs, payments by
// API, inquiries, captures, refunds, vaulting, disputes, and the signed
// notifications Antom sends back.
//
// It knows the protocol and no orders: it signs requests,
// trusts an answer only after its signature has been verified on the raw
// bytes, and says what an answer means for the next step.
//
//	client, err := antom.New(antom.Config{
//		ClientID:   "SANDBOX_5X00000000000000",
//		PrivateKey: merchantPrivateKey,
//		PublicKeys: antomPublicKey,
//	})
//	session, err := client.CreatePaymentSession(ctx, request)
//
// # A payment
//
// A buyer pays in one of two ways. [Client.CreatePaymentSession] makes a
// session, with which an Antom SDK in the browser or app collects what the
// method needs. [Client.Pay] makes the payment from the server and answers
// with the address, or the code, that leads the buyer on. [Client.Consult]
// says beforehand which methods fit.
//
// What the browser says afterwards proves nothing. Two witnesses do: a
// notification, by [Client.ParseNotification], and [Client.InquiryPayment].
// A card's payment is at first only authorised; its money is in the capture
// that follows by itself, or with [CaptureManual] by [Client.Capture].
//
// [Client.Cancel] ends a payment that is no longer wanted, [Client.Refund]
// returns money.
//
// # Ids
//
// The request ids are the idempotency keys. Make one, store it, and only then
// call: with the same id the same request can be sent again at any time, also
// after a crash, and takes effect once. A new attempt needs a new id.
//
// # Results
//
// Every answer carries a [Result]. What S, F and U mean differs by endpoint; the
// methods' comments say it. A nil error is S, or the
// U of a request that Antom has accepted and will finish (see
// [Result.InProcess]). All else is an [*Error]: it says whether the outcome is
// Unknown, whether the buyer may try again (Declined), whether a person must
// repair something (Fix), and with which id to Retry. An answer that did not
// come, or is not proven to be Antom's, is unknown and never failed.
//
// The client itself repeats only what is safe, with the same bytes and a fresh
// signature; see [Config].
//
// # Text
//
// Antom refuses text beyond ASCII, and some methods break at it. A request is
// checked before it is sent; [Order.MakeSafe] and [PlainText] make names and
// goods fit for it.
//
// # What it refuses to do
//
// It keeps no state, never logs a body, a key or a signature, prints no card
// data or key whatever the verb, and never calls a payment failed because an
// answer was missing. Observe calls by [WithObserver].
package antom
