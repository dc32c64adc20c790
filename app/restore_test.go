package app

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
)

// A backup is all that another machine needs: sessions and links open there as before.
func TestABackupRestoredElsewhereGoesOn(t *testing.T) {
	p := runProgram(t, nil)
	path := p.orders()
	file := filepath.Join(t.TempDir(), "shop.backup")
	if code, _, problems := runs(t, p.settings, "backup "+file); code != 0 {
		t.Fatal(problems)
	}
	if code, _, problems := runs(t, p.settings, "restore "+file); code != 1 || !strings.Contains(problems, "another server is using this database") {
		t.Errorf("beside the running server, restore answers %d %s", code, problems)
	}
	p.stops()

	elsewhere := environ{"DATABASE_URL": filepath.Join(t.TempDir(), "data", "shop.db")}
	code, text, problems := runs(t, elsewhere, "restore "+file)
	if code != 0 || !strings.Contains(text, "1 orders") || !strings.Contains(text, "session.key came with it.") {
		t.Fatalf("restore answers %d %s %s", code, text, problems)
	}
	again := runProgram(t, elsewhere)
	again.client = p.client // the buyer's browser
	if same := again.orders(); same != path {
		t.Errorf("the same form of the same session leads to %s, and led to %s", same, path)
	}
}

// An older program would go on with money by rules that the newer one has changed.
func TestEveryCommandThatWritesRefusesANewerSchema(t *testing.T) {
	env := environ{"DATABASE_URL": filepath.Join(t.TempDir(), "shop.db"), "ADDR": "127.0.0.1:0", "SANDBOX_ADDR": "127.0.0.1:0"}
	if code, _, problems := runs(t, env, "migrate"); code != 0 {
		t.Fatal(problems)
	}
	on, err := sql.Open("sqlite", env["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := on.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1); UPDATE compatible_schema SET oldest = 9999`); err != nil {
		t.Fatal(err)
	}
	if err := on.Close(); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"serve", "migrate", "admin refund --order ABCDE-FGHIJ --key k", "emails resend --dead"} {
		if code, _, problems := runs(t, env, line); code != 1 || !strings.Contains(problems, "made by a newer version") {
			t.Errorf("%s answers %d %s", line, code, problems)
		}
	}
}
