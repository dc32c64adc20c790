package sandbox

import "antom-checkout/antom"

// inquiryPayment tells what is known of a payment.
func (s *Sandbox) inquiryPayment(req *antom.InquiryPaymentRequest) (any, *Refusal) {
	p, refusal := s.named(req.PaymentRequestID, req.PaymentID)
	if refusal != nil {
		return nil, refusal
	}
	answer := &antom.InquiryPaymentResponse{
		Envelope: succeeded(), PaymentStatus: p.Status, PaymentResultCode: p.ResultCode,
		PaymentResultMessage: resultOf(p.ResultCode, "").Message,
		PaymentRequestID:     p.RequestID, PaymentID: p.ID, PaymentAmount: p.wire(), PaymentMethodType: p.Method,
		PaymentCreateTime: wireTime(p.CreatedAt), PaymentRedirectURL: p.Terms.RedirectURL,
		Transactions: s.transactions(p),
	}
	switch p.Status {
	case antom.PaymentSuccess:
		answer.PaymentTime, answer.AuthExpiryTime, answer.ActualPaymentAmount = wireTime(p.PaidAt), wireTime(p.AuthEndsAt), p.wire()
	case antom.PaymentProcessing:
		answer.RedirectActionForm = p.redirectForm()
	}
	if p.Status == antom.PaymentSuccess || p.Status == antom.PaymentFail {
		answer.PaymentResultInfo, answer.CardInfo = p.Card, p.Card
	}
	return answer, nil
}

// named finds the payment of a request that names one.
func (s *Sandbox) named(requestID, id string) (*Payment, *Refusal) {
	if requestID == "" && id == "" {
		return nil, refuse("PARAM_ILLEGAL", "paymentId or paymentRequestId is required")
	}
	if p := s.findPayment(requestID, id); p != nil {
		return p, nil
	}
	if s.sessions[requestID] != nil && id == "" {
		return nil, refuse("ORDER_NOT_EXIST", "the session was never submitted, so there is no payment")
	}
	return nil, refuse("ORDER_NOT_EXIST", "there is no such payment")
}

// transactions are the captures and refunds of a payment, nil when there are none.
func (s *Sandbox) transactions(p *Payment) []antom.Transaction {
	var list []antom.Transaction
	for _, move := range s.moves[p] {
		switch m := move.(type) {
		case *Capture:
			list = append(list, antom.Transaction{
				Type: antom.TransactionCapture, Status: m.Status, RequestID: m.RequestID, ID: m.ID, Amount: m.wire(),
				Time: wireTime(m.DoneAt), Result: transactionResult(m.Status, m.ResultCode),
			})
		case *Refund:
			list = append(list, antom.Transaction{
				Type: antom.TransactionRefund, Status: m.Status, RequestID: m.RequestID, ID: m.ID, Amount: m.wire(),
				Time: wireTime(m.DoneAt), Result: transactionResult(m.Status, m.ResultCode),
			})
		}
	}
	return list
}

func transactionResult(status antom.TransactionStatus, code antom.ResultCode) antom.Result {
	switch status {
	case antom.TransactionSuccess:
		return resultOf(antom.CodeSuccess, antom.StatusSuccess)
	case antom.TransactionFail:
		return resultOf(code, antom.StatusFailed)
	}
	return resultOf(antom.CodePaymentInProcess, antom.StatusUnknown)
}
