package handlers

import (
	"net/url"
	"slices"
	"testing"

	"antom-checkout/checkout"
	"antom-checkout/handlers/web"
	"antom-checkout/views"
)

// Only what may have to post a form off the page opens form-action; a wallet
// leads on by a link, which no policy stops.
func TestFormsMayLeaveThePayPageOnlyForMethodsThatPostThem(t *testing.T) {
	script, err := url.Parse("https://sdk.marmot-cloud.com/package/ams-checkout/1.47.2/dist/umd/ams-checkout.min.js")
	if err != nil {
		t.Fatal(err)
	}
	sdk := &SDK{URL: script, GatewayHost: "https://open-sea-global.alipay.com"}
	for category, want := range map[checkout.Category]bool{
		checkout.CategoryCard: true, checkout.CategoryBank: true,
		checkout.CategoryWallet: false, checkout.CategoryQR: false, checkout.CategoryVoucher: false, checkout.CategoryPayLater: false,
	} {
		offered := []views.Method{{Code: "GCASH", Category: "wallet"}, {Category: string(category)}}
		p := web.StrictPolicy("n", true)
		sdk.policy(p, slices.ContainsFunc(offered, mayPostForm))
		if got := slices.Contains(p["form-action"], "https:"); got != want {
			t.Errorf("%s: form-action %v", category, p["form-action"])
		}
	}
}
