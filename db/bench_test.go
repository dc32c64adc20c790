package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// perRound is how many transactions one side commits before it is the other's
// turn. The sides take turns because the disk has moods.
const perRound = 2000

// BenchmarkStore compares what a checkout stores with the least it could cost.
//
// "raw" is an order, a payment and a ledger row a transaction, in the same tables
// with the same settings, by three prepared inserts that are not read,
// decide or be isolated for, committed in groups by one goroutine. "thin" is the
// same with rows of four columns in tables without further indexes, to show how
// much of the time is the tables'.
//
// Of the store, "attempt" is one transaction: an order is read and changes, its
// payment and their ledger rows are added. "order" is the whole way from nothing
// to an attempt: two transactions, counted as two.
//
// Reported are medians of all rounds: transactions a second, the ratios of them
// (more is better), and the p99 and the processor time of the store over those of raw
// (less is better). Run it with -benchtime=7x.
func BenchmarkStore(b *testing.B) {
	for _, callers := range []int{1, 64} {
		for name, store := range map[string]func(testing.TB, *Store, int) round{"attempt": storeAttempts, "order": storeOrders} {
			b.Run(fmt.Sprintf("%s/callers=%d", name, callers), func(b *testing.B) {
				db, raw, thin := openStore(b), openRaw(b, sameRows), openRaw(b, thinRows)
				var figures ratios
				for b.Loop() {
					thinner, limit, whole := thin.insert(b, callers), raw.insert(b, callers), store(b, db, callers)
					figures.add("raw/s", limit.rate())
					figures.add("ours/s", whole.rate())
					figures.add("ours/raw", whole.rate()/limit.rate())
					figures.add("p99/raw-p99", whole.p99()/limit.p99())
					figures.add("cpu/raw-cpu", whole.cpuEach()/limit.cpuEach())
					figures.add("raw/thin", limit.rate()/thinner.rate())
				}
				figures.report(b)
			})
		}
	}
}

// ratios collects what each turn of a benchmark has measured.
type ratios map[string][]float64

func (r *ratios) add(unit string, value float64) {
	if *r == nil {
		*r = ratios{}
	}
	(*r)[unit] = append((*r)[unit], value)
}

// report reports the medians.
func (r ratios) report(b *testing.B) {
	for unit, values := range r {
		b.ReportMetric(slices.Sorted(slices.Values(values))[len(values)/2], unit)
	}
	b.ReportMetric(0, "ns/op") // says nothing here
}

// round is what one side did in its turn.
type round struct {
	waits      []time.Duration // of each transaction
	whole, cpu time.Duration   // of all together
}

func (r round) rate() float64    { return float64(len(r.waits)) / r.whole.Seconds() }
func (r round) cpuEach() float64 { return r.cpu.Seconds() / float64(len(r.waits)) }
func (r round) p99() float64 {
	return slices.Sorted(slices.Values(r.waits))[len(r.waits)*99/100].Seconds()
}

// cpuTime is what this process has had of all processors.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// race has callers do things until n are done.
func race(b testing.TB, callers, n int, do func(i int) error) round {
	b.Helper()
	r := round{waits: make([]time.Duration, n)}
	var next atomic.Int64
	var all sync.WaitGroup
	begun, cpu := time.Now(), cpuTime()
	for range callers {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				start := time.Now()
				if err := do(i); err != nil {
					b.Error(err)
					return
				}
				r.waits[i] = time.Since(start)
			}
		})
	}
	all.Wait()
	r.whole, r.cpu = time.Since(begun), cpuTime()-cpu
	return r
}

var newUUID = checkout.NewIDs(time.Now).New

func addAttempt(store *Store, orderID string) error {
	_, _, err := store.Update(context.Background(), orderID, bySweeper, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		o.Status = checkout.OrderProcessing
		o.Payments = []checkout.Payment{newPayment(newUUID())}
		return o, nil, nil
	})
	return err
}

func storeAttempts(b testing.TB, store *Store, callers int) round {
	ids := make([]string, perRound)
	race(b, 64, perRound, func(i int) error { // not counted
		ids[i] = newUUID()
		_, err := store.CreateOrder(context.Background(), newOrder(ids[i]), checkout.Cause{Kind: checkout.ByShopper})
		return err
	})
	return race(b, callers, perRound, func(i int) error { return addAttempt(store, ids[i]) })
}

func storeOrders(b testing.TB, store *Store, callers int) round {
	ids := make([]string, perRound/2)
	var steps []time.Duration
	var mu sync.Mutex
	step := func(do func() error) error {
		start := time.Now()
		err := do()
		mu.Lock()
		defer mu.Unlock()
		steps = append(steps, time.Since(start))
		return err
	}
	whole := race(b, callers, perRound/2, func(i int) error {
		ids[i] = newUUID()
		err := step(func() error {
			_, err := store.CreateOrder(context.Background(), newOrder(ids[i]), checkout.Cause{Kind: checkout.ByShopper})
			return err
		})
		if err != nil {
			return err
		}
		return step(func() error { return addAttempt(store, ids[i]) })
	})
	whole.waits = steps
	return whole
}

