package sandbox

import (
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
)

func TestDisputes(t *testing.T) {
	open := func(t *testing.T) (*shop, string) {
		s := newShop(t)
		s.paid("PR-1", "CARD", 4200)
		id, err := s.box.Control().Dispute("PR-1", 1000, "")
		must(t, err)
		s.after(0)
		return s, id
	}
	// received are the dispute notifications, without the payment's.
	received := func(s *shop) string {
		s.mu.Lock()
		defer s.mu.Unlock()
		var kinds []string
		for _, n := range s.received {
			if d, ok := n.(*antom.DisputeNotification); ok {
				kinds = append(kinds, strings.TrimSpace(d.DisputeNotificationType+" "+d.DisputeJudgedResult+d.DisputeAcceptReason))
			}
		}
		return strings.Join(kinds, ", ")
	}
	t.Run("accepted", func(t *testing.T) {
		s, id := open(t)
		_, err := s.client.AcceptDispute(t.Context(), &antom.AcceptDisputeRequest{DisputeID: id})
		must(t, err)
		s.after(time.Second)
		if got := received(s); got != "DISPUTE_CREATED, DISPUTE_ACCEPTED MERCHANT_ACCEPTED" {
			t.Errorf("the shop received %q", got)
		}
		_, err = s.client.AcceptDispute(t.Context(), &antom.AcceptDisputeRequest{DisputeID: id})
		wantCode(t, err, "REPEAT_REQUEST")
	})
	t.Run("defended and won", func(t *testing.T) {
		s, id := open(t)
		form, err := s.client.DownloadDisputeEvidence(t.Context(), &antom.DownloadDisputeEvidenceRequest{DisputeID: id, DisputeEvidenceType: antom.EvidenceTemplate})
		must(t, err)
		if form.DisputeEvidenceFormat != "PDF" {
			t.Errorf("the form is %s", form.DisputeEvidenceFormat)
		}
		_, err = s.client.SupplyDefenseDocument(t.Context(), &antom.SupplyDefenseDocumentRequest{DisputeID: id, DisputeEvidence: form.DisputeEvidence})
		must(t, err)
		_, err = s.client.SupplyDefenseDocument(t.Context(), &antom.SupplyDefenseDocumentRequest{DisputeID: id, DisputeEvidence: form.DisputeEvidence})
		wantCode(t, err, "REPEAT_REQUEST")
		if err := s.box.Control().Judge(id, "VALIDATE_SUCCESS"); err == nil {
			t.Error("a chargeback is judged as the papers of a compliance request")
		}
		must(t, s.box.Control().Judge(id, "ACCEPT_BY_CUSTOMER"))
		s.after(time.Second)
		if got := received(s); got != "DISPUTE_CREATED, DEFENSE_SUPPLIED, DISPUTE_JUDGED ACCEPT_BY_CUSTOMER" {
			t.Errorf("the shop received %q", got)
		}
	})
	t.Run("the evidence by both names of its types", func(t *testing.T) {
		s, id := open(t)
		_, err := s.client.SupplyDefenseDocument(t.Context(), &antom.SupplyDefenseDocumentRequest{DisputeID: id, DisputeEvidence: "QUJD"})
		must(t, err)
		download := func(kind string) string {
			answer, err := s.client.DownloadDisputeEvidence(t.Context(), &antom.DownloadDisputeEvidenceRequest{DisputeID: id, DisputeEvidenceType: kind})
			must(t, err)
			return answer.DisputeEvidence
		}
		if form := download(antom.EvidenceTemplate); form == "QUJD" || download("TEMPLATE") != form {
			t.Error("the form has two contents")
		}
		if sent := download(antom.EvidenceFile); sent != "QUJD" || download("FILE") != sent {
			t.Errorf("the evidence is %q", sent)
		}
	})
	t.Run("not answered", func(t *testing.T) {
		s, id := open(t)
		s.after(11*24*time.Hour + time.Second)
		if got := received(s); got != "DISPUTE_CREATED, DEFENSE_DUE_ALERT, DISPUTE_ACCEPTED TIMEOUT" {
			t.Errorf("the shop received %q", got)
		}
		_, err := s.client.AcceptDispute(t.Context(), &antom.AcceptDisputeRequest{DisputeID: id})
		wantCode(t, err, "TIME_EXCEEDS_LIMIT")
	})
	t.Run("withdrawn", func(t *testing.T) {
		s, id := open(t)
		must(t, s.box.Control().Withdraw(id))
		s.after(time.Second)
		if got := received(s); got != "DISPUTE_CREATED, DISPUTE_CANCELLED" {
			t.Errorf("the shop received %q", got)
		}
	})
	t.Run("papers of a compliance request", func(t *testing.T) {
		s := newShop(t)
		s.paid("PR-1", "CARD", 4200)
		id, err := s.box.Control().DisputeBy("PR-1", DisputeAct{Type: "COMPLIANCE_REQUEST"})
		must(t, err)
		supply := func() error {
			_, err := s.client.SupplyDefenseDocument(t.Context(), &antom.SupplyDefenseDocumentRequest{DisputeID: id, DisputeEvidence: "QUJD"})
			return err
		}
		for range mostPapers {
			must(t, supply())
			wantCode(t, supply(), "NOT_ALLOW_IN_CURRENT_STATUS")
			must(t, s.box.Control().Judge(id, "VALIDATE_FAIL"))
		}
		wantCode(t, supply(), "DEFENSE_EXCEED_LIMIT")
	})
	t.Run("decided by RDR", func(t *testing.T) {
		s := newShop(t)
		s.paid("PR-1", "CARD", 4200)
		id, err := s.box.Control().DisputeBy("PR-1", DisputeAct{Type: "RDR"})
		must(t, err)
		s.after(time.Second)
		if got := received(s); got != "RDR_RESOLVED" {
			t.Errorf("the shop received %q", got)
		}
		_, err = s.client.AcceptDispute(t.Context(), &antom.AcceptDisputeRequest{DisputeID: id})
		wantCode(t, err, "TIME_EXCEEDS_LIMIT")
	})
	t.Run("unknown", func(t *testing.T) {
		s, _ := open(t)
		_, err := s.client.AcceptDispute(t.Context(), &antom.AcceptDisputeRequest{DisputeID: "none"})
		wantCode(t, err, "PARAM_ILLEGAL")
	})
	t.Run("as Antom shows them", func(t *testing.T) {
		s, _ := open(t)
		body := ""
		for _, m := range s.box.Control().Messages() {
			if m.Operation == "DISPUTE_CREATED" {
				body = m.Body
			}
		}
		if strings.Contains(body, `"notifyType"`) || strings.Contains(body, `"result"`) || !strings.Contains(body, `"disputeSource":"Visa"`) {
			t.Errorf("the notification is %s", body)
		}
	})
}
