package sandbox

import (
	"container/heap"
	"time"
)

// now is the sandbox's time: the world's, moved ahead by the lever. The lock is
// held.
func (s *Sandbox) now() time.Time { return s.world().Add(s.ahead) }

// A task is something that happens by itself at its time: a payment closes, a
// capture comes through, a notice is due.
type task struct {
	at    time.Time
	order int // of two tasks for the same moment the older one goes first
	run   func()
	place int // in the agenda; -1 when it is not there
}

// agenda holds the tasks, the next one first.
type agenda struct {
	tasks []*task
	count int
}

func (a *agenda) Len() int { return len(a.tasks) }
func (a *agenda) Less(i, j int) bool {
	if !a.tasks[i].at.Equal(a.tasks[j].at) {
		return a.tasks[i].at.Before(a.tasks[j].at)
	}
	return a.tasks[i].order < a.tasks[j].order
}
func (a *agenda) Swap(i, j int) {
	a.tasks[i], a.tasks[j] = a.tasks[j], a.tasks[i]
	a.tasks[i].place, a.tasks[j].place = i, j
}
func (a *agenda) Push(t any) {
	t.(*task).place = len(a.tasks)
	a.tasks = append(a.tasks, t.(*task))
}
func (a *agenda) Pop() any {
	last := a.tasks[len(a.tasks)-1]
	a.tasks[len(a.tasks)-1] = nil
	a.tasks = a.tasks[:len(a.tasks)-1]
	last.place = -1
	return last
}

// plan has run happen at the time, with the lock held. The lock is held here too.
func (s *Sandbox) plan(at time.Time, run func()) *task {
	s.agenda.count++
	t := &task{at: at, order: s.agenda.count, run: run}
	heap.Push(&s.agenda, t)
	s.nudge()
	return t
}

// forget takes a task that is no longer wanted off the agenda. The lock is held.
func (s *Sandbox) forget(t *task) {
	if t != nil && t.place >= 0 && t.place < len(s.agenda.tasks) && s.agenda.tasks[t.place] == t {
		heap.Remove(&s.agenda, t.place)
	}
}

// runDue runs everything that is due, in the order of its time, also what
// becomes due on the way. The lock is held.
func (s *Sandbox) runDue() {
	for s.agenda.Len() > 0 && !s.agenda.tasks[0].at.After(s.now()) {
		heap.Pop(&s.agenda).(*task).run()
		s.move()
	}
}

// nudge has the timekeeper look at the agenda again.
func (s *Sandbox) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// keepTime runs tasks as they become due, until the sandbox is closed.
func (s *Sandbox) keepTime() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		s.mu.Lock()
		s.runDue()
		wait := s.untilNext()
		s.mu.Unlock()
		timer.Reset(wait)
		select {
		case <-timer.C:
		case <-s.wake:
		case <-s.ctx.Done():
			return
		}
	}
}

// untilNext is how long the timekeeper may sleep. An injected clock may jump
// while it does, so then it looks up now and again.
func (s *Sandbox) untilNext() time.Duration {
	longest := time.Hour
	if s.injected {
		longest = 20 * time.Millisecond
	}
	if s.agenda.Len() == 0 {
		return longest
	}
	return max(0, min(longest, s.agenda.tasks[0].at.Sub(s.now())))
}

// clockRuns says whether the clock goes by itself: a test's may stand still
// until it is moved.
func (s *Sandbox) clockRuns() bool {
	if !s.injected {
		return true
	}
	before := s.world()
	time.Sleep(2 * time.Millisecond) // the world's own time, whatever the clock says
	return !s.world().Equal(before)
}
