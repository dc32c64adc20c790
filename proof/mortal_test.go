package proof_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"antom-checkout/app"
	"antom-checkout/checkout"
)

// fuse ends a program after a number of steps. While it burns, the program takes a step
// before and after everything it does outside of itself; once the fuse is blown, nothing
// the program does has an effect, as after kill -9.
type fuse struct {
	mu    sync.Mutex
	left  int // steps until the end; below zero it does not burn
	burnt chan struct{}
}

var errDead = errors.New("the program is dead")

func newFuse() *fuse { return &fuse{left: -1, burnt: make(chan struct{})} }

// light lets the program live for so many steps.
func (f *fuse) light(steps int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left = steps
}

func (f *fuse) blow() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.end()
}

func (f *fuse) end() {
	select {
	case <-f.burnt:
	default:
		close(f.burnt)
	}
}

func (f *fuse) holds() bool {
	select {
	case <-f.burnt:
		return false
	default:
		return true
	}
}

// step is taken before and after everything that is visible from outside.
func (f *fuse) step() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.left > 0:
		f.left--
	case f.left == 0:
		f.end()
	}
	if !f.holds() {
		return errDead
	}
	return nil
}

// turns separate what a program does in several goroutines at the same instant. Their
// order depends on the order or payment concerned and not on the Go scheduler:
// otherwise a seed would not tell the same story twice.
type turns struct {
	mu    sync.Mutex
	known map[string]uint64 // what was seen, with its place in the order of first sight

	slow      func(dice *rand.Rand) time.Duration // how long a change waits for its turn; nil: only the moment of wait
	interfere func(orderID string)                // runs before a change of an order; nil: nothing
}

// place is the place of an order, a payment or an id among all that were seen. Rows have
// the same numbers whenever the story is told.
func (ts *turns) place(about string) uint64 {
	if strings.HasPrefix(about, rowOf) {
		h := fnv.New64a()
		io.WriteString(h, about)
		return h.Sum64()
	}
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if _, seen := ts.known[about]; !seen {
		ts.known[about] = uint64(len(ts.known))
	}
	return ts.known[about]
}

// wait takes a moment of virtual time; of two programs that do the same at the same instant
// one is faster.
func (ts *turns) wait(about string, program int) {
	dice := rand.New(rand.NewPCG(ts.place(about)+uint64(program)<<32, uint64(time.Now().UnixNano())))
	time.Sleep(time.Duration(1 + dice.IntN(100_000)))
}

// beforeChange is where other changes may be faster: the program has read the order and
// not changed it yet.
func (ts *turns) beforeChange(orderID string, program int) {
	if ts.slow != nil {
		time.Sleep(ts.slow(rand.New(rand.NewPCG(^ts.place(orderID)-uint64(program)<<32, uint64(time.Now().UnixNano())))))
	}
	if ts.interfere != nil {
		ts.interfere(orderID)
	}
}

// life is what the stores of one program have in common: they end with it.
type life struct {
	program int // its number; 0 where it is alone
	shared  bool
	fuse    *fuse
	turns   *turns
}

func (w *world) life(p *program) life {
	if !w.shared() {
		return life{fuse: p.fuse, turns: w.turns}
	}
	return life{program: p.number, shared: true, fuse: p.fuse, turns: w.turns}
}

// mortal is a store whose program may die before a transaction, or after the commit and
// before the caller has its result.
type mortal struct {
	app.Store
	life
}

// within takes a step before and after do. about is the order or payment concerned.
func (m life) within(about string, do func() error) error {
	m.turns.wait(about, m.program)
	if err := m.fuse.step(); err != nil {
		return err
	}
	err := do()
	if dead := m.fuse.step(); dead != nil {
		return dead
	}
	return err
}

func (m mortal) CreateOrder(ctx context.Context, o checkout.Order, cause checkout.Cause) (created checkout.Order, err error) {
	err = m.within(o.FormKey, func() (err error) { created, err = m.Store.CreateOrder(ctx, o, cause); return err })
	return created, err
}

