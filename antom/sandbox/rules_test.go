package sandbox

import (
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

// TestCodes has every operation answer every result code it has.
func TestCodes(t *testing.T) {
	pay := func(id, method string, minor int64, change ...func(*antom.PayRequest)) func(*shop) error {
		return func(s *shop) error {
			req := s.payRequest(id, method, minor)
			for _, c := range change {
				c(req)
			}
			return s.call("pay", req)
		}
	}
	card := func(number, month, year, cvv string) func(*antom.PayRequest) {
		return func(req *antom.PayRequest) {
			req.PaymentMethod.Metadata = &antom.Metadata{CardNo: number, ExpiryMonth: month, ExpiryYear: year, CVV: cvv}
		}
	}
	session := func(change func(*antom.PaymentSessionRequest)) func(*shop) error {
		return func(s *shop) error {
			req := s.sessionRequest("PR-1", "CARD", 4200)
			change(req)
			return s.call("createPaymentSession", req)
		}
	}
	cancel := func(s *shop, id string) error {
		return s.call("cancel", &antom.CancelRequest{PaymentRequestID: id})
	}
	capture := func(s *shop, requestID, paymentID string, amount antom.Amount) error {
		return s.call("capture", &antom.CaptureRequest{CaptureRequestID: requestID, PaymentID: paymentID, CaptureAmount: amount})
	}
	refund := func(s *shop, requestID, paymentID string, amount antom.Amount) error {
		return s.call("refund", &antom.RefundRequest{RefundRequestID: requestID, PaymentID: paymentID, RefundAmount: amount})
	}
	sgd := func(s *shop, minor int64) antom.Amount { return money(s.t, "SGD", minor) }

	for _, test := range []struct {
		name string
		do   func(*shop) error
		code antom.ResultCode // "" = accepted
	}{
		{"session: accepted", session(func(*antom.PaymentSessionRequest) {}), ""},
		{"session: another product", session(func(r *antom.PaymentSessionRequest) { r.ProductCode = "AGREEMENT" }), "PARAM_ILLEGAL"},
		{"session: no order", session(func(r *antom.PaymentSessionRequest) { r.Order = nil }), "PARAM_ILLEGAL"},
		{"session: id too long", session(func(r *antom.PaymentSessionRequest) { r.PaymentRequestID = strings.Repeat("x", 65) }), "PARAM_ILLEGAL"},
		{"session: Chinese text", session(func(r *antom.PaymentSessionRequest) { r.Order.Description = "杯子" }), "PARAM_ILLEGAL"},
		{"session: no method and no scene", session(func(r *antom.PaymentSessionRequest) { r.PaymentMethod = nil }), "PARAM_ILLEGAL"},
		{"session: Element needs no method", session(func(r *antom.PaymentSessionRequest) { r.PaymentMethod, r.ProductScene = nil, antom.SceneElement }), ""},
		{"session: unknown method", session(func(r *antom.PaymentSessionRequest) { r.PaymentMethod.Type = "TULIPS" }), "NO_PAY_OPTIONS"},
		{"session: method of another currency", session(func(r *antom.PaymentSessionRequest) { r.PaymentMethod.Type = "IDEAL" }), "CURRENCY_NOT_SUPPORT"},
		{"session: expiry too far", session(func(r *antom.PaymentSessionRequest) {
			r.PaymentSessionExpiryTime = antom.NewTime(time.Date(2026, 3, 18, 6, 0, 0, 0, time.UTC))
		}), "PARAM_ILLEGAL"},
		{"session: script as redirect", session(func(r *antom.PaymentSessionRequest) { r.PaymentRedirectURL = "javascript:alert(1)" }), "PARAM_ILLEGAL"},
		{"session: again with another amount", func(s *shop) error {
			must(s.t, session(func(*antom.PaymentSessionRequest) {})(s))
			return session(func(r *antom.PaymentSessionRequest) {
				r.PaymentAmount = sgd(s, 4300)
				r.Order.Amount = r.PaymentAmount
			})(s)
		}, "REPEAT_REQ_INCONSISTENT"},

		{"pay: accepted", pay("PR-1", "ALIPAY_CN", 4200), ""},
		{"pay: no terminal", pay("PR-1", "ALIPAY_CN", 4200, func(r *antom.PayRequest) { r.Env = nil }), "PARAM_ILLEGAL"},
		{"pay: phone without system", pay("PR-1", "ALIPAY_CN", 4200, func(r *antom.PayRequest) { r.Env.TerminalType = antom.TerminalWap }), "PARAM_ILLEGAL"},
		{"pay: nothing to pay", pay("PR-1", "ALIPAY_CN", 0), "PARAM_ILLEGAL"},
		{"pay: two currencies", pay("PR-1", "ALIPAY_CN", 4200, func(r *antom.PayRequest) { r.Order.Amount = antom.Amount{}; r.Order.Amount = money(t, "USD", 4200) }), "PARAM_ILLEGAL"},
		{"pay: redirect too long for PayPay", pay("PR-1", "PAYPAY", 4200, inCurrency(t, "JPY", 500), func(r *antom.PayRequest) {
			r.PaymentRedirectURL = "https://shop.example/" + strings.Repeat("x", 250)
		}), "PARAM_ILLEGAL"},
		{"pay: again with another method", func(s *shop) error {
			must(s.t, pay("PR-1", "ALIPAY_CN", 4200)(s))
			return pay("PR-1", "GCASH", 4200)(s)
		}, "REPEAT_REQ_INCONSISTENT"},
		{"pay: the id of a session", func(s *shop) error {
			must(s.t, session(func(*antom.PaymentSessionRequest) {})(s))
			return pay("PR-1", "CARD", 4200)(s)
		}, "REPEAT_REQ_INCONSISTENT"},
		{"pay: again after the cancel", func(s *shop) error {
			must(s.t, pay("PR-1", "ALIPAY_CN", 4200)(s))
			must(s.t, cancel(s, "PR-1"))
			return pay("PR-1", "ALIPAY_CN", 4200)(s)
		}, "ORDER_IS_CANCELED"},
		{"pay: expired before it began", pay("PR-1", "ALIPAY_CN", 4200, func(r *antom.PayRequest) {
			r.PaymentExpiryTime = antom.NewTime(time.Date(2026, 3, 18, 3, 0, 0, 0, time.UTC))
		}), "PARAM_ILLEGAL"},
		{"pay: unknown token", pay("PR-1", "CARD", 4200, func(r *antom.PayRequest) { r.PaymentMethod.ID = "ALIPAYx" }), "INVALID_ACCESS_TOKEN"},
		{"pay: card that pays", pay("PR-1", "CARD", 4200, card("4054695723100768", "12", "39", "123")), ""},
		{"pay: card that is refused", pay("PR-1", "CARD", 4200, card("4054692760174822", "12", "39", "123")), "ACCESS_DENIED"},
		{"pay: card with a month of 13", pay("PR-1", "CARD", 4200, card("4054695723100768", "13", "39", "123")), "INVALID_EXPIRATION_DATE"},
		{"pay: card with two digits", pay("PR-1", "CARD", 4200, card("4054695723100768", "12", "39", "99")), "INVALID_CVV"},
		{"pay: card that has expired", pay("PR-1", "CARD", 4200, card("4054695723100768", "01", "20", "123")), "CARD_EXPIRED"},
		{"pay: number with a mistake", pay("PR-1", "CARD", 4200, card("4111111111111112", "12", "39", "123")), "INVALID_CARD_NUMBER"},
		{"pay: amount of 11", pay("PR-1", "CARD", 11, card("4054695723100768", "12", "39", "123")), "RISK_REJECT"},

		{"inquiry: unknown", func(s *shop) error {
			return s.call("inquiryPayment", &antom.InquiryPaymentRequest{PaymentRequestID: "PR-1"})
		}, "ORDER_NOT_EXIST"},
		{"inquiry: of nothing", func(s *shop) error {
			return s.call("inquiryPayment", &antom.InquiryPaymentRequest{})
		}, "PARAM_ILLEGAL"},

		{"cancel: unknown", func(s *shop) error { return cancel(s, "PR-1") }, "ORDER_NOT_EXIST"},
		{"cancel: a session", func(s *shop) error {
			must(s.t, session(func(*antom.PaymentSessionRequest) {})(s))
			return cancel(s, "PR-1")
		}, "ORDER_NOT_EXIST"},
		{"cancel: unpaid", func(s *shop) error { s.pays("PR-1", "ALIPAY_CN", 4200); return cancel(s, "PR-1") }, ""},
		{"cancel: twice", func(s *shop) error {
			s.pays("PR-1", "ALIPAY_CN", 4200)
			must(s.t, cancel(s, "PR-1"))
			return cancel(s, "PR-1")
		}, ""},
		{"cancel: failed", func(s *shop) error {
			s.pays("PR-1", "ALIPAY_CN", 4200)
			must(s.t, s.box.Control().Decline("PR-1", ""))
			return cancel(s, "PR-1")
		}, ""},
		{"cancel: paid today", func(s *shop) error { s.paid("PR-1", "ALIPAY_CN", 4200); return cancel(s, "PR-1") }, ""},
		{"cancel: paid yesterday, 00:14", func(s *shop) error {
			s.paid("PR-1", "ALIPAY_CN", 4200) // at noon of UTC+8
			s.after(12*time.Hour + 14*time.Minute)
			return cancel(s, "PR-1")
		}, ""},
		{"cancel: paid yesterday, 00:15", func(s *shop) error {
			s.paid("PR-1", "ALIPAY_CN", 4200)
			s.after(12*time.Hour + 15*time.Minute)
			return cancel(s, "PR-1")
		}, "CANCEL_WINDOW_EXCEED"},
		{"cancel: captured card", func(s *shop) error { s.paid("PR-1", "CARD", 4200); return cancel(s, "PR-1") }, "ORDER_STATUS_INVALID"},
		{"cancel: authorised card", func(s *shop) error { s.paid("PR-1", "CARD", 4200, manual); return cancel(s, "PR-1") }, ""},
		{"cancel: refunded in part", func(s *shop) error {
			p := s.paid("PR-1", "ALIPAY_CN", 4200)
			must(s.t, refund(s, "RF-1", p.ID, sgd(s, 100)))
			return cancel(s, "PR-1")
		}, "PROCESS_FAIL"},
		{"cancel: Indonesian", func(s *shop) error { s.pays("PR-1", "DANA", 4200); return cancel(s, "PR-1") }, "PAYMENT_METHOD_NOT_SUPPORTED"},
		{"cancel: Thai bank before it is paid", func(s *shop) error {
			must(s.t, pay("PR-1", "ONLINEBANKING_KASIKORNBANK", 4200, inCurrency(t, "THB", 4200))(s))
			return cancel(s, "PR-1")
		}, ""},
		{"cancel: Thai bank after it was paid", func(s *shop) error {
			s.paid("PR-1", "ONLINEBANKING_KASIKORNBANK", 4200, inCurrency(t, "THB", 4200))
			return cancel(s, "PR-1")
		}, "PAYMENT_METHOD_NOT_SUPPORTED"},

		{"capture: in full", func(s *shop) error {
			p := s.paid("PR-1", "CARD", 4200, manual)
			return capture(s, "CR-1", p.ID, sgd(s, 4200))
		}, ""},
		{"capture: unknown", func(s *shop) error { return capture(s, "CR-1", "2026", sgd(s, 4200)) }, "AUTH_NOT_FOUND"},
		{"capture: in part", func(s *shop) error {
			p := s.paid("PR-1", "CARD", 4200, manual)
			return capture(s, "CR-1", p.ID, sgd(s, 4100))
		}, "PROCESS_FAIL"},
		{"capture: too much", func(s *shop) error {
			p := s.paid("PR-1", "CARD", 4200, manual)
			return capture(s, "CR-1", p.ID, sgd(s, 4300))
		}, "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT"},
		{"capture: another currency", func(s *shop) error {
			p := s.paid("PR-1", "CARD", 4200, manual)
			return capture(s, "CR-1", p.ID, money(t, "USD", 4200))
		}, "CURRENCY_NOT_SUPPORT"},
		{"capture: twice", func(s *shop) error {
			p := s.paid("PR-1", "CARD", 4200, manual)
			must(s.t, capture(s, "CR-1", p.ID, sgd(s, 4200)))
			return capture(s, "CR-2", p.ID, sgd(s, 4200))
		}, "MULTI_CAPTURE_NOT_SUPPORTED"},
		{"capture: again", func(s *shop) error {
			p := s.paid("PR-1", "CARD", 4200, manual)
			must(s.t, capture(s, "CR-1", p.ID, sgd(s, 4200)))
			return capture(s, "CR-1", p.ID, sgd(s, 4200))
		}, ""},
		{"capture: again with another amount", func(s *shop) error {
			p := s.paid("PR-1", "CARD", 4200, manual)
			must(s.t, capture(s, "CR-1", p.ID, sgd(s, 4200)))
			return capture(s, "CR-1", p.ID, sgd(s, 100))
		}, "REPEAT_REQ_INCONSISTENT"},
		{"capture: after the cancel", func(s *shop) error {
			p := s.paid("PR-1", "CARD", 4200, manual)
			must(s.t, cancel(s, "PR-1"))
			return capture(s, "CR-1", p.ID, sgd(s, 4200))
		}, "ORDER_IS_CANCELED"},
		{"capture: on the seventh day", func(s *shop) error {
			p := s.paid("PR-1", "CARD", 4200, manual)
			s.after(7*24*time.Hour - 2*time.Second)
			return capture(s, "CR-1", p.ID, sgd(s, 4200))
		}, ""},
		{"capture: after seven days", func(s *shop) error {
			p := s.paid("PR-1", "CARD", 4200, manual)
			s.after(7 * 24 * time.Hour)
			return capture(s, "CR-1", p.ID, sgd(s, 4200))
		}, "AUTH_EXPIRED"},
		{"capture: a wallet", func(s *shop) error {
			p := s.paid("PR-1", "ALIPAY_CN", 4200)
			return capture(s, "CR-1", p.ID, sgd(s, 4200))
		}, "ORDER_STATUS_INVALID"},

		{"refund: a wallet in part", func(s *shop) error {
			p := s.paid("PR-1", "ALIPAY_CN", 4200)
			return refund(s, "RF-1", p.ID, sgd(s, 100))
		}, ""},
		{"refund: the rest", func(s *shop) error {
			p := s.paid("PR-1", "ALIPAY_CN", 4200)
			must(s.t, refund(s, "RF-1", p.ID, sgd(s, 100)))
			return refund(s, "RF-2", p.ID, sgd(s, 4100))
		}, ""},
		{"refund: more than the rest", func(s *shop) error {
			p := s.paid("PR-1", "ALIPAY_CN", 4200)
			must(s.t, refund(s, "RF-1", p.ID, sgd(s, 100)))
			return refund(s, "RF-2", p.ID, sgd(s, 4101))
		}, "REFUND_AMOUNT_EXCEED"},
		{"refund: again", func(s *shop) error {
			p := s.paid("PR-1", "ALIPAY_CN", 4200)
			must(s.t, refund(s, "RF-1", p.ID, sgd(s, 4200)))
			return refund(s, "RF-1", p.ID, sgd(s, 4200))
		}, ""},
		{"refund: again with another amount", func(s *shop) error {
			p := s.paid("PR-1", "ALIPAY_CN", 4200)
			must(s.t, refund(s, "RF-1", p.ID, sgd(s, 4200)))
			return refund(s, "RF-1", p.ID, sgd(s, 100))
		}, "REPEAT_REQ_INCONSISTENT"},
		{"refund: unknown", func(s *shop) error { return refund(s, "RF-1", "2026", sgd(s, 100)) }, "ORDER_NOT_EXIST"},
		{"refund: not paid yet", func(s *shop) error {
			return refund(s, "RF-1", s.pays("PR-1", "ALIPAY_CN", 4200).PaymentID, sgd(s, 100))
		}, "ORDER_STATUS_INVALID"},
		{"refund: cancelled", func(s *shop) error {
			id := s.pays("PR-1", "ALIPAY_CN", 4200).PaymentID
			must(s.t, cancel(s, "PR-1"))
			return refund(s, "RF-1", id, sgd(s, 100))
		}, "ORDER_IS_CANCELED"},
		{"refund: closed", func(s *shop) error {
			id := s.pays("PR-1", "ALIPAY_CN", 4200).PaymentID
			s.after(time.Hour)
			return refund(s, "RF-1", id, sgd(s, 100))
		}, "ORDER_IS_CLOSED"},
		{"refund: authorised card", func(s *shop) error {
			p := s.paid("PR-1", "CARD", 4200, manual)
			return refund(s, "RF-1", p.ID, sgd(s, 100))
		}, "ORDER_STATUS_INVALID"},
		{"refund: another currency", func(s *shop) error {
			p := s.paid("PR-1", "ALIPAY_CN", 4200)
			return refund(s, "RF-1", p.ID, money(t, "USD", 100))
		}, "CURRENCY_NOT_SUPPORT"},
		{"refund: after a year", func(s *shop) error {
			p := s.paid("PR-1", "ALIPAY_CN", 4200)
			s.after(365 * 24 * time.Hour)
			return refund(s, "RF-1", p.ID, sgd(s, 100))
		}, "REFUND_WINDOW_EXCEED"},
		{"refund: a method without refunds", func(s *shop) error {
			p := s.paid("PR-1", "PROMPTPAY", 4200, inCurrency(t, "THB", 4200))
			return refund(s, "RF-1", p.ID, money(t, "THB", 100))
		}, "REFUND_NOT_SUPPORTED"},
		{"refund: a method of full refunds, in part", func(s *shop) error {
			p := s.paid("PR-1", "PAYPAY", 4200, inCurrency(t, "JPY", 4200))
			return refund(s, "RF-1", p.ID, money(t, "JPY", 100))
		}, "PARTIAL_REFUND_NOT_SUPPORTED"},
		{"refund: an id with Chinese text", func(s *shop) error { return refund(s, "退款", "2026", sgd(s, 100)) }, "PARAM_ILLEGAL"},

		{"inquiryRefund: unknown", func(s *shop) error {
			return s.call("inquiryRefund", &antom.InquiryRefundRequest{RefundRequestID: "RF-1"})
		}, "ORDER_NOT_EXIST"},
		{"consult: accepted", func(s *shop) error {
			return s.call("consult", &antom.ConsultRequest{ProductCode: antom.ProductCheckout, PaymentAmount: sgd(s, 4200), Env: &antom.Env{TerminalType: antom.TerminalWeb}})
		}, ""},
		{"consult: no terminal", func(s *shop) error {
			return s.call("consult", &antom.ConsultRequest{ProductCode: antom.ProductCheckout, PaymentAmount: sgd(s, 4200)})
		}, "PARAM_ILLEGAL"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newShop(t)
			err := test.do(s)
			if test.code == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			wantCode(t, err, test.code)
		})
	}
}

