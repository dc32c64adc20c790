package proof_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/app"
	"antom-checkout/checkout"
	"antom-checkout/checkout/shop"
)

var (
	oneSeed    = flag.Uint64("seed", 0, "simulate this seed only, and tell its whole story")
	seedCount  = flag.Int("seeds", short(1000, 6), "simulate so many seeds")
	firstSeed  = flag.Uint64("from", 1, "the first seed")
	onlyCross  = flag.Bool("crossing", false, "of the seeds, simulate only those whose messages cross on the wire")
	onlyCards  = flag.Bool("cards", false, "of the seeds, simulate only those with cards that are saved, typed in the shop and charged")
	onlyShared = flag.Bool("shared", false, "of the seeds, simulate only those with several programs on one database")
)

// drawnSeed is the seed of the flag, or another one in every run.
func drawnSeed(t *testing.T) uint64 {
	t.Helper()
	seed := *oneSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", seed)
	return seed
}

// tally counts how the stories ended; it shows that they do not all end without a
// payment.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (ty *tally) add(what string, n int) {
	ty.mu.Lock()
	defer ty.mu.Unlock()
	if ty.counts == nil {
		ty.counts = map[string]int{}
	}
	ty.counts[what] += n
}

func (ty *tally) String() string {
	var text []string
	for _, what := range slices.Sorted(maps.Keys(ty.counts)) {
		text = append(text, fmt.Sprintf("%s %d", what, ty.counts[what]))
	}
	return strings.Join(text, ", ")
}

var ends tally

// regressions are seeds that have found a fault once.
var regressions = []uint64{
	53, 110, 117, 213, 288, 299, 661, 1054, 1401, 11382, 11393, 13573, 16948, 21827,
	66, 106, 1306, 1879, 3367, 3463, // messages that cross
	952,                      // a charge that was repeated after a notification had told its result
	687, 31940, 34940, 45743, // a session that came after its attempt had ended
}

// TestSimulation tells many stories, each drawn from its seed: buyers, operators,
// crashes and everything that can go wrong on the way to Antom and back. Once the
// faults have stopped and time has passed, all laws have to hold in every story.
func TestSimulation(t *testing.T) {
	testKeys()
	if *oneSeed != 0 {
		simulate(t, *oneSeed)
		return
	}
	for _, seed := range regressions[:short(len(regressions), 2)] {
		t.Run(fmt.Sprint("regression ", seed), func(t *testing.T) { t.Parallel(); simulate(t, seed) })
	}
	begun := time.Now()
	t.Run("seeds", func(t *testing.T) {
		for n := range uint64(*seedCount) {
			seed := *firstSeed + n
			if *onlyCross && !crosses(seed) || *onlyCards && !keepsCards(seed) || *onlyShared && programsOf(seed) == 1 {
				continue
			}
			t.Run(fmt.Sprint(seed), func(t *testing.T) { t.Parallel(); simulate(t, seed) })
		}
	})
	t.Logf("%d seeds from %d in %v: %s", *seedCount, *firstSeed, time.Since(begun).Round(time.Second), &ends)
}

// simulate tells the story of one seed.
func simulate(t *testing.T, seed uint64) (story []string) {
	folder := tempFolder(t)
	synctest.Test(t, func(t *testing.T) {
		s := newSimulation(t, seed, folder)
		defer s.world.end()
		defer s.world.wires.close()
		s.trouble()
		s.calm()
		for _, problem := range s.problems() {
			t.Errorf("seed %d: %s", seed, problem)
		}
		story = s.world.story
		if t.Failed() || *oneSeed != 0 {
			t.Logf("the story of seed %d:\n%s", seed, strings.Join(story, "\n"))
		}
	})
	return story
}

// TestASeedTellsTheSameStoryAgain: a seed that has found a fault finds it again.
func TestASeedTellsTheSameStoryAgain(t *testing.T) {
	t.Parallel()
	testKeys()
	for seed := uint64(2); seed <= 4; seed++ { // one, two and three programs
		first, second := anonymous(simulate(t, seed)), anonymous(simulate(t, seed))
		for i := range min(len(first), len(second)) {
			if first[i] != second[i] {
				t.Errorf("seed %d: line %d was\n%s\nand is\n%s", seed, i, first[i], second[i])
				break
			}
		}
	}
}

