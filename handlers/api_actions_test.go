package handlers_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
)

// refunded is what a test reads of an order in the published form.
type refunded struct {
	ID, Status string
	Refunded   struct{ Amount int64 }
	Payments   []struct{ Captures, Refunds, Cancels []struct{ Status string } }
}

// A key is one request: the same again is answered the same, byte for byte, and anything
// else under it is refused.
func TestAKeyIsOneRequest(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("CARD")
	p := s.newProgram()
	path := "/orders/" + order + "/refunds"
	first := p.calls(http.MethodPost, path, `{"amount":100,"reason":"one mug arrived broken"}`, "Idempotency-Key", "r-1")
	if first.status != http.StatusOK || first.header.Get("Idempotent-Replayed") != "" {
		t.Fatalf("the refund is answered %d %s", first.status, first.body)
	}
	again := p.calls(http.MethodPost, path, `{"amount":100,"reason":"one mug arrived broken"}`, "Idempotency-Key", "r-1")
	if again.status != first.status || !bytes.Equal(again.body, first.body) || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("the same again is answered %d %q %s", again.status, again.header.Get("Idempotent-Replayed"), again.body)
	}
	p.expectProblem(p.calls(http.MethodPost, path, `{"amount":200}`, "Idempotency-Key", "r-1"), http.StatusUnprocessableEntity, "idempotency_key_reused")
	p.expectProblem(p.calls(http.MethodPost, "/orders/"+order+"/cancel", "", "Idempotency-Key", "r-1"), http.StatusUnprocessableEntity, "idempotency_key_reused")

	other := s.newProgram()
	if r := other.calls(http.MethodPost, path, `{"amount":100}`, "Idempotency-Key", "r-1"); r.status != http.StatusOK || r.header.Get("Idempotent-Replayed") != "" {
		t.Errorf("the same key of another program is answered %d %s", r.status, r.body)
	}
	s.quiet()
	s.expectCount(2, "refund", "payment_request_id", s.audit()["payment"][0]["payment_request_id"])
	sent := s.asked("refund")
	if !strings.Contains(sent, `"refundReason":"one mug arrived broken"`) {
		t.Errorf("Antom is not told why: %s", sent)
	}
}

// A key is kept for 30 days, through restarts, and answers what was refused the same, too.
func TestAKeyIsKeptThroughRestarts(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("GCASH")
	p := s.newProgram()
	path := "/orders/" + order + "/capture"
	first := p.calls(http.MethodPost, path, "{}", "Idempotency-Key", "c-1")
	p.expectProblem(first, http.StatusConflict, "nothing_to_capture")
	second := s.restarts()
	again := p.at(second).calls(http.MethodPost, path, "{}", "Idempotency-Key", "c-1")
	if again.status != first.status || !bytes.Equal(again.body, first.body) || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("after a restart: %d %s", again.status, again.body)
	}
	s.jumps(checkout.KeptAnswers + time.Minute)
	must(t, s.services.Merchant.Forget(t.Context()))
	if late := p.calls(http.MethodPost, path, "{}", "Idempotency-Key", "c-1"); late.header.Get("Idempotent-Replayed") != "" {
		t.Error("after 30 days the answer is still repeated")
	}
}

// Twenty at once are one; all others are told that it is running, or get its answer.
func TestTwentyAtOnceAreOne(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("GCASH")
	p := s.newProgram()
	replies := make([]reply, 20)
	var all sync.WaitGroup
	for i := range replies {
		all.Go(func() {
			replies[i] = p.calls(http.MethodPost, "/orders/"+order+"/refunds", `{"amount":100}`, "Idempotency-Key", "once")
		})
	}
	all.Wait()
	worked := 0
	for _, r := range replies {
		switch {
		case r.status == http.StatusOK && r.header.Get("Idempotent-Replayed") == "":
			worked++
		case r.status == http.StatusOK:
		default:
			p.expectProblem(r, http.StatusConflict, "idempotency_key_in_use")
		}
	}
	if worked != 1 || len(s.audit()["refund"]) != 1 {
		t.Errorf("%d of twenty have done the work, and there are %d refunds", worked, len(s.audit()["refund"]))
	}
}

