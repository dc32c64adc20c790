package checkout

import (
	"fmt"
	"strings"
	"time"
)

// ReportFile is a reconciliation report of Antom that was read.
type ReportFile struct {
	ID         string
	SHA256     string // of its bytes, and the name of a file without rows: the same file is read once
	Name       string
	Kind       string // transactions, settlement or summary
	Generation int    // of its column names
	Merchant   string // the merchant's id at Antom; "" of a file without rows
	Days       []string
	Rows       int
	ReadAt     time.Time
}

// The kinds of reports.
const (
	ReportTransactions = "transactions"
	ReportSettlement   = "settlement"
	ReportSummary      = "summary"
)

// ReportRow is a row of a report and what it was found to be. It holds no personal data.
type ReportRow struct {
	Kind              string // of its report
	Key               string // what tells it from all other rows of that kind
	FileID            string // the file that it was read from last
	Line              int
	Batch             string
	Generation        int
	Type              string
	TransactionID     string
	OriginalID        string
	RequestID         string
	OriginalRequestID string
	OrderReference    string
	Method            string
	Status            string
	At                time.Time
	Amount            Money // in the currency of the payment; no currency where the row has none
	Net               Fine  // the net
	Fees              Fine  // as the report signs them
	Charged           Fine  // of settlement details: what Antom took; negative if it was returned
	FormulaOff        Fine  // by how much the net differs from gross and fees
	NetCurrency       Currency
	Count             int // of a summary

	Class            ReportClass
	Reason           string // why it has this class, if there are several reasons
	Act              string // what of the merchant's it is about: "refund:PAYMENT:REFUND"
	OrderID          string
	PaymentRequestID string
	Ours             string // what the merchant's records say, for people
}

// Fine is money of a settlement in ten-thousandths of the currency's major unit: fees may
// be finer than minor units.
type Fine int64

// String is for people: "-7.20", "0.0125".
func (f Fine) String() string {
	sign, n := "", int64(f)
	if n < 0 {
		sign, n = "-", -n
	}
	text := fmt.Sprintf("%s%d.%04d", sign, n/10_000, n%10_000)
	for range 2 {
		text = strings.TrimSuffix(text, "0")
	}
	return text
}

// Minor is the amount in minor units of its currency, and whether it has no finer part.
func (f Fine) Minor(currency Currency) (minor int64, exact bool) {
	unit := int64(10_000)
	for range currency.Exponent() {
		unit /= 10
	}
	return int64(f) / unit, int64(f)%unit == 0
}

// ReportClass is what a row of a report, or a payment without one, was found to be.
type ReportClass string

// The classes of the published contract, and that of sums.
const (
	RowMatched      ReportClass = "matched"
	RowAmount       ReportClass = "amount_differs"
	RowStatus       ReportClass = "status_differs"
	RowFeeOnly      ReportClass = "fee_only"      // of a fee or reserve; or the amounts agree and the fees do not
	RowMissingHere  ReportClass = "missing_here"  // the merchant's records have nothing that it is about
	RowUnknownKind  ReportClass = "unknown_kind"  // of a type that no document names
	RowMissingThere ReportClass = "missing_there" // a payment, capture, refund or cancel without a row
	SumDiffers      ReportClass = "sum_differs"   // the sums of a batch do not add up
)

// ReportClasses lists all classes.
func ReportClasses() []ReportClass {
	return []ReportClass{RowMatched, RowAmount, RowStatus, RowFeeOnly, RowMissingHere, RowUnknownKind, RowMissingThere, SumDiffers}
}

// Difference is what a report and the merchant's records disagree about. It moves neither
// money nor a status: it waits for a person, or for a report that agrees.
type Difference struct {
	ID               string
	Subject          string // what it is about; a subject has one difference
	Class            ReportClass
	Reason           string
	FileID           string // "" of an inquiry
	Line             int
	OrderID          string
	PaymentRequestID string
	Theirs, Ours     string // what each side says, for people
	OpenedAt         time.Time
	ResolvedAt       time.Time // zero while it is open
	ResolvedBy       string    // "report" or "inquiry" where they agree now, else who has resolved it
	Note             string
}

// Open reports whether the difference waits for a person.
func (d Difference) Open() bool { return d.ResolvedAt.IsZero() }

// BatchSum is what the settlement details or the summary of a batch add up to, in one
// currency and for one type of rows.
type BatchSum struct {
	Batch    string
	Kind     string // settlement or summary
	Currency Currency
	Type     string
	Count    int
	Net      Fine
}

// LedgerMove is a row of the ledger by which money went from one side to the other.
type LedgerMove struct {
	Transition
	OrderID string
	At      time.Time
}

// As gives the row a class and its reason.
func (r ReportRow) As(class ReportClass, reason string) ReportRow {
	r.Class, r.Reason = class, reason
	return r
}

// Replaced reports whether another difference about the same subject takes the place of
// this one: it is of another kind, or this one had ended by itself.
func (d Difference) Replaced(by Difference) bool {
	return d.Class != by.Class || d.Reason != by.Reason || d.Ours != by.Ours || d.Theirs != by.Theirs ||
		d.ResolvedBy == ResolvedByReport || d.ResolvedBy == ResolvedByInquiry
}

// What ends a difference without a person: both sides agree now.
const (
	ResolvedByReport  = "report"
	ResolvedByInquiry = "inquiry"
)
