package checkout

import (
	"testing"
	"time"
)

// An attempt whose buyer chooses inside Antom's element has no method until
// Antom names or shows it; before that nobody can tell whether success is money
// taken or a card's authorisation, so an inquiry has to.
func TestWhatEachWordMakesOfAnElementPayment(t *testing.T) {
	named := func(w Event, method string) Event {
		w.Method = method
		return w
	}
	authorised := inquired(OutcomeSucceeded, sgd(4200))
	authorised.AuthEndsAt = noon.Add(7 * 24 * time.Hour)
	for name, row := range map[string]struct {
		word    Event
		payment PaymentStatus
		method  string
		asks    bool
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
			after, _ := Apply(o, row.word, Rules{Now: noon, Schedule: Schedule{time.Minute}})
			p := after.Payments[0]
			if p.Status != row.payment || p.Method != row.method {
				t.Errorf("%s by %q, want %s by %q", p.Status, p.Method, row.payment, row.method)
			}
			if asks := p.NextPoll.Equal(noon); asks != row.asks {
				t.Errorf("Antom is asked at %v", p.NextPoll)
			}
		})
	}
}

func TestAMethodOnceToldIsNotAnother(t *testing.T) {
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
