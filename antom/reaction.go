package antom

// reaction is what a caller does about a result code. Antom's own advice
// stands in testdata/result-codes.md, which a test compares with these tables.
type reaction string

const (
	none    reaction = "none"    // S: nothing is left to do
	wait    reaction = "wait"    // accepted; a notification or an inquiry brings the end
	sameID  reaction = "same id" // send the same request again
	newID   reaction = "new id"  // try again under a new id
	decline reaction = "decline" // as newID, and it is the buyer's turn
	fail    reaction = "fail"    // it stays so
	fix     reaction = "fix"     // the merchant's settings, contract or code
)

// reactionTo finds a code in its endpoint's table, then among the codes that
// every endpoint may answer. It is empty for a code that no page documents.
func reactionTo(endpoint string, code ResultCode) reaction {
	if r, known := reactions[endpoint][code]; known {
		return r
	}
	return gatewayReactions[code]
}

var gatewayReactions = byCode(map[reaction][]ResultCode{
	none:   {CodeSuccess},
	sameID: {CodeTrafficLimit, CodeUnknownException},
	fail:   {"PROCESS_FAIL", "SYSTEM_ERROR"},
	fix: {
		"ACCESS_DENIED", "API_INVALID", "CLIENT_FORBIDDEN_ACCESS_API", "CLIENT_INVALID", "INVALID_API", "INVALID_CLIENT",
		"INVALID_CLIENT_STATUS", "INVALID_SIGNATURE", "KEY_NOT_FOUND", "MEDIA_TYPE_NOT_ACCEPTABLE",
		"METHOD_NOT_SUPPORTED", "NO_INTERFACE_DEF", "PARAM_ILLEGAL", "UNKNOWN_CLIENT",
	},
})

