package handlers_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	view "antom-checkout/views/desk"
)

// disputePath is where a person answers a dispute.
func disputePath(order, dispute string) string {
	return "/dashboard/orders/" + order + "/disputes/" + dispute
}

// A person finds a dispute in the inbox, defends it with a document that is checked first, and
// can have the document back.
func TestADisputeIsDefendedAtTheDashboard(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("CARD")
	id := s.disputes(order, sandbox.DisputeAct{Amount: 1200, ReasonCode: "13.1"})
	finance, path := s.newPerson(operators.Finance), disputePath(order, id)
	finance.get("/dashboard/inbox").sees(http.StatusOK, `data-kind="dispute" data-order="`+order+`"`, "SGD\u00a012.00", "10 days left", path+"/defend", path+"/accept", "not arrived")
	finance.get("/dashboard/orders/"+order).sees(http.StatusOK, `data-dispute="`+id+`" data-state="dispute_open"`, "Antom holds SGD\u00a012.00", "Visa 13.1", "10 days left", path+"/defend", path+"/accept").
		seesNot(`data-test="refund"`, path+"/evidence")

	page := finance.get(path+"/defend").sees(http.StatusOK, "carrier, tracking number", path+"/form")
	key := page.key()
	for wrong, content := range map[string][]byte{
		"neither PDF": []byte("\x89PNG"), "larger than the 750,000 bytes": append([]byte("%PDF-"), make([]byte, checkout.MaxEvidence)...), "Choose the document": nil,
	} {
		finance.uploads(path+"/defend", "file", content, key, "sure=true").sees(http.StatusUnprocessableEntity, wrong, `aria-invalid="true"`, strings.TrimPrefix(key, "key="))
	}
	finance.uploads(path+"/defend", "file", make([]byte, 4<<20), key, "sure=true").sees(http.StatusUnprocessableEntity, "larger than the 750,000 bytes")
	finance.uploads(path+"/defend", "file", []byte(document), key).sees(http.StatusUnprocessableEntity, "Confirm that it is the document")
	if n := s.calls("supplyDefenseDocument"); n != 0 {
		t.Fatalf("Antom was asked %d times", n)
	}
	for range 3 { // clicked again, and sent again after a reload
		finance.uploads(path+"/defend", "file", []byte(document), key, "sure=true").goesTo("/dashboard/orders/" + order + "?done=dispute.defend")
	}
	if n := s.calls("supplyDefenseDocument"); n != 1 {
		t.Errorf("the document was sent %d times", n)
	}
	finance.get("/dashboard/orders/"+order).sees(http.StatusOK, `data-state="dispute_defended"`, path+"/evidence").seesNot(path+"/defend", path+"/accept")
	finance.get("/dashboard/inbox").sees(http.StatusOK, `data-test="empty"`)
	if log := s.newPerson(operators.Owner).get("/dashboard/log").sees(http.StatusOK, "defended the dispute of"); strings.Count(log.body, "defended the dispute of") != 1 {
		t.Error("the operators' log does not hold the defence once")
	}

	sent := s.newPerson(operators.Viewer).get(path + "/evidence").sees(http.StatusOK)
	if sent.body != document || !strings.HasPrefix(sent.header.Get("Content-Disposition"), "attachment;") || sent.header.Get("Content-Type") != "application/octet-stream" ||
		sent.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(sent.header.Get("Content-Disposition"), ".pdf") {
		t.Errorf("the evidence is %q with %v", sent.body, sent.header)
	}
	finance.uploads(path+"/defend", "file", []byte(document), "key=AAAAAAAAAAAAAAAAAAAAAAAAAA", "sure=true").sees(http.StatusConflict, "Antom examines the document and takes no other")
	must(t, s.control.Judge(id, "ACCEPT_BY_CUSTOMER"))
	s.quiet()
	finance.get("/dashboard/orders/"+order).sees(http.StatusOK, `data-state="dispute_won"`, "stay with you").seesNot(`data-test="taken"`)
}

