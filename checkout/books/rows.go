package books

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"antom-checkout/antom/reports"
	"antom-checkout/checkout"
)

// rowsOf makes of a report the rows to store, without their classes.
func rowsOf(f *reports.File, fileID string) []checkout.ReportRow {
	rows := make([]checkout.ReportRow, 0, len(f.Rows))
	seen := map[string]int{}
	for _, r := range f.Rows {
		row := checkout.ReportRow{
			Kind: string(f.Kind), FileID: fileID, Line: r.Line, Batch: r.Batch, Generation: f.Generation, Type: r.Type,
			TransactionID: r.TransactionID, OriginalID: r.OriginalID, RequestID: r.RequestID, OriginalRequestID: r.OriginalRequestID,
			OrderReference: r.OrderID, Method: r.Method, Status: r.Status, At: r.At.UTC(),
			Amount: checkout.Money{Minor: r.Amount.Minor, Currency: checkout.Currency(r.Amount.Currency)},
			Net:    checkout.Fine(r.Net), Fees: checkout.Fine(r.Fees), NetCurrency: checkout.Currency(r.NetCurrency), Count: r.Count,
		}
		if f.Kind == reports.Summary {
			row.At = r.SettledAt.UTC()
		}
		if f.Kind == reports.Settlement {
			row.FormulaOff, row.Charged = formulaOff(r, f.Generation)
			if slices.Contains(feeRows, row.Type) {
				row.Charged = -row.Net
			}
		}
		row.Key = keyOf(row)
		if seen[row.Key]++; seen[row.Key] > 1 {
			row.Key += "#" + strconv.Itoa(seen[row.Key])
		}
		rows = append(rows, row)
	}
	return rows
}

// keyOf tells a row from all others of its kind. Transaction details may have a row again
// with more in it: it is the same row, so what may grow is not in the key. Without a request
// id only amount and time tell two disputes of a payment apart.
func keyOf(row checkout.ReportRow) string {
	parts := []string{row.Type, row.TransactionID, row.OriginalID, row.RequestID, row.OriginalRequestID}
	if row.Kind != checkout.ReportTransactions {
		parts = append(parts, row.Batch, string(row.NetCurrency))
	}
	if row.RequestID == "" && row.Kind != checkout.ReportSummary {
		parts = append(parts, row.Amount.String(), strconv.FormatInt(int64(row.Net), 10), strconv.FormatInt(row.At.UnixMilli(), 10))
	}
	return strings.Join(parts, "|")
}

// rowTolerance is what Antom's rounding may leave of a row's formula.
const rowTolerance = reports.FineUnits / 50 // 0.02

// feeRows are the types of rows that are a fee as a whole: their net is what was charged.
var feeRows = []string{"SETTLEMENT_FEE", "ADJUSTMENT_FEE"}

// formulaOff is by how much the net of a row differs from its gross with its fees, or 0
// where that is Antom's rounding, and what the fees have charged. Samples disagree about the
// sign of refunds' amounts, and in generation 1 of fees, so what fits is taken.
func formulaOff(r reports.Row, generation int) (off, charged checkout.Fine) {
	gross, known := grossOf(r)
	if !known || gross == 0 {
		return 0, checkout.Fine(-r.Fees) // fees and reserves have no gross
	}
	signs := []reports.Fine{1}
	if generation == 1 {
		signs = append(signs, -1)
	}
	least, fees := reports.Fine(1<<62), reports.Fine(0)
	for _, amount := range []reports.Fine{gross - r.Coupon, -gross + r.Coupon} {
		for _, sign := range signs {
			if d := r.Net - amount - sign*r.Fees; max(d, -d) < max(least, -least) {
				least, fees = d, sign*r.Fees
			}
		}
	}
	if max(least, -least) <= rowTolerance {
		least = 0
	}
	return checkout.Fine(least), checkout.Fine(-fees)
}

// grossOf is the amount of a row in the settlement currency. A quoted one is rounded half to
// even, as Antom does.
func grossOf(r reports.Row) (reports.Fine, bool) {
	units := int64(reports.FineUnits)
	for range checkout.Currency(r.Amount.Currency).Exponent() {
		units /= 10
	}
	amount := new(big.Rat).SetInt64(r.Amount.Minor)
	amount.Mul(amount, new(big.Rat).SetInt64(units)) // in ten-thousandths
	base, quote, quoted := strings.Cut(r.QuotePair, "/")
	switch {
	case r.Amount.Currency == "":
		return 0, false
	case r.Amount.Currency == r.NetCurrency:
		return reports.Fine(amount.Num().Int64()), true // no currency has more than four decimals
	case !quoted || r.QuotePrice == nil:
		return r.Converted, r.HasConverted
	case r.Amount.Currency == base:
		return hundredths(amount.Mul(amount, r.QuotePrice)), true
	case r.Amount.Currency == quote:
		return hundredths(amount.Quo(amount, r.QuotePrice)), true
	}
	return 0, false
}

// hundredths rounds ten-thousandths half to even to hundredths.
func hundredths(amount *big.Rat) reports.Fine {
	scaled := new(big.Rat).Quo(amount, new(big.Rat).SetInt64(100))
	whole, rest := new(big.Int).DivMod(scaled.Num(), scaled.Denom(), new(big.Int))
	switch half := rest.Cmp(new(big.Int).Sub(scaled.Denom(), rest)); {
	case half > 0, half == 0 && whole.Bit(0) == 1:
		whole.Add(whole, big.NewInt(1))
	}
	return reports.Fine(whole.Int64() * 100)
}

// theirs is what a row says, for people.
func theirs(row checkout.ReportRow) string {
	text := row.Type
	if row.Status != "" {
		text += " " + row.Status
	}
	if row.Amount.Currency != "" {
		text += " " + row.Amount.String()
	}
	if row.NetCurrency != "" && row.Kind != checkout.ReportTransactions {
		text += fmt.Sprintf(", net %s %s", row.NetCurrency, row.Net)
	}
	if row.FormulaOff != 0 {
		text += fmt.Sprintf(", %s off gross and fees", row.FormulaOff)
	}
	return text
}
