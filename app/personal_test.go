package app

import (
	"encoding/json"
	"net/http/cookiejar"
	"strings"
	"testing"
)

// What a person asks for lists their saved cards, without the tokens; what is erased takes
// the cards along.
func TestSavedCardsAreExportedWithoutTokensAndErased(t *testing.T) {
	p := runProgram(t, nil)
	path := p.orders()
	p.send("POST", p.shop+path+"/payments", "application/x-www-form-urlencoded", "method=CARD&save_card=1")
	var ledger struct {
		Payments []struct {
			RequestID string `json:"payment_request_id"`
			Card      struct {
				Token string `json:"cardToken"`
			}
		}
	}
	_, _, text := p.send("GET", p.sandbox+"/control/ledger", "", "")
	if err := json.Unmarshal([]byte(text), &ledger); err != nil || len(ledger.Payments) != 1 {
		t.Fatalf("the ledger is %v %s", err, text)
	}
	p.send("POST", p.sandbox+"/control/payments/"+ledger.Payments[0].RequestID+"/pay", "application/json", "{}")
	p.awaits(`checkout_payment_outcomes_total{method="CARD",status="paid"}`, "1")
	_, _, text = p.send("GET", p.sandbox+"/control/ledger", "", "")
	if err := json.Unmarshal([]byte(text), &ledger); err != nil || len(ledger.Payments[0].Card.Token) < 1000 {
		t.Fatalf("Antom has given no token: %v", err)
	}
	code, text, problems := p.desk("export --email ann@example.com")
	var answer struct {
		Orders     []orderData
		SavedCards []savedCardData `json:"saved_cards"`
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil || code != 0 || len(answer.SavedCards) != 1 {
		t.Fatalf("the export is answered %d %s %s (%v)", code, text, problems, err)
	}
	if c := answer.SavedCards[0]; c.Brand != "VISA" || c.Last4 != "0768" || c.Consent.Version == "" || c.AgreedBy != ledger.Payments[0].RequestID {
		t.Errorf("exported is %+v", c)
	}
	if strings.Contains(text, ledger.Payments[0].Card.Token[:40]) {
		t.Error("the export holds the token")
	}
	if code, _, problems := p.desk("erase --email ann@example.com"); code != 0 {
		t.Fatalf("erase is answered %d %s", code, problems)
	}
	if _, text, _ := p.desk("export --order " + answer.Orders[0].Number); !strings.Contains(text, `"saved_cards": []`) {
		t.Errorf("after that the export is %s", text)
	}
}

// A person asks for what is stored about them, then to have it erased.
func TestAnOperatorExportsAndErasesAPersonsData(t *testing.T) {
	p := runProgram(t, nil)
	number := p.paysByWallet()
	code, text, problems := p.desk("export --email ANN@example.com")
	var answer struct{ Orders []orderData }
	if err := json.Unmarshal([]byte(text), &answer); err != nil || code != 0 || len(answer.Orders) != 1 {
		t.Fatalf("the export is answered %d %s %s (%v)", code, text, problems, err)
	}
	o := answer.Orders[0]
	if o.Number != number || o.Buyer["email"] != "ann@example.com" || o.Buyer["address1"] == "" || len(o.Lines) != 1 || len(o.Payments) != 1 || o.Payments[0].Method != "GCASH" {
		t.Errorf("the export is %s", text)
	}
	for line, want := range map[string]string{
		"erase":                            "either --order or --email is needed",
		"erase --order a --email b":        "either --order or --email is needed",
		"refund --email b --key k":         "--order and --key",
		"export --email other@example.com": `no order was placed with "other@example.com"`,
	} {
		if code, _, problems := p.desk(line); code == 0 || !strings.Contains(problems, want) {
			t.Errorf("admin %s is answered %d %s", line, code, problems)
		}
	}
	for range 2 { // again, it is the same
		if code, text, problems := p.desk("erase --order " + number); code != 0 || text != "The buyer's data of order "+number+" are erased.\n" {
			t.Fatalf("erase is answered %d %s %s", code, text, problems)
		}
	}
	if _, text, _ := p.desk("export --order " + number); strings.Contains(text, "ann@example.com") || !strings.Contains(text, `"erased_at"`) || !strings.Contains(text, `"country": "SG"`) {
		t.Errorf("after that the export is %s", text)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p.client.Jar = jar // in another browser
	p.orders()
	if code, _, problems := p.desk("erase --email ann@example.com"); code != 1 || !strings.Contains(problems, "the order is open; it has to end first") {
		t.Errorf("of an open order, erase is answered %d %s", code, problems)
	}
}
