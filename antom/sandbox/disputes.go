package sandbox

import (
	"encoding/base64"
	"errors"
	"time"

	"antom-checkout/antom"
)

// Dispute is a buyer's complaint to their bank about a payment.
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

// disputes holds the buyers' disputes. The records are the ledger's, whose lock
// is held in all methods.
type disputes struct {
	delays    delays
	ledger    *ledger
	scheduler *scheduler
	notifier  *notifier
}

// open has the buyer's bank dispute a paid payment, or a part of it (amount 0 is
// all of it).
func (ds *disputes) open(requestID string, amount int64, reasonCode string) (*Dispute, error) {
	p := ds.ledger.payments[requestID]
	switch {
	case p == nil:
		return nil, ErrUnknownPayment
	case p.Status != antom.PaymentSuccess:
		return nil, errors.New("sandbox: only a paid payment can be disputed")
	case amount < 0 || amount > p.Amount:
		return nil, errors.New("sandbox: the dispute is about more than was paid")
	}
	money := p.Money
	if amount > 0 {
		money.Amount = amount
	}
	if reasonCode == "" {
		reasonCode = "10.4"
	}
	now := ds.scheduler.now()
	d := &Dispute{
		ID: newID(now), PaymentID: p.ID, PaymentRequestID: p.RequestID, Money: money, Type: "CHARGEBACK",
		ReasonCode: reasonCode, Status: disputeOpen, CreatedAt: now, DueAt: now.Add(7 * day),
	}
	ds.ledger.addDispute(d)
	ds.ledger.keep(d)
	ds.ledger.note(p, "disputed: %s", d.Money)
	ds.notify(d, "DISPUTE_CREATED", 0)
	ds.watch(d)
	return d, nil
}

// watch reminds the merchant a day before the defence is due, and ends the
// dispute when it was not defended.
func (ds *disputes) watch(d *Dispute) {
	ds.scheduler.plan(d.DueAt.Add(-day), func() {
		if d.Status == disputeOpen {
			ds.notify(d, "DEFENSE_DUE_ALERT", 0)
		}
	})
	ds.scheduler.plan(d.DueAt, func() {
		if d.Status == disputeOpen {
			ds.end(d, disputeAccepted, "TIMEOUT")
		}
	})
}

// conclude ends the dispute of this id, if it is not over.
func (ds *disputes) conclude(id, status, verdict string) error {
	d := ds.ledger.disputes[id]
	switch {
	case d == nil:
		return ErrUnknownDispute
	case d.over():
		return errors.New("sandbox: the dispute is over")
	}
	ds.end(d, status, verdict)
	return nil
}

func (ds *disputes) end(d *Dispute, status, verdict string) {
	d.Status, d.Verdict, d.EndedAt = status, verdict, ds.scheduler.now()
	ds.ledger.keep(d)
	ds.notify(d, map[string]string{
		disputeAccepted: "DISPUTE_ACCEPTED", disputeJudged: "DISPUTE_JUDGED", disputeCancelled: "DISPUTE_CANCELLED",
	}[status], ds.delays.notification)
}

func (ds *disputes) notify(d *Dispute, kind string, in time.Duration) {
	ds.notifier.notifyDispute(ds.ledger.paymentIDs[d.PaymentID], d, kind, in)
}

// resume plans what was still to come for the disputes that the journal held.
func (ds *disputes) resume() {
	for _, d := range ds.ledger.disputeList {
		if !d.over() {
			ds.watch(d)
		}
	}
}

// undecided finds a dispute that the merchant may still answer.
func (ds *disputes) undecided(id string) (*Dispute, *Refusal) {
	if refusal := required("disputeId", id, 64); refusal != nil {
		return nil, refusal
	}
	d := ds.ledger.disputes[id]
	switch {
	case d == nil:
		return nil, refuse(antom.CodeOrderNotExist, "there is no such dispute")
	case d.over():
		return nil, refuse("ORDER_STATUS_INVALID", "the dispute is over: %s", d.Status)
	}
	return d, nil
}

// acceptDispute ends a dispute in favour of the buyer.
func (ds *disputes) acceptDispute(req *antom.AcceptDisputeRequest) (any, *Refusal) {
	d, refusal := ds.undecided(req.DisputeID)
	if refusal != nil {
		return nil, refusal
	}
	ds.end(d, disputeAccepted, "MERCHANT_ACCEPTED")
	return &antom.AcceptDisputeResponse{Envelope: succeeded(), DisputeID: d.ID, DisputeResolutionTime: wireTime(d.EndedAt)}, nil
}

// supplyDefenseDocument takes the merchant's evidence.
func (ds *disputes) supplyDefenseDocument(req *antom.SupplyDefenseDocumentRequest) (any, *Refusal) {
	d, refusal := ds.undecided(req.DisputeID)
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
	ds.ledger.keep(d)
	ds.notify(d, "DEFENSE_SUPPLIED", ds.delays.notification)
	return &antom.SupplyDefenseDocumentResponse{Envelope: succeeded(), DisputeID: d.ID, DisputeResolutionTime: wireTime(ds.scheduler.now())}, nil
}

// blankForm is a minimal PDF.
const blankForm = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// downloadDisputeEvidence answers with the form to fill in, or with what was sent.
func (ds *disputes) downloadDisputeEvidence(req *antom.DownloadDisputeEvidenceRequest) (any, *Refusal) {
	if refusal := required("disputeId", req.DisputeID, 64); refusal != nil {
		return nil, refusal
	}
	d := ds.ledger.disputes[req.DisputeID]
	if d == nil {
		return nil, refuse(antom.CodeOrderNotExist, "there is no such dispute")
	}
	answer := &antom.DownloadDisputeEvidenceResponse{Envelope: succeeded(), DisputeEvidenceFormat: "PDF"}
	switch req.DisputeEvidenceType {
	case antom.EvidenceTemplate, "TEMPLATE": // the short names are those of Antom's Java SDK
		answer.DisputeEvidence = base64.StdEncoding.EncodeToString([]byte(blankForm))
	case antom.EvidenceFile, "FILE":
		if d.Evidence == "" {
			return nil, refuse(antom.CodeOrderNotExist, "no evidence was supplied")
		}
		answer.DisputeEvidence = d.Evidence
	default:
		return nil, refuse("PARAM_ILLEGAL", "disputeEvidenceType is neither %s nor %s", antom.EvidenceTemplate, antom.EvidenceFile)
	}
	return answer, nil
}
