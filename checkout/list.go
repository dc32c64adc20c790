package checkout

import "time"

// Window is a part of a list that is read newest first. What is added meanwhile changes no
// later part: nothing is skipped and nothing comes twice.
type Window struct {
	After       string // id of the last row of the part before; "" begins with the newest row
	Limit       int    // rows, at most
	OldestFirst bool   // the list begins with the oldest row; of orders only
}

// OrderFilter says which orders are listed. Its zero value is all.
type OrderFilter struct {
	Status      OrderStatus
	Reference   string
	Email       string // in any case
	Number      string // as NewNumber writes it
	Search      string // number, reference or email of the order, an id of it, of its payments or refunds, or a card's last four digits
	Method      string // of one of its payments
	Currency    Currency
	AmountFrom  int64 // of the total, in minor units of Currency, which is then given
	AmountTo    int64 // inclusive; 0: without an end
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