// Ids and names are drawn from the system and differ in every run; two stories are the
// same when the same name stands in the same places.
var names = regexp.MustCompile(`\.[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(AUTO)?2026[0-9]{31}|[A-Z2-7]{5}-[A-Z2-7]{5}|request=[A-Z2-7]{26}`)

func anonymous(story []string) []string {
	known := map[string]string{}
	lines := make([]string, len(story))
	for i, line := range story {
		lines[i] = names.ReplaceAllStringFunc(line, func(name string) string {
			if known[name] == "" {
				known[name] = fmt.Sprint("#", len(known))
			}
			return known[name]
		})
	}
	return lines
}

// tempFolder is in memory where that is possible: a crash here ends the program, not
// the machine, so that nothing depends on the disk.
func tempFolder(t *testing.T) string {
	if folder, err := os.MkdirTemp("/dev/shm", "proof-"); err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(folder) })
		return folder
	}
	return t.TempDir()
}

// simulation is a world and the source of chance that decides what happens in it.
type simulation struct {
	t       *testing.T
	world   *world
	fate    *rand.Rand
	orders  []checkout.Order
	rare    int // pieces of the rare product at the beginning
	keys    int // the operator's idempotency keys so far
	charged chargeBook
	acting  sync.WaitGroup
	calmed  atomic.Bool
	sweepIn *rand.Rand
	sweepMu sync.Mutex
}

// prices are those of a mug; the currency decides which methods are offered.
var prices = map[checkout.Currency]int64{"SGD": 1200, "MYR": 3300, "THB": 25_000, "IDR": 5_000_000, "TWD": 20_000, "JPY": 1100, "EUR": 900, "KRW": 15_000}

var currencies = []checkout.Currency{"SGD", "SGD", "SGD", "MYR", "THB", "IDR", "TWD", "JPY", "EUR", "KRW"}

// newSimulation begins the story of a seed, with a sweeper.
func newSimulation(t *testing.T, seed uint64, folder string) *simulation {
	t.Helper()
	s := newStory(t, seed, folder)
	s.world.sweeps(s.pause)
	return s
}

// newStory begins the story of a seed without a sweeper. change overrides what the
// seed draws.
func newStory(t *testing.T, seed uint64, folder string, change ...func(*app.Settings)) *simulation {
	t.Helper()
	return newStoryOn(t, seed, stage{folder: folder, programs: programsOf(seed)}, change...)
}

// newStoryOn begins the story of a seed on a stage.
func newStoryOn(t *testing.T, seed uint64, on stage, change ...func(*app.Settings)) *simulation {
	t.Helper()
	s := &simulation{t: t, fate: rand.New(rand.NewPCG(seed, 1)), sweepIn: rand.New(rand.NewPCG(seed, 2))}
	currency := currencies[s.fate.IntN(len(currencies))]
	s.world = newWorld(t, seed, on, func(c *app.Settings) {
		c.Shop.Currency, c.SettlementCurrency = currency, currency
		c.Payments.ManualCapture = s.once(3)
		c.Payments.RefundLate = s.once(2)
		if crosses(seed) {
			c.Shop.OrderTTL = []time.Duration{time.Hour, 10 * time.Minute, 3 * time.Minute}[s.fate.IntN(3)]
		}
		if banksAsk(seed) {
			s.asksBanks(c)
		}
		if keepsCards(seed) {
			s.offersToKeepCards(c)
		}
		for _, differently := range change {
			differently(c)
		}
	})
	if crosses(seed) {
		s.world.wires.crossing = true
		s.world.turns.slow = s.waitsForTurn
	}
	few := 1 + s.fate.IntN(6)
	s.rare = few
	price := checkout.Money{Minor: prices[currency], Currency: currency}
	must(t, s.world.program().store.ImportProducts(t.Context(), []checkout.Product{
		{SKU: "MUG", Name: "Mug", Price: price}, {SKU: "RARE", Name: "One of few", Price: price, Stock: &few},
	}))
	s.world.tell("seed %d: %s, manual capture %v, late money refunded %v, %d rare pieces, %d programs", seed, currency, s.world.shop.Payments.ManualCapture, s.world.shop.Payments.RefundLate, few, len(s.world.places))
	return s
}

