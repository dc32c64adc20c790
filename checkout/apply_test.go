package checkout

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func sgd(minor int64) Money { return Money{Minor: minor, Currency: "SGD"} }

// orderWith is an order of SGD 42.00 whose payments have the given statuses;
// the last is the active one.
func orderWith(method string, statuses ...PaymentStatus) Order {
	o := Order{ID: "order", Total: sgd(4200), ExpiresAt: noon.Add(time.Hour), Stock: StockFree, Fulfillable: true}
	for i, status := range statuses {
		o.Payments = append(o.Payments, Payment{
			RequestID: string(rune('a' + i)), Method: method, Status: status, Amount: sgd(4200),
			Active: i == len(statuses)-1 && (status.InProgress() || status.HoldsFunds()),
		})
	}
	o.Status = orderStatus(o)
	o.EverPaid = o.Status == OrderPaid
	return o
}

func notified(outcome Outcome, amount Money) Event {
	return Event{Cause: Cause{ByNotification, "n"}, RequestID: "a", Outcome: outcome, Amount: amount}
}

func inquired(outcome Outcome, amount Money) Event {
	return Event{Cause: Cause{ByInquiry, "i"}, RequestID: "a", Outcome: outcome, Amount: amount}
}

func captured(by CauseKind, status OperationStatus, amount Money) Event {
	return Event{Cause: Cause{by, "c"}, RequestID: "a", Operations: []OperationEvent{{Kind: Capture, RequestID: "cap", Status: status, Amount: amount}}}
}

// The whole table of a wallet's payment: for each status, its status and the order's
// after each event. A row that a payments person objects to is a bug.
func TestWhatEachEventMakesOfAWalletPayment(t *testing.T) {
	type becomes struct {
		payment PaymentStatus
		order   OrderStatus
	}
	events := []struct {
		name  string
		event Event
	}{
		{"no answer", Event{Cause: Cause{ByResponse, "r"}, RequestID: "a", Outcome: OutcomeUnknown}},
		{"accepted", Event{Cause: Cause{ByResponse, "r"}, RequestID: "a", Outcome: OutcomeAccepted}},
		{"pending notified", notified(OutcomePending, sgd(4200))},
		{"success notified", notified(OutcomeSucceeded, sgd(4200))},
		{"success inquired", inquired(OutcomeSucceeded, sgd(4200))},
		{"failure notified", notified(OutcomeFailed, sgd(4200))},
		{"failure inquired", inquired(OutcomeFailed, sgd(4200))},
		{"cancel inquired", inquired(OutcomeCancelled, sgd(4200))},
		{"wrong amount notified", notified(OutcomeSucceeded, sgd(4300))},
		{"abandoned", Event{Cause: Cause{ByShopper, "a"}, RequestID: "a", Outcome: OutcomeAbandoned}},
	}
	same := becomes{}
	table := map[PaymentStatus][]becomes{
		PaymentCreated: {
			{PaymentUnknown, OrderProcessing}, {PaymentProcessing, OrderProcessing}, {PaymentPending, OrderProcessing},
			{PaymentPaid, OrderPaid}, {PaymentPaid, OrderPaid}, {PaymentFailed, OrderOpen}, {PaymentFailed, OrderOpen},
			{PaymentCancelled, OrderOpen}, {PaymentCreated, OrderReview}, {PaymentCancelled, OrderOpen},
		},
		PaymentUnknown: {
			same, {PaymentProcessing, OrderProcessing}, {PaymentPending, OrderProcessing},
			{PaymentPaid, OrderPaid}, {PaymentPaid, OrderPaid}, {PaymentFailed, OrderOpen}, {PaymentFailed, OrderOpen},
			{PaymentCancelled, OrderOpen}, {PaymentUnknown, OrderReview}, {PaymentCancelled, OrderOpen},
		},
		PaymentProcessing: {
			same, same, {PaymentPending, OrderProcessing},
			{PaymentPaid, OrderPaid}, {PaymentPaid, OrderPaid}, {PaymentFailed, OrderOpen}, {PaymentFailed, OrderOpen},
			{PaymentCancelled, OrderOpen}, {PaymentProcessing, OrderReview}, {PaymentCancelled, OrderOpen},
		},
		PaymentPending: {
			same, same, same,
			{PaymentPaid, OrderPaid}, {PaymentPaid, OrderPaid}, {PaymentFailed, OrderOpen}, {PaymentFailed, OrderOpen},
			{PaymentCancelled, OrderOpen}, {PaymentPending, OrderReview}, {PaymentCancelled, OrderOpen},
		},
		PaymentPaid: {
			same, same, same, same, same,
			same,                               // a late failure changes nothing; the payment is inquired
			{PaymentPaid, OrderReview},         // the inquiry confirms it: a person has to decide
			{PaymentCancelled, OrderCancelled}, // a cancel has returned the funds
			{PaymentPaid, OrderReview}, same,
		},
		PaymentFailed: {
			same, same, same,
			same,                     // success after failure: the payment is inquired
			{PaymentPaid, OrderPaid}, // and the inquiry confirms it
			same, same, same, {PaymentFailed, OrderReview}, same,
		},
		PaymentCancelled: {
			same, same, same,
			{PaymentCancelled, OrderReview}, // paid after cancel: the payment is inquired
			{PaymentPaid, OrderPaid},        // and the inquiry confirms it: the order is paid after all
			same, same, same, {PaymentCancelled, OrderReview}, same,
		},
	}
	for status, row := range table {
		for i, want := range row {
			o := orderWith("GCASH", status)
			if want == same {
				want = becomes{status, o.Status}
			}
			after, _ := Apply(o, events[i].event, Rules{Now: noon})
			if got := (becomes{after.Payments[0].Status, after.Status}); got != want {
				t.Errorf("%s, then %s: payment and order become %v, want %v", status, events[i].name, got, want)
			}
		}
	}
}

