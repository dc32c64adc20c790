package sandbox

import "antom-checkout/antom"

// cancel ends an unpaid payment, or returns the money of a paid one while its
// method's window is open.
func (ops *operations) cancel(req *antom.CancelRequest) (any, *Refusal) {
	p, refusal := ops.ledger.named(req.PaymentRequestID, req.PaymentID)
	if refusal != nil {
		return nil, refusal
	}
	if !final(p.Status) || p.Status == antom.PaymentSuccess {
		m, _ := methodOf(p.Method)
		done, underWay := ops.ledger.captured(p)
		if refusal := m.mayCancel(p, done+underWay > 0, ops.ledger.refunded(p) > 0, ops.scheduler.now()); refusal != nil {
			return nil, refusal
		}
		c := &Cancel{PaymentID: p.ID, PaymentRequestID: p.RequestID, Money: p.Money, At: ops.scheduler.now(), After: p.Status}
		ops.ledger.transition(p, antom.PaymentCancelled, antom.CodeOrderIsCanceled)
		ops.ledger.addCancel(c)
		ops.ledger.keep(c)
	}
	// A failed payment stays failed and a cancelled one cancelled; both answer S.
	return &antom.CancelResponse{
		Envelope: succeeded(), PaymentRequestID: p.RequestID, PaymentID: p.ID, CancelTime: wireTime(ops.scheduler.now()),
	}, nil
}
