package db

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"antom-checkout/db/postgres"
)

// ErrNotEmpty says that a database has rows already.
var ErrNotEmpty = errors.New("the database is not empty; make an empty one, by createdb")

// Transferred says how many rows of a table were transferred.
type Transferred struct {
	Table string
	Rows  int64
}

// Transfer copies all rows of an SQLite file into an empty PostgreSQL database, and compares
// what is then there with the file: each row of each table, and the audits. It is one
// transaction: after any error, or when it is broken off, the database is as empty as before.
// What is sealed stays sealed, by the same key. No server may run on the file.
func Transfer(ctx context.Context, file, address string) ([]Transferred, error) {
	t := transfer{checked: func(context.Context, *sql.Tx) error { return nil }}
	if err := t.run(ctx, file, address); err != nil {
		return nil, fmt.Errorf("transfer: %w", err)
	}
	return t.done, nil
}

// transfer is one under way.
type transfer struct {
	file *sql.Tx   // one view of the file
	conn *sql.Conn // to the server
	to   *sql.Tx   // on it
	done []Transferred

	checked func(context.Context, *sql.Tx) error // runs before what was copied is compared; only tests have one
}

// run opens the file, and sees that nothing changes it meanwhile.
func (t *transfer) run(ctx context.Context, file, address string) error {
	switch {
	case OnServer(file):
		return fmt.Errorf("it reads an SQLite file; copy %s by pg_dump and pg_restore. There is no way back from PostgreSQL to a file", Shown(file))
	case !OnServer(address):
		return fmt.Errorf("it writes to a PostgreSQL database; copy an SQLite file by backup and restore. %s is no address such as postgres://shop@db.example.com/shop", address)
	}
	path, err := filepath.EvalSymlinks(file)
	if err != nil {
		return err // opening would make an empty database
	}
	if err := refuseHalfRestored(path); err != nil {
		return err
	}
	release, err := claim(ctx, path, 0)
	if err != nil {
		return fmt.Errorf("%w; stop it first", err)
	}
	defer release() //nolint:errcheck // a lock that is lost has no effect
	source, err := openToRead(ctx, path)
	if err != nil {
		return err
	}
	defer source.Close()
	found, known, err := schemaVersions(ctx, source)
	if err == nil && found != known {
		err = fmt.Errorf("schema %d, this program's is %d: bring the file up to date first, by migrate", found, known)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return t.from(ctx, source, address)
}

// from reads the file in one view. A command that has written beside it, and that the view
// does not show, ends it.
func (t *transfer) from(ctx context.Context, source *sql.DB, address string) error {
	reads, err := source.Conn(ctx)
	if err != nil {
		return err
	}
	defer reads.Close()
	before, err := fileVersion(ctx, reads)
	if err != nil {
		return err
	}
	if t.file, err = reads.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}); err != nil {
		return err
	}
	defer t.file.Rollback() //nolint:errcheck // nothing was written
	return t.into(ctx, address, func() error {
		if err := t.file.Rollback(); err != nil {
			return err
		}
		after, err := fileVersion(ctx, reads)
		if err == nil && after != before {
			err = errors.New("a command has changed the file meanwhile; give the command again")
		}
		return err
	})
}

// fileVersion is another one once another connection has changed the file.
func fileVersion(ctx context.Context, on *sql.Conn) (version int64, err error) {
	err = on.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&version)
	return version, err
}

// into opens the server's database, and commits what was copied if it is the same, and if
// unchanged holds of the file.
func (t *transfer) into(ctx context.Context, address string, unchanged func() error) error {
	pool, err := postgres.Open(ctx, address, 2, storageTrouble)
	if err != nil {
		return err
	}
	defer pool.Close()
	err = t.intoTables(ctx, pool, unchanged)
	if err != nil && !errors.As(err, &differs{}) {
		err = fmt.Errorf("%s: %w", postgres.Shown(address), err)
	}
	return err
}

