package antom

import "context"

// PayRequest starts a payment without an SDK. Which mode it is follows from
// PaymentMethod: a wallet or bank by its code alone, the hosted card page by
// CARD without card data, a saved card by its token in PaymentMethod.ID, a
// server-to-server card by card fields in the metadata.
type PayRequest struct {
	ProductCode        string              `json:"productCode"`      // [ProductCheckout]
	PaymentRequestID   string              `json:"paymentRequestId"` // idempotency key, at most 64
	Order              *Order              `json:"order"`
	PaymentAmount      Amount              `json:"paymentAmount"`
	PaymentMethod      *PaymentMethod      `json:"paymentMethod"`
	PaymentFactor      *PaymentFactor      `json:"paymentFactor,omitempty"` // CARD
	SettlementStrategy *SettlementStrategy `json:"settlementStrategy,omitempty"`
	PaymentRedirectURL string              `json:"paymentRedirectUrl"`
	PaymentNotifyURL   string              `json:"paymentNotifyUrl,omitempty"`
	PaymentExpiryTime  Time                `json:"paymentExpiryTime,omitzero"` // 14 min after the call when absent
	Env                *Env                `json:"env"`
	CreditPayPlan      *CreditPayPlan      `json:"creditPayPlan,omitempty"`
	AppID              string              `json:"appId,omitempty"`
	MerchantRegion     string              `json:"merchantRegion,omitempty"`
	UserRegion         string              `json:"userRegion,omitempty"`
	Metadata           string              `json:"metadata,omitempty"`
	ExtendInfo         string              `json:"extendInfo,omitempty"`
}

// PayResponse says how the buyer goes on, or for a synchronous card payment
// how it ended.
type PayResponse struct {
	Envelope
	PaymentRequestID    string              `json:"paymentRequestId,omitempty"`
	PaymentID           string              `json:"paymentId,omitempty"`
	PaymentAmount       Amount              `json:"paymentAmount,omitzero"`
	ActualPaymentAmount Amount              `json:"actualPaymentAmount,omitzero"`
	PaymentCreateTime   Time                `json:"paymentCreateTime,omitzero"`
	PaymentTime         Time                `json:"paymentTime,omitzero"`
	AuthExpiryTime      Time                `json:"authExpiryTime,omitzero"`
	NormalURL           string              `json:"normalUrl,omitempty"`
	SchemeURL           string              `json:"schemeUrl,omitempty"`
	ApplinkURL          string              `json:"applinkUrl,omitempty"`
	AppIdentifier       string              `json:"appIdentifier,omitempty"`
	RedirectActionForm  *RedirectActionForm `json:"redirectActionForm,omitempty"`
	PaymentActionForm   string              `json:"paymentActionForm,omitempty"`
	OrderCodeForm       *OrderCodeForm      `json:"orderCodeForm,omitempty"`
	PaymentData         string              `json:"paymentData,omitempty"`
	PaymentResultInfo   *PaymentResultInfo  `json:"paymentResultInfo,omitempty"`
}

// Pay starts a payment. S means it has succeeded (a card: is authorised), which
// only synchronous methods answer. U PAYMENT_IN_PROCESS is the ordinary answer
// and no error: lead the buyer to one of the addresses or show the code. F has
// failed; a further try needs a new PaymentRequestID, and so does a
// PAYMENT_IN_PROCESS without any address or code. Any other U is unknown: send
// the same request again, or inquire.
// See https://global.alipay.com/docs/ac/ams/payment_cashier.
func (c *Client) Pay(ctx context.Context, req *PayRequest) (*PayResponse, error) {
	return call[PayResponse](ctx, c, "payments/pay", req)
}

// holdsCard reports whether a request names a card, by its number or by its token.
func holdsCard(req any) bool {
	pay, ok := req.(*PayRequest)
	if !ok || pay.PaymentMethod == nil {
		return false
	}
	return pay.PaymentMethod.ID != "" || pay.PaymentMethod.Metadata != nil && pay.PaymentMethod.Metadata.CardNo != ""
}

// PaymentStatus is the state of one payment at Antom. The set is open.
type PaymentStatus string

// The life of a payment. SUCCESS of a card is an authorisation; its money is
// in a CAPTURE transaction.
const (
	PaymentSuccess    PaymentStatus = "SUCCESS"
	PaymentFail       PaymentStatus = "FAIL"
	PaymentProcessing PaymentStatus = "PROCESSING"
	PaymentCancelled  PaymentStatus = "CANCELLED"
	PaymentPendingNow PaymentStatus = "PENDING" // the buyer has acted, the method confirms later
)

// InquiryPaymentRequest names a payment; PaymentID wins when both are given.
type InquiryPaymentRequest struct {
	PaymentRequestID string `json:"paymentRequestId,omitempty"`
	PaymentID        string `json:"paymentId,omitempty"`
}

