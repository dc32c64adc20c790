package db

import (
	"antom-checkout/checkout/payments"
	"antom-checkout/checkout/shop"
	"context"
	"database/sql"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Store is what the payments and the shop need.
var (
	_ payments.Store = (*Store)(nil)
	_ shop.Store     = (*Store)(nil)
)

// eachConnection hands all connections of a pool to check, one by one.
func eachConnection(t *testing.T, pool *sql.DB, check func(*sql.Conn)) {
	t.Helper()
	var taken []*sql.Conn
	for range pool.Stats().MaxOpenConnections {
		conn, err := pool.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		taken = append(taken, conn)
		check(conn)
	}
	for _, conn := range taken {
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestThePragmasAreInForceOnEveryConnection(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	store := openStore(t)
	want := map[string]string{
		"foreign_keys": "1", "synchronous": "2", "journal_mode": "wal", "busy_timeout": "5000", "cache_size": "-8192", "query_only": "0",
	}
	expectPragmas := func(name string, conn querier) {
		for pragma, value := range want {
			var got string
			if err := conn.QueryRowContext(t.Context(), `PRAGMA `+pragma).Scan(&got); err != nil || got != value {
				t.Errorf("%s: %s is %q (%v), want %q", name, pragma, got, err, value)
			}
		}
	}
	expectPragmas("writer", store.writer.conn)
	want["query_only"] = "1"
	eachConnection(t, store.readers, func(conn *sql.Conn) { expectPragmas("reader", conn) })
}

func TestThereIsOneWriterAndReadersCannotWrite(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	store := openStore(t)
	placeOrder(t, store, newOrder("order"))
	if n := store.writer.db.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("there may be %d connections that write, want one", n)
	}
	eachConnection(t, store.readers, func(conn *sql.Conn) {
		for _, query := range []string{`UPDATE orders SET status = 'paid'`, `DELETE FROM order_lines`, `CREATE TABLE x (y TEXT)`, `PRAGMA user_version = 7`} {
			if _, err := conn.ExecContext(t.Context(), query); err == nil {
				t.Errorf("a reader carried out %s", query)
			}
		}
	})
	expectTable(t, store, []string{"open"}, `SELECT status FROM orders`)
}

func expectMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != want {
		t.Errorf("%s has mode %o, want %o", filepath.Base(path), got, want)
	}
}

func TestOnlyTheOwnerReadsTheBuyersAddresses(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	folder := filepath.Join(t.TempDir(), "data", "shop")
	store, path := openStoreAt(t, filepath.Join(folder, "shop.db"))
	placeOrder(t, store, newOrder("order"))
	expectMode(t, folder, 0o700)
	expectMode(t, filepath.Dir(folder), 0o700)
	expectMode(t, path, 0o600)
}

// In a folder that was there before, the files have to protect themselves: what
// was just written stands in the WAL.
func TestOnlyTheOwnerReadsTheWALInAFolderThatIsOpenToAll(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	store, path := openStoreAt(t, filepath.Join(folder, "shop.db"))
	placeOrder(t, store, newOrder("order"))
	for _, file := range []string{path, path + "-wal", path + "-shm"} {
		expectMode(t, file, 0o600)
	}
}

func TestWhatWasStoredIsThereAfterARestart(t *testing.T) {
	store, path := openStoreAt(t, newDatabase(t))
	orderWithPayment(t, store, "order", newPayment("p1"))
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	again, _ := openStoreAt(t, path)
	if o := orderByID(t, again, "order"); o.Version != 2 || len(o.Payments) != 1 {
		t.Errorf("version %d with %d payments, want 2 with 1", o.Version, len(o.Payments))
	}
}

// copyAsAfterAKill copies the files of a database that is still open: what a
// kill would have left behind.
func copyAsAfterAKill(t *testing.T, path string) (copied string) {
	t.Helper()
	if onServer {
		return path // whose server lives on
	}
	copied = filepath.Join(t.TempDir(), "killed.db")
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied+suffix, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return copied
}

func TestWhatWasAcknowledgedSurvivesAKill(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	store, path := openStoreAt(t, filepath.Join(t.TempDir(), "shop.db"))
	for i := range 20 {
		id := fmt.Sprint("order-", i)
		orderWithPayment(t, store, id, newPayment("payment of "+id))
		again, _ := openStoreAt(t, copyAsAfterAKill(t, path))
		if o := orderByID(t, again, id); len(o.Payments) != 1 {
			t.Fatalf("%s lost its payment", id)
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAPathIsTakenAsItIs(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	for _, name := range []string{"my shop.db", "50%25 off.db", "what?.db", "nr#1.db", "ünïcode.db", "a&b=c.db", "_pragma=x.db"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			store, _ := openStoreAt(t, path)
			placeOrder(t, store, newOrder("order"))
			if _, err := os.Stat(path); err != nil {
				t.Errorf("the file has another name: %v", err)
			}
			if err := Audit(t.Context(), path, io.Discard); err != nil {
				t.Errorf("audit: %v", err)
			}
		})
	}
}

func TestWhatIsNoDatabaseIsRefusedAndLeftAlone(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	folder := t.TempDir()
	text := filepath.Join(folder, "text.txt")
	want := []byte("Dear reader, this is a text and no database, however long it may be.\n")
	if err := os.WriteFile(text, want, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"postgres://localhost/shop", folder, text, filepath.Join(text, "shop.db")} {
		store, err := Open(t.Context(), path)
		if err == nil {
			t.Errorf("%s was opened", filepath.Base(path))
			store.Close()
		}
	}
	if content, err := os.ReadFile(text); err != nil || string(content) != string(want) {
		t.Errorf("the text has changed: %q, %v", content, err)
	}
}

func TestReadyMeansAbleToStore(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	store := openStore(t)
	if err := store.Ready(t.Context()); err != nil {
		t.Errorf("a database that works: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := store.Ready(cancelled); err == nil {
		t.Error("ready for a caller that has left")
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	expectUnavailable(t, "a closed database", store.Ready(t.Context()))
}

// A store that was closed has let go of its file: what was in the log is in the
// database, and the log is gone.
func TestAClosedStoreLeavesOneFile(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	path := filepath.Join(t.TempDir(), "shop.db")
	store, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	placeOrder(t, store, newOrder("o1"))
	orderByID(t, store, "o1")
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(path + "-*"); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}