func TestACardIsPaidWhenItIsCaptured(t *testing.T) {
	o, _ := Apply(orderWith("CARD", PaymentProcessing), notified(OutcomeSucceeded, sgd(4200)), Rules{Now: noon})
	if o.Status != OrderAuthorized || o.EverPaid {
		t.Fatalf("after authorisation the order is %s", o.Status)
	}
	o, effects := Apply(o, captured(ByNotification, OperationSuccess, sgd(4200)), Rules{Now: noon})
	if o.Status != OrderPaid || !slices.Equal(effects, []Effect{EffectPaid, "mail.receipt"}) {
		t.Fatalf("after capture the order is %s with effects %v", o.Status, effects)
	}
}

func TestACaptureMayArriveBeforeItsPayment(t *testing.T) {
	o, _ := Apply(orderWith("CARD", PaymentProcessing), captured(ByNotification, OperationSuccess, sgd(4200)), Rules{Now: noon})
	o, effects := Apply(o, notified(OutcomeSucceeded, sgd(4200)), Rules{Now: noon})
	if o.Status != OrderPaid || len(effects) != 0 {
		t.Fatalf("the order is %s, with effects %v a second time", o.Status, effects)
	}
}

// An inquiry may list the capture of a payment that was cancelled after it.
func TestACancelledPaymentIsNotPaidByItsOldCapture(t *testing.T) {
	e := captured(ByInquiry, OperationSuccess, sgd(4200))
	e.Outcome, e.Amount = OutcomeCancelled, sgd(4200)
	for _, status := range []PaymentStatus{PaymentProcessing, PaymentAuthorized, PaymentPaid, PaymentCancelled} {
		if o, effects := Apply(orderWith("CARD", status), e, Rules{Now: noon}); o.Payments[0].Status != PaymentCancelled || slices.Contains(effects, EffectPaid) {
			t.Errorf("from %s the payment becomes %s", status, o.Payments[0].Status)
		}
	}
}

