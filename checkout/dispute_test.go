package checkout

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func disputeStep(o Order, step Dispute) Order {
	o, _ = Apply(o, Event{Cause: Cause{ByNotification, "x"}, RequestID: "a", Dispute: &step}, Rules{Now: noon})
	return o
}

// Antom's names invite the opposite reading: what is accepted by the customer is for the
// merchant.
func TestAReturnOfADisputedPaymentIsQuestioned(t *testing.T) {
	for _, row := range []struct {
		steps      []Dispute
		questioned bool
	}{
		{nil, false},
		{[]Dispute{{Step: "DISPUTE_CREATED"}}, true},
		{[]Dispute{{Step: "DEFENSE_SUPPLIED"}}, true},
		{[]Dispute{{Step: "DISPUTE_DUE_ALERT"}}, true},
		{[]Dispute{{Step: "DISPUTE_CREATED"}, {Step: "DISPUTE_CANCELLED"}}, false},
		{[]Dispute{{Step: "DISPUTE_CANCELLED"}, {Step: "DISPUTE_CREATED"}}, false}, // in another order
		{[]Dispute{{Step: "DISPUTE_CREATED"}, {Step: "DISPUTE_JUDGED", Result: "ACCEPT_BY_CUSTOMER"}}, false},
		{[]Dispute{{Step: "DISPUTE_CREATED"}, {Step: "DISPUTE_JUDGED", Result: "ACCEPT_BY_MERCHANT"}}, true},
		{[]Dispute{{Step: "DISPUTE_JUDGED", Result: "VALIDATE_SUCCESS"}}, false},
		{[]Dispute{{Step: "DISPUTE_JUDGED", Result: "VALIDATE_FAIL"}}, true},
		{[]Dispute{{Step: "DISPUTE_ACCEPTED"}, {Step: "DEFENSE_DUE_ALERT"}}, true},
		{[]Dispute{{Step: "RDR_RESOLVED"}}, true},
		{[]Dispute{{Step: "DISPUTE_CANCELLED"}, {ID: "second", Step: "DISPUTE_CREATED"}}, true},
		{[]Dispute{{ID: "second", Step: "RDR_RESOLVED"}, {Step: "DISPUTE_CANCELLED"}}, true},
	} {
		o := orderWith("GCASH", PaymentPaid)
		for _, step := range row.steps {
			o = disputeStep(o, step)
		}
		for _, kind := range []OperationKind{Refund, Cancel} {
			want := OperationRequest{Kind: kind, Key: Key{CommandLine, "k"}, RequestID: "r", Payment: "a"}
			after, _, err := BeginOperation(o, want, Rules{Now: noon})
			if errors.Is(err, &Error{Code: CodeDisputed}) != row.questioned || row.questioned != (len(after.Payments[0].Operations) == 0) {
				t.Errorf("%s after %v: %v", kind, row.steps, err)
			}
			want.Anyway = true
			if _, _, err := BeginOperation(o, want, Rules{Now: noon}); err != nil {
				t.Errorf("%s after %v, anyway: %v", kind, row.steps, err)
			}
		}
	}
}

// The shop returns no duplicate that is in dispute: it waits for the end, and Antom may
// return it by itself.
func TestADisputedDuplicateIsNotReturned(t *testing.T) {
	o := orderWith("GCASH", PaymentPaid, PaymentPaid)
	o.Payments[0].Active, o.Payments[0].Duplicate, o.EverPaid = false, true, true
	r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
	step := func(o Order) Step { return NextForPayment(o, "a", FindingFound, r) }
	if step(o) != StepReturn {
		t.Fatalf("a duplicate: %s", step(o))
	}
	open := disputeStep(o, Dispute{ID: "d", Step: "DISPUTE_CREATED"})
	if step(open) != StepNone || open.Payments[0].NextPoll.IsZero() {
		t.Errorf("in dispute: %s, polled next at %v", step(open), open.Payments[0].NextPoll)
	}
	if _, _, err := BeginOperation(open, OperationRequest{Kind: Refund, RequestID: "r", Payment: "a"}, r); !errors.Is(err, &Error{Code: CodeDisputed}) {
		t.Errorf("a refund by the shop: %v", err)
	}
	if won := disputeStep(open, Dispute{ID: "d", Step: "DISPUTE_CANCELLED"}); step(won) != StepReturn {
		t.Errorf("withdrawn: %s", step(won))
	}
	lost := disputeStep(open, Dispute{ID: "d", Step: "DISPUTE_ACCEPTED"})
	if step(lost) != StepNone || lost.Payments[0].needsReversal() || lost.Duplicate() != nil {
		t.Errorf("lost: %s", step(lost))
	}
	if slices.Equal(open.Payments[0].Disputes, lost.Payments[0].Disputes) {
		t.Error("a step changed the order that it was applied to")
	}
}

