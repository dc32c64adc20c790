package checkout

import "time"

// EventType is what an event tells the merchant's systems. The texts are published.
type EventType string

// The types of events.
const (
	EventOrderCreated           EventType = "order.created"
	EventOrderAuthorized        EventType = "order.authorized"
	EventOrderPaid              EventType = "order.paid"
	EventOrderPartiallyRefunded EventType = "order.partially_refunded"
	EventOrderRefunded          EventType = "order.refunded"
	EventOrderCancelled         EventType = "order.cancelled"
	EventOrderExpired           EventType = "order.expired"
	EventOrderReview            EventType = "order.review"
	EventPaymentFailed          EventType = "payment.failed"
	EventCaptureDue             EventType = "capture.due"
	EventCaptureFailed          EventType = "capture.failed"
	EventRefundSucceeded        EventType = "refund.succeeded"
	EventRefundFailed           EventType = "refund.failed"
	EventDisputeCreated         EventType = "dispute.created"
	EventDisputeUpdated         EventType = "dispute.updated"
	EventEndpointTest           EventType = "endpoint.test" // asked for by the merchant; about no order
)

// EventTypes lists all types.
func EventTypes() []EventType {
	return []EventType{
		EventOrderCreated, EventOrderAuthorized, EventOrderPaid, EventOrderPartiallyRefunded, EventOrderRefunded,
		EventOrderCancelled, EventOrderExpired, EventOrderReview, EventPaymentFailed, EventCaptureDue, EventCaptureFailed,
		EventRefundSucceeded, EventRefundFailed, EventDisputeCreated, EventDisputeUpdated, EventEndpointTest,
	}
}

// MerchantEvent tells the merchant's systems of one thing that has happened to an order. It
// is stored in the transaction that it tells of.
type MerchantEvent struct {
	ID               string
	Type             EventType
	OrderID          string      // "" of EventEndpointTest
	Sequence         int         // counts the events of the order from 1 on, without a gap
	Status           OrderStatus // of the order, after what has happened
	PaymentRequestID string      // the payment that it is about, or ""
	About            string      // the request id of a capture or refund, the id of a dispute, or ""
	At               time.Time
}

// AddEvents counts the events of a change in the order and returns them. transitions are
// those of the change, and added the effects that it has added to the outbox.
func AddEvents(before Order, after *Order, transitions []Transition, added []Effect) []MerchantEvent {
	var events []MerchantEvent
	after.Events = before.Events
	add := func(t EventType, payment, about string) {
		after.Events++
		events = append(events, MerchantEvent{
			Type: t, OrderID: after.ID, Sequence: after.Events, Status: after.Status, PaymentRequestID: payment, About: about,
		})
	}
	for _, t := range transitions {
		if told := t.event(); told != "" {
			add(told, t.PaymentRequestID, t.RequestID)
		}
	}
	for _, p := range after.Payments {
		was := before.Payment(p.RequestID)
		for _, d := range p.Disputes {
			if told := d.event(was); told != "" {
				add(told, p.RequestID, d.ID)
			}
		}
	}
	for _, e := range added {
		if e.IsCaptureDue() {
			add(EventCaptureDue, e.captureDuePayment(), "")
		}
	}
	return events
}

// eventsOfOrders are the types of events that tell of an order's new status. It is told
// each time: an order may be paid, under review, and paid again.
var eventsOfOrders = map[OrderStatus]EventType{
	OrderAuthorized: EventOrderAuthorized, OrderPaid: EventOrderPaid, OrderPartiallyRefunded: EventOrderPartiallyRefunded,
	OrderRefunded: EventOrderRefunded, OrderCancelled: EventOrderCancelled, OrderExpired: EventOrderExpired, OrderReview: EventOrderReview,
}

// eventsOfParts are the types of events that tell of the new status of a payment, capture
// or refund.
var eventsOfParts = map[[2]string]EventType{
	{SubjectPayment, string(PaymentFailed)}:    EventPaymentFailed,
	{string(Capture), string(OperationFailed)}: EventCaptureFailed,
	{string(Refund), string(OperationSuccess)}: EventRefundSucceeded,
	{string(Refund), string(OperationFailed)}:  EventRefundFailed,
}

// event is the type of the event that tells of the transition, or "".
func (t Transition) event() EventType {
	switch {
	case t.Subject == SubjectOrder && t.From == "":
		return EventOrderCreated
	case t.Subject == SubjectOrder:
		return eventsOfOrders[OrderStatus(t.To)]
	}
	return eventsOfParts[[2]string{t.Subject, t.To}]
}

// event is the type of the event that tells of a dispute about a payment, or "" if its last
// step was known of the payment before.
func (d *Dispute) event(was *Payment) EventType {
	if was == nil {
		return EventDisputeCreated
	}
	switch known := was.Disputes.With(d.ID); {
	case known == nil:
		return EventDisputeCreated
	case *known == *d:
		return ""
	}
	return EventDisputeUpdated
}
