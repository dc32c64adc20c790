// Package pgtest runs a PostgreSQL server for the tests of one package: from Debian's
// packages, on a free port, in a temporary folder, as a user without privileges.
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"antom-checkout/db/postgres"
)

// required is the environment variable that makes a missing PostgreSQL a failure.
const required = "CI"

// server is the one of this test program; it is started when a test needs it.
var server struct {
	once      sync.Once
	err       error
	running   *Server
	databases atomic.Int64
}

// Run runs the tests and stops the server, if one of them has started it.
func Run(m *testing.M) (code int) {
	defer func() {
		if server.running != nil {
			server.running.remove()
		}
	}()
	return m.Run()
}

// Need starts the server, unless it runs already. Where PostgreSQL is not installed the test
// is skipped, and says how to install it.
func Need(t testing.TB) {
	t.Helper()
	server.once.Do(func() { server.err = start() })
	need(t, server.err)
}

func need(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, errMissing) && os.Getenv(required) == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Make makes an empty database that stays as long as the server, to be a template.
func Make(t testing.TB, name string) (address string) {
	t.Helper()
	Need(t)
	admin(t, `CREATE DATABASE `+name+` TEMPLATE `+Empty)
	return Address(name)
}

// NewDatabase makes a copy of a template and answers with its address. It is dropped when
// the test ends.
func NewDatabase(t testing.TB, template string) (address string) {
	t.Helper()
	Need(t)
	name := fmt.Sprintf("test%d", server.databases.Add(1))
	admin(t, fmt.Sprintf(`CREATE DATABASE %s TEMPLATE %s`, name, template))
	t.Cleanup(func() { admin(t, `DROP DATABASE `+name+` WITH (FORCE)`) })
	return Address(name)
}

// Empty is the template of a database without tables.
const Empty = "template0"

// Name is the name of the database that an address names.
func Name(address string) string {
	name, _, _ := strings.Cut(filepath.Base(address), "?")
	return name
}

// Address is the address of a database of the server.
func Address(name string) string { return server.running.Address(name) }

func admin(t testing.TB, statement string) {
	t.Helper()
	pool, err := postgres.Open(context.Background(), Address("postgres"), 1, unexplained)
	if err == nil {
		_, err = pool.ExecContext(context.Background(), statement)
		err = errors.Join(err, pool.Close())
	}
	if err != nil {
		t.Errorf("%s: %v", statement, err)
	}
}

// start makes and starts the server of this test program. What is stored survives a kill of
// the server and no power cut, which no test of this kind makes: nothing waits for the disk.
func start() (err error) {
	server.running, err = newServer("", "fsync=off", "full_page_writes=off", "max_connections=300", "shared_buffers=64MB", "autovacuum=off")
	return err
}
