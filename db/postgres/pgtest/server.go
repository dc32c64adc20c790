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
	"strings"
	"syscall"
	"testing"
	"time"

	"antom-checkout/db/postgres"
)

// Server is a PostgreSQL server that a test may kill and start again.
type Server struct {
	bin, folder, data string
	settings          []string
	port              int
	as                *syscall.SysProcAttr

	run   *exec.Cmd
	ended chan error
	log   bytes.Buffer // read when run has ended
}

// NewServer starts a server for one test. Its files are in a folder, a temporary one where
// that is ""; settings are such as "max_connections=10".
func NewServer(t testing.TB, folder string, settings ...string) *Server {
	t.Helper()
	s, err := newServer(folder, append([]string{"fsync=off", "shared_buffers=32MB"}, settings...)...)
	need(t, err)
	t.Cleanup(s.remove)
	return s
}

// newServer makes a cluster and starts its server.
func newServer(folder string, settings ...string) (*Server, error) {
	s, err := newFolder(folder, settings)
	if err != nil {
		return nil, err
	}
	if err := s.runs("initdb", "--pgdata", s.data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.folder))
	}
	if err := s.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.folder))
	}
	return s, nil
}

// newFolder is a server that has no files yet.
func newFolder(folder string, settings []string) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	if folder, err = os.MkdirTemp(folder, "pgtest"); err != nil {
		return nil, err
	}
	s := &Server{bin: bin, folder: folder, data: filepath.Join(folder, "data"), settings: settings}
	if s.as, err = withoutPrivileges(folder); err == nil {
		s.port, err = freePort()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return s, nil
}

// Address is the address of one of its databases.
func (s *Server) Address(name string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", s.port, name)
}

// Port is where it listens.
func (s *Server) Port() int { return s.port }

// runs runs one of PostgreSQL's programs as the server's user.
func (s *Server) runs(program string, arguments ...string) error {
	cmd := exec.Command(filepath.Join(s.bin, program), arguments...) // #nosec G204 -- from Debian's package
	cmd.SysProcAttr, cmd.Dir = s.as, s.folder
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, out)
	}
	return nil
}

// Start starts the server and waits until it answers, also after it was killed.
func (s *Server) Start() error {
	arguments := []string{"-D", s.data, "-p", strconv.Itoa(s.port), "-k", s.folder, "-h", "127.0.0.1"}
	for _, setting := range s.settings {
		arguments = append(arguments, "-c", setting)
	}
	s.log.Reset()
	s.run = exec.Command(filepath.Join(s.bin, "postgres"), arguments...) // #nosec G204 -- from Debian's package
	s.run.SysProcAttr, s.run.Dir, s.run.Stderr = s.as, s.folder, &s.log
	if err := s.run.Start(); err != nil {
		return err
	}
	s.ended = make(chan error, 1)
	go func(run *exec.Cmd, ended chan<- error) { ended <- run.Wait() }(s.run, s.ended)
	return s.waitUntilItAnswers()
}

func (s *Server) waitUntilItAnswers() error {
	for end := time.Now().Add(time.Minute); ; {
		err := s.Exec("postgres", `SELECT 1`)
		if err == nil {
			return nil
		}
		select {
		case died := <-s.ended:
			s.run = nil
			return fmt.Errorf("the PostgreSQL server has ended: %w\n%s", died, &s.log)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(end) {
			return fmt.Errorf("the PostgreSQL server does not answer: %w", err)
		}
	}
}

// Exec carries out a statement in one of its databases.
func (s *Server) Exec(database, statement string) error {
	pool, err := postgres.Open(context.Background(), s.Address(database), 1, unexplained)
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(context.Background(), statement)
	return errors.Join(err, pool.Close())
}

// unexplained leaves errors as they are.
func unexplained(err error) error { return err }

// Kill ends the server and all of its processes at once, as kill -9 does.
func (s *Server) Kill() {
	if s.run == nil {
		return
	}
	_ = s.run.Process.Signal(syscall.SIGSTOP) // it starts no other process meanwhile
	children := childrenOf(s.run.Process.Pid)
	_ = s.run.Process.Kill()
	for _, child := range children {
		_ = syscall.Kill(child, syscall.SIGKILL) // may have ended by itself
	}
	<-s.ended
	s.run = nil
}

// KillOne kills one process of the server, which then recovers as after a crash.
func (s *Server) KillOne() error {
	children := childrenOf(s.run.Process.Pid)
	if len(children) == 0 {
		return errors.New("the server has no processes")
	}
	return syscall.Kill(children[len(children)-1], syscall.SIGKILL)
}

// childrenOf lists the processes that a process has started.
func childrenOf(parent int) (children []int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		stat, err := os.ReadFile(path) // #nosec G304 -- of the kernel
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(stat), ") ") // behind the name: state, parent
		if fields := strings.Fields(rest); len(fields) > 1 && fields[1] == strconv.Itoa(parent) {
			if id, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
				children = append(children, id)
			}
		}
	}
	return children
}

// Standby starts a second server that follows this one, under a name.
func (s *Server) Standby(t testing.TB, name string) *Server {
	t.Helper()
	standby, err := newFolder("", s.settings)
	need(t, err)
	t.Cleanup(standby.remove)
	from := fmt.Sprintf("host=127.0.0.1 port=%d user=postgres application_name=%s sslmode=disable", s.port, name)
	if err := standby.runs("pg_basebackup", "--pgdata", standby.data, "--dbname", from, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"); err != nil {
		t.Fatal(err)
	}
	if err := standby.Start(); err != nil {
		t.Fatal(err)
	}
	return standby
}

// Promote makes a standby the server that takes writes.
func (s *Server) Promote() error { return s.Exec("postgres", `SELECT pg_promote()`) }

// remove ends the server and removes its files.
func (s *Server) remove() {
	if s.run != nil {
		_ = s.run.Process.Signal(syscall.SIGQUIT) // at once
		<-s.ended
		s.run = nil
	}
	_ = os.RemoveAll(s.folder)
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
