package antom

import (
	"maps"
	"testing"
	"time"
)

func TestWhoseFaultARefusalIs(t *testing.T) {
	for _, test := range []struct {
		err                 Error
		shop, atStart, call bool
	}{
		{Error{Endpoint: "pay", Code: "INVALID_SIGNATURE", Status: "F"}, true, true, true},
		{Error{Endpoint: "createPaymentSession", Code: "INVALID_CONTRACT", Status: "F"}, true, true, true},
		{Error{Endpoint: "createPaymentSession", Code: "PROCESS_FAIL", Status: "F"}, false, true, true},
		{Error{Endpoint: "createPaymentSession", Code: "NEVER_HEARD_OF", Status: "F"}, false, true, true},
		{Error{Endpoint: "createPaymentSession", Code: "RISK_REJECT", Status: "F"}, false, false, false},
		{Error{Endpoint: "pay", Code: "SYSTEM_ERROR", Status: "F"}, true, true, true},
		{Error{Endpoint: "pay", Code: "ACCESS_DENIED", Status: "F"}, false, true, true}, // as a result it is a declined card
		{Error{Endpoint: "pay", Code: "ACCESS_DENIED", Status: "F", WithCard: true}, false, false, false},
		{Error{Endpoint: "pay", Code: "NEVER_HEARD_OF", Status: "F", WithCard: true}, false, false, false},
		{Error{Endpoint: "pay", Code: "INVALID_CONTRACT", Status: "F", WithCard: true}, true, true, true},
		{Error{Endpoint: "pay", Code: "DO_NOT_HONOR", Status: "F"}, false, false, false},
		{Error{Endpoint: "pay", Code: "INVALID_ACCESS_TOKEN", Status: "F"}, true, true, false}, // of one saved card
		{Error{Endpoint: "pay", Code: "ORDER_IS_CLOSED", Status: "F"}, false, false, false},
		{Error{Endpoint: "pay", Code: "UNKNOWN_EXCEPTION", Status: "U"}, false, false, false},
		{Error{Endpoint: "pay"}, false, false, false},           // no trustworthy answer
		{Error{Endpoint: "pay", Status: "F"}, true, true, true}, // never sent
		{Error{Endpoint: "cancel", Code: "ORDER_STATUS_INVALID", Status: "F"}, false, false, false},
		{Error{Endpoint: "inquiryPayment", Code: "KEY_NOT_FOUND", Status: "F"}, true, true, true},
		{Error{Endpoint: "inquiryPayment", Code: "ORDER_NOT_EXIST", Status: "F"}, false, false, false},
		{Error{Endpoint: "capture", Code: "AUTH_NOT_FOUND", Status: "F"}, true, true, false}, // a race, not a setting
	} {
		e := &test.err
		starts := e.Endpoint == "pay" || e.Endpoint == "createPaymentSession"
		if e.ShopFault() != test.shop || starts && e.StartFault() != test.atStart || e.CallFault() != test.call {
			t.Errorf("%v: the shop's %t, at a start %t, for the log %t", e, e.ShopFault(), e.StartFault(), e.CallFault())
		}
	}
}

func TestEveryFaultHasACure(t *testing.T) {
	for _, table := range []map[ResultCode]reaction{gatewayReactions, reactions[endpointPay], reactions["createPaymentSession"]} {
		for code := range maps.Keys(table) {
			e := &Error{Endpoint: "createPaymentSession", Code: code, Status: StatusFailed}
			if _, known := Cure(code); !known && (table[code] == fix || e.ShopFault()) {
				t.Errorf("%s has no cure", code)
			}
		}
	}
}

func TestAntomsTimeIsReadAsItIsWritten(t *testing.T) {
	want := time.Date(2026, 11, 27, 8, 51, 6, 0, time.UTC)
	for _, text := range []string{"2026-11-27T08:51:06Z", "2026-11-27T16:51:06+08:00", "2026-11-27T16:51:06+0800", "2026-11-27T08:51:06.000Z", "1795769466000"} {
		if got := signedTime(text); !got.Equal(want) {
			t.Errorf("%s is %s", text, got)
		}
	}
	if got := signedTime("soon"); !got.IsZero() {
		t.Errorf("soon is %s", got)
	}
}
