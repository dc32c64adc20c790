package checkout

import (
	"cmp"
	"slices"
	"time"
)

// SalesBucket is how exact the times of sums of sales are: a day begins at a quarter of an
// hour in every time zone.
const SalesBucket = 15 * time.Minute

// SalesSum is what was sold, or refunded, by one method within one bucket of time.
type SalesSum struct {
	At     time.Time // the bucket's beginning
	Method string
	Refund bool
	Count  int
	Money
}

// Grain is how long a step of a report is.
type Grain string

// The grains.
const (
	ByDay   Grain = "day"
	ByWeek  Grain = "week" // from Monday on
	ByMonth Grain = "month"
)

// Grains lists all grains, the shortest first.
func Grains() []Grain { return []Grain{ByDay, ByWeek, ByMonth} }

// Start is the beginning of the step that a moment is in. Days are those of the moment's
// time zone.
func (g Grain) Start(t time.Time) time.Time {
	year, month, day := t.Date()
	switch g {
	case ByWeek:
		day -= (int(t.Weekday()) + 6) % 7 // Sunday is 0
	case ByMonth:
		day = 1
	}
	return time.Date(year, month, day, 0, 0, 0, 0, t.Location())
}

// Next is the beginning of the step after one, or of the step so many steps later.
func (g Grain) Next(start time.Time, steps int) time.Time {
	switch g {
	case ByWeek:
		return start.AddDate(0, 0, 7*steps)
	case ByMonth:
		return start.AddDate(0, steps, 0)
	}
	return start.AddDate(0, 0, steps)
}

// ReportPeriod is what a report is about: from a moment until before another one, both in
// the time zone of the shop.
type ReportPeriod struct {
	From, To time.Time
	Grain    Grain
}

// mostSteps is how many steps a report has, at most.
const mostSteps = 400

// Steps are the beginnings of the period's steps.
func (p ReportPeriod) Steps() (all []time.Time) {
	for at := p.Grain.Start(p.From); at.Before(p.To) && len(all) < mostSteps; at = p.Grain.Next(at, 1) {
		all = append(all, at)
	}
	return all
}

// Sales is what was sold and refunded together, in minor units.
type Sales struct {
	Orders, Refunds int
	Sold, Refunded  int64
}

// Net is what was sold and not refunded.
func (s Sales) Net() int64 { return s.Sold - s.Refunded }

func (s *Sales) add(sum SalesSum) {
	if sum.Refund {
		s.Refunds += sum.Count
		s.Refunded += sum.Minor
		return
	}
	s.Orders += sum.Count
	s.Sold += sum.Minor
}

// SalesStep are the sales of one step of a period.
type SalesStep struct {
	Start time.Time
	Sales
}

// MethodSales are the sales by one method.
type MethodSales struct {
	Method string
	Sales
}

// SalesReport is what was sold and refunded in one currency. A refund counts on the day it
// was made.
type SalesReport struct {
	Currency Currency
	Steps    []SalesStep   // all of the period, also those without sales
	Methods  []MethodSales // those with most sales first
	Total    Sales
}

// NewSalesReports makes a report for each currency, those with most orders first. Sums
// outside the period count for nothing.
func NewSalesReports(sums []SalesSum, p ReportPeriod) (reports []SalesReport) {
	steps := p.Steps()
	if len(steps) == 0 {
		return nil
	}
	end := p.Grain.Next(steps[len(steps)-1], 1)
	for _, sum := range sums {
		at := sum.At.In(p.From.Location())
		if at.Before(p.From) || !at.Before(p.To) || !at.Before(end) {
			continue
		}
		r := reportIn(&reports, sum.Currency, steps)
		step, found := slices.BinarySearchFunc(r.Steps, at, func(s SalesStep, at time.Time) int { return s.Start.Compare(at) })
		if !found {
			step-- // it began before
		}
		r.Steps[step].add(sum)
		r.Total.add(sum)
		r.method(sum.Method).add(sum)
	}
	for _, r := range reports {
		slices.SortStableFunc(r.Methods, func(a, b MethodSales) int {
			return cmp.Or(cmp.Compare(b.Sold, a.Sold), cmp.Compare(a.Method, b.Method))
		})
	}
	slices.SortStableFunc(reports, func(a, b SalesReport) int {
		return cmp.Or(cmp.Compare(b.Total.Orders, a.Total.Orders), cmp.Compare(a.Currency, b.Currency))
	})
	return reports
}

// reportIn is the report in a currency; a new one has all steps.
func reportIn(reports *[]SalesReport, currency Currency, steps []time.Time) *SalesReport {
	for i := range *reports {
		if (*reports)[i].Currency == currency {
			return &(*reports)[i]
		}
	}
	r := SalesReport{Currency: currency, Steps: make([]SalesStep, len(steps))}
	for i, start := range steps {
		r.Steps[i].Start = start
	}
	*reports = append(*reports, r)
	return &(*reports)[len(*reports)-1]
}

func (r *SalesReport) method(code string) *Sales {
	at := slices.IndexFunc(r.Methods, func(m MethodSales) bool { return m.Method == code })
	if at < 0 {
		at, r.Methods = len(r.Methods), append(r.Methods, MethodSales{Method: code})
	}
	return &r.Methods[at].Sales
}

// Conversion is how far the orders came that were placed in a period.
type Conversion struct {
	Placed, Started, Paid int
	Declines              []Decline // the most frequent first
}

// Decline is how often attempts to pay failed for one reason.
type Decline struct {
	Code  string // as Antom names it
	Count int
}
