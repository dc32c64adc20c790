package payments

import (
	"context"
	"sync/atomic"
	"time"

	"antom-checkout/checkout"
)

// clockJump is how far the clock may go back before anything is done about it. What
// waits is late by no more than that.
const clockJump = 10 * time.Second

// clockWatch sees whether the clock has gone back.
type clockWatch struct{ seen atomic.Int64 } // the latest time, in milliseconds; 0 at the start

// wentBack reports whether the clock has gone back since it was asked last. At the
// start of the program it may have.
func (w *clockWatch) wentBack(now time.Time) bool {
	before := w.seen.Swap(now.UnixMilli())
	return before == 0 || before-now.UnixMilli() > clockJump.Milliseconds()
}

// followClock makes due what waits for a time further away than the rules could have
// set it, where the clock may have gone back.
func (s *sweeper) followClock(ctx context.Context) {
	r := s.rules()
	if !s.clock.wentBack(r.Now) {
		return
	}
	waiting, err := s.store.WaitingPolls(ctx, r.Now)
	s.logFailure(ctx, "list waiting payments", err)
	for _, id := range waiting {
		_, err := s.change(ctx, id, checkout.Cause{Kind: checkout.BySweeper}, func(o checkout.Order) (checkout.Order, []checkout.Effect, error) {
			return checkout.AfterClockChange(o, s.rules()), nil, nil
		})
		s.logFailure(ctx, "follow the clock", err, aboutOrder(id))
	}
	err = s.store.HastenEffects(ctx, func(e checkout.PendingEffect) time.Duration { return e.LongestWait(r) })
	s.logFailure(ctx, "follow the clock", err)
}