// moment is a pause too short to matter. It separates events that would otherwise
// happen at the same instant, in an order that the seed does not decide.
func (s *simulation) moment() time.Duration { return time.Duration(1 + s.fate.IntN(1_000_000)) }

// once is true once in n times.
func (s *simulation) once(n int) bool { return s.fate.IntN(n) == 0 }

// pause is how long the sweeper rests.
func (s *simulation) pause() time.Duration {
	s.sweepMu.Lock()
	defer s.sweepMu.Unlock()
	if s.calmed.Load() {
		// The last hours are long, and the sweeper need not hurry.
		return time.Duration(len(s.world.places)) * (20*time.Minute + time.Duration(s.sweepIn.Int64N(int64(time.Minute))))
	}
	return time.Second + time.Duration(s.sweepIn.Int64N(int64(30*time.Second)))
}

// trouble is the part of the story in which faults and crashes happen.
func (s *simulation) trouble() {
	s.world.wires.setUnreliable(s.fate.IntN(4) > 0 || crosses(s.world.seed))
	if keepsCards(s.world.seed) {
		s.savesFirstCards()
	}
	for range 25 + s.fate.IntN(30) {
		s.act()
		s.waits()
		s.goodsWaitForOpenTabs()
	}
}

// goodsWaitForOpenTabs: the goods of an order are not given away while a buyer has a
// session that can still be paid, and of which Antom has no payment yet. A session that
// came when its attempt had ended already has reached no buyer: the answer is "closed", and
// the attempt never was in processing.
func (s *simulation) goodsWaitForOpenTabs() {
	ledger, now := s.world.control.Ledger(), s.world.now()
	for _, session := range ledger.Sessions {
		if session.Submitted || !now.Before(session.ExpiresAt) {
			continue
		}
		given := s.world.wires.count(s.world.program(), `
			SELECT count(*)
			  FROM payments
			  JOIN orders ON orders.id = payments.order_id
			 WHERE payments.request_id = $1 AND payments.status IN ('processing', 'cancelled') AND payments.action LIKE '%"type":"sdk"%'
			   AND orders.stock = '' AND orders.review = ''
			   AND EXISTS (
			       SELECT 1
			         FROM transitions
			        WHERE transitions.payment_request_id = payments.request_id AND subject = 'payment' AND to_status = 'processing')`, session.RequestID)
		if given > 0 {
			s.world.wires.lawBroken("the goods of " + session.RequestID + " were given away, and its session is open")
		}
	}
}

// waitsForTurn is how long a change waits to be stored while there is trouble: mostly
// not at all, and sometimes long enough for other changes to be faster.
func (s *simulation) waitsForTurn(dice *rand.Rand) time.Duration {
	if s.world.wires.reliable() || dice.IntN(8) > 0 {
		return 0
	}
	return time.Duration(dice.Int64N(int64(2 * time.Second)))
}

// waits lets time pass: mostly seconds, sometimes minutes, rarely more than an hour.
func (s *simulation) waits() {
	d := time.Duration(s.fate.Int64N(int64(12 * time.Second)))
	switch {
	case s.once(6):
		d = 0 // at the same time
	case s.once(8):
		d *= 30
	case s.once(25):
		d *= 400
	}
	s.world.passes(d + s.moment())
	s.restartsDead()
}

// restart ends the program that would take the next request, and starts it again.
func (s *simulation) restart(why string) {
	s.restartAt(slices.Index(s.world.programs(), s.program()), why)
}

func (s *simulation) restartAt(place int, why string) {
	s.world.tell("the shop has %s and is started again", why)
	s.world.dies(place)
	s.world.sweepsFor(s.world.programs()[place], s.pause)
}

