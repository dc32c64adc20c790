package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
)

// Codes of errors, by the classes of the SQL standard and PostgreSQL's own.
const (
	uniqueViolation      = "23505"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
)

// unavailable are the codes and classes of a server that cannot carry out what may be
// carried out another time: the connection is gone, the disk is full or fails, memory or
// connections are used up, it starts or stops, it is a standby, or a limit of time is over.
var unavailable = []string{"08", "53", "57", "58", "25006", "25P03", "55P03", serializationFailure, deadlockDetected}

// IsConflict reports that a transaction could not be carried out beside others. Nothing of
// it is stored, and it may be carried out again.
func IsConflict(err error) bool {
	code := codeOf(err)
	return code == serializationFailure || code == deadlockDetected
}

// IsAnswer reports that the server has answered with an error and keeps the connection: the
// statement was not carried out.
func IsAnswer(err error) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && failure.SeverityUnlocalized == "ERROR"
}

// IsUnavailable reports that the server could not be reached, or could not store.
func IsUnavailable(err error) bool {
	if code := codeOf(err); code != "" {
		return slices.Contains(unavailable, code) || slices.Contains(unavailable, code[:2])
	}
	var network net.Error
	var connecting *pgconn.ConnectError
	return errors.As(err, &network) || errors.As(err, &connecting) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.DeadlineExceeded) ||
		pgconn.Timeout(err) || errors.Is(err, net.ErrClosed) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, errUnreplicated)
}

// Violates reports that a row would have had what another one has by a unique constraint or
// index.
func Violates(err error, constraint string) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && failure.Code == uniqueViolation && failure.ConstraintName == constraint
}

func codeOf(err error) string {
	var failure *pgconn.PgError
	if errors.As(err, &failure) && len(failure.Code) == 5 {
		return failure.Code
	}
	return ""
}
