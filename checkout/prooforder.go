package checkout

import (
	"fmt"
	"slices"
)

// follows says why a transition does not follow from where payments and operations stand,
// or "". Those of an order come after those of the payment that it follows from.
func (c *proofChecker) follows(t ProofTransition) string {
	p, _ := c.proof.payment(t.PaymentRequestID)
	switch {
	case t.Subject == SubjectOrder && !c.orderMayBe(OrderStatus(t.To)):
		return "no payment of the proof makes the order " + t.To
	case t.Subject == SubjectPayment && t.To == string(PaymentRefunded) && c.refunded(p) != p.effective().Amount:
		return fmt.Sprintf("refunded are %d of %d", c.refunded(p), p.effective().Amount)
	case t.Subject == string(Refund) && c.refunded(p) > p.effective().Amount:
		return fmt.Sprintf("refunded are %d of %d", c.refunded(p), p.effective().Amount)
	}
	return ""
}

// orderMayBe reports whether an order may have a status, given its payments. Why an order
// is under review stands in no message: it may be at any time.
func (c *proofChecker) orderMayBe(status OrderStatus) bool {
	some := func(fits func(p ProofPayment, status PaymentStatus) bool) bool {
		return slices.ContainsFunc(c.proof.Payments, func(p ProofPayment) bool { return fits(p, c.payment(p)) })
	}
	switch status {
	case OrderReview:
		return true
	case OrderProcessing:
		return some(func(_ ProofPayment, s PaymentStatus) bool { return s.InProgress() || s == PaymentPaid })
	case OrderAuthorized:
		return some(func(_ ProofPayment, s PaymentStatus) bool { return s == PaymentAuthorized })
	case OrderPaid:
		return some(func(p ProofPayment, s PaymentStatus) bool { return s == PaymentPaid && c.refunded(p) == 0 })
	case OrderPartiallyRefunded:
		return some(func(p ProofPayment, s PaymentStatus) bool { return s == PaymentPaid && c.refunded(p) > 0 })
	case OrderRefunded:
		return some(func(_ ProofPayment, s PaymentStatus) bool { return s == PaymentRefunded })
	}
	return !some(func(p ProofPayment, s PaymentStatus) bool { return s.HoldsFunds() && !p.Duplicate })
}

// payment is where a payment stands, after the transitions so far.
func (c *proofChecker) payment(p ProofPayment) PaymentStatus {
	return PaymentStatus(c.standing[ProofTransition{Subject: SubjectPayment, PaymentRequestID: p.RequestID}.subject()])
}

// refunded is how much of a payment was refunded, after the transitions so far.
func (c *proofChecker) refunded(p ProofPayment) (sum int64) {
	for _, op := range p.Operations {
		if op.Kind == Refund && c.operation(p, op) == OperationSuccess {
			sum += op.Amount.Amount
		}
	}
	return sum
}

func (c *proofChecker) operation(p ProofPayment, op ProofOperation) OperationStatus {
	return OperationStatus(c.standing[ProofTransition{Subject: string(op.Kind), PaymentRequestID: p.RequestID, RequestID: op.RequestID}.subject()])
}

// checkEnd compares where everything stands after the last transition with what the proof
// says of it, and the parts of the proof with one another.
func (c *proofChecker) checkEnd() {
	order := c.proof.Order
	if ends := c.standing[SubjectOrder]; ends != string(order.Status) {
		c.problem("the order is %s, and its transitions end at %q", order.Status, ends)
	}
	if len(c.report.ClientIDs) > 1 {
		c.problem("the messages are to several clients of Antom")
	}
	for _, p := range c.proof.Payments {
		if ends := c.payment(p); ends != p.Status {
			c.problem("payment %s is %s, and its transitions end at %q", p.RequestID, p.Status, ends)
		}
		if p.Amount != order.Total {
			c.problem("payment %s is not about the order's total", p.RequestID)
		}
		if p.AntomID != "" && !c.idIsSigned(p) {
			c.problem("no signed message says that payment %s is Antom's %s", p.RequestID, p.AntomID)
		}
		for _, op := range p.Operations {
			if ends := c.operation(p, op); ends != op.Status {
				c.problem("%s %s is %s, and its transitions end at %q", op.Kind, op.RequestID, op.Status, ends)
			}
			if op.Amount.Currency != p.Amount.Currency {
				c.problem("%s %s is in another currency than its payment", op.Kind, op.RequestID)
			}
		}
	}
}

// idIsSigned reports whether a verified message names both ids of a payment, or none of
// its messages can be read.
func (c *proofChecker) idIsSigned(p ProofPayment) bool {
	if c.ids[p.AntomID] == p.RequestID {
		return true
	}
	return !slices.ContainsFunc(c.proof.Transitions, func(t ProofTransition) bool {
		return t.Subject == SubjectPayment && t.PaymentRequestID == p.RequestID && t.takesMoney()
	})
}
