package checkout

import (
	"testing"
	"time"
)

// An attempt whose buyer chooses inside Antom's element has no method until a message
// names or shows it. Without a method a success may be a paid wallet or a card's
// authorisation; an inquiry decides which.
func TestWhatEachEventMakesOfAnElementPayment(t *testing.T) {
	named := func(e Event, method string) Event {
		e.Method = method
		return e
	}
	authorised := inquired(OutcomeSucceeded, sgd(4200))
	authorised.AuthEndsAt = noon.Add(7 * 24 * time.Hour)
	for name, row := range map[string]struct {
		event   Event
		payment PaymentStatus
		method  string
		polled  bool
	}{
		"success, no method named":        {notified(OutcomeSucceeded, sgd(4200)), PaymentProcessing, "", true},
		"success of a wallet":             {named(notified(OutcomeSucceeded, sgd(4200)), "GCASH"), PaymentPaid, "GCASH", false},
		"success of a card":               {named(notified(OutcomeSucceeded, sgd(4200)), "CARD"), PaymentAuthorized, "CARD", false},
		"success with an authorisation":   {authorised, PaymentAuthorized, "CARD", false},
		"an inquiry that names no method": {inquired(OutcomeSucceeded, sgd(4200)), PaymentProcessing, "", false},
		"a capture, and nothing before":   {captured(ByNotification, OperationSuccess, sgd(4200)), PaymentPaid, "CARD", false},
		"failure":                         {named(notified(OutcomeFailed, sgd(4200)), "GCASH"), PaymentFailed, "GCASH", false},
		"pending":                         {named(inquired(OutcomePending, sgd(4200)), "GCASH"), PaymentPending, "GCASH", false},
		"another amount":                  {named(notified(OutcomeSucceeded, sgd(1)), "GCASH"), PaymentProcessing, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			o := orderWith("", PaymentProcessing)
			o.Payments[0].NextPoll = noon.Add(time.Hour)
			after, _ := Apply(o, row.event, Rules{Now: noon, Schedule: Schedule{time.Minute}})
			p := after.Payments[0]
			if p.Status != row.payment || p.Method != row.method {
				t.Errorf("%s by %q, want %s by %q", p.Status, p.Method, row.payment, row.method)
			}
			if polled := p.NextPoll.Equal(noon); polled != row.polled {
				t.Errorf("it is polled next at %v", p.NextPoll)
			}
		})
	}
}

func TestAMethodOnceKnownDoesNotChange(t *testing.T) {
	o := orderWith("", PaymentProcessing)
	first := inquired(OutcomeAccepted, sgd(4200))
	first.Method = "GCASH"
	o, _ = Apply(o, first, Rules{Now: noon})
	second := notified(OutcomeSucceeded, sgd(4200))
	second.Method = "CARD"
	if o, _ = Apply(o, second, Rules{Now: noon}); o.Status != OrderReview || o.Payments[0].Method != "GCASH" {
		t.Errorf("the order is %s, paid by %s", o.Status, o.Payments[0].Method)
	}
}
