package checkout

import (
	"slices"
	"testing"
	"time"
)

// inReview is a paid order that is under review for a reason.
func inReview(why Review) Order {
	o := paidOrder()
	o.Review, o.ReviewPayment, o.Status = why, o.Payments[0].RequestID, OrderReview
	return o
}

// paidOrder is an order of 42.00 that a wallet has paid, whose goods are taken.
func paidOrder() Order {
	p := Payment{
		RequestID: "pay", AntomID: "antom", Method: "GCASH", Status: PaymentPaid, Active: true,
		Amount: Money{4200, "SGD"}, CreatedAt: noon, ExpiresAt: noon.Add(time.Hour),
	}
	return Order{ID: "o", Total: p.Amount, Status: OrderPaid, EverPaid: true, PaidAt: noon, Stock: StockTaken, Payments: []Payment{p}}
}

// authorizedByHand waits for the merchant to capture its card.
func authorizedByHand() Order {
	o := paidOrder()
	o.Status, o.EverPaid, o.PaidAt = OrderAuthorized, false, time.Time{}
	p := &o.Payments[0]
	p.Method, p.Status, p.ManualCapture, p.AuthEndsAt = MethodCard, PaymentAuthorized, true, noon.Add(7*24*time.Hour)
	return o
}

// Every reason for a review has a kind, and only choices that the order allows.
func TestEveryMatterOfAnOrderIsInTheInbox(t *testing.T) {
	captureFailed := authorizedByHand()
	captureFailed.Payments[0].Operations = []Operation{{Kind: Capture, RequestID: "c", Status: OperationFailed}}
	capturing := authorizedByHand()
	capturing.Payments[0].Operations = []Operation{{Kind: Capture, RequestID: "c", Status: OperationPending}}
	ended := authorizedByHand()
	ended.Review, ended.ReviewPayment, ended.Status = authorizationEnded, "pay", OrderReview
	for name, c := range map[string]struct {
		order   Order
		kind    InboxKind
		choices []InboxChoice
	}{
		"paid":                {paidOrder(), "", nil},
		"authorised":          {authorizedByHand(), InboxCaptureDue, choices(ChoiceCapture, ChoiceCancel)},
		"being captured":      {capturing, "", nil},
		"capture failed":      {captureFailed, InboxCaptureFailed, choices(ChoiceCapture, ChoiceCancel)},
		"goods gone":          {inReview(goodsGone), InboxLateMoney, choices(ChoiceAccept, ChoiceRefund)},
		"another amount":      {inReview(anotherAmount), InboxWrongAmount, choices(ChoiceAccept, ChoiceRefund, ChoiceCancel)},
		"another method":      {inReview(anotherMethod), InboxWrongMethod, choices(ChoiceAccept, ChoiceRefund, ChoiceCancel)},
		"not to be reversed":  {inReview(cannotReverse), InboxDoublePayment, choices(ChoiceRefund, ChoiceAccept)},
		"unknown for long":    {inReview(unknownTooLong), InboxUnknownResult, choices(ChoiceAccept, ChoiceCancel)},
		"authorisation ended": {ended, InboxAuthorizationEnded, choices(ChoiceCapture, ChoiceCancel)},
		"any other":           {inReview("paid after it was cancelled"), InboxContradiction, choices(ChoiceAccept)},
	} {
		e, waits := OrderInInbox(c.order, noon, Rules{Now: noon})
		if waits != (c.kind != "") || e.Kind != c.kind || !slices.Equal(e.Choices, c.choices) {
			t.Errorf("%s is %q with %v, want %q with %v", name, e.Kind, e.Choices, c.kind, c.choices)
		}
	}
}

// A kind that is no order's matter has its choices from the same table.
func TestEveryKindHasChoices(t *testing.T) {
	for _, kind := range InboxKinds() {
		if len(NewInboxEntry(kind, noon).Choices) == 0 {
			t.Errorf("%s leaves a person nothing to do", kind)
		}
	}
}

