package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"modernc.org/sqlite"
	sqlitecode "modernc.org/sqlite/lib"
)

// ErrInUse says that another server works with the same file.
var ErrInUse = errors.New("another server is using this database")

// Exclusively makes Open fail with [ErrInUse] while another process holds the
// database in the same way. Two servers on one file would each believe that
// theirs is the only attempt, the only inquiry and the only sweeper.
func Exclusively() Option { return func(s *Store) { s.exclusive = true } }

// claim holds an exclusive lock on a file beside the database until release is
// called. It is SQLite's own lock, which the operating system takes back when a
// process dies.
func claim(ctx context.Context, path string) (release func() error, err error) {
	lock, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path + ".lock"}).EscapedPath()+"?_txlock=exclusive")
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
