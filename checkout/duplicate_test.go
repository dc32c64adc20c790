package checkout

import "testing"

// twoSuccesses is an order whose payment "b" has paid it; "a" is another attempt.
func twoSuccesses(a PaymentStatus, refunds ...Operation) Order {
	o := orderWith("GCASH", a, PaymentPaid)
	o.Payments[0].Active, o.Payments[1].Active, o.EverPaid = false, true, true
	o.Payments[0].Duplicate = a.HoldsFunds()
	o.Payments[1].Operations = refunds
	if len(refunds) > 0 && refunds[0].Status == OperationSuccess {
		o.Payments[1].Status = PaymentRefunded
	}
	o.Status = orderStatus(o)
	return o
}

func refundBy(key string, status OperationStatus) Operation {
	return Operation{Kind: Refund, RequestID: "r", Amount: sgd(4200), Status: status, Key: key}
}

// Antom returns the payment that was kept: the duplicate pays the order, unless a person
// or the shop has ordered that return.
func TestADuplicatePaysTheOrderWhenAntomReturnsTheOther(t *testing.T) {
	for name, row := range map[string]struct {
		before Order
		e      Event
		kept   bool
	}{
		"by a refund":                 {twoSuccesses(PaymentPaid), Event{Operations: []OperationEvent{{Kind: Refund, RequestID: "r", Status: OperationSuccess, Amount: sgd(4200)}}}, true},
		"by a cancel":                 {twoSuccesses(PaymentPaid), Event{Outcome: OutcomeCancelled}, true},
		"a part of it":                {twoSuccesses(PaymentPaid), Event{Operations: []OperationEvent{{Kind: Refund, RequestID: "r", Status: OperationSuccess, Amount: sgd(4100)}}}, false},
		"on an operator's order":      {twoSuccesses(PaymentPaid, refundBy("admin:k", OperationProcessing)), Event{Operations: []OperationEvent{{Kind: Refund, RequestID: "r", Status: OperationSuccess}}}, false},
		"of a merchant who cancelled": {func() Order { o := twoSuccesses(PaymentPaid); o.Closed = OrderCancelled; return o }(), Event{Outcome: OutcomeCancelled}, false},
	} {
		row.e.RequestID, row.e.Cause = "b", Cause{ByInquiry, "x"}
		after, _ := Apply(row.before, row.e, Rules{Now: noon})
		if a := after.Payment("a"); a.Active != row.kept || a.Duplicate == row.kept {
			t.Errorf("%s: active %v, a duplicate %v, and the order is %s", name, a.Active, a.Duplicate, after.Status)
		}
		if row.kept && after.Status != OrderPaid {
			t.Errorf("%s: the order is %s", name, after.Status)
		}
	}
}

// While Antom returns the payment that was kept, the duplicate waits.
func TestADuplicateWaitsWhileAntomReturnsTheOther(t *testing.T) {
	for key, want := range map[string]Step{"": StepNone, "admin:k": StepReturn} {
		o := twoSuccesses(PaymentPaid, refundBy(key, OperationProcessing))
		if step := NextForPayment(o, "a", FindingFound, Rules{Now: noon}); step != want {
			t.Errorf("beside a refund by %q: %s", key, step)
		}
	}
}

// The refund by Antom was known before the success that it follows from.
func TestASuccessAfterAntomsRefundIsNotReturned(t *testing.T) {
	o := twoSuccesses(PaymentProcessing, refundBy("", OperationSuccess))
	o, _ = Apply(o, notified(OutcomeSucceeded, sgd(4200)), Rules{Now: noon})
	if a := o.Payment("a"); o.Review != paidAgain || !a.Active || a.Duplicate || a.NextPoll.IsZero() {
		t.Fatalf("the order is %s (%s), the success active %v, a duplicate %v", o.Status, o.Review, a.Active, a.Duplicate)
	}
	if o, _ = Apply(o, answered(o, OutcomeSucceeded), Rules{Now: noon}); o.Status != OrderPaid {
		t.Errorf("an inquiry confirms it, and the order is %s (%s)", o.Status, o.Review)
	}
	ordered := twoSuccesses(PaymentProcessing, refundBy("admin:k", OperationSuccess))
	if ordered, _ = Apply(ordered, notified(OutcomeSucceeded, sgd(4200)), Rules{Now: noon}); !ordered.Payment("a").Duplicate {
		t.Errorf("after an operator's refund it is no duplicate, and the order is %s", ordered.Status)
	}
}
