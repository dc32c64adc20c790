package merchant

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"antom-checkout/checkout"
)

// EventHead is an event without what it is about.
type EventHead struct {
	ID        string    `json:"id"`
	Type      string    `json:"type"`
	CreatedAt time.Time `json:"created_at"`
	Sequence  int       `json:"sequence" doc:"Counts the events of the order from 1 on, without a gap; 0 of a test"`
}

// ListedEvent is an event in a list.
type ListedEvent struct {
	EventHead
	OrderID string `json:"order_id,omitempty" doc:"Absent of a test"`
	Status  string `json:"status" doc:"Of the order, after what has happened"`
}

// Event is an event as it is delivered.
type Event struct {
	EventHead
	Data EventData `json:"data"`
}

// EventData is what an event is about.
type EventData struct {
	Status           string   `json:"status" doc:"Of the order, after what has happened; test of a test"`
	Order            *Order   `json:"order,omitempty" doc:"The order as it was at the first try to deliver the event"`
	PaymentRequestID string   `json:"payment_request_id,omitempty" doc:"The payment that the event is about"`
	RequestID        string   `json:"request_id,omitempty" doc:"The capture or refund that the event is about"`
	Dispute          *Dispute `json:"dispute,omitempty"`
}

// Dispute is a dispute about a payment, with its last step.
type Dispute struct {
	ID         string     `json:"id"`
	State      string     `json:"state" enum:"open,defended,won,lost,closed" doc:"open waits for an answer; lost: Antom takes the amount, and nothing is refunded; closed: it was about papers"`
	Type       string     `json:"type,omitempty" doc:"As Antom names it" example:"CHARGEBACK"`
	Step       string     `json:"step" doc:"As Antom names it" example:"DISPUTE_CREATED"`
	Since      *time.Time `json:"since,omitempty" doc:"When it began"`
	Due        *time.Time `json:"due,omitempty" doc:"Until when it has to be answered"`
	Defendable bool       `json:"defendable" doc:"Whether Antom takes a defence as it now stands; false once it is answered"`
	Result     string     `json:"result,omitempty" doc:"As Antom names it"`
	Amount     *Money     `json:"amount,omitempty" doc:"In dispute, or what was decided about; absent until Antom names it"`
	Source     string     `json:"source,omitempty" doc:"The scheme or bank that runs it" example:"Visa"`
	ReasonCode string     `json:"reason_code,omitempty" doc:"Of that scheme" example:"13.1"`
	Reason     string     `json:"reason,omitempty" doc:"As Antom words it"`
}

func newHead(e checkout.MerchantEvent) EventHead {
	return EventHead{ID: e.ID, Type: string(e.Type), CreatedAt: e.At.UTC(), Sequence: e.Sequence}
}

// NewListedEvent is an event in the published form of a list.
func NewListedEvent(e checkout.MerchantEvent) ListedEvent {
	return ListedEvent{EventHead: newHead(e), OrderID: e.OrderID, Status: string(e.Status)}
}

// newEvent is an event with its order as it is now.
func (s *webhooks) newEvent(e checkout.MerchantEvent, o checkout.Order) Event {
	order := s.NewOrder(o)
	event := Event{newHead(e), EventData{Status: string(e.Status), Order: &order, PaymentRequestID: e.PaymentRequestID, RequestID: e.About}}
	switch e.Type {
	case checkout.EventDisputeCreated, checkout.EventDisputeUpdated:
		event.Data.RequestID, event.Data.Dispute = "", newDispute(o, e)
	}
	return event
}

func newDispute(o checkout.Order, e checkout.MerchantEvent) *Dispute {
	p := o.Payment(e.PaymentRequestID)
	if p == nil {
		return nil
	}
	d := p.Disputes.With(e.About)
	if d == nil {
		return nil
	}
	shown := NewDispute(*d)
	return &shown
}

// NewDispute is a dispute in the published form.
func NewDispute(d checkout.Dispute) Dispute {
	shown := Dispute{
		ID: d.ID, State: string(d.State()), Type: d.Type, Step: d.Step, Defendable: d.State() == checkout.DisputeOpen && !d.Undefendable,
		Result: d.Result, Source: d.Source, ReasonCode: d.ReasonCode, Reason: d.Reason,
	}
	if !d.Since.IsZero() {
		shown.Since = &d.Since
	}
	if !d.Due.IsZero() {
		shown.Due = &d.Due
	}
	if d.Amount != (checkout.Money{}) {
		amount := NewMoney(d.Amount)
		shown.Amount = &amount
	}
	return shown
}

// Events lists the events of a filter, newest first, as many as the window has room for.
func (s *webhooks) Events(ctx context.Context, f checkout.EventFilter, w checkout.Window) ([]checkout.MerchantEvent, error) {
	return s.store.Events(ctx, f, w)
}

// Event is an event as it was delivered, or, before its first try, as it would be now.
// Errors: CodeNotFound.
func (s *webhooks) Event(ctx context.Context, id string) (Event, error) {
	e, err := s.event(ctx, id)
	if err != nil {
		return Event{}, err
	}
	body, err := s.store.EventBody(ctx, id)
	if checkout.IsNotFound(err) {
		body, _, err = s.makeBody(ctx, e)
	}
	var event Event
	if err == nil {
		err = json.Unmarshal(body, &event)
	}
	return event, err
}

// event finds an event. Errors: CodeNotFound.
func (s *webhooks) event(ctx context.Context, id string) (checkout.MerchantEvent, error) {
	e, err := s.store.Event(ctx, id)
	if checkout.IsNotFound(err) {
		err = checkout.NewError(checkout.CodeNotFound, "there is no such event")
	}
	return e, err
}

// Body is what is delivered of an event. It is made at the first call and is the same in
// all later ones, until the buyer's data are erased: then it is made anew, without them.
func (s *webhooks) Body(ctx context.Context, e checkout.MerchantEvent) ([]byte, error) {
	for {
		body, err := s.store.EventBody(ctx, e.ID)
		if err == nil || !checkout.IsNotFound(err) {
			return body, err
		}
		body, erased, err := s.makeBody(ctx, e)
		if err != nil {
			return nil, err
		}
		body, err = s.store.FreezeBody(ctx, e, body, erased)
		if !errors.Is(err, checkout.ErrStale) {
			return body, err
		}
	}
}

// makeBody writes an event with its order as it is now. erased says that the buyer's data are
// not in it.
func (s *webhooks) makeBody(ctx context.Context, e checkout.MerchantEvent) (body []byte, erased bool, err error) {
	event := Event{newHead(e), EventData{Status: "test"}}
	if e.Type != checkout.EventEndpointTest {
		o, err := s.store.OrderByID(ctx, e.OrderID)
		if err != nil {
			return nil, false, err
		}
		event, erased = s.newEvent(e, o), o.Erased()
	}
	body, err = json.Marshal(event)
	return body, erased, err
}
