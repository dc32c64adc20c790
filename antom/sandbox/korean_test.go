package sandbox

import (
	"strings"
	"testing"

	"antom-checkout/antom"
)

// issuerRequest is a payment that a Korean card company authenticates, written as the
// document on authorisation by API writes it.
func (s *shop) issuerRequest(id, brand string) *antom.PayRequest {
	req := s.payRequest(id, "CARD", 4200)
	inCurrency(s.t, "KRW", 30000)(req)
	req.PaymentMethod.Metadata = &antom.Metadata{SelectedCardBrand: brand, RequireIssuerAuthentication: antom.True}
	return req
}

// The company's page authenticates the buyer: no 3-D Secure, no number, and the brand
// that was chosen.
func TestAKoreanCardCompanyAuthenticates(t *testing.T) {
	s := newShop(t)
	answer, err := s.client.Pay(t.Context(), s.issuerRequest("PR-1", "SAMSUNG"))
	must(t, err)
	if !answer.Result.InProcess() || answer.NormalURL == "" || answer.RedirectActionForm == nil || !strings.Contains(answer.PaymentActionForm, "redirectUrl") {
		t.Errorf("pay answers %+v", answer)
	}
	_, messages := s.requests("GET /control/messages", "")
	if !strings.Contains(messages, `\"paymentResultInfo\":{\"avsResultRaw\":\"\",\"cvvResultRaw\":\"\",\"threeDSResult\":{\"cavv\":\"\",\"eci\":\"\"}}`) {
		t.Error("the answer has no empty texts in paymentResultInfo")
	}
	if page := s.gets(answer.NormalURL); !strings.Contains(page, "SAMSUNG") || strings.Contains(page, `name="number"`) {
		t.Error("the page is not the company's")
	}
	s.acts(answer.NormalURL, "pay")
	got := s.asks("PR-1")
	info := got.PaymentResultInfo
	if got.PaymentStatus != antom.PaymentSuccess || info.CardBrand != "SAMSUNG" || info.PaymentMethodRegion != "KR" {
		t.Errorf("the payment is %s with %+v", got.PaymentStatus, info)
	}
	if info.ThreeDSResult != nil || info.AVSResultRaw+info.CVVResultRaw+info.CardNo+info.CardToken != "" {
		t.Errorf("a card company reports %+v", info)
	}
}

func TestTheRulesOfKoreanCardCompanies(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*testing.T, *antom.PayRequest)
		want   antom.ResultCode
	}{
		"dollars":     {func(t *testing.T, r *antom.PayRequest) { inCurrency(t, "USD", 3000)(r) }, "CURRENCY_NOT_SUPPORT"},
		"Visa":        {func(_ *testing.T, r *antom.PayRequest) { r.PaymentMethod.Metadata.SelectedCardBrand = "VISA" }, "SELECTED_CARD_BRAND_NOT_AVAILABLE"},
		"small print": {func(_ *testing.T, r *antom.PayRequest) { r.PaymentMethod.Metadata.SelectedCardBrand = "samsung" }, "SELECTED_CARD_BRAND_NOT_AVAILABLE"},
		"manual capture": {func(_ *testing.T, r *antom.PayRequest) {
			r.PaymentFactor = &antom.PaymentFactor{IsAuthorization: antom.True, CaptureMode: antom.CaptureManual}
		}, "PARAM_ILLEGAL"},
		"a wallet": {func(_ *testing.T, r *antom.PayRequest) { r.PaymentMethod.Type = "KAKAOPAY" }, "PARAM_ILLEGAL"},
		"3-D Secure": {func(_ *testing.T, r *antom.PayRequest) {
			r.PaymentMethod.Metadata.Is3DSAuthentication = antom.False
		}, "INVALID_PAYMENT_METHOD_META_DATA"},
		"an upgrade": {func(_ *testing.T, r *antom.PayRequest) {
			r.PaymentMethod.Metadata.EnableAuthenticationUpgrade = antom.True
		}, "INVALID_PAYMENT_METHOD_META_DATA"},
		"a number": {func(_ *testing.T, r *antom.PayRequest) { r.PaymentMethod.Metadata.CardNo = "9490220011669217" }, "INVALID_PAYMENT_METHOD_META_DATA"},
		"a token":  {func(_ *testing.T, r *antom.PayRequest) { r.PaymentMethod.ID = "T-1" }, "PARAM_ILLEGAL"},
		"another region": {func(_ *testing.T, r *antom.PayRequest) {
			r.PaymentMethod.Metadata.PaymentMethodRegion = "GLOBAL"
		}, "PARAM_ILLEGAL"},
	} {
		s := newShop(t)
		req := s.issuerRequest("PR-1", "SAMSUNG")
		row.change(t, req)
		_, err := s.client.Pay(t.Context(), req)
		t.Log(name)
		wantCode(t, err, row.want)
	}
}

// Antom's SDKs write the flag beside the metadata, and without a brand Antom has the
// buyer choose.
func TestACardCompanyIsAskedForInBothPlaces(t *testing.T) {
	s := newShop(t)
	req := s.issuerRequest("PR-1", "LOTTE")
	req.PaymentMethod.RequireIssuerAuthentication = antom.True
	req.PaymentMethod.Metadata.PaymentMethodRegion = "KR"
	_, err := s.client.Pay(t.Context(), req)
	must(t, err)
	bare := s.issuerRequest("PR-2", "")
	bare.PaymentMethod.Metadata, bare.PaymentMethod.RequireIssuerAuthentication = nil, antom.True
	answer, err := s.client.Pay(t.Context(), bare)
	must(t, err)
	s.acts(answer.NormalURL, "pay")
	if got := s.asks("PR-2").PaymentResultInfo.CardBrand; got == "" || got == anyIssuer {
		t.Errorf("the card that Antom had the buyer choose is %q", got)
	}
}
