package operators

import (
	"time"

	"antom-checkout/checkout"
)

// Tries are the wrong tries of an account, an address or a second factor.
type Tries struct {
	Key   string
	Count int
	At    time.Time // of the last one
	Until time.Time // no further try before
}

// After how many wrong tries each further one has to wait. Many people may share an
// address.
const (
	accountTries = 5
	addressTries = 20
)

// The wait doubles with each further try. Tries are forgotten when none was made for
// longest; so a stranger who keeps on guessing delays the account's owner by no more.
const (
	firstWait   = 30 * time.Second
	longestWait = 15 * time.Minute
	forgotten   = time.Hour
)

// again counts one more try before it is known to be right, so that tries at the same
// time count as well. wait is how long it has to wait instead.
func (t Tries) again(now time.Time, free int) (after Tries, wait time.Duration) {
	if wait := t.Until.Sub(now); t.Count >= free && wait > 0 && wait <= longestWait+checkout.ClockSkew { // longer: the clock has gone back
		return t, wait
	}
	if now.Sub(t.At) >= forgotten {
		t.Count = 0
	}
	t.Count, t.At, t.Until = t.Count+1, now, now
	if over := t.Count - free; over >= 0 {
		t.Until = now.Add(min(firstWait<<min(over, 10), longestWait))
	}
	return t, 0
}

// right takes back a try that was right: it ends those of an account.
func (t Tries) right(free int) Tries {
	t.Count, t.Until = max(0, t.Count-1), t.At
	if free == accountTries {
		t.Count = 0
	}
	return t
}
