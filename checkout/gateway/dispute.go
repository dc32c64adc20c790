package gateway

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// AnswerDispute accepts or defends a dispute about a payment. answeredBefore says that Antom may
// have received this answer already. The event is what Antom has confirmed; call is nil where it
// has confirmed nothing. Errors: CodeDisputeClosed, CodeAntomRefused, CodeAntomUnanswered.
func (g *Gateway) AnswerDispute(ctx context.Context, p checkout.Payment, a checkout.DisputeAnswer, answeredBefore bool) (checkout.Event, *checkout.Call, error) {
	ctx = about(ctx, p.RequestID)
	var answer antom.Envelope
	var named, endpoint string
	var err error
	if a.Defends {
		var res *antom.SupplyDefenseDocumentResponse
		res, err = g.client.SupplyDefenseDocument(ctx, &antom.SupplyDefenseDocumentRequest{
			DisputeID: a.Dispute, DisputeEvidence: base64.StdEncoding.EncodeToString(a.Document),
		})
		answer, named, endpoint = res.Envelope, res.DisputeID, "supplyDefenseDocument"
	} else {
		var res *antom.AcceptDisputeResponse
		res, err = g.client.AcceptDispute(ctx, &antom.AcceptDisputeRequest{DisputeID: a.Dispute})
		answer, named, endpoint = res.Envelope, res.DisputeID, "acceptDispute"
	}
	switch {
	case answeredBefore && codeOf(err) == "REPEAT_REQUEST":
		return checkout.Event{}, nil, nil // the first try has arrived; its notification says how the dispute stands
	case err != nil:
		return checkout.Event{}, nil, disputeRefusal(a.Dispute, err)
	case !answers(a.Dispute, named):
		return checkout.Event{}, nil, checkout.NewError(checkout.CodeAntomUnanswered, "Antom's answer is about dispute "+named+"; order the same again")
	}
	call := g.newCall(endpoint, a.Dispute, p.RequestID, answer, nil)
	return checkout.Event{
		Cause: checkout.Cause{Kind: checkout.ByResponse, ID: call.ID}, RequestID: p.RequestID,
		Dispute: &checkout.Dispute{ID: a.Dispute, Step: a.Step()},
	}, call, nil
}

// DisputeDocument downloads a document of a dispute with its format, such as PDF: the one that
// it was answered with, or Antom's form for a defence, filled in with what Antom knows of the
// payment. Errors: as AnswerDispute.
func (g *Gateway) DisputeDocument(ctx context.Context, p checkout.Payment, id string, kind checkout.DisputeDocument) (document []byte, format string, err error) {
	wanted := antom.EvidenceFile
	if kind == checkout.DisputeForm {
		wanted = antom.EvidenceTemplate
	}
	res, err := g.client.DownloadDisputeEvidence(about(ctx, p.RequestID), &antom.DownloadDisputeEvidenceRequest{DisputeID: id, DisputeEvidenceType: wanted})
	if err != nil {
		return nil, "", disputeRefusal(id, err)
	}
	if document, err = base64.StdEncoding.DecodeString(res.DisputeEvidence); err != nil || len(document) == 0 {
		return nil, "", checkout.NewError(checkout.CodeAntomRefused, "dispute "+id+": Antom's document cannot be read")
	}
	return document, res.DisputeEvidenceFormat, nil
}

// disputeRefusals say why Antom has refused, and what to do.
var disputeRefusals = map[antom.ResultCode]*checkout.Error{
	"PARAM_ILLEGAL":               checkout.NewError(checkout.CodeAntomRefused, "Antom does not know it, or has no such document"),
	"REPEAT_REQUEST":              checkout.NewError(checkout.CodeDisputeClosed, "it was answered before; Antom's notification says how it stands"),
	"TIME_EXCEEDS_LIMIT":          checkout.NewError(checkout.CodeDisputeClosed, "the time to answer is over; Antom accepts it by itself"),
	"NOT_ALLOW_IN_CURRENT_STATUS": checkout.NewError(checkout.CodeDisputeClosed, "Antom is examining the papers before; wait for its decision"),
	"DEFENSE_EXCEED_LIMIT":        checkout.NewError(checkout.CodeDisputeClosed, "papers were supplied as often as Antom takes them"),
}

func disputeRefusal(id string, err error) error {
	var failure *antom.Error
	if !errors.As(err, &failure) || failure.Unknown() {
		return &checkout.Error{Code: checkout.CodeAntomUnanswered, Detail: "dispute " + id + ": Antom has not answered; order the same again", Err: err}
	}
	known := disputeRefusals[failure.Code]
	if known == nil {
		known = checkout.NewError(checkout.CodeAntomRefused, "Antom refuses")
	}
	return &checkout.Error{Code: known.Code, Detail: fmt.Sprintf("dispute %s: %s (%s)", id, known.Detail, failure.Code), Err: err}
}
