package payments

import (
	"context"
	"errors"
	"sync"
	"time"

	"antom-checkout/checkout"
)

const (
	sweepPause   = time.Second // between two looks at the list of what is due
	sweepBatch   = 50          // payments polled in one go
	sweepWorkers = 8           // of them at once
)

// sweeper resumes what is unfinished.
type sweeper struct {
	*starts
	outbox  *outbox
	erasing *erasing
	clock   clockWatch
}

// Sweep resumes everything unfinished until ctx ends: attempts without a known
// outcome, orders past their end, effects not yet delivered. It is what makes a crash,
// a restart or an outage on either side harmless.
//
// Emails and look-ups have rounds of their own: a mail server that hangs delays nothing
// else. So have searches, which inquire many payments, and erasures, of which there may
// be many on the first day.
func (s *sweeper) Sweep(ctx context.Context) {
	var others sync.WaitGroup
	others.Go(func() { rounds(ctx, s.wakeEmails, s.outbox.sendEmails) })
	others.Go(func() { rounds(ctx, s.wakeLookup, s.outbox.answerLookups) })
	others.Go(func() { rounds(ctx, s.wakeSearch, s.search) })
	others.Go(func() { rounds(ctx, nil, s.erasing.eraseDue) })
	rounds(ctx, s.wake, s.resumeAll)
	others.Wait()
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
func (s *sweeper) SweepOnce(ctx context.Context) {
	s.resumeAll(ctx)
	s.search(ctx)
	s.outbox.answerLookups(ctx)
	s.outbox.sendEmails(ctx)
	s.erasing.eraseDue(ctx)
}

// resumeAll does what is due, but for the emails.
func (s *sweeper) resumeAll(ctx context.Context) {
	s.followClock(ctx)
	now := s.now()
	due, err := s.store.DuePolls(ctx, now, sweepBatch)
	s.logFailure(ctx, "list due payments", err)
	s.pollAll(ctx, due)
	expired, err := s.store.DueExpiries(ctx, now, sweepBatch)
	s.logFailure(ctx, "list expired orders", err)
	for _, id := range expired {
		s.logFailure(ctx, "expire order", checkout.Guard(func() error { return s.expire(ctx, id) }), aboutOrder(id))
	}
	s.remindOfDisputes(ctx)
	effects, err := s.store.PendingEffects(ctx, now, sweepBatch)
	s.logFailure(ctx, "list effects", err)
	for _, effect := range effects {
		s.outbox.deliver(ctx, effect)
	}
}

// pollAll polls several payments at once, so that one that hangs delays few others.
func (s *sweeper) pollAll(ctx context.Context, due []checkout.DuePoll) {
	var polls sync.WaitGroup
	places := make(chan struct{}, sweepWorkers)
	for _, poll := range due {
		places <- struct{}{}
		polls.Go(func() {
			defer func() { <-places }()
			err := checkout.Guard(func() error { return s.poll(ctx, poll) })
			s.logFailure(ctx, "poll payment", err, aboutOrder(poll.OrderID), aboutPayment(poll.RequestID))
		})
	}
	polls.Wait()
}

// poll inquires one payment and does what the answer asks for. The next poll is
// scheduled first, so that a failure or a crash below neither turns into a tight loop
// nor ends the polling.
func (s *sweeper) poll(ctx context.Context, due checkout.DuePoll) error {
	r := s.rules()
	o, err := s.store.OrderByID(ctx, due.OrderID)
	if err != nil {
		_, later := s.store.Reschedule(ctx, due, r.Now.Add(r.Schedule.Wait(due.Polls)))
		return errors.Join(err, later)
	}
	next, exhausted := checkout.NextPoll(o, due.RequestID, due.Polls, s.slowness(o, *o.Payment(due.RequestID)), r)
	if stillDue, err := s.store.Reschedule(ctx, due, next); err != nil || !stillDue {
		return err // no longer due: the list is some time old
	}
	found, err := s.inquireOnce(ctx, o, due.RequestID, r.Now)
	if err == nil {
		err = s.proceed(ctx, due.OrderID, due.RequestID, found)
	}
	if o, loadErr := s.store.OrderByID(ctx, due.OrderID); loadErr == nil {
		neverPaid := err == nil && found == checkout.FindingNotFound && checkout.NeverPaid(o, due.RequestID, s.rules())
		if exhausted || neverPaid {
			err = errors.Join(err, s.stopPolling(ctx, due, found))
		}
	}
	if err != nil {
		return err
	}
	return s.expire(ctx, due.OrderID)
}

// slowness is how long a buyer may take who has to go to a shop or a bank.
func (s *sweeper) slowness(o checkout.Order, p checkout.Payment) time.Duration {
	if end := s.methods.SlowEnd(o, p); !end.IsZero() {
		return end.Sub(p.CreatedAt)
	}
	return 0
}

// proceed does what an inquiry alone has not brought to an end: first what is asked of
// the payment, then the payment itself.
func (s *sweeper) proceed(ctx context.Context, orderID, requestID string, found checkout.Finding) error {
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return err
	}
	for _, op := range o.Payment(requestID).Operations {
		if op.Unfinished() {
			if o, err = s.proceedOperation(ctx, o, requestID, op, found); err != nil {
				return err
			}
		}
	}
	switch checkout.NextForPayment(o, requestID, found, s.rules()) {
	case checkout.StepAbandon:
		e := checkout.AbandonEvent(o, requestID, checkout.Cause{Kind: checkout.BySweeper}, s.rules())
		_, err = s.Record(ctx, o.ID, e, checkout.Evidence{})
	case checkout.StepSubmit:
		err = s.resubmit(ctx, o.ID, requestID)
	case checkout.StepCancel:
		_, _, err = s.reverse(ctx, o, requestID, checkout.Cancel)
	case checkout.StepReturn:
		err = s.returnIfNeedless(ctx, o, requestID, found)
	case checkout.StepWatchAuthorization:
		_, err = s.change(ctx, o.ID, checkout.Cause{Kind: checkout.BySweeper}, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
			after, effects := checkout.WatchAuthorization(o, requestID, found, s.rules())
			return after, effects, nil
		})
	}
	return err
}

