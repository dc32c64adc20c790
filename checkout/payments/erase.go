package payments

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"antom-checkout/checkout"
)

// erasing erases buyers' data.
type erasing struct {
	*recorder
	begun  time.Time                     // the work on what is due
	worked map[bool]*checkout.DueErasure // up to where, of orders that were paid and of those that never were; nil when it is done
}

// forgetter is a Mailer that keeps emails: those about an order go with its data.
type forgetter interface {
	Forget(number string) error
}

// Erase erases what an order, and the emails that were written to files, hold about its
// buyer, and the buyer's saved cards. What proves what was sold and paid stays. Errors: CodeNotFound, CodeDataNeeded.
func (s *erasing) Erase(ctx context.Context, orderID string, cause checkout.Cause) (checkout.Order, error) {
	evidence := checkout.Evidence{Cause: cause, Cards: &checkout.CardChange{}}
	o, err := s.changeBy(ctx, orderID, evidence, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		after, err := checkout.EraseBuyer(o, s.rules())
		*evidence.Cards = checkout.CardsErasedWith(o, cause)
		return after, nil, err
	})
	if err != nil {
		return o, err
	}
	s.log.LogAttrs(ctx, slog.LevelInfo, "buyer's data erased", aboutOrder(o.ID),
		slog.String(checkout.LogNumber, o.Number), slog.String(checkout.LogCause, cause.String()))
	if f, keeps := s.cfg.Mailer.(forgetter); keeps {
		return o, f.Forget(o.Number)
	}
	return o, nil
}

// ForgetOld removes what was erased from the database's log as well.
func (s *erasing) ForgetOld(ctx context.Context) error { return s.store.ForgetOld(ctx) }

// eraseDue erases the data of some orders whose time has come. The work is begun once an
// hour and done in pieces, so that nothing else waits for it.
func (s *erasing) eraseDue(ctx context.Context) {
	now := s.now()
	if len(s.worked) == 0 {
		if now.Sub(s.begun).Abs() < time.Hour {
			return
		}
		s.begun = now
		s.logFailure(ctx, "forget what was counted", s.store.ForgetCounts(ctx))
		s.worked = map[bool]*checkout.DueErasure{false: {}, true: {}}
	}
	paid, unpaid := s.cfg.Retention.Cutoffs(now)
	erased := s.eraseSome(ctx, false, unpaid) + s.eraseSome(ctx, true, paid)
	if erased > 0 {
		s.logFailure(ctx, "empty the log of the database", s.ForgetOld(ctx))
	}
}

// eraseSome erases a piece of one list, and reports how many orders that were.
func (s *erasing) eraseSome(ctx context.Context, everPaid bool, before time.Time) (erased int) {
	worked := s.worked[everPaid]
	if worked == nil || before.IsZero() {
		delete(s.worked, everPaid)
		return 0
	}
	due, err := s.store.DueErasures(ctx, everPaid, before, *worked, sweepBatch)
	s.logFailure(ctx, "list erasures", err)
	for _, next := range due {
		*worked = next
		switch _, err := s.Erase(ctx, next.OrderID, checkout.Cause{Kind: checkout.BySweeper}); {
		case err == nil:
			erased++
		case !errors.Is(err, errNeeded): // what is needed comes again in an hour
			s.logFailure(ctx, "erase", err, aboutOrder(next.OrderID))
		}
	}
	if len(due) < sweepBatch {
		delete(s.worked, everPaid)
	}
	return erased
}

var errNeeded = &checkout.Error{Code: checkout.CodeDataNeeded}
