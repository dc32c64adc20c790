package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"

	"antom-checkout/antom"
)

// The browser runs scripts, and status.js does not run: it did not arrive, or the browser
// cannot read it. The pages load themselves again.
func TestPagesRefreshThemselvesWhereTheirScriptsDoNotRun(t *testing.T) {
	t.Parallel()
	t.Run("return page", func(t *testing.T) {
		t.Parallel()
		shop := openShop(t)
		buyer := shop.buyer(desktop)
		buyer.isBlocked("*://*:*/static/*.js")
		buyer.mayComplain("ERR_BLOCKED_BY_CLIENT")
		buyer.orders("TIN-03")
		back := buyer.address() + "/return"
		buyer.chooses("GCASH")
		buyer.pays() // by the form
		buyer.arrives("/buyer/.+")
		payment := openPayment(shop)
		buyer.opens(back)
		buyer.sees("processing")
		shop.sandbox.act(payment, "pay")
		buyer.sees("paid")
		shop.paidOnce()
	})
	t.Run("code page", func(t *testing.T) {
		t.Parallel()
		shop := openShop(t)
		buyer := shop.buyer(desktop)
		buyer.isBlocked("*://*:*/static/*.js")
		buyer.mayComplain("ERR_BLOCKED_BY_CLIENT")
		buyer.orders("TIN-03")
		buyer.chooses("PAYNOW")
		buyer.pays()
		buyer.arrives(codePage)
		shop.sandbox.act(openPayment(shop), "pay")
		buyer.arrives(returnPage)
		buyer.sees("paid")
		shop.paidOnce()
	})
}

// A page whose scripts run does not load itself again: a buyer would lose their place.
func TestAPageWhoseScriptsRunStays(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	call(buyer, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `window.ended = []; const end = clearTimeout; window.clearTimeout = (timer) => { ended.push(timer); end(timer); };`,
	})
	buyer.orders("TIN-03")
	buyer.opens(buyer.address() + "/return")
	buyer.until("the end of the timer", `window.fallback > 0 && window.ended.includes(window.fallback)`)
}

// What pay.js says of the browser reaches Antom, an unknown code of the SDK the merchant.
func TestThePageTellsOfTheBrowserAndOfErrorsOfTheSDK(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	shop.sandbox.breaks(fault{Kind: "sdk-error", Code: "SDK_INTERNAL_ERROR"})
	buyer := shop.buyer(phone)
	buyer.orders("MUG-01")
	buyer.chooses("CARD")
	buyer.pays()
	buyer.await("the report", func() bool {
		return strings.Contains(shop.log.String(), "code=SDK_INTERNAL_ERROR")
	})
	var messages []struct{ Operation, Body string }
	shop.sandbox.control("GET", "messages", nil, &messages)
	for _, m := range messages {
		if m.Operation != "createPaymentSession" {
			continue
		}
		var request struct{ Env antom.Env }
		must(t, json.Unmarshal([]byte(m.Body), &request))
		if env := request.Env; env.ScreenWidth != 360 || env.ScreenHeight != 740 || env.ColorDepth != 24 || env.TimeZoneOffset == nil || env.BrowserInfo.JavaScriptEnabled == nil {
			t.Errorf("Antom got %s", m.Body)
		}
		return
	}
	t.Error("Antom got no request")
}

// The shop's own button submits the card form, and stays usable for a correction.
func TestTheShopsButtonSubmitsTheCardForm(t *testing.T) {
	t.Parallel()
	shop := openShop(t, "SDK_UI=inline", "SDK_SUBMIT_BUTTON=shop", "SDK_SHOW_LOADING=off")
	buyer := shop.buyer(desktop)
	buyer.prefers("dark")
	buyer.orders("MUG-01")
	buyer.chooses("CARD")
	buyer.pays()
	buyer.until("the card form in the page", `document.querySelector("#stage iframe")?.offsetHeight > 99 && !document.querySelector('[data-test="pay"]').disabled`)
	buyer.untilIn(sdkFrame, "no button of Antom's", `!document.querySelector('[data-test="buyer-pay"]').offsetHeight`)
	buyer.untilIn(sdkFrame, "the shop's colour and theme", `document.documentElement.style.getPropertyValue("--accent") === "#95d0b8" && document.documentElement.style.colorScheme === "dark"`)
	buyer.fillsIn(sdkFrame, "#number", "4111")
	buyer.pays()
	buyer.untilIn(sdkFrame, "the mistake", `!document.getElementById("mistake").hidden`)
	buyer.until("the button again", usable)
	buyer.fillsIn(sdkFrame, "#number", goodCard)
	buyer.fillsIn(sdkFrame, "#month", "11")
	buyer.fillsIn(sdkFrame, "#year", "38")
	buyer.fillsIn(sdkFrame, "#cvv", "321")
	buyer.pays()
	buyer.arrives(returnPage)
	buyer.sees("paid")
	shop.paidOnce()
}
