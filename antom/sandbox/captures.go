package sandbox

import (
	"time"

	"antom-checkout/antom"
)

// captureAutomatically captures an authorised card payment a moment later, as
// Antom does unless the merchant asked for manual capture.
func (ops *operations) captureAutomatically(p *Payment) {
	now := ops.scheduler.now()
	c := &Capture{
		RequestID: "AUTO" + newID(now), ID: newID(now), PaymentID: p.ID, PaymentRequestID: p.RequestID,
		Status: antom.TransactionProcessing, ResultCode: antom.CodePaymentInProcess, Money: p.Money,
		Automatic: true, CreatedAt: now,
	}
	ops.ledger.addCapture(c)
	ops.finishCaptureAt(c, now.Add(ops.delays.notification+ops.delays.capture+ops.faults.delay(CaptureDelay, "CAPTURE_RESULT", p.RequestID)))
}

func (ops *operations) finishCaptureAt(c *Capture, at time.Time) {
	c.DueAt = at
	ops.ledger.keep(c)
	ops.scheduler.plan(at, func() { ops.finishCapture(c, 0) })
}

// finishCapture ends a capture and notifies the merchant, after a moment where
// the answer to their call should arrive first.
func (ops *operations) finishCapture(c *Capture, notifyIn time.Duration) {
	if c.Status != antom.TransactionProcessing {
		return
	}
	p := ops.ledger.paymentIDs[c.PaymentID]
	c.Status, c.ResultCode, c.DoneAt = antom.TransactionSuccess, antom.CodeSuccess, ops.scheduler.now()
	c.Reference = p.refer(c.ID, c.DoneAt)
	if fault, injected := ops.faults.inject("CAPTURE_RESULT", p.RequestID, CaptureFail); injected {
		c.Status, c.ResultCode, c.Reference = antom.TransactionFail, failedWith(fault), ""
	}
	ops.ledger.keep(c)
	ops.ledger.note(p, "capture %s (%s)", c.Status, c.ResultCode)
	ops.notifier.notifyCapture(p, c, notifyIn)
}

// capture captures a payment that was authorised with manual capture: in full, at
// once, within seven days.
func (ops *operations) capture(req *antom.CaptureRequest) (any, *Refusal) {
	if refusal := firstRefusal(
		identifier("captureRequestId", req.CaptureRequestID),
		required("paymentId", req.PaymentID, 64),
	); refusal != nil {
		return nil, refusal
	}
	if req.CaptureAmount.IsZero() || req.CaptureAmount.Minor() == 0 {
		return nil, refuse("PARAM_ILLEGAL", "captureAmount is required and positive")
	}
	if c := ops.ledger.captures[req.CaptureRequestID]; c != nil {
		if c.PaymentID != req.PaymentID || c.Money != moneyOf(req.CaptureAmount) {
			return nil, refuse("REPEAT_REQ_INCONSISTENT", "this captureRequestId stands for another amount or payment")
		}
		return captureAnswer(c), nil
	}
	p := ops.ledger.paymentIDs[req.PaymentID]
	if refusal := ops.mayCapture(p, moneyOf(req.CaptureAmount)); refusal != nil {
		return nil, refusal
	}
	now := ops.scheduler.now()
	c := &Capture{
		RequestID: req.CaptureRequestID, ID: newID(now), PaymentID: p.ID, PaymentRequestID: p.RequestID,
		Status: antom.TransactionProcessing, ResultCode: antom.CodeCaptureInProcess, Money: moneyOf(req.CaptureAmount),
		CreatedAt: now,
	}
	ops.ledger.addCapture(c)
	if fault, injected := ops.faults.inject("capture", p.RequestID, CaptureSlowly, CaptureDelay); injected {
		ops.finishCaptureAt(c, now.Add(orElse(time.Duration(fault.Delay), ops.delays.capture)))
	} else {
		ops.finishCapture(c, ops.delays.notification)
	}
	return captureAnswer(c), nil
}

// mayCapture refuses a capture of p that is not allowed. p is nil if there is no
// such payment.
func (ops *operations) mayCapture(p *Payment, money Money) *Refusal {
	switch {
	case p == nil:
		return refuse("AUTH_NOT_FOUND", "there is no such payment")
	case p.Status == antom.PaymentCancelled:
		return refuse("ORDER_IS_CANCELED", "the payment was cancelled")
	case p.Status != antom.PaymentSuccess:
		return refuse("ORDER_STATUS_INVALID", "the payment is %s, not authorised", p.Status)
	case p.Method != "CARD":
		return refuse("ORDER_STATUS_INVALID", "payments of %s have no capture", p.Method)
	case !p.Terms.ManualCapture:
		return refuse("ORDER_STATUS_INVALID", "the payment is captured automatically")
	case !ops.scheduler.now().Before(p.AuthEndsAt):
		return refuse("AUTH_EXPIRED", "the authorization ended at %s", p.AuthEndsAt.UTC().Format(time.RFC3339))
	case money.Currency != p.Currency:
		return refuse("CURRENCY_NOT_SUPPORT", "the payment is in %s", p.Currency)
	case money.Amount > p.Amount:
		return refuse("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "%d were authorised", p.Amount)
	}
	done, underWay := ops.ledger.captured(p)
	switch {
	case done+underWay > 0:
		return refuse("MULTI_CAPTURE_NOT_SUPPORTED", "the payment has a capture already")
	case money.Amount != p.Amount:
		return refuse("PROCESS_FAIL", "the total of captures must be the authorised %d", p.Amount)
	}
	return nil
}

func captureAnswer(c *Capture) *antom.CaptureResponse {
	answer := &antom.CaptureResponse{
		CaptureRequestID: c.RequestID, CaptureID: c.ID, PaymentID: c.PaymentID, CaptureAmount: c.wire(),
		AcquirerReferenceNo: c.Reference,
	}
	switch c.Status {
	case antom.TransactionSuccess:
		answer.Envelope, answer.CaptureTime = succeeded(), wireTime(c.DoneAt)
	case antom.TransactionFail:
		answer.Envelope = antom.Envelope{Result: resultOf(c.ResultCode, antom.StatusFailed)}
	default:
		answer.Envelope = inProcess(antom.CodeCaptureInProcess)
	}
	return answer
}
