// Package tools is what checks the program and is no part of it: the versions of the
// checkers in go.mod, and the scripts that run them.
package tools

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// program reaches os.Getenv, which has no vulnerability but in the test's database.
const program = `package main

import "os"

func main() { println(os.Getenv("HOME")) }
`

// vulnerability is one of os.Getenv.
const vulnerability = `{"schema_version": "1.3.1", "id": "GO-2026-0001", "modified": "2026-01-01T00:00:00Z",
	"published": "2026-01-01T00:00:00Z", "details": "Getenv tells too much",
	"affected": [{"package": {"name": "stdlib", "ecosystem": "Go"},
		"ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
		"ecosystem_specific": {"imports": [{"path": "os", "symbols": ["FUNCTION"]}]}}]}`

func TestAVulnerabilityThatIsReachedFails(t *testing.T) {
	report, err := check(t, program, "", "-db", database(t, "Getenv"))
	if err == nil || !strings.Contains(report, "GO-2026-0001") {
		t.Errorf("the check ended with %v and said\n%s", err, report)
	}
}

func TestAVulnerabilityThatIsNotReachedPasses(t *testing.T) {
	report, err := check(t, program, "", "-db", database(t, "ReadFile"))
	if err != nil || strings.Contains(report, "NOT CHECKED") {
		t.Errorf("the check ended with %v and said\n%s", err, report)
	}
}

func TestADatabaseThatIsOutOfReachIsSaid(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close() // its port refuses connections from now on
	report, err := check(t, program, "http://"+listener.Addr().String())
	if err != nil || !strings.Contains(report, "NOT CHECKED") {
		t.Errorf("the check ended with %v and said\n%s", err, report)
	}
}

func TestAProgramThatCannotBeReadFails(t *testing.T) {
	report, err := check(t, "package main\n\nfunc main() { undefined() }\n", "", "-db", database(t, "Getenv"))
	if err == nil {
		t.Errorf("the check passed and said\n%s", report)
	}
}

// database holds one vulnerability, of a function of package os.
func database(t *testing.T, function string) (url string) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "GO-2026-0001.json"), strings.ReplaceAll(vulnerability, "FUNCTION", function))
	return "file://" + dir
}

// check runs vulnerabilities.sh on a program; an empty proxy is that of the environment.
func check(t *testing.T, program, proxy string, args ...string) (report string, err error) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module program\n\ngo 1.26.0\n")
	write(t, filepath.Join(dir, "main.go"), program)
	script := exec.CommandContext(t.Context(), "sh", append([]string{"vulnerabilities.sh", "-C", dir}, args...)...)
	if proxy != "" {
		script.Env = append(os.Environ(), "HTTPS_PROXY="+proxy)
	}
	out, err := script.CombinedOutput()
	return string(out), err
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
