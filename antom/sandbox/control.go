package sandbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"antom-checkout/antom"
)

// Control is the hand behind the scenes: it acts as the buyer, moves the clock
// and makes things go wrong. Every method has a twin under /control/.
type Control struct{ s *Sandbox }

// Control returns the levers, for tests that run in the sandbox's process.
func (s *Sandbox) Control() *Control { return &Control{s} }

// ErrUnknownPayment says that there is no payment or session of that id.
var ErrUnknownPayment = errors.New("sandbox: no payment or session has this id")

// Ledger returns a copy of everything the sandbox knows of money.
func (c *Control) Ledger() Ledger {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.s.books.ledger()
}

// Messages returns the latest messages, oldest first.
func (c *Control) Messages() []Message {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.s.messages.all()
}

// Notices returns the notices that were or will be sent, oldest first.
func (c *Control) Notices() []Notice {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.s.books.allNotices()
}

// AddFault makes something go wrong from now on.
func (c *Control) AddFault(f Fault) (Fault, error) {
	if err := f.check(); err != nil {
		return Fault{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.faultCount++
	f.ID, f.Hits = "fault-"+strconv.Itoa(c.s.faultCount), 0
	c.s.faults = append(c.s.faults, f)
	c.s.move()
	return f, nil
}

// Faults returns the faults that may still strike.
func (c *Control) Faults() []Fault {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return slices.Clone(c.s.faults)
}

// RemoveFault ends one fault and reports whether there was one of that id.
func (c *Control) RemoveFault(id string) bool {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	before := len(c.s.faults)
	c.s.faults = slices.DeleteFunc(c.s.faults, func(f Fault) bool { return f.ID == id })
	c.s.move()
	return len(c.s.faults) < before
}

// ClearFaults ends all faults.
func (c *Control) ClearFaults() {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.faults = nil
	c.s.move()
}

// Seed starts the draw of faults with a chance anew.
func (c *Control) Seed(seed uint64) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.seed, c.s.random = seed, newRandom(seed)
}

// Now is the sandbox's time.
func (c *Control) Now() time.Time {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.s.now()
}

// Advance moves the sandbox's clock ahead. What becomes due on the way happens
// in its order before Advance returns; notices are then under way, see WaitIdle.
func (c *Control) Advance(d time.Duration) error {
	if d < 0 {
		return errors.New("sandbox: the clock moves ahead only")
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	target := c.s.ahead + d
	for c.s.agenda.Len() > 0 {
		// Step by step, so that what happens on the way happens at its own time.
		step := c.s.agenda.tasks[0].at.Sub(c.s.world())
		if step > target {
			break
		}
		c.s.ahead = max(c.s.ahead, step)
		c.s.runDue()
	}
	c.s.ahead = max(c.s.ahead, target)
	c.s.runDue()
	c.s.move()
	c.s.nudge()
	return c.s.keepClock()
}

// Reset forgets payments, messages, notices and faults, and sets the clock
// back. The keys stay. The error is that of the ledger file, if there is one.
func (c *Control) Reset() error {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	s.books, s.agenda, s.ahead = newBooks(), agenda{}, 0
	s.faults, s.messages = nil, messageLog{}
	s.era++
	s.random = newRandom(s.seed)
	err := s.rewrite()
	s.move()
	s.nudge()
	return err
}

// WaitIdle waits until nothing is due and no notice is under way. Where the
// clock runs it also waits for what follows an act within moments, the notice,
// the capture and the refund; a clock that stands still has to be moved first.
func (c *Control) WaitIdle(ctx context.Context) error {
	moments := time.Duration(0)
	if c.s.clockRuns() {
		moments = c.s.delays.notice + max(c.s.delays.capture, c.s.delays.refund)
	}
	return c.await(ctx, func() bool {
		due := c.s.agenda.Len() > 0 && !c.s.agenda.tasks[0].at.After(c.s.now().Add(moments))
		return c.s.sending == 0 && !due
	})
}

// Await waits until the ledger is as wanted.
func (c *Control) Await(ctx context.Context, wanted func(Ledger) bool) error {
	return c.await(ctx, func() bool { return wanted(c.s.books.ledger()) })
}

func (c *Control) await(ctx context.Context, done func() bool) error {
	for {
		c.s.mu.Lock()
		finished, changed := done(), c.s.changed
		c.s.mu.Unlock()
		if finished {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Submit does what the SDK does when the buyer confirms: the session becomes a
// payment that is PROCESSING. A session without a method needs one.
func (c *Control) Submit(requestID, method string) error {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	_, err := c.s.reach(requestID, method)
	return err
}

// Pay has the buyer pay, through the session's SDK or the payment's page; a card
// is the test card that succeeds, and a 3-D Secure challenge is passed.
func (c *Control) Pay(requestID string) error {
	return c.act(requestID, func(p *Payment) error { return c.s.buyerPays(p, nil) })
}

// PayOther has Antom take another amount than was asked for, in minor units, or
// take it by another method, and stand by it in every word from then on.
func (c *Control) PayOther(requestID, method string, minor int64) error {
	return c.act(requestID, func(p *Payment) error {
		if final(p.Status) {
			return fmt.Errorf("sandbox: the payment is already %s", p.Status)
		}
		p.Method, p.Money.Amount = method, minor
		return c.s.buyerPays(p, nil)
	})
}

// Decline has the buyer's bank or wallet say no. The code is what Antom reports,
// such as USER_BALANCE_NOT_ENOUGH; empty is the method's usual one.
func (c *Control) Decline(requestID, code string) error {
	return c.act(requestID, func(p *Payment) error { return c.s.buyerDeclined(p, antom.ResultCode(code)) })
}

// Pend has the buyer do their part of a method that confirms later: the payment
// is PENDING until Pay or Decline ends it.
func (c *Control) Pend(requestID string) error {
	return c.act(requestID, c.s.buyerPends)
}

// Leave has the buyer go back to the shop without paying: nothing happens.
func (c *Control) Leave(requestID string) error {
	return c.act(requestID, func(p *Payment) error { c.s.tell(p, "the buyer went back without paying"); return nil })
}

// Close ends an unpaid payment as its close time does.
func (c *Control) Close(requestID string) error {
	return c.act(requestID, func(p *Payment) error {
		if final(p.Status) {
			return fmt.Errorf("sandbox: the payment is already %s", p.Status)
		}
		c.s.closePayment(p)
		return nil
	})
}

func (c *Control) act(requestID string, do func(*Payment) error) error {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	p, err := c.s.reach(requestID, "")
	if err != nil {
		return err
	}
	defer c.s.move()
	return do(p)
}

// reach finds a payment, submitting its session if that has not happened yet.
// The lock is held.
func (s *Sandbox) reach(requestID, method string) (*Payment, error) {
	if p := s.payments[requestID]; p != nil {
		return p, nil
	}
	session := s.sessions[requestID]
	if session == nil {
		return nil, ErrUnknownPayment
	}
	return s.submit(session, method)
}
