package gateway

import (
	"cmp"
	"context"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// Inquire inquires the state of a payment (inquiryPayment). Event and call are set
// when Antom knows it.
func (g *Gateway) Inquire(ctx context.Context, p checkout.Payment) (checkout.Event, *checkout.Call, checkout.Finding) {
	ctx = about(ctx, p.RequestID)
	res, err := g.client.InquiryPayment(ctx, &antom.InquiryPaymentRequest{PaymentRequestID: p.RequestID})
	event, found := eventFromInquiry(p, res, err)
	if !found {
		if codeOf(err) == string(antom.CodeOrderNotExist) {
			return event, nil, checkout.FindingNotFound
		}
		if err == nil {
			g.log.WarnContext(ctx, "inquiry answered about another payment", checkout.LogPayment, p.RequestID)
		}
		return event, nil, checkout.FindingUnknown
	}
	call := g.newCall("inquiryPayment", p.RequestID, p.RequestID, res.Envelope, err)
	event.Cause = checkout.Cause{Kind: checkout.ByInquiry, ID: call.ID}
	if event.Outcome == checkout.OutcomeAccepted || event.Outcome == checkout.OutcomePending {
		return event, call, checkout.FindingPending
	}
	return event, call, checkout.FindingFound
}

// eventFromInquiry is the event that an inquiry reports. found is false when Antom does
// not know the payment, or the answer is about another one.
func eventFromInquiry(p checkout.Payment, res *antom.InquiryPaymentResponse, err error) (e checkout.Event, found bool) {
	if err != nil || !isAbout(p, res) {
		return checkout.Event{RequestID: p.RequestID}, false
	}
	e = paymentInquired(res)
	e.RequestID = p.RequestID
	return e, true
}

// paymentInquired is what an answer reports, about whichever payment.
func paymentInquired(res *antom.InquiryPaymentResponse) (e checkout.Event) {
	e.AntomID = res.PaymentID
	e.Amount = money(res.PaymentAmount)
	e.Method = res.PaymentMethodType
	e.Code = string(res.PaymentResultCode)
	e.AuthEndsAt = res.AuthExpiryTime.Time
	e.Card = cardOf(res.AcquirerReferenceNo, res.PaymentResultInfo, res.CardInfo)
	e.CardToken = tokenIn(res.PaymentResultInfo, res.CardInfo)
	switch res.PaymentStatus {
	case antom.PaymentSuccess:
		e.Outcome = checkout.OutcomeSucceeded
	case antom.PaymentFail:
		e.Outcome, e.ShopFault = checkout.OutcomeFailed, res.Failure().ShopFault()
	case antom.PaymentCancelled:
		e.Outcome = checkout.OutcomeCancelled
	case antom.PaymentPendingNow:
		e.Outcome = checkout.OutcomePending
	case antom.PaymentProcessing:
		e.Outcome = checkout.OutcomeAccepted
	}
	for _, t := range res.Transactions {
		if op, ok := operationEvent(t); ok {
			e.Operations = append(e.Operations, op)
		}
	}
	return e
}

// isAbout reports whether an answer is about the payment: it names the shop's id, or no
// other id than those that are known.
func isAbout(p checkout.Payment, res *antom.InquiryPaymentResponse) bool {
	if res.PaymentRequestID != "" || p.AntomID == "" {
		return answers(p.RequestID, res.PaymentRequestID)
	}
	return answers(p.AntomID, res.PaymentID)
}

func operationEvent(t antom.Transaction) (checkout.OperationEvent, bool) {
	e := checkout.OperationEvent{
		RequestID: cmp.Or(t.RequestID, t.ID), AntomID: t.ID,
		Amount: money(t.Amount), Code: string(t.Result.Code), Status: transactionStatus(t.Status),
	}
	switch t.Type {
	case antom.TransactionCapture:
		e.Kind = checkout.Capture
	case antom.TransactionRefund:
		e.Kind = checkout.Refund
	default:
		return e, false
	}
	return e, true
}

func transactionStatus(status antom.TransactionStatus) checkout.OperationStatus {
	switch status {
	case antom.TransactionSuccess:
		return checkout.OperationSuccess
	case antom.TransactionFail:
		return checkout.OperationFailed
	}
	return checkout.OperationProcessing
}

// InquireRefund inquires the state of a refund (inquiryRefund). Event and call are set
// when Antom knows it.
func (g *Gateway) InquireRefund(ctx context.Context, p checkout.Payment, op checkout.Operation) (checkout.Event, *checkout.Call, checkout.Finding) {
	res, err := g.client.InquiryRefund(about(ctx, p.RequestID), &antom.InquiryRefundRequest{RefundRequestID: op.RequestID})
	switch {
	case err == nil && answers(op.RequestID, res.RefundRequestID):
		call := g.newCall("inquiryRefund", op.RequestID, p.RequestID, res.Envelope, err)
		return checkout.Event{
			Cause: checkout.Cause{Kind: checkout.ByInquiry, ID: call.ID}, RequestID: p.RequestID,
			Operations: []checkout.OperationEvent{refundInquired(op.RequestID, res)},
		}, call, checkout.FindingFound
	case codeOf(err) == string(antom.CodeOrderNotExist):
		return checkout.Event{}, nil, checkout.FindingNotFound
	}
	return checkout.Event{}, nil, checkout.FindingUnknown
}

func refundInquired(requestID string, res *antom.InquiryRefundResponse) checkout.OperationEvent {
	return checkout.OperationEvent{
		Kind: checkout.Refund, RequestID: requestID, AntomID: res.RefundID,
		Amount: money(res.RefundAmount), Status: transactionStatus(res.RefundStatus),
	}
}
