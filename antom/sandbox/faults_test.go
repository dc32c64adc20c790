package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
)

// TestFaultsOfCalls: what the merchant sees, and whether the payment exists then.
func TestFaultsOfCalls(t *testing.T) {
	for _, test := range []struct {
		fault  Fault
		sees   string // a part of the client's error, "" = no error
		exists bool
	}{
		{Fault{Kind: Timeout}, "deadline exceeded", false},
		{Fault{Kind: Timeout, Apply: true}, "deadline exceeded", true},
		{Fault{Kind: Unknown}, "UNKNOWN_EXCEPTION (U)", false},
		{Fault{Kind: Unknown, Apply: true}, "UNKNOWN_EXCEPTION (U)", true},
		{Fault{Kind: Unknown, Code: "REQUEST_TRAFFIC_EXCEED_LIMIT"}, "REQUEST_TRAFFIC_EXCEED_LIMIT (U)", false},
		{Fault{Kind: Refuse, Code: "MERCHANT_KYB_NOT_QUALIFIED"}, "MERCHANT_KYB_NOT_QUALIFIED (F)", false},
		{Fault{Kind: Refuse}, "SYSTEM_ERROR (F)", false},
		{Fault{Kind: HTTPError}, "signature not verified", false},
		{Fault{Kind: HTTPError, Status: 503, Apply: true}, "signature not verified", true},
		{Fault{Kind: HTML, Apply: true}, "signature not verified", true},
		{Fault{Kind: ResetByPeer}, "EOF", false},
		{Fault{Kind: ResetByPeer, Apply: true}, "EOF", true},
		{Fault{Kind: Outage}, "EOF", false},
		{Fault{Kind: Truncate}, "unexpected EOF", true},
		{Fault{Kind: Unsigned}, "signature not verified", true},
		{Fault{Kind: WrongSignature}, "signature not verified", true},
		{Fault{Kind: WrongAmount}, "", true},
		{Fault{Kind: WrongCurrency}, "", true},
		{Fault{Kind: Slow, Delay: Duration(time.Millisecond)}, "", true},
		{Fault{Kind: Timeout, On: "cancel"}, "", true},
		{Fault{Kind: Timeout, Payment: "PR-2"}, "", true},
		{Fault{Kind: Timeout, From: time.Date(2026, 3, 18, 4, 0, 1, 0, time.UTC)}, "", true},
		{Fault{Kind: Timeout, Until: time.Date(2026, 3, 18, 4, 0, 0, 0, time.UTC)}, "", true},
	} {
		t.Run(string(test.fault.Kind)+" "+test.sees, func(t *testing.T) {
			s := newShop(t)
			s.fault(test.fault)
			ctx := t.Context()
			if test.fault.Kind == Timeout {
				short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
				defer cancel()
				ctx = short
			}
			answer, err := s.client.Pay(ctx, s.payRequest("PR-1", "ALIPAY_CN", 4200))
			switch {
			case test.sees == "" && err != nil:
				t.Errorf("got %v", err)
			case test.sees != "" && (err == nil || !strings.Contains(err.Error(), test.sees)):
				t.Errorf("got %v, want %s", err, test.sees)
			}
			switch test.fault.Kind {
			case WrongAmount:
				if answer.PaymentAmount.Minor() != 4300 {
					t.Errorf("the amount is %s", answer.PaymentAmount)
				}
			case WrongCurrency:
				if answer.PaymentAmount.Currency() != "USD" {
					t.Errorf("the amount is %s", answer.PaymentAmount)
				}
			}
			if _, exists := s.box.Control().Ledger().Payment("PR-1"); exists != test.exists {
				t.Errorf("the payment exists: %t, want %t", exists, test.exists)
			}
		})
	}
}

func TestFaultIsInjectedAsOftenAsItSays(t *testing.T) {
	s := newShop(t)
	s.fault(Fault{Kind: Refuse, On: "pay", Times: 2})
	for i, want := range []bool{true, true, false} {
		_, err := s.client.Pay(t.Context(), s.payRequest("PR-1", "ALIPAY_CN", 4200))
		if (err != nil) != want {
			t.Errorf("call %d: %v", i+1, err)
		}
	}
}

func TestChanceFollowsTheSeed(t *testing.T) {
	draw := func() string {
		s := newShop(t, func(cfg *Config) { cfg.Seed = 7 })
		s.fault(Fault{Kind: Refuse, Chance: 0.5})
		var drawn strings.Builder
		for range 20 {
			err := s.call("inquiryPayment", antom.InquiryPaymentRequest{PaymentRequestID: "PR-1"})
			var refused *antom.Error
			if errors.As(err, &refused) && refused.Code == "SYSTEM_ERROR" {
				drawn.WriteByte('x')
			} else {
				drawn.WriteByte('.')
			}
		}
		return drawn.String()
	}
	first := draw()
	if second := draw(); first != second || !strings.Contains(first, "x") || !strings.Contains(first, ".") {
		t.Errorf("the same seed drew %s and %s", first, second)
	}
}

