package db

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"antom-checkout/db/postgres"
)

// expanding is what the next version may do to tables that this one works with.
var expanding = []string{
	`ALTER TABLE orders ADD COLUMN later TEXT NOT NULL DEFAULT ''`,
	`CREATE TABLE later (id TEXT PRIMARY KEY)`,
}

// starts opens a database as a server does, and closes it when the test ends.
func starts(t *testing.T, at string, options ...Option) (*Store, error) {
	t.Helper()
	store, err := Open(context.Background(), at, append(options, Exclusively())...)
	if err == nil {
		t.Cleanup(func() { _ = store.Close() })
	}
	return store, err
}

// A newer program expands the tables, and the older one goes on with them: it may start again,
// and its commands work.
func TestAnOlderProgramRunsOnExpandedTables(t *testing.T) {
	store, at := openStoreAt(t, newDatabase(t))
	placeOrder(t, store, newOrder("before"))
	newer, err := starts(t, at, Ahead(expanding...))
	if err != nil {
		t.Fatal(err)
	}
	placeOrder(t, newer, newOrder("newer"))
	if !onServer {
		if err := newer.Close(); err != nil {
			t.Fatal(err)
		}
	}
	again, err := starts(t, at)
	if err != nil {
		t.Fatal(err)
	}
	command, _ := openStoreAt(t, at)
	for i, older := range []*Store{store, again, command} {
		placeOrder(t, older, newOrder("older"+strconv.Itoa(i)))
		orderByID(t, older, "newer")
		if err := older.Ready(t.Context()); err != nil {
			t.Error(err)
		}
	}
	expectTable(t, command, []string{"5"}, `SELECT count(*) FROM orders WHERE later = ''`)
	if found, err := Examine(t.Context(), at); err != nil || !found.UpToDate() || found.Schema <= found.Known {
		t.Errorf("the examination finds %+v, %v", found, err)
	}
}

// Tables that a newer program has changed so that the older one cannot work with them say so.
func TestAnOlderProgramRefusesTablesThatItCannotWorkWith(t *testing.T) {
	store, at := openStoreAt(t, newDatabase(t))
	newer, err := starts(t, at, Ahead(`UPDATE compatible_schema SET oldest = 99999`))
	if err != nil {
		t.Fatal(err)
	}
	if onServer { // where it runs all the same, the load balancer is told
		if err := store.Ready(t.Context()); !errors.Is(err, ErrNewerSchema) {
			t.Errorf("the older program that runs is ready: %v", err)
		}
	}
	if err := newer.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := starts(t, at); !errors.Is(err, ErrNewerSchema) {
		t.Errorf("the older server is answered %v", err)
	}
	if _, err := Open(t.Context(), at); !errors.Is(err, ErrNewerSchema) {
		t.Errorf("its command is answered %v", err)
	}
	if _, err := Examine(t.Context(), at); !errors.Is(err, ErrNewerSchema) {
		t.Errorf("the examination answers %v", err)
	}
}

// Servers of the older version may be running: only a server of the newer one, and the command
// migrate, bring the tables up to date. TestNoCommandMigratesBesideARunningServer is about files.
func TestACommandLeavesTheTablesOfAServerAsTheyAre(t *testing.T) {
	onServerOnly(t)
	_, at := openStoreAt(t, newDatabase(t))
	if _, err := Open(t.Context(), at, Ahead(expanding...)); !errors.Is(err, ErrOlderSchema) {
		t.Errorf("a command of the newer version is answered %v", err)
	}
	store, _ := openStoreAt(t, at)
	expectTable(t, store, []string{"0"}, `SELECT count(*) FROM information_schema.columns WHERE column_name = 'later'`)
	migrated, err := Open(t.Context(), at, Ahead(expanding...), Migrating())
	if err != nil {
		t.Fatal(err)
	}
	if err := migrated.Close(); err != nil {
		t.Fatal(err)
	}
	command, err := Open(t.Context(), at, Ahead(expanding...))
	if err != nil {
		t.Fatalf("afterwards the command is answered %v", err)
	}
	if err := command.Close(); err != nil {
		t.Error(err)
	}
}

// firstRolling is the first schema whose programs work with tables that newer ones have
// expanded. Later migrations keep to the rule of CONTRIBUTING.md.
const firstRolling = 47

