package db

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"sync"
)

// preparer is a pool or one connection of it.
type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// statements carries out SQL and keeps what it has prepared: parsing a statement
// costs more than carrying it out. No text contains a value, so the statements are
// few. Those of a pool are closed with it; those of one connection have to be closed
// first, or the connection stays open, and the file with it.
type statements struct {
	on       preparer
	mu       sync.RWMutex
	prepared map[string]*sql.Stmt
}

func newStatements(on preparer) *statements {
	return &statements{on: on, prepared: map[string]*sql.Stmt{}}
}

// prepare refuses those who have left already. The statement itself is carried
// out to its end: the store's take microseconds, and to watch ctx meanwhile takes two
// goroutines a query.
func (s *statements) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	stmt := s.prepared[query]
	s.mu.RUnlock()
	if stmt != nil {
		return stmt, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if stmt := s.prepared[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := s.on.PrepareContext(ctx, query)
	if err == nil {
		s.prepared[query] = stmt
	}
	return stmt, err
}

// close closes what was prepared. Nothing may be carried out afterwards.
func (s *statements) close() error {
	var errs []error
	for _, stmt := range s.prepared {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(errs...)
}

func (s *statements) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := s.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(context.WithoutCancel(ctx), args...)
}

func (s *statements) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := s.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(context.WithoutCancel(ctx), args...)
}

func (s *statements) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	stmt, err := s.prepare(ctx, query)
	if err != nil {
		return s.on.QueryRowContext(ctx, query, args...) // fails again: only sql makes a row that holds an error
	}
	return stmt.QueryRowContext(context.WithoutCancel(ctx), args...)
}

// first limits a SELECT to n rows. The number stands in the text: SQLite plans with the
// number that is bound to a limit, and so prepares such a statement anew each time it is
// carried out, which costs more than the rows. The callers' limits are constants, so the
// texts stay few.
func first(n int) string { return " LIMIT " + strconv.Itoa(n) }

// rows is the VALUES of an INSERT of n rows, e.g. "($1, $2), ($3, $4)".
func rows(n, columns int) string {
	var text strings.Builder
	for i := range n * columns {
		switch {
		case i == 0:
			text.WriteString("(")
		case i%columns == 0:
			text.WriteString("), (")
		default:
			text.WriteString(", ")
		}
		text.WriteString("$")
		text.WriteString(strconv.Itoa(i + 1))
	}
	text.WriteString(")")
	return text.String()
}
