package sandbox

import (
	"encoding/json"
	"html"
	"net/http"
	"strings"
	"testing"

	"antom-checkout/antom"
)

// The published AMSElement mounts only where the query's answer has methods and both
// amounts; it calls anything less ERR_DATA_STRUCT_UNRECOGNIZED.
func TestTheQueryIsEnoughForThePublishedElement(t *testing.T) {
	s := newShop(t)
	req := s.sessionRequest("PR-1", "", 4200)
	req.PaymentMethod, req.ProductScene = nil, antom.SceneElement
	req.AvailablePaymentMethod = &antom.AvailablePaymentMethod{Types: []antom.AvailableType{{Type: "CARD"}, {Type: "GRABPAY_SG"}}}
	session, err := s.client.CreatePaymentSession(t.Context(), req)
	must(t, err)
	body, err := json.Marshal([]sdkQuery{{PaymentSessionData: session.Data}})
	must(t, err)
	res, err := http.Post(s.url+"/mgw.htm", "application/json", strings.NewReader(string(body)))
	must(t, err)
	defer res.Body.Close()
	type view struct {
		Currency, CurrencyLabel, CurrencySymbolPosition, FormattedValue, Value string
	}
	var answer struct {
		Success                            bool
		PaymentMethods                     []struct{ PaymentMethodType, PaymentMethodName, Category, Icon string }
		OrderAmountView, PaymentAmountView view
	}
	must(t, json.NewDecoder(res.Body).Decode(&answer))
	want := view{"SGD", "SGD", "L", "42.00", "42.00"}
	if !answer.Success || answer.OrderAmountView != want || answer.PaymentAmountView != want {
		t.Errorf("the answer is %+v", answer)
	}
	if list := answer.PaymentMethods; len(list) != 2 || list[0].PaymentMethodType != "CARD" || list[1].PaymentMethodName != "GrabPay" ||
		list[1].Category != "WALLET" || list[1].Icon != s.url+"/logo/GRABPAY_SG.svg" {
		t.Errorf("the methods are %+v", list)
	}
}

// The control room shows how the merchant's page wants the SDK to look, before the buyer
// submits and afterwards.
func TestTheControlRoomShowsTheAppearance(t *testing.T) {
	s := newShop(t)
	session, err := s.client.CreatePaymentSession(t.Context(), s.sessionRequest("PR-1", "ALIPAY_CN", 4200))
	must(t, err)
	look := `{"showLoading":false,"accentColor":"#7a1f3d"}`
	query := func(appearance string) {
		t.Helper()
		body := `[{"paymentSessionData":"` + session.Data + `","extParams":{"appearance":` + appearance + `}}]`
		res, err := http.Post(s.url+"/mgw.htm", "application/json", strings.NewReader(body))
		must(t, err)
		must(t, res.Body.Close())
	}
	query(look)
	query(`"` + strings.Repeat("x", maxLook) + `"`) // too long to show
	shown := html.EscapeString(look)
	if page := s.gets(s.url + "/"); !strings.Contains(page, shown) {
		t.Errorf("the session's row does not show %s:\n%s", shown, page)
	}
	must(t, s.box.Control().Pay("PR-1"))
	if page := s.gets(s.url + "/"); !strings.Contains(page, shown) {
		t.Errorf("the payment's row does not show %s", shown)
	}
}
