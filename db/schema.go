package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"

	"antom-checkout/db/postgres"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Errors of a file whose tables this program does not know.
var (
	// ErrNewerSchema is of tables that a newer version has made and this one cannot work with.
	ErrNewerSchema = errors.New("made by a newer version of antom-checkout; use that version, or restore a backup made before it")
	// ErrOlderSchema is of tables on a server that a command would have to bring up to date:
	// servers of an older version may be running on them.
	ErrOlderSchema = errors.New("a server of this version has not been started on it yet; start one, or give the command migrate, or use the version of antom-checkout whose servers run")
	ErrForeign     = errors.New("this SQLite file was not made by antom-checkout")
	// ErrForeignTables is ErrForeign of a database on a server.
	ErrForeignTables = errors.New("this database has tables that antom-checkout has not made; make an empty database for it")
	ErrOtherServer   = errors.New("a server that is running uses this database with an older schema; use the server's own version of antom-checkout, or stop the server first")
)

// migrationWait is how long a command waits for another one that migrates. Only tests
// change it.
var migrationWait = 5 * time.Second

func newProvider(on *sql.DB, further ...string) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, on, files, postgres.Further(further)...)
}

// bringUpToDate migrates the tables if they are older. It changes nothing of a file that a newer
// version has made, and nothing beside a server that runs with the older tables.
func (s *Store) bringUpToDate(ctx context.Context, writes *sql.DB, path string) error {
	found, known, err := schemaVersions(ctx, writes, s.further...)
	switch {
	case err != nil || found > known:
		return err
	case found == known:
		return refuseGaps(ctx, writes, s.further...)
	}
	if !s.exclusive {
		release, err := claim(ctx, path, migrationWait)
		if errors.Is(err, ErrInUse) {
			return fmt.Errorf("schema %d, this program's is %d: %w", found, known, ErrOtherServer)
		}
		if err != nil {
			return err
		}
		defer release() //nolint:errcheck // a lock that is lost has no effect
	}
	return migrate(ctx, writes, s.further...)
}

// refuseGaps refuses tables that lack a migration although they have a later one.
func refuseGaps(ctx context.Context, writes *sql.DB, further ...string) error {
	provider, err := newProvider(writes, further...)
	if err != nil {
		return err
	}
	if pending, err := provider.HasPending(ctx); err != nil || !pending {
		return err
	}
	return migrate(ctx, writes, further...) // says which one is missing
}

// migrate makes the tables, or brings them to this program's schema.
func migrate(ctx context.Context, writes *sql.DB, further ...string) error {
	provider, err := newProvider(writes, further...)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// schemaVersions are the version of a file's tables, 0 for none, and that of this
// program. It is lower only where the program can work with the newer tables.
func schemaVersions(ctx context.Context, on *sql.DB, further ...string) (found, known int64, err error) {
	provider, err := newProvider(on, further...)
	if err != nil {
		return 0, 0, err
	}
	for _, source := range provider.ListSources() {
		known = max(known, source.Version)
	}
	var tables, ours int
	err = on.QueryRowContext(ctx, `
		SELECT count(*), count(*) FILTER (WHERE name = 'goose_db_version')
		  FROM sqlite_schema
		 WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).Scan(&tables, &ours)
	switch {
	case err != nil || tables == 0:
		return 0, known, err
	case ours == 0:
		return 0, known, ErrForeign
	}
	err = on.QueryRowContext(ctx, `
		SELECT coalesce(max(version_id), 0)
		  FROM goose_db_version
		 WHERE is_applied = 1`).Scan(&found)
	if err == nil && found > known {
		err = refuseNewer(ctx, on, known)
	}
	return found, known, err
}

// refuseNewer refuses tables that a newer version has made, unless they say that programs
// which know schemas up to this one can work with them.
func refuseNewer(ctx context.Context, on querier, known int64) error {
	var oldest int64
	if err := on.QueryRowContext(ctx, `SELECT oldest FROM compatible_schema`).Scan(&oldest); err != nil {
		return err
	}
	if oldest > known {
		return fmt.Errorf("its programs know schema %d or newer, this one knows schemas up to %d: %w", oldest, known, ErrNewerSchema)
	}
	return nil
}
