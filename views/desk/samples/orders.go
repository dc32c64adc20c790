package samples

import (
	"context"

	"antom-checkout/views/desk"
)

// evil is what a buyer may type.
const evil = `<script>alert("1")</script>`

var noon = desk.Moment{Text: "2026-05-14, 12:00 UTC+8", ISO: "2026-05-14T04:00:00Z"}

func pill(key, severity string) desk.Status { return desk.Status{Key: key, Severity: severity} }

// orders are the list of orders, the page of one, what is asked before an action, and the
// inbox.
func orders(ctx context.Context) []Page {
	list := desk.Orders{
		Frame: Frame(ctx, "orders"), Filter: orderFilter(), ClearURL: "/dashboard/orders", SearchURL: "/dashboard/orders",
		Page:    desk.Page{NextURL: "/dashboard/orders?after=1"},
		Exports: []desk.Export{{Kind: "orders", URL: "/1"}, {Kind: "payments", URL: "/2"}, {Kind: "refunds", URL: "/3"}},
	}
	empty, none := list, list
	list.Rows = orderRows()
	none.Filtered = true
	soFar, noneSoFar := list, list
	soFar.Unfinished, noneSoFar.Unfinished, noneSoFar.Rows, noneSoFar.Filtered = true, true, nil, true
	wrong := list
	wrong.Filtered, wrong.Filter.Search, wrong.Filter.AmountFrom, wrong.Filter.Wrong = true, evil, "12,3,4", map[string]bool{"amount_from": true}
	return []Page{
		{"desk-orders", desk.OrdersPage(list)},
		{"desk-orders-empty", desk.OrdersPage(empty)},
		{"desk-orders-none", desk.OrdersPage(none)},
		{"desk-orders-so-far", desk.OrdersPage(soFar)},
		{"desk-orders-none-so-far", desk.OrdersPage(noneSoFar)},
		{"desk-orders-wrong", desk.OrdersPage(wrong)},
		{"desk-order-open", desk.OrderPage(openOrder(ctx))},
		{"desk-order", desk.OrderPage(paidOrder(ctx))},
		{"desk-order-review", desk.OrderPage(reviewedOrder(ctx))},
		{"desk-refund", desk.ConfirmPage(refund(ctx, ""))},
		{"desk-refund-refused", desk.ConfirmPage(refund(ctx, desk.Text(ctx, "refused.amount_invalid")))},
		{"desk-cancel", desk.ConfirmPage(desk.Confirm{
			Frame: Frame(ctx, "orders"), Title: desk.Text(ctx, "cancel.title", "K4WTZ-8QHNM"), Danger: true, Button: desk.Text(ctx, "cancel.button"), Action: "/", BackURL: "/",
			Text: []string{desk.Text(ctx, "cancel.returns", "SGD 42.00", "GCash"), desk.Text(ctx, "cancel.warning")}, Until: desk.Text(ctx, "cancel.until", noon.Text),
		})},
		{"desk-refused", desk.RefusedPage(desk.Refused{Frame: Frame(ctx, "orders"), Number: "K4WTZ-8QHNM", Why: desk.Text(ctx, "refused.nothing_to_refund"), OrderURL: "/"})},
	}
}

func orderFilter() desk.OrderFilter {
	any := desk.Option{Text: "Any"}
	return desk.OrderFilter{
		Statuses: []desk.Option{any, {Value: "paid", Text: "Paid"}, {Value: "review", Text: "Needs a decision"}},
		Methods:  []desk.Option{any, {Value: "CARD", Text: "Card"}, {Value: "GCASH", Text: "GCash"}},
	}
}

