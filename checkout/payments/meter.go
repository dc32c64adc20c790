package payments

import "antom-checkout/checkout"

// Meter counts what happens to payments, once each has been committed. It is
// told no id, no amount and no person.
type Meter interface {
	Started(method string)                                // an attempt was stored
	Outcome(method string, status checkout.PaymentStatus) // an attempt has come to this status
	Notification(known bool)                              // a verified notification was stored; known: about a payment of this shop
}

type noMeter struct{}

func (noMeter) Started(string)                         {}
func (noMeter) Outcome(string, checkout.PaymentStatus) {}
func (noMeter) Notification(bool)                      {}

// countOutcomes tells the meter which attempts have changed their status.
func (s *Service) countOutcomes(after checkout.Order, transitions []checkout.Transition) {
	for _, t := range transitions {
		if t.Subject == checkout.SubjectPayment && t.From != "" {
			p := after.Payment(t.PaymentRequestID)
			s.cfg.Meter.Outcome(p.Method, p.Status)
		}
	}
}
