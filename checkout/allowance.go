package checkout

import "time"

// Allowance is how often something may be done: so often at once, and then again after each
// such time. All programs on one database count together.
type Allowance struct {
	Name  string // what is counted
	Most  int
	Every time.Duration
}

// PerPeriod is the allowance of a number at once, and the same number in each period.
func PerPeriod(name string, most int, period time.Duration) Allowance {
	return Allowance{Name: name, Most: most, Every: period / time.Duration(most)}
}

// Day is a day by UTC, as a number.
func Day(at time.Time) int64 { return at.Unix() / int64(24*time.Hour/time.Second) }
