package handlers_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
	"antom-checkout/checkout/merchant"
)

const document = "%PDF-1.7 the parcel was signed for"

// disputes has the bank of an order's buyer dispute the payment.
func (s *shop) disputes(order string, act sandbox.DisputeAct) (dispute string) {
	s.t.Helper()
	o, err := s.store.OrderByID(s.t.Context(), order)
	must(s.t, err)
	dispute, err = s.control.DisputeBy(o.Payments[0].RequestID, act)
	must(s.t, err)
	s.quiet()
	return dispute
}

// disputeOf is an order's dispute as the shop knows it.
func (s *shop) disputeOf(order, dispute string) checkout.Dispute {
	s.t.Helper()
	o, err := s.store.OrderByID(s.t.Context(), order)
	must(s.t, err)
	p := checkout.PaymentInDispute(o, dispute)
	if p == nil {
		s.t.Fatalf("order %s has no dispute %s", order, dispute)
	}
	return *p.Disputes.With(dispute)
}

// calls is how often Antom was asked for something.
func (s *shop) calls(endpoint string) (n int) {
	for _, m := range s.control.Messages() {
		if m.Operation == endpoint {
			n++
		}
	}
	return n
}

// An answer is one call, however often it is ordered under its key, and what Antom has taken
// shows before a notification does.
func TestADisputeIsAnsweredOnce(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("CARD")
	id := s.disputes(order, sandbox.DisputeAct{})
	s.fault(sandbox.Fault{Kind: sandbox.Lose, Times: 100})
	answer := checkout.DisputeAnswer{Dispute: id, Defends: true, Document: []byte(document)}
	for range 3 {
		must(t, s.desk().AnswerDispute(t.Context(), order, answer, by("k")))
	}
	if d := s.disputeOf(order, id); s.calls("supplyDefenseDocument") != 1 || d.State() != checkout.DisputeDefended {
		t.Errorf("%d calls, and the dispute is %s", s.calls("supplyDefenseDocument"), d.State())
	}
	for name, c := range map[string]struct {
		answer checkout.DisputeAnswer
		key    string
		code   checkout.ErrorCode
	}{
		"another document":        {checkout.DisputeAnswer{Dispute: id, Defends: true, Document: []byte(document + "!")}, "k", checkout.CodeKeyReused},
		"accepted under its key":  {checkout.DisputeAnswer{Dispute: id}, "k", checkout.CodeKeyReused},
		"accepted after all":      {checkout.DisputeAnswer{Dispute: id}, "l", checkout.CodeDisputeClosed},
		"of another order":        {checkout.DisputeAnswer{Dispute: "nothing"}, "m", checkout.CodeNotFound},
		"defended by a file list": {checkout.DisputeAnswer{Dispute: id, Defends: true}, "n", checkout.CodeDisputeClosed},
	} {
		if err := s.service.AnswerDispute(t.Context(), order, c.answer, by(c.key)); !errors.Is(err, &checkout.Error{Code: c.code}) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	if document, format, err := s.service.DisputeDocument(t.Context(), order, id, checkout.DisputeEvidence); err != nil || format != "PDF" || string(document) != string(answer.Document) {
		t.Errorf("the evidence is %s %q, %v", format, document, err)
	}
}

// An answer whose fate is not known is ordered again, and was given once.
func TestAnAnswerWithoutAReplyIsOrderedAgain(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("CARD")
	id := s.disputes(order, sandbox.DisputeAct{})
	accept := checkout.DisputeAnswer{Dispute: id}
	s.fault(sandbox.Fault{Kind: sandbox.Truncate, On: "acceptDispute"})
	if err := s.service.AnswerDispute(t.Context(), order, accept, by("k")); !errors.Is(err, &checkout.Error{Code: checkout.CodeAntomUnanswered}) {
		t.Fatalf("without a whole answer: %v", err)
	}
	s.control.ClearFaults()
	must(t, s.service.AnswerDispute(t.Context(), order, accept, by("k")))
	s.quiet()
	if d := s.disputeOf(order, id); d.State() != checkout.DisputeLost || d.AcceptReason != "MERCHANT_ACCEPTED" {
		t.Errorf("%+v", d)
	}
	s.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "acceptDispute", Code: "PROCESS_FAIL"})
	second := s.disputes(order, sandbox.DisputeAct{})
	if err := s.service.AnswerDispute(t.Context(), order, checkout.DisputeAnswer{Dispute: second}, by("l")); !errors.Is(err, &checkout.Error{Code: checkout.CodeAntomRefused}) {
		t.Errorf("refused: %v", err)
	}
	if d := s.disputeOf(order, second); d.State() != checkout.DisputeOpen {
		t.Errorf("what Antom has refused is %s", d.State())
	}
}

