package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Config is what [New] needs to know. URL and Keys are required.
type Config struct {
	URL               string           // the base URL it is reached at, e.g. http://localhost:8081
	Keys              Keys             // from NewKeys or LoadKeys
	ClientID          string           // SANDBOX_5X00000000000000 when empty; others must begin with SANDBOX_ too
	Now               func() time.Time // time.Now when nil; the control API moves the sandbox's clock ahead of it
	Log               *slog.Logger     // nil discards
	NotificationDelay time.Duration    // from the buyer's act to the first notification; 300 ms when 0
	CaptureDelay      time.Duration    // from that notification to the automatic capture of a card; 300 ms when 0
	RefundDelay       time.Duration    // how long an asynchronous refund takes; 1 s when 0
	Seed              uint64           // of faults with a chance; the same seed draws the same
	LedgerFile        string           // keeps the ledger across restarts; "" keeps it in memory only

	Transport http.RoundTripper // how notifications are sent; nil is the network
}

// Sandbox is one local Antom with one merchant. It is an http.Handler. It only
// wires the parts together; doc.go says what each of them owns.
type Sandbox struct {
	url      string
	clientID string
	keys     Keys
	delays   delays
	handler  http.Handler

	scheduler    *scheduler
	changes      *changes
	faults       *faults
	messages     *messages
	ledger       *ledger
	cards        *savedCards
	courier      *courier
	notifier     *notifier
	operations   *operations
	payments     *payments
	sessions     *sessions
	disputes     *disputes
	vaults       *vaults
	methodOffers *methodOffers
	tokens       *tokens

	stop       context.CancelFunc
	ctx        context.Context
	background sync.WaitGroup
}

type delays struct{ notification, capture, refund time.Duration }

// DefaultClientID is the client id of a sandbox that was given none.
const DefaultClientID = "SANDBOX_5X00000000000000"

// New starts a sandbox. Close it to end its notifier.
func New(cfg Config) (*Sandbox, error) {
	base, err := cfg.check()
	if err != nil {
		return nil, err
	}
	s := wire(cfg, base)
	if err := s.load(); err != nil {
		s.stop()
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s.background.Go(func() { s.scheduler.watch(s.ctx, s.runDue) })
	return s, nil
}

// check reports what is wrong with the settings, fills in the defaults, and
// returns the base URL.
func (cfg *Config) check() (string, error) {
	base, err := url.Parse(cfg.URL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") || strings.Trim(base.Path, "/") != "" {
		return "", errors.New("sandbox: URL is not an http(s) address without a path")
	}
	if cfg.ClientID == "" {
		cfg.ClientID = DefaultClientID
	}
	if !strings.HasPrefix(cfg.ClientID, "SANDBOX_") {
		return "", errors.New("sandbox: the client id does not begin with SANDBOX_; a production id is refused here")
	}
	if cfg.Keys.merchant == nil || cfg.Keys.antom == nil {
		return "", errors.New("sandbox: keys are missing; see NewKeys and LoadKeys")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return base.Scheme + "://" + base.Host, nil
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// Close ends the notifier and waits for its goroutines. What was not yet
// delivered is dropped, or kept in the ledger file if there is one.
func (s *Sandbox) Close() error {
	s.stop()
	s.background.Wait()
	s.courier.close()
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	return s.ledger.journal.end()
}

// ServeHTTP serves the gateway, the buyer's pages, the SDK and the control page.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Credentials returns what a merchant needs to use this sandbox.
func (s *Sandbox) Credentials() Credentials { return s.keys.Credentials(s.url, s.clientID) }

// runDue runs the tasks that are due, each one as a change of the ledger.
func (s *Sandbox) runDue() {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	s.scheduler.runDue(s.ledger.commit)
}

// forget empties all parts but the keys and sets the clock back. The ledger's
// lock is held, so no call, act or task happens meanwhile.
func (s *Sandbox) forget() {
	s.ledger.reset()
	s.vaults.reset()
	s.cards.reset()
	s.notifier.reset()
	s.scheduler.reset()
	s.faults.reset()
	s.messages.reset()
}
