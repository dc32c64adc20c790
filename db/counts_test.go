package db

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// clocks is how far the clock of the second program is ahead in these tests.
const clocks = 5 * time.Second

// at lets a store's clock stand at a moment.
func (s *Store) at(moment time.Time) *Store {
	s.now = func() time.Time { return moment }
	return s
}

// take expects that one use of each allowance is granted, or how long it has to wait.
func take(t *testing.T, store *Store, want time.Duration, allowances ...checkout.Allowance) {
	t.Helper()
	over, wait, err := store.Take(t.Context(), allowances...)
	if err != nil || wait != want || (over == nil) != (want == 0) {
		t.Fatalf("it has to wait %v for %v, %v; want %v", wait, over, err, want)
	}
}

func TestAnAllowanceIsUsedUpAndComesBack(t *testing.T) {
	store := openStore(t).at(noon)
	one := checkout.Allowance{Name: "one", Most: 3, Every: time.Minute}
	other := checkout.Allowance{Name: "other", Most: 4, Every: time.Hour}
	for range 3 {
		take(t, store, 0, other, one)
	}
	take(t, store, time.Minute, other, one) // and nothing is taken of the other
	take(t, store, 0, other)
	take(t, store, time.Hour, other)

	store.at(noon.Add(90 * time.Second))
	take(t, store, 0, one)
	take(t, store, 30*time.Second, one)
	if err := store.UndoTake(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	take(t, store, 0, one)

	store.at(noon.Add(-24 * time.Hour)) // a clock that has gone back refuses nothing for a day
	take(t, store, 0, one)

	store.at(noon.Add(48 * time.Hour))
	if err := store.ForgetCounts(t.Context()); err != nil {
		t.Fatal(err)
	}
	expectCount(t, store, 0, "allowances")
}

// Many take at once at three programs, one of whose clocks is ahead: together they get no more
// than one program would give.
func TestProgramsShareAnAllowance(t *testing.T) {
	one, two, address := programs(t)
	three, _ := openStoreAt(t, address)
	one.at(noon)
	two.at(noon.Add(clocks))
	three.at(noon)
	allowance := checkout.Allowance{Name: "all", Most: 20, Every: time.Hour}
	var granted atomic.Int64
	var all sync.WaitGroup
	for n := range 60 {
		all.Go(func() {
			over, _, err := []*Store{one, two, three}[n%3].Take(t.Context(), allowance)
			if err != nil {
				t.Error(err)
			}
			if over == nil {
				granted.Add(1)
			}
		})
	}
	all.Wait()
	if granted.Load() != 20 {
		t.Errorf("%d are granted, want 20", granted.Load())
	}
}

// declines has a card of an origin declined.
func declines(t *testing.T, store *Store, origin checkout.CardOrigin) {
	t.Helper()
	placeOrder(t, store, newOrder(origin.Order))
	change(t, store, origin.Order, checkout.Evidence{Cause: bySweeper.Cause, Card: &origin}, func(o *checkout.Order) []checkout.Effect {
		o.Payments = append(o.Payments, newPayment(origin.Payment))
		return nil
	})
	for range 2 { // a second message about the same changes nothing
		change(t, store, origin.Order, bySweeper, func(o *checkout.Order) []checkout.Effect {
			o.Payments[0].Status, o.Payments[0].Active = checkout.PaymentFailed, false
			return nil
		})
	}
}

func TestDeclinedCardsAreCountedByWhereTheyComeFrom(t *testing.T) {
	store := openStore(t).at(noon)
	declines(t, store, checkout.CardOrigin{Payment: "p1", Order: "o1", Address: "here", Card: "stolen"})
	store.at(noon.Add(time.Minute))
	declines(t, store, checkout.CardOrigin{Payment: "p2", Order: "o2", Address: "here"})
	declines(t, store, checkout.CardOrigin{Payment: "p3", Order: "o3"})
	for _, row := range []struct {
		origin checkout.CardOrigin
		want   map[checkout.DeclineSource]int
	}{
		{checkout.CardOrigin{Order: "o1"}, map[checkout.DeclineSource]int{checkout.DeclinesOfOrder: 1}},
		{checkout.CardOrigin{Order: "o4", Address: "here", Card: "stolen"}, map[checkout.DeclineSource]int{checkout.DeclinesOfAddress: 2, checkout.DeclinesOfCard: 1}},
		{checkout.CardOrigin{Order: "o4", Address: "there"}, nil},
		{checkout.CardOrigin{}, nil}, // what is not known is not one source
	} {
		got, err := store.Declines(t.Context(), row.origin)
		if err != nil || len(got) != len(row.want) {
			t.Errorf("of %+v: %v, %v, want %v", row.origin, got, err, row.want)
		}
		for kind, n := range row.want {
			if len(got[kind]) != n || !slices.IsSortedFunc(got[kind], time.Time.Compare) {
				t.Errorf("of %+v by %s: %v, want %d", row.origin, kind, got[kind], n)
			}
		}
	}
	origin, err := store.CardOrigin(t.Context(), "p1")
	if err != nil || origin != (checkout.CardOrigin{Payment: "p1", Order: "o1", Address: "here", Card: "stolen"}) {
		t.Errorf("p1 comes from %+v, %v", origin, err)
	}
	store.at(noon.Add(checkout.DeclinesKept + 30*time.Second))
	if err := store.ForgetCounts(t.Context()); err != nil {
		t.Fatal(err)
	}
	expectTable(t, store, []string{"p2", "p3"}, `SELECT payment FROM card_attempts ORDER BY payment`)
}

func TestTheKeyOfCardsIsThatOfADay(t *testing.T) {
	store, path := openStoreAt(t, newDatabase(t))
	other, _ := openStoreAt(t, path)
	day := checkout.Day(noon)
	first, err := store.CardKey(t.Context(), day)
	if err != nil || len(first) != 32 {
		t.Fatalf("the key is %x, %v", first, err)
	}
	if same, err := other.CardKey(t.Context(), day); err != nil || !slices.Equal(same, first) {
		t.Errorf("another program has the key %x, %v", same, err)
	}
	if next, err := store.CardKey(t.Context(), day+1); err != nil || slices.Equal(next, first) {
		t.Errorf("the next day has the key %x, %v", next, err)
	}
	for after, left := range []int{2, 2, 1, 0} {
		if err := store.at(noon.Add(time.Duration(after) * 24 * time.Hour)).ForgetCounts(t.Context()); err != nil {
			t.Fatal(err)
		}
		expectCount(t, store, left, "card_keys")
	}
}

// One program holds an order; another one waits until it is released, or until the holder is dead
// for longer than its claim lasts. How far apart their clocks are does not matter.
func TestAnOrderIsHeldByOneProgram(t *testing.T) {
	one, two, _ := programs(t)
	two.at(time.Now().Add(time.Hour))
	release, err := one.HoldOrder(t.Context(), "order")
	if err != nil {
		t.Fatal(err)
	}
	impatient, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := two.HoldOrder(impatient, "order"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the other program holds it, too: %v", err)
	}
	other, err := two.HoldOrder(t.Context(), "another order")
	if err != nil {
		t.Fatal(err)
	}
	other()

	held := make(chan func())
	go func() {
		release, err := two.HoldOrder(t.Context(), "order")
		if err != nil {
			t.Error(err)
		}
		held <- release
	}()
	release()
	(<-held)()
	expectCount(t, one, 0, "claims")

	mustExec(t, one, `INSERT INTO claims (name, holder, until) VALUES ('order order', 'a dead program', `+serverClock+` + 200)`)
	begun := time.Now()
	if release, err = two.HoldOrder(t.Context(), "order"); err != nil {
		t.Fatal(err)
	}
	release()
	if waited := time.Since(begun); waited < 100*time.Millisecond {
		t.Errorf("what a dead program held was free after %v", waited)
	}
}

// What is held for longer than a claim lasts is renewed.
func TestWhatIsHeldIsRenewed(t *testing.T) {
	one, _, _ := programs(t)
	release, err := one.HoldOrder(t.Context(), "order")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	mustExec(t, one, `UPDATE claims SET until = 1`)
	within(t, "the renewal", 2*holdRenew, func() bool { return count(t, one, "claims WHERE until > 1") == 1 })
}

// A payment is inquired by one program in a pause of the server's clock, which is the same for
// all; a program keeps its own pace.
func TestAnInquiryIsClaimedByOneProgram(t *testing.T) {
	one, two, _ := programs(t)
	one.at(noon)
	two.at(noon.Add(clocks))
	claim := func(store *Store, payment string) bool {
		t.Helper()
		mine, err := store.ClaimInquiry(t.Context(), payment, 300*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		return mine
	}
	begun := time.Now()
	if !claim(one, "p") || claim(two, "p") || !claim(one, "p") || !claim(two, "q") {
		t.Error("it is not claimed by the first program alone")
	}
	within(t, "the end of the claim", 10*time.Second, func() bool { return claim(two, "p") })
	if pause := time.Since(begun); pause < 300*time.Millisecond {
		t.Errorf("the other program may inquire after %v", pause)
	}
}

// A program that starts does not take for late what another one has just claimed, whose clock is
// ahead.
func TestAClaimOfAProgramWhoseClockIsAheadIsNotHastened(t *testing.T) {
	one, two, _ := programs(t)
	placeOrder(t, one, newOrder("order"))
	change(t, one, "order", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.Status = checkout.OrderProcessing
		return []checkout.Effect{"mail.paid"}
	})
	later := time.Now().Add(time.Hour)
	one.at(later)
	two.at(later.Add(clocks))
	listed, err := two.PendingEmails(t.Context(), two.now(), 10)
	if err != nil || len(listed) != 1 {
		t.Fatalf("due are %v, %v", listed, err)
	}
	if mine, err := two.ClaimEffect(t.Context(), listed[0]); err != nil || !mine {
		t.Fatalf("claimed: %v, %v", mine, err)
	}
	err = one.HastenEffects(t.Context(), func(checkout.PendingEffect) time.Duration { return time.Minute })
	if err != nil {
		t.Fatal(err)
	}
	if due, err := one.PendingEmails(t.Context(), one.now(), 10); err != nil || len(due) != 0 {
		t.Errorf("while it is claimed, %v is due, %v", due, err)
	}
}
