package postgres

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Copy stores rows in a table, in the transaction that a connection is in, and answers how
// many. next is called for each row, and answers with nil after the last one.
func Copy(ctx context.Context, on *sql.Conn, table string, columns []string, next func() ([]any, error)) (n int64, err error) {
	err = on.Raw(func(driver any) error {
		conn, is := driver.(*stdlib.Conn)
		if !is {
			return fmt.Errorf("a connection of the driver pgx is needed, not %T", driver)
		}
		n, err = conn.Conn().CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(next))
		return err
	})
	return n, err
}
