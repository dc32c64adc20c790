package sandbox

import (
	"time"

	"antom-checkout/antom"
)

// refund returns money of a successful payment: wallets at once, the others
// a little later.
func (ops *operations) refund(req *antom.RefundRequest) (any, *Refusal) {
	if refusal := firstRefusal(
		identifier("refundRequestId", req.RefundRequestID),
		required("paymentId", req.PaymentID, 64),
		limited("refundReason", req.RefundReason, 256),
		limited("referenceRefundId", req.ReferenceRefundID, 64),
		address("refundNotifyUrl", req.RefundNotifyURL, false, 1024),
	); refusal != nil {
		return nil, refusal
	}
	if req.RefundAmount.IsZero() || req.RefundAmount.Minor() == 0 {
		return nil, refuse("PARAM_ILLEGAL", "refundAmount is required and positive")
	}
	money := moneyOf(req.RefundAmount)
	if r := ops.ledger.refunds[req.RefundRequestID]; r != nil {
		if r.PaymentID != req.PaymentID || r.Money != money {
			return nil, refuse("REPEAT_REQ_INCONSISTENT", "this refundRequestId stands for another amount or payment")
		}
		return refundAnswer(r), nil
	}
	p := ops.ledger.paymentIDs[req.PaymentID]
	if refusal := ops.mayRefund(p, money); refusal != nil {
		return nil, refusal
	}
	now := ops.scheduler.now()
	r := &Refund{
		RequestID: req.RefundRequestID, ID: newID(now), PaymentID: p.ID, PaymentRequestID: p.RequestID,
		Status: antom.TransactionProcessing, ResultCode: antom.CodeRefundInProcess, Money: money,
		NotifyURL: req.RefundNotifyURL, Metadata: req.Metadata, CreatedAt: now,
	}
	if r.NotifyURL == "" {
		r.NotifyURL = p.Terms.NotifyURL
	}
	ops.ledger.addRefund(r)
	m, _ := methodOf(p.Method)
	slow, injected := ops.faults.inject("refund", p.RequestID, RefundDelay)
	if m.AtOnce && !isTrue(req.IsAsyncRefund) && !injected {
		ops.finishRefund(r, ops.delays.notification)
		return refundAnswer(r), nil
	}
	ops.finishRefundAt(r, now.Add(ops.delays.refund+time.Duration(slow.Delay)))
	return refundAnswer(r), nil
}

func (ops *operations) finishRefundAt(r *Refund, at time.Time) {
	r.DueAt = at
	ops.ledger.keep(r)
	ops.scheduler.plan(at, func() { ops.finishRefund(r, 0) })
}

// finishRefund ends a refund and notifies the merchant, after a moment where the
// answer to their call should arrive first.
func (ops *operations) finishRefund(r *Refund, notifyIn time.Duration) {
	if r.Status != antom.TransactionProcessing {
		return
	}
	p := ops.ledger.paymentIDs[r.PaymentID]
	r.Status, r.ResultCode, r.DoneAt = antom.TransactionSuccess, antom.CodeSuccess, ops.scheduler.now()
	r.Reference = p.refer(r.ID, r.DoneAt)
	if fault, injected := ops.faults.inject("REFUND_RESULT", p.RequestID, RefundFail); injected {
		r.Status, r.ResultCode, r.Reference = antom.TransactionFail, failedWith(fault), ""
	}
	ops.ledger.keep(r)
	ops.ledger.note(p, "refund of %d %s (%s)", r.Amount, r.Status, r.ResultCode)
	ops.notifier.notifyRefund(p, r, notifyIn)
}

// mayRefund refuses a refund of p that is not allowed. p is nil if there is no
// such payment.
func (ops *operations) mayRefund(p *Payment, money Money) *Refusal {
	if p == nil {
		return refuse("ORDER_NOT_EXIST", "there is no such payment")
	}
	m, _ := methodOf(p.Method)
	window := m.RefundDays
	if window == 0 {
		window = 365
	}
	left := p.Amount - ops.ledger.refunded(p)
	done, _ := ops.ledger.captured(p)
	switch {
	case p.Status == antom.PaymentCancelled:
		return refuse("ORDER_IS_CANCELED", "the payment was cancelled, so there is nothing to refund")
	case p.Status == antom.PaymentFail && p.ResultCode == antom.CodeOrderIsClosed:
		return refuse("ORDER_IS_CLOSED", "the payment was closed unpaid")
	case p.Status != antom.PaymentSuccess:
		return refuse("ORDER_STATUS_INVALID", "the payment is %s, not paid", p.Status)
	case m.isCard() && done == 0:
		return refuse("ORDER_STATUS_INVALID", "the payment is authorised and not captured yet; cancel it instead")
	case m.RefundDays < 0:
		return refuse("REFUND_NOT_SUPPORTED", "%s has no refunds", m.Code)
	case money.Currency != p.Currency:
		return refuse("CURRENCY_NOT_SUPPORT", "the payment is in %s", p.Currency)
	case !ops.scheduler.now().Before(p.PaidAt.Add(time.Duration(window) * day)):
		return refuse("REFUND_WINDOW_EXCEED", "%s refunds within %d days", m.Code, window)
	case money.Amount > left:
		return refuse("REFUND_AMOUNT_EXCEED", "%d of %d are left to refund", left, p.Amount)
	case m.NoPartial && money.Amount != p.Amount:
		return refuse("PARTIAL_REFUND_NOT_SUPPORTED", "%s refunds in full only", m.Code)
	case m.Code == "KAKAOPAY" && p.Currency == "KRW" && money.Amount < 50:
		return refuse("PROCESS_FAIL", "Kakao Pay refunds at least 50 KRW")
	}
	return nil
}

func refundAnswer(r *Refund) *antom.RefundResponse {
	answer := &antom.RefundResponse{
		RefundRequestID: r.RequestID, RefundID: r.ID, PaymentID: r.PaymentID, RefundAmount: r.wire(),
		AcquirerReferenceNo: r.Reference,
	}
	switch r.Status {
	case antom.TransactionSuccess:
		answer.Envelope, answer.RefundTime = succeeded(), wireTime(r.DoneAt)
	case antom.TransactionFail:
		answer.Envelope = antom.Envelope{Result: resultOf(r.ResultCode, antom.StatusFailed)}
	default:
		answer.Envelope = inProcess(antom.CodeRefundInProcess)
	}
	return answer
}

// inquiryRefund answers what is known of a refund.
func (ops *operations) inquiryRefund(req *antom.InquiryRefundRequest) (any, *Refusal) {
	if req.RefundRequestID == "" && req.RefundID == "" {
		return nil, refuse("PARAM_ILLEGAL", "refundId or refundRequestId is required")
	}
	r := ops.ledger.findRefund(req.RefundRequestID, req.RefundID)
	if r == nil {
		return nil, refuse("ORDER_NOT_EXIST", "there is no such refund")
	}
	answer := &antom.InquiryRefundResponse{
		Envelope: succeeded(), RefundStatus: r.Status, RefundRequestID: r.RequestID, RefundID: r.ID, RefundAmount: r.wire(),
		Metadata: r.Metadata,
	}
	if r.Status == antom.TransactionSuccess {
		answer.RefundTime = wireTime(r.DoneAt)
	}
	return answer, nil
}
