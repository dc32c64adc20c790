package books

import (
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/antom/reports"
	"antom-checkout/checkout"
)

var noon = time.Date(2026, 6, 1, 4, 0, 0, 0, time.UTC) // of Antom's day

func sgd(minor int64) checkout.Money { return checkout.Money{Minor: minor, Currency: "SGD"} }

// orderWith is an order with one payment, and with the ledger's rows about it.
func orderWith(p checkout.Payment, moves ...checkout.Transition) known {
	p.RequestID, p.AntomID = "p1", "antom-1"
	if p.Amount == (checkout.Money{}) {
		p.Amount = sgd(4200)
	}
	k := known{order: checkout.Order{ID: "o1", Payments: []checkout.Payment{p}}}
	for _, m := range moves {
		m.PaymentRequestID = "p1"
		k.ledger = append(k.ledger, checkout.TimelineEntry{Transition: m, At: noon})
	}
	return k
}

var (
	wasPaidOnce = checkout.Transition{Subject: checkout.SubjectPayment, To: "paid"}
	paidWallet  = orderWith(checkout.Payment{Status: checkout.PaymentPaid, Method: "GCASH"}, wasPaidOnce)
	paidCard    = orderWith(checkout.Payment{Status: checkout.PaymentPaid, Method: "CARD", Operations: []checkout.Operation{
		{Kind: checkout.Capture, RequestID: "c1", AntomID: "antom-c1", Amount: sgd(4200), Status: checkout.OperationSuccess},
	}}, wasPaidOnce)
	refunded = orderWith(checkout.Payment{Status: checkout.PaymentPaid, Method: "GCASH", Operations: []checkout.Operation{
		{Kind: checkout.Refund, RequestID: "r1", AntomID: "antom-r1", Amount: sgd(1000), Status: checkout.OperationSuccess},
		{Kind: checkout.Refund, RequestID: "r2", AntomID: "antom-r2", Amount: sgd(1000), Status: checkout.OperationFailed},
	}}, wasPaidOnce)
	cancelled = orderWith(checkout.Payment{Status: checkout.PaymentCancelled, Method: "GCASH"}, wasPaidOnce)
	neverPaid = orderWith(checkout.Payment{Status: checkout.PaymentCancelled, Method: "GCASH"})
	open      = orderWith(checkout.Payment{Status: checkout.PaymentPending, Method: "KONBINI"})
	disputed  = orderWith(checkout.Payment{Status: checkout.PaymentPaid, Method: "CARD", Disputes: checkout.Disputes{{ID: "d1", Step: "DISPUTE_CREATED"}}}, wasPaidOnce)
)

// row is a row of generation 2 about the payment p1.
func row(kind, status string, minor int64) checkout.ReportRow {
	r := checkout.ReportRow{Kind: checkout.ReportTransactions, Type: kind, Status: status, TransactionID: "antom-1", At: noon, Amount: sgd(minor)}
	switch kind {
	case "PAYMENT", "AUTHORIZATION":
		r.RequestID = "p1"
	default:
		r.OriginalRequestID = "p1"
	}
	return r
}

func with(r checkout.ReportRow, change func(*checkout.ReportRow)) checkout.ReportRow {
	change(&r)
	return r
}

