package db

import (
	"database/sql"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"antom-checkout/checkout"
)

const schemaQuery = `
	SELECT sql
	  FROM sqlite_schema
	 WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%'
	 ORDER BY tbl_name, type <> 'table', name`

// testdata/schema.sql is the whole schema, for people to read in one piece.
func TestTheSchemaIsWhatReviewersHaveRead(t *testing.T) {
	onSQLiteOnly(t, "its own schema, which TestBothDatabasesHaveTheSameTables compares")
	store := openStore(t)
	expectGolden(t, "schema.sql", strings.Join(table(t, store.reads, schemaQuery), ";\n\n")+";\n")
}

func TestMigrationsGoDownAndUpAgain(t *testing.T) {
	onSQLiteOnly(t, "older versions have stored on SQLite only")
	store, path := openStoreAt(t, filepath.Join(t.TempDir(), "shop.db"))
	before := table(t, store.reads, schemaQuery)
	provider := migrator(t, path)
	if _, err := provider.DownTo(t.Context(), 0); err != nil {
		t.Fatalf("down: %v", err)
	}
	if left := table(t, store.reads, schemaQuery); len(left) > 0 {
		t.Errorf("after going all the way down there is still\n%s", strings.Join(left, "\n"))
	}
	if _, err := provider.Up(t.Context()); err != nil {
		t.Fatalf("up: %v", err)
	}
	if again := table(t, store.reads, schemaQuery); !slices.Equal(again, before) {
		t.Errorf("after down and up the schema is\n%s", strings.Join(again, "\n"))
	}
}

