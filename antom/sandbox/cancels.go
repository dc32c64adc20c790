package sandbox

import "antom-checkout/antom"

// cancel ends an unpaid payment, or gives a paid one back while its method's
// window is open.
func (s *Sandbox) cancel(req *antom.CancelRequest) (any, *Refusal) {
	p, refusal := s.named(req.PaymentRequestID, req.PaymentID)
	if refusal != nil {
		return nil, refusal
	}
	if p.Status == antom.PaymentProcessing || p.Status == antom.PaymentPendingNow || p.Status == antom.PaymentSuccess {
		m, _ := methodOf(p.Method)
		done, underWay := s.captured(p)
		if refusal := m.mayCancel(p, done+underWay > 0, s.refunded(p) > 0, s.now()); refusal != nil {
			return nil, refusal
		}
		c := &Cancel{PaymentID: p.ID, PaymentRequestID: p.RequestID, Money: p.Money, At: s.now(), After: p.Status}
		s.become(p, antom.PaymentCancelled, antom.CodeOrderIsCanceled)
		s.cancelList = append(s.cancelList, c)
		s.keep(c)
	}
	// A failed payment stays failed and a cancelled one cancelled; both answer S.
	return &antom.CancelResponse{
		Envelope: succeeded(), PaymentRequestID: p.RequestID, PaymentID: p.ID, CancelTime: wireTime(s.now()),
	}, nil
}
