package views

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
)

func TestTheOperatorsEmailsNameOrderAndCommand(t *testing.T) {
	for matter, texts := range map[checkout.OperatorMatter][]string{
		checkout.MatterReview:        {"Under review", "another amount", "admin accept --order", "admin refund --order", "admin cancel --order", "audit"},
		checkout.MatterCaptureDue:    {"Capture is due", "2 March 2026, 09:04 UTC+8", "admin capture --order", "admin cancel --order"},
		checkout.MatterCaptureFailed: {"Capture failed", "SGD 42.00", "PROCESS_FAIL", "admin capture --order"},
		checkout.MatterRefundFailed:  {"Refund failed", "SGD 42.00", "PROCESS_FAIL", "--amount 4200"},
		checkout.MatterUndelivered:   {"not delivered", "mail.receipt", "emails resend --order"},
		checkout.MatterShopFault:     {"could not be taken", "PROCESS_FAIL", "checkout_shop_faults_total"},
	} {
		e := checkout.OperatorEmail{
			Matter: matter, Order: "order-id", Number: "ABCDE-FGHIJ", Status: checkout.OrderAuthorized, Review: "another amount",
			Code: "PROCESS_FAIL", About: "mail.receipt", Amount: checkout.Money{Minor: 4200, Currency: "SGD"},
			Until: time.Date(2026, 3, 2, 9, 4, 5, 0, time.FixedZone("", 8*3600)),
		}
		subject, text := OperatorEmail("Plain Goods", e)
		for _, want := range append(texts, "order-id", "ABCDE-FGHIJ", "Plain Goods", "antom-checkout") {
			if !strings.Contains(subject+text, want) {
				t.Errorf("%s lacks %q:\n%s\n\n%s", matter, want, subject, text)
			}
		}
		if regexp.MustCompile(`(?m)<|\{|.{100}|\n\n\n`).MatchString(text) || !strings.HasPrefix(text, "Order number") || !strings.HasSuffix(text, "\n") {
			t.Errorf("%s reads\n%s", matter, text)
		}
	}
	if len(operatorTitles) != len(operatorTemplate().Templates())-4 { // order, key, disputed and the whole
		t.Errorf("%d titles for %s", len(operatorTitles), operatorTemplate().DefinedTemplates())
	}
}

// The card says which of the shop's payments it is, where the payment has one.
func TestTheOperatorsEmailsNameTheCard(t *testing.T) {
	e := checkout.OperatorEmail{Matter: checkout.MatterReview, Order: "order-id", Number: "ABCDE-FGHIJ", Status: checkout.OrderReview}
	for line, card := range map[string]checkout.Card{
		"": {}, "Card:         Visa ending in 0768\n": {Brand: "VISA", LastFour: "0768", NetworkTransactionID: "secret"},
		"Card:         Credit or debit card ending in 0768\n": {LastFour: "0768"}, "Card:         Samsung Card\n": {Brand: "SAMSUNG"},
	} {
		e.Card = card
		if _, text := OperatorEmail("Plain Goods", e); !strings.Contains(text, "Status:       review\n"+line+"\nThe order") || strings.Contains(text, "secret") {
			t.Errorf("with %+v it reads\n%s", card, text)
		}
	}
}

// What belongs to no order has every id by which it is found in Antom Dashboard.
func TestTheEmailAboutStraysNamesTheirIDs(t *testing.T) {
	subject, text := OperatorEmail("Plain Goods", checkout.OperatorEmail{Matter: checkout.MatterStray, Strays: []checkout.Stray{
		{Type: "REFUND_RESULT", Amount: checkout.Money{Minor: 1000, Currency: "SGD"}, About: checkout.Reference{RefundRequestID: "rr", RefundID: "ri"}},
		{Type: "PAYMENT_RESULT", Failed: true, About: checkout.Reference{RequestID: "pr", AntomID: "pi"}},
	}})
	if subject != "Notifications about no payment · 2 · Plain Goods" {
		t.Errorf("the subject is %q", subject)
	}
	for _, want := range []string{"REFUND_RESULT: SGD 10.00\n  refundRequestId:  rr\n  refundId:         ri\n", "PAYMENT_RESULT, failed\n  paymentRequestId: pr\n  paymentId:        pi\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
	if regexp.MustCompile(`(?m)<|\{|.{100}|\n\n\n`).MatchString(text) {
		t.Errorf("it reads\n%s", text)
	}
}

// An endpoint belongs to no order: the email names it and the commands that go on.
func TestTheEmailAboutAnEndpointSaysHowToGoOn(t *testing.T) {
	for code, why := range map[string]string{"gone": "has\nanswered 410", "failing": "taken nothing since 2 March 2026, 09:04 UTC"} {
		subject, text := OperatorEmail("Plain Goods", checkout.OperatorEmail{
			Matter: checkout.MatterEndpointOff, About: "endpoint-id", Endpoint: "https://shop.example", Code: code, Until: time.Date(2026, 3, 2, 9, 4, 5, 0, time.UTC),
		})
		if subject != "A webhook endpoint is off · https://shop.example · Plain Goods" {
			t.Errorf("the subject is %q", subject)
		}
		for _, want := range []string{why, "antom-checkout endpoints on endpoint-id\n", "antom-checkout events redeliver --since TIME --endpoint endpoint-id\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("it lacks %q:\n%s", want, text)
			}
		}
		if regexp.MustCompile(`(?m)<|\{|.{100}|\n\n\n`).MatchString(text) {
			t.Errorf("it reads\n%s", text)
		}
	}
}
