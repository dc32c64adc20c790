package checkout

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"antom-checkout/antom"
)

const (
	sweepPause   = time.Second    // between two looks at the list of what is due
	sweepBatch   = 50             // payments looked at in one go
	sweepWorkers = 8              // of them at once
	sweepLimit   = 72 * time.Hour // of looking in vain; after that a person has to
	emailSenders = 4              // letters sent at once
)

// Sweep resumes everything unfinished until ctx ends: attempts without a known
// outcome, orders past their end, effects not yet delivered. It is what makes a
// crash, a restart or an outage on either side harmless.
//
// Letters have a round of their own: a mail server that hangs keeps nothing else
// waiting.
func (s *Service) Sweep(ctx context.Context) {
	var letters sync.WaitGroup
	letters.Go(func() { rounds(ctx, s.wakeEmails, s.sendEmails) })
	rounds(ctx, s.wake, s.resumeAll)
	letters.Wait()
}

// rounds does something again and again, at once when woken.
func rounds(ctx context.Context, wake <-chan struct{}, do func(context.Context)) {
	for {
		do(ctx)
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-time.After(sweepPause):
		}
	}
}

// SweepOnce does all that is due now.
func (s *Service) SweepOnce(ctx context.Context) {
	s.resumeAll(ctx)
	s.sendEmails(ctx)
}

// resumeAll does what is due, but for the letters.
func (s *Service) resumeAll(ctx context.Context) {
	now := s.now()
	due, err := s.store.DuePolls(ctx, now, sweepBatch)
	s.logFailure(ctx, "list due payments", err)
	s.pollAll(ctx, due)
	expired, err := s.store.DueExpiries(ctx, now, sweepBatch)
	s.logFailure(ctx, "list expired orders", err)
	for _, id := range expired {
		s.logFailure(ctx, "expire order "+id, guarded(func() error { return s.expire(ctx, id) }))
	}
	effects, err := s.store.PendingEffects(ctx, now, sweepBatch)
	s.logFailure(ctx, "list effects", err)
	for _, effect := range effects {
		s.deliver(ctx, effect)
	}
}

// pollAll looks at several payments at once, so that one that hangs keeps few
// others waiting.
func (s *Service) pollAll(ctx context.Context, due []DuePoll) {
	var checks sync.WaitGroup
	places := make(chan struct{}, sweepWorkers)
	for _, check := range due {
		places <- struct{}{}
		checks.Go(func() {
			defer func() { <-places }()
			err := guarded(func() error { return s.poll(ctx, check) })
			s.logFailure(ctx, "check payment "+check.RequestID, err)
		})
	}
	checks.Wait()
}

func (s *Service) logFailure(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		s.log.ErrorContext(ctx, what, "err", err)
	}
}

// check looks at one payment and settles when to look again: first, so that a
// failure or a crash below neither turns into a tight loop nor ends the looking.
func (s *Service) poll(ctx context.Context, due DuePoll) error {
	now := s.now()
	next := now.Add(s.pause(due.Polls))
	o, err := s.store.OrderByID(ctx, due.OrderID)
	if err != nil {
		_, later := s.store.Reschedule(ctx, due, next)
		return errors.Join(err, later)
	}
	tooLong := s.polledFor(due.Polls) > sweepLimit+s.slowness(o, *o.Payment(due.RequestID))
	if end := o.ExpiresAt; o.Payable() && end.After(now) && end.Before(next) {
		next = end // an attempt ends with its order, not a step of the schedule later
	}
	if stillDue, err := s.store.Reschedule(ctx, due, next); err != nil || !stillDue {
		return err // not any more: the list of what is due is some time old
	}
	known, err := s.inquireOnce(ctx, o, due.RequestID, now)
	if err == nil {
		o, err = s.store.OrderByID(ctx, due.OrderID)
	}
	if err == nil {
		err = s.proceed(ctx, o, *o.Payment(due.RequestID), known)
	}
	if tooLong || err == nil && known == FindingNotFound && s.neverPaid(o, *o.Payment(due.RequestID)) {
		err = errors.Join(err, s.stopPolling(ctx, due, known))
	}
	if err != nil {
		return err
	}
	return s.expire(ctx, o.ID)
}

// asks inquires a payment for the sweeper, unless somebody else just has.
func (s *Service) inquireOnce(ctx context.Context, o Order, requestID string, now time.Time) (Finding, error) {
	answer := FindingUnknown
	fresh, err := s.inquiries.once(ctx, requestID, now, func() (err error) {
		_, answer, err = s.inquire(ctx, o, *o.Payment(requestID))
		return err
	})
	if !fresh {
		return FindingUnknown, err // the question may still be asked, and answer still be written
	}
	return answer, err
}

