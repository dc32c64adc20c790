package checkout

import (
	"slices"
	"testing"
	"time"
)

// told are the types of the events of a change.
func told(t *testing.T, before, after Order, effects ...Effect) (types []EventType) {
	t.Helper()
	was := before.Events
	for i, e := range AddEvents(before, &after, Transitions(before, after), effects) {
		if e.Sequence != was+i+1 || e.OrderID != after.ID || e.Status != after.Status {
			t.Errorf("event %d is %+v", i, e)
		}
		types = append(types, e.Type)
	}
	if after.Events != was+len(types) {
		t.Errorf("the order counts %d events, after %d and %d more", after.Events, was, len(types))
	}
	return types
}

func expectTold(t *testing.T, got []EventType, want ...EventType) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("told are %v, want %v", got, want)
	}
}

func TestEachNewStatusIsToldAsOneEvent(t *testing.T) {
	open := Order{ID: "o", Status: OrderOpen}
	expectTold(t, told(t, Order{}, open), EventOrderCreated)
	for status, want := range map[OrderStatus][]EventType{
		OrderProcessing: nil, OrderAuthorized: {EventOrderAuthorized}, OrderPaid: {EventOrderPaid}, OrderCancelled: {EventOrderCancelled},
		OrderExpired: {EventOrderExpired}, OrderReview: {EventOrderReview}, OrderPartiallyRefunded: {EventOrderPartiallyRefunded}, OrderRefunded: {EventOrderRefunded},
	} {
		after := open
		after.Status, open.Events = status, 7
		expectTold(t, told(t, open, after), want...)
		expectTold(t, told(t, after, after))
	}
	review := Order{ID: "o", Status: OrderReview}
	paid := Order{ID: "o", Status: OrderPaid}
	expectTold(t, told(t, review, paid), EventOrderPaid) // each time
	expectTold(t, told(t, review, open))
}

func TestWhatHappensToAPaymentIsTold(t *testing.T) {
	with := func(p Payment) Order {
		p.RequestID = "p"
		return Order{ID: "o", Status: OrderPaid, Payments: []Payment{p}}
	}
	operation := func(kind OperationKind, s OperationStatus) Order {
		return with(Payment{Status: PaymentPaid, Operations: []Operation{{Kind: kind, RequestID: "r", Status: s}}})
	}
	pending := operation(Refund, OperationPending)
	expectTold(t, told(t, with(Payment{Status: PaymentPending}), with(Payment{Status: PaymentFailed})), EventPaymentFailed)
	expectTold(t, told(t, with(Payment{Status: PaymentPending}), with(Payment{Status: PaymentCancelled})))
	expectTold(t, told(t, with(Payment{Status: PaymentPaid}), pending))
	expectTold(t, told(t, pending, operation(Refund, OperationSuccess)), EventRefundSucceeded)
	expectTold(t, told(t, pending, operation(Refund, OperationFailed)), EventRefundFailed)
	expectTold(t, told(t, operation(Refund, OperationFailed), operation(Refund, OperationSuccess)), EventRefundSucceeded)
	expectTold(t, told(t, operation(Capture, OperationPending), operation(Capture, OperationFailed)), EventCaptureFailed)
	expectTold(t, told(t, operation(Capture, OperationPending), operation(Capture, OperationSuccess)))
	expectTold(t, told(t, operation(Cancel, OperationPending), operation(Cancel, OperationFailed)))
	expectTold(t, told(t, with(Payment{Status: PaymentPaid}), operation(Refund, OperationSuccess)), EventRefundSucceeded) // both at once

	after := pending
	events := AddEvents(with(Payment{Status: PaymentPaid}), &after, Transitions(with(Payment{Status: PaymentPaid}), operation(Refund, OperationFailed)), nil)
	if len(events) != 1 || events[0].PaymentRequestID != "p" || events[0].About != "r" {
		t.Errorf("the failed refund is told as %+v", events)
	}
}

func TestEachStepOfADisputeIsTold(t *testing.T) {
	with := func(disputes ...Dispute) Order {
		return Order{ID: "o", Status: OrderPaid, Payments: []Payment{{RequestID: "p", Status: PaymentPaid, Disputes: disputes}}}
	}
	begun, ended := Dispute{ID: "d", Step: "DISPUTE_CREATED"}, Dispute{ID: "d", Step: "DISPUTE_JUDGED"}
	expectTold(t, told(t, with(), with(begun)), EventDisputeCreated)
	expectTold(t, told(t, with(begun), with(begun)))
	expectTold(t, told(t, with(begun), with(ended)), EventDisputeUpdated)
	expectTold(t, told(t, with(begun), with(begun, Dispute{ID: "e", Step: "DISPUTE_CREATED"})), EventDisputeCreated)
	expectTold(t, told(t, Order{ID: "o", Status: OrderPaid}, with(ended)), EventDisputeCreated)
}

func TestACaptureThatIsDueIsToldByItsEffect(t *testing.T) {
	o := Order{ID: "o", Status: OrderAuthorized, Payments: []Payment{{RequestID: "p", Status: PaymentAuthorized}}}
	due := EffectCaptureDue("p", 24*time.Hour)
	expectTold(t, told(t, o, o, due, EffectPaid, OperatorEffect(MatterCaptureDue, "p:1d")), EventCaptureDue)
	after := o
	if events := AddEvents(o, &after, nil, []Effect{due}); events[0].PaymentRequestID != "p" {
		t.Errorf("the capture is told as %+v", events)
	}
}

// Every type but the test's is made by some change: none is a promise only.
func TestEveryTypeOfEventIsMadeFromStates(t *testing.T) {
	made := map[EventType]bool{EventOrderCreated: true, EventDisputeCreated: true, EventDisputeUpdated: true, EventCaptureDue: true, EventEndpointTest: true}
	for _, told := range eventsOfOrders {
		made[told] = true
	}
	for _, told := range eventsOfParts {
		made[told] = true
	}
	for _, known := range EventTypes() {
		if !made[known] {
			t.Errorf("%s is never made", known)
		}
	}
	if len(made) != len(EventTypes()) {
		t.Errorf("%d types are made, %d are listed", len(made), len(EventTypes()))
	}
}
