package checkout

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// disputeReminders are how long before an answer is due the operator is reminded of it.
var disputeReminders = []time.Duration{72 * time.Hour, 24 * time.Hour}

// answerTime is for how long a dispute whose deadline Antom has not named counts as one that
// waits.
const answerTime = 30 * 24 * time.Hour

// Waits reports whether the dispute waits for the merchant's answer.
func (d Dispute) Waits(now time.Time) bool {
	return d.State() == DisputeOpen && now.Before(d.lastMoment())
}

// lastMoment is until when an answer is waited for.
func (d Dispute) lastMoment() time.Time {
	if d.Due.IsZero() {
		return d.Since.Add(answerTime)
	}
	return d.Due
}

// moments are when something is due about a dispute that waits: its reminders, and its end.
func (d Dispute) moments() []time.Time {
	var all []time.Time
	if !d.Due.IsZero() {
		for _, before := range disputeReminders {
			all = append(all, d.Due.Add(-before))
		}
	}
	return append(all, d.lastMoment())
}

// watchDisputes sets when something is due next about the disputes of a payment.
func watchDisputes(p *Payment, now time.Time) {
	p.DisputeAt = time.Time{}
	for _, d := range p.Disputes {
		if !d.Waits(now) {
			continue
		}
		for _, at := range d.moments() {
			if at.After(now) && (p.DisputeAt.IsZero() || at.Before(p.DisputeAt)) {
				p.DisputeAt = at
			}
		}
	}
}

// RemindOfDisputes reminds the operator of the disputes of a payment whose answers are due soon.
// Of reminders that are due at once, as after a standstill, the last one is enough; Antom's own
// alert takes its place.
func RemindOfDisputes(o Order, requestID string, r Rules) (Order, []Effect) {
	o = o.Clone()
	p := o.Payment(requestID)
	if p == nil || p.DisputeAt.IsZero() || p.DisputeAt.After(r.Now) {
		return o, nil
	}
	var due []Effect
	for _, d := range p.Disputes {
		if d.Due.IsZero() || !d.Waits(r.Now) || d.Step == StepDefenseDue {
			continue
		}
		for _, before := range slices.Backward(disputeReminders) {
			if at := d.Due.Add(-before); !at.After(r.Now) && !at.Before(p.DisputeAt) {
				due = append(due, d.reminder(before))
				break
			}
		}
	}
	watchDisputes(p, r.Now)
	return o, due
}

// reminder is the email that an answer is due within a time.
func (d Dispute) reminder(before time.Duration) Effect {
	return OperatorEffect(MatterDisputeDue, fmt.Sprintf("%s:%d:%dd", d.ID, d.Due.Unix(), int(before.Hours()/24)))
}

// disputeRemindedOf is the dispute that a reminder is about, while it waits for an answer within
// the same deadline, or nil.
func disputeRemindedOf(o Order, about string) (*Payment, *Dispute) {
	id, rest, _ := strings.Cut(about, ":")
	due, _, _ := strings.Cut(rest, ":")
	p := PaymentInDispute(o, id)
	if p == nil {
		return nil, nil
	}
	d := p.Disputes.With(id)
	if d.State() != DisputeOpen || strconv.FormatInt(d.Due.Unix(), 10) != due {
		return nil, nil
	}
	return p, d
}
