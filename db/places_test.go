package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
)

// onServerOnly ends a test of what several programs do on one database.
func onServerOnly(t testing.TB) {
	t.Helper()
	if !onServer {
		t.Skip("of PostgreSQL: several programs on one database")
	}
}

// programs are two programs on one database.
func programs(t *testing.T) (one, two *Store, address string) {
	t.Helper()
	onServerOnly(t)
	one, address = openStoreAt(t, newDatabase(t))
	two, _ = openStoreAt(t, address)
	return one, two, address
}

// within waits for something that another program brings about.
func within(t *testing.T, what string, limit time.Duration, done func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !done(); {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %s", what, limit)
		}
		time.Sleep(time.Millisecond)
	}
}

// A transaction that takes its number in the ledger first and commits last is not passed
// over: the rows after it wait until it has ended.
func TestARowOfTheLedgerThatAppearsLateIsListed(t *testing.T) {
	one, two, _ := programs(t)
	placeOrder(t, one, newOrder("slow"))
	placeOrder(t, one, newOrder("quick"))
	_, seen, err := two.TransitionsAfter(t.Context(), -1)
	if err != nil {
		t.Fatal(err)
	}
	begun, end := make(chan struct{}), make(chan struct{})
	var slow sync.WaitGroup
	slow.Go(func() {
		err := one.writeTo(t.Context(), aboutOrder("slow"), func(ctx context.Context, tx *tx) error {
			err := one.addTransitions(ctx, tx, "slow", []checkout.Transition{{Subject: "order", From: "open", To: "expired"}}, bySweeper)
			close(begun)
			<-end
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-begun
	change(t, one, "quick", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.Status = checkout.OrderExpired
		return nil
	})
	early, seen, err := two.TransitionsAfter(t.Context(), seen)
	if err != nil || len(early) > 0 {
		t.Errorf("while an earlier transaction is under way, %v is listed, %v", early, err)
	}
	close(end)
	slow.Wait()
	var all []string
	within(t, "the ledger", 10*time.Second, func() bool {
		var more []string
		more, seen, err = two.TransitionsAfter(t.Context(), seen)
		all = append(all, more...)
		return err != nil || len(all) >= 2
	})
	if diff := cmp.Diff([]string{"slow", "quick"}, all); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

// Every event becomes a delivery once, whichever program commits when.
func TestEveryEventIsSpreadOnceWhileOthersAreCommitted(t *testing.T) {
	one, two, _ := programs(t)
	endpoint := checkout.WebhookEndpoint{ID: "endpoint", URL: "https://shop.example.com", CreatedAt: noon}
	if err := one.AddEndpoint(t.Context(), endpoint, 1); err != nil {
		t.Fatal(err)
	}
	const each = 40
	var writing sync.WaitGroup
	for n, store := range []*Store{one, two, one, two} {
		writing.Go(func() {
			for i := range each {
				o := newOrder(fmt.Sprint("o", n, "-", i))
				if _, err := store.CreateOrder(t.Context(), o, checkout.Cause{Kind: checkout.ByShopper}); err != nil {
					t.Error(err)
				}
				_, _, err := store.Update(t.Context(), o.ID, bySweeper, altering(func(o *checkout.Order) []checkout.Effect {
					o.Status, o.Closed = checkout.OrderExpired, checkout.OrderExpired
					return nil
				}))
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	written := make(chan struct{})
	go func() { writing.Wait(); close(written) }()
	for done := false; !done; {
		select {
		case <-written:
			done = true
		default:
		}
		for _, store := range []*Store{one, two} {
			if _, err := store.SpreadEvents(t.Context(), "endpoint", 3); err != nil {
				t.Error(err)
			}
		}
	}
	if count(t, one, "events") < 4*each {
		t.Errorf("%d events, want one of each order at least", count(t, one, "events"))
	}
	within(t, "deliveries", 30*time.Second, func() bool {
		_, err := two.SpreadEvents(t.Context(), "endpoint", 3)
		return err != nil || count(t, one, "deliveries") >= count(t, one, "events")
	})
	expectCount(t, one, count(t, one, "events"), "deliveries")
}

// Rows that were restored to another server have places that its transactions have not
// reached.
func TestPlacesGoOnAfterARestore(t *testing.T) {
	one, _, address := programs(t)
	placeOrder(t, one, newOrder("order"))
	const far = 1_000_000_000_000
	mustExec(t, one, `
		INSERT INTO transitions (place, subject, order_id, payment_request_id, request_id, from_status, to_status, cause, at)
		VALUES ($1, 'order', 'order', '', '', 'open', 'expired', 'sweeper', 0)`, far)
	restored, _ := openStoreAt(t, address)
	_, end, err := restored.TransitionsAfter(t.Context(), -1)
	if err != nil || end < far {
		t.Fatalf("the ledger ends at %d, %v", end, err)
	}
	placeOrder(t, restored, newOrder("next"))
	var listed []string
	within(t, "the ledger", 10*time.Second, func() bool {
		listed, _, err = restored.TransitionsAfter(t.Context(), end)
		return err != nil || len(listed) > 0
	})
	if err != nil || listed[0] != "next" {
		t.Errorf("listed is %v, %v", listed, err)
	}
}

func TestAProgramIsToldWhatAnotherHasChanged(t *testing.T) {
	one, two, _ := programs(t)
	for len(two.ChangedElsewhere()) > 0 { // it has begun to listen
		<-two.ChangedElsewhere()
	}
	placeOrder(t, one, newOrder("order"))
	select {
	case <-two.ChangedElsewhere():
	case <-time.After(10 * time.Second):
		t.Error("the other program was not told")
	}
}

// Of two programs that see the same email one sends it; what the other one has claimed and
// not sent is due later.
func TestAnEffectIsClaimedByOneProgram(t *testing.T) {
	one, two, _ := programs(t)
	placeOrder(t, one, newOrder("order"))
	change(t, one, "order", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.Status = checkout.OrderProcessing
		return []checkout.Effect{"mail.paid"}
	})
	listed, err := one.PendingEmails(t.Context(), noon.Add(time.Hour), 10)
	if err != nil || len(listed) != 1 {
		t.Fatalf("due are %v, %v", listed, err)
	}
	one.now, two.now = func() time.Time { return noon.Add(time.Hour) }, func() time.Time { return noon.Add(time.Hour) }
	granted := 0
	for _, store := range []*Store{one, two, one} {
		mine, err := store.ClaimEffect(t.Context(), listed[0])
		if err != nil {
			t.Error(err)
		}
		if mine {
			granted++
		}
	}
	if granted != 1 {
		t.Errorf("%d claims were granted, want one", granted)
	}
	if again, err := two.PendingEmails(t.Context(), noon.Add(time.Hour), 10); err != nil || len(again) != 0 {
		t.Errorf("while it is claimed, %v is due, %v", again, err)
	}
	if later, err := two.PendingEmails(t.Context(), noon.Add(time.Hour+lease), 10); err != nil || len(later) != 1 {
		t.Errorf("after the claim, %v is due, %v", later, err)
	}
}

// Two orders want the last piece at the same moment, in two programs.
func TestTheLastPieceIsReservedOnce(t *testing.T) {
	one, two, _ := programs(t)
	for round := range 10 {
		mustExec(t, one, `DELETE FROM prices`)
		mustExec(t, one, `DELETE FROM products`)
		mustExec(t, one, `INSERT INTO products (sku, name, description, image, position, stock) VALUES ('MUG', '', '', '', 0, 2), ('TIN', '', '', '', 1, 1)`)
		var wait sync.WaitGroup
		var mu sync.Mutex
		reserved := 0
		for n, store := range []*Store{one, two} {
			o := newOrder(fmt.Sprint("order", round, n))
			if n == 1 { // the other way round
				o.Lines[0], o.Lines[1] = o.Lines[1], o.Lines[0]
			}
			placeOrder(t, store, o)
			wait.Go(func() {
				_, _, err := store.Update(t.Context(), o.ID, bySweeper, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
					if !o.Fulfillable {
						return o, nil, checkout.ErrNotFound
					}
					o.Stock = checkout.StockReserved
					return o, nil, nil
				})
				if err != nil && !checkout.IsNotFound(err) {
					t.Error(err)
				}
				if err == nil {
					mu.Lock()
					reserved++
					mu.Unlock()
				}
			})
		}
		wait.Wait()
		if reserved != 1 {
			t.Fatalf("the last piece was reserved %d times", reserved)
		}
	}
}

// A connection that is cut in the middle of a transaction stores nothing and says so.
func TestACutConnectionStoresNothing(t *testing.T) {
	one, two, _ := programs(t)
	placeOrder(t, one, newOrder("order"))
	err := one.writeTo(t.Context(), aboutOrder("order"), func(ctx context.Context, tx *tx) error {
		var pid int
		if err := tx.QueryRowContext(ctx, `UPDATE orders SET version = version + 1 RETURNING pg_backend_pid()`).Scan(&pid); err != nil {
			return err
		}
		_, err := two.reads.ExecContext(ctx, `SELECT pg_terminate_backend($1, 5000)`, pid)
		return err
	})
	if !errors.Is(err, errUnstored) {
		t.Errorf("it answers %v, want that nothing was stored", err)
	}
	if err := one.Ready(t.Context()); err != nil {
		t.Errorf("afterwards it cannot store: %v", err)
	}
	if o := orderByID(t, one, "order"); o.Version != 1 {
		t.Errorf("version %d was stored", o.Version)
	}
}

// The sums of sales hold up to a place. After a restore to another server, what changes has
// places beyond it.
func TestSumsOfSalesAreCountedAnewAfterARestore(t *testing.T) {
	one, _, address := programs(t)
	placeOrder(t, one, newOrder("order"))
	sumUpSales(t, one, noon.AddDate(0, 0, 1))
	mustExec(t, one, `UPDATE sales_summed SET seq = seq + 1000000000000`)
	restored, _ := openStoreAt(t, address)
	placeOrder(t, restored, newOrder("next"))
	day := checkout.ByDay.Start(noon)
	sums, err := restored.Sales(t.Context(), day, checkout.ByDay.Next(day, 1))
	if err != nil || len(sums) == 0 || sums[0].Kind != checkout.SalesPlaced || sums[0].Count != 2 {
		t.Errorf("the sums are %+v, %v, want two orders placed", sums, err)
	}
}

// Two programs sum up at any time, while orders are placed in both: each order is counted.
func TestProgramsSumUpSalesBesideEachOther(t *testing.T) {
	one, two, _ := programs(t)
	const each = 20
	var running sync.WaitGroup
	for n, store := range []*Store{one, two} {
		running.Go(func() {
			for i := range each {
				if _, err := store.CreateOrder(t.Context(), newOrder(fmt.Sprint(n, "-", i)), checkout.Cause{Kind: checkout.ByShopper}); err != nil {
					t.Error(err)
				}
			}
		})
		running.Go(func() {
			for range each {
				if err := store.SumUpSales(t.Context(), noon.AddDate(0, 0, 1).UTC()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	sumUpSales(t, one, noon.AddDate(0, 0, 1))
	expectTable(t, two, []string{fmt.Sprint("placed ", 2*each)}, `SELECT kind, count FROM sales_by_day WHERE count > 0`)
}

// Two programs that see the same matter send one email about it.
func TestAnEmailAboutTheInboxIsClaimedByOneProgram(t *testing.T) {
	one, two, _ := programs(t)
	putPerson(t, one, operators.Member{Person: operators.Person{ID: "mei", Name: "Mei", Email: "mei@example.com", Role: operators.Owner}, CreatedAt: noon, InboxEmails: operators.EmailsAtOnce}, operators.Change{})
	var asking sync.WaitGroup
	var granted atomic.Int32
	for _, store := range []*Store{one, two, one, two} {
		asking.Go(func() {
			mine, err := store.ClaimInboxEmail(t.Context(), "mei", []string{"a", "b"}, noon)
			if err != nil {
				t.Error(err)
			}
			if mine {
				granted.Add(1)
			}
		})
	}
	asking.Wait()
	if granted.Load() != 1 {
		t.Errorf("%d claims were granted, want one", granted.Load())
	}
	if untold, err := two.UntoldMatters(t.Context(), "mei", []string{"c", "a", "d"}); err != nil || !slices.Equal(untold, []string{"c", "d"}) {
		t.Errorf("untold are %v, %v", untold, err)
	}
}
