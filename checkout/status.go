package checkout

import "slices"

// OrderStatus is where an order stands. It is never set by hand: it follows
// from the order's payments; see orderStatus.
type OrderStatus string

// The life of an order.
const (
	OrderOpen              OrderStatus = "open"       // may be paid
	OrderProcessing        OrderStatus = "processing" // an attempt is in progress
	OrderAuthorized        OrderStatus = "authorized" // a card is authorised, its capture awaited
	OrderPaid              OrderStatus = "paid"
	OrderCancelled         OrderStatus = "cancelled"
	OrderExpired           OrderStatus = "expired"
	OrderReview            OrderStatus = "review" // Antom's messages contradict what is known; a person or an inquiry decides
	OrderPartiallyRefunded OrderStatus = "partially_refunded"
	OrderRefunded          OrderStatus = "refunded"
)

// PaymentStatus is where one attempt to pay stands.
type PaymentStatus string

// The life of a payment.
const (
	PaymentCreated    PaymentStatus = "created"    // stored; Antom may not have received it
	PaymentUnknown    PaymentStatus = "unknown"    // Antom was called and gave no answer with a result
	PaymentProcessing PaymentStatus = "processing" // Antom has it, the buyer is to act
	PaymentPending    PaymentStatus = "pending"    // the buyer has acted, the method confirms later
	PaymentAuthorized PaymentStatus = "authorized" // card: reserved, not yet captured
	PaymentPaid       PaymentStatus = "paid"
	PaymentFailed     PaymentStatus = "failed"
	PaymentCancelled  PaymentStatus = "cancelled"
	PaymentRefunded   PaymentStatus = "refunded" // refunded in full
)

// OperationStatus is where a capture, refund or cancel stands.
type OperationStatus string

// The life of a capture, refund or cancel.
const (
	OperationPending    OperationStatus = "pending"    // stored; Antom may not have received it
	OperationProcessing OperationStatus = "processing" // sent; the result comes later or is unknown
	OperationSuccess    OperationStatus = "success"
	OperationFailed     OperationStatus = "failed"
)

// orderAfter lists what may follow each status of an order. One inquiry may report a
// payment and its refund at once, so a status in between may be left out; and when
// the active payment is returned, another payment may still hold funds.
var orderAfter = map[OrderStatus][]OrderStatus{
	OrderOpen:              {OrderProcessing, OrderAuthorized, OrderPaid, OrderPartiallyRefunded, OrderRefunded, OrderCancelled, OrderExpired, OrderReview},
	OrderProcessing:        {OrderOpen, OrderAuthorized, OrderPaid, OrderPartiallyRefunded, OrderRefunded, OrderCancelled, OrderExpired, OrderReview},
	OrderAuthorized:        {OrderOpen, OrderPaid, OrderPartiallyRefunded, OrderRefunded, OrderCancelled, OrderExpired, OrderReview},
	OrderPaid:              {OrderAuthorized, OrderPartiallyRefunded, OrderRefunded, OrderCancelled, OrderReview},
	OrderPartiallyRefunded: {OrderAuthorized, OrderPaid, OrderRefunded, OrderCancelled, OrderReview},
	OrderRefunded:          {OrderReview},
	OrderCancelled:         {OrderAuthorized, OrderPaid, OrderPartiallyRefunded, OrderRefunded, OrderReview}, // late money
	OrderExpired:           {OrderAuthorized, OrderPaid, OrderPartiallyRefunded, OrderRefunded, OrderReview}, // late money
	OrderReview:            {OrderOpen, OrderProcessing, OrderAuthorized, OrderPaid, OrderPartiallyRefunded, OrderRefunded, OrderCancelled, OrderExpired},
}

// paymentAfter lists what may follow each status of a payment.
var paymentAfter = map[PaymentStatus][]PaymentStatus{
	PaymentCreated:    {PaymentUnknown, PaymentProcessing, PaymentPending, PaymentAuthorized, PaymentPaid, PaymentFailed, PaymentCancelled},
	PaymentUnknown:    {PaymentProcessing, PaymentPending, PaymentAuthorized, PaymentPaid, PaymentFailed, PaymentCancelled},
	PaymentProcessing: {PaymentPending, PaymentAuthorized, PaymentPaid, PaymentFailed, PaymentCancelled},
	PaymentPending:    {PaymentAuthorized, PaymentPaid, PaymentFailed, PaymentCancelled},
	PaymentAuthorized: {PaymentPaid, PaymentCancelled},
	PaymentPaid:       {PaymentRefunded, PaymentCancelled},
	PaymentFailed:     {PaymentAuthorized, PaymentPaid}, // only after an inquiry has confirmed it
	PaymentCancelled:  {PaymentAuthorized, PaymentPaid}, // only after an inquiry has confirmed it
	PaymentRefunded:   {},
}

// operationAfter lists what may follow each status of a capture, refund or cancel.
var operationAfter = map[OperationStatus][]OperationStatus{
	OperationPending:    {OperationProcessing, OperationSuccess, OperationFailed},
	OperationProcessing: {OperationSuccess, OperationFailed},
	OperationSuccess:    {},
	OperationFailed:     {OperationSuccess}, // only after an inquiry has confirmed it
}

// CanTransitionTo reports whether an order in status s may move to status to.
func (s OrderStatus) CanTransitionTo(to OrderStatus) bool { return slices.Contains(orderAfter[s], to) }

// CanTransitionTo reports whether a payment in status s may move to status to.
func (s PaymentStatus) CanTransitionTo(to PaymentStatus) bool {
	return slices.Contains(paymentAfter[s], to)
}

// CanTransitionTo reports whether an operation in status s may move to status to.
func (s OperationStatus) CanTransitionTo(to OperationStatus) bool {
	return slices.Contains(operationAfter[s], to)
}

// InProgress reports whether the attempt has no result yet and may still succeed.
func (s PaymentStatus) InProgress() bool {
	switch s {
	case PaymentCreated, PaymentUnknown, PaymentProcessing, PaymentPending:
		return true
	}
	return false
}

// HoldsFunds reports whether the buyer's money is reserved or taken.
func (s PaymentStatus) HoldsFunds() bool { return s == PaymentAuthorized || s == PaymentPaid }

// ended reports whether the attempt has ended without funds, as far as is known.
func (s PaymentStatus) ended() bool { return s == PaymentFailed || s == PaymentCancelled }
