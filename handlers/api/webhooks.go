package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
)

// EndpointPath names a webhook endpoint in the path.
type EndpointPath struct {
	ID string `path:"id" maxLength:"64" doc:"The endpoint's id"`
}

// EventPath names an event in the path.
type EventPath struct {
	ID string `path:"id" maxLength:"64" doc:"The event's id"`
}

type endpointOutput struct{ Body merchant.Endpoint }

type eventOutput struct{ Body merchant.Event }

// newEndpointInput is what a new endpoint is made of.
type newEndpointInput struct {
	Body struct {
		URL         string    `json:"url" maxLength:"2048" doc:"https; in test mode also http on this machine" example:"https://shop.example/webhooks"`
		Description *string   `json:"description,omitempty" maxLength:"200"`
		Types       *[]string `json:"types,omitempty" maxItems:"16" doc:"The types of events that it gets; empty or absent: all"`
	}
}

// changedEndpointInput is what changes of an endpoint; what is absent stays.
type changedEndpointInput struct {
	EndpointPath
	Body struct {
		URL         *string   `json:"url,omitempty" maxLength:"2048"`
		Description *string   `json:"description,omitempty" maxLength:"200"`
		Types       *[]string `json:"types,omitempty" maxItems:"16" doc:"Empty: all"`
		Active      *bool     `json:"active,omitempty" doc:"false: nothing is delivered, and what is pending is given up; true: what happens from now on is delivered"`
	}
}

// webhookOperation completes an operation on events or endpoints.
func webhookOperation(op huma.Operation, scope checkout.Scope) huma.Operation {
	op.Tags, op.Security = []string{"Webhooks"}, needs(scope)
	if op.Method == http.MethodPost {
		return posting(op, false)
	}
	return op
}

// webhookEndpoints registers the operations on webhook endpoints.
func (a *API) webhookEndpoints() {
	operation := func(id, method, path, summary string, status int) huma.Operation {
		return webhookOperation(huma.Operation{OperationID: id, Method: method, Path: "/webhook-endpoints" + path, Summary: summary, DefaultStatus: status}, checkout.ScopeWriteWebhooks)
	}
	huma.Register(a.huma, operation("create-webhook-endpoint", http.MethodPost, "", "Have events delivered to an address from now on; the answer alone shows the secret", http.StatusCreated), a.createEndpoint)
	huma.Register(a.huma, operation("list-webhook-endpoints", http.MethodGet, "", "Webhook endpoints, newest first", http.StatusOK), a.listEndpoints)
	huma.Register(a.huma, operation("get-webhook-endpoint", http.MethodGet, "/{id}", "A webhook endpoint", http.StatusOK), a.getEndpoint)
	huma.Register(a.huma, operation("update-webhook-endpoint", http.MethodPatch, "/{id}", "Change a webhook endpoint, or switch it on or off", http.StatusOK), a.updateEndpoint)
	huma.Register(a.huma, operation("delete-webhook-endpoint", http.MethodDelete, "/{id}", "Delete a webhook endpoint with its deliveries", http.StatusNoContent), a.deleteEndpoint)
	huma.Register(a.huma, operation("rotate-webhook-secret", http.MethodPost, "/{id}/rotate-secret", "A new secret, which the answer alone shows; both sign for 24 hours", http.StatusOK), a.rotateSecret)
	huma.Register(a.huma, operation("test-webhook-endpoint", http.MethodPost, "/{id}/test", "Deliver an event of the type endpoint.test", http.StatusAccepted), a.testEndpoint)
	huma.Register(a.huma, operation("redeliver-events", http.MethodPost, "/{id}/redeliver", "Deliver all events since a moment again", http.StatusAccepted), a.redeliverSince)
}

func (a *API) createEndpoint(ctx context.Context, in *newEndpointInput) (*endpointOutput, error) {
	return newEndpointOutput(ctx, true)(a.Merchant.CreateEndpoint(ctx, merchant.EndpointForm{
		URL: &in.Body.URL, Description: in.Body.Description, Types: in.Body.Types,
	}))
}

// newEndpointOutput makes the answer of what a service has returned.
func newEndpointOutput(ctx context.Context, secretIsNew bool) func(checkout.WebhookEndpoint, error) (*endpointOutput, error) {
	return func(e checkout.WebhookEndpoint, err error) (*endpointOutput, error) {
		if err != nil {
			return nil, failed(ctx, err)
		}
		return &endpointOutput{merchant.NewEndpoint(e, secretIsNew)}, nil
	}
}

func (a *API) listEndpoints(ctx context.Context, in *ListInput) (*listOutput[merchant.Endpoint], error) {
	w, err := in.window(ctx)
	if err != nil {
		return nil, err
	}
	endpoints, err := a.Merchant.Endpoints(ctx) // there are few
	if err != nil {
		return nil, failed(ctx, err)
	}
	var rest []checkout.WebhookEndpoint
	for _, e := range endpoints {
		if (w.After == "" || e.ID < w.After) && len(rest) < w.Limit {
			rest = append(rest, e)
		}
	}
	return page(*in, rest, func(e checkout.WebhookEndpoint) string { return e.ID }, func(e checkout.WebhookEndpoint) merchant.Endpoint {
		return merchant.NewEndpoint(e, false)
	}), nil
}

func (a *API) getEndpoint(ctx context.Context, in *EndpointPath) (*endpointOutput, error) {
	return newEndpointOutput(ctx, false)(a.Merchant.Endpoint(ctx, in.ID))
}