// rawGroups is the limit: prepared inserts, one goroutine, one commit for all
// that wait, the same file settings, and nothing else.
type rawGroups struct {
	conn    *statements
	inserts []insert
	jobs    chan chan error
}

// insert is a statement and what goes into it, beside the ids.
type insert struct {
	query string
	args  func(order string) []any
}

// sameRows are the rows of the store's own tables.
func sameRows(db *sql.DB) ([]insert, error) {
	o, p := newOrder("o"), newPayment("p")
	return []insert{
		{`
		INSERT INTO orders (id, number, token_sha256, form_key, status, closed, review, review_payment, ever_paid, stock, version, currency, total,
			email, name, phone, country, region, city, address1, address2, postal_code, language, created_at, expires_at)
		VALUES ($1, 'N-' || $1, 'token-' || $1, 'form-' || $1, 'open', '', '', '', 0, '', 1, 'SGD', 4200,
			$2, $3, $4, $5, $6, $7, $8, $9, $10, 'en-SG', $11, $12)`, func(order string) []any {
			return []any{order, o.Buyer.Email, o.Buyer.Name, o.Buyer.Phone, o.Buyer.Country, o.Buyer.Region, o.Buyer.City,
				o.Buyer.Address1, o.Buyer.Address2, o.Buyer.PostalCode, o.CreatedAt.UnixMilli(), o.ExpiresAt.UnixMilli()}
		}},
		{`
		INSERT INTO payments (request_id, order_id, antom_id, method, mode, status, active, duplicate, currency, amount, result_code,
			body, action, created_at, expires_at, next_poll, polls)
		VALUES ($1, $2, '', 'CARD', 'sdk', 'created', 1, 0, 'SGD', 4200, '', $3, '{"type":""}', $4, $5, $6, 0)`, func(order string) []any {
			return []any{newUUID(), order, p.Body, p.CreatedAt.UnixMilli(), p.ExpiresAt.UnixMilli(), p.NextPoll.UnixMilli()}
		}},
		{`
		INSERT INTO transitions (subject, order_id, payment_request_id, request_id, from_status, to_status, cause, at)
		VALUES ('order', $1, '', '', 'open', 'processing', 'sweeper', $2)`, func(order string) []any {
			return []any{order, noon.UnixMilli()}
		}},
	}, migrate(context.Background(), db)
}

func thinRows(db *sql.DB) ([]insert, error) {
	_, err := db.Exec(`
		CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT NOT NULL, total INTEGER NOT NULL, email TEXT NOT NULL) STRICT;
		CREATE TABLE payments (id TEXT PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders, status TEXT NOT NULL, amount INTEGER NOT NULL) STRICT;
		CREATE TABLE ledger (seq INTEGER PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders, from_status TEXT NOT NULL, to_status TEXT NOT NULL, at INTEGER NOT NULL) STRICT`)
	return []insert{
		{`INSERT INTO orders VALUES ($1, 'open', 4200, 'mei@example.com')`, func(order string) []any { return []any{order} }},
		{`INSERT INTO payments VALUES ($1, $2, 'created', 4200)`, func(order string) []any { return []any{newUUID(), order} }},
		{`INSERT INTO ledger (order_id, from_status, to_status, at) VALUES ($1, 'open', 'processing', 0)`, func(order string) []any { return []any{order} }},
	}, err
}

func openRaw(b testing.TB, rows func(*sql.DB) ([]insert, error)) *rawGroups {
	b.Helper()
	db, err := sql.Open("sqlite", dsn(filepath.Join(b.TempDir(), "raw.db"), undoInMemory))
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	raw := &rawGroups{jobs: make(chan chan error, queueLength)}
	if raw.inserts, err = rows(db); err != nil {
		b.Fatal(err)
	}
	conn, err := db.Conn(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	raw.conn = newStatements(conn)
	ended := make(chan struct{})
	go func() { defer close(ended); raw.run() }()
	b.Cleanup(func() {
		close(raw.jobs)
		<-ended
		if err := errors.Join(conn.Close(), db.Close()); err != nil {
			b.Error(err)
		}
	})
	return raw
}

func (raw *rawGroups) insert(b testing.TB, callers int) round {
	return race(b, callers, perRound, func(int) error {
		done := make(chan error, 1)
		raw.jobs <- done
		return <-done
	})
}

func (raw *rawGroups) run() {
	for first := range raw.jobs {
		group := []chan error{first}
		for more := true; more && len(group) < groupSize; {
			select {
			case job, open := <-raw.jobs:
				if more = open; open {
					group = append(group, job)
				}
			default:
				more = false
			}
		}
		err := raw.commit(len(group))
		for _, job := range group {
			job <- err
		}
	}
}

func (raw *rawGroups) commit(n int) error {
	ctx := context.Background()
	if _, err := raw.conn.ExecContext(ctx, `BEGIN IMMEDIATE`); err != nil {
		return err
	}
	for range n {
		order := newUUID()
		for _, in := range raw.inserts {
			if _, err := raw.conn.ExecContext(ctx, in.query, in.args(order)...); err != nil {
				return err
			}
		}
	}
	_, err := raw.conn.ExecContext(ctx, `COMMIT`)
	return err
}