// pause is the wait after so many looks in vain.
func (s *Service) pause(checks int) time.Duration {
	return s.cfg.SweepSchedule[min(checks, len(s.cfg.SweepSchedule)-1)]
}

// polledFor is how long so many looks have taken.
func (s *Service) polledFor(checks int) time.Duration {
	total := time.Duration(0)
	for n := range checks {
		total += s.pause(n)
	}
	return total
}

// slowness is how long a buyer may take who has to go to a shop or a bank: that
// Antom has nothing to tell before then says nothing.
func (s *Service) slowness(o Order, p Payment) time.Duration {
	if end := s.slowEnd(o, p); !end.IsZero() {
		return end.Sub(p.CreatedAt)
	}
	return 0
}

// proceed does what an inquiry alone has not brought to an end.
func (s *Service) proceed(ctx context.Context, o Order, p Payment, known Finding) (err error) {
	for _, op := range p.Operations {
		if op.Unfinished() && op.Key != "" { // what Antom does by itself it also ends by itself
			if o, err = s.resumeOperation(ctx, o, p.RequestID, op, known); err != nil {
				return err
			}
		}
	}
	p = *o.Payment(p.RequestID)
	switch {
	case known == FindingNotFound && p.Status.InProgress() && !s.now().Before(p.ExpiresAt):
		err = s.abandonExpired(ctx, o, p)
	case known == FindingNotFound && p.Status.InProgress() && p.Active && p.Action.Type == ActionNone:
		err = s.resubmit(ctx, o.ID, p.RequestID)
	case p.Status.InProgress() && !p.Active && o.hasFunds():
		_, _, err = s.requestReversal(ctx, o, p.RequestID, Cancel) // another attempt has brought the money
	case known == FindingPending && o.abandoned(p) && o.needsNoOther() && !s.refusedLately(p):
		_, _, err = s.requestReversal(ctx, o, p.RequestID, Cancel) // it goes on at Antom after all, and the order without it
	case p.needsReversal() && !p.unfinished():
		err = s.returnDuplicate(ctx, o, p)
	case p.Status == PaymentAuthorized && p.Active && s.cfg.ManualCapture && !p.unfinished():
		err = s.watchAuthorization(ctx, o, p.RequestID, known)
	}
	return err
}

// abandonExpired gives up an attempt that was never submitted, and that Antom takes no
// money for any more: a cancel of it, too, has nothing to wait for.
func (s *Service) abandonExpired(ctx context.Context, o Order, p Payment) error {
	w := Event{Cause: Cause{Kind: BySweeper}, RequestID: p.RequestID, Outcome: OutcomeAbandoned}
	for _, op := range p.Operations {
		if op.Kind == Cancel && op.Unfinished() {
			w.Operations = append(w.Operations, OperationEvent{Kind: Cancel, RequestID: op.RequestID, Status: OperationFailed, Code: string(antom.CodeOrderNotExist)})
		}
	}
	_, err := s.Record(ctx, o.ID, w, Evidence{})
	return err
}

// reverse gives back money the order has no use for: by cancel while the method
// allows it, otherwise by refund. What is refused is tried again later, with a
// new id, until a person has to look.
func (s *Service) returnDuplicate(ctx context.Context, o Order, p Payment) error {
	o, op, err := s.requestReversal(ctx, o, p.RequestID, Cancel)
	if err != nil || op.Status != OperationFailed || o.Payment(p.RequestID).Status != PaymentPaid {
		return err // done, or unknown, or an authorised card that is not captured yet
	}
	_, _, err = s.requestReversal(ctx, o, p.RequestID, Refund)
	return err
}

// repeat sends a request again that Antom has never heard of, so that a buyer
// who waits can go on. It takes its turn with the buyer's own starts.
func (s *Service) resubmit(ctx context.Context, orderID, requestID string) error {
	unlock, err := s.starts.lock(ctx, orderID)
	if err != nil {
		return err
	}
	defer unlock()
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return err
	}
	if p := o.Payment(requestID); p.Active && p.Status.InProgress() && p.Action.Type == ActionNone && !s.pastEnd(o) {
		_, err = s.submit(ctx, o, *p, true)
	}
	return err
}