// Accepting is confirmed first, done once, and what Antom takes is no refund.
func TestADisputeIsAcceptedAtTheDashboard(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("CARD")
	id := s.disputes(order, sandbox.DisputeAct{Amount: 1200, Undefendable: true})
	finance, path := s.newPerson(operators.Finance), disputePath(order, id)
	finance.get("/dashboard/orders/"+order).sees(http.StatusOK, "Antom takes no defence", path+"/accept").seesNot(path + "/defend")
	finance.get("/dashboard/inbox").sees(http.StatusOK, path+"/accept").seesNot(path + "/defend")
	finance.get(path + "/defend").goesTo("/dashboard/orders/" + order + "?done=impossible")
	finance.uploads(path+"/defend", "file", []byte(document), "key=AAAAAAAAAAAAAAAAAAAAAAAAAA", "sure=true").sees(http.StatusConflict, "takes no defence")

	s.fault(sandbox.Fault{Kind: sandbox.Truncate, On: "acceptDispute"})
	s.fault(sandbox.Fault{Kind: sandbox.DelayNotification, On: "DISPUTE_ACCEPTED", Delay: sandbox.Duration(time.Minute)}) // or the page might know already
	page := finance.get(path+"/accept").sees(http.StatusOK, "The buyer keeps SGD\u00a012.00", "It is final", "The cardholder says")
	key := page.key()
	finance.post(path+"/accept", key).sees(http.StatusServiceUnavailable, "may have it already", strings.TrimPrefix(key, "key="))
	s.control.ClearFaults()
	for range 2 {
		finance.post(path+"/accept", key).goesTo("/dashboard/orders/" + order + "?done=dispute.accept")
		s.passes(time.Minute)
		s.quiet()
	}
	finance.get("/dashboard/orders/"+order).sees(http.StatusOK, `data-state="dispute_lost"`, `data-test="taken"`, "SGD\u00a012.00 taken by disputes, which is no refund", "gives them to the buyer").
		seesNot(path + "/accept")
	finance.get(path + "/accept").goesTo("/dashboard/orders/" + order + "?done=impossible")
	finance.post(path+"/accept", "key=short").sees(http.StatusUnprocessableEntity)
	s.expectCount(0, "refund", "status", "success")
}

// A dispute that was answered in Antom Dashboard, or is too late, says so.
func TestADisputeThatWasAnsweredElsewhere(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("CARD")
	id := s.disputes(order, sandbox.DisputeAct{})
	finance, path := s.newPerson(operators.Finance), disputePath(order, id)
	s.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "acceptDispute", Code: "REPEAT_REQUEST", Times: 1})
	finance.post(path+"/accept", finance.get(path+"/accept").key()).sees(http.StatusConflict, "perhaps in Antom Dashboard")
	s.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "acceptDispute", Code: "PARAM_ILLEGAL", Times: 1})
	first := finance.get(path + "/accept").key()
	if again := finance.post(path+"/accept", first).sees(http.StatusConflict, "PARAM_ILLEGAL").key(); again == first {
		t.Error("a key that is used up is offered again")
	}
	finance.get(path+"/evidence").sees(http.StatusConflict, "has no such document")
	form := finance.get(path + "/form").sees(http.StatusOK)
	if !bytes.HasPrefix([]byte(form.body), []byte("%PDF-")) {
		t.Errorf("the form is %q", form.body)
	}
	finance.get(disputePath(order, "none") + "/accept").sees(http.StatusNotFound)
	s.fault(sandbox.Fault{Kind: sandbox.Lose, Times: 100})
	s.passes(s.disputeOf(order, id).Due.Sub(s.program.Now()) + time.Minute)
	finance.signsIn(operators.Finance) // the session has ended meanwhile
	finance.get("/dashboard/orders/"+order).sees(http.StatusOK, "The time to answer is over").seesNot(path+"/accept", path+"/defend")
	finance.get("/dashboard/inbox").sees(http.StatusOK, `data-test="empty"`)
	support := s.newPerson(operators.Support)
	support.get("/dashboard/orders/"+order).sees(http.StatusOK, `data-test="dispute"`).seesNot(path)
}

// Everything that a dispute can say has a text.
func TestEveryDisputeHasItsTexts(t *testing.T) {
	var keys []string
	for _, reason := range checkout.DisputeReasons() {
		keys = append(keys, "dispute.reason."+string(reason), "dispute.advice."+string(reason))
	}
	for _, obstacle := range checkout.DisputeObstacles() {
		keys = append(keys, "dispute.obstacle."+string(obstacle))
	}
	for _, means := range []string{"open", "open.papers", "defended", "won", "lost", "lost.rdr", "lost.timeout", "lost.accepted", "closed"} {
		keys = append(keys, "dispute.means."+means)
	}
	for _, key := range append(keys, "done.dispute.accept", "done.dispute.defend", checkout.EvidenceWrongType, checkout.EvidenceTooLarge) {
		if !view.HasText(key) {
			t.Errorf("%s has no text", key)
		}
	}
}
