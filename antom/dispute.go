package antom

import "context"

// AcceptDisputeRequest gives in to a dispute.
type AcceptDisputeRequest struct {
	DisputeID string `json:"disputeId"`
}

// AcceptDisputeResponse confirms it.
type AcceptDisputeResponse struct {
	Envelope
	DisputeID             string `json:"disputeId,omitempty"`
	DisputeResolutionTime Time   `json:"disputeResolutionTime,omitzero"`
}

// AcceptDispute gives in to a dispute: the money returns to the buyer, and
// a defence is no longer possible. S is accepted, F is not, U: the same again.
// See https://global.alipay.com/docs/ac/ams/accept.
func (c *Client) AcceptDispute(ctx context.Context, req *AcceptDisputeRequest) (*AcceptDisputeResponse, error) {
	return call[AcceptDisputeResponse](ctx, c, "payments/acceptDispute", req)
}

// SupplyDefenseDocumentRequest answers a dispute with evidence.
type SupplyDefenseDocumentRequest struct {
	DisputeID       string `json:"disputeId"`
	DisputeEvidence string `json:"disputeEvidence"` // base64, at most 1,000,000 characters
}

// SupplyDefenseDocumentResponse confirms it.
type SupplyDefenseDocumentResponse struct {
	Envelope
	DisputeID             string `json:"disputeId,omitempty"`
	DisputeResolutionTime Time   `json:"disputeResolutionTime,omitzero"`
}

// SupplyDefenseDocument sends evidence, before the dispute's DefenseDueTime.
// S means that Antom has it, not that the dispute is won; the judgement comes
// as a [DisputeNotification]. F is refused, U: the same again.
// See https://global.alipay.com/docs/ac/ams/supply_evidence.
func (c *Client) SupplyDefenseDocument(ctx context.Context, req *SupplyDefenseDocumentRequest) (*SupplyDefenseDocumentResponse, error) {
	return call[SupplyDefenseDocumentResponse](ctx, c, "payments/supplyDefenseDocument", req)
}

// Kinds of evidence that can be downloaded.
const (
	EvidenceTemplate = "DISPUTE_EVIDENCE_TEMPLATE"
	EvidenceFile     = "DISPUTE_EVIDENCE_FILE"
)

// DownloadDisputeEvidenceRequest requests the form to fill in, or the
// evidence that was sent.
type DownloadDisputeEvidenceRequest struct {
	DisputeID           string `json:"disputeId"`
	DisputeEvidenceType string `json:"disputeEvidenceType"` // [EvidenceTemplate] or [EvidenceFile]
}

// DownloadDisputeEvidenceResponse is the document.
type DownloadDisputeEvidenceResponse struct {
	Envelope
	DisputeEvidence       string `json:"disputeEvidence,omitempty"`       // base64
	DisputeEvidenceFormat string `json:"disputeEvidenceFormat,omitempty"` // PDF or WORD
}

// DownloadDisputeEvidence fetches a document of a dispute. S carries it; F and
// U carry none and have changed nothing.
// See https://global.alipay.com/docs/ac/ams/download.
func (c *Client) DownloadDisputeEvidence(ctx context.Context, req *DownloadDisputeEvidenceRequest) (*DownloadDisputeEvidenceResponse, error) {
	return call[DownloadDisputeEvidenceResponse](ctx, c, "payments/downloadDisputeEvidence", req)
}
