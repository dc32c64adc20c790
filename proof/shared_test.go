package proof_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"antom-checkout/checkout"
	merchants "antom-checkout/checkout/merchant"
	"antom-checkout/webhooks"
	"antom-checkout/webhooks/safedial"
)

// In a shared story several programs work on one database, as they do on a PostgreSQL server:
// each has a Store, memory, rounds and a clock of its own. Buyers, operators and Antom come
// now to one of them and now to another; one dies, the others go on, and take over what it
// has left. The database is a file, whose transactions come one after another as those of one
// order do on a server; what only a server does, statements of several orders side by side,
// is for TestProgramsOnPostgreSQL.

// programsOf is how many programs the story of a seed has. A seed that has found a fault in a
// story of one program keeps that story.
func programsOf(seed uint64) int {
	switch {
	case slices.Contains(regressions, seed):
		return 1
	case seed%40 == 3:
		return 2
	case seed%60 == 4:
		return 3
	}
	return 1
}

func (w *world) shared() bool { return len(w.places) > 1 }

// furthest is how far a program's clock may be from Antom's.
const furthest = 3 * time.Second

// behind draws how much a program's clock is behind: in every other shared story not at all.
func (w *world) behind() time.Duration {
	if !w.shared() || w.seed%2 == 0 {
		return 0
	}
	dice := rand.New(rand.NewPCG(w.seed, 1<<32+uint64(w.started)))
	return time.Duration(dice.Int64N(int64(2*furthest))) - furthest
}

// apart is how far the clocks of two programs may be apart.
func (w *world) apart() time.Duration {
	if !w.shared() || w.seed%2 == 0 {
		return 0
	}
	return 2 * furthest
}

// drawn is the program at a place that dice choose; it may be dead.
func (w *world) drawn(dice *rand.Rand) *program {
	programs := w.programs()
	if len(programs) == 1 {
		return programs[0]
	}
	return programs[dice.IntN(len(programs))]
}

// program is the program to which the load balancer sends the next request: one that runs, if
// any does.
func (s *simulation) program() *program {
	if !s.world.shared() {
		return s.world.program()
	}
	if living := s.world.living(); len(living) > 0 {
		return living[s.fate.IntN(len(living))]
	}
	return s.world.program()
}

// restartsDead starts the programs again that have died. In a shared story one may stay away,
// as long as another one runs.
func (s *simulation) restartsDead() {
	for place, p := range s.world.programs() {
		if p.fuse.holds() || len(s.world.living()) > 0 && s.once(2) {
			continue
		}
		s.restartAt(place, "crashed")
	}
}

// inboxOfBuyers is where a story's emails arrive.
type inboxOfBuyers struct {
	mu     sync.Mutex
	copies map[string][]mailed // by the id of the email
}

// mailed is one copy of an email.
type mailed struct {
	by   *program
	lost bool // the program was not told that it has arrived
}

// postman takes the emails of one program.
type postman struct {
	w *world
	p *program
}

// errNoAnswer is what a program gets that is not told what has become of its message.
var errNoAnswer = errors.New("the connection broke")

// Mail implements checkout.Mailer. In a shared story an email takes its time and may fail,
// before it has arrived or after that.
func (m postman) Mail(ctx context.Context, e checkout.Email) error {
	if !m.w.shared() {
		m.w.arrives(e, mailed{by: m.p})
		return nil
	}
	dice := m.w.wires.dice(fmt.Sprint("email ", e.Kind, m.w.turns.place(e.Order.ID), m.p.number))
	if err := m.w.wires.takesTime(ctx, dice); err != nil {
		return err
	}
	if err := m.p.fuse.step(); err != nil {
		return err
	}
	if m.w.wires.chance(dice, 8) {
		return errNoAnswer
	}
	lost := m.w.wires.chance(dice, 12)
	m.w.arrives(e, mailed{m.p, lost})
	if dead := m.p.fuse.step(); dead != nil {
		return dead
	}
	if lost {
		return errNoAnswer
	}
	return nil
}

// arrives notes a copy of an email. There is another one only where the program that has sent
// the first cannot know that it has arrived.
func (w *world) arrives(e checkout.Email, this mailed) {
	w.tell("  email %s about %s from program %d", e.Kind, e.Order.ID, this.by.number)
	w.mails.mu.Lock()
	defer w.mails.mu.Unlock()
	for _, before := range w.mails.copies[e.ID] {
		if !before.lost && before.by.fuse.holds() {
			w.wires.lawBroken(fmt.Sprintf("the email %s about %s has come twice", e.Kind, e.Order.ID))
		}
	}
	if w.mails.copies == nil {
		w.mails.copies = map[string][]mailed{}
	}
	w.mails.copies[e.ID] = append(w.mails.copies[e.ID], this)
}

// merchantSystem is the merchant's system to which the events of a shared story are delivered.
type merchantSystem struct {
	w     *world
	mu    sync.Mutex
	taken map[string]mailed // by the id of the event
}

const endpoint = "http://127.0.0.1:8083/events" // never dialled

