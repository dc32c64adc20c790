package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
)

// Examined is what [Examine] has found out about a database file.
type Examined struct {
	Missing       bool  // there is no file, or an empty one; a server makes it
	Schema, Known int64 // the version of its tables, and that of this program
	Standbys      int   // servers that follow the database's
	Confirmed     bool  // by a standby is what is stored, before it is acknowledged
}

// UpToDate reports whether [Open] would migrate nothing.
func (e Examined) UpToDate() bool { return !e.Missing && e.Schema >= e.Known }

// Examine looks at the file at path, or at the database that an address names, beside a running server or without one. It migrates
// nothing and makes no file that stays. Its error says why a server could not store there.
func Examine(ctx context.Context, path string) (found Examined, err error) {
	if OnServer(path) {
		return examineServer(ctx, path)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Examined{Missing: true}, errors.Join(refuseHalfRestored(path), CheckFolder(filepath.Dir(path)))
	case err != nil:
		return found, err
	case hasOtherNames(info):
		return found, fmt.Errorf("%s has several names (hard links), which SQLite's write-ahead log cannot follow; leave one", path)
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return found, err
	}
	if err := refuseHalfRestored(path); err != nil {
		return found, err
	}
	if found.Schema, found.Known, err = schemaOfFile(ctx, path); err != nil {
		return found, err
	}
	found.Missing = found.Schema == 0
	if !found.UpToDate() {
		return found, CheckFolder(filepath.Dir(path))
	}
	return found, commitInto(ctx, path)
}

// openAsItIs opens a file that is there. It sets nothing that would change the file.
func openAsItIs(path, mode string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_txlock=immediate&_pragma=busy_timeout(5000)&mode="+mode)
}

func schemaOfFile(ctx context.Context, path string) (found, known int64, err error) {
	reads, err := openAsItIs(path, "ro")
	if err != nil {
		return 0, 0, err
	}
	defer reads.Close()
	return schemaVersions(ctx, reads)
}

// commitInto makes the disk store a page, as it has to for every order.
func commitInto(ctx context.Context, path string) error {
	writes, err := openAsItIs(path, "rw")
	if err != nil {
		return err
	}
	defer writes.Close()
	tx, err := writes.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // it is committed, or nothing was written
	if _, err := tx.ExecContext(ctx, writeNothing); err != nil {
		return err
	}
	return tx.Commit()
}

// CheckFolder reports whether files can be made in a folder, or where it is missing, in
// the nearest one above it that is there.
func CheckFolder(folder string) error {
	for {
		info, err := os.Stat(folder)
		above := filepath.Dir(folder)
		switch {
		case errors.Is(err, fs.ErrNotExist) && above != folder:
			folder = above
			continue
		case err != nil:
			return err
		case !info.IsDir():
			return fmt.Errorf("%s is no folder", folder)
		}
		file, err := os.CreateTemp(folder, ".examined-*")
		if err != nil {
			return err
		}
		return errors.Join(file.Close(), os.Remove(file.Name()))
	}
}