// act does one thing. What takes time goes on beside the next things.
func (s *simulation) act() {
	if crosses(s.world.seed) && len(s.orders) > 0 && s.once(3) {
		s.flurry()
		return
	}
	if keepsCards(s.world.seed) && len(s.orders) > 0 && s.once(3) {
		s.actsWithCards()
		return
	}
	switch n := s.fate.IntN(100); {
	case n < 14 && len(s.orders) < 6 || len(s.orders) == 0:
		s.placeOrder()
	case n < 38:
		s.startPayment()
	case n < 62:
		s.buyerActs()
	case n < 70:
		s.refreshesPage()
	case n < 80:
		s.operatorActs()
	case n < 94:
		s.somethingBreaks()
	case n < 98:
		steps := s.fate.IntN(25)
		s.world.tell("the shop will crash in %d steps", steps)
		s.program().fuse.light(steps)
	default:
		s.restart("been stopped")
	}
}

var ann = checkout.Buyer{Email: "ann@example.com", Name: "Ann Lee", Phone: "+65 9123 4567", Country: "SG", City: "Singapore", Address1: "1 Raffles Place", PostalCode: "048616"}

func (s *simulation) placeOrder() {
	sku := "MUG"
	if s.once(3) {
		sku = "RARE"
	}
	o, err := s.program().services.Shop.PlaceOrder(s.t.Context(), shop.OrderRequest{
		FormKey: fmt.Sprintf("form-%d-%d", s.world.seed, len(s.orders)), Buyer: ann, Language: "en",
		BuyerReference: s.buyerOf(len(s.orders)), Cart: []checkout.CartLine{{SKU: sku, Quantity: 1 + s.fate.IntN(2)}},
	})
	s.world.tell("order %d: %s %s (%v)", len(s.orders), o.ID, sku, err)
	if err == nil {
		s.orders = append(s.orders, o)
	}
}

// someOrder is mostly one of the newest.
func (s *simulation) someOrder() checkout.Order {
	if newest := len(s.orders) - 3; newest > 0 && !s.once(4) {
		return s.orders[newest+s.fate.IntN(3)]
	}
	return s.orders[s.fate.IntN(len(s.orders))]
}

// besideAfter runs do after a while, and the story goes on.
func (s *simulation) besideAfter(while time.Duration, what string, do func(ctx context.Context) (string, error)) {
	s.world.tell("%s", what)
	moment := while + s.moment()
	s.acting.Go(func() {
		s.world.sleep(moment)
		s.world.leaps.during(func() {
			result, err := do(s.t.Context())
			if err != nil {
				result = err.Error()
			}
			s.world.tell("  %s: %s", what, result)
		})
	})
}

var browser = checkout.Device{IP: "203.0.113.7", UserAgent: "Mozilla/5.0", Accept: "text/html", Language: "en", Terminal: checkout.TerminalWeb}

func (s *simulation) startPayment() { s.startsPayment(s.someOrder(), 0) }

func (s *simulation) startsPayment(o checkout.Order, after time.Duration) {
	p := s.program()
	offered := p.services.Methods.List(s.t.Context(), o, browser)
	want := checkout.Attempt{
		Method: offered[s.fate.IntN(len(offered))].Code, Mode: checkout.ModeSDK,
		Device: browser,
	}
	if s.once(4) || banksAsk(s.world.seed) && s.once(2) {
		want.Method = "CARD"
	}
	if s.once(2) {
		want.Mode = checkout.ModeAPI
	}
	tabs := []checkout.Attempt{want}
	if s.once(5) {
		want.Method = offered[s.fate.IntN(len(offered))].Code
		tabs = append(tabs, want)
	}
	for _, want := range tabs {
		if keepsCards(s.world.seed) {
			want = s.withCard(o, want)
		}
		s.starts(o, want, after)
	}
}

// starts has a buyer start an attempt after a while.
func (s *simulation) starts(o checkout.Order, want checkout.Attempt, after time.Duration) {
	p := s.program()
	s.besideAfter(after, fmt.Sprintf("the buyer of %s starts %s by %s%s", o.ID, want.Method, want.Mode, cardOf(want)), func(ctx context.Context) (string, error) {
		defer want.Entered.Wipe()
		started, err := p.service.Start(ctx, o.Token, want)
		if errors.Is(err, checkout.ErrStale) {
			s.world.wires.lawBroken("a start of " + o.ID + " was answered with a conflict instead of the state of the order")
		}
		return string(started.Action.Type) + " " + started.Payment.RequestID, err
	})
}

