package proof_test

import (
	"context"
	"crypto/rsa"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/antom/sandbox/sandboxtest"
	"antom-checkout/app"
	"antom-checkout/checkout"
	"antom-checkout/checkout/payments"
	"antom-checkout/db"
	"antom-checkout/db/dbtest"
	"antom-checkout/handlers"
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
	folder  string
	shop    app.Settings
	log     *slog.Logger
	box     *sandbox.Sandbox
	control *sandbox.Control
	wires   *wires
	turns   *turns

	mu      sync.Mutex
	running *program
	started int // programs so far
	story   []string
	began   time.Time
}

// program is one run of the shop's process.
type program struct {
	path     string // of its database
	fuse     *fuse
	store    *db.Store
	services handlers.Services
	service  *payments.Service // of services
	desk     *payments.Service // an operator's command: another process beside the server
	pages    http.Handler
	ended    sync.WaitGroup // its sweeper
}

// settings are those that the program reads from an environment.
func settings(t testing.TB, environment map[string]string) app.Settings {
	t.Helper()
	s, err := app.Load(nil, func(name string) string { return environment[name] })
	must(t, err)
	return s
}

// noMail is a mailer that discards every email.
type noMail struct{}

func (noMail) Mail(context.Context, checkout.Email) error { return nil }

func newWorld(t *testing.T, seed uint64, folder string, change ...func(*app.Settings)) *world {
	t.Helper()
	time.Sleep(time.Until(epoch))
	w := &world{t: t, seed: seed, folder: folder, began: epoch, turns: &turns{known: map[string]uint64{}}}
	w.log = slog.New(slog.NewTextHandler(storyteller{w}, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	w.wires = newWires(w)
	keys, _ := testKeys()
	box, err := sandbox.New(sandbox.Config{URL: antomURL, Keys: keys, Seed: seed, Transport: w.wires.toShop()})
	must(t, err)
	w.box, w.control = box, box.Control()
	w.shop = settings(t, map[string]string{
		"PUBLIC_URL": shopURL, "SANDBOX": "on", "SESSION_KEY": strings.Repeat("k", 32), "RATE_LIMITS": "off", "INTEGRATION": "api",
		"SWEEP_SCHEDULE": "10s,30s,1m,2m,5m,30m",
	})
	must(t, w.shop.UseSandbox(box.Credentials()))
	w.shop.Payments.Mailer = noMail{}
	for _, c := range change {
		c(&w.shop)
	}
	first := filepath.Join(folder, "shop-0.db")
	dbtest.Make(t, first)
	w.start(first)
	return w
}

// end stops everything, so that the bubble can close.
func (w *world) end() {
	w.program().fuse.blow()
	w.program().ended.Wait()
	close(w.wires.over)
	w.wires.carried.Wait()
	must(w.t, w.box.Close())
	must(w.t, w.program().store.Close())
}

func (w *world) program() *program {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.running
}

// start begins a program on a database file.
func (w *world) start(path string) {
	w.t.Helper()
	p := &program{path: path, fuse: newFuse()}
	var mayDie app.Store
	shop := w.shop
	shop.Database = path
	built, err := app.Build(w.t.Context(), shop, app.Outside{
		Beside: true, Log: w.log, ToAntom: w.wires.toAntom(p),
		Store: func(s *db.Store) app.Store { mayDie = mortal{s, p.fuse, w.turns}; return mayDie },
	})
	must(w.t, err)
	p.store, p.services, p.pages = built.Store, built.Services, built.NewHandler()
	p.service = p.services.Payments
	p.desk = built.NewServices(mayDie, built.Client).Payments
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running, w.started = p, w.started+1
}

// sweeps runs the program's sweeper after each pause, until the program dies.
func (w *world) sweeps(pause func() time.Duration) {
	p := w.program()
	p.ended.Go(func() {
		for p.fuse.holds() {
			select {
			case <-time.After(pause()):
				p.service.SweepOnce(context.Background())
			case <-p.fuse.burnt:
			}
		}
	})
}

// dies ends the program at once and starts the next one on the files as they are at
// that moment, the write-ahead log included: what kill -9 leaves.
func (w *world) dies() {
	w.t.Helper()
	old := w.program()
	old.fuse.blow()
	old.ended.Wait()
	synctest.Wait() // all that was under way has ended without effect
	next := filepath.Join(w.folder, fmt.Sprintf("shop-%d.db", w.started))
	for _, end := range []string{"", "-wal"} {
		copyFile(w.t, old.path+end, next+end)
	}
	must(w.t, old.store.Close())
	for _, end := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(old.path + end) // SQLite may have removed it with the last connection
	}
	w.start(next)
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
	w.story = append(w.story, fmt.Sprintf("%12s  %s", time.Since(w.began).Round(time.Millisecond), fmt.Sprintf(format, args...)))
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
