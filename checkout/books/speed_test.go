package books_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"antom-checkout/antom/reports"
	"antom-checkout/checkout"
	"antom-checkout/checkout/books"
	"antom-checkout/db"
)

// nothing is inquired.
type nothing struct{}

func (nothing) InquireAll(context.Context, checkout.Order) (checkout.Order, map[string]checkout.Finding, error) {
	return checkout.Order{}, nil, nil
}

// counting counts what is asked of a store.
type counting struct {
	*db.Store
	calls int
}

func (c *counting) FindPayments(ctx context.Context, by []checkout.Reference) (map[checkout.Reference]string, error) {
	c.calls++
	return c.Store.FindPayments(ctx, by)
}

func (c *counting) KnownOrders(ctx context.Context, ids []string) (map[string]string, error) {
	c.calls++
	return c.Store.KnownOrders(ctx, ids)
}

func (c *counting) OrderByID(ctx context.Context, id string) (checkout.Order, error) {
	c.calls++
	return c.Store.OrderByID(ctx, id)
}

func (c *counting) RowsAbout(ctx context.Context, act string) ([]checkout.ReportRow, error) {
	c.calls++
	return c.Store.RowsAbout(ctx, act)
}

func (c *counting) Differences(ctx context.Context, all bool, w checkout.Window) ([]checkout.Difference, error) {
	c.calls++
	return c.Store.Differences(ctx, all, w)
}

func (c *counting) SaveReportRows(ctx context.Context, rows []checkout.ReportRow) error {
	c.calls++
	return c.Store.SaveReportRows(ctx, rows)
}

func (c *counting) SaveDifferences(ctx context.Context, found []checkout.Difference) error {
	c.calls++
	return c.Store.SaveDifferences(ctx, found)
}

// readsDiffering reads a report of n rows about payments that the records do not know.
func readsDiffering(t testing.TB, n int) (took time.Duration, calls int) {
	t.Helper()
	opened, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "shop.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	store := &counting{Store: opened}
	f := &reports.File{Name: "transactionItems_20260514_000.csv", SHA256: fmt.Sprint(n), Kind: reports.Transactions, Generation: 2, Merchant: "M", Day: "20260514", Pointed: true}
	at := time.Date(2026, 5, 14, 4, 0, 0, 0, time.UTC)
	for i := range n {
		id := fmt.Sprintf("%06d", i)
		f.Rows = append(f.Rows, reports.Row{
			Line: i + 2, Type: "PAYMENT", TransactionID: "antom" + id, OriginalID: "original" + id, RequestID: "request" + id, OriginalRequestID: "first" + id,
			OrderID: "order" + id, Status: "SUCCESS", At: at, Amount: reports.Amount{Minor: 4200, Currency: "SGD"},
		})
	}
	ids := checkout.NewIDs(time.Now)
	service := books.New(books.Config{Now: time.Now, NewID: ids.New}, store, nothing{})
	began := time.Now()
	result, err := service.Read(t.Context(), []*reports.File{f})
	if err != nil || len(result.Differences) != n {
		t.Fatalf("%d of %d rows differ, %v", len(result.Differences), n, err)
	}
	return time.Since(began), store.calls
}

// Rows are looked up and stored many at a time: a day on which all rows differ is read as fast as
// another.
func TestDifferingRowsAreReadManyAtATime(t *testing.T) {
	_, few := readsDiffering(t, 400)
	_, many := readsDiffering(t, 1600)
	if perChunk := float64(many-few) / 6; perChunk > 10 {
		t.Errorf("%.1f calls of the store for 200 rows: %d for 400 rows, %d for 1,600", perChunk, few, many)
	}
}

// BenchmarkDifferingRows reports how much longer a row takes of a report that is twenty times as
// long.
func BenchmarkDifferingRows(b *testing.B) {
	for b.Loop() {
		few, _ := readsDiffering(b, 1000)
		many, _ := readsDiffering(b, 20_000)
		b.Logf("1,000 rows: %v, 20,000 rows: %v", few, many)
		b.ReportMetric(float64(many)/float64(few)/20, "x-per-row")
	}
}