func (t *transfer) intoTables(ctx context.Context, pool *sql.DB, unchanged func() error) error {
	found, known, err := serverVersions(ctx, pool)
	switch {
	case err != nil:
		return err
	case found == 0:
		err = postgres.Migrate(ctx, pool)
	case found != known:
		err = fmt.Errorf("schema %d, this program's is %d: make an empty database", found, known)
	}
	if err != nil {
		return err
	}
	if t.conn, err = pool.Conn(ctx); err != nil {
		return err
	}
	defer t.conn.Close()
	if t.to, err = t.conn.BeginTx(ctx, nil); err != nil {
		return err
	}
	defer t.to.Rollback() //nolint:errcheck // it is committed, or nothing is stored
	if err := t.copyAll(ctx); err != nil {
		return err
	}
	if err := unchanged(); err != nil {
		return err
	}
	return t.to.Commit()
}

// copyAll copies, compares, and makes the database ready to go on.
func (t *transfer) copyAll(ctx context.Context) error {
	to := &tx{served{t.to}}
	if err := execute(ctx, to, `SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`); err != nil {
		return err
	}
	if _, err := lock(ctx, to, aboutEverything); err != nil {
		return err
	}
	tables, err := t.tables(ctx)
	if err != nil {
		return err
	}
	if err := t.refuseRows(ctx, tables); err != nil {
		return err
	}
	for _, table := range tables {
		if err := t.copy(ctx, table); err != nil {
			return fmt.Errorf("table %s: %w", table.name, err)
		}
	}
	if err := t.goOn(ctx, to); err != nil {
		return err
	}
	if err := t.checked(ctx, t.to); err != nil {
		return err
	}
	for _, table := range tables {
		if err := t.compare(ctx, table); err != nil {
			return err
		}
	}
	return t.compareAudits(ctx)
}

// transferTable is a table as both databases have it.
type transferTable struct {
	name            string
	source, columns []string // what is read from the file, and the columns of the server that it is stored in
	key             []string // the primary key
}

// place is the column that rows of the ledger and events have on a server alone. On SQLite
// they are in the order of their sequence, so that this is their place.
const place = "place"

// filledByMigrations are the tables that have a row before anything is stored.
var filledByMigrations = []string{"compatible_schema", "sales_summed"}

// tables lists the tables, each after those that its rows refer to. The two databases must
// have the same ones, with the same columns.
func (t *transfer) tables(ctx context.Context) ([]transferTable, error) {
	columns, err := pairs(ctx, t.to, `
		SELECT table_name, column_name
		  FROM information_schema.columns
		 WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose_%' AND table_name NOT IN ('claims', 'places')
		 ORDER BY table_name, ordinal_position`)
	if err != nil {
		return nil, err
	}
	keys, err := pairs(ctx, t.to, `
		SELECT c.relname, a.attname
		  FROM pg_index AS i
		  JOIN pg_class AS c ON c.oid = i.indrelid
		 CROSS JOIN unnest(i.indkey::int[]) WITH ORDINALITY AS k (attnum, n)
		  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum
		 WHERE i.indisprimary AND c.relnamespace = current_schema()::regnamespace
		 ORDER BY c.relname, k.n`)
	if err != nil {
		return nil, err
	}
	inFile, err := pairs(ctx, t.file, `
		SELECT t.name, c.name
		  FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
		 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'goose_%'`)
	if err != nil {
		return nil, err
	}
	var tables []transferTable
	for name, all := range columns {
		table := transferTable{name: name, source: slices.Clone(all), columns: all, key: keys[name]}
		if i := slices.Index(all, place); i >= 0 && !slices.Contains(inFile[name], place) {
			table.source[i] = "seq"
			all = slices.Delete(slices.Clone(all), i, i+1)
		}
		if !slices.Equal(slices.Sorted(slices.Values(all)), slices.Sorted(slices.Values(inFile[name]))) {
			return nil, fmt.Errorf("table %s has other columns in the file", name)
		}
		delete(inFile, name)
		tables = append(tables, table)
	}
	for name := range inFile {
		return nil, fmt.Errorf("table %s is in the file alone", name)
	}
	return t.inOrder(ctx, tables)
}

