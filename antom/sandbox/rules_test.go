package sandbox

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
)

// paid starts a payment, has it paid, and lets the money be captured.
func (s *shop) paid(id, method string, minor int64, change ...func(*antom.PayRequest)) *Payment {
	s.t.Helper()
	req := s.payRequest(id, method, minor)
	for _, c := range change {
		c(req)
	}
	if _, err := s.client.Pay(s.t.Context(), req); err != nil {
		s.t.Fatal(err)
	}
	must(s.t, s.box.Control().Pay(id))
	s.after(time.Second)
	p, _ := s.box.Control().Ledger().Payment(id)
	return &p
}

func manual(req *antom.PayRequest) {
	req.PaymentFactor = &antom.PaymentFactor{IsAuthorization: antom.True, CaptureMode: antom.CaptureManual}
}

func inCurrency(t *testing.T, currency string, minor int64) func(*antom.PayRequest) {
	return func(req *antom.PayRequest) {
		req.PaymentAmount = money(t, currency, minor)
		req.Order.Amount = req.PaymentAmount
	}
}

func TestLatePaymentAfterTheCancelGoesBackByItself(t *testing.T) {
	s := newShop(t)
	page := s.pays("PR-1", "ALIPAY_CN", 4200).NormalURL
	_, err := s.client.Cancel(t.Context(), &antom.CancelRequest{PaymentRequestID: "PR-1"})
	must(t, err)
	if shown := s.gets(page); !strings.Contains(shown, "Pay anyway") {
		t.Error("the page that was still open does not let the buyer pay")
	}
	s.acts(page, "pay")
	s.acts(page, "pay") // and once more from another tab
	ledger := s.box.Control().Ledger()
	if p, _ := ledger.Payment("PR-1"); p.Status != antom.PaymentCancelled || !p.LatePaid {
		t.Errorf("the payment is %s", p.Status)
	}
	if len(ledger.Refunds) != 1 || !ledger.Refunds[0].Automatic || ledger.Refunds[0].Amount != 4200 {
		t.Errorf("the refunds are %+v", ledger.Refunds)
	}
}

func TestRefundsOfCardsComeLater(t *testing.T) {
	s := newShop(t)
	p := s.paid("PR-1", "CARD", 4200)
	answer, err := s.client.Refund(t.Context(), &antom.RefundRequest{RefundRequestID: "RF-1", PaymentID: p.ID, RefundAmount: money(t, "SGD", 1000)})
	must(t, err)
	if answer.Result.Code != antom.CodeRefundInProcess {
		t.Errorf("refund answered %s", answer.Result.Code)
	}
	s.after(2 * time.Second)
	if got := s.kinds(); !strings.HasSuffix(got, "REFUND_RESULT S") {
		t.Errorf("the shop received %q", got)
	}
	asked, err := s.client.InquiryRefund(t.Context(), &antom.InquiryRefundRequest{RefundRequestID: "RF-1"})
	must(t, err)
	if asked.RefundStatus != antom.TransactionSuccess {
		t.Errorf("the refund is %s", asked.RefundStatus)
	}
	if got := s.asks("PR-1"); got.PaymentStatus != antom.PaymentSuccess || len(got.Transactions) != 2 {
		t.Errorf("the payment is %s with %d transactions", got.PaymentStatus, len(got.Transactions))
	}
}

func TestPendingMethodSaysSoAndConfirmsLater(t *testing.T) {
	s := newShop(t)
	must(t, func() error {
		req := s.payRequest("PR-1", "SOFORT", 4200)
		inCurrency(t, "EUR", 4200)(req)
		return s.call("pay", req)
	}())
	must(t, s.box.Control().Pay("PR-1"))
	s.after(time.Second)
	if got := s.asks("PR-1").PaymentStatus; got != antom.PaymentPendingNow {
		t.Fatalf("the payment is %s", got)
	}
	must(t, s.box.Control().Pay("PR-1"))
	s.after(time.Second)
	if got := s.kinds(); got != "PAYMENT_PENDING S, PAYMENT_RESULT S" {
		t.Errorf("the shop received %q", got)
	}
}

func TestThreeDSecure(t *testing.T) {
	threeDS := func(req *antom.PayRequest) {
		req.PaymentMethod.Metadata = &antom.Metadata{Is3DSAuthentication: antom.True}
	}
	form := "number=4054695723100768&month=12&year=39&cvv=123&act="
	start := func(t *testing.T) (*shop, string) {
		s := newShop(t)
		req := s.payRequest("PR-1", "CARD", 4200)
		threeDS(req)
		answer, err := s.client.Pay(t.Context(), req)
		must(t, err)
		if to := s.posts(answer.NormalURL, form+"pay").Header.Get("Location"); !strings.HasPrefix(to, "/buyer/") {
			t.Fatalf("the card form leads to %q instead of the bank", to)
		}
		return s, answer.NormalURL
	}
	t.Run("approved", func(t *testing.T) {
		s, page := start(t)
		if shown := s.gets(page); !strings.Contains(shown, "Verify it’s you") {
			t.Error("the bank does not ask")
		}
		s.acts(page, "pay")
		if got := s.asks("PR-1"); got.PaymentStatus != antom.PaymentSuccess || got.PaymentResultInfo.ThreeDSResult.ECI != "05" {
			t.Errorf("the payment is %s with %+v", got.PaymentStatus, got.PaymentResultInfo)
		}
	})
	t.Run("refused", func(t *testing.T) {
		s, page := start(t)
		s.acts(page, "decline")
		if got := s.asks("PR-1"); got.PaymentResultCode != "USER_PAYMENT_VERIFICATION_FAILED" {
			t.Errorf("the payment is %s %s", got.PaymentStatus, got.PaymentResultCode)
		}
	})
	t.Run("walked away", func(t *testing.T) {
		s, page := start(t)
		if to := s.acts(page, "leave"); !strings.HasPrefix(to, "http://shop.example/") {
			t.Errorf("walking away leads to %q", to)
		}
		if got := s.asks("PR-1"); got.PaymentStatus != antom.PaymentProcessing {
			t.Errorf("the payment is %s", got.PaymentStatus)
		}
	})
	t.Run("frictionless", func(t *testing.T) {
		s := newShop(t)
		req := s.payRequest("PR-1", "CARD", 4200)
		req.PaymentMethod.Metadata = &antom.Metadata{Is3DSAuthentication: antom.True, CardNo: "4035501000000008", ExpiryMonth: "12", ExpiryYear: "39", CVV: "123"}
		answer, err := s.client.Pay(t.Context(), req)
		must(t, err)
		if !answer.Result.InProcess() || answer.NormalURL == "" {
			t.Fatalf("pay answered %+v", answer)
		}
		s.comesBy(answer.NormalURL)
		if got := s.asks("PR-1"); got.PaymentStatus != antom.PaymentSuccess || got.PaymentResultInfo.ThreeDSResult.ECI != "05" {
			t.Errorf("the payment is %s with %+v", got.PaymentStatus, got.PaymentResultInfo)
		}
	})
}