func TestWhatCanBeOrderedFollowsTheRules(t *testing.T) {
	open, partly, disputed, refunded := paidOrder(), paidOrder(), paidOrder(), paidOrder()
	open.Status, open.EverPaid, open.Payments = OrderOpen, false, nil
	partly.Payments[0].Operations = []Operation{{Kind: Refund, RequestID: "r", Status: OperationSuccess, Amount: Money{1200, "SGD"}}}
	disputed.Payments[0].Disputes = Disputes{{ID: "d", Step: "DISPUTE_CREATED"}}
	refunded.Status, refunded.Payments[0].Status = OrderRefunded, PaymentRefunded
	for name, c := range map[string]struct {
		order  Order
		want   OrderActions
		asking bool
	}{
		"open":       {open, OrderActions{Cancel: CancelCloses}, false},
		"paid":       {paidOrder(), OrderActions{Refund: Money{4200, "SGD"}, Cancel: CancelReturns, CancelAmount: Money{4200, "SGD"}, CancelUntil: cancelWindow(paidOrder())}, false},
		"partly":     {partly, OrderActions{Refund: Money{3000, "SGD"}}, false},
		"refunded":   {refunded, OrderActions{}, false},
		"disputed":   {disputed, OrderActions{}, true},
		"authorised": {authorizedByHand(), OrderActions{Capture: Money{4200, "SGD"}, CaptureUntil: noon.Add(7 * 24 * time.Hour), Cancel: CancelFrees, CancelAmount: Money{4200, "SGD"}, CancelUntil: noon.Add(7 * 24 * time.Hour)}, false},
	} {
		got := PossibleActions(c.order, Rules{Now: noon})
		if (got.Question != "") != c.asking {
			t.Errorf("%s: the question is %q", name, got.Question)
		}
		if got.Question = ""; got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// Antom's day ends at midnight in UTC+8, and a quarter of an hour is added.
func TestACancelEndsWithAntomsDay(t *testing.T) {
	o := paidOrder()
	for paid, want := range map[string]string{"2026-01-02T15:59:00Z": "2026-01-02T16:15:00Z", "2026-01-02T16:00:00Z": "2026-01-03T16:15:00Z"} {
		o.PaidAt, _ = time.Parse(time.RFC3339, paid)
		if got := cancelWindow(o).Format(time.RFC3339); got != want {
			t.Errorf("paid at %s: cancelled until %s, want %s", paid, got, want)
		}
	}
}

// All refunds of an order together stay within a person's limit, in the limit's currency.
func TestRefundsStayWithinALimit(t *testing.T) {
	o := paidOrder()
	o.Payments[0].Operations = []Operation{
		{Kind: Refund, RequestID: "1", Status: OperationPending, Amount: Money{600, "SGD"}},
		{Kind: Refund, RequestID: "2", Status: OperationFailed, Amount: Money{900, "SGD"}},
	}
	refund := func(minor int64, most Money) error {
		_, _, err := BeginOperation(o, OperationRequest{Kind: Refund, Key: Key{Operator: "p", Idempotency: "k"}, RequestID: "3", Minor: minor, Most: most}, Rules{Now: noon, Schedule: Schedule{time.Minute}})
		return err
	}
	if err := refund(400, Money{1000, "SGD"}); err != nil {
		t.Errorf("up to the limit: %v", err)
	}
	for name, err := range map[string]error{
		"over the limit": refund(401, Money{1000, "SGD"}), "in another currency": refund(1, Money{100000, "EUR"}), "without any": refund(1, Money{0, "SGD"}), "all": refund(0, Money{1000, "SGD"}),
	} {
		if refused, _ := err.(*Error); refused == nil || refused.Code != CodeOverLimit {
			t.Errorf("%s: %v, want %s", name, err, CodeOverLimit)
		}
	}
}