// A dispute that takes no defence is accepted only, and Antom is not asked in vain.
func TestADisputeThatTakesNoDefence(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("CARD")
	id := s.disputes(order, sandbox.DisputeAct{Undefendable: true})
	defence := checkout.DisputeAnswer{Dispute: id, Defends: true, Document: []byte(document)}
	if err := s.service.AnswerDispute(t.Context(), order, defence, by("k")); !errors.Is(err, &checkout.Error{Code: checkout.CodeDisputeClosed}) || s.calls("supplyDefenseDocument") != 0 {
		t.Errorf("%v", err)
	}
	must(t, s.service.AnswerDispute(t.Context(), order, checkout.DisputeAnswer{Dispute: id}, by("k")))
}

// The operator is reminded while there is time to answer, once of each.
func TestTheOperatorIsRemindedOfADispute(t *testing.T) {
	s := newShop(t, toldOperator)
	_, _, order := s.paidBy("CARD")
	id := s.disputes(order, sandbox.DisputeAct{Amount: 1200, ReasonCode: "13.1"})
	due := s.disputeOf(order, id).Due
	for _, left := range []time.Duration{73 * time.Hour, 71 * time.Hour, 47 * time.Hour} {
		s.passes(due.Sub(s.program.Now()) - left)
		s.sweeps()
		s.sweeps()
		if n, want := len(s.emailsCalled("-operator-dispute-due-")), 1; left < 72*time.Hour && n != want || left > 72*time.Hour && n != 0 {
			t.Errorf("%d reminders with %s left", n, left)
		}
	}
	s.toOperator("dispute-due", id, "12.00", "13.1", "Visa ending in 0768", "dispute defend --order "+s.number(), "Without an answer in time it is lost")
	s.fault(sandbox.Fault{Kind: sandbox.Lose, Times: 100}) // Antom's own alert
	s.passes(due.Sub(s.program.Now()) - 23*time.Hour)
	s.sweeps()
	s.sweeps()
	if n := len(s.emailsCalled("-operator-dispute-due-")); n != 2 {
		t.Errorf("%d reminders in all", n)
	}
	if rows, err := s.store.WaitingDisputes(t.Context(), 10); err != nil || len(rows) != 1 || rows[0].OrderID != order {
		t.Errorf("%v wait, %v", rows, err)
	}
	s.passes(24 * time.Hour)
	s.sweeps()
	if rows, err := s.store.WaitingDisputes(t.Context(), 10); err != nil || len(rows) != 0 {
		t.Errorf("%v wait after the last moment, %v", rows, err)
	}
	if !strings.Contains(s.logged(), "matter=dispute-due") {
		t.Error("the log has no reminder")
	}
}

// The merchant's systems read amount, reason and deadline, and that what a lost dispute has
// taken is no refund.
func TestTheMerchantsSystemsReadADispute(t *testing.T) {
	s := newShop(t)
	_, _, order := s.paidBy("CARD")
	id := s.disputes(order, sandbox.DisputeAct{Amount: 1200, ReasonCode: "13.1"})
	published := func() (merchant.Order, merchant.Dispute) {
		o, err := s.store.OrderByID(t.Context(), order)
		must(t, err)
		told := s.services.Merchant.NewOrder(o)
		return told, told.Payments[0].Disputes[0]
	}
	o, d := published()
	if d.ID != id || d.State != "open" || d.Type != "CHARGEBACK" || *d.Amount != (merchant.Money{Amount: 1200, Currency: "SGD"}) || d.ReasonCode != "13.1" ||
		d.Reason == "" || !d.Defendable || d.Due == nil || d.Since == nil || o.Disputed.Amount != 0 {
		t.Errorf("%+v of %+v", d, o.Disputed)
	}
	events, err := s.services.Merchant.Events(t.Context(), checkout.EventFilter{OrderID: order, Type: checkout.EventDisputeCreated}, checkout.Window{Limit: 10})
	must(t, err)
	if len(events) != 1 {
		t.Fatalf("%d events", len(events))
	}
	body, err := s.services.Merchant.Body(t.Context(), events[0])
	must(t, err)
	var event merchant.Event
	must(t, json.Unmarshal(body, &event))
	if told := event.Data.Dispute; told == nil || told.ID != id || told.Amount.Amount != 1200 || told.Due == nil || event.Data.Order.ID != order {
		t.Errorf("the event tells %s", body)
	}
	must(t, s.service.AnswerDispute(t.Context(), order, checkout.DisputeAnswer{Dispute: id}, by("k")))
	s.quiet()
	o, d = published()
	if d.State != "lost" || d.Defendable || o.Disputed.Amount != 1200 || o.Refunded.Amount != 0 {
		t.Errorf("%+v of %+v, refunded %+v", d, o.Disputed, o.Refunded)
	}
	if row := s.audit()["payment"][0]; row["disputed"] != 1200.0 {
		t.Errorf("the audit says %v", row)
	}
}