func (a *API) updateEndpoint(ctx context.Context, in *changedEndpointInput) (*endpointOutput, error) {
	return newEndpointOutput(ctx, false)(a.Merchant.UpdateEndpoint(ctx, in.ID, merchant.EndpointForm{
		URL: in.Body.URL, Description: in.Body.Description, Types: in.Body.Types, Active: in.Body.Active,
	}))
}

func (a *API) deleteEndpoint(ctx context.Context, in *EndpointPath) (*struct{}, error) {
	if err := a.Merchant.DeleteEndpoint(ctx, in.ID); err != nil {
		return nil, failed(ctx, err)
	}
	return nil, nil
}

func (a *API) rotateSecret(ctx context.Context, in *EndpointPath) (*endpointOutput, error) {
	return newEndpointOutput(ctx, true)(a.Merchant.RotateSecret(ctx, in.ID))
}

// listedEventOutput is an event without what it is about.
type listedEventOutput struct{ Body merchant.ListedEvent }

func (a *API) testEndpoint(ctx context.Context, in *EndpointPath) (*listedEventOutput, error) {
	e, err := a.Merchant.TestEndpoint(ctx, in.ID)
	if err != nil {
		return nil, failed(ctx, err)
	}
	return &listedEventOutput{merchant.NewListedEvent(e)}, nil
}

// sinceInput says which events are delivered to an endpoint again.
type sinceInput struct {
	EndpointPath
	Body struct {
		Since time.Time `json:"since" doc:"Events from this moment on"`
	}
}

// redelivered counts the events that are delivered again.
type redelivered struct {
	Events int `json:"events" doc:"How many are delivered again"`
}

func (a *API) redeliverSince(ctx context.Context, in *sinceInput) (*struct{ Body redelivered }, error) {
	n, err := a.Merchant.RedeliverSince(ctx, in.Body.Since, in.ID)
	if err != nil {
		return nil, failed(ctx, err)
	}
	return &struct{ Body redelivered }{redelivered{n}}, nil
}

// events registers the operations on events.
func (a *API) events() {
	operation := func(id, method, path, summary string, status int, scope checkout.Scope) huma.Operation {
		return webhookOperation(huma.Operation{OperationID: id, Method: method, Path: "/events" + path, Summary: summary, DefaultStatus: status}, scope)
	}
	huma.Register(a.huma, operation("list-events", http.MethodGet, "", "Events, newest first", http.StatusOK, checkout.ScopeReadOrders), a.listEvents)
	huma.Register(a.huma, operation("get-event", http.MethodGet, "/{id}", "An event as it is delivered", http.StatusOK, checkout.ScopeReadOrders), a.getEvent)
	huma.Register(a.huma, operation("list-deliveries", http.MethodGet, "/{id}/deliveries", "The deliveries of an event, with their tries", http.StatusOK, checkout.ScopeWriteWebhooks), a.listDeliveries)
	huma.Register(a.huma, operation("redeliver-event", http.MethodPost, "/{id}/redeliver", "Deliver an event again, now", http.StatusAccepted, checkout.ScopeWriteWebhooks), a.redeliver)
}

// eventsInput says which events are listed.
type eventsInput struct {
	ListInput
	Type  string `query:"type" enum:"order.created,order.authorized,order.paid,order.partially_refunded,order.refunded,order.cancelled,order.expired,order.review,payment.failed,capture.due,capture.failed,refund.succeeded,refund.failed,dispute.created,dispute.updated,endpoint.test"`
	Order string `query:"order" maxLength:"64" doc:"The id of an order"`
}

func (a *API) listEvents(ctx context.Context, in *eventsInput) (*listOutput[merchant.ListedEvent], error) {
	w, err := in.window(ctx)
	if err != nil {
		return nil, err
	}
	events, err := a.Merchant.Events(ctx, checkout.EventFilter{Type: checkout.EventType(in.Type), OrderID: in.Order}, w)
	if err != nil {
		return nil, failed(ctx, err)
	}
	return page(in.ListInput, events, func(e checkout.MerchantEvent) string { return e.ID }, merchant.NewListedEvent), nil
}

func (a *API) getEvent(ctx context.Context, in *EventPath) (*eventOutput, error) {
	e, err := a.Merchant.Event(ctx, in.ID)
	if err != nil {
		return nil, failed(ctx, err)
	}
	return &eventOutput{e}, nil
}

func (a *API) listDeliveries(ctx context.Context, in *EventPath) (*listOutput[merchant.Delivery], error) {
	deliveries, err := a.Merchant.Deliveries(ctx, in.ID)
	if err != nil {
		return nil, failed(ctx, err)
	}
	return &listOutput[merchant.Delivery]{Page[merchant.Delivery]{Data: deliveries}}, nil
}

// redeliverInput says to which endpoint an event is delivered again.
type redeliverInput struct {
	EventPath
	Body *struct {
		EndpointID string `json:"endpoint_id,omitempty" maxLength:"64" doc:"Absent: to all that want the event"`
	}
}

func (a *API) redeliver(ctx context.Context, in *redeliverInput) (*listOutput[merchant.Delivery], error) {
	endpointID := ""
	if in.Body != nil {
		endpointID = in.Body.EndpointID
	}
	if err := a.Merchant.Redeliver(ctx, in.ID, endpointID); err != nil {
		return nil, failed(ctx, err)
	}
	return a.listDeliveries(ctx, &in.EventPath)
}
