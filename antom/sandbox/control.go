package sandbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"antom-checkout/antom"
)

// Control drives the sandbox from behind the scenes: it acts as the buyer, moves
// the clock and injects faults. Every method has a twin under /control/.
type Control struct{ s *Sandbox }

// Control returns the control API, for tests that run in the sandbox's process.
func (s *Sandbox) Control() *Control { return &Control{s} }

// ErrUnknownPayment says that there is no payment or session of that id.
var ErrUnknownPayment = errors.New("sandbox: no payment or session has this id")

// Ledger returns a copy of everything the sandbox knows of money.
func (c *Control) Ledger() Ledger {
	c.s.ledger.mu.Lock()
	defer c.s.ledger.mu.Unlock()
	return c.ledger()
}

func (c *Control) ledger() Ledger {
	l := c.s.ledger.copy()
	l.Vaultings = c.s.vaults.all()
	return l
}

// Messages returns the latest messages, oldest first.
func (c *Control) Messages() []Message { return c.s.messages.all() }

// Notifications returns the notifications that were or will be sent, oldest first.
func (c *Control) Notifications() []Notification { return c.s.notifier.all() }

// AddFault injects a fault from now on.
func (c *Control) AddFault(f Fault) (Fault, error) {
	added, err := c.s.faults.add(f)
	if err == nil {
		c.s.changes.add()
	}
	return added, err
}

// Faults returns the faults that may still take effect.
func (c *Control) Faults() []Fault {
	list, _ := c.s.faults.all()
	return list
}

// RemoveFault ends one fault and reports whether there was one of that id.
func (c *Control) RemoveFault(id string) bool {
	defer c.s.changes.add()
	return c.s.faults.remove(id)
}

// ClearFaults ends all faults.
func (c *Control) ClearFaults() {
	c.s.faults.clear()
	c.s.changes.add()
}

// Seed starts the draw of faults with a chance again from this seed.
func (c *Control) Seed(seed uint64) { c.s.faults.reseed(seed) }

// Now is the sandbox's time. It waits for an advance of the clock to end.
func (c *Control) Now() time.Time {
	c.s.ledger.mu.Lock()
	defer c.s.ledger.mu.Unlock()
	return c.s.scheduler.now()
}

// Advance moves the sandbox's clock ahead. What becomes due on the way happens
// in its order before Advance returns; notifications are then under way, see
// WaitIdle.
func (c *Control) Advance(d time.Duration) error {
	if d < 0 {
		return errors.New("sandbox: the clock moves ahead only")
	}
	l := c.s.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	c.s.scheduler.advance(d, l.commit)
	l.commit()
	return l.journal.keepClock(c.s.scheduler.offset())
}

// Reset forgets payments, messages, notifications and faults, and sets the clock
// back. The keys stay. The error is that of the ledger file, if there is one.
func (c *Control) Reset() error {
	l := c.s.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	c.s.forget()
	err := l.journal.rewrite()
	l.commit()
	return err
}

// WaitIdle waits until nothing is due and no notification is under way. Where
// the clock runs it also waits for what follows an act within moments: the
// notification, the capture and the refund. A clock that stands still has to be
// moved first.
func (c *Control) WaitIdle(ctx context.Context) error {
	moments := time.Duration(0)
	if c.s.scheduler.clockRuns() {
		moments = c.s.delays.notification + max(c.s.delays.capture, c.s.delays.refund)
	}
	return c.await(ctx, func() bool { return c.s.notifier.idle() && c.s.scheduler.idle(moments) })
}

// Await waits until the ledger is as wanted.
func (c *Control) Await(ctx context.Context, wanted func(Ledger) bool) error {
	return c.await(ctx, func() bool { return wanted(c.ledger()) })
}

