// Package reports reads the reconciliation reports of Antom: transaction details,
// settlement details and the settlement summary, with the column names of both
// generations. A file is read whole or refused whole, with the line, the column and what is
// wrong. The package knows nothing of the merchant's own records.
package reports

import (
	"fmt"
	"math/big"
	"time"
)

// Kind is which of the three reports a file is.
type Kind string

// The three reports.
const (
	Transactions Kind = "transactions" // all transactions of a day
	Settlement   Kind = "settlement"   // a row per transaction of a settlement batch
	Summary      Kind = "summary"      // a row per type of a settlement batch, and TOTAL
)

// Limits of a file. What is larger is refused.
const (
	MaxBytes = 64 << 20
	MaxRows  = 500_000
	maxText  = 256 // of a cell that is read
)

// Options say how a file is to be read.
type Options struct {
	// Exponent is the number of decimals of a currency; false: it is no currency.
	Exponent func(currency string) (int, bool)
	// Minor reads amounts without a decimal point as minor units, as reports until about
	// 2023 have them.
	Minor bool
}

// File is a report.
type File struct {
	Name       string
	SHA256     string
	Kind       Kind
	Generation int      // 1: column names until about 2025; 2: those of 2026
	Merchant   string   // the same customerId in all rows; "" of a file without rows
	Day        string   // YYYYMMDD in the name of a file of transaction details, or ""
	Others     []string // fee columns that no document names; their amounts count
	Pointed    bool     // an amount has a decimal point, so amounts are in major units
	Rows       []Row
}

// Row is a line of a report. Cells that are empty, null or None are not given.
type Row struct {
	Line              int
	Merchant          string
	Batch             string
	Type              string // transactionType or summaryType
	TransactionID     string // generation 1: of the act; generation 2: always the paymentId
	OriginalID        string // generation 1: the paymentId of the original
	RequestID         string
	OriginalRequestID string
	OrderID           string // our referenceOrderId
	Method            string
	Status            string    // generation 2, transaction details
	At                time.Time // when it was completed, or else when it was last changed or made
	SettledAt         time.Time
	Amount            Amount   // in the currency of the transaction
	Converted         Fine     // the gross in the settlement currency, if HasConverted
	HasConverted      bool     //
	Net               Fine     // the net after fees
	HasNet            bool     //
	NetCurrency       string   //
	Fees              Fine     // of all fee columns, as they are signed
	Coupon            Fine     // paid by the merchant and not settled
	QuotePair         string   // such as PHP/SGD
	QuotePrice        *big.Rat // nil if there is none
	Count             int      // of a summary
}

// Amount is money in minor units of its currency.
type Amount struct {
	Minor    int64
	Currency string // "" if there is no amount
}

// Fine is money of a settlement in ten-thousandths of the currency's major unit: fees and
// what remains after them may be finer than minor units.
type Fine int64

// FineUnits is how many Fine are one major unit.
const FineUnits = 10_000

// Error says why a file is refused. Line and Column are where the reason stands; 0 and ""
// where it is about the whole file.
type Error struct {
	File    string
	Line    int
	Column  string // its name, with its number; or the number of a byte in the line
	Problem string
}

// Error implements error.
func (e *Error) Error() string {
	at := e.File
	if e.Line > 0 {
		at += fmt.Sprintf(": line %d", e.Line)
	}
	if e.Column != "" {
		at += ", column " + e.Column
	}
	return at + ": " + e.Problem
}
