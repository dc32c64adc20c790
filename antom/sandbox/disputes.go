package sandbox

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"antom-checkout/antom"
)

// Dispute is a buyer's complaint to their bank about a payment.
type Dispute struct {
	ID               string `json:"dispute_id"`
	PaymentID        string `json:"payment_id"`
	PaymentRequestID string `json:"payment_request_id"`
	Money
	Type       string    `json:"type"`             // CHARGEBACK, RETRIEVAL_REQUEST, COMPLIANCE_REQUEST, RDR
	Source     string    `json:"source,omitempty"` // the card scheme that runs it
	ReasonCode string    `json:"reason_code"`
	Status     string    `json:"status"` // OPEN, DEFENDED, ACCEPTED, JUDGED, CANCELLED
	Verdict    string    `json:"verdict,omitempty"`
	Evidence   string    `json:"evidence,omitempty"` // base64, as the merchant sent it
	Supplied   int       `json:"supplied,omitempty"` // how often; only papers of a compliance request are taken again
	CreatedAt  time.Time `json:"created_at"`
	DueAt      time.Time `json:"defense_due_at"`
	EndedAt    time.Time `json:"ended_at,omitzero"`

	Undefendable bool `json:"undefendable,omitempty"` // it can be accepted only
}

// The types of disputes. An RDR is decided by Visa before there is anything to do.
const (
	chargeback        = "CHARGEBACK"
	retrievalRequest  = "RETRIEVAL_REQUEST"
	complianceRequest = "COMPLIANCE_REQUEST"
	rapidResolution   = "RDR"
)

// defenseTime is how long the merchant may answer a dispute of each type.
var defenseTime = map[string]time.Duration{chargeback: 11 * day, retrievalRequest: 10 * day, complianceRequest: 10 * day, rapidResolution: 0}

// mostPapers is how often the papers of a compliance request may be supplied.
const mostPapers = 3