// The answer to an inquiry about a refund does not say how much was paid.
func TestAnInquiryAboutARefundEndsNoDoubt(t *testing.T) {
	o, _ := Apply(orderWith("GCASH", PaymentPaid), notified(OutcomeSucceeded, sgd(4300)), Rules{Now: noon})
	e := Event{Cause: Cause{ByInquiry, "r"}, RequestID: "a", Operations: []OperationEvent{{Kind: Refund, RequestID: "r", Status: OperationSuccess, Amount: sgd(100)}}}
	if o, _ = Apply(o, e, Rules{Now: noon}); o.Status != OrderReview || o.Payments[0].NextPoll.IsZero() {
		t.Fatalf("the order is %s, polled next at %v", o.Status, o.Payments[0].NextPoll)
	}
	if o, _ = Apply(o, inquired(OutcomeSucceeded, sgd(4200)), Rules{Now: noon}); o.Status != OrderPartiallyRefunded {
		t.Errorf("after the inquiry the order is %s", o.Status)
	}
}

func TestACaptureOfAnotherAmountNeverPays(t *testing.T) {
	o, _ := Apply(orderWith("CARD", PaymentAuthorized), captured(ByNotification, OperationSuccess, sgd(4100)), Rules{Now: noon})
	if o.Status != OrderReview || o.Payments[0].Status != PaymentAuthorized {
		t.Fatalf("order %s, payment %s", o.Status, o.Payments[0].Status)
	}
}

// A capture means money: reported after its payment has ended, it needs an inquiry as
// a success does.
func TestACaptureAfterTheEndIsInquired(t *testing.T) {
	for _, end := range []PaymentStatus{PaymentFailed, PaymentCancelled} {
		o, _ := Apply(orderWith("CARD", end), captured(ByNotification, OperationSuccess, sgd(4200)), Rules{Now: noon})
		if p := o.Payments[0]; o.Status != OrderReview || p.Status != end || p.NextPoll.IsZero() {
			t.Errorf("captured after %s, the order is %s with a payment %s, polled next at %v", end, o.Status, p.Status, p.NextPoll)
		}
		e := captured(ByInquiry, OperationSuccess, sgd(4200))
		e.Outcome, e.Amount = OutcomeSucceeded, sgd(4200)
		if o, _ = Apply(o, e, Rules{Now: noon}); o.Status != OrderPaid {
			t.Errorf("once Antom has confirmed it, the order is %s", o.Status)
		}
	}
}

func TestAFailedCaptureLeavesTheCardAuthorised(t *testing.T) {
	o, _ := Apply(orderWith("CARD", PaymentAuthorized), captured(ByNotification, OperationFailed, sgd(4200)), Rules{Now: noon})
	if o.Status != OrderReview || o.Payments[0].Status != PaymentAuthorized {
		t.Fatalf("Antom will not capture again, and the order is %s", o.Status)
	}
	manual := orderWith("CARD", PaymentAuthorized)
	manual.Payments[0].ManualCapture = true
	o, _ = Apply(manual, captured(ByNotification, OperationFailed, sgd(4200)), Rules{Now: noon})
	if o.Status != OrderAuthorized {
		t.Fatalf("the merchant may capture again, and the order is %s", o.Status)
	}
}

func TestAnInquiryEndsAReview(t *testing.T) {
	review, _ := Apply(orderWith("GCASH", PaymentProcessing), notified(OutcomeSucceeded, sgd(4300)), Rules{Now: noon})
	if review.Payments[0].NextPoll.IsZero() {
		t.Error("the payment under review is not inquired")
	}
	refuted, _ := Apply(review, inquired(OutcomeAccepted, sgd(4200)), Rules{Now: noon})
	if refuted.Status != OrderProcessing {
		t.Errorf("a refuted wrong amount leaves the order %s", refuted.Status)
	}
	confirmed, _ := Apply(review, inquired(OutcomeSucceeded, sgd(4300)), Rules{Now: noon})
	if confirmed.Status != OrderReview {
		t.Errorf("a confirmed wrong amount leaves the order %s", confirmed.Status)
	}
	paid, _ := Apply(review, inquired(OutcomeSucceeded, sgd(4200)), Rules{Now: noon})
	if paid.Status != OrderPaid {
		t.Errorf("a confirmed payment leaves the order %s", paid.Status)
	}
}

