package sandbox

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
)

// endpoint carries out one API of Antom. The ledger's lock is held.
type endpoint func(body []byte) (any, *Refusal)

// endpoints are the gateway's APIs by their path.
func (s *Sandbox) endpoints() map[string]endpoint {
	return map[string]endpoint{
		"payments/createPaymentSession": takes(s.sessions.createPaymentSession),
		"payments/pay":                  takes(s.payments.pay),
		"payments/inquiryPayment":       takes(s.payments.inquiryPayment),
		"payments/cancel":               takes(s.operations.cancel),
		"payments/capture":              takes(s.operations.capture),
		"payments/refund":               takes(s.operations.refund),
		"payments/inquiryRefund":        takes(s.operations.inquiryRefund),
		"payments/consult":              takes(s.methodOffers.consult),

		"payments/getCardInfo":        takes(cardBook{}.getCardInfo),
		"payments/inquireInstallment": takes(cardBook{}.inquireInstallment),

		"vaults/createVaultingSession": takes(s.vaults.createVaultingSession),
		"vaults/vaultPaymentMethod":    takes(s.vaults.vaultPaymentMethod),
		"vaults/inquireVaulting":       takes(s.vaults.inquireVaulting),
		"vaults/inquireToken":          takes(s.tokens.inquireToken),
		"vaults/updateToken":           takes(s.tokens.updateToken),
		"vaults/deleteToken":           takes(s.tokens.deleteToken),
		"vaults/fetchNonce":            takes(s.vaults.fetchNonce),
		"payments/fetchNonce":          takes(s.vaults.fetchNonce), // Antom's SDKs know both addresses

		"payments/acceptDispute":           takes(s.disputes.acceptDispute),
		"payments/supplyDefenseDocument":   takes(s.disputes.supplyDefenseDocument),
		"payments/downloadDisputeEvidence": takes(s.disputes.downloadDisputeEvidence),
	}
}

// takes turns a method that takes a request into an endpoint that takes bytes.
func takes[Request any](do func(*Request) (any, *Refusal)) endpoint {
	return func(body []byte) (any, *Refusal) {
		request := new(Request)
		if err := json.Unmarshal(body, request); err != nil {
			return nil, refuse("PARAM_ILLEGAL", "%v", err)
		}
		return do(request)
	}
}

// endpointNames are the last parts of the endpoints' paths, in order.
func endpointNames(endpoints map[string]endpoint) []string {
	names := map[string]bool{}
	for address := range endpoints {
		names[path.Base(address)] = true
	}
	return slices.Sorted(maps.Keys(names))
}
