package db

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// The address that asks is open to everyone: it does not commit as often as it is asked.
func TestReadinessIsProbedOnceASecond(t *testing.T) {
	onSQLiteOnly(t, "the write-ahead log is measured")
	path := filepath.Join(t.TempDir(), "shop.db")
	now := noon
	store, err := Open(t.Context(), path, WithClock(func() time.Time { return now }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	commits := func(ask func()) int64 {
		t.Helper()
		size := func() int64 {
			info, err := os.Stat(path + "-wal")
			if err != nil {
				t.Fatal(err)
			}
			return info.Size()
		}
		before := size()
		ask()
		return (size() - before) / (4096 + 24) // a page and its header in the log
	}
	ready := func(ctx context.Context) {
		if err := store.Ready(ctx); err != nil {
			t.Errorf("one of many is answered %v", err)
		}
	}
	many := func() {
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() { ready(t.Context()) })
		}
		all.Wait()
	}
	if n := commits(many); n != 1 {
		t.Errorf("50 that ask at once make %d commits, want 1", n)
	}
	now = now.Add(time.Second)
	if n := commits(many); n != 1 {
		t.Errorf("a second later they make %d commits, want 1", n)
	}
	// A write that fails is noticed at once.
	mustExec(t, store, `PRAGMA max_page_count = 1`)
	if err := exec(store, `CREATE TABLE more (text TEXT)`); !isStorageTrouble(err) {
		t.Fatalf("a table on a full disk: %v", err)
	}
	mustExec(t, store, `PRAGMA max_page_count = 1000000`)
	if n := commits(many); n != 1 {
		t.Errorf("after a failed write they make %d commits, want 1", n)
	}
}