func newMerchantSystem(w *world) *merchantSystem {
	w.t.Helper()
	url := endpoint
	_, err := w.program().services.Merchant.CreateEndpoint(w.t.Context(), merchants.EndpointForm{URL: &url})
	must(w.t, err)
	return &merchantSystem{w: w, taken: map[string]mailed{}}
}

// newCourier makes the courier of a program.
func (w *world) newCourier(p *program, schedule checkout.Schedule) *webhooks.Courier {
	return webhooks.New(webhooks.Config{
		Schedule: schedule, Dialer: safedial.New(safedial.Config{Loopback: true}), Now: p.now, Log: w.log,
		Carrier: roundTrip(func(r *http.Request) (*http.Response, error) { return w.system.takes(p, r) }),
	}, mortalLanes{p.store, w.life(p)}, p.services.Merchant.Body)
}

// deliversFor has the program's courier deliver until the program dies.
func (w *world) deliversFor(p *program) {
	dice := rand.New(rand.NewPCG(w.seed, 2<<32+uint64(p.number)))
	for p.fuse.holds() {
		pause := time.Second + time.Duration(dice.Int64N(int64(20*time.Second)))
		if w.wires.reliable() {
			pause = time.Duration(len(w.programs())) * (20*time.Minute + pause) // the last hours are long
		}
		select {
		case <-w.after(pause):
			w.leaps.during(func() {
				if err := p.courier.DeliverOnce(context.Background()); err != nil {
					w.tell("deliver events: %v", err)
				}
			})
		case <-p.fuse.burnt:
		}
	}
}

// takes carries an event of a program to the merchant's system, and its answer back.
func (sys *merchantSystem) takes(p *program, r *http.Request) (*http.Response, error) {
	id, wires := r.Header.Get("Webhook-Id"), sys.w.wires
	dice := wires.dice(fmt.Sprint("event ", sys.w.turns.place(id), p.number))
	if err := wires.takesTime(r.Context(), dice); err != nil {
		return nil, err
	}
	if err := p.fuse.step(); err != nil {
		return nil, err
	}
	answer := &http.Response{StatusCode: http.StatusNoContent, Body: io.NopCloser(strings.NewReader("")), Request: r}
	switch {
	case wires.chance(dice, 8):
		return nil, errNoAnswer
	case wires.chance(dice, 8):
		answer.StatusCode = http.StatusServiceUnavailable
		return answer, nil
	}
	lost := wires.chance(dice, 12)
	sys.take(id, mailed{p, lost})
	if dead := p.fuse.step(); dead != nil {
		return nil, dead
	}
	if lost {
		return nil, errNoAnswer
	}
	return answer, nil
}

// take notes an event that has arrived, as arrives does.
func (sys *merchantSystem) take(id string, this mailed) {
	sys.mu.Lock()
	defer sys.mu.Unlock()
	if before, again := sys.taken[id]; again && !before.lost && before.by.fuse.holds() {
		sys.w.wires.lawBroken("the event " + id + " was delivered twice")
	}
	sys.taken[id] = this
	ends.add("events delivered", 1)
}

// allDelivered reports whether no event waits for its delivery.
func (w *world) allDelivered() bool {
	return w.system == nil || w.wires.count(w.program(), `
		SELECT (SELECT count(*) FROM deliveries WHERE state = 'pending')
		     + (SELECT count(*) FROM events WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.event_id = events.id))`) == 0
}

// everythingArrived: in a shared story each event has arrived at the merchant's system.
func (w *world) everythingArrived() {
	if w.system == nil {
		return
	}
	w.system.mu.Lock()
	defer w.system.mu.Unlock()
	if n := w.wires.count(w.program(), `SELECT count(*) FROM events`); n != len(w.system.taken) {
		w.wires.lawBroken(fmt.Sprintf("of %d events %d were delivered", n, len(w.system.taken)))
	}
	w.mails.mu.Lock()
	defer w.mails.mu.Unlock()
	ends.add("emails of shared stories", len(w.mails.copies))
}

// mortalLanes is what a courier stores deliveries in; its program may die as with mortal.
type mortalLanes struct {
	webhooks.Store
	life
}

func (m mortalLanes) SpreadEvents(ctx context.Context, endpointID string, limit int) (more bool, err error) {
	err = m.within(endpointID, func() (err error) { more, err = m.Store.SpreadEvents(ctx, endpointID, limit); return err })
	return more, err
}

func (m mortalLanes) ClaimDelivery(ctx context.Context, d checkout.Delivery) (mine bool, err error) {
	err = m.within(m.row("deliveries", d.ID), func() (err error) { mine, err = m.Store.ClaimDelivery(ctx, d); return err })
	return mine, err
}

func (m mortalLanes) SaveTry(ctx context.Context, id int64, try checkout.DeliveryTry, decide func(checkout.WebhookEndpoint, checkout.Delivery) (checkout.WebhookEndpoint, checkout.Delivery)) (d checkout.Delivery, err error) {
	err = m.within(m.row("deliveries", id), func() (err error) { d, err = m.Store.SaveTry(ctx, id, try, decide); return err })
	return d, err
}
