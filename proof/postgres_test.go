package proof_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/db/postgres/pgtest"
)

var (
	serverFaults = flag.Int("serverfaults", short(4, 0), "how often something fails between two programs and PostgreSQL, under load")
	longSilence  = flag.Bool("longsilence", false, "the silent network is silent until the program gives up what waits")
	failovers    = flag.Int("failovers", short(1, 0), "how often a standby takes over, under load")
)

// pair is two programs of one merchant on one PostgreSQL database, each with a network of
// its own to it. Notifications go to them in turns.
type pair struct {
	*merchant           // the first
	second    *merchant // beside it
	links     [2]*pgtest.Link
	server    *pgtest.Server
}

// onServers begins a test of processes, which the race detector does not see into.
func onServers(t *testing.T) {
	t.Helper()
	if short(0, 1) > 0 {
		t.Skip("the same without the race detector")
	}
	t.Parallel()
	_, err := processKeys()
	must(t, err)
}

// newPair does not start the programs yet.
func newPair(t *testing.T, server *pgtest.Server) *pair {
	t.Helper()
	p := &pair{merchant: newMerchant(t, t.TempDir()), server: server}
	p.settings = append(p.settings, "SESSION_KEY="+strings.Repeat("k", 32), "MAIL_DIR="+t.TempDir())
	p.second = p.beside()
	p.takers = []string{strings.TrimPrefix(p.url, "http://"), strings.TrimPrefix(p.second.url, "http://")}
	for i, m := range p.programs() {
		var address string
		p.links[i], address = pgtest.NewLink(t, server.Address("postgres"))
		m.onDatabase(server.Address("postgres"), address)
	}
	return p
}

// onDatabase has the program store where address leads, and the test read at database.
func (m *merchant) onDatabase(database, address string) {
	m.database = database
	m.settings = append(m.settings, "DATABASE_URL="+address)
}

// beside is a second program of the same merchant at the same Antom.
func (m *merchant) beside() *merchant {
	address := freeAddress(m.t)
	second := &merchant{t: m.t, url: "http://" + address, box: m.box, control: m.control, output: &lockedBuffer{}}
	second.settings = append(slices.Clone(m.settings), "ADDR="+address)
	m.t.Cleanup(func() {
		second.dies()
		if m.t.Failed() {
			m.t.Logf("the end of the second program's log:\n%s", second.output.tail(4000))
		}
	})
	return second
}

func (p *pair) programs() []*merchant { return []*merchant{p.merchant, p.second} }

func (p *pair) start(settings ...string) {
	p.t.Helper()
	for _, m := range p.programs() {
		m.starts(settings...)
	}
}

// buy has buyers at both programs until the function that it returns is called.
func (p *pair) buy() (stop func()) {
	ctx, cancel := context.WithCancel(p.t.Context())
	var buyers sync.WaitGroup
	for i := range 4 {
		buyers.Go(func() { p.programs()[i%2].buysOnAndOn(ctx, i) })
	}
	return func() { cancel(); buyers.Wait() }
}

// awaitReady waits until both programs can store, by themselves.
func (p *pair) awaitReady() {
	p.t.Helper()
	for _, m := range p.programs() {
		await(p.t, "the shop is ready by itself", func() error { return m.expectStatus("/readyz", http.StatusOK) })
	}
}

// holds checks the laws that hold at any moment, while both programs stand still.
func (p *pair) holds(when string) {
	p.t.Helper()
	for _, m := range p.programs() {
		must(p.t, syscall.Kill(-m.process.Process.Pid, syscall.SIGSTOP))
		defer syscall.Kill(-m.process.Process.Pid, syscall.SIGCONT) //nolint:errcheck // it was there
	}
	reads := openBeside(p.database)
	defer reads.Close()
	await(p.t, "no statement is under way", func() error {
		var active int
		err := reads.QueryRow(`
			SELECT count(*) FROM pg_stat_activity
			 WHERE application_name = 'antom-checkout' AND state = 'active' AND wait_event_type IS DISTINCT FROM 'Lock'`).Scan(&active)
		if err == nil && active > 0 {
			err = fmt.Errorf("there are %d", active)
		}
		return err
	})
	for _, problem := range p.truth().always() {
		p.t.Errorf("%s: %s", when, problem)
	}
}

// ends lets two hours pass by both clocks, after which nothing is unfinished.
func (p *pair) ends() *truth {
	p.t.Helper()
	for _, m := range p.programs() {
		m.dies()
	}
	must(p.t, p.control.Advance(2*time.Hour))
	p.start("CLOCK_OFFSET=2h")
	await(p.t, "all laws hold", func() error { return firstOf(p.truth().whenQuiet()) })
	return p.truth()
}