// A process that dies between claim, work and answer leaves the key to the same request,
// whose work is then done again, and once in effect.
func TestAClaimOfADeadProcessIsTakenOver(t *testing.T) {
	for _, step := range []string{"before the work", "after the work"} {
		t.Run(step, func(t *testing.T) {
			s := newShop(t)
			_, _, order := s.paidBy("GCASH")
			p := s.newProgram()
			keys, err := s.services.Merchant.Keys(t.Context())
			must(t, err)
			path, body := "/orders/"+order+"/refunds", `{"amount":100}`
			if step == "after the work" {
				_, err := s.service.RefundBecause(t.Context(), order, 100, "", keys[0].Orders("dead"))
				must(t, err)
			}
			now := s.cfg.Now()
			claim := checkout.APIRequest{
				APIKey: keys[0].ID, Key: "dead", Hash: hashOfRequest("POST", "/api/v1"+path, body),
				CreatedAt: now, ClaimedUntil: now.Add(checkout.ClaimTime),
			}
			_, claimed, err := s.store.ClaimAPIRequest(t.Context(), claim)
			must(t, err)
			if !claimed {
				t.Fatal("the request is not claimed")
			}
			p.expectProblem(p.calls(http.MethodPost, path, body, "Idempotency-Key", "dead"), http.StatusConflict, "idempotency_key_in_use")
			s.jumps(checkout.ClaimTime)
			if r := p.calls(http.MethodPost, path, body, "Idempotency-Key", "dead"); r.status != http.StatusOK || r.header.Get("Idempotent-Replayed") != "" {
				t.Errorf("the same again is answered %d %s", r.status, r.body)
			}
			if n := len(s.audit()["refund"]); n != 1 {
				t.Errorf("there are %d refunds, want 1", n)
			}
		})
	}
}

// What Antom has not answered is no result: the same key goes on with the same work.
func TestAKeyWithoutAResultGoesOn(t *testing.T) {
	s := newShop(t, func(set *settings) { set.timeout = 500 * time.Millisecond })
	_, _, order := s.paidBy("GCASH")
	s.fault(sandbox.Fault{Kind: sandbox.ResetByPeer, On: "cancel", Times: 1})
	p := s.newProgram()
	r := p.calls(http.MethodPost, "/orders/"+order+"/cancel", "", "Idempotency-Key", "k")
	p.expectProblem(r, http.StatusServiceUnavailable, "antom_unanswered")
	if r.header.Get("Retry-After") == "" {
		t.Error("the answer does not say when to try again")
	}
	if r := p.calls(http.MethodPost, "/orders/"+order+"/cancel", "", "Idempotency-Key", "k"); r.status != http.StatusOK || into[refunded](t, r).Status != "cancelled" {
		t.Errorf("the same again is answered %d %s", r.status, r.body)
	}
}

// An erased buyer is in no kept answer.
func TestErasedDataAreInNoKeptAnswer(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("GCASH")
	p := s.newProgram()
	if r := p.calls(http.MethodPost, "/orders/"+order+"/refunds", "", "Idempotency-Key", "k"); r.status != http.StatusOK || !bytes.Contains(r.body, []byte("ann@example.com")) {
		t.Fatalf("the refund is answered %d %s", r.status, r.body)
	}
	s.quiet()
	_, err := s.service.Erase(t.Context(), order, checkout.Cause{Kind: checkout.ByAdmin})
	must(t, err)
	again := p.calls(http.MethodPost, "/orders/"+order+"/refunds", "", "Idempotency-Key", "k")
	if again.status != http.StatusOK || bytes.Contains(again.body, []byte("ann@example.com")) || len(s.audit()["refund"]) != 1 {
		t.Errorf("after the erasure: %d %s", again.status, again.body)
	}
}

// A program captures, refunds, cancels and accepts as an operator does.
func TestAProgramActsOnOrders(t *testing.T) {
	s := newShop(t, func(set *settings) { set.manualCapture = true })
	_, _, order := s.paidBy("CARD")
	p := s.newProgram()
	acts := func(action, body, status string) refunded {
		t.Helper()
		r := p.calls(http.MethodPost, "/orders/"+order+"/"+action, body, "Idempotency-Key", action+body)
		if r.status != http.StatusOK || into[refunded](t, r).ID != order {
			t.Fatalf("%s %s is answered %d %s", action, body, r.status, r.body)
		}
		s.quiet() // the result may come later
		got := into[refunded](t, p.calls(http.MethodGet, "/orders/"+order, ""))
		if got.Status != status {
			t.Fatalf("after %s %s the order is %s, want %s", action, body, got.Status, status)
		}
		return got
	}
	if got := acts("capture", "", "paid"); got.Payments[0].Captures[0].Status != "success" {
		t.Errorf("the capture is %s", got.Payments[0].Captures[0].Status)
	}
	acts("refunds", `{"amount":100}`, "partially_refunded")
	acts("refunds", `{}`, "refunded")
	p.expectProblem(p.calls(http.MethodPost, "/orders/"+order+"/refunds", "", "Idempotency-Key", "late"), http.StatusConflict, "nothing_to_refund")
	p.expectProblem(p.calls(http.MethodPost, "/orders/"+order+"/accept", ""), http.StatusConflict, "not_under_review")
	open := s.idOf(s.newBuyer().orders())
	if r := p.calls(http.MethodPost, "/orders/"+open+"/cancel", "", "Idempotency-Key", "c"); into[refunded](t, r).Status != "cancelled" {
		t.Errorf("the cancel is answered %d %s", r.status, r.body)
	}
	reader := s.newProgram(checkout.ScopeReadOrders, checkout.ScopeWriteOrders)
	reader.expectProblem(reader.calls(http.MethodPost, "/orders/"+order+"/refunds", "", "Idempotency-Key", "x"), http.StatusForbidden, "forbidden")
}