// A wrong amount is inquired even when the capture is reported in between.
func TestAnotherEventLeavesTheInquiryScheduled(t *testing.T) {
	o := orderWith("CARD", PaymentProcessing)
	o, _ = Apply(o, notified(OutcomeSucceeded, sgd(4300)), Rules{Now: noon})
	o, _ = Apply(o, captured(ByNotification, OperationSuccess, sgd(4200)), Rules{Now: noon})
	if o.Status != OrderReview || o.Payments[0].NextPoll.IsZero() {
		t.Fatalf("the order is %s, polled next at %v", o.Status, o.Payments[0].NextPoll)
	}
	if o, _ = Apply(o, inquired(OutcomeSucceeded, sgd(4200)), Rules{Now: noon}); o.Status != OrderPaid {
		t.Errorf("after the inquiry the order is %s", o.Status)
	}
}

// A failed capture of another amount, once stored, would contradict Antom's answers for
// ever.
func TestAFailedCaptureOfAnotherAmountIsInquired(t *testing.T) {
	o := orderWith("CARD", PaymentAuthorized)
	o, _ = Apply(o, captured(ByNotification, OperationFailed, sgd(4300)), Rules{Now: noon})
	if o.Status != OrderReview || len(o.Payments[0].Operations) != 0 {
		t.Fatalf("the order is %s with %v", o.Status, o.Payments[0].Operations)
	}
	e := captured(ByInquiry, OperationFailed, sgd(4200))
	e.Outcome, e.Amount = OutcomeSucceeded, sgd(4200)
	if o, _ = Apply(o, e, Rules{Now: noon}); o.Review != captureRefused {
		t.Errorf("after the inquiry the review is %q", o.Review)
	}
}

// An order stays under review while Antom holds a duplicate that it does not return.
func TestAnInquiryDoesNotEndTheReviewOfADuplicateThatCannotBeReturned(t *testing.T) {
	o := orderWith("GCASH", PaymentPaid, PaymentPaid)
	o.Payments[0].Duplicate = true
	o.Review, o.ReviewPayment = cannotReverse, "a"
	o.Status = orderStatus(o)
	if o, _ = Apply(o, inquired(OutcomeSucceeded, sgd(4200)), Rules{Now: noon}); o.Status != OrderReview {
		t.Errorf("while Antom holds it, the order is %s", o.Status)
	}
	if o, _ = Apply(o, inquired(OutcomeCancelled, sgd(4200)), Rules{Now: noon}); o.Status != OrderPaid {
		t.Errorf("once it has been returned, the order is %s", o.Status)
	}
}

func TestASecondSuccessIsReversed(t *testing.T) {
	o := orderWith("GCASH", PaymentProcessing, PaymentPaid)
	after, effects := Apply(o, notified(OutcomeSucceeded, sgd(4200)), Rules{Now: noon})
	if p := after.Payment("a"); !p.Duplicate || p.NextPoll.IsZero() || len(effects) != 0 {
		t.Fatalf("it is not to be returned: %+v, effects %v", p, effects)
	}
	if after.Status != OrderPaid || after.Active().RequestID != "b" {
		t.Fatalf("the order is %s, its active payment %s", after.Status, after.Active().RequestID)
	}
}

func TestLateMoneyFindsItsOrder(t *testing.T) {
	o := orderWith("GCASH", PaymentProcessing)
	o, _ = Apply(o, Event{Cause: Cause{ByShopper, ""}, RequestID: "a", Outcome: OutcomeSuperseded}, Rules{Now: noon})
	o.Closed = OrderExpired
	o.Status = orderStatus(o)
	after, _ := Apply(o, notified(OutcomeSucceeded, sgd(4200)), Rules{Now: noon})
	if after.Status != OrderPaid {
		t.Fatalf("order %s", after.Status)
	}
}

