// Package payments moves payments: it starts them, inquires Antom about them, carries
// out captures, refunds and cancels, resumes everything unfinished, and delivers what
// follows. It decides nothing itself: each method loads an order, calls one pure
// function of package checkout, commits, and then acts.
//
//	s := payments.New(config, store, gateway, methods)
//	started, err := s.Start(ctx, token, checkout.Attempt{Method: "CARD"})
package payments

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"antom-checkout/checkout"
)

// Gateway is what the Service asks of Antom; *gateway.Gateway is one.
type Gateway interface {
	// Request is the body of the call that starts a payment.
	Request(o checkout.Order, p checkout.Payment, want checkout.Attempt, slowEnd time.Time) ([]byte, error)
	// Submit sends that body. submittedBefore tells that Antom may have had it already.
	Submit(ctx context.Context, p checkout.Payment, submittedBefore bool) (checkout.Event, *checkout.Call, error)
	// SubmitCard sends that body with the card that it may not hold. It is never repeated.
	SubmitCard(ctx context.Context, p checkout.Payment, card checkout.EnteredCard) (checkout.Event, *checkout.Call, error)
	// Inquire asks how a payment stands.
	Inquire(ctx context.Context, p checkout.Payment) (checkout.Event, *checkout.Call, checkout.Finding)
	// Operate asks for a stored capture, refund or cancel.
	Operate(ctx context.Context, p checkout.Payment, op checkout.Operation, submittedBefore bool) (checkout.Event, *checkout.Call)
	// InquireRefund asks how a refund stands.
	InquireRefund(ctx context.Context, p checkout.Payment, op checkout.Operation) (checkout.Event, *checkout.Call, checkout.Finding)
	// AnswerDispute accepts or defends a dispute. answeredBefore tells that Antom may have had
	// the answer already; call is nil where Antom has confirmed nothing.
	AnswerDispute(ctx context.Context, p checkout.Payment, a checkout.DisputeAnswer, answeredBefore bool) (e checkout.Event, call *checkout.Call, err error)
	// DisputeDocument downloads a document of a dispute, and its format.
	DisputeDocument(ctx context.Context, p checkout.Payment, id string, kind checkout.DisputeDocument) (document []byte, format string, err error)
	// Reread reads a stored notification again.
	Reread(row checkout.Notification) (checkout.Received, error)
}

// Methods is what the Service has to know of methods; *methods.Methods is one.
type Methods interface {
	List(ctx context.Context, o checkout.Order, d checkout.Device) []checkout.Method
	Method(code string) checkout.Method
	CloseTime(code string) time.Duration
	SlowEnd(o checkout.Order, p checkout.Payment) time.Time
}

// Config is what the merchant decides.
type Config struct {
	PublicURL     string                  // base of the links in emails, without a trailing slash
	ManualCapture bool                    // the merchant captures cards, of attempts that begin
	RefundLate    bool                    // money for an expired order is returned instead of reviving the order
	ThreeDS       checkout.ThreeDSPolicy  // of cards
	SweepSchedule checkout.Schedule       // waits between two polls of something unfinished; the last repeats
	Mailer        checkout.Mailer         // nil: no email is sent
	Operator      checkout.OperatorMailer // nil: the log alone tells what waits for a person
	EmailLimits   EmailLimits             // of emails about unpaid orders
	CardLimits    bool                    // cards are refused for a while when too many were declined
	CountKey      []byte                  // of the hashes of what is counted; nil: the counts end with the program
	Retention     checkout.Retention      // of the buyers' data of paid orders
	Cards         checkout.CardRules      // about saved cards
	LinkKey       []byte                  // signs the links in emails; nil: they open until the program ends
	LinkKeyBefore []byte                  // likewise, of links that still open; nil: there is none
	Now           func() time.Time
	NewID         func() string
	Log           *slog.Logger // nil discards
	Meter         Meter        // counts what happens; nil counts nothing
	Tracer        Tracer       // nil: payments have no traces
}

// Service moves payments. All of its methods are safe for concurrent use. Each part
// has a topic and uses the part before it: to record, inquire, operate, end, start. The
// sweeper and an operator use them all.
type Service struct {
	*recorder
	*endings
	*starts
	*operators
	*disputing
	*outbox
	*sweeper
	*watching
	*erasing
	*wallet
	*charges
}

// recorder reads and commits orders, and announces what has changed.
type recorder struct {
	paymentLog
	cfg        Config
	store      Store
	gateway    Gateway
	now        func() time.Time
	watches    *watches
	cards      *cardGuard
	wake       chan struct{} // tells the sweeper that something is due now
	wakeEmails chan struct{} // likewise, for emails
	wakeLookup chan struct{} // likewise, for look-ups
	wakeSearch chan struct{} // likewise, for searches
}

