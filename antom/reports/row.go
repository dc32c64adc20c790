package reports

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// rowReader reads the cells of one line. It notes the first problem.
type rowReader struct {
	*header
	cells   []string
	line    int
	opt     Options
	pointed bool
	problem *Error
}

// wrong notes what is wrong with a cell.
func (r *rowReader) wrong(column int, format string, args ...any) *Error {
	if r.problem == nil {
		r.problem = &Error{Line: r.line, Column: r.column(column), Problem: fmt.Sprintf(format, args...)}
	}
	return r.problem
}

func (r *rowReader) row() Row {
	row := Row{
		Line: r.line, Merchant: r.must("merchant"), Batch: r.text("batch"), TransactionID: r.text("transaction"),
		OriginalID: r.text("original"), RequestID: r.text("request"), OriginalRequestID: r.text("original request"),
		OrderID: r.text("order"), Method: r.text("method"), Status: strings.ToUpper(r.text("status")),
		SettledAt: r.time("settled at"), QuotePair: r.text("pair"),
	}
	if r.kind == Summary {
		row.Type, row.Count = r.must("summary"), r.count()
	} else {
		row.Type, row.At = r.must("type"), r.completed()
		row.Amount = r.amount()
		r.must("transaction")
	}
	if r.kind != Transactions {
		r.must("batch")
	}
	row.NetCurrency = r.currency("settlement currency")
	row.Net, row.HasNet = r.fine("settlement", row.NetCurrency)
	if r.kind != Transactions && !row.HasNet {
		r.must("settlement")
		r.must("settlement currency")
	}
	row.Converted, row.HasConverted = r.fine("converted", r.currency("converted currency"))
	row.Coupon, _ = r.fine("coupon", row.NetCurrency)
	row.Fees = r.sumFees(row.NetCurrency)
	row.QuotePrice = r.price()
	return row
}

// cell is a cell that may be missing, with its column.
func (r *rowReader) cell(name string) (text string, column int) {
	column, found := r.at[name]
	if !found {
		return "", 0
	}
	return given(r.cells[column]), column
}

// given is a cell's text; null and None stand for nothing.
func given(cell string) string {
	if cell == "null" || cell == "None" {
		return ""
	}
	return cell
}

// text is a cell that is stored as it is.
func (r *rowReader) text(name string) string {
	text, column := r.cell(name)
	switch {
	case len(text) > maxText:
		r.wrong(column, "it is longer than %d bytes", maxText)
	case !utf8.ValidString(text):
		r.wrong(column, "it is not UTF-8")
	case strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsPrint(c) }):
		r.wrong(column, "it contains a character that cannot be shown: %s", clip(text))
	default:
		return text
	}
	return ""
}

// must is a cell that may not be empty.
func (r *rowReader) must(name string) string {
	text := r.text(name)
	if _, column := r.cell(name); text == "" {
		r.wrong(column, "it is empty")
	}
	return text
}

// time is a moment with its distance from UTC.
func (r *rowReader) time(name string) time.Time {
	text, column := r.cell(name)
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.Year() < 2000 || at.Year() > 2200 {
		r.wrong(column, "%q is no time such as 2026-06-01T10:00:03+08:00", clip(text))
	}
	return at
}

// completed is when the transaction was completed, or else the latest time that is known.
func (r *rowReader) completed() time.Time {
	for _, name := range []string{"completed", "updated", "created", "settled at"} {
		if at := r.time(name); !at.IsZero() {
			return at
		}
	}
	if r.kind == Transactions {
		r.wrong(0, "the row has no time")
	}
	return time.Time{}
}

// currency is a code of ISO 4217, or "".
func (r *rowReader) currency(name string) string {
	text, column := r.cell(name)
	return r.knownCurrency(text, column)
}

func (r *rowReader) knownCurrency(text string, column int) string {
	if _, known := r.opt.Exponent(text); text != "" && !known {
		r.wrong(column, "%q is no currency", clip(text))
	}
	return text
}

