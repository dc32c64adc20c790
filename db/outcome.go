package db

import (
	"context"
	"time"

	"antom-checkout/db/postgres"
)

// This file finds out what became of a COMMIT whose answer was lost with the connection. The
// change may have been stored: then it is neither answered as a failure nor made once more.

// transactionName is what a transaction is asked about by, after its connection is gone.
type transactionName struct {
	number string // pg_current_xact_id
	run    string // of the server, within which a number is given once
}

// nameOfTransaction are two columns. A server that has crashed, or the standby that has taken
// over, may give the number of a transaction that it has lost to another one; so the run is
// named by when the server was started, when it has last recovered from a crash (which resets
// its statistics), and its timeline.
const (
	nameOfTransaction = `pg_current_xact_id()::text, ` + runOfServer
	runOfServer       = `concat_ws(' ', pg_postmaster_start_time(), pg_stat_get_bgwriter_stat_reset_time(), left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))`
)

// outcomeLimit is how long the outcome of a COMMIT is asked for.
const outcomeLimit = 10 * time.Second

// isStored reports whether a transaction was stored whose COMMIT has failed with cause. What
// cannot be found out is not: the caller comes again, and finds what it has done.
func (t *transactions) isStored(ctx context.Context, name transactionName, cause error) bool {
	if postgres.IsAnswer(cause) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), outcomeLimit)
	defer cancel()
	for pause := 5 * time.Millisecond; ; pause *= 2 {
		status, err := t.status(ctx, name)
		if err == nil && status != unfinished {
			return status == committed
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(pause):
		}
	}
}

// Outcomes of a transaction, in PostgreSQL's words.
const (
	committed  = "committed"
	unfinished = "in progress" // its server has not yet noticed that the connection is gone
)

// status is the outcome of a transaction, or "" when the server has begun another run. The
// question is itself a transaction that writes: where a standby has to confirm what is
// stored, it has confirmed what was stored before, too, when this one ends.
func (t *transactions) status(ctx context.Context, name transactionName) (status string, err error) {
	on, err := t.pool.BeginTx(ctx, nil)
	if err != nil {
		return "", err
	}
	defer on.Rollback() //nolint:errcheck // it is committed, or nothing was asked
	err = on.QueryRowContext(ctx, `
		SELECT CASE WHEN `+runOfServer+` = $1 THEN coalesce(pg_xact_status(cast($2 AS text)::xid8), '') ELSE '' END`, name.run, name.number).Scan(&status)
	if err != nil {
		return "", err
	}
	if _, err := on.ExecContext(ctx, onPostgres.touch); err != nil {
		return "", err
	}
	return status, on.Commit()
}
