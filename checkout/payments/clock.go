package payments

import (
	"context"
	"math"
	"sync/atomic"
	"time"

	"antom-checkout/checkout"
)

// endOfTime is later than every time that a payment waits for.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// clockWatch sees whether the clock has gone back.
type clockWatch struct{ seen atomic.Int64 } // the latest time, in milliseconds; 0 at the start

// wentBack reports whether the clock has gone back since it was asked last, by so much that
// anything is done about it. At the start of the program it may have.
func (w *clockWatch) wentBack(now time.Time) bool {
	before := w.seen.Swap(now.UnixMilli())
	return before == 0 || before-now.UnixMilli() > checkout.ClockSkew.Milliseconds()
}

// followClock makes due what waits for a time further away than the rules could have
// set it, where the clock may have gone back.
func (s *sweeper) followClock(ctx context.Context) {
	r := s.rules()
	if !s.clock.wentBack(r.Now) {
		return
	}
	waiting, err := s.store.DuePolls(ctx, endOfTime, math.MaxInt32)
	s.logFailure(ctx, "list waiting payments", err)
	for _, poll := range waiting {
		s.logFailure(ctx, "follow the clock", s.followWith(ctx, poll.OrderID, r), aboutOrder(poll.OrderID))
	}
	err = s.store.HastenEffects(ctx, func(e checkout.PendingEffect) time.Duration { return e.LongestWait(r) })
	s.logFailure(ctx, "follow the clock", err)
}

// followWith makes due what of an order waits too long. Most orders do not, and are read
// only.
func (s *sweeper) followWith(ctx context.Context, orderID string, r checkout.Rules) error {
	o, err := s.store.OrderByID(ctx, orderID)
	if err != nil {
		return err
	}
	if _, late := checkout.AfterClockChange(o, r); !late {
		return nil
	}
	_, err = s.change(ctx, orderID, checkout.Cause{Kind: checkout.BySweeper}, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
		after, _ := checkout.AfterClockChange(o, r)
		return after, nil, nil
	})
	return err
}
