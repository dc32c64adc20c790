package payments

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// gatewayAsked counts questions that take a while to be answered.
type gatewayAsked struct {
	times atomic.Int64
	takes time.Duration
	err   error
}

func (g *gatewayAsked) ask() error {
	g.times.Add(1)
	time.Sleep(g.takes) // in the bubble's time
	return g.err
}

func (g *gatewayAsked) expect(t *testing.T, times int64) {
	t.Helper()
	if got := g.times.Load(); got != times {
		t.Fatalf("Antom was asked %d times, want %d", got, times)
	}
}

func TestAHundredPagesWaitForOneInquiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q inquiries
		antom := &gatewayAsked{takes: time.Second, err: errors.New("no route")}
		var waiting sync.WaitGroup
		for range 100 {
			waiting.Go(func() {
				fresh, err := q.once(t.Context(), "payment", time.Now(), antom.ask)
				if !fresh || !errors.Is(err, antom.err) {
					t.Errorf("a page got %v, %v; want the answer of the one inquiry", fresh, err)
				}
			})
		}
		waiting.Wait()
		antom.expect(t, 1)
	})
}

func TestAntomIsAskedAtMostEveryTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q inquiries
		antom := &gatewayAsked{}
		for range 101 { // from 0 to 10 seconds
			if _, err := q.once(t.Context(), "payment", time.Now(), antom.ask); err != nil {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		antom.expect(t, 6)
	})
}

func TestASlowAnswerIsNotAskedForTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q inquiries
		antom := &gatewayAsked{takes: 9 * time.Second}
		var waiting sync.WaitGroup
		for range 8 { // one page a second, longer than the pause between questions
			waiting.Go(func() {
				if _, err := q.once(t.Context(), "payment", time.Now(), antom.ask); err != nil {
					t.Error(err)
				}
			})
			time.Sleep(time.Second)
		}
		waiting.Wait()
		antom.expect(t, 1)
	})
}

func TestPaymentsDoNotWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q inquiries
		antom := &gatewayAsked{takes: time.Second}
		begun := time.Now()
		var waiting sync.WaitGroup
		for i := range 10 {
			waiting.Go(func() {
				if _, err := q.once(t.Context(), fmt.Sprint("payment ", i), time.Now(), antom.ask); err != nil {
					t.Error(err)
				}
			})
		}
		waiting.Wait()
		antom.expect(t, 10)
		if took := time.Since(begun); took != time.Second {
			t.Errorf("ten payments took %v, want the second of one", took)
		}
	})
}

func TestWhoLeavesTakesNoAnswerFromTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q inquiries
		antom := &gatewayAsked{takes: time.Second}
		closedTab, closeTab := context.WithCancel(t.Context())
		var waiting sync.WaitGroup
		waiting.Go(func() { // asks first
			if fresh, err := q.once(closedTab, "payment", time.Now(), antom.ask); fresh || !errors.Is(err, context.Canceled) {
				t.Errorf("the closed tab got %v, %v; want it to be cancelled", fresh, err)
			}
		})
		synctest.Wait()
		waiting.Go(func() {
			if fresh, err := q.once(t.Context(), "payment", time.Now(), antom.ask); !fresh || err != nil {
				t.Errorf("the page that stayed got %v, %v; want the answer", fresh, err)
			}
		})
		synctest.Wait()
		closeTab()
		waiting.Wait()
		antom.expect(t, 1)
	})
}

func TestPatienceThatEndsIsNoError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q inquiries
		antom := &gatewayAsked{takes: time.Minute}
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if fresh, err := q.once(impatient, "payment", time.Now(), antom.ask); fresh || err != nil {
			t.Errorf("got %v, %v; want nothing new and no error", fresh, err)
		}
		if fresh, err := q.once(t.Context(), "payment", time.Now(), antom.ask); !fresh || err != nil {
			t.Errorf("who waited on got %v, %v; want the answer", fresh, err)
		}
		antom.expect(t, 1)
	})
}

func TestOldQuestionsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q inquiries
		antom := &gatewayAsked{}
		for i := range 10_000 {
			if _, err := q.once(t.Context(), fmt.Sprint("payment ", i), time.Now(), antom.ask); err != nil {
				t.Fatal(err)
			}
			time.Sleep(inquiryPause / 100)
		}
		if kept := len(q.by); kept > 1200 {
			t.Errorf("%d of 10,000 questions are kept, want about the last thousand", kept)
		}
		antom.expect(t, 10_000)
	})
}

func TestAKeyedMutexLetsOneInPerKey(t *testing.T) {
	var locks keyedMutex
	inside := map[string]*atomic.Int64{"a": {}, "b": {}, "c": {}}
	var waiting sync.WaitGroup
	for key, count := range inside {
		for range 50 {
			waiting.Go(func() {
				defer locked(t, &locks, key)()
				if now := count.Add(1); now != 1 {
					t.Errorf("%d are inside with key %s", now, key)
				}
				count.Add(-1)
			})
		}
	}
	waiting.Wait()
	if len(locks.by) != 0 {
		t.Errorf("%d mutexes are kept though nobody wants them", len(locks.by))
	}
}