func TestAnEventAboutAnotherAntomPaymentOrMethodIsAContradiction(t *testing.T) {
	o := orderWith("GCASH", PaymentProcessing)
	o.Payments[0].AntomID = "1"
	for name, change := range map[string]func(*Event){
		"id":     func(e *Event) { e.AntomID = "2" },
		"method": func(e *Event) { e.Method = "CARD" },
	} {
		e := notified(OutcomeSucceeded, sgd(4200))
		change(&e)
		if after, _ := Apply(o, e, Rules{Now: noon}); after.Status != OrderReview {
			t.Errorf("another %s makes the order %s", name, after.Status)
		}
	}
}

// The buyer was declined and paid again in the same session: Antom gives the second
// try an id of its own. An inquiry about the shop's id says which one counts, unless it
// was asked before.
func TestAnInquirySaysWhichAntomPaymentCounts(t *testing.T) {
	for _, known := range []PaymentStatus{PaymentProcessing, PaymentFailed, PaymentCancelled, PaymentPaid} {
		o := orderWith("GCASH", known)
		o.Payments[0].AntomID = "1"
		before := o.Payments[0].Knowledge()
		e := notified(OutcomeSucceeded, sgd(4200))
		e.AntomID = "2"
		o, _ = Apply(o, e, Rules{Now: noon})
		if o.Status != OrderReview || o.Payments[0].AntomID != "1" {
			t.Errorf("%s, then a success of another id: the order is %s with id %s", known, o.Status, o.Payments[0].AntomID)
		}
		e.Cause.Kind, e.Asked = ByInquiry, &before
		late, _ := Apply(o, e, Rules{Now: noon})
		if p := late.Payments[0]; p.AntomID != "1" || late.Status != OrderReview || p.NextPoll.IsZero() {
			t.Errorf("%s, an outdated answer: the order is %s with id %s, polled next at %v", known, late.Status, p.AntomID, p.NextPoll)
		}
		now := o.Payments[0].Knowledge()
		e.Asked = &now
		o, _ = Apply(o, e, Rules{Now: noon})
		if p := o.Payments[0]; o.Status != OrderPaid || p.AntomID != "2" {
			t.Errorf("%s, an answer: the order is %s (%s) with id %s", known, o.Status, o.Review, p.AntomID)
		}
		failed := notified(OutcomeFailed, sgd(4200))
		failed.Cause.Kind, failed.AntomID, failed.Asked = ByInquiry, "1", &before
		if o, _ = Apply(o, failed, Rules{Now: noon}); o.Payments[0].AntomID != "2" {
			t.Errorf("%s, a late answer about the first try: the id is %s", known, o.Payments[0].AntomID)
		}
	}
}

// After any events in any order: only listed transitions happen, at most one attempt is
// active, an order is paid only by a success of the right amount, and Apply leaves its
// argument as it was.
func TestNoSequenceOfEventsBreaksTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		method := rapid.SampledFrom([]string{"CARD", "GCASH"}).Draw(t, "method")
		o := orderWith(method, PaymentFailed, PaymentCreated)
		equalSuccess := false
		for range rapid.IntRange(1, 30).Draw(t, "events") {
			e := drawEvent(t)
			before := o.Clone()
			after, effects := Apply(o, e, Rules{Now: noon})
			if diff := changed(before, o); diff != "" {
				t.Fatalf("Apply changed its argument: %s", diff)
			}
			equalSuccess = equalSuccess || e.Outcome == OutcomeSucceeded && e.Amount == sgd(4200) ||
				len(e.Operations) > 0 && e.Operations[0].Kind == Capture && e.Operations[0].Status == OperationSuccess && e.Operations[0].Amount == sgd(4200)
			checkTransitions(t, o, after, effects)
			if after.Status == OrderPaid && !equalSuccess {
				t.Fatalf("paid without an equal success, by %+v", e)
			}
			o = after
		}
	})
}