// fault is something that fails, and is whole again when it returns.
type fault struct {
	name    string
	happens func(p *pair, fate *rand.Rand)
}

var faultsOfServers = []fault{
	{"a program is killed", func(p *pair, fate *rand.Rand) {
		m := p.programs()[fate.IntN(2)]
		m.dies()
		m.starts()
	}},
	{"PostgreSQL is killed", func(p *pair, _ *rand.Rand) {
		p.server.Kill()
		must(p.t, p.server.Start())
	}},
	{"COMMITs are cut", func(p *pair, fate *rand.Rand) {
		for i := range 10 {
			link := p.links[i%2]
			link.CutCommit(pgtest.Cut(1 + fate.IntN(3)))
			await(p.t, "a COMMIT is cut", func() error {
				if !link.IsCut() {
					return errors.New("there was none yet")
				}
				return nil
			})
		}
	}},
	{"the network is cut", func(p *pair, fate *rand.Rand) {
		link := p.links[fate.IntN(2)]
		link.Cut()
		time.Sleep(time.Duration(fate.IntN(100)) * time.Millisecond) // a drawn moment
		link.Heal()
	}},
}

// TestPostgreSQLFailsUnderLoad has programs, PostgreSQL, the network between them and single
// COMMITs fail in turns, while buyers pay at two programs. Each time, everything that was
// acknowledged must be there; the programs go on by themselves; and in the end all laws hold.
func TestPostgreSQLFailsUnderLoad(t *testing.T) {
	onServers(t)
	fate := rand.New(rand.NewPCG(drawnSeed(t), 7))
	happened := map[string]int{}
	var failed, orders, acknowledged, lost int
	for failed < *serverFaults && !t.Failed() {
		shopLife := min(cyclesPerFile, *serverFaults-failed)
		t.Run(fmt.Sprintf("%d to %d", failed+1, failed+shopLife), func(t *testing.T) {
			p := newPair(t, pgtest.NewServer(t, ""))
			p.start()
			stop := p.buy()
			defer stop()
			for cycle := range shopLife {
				fault := faultsOfServers[cycle%len(faultsOfServers)]
				p.awaits(1+fate.IntN(15), time.Duration(fate.IntN(8000))*time.Microsecond)
				fault.happens(p, fate)
				happened[fault.name]++
				p.awaitReady()
				if p.holds(fmt.Sprintf("cycle %d, %s", cycle, fault.name)); t.Failed() {
					return
				}
			}
			stop()
			tr := p.ends()
			orders, acknowledged, lost = orders+len(tr.orders), acknowledged+len(tr.acknowledged), lost+len(tr.lost())
		})
		failed += shopLife
	}
	t.Logf("%v; %d orders, %d notifications acknowledged, %d lost", happened, orders, acknowledged, lost)
}

// TestAStandbyTakesOverUnderLoad kills the PostgreSQL server and promotes its synchronous
// standby while buyers pay at two programs, whose address names both servers. Nothing that was
// acknowledged is lost.
func TestAStandbyTakesOverUnderLoad(t *testing.T) {
	onServers(t)
	fate := rand.New(rand.NewPCG(drawnSeed(t), 8))
	for i := range *failovers {
		t.Run(fmt.Sprint(i+1), func(t *testing.T) {
			primary := pgtest.NewServer(t, "")
			standby := primary.Standby(t, "standby")
			must(t, primary.Exec("postgres", `ALTER SYSTEM SET synchronous_standby_names = 'standby'`))
			must(t, primary.Exec("postgres", `SELECT pg_reload_conf()`))
			p := newPair(t, primary)
			for _, m := range p.programs() {
				m.onDatabase(primary.Address("postgres"), fmt.Sprintf(
					"postgres://postgres@127.0.0.1:%d,127.0.0.1:%d/postgres?sslmode=disable&target_session_attrs=read-write", primary.Port(), standby.Port()))
			}
			p.start()
			stop := p.buy()
			defer stop()
			p.awaits(20+fate.IntN(20), time.Duration(fate.IntN(8000))*time.Microsecond)
			primary.Kill()
			must(t, standby.Promote())
			p.database = standby.Address("postgres")
			p.awaitReady()
			p.holds("after the standby has taken over")
			p.awaits(5, 0)
			stop()
			tr := p.ends()
			t.Logf("%d orders, %d notifications acknowledged, %d lost", len(tr.orders), len(tr.acknowledged), len(tr.lost()))
		})
	}
}

