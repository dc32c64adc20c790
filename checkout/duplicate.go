package checkout

import "slices"

// Two payments of an order have succeeded. The shop keeps the first and returns the
// second, a duplicate. Antom's page on retries says that the last success counts, and
// that Antom refunds the earlier ones by itself. Therefore the payment that is kept is
// inquired before a duplicate is returned, and once more later; what Antom has returned
// by itself makes the duplicate pay the order, so that never both are returned.

// keepDuplicate lets a duplicate pay the order when Antom has just returned, without an
// order of the shop or an operator, the payment that paid it before.
func (o *Order) keepDuplicate(before Order, r Rules) {
	was := before.Active()
	if was == nil || !was.Status.HoldsFunds() || o.Closed == OrderCancelled || !o.Payment(was.RequestID).returnedByAntom() {
		return
	}
	for i := range o.Payments {
		p := &o.Payments[i]
		if known := before.Payment(p.RequestID); known == nil || !known.Duplicate {
			continue
		}
		if p.needsReversal() && !p.returning() && p.EffectiveAmount() == o.Total {
			o.Payment(was.RequestID).Active = false
			p.Active, p.Duplicate = true, false
			o.recompute(r)
			return
		}
	}
}

// returnedByAntom reports whether the payment's funds were returned, and not on an order
// of the shop or an operator: Antom did it by itself, or a person in Antom Dashboard.
func (p *Payment) returnedByAntom() bool {
	ordered := func(op Operation) bool {
		return op.Kind != Capture && op.Status == OperationSuccess && op.Key != ""
	}
	return (p.Status == PaymentRefunded || p.Status == PaymentCancelled) && !slices.ContainsFunc(p.Operations, ordered)
}

// returning reports whether a return of the payment's funds has begun.
func (p *Payment) returning() bool {
	return slices.ContainsFunc(p.Operations, func(op Operation) bool {
		return op.Kind != Capture && op.Status != OperationFailed
	})
}

// antomReturnsKept reports whether Antom is refunding the active payment by itself. A
// duplicate is not returned meanwhile: it may have to pay the order.
func (o *Order) antomReturnsKept() bool {
	active := o.Active()
	return active != nil && slices.ContainsFunc(active.Operations, func(op Operation) bool {
		return op.Kind == Refund && op.Key == "" && op.Unfinished()
	})
}