// contracting are statements after which programs of before could fail. Rows and indexes may
// go: no program needs an index to be right, but for SQLite's hints, which name some.
var contracting = map[string]*regexp.Regexp{
	"drops or renames a table or column":                   regexp.MustCompile(`(?i)\bDROP\s+(TABLE|COLUMN|FUNCTION|VIEW)\b|\bRENAME\s`),
	"drops an index, which SQLite may be told to use":      regexp.MustCompile(`(?i)\bDROP\s+INDEX\b`),
	"changes a column or adds a constraint":                regexp.MustCompile(`(?i)\bALTER\s+COLUMN\b|\bADD\s+(CONSTRAINT|CHECK|UNIQUE|FOREIGN)\b`),
	"refuses rows by a trigger, or by an index for unique": regexp.MustCompile(`(?i)\bCREATE\s+(UNIQUE\s+INDEX|(CONSTRAINT\s+)?TRIGGER)\b`),
}

// endsOlder is the statement by which a migration says which programs no longer run.
var endsOlder = regexp.MustCompile(`UPDATE compatible_schema SET oldest = (\d+);`)

// contracts says what a migration does that older programs could fail after, and has not said.
func contracts(version int, text string) (problems []string) {
	up, _, _ := strings.Cut(text, "-- +goose Down")
	said := endsOlder.FindStringSubmatch(up)
	if said != nil {
		if oldest, _ := strconv.Atoi(said[1]); oldest < firstRolling || oldest >= version {
			return []string{"sets oldest to " + said[1] + ", which is no schema before its own"}
		}
		return nil
	}
	up = regexp.MustCompile(`--[^\n]*`).ReplaceAllString(up, "")
	for what, statement := range contracting {
		if statement.MatchString(up) {
			problems = append(problems, what)
		}
	}
	for statement := range strings.SplitSeq(strings.ToUpper(up), ";") {
		if strings.Contains(statement, "ADD COLUMN") && strings.Contains(statement, "NOT NULL") && !strings.Contains(statement, "DEFAULT") {
			problems = append(problems, "adds a column that rows of older programs lack")
		}
	}
	return problems
}

func TestMigrationsLeaveOlderProgramsRunning(t *testing.T) {
	for folder, of := range map[string]fs.FS{"db/migrations": migrations, "db/postgres/migrations": postgres.Migrations} {
		files, err := fs.Glob(of, "migrations/*.sql")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d migrations, %v", folder, len(files), err)
		}
		for _, file := range files {
			number, _, _ := strings.Cut(path.Base(file), "_")
			version, err := strconv.Atoi(number)
			if err != nil {
				t.Fatal(err)
			}
			if version <= firstRolling {
				continue
			}
			text, err := fs.ReadFile(of, file)
			if err != nil {
				t.Fatal(err)
			}
			for _, problem := range contracts(version, string(text)) {
				t.Errorf("%s/%s %s: CONTRIBUTING.md says when that may be and what it has to say", folder, path.Base(file), problem)
			}
		}
	}
}

func TestContractingMigrationsAreFound(t *testing.T) {
	for text, problems := range map[string]int{
		"ALTER TABLE orders ADD COLUMN later TEXT NOT NULL DEFAULT '';\n-- +goose Down\nALTER TABLE orders DROP COLUMN later;": 0,
		"ALTER TABLE orders ADD COLUMN later INTEGER; -- DROP TABLE is not here":                                               0,
		"CREATE TABLE later (id TEXT NOT NULL);\nCREATE INDEX later_ids ON later (id);\nDELETE FROM carts;":                    0,
		"ALTER TABLE orders ADD COLUMN later TEXT NOT NULL;":                                                                   1,
		"ALTER TABLE orders ADD COLUMN later TEXT CHECK (later <> '') NOT NULL;":                                               1,
		"ALTER TABLE orders DROP COLUMN link_id;":                                                                              1,
		"ALTER TABLE orders RENAME COLUMN link_id TO link;":                                                                    1,
		"alter table orders\n\trename to purchases;":                                                                           1,
		"DROP INDEX orders_by_time;":                                                                                           1,
		"CREATE UNIQUE INDEX one_link ON orders (link_id);":                                                                    1,
		"CREATE TRIGGER later BEFORE UPDATE ON orders BEGIN SELECT 1; END;":                                                    1,
		"ALTER TABLE orders ALTER COLUMN link_id SET NOT NULL;":                                                                1,
		"UPDATE compatible_schema SET oldest = 47;\nALTER TABLE orders DROP COLUMN link_id;":                                   0,
		"UPDATE compatible_schema SET oldest = 48;\nALTER TABLE orders DROP COLUMN link_id;":                                   1,
		"UPDATE compatible_schema SET oldest = 9;\nALTER TABLE orders DROP COLUMN link_id;":                                    1,
	} {
		if found := contracts(48, text); len(found) != problems {
			t.Errorf("%s\nhas the problems %q, want %d", text, found, problems)
		}
	}
}
