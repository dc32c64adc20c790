package antom

import "context"

// CaptureRequest takes the money of a card payment that was authorised with
// [CaptureManual].
type CaptureRequest struct {
	CaptureRequestID string `json:"captureRequestId"` // idempotency key, at most 64
	PaymentID        string `json:"paymentId"`
	CaptureAmount    Amount `json:"captureAmount"` // all captures together are the authorised amount
	IsLastCapture    *Bool  `json:"isLastCapture,omitempty"`
}

// CaptureResponse describes the capture; CaptureTime stands there with S only.
type CaptureResponse struct {
	Envelope
	CaptureRequestID    string `json:"captureRequestId,omitempty"`
	CaptureID           string `json:"captureId,omitempty"`
	PaymentID           string `json:"paymentId,omitempty"`
	CaptureAmount       Amount `json:"captureAmount,omitzero"`
	CaptureTime         Time   `json:"captureTime,omitzero"`
	AcquirerReferenceNo string `json:"acquirerReferenceNo,omitempty"`
}

// Capture takes the money of an authorised card payment, within seven days of
// the authorisation; after that Antom releases the money. S is captured: ship.
// U CAPTURE_IN_PROCESS is no error: a [CaptureResult] follows, and
// [Client.InquiryPayment] lists the capture among its transactions. F has
// captured nothing. Any other U: the same request again.
// See https://global.alipay.com/docs/ac/ams/capture.
func (c *Client) Capture(ctx context.Context, req *CaptureRequest) (*CaptureResponse, error) {
	return call[CaptureResponse](ctx, c, "payments/capture", req)
}