// inOrder puts tables after those that they refer to, and otherwise in the order of their
// names.
func (t *transfer) inOrder(ctx context.Context, tables []transferTable) (ordered []transferTable, err error) {
	refersTo, err := pairs(ctx, t.to, `
		SELECT r.relname, f.relname
		  FROM pg_constraint AS c
		  JOIN pg_class AS r ON r.oid = c.conrelid
		  JOIN pg_class AS f ON f.oid = c.confrelid
		 WHERE c.contype = 'f' AND r.relnamespace = current_schema()::regnamespace`)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(tables, func(a, b transferTable) int { return strings.Compare(a.name, b.name) })
	waits := func(table transferTable) bool {
		return slices.ContainsFunc(tables, func(other transferTable) bool {
			return other.name != table.name && slices.Contains(refersTo[table.name], other.name)
		})
	}
	for len(tables) > 0 {
		next := slices.IndexFunc(tables, func(table transferTable) bool { return !waits(table) })
		if next < 0 {
			return nil, fmt.Errorf("table %s and others refer to each other", tables[0].name)
		}
		ordered = append(ordered, tables[next])
		tables = slices.Delete(tables, next, next+1)
	}
	return ordered, nil
}

// pairs collects the second column of a query by the first.
func pairs(ctx context.Context, on querier, query string) (map[string][]string, error) {
	rows, err := on.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string][]string{}
	for rows.Next() {
		var first, second string
		if err := rows.Scan(&first, &second); err != nil {
			return nil, err
		}
		all[first] = append(all[first], second)
	}
	return all, rows.Err()
}

// refuseRows refuses a database that has been used, and deletes what its migrations have
// stored: the file has the same.
func (t *transfer) refuseRows(ctx context.Context, tables []transferTable) error {
	for _, table := range tables {
		if slices.Contains(filledByMigrations, table.name) {
			if err := execute(ctx, &tx{served{t.to}}, `DELETE FROM `+quoted(table.name)); err != nil {
				return err
			}
		}
		var used bool
		if err := t.to.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+quoted(table.name)+`)`).Scan(&used); err != nil {
			return err
		}
		if used {
			return fmt.Errorf("table %s has rows: %w", table.name, ErrNotEmpty)
		}
	}
	return nil
}

// copy streams the rows of a table. Triggers rest meanwhile: they check changes, and these
// rows were checked when they changed.
func (t *transfer) copy(ctx context.Context, table transferTable) error {
	if _, err := t.to.ExecContext(ctx, `ALTER TABLE `+quoted(table.name)+` DISABLE TRIGGER USER`); err != nil {
		return err
	}
	rows, err := t.file.QueryContext(ctx, table.query(table.source))
	if err != nil {
		return err
	}
	defer rows.Close()
	n, err := postgres.Copy(ctx, t.conn, table.name, table.columns, func() ([]any, error) { return table.next(rows) })
	if err != nil {
		return err
	}
	t.done = append(t.done, Transferred{table.name, n})
	_, err = t.to.ExecContext(ctx, `ALTER TABLE `+quoted(table.name)+` ENABLE TRIGGER USER`)
	return err
}

// query reads columns in the order of the primary key, which is the same in both databases:
// texts are compared byte by byte.
func (table transferTable) query(columns []string) string {
	return `SELECT ` + quoted(columns...) + ` FROM ` + quoted(table.name) + ` ORDER BY ` + quoted(table.key...)
}

// quoted lists names of tables or columns. They are those of the migrations.
func quoted(names ...string) string { return `"` + strings.Join(names, `", "`) + `"` }

