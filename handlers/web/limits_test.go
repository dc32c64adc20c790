package web

import (
	"fmt"
	"testing"
	"time"

	"antom-checkout/checkout"
)

func TestALimitEasesWithTime(t *testing.T) {
	now := time.Unix(0, 0)
	m := NewLimiter(func() time.Time { return now }, nil)
	slow := Rate{1, 3}
	for i := range 3 {
		if m.take("a", slow) != 0 {
			t.Fatalf("number %d of 3 is refused", i+1)
		}
	}
	if wait := m.take("a", slow); wait != time.Second {
		t.Fatalf("the fourth at once is to wait %v, want a second", wait)
	}
	if m.take("b", slow) != 0 {
		t.Fatal("another client is refused")
	}
	now = now.Add(time.Second)
	if m.take("a", slow) != 0 || m.take("a", slow) == 0 {
		t.Fatal("after a second it is not one more")
	}
}

func TestTheMemoryOfTheLimitsIsBounded(t *testing.T) {
	now := time.Unix(0, 0)
	m := NewLimiter(func() time.Time { return now }, nil)
	once := Rate{1, 1}
	for i := range 3 * checkout.MaxRecent {
		m.take(fmt.Sprint(i), once)
		m.take("who comes again and again", once)
		if n := m.buckets.Len(); n > checkout.MaxRecent {
			t.Fatalf("%d clients are remembered", n)
		}
	}
	if m.take("who comes again and again", once) == 0 {
		t.Error("who was just seen is forgotten")
	}
	if m.take(fmt.Sprint(3*checkout.MaxRecent-1), once) == 0 {
		t.Error("the last to come is forgotten")
	}
}

// A clock that goes back refuses nothing until the old time: what was used up comes
// back from the new time on.
func TestALimitEasesAfterTheClockWentBack(t *testing.T) {
	now := time.Unix(100_000, 0)
	m := NewLimiter(func() time.Time { return now }, nil)
	m.take("a", Rate{1, 1})
	now = now.Add(-24 * time.Hour)
	if wait := m.take("a", Rate{1, 1}); wait > time.Second {
		t.Fatalf("the next one is to wait %v", wait)
	}
	now = now.Add(time.Second)
	if wait := m.take("a", Rate{1, 1}); wait != 0 {
		t.Errorf("a second later it is to wait %v", wait)
	}
}