// The classes, case by case: what the row says, what the records hold, and what follows.
func TestEveryRowEndsInOneClass(t *testing.T) {
	requested := func(id string) func(*checkout.ReportRow) {
		return func(r *checkout.ReportRow) { r.RequestID = id }
	}
	older := func(own, request string) func(*checkout.ReportRow) {
		return func(r *checkout.ReportRow) {
			r.TransactionID, r.OriginalID, r.RequestID, r.OriginalRequestID = own, "antom-1", request, ""
		}
	}
	for name, c := range map[string]struct {
		row   checkout.ReportRow
		known known
		want  string
	}{
		"a payment":                        {row("PAYMENT", "TO_BE_SETTLED", 4200), paidWallet, "matched"},
		"an authorisation":                 {row("AUTHORIZATION", "SUCCESS", 4200), paidCard, "matched"},
		"a payment of another amount":      {row("PAYMENT", "TO_BE_SETTLED", 4300), paidWallet, "amount_differs"},
		"a payment the wrong way":          {row("PAYMENT", "TO_BE_SETTLED", -4200), paidWallet, "amount_differs sign"},
		"a payment in another currency":    {with(row("PAYMENT", "", 4200), func(r *checkout.ReportRow) { r.Amount.Currency = "USD" }), paidWallet, "amount_differs currency"},
		"paid there, pending here":         {row("PAYMENT", "SUCCESS", 4200), open, "status_differs"},
		"paid there, cancelled here":       {row("PAYMENT", "SUCCESS", 4200), neverPaid, "status_differs"},
		"paid and then cancelled":          {row("PAYMENT", "TO_BE_SETTLED", 4200), cancelled, "matched"},
		"its latest status is cancelled":   {row("PAYMENT", "CANCELLED", 4200), cancelled, "matched"},
		"failed there, paid here":          {row("PAYMENT", "FAIL", 4200), paidWallet, "status_differs"},
		"failed there, pending here":       {row("PAYMENT", "FAIL", 4200), open, "status_differs"},
		"pending on both sides":            {row("PAYMENT", "PROCESSING", 4200), open, "matched"},
		"pending there, closed here":       {row("PAYMENT", "PROCESSING", 4200), neverPaid, "matched"},
		"pending there, paid here":         {row("PAYMENT", "PROCESSING", 4200), paidWallet, "status_differs"},
		"paid after the report's day":      {with(row("PAYMENT", "PROCESSING", 4200), func(r *checkout.ReportRow) { r.At = noon.AddDate(0, 0, -1) }), paidWallet, "matched"},
		"a status no document names":       {row("PAYMENT", "FROZEN", 4200), paidWallet, "status_differs unknown_status"},
		"a capture by its id":              {with(row("CAPTURE", "", 4200), requested("c1")), paidCard, "matched"},
		"an older capture":                 {with(row("CAPTURE", "", 4200), older("antom-c1", "p1")), paidCard, "matched"},
		"a capture of a part":              {with(row("CAPTURE", "", 4000), requested("c1")), paidCard, "amount_differs"},
		"a capture that is not known":      {row("CAPTURE", "", 4200), open, "status_differs operation_unknown"},
		"a refund":                         {with(row("REFUND", "", -1000), requested("r1")), refunded, "matched"},
		"an older refund":                  {with(row("REFUND", "", 1000), older("antom-r1", "r1")), refunded, "matched"},
		"a refund without an id":           {row("REFUND", "", -1000), refunded, "matched"},
		"a refund that failed here":        {with(row("REFUND", "", -1000), requested("r2")), refunded, "status_differs"},
		"a refund of another amount":       {with(row("REFUND", "", -1100), requested("r1")), refunded, "amount_differs"},
		"a refund that was not ordered":    {with(row("REFUND", "", -1000), requested("r9")), refunded, "missing_here operation_unknown"},
		"a cancel":                         {row("CANCEL", "", -4200), cancelled, "matched"},
		"a cancel of what is paid here":    {row("CANCEL", "", -4200), paidWallet, "status_differs"},
		"a release":                        {row("VOID", "", 0), cancelled, "matched"},
		"a dispute":                        {row("DISPUTE", "", -4200), disputed, "matched"},
		"a dispute that is not known":      {row("DISPUTE", "", -4200), paidCard, "status_differs dispute_unknown"},
		"a dispute that is not known won":  {row("DISPUTE_REVERSAL", "", 4200), disputed, "status_differs dispute_unknown"},
		"a refund that came back":          {with(row("REFUND_REVERSAL", "", 1000), requested("r1")), refunded, "status_differs reversed"},
		"a fee":                            {row("SETTLEMENT_FEE", "", -10), paidCard, "fee_only fee_row"},
		"a type no document names":         {row("MYSTERY", "", 4200), paidCard, "unknown_kind"},
		"a payment that was never made":    {with(row("PAYMENT", "", 4200), func(r *checkout.ReportRow) { r.RequestID, r.TransactionID = "p9", "antom-9" }), paidWallet, "missing_here"},
		"a net that is not gross and fees": {with(row("PAYMENT", "", 4200), func(r *checkout.ReportRow) { r.FormulaOff = 300 }), paidWallet, "fee_only net_is_not_gross_fees"},
	} {
		got := classify(c.row, []known{c.known}, "")
		text := strings.TrimSpace(string(got.Class) + " " + got.Reason)
		if text != c.want {
			t.Errorf("%s: %s, want %s", name, text, c.want)
		}
	}
}

// Ids that lead to two payments decide nothing, and an order alone is proposed only.
func TestARowOfTwoPaymentsIsNotMatched(t *testing.T) {
	other := orderWith(checkout.Payment{Status: checkout.PaymentPaid})
	other.order.ID, other.order.Payments[0].RequestID, other.order.Payments[0].AntomID = "o2", "p2", "antom-2"
	mixed := with(row("PAYMENT", "", 4200), func(r *checkout.ReportRow) { r.TransactionID = "antom-2" })
	if got := classify(mixed, []known{paidWallet, other}, ""); got.Class != checkout.RowMissingHere || got.Reason != reasonAmbiguous || got.Act != "" {
		t.Errorf("it is %s %s about %q", got.Class, got.Reason, got.Act)
	}
	if got := classify(mixed, nil, "o1"); got.Class != checkout.RowMissingHere || got.Reason != reasonOrderKnown || got.OrderID != "o1" {
		t.Errorf("it is %s %s of %q", got.Class, got.Reason, got.OrderID)
	}
}

