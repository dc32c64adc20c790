package app

import (
	"os"
	"strings"
	"testing"
	"time"

	"antom-checkout/db"
	"antom-checkout/db/dbtest"
	"antom-checkout/db/postgres/pgtest"
)

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(runAsProgram())
	}
	os.Exit(pgtest.Run(m))
}

func TestProgramsThatShareADatabaseNeedTheSameKey(t *testing.T) {
	expectProblems(t, environ{"DATABASE_URL": "postgres://shop@db.example.com/shop"}, nil, "SESSION_KEY")
	cfg := load(t, environ{"DATABASE_URL": "postgres://shop@db.example.com/shop", "SESSION_KEY": strings.Repeat("k", 32)})
	if folder := cfg.mailFolder(); folder != "data/mail" {
		t.Errorf("emails are written to %s, want data/mail", folder)
	}
}

func TestBackupAndRestoreNameTheToolsOfPostgreSQL(t *testing.T) {
	env := environ{"DATABASE_URL": "postgres://shop:secret@db.example.com/shop", "SESSION_KEY": strings.Repeat("k", 32)}
	for line, tool := range map[string]string{"backup copy": "pg_dump", "restore copy": "pg_restore"} {
		code, _, problems := runs(t, env, line)
		if code != 1 || !strings.Contains(problems, tool) || strings.Contains(problems, "secret") {
			t.Errorf("%s: %d %s; want a refusal that names %s and no password", line, code, problems, tool)
		}
	}
}

func TestConnectionsAreMeasured(t *testing.T) {
	collector := newCollector(t)
	for database, want := range map[string]int{dbtest.NewPostgres(t): 2, "": 1} {
		env := environ{"METRICS_ADDR": "127.0.0.1:0", "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address} // traces stand between Store and pool
		if database != "" {
			env["DATABASE_URL"], env["SESSION_KEY"] = database, strings.Repeat("k", 32)
		}
		m := runProgram(t, env).measures()
		seen := 0
		for _, pool := range []string{"reads", "writes"} {
			if most := m[`checkout_database_connections_most{pool="`+pool+`"}`]; most != "" && most != "0" && m[`checkout_database_wait_seconds_total{pool="`+pool+`"}`] != "" {
				seen++
			}
		}
		if seen != want {
			t.Errorf("on %q %d pools are measured, want %d", db.Shown(database), seen, want)
		}
	}
}

func TestCommandsWorkOnPostgreSQL(t *testing.T) {
	env := environ{"DATABASE_URL": dbtest.NewPostgres(t), "SESSION_KEY": strings.Repeat("k", 32), "MAIL_DIR": t.TempDir()}
	for _, line := range []string{"migrate", "audit", "orders", "keys list", "stock NONE", "operators list"} {
		code, out, problems := runs(t, env, line)
		if code > 1 || strings.Contains(problems, "SQLSTATE") || code == 1 && line != "stock NONE" {
			t.Errorf("%s: %d %s %s", line, code, out, problems)
		}
	}
	d := examines(t, env)
	if seen := d.result("database"); seen != "ok" {
		t.Errorf("doctor finds the database %s: %+v", seen, d.Findings)
	}
	way, err := db.ExamineWay(t.Context(), env["DATABASE_URL"], time.Now)
	if err != nil || !way.Local || way.Ahead.Abs() > time.Second+way.Unsure || way.Free < 1 {
		t.Errorf("the way to the server is %+v, %v", way, err)
	}
	early, err := db.ExamineWay(t.Context(), env["DATABASE_URL"], func() time.Time { return time.Now().Add(-time.Hour) })
	if err != nil || early.Ahead < 59*time.Minute {
		t.Errorf("an hour behind, this machine finds the server ahead by %s, %v", early.Ahead, err)
	}
	env["DATABASE_URL"] = strings.Replace(env["DATABASE_URL"], "/test", "/missing", 1)
	if d := examines(t, env); d.result("database") != "error" {
		t.Errorf("doctor finds a database that is missing %s", d.result("database"))
	}
}
