package proof_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

var cycles = flag.Int("cycles", short(50, 2), "how often the program is killed under load")

const cyclesPerFile = 50 // then a new shop begins, because reading one takes longer with every order

// TestKilledUnderLoad kills the real program with SIGKILL while notifications are on
// their way, again and again on the same file. Each time, everything it has
// acknowledged must be there, and in the end all laws hold.
func TestKilledUnderLoad(t *testing.T) {
	t.Parallel()
	_, err := processKeys()
	must(t, err)
	fate := rand.New(rand.NewPCG(drawnSeed(t), 3))
	var killed, orders, acknowledged, lost int
	for killed < *cycles && !t.Failed() {
		shopLife := min(cyclesPerFile, *cycles-killed)
		t.Run(fmt.Sprintf("%d to %d", killed+1, killed+shopLife), func(t *testing.T) {
			tr := killedAgainAndAgain(t, shopLife, fate)
			orders += len(tr.orders)
			acknowledged += len(tr.acknowledged)
			lost += len(tr.lost())
			t.Logf("%d orders, %d notifications acknowledged, %d lost", len(tr.orders), len(tr.acknowledged), len(tr.lost()))
		})
		killed += shopLife
	}
	t.Logf("%d kills, %d orders, %d notifications acknowledged, %d lost", killed, orders, acknowledged, lost)
}

// killedAgainAndAgain runs one shop on one file, and kills it in each cycle.
func killedAgainAndAgain(t *testing.T, cycles int, fate *rand.Rand) *truth {
	m := newMerchant(t, t.TempDir())
	ctx, stop := context.WithCancel(t.Context())
	var buyers sync.WaitGroup
	m.starts()
	for i := range 6 {
		buyers.Go(func() { m.buysOnAndOn(ctx, i) })
	}
	for cycle := range cycles {
		m.killedAt(1+fate.IntN(25), time.Duration(fate.IntN(8000))*time.Microsecond)
		for _, problem := range m.truth().always() {
			t.Errorf("cycle %d: %s", cycle, problem)
		}
		if t.Failed() {
			break
		}
		m.starts()
	}
	stop()
	buyers.Wait()

	// Two hours later, by both clocks, nothing is unfinished.
	m.dies()
	must(t, m.control.Advance(2*time.Hour))
	m.starts("CLOCK_OFFSET=2h")
	await(t, "all laws hold", func() error { return firstOf(m.truth().whenQuiet()) })
	return m.truth()
}

// killedAt kills the program a moment after so many more notifications were sent.
func (m *merchant) killedAt(notifications int, moment time.Duration) {
	m.t.Helper()
	m.awaits(notifications, moment)
	m.dies()
}

// awaits waits until a moment after so many more notifications were sent.
func (m *merchant) awaits(notifications int, moment time.Duration) {
	m.t.Helper()
	kill := make(chan struct{})
	m.mu.Lock()
	at := m.sendings + notifications
	m.onSending = func(count int) {
		if count == at {
			close(kill)
		}
	}
	m.mu.Unlock()
	select {
	case <-kill:
	case <-time.After(60 * time.Second):
		m.t.Fatalf("after a minute there are not %d more notifications", notifications)
	}
	time.Sleep(moment) // a drawn moment: this waits for no condition
}

// buysOnAndOn is a buyer who orders again and again, also while the shop is dead.
func (m *merchant) buysOnAndOn(ctx context.Context, i int) {
	methods := []string{"CARD", "GCASH", "ALIPAY_CN", "GRABPAY_SG"}
	for n := i; ctx.Err() == nil; n++ {
		_, id, err := m.starting(ctx, methods[n%len(methods)])
		if err != nil || id == "" {
			<-time.After(10 * time.Millisecond) // the shop is dead, for a moment
			continue
		}
		if n%7 == 6 {
			continue // leaves without paying
		}
		if err := m.control.Pay(id); err != nil {
			fmt.Fprintln(m.output, "buyer:", id, err)
		}
	}
}