func drawEvent(t *rapid.T) Event {
	e := Event{
		RequestID: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "payment"),
		Cause:     Cause{rapid.SampledFrom([]CauseKind{ByNotification, ByInquiry, ByResponse}).Draw(t, "by"), "x"},
		Amount:    rapid.SampledFrom([]Money{sgd(4200), sgd(4200), sgd(1), {}, {4200, "USD"}}).Draw(t, "amount"),
		Outcome: rapid.SampledFrom([]Outcome{OutcomeNone, OutcomeUnknown, OutcomeAccepted, OutcomePending, OutcomeSucceeded,
			OutcomeSucceeded, OutcomeFailed, OutcomeCancelled, OutcomeAbandoned, OutcomeSuperseded}).Draw(t, "outcome"),
	}
	if rapid.Bool().Draw(t, "operation") {
		e.Operations = []OperationEvent{{
			Kind:      rapid.SampledFrom([]OperationKind{Capture, Refund, Cancel}).Draw(t, "kind"),
			RequestID: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "request"),
			Status:    rapid.SampledFrom([]OperationStatus{OperationProcessing, OperationSuccess, OperationFailed}).Draw(t, "result"),
			Amount:    rapid.SampledFrom([]Money{sgd(4200), sgd(100)}).Draw(t, "part"),
		}}
	}
	return e
}

// changed names the first part of an order whose status differs.
func changed(before, after Order) string {
	if before.Status != after.Status {
		return "order"
	}
	for i := range before.Payments {
		if before.Payments[i].Status != after.Payments[i].Status || len(before.Payments[i].Operations) != len(after.Payments[i].Operations) {
			return before.Payments[i].RequestID
		}
	}
	return ""
}

func checkTransitions(t *rapid.T, before, after Order, effects []Effect) {
	if before.Status != after.Status && !before.Status.CanTransitionTo(after.Status) {
		t.Fatalf("the order went from %s to %s", before.Status, after.Status)
	}
	active := 0
	for i, p := range after.Payments {
		if p.Active {
			active++
		}
		was := before.Payments[i]
		if was.Status != p.Status && !reachable(was.Status, p.Status) {
			t.Fatalf("the payment went from %s to %s", was.Status, p.Status)
		}
		if p.Refunded().Minor > p.Amount.Minor && after.Status != OrderReview {
			t.Fatalf("refunded %v of %v", p.Refunded(), p.Amount)
		}
	}
	if active > 1 {
		t.Fatal("two active attempts")
	}
	if slices.Contains(effects, EffectPaid) != (after.EverPaid && !before.EverPaid) {
		t.Fatalf("effects %v", effects)
	}
}

// reachable allows for a message that reports several things at once, such as an
// inquiry with a success and its capture.
func reachable(from, to PaymentStatus) bool {
	return from.CanTransitionTo(to) || slices.ContainsFunc(paymentAfter[from], func(via PaymentStatus) bool {
		return via.CanTransitionTo(to) || slices.ContainsFunc(paymentAfter[via], func(also PaymentStatus) bool { return also.CanTransitionTo(to) })
	})
}

// What an operator's resolution makes of a payment of which Antom holds another amount,
// from every status before it.
func TestWhatAResolutionMakesOfAnotherAmount(t *testing.T) {
	type becomes struct {
		payment   PaymentStatus
		order     OrderStatus
		duplicate bool
		announced bool // that the order has been paid
	}
	for method, paid := range map[string]struct {
		payment   PaymentStatus
		order     OrderStatus
		announced bool
	}{"GCASH": {PaymentPaid, OrderPaid, true}, "CARD": {PaymentAuthorized, OrderAuthorized, false}} {
		for resolution, want := range map[Resolution]becomes{
			"":               {"", OrderReview, false, false},
			ResolutionAccept: {paid.payment, paid.order, false, paid.announced},
			ResolutionRefund: {paid.payment, OrderOpen, true, false},
			ResolutionCancel: {paid.payment, OrderCancelled, true, false},
		} {
			for _, status := range []PaymentStatus{PaymentCreated, PaymentUnknown, PaymentProcessing, PaymentPending, PaymentFailed, PaymentCancelled} {
				for _, other := range []Money{sgd(4100), sgd(4300), {Minor: 4200, Currency: "USD"}} {
					o, _ := Apply(orderWith(method, status), inquired(OutcomeSucceeded, other), Rules{Now: noon, Schedule: Schedule{time.Minute}})
					if o.Review != anotherAmount {
						t.Fatalf("%s %s, %s: the review is %q", method, status, other, o.Review)
					}
					e := inquired(OutcomeSucceeded, other)
					e.Resolution = resolution
					if resolution != "" {
						e.Cause = Cause{ByAdmin, "key"}
					} else {
						want.payment = status
					}
					o, effects := Apply(o, e, Rules{Now: noon, Schedule: Schedule{time.Minute}})
					p := o.Payments[0]
					if got := (becomes{p.Status, o.Status, p.Duplicate, slices.Contains(effects, EffectPaid)}); got != want {
						t.Errorf("%s %s, %s, resolution %q: %+v, want %+v", method, status, other, resolution, got, want)
					}
					if resolution != "" && (p.EffectiveAmount() != other || p.Refundable() != other || p.Amount != sgd(4200)) {
						t.Errorf("%s %s, resolution %q: the effective amount is %s of %s requested, want %s", method, status, resolution, p.EffectiveAmount(), p.Amount, other)
					}
					again, effects := Apply(o, inquired(OutcomeSucceeded, other), Rules{Now: noon, Schedule: Schedule{time.Minute}})
					if resolution != "" && (again.Status != o.Status || len(effects) > 0) {
						t.Errorf("%s %s, resolution %q: the same answer again makes it %s with %v", method, status, resolution, again.Status, effects)
					}
				}
			}
		}
	}
}

