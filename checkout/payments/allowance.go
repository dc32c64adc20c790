package payments

import (
	"errors"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"antom-checkout/checkout"
)

// EmailLimits is how many emails about unpaid orders may be sent; the zero value limits
// nothing. They keep a stranger who types another person's address from flooding that
// person.
type EmailLimits struct {
	PerRecipient int // in a day
	PerHour      int // to all recipients
}

// Why an email is withheld. One beyond its recipient's allowance is given up, because
// sending it later would only spread the flood over more days. One beyond
// that of all is sent later, because its reader has done nothing.
var (
	errRecipientAllowance = errors.New("the recipient has had its emails about unpaid orders for today")
	errTotalAllowance     = errors.New("the shop has sent its emails about unpaid orders for this hour")
)

// The allowances, as the metric names them.
const (
	allowanceRecipient = "recipient"
	allowanceTotal     = "all"
)

// allowances count the emails about unpaid orders. They are kept in memory: a restart
// begins anew. Nil ones allow everything.
type allowances struct {
	limits     EmailLimits
	mu         sync.Mutex
	total      *rate.Limiter
	recipients map[string]*rate.Limiter
	tidyAt     int // the number of recipients at which those that have their whole allowance are forgotten
}

const tidyRecipients = 1000 // recipients remembered before the first tidying

func newAllowances(limits EmailLimits) *allowances {
	if limits == (EmailLimits{}) {
		return nil
	}
	return &allowances{
		limits: limits, total: perPeriod(limits.PerHour, time.Hour),
		recipients: map[string]*rate.Limiter{}, tidyAt: tidyRecipients,
	}
}

// perPeriod allows n at once, and n in each period.
func perPeriod(n int, period time.Duration) *rate.Limiter {
	return rate.NewLimiter(rate.Every(period/time.Duration(n)), n)
}

// take counts an email. undo counts it back, for one that was not sent after all.
func (a *allowances) take(email checkout.Email, now time.Time) (undo func(), err error) {
	if a == nil || !email.HasAllowance() {
		return func() {}, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	recipient := a.recipient(checkout.Recipient(email.Order.Buyer.Email), now).ReserveN(now, 1)
	if recipient.DelayFrom(now) > 0 {
		recipient.CancelAt(now)
		return nil, errRecipientAllowance
	}
	total := a.total.ReserveN(now, 1)
	undo = func() {
		total.CancelAt(now)
		recipient.CancelAt(now)
	}
	if total.DelayFrom(now) > 0 {
		undo()
		return nil, errTotalAllowance
	}
	return undo, nil
}

func (a *allowances) recipient(name string, now time.Time) *rate.Limiter {
	known := a.recipients[name]
	if known != nil {
		return known
	}
	if len(a.recipients) >= a.tidyAt {
		a.tidy(now)
	}
	known = perPeriod(a.limits.PerRecipient, 24*time.Hour)
	a.recipients[name] = known
	return known
}

// tidy forgets the recipients that have had no email for so long that their allowance is
// whole. What remains has had one within a day, so that the allowance of all bounds it.
func (a *allowances) tidy(now time.Time) {
	for name, recipient := range a.recipients {
		if recipient.TokensAt(now) >= float64(recipient.Burst()) {
			delete(a.recipients, name)
		}
	}
	a.tidyAt = max(tidyRecipients, 2*len(a.recipients))
}
