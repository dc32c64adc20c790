package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"antom-checkout/db"
)

const migrateHelp = `With --from it transfers a shop from an SQLite file to PostgreSQL: all rows of all
tables. Then it compares them one by one, and both audits line by line. Stop the server
first. The database has to be empty; the file is only read. It is one transaction:
whatever goes wrong, the database stays empty. There is no way back to a file.

Put the file away afterwards: a server that is started on it would work on the same
payments.
`

// migrate brings the database up to date, or transfers a shop into another one.
func migrate(ctx context.Context, l *line) error {
	from := l.flags.String("from", "", "SQLite file of a shop to transfer to PostgreSQL")
	to := l.flags.String("to", "", "address of the empty database to transfer it to (default DATABASE_URL); the password may stand in PGPASSWORD")
	s, err := l.load()
	if err != nil {
		return err
	}
	if *from != "" {
		return transfer(ctx, *from, cmp.Or(*to, s.Database), l.stdout)
	}
	if *to != "" {
		return usageError{errors.New("migrate: --to needs --from, the file of the shop")}
	}
	store, err := db.Open(ctx, s.Database, db.Migrating())
	if err != nil {
		return err
	}
	return store.Close()
}

// transfer transfers a shop and says what was transferred.
func transfer(ctx context.Context, from, to string, stdout io.Writer) error {
	done, err := db.Transfer(ctx, from, to)
	if err != nil {
		return err
	}
	var b strings.Builder
	var rows int64
	for _, t := range done {
		fmt.Fprintf(&b, "%9d  %s\n", t.Rows, t.Table)
		rows += t.Rows
	}
	fmt.Fprintf(&b, "%9d  rows of %s are in %s. All are equal, and so are both audits.\n", rows, from, db.Shown(to))
	if key := filepath.Join(filepath.Dir(from), sessionKey); isThere(key) {
		fmt.Fprintf(&b, "The programs on it need this shop's session key: SESSION_KEY_FILE=%s\n", key)
	}
	fmt.Fprintf(&b, "Put %s away, so that no server is started on it.\n", from)
	_, err = io.WriteString(stdout, b.String())
	return err
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
