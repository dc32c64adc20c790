package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
)

// Timeline is all that has happened to an order.
type Timeline struct {
	Data []merchant.TimelineEntry `json:"data" doc:"Oldest first"`
}

type timelineOutput struct{ Body Timeline }

// timeline registers the operation that lists an order's changes.
func (a *API) timeline() {
	huma.Register(a.huma, huma.Operation{
		OperationID: "get-order-timeline", Method: http.MethodGet, Path: "/orders/{id}/timeline", Summary: "Each change of an order with its cause and evidence", Tags: []string{"Orders"},
		Security: needs(checkout.ScopeReadOrders),
	}, func(ctx context.Context, in *OrderInput) (*timelineOutput, error) {
		entries, err := a.Merchant.Timeline(ctx, in.ID)
		if err != nil {
			return nil, failed(ctx, err)
		}
		return &timelineOutput{Timeline{entries}}, nil
	})
}
