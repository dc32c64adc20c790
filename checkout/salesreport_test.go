package checkout

import (
	"testing"
	"time"
)

func TestAReportCountsByTheDaysOfTheShop(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Kathmandu") // UTC+05:45
	if err != nil {
		t.Fatal(err)
	}
	day := func(d, hour, minute int) time.Time { return time.Date(2026, 11, d, hour, minute, 0, 0, zone) }
	sale := func(at time.Time, method string, minor int64) SalesSum {
		return SalesSum{At: at.UTC(), Method: method, Count: 1, Money: Money{minor, "SGD"}}
	}
	refund := sale(day(4, 12, 0), "CARD", 300)
	refund.Refund = true
	reports := NewSalesReports([]SalesSum{
		sale(day(2, 23, 45), "CARD", 1000), sale(day(3, 0, 0), "PAYNOW", 2000), sale(day(4, 1, 0), "CARD", 500), refund,
		sale(day(1, 23, 45), "CARD", 7), sale(day(5, 0, 0), "CARD", 7), // outside
		{At: day(3, 9, 0), Method: "CARD", Count: 1, Money: Money{400, "JPY"}},
	}, ReportPeriod{From: day(2, 0, 0), To: day(5, 0, 0), Grain: ByDay})
	if len(reports) != 2 || reports[0].Currency != "SGD" || reports[1].Currency != "JPY" {
		t.Fatalf("reports: %+v", reports)
	}
	r := reports[0]
	want := []Sales{{Orders: 1, Sold: 1000}, {Orders: 1, Sold: 2000}, {Orders: 1, Sold: 500, Refunds: 1, Refunded: 300}}
	for i, step := range r.Steps {
		if step.Sales != want[i] || !step.Start.Equal(day(2+i, 0, 0)) {
			t.Errorf("step %d: %+v", i, step)
		}
	}
	if len(r.Steps) != 3 || r.Total != (Sales{Orders: 3, Sold: 3500, Refunds: 1, Refunded: 300}) || r.Total.Net() != 3200 {
		t.Errorf("total: %+v of %d steps", r.Total, len(r.Steps))
	}
	if len(r.Methods) != 2 || r.Methods[0].Method != "PAYNOW" || r.Methods[1].Sales != (Sales{Orders: 2, Sold: 1500, Refunds: 1, Refunded: 300}) {
		t.Errorf("methods: %+v", r.Methods)
	}
}

func TestStepsOfWeeksAndMonthsBeginWhereTheyShould(t *testing.T) {
	at := func(text string) time.Time {
		moment, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for _, c := range []struct {
		grain       Grain
		from, to    string
		first, last string
		count       int
	}{
		{ByDay, "2026-11-28", "2026-11-29", "2026-11-28", "2026-11-28", 1},
		{ByWeek, "2026-11-29", "2026-11-30", "2026-11-23", "2026-11-23", 1}, // a Sunday
		{ByWeek, "2026-11-29", "2026-12-01", "2026-11-23", "2026-11-30", 2},
		{ByMonth, "2026-01-31", "2026-04-01", "2026-01-01", "2026-03-01", 3},
		{ByDay, "2020-01-01", "2026-01-01", "2020-01-01", "2021-02-03", mostSteps},
	} {
		steps := ReportPeriod{From: at(c.from), To: at(c.to), Grain: c.grain}.Steps()
		if len(steps) != c.count || !steps[0].Equal(at(c.first)) || !steps[len(steps)-1].Equal(at(c.last)) {
			t.Errorf("%s from %s to %s: %d steps, %v", c.grain, c.from, c.to, len(steps), steps[:1])
		}
	}
}
