package sandbox

import (
	"encoding/base64"
	"errors"
	"time"

	"antom-checkout/antom"
)

// Dispute is a buyer's complaint about a payment to their bank.
type Dispute struct {
	ID               string `json:"dispute_id"`
	PaymentID        string `json:"payment_id"`
	PaymentRequestID string `json:"payment_request_id"`
	Money
	Type       string    `json:"type"` // CHARGEBACK, RETRIEVAL_REQUEST, COMPLIANCE_REQUEST
	ReasonCode string    `json:"reason_code"`
	Status     string    `json:"status"` // OPEN, DEFENDED, ACCEPTED, JUDGED, CANCELLED
	Verdict    string    `json:"verdict,omitempty"`
	Evidence   string    `json:"evidence,omitempty"` // base64, as the merchant sent it
	CreatedAt  time.Time `json:"created_at"`
	DueAt      time.Time `json:"defense_due_at"`
	EndedAt    time.Time `json:"ended_at,omitzero"`
}

// The states of a dispute.
const (
	disputeOpen      = "OPEN"
	disputeDefended  = "DEFENDED"
	disputeAccepted  = "ACCEPTED"
	disputeJudged    = "JUDGED"
	disputeCancelled = "CANCELLED"
)

func (d *Dispute) over() bool { return d.Status != disputeOpen && d.Status != disputeDefended }

// ErrUnknownDispute says that there is no dispute of that id.
var ErrUnknownDispute = errors.New("sandbox: no dispute has this id")

// Dispute has the buyer's bank dispute a paid payment, or a part of it (amount 0
// is all of it). It returns the dispute's id.
func (c *Control) Dispute(requestID string, amount int64, reasonCode string) (string, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	p := c.s.payments[requestID]
	switch {
	case p == nil:
		return "", ErrUnknownPayment
	case p.Status != antom.PaymentSuccess:
		return "", errors.New("sandbox: only a paid payment can be disputed")
	case amount < 0 || amount > p.Amount:
		return "", errors.New("sandbox: the dispute is about more than was paid")
	}
	money := p.Money
	if amount > 0 {
		money.Amount = amount
	}
	if reasonCode == "" {
		reasonCode = "10.4"
	}
	now := c.s.now()
	d := &Dispute{
		ID: newID(now), PaymentID: p.ID, PaymentRequestID: p.RequestID, Money: money, Type: "CHARGEBACK",
		ReasonCode: reasonCode, Status: disputeOpen, CreatedAt: now, DueAt: now.Add(7 * day),
	}
	c.s.addDispute(d)
	c.s.keep(d)
	c.s.tell(p, "disputed: %s", d.Money)
	c.s.noticeDispute(d, "DISPUTE_CREATED", 0)
	c.s.watchDispute(d)
	c.s.move()
	return d.ID, nil
}

// watchDispute reminds the merchant a day before the defence is due, and ends
// the dispute when it was not defended.
func (s *Sandbox) watchDispute(d *Dispute) {
	s.plan(d.DueAt.Add(-day), func() {
		if d.Status == disputeOpen {
			s.noticeDispute(d, "DEFENSE_DUE_ALERT", 0)
		}
	})
	s.plan(d.DueAt, func() {
		if d.Status == disputeOpen {
			s.endDispute(d, disputeAccepted, "TIMEOUT")
		}
	})
}

// Judge ends a dispute: VALIDATE_SUCCESS is for the merchant, VALIDATE_FAIL for
// the buyer.
func (c *Control) Judge(disputeID, verdict string) error {
	if verdict != "VALIDATE_SUCCESS" && verdict != "VALIDATE_FAIL" {
		return errors.New("sandbox: a verdict is VALIDATE_SUCCESS or VALIDATE_FAIL")
	}
	return c.endDispute(disputeID, disputeJudged, verdict)
}

// Withdraw has the buyer's bank withdraw a dispute.
func (c *Control) Withdraw(disputeID string) error {
	return c.endDispute(disputeID, disputeCancelled, "")
}

func (c *Control) endDispute(id, status, verdict string) error {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	d := c.s.disputes[id]
	switch {
	case d == nil:
		return ErrUnknownDispute
	case d.over():
		return errors.New("sandbox: the dispute is over")
	}
	c.s.endDispute(d, status, verdict)
	c.s.move()
	return nil
}

func (s *Sandbox) endDispute(d *Dispute, status, verdict string) {
	d.Status, d.Verdict, d.EndedAt = status, verdict, s.now()
	s.keep(d)
	s.noticeDispute(d, map[string]string{
		disputeAccepted: "DISPUTE_ACCEPTED", disputeJudged: "DISPUTE_JUDGED", disputeCancelled: "DISPUTE_CANCELLED",
	}[status], s.delays.notice)
}

