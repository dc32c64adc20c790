// Package dbtest makes databases for tests. The migrations are run once per test
// program; each database is a copy of what they made.
package dbtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"antom-checkout/db"
	"antom-checkout/db/postgres/pgtest"
)

var tables sync.Once

// NewPostgres makes an empty database with all of its tables on a PostgreSQL server, and
// answers with its address. It is dropped when the test ends.
func NewPostgres(t testing.TB) (address string) {
	t.Helper()
	tables.Do(func() {
		store, err := db.Open(context.Background(), pgtest.Make(t, "tables"), db.Migrating())
		if err == nil {
			err = store.Close()
		}
		if err != nil {
			t.Fatalf("make tables: %v", err)
		}
	})
	return pgtest.NewDatabase(t, "tables")
}

// Make makes an empty database, with all of its tables, at a path where none is.
func Make(t testing.TB, path string) {
	t.Helper()
	content, err := empty()
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		t.Fatalf("make %s: %v", filepath.Base(path), err)
	}
}

var empty = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "dbtest")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(folder, "empty.db")
	store, err := db.Open(context.Background(), path)
	if err == nil {
		err = store.Close()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	content, err := os.ReadFile(path) // #nosec G304 -- the file was made just above
	return content, errors.Join(err, os.RemoveAll(folder))
})