// TestFaultsOfNotifications: what the shop receives of a card that is paid and captured.
func TestFaultsOfNotifications(t *testing.T) {
	for _, test := range []struct {
		name     string
		fault    Fault
		wait     time.Duration // on top of a second
		receives string
		bad      int // messages that do not verify or cannot be read
	}{
		{"nothing", Fault{Kind: Lose, On: "REFUND_RESULT"}, 0, "PAYMENT_RESULT S, CAPTURE_RESULT S", 0},
		{"lost once", Fault{Kind: Lose, On: "PAYMENT_RESULT", Times: 1}, 0, "CAPTURE_RESULT S", 0},
		{"lost once, sent again", Fault{Kind: Lose, On: "PAYMENT_RESULT", Times: 1}, 2 * time.Minute, "CAPTURE_RESULT S, PAYMENT_RESULT S", 0},
		{"all lost", Fault{Kind: Lose}, 48 * time.Hour, "", 0},
		{"late", Fault{Kind: DelayNotification, On: "PAYMENT_RESULT", Delay: Duration(time.Minute)}, time.Minute, "CAPTURE_RESULT S, PAYMENT_RESULT S", 0},
		{"twice", Fault{Kind: Duplicate}, 0, "PAYMENT_RESULT S, PAYMENT_RESULT S, CAPTURE_RESULT S, CAPTURE_RESULT S", 0},
		{"the other way round", Fault{Kind: Reorder, On: "PAYMENT_RESULT"}, 0, "CAPTURE_RESULT S, PAYMENT_RESULT S", 0},
		{"with a forgery", Fault{Kind: Forge, On: "PAYMENT_RESULT"}, 0, "PAYMENT_RESULT S, CAPTURE_RESULT S", 1},
		{"unsigned", Fault{Kind: UnsignedNotification, On: "PAYMENT_RESULT", Times: 1}, 2 * time.Minute, "CAPTURE_RESULT S, PAYMENT_RESULT S", 1},
		{"garbled", Fault{Kind: Garble, On: "PAYMENT_RESULT", Times: 1}, 2 * time.Minute, "CAPTURE_RESULT S, PAYMENT_RESULT S", 1},
		{"capture fails", Fault{Kind: CaptureFail}, 0, "PAYMENT_RESULT S, CAPTURE_RESULT F", 0},
		{"capture takes long", Fault{Kind: CaptureDelay, Delay: Duration(time.Hour)}, 0, "PAYMENT_RESULT S", 0},
		{"outage", Fault{Kind: Outage, Until: time.Date(2026, 3, 18, 4, 10, 0, 0, time.UTC)}, 10 * time.Minute, "PAYMENT_RESULT S, CAPTURE_RESULT S", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newShop(t)
			s.pays("PR-1", "CARD", 4200)
			s.fault(test.fault)
			must(t, s.box.Control().Pay("PR-1"))
			s.after(time.Second)
			s.after(test.wait)
			if got := s.kinds(); got != test.receives {
				t.Errorf("the shop received %q, want %q", got, test.receives)
			}
			if len(s.bad) != test.bad {
				t.Errorf("the shop refused %d messages, want %d: %v", len(s.bad), test.bad, s.bad)
			}
		})
	}
}

func TestNotificationWithOtherMoney(t *testing.T) {
	for kind, says := range map[FaultKind]antom.Amount{
		WrongAmountNotification: money(t, "SGD", 4300), WrongCurrencyNotification: money(t, "USD", 4200),
	} {
		s := newShop(t)
		s.fault(Fault{Kind: kind})
		s.paid("PR-1", "ALIPAY_CN", 4200)
		if got := s.received[0].(*antom.PaymentResult).PaymentAmount; got != says {
			t.Errorf("%s: the notification says %s, want %s", kind, got, says)
		}
		if got := s.asks("PR-1").PaymentAmount; got != money(t, "SGD", 4200) {
			t.Errorf("%s: the inquiry says %s", kind, got)
		}
	}
}

