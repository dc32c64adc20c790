package proof_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
)

var litestream = flag.String("litestream", "", "litestream's program: the database of a shop is replicated by it. make installs builds and names it")

// replicated is the time after which a change is in the replica; docs/operate/backup.md says
// so. Litestream looks for changes every second.
const replicated = 3 * time.Second

// TestAReplicaLacksTheLastMomentOnly kills shop and litestream under load. What the shop had
// acknowledged a moment before stands in the replica, which holds all laws, and goes on.
func TestAReplicaLacksTheLastMomentOnly(t *testing.T) {
	if *litestream == "" {
		t.Skip("-litestream names no program")
	}
	m := newMerchant(t, t.TempDir())
	m.settings = append(m.settings, "SESSION_KEY="+strings.Repeat("k", 32)) // a replica holds no file beside the database
	m.starts()
	replica := "file://" + filepath.Join(t.TempDir(), "replica")
	replicating := exec.Command(*litestream, "replicate", m.database, replica)
	replicating.Stdout, replicating.Stderr = m.output, m.output
	must(t, replicating.Start())
	ctx, stop := context.WithCancel(t.Context())
	var buyers sync.WaitGroup
	for i := range 6 {
		buyers.Go(func() { m.buysOnAndOn(ctx, i) })
	}
	acknowledging := func(more int) {
		want := len(m.allAcknowledged()) + more
		await(t, "notifications are acknowledged", func() error {
			if n := len(m.allAcknowledged()); n < want {
				return fmt.Errorf("%d of %d", n, want)
			}
			return nil
		})
	}
	acknowledging(100)
	m.emptiesLog()
	acknowledging(100)
	ledger, acknowledged := m.control.Ledger(), m.allAcknowledged()
	time.Sleep(replicated)
	m.dies()
	must(t, replicating.Process.Kill())
	_ = replicating.Wait() // it was killed
	stop()
	buyers.Wait()

	restored := filepath.Join(t.TempDir(), "checkout.db")
	if out, err := exec.CommandContext(t.Context(), *litestream, "restore", "-integrity-check", "full", "-o", restored, replica).CombinedOutput(); err != nil {
		t.Fatalf("no restore: %v\n%s", err, out)
	}
	has := m.truthOfReplica(restored, acknowledged)
	for _, problem := range has.always() {
		t.Error(problem)
	}
	for _, p := range ledger.Payments {
		if has.payments[p.RequestID] == nil {
			t.Errorf("the replica lacks the payment %s, made %s before the end", p.RequestID, replicated)
		}
	}
	last := m.truth()
	last.stored = has.stored
	t.Logf("%d notifications were acknowledged, %d of them more than %s before the end; the replica lacks %d", len(last.acknowledged), len(acknowledged), replicated, len(last.lost()))

	// Two hours later nothing is unfinished of what the replica has.
	must(t, m.control.Advance(2*time.Hour))
	m.starts("DATABASE_URL="+restored, "CLOCK_OFFSET=2h")
	await(t, "all laws hold", func() error { return firstOf(m.truthOfReplica(restored, acknowledged).whenQuiet()) })
}

// truthOfReplica is what a replica has, and what Antom has of its payments: those that were
// begun later are lost with their orders.
func (m *merchant) truthOfReplica(path string, acknowledged map[string]bool) *truth {
	m.t.Helper()
	ledger := m.control.Ledger()
	known := readTruth(m.t, path, ledger, m.control.Now(), nil).payments
	ledger.Payments = slices.DeleteFunc(ledger.Payments, func(p sandbox.Payment) bool { return known[p.RequestID] == nil })
	ledger.Sessions = slices.DeleteFunc(ledger.Sessions, func(s sandbox.Session) bool { return known[s.RequestID] == nil })
	return readTruth(m.t, path, ledger, m.control.Now(), acknowledged)
}

// emptiesLog does to the write-ahead log what erasing buyers' data does.
func (m *merchant) emptiesLog() {
	m.t.Helper()
	on, err := sql.Open("sqlite", "file:"+m.database+"?_pragma=busy_timeout(5000)")
	must(m.t, err)
	defer on.Close()
	var busy, pages, written int
	must(m.t, on.QueryRow(`PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &written))
	m.t.Logf("the log is emptied: busy %d, %d pages, %d of them in the database", busy, pages, written)
}
