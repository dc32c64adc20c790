package gateway

import (
	"context"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// Operate sends a stored capture, refund or cancel. submittedBefore says that Antom may
// have received it already. Captures and refunds name Antom's paymentId;
// a cancel names the shop's own id, because a session may have no other yet.
func (g *Gateway) Operate(ctx context.Context, p checkout.Payment, op checkout.Operation, submittedBefore bool) (checkout.Event, *checkout.Call) {
	ctx = about(ctx, p.RequestID)
	var named checkout.OperationEvent
	var answer antom.Envelope
	var err error
	switch op.Kind {
	case checkout.Capture:
		var res *antom.CaptureResponse
		res, err = g.client.Capture(ctx, &antom.CaptureRequest{
			CaptureRequestID: op.RequestID, PaymentID: p.AntomID, CaptureAmount: antomAmount(op.Amount),
		})
		answer, named = res.Envelope, captureAnswered(res)
	case checkout.Refund:
		var res *antom.RefundResponse
		res, err = g.client.Refund(ctx, &antom.RefundRequest{
			RefundRequestID: op.RequestID, PaymentID: p.AntomID, RefundAmount: antomAmount(op.Amount), RefundNotifyURL: g.notifyURL(),
			RefundReason: op.Reason,
		})
		answer, named = res.Envelope, refundAnswered(res)
	case checkout.Cancel:
		var res *antom.CancelResponse
		res, err = g.client.Cancel(ctx, &antom.CancelRequest{PaymentRequestID: p.RequestID})
		answer, named = res.Envelope, checkout.OperationEvent{RequestID: op.RequestID}
		if !answers(p.RequestID, res.PaymentRequestID) {
			named.RequestID = res.PaymentRequestID
		}
	}
	call := g.newCall(string(op.Kind), op.RequestID, p.RequestID, answer, err)
	return checkout.Event{
		Cause: checkout.Cause{Kind: checkout.ByResponse, ID: call.ID}, RequestID: p.RequestID,
		Operations: []checkout.OperationEvent{operationEventFrom(op, named, answer.Result, ofAllSubmissions(err, submittedBefore))},
	}, call
}

func captureAnswered(res *antom.CaptureResponse) checkout.OperationEvent {
	return checkout.OperationEvent{RequestID: res.CaptureRequestID, AntomID: res.CaptureID, Amount: money(res.CaptureAmount)}
}

func refundAnswered(res *antom.RefundResponse) checkout.OperationEvent {
	return checkout.OperationEvent{RequestID: res.RefundRequestID, AntomID: res.RefundID, Amount: money(res.RefundAmount)}
}

// authorizationGone are the refusals of a capture that mean that the authorisation has
// ended: the buyer's money is no longer reserved.
var authorizationGone = map[string]bool{"AUTH_EXPIRED": true, "AUTH_CANCELLED": true, "ORDER_IS_CANCELED": true, "ORDER_IS_CANCELLED": true}

// operationEventFrom is the event that the synchronous answer to a capture, refund or
// cancel reports; named holds the ids and the amount of the answer.
func operationEventFrom(op checkout.Operation, named checkout.OperationEvent, result antom.Result, err error) checkout.OperationEvent {
	if !answers(op.RequestID, named.RequestID) {
		return checkout.OperationEvent{Kind: op.Kind, RequestID: op.RequestID, Status: checkout.OperationProcessing}
	}
	e := operationAnswered(op.Kind, named, result, err)
	e.RequestID = op.RequestID
	return e
}

// operationAnswered is what an answer reports, about whichever capture, refund or cancel.
func operationAnswered(kind checkout.OperationKind, named checkout.OperationEvent, result antom.Result, err error) checkout.OperationEvent {
	e := checkout.OperationEvent{Kind: kind, RequestID: named.RequestID, AntomID: named.AntomID, Code: string(result.Code)}
	switch outcome, _ := outcomeFrom(err, checkout.OutcomeSucceeded); {
	case outcome == checkout.OutcomeFailed:
		e.Status, e.Gone = checkout.OperationFailed, kind == checkout.Capture && authorizationGone[e.Code]
	case outcome == checkout.OutcomeSucceeded && !result.InProcess():
		e.Status, e.Amount = checkout.OperationSuccess, named.Amount
	default:
		e.Status = checkout.OperationProcessing
	}
	return e
}