// A token comes where the shop asks for it, or the buyer agrees on Antom's page or in the
// SDK's form, and pays again until it is revoked.
func TestACardIsSavedWithConsentAndPaysAgain(t *testing.T) {
	s := newShop(t)
	const session = "session"
	for i, row := range []struct {
		way      string
		meta     *antom.Metadata
		agrees   bool
		hasToken bool
	}{
		{"page", nil, false, false},
		{"page", nil, true, true},
		{"page", &antom.Metadata{Tokenize: antom.True}, false, true},
		{session, nil, false, false},
		{session, &antom.Metadata{TokenizeMode: antom.AskForConsent}, false, false},
		{session, &antom.Metadata{TokenizeMode: antom.AskForConsent}, true, true},
		{session, &antom.Metadata{Tokenize: antom.True}, false, true},
	} {
		id := fmt.Sprintf("PR-%d", i)
		if row.way == session {
			req := s.sessionRequest(id, "CARD", 4200)
			req.PaymentMethod.Metadata = row.meta
			_, err := s.client.CreatePaymentSession(t.Context(), req)
			must(t, err)
		} else {
			req := s.payRequest(id, "CARD", 4200)
			req.PaymentMethod.Metadata = row.meta
			_, err := s.client.Pay(t.Context(), req)
			must(t, err)
		}
		pay := s.box.Control().Pay
		if row.agrees {
			pay = s.box.Control().PayAndSave
		}
		must(t, pay(id))
		info := s.asks(id)
		token := info.PaymentResultInfo.CardToken
		if (token != "") != row.hasToken || info.CardInfo.CardToken != token {
			t.Errorf("%s %+v, agrees %v: the token has %d characters", row.way, row.meta, row.agrees, len(token))
		}
		if row.hasToken && (len(token) < 1000 || !strings.ContainsAny(token, "+") || !strings.ContainsAny(token, "/") || !strings.HasSuffix(token, "==")) {
			t.Errorf("the token is easy: %s", token)
		}
	}
	paysWith := func(id, token string) (*antom.PayResponse, error) {
		req := s.payRequest(id, "CARD", 900)
		req.PaymentMethod.ID = token
		return s.client.Pay(t.Context(), req)
	}
	offers := func(id, token string) error {
		req := s.sessionRequest(id, "CARD", 900)
		req.SavedPaymentMethods = []antom.PaymentMethod{{Type: "CARD", ID: token}}
		_, err := s.client.CreatePaymentSession(t.Context(), req)
		return err
	}
	token := s.asks("PR-1").PaymentResultInfo.CardToken
	answer, err := paysWith("AGAIN-1", token)
	must(t, err)
	if answer.Result.Status != antom.StatusSuccess || answer.PaymentResultInfo.LastFour != "0768" {
		t.Errorf("pay answered %+v", answer)
	}
	must(t, offers("AGAIN-2", token))
	must(t, s.box.Control().RevokeCard("PR-1", "CARD_EXPIRED"))
	_, err = paysWith("AGAIN-3", token)
	wantCode(t, err, "CARD_EXPIRED")
	must(t, s.box.Control().RevokeCard("PR-1", ""))
	for i, bad := range []string{token, "ALIPAYnone"} {
		_, err := paysWith(fmt.Sprintf("AGAIN-4%d", i), bad)
		wantCode(t, err, "INVALID_ACCESS_TOKEN")
		wantCode(t, offers(fmt.Sprintf("AGAIN-5%d", i), bad), "INVALID_ACCESS_TOKEN")
	}
}

func TestCardNumbersStayNowhere(t *testing.T) {
	s := newShop(t)
	req := s.payRequest("PR-1", "CARD", 4200)
	req.PaymentMethod.Metadata = &antom.Metadata{CardNo: "4111111111111111", ExpiryMonth: "12", ExpiryYear: "39", CVV: "987"}
	_, err := s.client.Pay(t.Context(), req)
	must(t, err)
	_, ledger := s.requests("GET /control/ledger", "")
	_, messages := s.requests("GET /control/messages", "")
	for _, text := range []string{ledger, messages, s.gets(s.url + "/")} {
		if strings.Contains(text, "4111111111111111") || strings.Contains(text, `"987"`) || strings.Contains(text, `\"987\"`) {
			t.Error("a card number or CVV can be read")
		}
	}
}
