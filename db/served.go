package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"
)

// served carries out statements on a server: values are made those that PostgreSQL has types
// for. The driver keeps what it has prepared on each connection.
type served struct {
	on interface {
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
		QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	}
}

func (s served) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := bind(args); err != nil {
		return nil, err
	}
	return s.on.ExecContext(ctx, query, args...)
}

func (s served) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := bind(args); err != nil {
		return nil, err
	}
	return s.on.QueryContext(ctx, query, args...)
}

func (s served) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	_ = bind(args) // what it cannot bind the driver cannot either, and says so
	return s.on.QueryRowContext(ctx, query, args...)
}

// bind makes of values what a column can hold: of a boolean an integer, and of a text one that
// is storable.
func bind(values []any) error {
	for i, value := range values {
		bound, err := driver.DefaultParameterConverter.ConvertValue(value)
		if err != nil {
			return err
		}
		switch v := bound.(type) {
		case bool:
			bound = int64(0)
			if v {
				bound = int64(1)
			}
		case string:
			bound = storable(v)
		}
		values[i] = bound
	}
	return nil
}

// storable is a text as PostgreSQL can hold it: in UTF-8, and without the character zero.
func storable(text string) string {
	if strings.IndexByte(text, 0) >= 0 {
		text = strings.ReplaceAll(text, "\x00", "\uFFFD")
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// answerLimit is how long a read waits, for its connection and for its answer.
const answerLimit = transactionLimit

// patient reads on a server, and waits no longer than answerLimit for it.
type patient struct{ served }

func (p patient) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return p.served.ExecContext(limit(ctx), query, args...)
}

func (p patient) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return p.served.QueryContext(limit(ctx), query, args...)
}

func (p patient) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return p.served.QueryRowContext(limit(ctx), query, args...)
}

func limit(ctx context.Context) context.Context {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	_ = cancel // it ends with its request, or by itself: rows are read after this has returned
	return limited{ctx}
}

// limited says CodeUnstored when its time is over, so that who waited for a connection in vain
// is told to come again.
type limited struct{ context.Context }

func (l limited) Err() error { return storageTrouble(l.Context.Err()) }
