package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"reflect"
	"time"

	"modernc.org/sqlite"
	sqlitecode "modernc.org/sqlite/lib"
)

// ErrInUse says that another server works with the same file.
var ErrInUse = errors.New("another server is using this database")

// Exclusively makes Open fail with [ErrInUse] while another process holds the
// database in the same way. Two servers on one file would each believe that
// theirs is the only attempt, the only inquiry and the only sweeper. On PostgreSQL servers share
// the database, and it means [Migrating] only.
func Exclusively() Option { return func(s *Store) { s.exclusive, s.migrates = true, true } }

// claim holds an exclusive lock on a file beside the database until release is
// called. It is SQLite's own lock, which the operating system takes back when a
// process dies. path leads through no symbolic link. A claim waits for so long for
// another one to end.
func claim(ctx context.Context, path string, wait time.Duration) (release func() error, err error) {
	// An account that can read the lock can hold it, and so keep the server from starting.
	info, err := makePrivate(path + ".lock")
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = os.Chmod(path+".lock", 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("lock of the database: %w", err)
	}
	name := "file:" + (&url.URL{Path: path + ".lock"}).EscapedPath()
	lock, err := sql.Open("sqlite", fmt.Sprintf("%s?_txlock=exclusive&_pragma=busy_timeout(%d)", name, wait.Milliseconds()))
	if err != nil {
		return nil, err
	}
	tx, err := lock.BeginTx(context.WithoutCancel(ctx), nil) // the lock lasts as long as the process, not as long as ctx
	if err == nil {
		return func() error { return errors.Join(tx.Rollback(), lock.Close()) }, nil
	}
	var code *sqlite.Error
	if errors.As(err, &code) && code.Code()&0xff == sqlitecode.SQLITE_BUSY {
		err = fmt.Errorf("%s: %w", path, ErrInUse)
	}
	return nil, errors.Join(err, lock.Close())
}

// makePrivate makes a file that its owner only can open, if it is missing. It does not
// open one that is there: to close it again would end SQLite's locks on it.
func makePrivate(path string) (fs.FileInfo, error) {
	if info, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return info, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // #nosec G304 -- a setting names it
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	return info, errors.Join(err, file.Close())
}

// hasOtherNames reports whether a file has hard links: further names that SQLite and
// the lock would take for other files. Systems that do not count names have no field
// Nlink.
func hasOtherNames(info fs.FileInfo) bool {
	stat := reflect.Indirect(reflect.ValueOf(info.Sys()))
	if !info.Mode().IsRegular() || stat.Kind() != reflect.Struct {
		return false
	}
	names := stat.FieldByName("Nlink")
	return names.IsValid() && names.CanUint() && names.Uint() > 1
}
