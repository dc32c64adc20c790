package checkout

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// A buyer's data serve until the order has ended, Antom owes no result, no person has to
// decide, and no dispute is open.
func TestWhatMayBeErasedWhen(t *testing.T) {
	disputed := func(steps ...Dispute) func(*Order, *Payment) {
		return func(_ *Order, p *Payment) {
			for _, step := range steps {
				p.Disputes.apply(step, noon)
			}
		}
	}
	with := func(status PaymentStatus, change func(*Order, *Payment)) Order {
		o := orderWith("GCASH", status)
		p := o.Payment("a")
		p.Active = !status.ended()
		o.recompute(Rules{Now: noon, Schedule: Schedule{time.Minute}})
		if change != nil {
			change(&o, o.Payment("a"))
		}
		return o
	}
	closed := func(as OrderStatus) Order {
		o, _ := CloseOrder(with(PaymentFailed, nil), as, Rules{Now: noon})
		return o
	}
	for name, c := range map[string]struct {
		order Order
		why   string // "" may be erased
	}{
		"paid":                 {with(PaymentPaid, nil), ""},
		"expired":              {closed(OrderExpired), ""},
		"cancelled":            {closed(OrderCancelled), ""},
		"may still be paid":    {with(PaymentFailed, nil), "the order is open"},
		"being paid":           {with(PaymentPending, nil), "the order is processing"},
		"a card is authorised": {with(PaymentAuthorized, nil), "the order is authorized"},
		"under review":         {with(PaymentPaid, func(o *Order, p *Payment) { o.raise(anotherAmount, p.RequestID) }), "under review"},
		"a refund is awaited": {with(PaymentPaid, func(_ *Order, p *Payment) {
			p.Operations = []Operation{{Kind: Refund, RequestID: "r", Amount: p.Amount, Status: OperationProcessing}}
		}), "Antom's result about payment a"},
		"a duplicate is to be returned": {with(PaymentPaid, func(_ *Order, p *Payment) { p.Duplicate = true }), "Antom's result about payment a"},
		"disputed":                      {with(PaymentPaid, disputed(Dispute{ID: "d", Step: "DISPUTE_CREATED"})), "dispute d is open"},
		"disputed, and defended":        {with(PaymentPaid, disputed(Dispute{ID: "d", Step: "DISPUTE_CREATED"}, Dispute{ID: "d", Step: "DEFENSE_SUPPLIED"})), "dispute d is open"},
		"a dispute is over":             {with(PaymentPaid, disputed(Dispute{ID: "d", Step: "DISPUTE_CREATED"}, Dispute{ID: "d", Step: "DISPUTE_JUDGED"})), ""},
		"one of two disputes is over":   {with(PaymentPaid, disputed(Dispute{ID: "d", Step: "DISPUTE_CANCELLED"}, Dispute{ID: "e", Step: "DISPUTE_CREATED"})), "dispute e is open"},
	} {
		t.Run(name, func(t *testing.T) {
			c.order.Buyer = Buyer{Email: "ann@example.com", Name: "Ann", Country: "SG"}
			before := c.order.Clone()
			after, err := EraseBuyer(c.order, Rules{Now: noon})
			if c.why != "" {
				if err == nil || !strings.Contains(err.Error(), c.why) || !reflect.DeepEqual(after, before) {
					t.Errorf("it is answered %v, want %q", err, c.why)
				}
				return
			}
			if err != nil || !after.ErasedAt.Equal(noon) || after.Buyer != (Buyer{Country: "SG"}) {
				t.Errorf("%v: erased at %v, the buyer is %+v", err, after.ErasedAt, after.Buyer)
			}
			if after.Status != before.Status || after.Total != before.Total || after.Number != before.Number {
				t.Error("more than the buyer's data has changed")
			}
			if again, err := EraseBuyer(after, Rules{Now: noon.Add(time.Hour)}); err != nil || !reflect.DeepEqual(again, after) {
				t.Errorf("erasing again changes it: %v", err)
			}
		})
	}
}

// The body of the call doubles the buyer's data; only an attempt without a result is
// submitted again.
func TestABodyIsForgottenOnceThePaymentHasAResult(t *testing.T) {
	r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
	for _, status := range []PaymentStatus{
		PaymentCreated, PaymentUnknown, PaymentProcessing, PaymentPending, PaymentAuthorized, PaymentPaid, PaymentFailed, PaymentCancelled, PaymentRefunded,
	} {
		o := orderWith("GCASH", status)
		o.Payment("a").Body = []byte("{}")
		o.recompute(r)
		p := o.Payment("a")
		if kept := p.Body != nil; kept != status.InProgress() || p.Repeatable() != kept {
			t.Errorf("%s: the body stays %v, repeatable %v", status, kept, p.Repeatable())
		}
	}
}

// Money that comes for an order whose buyer is not known any longer has no goods to pay.
func TestLateMoneyOfAnErasedOrderIsReturned(t *testing.T) {
	r := Rules{Now: noon, Schedule: Schedule{time.Minute}}
	for erased, want := range map[bool]bool{false: false, true: true} {
		o := orderWith("GCASH", PaymentCancelled)
		o.Payment("a").Active = false
		o, _ = CloseOrder(func() Order { o.recompute(r); return o }(), OrderExpired, r)
		if erased {
			var err error
			if o, err = EraseBuyer(o, r); err != nil {
				t.Fatal(err)
			}
		}
		o.Fulfillable = true
		o.Payment("a").Status = PaymentPaid
		o.recompute(r)
		if got := o.Payment("a").Duplicate; got != want {
			t.Errorf("erased %v: the money is to be returned %v, want %v", erased, got, want)
		}
	}
}

func TestTheEndOfRetention(t *testing.T) {
	day := 24 * time.Hour
	for retention, want := range map[time.Duration][2]time.Time{
		0:         {{}, noon.Add(-30 * day)},
		7 * day:   {noon.Add(-7 * day), noon.Add(-7 * day)},
		365 * day: {noon.Add(-365 * day), noon.Add(-30 * day)},
	} {
		if paid, unpaid := Retention(retention).Cutoffs(noon); !paid.Equal(want[0]) || !unpaid.Equal(want[1]) {
			t.Errorf("%v: %v, %v; want %v", retention, paid, unpaid, want)
		}
	}
}