// next is nil after the last row. Texts are as PostgreSQL can hold them.
func (table transferTable) next(rows *sql.Rows) ([]any, error) {
	if !rows.Next() {
		return nil, rows.Err()
	}
	values, into := make([]any, len(table.columns)), make([]any, len(table.columns))
	for i := range values {
		into[i] = &values[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, err
	}
	for i, value := range values {
		switch v := value.(type) {
		case string:
			values[i] = storable(v)
		case []byte:
			if v == nil { // SQLite's driver reads no bytes so; NULL is a nil without a type
				values[i] = []byte{}
			}
		}
	}
	return values, nil
}

// goOn sets numbers and places past the largest that were copied.
func (t *transfer) goOn(ctx context.Context, to *tx) error {
	numbered, err := pairs(ctx, t.to, `
		SELECT table_name, column_name
		  FROM information_schema.columns
		 WHERE table_schema = current_schema() AND is_identity = 'YES'`)
	if err != nil {
		return err
	}
	for table, columns := range numbered {
		for _, column := range columns {
			if err := execute(ctx, to, `SELECT setval(pg_get_serial_sequence($1, $2), coalesce((SELECT max(`+quoted(column)+`) FROM `+quoted(table)+`), 0) + 1, false)`, table, column); err != nil {
				return fmt.Errorf("table %s: %w", table, err)
			}
		}
	}
	return keepPlaces(ctx, to)
}

// differs says where the databases differ after a transfer.
type differs struct{ where string }

func (d differs) Error() string {
	return d.where + " differs from the file; nothing was stored"
}

// compare reads a table of both databases side by side.
func (t *transfer) compare(ctx context.Context, table transferTable) error {
	ours, err := t.file.QueryContext(ctx, table.query(table.source))
	if err != nil {
		return err
	}
	defer ours.Close()
	theirs, err := t.to.QueryContext(ctx, table.query(table.columns))
	if err != nil {
		return err
	}
	defer theirs.Close()
	for {
		row, err := table.next(ours)
		if err != nil {
			return err
		}
		stored, err := table.next(theirs)
		if err != nil {
			return err
		}
		if row == nil && stored == nil {
			return nil
		}
		if !slices.EqualFunc(row, stored, sameValue) {
			return differs{fmt.Sprintf("table %s: the row with %s", table.name, table.keyOf(row, stored))}
		}
	}
}

// keyOf names the row of the file, or the stored one where the file has none left.
func (table transferTable) keyOf(row, stored []any) string {
	if row == nil {
		row = stored
	}
	var named []string
	for i, column := range table.columns {
		if slices.Contains(table.key, column) {
			named = append(named, fmt.Sprintf("%s %v", column, row[i]))
		}
	}
	return strings.Join(named, ", ")
}

func sameValue(a, b any) bool {
	if bytesA, is := a.([]byte); is {
		bytesB, is := b.([]byte)
		return is && bytes.Equal(bytesA, bytesB)
	}
	return a == b
}

// compareAudits compares the audits line by line.
func (t *transfer) compareAudits(ctx context.Context) error {
	ours, stopOurs := auditOf(ctx, t.file)
	defer stopOurs()
	theirs, stopTheirs := auditOf(ctx, t.to)
	defer stopTheirs()
	for n := 1; ; n++ {
		line, err := ours.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return err
		}
		stored, errStored := theirs.ReadBytes('\n')
		if errStored != nil && errStored != io.EOF {
			return errStored
		}
		if !bytes.Equal(line, stored) {
			return differs{fmt.Sprintf("line %d of the audit, %s,", n, bytes.TrimSpace(stored))}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// auditOf reads an audit as it is written. stop waits until it no longer is.
func auditOf(ctx context.Context, on querier) (lines *bufio.Reader, stop func()) {
	reads, writes := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		writes.CloseWithError(writeAudit(ctx, on, writes))
	}()
	return bufio.NewReader(reads), func() {
		_ = reads.Close()
		<-ended
	}
}
