package proof_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// needsStrace skips the test where strace cannot attach, and fails it where CI is set,
// because no proof may be skipped there.
func needsStrace(t *testing.T) {
	t.Helper()
	output, err := exec.Command("strace", "-f", "-o", os.DevNull, "true").CombinedOutput()
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatalf("strace is needed here: %v %s", err, output)
	default:
		t.Skipf("NOT PROVEN: strace cannot attach here: %v %s", err, output)
	}
}

// syscallLine is one line of strace: a call that begins, ends, or both.
type syscallLine struct {
	thread string
	name   string
	text   string
	begins bool
	ends   bool
}

var straceLine = regexp.MustCompile(`^(\d+)\s+(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)$`)

// readStrace reads the output of strace -f.
func readStrace(t *testing.T, file string) []syscallLine {
	t.Helper()
	text, err := os.ReadFile(file)
	must(t, err)
	var lines []syscallLine
	for line := range strings.Lines(string(text)) {
		parts := straceLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if parts == nil {
			continue // signals and exits
		}
		lines = append(lines, syscallLine{
			thread: parts[1], name: parts[2] + parts[3], text: parts[4],
			begins: parts[3] != "", ends: !strings.HasSuffix(parts[4], "<unfinished ...>"),
		})
	}
	return lines
}

// completed is a system call with the places in the log where it began and ended.
type completed struct {
	name, text string
	began, end int
}

// calls joins the lines on which a call begins and ends.
func calls(lines []syscallLine) []completed {
	var all []completed
	open := map[string]int{} // thread → index of its unfinished call
	for i, l := range lines {
		if l.begins {
			all = append(all, completed{name: l.name, text: l.text, began: i, end: i})
			if !l.ends {
				open[l.thread] = len(all) - 1
			}
			continue
		}
		if at, unfinished := open[l.thread]; unfinished {
			all[at].end = i
			all[at].text = strings.TrimSuffix(all[at].text, " <unfinished ...>") + l.text
			delete(open, l.thread)
		}
	}
	for _, at := range open {
		all[at].end = len(lines) // never, as far as the log goes
	}
	return all
}

// TestASuccessIsWrittenAfterTheDisk watches the real program take one notification:
// its rows are written to the log of the database, that file is synced, and only
// then the answer goes out.
func TestASuccessIsWrittenAfterTheDisk(t *testing.T) {
	needsStrace(t)
	t.Parallel()
	_, err := processKeys()
	must(t, err)
	log := filepath.Join(t.TempDir(), "strace")
	m := newMerchant(t, t.TempDir(), "strace", "-f", "-yy", "-s", "5000", "-o", log, "-e", "trace=read,write,pwrite64,fsync,fdatasync,sendto,writev")
	m.starts("SWEEP_SCHEDULE=1h") // so that the program stores nothing else meanwhile
	_, id, err := m.starting(t.Context(), "GCASH")
	must(t, err)
	must(t, m.control.Pay(id))
	await(t, "the notification is acknowledged", func() error {
		if len(m.allAcknowledged()) == 1 {
			return nil
		}
		return os.ErrDeadlineExceeded
	})
	m.dies()

	arrived, written, synced, answered := -1, -1, -1, -1
	connection := "" // of the notification: the sandbox answers calls by others meanwhile
	for _, c := range calls(readStrace(t, log)) {
		wal := strings.Contains(c.text[:min(len(c.text), 300)], "-wal>")
		switch {
		case c.name == "read" && strings.Contains(c.text, "OST /antom/notify"): // net/http may have read the P of POST before
			arrived = c.end
			connection, _, _ = strings.Cut(c.text, ",")
		case arrived < 0:
		case c.name == "pwrite64" && wal && written < 0 && strings.Contains(c.text, "PAYMENT_RESULT") && strings.Contains(c.text, id):
			written = c.end // the page with the notification itself
		case (c.name == "fdatasync" || c.name == "fsync") && wal && written >= 0 && synced < 0 && c.began > written:
			synced = c.end
		case answered < 0 && strings.HasPrefix(c.text, connection+",") && strings.Contains(c.text, "HTTP/1.1 200") && strings.Contains(c.text, "SUCCESS"):
			answered = c.began
		}
	}
	t.Logf("lines of the log: request read %d, notification written to the WAL %d, WAL synced %d, SUCCESS written %d", arrived, written, synced, answered)
	if arrived < 0 || written < arrived || synced < written || answered < synced {
		t.Error("not in this order: read, written, synced, answered")
	}
}