func (m mortal) OrderByToken(ctx context.Context, token string) (o checkout.Order, err error) {
	err = m.within(token, func() (err error) { o, err = m.Store.OrderByToken(ctx, token); return err })
	return o, err
}

func (m mortal) OrderByID(ctx context.Context, id string) (o checkout.Order, err error) {
	err = m.within(id, func() (err error) { o, err = m.Store.OrderByID(ctx, id); return err })
	return o, err
}

func (m mortal) FindPayment(ctx context.Context, by checkout.Reference) (orderID, requestID string, err error) {
	err = m.within(by.RequestID+by.AntomID+by.RefundRequestID, func() (err error) { orderID, requestID, err = m.Store.FindPayment(ctx, by); return err })
	return orderID, requestID, err
}

func (m mortal) Update(ctx context.Context, id string, e checkout.Evidence, change func(checkout.Order) (checkout.Order, []checkout.Effect, error)) (before, after checkout.Order, err error) {
	m.turns.beforeChange(id, m.program)
	err = m.within(id, func() (err error) { before, after, err = m.Store.Update(ctx, id, e, change); return err })
	for _, p := range after.Payments {
		m.turns.place(p.RequestID)
	}
	return before, after, err
}

func (m mortal) SaveNotification(ctx context.Context, n checkout.Notification) error {
	about, _, _ := strings.Cut(n.ID, ".")
	return m.within(about, func() error { return m.Store.SaveNotification(ctx, n) })
}

func (m mortal) SaveSearch(ctx context.Context, search checkout.Search) error {
	about, _, _ := strings.Cut(search.Notification.ID, ".")
	return m.within(about, func() error { return m.Store.SaveSearch(ctx, search) })
}

func (m mortal) HastenSearches(ctx context.Context, antomID string) error {
	return m.within(antomID, func() error { return m.Store.HastenSearches(ctx, antomID) })
}

func (m mortal) UpdateSearch(ctx context.Context, before, after checkout.Search) error {
	return m.within("", func() error { return m.Store.UpdateSearch(ctx, before, after) })
}

func (m mortal) DuePolls(ctx context.Context, now time.Time, limit int) (due []checkout.DuePoll, err error) {
	err = m.within("", func() (err error) { due, err = m.Store.DuePolls(ctx, now, limit); return err })
	return due, err
}

func (m mortal) Reschedule(ctx context.Context, due checkout.DuePoll, next time.Time) (stillDue bool, err error) {
	err = m.within(due.RequestID, func() (err error) { stillDue, err = m.Store.Reschedule(ctx, due, next); return err })
	return stillDue, err
}

func (m mortal) SavedCard(ctx context.Context, id string) (card checkout.SavedCard, err error) {
	err = m.within(id, func() (err error) { card, err = m.Store.SavedCard(ctx, id); return err })
	return card, err
}

func (m mortal) RemoveCard(ctx context.Context, buyer, id string) error {
	return m.within(id, func() error { return m.Store.RemoveCard(ctx, buyer, id) })
}

func (m mortal) ClaimEffect(ctx context.Context, e checkout.PendingEffect) (mine bool, err error) {
	if !m.shared {
		return m.Store.ClaimEffect(ctx, e) // which needs no transaction
	}
	err = m.within(m.row("outbox", e.ID), func() (err error) { mine, err = m.Store.ClaimEffect(ctx, e); return err })
	return mine, err
}

func (m mortal) EffectDone(ctx context.Context, id int64) error {
	return m.within(m.row("outbox", id), func() error { return m.Store.EffectDone(ctx, id) })
}

func (m mortal) EffectFailed(ctx context.Context, id int64, next time.Time) error {
	return m.within(m.row("outbox", id), func() error { return m.Store.EffectFailed(ctx, id, next) })
}

// rowOf is how the names of rows begin.
const rowOf = "row of "

// row names a row that several programs may be about.
func (m life) row(kind string, id int64) string {
	if !m.shared {
		return ""
	}
	return fmt.Sprint(rowOf, kind, " ", id)
}
