package handlers_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
)

func toldOperator(s *settings) { s.operator = "owner@shop.example" }

// toOperator is the one email of its matter to the operator. It holds every text and
// nothing about the buyer beside their card.
func (s *shop) toOperator(matter string, texts ...string) {
	s.t.Helper()
	found := s.emailsCalled("-operator-" + matter + "-")
	if len(found) != 1 {
		s.t.Fatalf("%d emails about %s", len(found), matter)
	}
	m := found[0]
	if !strings.Contains(m.To, "owner@shop.example") || m.HTML != "" {
		s.t.Errorf("it goes to %s, with HTML %q", m.To, m.HTML)
	}
	o, err := s.order()
	must(s.t, err)
	for _, text := range append(texts, o.Number, o.ID) {
		if !strings.Contains(m.Subject+m.Text, text) {
			s.t.Errorf("it lacks %q:\n%s\n\n%s", text, m.Subject, m.Text)
		}
	}
	for _, personal := range []string{"Ann", "Raffles", "example.com", "9123", "mug"} {
		if strings.Contains(m.Subject+m.Text, personal) {
			s.t.Errorf("it tells %q of the buyer:\n%s", personal, m.Text)
		}
	}
}

func TestTheOperatorIsToldOfAReviewThatStays(t *testing.T) {
	shop := newShop(t, toldOperator)
	buyer := shop.newBuyer()
	path := buyer.orders()
	must(t, shop.control.PayOther(buyer.starts(path, "GCASH").PaymentRequestID, "GCASH", 4700))
	shop.quiet()
	shop.sweeps()
	shop.expectCount(1, "order", "status", "review")
	if n := len(shop.emailsCalled("-operator-")); n != 0 {
		t.Fatalf("%d emails before an inquiry had its time", n)
	}
	for range 3 {
		shop.passes(time.Minute)
		shop.sweeps()
	}
	shop.toOperator("review", "another amount", "antom-checkout admin accept --order "+shop.number(), "admin refund", "admin cancel")
}

func TestTheOperatorIsNotToldOfAReviewThatAnInquiryEnds(t *testing.T) {
	shop := newShop(t, toldOperator)
	shop.fault(sandbox.Fault{Kind: sandbox.WrongAmountNotification, Times: 1})
	buyer := shop.newBuyer()
	path := buyer.orders()
	must(t, shop.control.Pay(buyer.starts(path, "GCASH").PaymentRequestID))
	shop.quiet()
	shop.inquires()
	buyer.expectStatus(path, "paid", "paid")
	shop.passes(2 * time.Minute)
	shop.sweeps()
	if n := len(shop.emailsCalled("-operator-")); n != 0 {
		t.Errorf("%d emails about what is settled", n)
	}
}

func TestTheOperatorIsToldOfCapturesThatAreDueOrFail(t *testing.T) {
	shop := newShop(t, toldOperator, func(s *settings) { s.manualCapture = true })
	buyer := shop.newBuyer()
	path := buyer.orders()
	must(t, shop.control.Pay(buyer.starts(path, "CARD").PaymentRequestID))
	shop.quiet()
	buyer.expectStatus(path, "authorized", "authorized")
	shop.fault(sandbox.Fault{Kind: sandbox.CaptureFail, Code: "RISK_REJECT", Times: 1})
	_, _ = shop.desk().Capture(t.Context(), shop.orderID(), by("take"))
	shop.quiet()
	shop.inquires()
	shop.sweeps()
	shop.toOperator("capture-failed", "Visa ending in 0768", "RISK_REJECT", "admin capture --order "+shop.number())
	shop.passes(5*24*time.Hour + time.Hour)
	for range 3 {
		shop.sweeps()
		shop.passes(time.Minute)
	}
	shop.toOperator("capture-due", "Visa ending in 0768", "The authorisation ends on", "admin capture --order "+shop.number(), "admin cancel")
}

