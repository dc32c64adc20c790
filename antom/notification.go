package antom

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
)

// MaxNotification is the largest notification that is read, in bytes.
const MaxNotification = 64 << 10

// ErrMalformed is a notification that Antom signed and that cannot be read.
var ErrMalformed = errors.New("antom: notification cannot be read")

// Notification is one of *PaymentResult, *PaymentPending, *CaptureResult,
// *RefundResult, *VaultingResult, *DisputeNotification and *UnknownNotification.
type Notification interface {
	// Kind is Antom's notifyType, as it came.
	Kind() string
	// Outcome is the result envelope.
	Outcome() Result
	// Message is the notification as it came; zero unless it was verified just now.
	Message() Signed
	keep(Signed)
}

// NotificationEnvelope is the part all notifications share.
type NotificationEnvelope struct {
	NotifyType string `json:"notifyType"`
	Result     Result `json:"result"`
	Signed     Signed `json:"-"`
}

// Message is the notification as it came.
func (n *NotificationEnvelope) Message() Signed { return n.Signed }

func (n *NotificationEnvelope) keep(s Signed) { n.Signed = s }

// Kind is Antom's notifyType.
func (n *NotificationEnvelope) Kind() string { return n.NotifyType }

// Outcome is the result envelope.
func (n *NotificationEnvelope) Outcome() Result { return n.Result }

// PaymentNotification is the body of notifyPayment.
type PaymentNotification struct {
	NotificationEnvelope
	PaymentRequestID    string             `json:"paymentRequestId"`
	PaymentID           string             `json:"paymentId,omitempty"`
	PaymentAmount       Amount             `json:"paymentAmount,omitzero"`
	ActualPaymentAmount Amount             `json:"actualPaymentAmount,omitzero"`
	PaymentCreateTime   Time               `json:"paymentCreateTime,omitzero"`
	PaymentTime         Time               `json:"paymentTime,omitzero"`
	PaymentMethodType   string             `json:"paymentMethodType,omitempty"`
	AuthExpiryTime      Time               `json:"authExpiryTime,omitzero"`
	PaymentResultInfo   *PaymentResultInfo `json:"paymentResultInfo,omitempty"`
	CardInfo            *PaymentResultInfo `json:"cardInfo,omitempty"`
	AcquirerReferenceNo string             `json:"acquirerReferenceNo,omitempty"`
	Metadata            string             `json:"metadata,omitempty"` // that of the request
}

// CardToken is the token of a card that was stored with the payment, or "".
// Antom's documents show it in either of two places.
func (n *PaymentNotification) CardToken() string { return cardToken(n.PaymentResultInfo, n.CardInfo) }

// Failure is why the payment failed, in the codes of [Client.Pay], so that its
// Declined and Retry say what the buyer may do next. It is nil unless the
// result is F.
func (n *PaymentNotification) Failure() *Error {
	if n.Result.Status != StatusFailed {
		return nil
	}
	return &Error{Endpoint: endpointPay, Code: n.Result.Code, Status: StatusFailed, Message: n.Result.Message}
}

// PaymentResult (PAYMENT_RESULT) is final: S has succeeded (a card: is
// authorised, the capture follows on its own), F has failed or expired.
// See https://global.alipay.com/docs/ac/ams/paymentrn_online.
type PaymentResult struct{ PaymentNotification }

// PaymentPending (PAYMENT_PENDING) is not final although its result says S:
// the buyer has acted, the method confirms later, in days perhaps.
type PaymentPending struct{ PaymentNotification }

// CaptureResult (CAPTURE_RESULT) is final for one capture. Find the payment by
// PaymentID: Antom's page shows no PaymentRequestID. S is captured, F is not.
// See https://global.alipay.com/docs/ac/ams/notify_capture.
type CaptureResult struct {
	NotificationEnvelope
	CaptureRequestID    string `json:"captureRequestId,omitempty"`
	CaptureID           string `json:"captureId,omitempty"`
	PaymentID           string `json:"paymentId"`
	PaymentRequestID    string `json:"paymentRequestId,omitempty"`
	CaptureAmount       Amount `json:"captureAmount,omitzero"`
	CaptureTime         Time   `json:"captureTime,omitzero"`
	AcquirerReferenceNo string `json:"acquirerReferenceNo,omitempty"`
}

