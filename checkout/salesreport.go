package checkout

import (
	"cmp"
	"slices"
	"time"
)

// SalesBucket is how exact the times of sums of sales are: a day begins at a quarter of an
// hour in every time zone.
const SalesBucket = 15 * time.Minute

// SalesKind is what a sum of sales counts.
type SalesKind string

// The kinds. Orders count on the day that they were placed, or paid, refunds on the day that
// they were made, and fees on the day of what Antom charged them for.
const (
	SalesPlaced   SalesKind = "placed"   // orders
	SalesStarted  SalesKind = "started"  // of these, with an attempt to pay
	SalesPaid     SalesKind = "paid"     // of these, that were paid, on any day
	SalesDeclined SalesKind = "declined" // their attempts that have failed; the name is Antom's code
	SalesSold     SalesKind = "sold"     // orders that were paid, by method
	SalesRefunded SalesKind = "refunded" // refunds that were made
	SalesReported SalesKind = "reported" // of the sold and refunded, those that a settlement report has a row about
	SalesCharged  SalesKind = "charged"  // the rows of settlement reports, with what Antom charged
)

// SalesSum is what was counted of one kind within one bucket of time, or one day.
type SalesSum struct {
	At    time.Time // the beginning of the bucket or day
	Kind  SalesKind
	Name  string // a method, or the code of a decline
	Count int
	Money
	Charge
}

// Charge is what Antom took for its service; what it returned is negative.
type Charge struct {
	Charged   Fine
	ChargedIn Currency // that of the settlement, which may not be that of the payment
}

// SumsByDay adds up the sums of each day of a time zone, in the order of time.
func SumsByDay(sums []SalesSum, zone *time.Location) (days []SalesSum) {
	at := map[SalesSum]int{} // by all that does not add up
	for _, sum := range sums {
		sum.At = ByDay.Start(sum.At.In(zone))
		same := SalesSum{At: sum.At, Kind: sum.Kind, Name: sum.Name, Money: Money{Currency: sum.Currency}, Charge: Charge{ChargedIn: sum.ChargedIn}}
		i, found := at[same]
		if !found {
			at[same] = len(days)
			days = append(days, sum)
			continue
		}
		days[i].Count += sum.Count
		days[i].Minor += sum.Minor
		days[i].Charged += sum.Charged
	}
	slices.SortStableFunc(days, func(a, b SalesSum) int { return a.At.Compare(b.At) })
	return days
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

// Sales is what was sold and refunded together, in minor units, and what Antom charged.
type Sales struct {
	Orders, Refunds int
	Sold, Refunded  int64
	Reported        int      // of the orders and refunds, those that a settlement report has a row about
	Charges         []Charge // one for each currency of settlement
}

// Net is what was sold and not refunded.
func (s Sales) Net() int64 { return s.Sold - s.Refunded }

// Empty reports whether there is nothing to tell.
func (s Sales) Empty() bool { return s.Orders == 0 && s.Refunds == 0 && len(s.Charges) == 0 }

// Reconciliation is how far settlement reports tell what Antom has charged.
type Reconciliation string

// The three of them.
const (
	Unreconciled     Reconciliation = "no"
	PartlyReconciled Reconciliation = "partly"
	Reconciled       Reconciliation = "yes"
)

// Reconciled says how far settlement reports know the sales.
func (s Sales) Reconciled() Reconciliation {
	switch {
	case s.Reported >= s.Orders+s.Refunds:
		return Reconciled
	case s.Reported == 0:
		return Unreconciled
	}
	return PartlyReconciled
}

func (s *Sales) add(sum SalesSum) {
	switch sum.Kind {
	case SalesSold:
		s.Orders += sum.Count
		s.Sold += sum.Minor
	case SalesRefunded:
		s.Refunds += sum.Count
		s.Refunded += sum.Minor
	case SalesReported:
		s.Reported += sum.Count
	case SalesCharged:
		i := slices.IndexFunc(s.Charges, func(c Charge) bool { return c.ChargedIn == sum.ChargedIn })
		if i < 0 {
			s.Charges = append(s.Charges, sum.Charge)
			return
		}
		s.Charges[i].Charged += sum.Charged
	}
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
// outside the period, and those of no currency, count for nothing.
func NewSalesReports(sums []SalesSum, p ReportPeriod) (reports []SalesReport) {
	steps := p.Steps()
	if len(steps) == 0 {
		return nil
	}
	end := p.Grain.Next(steps[len(steps)-1], 1)
	for _, sum := range sums {
		at := sum.At.In(p.From.Location())
		if sum.Currency == "" || at.Before(p.From) || !at.Before(p.To) || !at.Before(end) {
			continue
		}
		r := reportIn(&reports, sum.Currency, steps)
		step, found := slices.BinarySearchFunc(r.Steps, at, func(s SalesStep, at time.Time) int { return s.Start.Compare(at) })
		if !found {
			step-- // it began before
		}
		r.Steps[step].add(sum)
		r.Total.add(sum)
		r.method(sum.Name).add(sum)
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

// mostDeclines is how many reasons are told.
const mostDeclines = 20

// NewConversion adds up how far orders came.
func NewConversion(sums []SalesSum) (c Conversion) {
	declines := map[string]int{}
	for _, sum := range sums {
		switch sum.Kind {
		case SalesPlaced:
			c.Placed += sum.Count
		case SalesStarted:
			c.Started += sum.Count
		case SalesPaid:
			c.Paid += sum.Count
		case SalesDeclined:
			declines[sum.Name] += sum.Count
		}
	}
	for code, count := range declines {
		c.Declines = append(c.Declines, Decline{code, count})
	}
	slices.SortFunc(c.Declines, func(a, b Decline) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code))
	})
	c.Declines = c.Declines[:min(len(c.Declines), mostDeclines)]
	return c
}

// Decline is how often attempts to pay failed for one reason.
type Decline struct {
	Code  string // as Antom names it
	Count int
}