var reactions = map[string]map[ResultCode]reaction{
	"createPaymentSession": byCode(map[reaction][]ResultCode{
		newID: {"REPEAT_REQ_INCONSISTENT"},
		fix: {
			"CURRENCY_NOT_SUPPORT", "INVALID_CONTRACT", "INVALID_MERCHANT_STATUS",
			"MERCHANT_KYB_NOT_QUALIFIED", "MERCHANT_KYC_NOT_QUALIFIED", "MERCHANT_NOT_REGISTERED", "NO_PAY_OPTIONS",
			"SETTLE_CONTRACT_NOT_MATCH",
		},
	}),
	// The codes of pay are also those of a payment's notification and of
	// paymentResultCode in an inquiry.
	endpointPay: byCode(map[reaction][]ResultCode{
		wait: {CodePaymentInProcess},
		newID: {
			"AUTHENTICATION_REQUIRED", // with is3DSAuthentication
			CodeOrderIsCanceled, CodeOrderIsClosed, "REPEAT_REQ_INCONSISTENT",
		},
		decline: {
			"ACCESS_DENIED", "ACCOUNT_CLOSED", "CARD_EXPIRED", "CARD_NOT_SUPPORTED", "DO_NOT_HONOR",
			"EXPIRED_CODE", "INCORRECT_BLIKCODE", "INVALID_CARD_NUMBER", "INVALID_CVV",
			"INVALID_EXPIRATION_DATE", "INVALID_PAYMENT_CODE", "LOST_CARD", "PAYMENT_AMOUNT_EXCEED_LIMIT",
			"PAYMENT_COUNT_EXCEED_LIMIT", "PICKUP_CARD", "POLICY", "RESTRICTED_CARD",
			"SELECTED_CARD_BRAND_NOT_AVAILABLE", "STOLEN_CARD", "SUSPECTED_CARD",
			"USER_AMOUNT_EXCEED_LIMIT", "USER_BALANCE_NOT_ENOUGH", "USER_KYC_NOT_QUALIFIED",
			"USER_NOT_EXIST", "USER_PAYMENT_VERIFICATION_FAILED", "USER_STATUS_ABNORMAL",
		},
		fail: {
			"FRAUD_REJECT", CodeOrderNotExist, "ORDER_STATUS_INVALID", "PAYMENT_PROHIBITED", "RISK_REJECT",
			"SUSPECTED_RISK", "VERIFY_TIMES_EXCEED_LIMIT", "VERIFY_UNMATCHED",
		},
		fix: {
			"CURRENCY_NOT_SUPPORT", "INVALID_ACCESS_TOKEN", "INVALID_CONTRACT", "INVALID_MERCHANT_STATUS",
			"INVALID_PAYMENT_METHOD_META_DATA", "MERCHANT_KYB_NOT_QUALIFIED", "MERCHANT_KYC_NOT_QUALIFIED",
			"MERCHANT_NOT_REGISTERED", "NO_PAY_OPTIONS", "PAYMENT_NOT_QUALIFIED", "SETTLE_CONTRACT_NOT_MATCH",
		},
	}),
	"inquiryPayment": byCode(map[reaction][]ResultCode{
		sameID: {CodeOrderNotExist}, // a payment on its way may be known later
	}),
	"cancel": byCode(map[reaction][]ResultCode{
		sameID: {"MERCHANT_BALANCE_NOT_ENOUGH"}, // once the balance is there
		fail: {
			"CANCEL_WINDOW_EXCEED", CodeOrderNotExist, "ORDER_STATUS_INVALID",
			"PAYMENT_METHOD_NOT_SUPPORTED", "USER_NOT_EXIST", "USER_STATUS_ABNORMAL",
		},
	}),
	"capture": byCode(map[reaction][]ResultCode{
		wait: {CodeCaptureInProcess},
		newID: {
			"CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "REPEAT_REQ_INCONSISTENT", "USER_AMOUNT_EXCEED_LIMIT",
		},
		fail: {
			"ACCESS_DENIED", "AUTH_CANCELLED", "AUTH_EXPIRED", "MULTI_CAPTURE_NOT_SUPPORTED",
			CodeOrderIsCanceled, "PAYMENT_COUNT_EXCEED_LIMIT", "RISK_REJECT", "USER_BALANCE_NOT_ENOUGH",
			"USER_NOT_EXIST", "USER_STATUS_ABNORMAL",
		},
		fix: {
			"AUTH_NOT_FOUND", "CURRENCY_NOT_SUPPORT", "INVALID_CONTRACT", "NO_PAY_OPTIONS",
			"ORDER_STATUS_INVALID",
		},
	}),
	"refund": byCode(map[reaction][]ResultCode{
		wait:  {CodeRefundInProcess},
		newID: {"MERCHANT_BALANCE_NOT_ENOUGH", "ORDER_STATUS_INVALID", "REFUND_AMOUNT_EXCEED"},
		fail: {
			"ACCESS_DENIED", "INVALID_MERCHANT_STATUS", "MULTIPLE_REFUNDS_NOT_SUPPORTED",
			CodeOrderIsCanceled, CodeOrderIsClosed, "PARTIAL_REFUND_NOT_SUPPORTED",
			"PAYMENT_METHOD_NOT_SUPPORTED", "REFUND_NOT_SUPPORTED", "REFUND_WINDOW_EXCEED", "RISK_REJECT",
		},
		fix: {CodeOrderNotExist, "CURRENCY_NOT_SUPPORT", "REPEAT_REQ_INCONSISTENT"},
	}),
	"inquiryRefund": byCode(map[reaction][]ResultCode{
		sameID: {CodeOrderNotExist}, // after 15 s; see InquiryRefund
	}),
	// The codes of vaultPaymentMethod are also those of vaultingResultCode.
	endpointVault: byCode(map[reaction][]ResultCode{
		wait:  {CodeVerificationInProcess},
		newID: {"AUTHENTICATION_REQUIRED", CodeOrderIsClosed},
		decline: {
			"ACCESS_DENIED", "ACCOUNT_CLOSED", "BLOCKED_FIRST_USED", "CARD_EXPIRED", "CARD_NOT_SUPPORTED",
			"DO_NOT_HONOR", "INVALID_CARD_NUMBER", "INVALID_CVV", "INVALID_EXPIRATION_DATE", "LOST_CARD",
			"NO_SELECTED_ACCOUNT", "PAYMENT_AMOUNT_EXCEED_LIMIT", "PAYMENT_COUNT_EXCEED_LIMIT",
			"PICKUP_CARD", "POLICY", "RESTRICTED_CARD", "STOLEN_CARD", "USER_BALANCE_NOT_ENOUGH",
			"USER_PAYMENT_VERIFICATION_FAILED",
		},
		fail: {"FRAUD_REJECT", "VERIFY_TIMES_EXCEED_LIMIT"},
	}),
	"acceptDispute": byCode(map[reaction][]ResultCode{
		fail: {"REPEAT_REQUEST", "TIME_EXCEEDS_LIMIT"},
	}),
	"supplyDefenseDocument": byCode(map[reaction][]ResultCode{
		fail: {"DEFENSE_EXCEED_LIMIT", "NOT_ALLOW_IN_CURRENT_STATUS", "REPEAT_REQUEST", "TIME_EXCEEDS_LIMIT"},
	}),
}

// Endpoints whose codes also arrive by other ways than their own answers.
const (
	endpointPay   = "pay"
	endpointVault = "vaultPaymentMethod"
)

// byCode turns a table that is easy to read into one that is easy to query.
func byCode(table map[reaction][]ResultCode) map[ResultCode]reaction {
	codes := map[ResultCode]reaction{}
	for r, list := range table {
		for _, code := range list {
			codes[code] = r
		}
	}
	return codes
}
