package handlers

import (
	"fmt"
	"testing"
	"time"
)

func TestALimitGivesWayWithTime(t *testing.T) {
	now := time.Unix(0, 0)
	m := newLimiter(func() time.Time { return now })
	slow := limit{1, 3}
	for i := range 3 {
		if !m.allow("a", slow) {
			t.Fatalf("number %d of 3 is refused", i+1)
		}
	}
	if m.allow("a", slow) {
		t.Fatal("the fourth at once is allowed")
	}
	if !m.allow("b", slow) {
		t.Fatal("somebody else is refused")
	}
	now = now.Add(time.Second)
	if !m.allow("a", slow) || m.allow("a", slow) {
		t.Fatal("after a second it is not one more")
	}
}

func TestTheMemoryOfTheLimitsIsBounded(t *testing.T) {
	now := time.Unix(0, 0)
	m := newLimiter(func() time.Time { return now })
	for i := range 3 * maxBuckets {
		m.allow(fmt.Sprint(i), limit{1, 1})
	}
	if n := len(m.buckets); n > maxBuckets {
		t.Fatalf("%d clients are remembered", n)
	}
}