// proceedOperation goes on with an operation whose end is not known.
func (s *sweeper) proceedOperation(ctx context.Context, o checkout.Order, requestID string, op checkout.Operation, found checkout.Finding) (checkout.Order, error) {
	step := checkout.NextForOperation(o, requestID, op, found, s.rules())
	if step == checkout.StepInquireRefund {
		e, call, known := s.gateway.InquireRefund(ctx, *o.Payment(requestID), op)
		switch known {
		case checkout.FindingFound:
			return s.Record(ctx, o.ID, e, checkout.Evidence{Call: call})
		case checkout.FindingUnknown:
			return o, nil // the sweeper comes again
		}
		step = checkout.NextForMissedRefund(op)
	}
	switch step {
	case checkout.StepCountMiss:
		return s.change(ctx, o.ID, checkout.Cause{Kind: checkout.BySweeper}, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
			return checkout.CountMiss(o, requestID, op.RequestID, s.rules()), nil, nil
		})
	case checkout.StepConcludeCancel:
		o, err := s.Record(ctx, o.ID, checkout.ConcludeCancelEvent(requestID, op), checkout.Evidence{})
		if err == nil {
			o, _, err = s.inquire(ctx, o, *o.Payment(requestID))
		}
		return o, err
	case checkout.StepSubmit:
		o, err := s.change(ctx, o.ID, checkout.Cause{Kind: checkout.BySweeper}, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
			return checkout.Resubmit(o, requestID, op, s.rules()), nil, nil
		})
		if err == nil {
			o, _, err = s.carryOut(ctx, o, requestID, op, true)
		}
		return o, err
	}
	return o, nil
}

func (s *sweeper) stopPolling(ctx context.Context, due checkout.DuePoll, found checkout.Finding) error {
	_, err := s.change(ctx, due.OrderID, checkout.Cause{Kind: checkout.BySweeper}, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		after, effects := checkout.StopPolling(o, due.RequestID, due.Polls, found, s.rules())
		return after, effects, nil
	})
	return err
}