func orderRows() []desk.OrderRow {
	row := func(number, buyer, method, amount string, s desk.Status, waits bool) desk.OrderRow {
		return desk.OrderRow{ID: number, URL: "/dashboard/orders/1", Number: number, Buyer: buyer, Method: method, Amount: amount, Status: s, Waits: waits, Placed: noon}
	}
	long := row("QN7PD-2XVBA", "Wolfeschlegelsteinhausenbergerdorff wolfeschlegelsteinhausenbergerdorff@example.com", "Mastercard 4444", "SGD 1,234,567.00", pill("authorized", "wait"), true)
	long.Reference = "PO-2026-05-14-000000000000000000000000000001"
	return []desk.OrderRow{
		row("K4WTZ-8QHNM", "Tan Mei Ling mei@example.com", "GCash", "SGD 42.00", pill("paid", "good"), false),
		long,
		row("H3JRC-9WSLE", "", "", "SGD 18.00", pill("open", ""), false),
		row("B6YVM-4KZXU", evil, "Card 0768", "JPY 4,200", pill("review", "bad"), true),
		row("T2GFA-7DPOI", "Anna anna@example.com", "PayNow", "KWD 1.250", pill("partially_refunded", ""), false),
		row("W5LHE-3RCQK", "Li li@example.com", "", "SGD 9.90", pill("expired", ""), false),
	}
}

func openOrder(ctx context.Context) desk.Order {
	return desk.Order{
		Frame: Frame(ctx, "orders"), ID: "1", Number: "H3JRC-9WSLE", Status: pill("open", ""), Total: "SGD 18.00", ListURL: "/dashboard/orders",
		Lines:    []desk.Line{{Name: "Tea tin", SKU: "TIN", Quantity: "1", Unit: "SGD 18.00", Total: "SGD 18.00"}},
		Buyer:    []desk.Fact{{Key: "placed", Lines: []string{noon.Text}}, {Key: "id", Lines: []string{"01a22135-52ef-73ee-8332-d3e5445967f3"}, Code: true}},
		Actions:  []desk.Action{{Name: "cancel", URL: "/", Danger: true}},
		Timeline: []desk.TimelineEntry{{At: noon, Subject: "order", To: pill("open", ""), Cause: "shopper:1", CauseKind: "shopper", ID: "t1"}}, VerifyURL: "/",
	}
}

func paidOrder(ctx context.Context) desk.Order {
	v := openOrder(ctx)
	v.Number, v.Status, v.Total, v.Refunded, v.Reference = "K4WTZ-8QHNM", pill("partially_refunded", ""), "SGD 42.00", "SGD 2.50", "PO-77"
	v.Lines = []desk.Line{{Name: "Enamel mug", SKU: "MUG", Quantity: "2", Total: "SGD 24.00"}, {Name: evil, Quantity: "1", Total: "SGD 18.00"}}
	v.Metadata = []desk.Fact{{Label: "branch", Lines: []string{"Tiong Bahru"}}}
	v.Buyer = []desk.Fact{
		{Key: "name", Lines: []string{"Tan Mei Ling"}}, {Key: "email", Lines: []string{"mei@example.com"}}, {Key: "phone", Lines: []string{"+65 6123 4567"}},
		{Key: "address", Lines: []string{"1 Raffles Place", "#20-01", "048616 Singapore", "SG"}}, {Key: "source", Lines: []string{desk.Text(ctx, "source.api")}},
		{Key: "id", Lines: []string{"01a22135-52ef-73ee-8332-d3e5445967f3"}, Code: true},
	}
	v.Actions, v.ProofURL = []desk.Action{{Name: "refund", URL: "/"}}, "/"
	v.Payments = []desk.Payment{declined(ctx), captured()}
	v.Emails = []desk.Email{
		{Topic: "mail.receipt", Kind: "mail.receipt", Status: pill("sent", "good"), Attempts: 1, Created: noon},
		{Topic: "mail.refund:1", Kind: "mail.refund", Status: pill("dead", "bad"), Attempts: 9, Created: noon},
	}
	v.Deliveries = []desk.Delivery{{Event: "order.paid", URL: "https://erp.example/hooks/a-rather-long-address-of-an-endpoint", Status: pill("delivered", "good"), Attempts: 2, Created: noon}}
	v.Timeline = append(v.Timeline,
		desk.TimelineEntry{
			At: noon, Subject: "payment", From: pill("processing", "wait"), To: pill("paid", "good"), Cause: "notification:1", CauseKind: "notification",
			Evidence: []desk.Fact{{Key: "cause", Lines: []string{"notification:01a22135-5349-7361-9c64-44506a273487.352ef6c4824195f23fc0b5edfa1e925e"}, Code: true}, {Key: "signature", Lines: []string{desk.Text(ctx, "timeline.verified")}}},
			Message:  message(0), ID: "t2",
		},
		desk.TimelineEntry{At: noon, Subject: "order", From: pill("processing", "wait"), To: pill("paid", "good"), Cause: "notification:1", CauseKind: "notification", ID: "t3", Above: "t2"},
		desk.TimelineEntry{At: noon, Subject: "refund", To: pill("pending", "wait"), Cause: "admin:person-1/K", CauseKind: "admin", ID: "t4"},
	)
	return v
}

