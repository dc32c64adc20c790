package db

import (
	"errors"

	"modernc.org/sqlite"
	sqlitecode "modernc.org/sqlite/lib"

	"antom-checkout/checkout"
	"antom-checkout/db/postgres"
)

var errUnstored = &checkout.Error{Code: checkout.CodeUnstored}

// isStorageTrouble reports whether SQLite could not reach or write its file: the disk is
// full or fails, the file is read-only or taken by another program; or whether the server
// could not be reached, or could not store. That ends without a
// change of the request, and the same request may come again.
func isStorageTrouble(err error) bool {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return postgres.IsUnavailable(err)
	}
	switch failure.Code() & 0xff { // the extended codes say more in the bits above
	case sqlitecode.SQLITE_FULL, sqlitecode.SQLITE_IOERR, sqlitecode.SQLITE_READONLY, sqlitecode.SQLITE_CANTOPEN,
		sqlitecode.SQLITE_BUSY, sqlitecode.SQLITE_LOCKED, sqlitecode.SQLITE_PROTOCOL, sqlitecode.SQLITE_NOMEM:
		return true
	}
	return false
}

// storageTrouble is CodeUnstored for what isStorageTrouble; any other error stays as it is.
func storageTrouble(err error) error {
	if isStorageTrouble(err) && !errors.Is(err, errUnstored) {
		return &checkout.Error{Code: checkout.CodeUnstored, Err: err}
	}
	return err
}