// await waits until done, which is asked with the ledger's lock held: so it sees
// no task or sending half done.
func (c *Control) await(ctx context.Context, done func() bool) error {
	for {
		_, changed := c.s.changes.state()
		c.s.ledger.mu.Lock()
		finished := done()
		c.s.ledger.mu.Unlock()
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
	c.s.ledger.mu.Lock()
	defer c.s.ledger.mu.Unlock()
	_, err := c.s.sessions.reach(requestID, method)
	return err
}

// Pay has the buyer pay, through the session's SDK or the payment's page; a card
// is the test card that succeeds, and a 3-D Secure challenge is passed.
func (c *Control) Pay(requestID string) error {
	return c.act(requestID, c.s.payments.buyerPaysAsAsked)
}

// Challenge has the buyer enter a card whose bank then asks them to confirm (3-D
// Secure). Pay confirms, Decline refuses, CancelChallenge cancels at the bank, and
// Leave walks away.
func (c *Control) Challenge(requestID string) error {
	return c.act(requestID, c.s.payments.buyerIsAsked)
}

// CancelChallenge has the buyer cancel on their bank's page.
func (c *Control) CancelChallenge(requestID string) error {
	return c.act(requestID, c.s.payments.buyerCancels)
}

// PayAndSave has the buyer agree on Antom's page or in the SDK's form that their card is
// stored, and pay.
func (c *Control) PayAndSave(requestID string) error {
	return c.act(requestID, func(p *Payment) error {
		p.Consent = true
		return c.s.payments.buyerPaysAsAsked(p)
	})
}

// RevokeCard ends the token of the card that has paid a payment: it is unknown from then
// on. With a code, the card's bank refuses every payment with that code instead.
func (c *Control) RevokeCard(requestID, code string) error {
	return c.act(requestID, func(p *Payment) error {
		if p.Card == nil {
			return errNoSavedCard
		}
		saved := c.s.cards.revoke(p.Card.CardToken, antom.ResultCode(code))
		if saved == nil {
			return errNoSavedCard
		}
		c.s.ledger.keep(saved)
		return nil
	})
}

var errNoSavedCard = errors.New("the payment has no card with a token")

// PayOther has Antom take another amount than was asked for, in minor units, or
// take it by another method, and report that in every message from then on.
func (c *Control) PayOther(requestID, method string, minor int64) error {
	return c.act(requestID, func(p *Payment) error {
		if final(p.Status) {
			return fmt.Errorf("sandbox: the payment is already %s", p.Status)
		}
		p.Method, p.Money.Amount = method, minor
		return c.s.payments.buyerPaysAsAsked(p)
	})
}

// Decline has the buyer's bank or wallet refuse. The code is what Antom reports,
// such as USER_BALANCE_NOT_ENOUGH; empty is the method's usual one.
func (c *Control) Decline(requestID, code string) error {
	return c.act(requestID, func(p *Payment) error { return c.s.payments.buyerDeclined(p, antom.ResultCode(code)) })
}

// Pend has the buyer do their part of a method that confirms later: the payment
// is PENDING until Pay or Decline ends it.
func (c *Control) Pend(requestID string) error {
	return c.act(requestID, c.s.payments.buyerPends)
}

// Leave has the buyer go back to the shop without paying: nothing happens.
func (c *Control) Leave(requestID string) error {
	return c.act(requestID, func(p *Payment) error { c.s.payments.buyerLeaves(p); return nil })
}

// Close ends an unpaid payment as its close time does.
func (c *Control) Close(requestID string) error {
	return c.act(requestID, func(p *Payment) error {
		if final(p.Status) {
			return fmt.Errorf("sandbox: the payment is already %s", p.Status)
		}
		c.s.payments.close(p)
		return nil
	})
}

// act does one act on a payment as one change of the ledger.
func (c *Control) act(requestID string, do func(*Payment) error) error {
	l := c.s.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	p, err := c.s.sessions.reach(requestID, "")
	if err != nil {
		return err
	}
	defer l.commit()
	return do(p)
}

// Dispute has the buyer's bank charge back a paid payment, or a part of it (amount 0
// is all of it). It returns the dispute's id.
func (c *Control) Dispute(requestID string, amount int64, reasonCode string) (string, error) {
	return c.DisputeBy(requestID, DisputeAct{Amount: amount, ReasonCode: reasonCode})
}

// DisputeBy has the buyer's bank dispute a paid payment in any of the ways there are.
func (c *Control) DisputeBy(requestID string, act DisputeAct) (string, error) {
	l := c.s.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	d, err := c.s.disputes.open(requestID, act)
	if err != nil {
		return "", err
	}
	l.commit()
	return d.ID, nil
}

// Judge decides a dispute: ACCEPT_BY_CUSTOMER is for the merchant, ACCEPT_BY_MERCHANT for
// the buyer. Papers of a compliance request are judged VALIDATE_SUCCESS or VALIDATE_FAIL.
func (c *Control) Judge(disputeID, verdict string) error {
	return c.endDispute(disputeID, verdict, c.s.disputes.judge)
}

// Withdraw has the buyer withdraw a dispute.
func (c *Control) Withdraw(disputeID string) error {
	return c.endDispute(disputeID, "", c.s.disputes.withdraw)
}

func (c *Control) endDispute(id, ruling string, how func(*Dispute, string) error) error {
	l := c.s.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := c.s.disputes.conclude(id, ruling, how); err != nil {
		return err
	}
	l.commit()
	return nil
}