// locked waits for a key as long as the test runs.
func locked(t *testing.T, locks *keyedMutex, key string) (unlock func()) {
	unlock, err := locks.lock(t.Context(), key)
	if err != nil {
		t.Error(err)
		return func() {}
	}
	return unlock
}

func TestWhoIsOutOfPatienceLeavesTheQueue(t *testing.T) {
	var locks keyedMutex
	unlock := locked(t, &locks, "a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := locks.lock(ctx, "a"); err == nil {
		t.Fatal("two are inside")
	}
	unlock()
	if len(locks.by) != 0 {
		t.Error("a mutex is kept that nobody wants")
	}
}

func TestOneKeyDoesNotHoldUpAnother(t *testing.T) {
	var locks keyedMutex
	unlockA := locked(t, &locks, "a")
	unlockB := locked(t, &locks, "b") // would wait for ever if keys shared a mutex
	if len(locks.by) != 2 {
		t.Errorf("%d mutexes for two keys", len(locks.by))
	}
	entered := make(chan struct{})
	go func() {
		defer locked(t, &locks, "a")()
		close(entered)
	}()
	unlockB()
	select {
	case <-entered:
		t.Error("a second one is inside with key a")
	default:
	}
	unlockA()
	<-entered
}

// polls records which orders are polled for.
type polls struct {
	mu      sync.Mutex
	started []string
	running int
	tails   int
}

func (p *polls) poll(ctx context.Context, token string) {
	p.mu.Lock()
	p.started = append(p.started, token)
	p.running++
	p.mu.Unlock()
	<-ctx.Done()
	p.mu.Lock()
	p.running--
	p.mu.Unlock()
}

// tail runs, once for all orders, for as long as a page watches.
func (p *polls) tail(ctx context.Context, _ <-chan struct{}) {
	p.mu.Lock()
	p.tails++
	p.mu.Unlock()
	<-ctx.Done()
	p.mu.Lock()
	p.tails--
	p.mu.Unlock()
}

func (p *polls) expect(t *testing.T, started, running int) {
	t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.started) != started || p.running != running {
		t.Fatalf("%d polls started, %d run; want %d and %d", len(p.started), p.running, started, running)
	}
	if p.tails != min(running, 1) {
		t.Fatalf("%d read the ledger while %d orders are watched", p.tails, running)
	}
}

func woken(page <-chan struct{}) bool {
	select {
	case <-page:
		return true
	default:
		return false
	}
}

func TestAllPagesOfAnOrderShareOnePoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p polls
		ws := watches{poll: p.poll, tail: p.tail}
		var stops []func()
		for range 100 {
			_, stop := ws.add("order", "token")
			stops = append(stops, stop)
		}
		p.expect(t, 1, 1)
		if p.started[0] != "token" {
			t.Errorf("polled for %q, want the order's token", p.started[0])
		}
		for _, stop := range stops[1:] {
			stop()
		}
		p.expect(t, 1, 1) // one page is left
		stops[0]()
		p.expect(t, 1, 0)
		if len(ws.by) != 0 {
			t.Errorf("%d orders are remembered though nobody watches", len(ws.by))
		}
		_, stop := ws.add("order", "token")
		p.expect(t, 2, 1) // a page came back
		stop()
		p.expect(t, 2, 0)
	})
}

func TestAPageThatIsGoneTwiceHarmsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p polls
		ws := watches{poll: p.poll, tail: p.tail}
		_, stopOld := ws.add("order", "token")
		stopOld()
		page, stop := ws.add("order", "token")
		stopOld()
		p.expect(t, 2, 1)
		ws.wake("order")
		if !woken(page) {
			t.Error("the new page was not woken")
		}
		stop()
		p.expect(t, 2, 0)
	})
}

func TestAChangeWakesThePagesOfItsOrderAndNoOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p polls
		ws := watches{poll: p.poll, tail: p.tail}
		mine, stopMine := ws.add("mine", "t1")
		alsoMine, stopAlso := ws.add("mine", "t1")
		other, stopOther := ws.add("other", "t2")
		defer stopOther()
		defer stopAlso()
		ws.wake("mine")
		ws.wake("nobody's")
		if !woken(mine) || !woken(alsoMine) || woken(other) {
			t.Fatal("want both pages of the order woken and the other left alone")
		}
		stopMine()
		ws.wake("mine")
		if woken(mine) || !woken(alsoMine) {
			t.Error("want only the page that is still open woken")
		}
	})
}

func TestAPageThatDoesNotLookHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p polls
		ws := watches{poll: p.poll, tail: p.tail}
		page, stop := ws.add("order", "token")
		defer stop()
		for range 1000 {
			ws.wake("order") // would wait for ever if it waited
		}
		if !woken(page) || woken(page) {
			t.Error("want one value for a thousand changes: the page reads the newest state")
		}
	})
}

func TestAPageLeftOpenIsPolledForLessAndLess(t *testing.T) {
	for _, row := range []struct {
		asked int
		want  time.Duration
	}{
		{0, 2 * time.Second}, {149, 2 * time.Second},
		{150, 10 * time.Second}, {299, 10 * time.Second},
		{300, time.Minute}, {1_000_000, time.Minute},
	} {
		if got := pollPause(row.asked); got != row.want {
			t.Errorf("after %d questions the pause is %v, want %v", row.asked, got, row.want)
		}
	}
}
