package checkout

import (
	"context"
	"time"
)

// Store keeps orders. Every method is safe for concurrent use; each writing
// method is one durable transaction: when it returns nil, a power cut loses
// nothing of it.
type Store interface {
	// Products lists what has a price in currency, in the merchant's order.
	Products(ctx context.Context, currency Currency) ([]Product, error)
	// Product finds one, or answers ErrNotFound.
	Product(ctx context.Context, sku string, currency Currency) (Product, error)

	// CreateOrder stores a new order. If one with the same FormKey is there
	// already, that one is returned and nothing is stored.
	CreateOrder(ctx context.Context, order Order, cause Cause) (Order, error)
	// OrderByForm finds the order a form has made, or answers ErrNotFound.
	OrderByForm(ctx context.Context, formKey string) (Order, error)
	// OrderByToken and OrderByID find an order with all its payments, or answer
	// ErrNotFound.
	OrderByToken(ctx context.Context, token string) (Order, error)
	OrderByID(ctx context.Context, id string) (Order, error)
	// OrderByNumber finds an order by what its buyer calls it, or answers
	// ErrNotFound.
	OrderByNumber(ctx context.Context, number string) (Order, error)
	// FindPayment tells which order and payment a message is about, or answers
	// ErrNotFound.
	FindPayment(ctx context.Context, by Reference) (orderID, requestID string, err error)

	// Update loads an order, lets change decide, and commits the difference with
	// its evidence, its ledger rows and its outbox rows in one transaction. A
	// change that changes nothing stores only evidence that must be kept. A
	// payment cannot take the Antom id of another: ErrForeignID, nothing stored.
	Update(ctx context.Context, orderID string, evidence Evidence, change func(Order) (Order, []Effect)) (before, after Order, err error)
	// Moved lists the orders that the ledger's rows after a place tell of, and the
	// place of the last row. After a negative place it only tells where the ledger
	// ends.
	TransitionsAfter(ctx context.Context, after int64) (orderIDs []string, last int64, err error)
	// TransitionsBy lists the rows of an order's ledger that name a cause.
	TransitionsBy(ctx context.Context, orderID string, cause Cause) ([]Transition, error)
	// SaveNotification stores a notification that is about no payment of ours.
	SaveNotification(ctx context.Context, n Notification) error
	// Unmatched lists the stored notifications about an Antom payment id that
	// could not be applied when they came.
	Unmatched(ctx context.Context, antomID string) ([]Notification, error)

	// DuePolls lists payments whose next check has come, oldest first.
	DuePolls(ctx context.Context, now time.Time, limit int) ([]DuePoll, error)
	// Reschedule counts a look at a payment and sets when the next one is, unless
	// somebody else has looked or nothing is owed any more; then stillDue is false.
	Reschedule(ctx context.Context, due DuePoll, next time.Time) (stillDue bool, err error)
	// DueExpiries lists open orders past their end, those with nothing under way.
	DueExpiries(ctx context.Context, now time.Time, limit int) (orderIDs []string, err error)
	// PendingEffects and PendingEmails list outbox rows to deliver, oldest first:
	// letters, whose topics begin with "mail.", and all others.
	PendingEffects(ctx context.Context, now time.Time, limit int) ([]PendingEffect, error)
	PendingEmails(ctx context.Context, now time.Time, limit int) ([]PendingEffect, error)
	// EffectDone marks an outbox row as sent; EffectFailed sets when it is tried
	// again, or gives it up when next is zero.
	EffectDone(ctx context.Context, id int64) error
	EffectFailed(ctx context.Context, id int64, next time.Time) error
}

// Reference is how a message names what it is about; one field is set.
type Reference struct {
	RequestID       string // paymentRequestId
	AntomID         string // paymentId
	RefundRequestID string
}

// Evidence is what made a change, and is stored with it.
type Evidence struct {
	Cause        Cause
	Call         *Call         // set with ByInquiry and ByResponse
	Notification *Notification // set with ByNotification
}

// Call is one request to Antom and how it was answered.
type Call struct {
	ID               string
	Endpoint         string // Antom's operation, e.g. inquiryPayment
	RequestID        string // of the payment, capture, refund or cancel
	PaymentRequestID string
	Result           string // S, F, U, or none
	Code             string
	Verified         bool // the answer's signature held
	At               time.Time
}

// Notification is a verified message from Antom as it came.
type Notification struct {
	// ID is the id of the payment or refund the message names, if any, and the
	// beginning of its body's sum: the same message again has the same one, and those
	// about payments come in time order, which a sum alone would not.
	ID               string
	Type             string // Antom's notifyType
	PaymentRequestID string // the payment it was matched to, or ""
	AntomID          string // Antom's paymentId, or ""
	BodySHA256       string // lower-case hex
	Body             []byte
	ReceivedAt       time.Time
	Applied          bool // it was taken into account; false for unknown ids and contradictions
}

// Move is a row of the ledger.
type Transition struct {
	Subject          string // order, payment, capture, refund, cancel
	PaymentRequestID string // of an order, the payment it followed, or ""
	From, To         string
}

// DuePoll is a payment the sweeper has to look at.
type DuePoll struct {
	OrderID   string
	RequestID string
	Polls     int
}

// PendingEffect is an outbox row.
type PendingEffect struct {
	ID       int64
	OrderID  string
	Effect   Effect
	Attempts int
}