func TestRefundFails(t *testing.T) {
	s := newShop(t)
	p := s.paid("PR-1", "CARD", 4200)
	s.fault(Fault{Kind: RefundFail, Code: "MERCHANT_BALANCE_NOT_ENOUGH"})
	must(t, s.call("refund", antom.RefundRequest{RefundRequestID: "RF-1", PaymentID: p.ID, RefundAmount: p.wire()}))
	s.after(2 * time.Second)
	if got := s.kinds(); !strings.HasSuffix(got, "REFUND_RESULT F") {
		t.Errorf("the shop received %q", got)
	}
	must(t, s.call("refund", antom.RefundRequest{RefundRequestID: "RF-2", PaymentID: p.ID, RefundAmount: p.wire()})) // the money is still there
}

func TestManualCaptureInProcess(t *testing.T) {
	s := newShop(t)
	p := s.paid("PR-1", "CARD", 4200, manual)
	s.fault(Fault{Kind: CaptureSlowly})
	answer, err := s.client.Capture(t.Context(), &antom.CaptureRequest{CaptureRequestID: "CR-1", PaymentID: p.ID, CaptureAmount: p.wire()})
	must(t, err)
	if answer.Result.Code != antom.CodeCaptureInProcess {
		t.Errorf("capture answered %s", answer.Result.Code)
	}
	s.after(time.Second)
	if got := s.asks("PR-1").Transactions[0].Status; got != antom.TransactionSuccess {
		t.Errorf("the capture is %s", got)
	}
}

func TestManualCaptureTakesItsTime(t *testing.T) {
	s := newShop(t)
	p := s.paid("PR-1", "CARD", 4200, manual)
	s.fault(Fault{Kind: CaptureSlowly, Delay: Duration(time.Hour)})
	must(t, s.call("capture", antom.CaptureRequest{CaptureRequestID: "CR-1", PaymentID: p.ID, CaptureAmount: p.wire()}))
	status := func() antom.TransactionStatus { return s.asks("PR-1").Transactions[0].Status }
	s.after(time.Hour - time.Second)
	if got := status(); got != antom.TransactionProcessing {
		t.Errorf("a second early the capture is %s", got)
	}
	s.after(time.Second)
	if got := status(); got != antom.TransactionSuccess {
		t.Errorf("the capture is %s", got)
	}
	if got := s.kinds(); got != "PAYMENT_RESULT S, CAPTURE_RESULT S" {
		t.Errorf("the shop received %q", got)
	}
}

func TestRefundTakesItsTime(t *testing.T) {
	s := newShop(t)
	p := s.paid("PR-1", "ALIPAY_CN", 4200) // a wallet, which refunds at once otherwise
	s.fault(Fault{Kind: RefundDelay, Delay: Duration(time.Hour)})
	answer, err := s.client.Refund(t.Context(), &antom.RefundRequest{RefundRequestID: "RF-1", PaymentID: p.ID, RefundAmount: p.wire()})
	must(t, err)
	if answer.Result.Code != antom.CodeRefundInProcess {
		t.Errorf("refund answered %s", answer.Result.Code)
	}
	status := func() antom.TransactionStatus {
		answer, err := s.client.InquiryRefund(t.Context(), &antom.InquiryRefundRequest{RefundRequestID: "RF-1"})
		must(t, err)
		return answer.RefundStatus
	}
	s.after(time.Hour)
	if got := status(); got != antom.TransactionProcessing {
		t.Errorf("a second early the refund is %s", got)
	}
	s.after(time.Second)
	if got := status(); got != antom.TransactionSuccess {
		t.Errorf("the refund is %s", got)
	}
	if got := s.kinds(); got != "PAYMENT_RESULT S, REFUND_RESULT S" {
		t.Errorf("the shop received %q", got)
	}
}

func TestFaultsOfTheSDKWithoutABrowser(t *testing.T) {
	s := newShop(t)
	session, err := s.client.CreatePaymentSession(t.Context(), s.sessionRequest("PR-1", "CARD", 4200))
	must(t, err)
	script := func() int {
		res, err := http.Get(s.url + "/sdk/ams-checkout.min.js")
		must(t, err)
		must(t, res.Body.Close())
		return res.StatusCode
	}
	query := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		body, err := json.Marshal([]sdkQuery{{PaymentSessionData: session.Data}})
		must(t, err)
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/mgw.htm", bytes.NewReader(body))
		must(t, err)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		return res.Body.Close()
	}
	s.fault(Fault{Kind: SDKScriptError, Times: 1})
	s.fault(Fault{Kind: SDKHang, Payment: "PR-1", Times: 1})
	if got := script(); got != http.StatusServiceUnavailable {
		t.Errorf("the broken script answers %d", got)
	}
	if err := query(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the query that hangs ended with %v", err)
	}
	if got := script(); got != http.StatusOK {
		t.Errorf("the script answers %d", got)
	}
	must(t, query())
}
