package checkout

import "time"

// ClockSkew is how far apart the clocks of programs may be that share a database. What one of
// them has stored may be as far in the future of another; only beyond that has a clock gone back.
const ClockSkew = 10 * time.Second

// A due time is a moment of the clock, and the clock may be set back. What waits for a
// moment that is further away than the rules could have set it is due now.

// AfterClockChange is the order once the clock may have gone back: what waits longer
// than the rules could have made it wait is due now, and what was sent at a time that
// has not come yet counts as sent now.
func AfterClockChange(o Order, r Rules) (after Order, changed bool) {
	o = o.Clone()
	for i := range o.Payments {
		p := &o.Payments[i]
		if p.NextPoll.After(r.Now.Add(r.longestWait(p) + ClockSkew)) {
			p.NextPoll, changed = r.Now, true
		}
		if latest := r.Now.Add(reconcileDelay); p.ReconcileAt.After(latest.Add(ClockSkew)) {
			p.ReconcileAt, changed = latest, true
		}
		for j := range p.Operations {
			if op := &p.Operations[j]; op.Unfinished() && op.SubmittedAt.After(r.Now.Add(ClockSkew)) {
				op.SubmittedAt, changed = r.Now, true
			}
		}
	}
	return o, changed
}

// longestWait is the longest time for which the rules let the payment wait for its next
// poll: a step of the schedule, and before it the rest of an abandoned session, of an
// authorisation that the merchant captures, or of the time after a contradiction.
func (r Rules) longestWait(p *Payment) time.Duration {
	longest := max(r.Schedule.Longest(p.Polls), refundPause)
	switch {
	case p.Status == PaymentCancelled:
		return longest + max(0, p.ExpiresAt.Sub(p.CreatedAt))
	case p.Status == PaymentAuthorized && p.ManualCapture:
		return longest + max(captureLimit, p.AuthEndsAt.Sub(p.CreatedAt))
	case !p.ReconcileAt.IsZero():
		return max(longest, reconcileDelay)
	}
	return longest
}

// LongestWait is the longest time for which an effect waits for its next try.
func (e PendingEffect) LongestWait(r Rules) time.Duration {
	return max(r.Schedule.Longest(e.Attempts), e.Effect.Delay())
}

// Longest is the longest of the waits until after so many polls.
func (s Schedule) Longest(polls int) (longest time.Duration) {
	for n := range min(polls, len(s)) + 1 {
		longest = max(longest, s.Wait(n))
	}
	return longest
}

// lately reports whether a moment is less than a time ago. One that is further in the future
// than another program's clock may be ahead is not: the clock has gone back since.
func lately(at time.Time, within time.Duration, now time.Time) bool {
	ago := now.Sub(at)
	return ago >= -ClockSkew && ago < within
}

// MayBePaid lists the attempts beside the active one that a buyer may be paying at
// Antom: an order does not end before Antom was asked about them.
func (o *Order) MayBePaid() (requestIDs []string) {
	for _, p := range o.Payments {
		if !p.Active && p.mayBePaid() {
			requestIDs = append(requestIDs, p.RequestID)
		}
	}
	return requestIDs
}
