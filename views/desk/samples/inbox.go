package samples

import (
	"context"

	"antom-checkout/views/desk"
)

// inboxes are the inbox of a person who may do all, of one who looks, and without entries.
func inboxes(ctx context.Context) []Page {
	return []Page{
		{"desk-inbox", desk.InboxPage(inbox(ctx, true))},
		{"desk-inbox-viewer", desk.InboxPage(inbox(ctx, false))},
		{"desk-inbox-refused", desk.InboxPage(desk.Inbox{
			Frame: Frame(ctx, "inbox"), Wrong: desk.Text(ctx, "reconciliation.note.wrong"), Entries: []desk.InboxEntry{differenceEntry(ctx, true)},
		})},
		{"desk-inbox-empty", desk.InboxPage(desk.Inbox{Frame: Frame(ctx, "inbox")})},
	}
}

// inboxChoice leads to a page, or to a form where action is set; a person who may not is
// told its consequence only.
func inboxChoice(ctx context.Context, name, consequence string, may bool) desk.InboxChoice {
	c := desk.InboxChoice{Name: name, Consequence: desk.Text(ctx, consequence)}
	switch {
	case name == "show":
		c.URL = "/"
	case !may:
	case name == "resolve":
		c.Action, c.Note = "/", "note-1"
	case name == "resend" || name == "redeliver" || name == "inquire":
		c.Action = "/"
	default:
		c.URL = "/"
	}
	return c
}

func inbox(ctx context.Context, may bool) desk.Inbox {
	choice := func(name, consequence string) desk.InboxChoice { return inboxChoice(ctx, name, consequence, may) }
	deliveries := []desk.DeadDelivery{{Event: "1", Type: "order.paid", OrderURL: "/", At: noon}, {Event: "2", Type: "endpoint.test", At: noon}}
	if may {
		deliveries[0].Action, deliveries[1].Action = "/", "/"
	}
	return desk.Inbox{Frame: Frame(ctx, "inbox"), Full: true, Entries: []desk.InboxEntry{
		{
			Kind: "wrong_amount", Text: desk.Text(ctx, "inbox.wrong_amount"), OrderID: "1", Number: "B6YVM-4KZXU", URL: "/", Amount: "JPY 4,200", Since: noon,
			Choices: []desk.InboxChoice{choice("accept", "inbox.wrong_amount.accept"), choice("refund", "inbox.wrong_amount.refund"), choice("cancel", "inbox.wrong_amount.cancel")},
		},
		{
			Kind: "capture_due", Text: desk.Text(ctx, "inbox.capture_due"), OrderID: "2", Number: "QN7PD-2XVBA", URL: "/", Amount: "SGD 1,234,567.00", Since: noon,
			Until: noon, Left: desk.Text(ctx, "inbox.left.hours", 30), Urgent: true,
			Choices: []desk.InboxChoice{choice("capture", "choice.capture"), choice("cancel", "choice.cancel")},
		},
		differenceEntry(ctx, may),
		{
			Kind: "difference", Text: desk.Text(ctx, "inbox.difference"), About: desk.Text(ctx, "class.sum_differs"), Since: noon,
			Difference: &desk.Difference{
				Class: "sum_differs", Theirs: "batch 2026051400001, summary REFUND: 2 rows, SGD -36.00", Ours: "settlement details: 3 rows, SGD -54.00",
				Reason: desk.Text(ctx, "reason.details_are_not_summary"),
			},
			Choices: []desk.InboxChoice{inboxChoice(ctx, "resolve", "choice.resolve", false)},
		},
		{
			Kind: "dispute", Text: desk.Text(ctx, "inbox.dispute"), About: desk.Text(ctx, "dispute.reason.not_received"), OrderID: "4", Number: "K4WTZ-8QHNM", URL: "/", Amount: "SGD 42.00", Since: noon,
			Until: noon, Left: desk.Text(ctx, "inbox.left.days", 9), Choices: []desk.InboxChoice{choice("defend", "choice.defend"), choice("give_in", "choice.give_in")},
		},
		{
			Kind: "dead_email", Text: desk.Text(ctx, "inbox.dead_email"), About: desk.Text(ctx, "email.mail.receipt"), OrderID: "3", Number: "T2GFA-7DPOI", URL: "/", Amount: "KWD 1.250", Since: noon,
			Choices: []desk.InboxChoice{choice("resend", "choice.resend")},
		},
		{
			Kind: "dead_delivery", Text: desk.Text(ctx, "inbox.dead_delivery"), About: "erp.example", Count: 12, Since: noon, Deliveries: deliveries,
			Choices: []desk.InboxChoice{choice("redeliver", "choice.redeliver")},
		},
	}}
}

func differenceEntry(ctx context.Context, may bool) desk.InboxEntry {
	choice := func(name string) desk.InboxChoice { return inboxChoice(ctx, name, "choice."+name, may) }
	return desk.InboxEntry{
		Kind: "difference", Text: desk.Text(ctx, "inbox.difference"), About: desk.Text(ctx, "class.amount_differs"), OrderID: "4", Number: "K4WTZ-8QHNM", URL: "/", Amount: "SGD 42.00", Since: noon,
		Difference: &desk.Difference{
			Class: "amount_differs", Theirs: "PAYMENT SUCCESS 41.00 SGD", Ours: "42.00 SGD", File: "TRANSACTION_DETAIL_202605141234567890_20260514.csv", Line: 17,
		},
		Choices: []desk.InboxChoice{choice("show"), choice("inquire"), choice("resolve")},
	}
}
