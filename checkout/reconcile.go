package checkout

import "time"

// reconcileDelay is how long after a contradiction a paid payment is inquired once more.
// By then no message of that time is on its way, and Antom has done what it does by
// itself.
const reconcileDelay = time.Hour

// reconcileLater has the payment inquired once more, later: a message has contradicted
// what is known of it, an answer about it was set aside, or another payment of the order
// has succeeded too. It matters once the payment is paid.
func (p *Payment) reconcileLater(r Rules) {
	if p.ReconcileAt.IsZero() {
		p.ReconcileAt = r.Now.Add(reconcileDelay)
	}
}

// reconcileAfter begins that time anew when a payment holds funds after a contradiction.
// A success after a confirmed cancel is one.
func (p *Payment) reconcileAfter(was PaymentStatus, r Rules) {
	if p.Status.HoldsFunds() && !was.HoldsFunds() && (was == PaymentCancelled || !p.ReconcileAt.IsZero()) {
		p.ReconcileAt = r.Now.Add(reconcileDelay)
	}
}

// reconciled ends it when Antom has answered late enough, with a result.
func (p *Payment) reconciled(e Event, r Rules) {
	if e.concludes() && !e.pending() && !r.Now.Before(p.ReconcileAt) {
		p.ReconcileAt = time.Time{}
	}
}
