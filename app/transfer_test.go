package app

import (
	"path/filepath"
	"strings"
	"testing"

	"antom-checkout/db/postgres/pgtest"
)

// A buyer's browser goes on after the shop was transferred: session, links and what is sealed
// need the shop's key, which the command names.
func TestMigrateTransfersAShop(t *testing.T) {
	pgtest.Need(t)
	address := pgtest.NewDatabase(t, pgtest.Empty)
	p := runProgram(t, nil)
	path := p.orders()
	file := p.settings["DATABASE_URL"]
	line := "migrate --from " + file + " --to " + address
	if code, _, problems := runs(t, nil, line); code != 1 || !strings.Contains(problems, "another server is using this database; stop it first") {
		t.Errorf("beside the running server, it answers %d %s", code, problems)
	}
	p.stops()
	code, text, problems := runs(t, nil, line)
	if key := "SESSION_KEY_FILE=" + filepath.Join(filepath.Dir(file), sessionKey); code != 0 || !strings.Contains(text, "1  orders") || !strings.Contains(text, "All are equal") || !strings.Contains(text, key) {
		t.Fatalf("it answers %d %s %s", code, text, problems)
	}
	if code, _, problems := runs(t, nil, line); code != 1 || !strings.Contains(problems, "not empty") {
		t.Errorf("given again, it answers %d %s", code, problems)
	}
	_, before, _ := runs(t, environ{"DATABASE_URL": file}, "audit")
	env := environ{"DATABASE_URL": address, "SESSION_KEY_FILE": filepath.Join(filepath.Dir(file), sessionKey), "MAIL_DIR": t.TempDir()}
	if code, after, problems := runs(t, env, "audit"); code != 0 || after != before || before == "" {
		t.Errorf("the audit was\n%s\nand is %d\n%s%s", before, code, after, problems)
	}
	t.Chdir(t.TempDir()) // where the sandbox's keys are made
	again := runProgram(t, env)
	again.client = p.client
	if same := again.orders(); same != path {
		t.Errorf("the same form of the same session leads to %s, and led to %s", same, path)
	}
}

func TestMigrateSaysWhatIsMissing(t *testing.T) {
	for line, says := range map[string]string{"migrate --to postgres://db.example.com/shop": "--from", "migrate --from none.db --to other.db": "PostgreSQL"} {
		if code, _, problems := runs(t, environ{"DATABASE_URL": filepath.Join(t.TempDir(), "shop.db")}, line); code == 0 || !strings.Contains(problems, says) {
			t.Errorf("%s answers %d %s", line, code, problems)
		}
	}
}
