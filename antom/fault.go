package antom

// codeSystemError is a failure inside Antom.
const codeSystemError ResultCode = "SYSTEM_ERROR"

// ShopFault reports a final F that no buyer can have caused: the shop's keys,
// settings, contract or code are wrong, or Antom's own system has failed. Of a
// payment's result (a notification, an inquiry) the codes of [Client.Pay] count, where
// ACCESS_DENIED is a declined card; see StartFault.
func (e *Error) ShopFault() bool {
	return e.Status == StatusFailed && (e.Fix() || e.Code == codeSystemError)
}

// StartFault is ShopFault for the answer to a call that starts a payment
// (createPaymentSession, pay). Without a card the buyer has not acted yet. So every
// refusal is the shop's fault, unless the table of pay knows the code as the end of a
// payment; and ACCESS_DENIED is about the shop's permission. With a card the card's bank
// has been asked already, and its refusals are about the card.
func (e *Error) StartFault() bool {
	switch {
	case e.Status != StatusFailed:
		return false
	case e.WithCard:
		return e.ShopFault()
	}
	known, ofPayment := reactions[endpointPay][e.Code]
	return !ofPayment || known == fix || e.Code == "ACCESS_DENIED"
}

// CallFault reports whether the answer to any call shows a fault of the shop's
// settings: the gate refuses it, or it starts a payment and is a StartFault. The token of
// a saved card that is no longer good is the card's matter, and no setting's.
func (e *Error) CallFault() bool {
	switch {
	case e.Endpoint == endpointPay && e.Code == "INVALID_ACCESS_TOKEN":
		return false
	case e.Endpoint == "createPaymentSession", e.Endpoint == endpointPay:
		return e.StartFault()
	}
	return e.AtTheGate() && e.ShopFault()
}

// Cure says what to do about a code that is the shop's fault. known is false for a
// code that Antom's documents do not have.
func Cure(code ResultCode) (cure string, known bool) {
	if cure, known = cures[code]; known {
		return cure, true
	}
	return "ask Antom's support what this code means for the client id", false
}

var cures = map[ResultCode]string{
	"":                                 "the request was not sent because a part of it is not valid; report it to the developers",
	"ACCESS_DENIED":                    "ask Antom's support to permit this API for the client id",
	"API_INVALID":                      "check the gateway's address: the region must be that of the account",
	"CLIENT_FORBIDDEN_ACCESS_API":      "ask Antom's support to permit this API for the client id",
	"CLIENT_INVALID":                   "check the client id",
	"CURRENCY_NOT_SUPPORT":             "check that the contract covers the shop's currency and the settlement currency",
	"INVALID_ACCESS_TOKEN":             "the token is not valid for this client id",
	"INVALID_API":                      "check the gateway's address: the region must be that of the account",
	"INVALID_CLIENT":                   "check the client id",
	"INVALID_CLIENT_STATUS":            "the client id is disabled; ask Antom's support",
	"INVALID_CONTRACT":                 "the contract does not cover this method or has ended; look into Antom Dashboard",
	"INVALID_MERCHANT_STATUS":          "the merchant account is not active; look into Antom Dashboard",
	"INVALID_PAYMENT_METHOD_META_DATA": "the method wants data that the shop does not send; report it to the developers",
	"INVALID_SIGNATURE":                "the private key does not match the public key in Antom Dashboard, or the client id is that of another key",
	"KEY_NOT_FOUND":                    "store the shop's public key in Antom Dashboard",
	"MEDIA_TYPE_NOT_ACCEPTABLE":        "a proxy changes the request's headers",
	"MERCHANT_KYB_NOT_QUALIFIED":       "finish the verification of the business in Antom Dashboard",
	"MERCHANT_KYC_NOT_QUALIFIED":       "finish the verification of the business in Antom Dashboard",
	"MERCHANT_NOT_REGISTERED":          "the merchant account is not registered for this method; ask Antom's support",
	"METHOD_NOT_SUPPORTED":             "check the gateway's address, and what a proxy makes of the request",
	"NO_INTERFACE_DEF":                 "check the gateway's address: the region must be that of the account",
	"NO_PAY_OPTIONS":                   "no method of the contract fits; look into Antom Dashboard",
	"PARAM_ILLEGAL":                    "compare this machine's clock with the true time, then the currency and the addresses of the shop; the log of Antom Dashboard names the parameter",
	"PAYMENT_NOT_QUALIFIED":            "the contract does not cover this kind of payment; ask Antom's support",
	"PROCESS_FAIL":                     "ask Antom's support why the payment cannot be started",
	"SETTLE_CONTRACT_NOT_MATCH":        "set the settlement currency to that of the contract",
	codeSystemError:                    "Antom's own system fails; wait, and ask Antom's support when it lasts",
	"UNKNOWN_CLIENT":                   "check the client id: test and live ids differ",
}
