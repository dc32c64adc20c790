package merchant

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"antom-checkout/checkout"
)

// WebhookStore keeps events, endpoints and deliveries.
type WebhookStore interface {
	// Events lists the events of a filter, newest first, as many as the window has room for. Event finds one, or answers ErrNotFound.
	// EventsSince lists those since a moment, oldest first, from the one after another.
	Events(ctx context.Context, f checkout.EventFilter, w checkout.Window) ([]checkout.MerchantEvent, error)
	Event(ctx context.Context, id string) (checkout.MerchantEvent, error)
	EventsSince(ctx context.Context, since time.Time, after string, limit int) ([]checkout.MerchantEvent, error)
	// EventBody is what is delivered of an event, or ErrNotFound before the first try.
	// FreezeBody stores it, unless another is stored, and answers what is stored: ErrStale
	// when the order's data were erased since the body was made, and erased is false.
	EventBody(ctx context.Context, eventID string) ([]byte, error)
	FreezeBody(ctx context.Context, e checkout.MerchantEvent, body []byte, erased bool) ([]byte, error)
	OrderByID(ctx context.Context, id string) (checkout.Order, error)

	// Endpoints lists all endpoints, newest first. Endpoint finds one, or answers
	// ErrNotFound, as the others do that name one.
	Endpoints(ctx context.Context) ([]checkout.WebhookEndpoint, error)
	Endpoint(ctx context.Context, id string) (checkout.WebhookEndpoint, error)
	// AddEndpoint stores a new endpoint, which gets the events from now on, unless there are
	// as many as there may be: CodeEndpointsFull.
	AddEndpoint(ctx context.Context, e checkout.WebhookEndpoint, most int) error
	// ChangeEndpoint loads an endpoint, lets change decide, and writes what differs. What is
	// pending when it is switched off is given up; what happens while it is off is not
	// delivered.
	ChangeEndpoint(ctx context.Context, id string, change func(checkout.WebhookEndpoint) checkout.WebhookEndpoint) (checkout.WebhookEndpoint, error)
	DeleteEndpoint(ctx context.Context, id string) error
	// AddTest stores a test with its delivery to one endpoint.
	AddTest(ctx context.Context, endpointID string) (checkout.MerchantEvent, error)
	// Redeliver makes the deliveries of an event to endpoints due now.
	Redeliver(ctx context.Context, e checkout.MerchantEvent, endpointIDs []string) error
	// RedeliverDead makes deliveries to an endpoint due again that were given up, at most limit,
	// and counts them.
	RedeliverDead(ctx context.Context, endpointID string, limit int) (int, error)
	// Deliveries lists those of an event, and Tries those of a delivery, oldest first.
	Deliveries(ctx context.Context, eventID string) ([]checkout.Delivery, error)
	Tries(ctx context.Context, deliveryID int64) ([]checkout.DeliveryTry, error)
}

const (
	mostEndpoints      = 32
	longestDescription = 200 // characters
)

// Endpoint is an endpoint in the published form.
type Endpoint struct {
	ID           string     `json:"id"`
	URL          string     `json:"url"`
	Description  string     `json:"description,omitempty"`
	Types        []string   `json:"types" doc:"The types of events that it gets; empty: all"`
	Active       bool       `json:"active"`
	OffReason    string     `json:"off_reason,omitempty" enum:"operator,gone,failing" doc:"Why it is not active: switched off by the merchant, answered 410, or took nothing for five days"`
	FailingSince *time.Time `json:"failing_since,omitempty" doc:"The first failure since the last success"`
	CreatedAt    time.Time  `json:"created_at"`
	Secret       string     `json:"secret,omitempty" doc:"Signs the deliveries: whsec_ and the key in base64. Shown when it is made, and never again"`
}

// NewEndpoint is an endpoint in the published form. Its secret is shown only where it was
// just made.
func NewEndpoint(e checkout.WebhookEndpoint, secretIsNew bool) Endpoint {
	shown := Endpoint{
		ID: e.ID, URL: e.URL, Description: e.Description, Types: make([]string, 0, len(e.Types)),
		Active: e.Off == checkout.EndpointOn, OffReason: string(e.Off), CreatedAt: e.CreatedAt.UTC(),
	}
	for _, t := range e.Types {
		shown.Types = append(shown.Types, string(t))
	}
	if !e.FailingSince.IsZero() {
		since := e.FailingSince.UTC()
		shown.FailingSince = &since
	}
	if secretIsNew {
		shown.Secret = e.Secret.Reveal()
	}
	return shown
}

// EndpointForm is what the merchant decides about an endpoint. A member that is nil stays
// as it is.
type EndpointForm struct {
	URL         *string
	Description *string
	Types       *[]string
	Active      *bool
}

