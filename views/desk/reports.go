package desk

// Reports is the page of what was sold.
type Reports struct {
	Frame
	Grains     []Tick // as links
	From, To   string // days, as the form holds them
	Grain      string
	Wrong      string // why the days were not taken, or ""
	Currencies []SalesView
	Conversion []Share
	Declines   []Share
	ExportURL  string
}

// SalesView are the sales in one currency.
type SalesView struct {
	Currency       string
	Sold, Refunded string
	Net, Orders    string
	Fees           Fees
	Chart          Chart
	Steps, Methods []SalesRow
}

// Fees are what Antom charged, an amount for each currency of settlement. Note says that they
// are not known, or not all of them.
type Fees struct {
	Amounts []string
	Note    string
}

// SalesRow are the sales of a step, or by a method.
type SalesRow struct {
	Name, Orders, Sold, Refunds, Refunded, Net string
	Fees                                       Fees
}

// Chart is a picture of bars, one for each step.
type Chart struct {
	Width, Height int
	Bars          []Bar
	First, Last   string // names of the steps at the ends
	Top           string // what the highest bar stands for
}

// Bar is one bar, in the picture's units from its upper left corner.
type Bar struct {
	X, Y, Width, Height int
	RefundedHeight      int // of the part that was refunded, from the ground up
	Title               string
}

// Share is a count, and what part of the whole it is.
type Share struct{ Name, Count, Part string }
