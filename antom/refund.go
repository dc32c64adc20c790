package antom

import "context"

// RefundRequest gives money of a successful payment back, in full or in part.
type RefundRequest struct {
	RefundRequestID   string `json:"refundRequestId"` // idempotency key, at most 64, letters and digits
	PaymentID         string `json:"paymentId"`
	CaptureID         string `json:"captureId,omitempty"`
	ReferenceRefundID string `json:"referenceRefundId,omitempty"`
	RefundAmount      Amount `json:"refundAmount"` // in the payment's currency
	RefundReason      string `json:"refundReason,omitempty"`
	RefundNotifyURL   string `json:"refundNotifyUrl,omitempty"` // at most 1024
	IsAsyncRefund     *Bool  `json:"isAsyncRefund,omitempty"`
	Metadata          string `json:"metadata,omitempty"`
	ExtendInfo        string `json:"extendInfo,omitempty"`
}

// RefundResponse describes the refund; RefundTime stands there with S only.
type RefundResponse struct {
	Envelope
	RefundRequestID     string `json:"refundRequestId,omitempty"`
	RefundID            string `json:"refundId,omitempty"`
	PaymentID           string `json:"paymentId,omitempty"`
	RefundAmount        Amount `json:"refundAmount,omitzero"`
	ActualRefundAmount  Amount `json:"actualRefundAmount,omitzero"`
	RefundTime          Time   `json:"refundTime,omitzero"`
	AcquirerReferenceNo string `json:"acquirerReferenceNo,omitempty"`
}

// Refund returns money. Several partial refunds may follow each other while
// their sum stays within the paid amount; the payment remains SUCCESS. S is
// refunded, as wallets answer at once. U REFUND_IN_PROCESS is no error, as
// cards and banks answer: wait for the [RefundResult] or inquire, and do not
// send it again. F has refunded nothing; a further try needs a new
// RefundRequestID. Any other U: the same request again, or [Client.InquiryRefund].
// See https://global.alipay.com/docs/ac/ams/refund_online.
func (c *Client) Refund(ctx context.Context, req *RefundRequest) (*RefundResponse, error) {
	return call[RefundResponse](ctx, c, "payments/refund", req)
}

// InquiryRefundRequest names a refund; RefundID wins when both are given.
type InquiryRefundRequest struct {
	RefundRequestID string `json:"refundRequestId,omitempty"`
	RefundID        string `json:"refundId,omitempty"`
}

// InquiryRefundResponse is what Antom knows of a refund.
type InquiryRefundResponse struct {
	Envelope
	RefundStatus       TransactionStatus `json:"refundStatus,omitempty"`
	RefundRequestID    string            `json:"refundRequestId,omitempty"`
	RefundID           string            `json:"refundId,omitempty"`
	RefundAmount       Amount            `json:"refundAmount,omitzero"`
	ActualRefundAmount Amount            `json:"actualRefundAmount,omitzero"`
	RefundTime         Time              `json:"refundTime,omitzero"`
	ARN                string            `json:"arn,omitempty"`      // acquirer reference number
	RRN                string            `json:"rrn,omitempty"`      // retrieval reference number
	Metadata           string            `json:"metadata,omitempty"` // that of the request
}

// InquiryRefund reads the state of a refund. S, F and U speak of the
// question only: with S read RefundStatus. F ORDER_NOT_EXIST means that Antom
// does not know the refund yet; inquire again after 15 seconds, and after three
// such answers send the refund again with the same RefundRequestID.
// See https://global.alipay.com/docs/ac/ams/ir_online.
func (c *Client) InquiryRefund(ctx context.Context, req *InquiryRefundRequest) (*InquiryRefundResponse, error) {
	return call[InquiryRefundResponse](ctx, c, "payments/inquiryRefund", req)
}