func sample(t *testing.T, name string) *reports.File {
	t.Helper()
	file, err := os.Open("../../antom/reports/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	f, err := reports.Read(name, file, reports.Options{Exponent: func(code string) (int, bool) {
		c, err := checkout.ParseCurrency(code)
		return c.Exponent(), err == nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The samples' rows are what their columns add up to: quoted prices, fees and refunds.
func TestTheNetIsTheGrossWithItsFees(t *testing.T) {
	rows := rowsOf(sample(t, "settlementItems_SGD_202606051000000001_000.csv"), "f1")
	for _, r := range rows {
		if r.FormulaOff != 0 {
			t.Errorf("line %d, %s: off by %s", r.Line, r.Type, r.FormulaOff)
		}
	}
	f := sample(t, "settlementItems_SGD_202606051000000001_000.csv")
	for i, off := range map[int]reports.Fine{0: 300, 1: -500, 3: 10_000} {
		f.Rows[i].Net += off
		if got := rowsOf(f, "f1")[i].FormulaOff; got != checkout.Fine(off) {
			t.Errorf("line %d is off by %s, want %d", f.Rows[i].Line, got, off)
		}
	}
}

// A quoted gross is rounded half to even, as Antom does, and never by a float.
func TestAQuotedGrossIsRoundedHalfToEven(t *testing.T) {
	for price, want := range map[string]reports.Fine{"0.045": 400, "0.055": 600, "0.0451": 500, "0.0449": 400, "0.5": 5_000} {
		rate, _ := new(big.Rat).SetString(price)
		r := reports.Row{Amount: reports.Amount{Minor: 100, Currency: "PHP"}, NetCurrency: "SGD", QuotePair: "PHP/SGD", QuotePrice: rate}
		if gross, known := grossOf(r); gross != want || !known {
			t.Errorf("at %s PHP 1.00 is %d, want %d", price, gross, want)
		}
	}
	yen := reports.Row{Amount: reports.Amount{Minor: -99, Currency: "JPY"}, NetCurrency: "JPY"}
	if gross, known := grossOf(yen); gross != -990_000 || !known {
		t.Errorf("JPY -99 is %d", gross)
	}
}

// Rows are told apart; only one that stands twice in a file has the mark of it.
func TestRowsHaveKeysOfTheirOwn(t *testing.T) {
	f := sample(t, "settlementItems_SGD_202606051000000001_000.csv")
	f.Rows = append(f.Rows, f.Rows[2])
	seen := map[string]bool{}
	for i, r := range rowsOf(f, "f1") {
		if seen[r.Key] {
			t.Errorf("two rows have the key %s", r.Key)
		}
		if seen[r.Key] = true; strings.Contains(r.Key, "#") != (i == len(f.Rows)-1) {
			t.Errorf("row %d has the key %s", i, r.Key)
		}
	}
}

// sumsOf adds rows up as the database does.
func sumsOf(files ...*reports.File) (sums []checkout.BatchSum) {
	at := map[string]int{}
	for _, f := range files {
		for _, r := range rowsOf(f, "f1") {
			key := r.Kind + r.Type
			if _, found := at[key]; !found {
				at[key] = len(sums)
				sums = append(sums, checkout.BatchSum{Batch: r.Batch, Kind: r.Kind, Currency: r.NetCurrency, Type: r.Type})
			}
			s := &sums[at[key]]
			s.Net += r.Net
			if s.Count++; r.Kind == checkout.ReportSummary {
				s.Count += r.Count - 1
			}
		}
	}
	return sums
}

func TestTheSumsOfABatchAddUp(t *testing.T) {
	details, summary := sample(t, "settlementItems_SGD_202606051000000001_000.csv"), sample(t, "settlementSummary_SGD_202606051000000001_000.csv")
	if off := compareSums(sumsOf(details, summary)); len(off) > 0 {
		t.Errorf("the samples differ: %+v", off)
	}
	if off := compareSums(sumsOf(sample(t, "settlementSummary_JPY_202506051_000.csv"))); len(off) > 0 {
		t.Errorf("the older sample differs: %+v", off)
	}
	subjects := func(off []checkout.Difference) (all []string) {
		for _, d := range off {
			all = append(all, d.Subject[len("sum:202606051000000001:SGD:"):]+" "+d.Reason)
		}
		return all
	}
	details.Rows[2].Net += 5000
	if diff := cmp.Diff([]string{"PAYMENT details_are_not_summary", "TOTAL details_are_not_summary"}, subjects(compareSums(sumsOf(details, summary)))); diff != "" {
		t.Errorf("half a dollar more in the details: %s", diff)
	}
	details.Rows[2].Net -= 5000
	details.Rows = append(details.Rows, reports.Row{Line: 12, Batch: "202606051000000001", Type: "RESERVE", NetCurrency: "SGD"})
	if diff := cmp.Diff([]string{"RESERVE not_in_summary", "TOTAL details_are_not_summary"}, subjects(compareSums(sumsOf(details, summary)))); diff != "" {
		t.Errorf("a row more in the details: %s", diff)
	}
	summary.Rows[0].Net++
	if diff := cmp.Diff([]string{"PAYMENT details_are_not_summary", "TOTAL total_is_not_its_parts"}, subjects(compareSums(sumsOf(sample(t, "settlementItems_SGD_202606051000000001_000.csv"), summary)))); diff != "" {
		t.Errorf("more in the summary: %s", diff)
	}
	if off := compareSums(sumsOf(sample(t, "settlementItems_SGD_202606051000000001_000.csv"))); len(off) > 0 {
		t.Errorf("without a summary: %+v", off)
	}
}
