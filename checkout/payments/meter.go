package payments

import (
	"context"

	"antom-checkout/checkout"
)

// Meter counts what happens to payments, once each has been committed. It is
// told no id, no amount and no person.
type Meter interface {
	Started(method string)                                // an attempt was stored
	Outcome(method string, status checkout.PaymentStatus) // an attempt has come to this status
	Notification(known bool)                              // a verified notification was stored; known: about a payment of this shop
	Dispute(step string)                                  // Antom has told of a step of a dispute
	CardsRefused(source string)                           // an attempt to pay by card was refused: too many cards were declined, of this checkout.DeclineSource
	EmailWithheld(allowance string)                       // an email was not sent, or later: the allowance of its recipient, or of all, is used up
}

type noMeter struct{}

func (noMeter) Started(string)                         {}
func (noMeter) Outcome(string, checkout.PaymentStatus) {}
func (noMeter) Notification(bool)                      {}
func (noMeter) Dispute(string)                         {}
func (noMeter) CardsRefused(string)                    {}
func (noMeter) EmailWithheld(string)                   {}

// shopFault is counted instead of failed, so that a rate of declines shows buyers and
// banks only.
const shopFault checkout.PaymentStatus = "shop_fault"

func counted(p checkout.Payment) checkout.PaymentStatus {
	if p.Status == checkout.PaymentFailed && p.ShopFault {
		return shopFault
	}
	return p.Status
}

// countOutcomes tells meter and tracer which attempts have changed their status.
func (s *recorder) countOutcomes(ctx context.Context, after checkout.Order, transitions []checkout.Transition) {
	for _, t := range transitions {
		if t.Subject == checkout.SubjectPayment && t.From != "" {
			p := after.Payment(t.PaymentRequestID)
			s.cfg.Meter.Outcome(p.Method, counted(*p))
			s.cfg.Tracer.Outcome(ctx, p.RequestID, p.Method, string(counted(*p)))
		}
	}
}