// noticeDispute tells the merchant. Antom sends these to the dashboard's
// address; here that is the payment's notify address.
func (s *Sandbox) noticeDispute(d *Dispute, kind string, in time.Duration) {
	p := s.paymentIDs[d.PaymentID]
	body := antom.DisputeNotification{
		Notice:                  antom.Notice{NotifyType: kind, Result: resultOf(antom.CodeSuccess, antom.StatusSuccess)},
		DisputeNotificationType: kind, DisputeID: d.ID, PaymentID: d.PaymentID, PaymentRequestID: d.PaymentRequestID,
		DisputeType: d.Type, DisputeSource: p.Method, DisputeTime: wireTime(d.CreatedAt), DisputeAmount: d.wire(),
		DisputeReasonCode: d.ReasonCode, DisputeReasonMsg: "The buyer does not recognise the payment.",
		Defendable: true, DefenseDueTime: wireTime(d.DueAt),
	}
	switch d.Status {
	case disputeJudged:
		body.DisputeJudgedTime, body.DisputeJudgedAmount, body.DisputeJudgedResult = wireTime(d.EndedAt), d.wire(), d.Verdict
	case disputeAccepted:
		body.DisputeAcceptTime, body.DisputeAcceptReason = wireTime(d.EndedAt), d.Verdict
	}
	s.announce(kind, d.PaymentRequestID, p.Terms.NotifyURL, body, in)
}

// openDispute finds a dispute about which something can still be done.
func (s *Sandbox) openDispute(id string) (*Dispute, *Refusal) {
	if refusal := required("disputeId", id, 64); refusal != nil {
		return nil, refusal
	}
	d := s.disputes[id]
	switch {
	case d == nil:
		return nil, refuse(antom.CodeOrderNotExist, "there is no such dispute")
	case d.over():
		return nil, refuse("ORDER_STATUS_INVALID", "the dispute is over: %s", d.Status)
	}
	return d, nil
}

// acceptDispute gives in.
func (s *Sandbox) acceptDispute(req *antom.AcceptDisputeRequest) (any, *Refusal) {
	d, refusal := s.openDispute(req.DisputeID)
	if refusal != nil {
		return nil, refusal
	}
	s.endDispute(d, disputeAccepted, "MERCHANT_ACCEPTED")
	return &antom.AcceptDisputeResponse{Envelope: succeeded(), DisputeID: d.ID, DisputeResolutionTime: wireTime(d.EndedAt)}, nil
}

// supplyDefenseDocument takes the merchant's evidence.
func (s *Sandbox) supplyDefenseDocument(req *antom.SupplyDefenseDocumentRequest) (any, *Refusal) {
	d, refusal := s.openDispute(req.DisputeID)
	if refusal != nil {
		return nil, refusal
	}
	if refusal := required("disputeEvidence", req.DisputeEvidence, 1_000_000); refusal != nil {
		return nil, refusal
	}
	if _, err := base64.StdEncoding.DecodeString(req.DisputeEvidence); err != nil {
		return nil, refuse("PARAM_ILLEGAL", "disputeEvidence is not base64")
	}
	d.Status, d.Evidence = disputeDefended, req.DisputeEvidence
	s.keep(d)
	s.noticeDispute(d, "DEFENSE_SUPPLIED", s.delays.notice)
	return &antom.SupplyDefenseDocumentResponse{Envelope: succeeded(), DisputeID: d.ID, DisputeResolutionTime: wireTime(s.now())}, nil
}

// blankForm is the smallest PDF there is.
const blankForm = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// downloadDisputeEvidence gives the form to fill in, or what was sent.
func (s *Sandbox) downloadDisputeEvidence(req *antom.DownloadDisputeEvidenceRequest) (any, *Refusal) {
	if refusal := required("disputeId", req.DisputeID, 64); refusal != nil {
		return nil, refusal
	}
	d := s.disputes[req.DisputeID]
	if d == nil {
		return nil, refuse(antom.CodeOrderNotExist, "there is no such dispute")
	}
	answer := &antom.DownloadDisputeEvidenceResponse{Envelope: succeeded(), DisputeEvidenceFormat: "PDF"}
	switch req.DisputeEvidenceType {
	case antom.EvidenceTemplate:
		answer.DisputeEvidence = base64.StdEncoding.EncodeToString([]byte(blankForm))
	case antom.EvidenceFile:
		if d.Evidence == "" {
			return nil, refuse(antom.CodeOrderNotExist, "no evidence was supplied")
		}
		answer.DisputeEvidence = d.Evidence
	default:
		return nil, refuse("PARAM_ILLEGAL", "disputeEvidenceType is neither %s nor %s", antom.EvidenceTemplate, antom.EvidenceFile)
	}
	return answer, nil
}
