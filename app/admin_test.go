package app

import (
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"antom-checkout/checkout"
	"antom-checkout/db"
)

// An amount of zero once meant all.
func TestAnOperatorsCommandIsUnderstoodOrRefused(t *testing.T) {
	noSettings := func(string) string { return "" }
	for _, line := range []string{
		"refund --order o --key k --amount 0", "refund --order o --key k --amount -1", "cancel --order o --key k --amount 5",
		"refund --order o", "refund --key k", "accept --order o --key k --anyway",
	} {
		err := run(t.Context(), append([]string{"admin"}, strings.Fields(line)...), noSettings, io.Discard, io.Discard)
		if !errors.As(err, &usageError{}) || !strings.Contains(err.Error(), "--amount is for refund") {
			t.Errorf("admin %s: %v", line, err)
		}
	}
}

// A key is stored for good, so that it may be no card number.
func TestAKeyThatLooksLikeACardNumberIsRefused(t *testing.T) {
	err := run(t.Context(), strings.Fields("admin refund --order o --key 4242-4242-4242-4242"), func(string) string { return "" }, io.Discard, io.Discard)
	if !errors.As(err, &usageError{}) || !strings.Contains(err.Error(), "card number") || strings.Contains(err.Error(), "4242") {
		t.Errorf("the key is answered %v", err)
	}
}

func TestARefundOfADisputedPaymentNeedsASecondThought(t *testing.T) {
	p := runProgram(t, nil)
	number := p.paysByWallet()
	var ledger struct {
		Payments []struct {
			RequestID string `json:"payment_request_id"`
		}
	}
	_, _, text := p.send("GET", p.sandbox+"/control/ledger", "", "")
	if err := json.Unmarshal([]byte(text), &ledger); err != nil || len(ledger.Payments) != 1 || ledger.Payments[0].RequestID == "" {
		t.Fatalf("the ledger is %v %s", err, text)
	}
	p.send("POST", p.sandbox+"/control/payments/"+ledger.Payments[0].RequestID+"/dispute", "application/json", "{}")
	p.awaits(`checkout_disputes_total{step="DISPUTE_CREATED"}`, "1")
	for _, action := range []string{"refund", "cancel"} {
		code, _, stderr := p.desk(action + " --order " + number + " --key k-" + action)
		if code != 1 || !strings.Contains(stderr, "no "+action+" of order "+number+": dispute ") || !strings.Contains(stderr, "--anyway returns it nevertheless") {
			t.Errorf("a %s is answered %d %q", action, code, stderr)
		}
	}
	if code, stdout, stderr := p.desk("refund --order " + number + " --key k-refund --anyway"); code != 0 {
		t.Errorf("a refund anyway is answered %d %q %q", code, stdout, stderr)
	}
}

// paysByWallet places an order and pays it, and answers with the number that the
// buyer sees.
func (p *program) paysByWallet() (number string) {
	p.t.Helper()
	path := p.orders()
	_, _, text := p.send("POST", p.shop+path+"/payments", "application/json", `{"method":"GCASH"}`)
	var started struct {
		PaymentRequestID string `json:"payment_request_id"`
	}
	if err := json.Unmarshal([]byte(text), &started); err != nil {
		p.t.Fatal(err)
	}
	p.send("POST", p.sandbox+"/control/payments/"+started.PaymentRequestID+"/pay", "application/json", "{}")
	p.awaits(`checkout_payment_outcomes_total{method="GCASH",status="paid"}`, "1")
	_, _, page := p.send("GET", p.shop+path, "", "")
	return regexp.MustCompile(`\b[0-9A-Z]{5}-[0-9A-Z]{5}\b`).FindString(page)
}

// desk runs an operator's command beside the program.
func (p *program) desk(line string) (code int, stdout, stderr string) {
	p.t.Helper()
	at, err := url.Parse(p.sandbox)
	if err != nil {
		p.t.Fatal(err)
	}
	env := environ{"DATABASE_URL": p.settings["DATABASE_URL"], "SANDBOX_ADDR": at.Host}
	return runs(p.t, env, "admin "+line)
}

func TestAnOperatorNamesTheOrderAsItsBuyerDoes(t *testing.T) {
	p := runProgram(t, nil)
	number := p.paysByWallet()
	typed := strings.ToLower(strings.ReplaceAll(number, "-", ""))
	code, stdout, stderr := p.desk("refund --order " + typed + " --key a --amount 100")
	sentences := regexp.MustCompile(`^Refund \S+ of SGD 1\.00 (has succeeded|is under way; Antom reports its result later)\. Order ` + number + ` is now (paid|partially refunded)\.\n$`)
	if code != 0 || !sentences.MatchString(stdout) || stderr != "" {
		t.Fatalf("the refund is answered %d %q %q", code, stdout, stderr)
	}
	if again, text, _ := p.desk("refund --order " + number + " --key a --amount 100"); again != 0 || !strings.HasPrefix(text, stdout[:len("Refund ")+36]) {
		t.Errorf("the same again is answered %d %q", again, text)
	}
	store, err := db.Open(t.Context(), p.settings["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	o, err := store.OrderByNumber(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	code, stdout, _ = p.desk("refund --json --order " + o.ID + " --key a --amount 100")
	var answer struct {
		Action, Order, Status, Currency string
		RequestID                       string `json:"request_id"`
		Amount                          int
	}
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil || code != 0 || answer.Order != o.ID || answer.Action != "refund" || answer.Amount != 100 || answer.Currency != "SGD" || answer.RequestID == "" || answer.Status == "" {
		t.Errorf("as JSON, by its id, it is answered %d %s", code, stdout)
	}
}

func TestARefusalIsASentence(t *testing.T) {
	p := runProgram(t, nil)
	number := p.paysByWallet()
	for line, want := range map[string]string{
		"capture --key b --order " + number:                 "no capture of order " + number + ": no authorised payment waits",
		"refund --key b --amount 9999999 --order " + number: "no refund of order " + number + ": cannot refund 99,999.99 SGD: ",
		"refund --key b --order ZZZZZ-ZZZZZ":                `no order has the number or the id "ZZZZZ-ZZZZZ"`,
	} {
		code, stdout, stderr := p.desk(line)
		if code != 1 || stdout != "" || !strings.HasPrefix(stderr, "antom-checkout: "+want) || strings.Contains(stderr, "error.") {
			t.Errorf("admin %s is answered %d %q %q, want %q", line, code, stdout, stderr, want)
		}
	}
	code, stdout, _ := p.desk("cancel --key c --order " + number)
	if code != 0 || stdout != "Order "+number+" is now cancelled.\n" {
		t.Errorf("the cancel is answered %d %q", code, stdout)
	}
}

// A new code cannot leave the operator without a text.
func TestEveryCodeHasATextForTheOperator(t *testing.T) {
	for _, code := range checkout.Codes() {
		if checkout.OperatorText(code) == "" {
			t.Errorf("%s has no text", code)
		}
	}
}
