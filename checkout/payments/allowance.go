package payments

import (
	"context"
	"errors"
	"time"

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

// takeEmail counts an email about an unpaid order. undo counts it back, for one that was not sent
// after all.
func (s *outbox) takeEmail(ctx context.Context, email checkout.Email) (undo func(), err error) {
	limits := s.cfg.EmailLimits
	if limits == (EmailLimits{}) || !email.HasAllowance() {
		return func() {}, nil
	}
	name := s.cards.hash("emails to " + checkout.Recipient(email.Order.Buyer.Email))
	recipient := checkout.PerPeriod(name, limits.PerRecipient, 24*time.Hour)
	total := checkout.PerPeriod("emails about unpaid orders", limits.PerHour, time.Hour)
	over, _, err := s.store.Take(ctx, recipient, total)
	switch {
	case err != nil:
		return nil, err
	case over == nil:
		return s.undoing(ctx, recipient, total), nil
	case over.Name == recipient.Name:
		return nil, errRecipientAllowance
	}
	return nil, errTotalAllowance
}

func (s *outbox) undoing(ctx context.Context, taken ...checkout.Allowance) (undo func()) {
	return func() {
		s.logFailure(ctx, "undo the use of an allowance", s.store.UndoTake(context.WithoutCancel(ctx), taken...))
	}
}

// Look-ups of orders: those of one address, and those of one order from one address. The number
// alone is not limited: a person who knows it could keep its buyer from asking. The answer tells
// nothing, and an order gets one link in an hour.
const (
	lookupsOfAddress, lookupsEvery  = 20, 10 * time.Second
	lookupsOfNumber, sameOrderEvery = 5, 10 * time.Minute
)

// CountLookup counts a look-up of an order from an address, and answers how long it has to wait
// instead, or 0.
func (s *outbox) CountLookup(ctx context.Context, number, address string) (wait time.Duration, err error) {
	network := checkout.Network(address)
	wanted := []checkout.Allowance{{Name: s.cards.hash("look-ups from " + network), Most: lookupsOfAddress, Every: lookupsEvery}}
	if number = checkout.OrderNumber(number); number != "" {
		wanted = append(wanted, checkout.Allowance{Name: s.cards.hash("look-ups of " + number + " from " + network), Most: lookupsOfNumber, Every: sameOrderEvery})
	}
	_, wait, err = s.store.Take(ctx, wanted...)
	return wait, err
}
