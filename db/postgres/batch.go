package postgres

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
)

// Batch collects statements whose results nothing waits for. They are sent together, so that
// they cost one round trip.
type Batch struct{ waiting pgx.Batch }

// Add adds a statement.
func (b *Batch) Add(statement string, args ...any) { b.waiting.Queue(statement, args...) }

// Send carries out what was added, in that order, on a connection, which may be in a
// transaction. The error is that of the first statement that has failed; none after it was
// carried out. The batch is empty then.
func (b *Batch) Send(ctx context.Context, on *sql.Conn) error {
	if b.waiting.Len() == 0 {
		return nil
	}
	waiting := b.waiting
	b.waiting = pgx.Batch{}
	return on.Raw(func(below any) error {
		c, err := raw(below)
		if err != nil {
			return err
		}
		return c.explain(c.Conn.Conn().SendBatch(ctx, &waiting).Close())
	})
}