// A resolution is about amount and method, and ends no other contradiction.
func TestAResolutionEndsNoOtherContradiction(t *testing.T) {
	r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
	o, _ := Apply(orderWith("GCASH", PaymentProcessing), inquired(OutcomeSucceeded, sgd(4300)), r)
	e := inquired(OutcomeSucceeded, sgd(4300))
	e.Resolution, e.ForeignID = ResolutionAccept, true
	if o, _ = Apply(o, e, r); o.Status != OrderReview || o.Payments[0].Confirmed != (Money{}) || o.Payments[0].Status != PaymentProcessing {
		t.Errorf("the order is %s (%s), holding %s", o.Status, o.Review, o.Payments[0].Confirmed)
	}
	e.ForeignID = false
	if o, _ = Apply(orderWith("GCASH", PaymentProcessing), e, r); o.Status != OrderReview || o.Payments[0].Confirmed != (Money{}) {
		t.Errorf("a resolution of an order that was not under review makes it %s", o.Status)
	}
}

// Only a success by another method is a contradiction. That an attempt has ended, or is
// in progress, holds whatever method the event names.
func TestAnEndByAnotherMethodIsAnEnd(t *testing.T) {
	r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
	for outcome, want := range map[Outcome]PaymentStatus{OutcomeFailed: PaymentFailed, OutcomeCancelled: PaymentCancelled, OutcomePending: PaymentPending} {
		e := inquired(outcome, sgd(4200))
		e.Method = "ALIPAY_CN"
		o, _ := Apply(orderWith("GCASH", PaymentProcessing), e, r)
		if p := o.Payments[0]; p.Status != want || o.Review != "" || p.Method != "GCASH" {
			t.Errorf("%s by another method: the payment by %s is %s, the review %q", outcome, p.Method, p.Status, o.Review)
		}
	}
}

// A card that turns out to have been a wallet needs no capture.
func TestAnAuthorisationThatWasAWalletIsPaid(t *testing.T) {
	r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
	e := inquired(OutcomeSucceeded, sgd(4200))
	e.Method = "ALIPAY_CN"
	o, _ := Apply(orderWith("CARD", PaymentAuthorized), e, r)
	if o.Review != anotherMethod {
		t.Fatalf("the review is %q", o.Review)
	}
	e.Resolution, e.Cause = ResolutionAccept, Cause{ByAdmin, "key"}
	o, effects := Apply(o, e, r)
	if o.Status != OrderPaid || o.Payments[0].Method != "ALIPAY_CN" || !slices.Contains(effects, EffectPaid) {
		t.Errorf("the order is %s by %s, with %v", o.Status, o.Payments[0].Method, effects)
	}
}

