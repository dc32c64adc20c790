package sandbox

import "antom-checkout/antom"

// inquiryPayment answers what is known of a payment.
func (ps *payments) inquiryPayment(req *antom.InquiryPaymentRequest) (any, *Refusal) {
	p, refusal := ps.ledger.named(req.PaymentRequestID, req.PaymentID)
	if refusal != nil {
		return nil, refusal
	}
	answer := &antom.InquiryPaymentResponse{
		Envelope: succeeded(), PaymentStatus: p.Status, PaymentResultCode: p.ResultCode,
		PaymentResultMessage: resultOf(p.ResultCode, "").Message,
		PaymentRequestID:     p.RequestID, PaymentID: p.ID, PaymentAmount: p.wire(), PaymentMethodType: p.Method,
		PaymentCreateTime: wireTime(p.CreatedAt), PaymentRedirectURL: p.Terms.RedirectURL, Metadata: p.Terms.Metadata,
		Transactions: ps.transactions(p),
	}
	switch p.Status {
	case antom.PaymentSuccess:
		answer.PaymentTime, answer.AuthExpiryTime, answer.ActualPaymentAmount = wireTime(p.PaidAt), wireTime(p.AuthEndsAt), p.wire()
	case antom.PaymentProcessing:
		answer.RedirectActionForm = p.redirectForm()
	}
	if p.Status == antom.PaymentSuccess || p.Status == antom.PaymentFail {
		answer.PaymentResultInfo, answer.CardInfo = p.reported(), p.cardInfo()
		answer.AcquirerReferenceNo = ps.ledger.reference(p)
	}
	return answer, nil
}

// transactions are the captures and refunds of a payment, nil when there are none.
func (ps *payments) transactions(p *Payment) []antom.Transaction {
	var list []antom.Transaction
	for _, operation := range ps.ledger.operations[p] {
		switch o := operation.(type) {
		case *Capture:
			list = append(list, antom.Transaction{
				Type: antom.TransactionCapture, Status: o.Status, RequestID: o.RequestID, ID: o.ID, Amount: o.wire(),
				Time: wireTime(o.DoneAt), Result: transactionResult(o.Status, o.ResultCode),
			})
		case *Refund:
			list = append(list, antom.Transaction{
				Type: antom.TransactionRefund, Status: o.Status, RequestID: o.RequestID, ID: o.ID, Amount: o.wire(),
				Time: wireTime(o.DoneAt), Result: transactionResult(o.Status, o.ResultCode),
			})
		}
	}
	return list
}
