package checkout

import (
	"context"
	"time"
)

// Evidence is the message behind a change; it is stored with the change.
type Evidence struct {
	Cause        Cause
	Call         *Call           // set with ByInquiry and ByResponse
	Notification *Notification   // set with ByNotification
	Action       *OperatorAction // set when an operator has ordered it
	Cards        *CardChange     // what it does to saved cards; nil: nothing
	Card         *CardOrigin     // where an attempt comes from that may be paid by card
}

// Call is one request to Antom and how it was answered.
type Call struct {
	ID               string
	Endpoint         string // Antom's operation, e.g. inquiryPayment
	RequestID        string // of the payment, capture, refund or cancel
	PaymentRequestID string
	Result           string // S, F, U, or none
	Code             string // Antom's result code
	Verified         bool   // the answer's signature was valid
	Signed           Signed // the answer
	At               time.Time
}

// Signing is Antom's signature of a body, and what it covers beside that. It is zero for
// messages from before it was kept.
type Signing struct {
	Path, ClientID, Time, Signature string // the request's path, and headers as they came
}

// Signed is a message as Antom signed it; zero where there is none.
type Signed struct {
	Signing
	Body []byte
}

// Notification is a verified message from Antom as it came.
type Notification struct {
	// ID is the id of the payment or refund that the message names, if any, and the
	// beginning of its body's sum: the same message again has the same ID, and those
	// about payments come in time order, which a sum alone would not.
	ID               string
	Type             string // Antom's notifyType
	PaymentRequestID string // the payment it was matched to, or ""
	AntomID          string // Antom's paymentId, or ""
	BodySHA256       string // lower-case hex
	Body             []byte
	Signing          Signing
	ReceivedAt       time.Time
	Applied          bool // false for unknown ids and contradictions
}

// Received is a verified notification with the event that it reports and the
// reference by which its payment is found. Understood is false for types that are
// not about an order.
type Received struct {
	Notification Notification
	Event        Event
	About        Reference
	Understood   bool
}

// Reference is how a message names what it is about: all the ids that it has. The
// refund's come first, because Antom's messages about refunds seldom name the payment.
type Reference struct {
	RefundRequestID string
	RefundID        string // Antom's
	RequestID       string // paymentRequestId
	AntomID         string // paymentId
}

// DuePoll is a payment that the sweeper has to poll.
type DuePoll struct {
	OrderID   string
	RequestID string
	Polls     int // how often it has been polled
}

// DueErasure is an order whose buyer's data may be erased.
type DueErasure struct {
	OrderID   string
	CreatedAt time.Time
}

// PendingEffect is an outbox row.
type PendingEffect struct {
	ID       int64
	OrderID  string
	Effect   Effect
	Attempts int
}

// Mailer sends emails to buyers. After a crash an email may come to it twice, with
// the same ID. An error means that the email is tried again later, unless it is
// ErrUndeliverable; an error does not hold the address.
type Mailer interface {
	Mail(context.Context, Email) error
}
