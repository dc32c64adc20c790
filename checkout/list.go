package checkout

import "time"

// Window is a part of a list that is read newest first. What is added meanwhile changes no
// later part: nothing is skipped and nothing comes twice.
type Window struct {
	After string // id of the last row of the part before; "" begins with the newest row
	Limit int    // rows, at most
}

// OrderFilter says which orders are listed. Its zero value is all.
type OrderFilter struct {
	Status      OrderStatus
	Reference   string
	Email       string // in any case
	Number      string // as NewNumber writes it
	CreatedFrom time.Time
	CreatedTo   time.Time // inclusive
	Waiting     bool      // for a person: under review, or authorised and not being captured
}

// EventFilter says which events are listed. Its zero value is all.
type EventFilter struct {
	Type    EventType
	OrderID string
}

// OrderStatuses lists all statuses of an order, in the order of its life.
func OrderStatuses() []OrderStatus {
	return []OrderStatus{OrderOpen, OrderProcessing, OrderAuthorized, OrderPaid, OrderPartiallyRefunded, OrderRefunded, OrderCancelled, OrderExpired, OrderReview}
}