func TestLatePaymentAfterTheCancelGoesBackByItself(t *testing.T) {
	s := newShop(t)
	page := s.pays("PR-1", "ALIPAY_CN", 4200).NormalURL
	_, err := s.client.Cancel(t.Context(), &antom.CancelRequest{PaymentRequestID: "PR-1"})
	must(t, err)
	if shown := s.gets(page); !strings.Contains(shown, "Pay all the same") {
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
		t.Errorf("the shop heard %q", got)
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
		t.Errorf("the shop heard %q", got)
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
		if shown := s.gets(page); !strings.Contains(shown, "Confirm it is you") {
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
		if answer.Result.Status != antom.StatusSuccess || answer.PaymentResultInfo.ThreeDSResult.ECI != "06" {
			t.Errorf("pay answered %+v", answer)
		}
	})
}

func TestSavedCardPaysAgain(t *testing.T) {
	s := newShop(t)
	s.paid("PR-1", "CARD", 4200)
	token := s.asks("PR-1").PaymentResultInfo.CardToken
	answer, err := s.client.Pay(t.Context(), func() *antom.PayRequest {
		req := s.payRequest("PR-2", "CARD", 900)
		req.PaymentMethod.ID = token
		return req
	}())
	must(t, err)
	if answer.Result.Status != antom.StatusSuccess || answer.PaymentResultInfo.LastFour != "0768" {
		t.Errorf("pay answered %+v", answer)
	}
}