// checkEndpoint says what is wrong with the form. Errors: CodeFormInvalid by the members' pointers.
func (s *webhooks) checkEndpoint(f EndpointForm) error {
	wrong := map[string]string{}
	if f.URL != nil {
		if err := s.cfg.CheckWebhookURL(*f.URL); err != nil {
			return &checkout.Error{Code: checkout.CodeFormInvalid, Fields: map[string]string{"/url": "error.invalid"}, Detail: err.Error()}
		}
	}
	if f.Description != nil && (utf8.RuneCountInString(*f.Description) > longestDescription || *f.Description != "" && !checkout.IsName(*f.Description, longestDescription)) {
		wrong["/description"] = "error.invalid"
	}
	if f.Types != nil {
		for _, t := range *f.Types {
			if !slices.Contains(checkout.EventTypes(), checkout.EventType(t)) {
				wrong["/types"] = "error.invalid"
			}
		}
	}
	if len(wrong) > 0 {
		return &checkout.Error{Code: checkout.CodeFormInvalid, Fields: wrong}
	}
	return nil
}

// apply makes of an endpoint what the form says.
func (f EndpointForm) apply(e checkout.WebhookEndpoint) checkout.WebhookEndpoint {
	if f.URL != nil {
		e.URL = *f.URL
	}
	if f.Description != nil {
		e.Description = *f.Description
	}
	if f.Types != nil {
		e.Types = nil
		for _, t := range *f.Types {
			e.Types = append(e.Types, checkout.EventType(t))
		}
	}
	if f.Active != nil {
		e = e.Switched(*f.Active)
	}
	return e
}

// CreateEndpoint makes an endpoint with a new secret, which is shown once. It gets the events
// from now on. Errors: CodeFormInvalid, CodeEndpointsFull.
func (s *webhooks) CreateEndpoint(ctx context.Context, f EndpointForm) (checkout.WebhookEndpoint, error) {
	if err := s.checkEndpoint(f); err != nil {
		return checkout.WebhookEndpoint{}, err
	}
	e := f.apply(checkout.WebhookEndpoint{ID: s.cfg.NewID(), Secret: checkout.NewWebhookSecret(), CreatedAt: s.cfg.Now()})
	return e, s.store.AddEndpoint(ctx, e, mostEndpoints)
}

// Endpoints lists all endpoints, newest first.
func (s *webhooks) Endpoints(ctx context.Context) ([]checkout.WebhookEndpoint, error) {
	return s.store.Endpoints(ctx)
}

// Endpoint finds an endpoint. Errors: CodeNotFound.
func (s *webhooks) Endpoint(ctx context.Context, id string) (checkout.WebhookEndpoint, error) {
	e, err := s.store.Endpoint(ctx, id)
	return e, noEndpoint(err)
}

// noEndpoint says what was not found.
func noEndpoint(err error) error {
	if checkout.IsNotFound(err) {
		return checkout.NewError(checkout.CodeNotFound, "there is no such webhook endpoint")
	}
	return err
}

// UpdateEndpoint changes what the form names. Errors: CodeNotFound, CodeFormInvalid.
func (s *webhooks) UpdateEndpoint(ctx context.Context, id string, f EndpointForm) (checkout.WebhookEndpoint, error) {
	if err := s.checkEndpoint(f); err != nil {
		return checkout.WebhookEndpoint{}, err
	}
	e, err := s.store.ChangeEndpoint(ctx, id, f.apply)
	return e, noEndpoint(err)
}

// DeleteEndpoint deletes an endpoint with its deliveries. Errors: CodeNotFound.
func (s *webhooks) DeleteEndpoint(ctx context.Context, id string) error {
	return noEndpoint(s.store.DeleteEndpoint(ctx, id))
}

// RotateSecret gives an endpoint a new secret, which is shown once. Deliveries are signed by
// both for a day. Errors: CodeNotFound.
func (s *webhooks) RotateSecret(ctx context.Context, id string) (checkout.WebhookEndpoint, error) {
	secret := checkout.NewWebhookSecret()
	e, err := s.store.ChangeEndpoint(ctx, id, func(e checkout.WebhookEndpoint) checkout.WebhookEndpoint {
		return e.Rotated(secret, s.cfg.Now())
	})
	return e, noEndpoint(err)
}

// TestEndpoint delivers a test to an endpoint. Errors: CodeNotFound, CodeEndpointOff.
func (s *webhooks) TestEndpoint(ctx context.Context, id string) (checkout.MerchantEvent, error) {
	e, err := s.Endpoint(ctx, id)
	if err != nil {
		return checkout.MerchantEvent{}, err
	}
	if e.Off != checkout.EndpointOn {
		return checkout.MerchantEvent{}, checkout.NewError(checkout.CodeEndpointOff, "")
	}
	event, err := s.store.AddTest(ctx, id)
	return event, noEndpoint(err)
}

// Redeliver delivers an event again: to one endpoint, or with "" to all that want it and are
// on. Errors: CodeNotFound; CodeEndpointOff when there is none.
func (s *webhooks) Redeliver(ctx context.Context, eventID, endpointID string) error {
	e, err := s.event(ctx, eventID)
	if err != nil {
		return err
	}
	endpoints, err := s.activeEndpoints(ctx, endpointID)
	if err != nil {
		return err
	}
	wanted := whoWant(endpoints, e, endpointID)
	if len(wanted) == 0 {
		return checkout.NewError(checkout.CodeEndpointOff, "")
	}
	return s.store.Redeliver(ctx, e, wanted)
}

