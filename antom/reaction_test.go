package antom

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTablesAgreeWithAntomsPages holds reaction.go and testdata/result-codes.md
// together: every code of one stands in the other, with the same reaction.
func TestTablesAgreeWithAntomsPages(t *testing.T) {
	pages := readPages(t)
	tables := maps.Clone(reactions)
	tables["any endpoint"] = gatewayReactions
	if got, want := slices.Sorted(maps.Keys(tables)), slices.Sorted(maps.Keys(pages)); !slices.Equal(got, want) {
		t.Errorf("tables for %v, pages for %v", got, want)
	}
	for endpoint, table := range tables {
		for code := range table {
			if _, documented := pages[endpoint][code]; !documented {
				t.Errorf("%s: the page knows no %s", endpoint, code)
			}
		}
	}
	for endpoint, page := range pages {
		for code, allowed := range page {
			if got := reactionTo(endpoint, code); !slices.Contains(allowed, got) {
				t.Errorf("%s: the reaction to %s is %q, the page says one of %q", endpoint, code, got, allowed)
			}
		}
	}
}

var codeSyntax = regexp.MustCompile(`[A-Z][A-Z_]{3,}`)

// readPages gives, by endpoint and code, the reactions the page's text allows.
func readPages(t *testing.T) map[string]map[ResultCode][]reaction {
	text, err := os.ReadFile("testdata/result-codes.md")
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]map[ResultCode][]reaction{}
	var endpoint string
	for line := range strings.Lines(string(text)) {
		if name, heading := strings.CutPrefix(line, "## "); heading {
			endpoint = strings.TrimSpace(name)
			pages[endpoint] = map[ResultCode][]reaction{}
		}
		cells := strings.Split(line, "|")
		if len(cells) < 4 || endpoint == "" {
			continue
		}
		for _, code := range codeSyntax.FindAllString(cells[1], -1) {
			pages[endpoint][ResultCode(code)] = allowedBy(strings.TrimSpace(cells[2]), cells[3])
		}
	}
	return pages
}

func allowedBy(status, text string) []reaction {
	switch {
	case status == "S":
		return []reaction{none}
	case strings.Contains(text, "WAIT"):
		return []reaction{wait}
	case strings.Contains(text, "SAME"):
		return []reaction{sameID}
	case strings.Contains(text, "NEW"):
		return []reaction{newID, decline}
	case strings.Contains(text, "FAIL/FIX"):
		return []reaction{fail, fix}
	case strings.Contains(text, "FIX"):
		return []reaction{fix}
	default:
		return []reaction{fail}
	}
}

func TestWhatAnErrorCallsFor(t *testing.T) {
	for _, test := range []struct {
		err                    Error
		unknown, declined, fix bool
		retry                  Retry
	}{
		{Error{Endpoint: "pay", Code: "USER_BALANCE_NOT_ENOUGH", Status: "F"}, false, true, false, RetryNew},
		{Error{Endpoint: "pay", Code: "ACCESS_DENIED", Status: "F"}, false, true, false, RetryNew}, // a card's refusal
		{Error{Endpoint: "cancel", Code: "ACCESS_DENIED", Status: "F"}, false, false, true, RetryNone},
		{Error{Endpoint: "pay", Code: "ORDER_IS_CLOSED", Status: "F"}, false, false, false, RetryNew},
		{Error{Endpoint: "pay", Code: "RISK_REJECT", Status: "F"}, false, false, false, RetryNone},
		{Error{Endpoint: "pay", Code: "NEVER_HEARD_OF", Status: "F"}, false, false, false, RetryNone},
		{Error{Endpoint: "pay", Code: "NEVER_HEARD_OF", Status: "U"}, true, false, false, RetrySame},
		{Error{Endpoint: "pay", Code: "UNKNOWN_EXCEPTION", Status: "U"}, true, false, false, RetrySame},
		{Error{Endpoint: "pay"}, true, false, false, RetrySame},              // no trustworthy answer
		{Error{Endpoint: "pay", Status: "F"}, false, false, true, RetryNone}, // never sent
		{Error{Endpoint: "inquiryRefund", Code: "ORDER_NOT_EXIST", Status: "F"}, false, false, false, RetrySame},
		{Error{Endpoint: "acceptDispute", Code: "PARAM_ILLEGAL", Status: "F"}, false, false, true, RetryNone},
	} {
		e := &test.err
		if e.Unknown() != test.unknown || e.Declined() != test.declined || e.Fix() != test.fix || e.Retry() != test.retry {
			t.Errorf("%v: unknown %t, declined %t, fix %t, retry %s", e, e.Unknown(), e.Declined(), e.Fix(), e.Retry())
		}
	}
}

func TestWhyAPaymentFailed(t *testing.T) {
	failed := Result{Code: "USER_BALANCE_NOT_ENOUGH", Status: StatusFailed}
	notification := &PaymentNotification{NotificationEnvelope: NotificationEnvelope{Result: failed}}
	inquired := &InquiryPaymentResponse{PaymentStatus: PaymentFail, PaymentResultCode: failed.Code}
	if !notification.Failure().Declined() || !inquired.Failure().Declined() {
		t.Error("a balance that is too low is not a decline")
	}
	if (&PaymentNotification{}).Failure() != nil || (&InquiryPaymentResponse{PaymentStatus: PaymentSuccess}).Failure() != nil {
		t.Error("a payment that did not fail has a failure")
	}
}
