package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Config is what [New] needs to know. URL and Keys are required.
type Config struct {
	URL          string           // the base URL it is reached at, e.g. http://localhost:8081
	Keys         Keys             // from NewKeys or LoadKeys
	ClientID     string           // SANDBOX_5X00000000000000 when empty; others must begin with SANDBOX_ too
	Now          func() time.Time // time.Now when nil; levers move the sandbox's clock ahead of it
	Log          *slog.Logger     // nil discards
	NoticeDelay  time.Duration    // from the buyer's act to the first notice; 300 ms when 0
	CaptureDelay time.Duration    // from that notice to the automatic capture of a card; 300 ms when 0
	RefundDelay  time.Duration    // how long an asynchronous refund takes; 1 s when 0
	Seed         uint64           // of faults with a chance; the same seed strikes the same
	LedgerFile   string           // keeps the ledger across restarts; "" keeps it in memory only

	Transport http.RoundTripper // how notices are sent; nil is the network
}

// Sandbox is one local Antom with one merchant. It is an http.Handler.
type Sandbox struct {
	url          string
	clientID     string
	keys         Keys
	stranger     Keys // signs what is forged
	strangerOnce sync.Once
	log          *slog.Logger
	delays       delays
	seed         uint64
	file         string
	handler      http.Handler
	sender       *http.Client
	world        func() time.Time
	injected     bool // the clock was injected, so it may stand still, or jump without our timers knowing
	wake         chan struct{}
	stop         context.CancelFunc
	ctx          context.Context
	background   sync.WaitGroup
	mu           sync.Mutex // guards everything below
	books                   // the ledger and what is still to come
	ahead        time.Duration
	agenda       agenda
	faults       []Fault
	faultCount   int
	random       *rand.Rand
	messages     messageLog
	sending      int           // notices under way
	senders      chan struct{} // a place for each notice that may be under way
	changed      chan struct{} // closed and replaced whenever anything moves
	changeCount  int
	journal      journal
	era          int // counts resets: what began in an earlier one is void
}

type delays struct{ notice, capture, refund time.Duration }

// DefaultClientID is the client id of a sandbox that was given none.
const DefaultClientID = "SANDBOX_5X00000000000000"

// New starts a sandbox. Close it to end its notifier.
func New(cfg Config) (*Sandbox, error) {
	base, err := url.Parse(cfg.URL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") || strings.Trim(base.Path, "/") != "" {
		return nil, errors.New("sandbox: URL is not an http(s) address without a path")
	}
	if cfg.ClientID == "" {
		cfg.ClientID = DefaultClientID
	}
	if !strings.HasPrefix(cfg.ClientID, "SANDBOX_") {
		return nil, errors.New("sandbox: the client id does not begin with SANDBOX_; production ids have no business here")
	}
	if cfg.Keys.merchant == nil || cfg.Keys.antom == nil {
		return nil, errors.New("sandbox: keys are missing; see NewKeys and LoadKeys")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Sandbox{
		url:      base.Scheme + "://" + base.Host,
		clientID: cfg.ClientID,
		keys:     cfg.Keys,
		log:      cfg.Log,
		delays:   delays{orElse(cfg.NoticeDelay, 300*time.Millisecond), orElse(cfg.CaptureDelay, 300*time.Millisecond), orElse(cfg.RefundDelay, time.Second)},
		seed:     cfg.Seed,
		file:     cfg.LedgerFile,
		sender:   newSender(cfg.Transport),
		world:    cfg.Now,
		injected: cfg.Now != nil,
		wake:     make(chan struct{}, 1),
		stop:     stop,
		ctx:      ctx,
		books:    newBooks(),
		random:   newRandom(cfg.Seed),
		changed:  make(chan struct{}),
		senders:  make(chan struct{}, mostSenders),
	}
	if s.world == nil {
		s.world = time.Now
	}
	s.handler = s.routes()
	if err := s.load(); err != nil {
		stop()
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s.background.Go(s.keepTime)
	return s, nil
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

func newRandom(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, seed)) }

// Close ends the notifier and waits for its goroutines. What was not yet
// delivered is dropped, or kept in the ledger file if there is one.
func (s *Sandbox) Close() error {
	s.stop()
	s.background.Wait()
	s.sender.CloseIdleConnections()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.endJournal()
}

// ServeHTTP serves the gateway, the buyer's pages, the SDK and the control room.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// routes lists everything that is served: what Antom has, what a buyer sees,
// what an SDK loads, and the control room.
func (s *Sandbox) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/ams/", s.serveGateway)
	mux.HandleFunc("/mgw.htm", s.serveSDKQuery)

	mux.HandleFunc("GET /buyer/{token}", s.showBuyerPage)
	mux.HandleFunc("POST /buyer/{token}", s.takeBuyerAct)
	mux.HandleFunc("POST /buyer/{token}/entry", s.enterByForm)

	mux.HandleFunc("GET /vault/{token}", s.showVaultPage)
	mux.HandleFunc("POST /vault/{token}", s.takeVaultAct)

	mux.HandleFunc("GET /sdk/ams-checkout.min.js", s.serveSDK)
	mux.HandleFunc("GET /sdk/component/{sign}/{version}/index.html", s.showComponent)
	mux.HandleFunc("GET /sdk/warm-up", s.showWarmUp)
	mux.HandleFunc("GET /checkout-page/index.html", s.showCheckoutPage)
	mux.HandleFunc("GET /sdk/payment", s.serveComponentState)
	mux.HandleFunc("POST /sdk/payment", s.takeComponentAct)
	mux.HandleFunc("GET /static/", s.serveStatic)
	mux.HandleFunc("GET /logo/{name}", s.serveLogo)
	mux.HandleFunc("GET /qr/{token}", s.serveQR)

	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /{$}", s.showRoom)
	s.controlRoutes(mux)

	pages := http.NewCrossOriginProtection()
	pages.AddInsecureBypassPattern("/ams/")                     // signed, so it needs no protection
	pages.AddInsecureBypassPattern("/mgw.htm")                  // asked by the merchant's page, by design
	pages.AddInsecureBypassPattern("POST /buyer/{token}/entry") // posted by it, likewise
	return pages.Handler(mux)
}

// move ends a change: it is kept, and everybody who waits hears of it. The lock
// is held.
func (s *Sandbox) move() {
	s.write()
	s.changeCount++
	close(s.changed)
	s.changed = make(chan struct{})
}