// flurry has buyer, pages and operator act on one order within seconds, so that their
// messages cross.
func (s *simulation) flurry() {
	o := s.someOrder()
	s.world.tell("all at once about %s", o.ID)
	within := func() time.Duration { return time.Duration(s.fate.Int64N(int64(6 * time.Second))) }
	s.startsPayment(o, 0)
	if s.once(2) {
		s.startsPayment(o, within())
	}
	for range 1 + s.fate.IntN(3) {
		s.paysSomeAttempt(o, s.fate.IntN(3), within())
	}
	for range 1 + s.fate.IntN(3) {
		s.refreshes(o, within())
	}
	if s.once(4) {
		s.operatorActsOn(o, within())
	}
}

// paysSomeAttempt has the buyer pay one of the attempts that the order has after that
// time; which counts from the newest.
func (s *simulation) paysSomeAttempt(o checkout.Order, which int, after time.Duration) {
	s.besideAfter(after, "at Antom the buyer of "+o.ID+" pays", func(ctx context.Context) (string, error) {
		now, err := s.world.program().store.OrderByID(ctx, o.ID)
		if err != nil || len(now.Payments) == 0 {
			return "nothing", err
		}
		id := now.Payments[max(0, len(now.Payments)-1-which)].RequestID
		return id, s.world.control.Pay(id)
	})
}

// buyerActs has the buyer act at Antom's pages: mostly in an attempt that is unfinished,
// be it the newest or one that was left long ago.
func (s *simulation) buyerActs() {
	if banksAsk(s.world.seed) && !s.once(3) && s.buyerIsAsked() {
		return
	}
	attempts := s.attempts(func(p *sandbox.Payment) bool {
		return p == nil || p.Status == antom.PaymentProcessing || p.Status == antom.PaymentPendingNow
	})
	if len(attempts) == 0 || s.once(8) {
		attempts = s.attempts(func(*sandbox.Payment) bool { return true })
	}
	if len(attempts) == 0 {
		return
	}
	id := attempts[s.fate.IntN(len(attempts))]
	var err error
	act := ""
	switch n := s.fate.IntN(20); {
	case n < 4 && s.world.seed%otherwise == 0:
		act, err = s.paysOtherwise(id)
	case n < 12:
		act, err = "pays", s.world.control.Pay(id)
	case n < 15:
		act, err = "declines", s.world.control.Decline(id, "")
	case n < 17:
		act, err = "submits", s.world.control.Submit(id, "")
	case n < 18:
		act, err = "has done their part", s.world.control.Pend(id)
	case n < 19:
		act, err = "leaves", s.world.control.Leave(id)
	default:
		act, err = "lets it close", s.world.control.Close(id)
	}
	s.world.tell("at Antom the buyer %s in %s (%v)", act, id, err)
}

// otherwise: in one story of so many, Antom takes other amounts, or by other methods,
// than the shop has asked for.
const otherwise = 7

func (s *simulation) paysOtherwise(id string) (act string, err error) {
	ledger := s.world.control.Ledger()
	method, money := "", sandbox.Money{}
	for _, session := range ledger.Sessions {
		if session.RequestID == id {
			method, money = session.Terms.Method, session.Terms.Money
		}
	}
	if p, known := ledger.Payment(id); known {
		method, money = p.Method, p.Money
	}
	if s.once(3) {
		offered := s.world.program().services.Methods.List(s.t.Context(), s.someOrder(), browser)
		method = offered[s.fate.IntN(len(offered))].Code
	} else {
		money.Amount += []int64{-300, 300}[s.fate.IntN(2)] // no fault of the sandbox makes the amount right again
	}
	if err = s.world.control.PayOther(id, method, money.Amount); err == nil {
		ends.add("payments taken otherwise", 1)
	}
	return fmt.Sprintf("pays %v by %s", money, method), err
}

// attempts are the wanted request ids that Antom knows: of sessions that were not
// submitted, for which wanted gets nil, and then of payments, each oldest first.
func (s *simulation) attempts(wanted func(*sandbox.Payment) bool) (ids []string) {
	ledger := s.world.control.Ledger()
	for _, session := range ledger.Sessions {
		if _, submitted := ledger.Payment(session.RequestID); !submitted && wanted(nil) {
			ids = append(ids, session.RequestID)
		}
	}
	for i := range ledger.Payments {
		if wanted(&ledger.Payments[i]) {
			ids = append(ids, ledger.Payments[i].RequestID)
		}
	}
	return ids
}

