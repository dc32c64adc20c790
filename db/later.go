package db

import (
	"context"
	"database/sql"

	"antom-checkout/db/postgres"
)

// later carries out a statement before the next one at which something waits for a result, or
// before the transaction is committed. Its error ends the transaction then. On SQLite, where no
// round trip is spared, it is carried out at once.
func later(ctx context.Context, on *tx, statement string, args ...any) error {
	if t, is := on.executor.(*together); is {
		return t.add(statement, args)
	}
	return execute(ctx, on, statement, args...)
}

// together is a transaction on a server that sends statements of later together.
type together struct {
	served
	conn   *sql.Conn // of the transaction
	batch  postgres.Batch
	failed error // of the first batch that failed; nothing can be carried out after it
}

func (t *together) add(statement string, args []any) error {
	if err := bind(args); err != nil {
		return err
	}
	t.batch.Add(statement, args...)
	return nil
}

// flush sends what waits.
func (t *together) flush(ctx context.Context) error {
	if t.failed == nil {
		t.failed = t.batch.Send(ctx, t.conn)
	}
	return t.failed
}

func (t *together) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := t.flush(ctx); err != nil {
		return nil, err
	}
	return t.served.ExecContext(ctx, query, args...)
}

func (t *together) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := t.flush(ctx); err != nil {
		return nil, err
	}
	return t.served.QueryContext(ctx, query, args...)
}

// QueryRowContext leaves it to the end of the transaction to tell why a batch has failed: until
// then the server refuses every statement.
func (t *together) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	_ = t.flush(ctx)
	return t.served.QueryRowContext(ctx, query, args...)
}

// end sends what waits at the end of a transaction that has had an error or none, and returns
// what has failed first.
func (t *together) end(ctx context.Context, err error) error {
	if err == nil {
		return t.flush(ctx)
	}
	if t.failed != nil {
		return t.failed
	}
	return err
}