func TestTheOperatorIsToldOfAnEmailThatWasGivenUp(t *testing.T) {
	mailer := &moody{down: checkout.ErrUndeliverable}
	shop := newShop(t, toldOperator, func(s *settings) { s.mailer = mailer })
	shop.newBuyer().pays()
	shop.sweeps()
	shop.sweeps()
	shop.expectCount(1, "outbox", "topic", "operator.undelivered:mail.receipt")
	shop.toOperator("undelivered", "mail.receipt", "antom-checkout emails resend --order "+shop.number())
	mailer.down = errors.New("not again")
	shop.sweeps()
	shop.expectCount(1, "outbox", "topic", "operator.undelivered:mail.receipt")
}

func TestTheOperatorIsToldOfARefusedShopOnceAnHour(t *testing.T) {
	shop := newShop(t, toldOperator, func(s *settings) { s.timeStands = true })
	shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "createPaymentSession", Code: "KEY_NOT_FOUND"})
	buyer := shop.newBuyer()
	path := buyer.orders()
	buyer.starts(path, "GCASH")
	buyer.starts(path, "GCASH") // the same matter of the same order
	shop.sweeps()
	shop.toOperator("shop-fault", "KEY_NOT_FOUND", "Antom refuses the shop")
	buyer.starts(buyer.orders(), "GCASH")
	shop.sweeps()
	if n := len(shop.emailsCalled("-operator-")); n != 1 {
		t.Errorf("%d emails within the hour", n)
	}
	shop.passes(time.Hour)
	buyer.starts(buyer.orders(), "GCASH")
	shop.sweeps()
	if n := len(shop.emailsCalled("-operator-")); n != 2 {
		t.Errorf("%d emails an hour later", n)
	}
	shop.expectCount(3, "outbox", "topic", "operator.shop-fault:KEY_NOT_FOUND")
}

// Without an address the log tells, once.
func TestWithoutAnAddressTheLogTellsTheOperator(t *testing.T) {
	shop := newShop(t)
	shop.fault(sandbox.Fault{Kind: sandbox.Refuse, On: "createPaymentSession", Code: "KEY_NOT_FOUND"})
	buyer := shop.newBuyer()
	buyer.starts(buyer.orders(), "GCASH")
	shop.sweeps()
	shop.sweeps()
	if n := strings.Count(shop.logged(), `level=WARN msg="waits for a person" matter=shop-fault`); n != 1 {
		t.Errorf("%d lines", n)
	}
	if n := len(shop.emailsCalled("-operator-")); n != 0 {
		t.Errorf("%d emails", n)
	}
}

// Antom takes the money of a lost dispute from the settlement, and the merchant has days
// to answer: a step of a dispute belongs to its payment and is told loudly.
func TestADisputeIsTiedToItsPaymentAndTold(t *testing.T) {
	shop := newShop(t, toldOperator)
	_, _, order := shop.paidBy("CARD")
	payment := shop.audit()["payment"][0]["payment_request_id"].(string)
	id, err := shop.control.Dispute(payment, 4800, "4853")
	must(t, err)
	shop.quiet()
	shop.sweeps()
	shop.toOperator("dispute", "Visa ending in 0768", "DISPUTE_CREATED", id, "Answer until", "Antom Dashboard", "Without an answer in time it is lost", "(CHARGEBACK)", "48.00", "Visa 4853")
	must(t, shop.control.Judge(id, "ACCEPT_BY_MERCHANT"))
	shop.quiet()
	shop.sweeps()
	if n := len(shop.emailsCalled("-operator-dispute-")); n != 2 {
		t.Errorf("%d emails about the dispute, want one of each step", n)
	}
	disputed := 0
	for _, n := range shop.audit()["notification"] {
		if strings.HasPrefix(n["type"].(string), "DISPUTE") {
			disputed++
			if n["payment_request_id"] != payment || n["applied"] != true {
				t.Errorf("the notification is about %q, applied %v", n["payment_request_id"], n["applied"])
			}
		}
	}
	if disputed != 2 {
		t.Errorf("%d notifications about the dispute, want 2", disputed)
	}
	if log := shop.logged(); !strings.Contains(log, "level=WARN") || !strings.Contains(log, "matter=dispute") || !strings.Contains(log, order) {
		t.Error("the log has no warning about the dispute")
	}
}
