package postgres

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

func newProvider(on *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, on, files, goose.WithSessionLocker(locker))
}

// Migrate makes the tables, or brings them to this program's schema. Of several programs
// that start together one does it, and the others wait.
func Migrate(ctx context.Context, on *sql.DB) error {
	provider, err := newProvider(on)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// Tables says what a database holds.
type Tables struct {
	Found, Known int64 // the version of its tables, 0 for none, and that of this program
	Foreign      bool  // it has tables, and none of this program
}

// Examine reads which tables there are.
func Examine(ctx context.Context, on *sql.DB) (t Tables, err error) {
	provider, err := newProvider(on)
	if err != nil {
		return t, err
	}
	for _, source := range provider.ListSources() {
		t.Known = max(t.Known, source.Version)
	}
	var tables, ours int
	err = on.QueryRowContext(ctx, `
		SELECT count(*), count(*) FILTER (WHERE table_name = 'goose_db_version')
		  FROM information_schema.tables
		 WHERE table_schema = current_schema()`).Scan(&tables, &ours)
	if err != nil || ours == 0 {
		t.Foreign = tables > 0
		return t, err
	}
	err = on.QueryRowContext(ctx, `
		SELECT coalesce(max(version_id), 0)
		  FROM goose_db_version
		 WHERE is_applied`).Scan(&t.Found)
	return t, err
}