func declined(ctx context.Context) desk.Payment {
	return desk.Payment{
		RequestID: "01a2-1", Method: "Card", Status: pill("failed", "bad"), Amount: "SGD 42.00", Created: noon, Result: desk.Text(ctx, "result.DO_NOT_HONOR"),
		Facts: []desk.Fact{{Key: "result_code", Lines: []string{"DO_NOT_HONOR"}, Code: true}, {Key: "payment_request_id", Lines: []string{"01a22135-5349-7361-9c64-44506a273487"}, Code: true}},
		Card:  []desk.Fact{{Key: "card", Lines: []string{"Visa •••• 0768"}}, {Key: "refusal", Lines: []string{"05 Do not honor"}}},
	}
}

func captured() desk.Payment {
	return desk.Payment{
		RequestID: "01a2-2", Method: "Card", Status: pill("paid", "good"), Amount: "SGD 42.00", Created: noon, Active: true,
		Facts: []desk.Fact{{Key: "antom_payment_id", Lines: []string{"202605141940108001001880200000001"}, Code: true}},
		Card:  []desk.Fact{{Key: "card", Lines: []string{"Mastercard •••• 4444"}}, {Key: "expiry", Lines: []string{"12/39"}}, {Key: "three_ds", Lines: []string{"authenticated"}}},
		Operations: []desk.Operation{
			{Kind: "capture", RequestID: "01a2-3", Amount: "SGD 42.00", Status: pill("success", "good"), Created: noon},
			{Kind: "refund", RequestID: "01a2-4", Amount: "SGD 2.50", Status: pill("failed", "bad"), Created: noon, Code: "MERCHANT_BALANCE_NOT_ENOUGH", Reason: "one mug was chipped"},
		},
	}
}

func reviewedOrder(ctx context.Context) desk.Order {
	v := paidOrder(ctx)
	v.Status, v.Review, v.Question = pill("review", "bad"), desk.Text(ctx, "inbox.wrong_amount"), "dispute 2026051412 is open (DISPUTE_CREATED), and the buyer would have the money twice if it is lost"
	v.Actions = []desk.Action{{Name: "refund", URL: "/"}, {Name: "cancel", URL: "/", Danger: true}, {Name: "accept", URL: "/"}}
	v.Payments[1].Duplicate = true
	v.Erased = noon
	return v
}

func refund(ctx context.Context, wrong string) desk.Confirm {
	return desk.Confirm{
		Frame: Frame(ctx, "orders"), Title: desk.Text(ctx, "refund.title", "K4WTZ-8QHNM"), Action: "/", BackURL: "/", Button: desk.Text(ctx, "refund.button"), Wrong: wrong,
		Text: []string{desk.Text(ctx, "refund.limit", "SGD 50.00"), desk.Text(ctx, "refund.text", "SGD 39.50", "Card"), desk.Text(ctx, "refund.warning")},
		Fields: []desk.Field{
			{Name: "amount", Label: desk.Text(ctx, "refund.amount", "SGD"), Type: "text", Mode: "decimal", Value: "39.50"},
			{Name: "reason", Label: desk.Text(ctx, "refund.reason"), Type: "text", Hint: desk.Text(ctx, "refund.reason.hint"), Optional: true},
		},
	}
}