// New makes a Service. Nothing runs until Sweep is called.
func New(cfg Config, store Store, gateway Gateway, methods Methods) *Service {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.NewID == nil {
		cfg.NewID = checkout.NewIDs(cfg.Now).New
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.LinkKey == nil {
		cfg.LinkKey = []byte(rand.Text())
	}
	if cfg.CountKey == nil {
		cfg.CountKey = []byte(rand.Text())
	}
	if cfg.Meter == nil {
		cfg.Meter = noMeter{}
	}
	if cfg.Tracer == nil {
		cfg.Tracer = noTracer{}
	}
	recorder := &recorder{
		paymentLog: paymentLog{cfg.Log}, cfg: cfg, store: store, gateway: gateway, now: cfg.Now,
		watches: &watches{}, cards: &cardGuard{limited: cfg.CardLimits, store: store, now: cfg.Now, key: cfg.CountKey},
		wake: make(chan struct{}, 1), wakeEmails: make(chan struct{}, 1), wakeLookup: make(chan struct{}, 1),
		wakeSearch: make(chan struct{}, 1),
	}
	endings := &endings{operations: &operations{&inquirer{recorder: recorder}}}
	starts := &starts{endings: endings, methods: methods}
	outbox := &outbox{
		recorder: recorder, methods: methods, links: links{cfg.PublicURL, cfg.LinkKey, cfg.LinkKeyBefore}, lookups: make(chan lookup, lookupsWaiting),
	}
	watching := &watching{endings}
	erasing := &erasing{recorder: recorder}
	recorder.watches.poll, recorder.watches.tail = watching.pollForWatchers, watching.tailLedger
	operators := &operators{endings: endings}
	return &Service{
		recorder: recorder, endings: endings, starts: starts, operators: operators, disputing: &disputing{operators},
		outbox: outbox, sweeper: &sweeper{starts: starts, outbox: outbox, erasing: erasing}, watching: watching, erasing: erasing, wallet: &wallet{recorder}, charges: &charges{starts},
	}
}

// OrderByID finds an order by its id, for those who may see every order. Errors:
// CodeNotFound.
func (s *recorder) OrderByID(ctx context.Context, id string) (checkout.Order, error) {
	return s.store.OrderByID(ctx, id)
}

// Order finds an order by its token. Knowing the token is the right to see it.
func (s *recorder) Order(ctx context.Context, token string) (checkout.Order, error) {
	if !checkout.IsToken(token) {
		return checkout.Order{}, checkout.ErrNotFound
	}
	return s.store.OrderByToken(ctx, token)
}

func (s *recorder) rules() checkout.Rules {
	return checkout.Rules{
		Now: s.now().UTC().Truncate(time.Millisecond), Schedule: s.cfg.SweepSchedule,
		RefundLate: s.cfg.RefundLate, ThreeDS: s.cfg.ThreeDS,
	}
}

// Record is the one door for what Antom reports: it applies an event to its order and
// commits what follows.
func (s *recorder) Record(ctx context.Context, orderID string, e checkout.Event, evidence checkout.Evidence) (checkout.Order, error) {
	evidence.Cause, evidence.Cards = e.Cause, &checkout.CardChange{}
	before, after, err := s.store.Update(ctx, orderID, evidence, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		if evidence.Notification != nil {
			evidence.Notification.Applied = !checkout.Contradicts(o, e)
		}
		after, effects := checkout.Apply(o, e, s.rules())
		*evidence.Cards = checkout.CardChangeOf(o, after, e, s.rules())
		return after, effects, nil
	})
	if errors.Is(err, checkout.ErrForeignID) && !e.ForeignID {
		e.ForeignID = true // a contradiction like any other: stored, reviewed, inquired
		return s.Record(ctx, orderID, e, evidence)
	}
	if err != nil {
		return checkout.Order{}, fmt.Errorf("record %s: %w", e.Cause, err)
	}
	s.announce(ctx, before, after, e.Cause, e.RequestID)
	return after, nil
}

// change commits what the shop or the clock does to an order.
func (s *recorder) change(ctx context.Context, orderID string, cause checkout.Cause, change func(checkout.Order) (checkout.Order, []checkout.Effect, error)) (checkout.Order, error) {
	return s.changeBy(ctx, orderID, checkout.Evidence{Cause: cause}, change)
}

// changeBy commits a change with its evidence: what an operator has ordered.
func (s *recorder) changeBy(ctx context.Context, orderID string, evidence checkout.Evidence, change func(checkout.Order) (checkout.Order, []checkout.Effect, error)) (checkout.Order, error) {
	before, after, err := s.store.Update(ctx, orderID, evidence, change)
	if err != nil {
		return checkout.Order{}, err
	}
	s.announce(ctx, before, after, evidence.Cause, "")
	return after, nil
}

// announce tells log, meter, open pages and sweeper about a committed change.
// requestID is the payment that it was about, or "".
func (s *recorder) announce(ctx context.Context, before, after checkout.Order, cause checkout.Cause, requestID string) {
	if before.Version == after.Version {
		return
	}
	transitions := checkout.Transitions(before, after)
	s.countOutcomes(ctx, after, transitions)
	s.tellDeclines(ctx, before, after)
	s.logTransitions(ctx, after, transitions, cause)
	s.watches.grown()
	s.wakeSweeper()
	was, is := before.Payment(requestID), after.Payment(requestID)
	if was != nil && is != nil && was.AntomID != is.AntomID {
		s.searchNow(ctx, is.AntomID)
	}
}

func (s *recorder) wakeSweeper() {
	for _, round := range []chan struct{}{s.wake, s.wakeEmails, s.wakeLookup} {
		wake(round)
	}
}

func wake(round chan<- struct{}) {
	select {
	case round <- struct{}{}:
	default: // it is awake
	}
}
