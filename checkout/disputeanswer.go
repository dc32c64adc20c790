package checkout

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// The actions of an operator that answer a dispute, as operator_actions names them.
const (
	ActionAcceptDispute = "dispute.accept"
	ActionDefendDispute = "dispute.defend"
)

// DisputeAnswer is what the merchant answers a dispute with. It accepts the dispute unless it
// defends it with a document.
type DisputeAnswer struct {
	Dispute  string // its id
	Defends  bool
	Document []byte
}

// Action is the answer as an operator's action about an order. Another document is another
// action.
func (a DisputeAnswer) Action(orderID string, key Key) OperatorAction {
	if !a.Defends {
		return OperatorAction{Key: key, Name: ActionAcceptDispute, Order: orderID, About: a.Dispute}
	}
	return OperatorAction{Key: key, Name: ActionDefendDispute, Order: orderID, About: a.Dispute + " " + a.DocumentHash()}
}

// DocumentHash is the SHA-256 of the document.
func (a DisputeAnswer) DocumentHash() string {
	sum := sha256.Sum256(a.Document)
	return hex.EncodeToString(sum[:])
}

// DisputeDocument is a document of a dispute that Antom keeps.
type DisputeDocument string

// The documents.
const (
	DisputeForm     DisputeDocument = "form"     // Antom's form for a defence
	DisputeEvidence DisputeDocument = "evidence" // what the dispute was answered with
)

// Step is the step that a dispute takes once Antom has taken the answer.
func (a DisputeAnswer) Step() string {
	if a.Defends {
		return StepDefenseSupplied
	}
	return StepDisputeAccepted
}

// DisputeObstacle is why a dispute takes no answer, or no defence.
type DisputeObstacle string

// The obstacles.
const (
	ObstacleDefended     DisputeObstacle = "defended"     // the answer is being examined
	ObstacleEnded        DisputeObstacle = "ended"        // there is nothing to answer
	ObstacleLate         DisputeObstacle = "late"         // Antom accepts it by itself
	ObstacleUndefendable DisputeObstacle = "undefendable" // Antom takes no defence, so it can be accepted only
)

// DisputeObstacles lists all of them.
func DisputeObstacles() []DisputeObstacle {
	return []DisputeObstacle{ObstacleDefended, ObstacleEnded, ObstacleLate, ObstacleUndefendable}
}

// ObstacleTo is why a dispute cannot be answered, by a defence or by accepting it, or "".
func ObstacleTo(d Dispute, defence bool, now time.Time) DisputeObstacle {
	switch {
	case d.State() == DisputeDefended:
		return ObstacleDefended
	case d.Ended():
		return ObstacleEnded
	case !d.Due.IsZero() && now.After(d.Due):
		return ObstacleLate
	case defence && d.Undefendable:
		return ObstacleUndefendable
	}
	return ""
}

// CheckAnswer says why an answer to a dispute is refused before Antom is asked. Errors:
// CodeDisputeClosed, CodeFormInvalid.
func CheckAnswer(d Dispute, a DisputeAnswer, now time.Time) error {
	switch ObstacleTo(d, a.Defends, now) {
	case ObstacleDefended:
		return NewError(CodeDisputeClosed, "dispute "+d.ID+" has been answered: Antom examines the document, and takes no other")
	case ObstacleEnded:
		return NewError(CodeDisputeClosed, "dispute "+d.ID+" has ended: "+string(d.State()))
	case ObstacleLate:
		return NewError(CodeDisputeClosed, "dispute "+d.ID+" had to be answered until "+d.Due.Format(time.RFC3339)+"; Antom accepts it by itself")
	case ObstacleUndefendable:
		return NewError(CodeDisputeClosed, "dispute "+d.ID+" takes no defence, as Antom says; it can be accepted")
	}
	if a.Defends {
		return CheckEvidence(a.Document)
	}
	return nil
}

// MaxEvidence is the largest document that Antom takes, in bytes: 1,000,000 characters of
// base64. One document answers a dispute, and nothing can be added later.
const MaxEvidence = 750_000

// What is wrong with a document, as keys of texts.
const (
	EvidenceWrongType = "evidence.type"
	EvidenceTooLarge  = "evidence.large"
)

// evidenceTypes are the documents that Antom takes, and how each begins.
var evidenceTypes = []struct{ name, magic string }{
	{"PDF", "%PDF-"}, {"DOCX", "PK\x03\x04"}, {"DOC", "\xd0\xcf\x11\xe0"},
}

// EvidenceType is PDF, DOCX or DOC by a document's first bytes, or "" for no such document.
func EvidenceType(document []byte) string {
	i := slices.IndexFunc(evidenceTypes, func(t struct{ name, magic string }) bool { return bytes.HasPrefix(document, []byte(t.magic)) })
	if i < 0 {
		return ""
	}
	return evidenceTypes[i].name
}

// CheckEvidence says why Antom would refuse a document, before the one try is spent. Errors:
// CodeFormInvalid, about the field file.
func CheckEvidence(document []byte) error {
	wrong := func(key, detail string) error {
		return &Error{Code: CodeFormInvalid, Fields: map[string]string{"file": key}, Detail: detail}
	}
	switch {
	case EvidenceType(document) == "":
		return wrong(EvidenceWrongType, "the document is neither PDF nor DOC nor DOCX")
	case len(document) > MaxEvidence:
		return wrong(EvidenceTooLarge, fmt.Sprintf("the document has %d bytes, and Antom takes %d; make it smaller, or supply it in Antom Dashboard, which takes 4 MB", len(document), MaxEvidence))
	}
	return nil
}
