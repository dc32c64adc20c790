package sandbox_test

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"antom-checkout/antom/sandbox"
)

// codesOf are the result codes that Antom documents for each endpoint, the
// gateway's own apart. A code with a U before it leaves the outcome open.
var codesOf = map[string]string{
	"payments/createPaymentSession": "NO_PAY_OPTIONS CURRENCY_NOT_SUPPORT SETTLE_CONTRACT_NOT_MATCH INVALID_CONTRACT MERCHANT_KYB_NOT_QUALIFIED " +
		"INVALID_MERCHANT_STATUS REPEAT_REQ_INCONSISTENT",
	"payments/pay": "U:PAYMENT_IN_PROCESS ORDER_IS_CLOSED ORDER_IS_CANCELED REPEAT_REQ_INCONSISTENT AUTHENTICATION_REQUIRED SELECTED_CARD_BRAND_NOT_AVAILABLE " +
		"INVALID_EXPIRATION_DATE INVALID_CARD_NUMBER INVALID_CVV CARD_NOT_SUPPORTED CARD_EXPIRED USER_BALANCE_NOT_ENOUGH " +
		"USER_AMOUNT_EXCEED_LIMIT USER_KYC_NOT_QUALIFIED USER_STATUS_ABNORMAL USER_NOT_EXIST USER_PAYMENT_VERIFICATION_FAILED " +
		"DO_NOT_HONOR ACCOUNT_CLOSED LOST_CARD STOLEN_CARD PICKUP_CARD RESTRICTED_CARD POLICY SUSPECTED_CARD RISK_REJECT FRAUD_REJECT " +
		"SUSPECTED_RISK PAYMENT_PROHIBITED INCORRECT_BLIKCODE EXPIRED_CODE INVALID_PAYMENT_CODE INVALID_PAYMENT_METHOD_META_DATA " +
		"CURRENCY_NOT_SUPPORT SETTLE_CONTRACT_NOT_MATCH INVALID_CONTRACT INVALID_ACCESS_TOKEN NO_PAY_OPTIONS MERCHANT_KYB_NOT_QUALIFIED " +
		"MERCHANT_NOT_REGISTERED INVALID_MERCHANT_STATUS PAYMENT_NOT_QUALIFIED PAYMENT_AMOUNT_EXCEED_LIMIT PAYMENT_COUNT_EXCEED_LIMIT " +
		"VERIFY_TIMES_EXCEED_LIMIT VERIFY_UNMATCHED ORDER_NOT_EXIST ORDER_STATUS_INVALID",
	"payments/consult":        "",
	"payments/inquiryPayment": "ORDER_NOT_EXIST",
	"payments/cancel": "CANCEL_WINDOW_EXCEED ORDER_NOT_EXIST ORDER_STATUS_INVALID PAYMENT_METHOD_NOT_SUPPORTED MERCHANT_BALANCE_NOT_ENOUGH " +
		"USER_NOT_EXIST USER_STATUS_ABNORMAL",
	"payments/capture": "U:CAPTURE_IN_PROCESS AUTH_EXPIRED AUTH_CANCELLED ORDER_IS_CANCELED CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT USER_AMOUNT_EXCEED_LIMIT " +
		"MULTI_CAPTURE_NOT_SUPPORTED PAYMENT_COUNT_EXCEED_LIMIT REPEAT_REQ_INCONSISTENT AUTH_NOT_FOUND ORDER_STATUS_INVALID " +
		"CURRENCY_NOT_SUPPORT INVALID_CONTRACT NO_PAY_OPTIONS RISK_REJECT USER_BALANCE_NOT_ENOUGH USER_NOT_EXIST USER_STATUS_ABNORMAL",
	"payments/refund": "U:REFUND_IN_PROCESS REFUND_AMOUNT_EXCEED REFUND_WINDOW_EXCEED REFUND_NOT_SUPPORTED PAYMENT_METHOD_NOT_SUPPORTED " +
		"PARTIAL_REFUND_NOT_SUPPORTED MULTIPLE_REFUNDS_NOT_SUPPORTED MERCHANT_BALANCE_NOT_ENOUGH ORDER_STATUS_INVALID ORDER_IS_CANCELED " +
		"ORDER_IS_CLOSED ORDER_NOT_EXIST REPEAT_REQ_INCONSISTENT CURRENCY_NOT_SUPPORT INVALID_MERCHANT_STATUS",
	"payments/inquiryRefund": "ORDER_NOT_EXIST",

	// Antom publishes no codes of these beside the gateway's.
	"vaults/createVaultingSession":     "",
	"vaults/vaultPaymentMethod":        "",
	"vaults/inquireVaulting":           "",
	"vaults/fetchNonce":                "",
	"vaults/inquireToken":              "INVALID_ACCESS_TOKEN",
	"vaults/updateToken":               "INVALID_ACCESS_TOKEN",
	"vaults/deleteToken":               "INVALID_ACCESS_TOKEN",
	"payments/getCardInfo":             "CARD_NOT_SUPPORTED INVALID_CARD_NUMBER",
	"payments/inquireInstallment":      "",
	"payments/acceptDispute":           "",
	"payments/supplyDefenseDocument":   "",
	"payments/downloadDisputeEvidence": "",
}

// codesOfAll are the codes that any endpoint may answer.
const codesOfAll = "PARAM_ILLEGAL PROCESS_FAIL SYSTEM_ERROR ACCESS_DENIED INVALID_SIGNATURE KEY_NOT_FOUND CLIENT_INVALID INVALID_CLIENT " +
	"INVALID_CLIENT_STATUS UNKNOWN_CLIENT INVALID_API NO_INTERFACE_DEF API_INVALID METHOD_NOT_SUPPORTED MEDIA_TYPE_NOT_ACCEPTABLE " +
	"U:UNKNOWN_EXCEPTION U:REQUEST_TRAFFIC_EXCEED_LIMIT"

// TestEveryCodeArrivesSigned has each endpoint answer each of its codes by the
// faults refuse and unknown. The answer is HTTP 200 and signed, and nothing was
// carried out.
func TestEveryCodeArrivesSigned(t *testing.T) {
	merchant := newStranger(t)
	for address, own := range codesOf {
		t.Run(address, func(t *testing.T) {
			endpoint := path.Base(address)
			for _, code := range strings.Fields(own + " " + codesOfAll) {
				fault := sandbox.Fault{Kind: sandbox.Refuse, On: endpoint, Code: code, Times: 1}
				status := "F"
				if open, isOpen := strings.CutPrefix(code, "U:"); isOpen {
					fault.Kind, fault.Code, status = sandbox.Unknown, open, "U"
				}
				if _, err := merchant.box.Control().AddFault(fault); err != nil {
					t.Fatal(err)
				}
				answer := merchant.answer(merchant.request("/ams/sandbox/api/v1/"+address, `{"paymentRequestId":"PR-1"}`))
				result, _ := answer["result"].(map[string]any)
				if got := fmt.Sprint(result["resultCode"], result["resultStatus"]); got != fault.Code+status {
					t.Errorf("%s answered %s, want %s %s", endpoint, got, fault.Code, status)
				}
				if message, _ := result["resultMessage"].(string); message == "" || len(message) > 256 {
					t.Errorf("%s %s has the message %q", endpoint, code, message)
				}
			}
		})
	}
	ledger := merchant.box.Control().Ledger()
	if len(ledger.Sessions)+len(ledger.Payments)+len(ledger.Refunds)+len(ledger.Captures)+len(ledger.Vaultings) > 0 {
		t.Errorf("something was carried out: %+v", ledger)
	}
}
