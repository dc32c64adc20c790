package gateway

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/antom"
	"antom-checkout/checkout"
)

// What cannot be read, and a plan for another currency or interval, is left out; the
// rest of the answer counts.
func TestBrandsAndPlansAreReadAsConsultListsThem(t *testing.T) {
	both := []string{"VISA", "ELO"}
	for text, want := range map[string]checkout.CardOffer{
		`"paymentOptionDetail":{"supportCardBrands":[{"cardBrand":"SAMSUNG"},{"cardBrand":"VISA"}]}`: {Brands: []string{"SAMSUNG", "VISA"}},
		`"installment":{"supportCardBrands":[{"cardBrand":"VISA"},{"cardBrand":"ELO"}],"plans":[
			{"installmentNum":"2","interval":"MONTH","interestRate":"0","minInstallmentAmount":{"currency":"BRL","value":"1000"},"maxInstallmentAmount":{"currency":"BRL","value":"900000"},"enabled":true},
			{"installmentNum":3,"enabled":"false"}]}`: {Plans: []checkout.InstallmentPlan{
			{Parts: 2, Rate: "0", Limit: checkout.Limit{Min: 1000, Max: 900000}, Brands: both}, {Parts: 3, Disabled: true, Brands: both},
		}},
		`"installment":{"plans":[{"installmentNum":"2","interval":"WEEK","enabled":true},{"installmentNum":"many","enabled":true},
			{"installmentNum":"4","minInstallmentAmount":{"currency":"MXN","value":"1"},"enabled":true},{"installmentNum":"5","minInstallmentAmount":7},
			{"installmentNum":"6","enabled":true}]}`: {Plans: []checkout.InstallmentPlan{{Parts: 6}}},
		`"installment":[]`: {}, `"installment":null`: {}, `"installment":{"plans":{}}`: {}, `"installment":"no"`: {},
	} {
		var option antom.PaymentOption
		err := json.Unmarshal([]byte(`{"paymentMethodType":"CARD","enabled":true,`+text+`}`), &option)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, methodOption(option, "BRL").CardOffer); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}
