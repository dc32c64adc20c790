package gateway

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// Receive reads a verified notification: the row to store, and the event it reports. Body
// is what Antom signed.
func Receive(n antom.Notification, body []byte, at time.Time) checkout.Received {
	r := checkout.Received{}
	r.Event, r.About, r.Understood = eventFromNotification(n)
	named := cmp.Or(r.About.RefundRequestID, r.About.RequestID, r.About.AntomID)
	sum := sha256.Sum256(body)
	r.Notification = checkout.Notification{
		ID: named + "." + hex.EncodeToString(sum[:16]), Type: n.Kind(), AntomID: r.About.AntomID,
		Body: body, Signing: signed(n.Message()).Signing, BodySHA256: hex.EncodeToString(sum[:]), ReceivedAt: at,
	}
	return r
}

// Reread reads a stored notification again, one that came before its payment was
// known.
func (g *Gateway) Reread(row checkout.Notification) (checkout.Received, error) {
	n, err := antom.DecodeNotification(row.Body)
	if err != nil {
		return checkout.Received{}, fmt.Errorf("stored notification %s: %w", row.ID, err)
	}
	r := checkout.Received{Notification: row}
	r.Event, r.About, r.Understood = eventFromNotification(n)
	return r, nil
}

// eventFromNotification is the event that a notification reports, and what it is about.
// understood is false for types that are not about an order.
func eventFromNotification(n antom.Notification) (e checkout.Event, about checkout.Reference, understood bool) {
	switch n := n.(type) {
	case *antom.PaymentResult:
		e = eventFromPaymentNotification(n.PaymentNotification)
		switch n.Result.Status {
		case antom.StatusSuccess:
			e.Outcome = checkout.OutcomeSucceeded
		case antom.StatusFailed:
			e.Outcome, e.ShopFault = checkout.OutcomeFailed, n.Failure().ShopFault()
		}
		return e, checkout.Reference{RequestID: n.PaymentRequestID}, true
	case *antom.PaymentPending:
		e = eventFromPaymentNotification(n.PaymentNotification)
		e.Outcome = checkout.OutcomePending // its result says S and is not final
		return e, checkout.Reference{RequestID: n.PaymentRequestID}, true
	case *antom.CaptureResult:
		e = checkout.Event{AntomID: n.PaymentID, Card: cardOf(n.AcquirerReferenceNo), Operations: []checkout.OperationEvent{{
			Kind: checkout.Capture, RequestID: cmp.Or(n.CaptureRequestID, n.CaptureID), AntomID: n.CaptureID,
			Amount: money(n.CaptureAmount), Code: string(n.Result.Code), Status: operationResult(n.Result),
		}}}
		return e, checkout.Reference{RequestID: n.PaymentRequestID, AntomID: n.PaymentID}, true
	case *antom.DisputeNotification:
		about := checkout.Reference{RequestID: n.PaymentRequestID, AntomID: n.PaymentID}
		e = checkout.Event{Card: cardOf(n.ARN), Dispute: disputeFrom(n)}
		return e, about, about != checkout.Reference{}
	case *antom.RefundResult:
		e = checkout.Event{AntomID: n.PaymentID, Operations: []checkout.OperationEvent{{
			Kind: checkout.Refund, RequestID: n.RefundRequestID, AntomID: n.RefundID,
			Amount: money(n.RefundAmount), Code: string(n.Result.Code), Status: refundResult(n),
		}}}
		return e, checkout.Reference{RefundRequestID: n.RefundRequestID, RefundID: n.RefundID, RequestID: n.PaymentRequestID, AntomID: n.PaymentID}, true
	case *antom.UnknownNotification:
		about := checkout.Reference{RequestID: n.PaymentRequestID, AntomID: n.PaymentID}
		return checkout.Event{Unread: true}, about, about != checkout.Reference{}
	}
	return checkout.Event{}, checkout.Reference{}, false
}

func eventFromPaymentNotification(n antom.PaymentNotification) checkout.Event {
	return checkout.Event{
		AntomID: n.PaymentID, Amount: money(n.PaymentAmount), Method: n.PaymentMethodType,
		Code: string(n.Result.Code), AuthEndsAt: n.AuthExpiryTime.Time,
		Card: cardOf(n.AcquirerReferenceNo, n.PaymentResultInfo, n.CardInfo), CardToken: tokenIn(n.PaymentResultInfo, n.CardInfo),
	}
}

// refundResult is the status that both statements of a notification report. Where they
// contradict each other, the refund stays in processing until an inquiry.
func refundResult(n *antom.RefundResult) checkout.OperationStatus {
	status := operationResult(n.Result)
	if n.RefundStatus != "" && transactionStatus(n.RefundStatus) != status {
		return checkout.OperationProcessing
	}
	return status
}

func operationResult(r antom.Result) checkout.OperationStatus {
	switch r.Status {
	case antom.StatusSuccess:
		return checkout.OperationSuccess
	case antom.StatusFailed:
		return checkout.OperationFailed
	}
	return checkout.OperationProcessing
}

// disputeFrom is the step that a notification tells of. Antom's guide and its API name two
// of the steps differently.
func disputeFrom(n *antom.DisputeNotification) *checkout.Dispute {
	step := n.DisputeNotificationType
	switch step {
	case "DISPUTE_SUPPLIED":
		step = checkout.StepDefenseSupplied
	case "DISPUTE_DUE_ALERT":
		step = checkout.StepDefenseDue
	}
	return &checkout.Dispute{
		ID: n.DisputeID, Type: n.DisputeType, Step: step, Due: n.DefenseDueTime.Time, Result: n.DisputeJudgedResult,
		Amount: money(cmp.Or(n.DisputeJudgedAmount, n.DisputeAmount)), Source: n.DisputeSource,
		ReasonCode: n.DisputeReasonCode, Reason: n.DisputeReasonMsg,
		Since: n.DisputeTime.Time, Undefendable: n.Defendable != nil && !bool(*n.Defendable), AcceptReason: n.DisputeAcceptReason, AutoDefence: n.AutoDefendReason,
	}
}
