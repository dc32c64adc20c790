package sandbox

import (
	"encoding/json"
	"slices"
	"time"

	"antom-checkout/antom"
)

// Notice is one of Antom's notifications, with every time it was sent.
type Notice struct {
	ID               int             `json:"id"`
	Type             string          `json:"type"` // PAYMENT_RESULT, CAPTURE_RESULT, …
	PaymentRequestID string          `json:"payment_request_id"`
	URL              string          `json:"url"`
	Body             json.RawMessage `json:"body"`
	State            NoticeState     `json:"state"`
	NextAt           time.Time       `json:"next_at,omitzero"` // while it is waiting
	Sendings         []Sending       `json:"sendings,omitempty"`
}

// Sending is one attempt to deliver a notice.
type Sending struct {
	At      time.Time `json:"at"`
	Status  int       `json:"status,omitempty"` // the HTTP status of the answer, 0 if there was none
	Verdict string    `json:"verdict"`
}

// NoticeState is how far a notice has come.
type NoticeState string

// A notice waits for its time, is under way, and ends acknowledged or, after
// eight sendings, given up.
const (
	NoticeWaiting      NoticeState = "waiting"
	NoticeUnderWay     NoticeState = "under way"
	NoticeAcknowledged NoticeState = "acknowledged"
	NoticeGivenUp      NoticeState = "given up"
)

// notice is a Notice on its way.
type notice struct {
	Notice
	heldBack bool // by a Reorder, until the payment's next notice
	timer    *task
	era      int
}

const keptNotices = 1000

// noticeTypes are all there are.
var noticeTypes = []string{
	"PAYMENT_RESULT", "PAYMENT_PENDING", "CAPTURE_RESULT", "REFUND_RESULT", "VAULTING_RESULT",
	"DISPUTE_CREATED", "DEFENSE_DUE_ALERT", "DEFENSE_SUPPLIED", "DISPUTE_ACCEPTED", "DISPUTE_JUDGED", "DISPUTE_CANCELLED",
}

// noticePayment tells the merchant how a payment stands.
func (s *Sandbox) noticePayment(p *Payment, kind string, in time.Duration) {
	body := antom.PaymentNotice{
		Notice:           antom.Notice{NotifyType: kind, Result: resultOf(antom.CodeSuccess, antom.StatusSuccess)},
		PaymentRequestID: p.RequestID, PaymentID: p.ID, PaymentAmount: p.wire(), PaymentMethodType: p.Method,
		PaymentCreateTime: wireTime(p.CreatedAt), PaymentResultInfo: p.Card, CardInfo: p.Card,
	}
	switch p.Status {
	case antom.PaymentSuccess:
		body.PaymentTime, body.AuthExpiryTime, body.ActualPaymentAmount = wireTime(p.PaidAt), wireTime(p.AuthEndsAt), p.wire()
	case antom.PaymentFail:
		body.Result = resultOf(p.ResultCode, antom.StatusFailed)
	}
	s.announce(kind, p.RequestID, p.Terms.NotifyURL, body, in)
}

func (s *Sandbox) noticeCapture(p *Payment, c *Capture, in time.Duration) {
	s.announce("CAPTURE_RESULT", p.RequestID, p.Terms.NotifyURL, antom.CaptureResult{
		Notice:           antom.Notice{NotifyType: "CAPTURE_RESULT", Result: transactionResult(c.Status, c.ResultCode)},
		CaptureRequestID: c.RequestID, CaptureID: c.ID, PaymentID: c.PaymentID,
		CaptureAmount: c.wire(), CaptureTime: wireTime(c.DoneAt),
	}, in)
}

func (s *Sandbox) noticeRefund(p *Payment, r *Refund, in time.Duration) {
	s.announce("REFUND_RESULT", p.RequestID, r.NotifyURL, antom.RefundResult{
		Notice:       antom.Notice{NotifyType: "REFUND_RESULT", Result: transactionResult(r.Status, r.ResultCode)},
		RefundStatus: r.Status, RefundRequestID: r.RequestID, RefundID: r.ID,
		RefundAmount: r.wire(), RefundTime: wireTime(r.DoneAt),
	}, in)
}

// announce puts a notice about a payment (or vaulting) on the schedule. A
// merchant without notify address hears nothing, as with an empty dashboard.
func (s *Sandbox) announce(kind, about, to string, body any, in time.Duration) {
	if to == "" {
		if p := s.payments[about]; p != nil {
			s.tell(p, "no notify address, so no %s", kind)
		}
		return
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // notices are structs of ours
	}
	s.noticeCount++
	n := &notice{Notice: Notice{
		ID: s.noticeCount, Type: kind, PaymentRequestID: about, URL: to, Body: text, State: NoticeWaiting,
	}, era: s.era}
	s.forgetOldNotices()
	s.noticeList = append(s.noticeList, n)
	in += s.delayOf(DelayNotice, kind, about)
	if held, struck := s.strike(kind, about, Reorder); struck {
		n.heldBack = true
		s.heldBack++
		in += orElse(time.Duration(held.Delay), 10*time.Minute)
	}
	s.sendAt(n, s.now().Add(in))
}

// forgetOldNotices bounds the list: the oldest that are done go first.
func (s *Sandbox) forgetOldNotices() {
	if len(s.noticeList) < 2*keptNotices {
		return
	}
	spare := len(s.noticeList) - keptNotices
	s.noticeList = slices.DeleteFunc(s.noticeList, func(n *notice) bool {
		done := n.State == NoticeAcknowledged || n.State == NoticeGivenUp
		if done && spare > 0 {
			spare--
			return true
		}
		return false
	})
}

func (b *books) allNotices() []Notice {
	out := make([]Notice, len(b.noticeList))
	for i, n := range b.noticeList {
		out[i] = n.Notice
		out[i].Sendings = slices.Clone(n.Sendings)
	}
	return out
}