// RefundResult (REFUND_RESULT) is final for one refund, found by RefundRequestID:
// Antom's page shows no id of its payment. S is refunded, F is not. A refund made in
// Antom Dashboard has a RefundRequestID of Antom's.
// See https://global.alipay.com/docs/ac/ams/notify_refund.
type RefundResult struct {
	NotificationEnvelope
	RefundStatus       TransactionStatus `json:"refundStatus,omitempty"`
	RefundRequestID    string            `json:"refundRequestId"`
	RefundID           string            `json:"refundId,omitempty"`
	PaymentID          string            `json:"paymentId,omitempty"`
	PaymentRequestID   string            `json:"paymentRequestId,omitempty"`
	RefundAmount       Amount            `json:"refundAmount,omitzero"`
	ActualRefundAmount Amount            `json:"actualRefundAmount,omitzero"`
	RefundTime         Time              `json:"refundTime,omitzero"`
	ARN                string            `json:"arn,omitempty"`
	Metadata           string            `json:"metadata,omitempty"` // that of the request
}

// VaultingResult is final for one vaulting: S is stored, F is not. Antom's page
// shows it without a notifyType, so it is known by its VaultingRequestID.
// See https://global.alipay.com/docs/ac/ams/notify_vaulting.
type VaultingResult struct {
	NotificationEnvelope
	VaultingRequestID   string               `json:"vaultingRequestId"`
	VaultingStatus      VaultingStatus       `json:"vaultingStatus,omitempty"`
	PaymentMethodDetail *PaymentMethodDetail `json:"paymentMethodDetail,omitempty"`
	VaultingCreateTime  Time                 `json:"vaultingCreateTime,omitzero"`
	Metadata            string               `json:"metadata,omitempty"` // that of the request
}

// DisputeNotification reports a step of a dispute: DisputeNotificationType is
// DISPUTE_CREATED, DEFENSE_DUE_ALERT, DISPUTE_JUDGED and others. It may carry
// neither a notifyType nor a result.
// See https://global.alipay.com/docs/ac/ams/notify_dispute.
type DisputeNotification struct {
	NotificationEnvelope
	DisputeNotificationType string `json:"disputeNotificationType"`
	DisputeID               string `json:"disputeId"`
	PaymentID               string `json:"paymentId,omitempty"`
	PaymentRequestID        string `json:"paymentRequestId,omitempty"`
	CaptureID               string `json:"captureId,omitempty"`
	DisputeType             string `json:"disputeType,omitempty"` // CHARGEBACK, RETRIEVAL_REQUEST, COMPLIANCE_REQUEST
	DisputeSource           string `json:"disputeSource,omitempty"`
	DisputeTime             Time   `json:"disputeTime,omitzero"`
	DisputeAmount           Amount `json:"disputeAmount,omitzero"`
	DisputeReasonCode       string `json:"disputeReasonCode,omitempty"`
	DisputeReasonMsg        string `json:"disputeReasonMsg,omitempty"`
	Defendable              *Bool  `json:"defendable,omitempty"` // nil: Antom has not said; false: it takes no defence
	DefenseDueTime          Time   `json:"defenseDueTime,omitzero"`
	AutoDefendReason        string `json:"autoDefendReason,omitempty"`
	DisputeJudgedTime       Time   `json:"disputeJudgedTime,omitzero"`
	DisputeJudgedAmount     Amount `json:"disputeJudgedAmount,omitzero"`
	DisputeJudgedResult     string `json:"disputeJudgedResult,omitempty"`
	DisputeAcceptReason     string `json:"disputeAcceptReason,omitempty"`
	DisputeAcceptTime       Time   `json:"disputeAcceptTime,omitzero"`
	ARN                     string `json:"arn,omitempty"`
}

// Kind is Antom's notifyType, or the disputeNotificationType where there is none.
func (n *DisputeNotification) Kind() string { return cmp.Or(n.NotifyType, n.DisputeNotificationType) }

