package sandbox

import (
	"strings"
	"testing"
	"time"

	"antom-checkout/antom"
)

// TestCodes has every endpoint answer every result code it has.
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
		{"session: no currency", session(func(r *antom.PaymentSessionRequest) {
			r.PaymentAmount, r.Order.Amount = money(t, "XXX", 4200), money(t, "XXX", 4200)
		}), "CURRENCY_NOT_SUPPORT"},
		{"session: settled in no currency", session(func(r *antom.PaymentSessionRequest) { r.SettlementStrategy.SettlementCurrency = "XXX" }), "SETTLE_CONTRACT_NOT_MATCH"},
		{"pay: a made-up currency", pay("PR-1", "ALIPAY_CN", 4200, func(r *antom.PayRequest) {
			r.PaymentAmount, r.Order.Amount = money(t, "ABC", 4200), money(t, "ABC", 4200)
		}), "CURRENCY_NOT_SUPPORT"},
		{"consult: no currency", func(s *shop) error {
			return s.call("consult", &antom.ConsultRequest{ProductCode: antom.ProductCheckout, PaymentAmount: money(t, "XXX", 1), Env: &antom.Env{TerminalType: antom.TerminalWeb}})
		}, "CURRENCY_NOT_SUPPORT"},
		{"session: method of another currency", session(func(r *antom.PaymentSessionRequest) { r.PaymentMethod.Type = "IDEAL" }), "CURRENCY_NOT_SUPPORT"},
		{"session: expiry too far", session(func(r *antom.PaymentSessionRequest) {
			r.PaymentSessionExpiryTime = antom.NewTime(time.Date(2026, 3, 18, 6, 0, 0, 0, time.UTC))
		}), "PARAM_ILLEGAL"},
		{"session: script as redirect", session(func(r *antom.PaymentSessionRequest) { r.PaymentRedirectURL = "javascript:alert(1)" }), "PARAM_ILLEGAL"},
		{"session: app without system", session(func(r *antom.PaymentSessionRequest) { r.Env = &antom.Env{TerminalType: antom.TerminalApp} }), "PARAM_ILLEGAL"},
		{"session: Chinese name", session(func(r *antom.PaymentSessionRequest) {
			r.Order.Buyer = &antom.Buyer{Name: &antom.UserName{FullName: "刘德华"}}
		}), "PARAM_ILLEGAL"},
		{"session: name too long", session(func(r *antom.PaymentSessionRequest) {
			r.Order.Buyer = &antom.Buyer{Name: &antom.UserName{FullName: strings.Repeat("x", 129)}}
		}), "PARAM_ILLEGAL"},
		{"session: first name too long", session(func(r *antom.PaymentSessionRequest) {
			r.Order.Buyer = &antom.Buyer{Name: &antom.UserName{FirstName: strings.Repeat("x", 33)}}
		}), "PARAM_ILLEGAL"},
		{"session: phone of the shipping address too long", session(func(r *antom.PaymentSessionRequest) { r.Order.Shipping = &antom.Shipping{PhoneNo: "+49 30 1234567 89"} }), "PARAM_ILLEGAL"},
		{"session: city too long", session(func(r *antom.PaymentSessionRequest) {
			r.Order.Shipping = &antom.Shipping{Address: &antom.Address{Region: "GB", City: strings.Repeat("x", 33)}}
		}), "PARAM_ILLEGAL"},
		{"session: state too long", session(func(r *antom.PaymentSessionRequest) {
			r.Order.Shipping = &antom.Shipping{Address: &antom.Address{Region: "DE", State: "Nordrhein"}}
		}), "PARAM_ILLEGAL"},
		{"session: address without country", session(func(r *antom.PaymentSessionRequest) {
			r.Order.Shipping = &antom.Shipping{Address: &antom.Address{City: "Köln"}}
		}), "PARAM_ILLEGAL"},
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
