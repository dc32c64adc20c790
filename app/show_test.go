package app

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// paysByCard places an order and pays it by card, and answers with its number.
func (p *program) paysByCard() (number string) {
	p.t.Helper()
	path := p.orders()
	_, _, text := p.send("POST", p.shop+path+"/payments", "application/json", `{"method":"CARD"}`)
	var started struct {
		PaymentRequestID string `json:"payment_request_id"`
	}
	if err := json.Unmarshal([]byte(text), &started); err != nil {
		p.t.Fatal(err)
	}
	p.send("POST", p.sandbox+"/control/payments/"+started.PaymentRequestID+"/pay", "application/json", "{}")
	p.awaits(`checkout_payment_outcomes_total{method="CARD",status="paid"}`, "1")
	_, _, page := p.send("GET", p.shop+path, "", "")
	return regexp.MustCompile(`\b[0-9A-Z]{5}-[0-9A-Z]{5}\b`).FindString(page)
}

// shows runs show beside the program.
func (p *program) showsOrder(arguments string) (code int, stdout, stderr string) {
	p.t.Helper()
	env := environ{"DATABASE_URL": p.settings["DATABASE_URL"], "SANDBOX_ADDR": strings.TrimPrefix(p.sandbox, "http://")}
	return runs(p.t, env, "show "+arguments)
}

func TestShowTellsAllAboutAnOrderAndNothingAboutItsBuyer(t *testing.T) {
	p := runProgram(t, nil)
	number := p.paysByCard()
	if code, _, problems := p.desk("refund --order " + number + " --key a --amount 100"); code != 0 {
		t.Fatal(problems)
	}
	code, text, problems := p.showsOrder(strings.ToLower(number))
	if code != 0 || problems != "" {
		t.Fatalf("show is answered %d %s %s", code, text, problems)
	}
	for _, part := range []string{
		"Order " + number + " is p", "SGD ", ": paid", "CARD by sdk", "Visa ending in 0768, 12/39, CREDIT, GLOBAL", "SANDBOX BANK US",
		"billing address (AVS)    ", "network transaction id   ", "authorisation code       ", "RRN                      ", "with this result",
		"capture                  ", "refund                   ", "of SGD 1.00: ", "History", "order: new → open (shopper:", "→ paid (notification:",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("show lacks %q:\n%s", part, text)
		}
	}
	for _, json := range []string{"", " --json"} {
		if _, text, _ := p.showsOrder(number + json); regexp.MustCompile(`(?i)ann|raffles|048616|ALIPAY|cavv|token`).MatchString(text) {
			t.Errorf("show%s tells of the buyer, or holds a secret:\n%s", json, text)
		}
	}
}

func TestShowAsJSONHasWhatTheContractNames(t *testing.T) {
	p := runProgram(t, nil)
	number := p.paysByCard()
	code, text, problems := p.showsOrder("--json " + number)
	var o shownOrder
	if err := json.Unmarshal([]byte(text), &o); err != nil || code != 0 {
		t.Fatalf("%d %s %s: %v", code, text, problems, err)
	}
	if o.Number != number || o.Status != "paid" || o.Total.Currency != "SGD" || o.Total.Amount == 0 || len(o.Payments) != 1 || len(o.Transitions) < 4 {
		t.Fatalf("the order is %s", text)
	}
	payment := o.Payments[0]
	if payment.Card.LastFour != "0768" || payment.AVSMatch == "" || payment.Inquiry != "found" || len(payment.Operations) != 1 || payment.Operations[0].Kind != "capture" {
		t.Errorf("the payment is %+v", payment)
	}
	if again, same, _ := p.showsOrder("--json " + o.Order); again != 0 || same != text {
		t.Errorf("by its id the order is answered %d %s", again, same)
	}
	if code, stdout, problems := p.showsOrder("ZZZZZ-ZZZZZ"); code != 1 || stdout != "" || !strings.Contains(problems, "no order has the number") {
		t.Errorf("an unknown order is answered %d %q %q", code, stdout, problems)
	}
}

// What was lost on the way is found by show itself, before the sweeper inquires.
func TestShowInquiresFirstAndSaysWhereAntomIsSilent(t *testing.T) {
	p := runProgram(t, nil)
	path := p.orders()
	_, _, text := p.send("POST", p.shop+path+"/payments", "application/json", `{"method":"CARD"}`)
	var started struct {
		PaymentRequestID string `json:"payment_request_id"`
	}
	if err := json.Unmarshal([]byte(text), &started); err != nil {
		t.Fatal(err)
	}
	_, _, page := p.send("GET", p.shop+path, "", "")
	number := regexp.MustCompile(`\b[0-9A-Z]{5}-[0-9A-Z]{5}\b`).FindString(page)
	if _, text, _ := p.showsOrder(number); !strings.Contains(text, "it has no such payment") {
		t.Errorf("before the buyer has submitted it, show says\n%s", text)
	}
	p.send("POST", p.sandbox+"/control/faults", "application/json", `{"kind":"unknown","on":"inquiryPayment"}`)
	if code, text, _ := p.showsOrder(number); code != 0 || !strings.Contains(text, "none; this is what was known before") {
		t.Errorf("while Antom is silent, show answers %d\n%s", code, text)
	}
	p.send("DELETE", p.sandbox+"/control/faults", "application/json", "")
	p.send("POST", p.sandbox+"/control/faults", "application/json", `{"kind":"lose"}`)
	p.send("POST", p.sandbox+"/control/payments/"+started.PaymentRequestID+"/pay", "application/json", "{}")
	if _, text, _ := p.showsOrder(number); !strings.Contains(text, "Visa ending in 0768") || !strings.Contains(text, " is paid") && !strings.Contains(text, " is authorized") {
		t.Errorf("after the payment, whose notification is lost, show says\n%s", text)
	}
}
