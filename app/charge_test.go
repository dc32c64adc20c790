package app

import (
	"strings"
	"testing"

	"antom-checkout/checkout"
)

func TestAChargeIsUnderstoodOrRefused(t *testing.T) {
	for line, want := range map[string]string{
		"admin charge --card c --amount 100":                           "--key",
		"admin charge --card c --key k":                                "--amount",
		"admin charge --amount 100 --key k":                            "--card",
		"admin charge --card c --amount 100 --key k --order o":         "nothing else",
		"admin charge --card 4054695723100768 --amount 100 --key k":    "card number",
		"admin charge --card c --amount 100 --key 4054-6957-2310-0768": "card number",
		"admin refund --card c --order o --key k":                      "--order and --key",
	} {
		if code, _, problems := runs(t, nil, line); code != 2 || !strings.Contains(problems, want) || strings.Contains(problems, "4054") {
			t.Errorf("%s is answered %d %s", line, code, problems)
		}
	}
}

func TestAChargeIsRefusedInASentence(t *testing.T) {
	p := runProgram(t, nil)
	if code, stdout, problems := p.desk("charge --card nothing --amount 100 --key k"); code != 1 || stdout != "" || !strings.Contains(problems, `no saved card has the id "nothing"`) {
		t.Errorf("an unknown card is answered %d %q %q", code, stdout, problems)
	}
	for result, want := range map[checkout.ChargeResult]string{
		checkout.ChargeSucceeded: "has succeeded.", checkout.ChargeDeclined: "was declined.", checkout.ChargeUnconfirmed: "was cancelled.", checkout.ChargeCancelled: "has ended without money.", checkout.ChargeAwaited: "is under way;",
	} {
		o := checkout.Order{Number: "ABCDE-FGHIJ", Status: checkout.OrderPaid, Total: checkout.Money{Minor: 1900, Currency: "SGD"}}
		if got := chargeSentences(o, result); !strings.Contains(got, "Charge of SGD 19.00 "+want) || !strings.Contains(got, "Order ABCDE-FGHIJ is now paid.") {
			t.Errorf("%s reads %q", result, got)
		}
	}
}
