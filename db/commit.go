package db

import (
	"context"
	"database/sql"
)

// committer carries out transactions that change rows.
type committer interface {
	// do runs fn in a transaction and returns once that is durable. On SQLite there is one
	// at a time. On PostgreSQL there is none beside it about the same subject, and fn runs
	// again where the database could not carry it out beside others.
	do(ctx context.Context, about subject, fn func(context.Context, *tx) error) error
	// failed counts how often nothing could be written.
	failed() int64
	close() error
}

// subject is what a transaction changes. Transactions about one subject come one after
// another, also those of other programs on the same database.
type subject string

const (
	// aboutEverything is the subject of a transaction that no other one runs beside. What is
	// rare, or reads rows of many kinds before it decides, has this subject.
	aboutEverything subject = "everything"
	// aboutNothing is the subject of a transaction whose statements hold beside all others: each
	// says itself which row it expects.
	aboutNothing subject = ""
)

func aboutOrder(id string) subject             { return subject("order " + id) }
func aboutReference(name string) subject       { return subject("reference " + name) }
func aboutBuyer(reference string) subject      { return subject("buyer " + reference) }
func aboutCart(session string) subject         { return subject("cart " + session) }
func aboutEndpoint(id string) subject          { return subject("endpoint " + id) }
func aboutAPIRequest(key, name string) subject { return subject("request " + key + " " + name) }
func aboutTries(key string) subject            { return subject("tries " + key) }

// aboutReports is the subject of what reads and writes reports and differences.
const aboutReports subject = "reports"

// writing is the part of the Store that changes rows.
type writing struct{ commits committer }

// write runs fn in a transaction without any other beside it, and returns once that is
// durable.
func (w writing) write(ctx context.Context, fn func(context.Context, *tx) error) error {
	return w.commits.do(ctx, aboutEverything, fn)
}

// writeTo does the same, but others that change something else may run beside it.
func (w writing) writeTo(ctx context.Context, about subject, fn func(context.Context, *tx) error) error {
	return w.commits.do(ctx, about, fn)
}

// executor carries out statements.
type executor interface {
	querier
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}
