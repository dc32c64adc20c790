package sandbox

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// scheduler is the sandbox's clock and the tasks that wait for their time. Its
// lock guards the clock's offset and the queue; a task runs without that lock
// and with the ledger's, which every caller of runDue and advance holds.
type scheduler struct {
	world    func() time.Time
	injected bool          // the clock was injected, so it may stand still, or jump while the timer sleeps
	wake     chan struct{} // has the timer read the queue again

	mu    sync.Mutex
	ahead time.Duration // how far the control API moved the clock ahead of the world
	tasks taskQueue
	count int
}

// newScheduler makes a scheduler on the world's clock, time.Now when it is nil.
func newScheduler(world func() time.Time) *scheduler {
	s := &scheduler{world: world, injected: world != nil, wake: make(chan struct{}, 1)}
	if world == nil {
		s.world = time.Now
	}
	return s
}

// now is the sandbox's time: the world's, plus what the control API added.
func (s *scheduler) now() time.Time { return s.world().Add(s.offset()) }

// offset is how far the clock is ahead of the world.
func (s *scheduler) offset() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ahead
}

// plan has run happen at the time, with the ledger's lock held.
func (s *scheduler) plan(at time.Time, run func()) *task {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	t := &task{at: at, order: s.count, run: run}
	heap.Push(&s.tasks, t)
	s.nudge()
	return t
}

// cancel removes a task from the queue; nil and a task that ran are ignored.
func (s *scheduler) cancel(t *task) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t != nil && t.place >= 0 && t.place < len(s.tasks) && s.tasks[t.place] == t {
		heap.Remove(&s.tasks, t.place)
	}
}

// runDue runs every task that is due, in the order of its time, including those
// that become due while it runs. It calls after behind each of them. The
// ledger's lock is held, so no task that was cancelled can still run.
func (s *scheduler) runDue(after func()) {
	for t := s.nextDue(); t != nil; t = s.nextDue() {
		t.run()
		after()
	}
}

func (s *scheduler) nextDue() *task {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tasks) == 0 || s.tasks[0].at.After(s.world().Add(s.ahead)) {
		return nil
	}
	return heap.Pop(&s.tasks).(*task)
}

// advance moves the clock ahead, task by task, so that each one runs at its own
// time. The ledger's lock is held, so the whole way is one step for all others.
func (s *scheduler) advance(d time.Duration, after func()) {
	target := s.offset() + d
	for s.moveToNextTask(target) {
		s.runDue(after)
	}
	s.moveTo(target)
	s.runDue(after)
	s.nudge()
}

// moveToNextTask moves the clock to the time of the next task, unless that lies
// beyond the target.
func (s *scheduler) moveToNextTask(target time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tasks) == 0 {
		return false
	}
	step := s.tasks[0].at.Sub(s.world())
	if step > target {
		return false
	}
	s.ahead = max(s.ahead, step)
	return true
}

// moveTo moves the clock to this offset. It never moves back.
func (s *scheduler) moveTo(offset time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead = max(s.ahead, offset)
}

// idle says whether no task is due within this time.
func (s *scheduler) idle(within time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.tasks) == 0 || s.tasks[0].at.After(s.world().Add(s.ahead+within))
}

// reset drops all tasks and sets the clock back to the world's.
func (s *scheduler) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tasks, s.ahead = nil, 0
	s.nudge()
}

// nudge has the timer read the queue again.
func (s *scheduler) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// watch calls runDue whenever a task becomes due, until ctx ends.
func (s *scheduler) watch(ctx context.Context, runDue func()) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		runDue()
		timer.Reset(s.untilNext())
		select {
		case <-timer.C:
		case <-s.wake:
		case <-ctx.Done():
			return
		}
	}
}

// untilNext is how long the timer may sleep. An injected clock may jump
// meanwhile, so then it wakes at short intervals.
func (s *scheduler) untilNext() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	longest := time.Hour
	if s.injected {
		longest = 20 * time.Millisecond
	}
	if len(s.tasks) == 0 {
		return longest
	}
	return max(0, min(longest, s.tasks[0].at.Sub(s.world().Add(s.ahead))))
}

// clockRuns says whether the clock goes by itself: a test's may stand still
// until it is moved.
func (s *scheduler) clockRuns() bool {
	if !s.injected {
		return true
	}
	before := s.world()
	time.Sleep(2 * time.Millisecond) // real time, whatever the injected clock says
	return !s.world().Equal(before)
}

// task is something that happens by itself at its time: a payment closes, a
// capture succeeds, a notification is due.
type task struct {
	at    time.Time
	order int // of two tasks for the same moment the older one runs first
	run   func()
	place int // in the queue; -1 when it is not there
}

// taskQueue is a heap of tasks, the next one first.
type taskQueue []*task

func (q taskQueue) Len() int { return len(q) }
func (q taskQueue) Less(i, j int) bool {
	if !q[i].at.Equal(q[j].at) {
		return q[i].at.Before(q[j].at)
	}
	return q[i].order < q[j].order
}
func (q taskQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

// Push adds a task, for package heap.
func (q *taskQueue) Push(t any) {
	t.(*task).place = len(*q)
	*q = append(*q, t.(*task))
}

// Pop removes the last task, for package heap.
func (q *taskQueue) Pop() any {
	last := (*q)[len(*q)-1]
	(*q)[len(*q)-1] = nil
	*q = (*q)[:len(*q)-1]
	last.place = -1
	return last
}
