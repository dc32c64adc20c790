package db

import (
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// backedUp is a database with the order "before" in its backup and "after" in its
// write-ahead log only, as a killed server leaves it.
func backedUp(t *testing.T, attached ...Attachment) (killed, file string) {
	t.Helper()
	store, path := openStoreAt(t, filepath.Join(t.TempDir(), "shop.db"))
	placeOrder(t, store, newOrder("before"))
	file = filepath.Join(t.TempDir(), "shop.backup")
	if err := Backup(t.Context(), path, file, attached...); err != nil {
		t.Fatal(err)
	}
	placeOrder(t, store, newOrder("after"))
	return copyAsAfterAKill(t, path), file
}

// folder is every file below the folder of path with its content, but for the lock.
func folder(t *testing.T, path string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".lock") {
			continue
		}
		content, err := os.ReadFile(filepath.Join(filepath.Dir(path), entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = string(content)
	}
	return files
}

// A copy over the file of a killed server had its write-ahead log replayed over it.
func TestARestoredFileHoldsTheBackupAndNothingOfTheOldLog(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	killed, file := backedUp(t)
	r, err := Restore(t.Context(), file, killed, nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	if r.Orders != 1 || r.Schema == 0 || !r.Latest.Equal(noon) {
		t.Errorf("it reports %+v", r)
	}
	store, _ := openStoreAt(t, killed)
	expectTable(t, store, []string{"before"}, `SELECT id FROM orders`)
	expectTable(t, store, nil, `SELECT name FROM sqlite_schema WHERE name = 'backup_attachments'`)
	expectMode(t, killed, 0o600)

	// What was set aside is a whole database still, its log included.
	aside := killed + ".replaced-20260102T120000Z"
	if want := []string{aside, aside + "-wal"}; !slices.Equal(r.SetAside, want) {
		t.Fatalf("set aside are %v, want %v", r.SetAside, want)
	}
	old, _ := openStoreAt(t, aside)
	expectTable(t, old, []string{"after", "before"}, `SELECT id FROM orders ORDER BY id`)
}

// The keys come back, the present ones are set aside, and no other file is written.
func TestARestoreBringsTheKeys(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	killed, file := backedUp(t, Attachment{"session.key", []byte("the shop's")}, Attachment{"../elsewhere", []byte("x")}, Attachment{"other", []byte("x")})
	beside := filepath.Join(filepath.Dir(killed), "session.key")
	if err := os.WriteFile(beside, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // again, it is the same
		r, err := Restore(t.Context(), file, killed, []string{"session.key"}, noon)
		if err != nil || !slices.Equal(r.Attached, []string{"session.key"}) {
			t.Fatalf("%v, %v", r.Attached, err)
		}
	}
	files := folder(t, killed)
	if files["session.key"] != "the shop's" || files["session.key.replaced-20260102T120000Z"] != "another" {
		t.Errorf("the keys are %q, set aside %q", files["session.key"], files["session.key.replaced-20260102T120000Z"])
	}
	if _, written := files["other"]; written || strings.Contains(files["killed.db"], "the shop's") {
		t.Error("a file that was not wanted is written, or the restored database holds the key")
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(killed), "..", "elsewhere")); err == nil {
		t.Error("a file outside of the folder is written")
	}
}

func TestWhatCannotBeRestoredChangesNothing(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	killed, file := backedUp(t)
	spoilt := func(name string, change func(path string)) string {
		path := filepath.Join(t.TempDir(), name)
		if err := copyPrivate(file, path); err != nil {
			t.Fatal(err)
		}
		change(path)
		return path
	}
	sqlIn := func(query string) func(string) {
		return func(path string) {
			on, err := openCopy(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := on.ExecContext(t.Context(), query); err != nil {
				t.Fatal(err)
			}
			if err := on.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	before := folder(t, killed)
	for _, row := range []struct{ name, file, want string }{
		{"of a newer version", spoilt("newer", sqlIn(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1); UPDATE compatible_schema SET oldest = 9999`)), "newer version"},
		{"of another program", spoilt("foreign", sqlIn(`DROP TABLE goose_db_version`)), "not made by antom-checkout"},
		{"with rows that belong to nothing", spoilt("orphans", sqlIn(`PRAGMA foreign_keys = 0; DELETE FROM orders`)), "belong to nothing"},
		{"cut off", spoilt("cut", func(path string) {
			if err := os.Truncate(path, 20_000); err != nil {
				t.Fatal(err)
			}
		}), "malformed"},
		{"empty", spoilt("empty", func(path string) {
			if err := os.Truncate(path, 0); err != nil {
				t.Fatal(err)
			}
		}), "not made by antom-checkout"},
		{"a text", "backup_test.go", "not a database"},
		{"no file", filepath.Join(t.TempDir(), "none"), "no such file"},
		{"the database itself", killed, "itself"},
		{"a database in use", copyAsAfterAKill(t, killed), "in use"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := Restore(t.Context(), row.file, killed, nil, noon); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("it is answered %v, want %q", err, row.want)
			}
			if after := folder(t, killed); len(after) != len(before) || after["killed.db"] != before["killed.db"] || after["killed.db-wal"] != before["killed.db-wal"] {
				t.Error("the files have changed")
			}
		})
	}
}

func TestNothingIsRestoredWhileAServerRuns(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	_, file := backedUp(t)
	path := filepath.Join(t.TempDir(), "shop.db")
	server, err := Open(t.Context(), path, Exclusively())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), file, path, nil, noon); !errors.Is(err, ErrInUse) {
		t.Errorf("it is answered %v", err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), file, path, nil, noon); err != nil {
		t.Errorf("after the server has ended: %v", err)
	}
}

// A database whose files change places is not opened, and the same command ends it.
func TestAnInterruptedRestoreIsGivenAgain(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	killed, file := backedUp(t)
	if err := copyPrivate(file, restoring(killed)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(killed, killed+".replaced-1"); err != nil { // its log is still there
		t.Fatal(err)
	}
	if store, err := Open(t.Context(), killed); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Fatalf("it is opened: %v, %v", store, err)
	}
	if _, err := Restore(t.Context(), file, killed, nil, noon); err != nil {
		t.Fatal(err)
	}
	store, _ := openStoreAt(t, killed)
	expectTable(t, store, []string{"before"}, `SELECT id FROM orders`)
}

func TestARestoreFollowsALinkToTheDatabase(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	killed, file := backedUp(t)
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(killed, link); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), file, link, nil, noon); err != nil {
		t.Fatal(err)
	}
	store, _ := openStoreAt(t, killed)
	expectTable(t, store, []string{"before"}, `SELECT id FROM orders`)
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info, err)
	}
}

// A newer version's tables may mean something else by the same names.
func TestANewerSchemaIsRefused(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	store, path := openStoreAt(t, filepath.Join(t.TempDir(), "shop.db"))
	mustExec(t, store, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	mustExec(t, store, `UPDATE compatible_schema SET oldest = 9999`)
	for _, options := range [][]Option{nil, {Exclusively()}} {
		again, err := Open(t.Context(), path, options...)
		if !errors.Is(err, ErrNewerSchema) || !strings.Contains(err.Error(), "made by a newer version") {
			t.Errorf("it is opened: %v", err)
		}
		if err == nil {
			_ = again.Close()
		}
	}
	expectCount(t, store, 1, "goose_db_version WHERE version_id = 9999")
}

func TestAForeignDatabaseIsRefused(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	path := filepath.Join(t.TempDir(), "notes.db")
	foreign, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := foreign.ExecContext(t.Context(), `CREATE TABLE notes (text TEXT)`); err != nil {
		t.Fatal(err)
	}
	if err := foreign.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path); !errors.Is(err, ErrForeign) {
		t.Errorf("it is opened: %v", err)
	}
}

// A server would go on with statements for tables that have changed under it.
func TestNoCommandMigratesBesideARunningServer(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	path := filepath.Join(t.TempDir(), "shop.db")
	old := olderDatabase(t, path, 9)
	stop, err := claim(t.Context(), path, 0) // as its server does
	if err != nil {
		t.Fatal(err)
	}
	wait := migrationWait
	migrationWait = 0
	t.Cleanup(func() { migrationWait = wait })
	if _, err := Open(t.Context(), path); !errors.Is(err, ErrOtherServer) {
		t.Errorf("a command is answered %v", err)
	}
	if version, _, err := schemaVersions(t.Context(), old); err != nil || version != 9 {
		t.Errorf("the schema is %d, %v", version, err)
	}
	if err := errors.Join(stop(), old.Close()); err != nil {
		t.Fatal(err)
	}
	openStoreAt(t, path)
}

// One database has one lock, by whatever name it is opened.
func TestALinkIsNoSecondDatabase(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	real, links := t.TempDir(), t.TempDir()
	path, link := filepath.Join(real, "shop.db"), filepath.Join(links, "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	server, err := Open(t.Context(), link, Exclusively()) // makes the file at the link's end
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, link} {
		if _, err := Open(t.Context(), name, Exclusively()); !errors.Is(err, ErrInUse) {
			t.Errorf("a second server gets %v", err)
		}
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	hard := filepath.Join(links, "hard.db")
	if err := os.Link(path, hard); err != nil {
		t.Skipf("no hard links here: %v", err)
	}
	if _, err := Open(t.Context(), hard, Exclusively()); err == nil || !strings.Contains(err.Error(), "several names") {
		t.Errorf("a file with two names is answered %v", err)
	}
}

// An account that can read the lock can hold it.
func TestOnlyTheOwnerCanLock(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	path := filepath.Join(t.TempDir(), "shop.db")
	for range 2 {
		server, err := Open(t.Context(), path, Exclusively())
		if err != nil {
			t.Fatal(err)
		}
		expectMode(t, path+".lock", 0o600)
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path+".lock", 0o644); err != nil { // as older versions made it
			t.Fatal(err)
		}
	}
}

// An audit of tables that have other columns would fail with a message of SQLite's.
func TestTheAuditSaysWhichSchemaItReads(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	path := filepath.Join(t.TempDir(), "shop.db")
	old, err := sql.Open("sqlite", dsn(path, "_txlock=immediate"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = old.Close() })
	provider, err := newProvider(old)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), 9); err != nil {
		t.Fatal(err)
	}
	if err := Audit(t.Context(), path, io.Discard); err == nil || !strings.Contains(err.Error(), "migrate first") {
		t.Errorf("of an older schema it is answered %v", err)
	}
}