// neverPaid reports whether a payment that Antom does not know was given up and
// cannot be paid any more either.
func (s *Service) neverPaid(o Order, p Payment) bool {
	return o.abandoned(p) && p.AntomID == "" && !s.now().Before(p.ExpiresAt)
}

// stopPolling ends the looks at a payment that was never paid, and those that have
// been in vain for too long, where it asks for a person instead. A look that was
// scheduled afresh meanwhile stays: then something has happened.
func (s *Service) stopPolling(ctx context.Context, due DuePoll, known Finding) error {
	before, after, err := s.store.Update(ctx, due.OrderID, Evidence{Cause: Cause{Kind: BySweeper}}, func(o Order) (Order, []Effect) {
		o = o.clone()
		p := o.Payment(due.RequestID)
		if p.NextPoll.IsZero() || p.Polls <= due.Polls {
			return o, nil
		}
		p.NextPoll = time.Time{}
		switch {
		case known == FindingNotFound && s.neverPaid(o, *p):
		case known == FindingPending && o.abandoned(*p): // nothing is owed; if it is paid, a notice tells
		case o.Review != "": // it says better what is wrong
		case p.needsReversal() && !p.unfinished():
			o.raise(cannotReverse, p.RequestID)
		default:
			o.raise(unknownTooLong, p.RequestID)
		}
		return o, nil
	})
	if err == nil {
		s.announce(ctx, before, after, Event{Cause: Cause{Kind: BySweeper}})
	}
	return err
}

// expire closes an order if it is past its end, once Antom agrees that nothing
// can be paid for it any more.
func (s *Service) expire(ctx context.Context, orderID string) error {
	unlock, err := s.starts.lock(ctx, orderID)
	if err != nil {
		return err
	}
	defer unlock()
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return err
	}
	_, err = s.expireIfOver(ctx, o, 0)
	return err
}

// pastEnd reports whether the time to pay an order is over.
func (s *Service) pastEnd(o Order) bool { return o.Payable() && !s.now().Before(o.ExpiresAt) }

// expireIfOver does nothing for an order that has more than margin left. The
// caller holds the order's start lock.
func (s *Service) expireIfOver(ctx context.Context, o Order, margin time.Duration) (Order, error) {
	if !o.Payable() || s.now().Add(margin).Before(o.ExpiresAt) {
		return o, nil
	}
	return s.close(ctx, o, OrderExpired, Cause{Kind: BySweeper})
}

// close ends an unpaid order for good, once Antom agrees that its attempt is
// dead. The order comes back as it was when Antom does not.
func (s *Service) close(ctx context.Context, o Order, as OrderStatus, cause Cause) (Order, error) {
	if live := o.Active(); live != nil && live.Status.InProgress() {
		var err error
		if o, _, err = s.endAttempt(ctx, o, *live, cause); err != nil {
			return o, err
		}
	}
	before, after, err := s.store.Update(ctx, o.ID, Evidence{Cause: cause}, func(o Order) (Order, []Effect) {
		if o.Status != OrderOpen {
			return o, nil
		}
		before := o
		o = o.clone()
		o.Closed = as
		o.recompute(s.rules())
		return o, effects(before, o)
	})
	if err == nil {
		s.announce(ctx, before, after, Event{Cause: cause})
	}
	return after, err
}

// deliver does one effect. It may be done twice after a crash, so each is
// harmless to repeat. What fails is tried again for as long as an unfinished
// payment is; the log hears of it when it begins and when it is given up.
func (s *Service) deliver(ctx context.Context, e PendingEffect) {
	err := guarded(func() error { return s.perform(ctx, e) })
	if err == nil {
		// Also while the program stops: what is done must not be done again.
		s.logFailure(ctx, "finish effect", s.store.EffectDone(context.WithoutCancel(ctx), e.ID))
		return
	}
	if ctx.Err() != nil {
		return // not its fault
	}
	next := s.now().Add(s.pause(e.Attempts))
	switch {
	case s.polledFor(e.Attempts) > sweepLimit, errors.Is(err, ErrUndeliverable):
		next = time.Time{}
		s.log.ErrorContext(ctx, "effect given up", "effect", e.Effect, "order", e.OrderID, "attempts", e.Attempts+1, "err", err)
	case e.Attempts == 0:
		s.log.WarnContext(ctx, "effect failed, to be tried again", "effect", e.Effect, "order", e.OrderID, "err", err)
	}
	s.logFailure(ctx, "postpone effect", s.store.EffectFailed(ctx, e.ID, next))
}

// guarded turns a panic into an error: one row that nobody foresaw must not stop
// the work on all others.
func guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do()
}