func (s *simulation) refreshesPage() { s.refreshes(s.someOrder(), 0) }

// refreshes has the buyer load the page of an order, which inquires where that is due.
func (s *simulation) refreshes(o checkout.Order, after time.Duration) {
	p := s.program()
	s.besideAfter(after, "the page of "+o.ID+" is refreshed", func(ctx context.Context) (string, error) {
		seen, err := p.service.Refresh(ctx, o.Token)
		return string(seen.Status), err
	})
}

// operatorActs has the operator act by a command, in the server's process or beside it.
func (s *simulation) operatorActs() { s.operatorActsOn(s.someOrder(), 0) }

func (s *simulation) operatorActsOn(o checkout.Order, after time.Duration) {
	p := s.program()
	desk := p.service
	if s.once(2) {
		desk = p.desk
	}
	if s.keys == 0 || !s.once(4) {
		s.keys++ // else the operator repeats the last key
	}
	key := checkout.Key{Operator: "op", Idempotency: fmt.Sprint("k", s.keys)}
	part := int64(0)
	if s.once(2) {
		part = o.Total.Minor / 4 / 100 * 100
	}
	switch s.fate.IntN(5) {
	case 0, 1:
		s.besideAfter(after, fmt.Sprintf("the operator refunds %d of %s with %s", part, o.ID, key.Idempotency), func(ctx context.Context) (string, error) {
			op, err := desk.Refund(ctx, o.ID, part, key)
			return op.RequestID + " " + string(op.Status), err
		})
	case 2:
		s.besideAfter(after, "the operator captures "+o.ID, func(ctx context.Context) (string, error) {
			op, err := desk.Capture(ctx, o.ID, key)
			return op.RequestID + " " + string(op.Status), err
		})
	case 3:
		s.besideAfter(after, "the operator cancels "+o.ID, func(ctx context.Context) (string, error) { return "done", desk.Cancel(ctx, o.ID, key) })
	case 4:
		s.besideAfter(after, "the operator accepts "+o.ID, func(ctx context.Context) (string, error) { return "done", desk.Accept(ctx, o.ID, key) })
	}
}

// What may go wrong. Forged notifications come from the wires.
var (
	troubledCalls = []string{"", "", "pay", "createPaymentSession", "inquiryPayment", "cancel", "capture", "refund", "inquiryRefund"}
	callTroubles  = []sandbox.FaultKind{
		sandbox.Timeout, sandbox.Timeout, sandbox.Unknown, sandbox.ResetByPeer, sandbox.HTTPError, sandbox.HTML, sandbox.Truncate,
		sandbox.Unsigned, sandbox.Slow, sandbox.Outage,
	}
	troubledNotifications = []string{"", "", "PAYMENT_RESULT", "PAYMENT_PENDING", "CAPTURE_RESULT", "REFUND_RESULT"}
	notificationTroubles  = []sandbox.FaultKind{
		sandbox.Lose, sandbox.DelayNotification, sandbox.Duplicate, sandbox.Reorder, sandbox.UnsignedNotification, sandbox.WrongAmountNotification,
		sandbox.WrongCurrencyNotification, sandbox.Garble,
	}
	laterTroubles = []sandbox.FaultKind{sandbox.CaptureFail, sandbox.CaptureDelay, sandbox.CaptureSlowly, sandbox.RefundFail, sandbox.RefundDelay}
)

