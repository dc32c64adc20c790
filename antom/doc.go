// Package antom is a client for Antom Merchant Services (Ant International),
// product CASHIER_PAYMENT: payment sessions for the Antom SDKs, payments by
// API, inquiries, captures, refunds, vaulting, disputes, and the signed
// notifications Antom sends back.
//
// It knows the protocol and nothing of anybody's orders: it signs requests,
// trusts an answer only after its signature has been verified on the raw
// bytes, and tells a caller what an answer means for the next step.
//
//	client, err := antom.New(antom.Config{
//		ClientID:   "SANDBOX_5X00000000000000",
//		PrivateKey: merchantPrivateKey,
//		PublicKeys: antomPublicKey,
//	})
//	session, err := client.CreatePaymentSession(ctx, request)
//
// What it refuses to do: it keeps no state, never logs a body, a key or a
// signature, and never calls a payment failed because an answer was missing
// (see [Error.Unknown]).
package antom