// Antom may list a capture and a refund of a payment that it has cancelled. They change
// nothing about the order's money, whatever their amount.
func TestAntomsRefundOfACancelledPaymentRaisesNothing(t *testing.T) {
	e := inquired(OutcomeCancelled, sgd(4300))
	e.Operations = []OperationEvent{
		{Kind: Capture, RequestID: "auto", Status: OperationSuccess, Amount: sgd(4300)},
		{Kind: Refund, RequestID: "auto", Status: OperationSuccess, Amount: sgd(4300)},
	}
	o, _ := Apply(orderWith("CARD", PaymentCancelled), e, Rules{Now: noon, Schedule: Schedule{time.Minute}})
	if o.Review != "" || len(o.Payments[0].Operations) != 0 {
		t.Errorf("the review is %q, with %v", o.Review, o.Payments[0].Operations)
	}
}

// Late money that is refunded takes no goods, even if they are in stock again by then.
func TestLateMoneyThatIsRefundedTakesNoGoods(t *testing.T) {
	r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
	o := orderWith("GCASH", PaymentPaid)
	o.Closed, o.Stock, o.Fulfillable = OrderExpired, StockFree, false
	o.raise(goodsGone, "a")
	o.Payments[0].Operations = []Operation{{Kind: Refund, RequestID: "r", Status: OperationProcessing, Key: "op:k", Amount: sgd(4200)}}
	o.Fulfillable = true
	e := Event{Cause: Cause{ByResponse, "call"}, RequestID: "a", Operations: []OperationEvent{{Kind: Refund, RequestID: "r", Status: OperationSuccess, Amount: sgd(4200)}}}
	if o, _ = Apply(o, e, r); o.Status != OrderRefunded || o.Stock != StockFree {
		t.Errorf("the order is %s, its goods %q", o.Status, o.Stock)
	}
}

// An attempt that Antom does not know is abandoned, but its session can be paid until it
// ends. It is polled then, because the notification may have been lost.
func TestAnAbandonedAttemptIsPolledWhenItsSessionHasEnded(t *testing.T) {
	r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
	abandoned := Event{Cause: Cause{ByShopper, "a"}, RequestID: "a", Outcome: OutcomeAbandoned}
	for _, row := range []struct{ ends, polled time.Time }{
		{noon.Add(time.Hour), noon.Add(time.Hour + time.Minute)},
		{noon, time.Time{}},
	} {
		o := orderWith("GCASH", PaymentProcessing)
		o.Payments[0].ExpiresAt = row.ends
		o, _ = Apply(o, abandoned, r)
		if p := o.Payments[0]; p.Status != PaymentCancelled || !p.NextPoll.Equal(row.polled) {
			t.Errorf("abandoned at noon, its session ending at %v: %s, polled next at %v, want %v", row.ends, p.Status, p.NextPoll, row.polled)
		}
		o, _ = Apply(o, inquired(OutcomePending, sgd(4200)), r)
		if p := o.Payments[0]; !p.NextPoll.Equal(row.polled) {
			t.Errorf("in progress after all, it is polled next at %v, want %v", p.NextPoll, row.polled)
		}
	}
}

// A notification says that an abandoned payment was paid, and Antom's inquiry lags
// behind: the doubt stays until the inquiry has a result.
func TestADoubtIsNotEndedByAnAnswerWithoutAResult(t *testing.T) {
	r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
	o, _ := Apply(orderWith("GCASH", PaymentCancelled), notified(OutcomeSucceeded, sgd(4200)), r)
	if o.Review == "" {
		t.Fatal("paid after cancel raises nothing")
	}
	lagging, _ := Apply(o, inquired(OutcomeAccepted, sgd(4200)), r)
	if lagging.Review != o.Review || lagging.Payments[0].NextPoll.IsZero() {
		t.Errorf("an answer without a result leaves the review %q, polled next at %v", lagging.Review, lagging.Payments[0].NextPoll)
	}
	if resolved, _ := Apply(lagging, inquired(OutcomeSucceeded, sgd(4200)), r); resolved.Status != OrderPaid {
		t.Errorf("the result leaves the order %s", resolved.Status)
	}
}
