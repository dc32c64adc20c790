package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// shifts tells how far the page has moved under the eyes of its reader, as Chrome
// counts it (CLS), and what has moved; "" when nothing has that anybody could see:
// a busy browser paints the header between two pieces of the page, and its last
// words push their own icon aside, by 0.001 where 0.1 is called good.
const shifts = `new Promise((done) => {
	let said = "", sum = 0;
	new PerformanceObserver((list) => list.getEntries().forEach((e) => (sum += e.value, said += " by " + e.value.toFixed(4) + ": " +
		e.sources.map((s) => (s.node?.outerHTML ?? s.node?.textContent ?? "?").slice(0, 80) + " from " + JSON.stringify(s.previousRect) + " to " + JSON.stringify(s.currentRect)))))
		.observe({ type: "layout-shift", buffered: true });
	requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum < 0.005 ? "" : said))));
})`

func TestNoPageMovesWhileItLoads(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t, "SHOP_LOGO=../static/favicon.svg", "ACCENT_COLOR=#7a1fa2")
		buyer := shop.buyer(on)
		still := func(page string) {
			t.Helper()
			if moved := asks[string](buyer, shifts); moved != "" {
				t.Errorf("%s moved%s", page, moved)
			}
		}
		buyer.opensShop()
		still("the catalogue")
		buyer.adds("MUG-01")
		still("the cart")
		buyer.ordersTo("SG")
		buyer.until("the SDK", `window.AMSCashierPayment`)
		still("the pay page")
		buyer.opens(buyer.address() + "/return")
		buyer.sees("open")
		still("the return page")
	})
}

// Antom's script is large and comes from far away. However long it takes, the page
// is there to be read.
func TestASlowSDKDelaysNoPaint(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, "window.sdkCame = true")
	}))
	t.Cleanup(slow.Close)
	shop := openShop(t, "ANTOM_SDK_URL="+slow.URL+"/sdk.js")
	buyer := shop.buyer(phone)
	buyer.opensShop()
	buyer.adds("MUG-01")
	buyer.fillsOrder("SG")
	buyer.clicks(orderButton)
	buyer.until("the first paint", `/^\/checkout\//.test(location.pathname) && performance.getEntriesByName("first-contentful-paint").length`)
	buyer.until("the pay button", `document.querySelector('[data-test="pay"]')?.offsetHeight`)
	if asks[bool](buyer, `document.readyState === "complete" || !!window.sdkCame`) {
		t.Error("the SDK came before it was sent")
	}
	close(release)
	buyer.until("the SDK", `window.sdkCame`)
}
