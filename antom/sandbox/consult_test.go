package sandbox

import (
	"net/http"
	"testing"

	"antom-checkout/antom"
)

func TestConsultOffersWhatFits(t *testing.T) {
	s := newShop(t)
	answer, err := s.client.Consult(t.Context(), &antom.ConsultRequest{
		ProductCode: antom.ProductCheckout, PaymentAmount: money(t, "SGD", 4200), Env: &antom.Env{TerminalType: antom.TerminalWeb},
		UserRegion: "SG", BlockedPaymentMethods: []string{"DANA"},
	})
	must(t, err)
	offered := map[string]antom.PaymentOption{}
	for _, o := range answer.PaymentOptions {
		offered[o.PaymentMethodType] = o
	}
	for _, code := range []string{"CARD", "ALIPAY_CN", "GRABPAY_SG", "SHOPEEPAY_SG", "GCASH", "PAYNOW"} {
		if !offered[code].Enabled {
			t.Errorf("%s is not offered", code)
		}
	}
	if o := offered["IDEAL"]; bool(o.Enabled) || o.DisableReason != "CHANNEL_NOT_SUPPORT_CURRENCY" {
		t.Errorf("iDEAL is %+v", o)
	}
	least := antom.AmountLimit{Min: money(t, "SGD", 1)}
	if got := offered["GRABPAY_SG"].AmountLimits["SGD"].Single; got != least {
		t.Errorf("GrabPay takes %+v", got)
	}
	if _, blocked := offered["DANA"]; blocked {
		t.Error("a blocked method is listed")
	}
	if first := answer.PaymentOptions[0]; first.PaymentMethodRegion[0] != "SG" {
		t.Errorf("the buyer's region does not come first: %+v", first)
	}
	res, err := http.Get(offered["CARD"].Logo.URL)
	must(t, err)
	must(t, res.Body.Close())
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("the logo is %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
}
