package proof_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// crosses reports whether messages cross on the wire in a seed's story. One seed in
// four tells such a story. These two remainders were chosen because none of the older
// regressions has one of them, so that those tell their old stories. Seeds 66, 106,
// 1306, 1879, 3367 and 3463 are the first regressions of messages that cross.
func crosses(seed uint64) bool { return seed%8 == 2 || seed%8 == 7 }

const (
	// longestHold is how long a request to Antom may be on its way. The program's
	// promises end with a cancel that takes longer than its cancelOnItsWay (five
	// minutes).
	longestHold = 4 * time.Minute
	// longestNotification is how long a notification may be on its way: no promise
	// depends on it.
	longestNotification = 3 * time.Hour
	// longestWait is a little less than the time that shop and Antom wait for an answer.
	longestWait = 9 * time.Second
	// deliveryLimit ends a request that hangs by a fault of the sandbox.
	deliveryLimit = 2 * time.Minute
)

// leg is one half of a message's way.
type leg string

const (
	asRequest leg = "request" // held before it is applied
	asAnswer  leg = "answer"  // held after it was applied, before the sender receives it
)

// cross carries a message independently of its sender: a request arrives and takes
// effect also when the sender has stopped waiting or has died.
func (ws *wires) cross(ctx context.Context, m message, deliver func(context.Context) (*http.Response, error)) (res *http.Response, arrived bool, err error) {
	type answer struct {
		res *http.Response
		err error
	}
	answered := make(chan answer, 1)
	ws.inFlight.Add(1)
	ws.carried.Go(func() {
		defer ws.inFlight.Add(-1)
		if !ws.travels(m, asRequest) {
			ws.w.tell("  %s %s is lost on its way", m.kind, idsIn(m.body))
			return
		}
		if ctx.Err() != nil {
			ends.add("requests that came after their sender had stopped waiting", 1)
		}
		ctx, cancel := context.WithTimeout(context.Background(), deliveryLimit)
		defer cancel()
		res, err := deliver(ctx)
		ws.passes()
		if ws.travels(m, asAnswer) {
			answered <- answer{res, err}
		}
	})
	select {
	case a := <-answered:
		ws.passes()
		return a.res, true, a.err
	case <-ctx.Done():
		return nil, true, ctx.Err()
	}
}

// idle reports whether no message is in flight.
func (ws *wires) idle() bool { return ws.inFlight.Load() == 0 }

// travels takes the time of one leg: mostly moments; while the wires are unreliable,
// often until other messages have overtaken this one, and sometimes longer than its
// sender waits. It reports whether the message arrives.
func (ws *wires) travels(m message, l leg) bool {
	time.Sleep(time.Duration(1+m.dice.IntN(400))*time.Millisecond + nanoseconds(m.dice))
	if h := ws.caught(m, l); h != nil {
		return h.wait(ws.over)
	}
	if ws.reliable() {
		return true
	}
	switch n := m.dice.IntN(20); {
	case n < 5:
		ends.add("messages held until others had overtaken them", 1)
		ws.waitsForOthers(1+m.dice.IntN(6), time.Duration(m.dice.Int64N(int64(longestWait))))
	case n < 7:
		time.Sleep(time.Duration(m.dice.Int64N(int64(longestWait))))
	case n == 7:
		time.Sleep(longestWait + time.Duration(m.dice.Int64N(int64(m.longest-longestWait))))
		if m.dice.IntN(3) == 0 {
			return false
		}
	}
	time.Sleep(nanoseconds(m.dice)) // the same event may have released other messages
	return true
}

// nanoseconds separate events that would otherwise happen at the same instant.
func nanoseconds(dice *rand.Rand) time.Duration { return time.Duration(1 + dice.IntN(1_000_000)) }

// overtaking is a message that waits until others have passed it.
type overtaking struct {
	left int // messages that still have to pass
	over chan struct{}
}

// waitsForOthers waits until n more requests or answers have arrived, or the time is
// over.
func (ws *wires) waitsForOthers(n int, atMost time.Duration) {
	o := &overtaking{left: n, over: make(chan struct{})}
	ws.mu.Lock()
	ws.waiting = append(ws.waiting, o)
	ws.mu.Unlock()
	select {
	case <-o.over:
	case <-time.After(atMost):
	}
}

// passes tells the waiting messages that a request or an answer has arrived.
func (ws *wires) passes() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.waiting = slices.DeleteFunc(ws.waiting, func(o *overtaking) bool {
		if o.left--; o.left == 0 {
			close(o.over)
		}
		return o.left == 0
	})
}

// held is a message that a test holds.
type held struct {
	t       *testing.T
	kind    string // "cancel", "inquiryPayment", "PAYMENT_RESULT"
	about   string // an id in its body
	leg     leg
	arrived chan struct{} // closed when the message is there
	goes    chan bool     // whether the message arrives
	freed   chan struct{} // closed when the message need not wait
}

// hold catches the next message of a kind about an id on one leg of its way.
func (ws *wires) hold(t *testing.T, l leg, kind, about string) *held {
	h := &held{t: t, kind: kind, about: about, leg: l, arrived: make(chan struct{}), goes: make(chan bool), freed: make(chan struct{})}
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.heldByHand = append(ws.heldByHand, h)
	return h
}

// caught takes out what a test has asked to hold on this leg, or nil.
func (ws *wires) caught(m message, l leg) *held {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	i := slices.IndexFunc(ws.heldByHand, func(h *held) bool {
		return h.leg == l && h.kind == m.kind && strings.Contains(string(m.body), h.about)
	})
	if i < 0 {
		return nil
	}
	h := ws.heldByHand[i]
	ws.heldByHand = slices.Delete(ws.heldByHand, i, i+1)
	ws.w.tell("  the %s of %s %s is held", l, m.kind, idsIn(m.body))
	return h
}

// wait holds the message until the test lets it go, or the story is over.
func (h *held) wait(over <-chan struct{}) bool {
	close(h.arrived)
	select {
	case through := <-h.goes:
		return through
	case <-h.freed:
		return true
	case <-over:
		return false
	}
}

// comes waits until the message is there. The test fails where none comes, before the
// shop itself stops waiting.
func (h *held) comes() {
	h.t.Helper()
	select {
	case <-h.arrived:
	case <-time.After(time.Minute):
		h.t.Fatalf("no %s of %s about %s has come", h.leg, h.kind, h.about)
	}
}

// letThrough lets the message arrive.
func (h *held) letThrough() { h.goes <- true }

// free lets the message arrive, also where it is still to come.
func (h *held) free() { close(h.freed) }

// lose discards the message.
func (h *held) lose() { h.goes <- false }
