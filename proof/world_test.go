package proof_test

import (
	"context"
	"crypto/rsa"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/antom/sandbox/sandboxtest"
	"antom-checkout/app"
	"antom-checkout/checkout/payments"
	"antom-checkout/db"
	"antom-checkout/db/dbtest"
	"antom-checkout/handlers"
	"antom-checkout/webhooks"
)

const (
	shopURL  = "https://shop.example"
	antomURL = "http://127.0.0.1:8081" // never dialled: the client accepts http on loopback only
)

// epoch is when every story begins. A bubble's clock starts in 2000, before the
// milliseconds that Antom signs had 13 digits.
var epoch = time.Date(2026, 1, 2, 4, 0, 0, 0, time.UTC)

// testKeys are made once, outside of every bubble: those of the sandbox, and that of a
// stranger who forges.
var testKeys = sync.OnceValues(func() (sandbox.Keys, *rsa.PrivateKey) {
	return sandboxtest.Keys(), sandboxtest.ShortKey()
})

// world is a shop, an Antom and the wires between them, in virtual time. A program that
// dies leaves its files, and the next one is started on what the operating system would
// have kept of them.
type world struct {
	t       *testing.T
	seed    uint64
	stage   stage
	leaps   *leaps // nil: time is virtual
	shop    app.Settings
	log     *slog.Logger
	box     *sandbox.Sandbox
	control *sandbox.Control
	wires   *wires
	turns   *turns

	mu      sync.Mutex
	places  []*program // that a load balancer knows; the program at a place may be dead
	started int        // programs so far
	story   []string
	began   time.Time
	mails   inboxOfBuyers
	system  *merchantSystem // gets the events of a shared story; nil: there is none
}

// program is one run of the shop's process.
type program struct {
	w        *world
	number   int           // counts the programs of a story
	behind   time.Duration // its clock is so much behind that of Antom
	path     string        // of its database
	fuse     *fuse
	store    *db.Store
	services handlers.Services
	service  *payments.Service // of services
	desk     *payments.Service // an operator's command: another process beside the server
	pages    http.Handler
	courier  *webhooks.Courier // of a shared story
	ended    sync.WaitGroup    // its sweeper
}

// settings are those that the program reads from an environment.
func settings(t testing.TB, environment map[string]string) app.Settings {
	t.Helper()
	s, err := app.Load(nil, func(name string) string { return environment[name] })
	must(t, err)
	return s
}

// stage is where a story takes place.
type stage struct {
	folder   string
	programs int
	server   string // the address of a database on a server, in real time; "": a file, in virtual time
}