func (s *simulation) somethingBreaks() {
	if banksAsk(s.world.seed) && s.once(4) {
		s.bankDemands()
		return
	}
	f := sandbox.Fault{
		Times: 1 + s.fate.IntN(4), Apply: s.once(2), Delay: sandbox.Duration(s.fate.Int64N(int64(2 * time.Minute))),
		Until: s.world.control.Now().Add(time.Duration(s.fate.Int64N(int64(20 * time.Minute)))),
	}
	switch n := s.fate.IntN(10); {
	case n < 5:
		f.Kind, f.On = callTroubles[s.fate.IntN(len(callTroubles))], troubledCalls[s.fate.IntN(len(troubledCalls))]
		if s.once(4) {
			f.Times, f.Chance = 0, 0.3
		}
	case n < 9:
		f.Kind, f.On = notificationTroubles[s.fate.IntN(len(notificationTroubles))], troubledNotifications[s.fate.IntN(len(troubledNotifications))]
	default:
		f.Kind, f.On, f.Times = laterTroubles[s.fate.IntN(len(laterTroubles))], "", 1
	}
	if f.Kind == sandbox.Outage {
		f.On, f.Times = "", 0
	}
	_, err := s.world.control.AddFault(f)
	must(s.t, err)
	s.world.tell("from now on: %s on %q, %d times, chance %v, applied %v, delay %v", f.Kind, f.On, f.Times, f.Chance, f.Apply, time.Duration(f.Delay).Round(time.Second))
}

// patience is how long a story may take to become quiet: a little more than the time
// after which the sweeper asks for a review.
const patience = 112 * time.Hour

// calm ends all trouble and lets time pass until the story is quiet.
func (s *simulation) calm() {
	s.world.tell("all trouble ends")
	s.world.control.ClearFaults()
	s.world.wires.setUnreliable(false)
	for _, p := range s.world.programs() {
		p.fuse.light(-1)
	}
	s.acting.Wait()
	s.restartsDead()
	s.world.passes(time.Minute)
	for _, p := range s.world.control.Ledger().Payments {
		if p.Status == antom.PaymentPendingNow { // or it would take a week
			must(s.t, s.world.control.Pay(p.RequestID))
		}
	}
	s.calmed.Store(true)
	for end := s.world.now().Add(patience); s.world.now().Before(end) && !s.quiet(); {
		s.world.passes(time.Hour)
	}
	s.world.tell("quiet")
}

// quiet reports whether both sides have finished. A card that waits for its merchant's
// capture may wait for days.
func (s *simulation) quiet() bool {
	if !s.world.wires.idle() {
		return false
	}
	for _, n := range s.world.control.Notifications() {
		if n.State == sandbox.NotificationWaiting || n.State == sandbox.NotificationUnderWay {
			return false
		}
	}
	for _, p := range s.world.control.Ledger().Payments {
		if p.Status == antom.PaymentProcessing {
			return false
		}
	}
	return s.world.wires.count(s.world.program(), `
		SELECT (SELECT count(*) FROM orders WHERE status IN ('open', 'processing'))
		     + (SELECT count(*) FROM payments WHERE next_poll IS NOT NULL AND NOT (status = 'authorized' AND active = 1))
		     + (SELECT count(*) FROM operations WHERE status IN ('pending', 'processing'))
		     + (SELECT count(*) FROM outbox WHERE state = 'pending')`) == 0 && s.world.allDelivered()
}

// problems lists what was wrong during the story and at its end.
func (s *simulation) problems() []string {
	wires := s.world.wires
	s.cardsRequireWhatBanksDemand()
	s.keepsLawsOfCards()
	s.world.everythingArrived()
	tr := readTruth(s.t, s.world.program().path, s.world.control.Ledger(), s.world.now(), wires.acknowledged)
	tr.apart = s.world.apart()
	for _, o := range tr.orders {
		ends.add("order "+o.Status, 1)
	}
	for _, p := range tr.payments {
		ends.add("payment "+p.Status, 1)
	}
	for _, op := range tr.operations {
		ends.add(op.Kind+" "+op.Status, 1)
	}
	ends.add("starts of the shop", s.world.started)
	ends.add(fmt.Sprintf("stories with %d programs", len(s.world.places)), 1)
	ends.add("acknowledged notifications", len(wires.acknowledged))
	for _, l := range tr.stock {
		if l.stock+l.takenBy != s.rare {
			tr.wrong("of %d rare pieces %d were taken and %d are there", s.rare, l.takenBy, l.stock)
		}
	}
	return append(tr.whenQuiet(), wires.broken...)
}

func (ws *wires) setUnreliable(unreliable bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.unreliable = unreliable
}

func (ws *wires) reliable() bool {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return !ws.unreliable
}
