package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
)

// actionInput is an action on an order that needs no more to be said. Its body is empty, or
// an empty object.
type actionInput struct {
	OrderInput
	Body *struct{}
}

// refundInput is a refund of an order.
type refundInput struct {
	OrderInput
	Body *RefundBody
}

// RefundBody says how much of an order is refunded.
type RefundBody struct {
	Amount int64  `json:"amount,omitempty" minimum:"1" maximum:"9007199254740991" doc:"Minor units of the order's currency; without it all that is left"`
	Reason string `json:"reason,omitempty" maxLength:"256" doc:"Why, for Antom and for the merchant's books"`
}

// actions registers what an operator may do about an order.
func (a *API) actions() {
	register := func(name, path, summary string, needsKey bool, scope checkout.Scope, act func(context.Context, *actionInput) (*orderOutput, error)) {
		huma.Register(a.huma, posting(huma.Operation{
			OperationID: name + "-order", Path: "/orders/{id}/" + path, Summary: summary, Tags: []string{"Orders"}, Security: needs(scope),
		}, needsKey), act)
	}
	register("capture", "capture", "Take the money of an authorised card, all of it", true, checkout.ScopeWriteOrders, a.capture)
	register("cancel", "cancel", "Close an unpaid order, release a card, or return a payment while its method allows it", true, checkout.ScopeWriteOrders, a.cancel)
	register("accept", "accept", "End a review in favour of what the payments say", false, checkout.ScopeWriteOrders, a.accept)
	huma.Register(a.huma, posting(huma.Operation{
		OperationID: "refund-order", Path: "/orders/{id}/refunds", Summary: "Return a part of a paid order, or all that is left", Tags: []string{"Orders"},
		Security: needs(checkout.ScopeWriteRefunds),
	}, true), a.refund)
}

func (a *API) capture(ctx context.Context, in *actionInput) (*orderOutput, error) {
	operation, err := a.Orders.Capture(ctx, in.ID, orderedBy(ctx))
	return a.acted(ctx, in.ID, operation, err)
}

func (a *API) refund(ctx context.Context, in *refundInput) (*orderOutput, error) {
	if in.Body == nil {
		in.Body = &RefundBody{}
	}
	if in.Body.Reason != "" && (!checkout.IsName(in.Body.Reason, 256) || checkout.HoldsCardNumber(in.Body.Reason)) {
		p := web.NewProblem(http.StatusUnprocessableEntity, "", "")
		p.Errors = []web.FieldProblem{{Pointer: "/reason", Code: web.CodeInvalid, Detail: "a reason is one line of text, and holds no card number"}}
		return nil, failed(ctx, p)
	}
	operation, err := a.Orders.RefundBecause(ctx, in.ID, in.Body.Amount, in.Body.Reason, orderedBy(ctx))
	return a.acted(ctx, in.ID, operation, err)
}

func (a *API) cancel(ctx context.Context, in *actionInput) (*orderOutput, error) {
	return a.acted(ctx, in.ID, checkout.Operation{}, a.Orders.Cancel(ctx, in.ID, orderedBy(ctx)))
}

func (a *API) accept(ctx context.Context, in *actionInput) (*orderOutput, error) {
	return a.acted(ctx, in.ID, checkout.Operation{}, a.Orders.Accept(ctx, in.ID, orderedBy(ctx)))
}

// acted answers an action with the order as it is then. An operation that Antom has refused
// is an error; one that is pending is not.
func (a *API) acted(ctx context.Context, orderID string, operation checkout.Operation, err error) (*orderOutput, error) {
	if err == nil && operation.Status == checkout.OperationFailed {
		err = checkout.NewError(checkout.CodeAntomRefused, "Antom refuses: "+operation.ResultCode)
	}
	if err != nil {
		return nil, failed(ctx, err)
	}
	return a.getOrder(ctx, &OrderInput{ID: orderID})
}
