package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
)

// orderInput names an order in the path.
type orderInput struct {
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
	a.placing()
}

func (a *API) getOrder(ctx context.Context, in *orderInput) (*orderOutput, error) {
	o, err := a.Orders.OrderByID(ctx, in.ID)
	if err != nil {
		return nil, failed(ctx, err)
	}
	return &orderOutput{a.Merchant.NewOrder(o)}, nil
}