// Money moves only under a key that can be repeated.
func TestMoneyMovesOnlyUnderAKey(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("GCASH")
	p := s.newProgram()
	for _, action := range []string{"capture", "refunds", "cancel"} {
		p.expectProblem(p.calls(http.MethodPost, "/orders/"+order+"/"+action, ""), http.StatusBadRequest, "idempotency_key_missing")
		for _, key := range []string{strings.Repeat("k", 129), "a b", "4054695723100768"} {
			p.expectProblem(p.calls(http.MethodPost, "/orders/"+order+"/"+action, "", "Idempotency-Key", key), http.StatusBadRequest, "idempotency_key_invalid")
		}
	}
}

// Each change of an order is told with the message of Antom's that it followed.
func TestTheTimelineShowsTheEvidence(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("CARD")
	p := s.newProgram(checkout.ScopeReadOrders)
	timeline := into[struct {
		Data []struct {
			Subject, From, To, Cause string
			Evidence                 *struct {
				Kind, ID, Type string
				Verified       bool
				SHA            string `json:"body_sha256"`
			}
		}
	}](t, p.calls(http.MethodGet, "/orders/"+order+"/timeline", ""))
	seen := map[string]bool{}
	for _, e := range timeline.Data {
		kind, id, _ := strings.Cut(e.Cause, ":")
		if byAntom := kind == "notification" || kind == "inquiry" || kind == "response"; byAntom != (e.Evidence != nil) {
			t.Errorf("%s → %s (%s) has the evidence %v", e.From, e.To, e.Cause, e.Evidence)
			continue
		}
		if e.Evidence != nil {
			seen[kind] = true
			if e.Evidence.Kind != kind || e.Evidence.ID != id || !e.Evidence.Verified || e.Evidence.Type == "" || kind == "notification" && len(e.Evidence.SHA) != 64 {
				t.Errorf("the evidence of %s is %+v", e.Cause, *e.Evidence)
			}
		}
	}
	if len(timeline.Data) < 4 || timeline.Data[0].From != "" || timeline.Data[0].To != "open" || !seen["notification"] {
		t.Errorf("the timeline is %+v", timeline.Data)
	}
	p.expectProblem(p.calls(http.MethodGet, "/orders/nothing/timeline", ""), http.StatusNotFound, "not_found")
}

// A program learns what a buyer would be offered.
func TestAProgramListsPaymentMethods(t *testing.T) {
	p := newShop(t).newProgram(checkout.ScopeReadOrders)
	r := p.calls(http.MethodGet, "/payment-methods?currency=SGD&amount=4200&country=SG", "")
	offered := into[struct {
		Data []struct{ Method, Name, Category string }
	}](t, r)
	if r.status != http.StatusOK || len(offered.Data) < 3 || offered.Data[0].Method != "CARD" || offered.Data[0].Category != "card" {
		t.Errorf("the methods are %d %s", r.status, r.body)
	}
	for query, pointer := range map[string]string{"amount=1": "currency", "currency=SGD": "amount", "currency=SGD&amount=0": "amount", "currency=XXX&amount=1": "currency", "currency=SGD&amount=1&country=ZZ": "country", "currency=SGD&amount=1&county=SG": "county"} {
		found := p.expectProblem(p.calls(http.MethodGet, "/payment-methods?"+query, ""), http.StatusUnprocessableEntity, "invalid")
		if fmt.Sprint(len(found.Errors)) != "1" || found.Errors[0].Pointer != pointer {
			t.Errorf("?%s is refused at %v, want %s", query, found.Errors, pointer)
		}
	}
}
