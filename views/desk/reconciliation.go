package desk

// Reconciliation is the page of Antom's reports and what differs.
type Reconciliation struct {
	Frame
	Action      string // where a report is uploaded to; "" for those who may not
	Wrong       string // why the last one was refused, or ""
	Files       []ReportFile
	Sums        []BatchSum
	Differences []Difference
}

// ReportFile is a report that was read.
type ReportFile struct {
	Name, Kind, Days string
	Rows             int
	Read             Moment
}

// BatchSum is what a batch adds up to.
type BatchSum struct {
	Batch, Kind, Type, Net string
	Count                  int
}

// Difference is what Antom and the records disagree about.
type Difference struct {
	ID, Class, Reason, Theirs, Ours string
	File                            string // the report, or ""
	Line                            int
	Since                           Moment
	OrderURL                        string
	Action                          string // where it is resolved; "" for those who may not
}