// migrator moves a database to any version of the schema.
func migrator(t *testing.T, path string) *goose.Provider {
	t.Helper()
	writes, err := sql.Open("sqlite", dsn(path, "_txlock=immediate"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { writes.Close() })
	provider, err := newProvider(writes)
	if err != nil {
		t.Fatal(err)
	}
	return provider
}

// Attempts that began before their capture mode was a column have it in their body, and
// keys that were used before they were kept are in the ledger.
func TestEarlierRowsGetWhatIsKeptOfThemNow(t *testing.T) {
	onSQLiteOnly(t, "older versions have stored on SQLite only")
	store, path := openStoreAt(t, filepath.Join(t.TempDir(), "shop.db"))
	bodies := map[string]string{"manual": `{"paymentFactor":{"isAuthorization":true,"captureMode":"MANUAL"}}`,
		"automatic": `{"paymentFactor":{"isAuthorization":true}}`, "wallet": `{}`}
	for id := range bodies {
		orderWithPayment(t, store, "order-"+id, newPayment(id))
	}
	change(t, store, "order-manual", checkout.Evidence{Cause: cause(checkout.ByAdmin, "ann/k")}, func(o *checkout.Order) []checkout.Effect {
		o.Status = checkout.OrderCancelled
		return nil
	})
	provider := migrator(t, path)
	if _, err := provider.DownTo(t.Context(), 11); err != nil {
		t.Fatal(err)
	}
	for id, body := range bodies { // bodies stood in clear then
		if err := exec(store, `UPDATE payments SET body = $1 WHERE request_id = $2`, []byte(body), id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := provider.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	reopened, _ := openStoreAt(t, path)
	for id := range bodies {
		o, err := reopened.OrderByID(t.Context(), "order-"+id)
		if err != nil {
			t.Fatal(err)
		}
		if got := o.Payments[0].ManualCapture; got != (id == "manual") {
			t.Errorf("%s: manual capture %v", id, got)
		}
	}
	action, err := reopened.OperatorAction(t.Context(), checkout.Key{Operator: "ann", Idempotency: "k"})
	if err != nil || action.Order != "order-manual" || action.Number != "N-order-manual" {
		t.Errorf("the key's earlier action is %+v, %v", action, err)
	}
}

func TestEveryTableIsStrict(t *testing.T) {
	onSQLiteOnly(t, "its own schema, which TestBothDatabasesHaveTheSameTables compares")
	store := openStore(t)
	expectTable(t, store, nil, `
		SELECT name
		  FROM pragma_table_list
		 WHERE type = 'table' AND strict = 0 AND schema = 'main' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%'`)
}

// constants finds the values of all constants of a string type of ../checkout.
func constants(t *testing.T, typeName string) []string {
	t.Helper()
	files, err := filepath.Glob("../checkout/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, isSpec := n.(*ast.ValueSpec)
			if !isSpec {
				return true
			}
			if name, named := spec.Type.(*ast.Ident); named && name.Name == typeName {
				for _, value := range spec.Values {
					text, err := strconv.Unquote(value.(*ast.BasicLit).Value)
					if err != nil {
						t.Fatal(err)
					}
					values = append(values, text)
				}
			}
			return true
		})
	}
	return values
}

// checkLists finds the texts of CHECK (column = '…' OR …) of a table in the schema.
func checkLists(t *testing.T, store *Store, tableName string) map[string][]string {
	t.Helper()
	text := table(t, store.reads, `SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = $1`, tableName)
	if len(text) != 1 {
		t.Fatalf("no table %q", tableName)
	}
	lists := map[string][]string{}
	for _, check := range regexp.MustCompile(`CHECK \([^()]*\)`).FindAllString(text[0], -1) {
		for _, value := range regexp.MustCompile(`(\w+) = '([^']*)'`).FindAllStringSubmatch(check, -1) {
			lists[value[1]] = append(lists[value[1]], value[2])
		}
	}
	return lists
}

// The published contract, the Go constants and the SQL have the same words. A test
// in ../checkout compares the transition tables with them. "held" is the stored and
// published word for reserved stock.
func TestContractConstantsAndChecksAgree(t *testing.T) {
	onSQLiteOnly(t, "its own schema, which TestBothDatabasesHaveTheSameTables compares")
	store := openStore(t)
	for _, row := range []struct {
		goType, table, column, contract string
	}{
		{"OrderStatus", "orders", "status", "open processing authorized paid cancelled expired review partially_refunded refunded"},
		{"PaymentStatus", "payments", "status", "created processing pending authorized paid failed cancelled refunded unknown"},
		{"OperationStatus", "operations", "status", "pending processing success failed"},
		{"OperationKind", "operations", "kind", "capture refund cancel"},
		{"Mode", "payments", "mode", "sdk api"},
		{"Stock", "orders", "stock", " held taken"},
		{"", "outbox", "state", "pending sent dead"},
		{"", "calls", "result", "S F U none"},
		{"", "transitions", "subject", "order payment capture refund cancel"},
	} {
		t.Run(row.table+"."+row.column, func(t *testing.T) {
			want := slices.Sorted(strings.SplitSeq(row.contract, " "))
			check := slices.Sorted(slices.Values(checkLists(t, store, row.table)[row.column]))
			if !slices.Equal(check, want) {
				t.Errorf("the CHECK list has\n%q, the contract\n%q", check, want)
			}
			if row.goType == "" {
				return
			}
			if values := slices.Sorted(slices.Values(constants(t, row.goType))); !slices.Equal(values, want) {
				t.Errorf("the constants of checkout.%s are\n%q, the contract's\n%q", row.goType, values, want)
			}
		})
	}
}

func TestTheDatabaseKeepsTheLawsByItself(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	placeOrder(t, store, newOrder("other"))
	insertPayment := `
		INSERT INTO payments (request_id, order_id, antom_id, method, mode, status, active, duplicate, currency, amount,
		                      result_code, body, action, created_at, expires_at, polls)
		VALUES ($1, $2, $3, 'CARD', $4, $5, $6, 0, 'SGD', $7, '', $8, '{}', 0, 0, 0)`
	insertOperation := `
		INSERT INTO operations (payment_request_id, kind, request_id, position, antom_id, currency, amount, status, result_code, key, misses, created_at)
		VALUES ($1, $2, $3, 0, '', 'SGD', 100, $4, '', '', 0, 0)`
	none := []byte{}
	mustExec(t, store, insertPayment, "p2", "order", "antom-2", "sdk", "failed", false, 4200, none)
	mustExec(t, store, insertOperation, "p1", "refund", "r1", "pending")
	for _, row := range []struct {
		name, query string
		args        []any
	}{
		{"a second active attempt of an order", insertPayment, []any{"p3", "order", "", "sdk", "created", true, 4200, none}},
		{"an attempt that comes alive beside another", `UPDATE payments SET active = 1 WHERE request_id = 'p2'`, nil},
		{"a payment request id used twice", insertPayment, []any{"p1", "other", "", "sdk", "created", false, 4200, none}},
		{"an Antom payment that belongs to two attempts", insertPayment, []any{"p4", "other", "antom-2", "sdk", "created", false, 4200, none}},
		{"a payment of nothing", insertPayment, []any{"p5", "order", "", "sdk", "created", false, 0, none}},
		{"a payment of no order", insertPayment, []any{"p6", "unknown", "", "sdk", "created", false, 4200, none}},
		{"a payment in no known status", insertPayment, []any{"p7", "order", "", "sdk", "unheard-of", false, 4200, none}},
		{"a payment in no known way", insertPayment, []any{"p8", "order", "", "fax", "created", false, 4200, none}},
		{"an operation in no known status", insertOperation, []any{"p1", "refund", "r2", "done"}},
		{"an operation of no known kind", insertOperation, []any{"p1", "void", "r3", "pending"}},
		{"an operation of no payment", insertOperation, []any{"p9", "refund", "r4", "pending"}},
		{"a refund request id used twice", insertOperation, []any{"p1", "refund", "r1", "pending"}},
		{"a refund request id used for two payments", insertOperation, []any{"p2", "refund", "r1", "pending"}},
		{"an order without a known status", `UPDATE orders SET status = 'done' WHERE id = 'order'`, nil},
		{"an order of nothing", `UPDATE orders SET total = 0 WHERE id = 'order'`, nil},
		{"two orders of one form", `UPDATE orders SET form_key = 'form-order' WHERE id = 'other'`, nil},
		{"two orders with one token", `UPDATE orders SET token_sha256 = (SELECT token_sha256 FROM orders WHERE id = 'order') WHERE id = 'other'`, nil},
		{"an order gone from under its payments", `DELETE FROM orders WHERE id = 'order'`, nil},
		{"a text where a number belongs", `UPDATE orders SET total = 'much' WHERE id = 'order'`, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			if err := exec(store, row.query, row.args...); err == nil {
				t.Error("was stored, want it refused")
			}
		})
	}
}

func TestTheLedgerIsAppendOnly(t *testing.T) {
	store := openStore(t)
	placeOrder(t, store, newOrder("order"))
	before := table(t, store.reads, `SELECT * FROM transitions`)
	for _, query := range []string{
		`UPDATE transitions SET to_status = 'paid'`,
		`UPDATE transitions SET seq = seq + 1`,
		`DELETE FROM transitions`,
		`INSERT OR REPLACE INTO transitions SELECT seq, subject, order_id, payment_request_id, request_id, from_status, 'paid', cause, at, call_id FROM transitions`,
	} {
		if err := exec(store, query); err == nil {
			t.Errorf("%s: was carried out, want it refused", query)
		}
	}
	expectTable(t, store, before, `SELECT * FROM transitions`)
}
