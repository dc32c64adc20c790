package client_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"antom-checkout/client"
)

// An order is placed, and its buyer led to order.CheckoutURL. Sent again under the same key
// it is the same order.
func Example() {
	shop, err := client.New(server, apiKey)
	if err != nil {
		panic(err)
	}
	placement := client.Placement{
		Reference: "A-1001", Currency: "SGD",
		Lines:      []client.LineInput{{Name: "Enamel mug", Quantity: 2, UnitAmount: 2400}},
		Buyer:      client.BuyerInput{Email: "ann@example.com"},
		SuccessURL: "http://localhost:3000/thanks",
	}
	order, err := shop.CreateOrder(ctx, "A-1001", placement)
	if err != nil {
		panic(err)
	}
	again, err := shop.CreateOrder(ctx, "A-1001", placement)
	if err != nil {
		panic(err)
	}
	fmt.Println(order.Status, order.Total.Amount, order.Total.Currency, order.ID == again.ID)
	// Output: open 4800 SGD true
}

// placed is an order for the examples.
func placed(reference string, capture client.PlacementCapture) *client.Order {
	order, err := shop.CreateOrder(ctx, reference, client.Placement{
		Reference: reference, Currency: "SGD", Capture: capture,
		Lines: []client.LineInput{{Name: "Green tea, 100 g", Quantity: 1, UnitAmount: 1250}},
		Buyer: client.BuyerInput{Email: "ann@example.com"},
	})
	if err != nil {
		panic(err)
	}
	return order
}

// A card that the shop captures itself is captured when the goods leave.
func ExampleClient_CaptureOrder() {
	order := placed("A-1002", client.PlacementCaptureManual)
	buyerPays(order, client.OrderStatusAuthorized)
	captured, err := shop.CaptureOrder(ctx, order.ID, "A-1002-leaves")
	if err != nil {
		panic(err)
	}
	fmt.Println(len(captured.Payments[0].Captures))
	awaits(order, client.OrderStatusPaid)
	// Output: 1
}

// A part is returned, then what is left.
func ExampleClient_RefundOrder() {
	order := placed("A-1003", client.PlacementCaptureAutomatic)
	buyerPays(order, client.OrderStatusPaid)
	if _, err := shop.RefundOrder(ctx, order.ID, "A-1003-broken-cup", client.RefundBody{Amount: 250, Reason: "a broken cup"}); err != nil {
		panic(err)
	}
	awaits(order, client.OrderStatusPartiallyRefunded)
	if _, err := shop.RefundOrder(ctx, order.ID, "A-1003-rest", client.RefundBody{}); err != nil {
		panic(err)
	}
	awaits(order, client.OrderStatusRefunded)
	refunded, err := shop.GetOrder(ctx, order.ID)
	if err != nil {
		panic(err)
	}
	fmt.Println(refunded.Status, refunded.Refunded.Amount)
	// Output: refunded 1250
}

// A list comes in parts, newest first. Next names the part that follows, and is empty at the end.
func ExampleClient_ListOrders() {
	for _, reference := range []string{"L-1", "L-2", "L-3"} {
		placed(reference, client.PlacementCaptureAutomatic)
	}
	params := client.ListOrdersParams{Status: client.OrderStatusOpen, CreatedFrom: time.Now().Add(-time.Hour), Limit: 2}
	listed := map[string]bool{}
	for {
		page, err := shop.ListOrders(ctx, params)
		if err != nil {
			panic(err)
		}
		for _, order := range page.Data {
			listed[order.Reference] = true
		}
		if params.After = page.Next; params.After == "" {
			break
		}
	}
	fmt.Println(listed["L-1"], listed["L-2"], listed["L-3"])
	// Output: true true true
}

// A payment link sells without a shop. A change leaves alone what it does not name.
func ExampleClient_ChangePaymentLink() {
	link, err := shop.CreatePaymentLink(ctx, client.NewKey(), client.NewLink{
		Name: "Enamel mug", Currency: "SGD", MaxUses: 1,
		Lines: []client.LineInput{{Name: "Enamel mug", Quantity: 1, UnitAmount: 2400}},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(link.Status, link.MaxUses)
	link, err = shop.ChangePaymentLink(ctx, link.ID, client.LinkChange{MaxUses: client.ToNone[int64](), Active: new(false)})
	if err != nil {
		panic(err)
	}
	fmt.Println(link.Status, link.MaxUses, link.Name)
	// Output:
	// open 1
	// off 0 Enamel mug
}

// What the API refuses says what is wrong, for a program and for a person.
func ExampleProblem() {
	first := placed("A-1004", client.PlacementCaptureAutomatic)
	_, err := shop.CreateOrder(ctx, client.NewKey(), client.Placement{
		Reference: "A-1004", Lines: []client.LineInput{{Name: "Enamel mug", Quantity: 1, UnitAmount: 2400}},
	})
	var problem *client.Problem
	if errors.As(err, &problem) {
		fmt.Println(problem.Status, problem.Code, problem.OrderID == first.ID)
	}
	// Output: 409 reference_used true
}

// An endpoint believes what is signed, and answers 2xx once it is stored.
func ExampleWebhook() {
	events, secret := make(chan client.Event, 1), ""
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			return // the checkout sends it again
		}
		event, err := client.Webhook(secret, r.Header, body, time.Now())
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		if event.Type == "endpoint.test" {
			events <- *event
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer endpoint.Close()
	made, err := shop.CreateWebhookEndpoint(ctx, client.NewKey(), client.NewEndpoint{URL: endpoint.URL + "/webhooks"})
	if err != nil {
		panic(err)
	}
	secret = made.Secret
	if _, err := shop.TestWebhookEndpoint(ctx, made.ID, client.NewKey()); err != nil {
		panic(err)
	}
	event := <-events
	fmt.Println(event.Type, event.Data.Status)
	if err := shop.DeleteWebhookEndpoint(ctx, made.ID); err != nil {
		panic(err)
	}
	// Output: endpoint.test test
}
