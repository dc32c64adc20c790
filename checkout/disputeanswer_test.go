package checkout

import (
	"errors"
	"testing"
	"time"
)

// There is one try: what Antom would refuse is refused before.
func TestAnAnswerToADisputeIsCheckedBefore(t *testing.T) {
	open := Dispute{ID: "d", Step: StepDisputeCreated, Due: noon.Add(time.Hour)}
	undefendable := open
	undefendable.Undefendable = true
	document := []byte("%PDF-1.7 …")
	for name, row := range map[string]struct {
		d              Dispute
		now            time.Time
		accept, defend DisputeObstacle
	}{
		"open":         {open, noon, "", ""},
		"late":         {open, noon.Add(2 * time.Hour), ObstacleLate, ObstacleLate},
		"no due":       {Dispute{Step: StepDisputeCreated}, noon, "", ""},
		"defended":     {Dispute{Step: StepDefenseSupplied}, noon, ObstacleDefended, ObstacleDefended},
		"over":         {Dispute{Step: StepDisputeCancelled}, noon, ObstacleEnded, ObstacleEnded},
		"undefendable": {undefendable, noon, "", ObstacleUndefendable},
	} {
		for _, c := range []struct {
			answer DisputeAnswer
			want   DisputeObstacle
		}{{DisputeAnswer{}, row.accept}, {DisputeAnswer{Defends: true, Document: document}, row.defend}} {
			got, err := ObstacleTo(row.d, c.answer.Defends, row.now), CheckAnswer(row.d, c.answer, row.now)
			if got != c.want || errors.Is(err, &Error{Code: CodeDisputeClosed}) != (c.want != "") {
				t.Errorf("%s, defended %v: %q, %v", name, c.answer.Defends, got, err)
			}
		}
	}
	for name, row := range map[string]struct {
		document []byte
		kind     string
		wrong    string
	}{
		"PDF":       {document, "PDF", ""},
		"DOCX":      {[]byte("PK\x03\x04…"), "DOCX", ""},
		"DOC":       {[]byte("\xd0\xcf\x11\xe0…"), "DOC", ""},
		"picture":   {[]byte("\x89PNG"), "", EvidenceWrongType},
		"empty":     {[]byte{}, "", EvidenceWrongType},
		"largest":   {append([]byte("%PDF-"), make([]byte, MaxEvidence-5)...), "PDF", ""},
		"too large": {append([]byte("%PDF-"), make([]byte, MaxEvidence-4)...), "PDF", EvidenceTooLarge},
	} {
		err := CheckAnswer(open, DisputeAnswer{Defends: true, Document: row.document}, noon)
		if EvidenceType(row.document) != row.kind || FieldsOf(err)["file"] != row.wrong {
			t.Errorf("%s: %s, %v", name, EvidenceType(row.document), err)
		}
	}
}

// A key means one answer to one dispute: another dispute, another document and another answer
// each take another key.
func TestAKeyMeansOneAnswer(t *testing.T) {
	key := Key{CommandLine, "k"}
	accepted := DisputeAnswer{Dispute: "d"}.Action("o", key)
	defended := DisputeAnswer{Dispute: "d", Defends: true, Document: []byte("%PDF-1")}.Action("o", key)
	for name, c := range map[string]struct {
		first, again OperatorAction
		same         bool
	}{
		"the same":         {defended, DisputeAnswer{Dispute: "d", Defends: true, Document: []byte("%PDF-1")}.Action("o", key), true},
		"another document": {defended, DisputeAnswer{Dispute: "d", Defends: true, Document: []byte("%PDF-2")}.Action("o", key), false},
		"another dispute":  {accepted, DisputeAnswer{Dispute: "e"}.Action("o", key), false},
		"another answer":   {accepted, defended, false},
	} {
		if err := CheckRepeat(c.first, c.again); (err == nil) != c.same {
			t.Errorf("%s: %v", name, err)
		}
	}
}
