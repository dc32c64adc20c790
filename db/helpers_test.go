package db

import (
	"bytes"
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/checkout"
)

var update = flag.Bool("update", false, "write the golden files anew")

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func sgd(minor int64) checkout.Money { return checkout.Money{Minor: minor, Currency: "SGD"} }

var testKey = bytes.Repeat([]byte{7}, 32)

// openStore opens a new database whose clock stands at noon.
func openStore(t testing.TB) *Store {
	t.Helper()
	store, _ := openStoreAt(t, newDatabase(t))
	return store
}

// MakeDatabase and NewPostgres are those of dbtest, which the tests inside this package
// cannot import.
var (
	MakeDatabase func(t testing.TB, path string)
	NewPostgres  func(t testing.TB) (address string)
)

// onServer says that the suite runs on PostgreSQL: DATABASE=postgres go test ./db.
// TestTheSuiteOnPostgreSQL runs it so.
var onServer = os.Getenv("DATABASE") == "postgres"

// newDatabase makes an empty database with all of its tables, and answers with its path or
// address.
func newDatabase(t testing.TB) string {
	t.Helper()
	if onServer {
		return NewPostgres(t)
	}
	path := filepath.Join(t.TempDir(), "shop.db")
	MakeDatabase(t, path)
	return path
}

// onSQLiteOnly ends a test of what PostgreSQL has no counterpart of.
func onSQLiteOnly(t testing.TB, why string) {
	t.Helper()
	if onServer {
		t.Skip("of SQLite: " + why)
	}
}

func openStoreAt(t testing.TB, path string) (*Store, string) {
	t.Helper()
	store, err := Open(context.Background(), path, WithClock(func() time.Time { return noon }))
	if err != nil {
		t.Fatalf("open %s: %v", filepath.Base(path), err)
	}
	if err := store.UseKey(testKey); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return store, path
}

// newOrder is an order of SGD 42.00 without an attempt.
func newOrder(id string) checkout.Order {
	return checkout.Order{
		ID: id, Number: "N-" + id, Token: "token-" + id, FormKey: "form-" + id,
		Buyer: checkout.Buyer{
			Email: "mei@example.com", Name: "Tan Mei Ling", Phone: "+65 6123 4567", Country: "SG", Region: "Central",
			City: "Singapore", Address1: "1 Raffles Place", Address2: "#20-01", PostalCode: "048616",
		},
		Lines: []checkout.OrderLine{
			{SKU: "MUG", Name: "Enamel mug", Image: "products/mug.svg", Quantity: 2, Unit: sgd(1200)},
			{SKU: "TIN", Name: "Tea tin", Image: "products/tin.svg", Quantity: 1, Unit: sgd(1800)},
		},
		Total: sgd(4200), Language: "en-SG", Status: checkout.OrderOpen,
		CreatedAt: noon, ExpiresAt: noon.Add(time.Hour),
	}
}

// newPayment is an active attempt that was not submitted to Antom yet.
func newPayment(requestID string) checkout.Payment {
	return checkout.Payment{
		RequestID: requestID, Method: "CARD", Mode: checkout.ModeSDK, Status: checkout.PaymentCreated, Active: true,
		Amount: sgd(4200), Body: []byte(`{"id":"` + requestID + `"}`),
		CreatedAt: noon, ExpiresAt: noon.Add(time.Hour), NextPoll: noon.Add(10 * time.Second),
	}
}

func placeOrder(t testing.TB, store *Store, o checkout.Order) checkout.Order {
	t.Helper()
	placed, err := store.CreateOrder(context.Background(), o, checkout.Cause{Kind: checkout.ByShopper})
	if err != nil {
		t.Fatalf("place order %s: %v", o.ID, err)
	}
	return placed
}

// bySweeper is the evidence of changes that need none.
var bySweeper = checkout.Evidence{Cause: checkout.Cause{Kind: checkout.BySweeper}}

// change updates an order by a function that may do as it likes with its copy.
func change(t testing.TB, store *Store, id string, evidence checkout.Evidence, alter func(*checkout.Order) []checkout.Effect) checkout.Order {
	t.Helper()
	_, after, err := store.Update(context.Background(), id, evidence, altering(alter))
	if err != nil {
		t.Fatalf("update order %s: %v", id, err)
	}
	return after
}

func altering(alter func(*checkout.Order) []checkout.Effect) func(checkout.Order) (checkout.Order, []checkout.Effect, error) {
	return func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		payments := make([]checkout.Payment, len(o.Payments))
		for i, p := range o.Payments {
			p.Operations = append([]checkout.Operation(nil), p.Operations...)
			payments[i] = p
		}
		if o.Payments = payments; len(payments) == 0 {
			o.Payments = nil
		}
		effects := alter(&o)
		return o, effects, nil
	}
}