// Any message may come first, or late, and most lack what an earlier one has told.
func TestWhatIsKnownOfADisputeStays(t *testing.T) {
	due := noon.Add(11 * 24 * time.Hour)
	created := Dispute{ID: "d", Type: "CHARGEBACK", Step: StepDisputeCreated, Due: due, Amount: Money{1000, "SGD"}, Source: "Visa", ReasonCode: "13.1", Reason: "not received"}
	alert, supplied := Dispute{ID: "d", Step: StepDefenseDue}, Dispute{ID: "d", Step: StepDefenseSupplied}
	won := Dispute{ID: "d", Step: StepDisputeDecided, Result: "ACCEPT_BY_CUSTOMER", Amount: Money{900, "SGD"}}
	for name, row := range map[string]struct {
		steps []Dispute
		state DisputeState
		step  string
		minor int64
	}{
		"in order":                   {[]Dispute{created, alert, supplied}, DisputeDefended, StepDefenseSupplied, 1000},
		"created comes late":         {[]Dispute{supplied, created}, DisputeDefended, StepDefenseSupplied, 1000},
		"the alert comes late":       {[]Dispute{created, supplied, alert}, DisputeDefended, StepDefenseSupplied, 1000},
		"judged":                     {[]Dispute{created, supplied, won}, DisputeWon, StepDisputeDecided, 900},
		"judged, and the rest later": {[]Dispute{won, supplied, created}, DisputeWon, StepDisputeDecided, 900},
	} {
		o := orderWith("CARD", PaymentPaid)
		for _, step := range row.steps {
			o = disputeStep(o, step)
		}
		d := o.Payments[0].Disputes[0]
		if d.State() != row.state || d.Step != row.step || d.Amount.Minor != row.minor || d.Source != "Visa" || d.Type != "CHARGEBACK" || d.ReasonCode != "13.1" {
			t.Errorf("%s: %+v, %s", name, d, d.State())
		}
		if !d.Ended() && !d.Due.Equal(due) {
			t.Errorf("%s: due %s", name, d.Due)
		}
	}
}

// Silence about papers loses no money yet, and papers that were not accepted may be
// supplied anew.
func TestDisputesAboutPapersMoveNoMoney(t *testing.T) {
	for _, row := range []struct {
		d    Dispute
		want DisputeState
	}{
		{Dispute{Type: "RETRIEVAL_REQUEST", Step: StepDisputeAccepted}, DisputeClosed},
		{Dispute{Type: "CHARGEBACK", Step: StepDisputeAccepted}, DisputeLost},
		{Dispute{Step: StepDisputeAccepted}, DisputeLost},
		{Dispute{Type: "COMPLIANCE_REQUEST", Step: StepDisputeDecided, Result: "VALIDATE_SUCCESS"}, DisputeClosed},
		{Dispute{Type: "COMPLIANCE_REQUEST", Step: StepDisputeDecided, Result: "VALIDATE_FAIL"}, DisputeOpen},
		{Dispute{Step: StepDisputeDecided, Result: "SOMETHING_NEW"}, DisputeLost},
		{Dispute{Step: StepRDRResolved}, DisputeLost},
	} {
		if got := row.d.State(); got != row.want {
			t.Errorf("%+v is %s, not %s", row.d, got, row.want)
		}
	}
	o := disputeStep(orderWith("CARD", PaymentPaid), Dispute{ID: "d", Type: "COMPLIANCE_REQUEST", Step: StepDefenseSupplied})
	o = disputeStep(o, Dispute{ID: "d", Step: StepDisputeDecided, Result: "VALIDATE_FAIL"})
	if err := CheckAnswer(o.Payments[0].Disputes[0], DisputeAnswer{}, noon); err != nil {
		t.Errorf("after refused papers: %v", err)
	}
}
