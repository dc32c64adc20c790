package checkout

// Meter counts what happens to payments, once each has been committed. It hears
// of no id, no amount and no person.
type Meter interface {
	Started(method string)                       // an attempt was stored
	Outcome(method string, status PaymentStatus) // an attempt has come to this status
	Notification(known bool)                     // a verified notification was stored; known: about a payment of ours
}

type noMeter struct{}

func (noMeter) Started(string)                {}
func (noMeter) Outcome(string, PaymentStatus) {}
func (noMeter) Notification(bool)             {}

// countOutcomes tells the meter which attempts have changed their status.
func (s *Service) countOutcomes(before, after Order) {
	for _, p := range after.Payments {
		if was := before.Payment(p.RequestID); was != nil && was.Status != p.Status {
			s.cfg.Meter.Outcome(p.Method, p.Status)
		}
	}
}
