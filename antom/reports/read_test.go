package reports

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"time"
)

// exponent knows one currency of each notation.
func exponent(currency string) (int, bool) {
	n, known := map[string]int{"JPY": 0, "SGD": 2, "PHP": 2, "KWD": 3}[currency]
	return n, known
}

func sample(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func read(t *testing.T, name, content string) *File {
	t.Helper()
	f, err := Read(name, strings.NewReader(content), Options{Exponent: exponent})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The samples have the columns of both generations, and sums that were checked.
func TestTheReportsOfBothGenerationsAreRead(t *testing.T) {
	for _, want := range []struct {
		name       string
		kind       Kind
		generation int
		day        string
		rows       int
	}{
		{"settlementItems_SGD_202606051000000001_000.csv", Settlement, 2, "", 10},
		{"settlementSummary_SGD_202606051000000001_000.csv", Summary, 2, "", 9},
		{"transactionItems_20260601-02.csv", Transactions, 2, "", 7},
		{"transactionItems_20250601_000.csv", Transactions, 1, "20250601", 6},
		{"settlementSummary_JPY_202506051_000.csv", Summary, 1, "", 3},
	} {
		f := read(t, want.name, sample(t, want.name))
		if f.Kind != want.kind || f.Generation != want.generation || f.Day != want.day || len(f.Rows) != want.rows || f.Merchant != "2188120000000001" {
			t.Errorf("%s is read as %s of generation %d, day %q, merchant %s, %d rows", want.name, f.Kind, f.Generation, f.Day, f.Merchant, len(f.Rows))
		}
	}
}

func TestARowIsReadFieldByField(t *testing.T) {
	f := read(t, "d.csv", sample(t, "settlementItems_SGD_202606051000000001_000.csv"))
	refund := f.Rows[3]
	at := time.Date(2026, 6, 2, 1, 15, 30, 0, time.UTC)
	if refund.Type != "REFUND" || refund.Line != 5 || refund.RequestID != "RF-2003-01" || refund.OriginalRequestID != "PR-2003-01" ||
		refund.OrderID != "ORD-2003" || refund.Method != "GRABPAY_SG" || !refund.At.Equal(at) || refund.Amount != (Amount{-3000, "SGD"}) ||
		refund.Net != -296500 || refund.Fees != 3500 || refund.NetCurrency != "SGD" {
		t.Errorf("the refund is read as %+v", refund)
	}
	quoted := f.Rows[0]
	if quoted.QuotePair != "PHP/SGD" || quoted.QuotePrice.RatString() != "23/1000" || quoted.Amount.Minor != 125000 || quoted.Converted != 287500 {
		t.Errorf("the payment in pesos is read as %+v", quoted)
	}
	fee := f.Rows[9]
	if fee.Type != "SETTLEMENT_FEE" || fee.Amount.Currency != "" || fee.Net != -50000 {
		t.Errorf("the fee is read as %+v", fee)
	}
	older := read(t, "t.csv", sample(t, "transactionItems_20250601_000.csv")).Rows[2]
	if older.Type != "CAPTURE" || older.OriginalID == "" || older.RequestID != "PR-3002-01" {
		t.Errorf("the capture of generation 1 is read as %+v", older)
	}
}

const head = "customerId,transactionType,transactionId,transactionRequestId,paymentTime,transactionAmountValue,transactionCurrency\n"

func line(amount, currency string) string {
	return "M1,PAYMENT,P1,R1,2026-06-01T10:00:03+08:00," + amount + "," + currency + "\n"
}

// Amounts are in the currency's own notation. Where a file is read in minor units, those
// with a point are in major units all the same.
func TestAmountsBecomeMinorUnits(t *testing.T) {
	for _, c := range []struct {
		amount, currency string
		inMinor          bool
		want             int64
	}{
		{"42.00", "SGD", false, 4200}, {"42", "SGD", false, 4200}, {"42.5", "SGD", false, 4250}, {"-0.01", "SGD", false, -1},
		{"42.000", "SGD", false, 4200}, {"9900", "JPY", false, 9900}, {"9900.00", "JPY", false, 9900}, {"1.234", "KWD", false, 1234},
		{"4200", "SGD", true, 4200}, {"7", "SGD", true, 7}, {"-1234", "KWD", true, -1234}, {"42.00", "SGD", true, 4200}, {"9900", "JPY", true, 9900},
	} {
		f, err := Read("t.csv", strings.NewReader(head+line(c.amount, c.currency)+end), Options{Exponent: exponent, Minor: c.inMinor})
		if err != nil {
			t.Errorf("%s %s: %v", c.currency, c.amount, err)
		} else if got := f.Rows[0].Amount; got != (Amount{c.want, c.currency}) {
			t.Errorf("%s %s, in minor units %t: %v, want %d", c.currency, c.amount, c.inMinor, got, c.want)
		}
	}
}

func TestMarksOfOtherSystemsDoNotMatter(t *testing.T) {
	content := strings.ReplaceAll(head+line(`"42.00"`, "SGD")+end+",,,,,,\n", "\n", "\r\n")
	if f := read(t, "t.csv", "\ufeff"+content); len(f.Rows) != 1 || f.Rows[0].Merchant != "M1" {
		t.Errorf("read as %+v", f.Rows)
	}
}

// A file in GBK is read as one in UTF-8.
func TestAFileInGBKIsRead(t *testing.T) {
	content, err := simplifiedchinese.GBK.NewEncoder().String(strings.Replace(head+line("42.00", "SGD")+end, "R1", "退款-1", 1))
	if err != nil || utf8.ValidString(content) {
		t.Fatalf("the file is no GBK: %q, %v", content, err)
	}
	if f := read(t, "t.csv", content); len(f.Rows) != 1 || f.Rows[0].RequestID != "退款-1" {
		t.Errorf("read as %+v", f.Rows)
	}
}

// What is wrong is refused with its line and column, and nothing of the file is returned.
func TestAFileIsRefusedWhole(t *testing.T) {
	good := head + line("42.00", "SGD")
	for name, c := range map[string]struct {
		content, at, problem string
		line                 int
	}{
		"empty":            {"", "", "not downloaded to its end", 1},
		"torn":             {good, "", "not downloaded to its end", 2},
		"torn in a line":   {good + "M1,PAY", "", "2 cells", 3},
		"more behind":      {good + end + "\n" + line("1", "SGD"), "", "behind <END>", 4},
		"foreign":          {"a,b\n1,2\n" + end, "", "none of Antom's reports", 1},
		"in-store":         {"transType,b\n" + end, "transType (1)", "in-store", 1},
		"column twice":     {"customerId,customerId,transactionType\n" + end, "customerId (2)", "twice", 1},
		"column missing":   {"customerId,transactionType,transactionId,transactionRequestId,transactionCurrency,paymentTime\n" + end, "", "transactionAmountValue", 1},
		"spreadsheet":      {"PK\x03\x04....", "", "spreadsheet", 0},
		"UTF-16":           {"\xff\xfec\x00", "", "UTF-16", 0},
		"amount":           {head + line("4,2", "SGD") + end, "", "8 cells", 2},
		"amount in words":  {head + line("42 dollars", "SGD") + end, "transactionAmountValue (6)", "no amount", 2},
		"too fine":         {head + line("42.001", "SGD") + end, "transactionAmountValue (6)", "more than 2 decimals", 2},
		"half a yen":       {head + line("9900.50", "JPY") + end, "transactionAmountValue (6)", "more than 0 decimals", 2},
		"too large":        {head + line("999999999999999", "KWD") + end, "transactionAmountValue (6)", "too large", 2},
		"currency":         {head + line("42.00", "sgd") + end, "transactionCurrency (7)", "no currency", 2},
		"no currency":      {head + line("42.00", "") + end, "transactionAmountValue (6)", "has no currency", 2},
		"other merchant":   {good + strings.Replace(line("1", "SGD"), "M1", "M2", 1) + end, "customerId (1)", "another merchant", 3},
		"time":             {strings.Replace(good, "+08:00", "", 1) + end, "paymentTime (5)", "no time such as", 2},
		"quote":            {head + "M1,\"PAYMENT\n", "", "quote", 0},
		"not text":         {strings.Replace(good, "R1", "R\x001", 1) + end, "transactionRequestId (4)", "cannot be shown", 2},
		"not UTF-8":        {strings.Replace(good, "R1", "R\xff", 1) + end, "transactionRequestId (4)", "not UTF-8", 2},
		"long":             {strings.Replace(good, "R1", strings.Repeat("R", 300), 1) + end, "transactionRequestId (4)", "longer than", 2},
		"no type":          {strings.Replace(good, "PAYMENT", "", 1) + end, "transactionType (2)", "is empty", 2},
		"fee elsewhere":    {strings.Replace(strings.Replace(good, "\n", ",settlementAmountValue,settlementCurrency,feeAmountValue,feeCurrency\n", 1), "SGD\n", "SGD,40,SGD,-1,JPY\n", 1) + end, "feeAmountValue (10)", "cannot be added", 2},
		"count of summary": {"settlementBatchId,customerId,summaryType,count,settlementAmountValue,settlementCurrency\nB,M,TOTAL,x,1,SGD\n" + end, "count (4)", "no count", 2},
	} {
		f, err := Read("f.csv", strings.NewReader(c.content), Options{Exponent: exponent})
		var refused *Error
		if f != nil || !errors.As(err, &refused) {
			t.Errorf("%s: %v, %v", name, f, err)
			continue
		}
		if refused.File != "f.csv" || (c.at != "" && refused.Column != c.at) || (c.line != 0 && refused.Line != c.line) || !strings.Contains(refused.Problem, c.problem) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnOversizedFileIsRefused: it is not even parsed.
func TestAnOversizedFileIsRefused(t *testing.T) {
	_, err := Read("f.csv", &endless{}, Options{Exponent: exponent})
	if err == nil || !strings.Contains(err.Error(), "larger than 64 MiB") {
		t.Errorf("an endless file: %v", err)
	}
}

type endless struct{}

func (*endless) Read(into []byte) (int, error) { return len(into), nil }

// A fee column that no document names counts, and is reported.
func TestANewFeeColumnCounts(t *testing.T) {
	content := strings.Replace(head, "\n", ",settlementAmountValue,settlementCurrency,feeAmountValue,moonFeeAmountValue\n", 1) +
		strings.Replace(line("42.00", "SGD"), "\n", ",40.9875,SGD,-1.0,-0.0125\n", 1) + end
	f := read(t, "t.csv", content)
	if f.Rows[0].Fees != -10125 || f.Rows[0].Net != 409875 || len(f.Others) != 1 || f.Others[0] != "moonFeeAmountValue" {
		t.Errorf("fees %d, others %q", f.Rows[0].Fees, f.Others)
	}
}

// FuzzRead: whatever a file holds, it is read whole or refused with a reason.
func FuzzRead(f *testing.F) {
	names, _ := filepath.Glob("testdata/*.csv")
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		file, err := Read("f.csv", strings.NewReader(string(content)), Options{Exponent: exponent})
		if err != nil {
			var refused *Error
			if !errors.As(err, &refused) || refused.Problem == "" || file != nil {
				t.Fatalf("%v, %v", file, err)
			}
			return
		}
		for _, row := range file.Rows {
			if row.Type == "" || row.Merchant != file.Merchant || row.Line < 2 || (row.Amount.Currency == "" && row.Amount.Minor != 0) {
				t.Fatalf("row %+v", row)
			}
		}
	})
}
