package checkout

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// The operator is reminded three days and one day before an answer is due, once each, and of
// nothing that was answered.
func TestTheOperatorIsRemindedOfAnAnswerThatIsDue(t *testing.T) {
	due := noon.Add(10 * 24 * time.Hour)
	topic := func(left string) Effect {
		return Effect(fmt.Sprintf("operator.dispute-due:d:%d:%s", due.Unix(), left))
	}
	open := disputeStep(orderWith("CARD", PaymentPaid), Dispute{ID: "d", Step: StepDisputeCreated, Due: due})
	alerted := disputeStep(open, Dispute{ID: "d", Step: StepDefenseDue, Due: due})
	for name, c := range map[string]struct {
		order Order
		at    []time.Time
		want  []Effect
	}{
		"both":                 {open, []time.Time{due.Add(-73 * time.Hour), due.Add(-72 * time.Hour), due.Add(-48 * time.Hour), due.Add(-24 * time.Hour), due.Add(-time.Hour)}, []Effect{topic("3d"), topic("1d")}},
		"after a standstill":   {open, []time.Time{due.Add(-time.Hour), due.Add(-time.Minute)}, []Effect{topic("1d")}},
		"after its end":        {open, []time.Time{due.Add(time.Minute)}, nil},
		"Antom's alert":        {alerted, []time.Time{due.Add(-time.Hour)}, nil},
		"defended":             {disputeStep(open, Dispute{ID: "d", Step: StepDefenseSupplied}), []time.Time{due.Add(-time.Hour)}, nil},
		"without any deadline": {disputeStep(orderWith("CARD", PaymentPaid), Dispute{ID: "d", Step: StepDisputeCreated}), []time.Time{due, due.Add(60 * 24 * time.Hour)}, nil},
	} {
		o, got := c.order, []Effect(nil)
		for _, now := range c.at {
			var told []Effect
			o, told = RemindOfDisputes(o, "a", Rules{Now: now})
			got = append(got, told...)
			if at := o.Payments[0].DisputeAt; !at.IsZero() && !at.After(now) {
				t.Errorf("%s: looked at next at %v, and it is %v", name, at, now)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		for _, effect := range c.want {
			if email, isDue := NewOperatorEmail(c.order, effect); !isDue || email.Until != due || email.Dispute.ID != "d" {
				t.Errorf("%s: %+v", name, email)
			}
		}
	}
	if _, isDue := NewOperatorEmail(disputeStep(open, Dispute{ID: "d", Step: StepDisputeCancelled}), topic("3d")); isDue {
		t.Error("a reminder of a dispute that has ended")
	}
	later := disputeStep(open, Dispute{ID: "d", Step: StepDisputeCreated, Due: due.Add(48 * time.Hour)})
	if _, isDue := NewOperatorEmail(later, topic("3d")); isDue {
		t.Error("a reminder of a deadline that was put off")
	}
	if at := disputeStep(open, Dispute{ID: "d", Step: StepDisputeCancelled}).Payments[0].DisputeAt; !at.IsZero() {
		t.Errorf("a dispute that has ended waits until %v", at)
	}
}

// A message that lacks a fact leaves what is known of it, and a dispute that takes no defence
// stays one.
func TestADefenceIsOfferedUnlessAntomTakesNone(t *testing.T) {
	o := disputeStep(orderWith("CARD", PaymentPaid), Dispute{ID: "d", Step: StepDisputeCreated, Undefendable: true, AutoDefence: "FULL_REFUND"})
	o = disputeStep(o, Dispute{ID: "d", Step: StepDefenseDue})
	if d := o.Payments[0].Disputes[0]; !d.Undefendable || d.AutoDefence == "" || !d.Since.Equal(noon) {
		t.Errorf("%+v", d)
	}
	o = disputeStep(o, Dispute{ID: "d", Step: StepDisputeAccepted, AcceptReason: "TIMEOUT", Undefendable: true})
	if d := o.Payments[0].Disputes[0]; d.AcceptReason != "TIMEOUT" || !d.Undefendable {
		t.Errorf("%+v", d)
	}
	defended := disputeStep(orderWith("CARD", PaymentPaid), Dispute{ID: "d", Step: StepDefenseSupplied, Undefendable: true})
	if defended.Payments[0].Disputes[0].Undefendable {
		t.Error("a message after the defence says that there can be none")
	}
}
