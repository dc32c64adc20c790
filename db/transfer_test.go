package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"antom-checkout/checkout"
	"antom-checkout/db/postgres/pgtest"
)

// fittingValues are of columns whose constraints do not admit what everyRow stores.
var fittingValues = map[string]any{
	"orders.status": "paid", "orders.closed": "", "orders.stock": "taken", "orders.capture": "manual",
	"payments.status": "paid", "payments.mode": "sdk", "operations.status": "success", "operations.kind": "refund",
	"calls.result": "S", "outbox.state": "pending", "deliveries.state": "dead", "transitions.subject": "order",
	"report_files.kind": "summary", "searches.status": "stray", "webhook_endpoints.off": "gone", "people.inbox_emails": "daily",
	"api_keys.scopes": "[]", "carts.lines": "[]", "saved_cards.consent": "{}", "saved_cards.removed_at": nil,
	"payments.choice": `{"saved":"x"}`, "payments.card": `{"last4":"0768"}`, "payments.disputes": "",
	"products.description": "a text with a zero \x00 and bytes that are no text \xff", "products.stock": 3,
}

// everyRow stores a row in every table of a file, with a value in every column.
func everyRow(t *testing.T, store *Store) (tables []string) {
	t.Helper()
	for _, name := range filledByMigrations {
		mustExec(t, store, `DELETE FROM `+name)
	}
	on, err := sql.Open("sqlite", dsn(fileOf(t, store), "_pragma=foreign_keys(0)", "_pragma=defer_foreign_keys(1)"))
	if err != nil {
		t.Fatal(err)
	}
	defer on.Close()
	tables = tableNames(t, store)
	for _, name := range tables {
		columns, err := collect(t.Context(), on, func(row scanner) (c struct{ name, kind string }, err error) {
			return c, row.Scan(&c.name, &c.kind)
		}, `SELECT name, type FROM pragma_table_info($1)`, name)
		if err != nil {
			t.Fatal(err)
		}
		var names, places []string
		var values []any
		for i, c := range columns {
			value, fitting := fittingValues[name+"."+c.name]
			if !fitting {
				value = map[string]any{"INTEGER": 1, "TEXT": "x", "BLOB": []byte{0, 255}}[c.kind]
			}
			names, places, values = append(names, c.name), append(places, fmt.Sprint("$", i+1)), append(values, value)
		}
		if _, err := on.ExecContext(t.Context(), `INSERT INTO `+quoted(name)+` (`+quoted(names...)+`) VALUES (`+strings.Join(places, ", ")+`)`, values...); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return tables
}

func tableNames(t *testing.T, store *Store) []string {
	t.Helper()
	return table(t, store.reads, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%'`)
}

func fileOf(t *testing.T, store *Store) string {
	t.Helper()
	return table(t, store.reads, `SELECT file FROM pragma_database_list WHERE name = 'main'`)[0]
}

// emptyServer is a database without tables.
func emptyServer(t *testing.T) (address string) {
	t.Helper()
	onSQLiteOnly(t, "it opens both")
	pgtest.Need(t)
	return pgtest.NewDatabase(t, pgtest.Empty)
}

func TestEveryRowOfEveryTableIsTransferred(t *testing.T) {
	address := emptyServer(t)
	lite, file := openStoreAt(t, newDatabase(t))
	tables := everyRow(t, lite)
	done, err := Transfer(t.Context(), file, address)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, table := range done {
		if names = append(names, table.Table); table.Rows != 1 {
			t.Errorf("%d rows of %s were transferred, want 1", table.Rows, table.Table)
		}
	}
	slices.Sort(names)
	slices.Sort(tables)
	if !slices.Equal(names, tables) {
		t.Errorf("transferred were %v, want %v", names, tables)
	}
	server, _ := openStoreAt(t, address)
	expectTable(t, server, []string{"a text with a zero \uFFFD and bytes that are no text \uFFFD"}, `SELECT description FROM products`)
}

// What is stored after a transfer comes after what was transferred: numbers, and places of the
// ledger and of events.
func TestAServerGoesOnWhereTheFileEnded(t *testing.T) {
	address := emptyServer(t)
	lite, file := openStoreAt(t, newDatabase(t))
	endpoint := checkout.WebhookEndpoint{ID: "endpoint", URL: "https://shop.example.com", CreatedAt: noon}
	if err := lite.AddEndpoint(t.Context(), endpoint, 1); err != nil {
		t.Fatal(err)
	}
	expires := func(store *Store, id string) {
		placeOrder(t, store, newOrder(id))
		change(t, store, id, bySweeper, func(o *checkout.Order) []checkout.Effect {
			o.Status, o.Closed = checkout.OrderExpired, checkout.OrderExpired
			return []checkout.Effect{"order.expired"}
		})
	}
	expires(lite, "first")
	if _, err := lite.SpreadEvents(t.Context(), "endpoint", 100); err != nil {
		t.Fatal(err)
	}
	expires(lite, "second") // whose events are not spread yet
	for range 300 {         // the server's transactions have lower numbers than the file's rows
		mustExec(t, lite, `INSERT INTO transitions (subject, order_id, payment_request_id, request_id, from_status, to_status, cause, at)
			VALUES ('order', 'first', '', '', 'open', 'expired', 'sweeper', 0)`)
	}
	mustExec(t, lite, `INSERT INTO transitions (seq, subject, order_id, payment_request_id, request_id, from_status, to_status, cause, at)
		VALUES (1000000000, 'order', 'first', '', '', 'open', 'expired', 'sweeper', 0)`)
	if _, err := Transfer(t.Context(), file, address); err != nil {
		t.Fatal(err)
	}
	server, _ := openStoreAt(t, address)
	_, end, err := server.TransitionsAfter(t.Context(), -1)
	if err != nil || end < 1000000000 {
		t.Fatalf("the ledger ends at %d, %v", end, err)
	}
	expires(server, "third")
	within(t, "the ledger", 0, func() bool {
		listed, _, err := server.TransitionsAfter(t.Context(), end)
		return err != nil || slices.Equal(slices.Compact(listed), []string{"third"})
	})
	for more := true; more; {
		if more, err = server.SpreadEvents(t.Context(), "endpoint", 1); err != nil {
			t.Fatal(err)
		}
	}
	expectTable(t, server, table(t, server.reads, `SELECT id FROM events ORDER BY id`), `SELECT event_id FROM deliveries ORDER BY event_id`)
	if o := orderByID(t, server, "first"); o.Token != "token-first" {
		t.Errorf("the token that was sealed is %q", o.Token)
	}
}

// Rows that later changes have left are taken as they are: a refund that was ordered may stand
// beside one that Antom has reported since.
func TestATransferTakesRowsAsTheyAre(t *testing.T) {
	address := emptyServer(t)
	lite, file := openStoreAt(t, newDatabase(t))
	orderWithPayment(t, lite, "order", newPayment("p1"))
	for id, status := range map[string]string{"r1": "success", "r2": "failed"} {
		mustExec(t, lite, `
			INSERT INTO operations (payment_request_id, kind, request_id, position, antom_id, currency, amount, status, result_code, key, misses, created_at)
			VALUES ('p1', 'refund', $1, 0, '', 'SGD', 3000, $2, '', '', 0, 0)`, id, status)
	}
	mustExec(t, lite, `UPDATE operations SET status = 'pending' WHERE request_id = 'r2'`)
	if _, err := Transfer(t.Context(), file, address); err != nil {
		t.Fatal(err)
	}
	server, _ := openStoreAt(t, address)
	if err := exec(server, `INSERT INTO operations (payment_request_id, kind, request_id, position, antom_id, currency, amount, status, result_code, key, misses, created_at)
		VALUES ('p1', 'refund', 'r3', 0, '', 'SGD', 3000, 'success', '', '', 0, 0)`); err == nil {
		t.Error("afterwards the server no longer refuses refunds beyond the payment")
	}
}

func TestATransferThatIsNotWholeStoresNothing(t *testing.T) {
	address := emptyServer(t)
	lite, file := openStoreAt(t, newDatabase(t))
	orderWithPayment(t, lite, "order", newPayment("p1"))
	broken := errors.New("broken off")
	for name, row := range map[string]struct {
		statement string
		fails     error
		says      string
	}{
		"one row changed": {`UPDATE payments SET amount = amount + 1`, nil, "table payments: the row with request_id p1 differs"},
		"one row missing": {`DELETE FROM order_lines WHERE position = 1`, nil, "table order_lines: the row with order_id order, position 1 differs"},
		"one row more":    {`INSERT INTO sign_in_tries VALUES ('new', 1, 1, 1)`, nil, "table sign_in_tries: the row with key new differs"},
		"broken off":      {``, broken, "broken off"},
	} {
		try := transfer{checked: func(ctx context.Context, to *sql.Tx) error {
			_, err := to.ExecContext(ctx, row.statement)
			return errors.Join(err, row.fails)
		}}
		if err := try.run(t.Context(), file, address); err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v, want %q", name, err, row.says)
		}
		server, _ := openStoreAt(t, address)
		expectTable(t, server, []string{"0 0"}, `SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM payments)`)
	}
	ctx, stop := context.WithCancel(t.Context())
	try := transfer{checked: func(context.Context, *sql.Tx) error { stop(); return nil }}
	if err := try.run(ctx, file, address); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted, it answers %v", err)
	}
	changed := transfer{checked: func(context.Context, *sql.Tx) error { return exec(lite, `UPDATE orders SET version = version + 1`) }}
	if err := changed.run(t.Context(), file, address); err == nil || !strings.Contains(err.Error(), "changed the file") {
		t.Errorf("of a file that a command has changed meanwhile, it answers %v", err)
	}
	if _, err := Transfer(t.Context(), file, address); err != nil {
		t.Errorf("afterwards a whole one fails: %v", err)
	}
	if _, err := Transfer(t.Context(), file, address); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("into a database that has rows, it answers %v", err)
	}
}

func TestWhatCannotBeTransferredIsRefused(t *testing.T) {
	address := emptyServer(t)
	older, olderFile := openStoreAt(t, newDatabase(t))
	mustExec(t, older, `DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`)
	used := newDatabase(t)
	server, err := Open(t.Context(), used, Exclusively())
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, row := range []struct{ name, from, to, says string }{
		{"a file that is missing", used + ".none", address, "no such file"},
		{"a file that a server uses", used, address, "another server is using this database; stop it first"},
		{"a file of an older schema", olderFile, address, "by migrate"},
		{"from a server", address, used, "no way back"},
		{"from file to file", olderFile, used, "backup and restore"},
	} {
		if _, err := Transfer(t.Context(), row.from, row.to); err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v, want %q", row.name, err, row.says)
		}
	}
}