// InquiryPaymentResponse is what Antom knows of a payment.
type InquiryPaymentResponse struct {
	Envelope
	PaymentStatus        PaymentStatus       `json:"paymentStatus,omitempty"`
	PaymentResultCode    ResultCode          `json:"paymentResultCode,omitempty"`
	PaymentResultMessage string              `json:"paymentResultMessage,omitempty"`
	PaymentRequestID     string              `json:"paymentRequestId,omitempty"`
	PaymentID            string              `json:"paymentId,omitempty"`
	PaymentAmount        Amount              `json:"paymentAmount,omitzero"`
	ActualPaymentAmount  Amount              `json:"actualPaymentAmount,omitzero"`
	PaymentCreateTime    Time                `json:"paymentCreateTime,omitzero"`
	PaymentTime          Time                `json:"paymentTime,omitzero"`
	PaymentMethodType    string              `json:"paymentMethodType,omitempty"`
	AuthExpiryTime       Time                `json:"authExpiryTime,omitzero"`
	PaymentRedirectURL   string              `json:"paymentRedirectUrl,omitempty"`
	RedirectActionForm   *RedirectActionForm `json:"redirectActionForm,omitempty"`
	CardInfo             *PaymentResultInfo  `json:"cardInfo,omitempty"`
	PaymentResultInfo    *PaymentResultInfo  `json:"paymentResultInfo,omitempty"`
	AcquirerReferenceNo  string              `json:"acquirerReferenceNo,omitempty"`
	Metadata             string              `json:"metadata,omitempty"` // that of the request
	Transactions         []Transaction       `json:"transactions,omitempty"`
}

// CardToken is the token of a card that was stored with the payment, or "".
// Antom's documents show it in either of two places.
func (r *InquiryPaymentResponse) CardToken() string {
	return cardToken(r.PaymentResultInfo, r.CardInfo)
}

// Failure is why the payment failed, in the codes of [Client.Pay], so that its
// Declined and Retry say what the buyer may do next. It is nil unless
// PaymentStatus is FAIL.
func (r *InquiryPaymentResponse) Failure() *Error {
	if r.PaymentStatus != PaymentFail {
		return nil
	}
	return &Error{Endpoint: endpointPay, Code: r.PaymentResultCode, Status: StatusFailed, Message: r.PaymentResultMessage}
}

// Transaction is a capture or refund of a payment.
type Transaction struct {
	Type      string            `json:"transactionType"`   // CAPTURE, REFUND and others
	Status    TransactionStatus `json:"transactionStatus"` // SUCCESS, FAIL, PROCESSING
	RequestID string            `json:"transactionRequestId,omitempty"`
	ID        string            `json:"transactionId,omitempty"`
	Amount    Amount            `json:"transactionAmount,omitzero"`
	Time      Time              `json:"transactionTime,omitzero"`
	Result    Result            `json:"transactionResult,omitzero"`
}

// TransactionStatus is the state of a capture or refund. The set is open.
type TransactionStatus string

// The life of a transaction.
const (
	TransactionSuccess    TransactionStatus = "SUCCESS"
	TransactionFail       TransactionStatus = "FAIL"
	TransactionProcessing TransactionStatus = "PROCESSING"
)

// The transaction types of a payment.
const (
	TransactionCapture = "CAPTURE"
	TransactionRefund  = "REFUND"
)

// InquiryPayment reads the state of a payment. S, F and U speak of the
// question only: with S read PaymentStatus; F ORDER_NOT_EXIST means that Antom
// does not know the payment, which right after a lost Pay, or while a session
// is not yet submitted, does not mean that it failed.
// See https://global.alipay.com/docs/ac/ams/paymentri_online.
func (c *Client) InquiryPayment(ctx context.Context, req *InquiryPaymentRequest) (*InquiryPaymentResponse, error) {
	return call[InquiryPaymentResponse](ctx, c, "payments/inquiryPayment", req)
}

// CancelRequest names a payment; PaymentID wins when both are given.
type CancelRequest struct {
	PaymentRequestID string `json:"paymentRequestId,omitempty"`
	PaymentID        string `json:"paymentId,omitempty"`
}

// CancelResponse confirms a cancel.
type CancelResponse struct {
	Envelope
	PaymentRequestID string `json:"paymentRequestId,omitempty"`
	PaymentID        string `json:"paymentId,omitempty"`
	CancelTime       Time   `json:"cancelTime,omitzero"`
}

// Cancel ends an unpaid payment, or returns a paid one in full while its
// method's window is open. S is cancelled (a failed payment stays failed); a
// buyer who pays afterwards is refunded by Antom. F: see the code, mostly
// refund instead. U: the same again. No notification follows.
// See https://global.alipay.com/docs/ac/ams/paymentc_online.
func (c *Client) Cancel(ctx context.Context, req *CancelRequest) (*CancelResponse, error) {
	return call[CancelResponse](ctx, c, "payments/cancel", req)
}
