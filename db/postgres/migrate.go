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

// Migrations are the files of goose.
//
//go:embed migrations/*.sql
var Migrations embed.FS

func newProvider(on *sql.DB, further []string) (*goose.Provider, error) {
	files, err := fs.Sub(Migrations, "migrations")
	if err != nil {
		return nil, err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, on, files, append(Further(further), goose.WithSessionLocker(locker))...)
}

// furtherVersion is beyond all migrations.
const furtherVersion = 99999

// Further is a migration of these statements, or nothing without any.
func Further(statements []string) (options []goose.ProviderOption) {
	if len(statements) == 0 {
		return nil
	}
	up := &goose.GoFunc{RunTx: func(ctx context.Context, on *sql.Tx) error {
		for _, statement := range statements {
			if _, err := on.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	}}
	return []goose.ProviderOption{goose.WithGoMigrations(goose.NewGoMigration(furtherVersion, up, nil))}
}

// Migrate makes the tables, or brings them to this program's schema. Of several programs
// that start together one does it, and the others wait.
func Migrate(ctx context.Context, on *sql.DB, further ...string) error {
	provider, err := newProvider(on, further)
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
func Examine(ctx context.Context, on *sql.DB, further ...string) (t Tables, err error) {
	provider, err := newProvider(on, further)
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
