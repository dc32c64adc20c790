package sandbox

import (
	"time"

	"antom-checkout/antom"
)

// captureByItself takes the money of an authorised card payment a moment later,
// as Antom does unless the merchant wants to do it.
func (s *Sandbox) captureByItself(p *Payment) {
	now := s.now()
	c := &Capture{
		RequestID: "AUTO" + newID(now), ID: newID(now), PaymentID: p.ID, PaymentRequestID: p.RequestID,
		Status: antom.TransactionProcessing, ResultCode: antom.CodePaymentInProcess, Money: p.Money,
		Automatic: true, CreatedAt: now,
	}
	s.addCapture(c)
	s.finishCaptureAt(c, now.Add(s.delays.notice+s.delays.capture+s.delayOf(CaptureDelay, "CAPTURE_RESULT", p.RequestID)))
}

// delayOf is how much longer a fault makes something take.
func (s *Sandbox) delayOf(kind FaultKind, on, payment string) time.Duration {
	fault, _ := s.strike(on, payment, kind)
	return time.Duration(fault.Delay)
}

func (s *Sandbox) finishCaptureAt(c *Capture, at time.Time) {
	c.DueAt = at
	s.keep(c)
	s.plan(at, func() { s.finishCapture(c, 0) })
}

// finishCapture ends a capture and tells the merchant, in a moment where the answer
// to their call should be first.
func (s *Sandbox) finishCapture(c *Capture, noticeIn time.Duration) {
	if c.Status != antom.TransactionProcessing {
		return
	}
	p := s.paymentIDs[c.PaymentID]
	c.Status, c.ResultCode, c.DoneAt = antom.TransactionSuccess, antom.CodeSuccess, s.now()
	if fault, struck := s.strike("CAPTURE_RESULT", p.RequestID, CaptureFail); struck {
		c.Status, c.ResultCode = antom.TransactionFail, antom.ResultCode(fault.Code)
		if fault.Code == "" {
			c.ResultCode = "PROCESS_FAIL"
		}
	}
	s.keep(c)
	s.tell(p, "capture %s (%s)", c.Status, c.ResultCode)
	s.noticeCapture(p, c, noticeIn)
}

// capture takes the money of a payment authorised with manual capture: all of
// it at once, within seven days.
func (s *Sandbox) capture(req *antom.CaptureRequest) (any, *Refusal) {
	if refusal := firstRefusal(
		identifier("captureRequestId", req.CaptureRequestID),
		required("paymentId", req.PaymentID, 64),
	); refusal != nil {
		return nil, refusal
	}
	if req.CaptureAmount.IsZero() || req.CaptureAmount.Minor() == 0 {
		return nil, refuse("PARAM_ILLEGAL", "captureAmount is required and positive")
	}
	if c := s.captures[req.CaptureRequestID]; c != nil {
		if c.PaymentID != req.PaymentID || c.Money != moneyOf(req.CaptureAmount) {
			return nil, refuse("REPEAT_REQ_INCONSISTENT", "this captureRequestId stands for another amount or payment")
		}
		return captureAnswer(c), nil
	}
	p := s.paymentIDs[req.PaymentID]
	if refusal := s.mayCapture(p, moneyOf(req.CaptureAmount)); refusal != nil {
		return nil, refusal
	}
	now := s.now()
	c := &Capture{
		RequestID: req.CaptureRequestID, ID: newID(now), PaymentID: p.ID, PaymentRequestID: p.RequestID,
		Status: antom.TransactionProcessing, ResultCode: antom.CodeCaptureInProcess, Money: moneyOf(req.CaptureAmount),
		CreatedAt: now,
	}
	s.addCapture(c)
	if fault, struck := s.strike("capture", p.RequestID, CaptureSlowly, CaptureDelay); struck {
		s.finishCaptureAt(c, now.Add(orElse(time.Duration(fault.Delay), s.delays.capture)))
	} else {
		s.finishCapture(c, s.delays.notice)
	}
	return captureAnswer(c), nil
}

// mayCapture says whether p may be captured for this money, p nil if there is
// no such payment.
func (s *Sandbox) mayCapture(p *Payment, money Money) *Refusal {
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
	case !s.now().Before(p.AuthEndsAt):
		return refuse("AUTH_EXPIRED", "the authorization ended at %s", p.AuthEndsAt.UTC().Format(time.RFC3339))
	case money.Currency != p.Currency:
		return refuse("CURRENCY_NOT_SUPPORT", "the payment is in %s", p.Currency)
	case money.Amount > p.Amount:
		return refuse("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "%d were authorised", p.Amount)
	}
	done, underWay := s.captured(p)
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
