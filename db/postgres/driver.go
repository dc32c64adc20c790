package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// connector makes connections whose errors are explained where they arise, so that no caller
// of database/sql has to tell a server that is out of reach from a fault of the program.
type connector struct {
	driver.Connector
	explain func(error) error
}

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	made, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, c.explain(err)
	}
	known, ok := made.(*stdlib.Conn)
	if !ok {
		return nil, errors.New("pgx has made a connection of another type")
	}
	return conn{known, c.explain}, nil
}

type conn struct {
	*stdlib.Conn
	explain func(error) error
}

// BeginTx implements driver.ConnBeginTx.
func (c conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	begun, err := c.Conn.BeginTx(ctx, opts)
	if err != nil {
		return nil, c.explain(err)
	}
	return tx{begun, c}, nil
}

// raw is the connection below one of database/sql.
func raw(below any) (conn, error) {
	c, ok := below.(conn)
	if !ok {
		return conn{}, fmt.Errorf("a connection of this package is needed, not %T", below)
	}
	return c, nil
}

type tx struct {
	driver.Tx
	on conn
}

// errUnreplicated is of a COMMIT that was stored, and whose wait for the standby an operator
// or statement_timeout has ended. PostgreSQL answers it like any other, with a warning.
var errUnreplicated = errors.New("the standby has not confirmed what was stored")

// Commit implements driver.Tx.
func (t tx) Commit() error {
	if err := t.Tx.Commit(); err != nil {
		return err
	}
	if notes := t.on.Conn.Conn().PgConn().CustomData(); notes[unreplicated] != nil {
		delete(notes, unreplicated)
		return errUnreplicated
	}
	return nil
}

const unreplicated = "unreplicated"

// noteUnreplicated notes a warning that a COMMIT no longer waits for the standby.
func noteUnreplicated(conn *pgconn.PgConn, warning *pgconn.Notice) {
	if warning.Routine == "SyncRepWaitForLSN" {
		conn.CustomData()[unreplicated] = true
	}
}

// ExecContext implements driver.ExecerContext.
func (c conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	result, err := c.Conn.ExecContext(ctx, query, args)
	return result, c.explain(err)
}

// QueryContext implements driver.QueryerContext.
func (c conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	found, err := c.Conn.QueryContext(ctx, query, args)
	if err != nil {
		return nil, c.explain(err)
	}
	known, ok := found.(*stdlib.Rows)
	if !ok {
		return nil, errors.New("pgx has answered with rows of another type")
	}
	return rows{known, c.explain}, nil
}

type rows struct {
	*stdlib.Rows
	explain func(error) error
}

// Next implements driver.Rows.
func (r rows) Next(dest []driver.Value) error {
	err := r.Rows.Next(dest)
	if err == io.EOF { // itself: they have ended
		return err
	}
	return r.explain(err)
}
