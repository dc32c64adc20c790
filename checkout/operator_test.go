package checkout

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWhatTheOperatorIsToldOf(t *testing.T) {
	with := func(status PaymentStatus, change func(*Order, *Payment)) Order {
		o := orderWith("CARD", status)
		change(&o, &o.Payments[0])
		o.Status = orderStatus(o)
		return o
	}
	asIs := func(*Order, *Payment) {}
	operation := func(kind OperationKind, status OperationStatus, key string) func(*Order, *Payment) {
		return func(_ *Order, p *Payment) {
			p.Operations = []Operation{{Kind: kind, RequestID: "op", Amount: sgd(100), Status: status, Key: key}}
		}
	}
	reviewed := func(why Review) func(*Order, *Payment) { return func(o *Order, _ *Payment) { o.Review = why } }
	atFault := func(_ *Order, p *Payment) { p.ShopFault, p.ResultCode = true, "KEY_NOT_FOUND" }
	for name, c := range map[string]struct {
		before, after Order
		want          []Effect
	}{
		"paid":                          {with(PaymentPending, asIs), with(PaymentPaid, asIs), nil},
		"declined":                      {with(PaymentPending, asIs), with(PaymentFailed, asIs), nil},
		"failed by the shop's fault":    {with(PaymentCreated, asIs), with(PaymentFailed, atFault), []Effect{"operator.shop-fault:KEY_NOT_FOUND"}},
		"still failed":                  {with(PaymentFailed, atFault), with(PaymentFailed, atFault), nil},
		"under review":                  {with(PaymentPending, asIs), with(PaymentPending, reviewed(anotherAmount)), []Effect{"operator.review:1"}},
		"still under review":            {with(PaymentPending, reviewed(anotherAmount)), with(PaymentPending, reviewed(anotherAmount)), nil},
		"under review for more":         {with(PaymentPending, reviewed(anotherAmount)), with(PaymentPending, reviewed(unknownTooLong)), []Effect{"operator.review:1"}},
		"no longer under review":        {with(PaymentPending, reviewed(anotherAmount)), with(PaymentPending, asIs), nil},
		"capture refused":               {with(PaymentAuthorized, operation(Capture, OperationPending, "admin:a")), with(PaymentAuthorized, operation(Capture, OperationFailed, "admin:a")), []Effect{"operator.capture-failed:op"}},
		"capture still refused":         {with(PaymentAuthorized, operation(Capture, OperationFailed, "admin:a")), with(PaymentAuthorized, operation(Capture, OperationFailed, "admin:a")), nil},
		"capture done":                  {with(PaymentAuthorized, operation(Capture, OperationPending, "admin:a")), with(PaymentPaid, operation(Capture, OperationSuccess, "admin:a")), nil},
		"refund refused":                {with(PaymentPaid, operation(Refund, OperationPending, "admin:a")), with(PaymentPaid, operation(Refund, OperationFailed, "admin:a")), []Effect{"operator.refund-failed:op"}},
		"the shop's own refund refused": {with(PaymentPaid, operation(Refund, OperationPending, ownKey)), with(PaymentPaid, operation(Refund, OperationFailed, ownKey)), nil},
	} {
		if got := operatorEmailsDue(c.before, c.after); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Where polling ends, only a person can resolve the matter.
func TestTheOperatorIsToldWhereTheSweeperGivesUp(t *testing.T) {
	r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
	lost := orderWith("GCASH", PaymentUnknown)
	lost.Payments[0].NextPoll, lost.Payments[0].Polls = noon, 9
	if _, effects := StopPolling(lost, "a", 8, FindingUnknown, r); !slices.Equal(effects, []Effect{"operator.review:1"}) {
		t.Errorf("a payment that stays unknown: %v", effects)
	}
	authorized := orderWith("CARD", PaymentAuthorized)
	authorized.Payments[0].ManualCapture = true
	authorized.Payments[0].AuthEndsAt = noon.Add(30 * time.Hour)
	if _, effects := WatchAuthorization(authorized, "a", FindingFound, r); !slices.Contains(effects, "operator.capture-due:a:2d") {
		t.Errorf("an authorisation that ends soon: %v", effects)
	}
	authorized.Payments[0].AuthEndsAt = noon
	if _, effects := WatchAuthorization(authorized, "a", FindingFound, r); !slices.Equal(effects, []Effect{"operator.review:1"}) {
		t.Errorf("an authorisation that has ended: %v", effects)
	}
	e := Event{Cause: Cause{ByNotification, "n"}, RequestID: "a", Outcome: OutcomeSucceeded, Amount: sgd(1), Method: "GCASH"}
	if _, effects := Apply(orderWith("GCASH", PaymentPending), e, r); !slices.Equal(effects, []Effect{"operator.review:1"}) {
		t.Errorf("a contradiction: %v", effects)
	}
	unpaid, paid := orderWith("GCASH", PaymentFailed), orderWith("GCASH", PaymentPaid)
	paid.EverPaid = true
	for _, effect := range []Effect{"mail.receipt", "mail.link:2026-01-02T15"} {
		if effects := AfterGivenUp(paid, effect); !slices.Equal(effects, []Effect{"operator.undelivered:" + effect}) {
			t.Errorf("a dead email: %v", effects)
		}
	}
	if effects := AfterGivenUp(unpaid, "mail.expired"); effects != nil {
		t.Errorf("a dead email about an unpaid order: %v", effects)
	}
	if effects := AfterGivenUp(paid, "operator.review:1"); effects != nil {
		t.Errorf("a dead email to the operator: %v", effects)
	}
}

func TestTheOperatorIsNotToldOfWhatIsOver(t *testing.T) {
	for effect, o := range map[Effect]Order{
		"operator.review:1":           orderWith("GCASH", PaymentPaid),
		"operator.capture-due:a:2d":   orderWith("CARD", PaymentPaid),
		"operator.capture-failed:op":  orderWith("CARD", PaymentPaid),
		"operator.refund-failed:none": orderWith("CARD", PaymentPaid),
	} {
		if _, due := NewOperatorEmail(o, effect); due {
			t.Errorf("%s is due", effect)
		}
		if !effect.IsOperatorEmail() || effect.IsEmail() {
			t.Errorf("%s is no email to the operator", effect)
		}
		if delayed := strings.Contains(string(effect), "review"); (effect.Delay() > 0) != delayed {
			t.Errorf("%s waits for %s", effect, effect.Delay())
		}
	}
	authorized := orderWith("CARD", PaymentAuthorized)
	authorized.Payments[0].ManualCapture = true
	authorized.Payments[0].AuthEndsAt = noon
	e, due := NewOperatorEmail(authorized, "operator.capture-due:a:2d")
	if !due || e.About != "a" || !e.Until.Equal(noon) {
		t.Errorf("%+v, %t", e, due)
	}
}

// The email names the card of the payment that it is about, which need not be the newest.
func TestTheOperatorReadsTheCardOfThePayment(t *testing.T) {
	o := orderWith("CARD", PaymentAuthorized)
	newer := o.Payments[0]
	o.Payments[0].Card.LastFour, o.Payments[0].Active = "0001", false
	o.Payments[0].Disputes = Disputes{{ID: "d", Step: "DISPUTE_CREATED"}}
	o.Payments[0].Operations = []Operation{{Kind: Refund, RequestID: "r", Amount: sgd(100), Status: OperationFailed}}
	newer.RequestID, newer.Card.LastFour, newer.Disputes, newer.Operations = "b", "0002", nil, nil
	o.Payments = append(o.Payments, newer)
	o.Review = anotherAmount
	for effect, want := range map[Effect]string{
		"operator.review:1": "0002", "operator.shop-fault:KEY_NOT_FOUND": "0002", "operator.capture-due:a:2d": "0001", "operator.capture-due:b:2d": "0002",
		"operator.refund-failed:r": "0001", "operator.dispute:d:DISPUTE_CREATED:0": "0001", "operator.dispute:e:DISPUTE_CREATED:0": "",
	} {
		if e, due := NewOperatorEmail(o, effect); !due || e.Card.LastFour != want {
			t.Errorf("%s: due %v, about the card %q, want %q", effect, due, e.Card.LastFour, want)
		}
	}
}
