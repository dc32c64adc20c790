package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout/gateway"
	"antom-checkout/checkout/inbox"
	"antom-checkout/checkout/merchant"
	"antom-checkout/checkout/payments"
	"antom-checkout/checkout/shop"
	"antom-checkout/db"
	"antom-checkout/handlers"
	"antom-checkout/handlers/web"
	"antom-checkout/traces"
	"antom-checkout/webhooks"
)

// Store is where the services store orders.
type Store interface {
	payments.Store
	shop.Store
	merchant.Store
}

// Outside is what a program meets beside its settings. Its zero value is the
// real world; tests replace parts of it.
type Outside struct {
	Log     *slog.Logger      // nil: the log is discarded
	Clock   func() time.Time  // nil: time.Now; CLOCK_OFFSET is added
	ToAntom http.RoundTripper // nil: the network
	Store   func(*db.Store) Store
	Client  func(*antom.Client) gateway.Client

	Database []db.Option // that the database is opened with besides

	// Beside says that another process may be the server: the database is not
	// claimed, the catalogue stays as it is, no address is listened on, and a
	// sandbox is that of the server.
	Beside bool
}

// Program is the whole program: ready to serve, unless it was built Beside a
// server, and to be closed.
type Program struct {
	Settings Settings // with the addresses and keys that follow from the rest
	Log      *slog.Logger
	Now      func() time.Time // the one clock
	Store    *db.Store
	Client   *antom.Client
	Services handlers.Services
	Webhooks *webhooks.Courier
	Inbox    *inbox.Notifier
	Sandbox  *sandbox.Sandbox // nil: Antom is elsewhere

	outside  Outside
	keys     []byte         // of sessions
	metrics  *metrics       // nil: nothing is measured
	traces   *traces.Traces // nil: nothing is traced
	faults   *faults        // of the client
	servers  group
	listener net.Listener
	draining draining
	stopping chan struct{} // closed when open pages have to go elsewhere
	stop     func()        // closes stopping
}

// Build puts the program together. Settings.Pages and Settings.Shop may already
// have parts from a test, such as a Mailer; they stay.
func Build(ctx context.Context, s Settings, outside Outside) (*Program, error) {
	p := &Program{Settings: s, outside: outside, Log: outside.Log, draining: newDraining(), stopping: make(chan struct{})}
	p.stop = sync.OnceFunc(func() { close(p.stopping) })
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	p.Log = web.WithRequestID(p.Log)
	base := outside.Clock
	if base == nil {
		base = time.Now
	}
	p.Now = s.clock(base)
	steps := []func(context.Context) error{
		p.dumpNoCore, p.checkKeys, opensTraces(p), p.openStore, p.makeKeys, p.listen, p.embedSandbox, p.measure, p.openClient, p.openServices, p.openCourier, p.openDesk, p.openPages,
	}
	if outside.Beside {
		steps = []func(context.Context) error{
			p.useServersSandbox, p.openClient, p.openStoreBeside, p.readKeys, p.openServices, p.openCourier,
		}
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, p.Close())
		}
	}
	return p, nil
}

// beside builds a program beside a running server, or without one, for a command whose answer
// says the result: of the log only warnings are written.
func (l *line) beside(ctx context.Context, s Settings, do func(*Program) error) error {
	s.Log.Level = max(s.Log.Level, slog.LevelWarn)
	p, err := Build(ctx, s, Outside{Log: newLog(s.Log, l.stderr), Beside: true})
	if err != nil {
		return err
	}
	return errors.Join(do(p), p.Close())
}

// Serve answers requests and sweeps until ctx ends. Then /readyz says so at once; after
// DrainDelay, in which a load balancer reads that, open pages are told to come back, requests
// under way are answered, and it returns.
func (p *Program) Serve(ctx context.Context) error {
	p.Services.Methods.WarmUp()
	ctx = p.draining.after(ctx, p.Settings.DrainDelay)
	sweep, stopSweep := context.WithCancel(ctx)
	var sweeping sync.WaitGroup
	sweeping.Go(func() { p.Services.Payments.Sweep(sweep) })
	sweeping.Go(func() { p.remind(sweep) })
	sweeping.Go(func() { p.Webhooks.Run(sweep) })
	sweeping.Go(func() { p.Inbox.Run(sweep) })
	sweeping.Go(func() { p.forgetAnswers(sweep) })
	sweeping.Go(func() { sumUpSales(sweep, p) })
	err := p.servers.serve(ctx)
	stopSweep()
	sweeping.Wait()
	return err
}

// Close ends event streams, closes the addresses listened on, the sandbox and the
// database.
func (p *Program) Close() error {
	p.stop()
	problems := []error{p.servers.close()}
	if p.listener != nil {
		problems = append(problems, closeListener(p.listener))
	}
	if p.Sandbox != nil {
		problems = append(problems, p.Sandbox.Close())
	}
	if p.Store != nil {
		problems = append(problems, p.Store.Close())
	}
	if p.traces != nil {
		problems = append(problems, p.traces.Close())
	}
	return errors.Join(problems...)
}

// checkKeys finds damaged keys before anything is opened.
func (p *Program) checkKeys(ctx context.Context) error {
	if p.Settings.Antom.ClientID == "" {
		return nil
	}
	mistaken, err := p.Settings.checkKeys()
	if err != nil {
		return usageError{fmt.Errorf("settings:\n%w", err)}
	}
	if mistaken {
		p.Log.Warn("setting", slog.String(logSetting, "ANTOM_PUBLIC_KEY"),
			slog.String(logProblem, "it belongs to ANTOM_PRIVATE_KEY: no answer of Antom's will verify; give the public key that Antom's dashboard shows"))
	}
	return p.openClient(ctx)
}

func (p *Program) makeKeys(ctx context.Context) (err error) {
	if p.keys, err = p.Settings.sessionKeys(); err != nil {
		return err
	}
	if err := p.useKeys(); err != nil {
		return err
	}
	return db.SealOld(ctx, p.Store)
}

// readKeys makes none. Where the key is known to the server only, no session is opened
// here, no link is signed, and what is sealed is not read.
func (p *Program) readKeys(context.Context) (err error) {
	if p.keys, err = p.Settings.keysThatAre(); err != nil || p.keys == nil {
		return err
	}
	return p.useKeys()
}

// listen takes the shop's address.
func (p *Program) listen(context.Context) error {
	listener, err := net.Listen("tcp", p.Settings.Addr)
	if err != nil {
		return err
	}
	p.listener = listener
	if p.Settings.PublicURL == nil {
		p.Settings.PublicURL = localURL(p.Settings.Addr, listener)
	}
	return nil
}
