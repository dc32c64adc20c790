package proof_test

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antom-checkout/db/dbtest"
	"antom-checkout/db/postgres/pgtest"
)

var serverStories = flag.Int("serverstories", short(2, 1), "tell so many stories on a PostgreSQL server")

// TestProgramsOnPostgreSQL tells stories of two and three programs that share a database on a
// real PostgreSQL server. Time is real there, and days are compressed: the clock of the story
// leaps while nothing is under way. So what is at the same time is so by chance and not by the
// seed, and a seed may tell another story the next time.
func TestProgramsOnPostgreSQL(t *testing.T) {
	testKeys()
	pgtest.Need(t)
	t.Run("stories", func(t *testing.T) {
		for seed, told := *firstSeed, 0; told < *serverStories; seed++ {
			if crosses(seed) || banksAsk(seed) || keepsCards(seed) {
				continue // these have times of their own, which are virtual
			}
			if told++; *oneSeed == 0 || *oneSeed == seed {
				t.Run(fmt.Sprint(seed), func(t *testing.T) { t.Parallel(); simulateOnServer(t, seed, 2+told%2) })
			}
		}
	})
	t.Log(&ends)
}

func simulateOnServer(t *testing.T, seed uint64, programs int) {
	s := newStoryOn(t, seed, stage{programs: programs, server: dbtest.NewPostgres(t)})
	s.world.sweeps(s.pause)
	defer s.world.end()
	defer s.world.wires.close()
	s.trouble()
	s.calm()
	for _, problem := range s.problems() {
		t.Errorf("seed %d: %s", seed, problem)
	}
	if t.Failed() || *oneSeed != 0 {
		t.Logf("the story of seed %d:\n%s", seed, strings.Join(s.world.story, "\n"))
	}
}

// leaps is the clock of a story in real time. It leaps ahead where virtual time would pass,
// and not while anything is under way: no program would have been so slow. A nil one is that
// of a story in virtual time, and forbids nothing.
type leaps struct {
	busy  sync.RWMutex
	mu    sync.Mutex
	ahead time.Duration // of the real time
}

func leapsFrom(beginning time.Time) *leaps { return &leaps{ahead: time.Until(beginning)} }

func (l *leaps) now() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Now().Add(l.ahead)
}

func (l *leaps) leap(d time.Duration) {
	l.busy.Lock()
	defer l.busy.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ahead += d
}

// hold forbids leaps until what it returns is called.
func (l *leaps) hold() (letGo func()) {
	if l == nil {
		return func() {}
	}
	l.busy.RLock()
	return l.busy.RUnlock
}

func (l *leaps) during(do func()) {
	defer l.hold()()
	do()
}

// Where time is real, a second on a wire takes a millisecond, and nothing longer than that.
const (
	compressed   = 1000
	longestPause = 40 * time.Millisecond
)

func (w *world) real(d time.Duration) time.Duration { return min(d/compressed, longestPause) }

// now is the time of the story.
func (w *world) now() time.Time {
	if w.leaps == nil {
		return time.Now()
	}
	return w.leaps.now()
}

// clock is nil in virtual time.
func (w *world) clock() func() time.Time {
	if w.leaps == nil {
		return nil
	}
	return w.leaps.now
}

// after is time.After in the time of the story, for what need not be exact.
func (w *world) after(d time.Duration) <-chan time.Time {
	if w.leaps != nil {
		d = w.real(d)
	}
	return time.After(d)
}

func (w *world) sleep(d time.Duration) {
	if w.leaps != nil {
		d = w.real(d)
	}
	time.Sleep(d)
}

// passes lets time pass for all.
func (w *world) passes(d time.Duration) {
	w.sleep(d)
	if w.leaps != nil {
		w.leaps.leap(d)
	}
}

// comesToRest waits until all that can go on without time passing has done so. In real time
// nothing waits: a program may die at any moment.
func (w *world) comesToRest() {
	if w.leaps == nil {
		synctest.Wait()
	}
}

// patient ends a message that hangs as its sender would, where time is real.
func (w *world) patient(ctx context.Context) (context.Context, context.CancelFunc) {
	if w.leaps == nil {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, time.Second/2)
}
