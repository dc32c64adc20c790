package gateway

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// DisputeClient is what Disputes calls of Antom; *antom.Client is one.
type DisputeClient interface {
	AcceptDispute(context.Context, *antom.AcceptDisputeRequest) (*antom.AcceptDisputeResponse, error)
	SupplyDefenseDocument(context.Context, *antom.SupplyDefenseDocumentRequest) (*antom.SupplyDefenseDocumentResponse, error)
	DownloadDisputeEvidence(context.Context, *antom.DownloadDisputeEvidenceRequest) (*antom.DownloadDisputeEvidenceResponse, error)
}

// AcceptDispute accepts a dispute: the buyer keeps the money, for good. How it then stands
// Antom reports by a notification. The same again is safe.
func AcceptDispute(ctx context.Context, client DisputeClient, d checkout.Dispute) error {
	_, err := client.AcceptDispute(ctx, &antom.AcceptDisputeRequest{DisputeID: d.ID})
	return disputeRefusal(d, err)
}

// DefendDispute answers a dispute with a document. There is one try; the same again is safe.
func DefendDispute(ctx context.Context, client DisputeClient, d checkout.Dispute, document []byte) error {
	_, err := client.SupplyDefenseDocument(ctx, &antom.SupplyDefenseDocumentRequest{
		DisputeID: d.ID, DisputeEvidence: base64.StdEncoding.EncodeToString(document),
	})
	return disputeRefusal(d, err)
}

// DisputeForm is Antom's form for a defence, filled in with what Antom knows of the payment,
// and its format, as PDF.
func DisputeForm(ctx context.Context, client DisputeClient, d checkout.Dispute) (document []byte, format string, err error) {
	return download(ctx, client, d, antom.EvidenceTemplate)
}

// DisputeEvidence is the document that the dispute was answered with.
func DisputeEvidence(ctx context.Context, client DisputeClient, d checkout.Dispute) (document []byte, format string, err error) {
	return download(ctx, client, d, antom.EvidenceFile)
}

func download(ctx context.Context, client DisputeClient, d checkout.Dispute, kind string) (document []byte, format string, err error) {
	res, err := client.DownloadDisputeEvidence(ctx, &antom.DownloadDisputeEvidenceRequest{DisputeID: d.ID, DisputeEvidenceType: kind})
	if err != nil {
		return nil, "", disputeRefusal(d, err)
	}
	document, err = base64.StdEncoding.DecodeString(res.DisputeEvidence)
	if err != nil {
		return nil, "", fmt.Errorf("document of dispute %s: %w", d.ID, err)
	}
	return document, res.DisputeEvidenceFormat, nil
}

// disputeTexts say why Antom has refused, and what to do.
var disputeTexts = map[antom.ResultCode]string{
	"PARAM_ILLEGAL":               "Antom does not know it, or has no such document",
	"REPEAT_REQUEST":              "it was answered before; Antom's notification says how it stands",
	"TIME_EXCEEDS_LIMIT":          "the time to answer is over; Antom accepts it by itself",
	"NOT_ALLOW_IN_CURRENT_STATUS": "Antom is examining the papers before; wait for its decision",
	"DEFENSE_EXCEED_LIMIT":        "papers were supplied as often as Antom takes them",
}

func disputeRefusal(d checkout.Dispute, err error) error {
	var failure *antom.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &failure) || failure.Unknown():
		return fmt.Errorf("dispute %s: Antom has not answered; order the same again: %w", d.ID, err)
	case disputeTexts[failure.Code] != "":
		return fmt.Errorf("dispute %s: %s (%s)", d.ID, disputeTexts[failure.Code], failure.Code)
	}
	return fmt.Errorf("dispute %s: %w", d.ID, err)
}
