package checkout

import (
	"reflect"
	"testing"
	"time"
)

// What waits longer than the rules could have made it wait is due; all else stays.
func TestWhatWaitsTooLongIsDueAfterTheClockWentBack(t *testing.T) {
	r := Rules{Now: noon, Schedule: Schedule{10 * time.Second, time.Minute, time.Hour}}
	with := func(method string, status PaymentStatus, change func(*Payment)) Order {
		o := orderWith(method, status)
		p := &o.Payments[0]
		p.CreatedAt, p.ExpiresAt = noon, noon.Add(55*time.Minute)
		change(p)
		return o
	}
	poll := func(wait time.Duration, polls int) func(*Payment) {
		return func(p *Payment) { p.NextPoll, p.Polls = noon.Add(wait), polls }
	}
	manual := func(wait time.Duration) func(*Payment) {
		return func(p *Payment) {
			p.ManualCapture, p.AuthEndsAt, p.NextPoll = true, noon.Add(7*24*time.Hour), noon.Add(wait)
		}
	}
	reconcile := func(wait time.Duration) func(*Payment) {
		return func(p *Payment) { p.NextPoll, p.ReconcileAt = noon.Add(wait), noon.Add(wait) }
	}
	for name, c := range map[string]struct {
		order Order
		due   bool
	}{
		"the first poll":                            {with("GCASH", PaymentProcessing, poll(10*time.Second, 0)), false},
		"the first poll, a day away":                {with("GCASH", PaymentProcessing, poll(24*time.Hour, 0)), true},
		"the first poll, two minutes away":          {with("GCASH", PaymentProcessing, poll(2*time.Minute, 0)), true},
		"a later poll":                              {with("GCASH", PaymentProcessing, poll(time.Hour, 9)), false},
		"a later poll, a day away":                  {with("GCASH", PaymentProcessing, poll(24*time.Hour, 9)), true},
		"the end of an abandoned session":           {with("GCASH", PaymentCancelled, poll(55*time.Minute+10*time.Second, 0)), false},
		"the end of an abandoned session, tomorrow": {with("GCASH", PaymentCancelled, poll(24*time.Hour, 0)), true},
		"a capture's deadline":                      {with("CARD", PaymentAuthorized, manual(5*24*time.Hour)), false},
		"a capture's deadline, in ten days":         {with("CARD", PaymentAuthorized, manual(10*24*time.Hour)), true},
		"an hour after a contradiction":             {with("GCASH", PaymentPaid, reconcile(time.Hour)), false},
		"after a contradiction, tomorrow":           {with("GCASH", PaymentPaid, reconcile(24*time.Hour)), true},
		"no poll":                                   {with("GCASH", PaymentPaid, func(*Payment) {}), false},
	} {
		after, changed := AfterClockChange(c.order, r)
		if at := after.Payments[0].ReconcileAt; at.After(noon.Add(reconcileDelay)) {
			t.Errorf("%s: inquired once more at %v", name, at)
		}
		if due := after.Payments[0].NextPoll.Equal(noon); due != c.due {
			t.Errorf("%s: due now %v, want %v", name, due, c.due)
		}
		if changed != c.due || !c.due && !reflect.DeepEqual(after, c.order) {
			t.Errorf("%s: changed %v", name, changed)
		}
	}
}

// A cancel without an answer may take effect for five minutes from when it was sent. A
// time that has not come yet counts as now: it is neither over at once nor in a day.
func TestACancelIsConcludedAfterTheClockWentBack(t *testing.T) {
	r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
	o := orderWith("GCASH", PaymentProcessing)
	o.Payments[0].Operations = []Operation{{Kind: Cancel, RequestID: "op", Key: ownKey, Status: OperationProcessing, SubmittedAt: noon.Add(24 * time.Hour)}}
	o, _ = AfterClockChange(o, r)
	for wait, want := range map[time.Duration]Step{0: StepNone, cancelDelay: StepConcludeCancel} {
		r.Now = noon.Add(wait)
		if got := NextForOperation(o, "a", o.Payments[0].Operations[0], FindingFound, r); got != want {
			t.Errorf("after %v: %s, want %s", wait, got, want)
		}
	}
}

func TestARefusedCancelIsNotLateForADayAfterTheClockWentBack(t *testing.T) {
	o := orderWith("GCASH", PaymentProcessing)
	o.Payments[0].Operations = []Operation{{Kind: Cancel, RequestID: "op", Key: ownKey, Status: OperationFailed, CreatedAt: noon.Add(24 * time.Hour)}}
	if got := NextToEnd(o, "a", FindingPending, ByShopper, Rules{Now: noon}); got != StepCancel {
		t.Errorf("%s, want %s", got, StepCancel)
	}
}

func TestIDsContinueAfterTheClockWentBack(t *testing.T) {
	tomorrow := NewIDs(func() time.Time { return noon.Add(24 * time.Hour) }).New()
	ids := NewIDs(func() time.Time { return noon })
	for _, other := range []string{"", "p1", "not-an-id", "ffffffff-ffff-4fff-bfff-ffffffffffff"} {
		ids.ContinueAfter(other)
	}
	if id := ids.New(); id >= tomorrow {
		t.Errorf("%s continues after what is no id", id)
	}
	ids.ContinueAfter(tomorrow)
	if id := ids.New(); id <= tomorrow {
		t.Errorf("%s does not sort after %s", id, tomorrow)
	}
}
