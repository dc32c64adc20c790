package sandbox

import (
	"fmt"

	"antom-checkout/antom"
)

// Refusal is an F (or U) of the gateway: the documented code for the merchant,
// and a reason in plain language for the control page.
type Refusal struct {
	Code   antom.ResultCode
	Status antom.ResultStatus
	Reason string
}

// Error says what was refused and why.
func (r *Refusal) Error() string { return string(r.Code) + ": " + r.Reason }

func refuse(code antom.ResultCode, reason string, args ...any) *Refusal {
	return &Refusal{Code: code, Status: antom.StatusFailed, Reason: fmt.Sprintf(reason, args...)}
}

// resultTexts are Antom's messages for the codes that have a well-known one.
var resultTexts = map[antom.ResultCode]string{
	"SUCCESS":                      "success.",
	"PAYMENT_IN_PROCESS":           "payment in process",
	"CAPTURE_IN_PROCESS":           "The capture is being processed.",
	"REFUND_IN_PROCESS":            "The refund is under processing.",
	"VERIFICATION_IN_PROCESS":      "The verification is being processed.",
	"PARAM_ILLEGAL":                "Illegal parameters exist.",
	"INVALID_SIGNATURE":            "The signature is invalid.",
	"KEY_NOT_FOUND":                "The key is not found.",
	"UNKNOWN_CLIENT":               "The client is unknown.",
	"NO_INTERFACE_DEF":             "API is not defined.",
	"METHOD_NOT_SUPPORTED":         "The server does not implement the requested HTTP method.",
	"MEDIA_TYPE_NOT_ACCEPTABLE":    "The server does not implement the media type that is acceptable to the client.",
	"ORDER_NOT_EXIST":              "The order does not exist.",
	"ORDER_IS_CLOSED":              "The order is closed.",
	"ORDER_IS_CANCELED":            "The order is canceled.",
	"ORDER_STATUS_INVALID":         "The order status is invalid.",
	"REPEAT_REQ_INCONSISTENT":      "Repeated requests are inconsistent.",
	"PROCESS_FAIL":                 "General business failure. No retry.",
	"ACCESS_DENIED":                "Access is denied.",
	"SYSTEM_ERROR":                 "System error.",
	"UNKNOWN_EXCEPTION":            "API failed due to unknown reason.",
	"CURRENCY_NOT_SUPPORT":         "The currency is not supported.",
	"NO_PAY_OPTIONS":               "No payment options are available.",
	"USER_BALANCE_NOT_ENOUGH":      "The user balance is not enough for this payment.",
	"RISK_REJECT":                  "The request is rejected because of the risk control.",
	"CANCEL_WINDOW_EXCEED":         "The cancel date is beyond the cancel period.",
	"REFUND_WINDOW_EXCEED":         "The refund date is beyond the refund period.",
	"REFUND_AMOUNT_EXCEED":         "The total refund amount exceeds the payment amount.",
	"PAYMENT_METHOD_NOT_SUPPORTED": "The payment method is not supported.",
}

// resultOf is the envelope for a code.
func resultOf(code antom.ResultCode, status antom.ResultStatus) antom.Result {
	text, known := resultTexts[code]
	if !known {
		text = string(code)
	}
	return antom.Result{Code: code, Status: status, Message: text}
}

func succeeded() antom.Envelope {
	return antom.Envelope{Result: resultOf("SUCCESS", antom.StatusSuccess)}
}

func inProcess(code antom.ResultCode) antom.Envelope {
	return antom.Envelope{Result: resultOf(code, antom.StatusUnknown)}
}

// result is the refusal's envelope. A PARAM_ILLEGAL names the parameter, as
// Antom's does; the other reasons are for the control page.
func (r *Refusal) result() antom.Result {
	result := resultOf(r.Code, r.Status)
	if r.Code == "PARAM_ILLEGAL" {
		result.Message = clip(result.Message+" "+r.Reason, 256)
	}
	return result
}

func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return text[:most]
}
