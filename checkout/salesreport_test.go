package checkout

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAReportCountsByTheDaysOfTheShop(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Kathmandu") // UTC+05:45
	if err != nil {
		t.Fatal(err)
	}
	day := func(d, hour, minute int) time.Time { return time.Date(2026, 11, d, hour, minute, 0, 0, zone) }
	sale := func(at time.Time, method string, minor int64) SalesSum {
		return SalesSum{At: at.UTC(), Kind: SalesSold, Name: method, Count: 1, Money: Money{minor, "SGD"}}
	}
	refund := sale(day(4, 12, 0), "CARD", 300)
	refund.Kind = SalesRefunded
	reports := NewSalesReports([]SalesSum{
		sale(day(2, 23, 45), "CARD", 1000), sale(day(3, 0, 0), "PAYNOW", 2000), sale(day(4, 1, 0), "CARD", 500), refund,
		sale(day(1, 23, 45), "CARD", 7), sale(day(5, 0, 0), "CARD", 7), // outside
		{At: day(3, 9, 0), Kind: SalesSold, Name: "CARD", Count: 1, Money: Money{400, "JPY"}},
	}, ReportPeriod{From: day(2, 0, 0), To: day(5, 0, 0), Grain: ByDay})
	if len(reports) != 2 || reports[0].Currency != "SGD" || reports[1].Currency != "JPY" {
		t.Fatalf("reports: %+v", reports)
	}
	r := reports[0]
	want := []Sales{{Orders: 1, Sold: 1000}, {Orders: 1, Sold: 2000}, {Orders: 1, Sold: 500, Refunds: 1, Refunded: 300}}
	for i, step := range r.Steps {
		if !cmp.Equal(step.Sales, want[i]) || !step.Start.Equal(day(2+i, 0, 0)) {
			t.Errorf("step %d: %+v", i, step)
		}
	}
	if len(r.Steps) != 3 || !cmp.Equal(r.Total, Sales{Orders: 3, Sold: 3500, Refunds: 1, Refunded: 300}) || r.Total.Net() != 3200 {
		t.Errorf("total: %+v of %d steps", r.Total, len(r.Steps))
	}
	if len(r.Methods) != 2 || r.Methods[0].Method != "PAYNOW" || !cmp.Equal(r.Methods[1].Sales, Sales{Orders: 2, Sold: 1500, Refunds: 1, Refunded: 300}) {
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

// The sums of a day are one, by the days of the shop, and each kind, name and currency by
// itself.
func TestSumsOfADayAreOne(t *testing.T) {
	zone := time.FixedZone("UTC+5:45", 5*3600+45*60)
	day := func(d, hour, minute int) time.Time { return time.Date(2026, 11, d, hour, minute, 0, 0, zone) }
	sum := func(at time.Time, kind SalesKind, count int, minor int64, charged Fine) SalesSum {
		return SalesSum{At: at, Kind: kind, Name: "CARD", Count: count, Money: Money{minor, "SGD"}, Charge: Charge{charged, "USD"}}
	}
	got := SumsByDay([]SalesSum{
		sum(day(2, 23, 45).UTC(), SalesSold, 1, 10, 0), sum(day(1, 0, 0), SalesSold, 2, 20, 0), sum(day(2, 0, 0), SalesSold, 3, 30, 0), sum(day(2, 0, 15), SalesCharged, 4, 0, 5),
		sum(day(2, 0, 30), SalesCharged, 1, 0, 7),
	}, zone)
	want := []SalesSum{sum(day(1, 0, 0), SalesSold, 2, 20, 0), sum(day(2, 0, 0), SalesSold, 4, 40, 0), sum(day(2, 0, 0), SalesCharged, 5, 0, 12)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What Antom charged is told for each currency of settlement, and how far it is known.
func TestFeesAreKnownOnceReported(t *testing.T) {
	day := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	sum := func(kind SalesKind, count int, charge Charge) SalesSum {
		return SalesSum{At: day, Kind: kind, Name: "CARD", Count: count, Money: Money{0, "PHP"}, Charge: charge}
	}
	sold := []SalesSum{sum(SalesSold, 2, Charge{}), sum(SalesRefunded, 1, Charge{})}
	for _, c := range []struct {
		more    []SalesSum
		want    Reconciliation
		charges []Charge
	}{
		{nil, Unreconciled, nil},
		{[]SalesSum{sum(SalesReported, 1, Charge{}), sum(SalesCharged, 1, Charge{500, "SGD"})}, PartlyReconciled, []Charge{{500, "SGD"}}},
		{
			[]SalesSum{sum(SalesReported, 3, Charge{}), sum(SalesCharged, 2, Charge{500, "SGD"}), sum(SalesCharged, 1, Charge{70, "USD"}), sum(SalesCharged, 1, Charge{-100, "SGD"})},
			Reconciled, []Charge{{400, "SGD"}, {70, "USD"}},
		},
	} {
		reports := NewSalesReports(append(sold, c.more...), ReportPeriod{From: day, To: ByDay.Next(day, 1), Grain: ByDay})
		got := reports[0].Methods[0].Sales
		if len(reports) != 1 || got.Reconciled() != c.want || !cmp.Equal(got.Charges, c.charges) {
			t.Errorf("%+v is reconciled: %s; want %s and %v", got, got.Reconciled(), c.want, c.charges)
		}
	}
}

func TestConversionAddsUpAllDays(t *testing.T) {
	sum := func(kind SalesKind, name string, count int) SalesSum {
		return SalesSum{Kind: kind, Name: name, Count: count}
	}
	got := NewConversion([]SalesSum{
		sum(SalesPlaced, "", 5), sum(SalesStarted, "", 4), sum(SalesPaid, "", 2), sum(SalesPlaced, "", 1), sum(SalesSold, "CARD", 9),
		sum(SalesDeclined, "B", 1), sum(SalesDeclined, "C", 2), sum(SalesDeclined, "A", 1), sum(SalesDeclined, "B", 1),
	})
	want := Conversion{Placed: 6, Started: 4, Paid: 2, Declines: []Decline{{"B", 2}, {"C", 2}, {"A", 1}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