// orderWithPayment places an order and a first attempt to pay it.
func orderWithPayment(t testing.TB, store *Store, id string, p checkout.Payment) {
	t.Helper()
	placeOrder(t, store, newOrder(id))
	change(t, store, id, bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.Status = checkout.OrderProcessing
		o.Payments = append(o.Payments, p)
		return nil
	})
}

// orderByID reads an order, which may be one remembered, and sees to it that the
// file says the same.
func orderByID(t testing.TB, store *Store, id string) checkout.Order {
	t.Helper()
	o, err := store.OrderByID(context.Background(), id)
	if err != nil {
		t.Fatalf("read order %s: %v", id, err)
	}
	expectStored(t, store, o)
	return o
}

// expectStored reads an order from the file, whatever is remembered of it.
func expectStored(t testing.TB, store *Store, want checkout.Order) {
	t.Helper()
	stored, err := store.sealer.load(context.Background(), store.reads, name{byID, want.ID})
	if err != nil {
		t.Fatalf("read order %s: %v", want.ID, err)
	}
	if diff := cmp.Diff(stored, want); diff != "" {
		t.Errorf("order %s is not as it is stored (-stored +read)\n%s", want.ID, diff)
	}
}

// table reads rows as texts, their columns joined by a space.
func table(t testing.TB, q querier, query string, args ...any) []string {
	t.Helper()
	rows, err := q.QueryContext(context.Background(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for rows.Next() {
		cells := make([]sql.NullString, len(columns))
		dest := make([]any, len(columns))
		for i := range cells {
			dest[i] = &cells[i]
		}
		if err := rows.Scan(dest...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		texts := make([]string, len(cells))
		for i, cell := range cells {
			if texts[i] = cell.String; !cell.Valid {
				texts[i] = "NULL"
			}
		}
		all = append(all, strings.Join(texts, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return all
}

// expectTable compares the rows of a query with what they should be.
func expectTable(t testing.TB, store *Store, want []string, query string, args ...any) {
	t.Helper()
	if diff := cmp.Diff(want, table(t, store.reads, query, args...)); diff != "" {
		t.Errorf("%s\n(-want +got)\n%s", strings.Join(strings.Fields(query), " "), diff)
	}
}

func count(t testing.TB, store *Store, from string) int {
	t.Helper()
	var n int
	if err := store.reads.QueryRowContext(context.Background(), `SELECT count(*) FROM `+from).Scan(&n); err != nil {
		t.Fatalf("count %s: %v", from, err)
	}
	return n
}

func expectCount(t testing.TB, store *Store, want int, from string) {
	t.Helper()
	if got := count(t, store, from); got != want {
		t.Errorf("%d rows of %s, want %d", got, from, want)
	}
}

// olderDatabase is a new file with the tables of an older version.
func olderDatabase(t *testing.T, path string, version int64) *sql.DB {
	t.Helper()
	old, err := sql.Open("sqlite", dsn(path, "_txlock=immediate"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { old.Close() })
	provider, err := newProvider(old)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	return old
}

// exec runs SQL as the writer would.
func exec(store *Store, query string, args ...any) error {
	return write(store, func(tx *tx) error {
		_, err := tx.ExecContext(context.Background(), query, args...)
		return err
	})
}

// write hands the writer a transaction and waits until it is durable.
func write(store *Store, fn func(*tx) error) error {
	return store.write(context.Background(), func(_ context.Context, tx *tx) error { return fn(tx) })
}

func mustExec(t testing.TB, store *Store, query string, args ...any) {
	t.Helper()
	if err := exec(store, query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// expectGolden compares text with a file of testdata, or writes it with -update.
func expectGolden(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(golden), text); diff != "" {
		t.Errorf("%s is no longer right; read the difference, then run the test with -update (-want +got)\n%s", file, diff)
	}
}

func expectNotFound(t testing.TB, what string, err error) {
	t.Helper()
	if !checkout.IsNotFound(err) {
		t.Errorf("%s: %v, want a not-found error", what, err)
	}
}

func cause(kind checkout.CauseKind, id string) checkout.Cause {
	return checkout.Cause{Kind: kind, ID: id}
}

// notification is one about a payment of this shop, as it arrives.
func notification(id, requestID, body string, applied bool) *checkout.Notification {
	return &checkout.Notification{
		ID: id, Type: "PAYMENT_RESULT", PaymentRequestID: requestID,
		BodySHA256: fmt.Sprintf("%x", body), Body: []byte(body), ReceivedAt: noon, Applied: applied,
	}
}

// call is a request that Antom has answered.
func call(id, endpoint, requestID, result string) *checkout.Call {
	return &checkout.Call{
		ID: id, Endpoint: endpoint, RequestID: requestID, PaymentRequestID: requestID,
		Result: result, Code: "CODE", Verified: result != "none", At: noon,
	}
}