func newWorld(t *testing.T, seed uint64, on stage, change ...func(*app.Settings)) *world {
	t.Helper()
	w := &world{t: t, seed: seed, stage: on, began: epoch, turns: &turns{known: map[string]uint64{}}}
	if on.server == "" {
		time.Sleep(time.Until(epoch))
	} else {
		w.leaps = leapsFrom(epoch)
	}
	w.log = slog.New(slog.NewTextHandler(storyteller{w}, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	w.wires = newWires(w)
	keys, _ := testKeys()
	box, err := sandbox.New(sandbox.Config{URL: antomURL, Keys: keys, Seed: seed, Transport: w.wires.toShop(), Now: w.clock()})
	must(t, err)
	w.box, w.control = box, box.Control()
	w.shop = settings(t, map[string]string{
		"PUBLIC_URL": shopURL, "SANDBOX": "on", "SESSION_KEY": strings.Repeat("k", 32), "RATE_LIMITS": "off", "INTEGRATION": "api",
		"SWEEP_SCHEDULE": "10s,30s,1m,2m,5m,30m",
	})
	must(t, w.shop.UseSandbox(box.Credentials()))
	for _, c := range change {
		c(&w.shop)
	}
	first := on.server
	if first == "" {
		first = filepath.Join(on.folder, "shop-0.db")
		dbtest.Make(t, first)
	}
	w.places = make([]*program, on.programs)
	for place := range w.places {
		w.start(place, first)
	}
	if w.shared() {
		w.system = newMerchantSystem(w)
	}
	return w
}

// end stops everything, so that the bubble can close.
func (w *world) end() {
	programs := w.programs()
	for _, p := range programs {
		p.fuse.blow()
		p.ended.Wait()
	}
	close(w.wires.over)
	w.wires.carried.Wait()
	must(w.t, w.box.Close())
	for _, p := range programs {
		must(w.t, p.store.Close())
	}
}

// programs are the one at each place, the dead ones among them.
func (w *world) programs() []*program {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.places)
}

// living are the programs that run.
func (w *world) living() []*program {
	return slices.DeleteFunc(w.programs(), func(p *program) bool { return !p.fuse.holds() })
}

// program is the first one that runs, or the first one: what it reads, the others would read.
func (w *world) program() *program {
	if living := w.living(); len(living) > 0 {
		return living[0]
	}
	return w.programs()[0]
}

// start begins a program at a place on a database file.
func (w *world) start(place int, path string) {
	w.t.Helper()
	p := &program{w: w, number: w.started, path: path, fuse: newFuse(), behind: w.behind()}
	var mayDie app.Store
	shop := w.shop
	shop.Database, shop.Payments.Mailer = path, postman{w, p}
	built, err := app.Build(w.t.Context(), shop, app.Outside{
		Beside: true, Log: w.log, ToAntom: w.wires.toAntom(p), Clock: p.now,
		Store: func(s *db.Store) app.Store { mayDie = mortal{s, w.life(p)}; return mayDie },
	})
	must(w.t, err)
	p.store, p.services, p.pages = built.Store, built.Services, built.NewHandler()
	p.service = p.services.Payments
	p.desk = built.NewServices(mayDie, built.Client).Payments
	if w.shared() {
		db.Share(p.store)
		p.courier = w.newCourier(p, shop.Webhooks.Schedule)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.places[place], w.started = p, w.started+1
}

// now is the time by the program's clock.
func (p *program) now() time.Time { return p.w.now().Add(-p.behind) }

// sweeps runs the sweeper of each program that has none.
func (w *world) sweeps(pause func() time.Duration) {
	for _, p := range w.programs() {
		w.sweepsFor(p, pause)
	}
}

// sweepsFor runs the program's sweeper after each pause, until the program dies.
func (w *world) sweepsFor(p *program, pause func() time.Duration) {
	if p.courier != nil {
		p.ended.Go(func() { w.deliversFor(p) })
	}
	next := pause() // drawn here: of several programs that begin together none is faster by chance
	p.ended.Go(func() {
		for {
			select {
			case <-w.after(next):
				w.leaps.during(func() { p.service.SweepOnce(context.Background()) })
			case <-p.fuse.burnt:
			}
			if !p.fuse.holds() {
				return
			}
			next = pause()
		}
	})
}

// dies ends the program at a place at once and starts the next one, on the files as they are
// at that moment, the write-ahead log included: what kill -9 leaves. Where other programs use
// the files, the next one uses them, too.
func (w *world) dies(place int) {
	w.t.Helper()
	old := w.programs()[place]
	old.fuse.blow()
	old.ended.Wait()
	w.comesToRest() // all that was under way has ended without effect
	next := old.path
	if !w.shared() {
		next = filepath.Join(w.stage.folder, fmt.Sprintf("shop-%d.db", w.started))
		w.copies(old.path, next)
	}
	must(w.t, old.store.Close())
	if next != old.path {
		for _, end := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(old.path + end) // SQLite may have removed it with the last connection
		}
	}
	w.start(place, next)
}

// copies copies a database that nothing writes to.
func (w *world) copies(from, to string) {
	w.t.Helper()
	for _, end := range []string{"", "-wal"} {
		copyFile(w.t, from+end, to+end)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if os.IsNotExist(err) {
		return
	}
	must(t, err)
	must(t, os.WriteFile(to, content, 0o600))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tell adds a line to the story that a failing seed prints.
func (w *world) tell(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.story = append(w.story, fmt.Sprintf("%12s  %s", w.now().Sub(w.began).Round(time.Millisecond), fmt.Sprintf(format, args...)))
}

// storyteller makes the shop's log a part of the story.
type storyteller struct{ w *world }

func (s storyteller) Write(line []byte) (int, error) {
	s.w.tell("    shop: %s", strings.TrimSpace(string(line)))
	return len(line), nil
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}
