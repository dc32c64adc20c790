package db

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A statement whose limit is bound is prepared anew each time it is carried out.
func TestNoLimitIsBound(t *testing.T) {
	onSQLiteOnly(t, "how SQLite plans a query")
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	bound := "LIMIT " + "$"
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(source), bound) {
			t.Errorf("%s binds a limit; use first", file)
		}
	}
}
