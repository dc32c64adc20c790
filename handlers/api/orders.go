package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
)

// OrderInput names an order in the path.
type OrderInput struct {
	ID string `path:"id" maxLength:"64" doc:"The order's id"`
}

// orderOutput is an order as the answer.
type orderOutput struct{ Body merchant.Order }

// orders registers the operations on orders.
func (a *API) orders() {
	huma.Register(a.huma, huma.Operation{
		OperationID: "get-order", Method: http.MethodGet, Path: "/orders/{id}", Summary: "An order with its payments", Tags: []string{"Orders"},
		Security: needs(checkout.ScopeReadOrders),
	}, a.getOrder)
	huma.Register(a.huma, huma.Operation{
		OperationID: "list-orders", Method: http.MethodGet, Path: "/orders", Summary: "Orders, newest first", Tags: []string{"Orders"},
		Security: needs(checkout.ScopeReadOrders),
	}, a.listOrders)
	a.placing()
	a.timeline()
	a.actions()
}

func (a *API) getOrder(ctx context.Context, in *OrderInput) (*orderOutput, error) {
	o, err := a.Orders.OrderByID(ctx, in.ID)
	if err != nil {
		return nil, failed(ctx, err)
	}
	return &orderOutput{a.Merchant.NewOrder(o)}, nil
}

// ordersInput says which orders are listed.
type ordersInput struct {
	ListInput
	Status      string    `query:"status" enum:"open,processing,authorized,paid,partially_refunded,refunded,cancelled,expired,review"`
	Reference   string    `query:"reference" maxLength:"128" doc:"The merchant's own number"`
	Email       string    `query:"email" maxLength:"254" doc:"The buyer's address, in any case"`
	Number      string    `query:"number" maxLength:"64" doc:"What the buyer calls the order, as it was typed"`
	CreatedFrom time.Time `query:"created_from"`
	CreatedTo   time.Time `query:"created_to" doc:"Inclusive"`
	Waiting     bool      `query:"waiting" doc:"Orders that wait for a person: under review, or authorised and not being captured, after a failed capture too"`
}

func (in *ordersInput) filter() checkout.OrderFilter {
	return checkout.OrderFilter{
		Status: checkout.OrderStatus(in.Status), Reference: in.Reference, Email: in.Email,
		Number:      cmp.Or(checkout.OrderNumber(in.Number), in.Number),
		CreatedFrom: in.CreatedFrom, CreatedTo: in.CreatedTo, Waiting: in.Waiting,
	}
}

func (a *API) listOrders(ctx context.Context, in *ordersInput) (*listOutput[merchant.Order], error) {
	w, err := in.window(ctx)
	if err != nil {
		return nil, err
	}
	orders, err := a.Merchant.Orders(ctx, in.filter(), w)
	if err != nil {
		return nil, failed(ctx, err)
	}
	return page(in.ListInput, orders, func(o checkout.Order) string { return o.ID }, a.Merchant.NewOrder), nil
}