func TestKoreanIssuerPage(t *testing.T) {
	s := newShop(t)
	req := s.payRequest("PR-1", "CARD", 4200)
	inCurrency(t, "KRW", 30000)(req)
	req.PaymentMethod.Metadata = &antom.Metadata{SelectedCardBrand: "SAMSUNG", RequireIssuerAuthentication: antom.True}
	answer, err := s.client.Pay(t.Context(), req)
	must(t, err)
	if page := s.gets(answer.NormalURL); !strings.Contains(page, "SAMSUNG") || strings.Contains(page, `name="number"`) {
		t.Error("the page is not the issuer's")
	}
	s.acts(answer.NormalURL, "pay")
	if got := s.asks("PR-1"); got.PaymentStatus != antom.PaymentSuccess || got.PaymentResultInfo.ThreeDSResult != nil {
		t.Errorf("the payment is %s with %+v", got.PaymentStatus, got.PaymentResultInfo)
	}
}

func TestCardNumbersStayNowhere(t *testing.T) {
	s := newShop(t)
	req := s.payRequest("PR-1", "CARD", 4200)
	req.PaymentMethod.Metadata = &antom.Metadata{CardNo: "4054695723100768", ExpiryMonth: "12", ExpiryYear: "39", CVV: "987"}
	_, err := s.client.Pay(t.Context(), req)
	must(t, err)
	_, ledger := s.pulls("GET /control/ledger", "")
	_, messages := s.pulls("GET /control/messages", "")
	for _, text := range []string{ledger, messages, s.gets(s.url + "/")} {
		if strings.Contains(text, "4054695723100768") || strings.Contains(text, `"987"`) || strings.Contains(text, `\"987\"`) {
			t.Error("a card number or CVV can be read")
		}
	}
}
