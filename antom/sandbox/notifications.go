package sandbox

import (
	"encoding/json"
	"slices"
	"time"

	"antom-checkout/antom"
)

// Notification is one of Antom's notifications, with every time it was sent.
type Notification struct {
	ID               int               `json:"id"`
	Type             string            `json:"type"` // PAYMENT_RESULT, CAPTURE_RESULT, …
	PaymentRequestID string            `json:"payment_request_id"`
	URL              string            `json:"url"`
	Body             json.RawMessage   `json:"body"`
	State            NotificationState `json:"state"`
	NextAt           time.Time         `json:"next_at,omitzero"` // while it is waiting
	Sendings         []Sending         `json:"sendings,omitempty"`
}

// Sending is one attempt to deliver a notification.
type Sending struct {
	At      time.Time `json:"at"`
	Status  int       `json:"status,omitempty"` // the HTTP status of the answer, 0 if there was none
	Verdict string    `json:"verdict"`
}

// NotificationState is how far a notification has come.
type NotificationState string

// A notification waits for its time, is under way, and ends acknowledged or,
// after eight sendings, given up.
const (
	NotificationWaiting      NotificationState = "waiting"
	NotificationUnderWay     NotificationState = "under way"
	NotificationAcknowledged NotificationState = "acknowledged"
	NotificationGivenUp      NotificationState = "given up"
)

// notificationTypes are all there are.
var notificationTypes = []string{
	"PAYMENT_RESULT", "PAYMENT_PENDING", "CAPTURE_RESULT", "REFUND_RESULT", "VAULTING_RESULT",
	"DISPUTE_CREATED", "DEFENSE_DUE_ALERT", "DEFENSE_SUPPLIED", "DISPUTE_ACCEPTED", "DISPUTE_JUDGED", "DISPUTE_CANCELLED", "RDR_RESOLVED",
}

// schedule is when Antom sends a notification again, each time counted from the
// sending before, until it is acknowledged.
var schedule = []time.Duration{
	0, 2 * time.Minute, 10 * time.Minute, 10 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 15 * time.Hour,
}

// Schedule is when the notification is sent if no answer acknowledges it: the
// next time and those after it.
func (n Notification) Schedule() []time.Time {
	if n.NextAt.IsZero() {
		return nil
	}
	at, times := n.NextAt, []time.Time{n.NextAt}
	for sent := len(n.Sendings) + 1; sent < len(schedule); sent++ {
		at = at.Add(schedule[sent])
		times = append(times, at)
	}
	return times
}

// notificationsOf are the notifications about one payment, or all when it is empty.
func notificationsOf(all []Notification, payment string) []Notification {
	if payment == "" {
		return all
	}
	return slices.DeleteFunc(all, func(n Notification) bool { return n.PaymentRequestID != payment })
}

// notifyPayment tells the merchant how a payment stands.
func (nt *notifier) notifyPayment(p *Payment, kind string, in time.Duration) {
	body := antom.PaymentNotification{
		NotificationEnvelope: antom.NotificationEnvelope{NotifyType: kind, Result: resultOf(antom.CodeSuccess, antom.StatusSuccess)},
		PaymentRequestID:     p.RequestID, PaymentID: p.ID, PaymentAmount: p.wire(), PaymentMethodType: p.Method,
		PaymentCreateTime: wireTime(p.CreatedAt), PaymentResultInfo: p.reported(), CardInfo: p.cardInfo(), Metadata: p.Terms.Metadata,
	}
	switch p.Status {
	case antom.PaymentSuccess:
		body.PaymentTime, body.AuthExpiryTime, body.ActualPaymentAmount = wireTime(p.PaidAt), wireTime(p.AuthEndsAt), p.wire()
	case antom.PaymentFail:
		body.Result = resultOf(p.ResultCode, antom.StatusFailed)
	}
	nt.announce(kind, p.RequestID, p.Terms.NotifyURL, body, in)
}

// notifyCapture tells the merchant how a capture ended.
func (nt *notifier) notifyCapture(p *Payment, c *Capture, in time.Duration) {
	nt.announce("CAPTURE_RESULT", p.RequestID, p.Terms.NotifyURL, antom.CaptureResult{
		NotificationEnvelope: antom.NotificationEnvelope{NotifyType: "CAPTURE_RESULT", Result: transactionResult(c.Status, c.ResultCode)},
		CaptureRequestID:     c.RequestID, CaptureID: c.ID, PaymentID: c.PaymentID,
		CaptureAmount: c.wire(), CaptureTime: wireTime(c.DoneAt), AcquirerReferenceNo: c.Reference,
	}, in)
}

// notifyRefund tells the merchant how a refund ended.
func (nt *notifier) notifyRefund(p *Payment, r *Refund, in time.Duration) {
	nt.announce("REFUND_RESULT", p.RequestID, r.NotifyURL, antom.RefundResult{
		NotificationEnvelope: antom.NotificationEnvelope{NotifyType: "REFUND_RESULT", Result: transactionResult(r.Status, r.ResultCode)},
		RefundStatus:         r.Status, RefundRequestID: r.RequestID, RefundID: r.ID,
		RefundAmount: r.wire(), RefundTime: wireTime(r.DoneAt), Metadata: r.Metadata,
	}, in)
}

// notifyVaulting tells the merchant how a vaulting ended.
func (nt *notifier) notifyVaulting(v *Vaulting, result antom.Result, in time.Duration) {
	nt.announce("VAULTING_RESULT", v.RequestID, v.NotifyURL, antom.VaultingResult{
		NotificationEnvelope: antom.NotificationEnvelope{NotifyType: "VAULTING_RESULT", Result: result},
		VaultingRequestID:    v.RequestID, PaymentMethodDetail: v.detail(), VaultingCreateTime: wireTime(v.CreatedAt),
	}, in)
}

// disputeBody is a notification about a dispute as Antom shows it: without notifyType and
// result, which all others have.
type disputeBody struct {
	antom.DisputeNotification
	NotifyType *string `json:"notifyType,omitempty"`
	Result     *string `json:"result,omitempty"`
}

// notifyDispute tells the merchant how a dispute stands. Antom sends these to the
// dashboard's address; here that is the payment's notify address.
func (nt *notifier) notifyDispute(p *Payment, d *Dispute, kind string, in time.Duration) {
	body := antom.DisputeNotification{
		DisputeNotificationType: kind, DisputeID: d.ID, PaymentID: d.PaymentID, PaymentRequestID: d.PaymentRequestID,
		DisputeType: d.Type, DisputeSource: d.Source, DisputeTime: wireTime(d.CreatedAt), DisputeAmount: d.wire(),
		DisputeReasonCode: d.ReasonCode, DisputeReasonMsg: "The buyer does not recognise the payment.",
		DefenseDueTime: wireTime(d.DueAt),
	}
	if d.Status == disputeOpen {
		body.Defendable = antom.True
		if d.Undefendable {
			body.Defendable = antom.False
		}
	}
	switch d.Status {
	case disputeJudged:
		body.DisputeJudgedTime, body.DisputeJudgedAmount, body.DisputeJudgedResult = wireTime(d.EndedAt), d.wire(), d.Verdict
	case disputeAccepted:
		body.DisputeAcceptTime, body.DisputeAcceptReason = wireTime(d.EndedAt), d.Verdict
	case disputeResolved:
		body.DisputeType, body.DefenseDueTime = "", antom.Time{}
	}
	nt.announce(kind, d.PaymentRequestID, p.Terms.NotifyURL, disputeBody{DisputeNotification: body}, in)
}