// expectRefused waits until the only notification was answered, and expects that it was not
// acknowledged.
func (p *pair) expectRefused() {
	p.t.Helper()
	await(p.t, "the notification has been answered", func() error {
		if len(p.notification(p.t).Sendings) == 0 {
			return errors.New("it was not yet")
		}
		return nil
	})
	if n := p.notification(p.t); n.State != sandbox.NotificationWaiting || n.Sendings[0].Status == http.StatusOK {
		p.t.Errorf("the notification was answered with %d and is %s", n.Sendings[0].Status, n.State)
	}
}

// TestASilentNetworkIsNoticed: the link of one program to PostgreSQL forwards nothing, and no
// connection ends. The program says soon that it is not ready, answers requests with 503 in
// the time that it allows them, acknowledges nothing, and goes on by itself when the network
// is whole. The other program works all the time.
func TestASilentNetworkIsNoticed(t *testing.T) {
	onServers(t)
	p := newPair(t, pgtest.NewServer(t, ""))
	p.start()
	path, id, err := p.starting(t.Context(), "GCASH")
	must(t, err)
	p.takers = []string{strings.TrimPrefix(p.url, "http://")}
	p.links[0].Silence()

	began := time.Now()
	await(t, "the program says that it is not ready", func() error { return p.expectStatus("/readyz", http.StatusServiceUnavailable) })
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
	must(t, p.expectStatus("/healthz", http.StatusOK))
	pages := []string{path, path + "/status"} // an order's pages wait shorter
	if *longSilence {
		must(t, p.control.Pay(id))
		pages = append(pages, "/")
	}
	var requests sync.WaitGroup
	for _, page := range pages {
		requests.Go(func() {
			began := time.Now()
			res, err := http.Get(p.url + page)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if took := time.Since(began); res.StatusCode != http.StatusServiceUnavailable || took > 30*time.Second {
				t.Errorf("%s is answered %s after %s", page, res.Status, took)
			}
		})
	}
	_, _, err = p.second.starting(t.Context(), "GCASH")
	must(t, err)
	requests.Wait()
	if *longSilence {
		p.expectRefused()
	}

	p.links[0].Heal()
	p.awaitReady()
	p.ends()
}

const fewForMany = 20 // buyers

// TestFewConnectionsForMany: many buyers at once share two connections. Each request is
// carried out or answered 503, none hangs, and the program goes on.
func TestFewConnectionsForMany(t *testing.T) {
	onServers(t)
	p := newPair(t, pgtest.NewServer(t, ""))
	p.onDatabase(p.database, p.database+"&pool_max_conns=2")
	p.patience = 30 * time.Second
	p.starts()
	var buyers sync.WaitGroup
	var mu sync.Mutex
	carriedOut := 0
	for range fewForMany {
		buyers.Go(func() {
			_, id, err := p.starting(t.Context(), "GCASH")
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && id != "":
				carriedOut++
			case err == nil || !strings.Contains(err.Error(), "503"):
				t.Errorf("a request is neither carried out nor refused: %v", err)
			}
		})
	}
	buyers.Wait()
	t.Logf("%d of %d buyers have started a payment", carriedOut, fewForMany)
	must(t, p.expectStatus("/readyz", http.StatusOK))
	if _, _, err := p.starting(t.Context(), "GCASH"); err != nil {
		t.Error(err)
	}
}

// TestAFullDiskOfPostgreSQLLosesNothing: while PostgreSQL cannot store, the program
// acknowledges nothing; once there is room and PostgreSQL runs, it goes on without a restart.
func TestAFullDiskOfPostgreSQLLosesNothing(t *testing.T) {
	onServers(t)
	folder := smallDisk(t, 160)
	p := newPair(t, pgtest.NewServer(t, folder, "max_wal_size=32MB", "min_wal_size=32MB"))
	p.start()
	_, id, err := p.starting(t.Context(), "GCASH")
	must(t, err)
	makeRoom := fill(t, folder)
	for full := false; !full; { // PostgreSQL has files of its log in reserve
		full = p.server.Exec("postgres", `SELECT pg_logical_emit_message(true, 'proof', '')`) != nil ||
			p.server.Exec("postgres", `SELECT pg_switch_wal()`) != nil
	}
	for _, m := range p.programs() {
		await(t, "the program says that it is not ready", func() error { return m.expectStatus("/readyz", http.StatusServiceUnavailable) })
	}
	must(t, p.control.Pay(id))
	p.expectRefused()
	makeRoom()
	p.server.Kill() // it may have ended itself
	must(t, p.server.Start())
	p.awaitReady()
	p.holds("with room again")
	p.ends()
}
