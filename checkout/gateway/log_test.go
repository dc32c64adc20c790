package gateway

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
)

func TestACallIsAWarningWhereTheShopOrAntomIsInTrouble(t *testing.T) {
	refused := func(op, code string) antom.Observation {
		return antom.Observation{Endpoint: op, Attempt: 1, Status: "F", Code: antom.ResultCode(code), Err: &antom.Error{Endpoint: op, Status: "F", Code: antom.ResultCode(code)}}
	}
	for name, row := range map[string]struct {
		o    antom.Observation
		want string
	}{
		"answered":           {antom.Observation{Endpoint: "pay", Attempt: 1, Duration: 1500 * time.Microsecond, Status: "S", Code: "SUCCESS"}, "level=DEBUG msg=call op=pay payment=p1 result=S ms=1.5 attempt=1 code=SUCCESS\n"},
		"accepted":           {antom.Observation{Endpoint: "pay", Attempt: 1, Status: "U", Code: "PAYMENT_IN_PROCESS"}, "level=DEBUG msg=call op=pay payment=p1 result=U ms=0 attempt=1 code=PAYMENT_IN_PROCESS\n"},
		"declined":           {refused("pay", "DO_NOT_HONOR"), "level=DEBUG msg=call op=pay payment=p1 result=F ms=0 attempt=1 code=DO_NOT_HONOR\n"},
		"not known to Antom": {refused("inquiryPayment", "ORDER_NOT_EXIST"), "level=DEBUG msg=call op=inquiryPayment payment=p1 result=F ms=0 attempt=1 code=ORDER_NOT_EXIST\n"},
		"a refused key":      {refused("pay", "INVALID_SIGNATURE"), "level=WARN msg=call op=pay payment=p1 result=F ms=0 attempt=1 code=INVALID_SIGNATURE\n"},
		"unknown":            {antom.Observation{Endpoint: "pay", Attempt: 2, Status: "U", Code: "UNKNOWN_EXCEPTION", Err: &antom.Error{Endpoint: "pay", Status: "U", Code: "UNKNOWN_EXCEPTION"}}, "level=WARN msg=call op=pay payment=p1 result=U ms=0 attempt=2 code=UNKNOWN_EXCEPTION\n"},
		"not answered":       {antom.Observation{Endpoint: "pay", Attempt: 1, Err: &antom.Error{Endpoint: "pay", Message: "no trustworthy answer", Err: errors.New("timeout")}}, `level=WARN msg=call op=pay payment=p1 result=none ms=0 attempt=1 error="antom: pay: no trustworthy answer: timeout"` + "\n"},
		"not proven":         {antom.Observation{Endpoint: "pay", Attempt: 1, Err: &antom.Error{Endpoint: "pay", Err: antom.ErrSignature, Message: "no trustworthy answer"}}, "level=WARN msg=call op=pay payment=p1 result=none"},
	} {
		var text bytes.Buffer
		log := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))
		LogCalls(log)(about(t.Context(), "p1"), row.o)
		if !strings.Contains(text.String(), row.want) {
			t.Errorf("%s: told as %q, want %q", name, text.String(), row.want)
		}
	}
}

func TestACallAboutNoPaymentNamesNone(t *testing.T) {
	var text bytes.Buffer
	LogCalls(slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug})))(t.Context(), antom.Observation{Endpoint: "consult", Status: "S", Attempt: 1})
	if !strings.Contains(text.String(), "op=consult result=S") {
		t.Errorf("told as %q", text.String())
	}
}
