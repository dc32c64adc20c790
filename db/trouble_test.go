package db

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
)

func TestASecondServerOnTheSameFileIsRefused(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	path := filepath.Join(t.TempDir(), "checkout.db")
	first, err := Open(t.Context(), path, Exclusively())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, Exclusively()); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), path) {
		t.Fatalf("the second server gets %v", err)
	}
	desk, err := Open(t.Context(), path) // an operator's command works beside the server
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(desk.Close(), first.Close()); err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), path, Exclusively())
	if err != nil {
		t.Fatalf("after the first has ended: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

// A full disk refuses what cannot be stored, preserves what is stored, lets pages
// read on, and is over by itself when space returns.
func TestAFullDiskLosesNothingAndIsOverByItself(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	store, err := Open(t.Context(), filepath.Join(t.TempDir(), "checkout.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	n := checkout.Notification{ID: "n1", BodySHA256: "1", Body: []byte("first"), ReceivedAt: time.Now()}
	if err := store.SaveNotification(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	mustExec(t, store, `PRAGMA max_page_count = 1`) // no page more than there are
	big := checkout.Notification{ID: "n2", BodySHA256: "2", Body: make([]byte, 1<<20), ReceivedAt: time.Now()}
	var refused *checkout.Error
	if err := store.SaveNotification(t.Context(), big); !errors.As(err, &refused) || refused.Code != checkout.CodeUnstored {
		t.Fatalf("what does not fit is answered %v", err)
	}
	small := checkout.Notification{ID: "n0", BodySHA256: "0", Body: []byte("x"), ReceivedAt: time.Now()}
	for _, err := range store.writer.commit([]*job{ // a group of which one does not fit is told the same
		{ctx: t.Context(), fn: func(ctx context.Context, tx *tx) error { _, err := store.saveNotification(ctx, tx, small); return err }},
		{ctx: t.Context(), fn: func(ctx context.Context, tx *tx) error { _, err := store.saveNotification(ctx, tx, big); return err }},
	}) {
		if !isStorageTrouble(err) {
			t.Errorf("in a group it is answered %v", err)
		}
	}
	if _, err := store.Products(t.Context(), "SGD"); err != nil {
		t.Errorf("reading fails too: %v", err)
	}
	mustExec(t, store, `PRAGMA max_page_count = 1000000`)
	if err := store.SaveNotification(t.Context(), big); err != nil {
		t.Fatalf("with space again: %v", err)
	}
	rows := 0
	if err := store.reads.QueryRowContext(t.Context(), `SELECT count(*) FROM notifications`).Scan(&rows); err != nil || rows != 2 {
		t.Fatalf("%d notifications, %v", rows, err)
	}
}

func TestABackupIsAWholeDatabase(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	dir := t.TempDir()
	path, file := filepath.Join(dir, "checkout.db"), filepath.Join(dir, "copy.db")
	store, err := Open(t.Context(), path, Exclusively())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if err := store.Seed(t.Context(), "SGD"); err != nil {
		t.Fatal(err)
	}
	if err := Backup(t.Context(), path, file); err != nil {
		t.Fatal(err)
	}
	if err := Backup(t.Context(), path, file); err == nil {
		t.Error("a file that was there is overwritten")
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy is %v, %v", info.Mode(), err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := Backup(stopped, path, file+".2"); err == nil {
		t.Error("a backup that was stopped says nothing")
	}
	if _, err := os.Stat(file + ".2"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a backup that was stopped leaves a file: %v", err)
	}
	restored, err := Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = restored.Close() })
	products, err := restored.Products(t.Context(), "SGD")
	if err != nil || len(products) < 8 {
		t.Fatalf("%d products, %v", len(products), err)
	}
}

func TestImportingTheSameFileAgainRestoresNothing(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	store, err := Open(t.Context(), filepath.Join(t.TempDir(), "checkout.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	listed := func(n int) {
		t.Helper()
		p := checkout.Product{SKU: "A", Name: "A", Price: checkout.Money{Minor: 100, Currency: "SGD"}, Stock: &n}
		if err := store.ImportProducts(t.Context(), []checkout.Product{p}); err != nil {
			t.Fatal(err)
		}
	}
	left := func(want int) {
		t.Helper()
		p, err := store.Product(t.Context(), "A", "SGD")
		if err != nil || p.Stock == nil || *p.Stock != want {
			t.Fatalf("stock %v, %v, want %d", p.Stock, err, want)
		}
	}
	listed(5)
	if _, err := store.writer.conn.ExecContext(t.Context(), `UPDATE products SET stock = 3`); err != nil { // two are sold
		t.Fatal(err)
	}
	listed(5)
	left(3)
	listed(10)
	left(10)
}
