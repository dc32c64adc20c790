package checkout

import (
	"testing"
	"time"
)

// answered is Antom's answer to an inquiry that was sent just now.
func answered(o Order, outcome Outcome) Event {
	e := notified(outcome, sgd(4200))
	known := o.Payments[0].Knowledge()
	e.Cause.Kind, e.Asked = ByInquiry, &known
	return e
}

// A paid payment that was contradicted once is inquired at once, and once more an hour
// later; after that it is done.
func TestAPaidPaymentThatWasContradictedIsInquiredOnceMore(t *testing.T) {
	r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
	atCancel := orderWith("GCASH", PaymentCancelled).Payments[0].Knowledge()
	for name, contradict := range map[string]func(*Order){
		"a late failure": func(o *Order) { *o, _ = Apply(*o, notified(OutcomeFailed, sgd(4200)), r) },
		"another amount": func(o *Order) { *o, _ = Apply(*o, notified(OutcomeSucceeded, sgd(1)), r) },
		"a kind that the shop does not know": func(o *Order) {
			*o, _ = Apply(*o, Event{Cause: Cause{ByNotification, "x"}, RequestID: "a", Unread: true}, r)
		},
		"success after a confirmed cancel": func(o *Order) { *o = orderWith("GCASH", PaymentCancelled) },
		"an answer that was set aside": func(o *Order) {
			*o = orderWith("GCASH", PaymentProcessing)
			e := notified(OutcomeSucceeded, sgd(4200))
			asked := atCancel
			asked.Cancels = 1
			e.Cause.Kind, e.Asked = ByInquiry, &asked
			*o, _ = Apply(*o, e, r)
		},
	} {
		o := orderWith("GCASH", PaymentPaid)
		contradict(&o)
		o, _ = Apply(o, answered(o, OutcomeSucceeded), r)
		if p := o.Payments[0]; o.Status != OrderPaid || !p.NextPoll.Equal(noon.Add(reconcileDelay)) {
			t.Errorf("%s: the order is %s, inquired next at %v", name, o.Status, p.NextPoll)
		}
		sooner := r
		sooner.Now = noon.Add(reconcileDelay / 2) // an operator's refund was refused, say
		o, _ = Apply(o, answered(o, OutcomeSucceeded), sooner)
		if p := o.Payments[0]; !p.NextPoll.Equal(noon.Add(reconcileDelay)) {
			t.Errorf("%s: an inquiry before the hour is over makes the next one at %v", name, p.NextPoll)
		}
		later := r
		later.Now = noon.Add(reconcileDelay)
		gone, _ := Apply(o, answered(o, OutcomeCancelled), later)
		if gone.Status != OrderCancelled {
			t.Errorf("%s: Antom holds nothing, and the order is %s", name, gone.Status)
		}
		o, _ = Apply(o, answered(o, OutcomeSucceeded), later)
		if p := o.Payments[0]; !p.NextPoll.IsZero() || !p.ReconcileAt.IsZero() {
			t.Errorf("%s: after that it is inquired at %v", name, p.NextPoll)
		}
	}
	o, _ := Apply(orderWith("GCASH", PaymentProcessing), notified(OutcomeSucceeded, sgd(4200)), r)
	if p := o.Payments[0]; !p.NextPoll.IsZero() {
		t.Errorf("a payment that nothing contradicts is inquired at %v", p.NextPoll)
	}
}
