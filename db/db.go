package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"antom-checkout/checkout"
)

// Store is the database. It implements payments.Store.
type Store struct {
	personalData
	sealer
	searches
	carts
	savedCards
	apiKeys
	orderLists
	orderPages
	disputes
	sales
	paymentLinks
	apiRequests
	webhooks
	reportBooks
	people
	bell
	claims
	counts
	writing
	NewestID string // the last id in time order of all orders and payments when it was opened, or ""

	dialect   dialect
	writer    *writer      // that commits, on SQLite
	readers   *sql.DB      // on SQLite as many connections as cores, none of which can write
	reads     executor     // on them
	cache     cache        // of orders
	program   string       // names this Store among those on the same server
	release   func() error // lets other servers open the file; nil when it was not claimed
	exclusive bool
	migrates  bool     // also on a server
	further   []string // statements of one more migration
	probe     probe
	tracer    Tracer // nil: transactions have no spans
	now       func() time.Time
	eventIDs  *checkout.IDs
}

// Option changes how a [Store] is opened.
type Option func(*Store)

// WithClock sets the clock that ledger rows are stamped with.
func WithClock(now func() time.Time) Option { return func(s *Store) { s.now = now } }

// Migrating makes Open bring the tables on a server up to date, as a server does and no
// command beside it. An SQLite file is brought up to date by each program that no server runs
// beside.
func Migrating() Option { return func(s *Store) { s.migrates = true } }

// Ahead gives the program one more migration, as the next version will have it. Tests use it.
func Ahead(statements ...string) Option {
	return func(s *Store) { s.further = append(s.further, statements...) }
}

// WithTracer has spans made of transactions.
func WithTracer(t Tracer) Option { return func(s *Store) { s.tracer = t } }

// Open opens the database: the SQLite file at a path, which it makes where it is missing, or
// the one that a postgres:// address names. Tables are brought up to date where that is due.
func Open(ctx context.Context, path string, options ...Option) (*Store, error) {
	s := &Store{now: time.Now, dialect: onSQLite}
	s.searches.store, s.carts, s.savedCards = s, carts{s, maxCarts}, savedCards{s}
	s.apiKeys, s.orderLists, s.apiRequests, s.paymentLinks = apiKeys{s}, orderLists{s, searchedAtOnce}, apiRequests{s}, paymentLinks{s}
	s.webhooks, s.reportBooks, s.people, s.orderPages, s.disputes, s.sales = webhooks{s}, reportBooks{s}, people{s}, orderPages{s}, disputes{s}, sales{s}
	s.claims, s.counts = claims{store: s}, counts{s}
	for _, option := range options {
		option(s)
	}
	s.eventIDs = checkout.NewIDs(s.now)
	open := openFile
	if OnServer(path) {
		open = openServer
	}
	if err := open(ctx, s, path); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.tracer != nil {
		s.commits = tracedCommits{s.commits, s.tracer, s.dialect.system()}
	}
	return s, nil
}

// openFile opens an SQLite file.
func openFile(ctx context.Context, s *Store, path string) (err error) {
	if path, err = makeFile(path); err != nil {
		return fmt.Errorf("database file: %w", err)
	}
	if s.exclusive {
		if s.release, err = claim(ctx, path, 0); err != nil {
			return err
		}
	}
	if err := refuseHalfRestored(path); err != nil {
		return err
	}
	writes, err := sql.Open("sqlite", dsn(path, "_txlock=immediate", undoInMemory, overwriteErased))
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	writes.SetMaxOpenConns(1)
	if err := s.bringUpToDate(ctx, writes, path); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", path, err), writes.Close())
	}
	if s.writer, err = newWriter(ctx, writes); err != nil {
		return errors.Join(fmt.Errorf("open database: %w", err), writes.Close())
	}
	s.commits = s.writer
	if s.readers, err = openReaders(path); err != nil {
		return err
	}
	s.reads = newStatements(s.readers)
	return begin(ctx, s)
}

// begin reads what the Store has to know before it is used.
func begin(ctx context.Context, s *Store) (err error) {
	s.probe.statement = s.dialect.touch
	if s.NewestID, err = newestID(ctx, s.reads); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	s.personalData = personalData{s.readers, s.reads, s.dialect.shared}
	return s.searches.note(ctx)
}

// makeFile makes the file before SQLite does, readable by its owner only: it
// will hold buyers' addresses, and the files SQLite puts beside it follow it. The
// path that it returns leads through no symbolic link, so that one file has one name.
func makeFile(path string) (resolved string, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	info, err := makePrivate(path)
	if err != nil {
		return "", err
	}
	if hasOtherNames(info) {
		return "", fmt.Errorf("%s has several names (hard links), which SQLite's write-ahead log cannot follow; leave one", path)
	}
	return filepath.EvalSymlinks(path)
}

// openReaders opens connections that cannot write.
func openReaders(path string) (*sql.DB, error) {
	readers, err := sql.Open("sqlite", dsn(path, "_pragma=query_only(1)"))
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	conns := max(2, runtime.NumCPU())
	readers.SetMaxOpenConns(conns)
	readers.SetMaxIdleConns(conns)
	return readers, nil
}

// undoInMemory keeps the pages that a savepoint may restore in memory;
// otherwise SQLite writes them to a temporary file, which costs a third of all.
const undoInMemory = "_pragma=temp_store(memory)"

// overwriteErased leaves no copy of a row in the free parts of the file: what is erased
// is gone.
const overwriteErased = "_pragma=secure_delete(1)"

// dsn carries the pragmas, because a PRAGMA by Exec reaches one connection of a
// pool only. synchronous=FULL: what is acknowledged survives a power cut.
func dsn(path string, more ...string) string {
	pragmas := append([]string{
		"_pragma=busy_timeout(5000)",
		"_pragma=journal_mode(WAL)",
		"_pragma=synchronous(FULL)",
		"_pragma=foreign_keys(1)",
		"_pragma=recursive_triggers(1)", // a REPLACE deletes, also in the ledger
		"_pragma=cache_size(-8192)",     // KiB, a connection
	}, more...)
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join(pragmas, "&")
}

// Close finishes what is being written and closes the file.
func (s *Store) Close() error {
	var errs []error
	if s.readers != nil {
		errs = append(errs, s.readers.Close())
	}
	if s.commits != nil {
		errs = append(errs, s.commits.close())
	}
	if s.release != nil {
		errs = append(errs, s.release())
	}
	return errors.Join(errs...)
}

// querier is what a transaction and a pool have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// collect reads all rows of a query through scan.
func collect[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, storageTrouble(rows.Err())
}

// scanner is a row, of one or of many.
type scanner interface{ Scan(dest ...any) error }

// millis is how a moment is stored; the zero time has no moment.
func millis(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}

func moment(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func optionalMoment(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return moment(ms.Int64)
}
