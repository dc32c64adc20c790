// Package pgtest runs a PostgreSQL server for the tests of one package: from Debian's
// packages, on a free port, in a temporary folder, as a user without privileges.
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"antom-checkout/db/postgres"
)

// required is the environment variable that makes a missing PostgreSQL a failure.
const required = "CI"

// server is the one of this test program; it is started when a test needs it.
var server struct {
	once      sync.Once
	err       error
	stop      func()
	port      int
	databases atomic.Int64
}

// Run runs the tests and stops the server, if one of them has started it.
func Run(m *testing.M) (code int) {
	defer func() {
		if server.stop != nil {
			server.stop()
		}
	}()
	return m.Run()
}

// Need starts the server, unless it runs already. Where PostgreSQL is not installed the test
// is skipped, and says how to install it.
func Need(t testing.TB) {
	t.Helper()
	server.once.Do(func() { server.err = start() })
	if server.err != nil {
		if errors.Is(server.err, errMissing) && os.Getenv(required) == "" {
			t.Skip(server.err)
		}
		t.Fatal(server.err)
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
func Name(address string) string { return filepath.Base(address) }

// Address is the address of a database of the server.
func Address(name string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s", server.port, name)
}

func admin(t testing.TB, statement string) {
	t.Helper()
	pool, err := postgres.Open(context.Background(), Address("postgres"), 1)
	if err == nil {
		_, err = pool.ExecContext(context.Background(), statement)
		err = errors.Join(err, pool.Close())
	}
	if err != nil {
		t.Errorf("%s: %v", statement, err)
	}
}

var errMissing = errors.New("PostgreSQL is not installed: apt-get install postgresql (15 or newer)")

// binaries is the folder of the newest version that is installed.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.Join(err, errMissing)
	}
	slices.SortFunc(found, func(a, b string) int { return len(a) - len(b) })
	return filepath.Dir(found[len(found)-1]), nil
}

// start makes a cluster and starts its server. What is stored survives a kill of the server
// and no power cut, which no test of this kind makes: nothing waits for the disk.
func start() error {
	bin, err := binaries()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return err
	}
	as, err := withoutPrivileges(folder)
	if err != nil {
		return errors.Join(err, os.RemoveAll(folder))
	}
	data := filepath.Join(folder, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "--pgdata", data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync") // #nosec G204 -- from Debian's package
	initdb.SysProcAttr, initdb.Dir = as, folder
	if out, err := initdb.CombinedOutput(); err != nil {
		return errors.Join(fmt.Errorf("initdb: %w\n%s", err, out), os.RemoveAll(folder))
	}
	if server.port, err = freePort(); err != nil {
		return errors.Join(err, os.RemoveAll(folder))
	}
	var log bytes.Buffer
	run := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-p", strconv.Itoa(server.port), "-k", folder, "-h", "127.0.0.1", // #nosec G204 -- from Debian's package
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=300", "-c", "shared_buffers=64MB", "-c", "autovacuum=off")
	run.SysProcAttr, run.Dir, run.Stderr = as, folder, &log
	if err := run.Start(); err != nil {
		return errors.Join(err, os.RemoveAll(folder))
	}
	ended := make(chan error, 1)
	go func() { ended <- run.Wait() }()
	server.stop = func() {
		_ = run.Process.Signal(syscall.SIGQUIT) // at once
		<-ended
		_ = os.RemoveAll(folder)
	}
	return waitFor(ended, &log)
}

// waitFor waits until the server answers.
func waitFor(ended <-chan error, log *bytes.Buffer) error {
	for end := time.Now().Add(30 * time.Second); ; {
		pool, err := postgres.Open(context.Background(), Address("postgres"), 1)
		if err == nil {
			return pool.Close()
		}
		select {
		case died := <-ended:
			server.stop = nil
			return fmt.Errorf("the PostgreSQL server has ended: %w\n%s", died, log)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(end) {
			return fmt.Errorf("the PostgreSQL server does not answer: %w", err)
		}
	}
}

// withoutPrivileges is how a process runs as a user without privileges that owns the folder:
// PostgreSQL refuses to run as root. It ends with the test program.
func withoutPrivileges(folder string) (*syscall.SysProcAttr, error) {
	as := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if os.Geteuid() != 0 {
		return as, nil
	}
	account, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return as, os.Chown(folder, int(uid), int(gid)) // #nosec G115 -- ids are small
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
