package postgres

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
)

// Copy stores rows in a table, in the transaction that a connection is in, and answers how
// many. next is called for each row, and answers with nil after the last one.
func Copy(ctx context.Context, on *sql.Conn, table string, columns []string, next func() ([]any, error)) (n int64, err error) {
	err = on.Raw(func(below any) error {
		c, err := raw(below)
		if err != nil {
			return err
		}
		n, err = c.Conn.Conn().CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(next))
		return c.explain(err)
	})
	return n, err
}
