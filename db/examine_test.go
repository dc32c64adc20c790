package db

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Beside a store that is open an examination commits, and what is not there stays so.
func TestAnExaminationSaysWhetherAServerCouldStore(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	store, path := openStoreAt(t, filepath.Join(t.TempDir(), "shop.db"))
	if found, err := Examine(t.Context(), path); err != nil || !found.UpToDate() {
		t.Errorf("an open database is %+v, %v", found, err)
	}
	if err := store.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := migrator(t, path).Down(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found, err := Examine(t.Context(), path); err != nil || found.Missing || found.UpToDate() {
		t.Errorf("an earlier database is %+v, %v", found, err)
	}
	folder := t.TempDir()
	if found, err := Examine(t.Context(), filepath.Join(folder, "data", "none.db")); err != nil || !found.Missing {
		t.Errorf("a missing database is %+v, %v", found, err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("the examination leaves %v %v", left, err)
	}
}

func TestAnExaminationSaysWhyAServerCouldNotStore(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	folder := t.TempDir()
	plain := filepath.Join(folder, "plain.db")
	if err := os.WriteFile(plain, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	named := filepath.Join(folder, "named.db")
	if err := errors.Join(os.WriteFile(named, nil, 0o600), os.Link(named, named+".too")); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		plain:                           "not a database",
		named:                           "several names",
		filepath.Join(plain, "shop.db"): "not a directory",
		folder:                          "",
	} {
		if _, err := Examine(t.Context(), path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is examined with %v, want %q", filepath.Base(path), err, want)
		}
	}
}
