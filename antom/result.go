package antom

import "encoding/json"

// ResultStatus is the first thing to read in any answer or notification.
type ResultStatus string

// Antom's three result statuses. What exactly they say differs by endpoint and
// stands in each method's comment.
const (
	StatusSuccess ResultStatus = "S"
	StatusFailed  ResultStatus = "F"
	StatusUnknown ResultStatus = "U" // not known yet: wait, or inquire with the same id
)

// ResultCode says what happened. The set is open: a code this package does not
// know is kept as it came.
type ResultCode string

// UnmarshalJSON keeps a code as it came, but for ORDER_IS_CANCELLED: Antom
// spells it both ways, and one spelling is enough for every reader.
func (c *ResultCode) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, (*string)(c)); err != nil {
		return err
	}
	if *c == "ORDER_IS_CANCELLED" {
		*c = CodeOrderIsCanceled
	}
	return nil
}

// The codes this package itself acts upon; the tables per endpoint name the rest.
const (
	CodeSuccess               ResultCode = "SUCCESS"
	CodePaymentInProcess      ResultCode = "PAYMENT_IN_PROCESS"
	CodeCaptureInProcess      ResultCode = "CAPTURE_IN_PROCESS"
	CodeRefundInProcess       ResultCode = "REFUND_IN_PROCESS"
	CodeVerificationInProcess ResultCode = "VERIFICATION_IN_PROCESS"
	CodeOrderNotExist         ResultCode = "ORDER_NOT_EXIST"
	CodeOrderIsClosed         ResultCode = "ORDER_IS_CLOSED"
	CodeOrderIsCanceled       ResultCode = "ORDER_IS_CANCELED"
	CodeTrafficLimit          ResultCode = "REQUEST_TRAFFIC_EXCEED_LIMIT"
	CodeUnknownException      ResultCode = "UNKNOWN_EXCEPTION"
)

// Result is the envelope of every answer and notification.
type Result struct {
	Code    ResultCode   `json:"resultCode"`
	Status  ResultStatus `json:"resultStatus"`
	Message string       `json:"resultMessage"` // for people, not stable
}

// InProcess reports the U that is no doubt: Antom has accepted the request and
// will say later how it ended.
func (r Result) InProcess() bool {
	if r.Status != StatusUnknown {
		return false
	}
	switch r.Code {
	case CodePaymentInProcess, CodeCaptureInProcess, CodeRefundInProcess, CodeVerificationInProcess:
		return true
	}
	return false
}
