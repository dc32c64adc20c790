package antom

import (
	"strings"
	"testing"
)

func TestRequestsThatAreNotSent(t *testing.T) {
	c, g := newGateway(t, config(t), says(success))
	for problem, breakIt := range map[string]func(*PayRequest){
		"paymentRequestId is missing":                                        func(r *PayRequest) { r.PaymentRequestID = "" },
		"paymentRequestId is longer than 64 characters":                      func(r *PayRequest) { r.PaymentRequestID = strings.Repeat("x", 65) },
		"order is missing":                                                   func(r *PayRequest) { r.Order = nil },
		"order.referenceOrderId is missing":                                  func(r *PayRequest) { r.Order.ReferenceOrderID = "" },
		"order.orderAmount is missing":                                       func(r *PayRequest) { r.Order.Amount = Amount{} },
		"order.orderDescription is longer than 256 characters":               func(r *PayRequest) { r.Order.Description = strings.Repeat("x", 257) },
		"order.orderDescription has characters that are not printable ASCII": func(r *PayRequest) { r.Order.Description = "2 杯" },
		"order.goods has more than 100 elements":                             func(r *PayRequest) { r.Order.Goods = make([]Goods, 101) },
		"order.goods[1].goodsName is missing": func(r *PayRequest) {
			r.Order.Goods = []Goods{{"1", "mug", "", "", Amount{}, "1", "", "", "", ""}, {ReferenceGoodsID: "2"}}
		},
		"order.goods[0].goodsName has characters":           func(r *PayRequest) { r.Order.Goods = []Goods{{ReferenceGoodsID: "1", Name: "naïve"}} },
		"order.buyer.buyerName.firstName is longer than 32": func(r *PayRequest) { r.Order.Buyer = &Buyer{Name: &UserName{FirstName: strings.Repeat("x", 33)}} },
		"order.shipping.shippingAddress.region is missing":  func(r *PayRequest) { r.Order.Shipping = &Shipping{Address: &Address{City: "Oslo"}} },
		"orderAmount and paymentAmount differ in currency":  func(r *PayRequest) { r.PaymentAmount = amount(t, "USD", 4200) },
		"paymentAmount is missing":                          func(r *PayRequest) { r.PaymentAmount = sgd(t, 0) },
		"paymentMethod.paymentMethodType is missing":        func(r *PayRequest) { r.PaymentMethod.Type = "" },
		"paymentRedirectUrl is missing":                     func(r *PayRequest) { r.PaymentRedirectURL = "" },
		"PayPay's limit": func(r *PayRequest) {
			r.PaymentMethod.Type, r.PaymentRedirectURL = "PAYPAY", "https://shop.example/"+strings.Repeat("x", 255)
		},
		"env is missing":               func(r *PayRequest) { r.Env = nil },
		"env.terminalType is missing":  func(r *PayRequest) { r.Env.TerminalType = "" },
		"env.osType is missing":        func(r *PayRequest) { r.Env.TerminalType = TerminalWap },
		"timeZoneOffset":               func(r *PayRequest) { r.Env.TimeZoneOffset = ptr(Int(721)) },
		"installmentNum":               func(r *PayRequest) { r.CreditPayPlan = &CreditPayPlan{InstallmentNum: 37} },
		"env.userAgent has characters": func(r *PayRequest) { r.Env.UserAgent = "a\nb" },
	} {
		req := payRequest(t)
		breakIt(req)
		_, err := c.Pay(deadline(t), req)
		mentions(t, err, problem)
		if e := wantError(t, err); !e.Fix() || e.Unknown() || e.Retry() != RetryNone || e.Endpoint != "pay" {
			t.Errorf("%s: %+v", problem, e)
		}
	}
	for problem, call := range map[string]func() error{
		"paymentId or paymentRequestId is missing": func() error { _, err := c.InquiryPayment(deadline(t), &InquiryPaymentRequest{}); return err },
		"paymentId or paymentRequestId":            func() error { _, err := c.Cancel(deadline(t), &CancelRequest{}); return err },
		"refundId or refundRequestId is missing":   func() error { _, err := c.InquiryRefund(deadline(t), &InquiryRefundRequest{}); return err },
		"refundRequestId has special characters": func() error {
			_, err := c.Refund(deadline(t), &RefundRequest{RefundRequestID: "a/b", PaymentID: "1", RefundAmount: sgd(t, 1)})
			return err
		},
		"the request is nil":   func() error { _, err := c.Pay(deadline(t), nil); return err },
		"disputeId is missing": func() error { _, err := c.AcceptDispute(deadline(t), &AcceptDisputeRequest{}); return err },
	} {
		err := call()
		mentions(t, err, problem)
		if !wantError(t, err).Fix() {
			t.Errorf("%s: the error does not say Fix", problem)
		}
	}
	if g.count() != 0 {
		t.Errorf("%d were sent all the same", g.count())
	}
}

func TestAllProblemsOfARequestAreNamed(t *testing.T) {
	_, err := encode(&PayRequest{PaymentMethod: &PaymentMethod{Metadata: &Metadata{CardNo: "４０５４"}}})
	mentions(t, err, "productCode", "paymentRequestId", "order is missing", "paymentAmount", "paymentMethodType",
		"paymentMethod.paymentMethodMetaData.cardNo has characters", "paymentRedirectUrl", "env is missing")
	if strings.Contains(err.Error(), "４０５４") {
		t.Errorf("a value is quoted: %v", err)
	}
}

func TestTextsAtTheirLimitsAreSent(t *testing.T) {
	req := payRequest(t)
	req.PaymentRequestID = strings.Repeat("x", 64)
	req.Order.Description = strings.Repeat("~", 256)
	req.Order.Goods = make([]Goods, 100)
	for i := range req.Order.Goods {
		req.Order.Goods[i] = Goods{ReferenceGoodsID: "1", Name: "a mug"}
	}
	req.Env.TimeZoneOffset = ptr(Int(-720))
	if _, err := encode(req); err != nil {
		t.Error(err)
	}
}
