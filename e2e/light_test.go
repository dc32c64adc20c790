package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// shifts lists the layout shifts of the page as Chrome counts them (CLS), or "" if
// they are invisible: a busy browser paints the header between two parts of the page,
// which shifts an icon by 0.001, while 0.1 counts as good.
const shifts = `new Promise((done) => {
	let list = "", sum = 0;
	new PerformanceObserver((entries) => entries.getEntries().forEach((e) => (sum += e.value, list += " by " + e.value.toFixed(4) + ": " +
		e.sources.map((s) => (s.node?.outerHTML ?? s.node?.textContent ?? "?").slice(0, 80) + " from " + JSON.stringify(s.previousRect) + " to " + JSON.stringify(s.currentRect)))))
		.observe({ type: "layout-shift", buffered: true });
	requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum < 0.005 ? "" : list))));
})`

func TestNoPageShiftsWhileItLoads(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t, "SHOP_LOGO=../static/favicon.svg", "ACCENT_COLOR=#7a1fa2")
		buyer := shop.buyer(on)
		still := func(page string) {
			t.Helper()
			if shifted := resolves[string](buyer, shifts); shifted != "" {
				t.Errorf("%s shifted%s", page, shifted)
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

// Antom's script is large and loads from another host. The page must be readable
// before the script has arrived.
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
	if resolves[bool](buyer, `document.readyState === "complete" || !!window.sdkCame`) {
		t.Error("the SDK was loaded before it was sent")
	}
	close(release)
	buyer.until("the SDK", `window.sdkCame`)
}
