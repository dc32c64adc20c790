package sandbox

import (
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
)

func TestSessionIsNoPaymentUntilTheBuyerSubmits(t *testing.T) {
	s := newShop(t)
	session, err := s.client.CreatePaymentSession(t.Context(), s.sessionRequest("PR-1", "CARD", 4200))
	must(t, err)
	if parts := strings.Split(session.Data, "&&"); len(parts) != 4 || parts[1] != "SG" {
		t.Errorf("session data has the shape %q", session.Data)
	}
	if len(session.ID) != 64 || len(session.Data) > 4096 {
		t.Errorf("session id of %d, data of %d characters", len(session.ID), len(session.Data))
	}
	_, err = s.client.InquiryPayment(t.Context(), &antom.InquiryPaymentRequest{PaymentRequestID: "PR-1"})
	wantCode(t, err, antom.CodeOrderNotExist)

	must(t, s.box.Control().Submit("PR-1", ""))
	if got := s.asks("PR-1").PaymentStatus; got != antom.PaymentProcessing {
		t.Errorf("after the submit the payment is %s", got)
	}
	must(t, s.box.Control().Pay("PR-1"))
	s.after(300 * time.Millisecond)
	if got := s.kinds(); got != "PAYMENT_RESULT S" {
		t.Errorf("after the buyer paid the shop received %q", got)
	}
	s.after(300 * time.Millisecond)
	if got := s.kinds(); got != "PAYMENT_RESULT S, CAPTURE_RESULT S" {
		t.Errorf("after the capture the shop received %q", got)
	}
	paid := s.asks("PR-1")
	if paid.PaymentStatus != antom.PaymentSuccess || len(paid.Transactions) != 1 || paid.Transactions[0].Status != antom.TransactionSuccess {
		t.Errorf("paid card is %s with %+v", paid.PaymentStatus, paid.Transactions)
	}
}

func TestWalletIsPaidOnItsPage(t *testing.T) {
	s := newShop(t)
	answer := s.pays("PR-1", "ALIPAY_CN", 4200)
	if answer.NormalURL == "" || answer.RedirectActionForm.RedirectURL != answer.NormalURL || answer.RedirectActionForm.Method != "GET" {
		t.Fatalf("pay answered %+v", answer)
	}
	page := s.gets(answer.NormalURL)
	for _, hook := range []string{"buyer-pay", "buyer-decline", "buyer-leave", "buyer-pay-and-vanish"} {
		if !strings.Contains(page, `data-test="`+hook+`"`) {
			t.Errorf("the wallet page has no %s", hook)
		}
	}
	if to := s.acts(answer.NormalURL, "leave"); to != "http://shop.example/return?o=1" {
		t.Errorf("leaving leads to %q", to)
	}
	if got := s.asks("PR-1").PaymentStatus; got != antom.PaymentProcessing {
		t.Errorf("after leaving the payment is %s", got)
	}
	if to := s.acts(answer.NormalURL, "pay"); to != "http://shop.example/return?o=1" {
		t.Errorf("paying leads to %q", to)
	}
	s.after(time.Second)
	if got := s.kinds(); got != "PAYMENT_RESULT S" {
		t.Errorf("the shop received %q", got)
	}
}

func TestDeclineFailsThePayment(t *testing.T) {
	s := newShop(t)
	answer := s.pays("PR-1", "GRABPAY_SG", 4200)
	s.posts(answer.NormalURL, "act=decline&reason=USER_BALANCE_NOT_ENOUGH")
	s.after(time.Second)
	if got := s.kinds(); got != "PAYMENT_RESULT F" {
		t.Errorf("the shop received %q", got)
	}
	if got := s.asks("PR-1"); got.PaymentStatus != antom.PaymentFail || got.PaymentResultCode != "USER_BALANCE_NOT_ENOUGH" {
		t.Errorf("the payment is %s %s", got.PaymentStatus, got.PaymentResultCode)
	}
}

func TestBuyerPaysAndNeverComesBack(t *testing.T) {
	s := newShop(t)
	answer := s.pays("PR-1", "ALIPAY_CN", 4200)
	if to := s.acts(answer.NormalURL, "vanish"); strings.Contains(to, "shop.example") {
		t.Errorf("the vanished buyer came back to %q", to)
	}
	if got := s.asks("PR-1").PaymentStatus; got != antom.PaymentSuccess {
		t.Errorf("the payment is %s", got)
	}
}

func TestUnpaidPaymentClosesAtItsTime(t *testing.T) {
	s := newShop(t)
	s.pays("PR-1", "ALIPAY_CN", 4200)
	s.after(14*time.Minute - time.Second)
	if got := s.asks("PR-1").PaymentStatus; got != antom.PaymentProcessing {
		t.Fatalf("a second early the payment is %s", got)
	}
	s.after(time.Second)
	if got := s.asks("PR-1"); got.PaymentStatus != antom.PaymentFail || got.PaymentResultCode != antom.CodeOrderIsClosed {
		t.Errorf("the payment is %s %s", got.PaymentStatus, got.PaymentResultCode)
	}
	if got := s.kinds(); got != "PAYMENT_RESULT F" {
		t.Errorf("the shop received %q", got)
	}
	_, err := s.client.Pay(t.Context(), s.payRequest("PR-1", "ALIPAY_CN", 4200))
	wantCode(t, err, antom.CodeOrderIsClosed)
}