// UnknownNotification is a type this package does not know, with its raw body and
// the ids of the payment that it names, if any.
type UnknownNotification struct {
	NotificationEnvelope
	PaymentID        string `json:"paymentId,omitempty"`
	PaymentRequestID string `json:"paymentRequestId,omitempty"`
	Body             []byte `json:"-"`
}

// ParseNotification verifies that Antom sent body to path for this client, and
// only then decodes it. path is the path of the public notify URL, with its
// query string if it has one; body the raw bytes. The error is [ErrSignature]
// for what is not proven to be Antom's, [ErrMalformed] for what is and cannot
// be read, or could be read in two ways.
// See https://global.alipay.com/docs/ac/cashier_payment_cn/notification.
func (c *Client) ParseNotification(path string, header http.Header, body []byte) (Notification, error) {
	if len(body) > MaxNotification { // too much even to check
		return nil, fmt.Errorf("%w: larger than %d bytes", ErrSignature, MaxNotification)
	}
	signed, err := c.verify(path, header, "Request-Time", body)
	if err != nil {
		return nil, err
	}
	n, err := DecodeNotification(body)
	if err == nil {
		n.keep(signed)
	}
	return n, err
}

// DecodeNotification reads a notification that has been verified before, such as one
// that was stored and is read again. It proves nothing about its sender; for that
// there is [Client.ParseNotification]. The error is [ErrMalformed].
func DecodeNotification(body []byte) (Notification, error) {
	n, err := readNotification(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return n, nil
}

func readNotification(body []byte) (Notification, error) {
	texts, err := oneReading(body, notificationNames())
	if err != nil {
		return nil, err
	}
	switch kind := texts["notifyType"]; {
	case texts["disputeNotificationType"] != "":
		return read[DisputeNotification](body)
	case kind == "" && texts["vaultingRequestId"] != "", kind == "VAULTING_RESULT":
		return read[VaultingResult](body)
	case kind == "PAYMENT_RESULT":
		return read[PaymentResult](body)
	case kind == "PAYMENT_PENDING":
		return read[PaymentPending](body)
	case kind == "CAPTURE_RESULT":
		return read[CaptureResult](body)
	case kind == "REFUND_RESULT":
		return read[RefundResult](body)
	default:
		unknown, err := decode[UnknownNotification](body)
		if err != nil {
			return nil, err
		}
		unknown.Body = body
		return unknown, nil
	}
}

// known is a pointer to a notification's type that this package knows.
type known[T any] interface {
	*T
	Notification
	subject() (name, value string)
}

// read decodes a notification of a known type, and refuses one that does not
// say what it is about or how it ended.
func read[T any, N known[T]](body []byte) (Notification, error) {
	n, err := decode[T](body)
	if err != nil {
		return nil, err
	}
	if name, value := N(n).subject(); value == "" {
		return nil, errors.New(name + " is missing")
	}
	return N(n), nil
}

// subject is the member a notification is found by. That of a payment also
// needs a result.
func (n *PaymentNotification) subject() (name, value string) {
	return n.decided("paymentRequestId", n.PaymentRequestID)
}
func (n *CaptureResult) subject() (name, value string) { return n.decided("paymentId", n.PaymentID) }
func (n *RefundResult) subject() (name, value string) {
	return n.decided("refundRequestId", n.RefundRequestID)
}
func (n *VaultingResult) subject() (name, value string) {
	return n.decided("vaultingRequestId", n.VaultingRequestID)
}
func (n *DisputeNotification) subject() (name, value string) { return "disputeId", n.DisputeID }

func (n *NotificationEnvelope) decided(name, value string) (string, string) {
	switch n.Result.Status {
	case StatusSuccess, StatusFailed, StatusUnknown:
		return name, value
	default:
		return "result", ""
	}
}

// Acknowledge writes the answer that stops Antom from sending a notification
// again. Write it only once the notification is stored durably.
func Acknowledge(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_, err := w.Write([]byte(`{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}`))
	return err
}
