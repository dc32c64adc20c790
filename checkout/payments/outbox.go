package payments

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"antom-checkout/checkout"
)

// deliverLimit is how long the delivery of an effect is tried.
const deliverLimit = 72 * time.Hour

// outbox delivers effects: emails to buyers and to the operator.
type outbox struct {
	*recorder
	methods Methods
	links
	lookups    chan lookup
	unrecorded sync.Map // ids of effects that are done and could not be marked as sent yet
}

// deliver does one effect. It may be done twice after a crash, so each is harmless to
// repeat. What fails is tried again for three days; the log has a line when the trouble
// begins and when the effect is given up.
func (s *outbox) deliver(ctx context.Context, e checkout.PendingEffect) {
	mine, err := s.store.ClaimEffect(ctx, e)
	s.logFailure(ctx, "claim effect", err)
	if err != nil || !mine {
		return // another program carries it out
	}
	if _, done := s.unrecorded.Load(e.ID); !done {
		err = checkout.Guard(func() error { return s.perform(ctx, e) })
	}
	if err == nil {
		// Also while the program stops: what is done must not be done again.
		s.markSent(context.WithoutCancel(ctx), e)
		return
	}
	if ctx.Err() != nil {
		return // the program stops
	}
	if errors.Is(err, errRecipientAllowance) {
		s.cfg.Meter.EmailWithheld(allowanceRecipient)
		s.logUndelivered(ctx, slog.LevelWarn, "email withheld", e, err)
		s.giveUp(ctx, e)
		return
	}
	if errors.Is(err, errTotalAllowance) {
		s.cfg.Meter.EmailWithheld(allowanceTotal)
	}
	if s.cfg.SweepSchedule.Elapsed(e.Attempts) > deliverLimit || errors.Is(err, checkout.ErrUndeliverable) {
		s.logUndelivered(ctx, slog.LevelError, "effect given up", e, err)
		s.giveUp(ctx, e)
		return
	}
	if e.Attempts == 0 {
		s.logUndelivered(ctx, slog.LevelWarn, "effect failed, to be tried again", e, err)
	}
	next := s.now().Add(s.cfg.SweepSchedule.Wait(e.Attempts))
	s.logFailure(ctx, "postpone effect", s.store.EffectFailed(ctx, e.ID, next))
}

// markSent records that an effect is done. While the database cannot write, it is
// remembered here, so that an email does not go out with every round.
func (s *outbox) markSent(ctx context.Context, e checkout.PendingEffect) {
	err := s.store.EffectDone(ctx, e.ID)
	if err == nil {
		s.unrecorded.Delete(e.ID)
	} else {
		s.unrecorded.Store(e.ID, true)
	}
	s.logFailure(ctx, "finish effect", err)
}

// giveUp ends an effect that is not carried out.
func (s *outbox) giveUp(ctx context.Context, e checkout.PendingEffect) {
	o, err := s.store.OrderByID(ctx, e.OrderID)
	if err == nil {
		err = s.store.EffectGivenUp(ctx, e.ID, checkout.AfterGivenUp(o, e.Effect)...)
	}
	s.logFailure(ctx, "give effect up", err, aboutOrder(e.OrderID))
}

// perform carries out one effect.
func (s *outbox) perform(ctx context.Context, e checkout.PendingEffect) error {
	o, err := s.store.OrderByID(ctx, e.OrderID)
	if err != nil {
		return err
	}
	switch {
	case e.Effect == checkout.EffectPaid:
		return nil // the log has the transition
	case e.Effect.IsCaptureDue():
		s.logCaptureDue(ctx, o, e.Effect)
		return nil
	case e.Effect.IsEmail():
		return s.sendEmail(ctx, o, e.Effect)
	case e.Effect.IsOperatorEmail():
		return s.tellOperator(ctx, o, e)
	}
	return errors.New("no such effect")
}
