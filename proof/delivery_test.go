package proof_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

var deliveryKills = flag.Int("deliveries", short(10, 2), "how often the program is killed between a commit and its delivery")

// TestKilledBetweenCommitAndDelivery kills the real program with SIGKILL when it has stored
// events that it has not delivered, or not noted as delivered, again and again on the same
// file. Each event must reach the merchant's system, with one body in all tries.
func TestKilledBetweenCommitAndDelivery(t *testing.T) {
	t.Parallel()
	_, err := processKeys()
	must(t, err)
	fate := rand.New(rand.NewPCG(drawnSeed(t), 4))
	var killed, undelivered, events, arrivals int
	for killed < *deliveryKills && !t.Failed() {
		shopLife := min(cyclesPerFile, *deliveryKills-killed)
		t.Run(fmt.Sprintf("%d to %d", killed+1, killed+shopLife), func(t *testing.T) {
			s, left := killedWhileDelivering(t, shopLife, fate)
			undelivered += left
			events += len(s.bodies)
			arrivals += s.arrivals
		})
		killed += shopLife
	}
	t.Logf("%d kills left %d events undelivered; %d events arrived, in %d tries", killed, undelivered, events, arrivals)
	if undelivered == 0 && !t.Failed() {
		t.Error("no kill came between a commit and its delivery")
	}
}

// killedWhileDelivering runs one shop on one file, and kills it in each cycle. undelivered
// counts the events that the kills have left.
func killedWhileDelivering(t *testing.T, cycles int, fate *rand.Rand) (s *system, undelivered int) {
	m := newMerchant(t, t.TempDir())
	m.settings = append(m.settings, "WEBHOOK_SCHEDULE="+strings.TrimSuffix(strings.Repeat("1s,", 200), ","))
	ctx, stop := context.WithCancel(t.Context())
	var buyers sync.WaitGroup
	defer buyers.Wait()
	defer stop()
	m.starts()
	s = newSystem(t, m, fate.Uint64())
	for i := range 3 {
		buyers.Go(func() { m.buysOnAndOn(ctx, i) })
	}
	for cycle := range cycles {
		if moment := time.Duration(fate.IntN(20_000)) * time.Microsecond; cycle%2 == 0 {
			m.killedAt(1+fate.IntN(10), moment) // its events are stored, and wait for their lane
		} else {
			s.killsAt(1+fate.IntN(10), moment/4) // it waits for the answer, or writes it down
		}
		undelivered += len(m.undelivered())
		for _, problem := range m.truth().always() {
			t.Errorf("cycle %d: %s", cycle, problem)
		}
		if t.Failed() {
			return s, undelivered
		}
		m.starts()
	}
	stop()
	buyers.Wait()
	s.recovers()
	await(t, "every event is delivered", func() error {
		if left := m.undelivered(); len(left) != 0 {
			return fmt.Errorf("%d events are not, the first: %s", len(left), left[0])
		}
		return nil
	})
	s.expectAllOf(m)
	return s, undelivered
}

// undelivered are the events that the program has not noted as delivered.
func (m *merchant) undelivered() []string {
	m.t.Helper()
	return m.eventIDs(`WHERE id NOT IN (SELECT event_id FROM deliveries WHERE state = 'delivered')`)
}

func (m *merchant) eventIDs(which string) (ids []string) {
	m.t.Helper()
	reads := openBeside(m.database)
	defer reads.Close()
	rows, err := reads.Query(`SELECT id FROM events ` + which)
	must(m.t, err)
	defer rows.Close()
	for rows.Next() {
		var id string
		must(m.t, rows.Scan(&id))
		ids = append(ids, id)
	}
	must(m.t, rows.Err())
	return ids
}

// system is the merchant's own, which takes events. Until it recovers it refuses every third.
type system struct {
	t        *testing.T
	merchant *merchant
	verifier *standardwebhooks.Webhook

	mu        sync.Mutex
	fate      *rand.Rand
	recovered bool
	arrivals  int
	onArrival func(count int)   // called before an event is answered
	bodies    map[string][]byte // by event, as it came first
	taken     map[string]bool   // answered with 204
}

// newSystem has a running program deliver to it.
func newSystem(t *testing.T, m *merchant, seed uint64) *system {
	t.Helper()
	s := &system{t: t, merchant: m, fate: rand.New(rand.NewPCG(seed, 5)), bodies: map[string][]byte{}, taken: map[string]bool{}}
	server := httptest.NewServer(s)
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	var made []struct{ Secret string }
	m.runs(&made, "endpoints", "--json", "create", server.URL)
	var err error
	s.verifier, err = standardwebhooks.NewWebhook(made[0].Secret)
	must(t, err)
	return s
}

// ServeHTTP implements http.Handler.
func (s *system) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the program died while it wrote
	}
	if err := s.verifier.Verify(body, r.Header); err != nil {
		s.t.Errorf("%s: %v", body, err)
	}
	id := r.Header.Get("Webhook-Id")
	s.mu.Lock()
	s.arrivals++
	hook, count, takes := s.onArrival, s.arrivals, s.recovered || s.fate.IntN(3) > 0
	if first, again := s.bodies[id]; again && !bytes.Equal(first, body) {
		s.t.Errorf("event %s came as\n%s\nand again as\n%s", id, first, body)
	}
	s.bodies[id] = body
	s.mu.Unlock()
	if hook != nil {
		hook(count)
	}
	if !takes {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	s.mu.Lock()
	s.taken[id] = true
	s.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

// killsAt kills the program a moment after so many more events have arrived.
func (s *system) killsAt(events int, moment time.Duration) {
	s.t.Helper()
	kill := make(chan struct{})
	s.mu.Lock()
	at := s.arrivals + events
	s.onArrival = func(count int) {
		if count == at {
			close(kill)
		}
	}
	s.mu.Unlock()
	select {
	case <-kill:
	case <-time.After(60 * time.Second):
		s.t.Fatalf("after a minute there are not %d more events", events)
	}
	time.Sleep(moment) // a drawn moment: this waits for no condition
	s.merchant.dies()
}

// recovers: from now on the system takes everything.
func (s *system) recovers() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recovered = true
}

// expectAllOf compares what the system has taken with what the shop has stored.
func (s *system) expectAllOf(m *merchant) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range m.eventIDs(`WHERE id IN (SELECT event_id FROM deliveries WHERE state = 'delivered')`) {
		if !s.taken[id] {
			s.t.Errorf("event %s is noted as delivered, but was not taken", id)
		}
	}
	stored := map[string]bool{}
	for _, id := range m.eventIDs("") {
		stored[id] = true
	}
	for id := range s.bodies {
		if !stored[id] {
			s.t.Errorf("event %s arrived, but is not stored", id)
		}
	}
}