// The states of a dispute.
const (
	disputeOpen      = "OPEN"
	disputeDefended  = "DEFENDED"
	disputeAccepted  = "ACCEPTED"
	disputeJudged    = "JUDGED"
	disputeCancelled = "CANCELLED"
	disputeResolved  = "RESOLVED" // by RDR
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

// DisputeAct is what a buyer's bank does about a payment.
type DisputeAct struct {
	Type       string `json:"type"`   // CHARGEBACK without it
	Amount     int64  `json:"amount"` // 0: all of it
	ReasonCode string `json:"reason_code"`

	Undefendable bool `json:"undefendable"` // no defence is taken
}

// open has the buyer's bank dispute a paid payment, or a part of it.
func (ds *disputes) open(requestID string, act DisputeAct) (*Dispute, error) {
	p := ds.ledger.payments[requestID]
	kind := cmp.Or(act.Type, chargeback)
	allowed, known := defenseTime[kind]
	switch {
	case p == nil:
		return nil, ErrUnknownPayment
	case !known:
		return nil, errors.New("sandbox: a dispute is a CHARGEBACK, RETRIEVAL_REQUEST, COMPLIANCE_REQUEST or RDR")
	case p.Status != antom.PaymentSuccess:
		return nil, errors.New("sandbox: only a paid payment can be disputed")
	case act.Amount < 0 || act.Amount > p.Amount:
		return nil, errors.New("sandbox: the dispute is about more than was paid")
	case kind == rapidResolution && schemeOf(p) != "Visa":
		return nil, errors.New("sandbox: only Visa decides by RDR")
	}
	money := p.Money
	if act.Amount > 0 {
		money.Amount = act.Amount
	}
	now := ds.scheduler.now()
	d := &Dispute{
		ID: newID(now), PaymentID: p.ID, PaymentRequestID: p.RequestID, Money: money, Type: kind, Source: schemeOf(p),
		ReasonCode: cmp.Or(act.ReasonCode, "10.4"), Status: disputeOpen, CreatedAt: now, DueAt: now.Add(allowed),
		Undefendable: act.Undefendable,
	}
	ds.ledger.addDispute(d)
	ds.ledger.keep(d)
	ds.ledger.note(p, "disputed: %s", d.Money)
	if kind == rapidResolution {
		ds.end(d, disputeResolved, "")
		return d, nil
	}
	ds.notify(d, "DISPUTE_CREATED", 0)
	ds.watch(d)
	return d, nil
}

// schemeOf is the scheme of a payment's card, as a dispute names it.
func schemeOf(p *Payment) string {
	if p.Card == nil {
		return ""
	}
	switch brand := p.Card.CardBrand; brand {
	case "VISA":
		return "Visa"
	case "MASTERCARD":
		return "Mastercard"
	default:
		return brand
	}
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

// rulings are how a dispute may be judged. Of a chargeback the one who accepts bears it:
// ACCEPT_BY_CUSTOMER is for the merchant.
func (d *Dispute) rulings() []string {
	if d.Type == complianceRequest {
		return []string{"VALIDATE_SUCCESS", "VALIDATE_FAIL"}
	}
	return []string{"ACCEPT_BY_CUSTOMER", "ACCEPT_BY_MERCHANT"}
}

// judge decides a dispute. New papers may follow those of a compliance request that were
// not accepted.
func (ds *disputes) judge(d *Dispute, ruling string) error {
	if !slices.Contains(d.rulings(), ruling) {
		return fmt.Errorf("sandbox: a %s is judged %s", d.Type, strings.Join(d.rulings(), " or "))
	}
	ds.end(d, disputeJudged, ruling)
	if ruling == "VALIDATE_FAIL" {
		d.Status, d.EndedAt = disputeOpen, time.Time{}
		ds.ledger.keep(d)
	}
	return nil
}

// withdraw ends a dispute for the buyer, who gives it up.
func (ds *disputes) withdraw(d *Dispute, _ string) error {
	ds.end(d, disputeCancelled, "")
	return nil
}

// conclude does something to the dispute of this id, if it is not over.
func (ds *disputes) conclude(id, ruling string, how func(*Dispute, string) error) error {
	d := ds.ledger.disputes[id]
	switch {
	case d == nil:
		return ErrUnknownDispute
	case d.over():
		return errors.New("sandbox: the dispute is over")
	}
	return how(d, ruling)
}

func (ds *disputes) end(d *Dispute, status, ruling string) {
	d.Status, d.Verdict, d.EndedAt = status, ruling, ds.scheduler.now()
	ds.ledger.keep(d)
	ds.notify(d, map[string]string{
		disputeAccepted: "DISPUTE_ACCEPTED", disputeJudged: "DISPUTE_JUDGED", disputeCancelled: "DISPUTE_CANCELLED", disputeResolved: "RDR_RESOLVED",
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
		return nil, refuse("PARAM_ILLEGAL", "there is no such dispute")
	case d.Status == disputeAccepted && d.Verdict == "TIMEOUT", d.Status == disputeResolved:
		return nil, refuse("TIME_EXCEEDS_LIMIT", "the time to answer is over")
	case d.Type == complianceRequest && d.Status == disputeDefended:
		return nil, refuse("NOT_ALLOW_IN_CURRENT_STATUS", "the papers are being checked")
	case d.Type == complianceRequest && d.Supplied >= mostPapers:
		return nil, refuse("DEFENSE_EXCEED_LIMIT", "papers were supplied %d times", d.Supplied)
	case d.Status != disputeOpen:
		return nil, refuse("REPEAT_REQUEST", "the dispute was answered: %s", d.Status)
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
	if d.Undefendable {
		return nil, refuse("PARAM_ILLEGAL", "the dispute takes no defence")
	}
	if refusal := required("disputeEvidence", req.DisputeEvidence, 1_000_000); refusal != nil {
		return nil, refusal
	}
	if _, err := base64.StdEncoding.DecodeString(req.DisputeEvidence); err != nil {
		return nil, refuse("PARAM_ILLEGAL", "disputeEvidence is not base64")
	}
	d.Status, d.Evidence = disputeDefended, req.DisputeEvidence
	d.Supplied++
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
		return nil, refuse("PARAM_ILLEGAL", "there is no such dispute")
	}
	answer := &antom.DownloadDisputeEvidenceResponse{Envelope: succeeded(), DisputeEvidenceFormat: "PDF"}
	switch req.DisputeEvidenceType {
	case antom.EvidenceTemplate, "TEMPLATE": // the short names are those of Antom's Java SDK
		answer.DisputeEvidence = base64.StdEncoding.EncodeToString([]byte(blankForm))
	case antom.EvidenceFile, "FILE":
		if d.Evidence == "" {
			return nil, refuse("PARAM_ILLEGAL", "no evidence was supplied")
		}
		answer.DisputeEvidence = d.Evidence
	default:
		return nil, refuse("PARAM_ILLEGAL", "disputeEvidenceType is neither %s nor %s", antom.EvidenceTemplate, antom.EvidenceFile)
	}
	return answer, nil
}