// redeliveredAtOnce is how many events are listed in one go.
const redeliveredAtOnce = 200

// RedeliverSince delivers all events since a moment again, as Redeliver does, and counts them.
func (s *webhooks) RedeliverSince(ctx context.Context, since time.Time, endpointID string) (count int, err error) {
	endpoints, err := s.activeEndpoints(ctx, endpointID)
	if err != nil {
		return 0, err
	}
	for after := ""; ; {
		events, err := s.store.EventsSince(ctx, since, after, redeliveredAtOnce)
		if err != nil {
			return count, err
		}
		for _, e := range events {
			after = e.ID
			if wanted := whoWant(endpoints, e, ""); len(wanted) > 0 {
				if err := s.store.Redeliver(ctx, e, wanted); err != nil {
					return count, err
				}
				count++
			}
		}
		if len(events) < redeliveredAtOnce {
			return count, nil
		}
	}
}

// RedeliverDead delivers again what was given up, to one endpoint or with "" to all that are on,
// and counts the deliveries. Errors: CodeNotFound; CodeEndpointOff when there is none.
func (s *webhooks) RedeliverDead(ctx context.Context, endpointID string) (count int, err error) {
	endpoints, err := s.activeEndpoints(ctx, endpointID)
	if err != nil {
		return 0, err
	}
	for _, e := range endpoints {
		for {
			n, err := s.store.RedeliverDead(ctx, e.ID, redeliveredAtOnce)
			if err != nil {
				return count, err
			}
			if count += n; n < redeliveredAtOnce {
				break
			}
		}
	}
	return count, nil
}

// activeEndpoints are the one that is named, or all, as far as they are on. Errors:
// CodeNotFound; CodeEndpointOff when there is none.
func (s *webhooks) activeEndpoints(ctx context.Context, id string) ([]checkout.WebhookEndpoint, error) {
	all, err := s.store.Endpoints(ctx)
	if err != nil {
		return nil, err
	}
	if id != "" {
		all = slices.DeleteFunc(all, func(e checkout.WebhookEndpoint) bool { return e.ID != id })
		if len(all) == 0 {
			return nil, noEndpoint(checkout.ErrNotFound)
		}
	}
	on := slices.DeleteFunc(all, func(e checkout.WebhookEndpoint) bool { return e.Off != checkout.EndpointOn })
	if len(on) == 0 {
		return nil, checkout.NewError(checkout.CodeEndpointOff, "")
	}
	return on, nil
}

// whoWant are the ids of the endpoints that an event goes to. The one that is named gets what
// was ordered for it.
func whoWant(endpoints []checkout.WebhookEndpoint, e checkout.MerchantEvent, named string) (ids []string) {
	for _, endpoint := range endpoints {
		if endpoint.Wants(e.Type) || endpoint.ID == named {
			ids = append(ids, endpoint.ID)
		}
	}
	return ids
}

// Delivery is the delivery of an event to an endpoint in the published form.
type Delivery struct {
	EndpointID string     `json:"endpoint_id"`
	State      string     `json:"state" enum:"pending,delivered,dead"`
	NextAt     *time.Time `json:"next_at,omitempty" doc:"When it is tried next, while it is pending"`
	Tries      []Try      `json:"tries" doc:"Of the last 30 days, oldest first"`
}

// Try is one try of a delivery.
type Try struct {
	At         time.Time `json:"at"`
	Status     int       `json:"status" doc:"Of the endpoint's answer; 0 without one"`
	DurationMS int64     `json:"duration_ms"`
	Error      string    `json:"error,omitempty" doc:"Why there was no answer"`
	Answer     string    `json:"answer" doc:"The first 4 KiB"`
}

// Deliveries lists the deliveries of an event with their tries. Errors: CodeNotFound.
func (s *webhooks) Deliveries(ctx context.Context, eventID string) ([]Delivery, error) {
	if _, err := s.event(ctx, eventID); err != nil {
		return nil, err
	}
	found, err := s.store.Deliveries(ctx, eventID)
	if err != nil {
		return nil, err
	}
	shown := make([]Delivery, 0, len(found))
	for _, d := range found {
		tries, err := s.store.Tries(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		shown = append(shown, newDelivery(d, tries))
	}
	return shown, nil
}

func newDelivery(d checkout.Delivery, tries []checkout.DeliveryTry) Delivery {
	shown := Delivery{EndpointID: d.EndpointID, State: string(d.State), Tries: make([]Try, 0, len(tries))}
	if d.State == checkout.DeliveryPending {
		next := d.NextAt.UTC()
		shown.NextAt = &next
	}
	for _, t := range tries {
		shown.Tries = append(shown.Tries, Try{
			At: t.At.UTC(), Status: t.Status, DurationMS: t.Took.Milliseconds(), Error: t.Error, Answer: string(t.Answer),
		})
	}
	return shown
}
