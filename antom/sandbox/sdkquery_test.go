package sandbox

import (
	"encoding/json"
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