func (r *rowReader) count() int {
	text, column := r.cell("count")
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || len(text) > 9 {
		r.wrong(column, "%q is no count of rows", clip(text))
	}
	return n
}

// price is a quoted price, or nil.
func (r *rowReader) price() *big.Rat {
	text, column := r.cell("price")
	if text == "" {
		return nil
	}
	price := new(big.Rat)
	if !number.MatchString(text) {
		r.wrong(column, "%q is no price", clip(text))
		return nil
	}
	price.SetString(text)
	if price.Sign() <= 0 {
		r.wrong(column, "the price %s is not above zero", clip(text))
		return nil
	}
	return price
}

// number is an amount without a separator of thousands and without a currency.
var number = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,12})?$`)

// amount is what the buyer paid or was returned, in minor units.
func (r *rowReader) amount() Amount {
	text, column := r.cell("amount")
	currency := r.currency("currency")
	switch {
	case text == "":
		return Amount{}
	case currency == "":
		r.wrong(column, "the amount has no currency")
		return Amount{}
	}
	exponent, _ := r.opt.Exponent(currency)
	minor, problem := r.units(text, exponent, exponent)
	if problem != "" {
		r.wrong(column, "%s", problem)
	}
	return Amount{Minor: minor, Currency: currency}
}

// fineDecimals is the exponent of Fine.
const fineDecimals = 4

// fine is an amount of the settlement, and whether there is one.
func (r *rowReader) fine(name, currency string) (Fine, bool) {
	text, column := r.cell(name)
	if text == "" {
		return 0, false
	}
	if currency == "" {
		r.wrong(column, "the amount has no currency")
		return 0, false
	}
	return r.fineOf(text, column, currency), true
}

func (r *rowReader) fineOf(text string, column int, currency string) Fine {
	exponent, _ := r.opt.Exponent(currency)
	units, problem := r.units(text, fineDecimals, exponent)
	if problem != "" {
		r.wrong(column, "%s", problem)
	}
	return Fine(units)
}

// sumFees adds up the fee columns. Fees in another currency than the settlement's cannot be
// added.
func (r *rowReader) sumFees(currency string) (sum Fine) {
	for _, f := range r.fees {
		text := given(r.cells[f.value])
		if text == "" {
			continue
		}
		charged := currency
		if f.currency >= 0 {
			if given := r.knownCurrency(given(r.cells[f.currency]), f.currency); given != "" {
				charged = given
			}
		}
		fee := r.fineOf(text, f.value, charged)
		if fee != 0 && charged != currency {
			r.wrong(f.value, "the fee is in %q and the settlement in %q, so they cannot be added", clip(charged), clip(currency))
		}
		sum += fee // a line has too few columns for an overflow
	}
	return sum
}

// units are an amount in units of 10^-decimals. An amount without a point is in minor units
// of its currency where the file is read so.
func (r *rowReader) units(text string, decimals, exponent int) (units int64, problem string) {
	if !number.MatchString(text) {
		return 0, fmt.Sprintf("%q is no amount such as -1234.50", clip(text))
	}
	whole, fraction, pointed := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	r.pointed = r.pointed || pointed
	if r.opt.Minor && !pointed && exponent > 0 {
		whole = strings.Repeat("0", max(0, exponent+1-len(whole))) + whole
		whole, fraction = whole[:len(whole)-exponent], whole[len(whole)-exponent:]
	}
	if len(fraction) > decimals {
		if strings.Trim(fraction[decimals:], "0") != "" {
			return 0, fmt.Sprintf("%s has more than %d decimals", clip(text), decimals)
		}
		fraction = fraction[:decimals]
	}
	fraction += strings.Repeat("0", decimals-len(fraction))
	units, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil || units > math.MaxInt64/1000 { // so that sums have room
		return 0, fmt.Sprintf("%s is too large", clip(text))
	}
	if strings.HasPrefix(text, "-") {
		units = -units
	}
	return units, ""
}
