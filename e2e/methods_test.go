package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A shop in Thailand has more than twenty payment methods. They stand in groups, long
// groups are closed, and the keyboard reaches a bank at the end of the list.
func TestManyMethodsStandInGroups(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t, "CURRENCY=THB", "ORDER_TTL=72h", "INTEGRATION=api")
		buyer := shop.buyer(on)
		buyer.opensShop()
		buyer.adds("MUG-01")
		buyer.ordersTo("TH")
		buyer.until("more than twenty methods", `document.querySelectorAll('[data-test="method"]').length > 20`)
		const transfers = `document.querySelector('[data-method="BANKTRANSFER_GOVERNMENTSAVINGSBANK"]').closest("details")`
		buyer.until("a closed group of transfers that names its methods", "!"+transfers+`.open && /KBank/.test(`+transfers+`.querySelector("summary").innerText)`)
		buyer.until("wallets to be seen", `document.querySelector('[data-method="TRUEMONEY"]').offsetHeight > 43`)
		buyer.until("a page as wide as its screen", `document.documentElement.scrollWidth <= innerWidth`)
		buyer.photographs("groups " + on.name)

		buyer.until("the heading in focus", transfers+`.querySelector("summary").focus() || document.activeElement.localName === "summary"`)
		buyer.does(chromedp.KeyEvent(kb.Enter))
		buyer.until("an open group", transfers+".open")
		buyer.chooses("BANKTRANSFER_GOVERNMENTSAVINGSBANK")
		buyer.pays()
		buyer.arrives(codePage)
		buyer.until("the time that is left", `document.querySelector("[data-until]").textContent === "2 days"`)
		buyer.until("the day it ends", `/\d{4}/.test(document.querySelector("time").textContent)`)
		const number = `document.querySelector("figcaption b").textContent`
		buyer.until("a number", `/^\d{13}$/.test(`+number+`)`)
		buyer.clicks("[data-copy]")
		buyer.until("the number copied or marked", `document.querySelector("[data-copy]").textContent === "Copied" || getSelection().toString() === `+number)
		buyer.photographs("transfer " + on.name)

		buyer.opens("/checkout/" + buyer.token())
		buyer.until("the choice, in its open group", transfers+`.open && `+transfers+`.querySelector(":checked").value === "BANKTRANSFER_GOVERNMENTSAVINGSBANK"`)
		buyer.opens("/checkout/" + buyer.token() + "/code")
		shop.sandbox.act(openPayment(shop), "pay")
		buyer.arrives(returnPage) // the code page leads on by itself
		buyer.sees("paid")
		shop.paidOnce()
	})
}

// Without scripts a group can be opened, and a number is paid at the counter.
func TestWithoutJavaScriptAGroupOpens(t *testing.T) {
	t.Parallel()
	shop := openShop(t, "CURRENCY=IDR", "ORDER_TTL=72h")
	buyer := shop.buyer(phone)
	buyer.withoutJavaScript()
	buyer.opensShop()
	buyer.adds("MUG-01")
	buyer.ordersTo("ID")
	buyer.until("a closed group", `!document.querySelector('[data-method="CIMBNIAGA"]').closest("details").open`)
	buyer.clicks(`details:has([data-method="CIMBNIAGA"]) > summary`)
	buyer.chooses("CIMBNIAGA")
	buyer.pays()
	buyer.arrives(codePage)
	buyer.until("a number", `/^\d{13}$/.test(document.querySelector("figcaption b").textContent)`)
	buyer.until("until when it can be paid", `/^\d{4}-\d\d-\d\d, \d\d:\d\d UTC$/.test(document.querySelector("time").textContent)`)
	shop.sandbox.act(openPayment(shop), "pay")
	buyer.clicks(`main .actions a.button`) // "I’ve paid"
	buyer.arrives(returnPage)
	buyer.sees("paid")
	shop.paidOnce()
}
