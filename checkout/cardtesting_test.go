package checkout

import (
	"testing"
	"time"
)

func TestAClientIsAnAddressOrAHousehold(t *testing.T) {
	for _, same := range [][2]string{
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff::9"}, {"fe80::1%eth0", "fe80::2"}, {"192.0.2.1", "::ffff:192.0.2.1"},
	} {
		if Network(same[0]) != Network(same[1]) {
			t.Errorf("%s and %s are two clients", same[0], same[1])
		}
	}
	for _, other := range [][2]string{{"2001:db8:1:2::1", "2001:db8:1:3::1"}, {"192.0.2.1", "192.0.2.2"}, {"", "192.0.2.1"}} {
		if Network(other[0]) == Network(other[1]) {
			t.Errorf("%s and %s are one client", other[0], other[1])
		}
	}
}

// Cards are refused from the decline that reaches a limit, and for ten minutes.
func TestDeclinesWithinALimitRefuseNothing(t *testing.T) {
	at := func(minutes ...int) (times []time.Time) {
		for _, m := range minutes {
			times = append(times, time.Unix(0, 0).Add(time.Duration(m)*time.Minute))
		}
		return times
	}
	ever, hour := DeclineLimit{Most: 3}, DeclineLimit{Most: 3, Within: time.Hour}
	for name, test := range map[string]struct {
		limit    DeclineLimit
		declines []time.Time
		now      int // in minutes
		want     time.Duration
	}{
		"none":                         {ever, nil, 0, 0},
		"one less":                     {ever, at(0, 1), 1, 0},
		"as many":                      {ever, at(0, 1, 2), 2, 10 * time.Minute},
		"a while later":                {ever, at(0, 1, 2), 9, 3 * time.Minute},
		"after the pause":              {ever, at(0, 1, 2), 12, 0},
		"one more after the pause":     {ever, at(0, 1, 2, 13), 14, 9 * time.Minute},
		"long between them":            {ever, at(0, 600, 1200), 1200, 10 * time.Minute},
		"within the hour":              {hour, at(0, 30, 59), 59, 10 * time.Minute},
		"within an hour and a bit":     {hour, at(0, 30, 60), 60, 0},
		"the newest are within":        {hour, at(0, 30, 60, 61), 61, 10 * time.Minute},
		"the clock has gone far back":  {ever, at(900, 901, 902), 0, 0},
		"the clock has gone back some": {ever, at(0, 1, 2), 1, 0},
	} {
		if got := test.limit.Wait(test.declines, at(test.now)[0]); got != test.want {
			t.Errorf("%s: to wait %v, want %v", name, got, test.want)
		}
	}
}

// What counts is a card that was refused, and not a payment whose time was over.
func TestWhatIsADeclinedCard(t *testing.T) {
	declined := Payment{Method: MethodCard, Status: PaymentFailed, ResultCode: "DO_NOT_HONOR"}
	with := func(change func(*Payment)) Payment { p := declined; change(&p); return p }
	for name, test := range map[string]struct {
		after Payment
		want  bool
	}{
		"by the bank":          {declined, true},
		"as risky":             {with(func(p *Payment) { p.ResultCode = "RISK_REJECT" }), true},
		"with a wrong CVV":     {with(func(p *Payment) { p.ResultCode = "INVALID_CVV" }), true},
		"its time was over":    {with(func(p *Payment) { p.ResultCode = "ORDER_IS_CLOSED" }), false},
		"cancelled at Antom":   {with(func(p *Payment) { p.ResultCode = "ORDER_IS_CANCELED" }), false},
		"the shop's own fault": {with(func(p *Payment) { p.ShopFault = true }), false},
		"a wallet":             {with(func(p *Payment) { p.Method = "GCASH" }), false},
		"cancelled":            {with(func(p *Payment) { p.Status = PaymentCancelled }), false},
	} {
		before := test.after
		before.Status = PaymentPending
		if got := CardDeclined(before, test.after); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
		if CardDeclined(test.after, test.after) {
			t.Errorf("%s: counted twice", name)
		}
	}
}

// A map that forgets keeps what is used, and what came last.
func TestARecentMapIsBounded(t *testing.T) {
	var r Recent[int]
	if r.Get("nothing") != 0 {
		t.Error("an empty map holds something")
	}
	for i := range 3 * MaxRecent {
		r.Put(time.Duration(i).String(), i)
		r.Put("used", i)
		if r.Len() > MaxRecent {
			t.Fatalf("%d are held", r.Len())
		}
	}
	last := 3*MaxRecent - 1
	if r.Get("used") != last || r.Get(time.Duration(last).String()) != last || r.Get("0s") != 0 {
		t.Error("the wrong ones are forgotten")
	}
}
