package samples

import (
	"context"

	"antom-checkout/views/desk"
)

// disputes are orders with disputes in every state, and the pages to answer one.
func disputes(ctx context.Context) []Page {
	text := func(key string, args ...any) string { return desk.Text(ctx, key, args...) }
	ended := paidOrder(ctx)
	ended.Taken, ended.Disputes = "SGD 42.00", []desk.Dispute{
		dispute(ctx, "dispute_lost", "bad", "fraud", "lost.rdr"), dispute(ctx, "dispute_lost", "bad", "not_refunded", "lost.accepted"),
		dispute(ctx, "dispute_lost", "bad", "duplicate", "lost.timeout"), dispute(ctx, "dispute_won", "good", "recurring", "won"),
		dispute(ctx, "dispute_closed", "", "other", "closed"),
	}
	for i := range ended.Disputes {
		ended.Disputes[i].Due, ended.Disputes[i].Left, ended.Disputes[i].DefendURL, ended.Disputes[i].AcceptURL = desk.Moment{}, "", "", ""
	}
	ended.Disputes[3].EvidenceURL = "/"
	open := paidOrder(ctx)
	undefendable, defended := dispute(ctx, "dispute_open", "bad", "processing", "open"), dispute(ctx, "dispute_defended", "wait", "not_as_described", "defended")
	undefendable.DefendURL, undefendable.Closed, undefendable.Urgent, undefendable.Left = "", text("dispute.obstacle.undefendable"), true, text("inbox.left.hours", 20)
	defended.Due, defended.DefendURL, defended.AcceptURL, defended.EvidenceURL = desk.Moment{}, "", "", "/"
	open.Disputes = []desk.Dispute{dispute(ctx, "dispute_open", "bad", "not_received", "open"), undefendable, defended}
	defence := desk.Defence{
		Frame: Frame(ctx, "orders"), Number: "K4WTZ-8QHNM", Dispute: dispute(ctx, "dispute_open", "bad", "not_received", "open"), Advice: text("dispute.advice.not_received"),
		FormURL: "/", Action: "/", BackURL: "/",
	}
	wrong := defence
	wrong.File, wrong.Sure, wrong.Wrong = text("evidence.large"), text("defend.sure.wrong"), text("dispute.unanswered")
	return []Page{
		{"desk-order-dispute", desk.OrderPage(open)},
		{"desk-order-disputes-ended", desk.OrderPage(ended)},
		{"desk-defend", desk.DefencePage(defence)},
		{"desk-defend-wrong", desk.DefencePage(wrong)},
		{"desk-give-in", desk.ConfirmPage(desk.Confirm{
			Frame: Frame(ctx, "orders"), Title: text("give_in.title", "K4WTZ-8QHNM"), Danger: true, Button: text("give_in.button"), Action: "/", BackURL: "/",
			Text: []string{text("dispute.reason.not_received"), text("give_in.text", "SGD 42.00"), text("give_in.warning")},
		})},
	}
}

// dispute is one with its answers.
func dispute(ctx context.Context, state, severity, reason, means string) desk.Dispute {
	return desk.Dispute{
		ID: "20260602901310174090482905", State: pill(state, severity), Amount: "SGD 42.00", Reason: desk.Text(ctx, "dispute.reason."+reason),
		Meaning: desk.Text(ctx, "dispute.means."+means, "SGD 42.00"), Due: noon, Left: desk.Text(ctx, "inbox.left.days", 9), DefendURL: "/", AcceptURL: "/",
		Facts: []desk.Fact{
			{Key: "dispute_type", Lines: []string{desk.Text(ctx, "dispute.type.CHARGEBACK")}}, {Key: "dispute_reason", Lines: []string{"Visa 13.1", evil}},
			{Key: "dispute_began", Lines: []string{noon.Text}}, {Key: "dispute_auto", Lines: []string{"FULL_REFUND"}},
			{Key: "dispute_step", Lines: []string{"DISPUTE_CREATED"}, Code: true}, {Key: "dispute_id", Lines: []string{"20260602901310174090482905"}, Code: true},
		},
	}
}
