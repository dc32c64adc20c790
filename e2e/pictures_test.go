package e2e

import "testing"

// TestPictures walks through every page on a desktop and a phone, light and dark, in three
// languages, one of them from right to left. With -pictures it saves pictures of them in
// screenshots/ for review; those of every state come from TestEveryPageIsAccessible.
func TestPictures(t *testing.T) {
	t.Parallel()
	for _, style := range []struct {
		language, scheme string
		on               device
	}{
		{"en", "light", desktop},
		{"en", "dark", phone},
		{"ar", "dark", desktop},
		{"de", "light", phone},
	} {
		name := style.language + " " + style.on.name + " " + style.scheme
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, "ANTOM_TIMEOUT=500ms")
			buyer := shop.buyer(style.on)
			buyer.speaks(style.language)
			buyer.prefers(style.scheme)
			visitsAll(shop, buyer, func(page string) { t.Helper(); buyer.photographs(name + "/" + page) })
		})
	}
}

// visitsAll opens every page once.
func visitsAll(shop *shop, buyer *buyer, keep func(page string)) {
	buyer.t.Helper()
	buyer.opensShop()
	keep("catalogue")
	buyer.opens("/products/POT-02")
	keep("product")
	buyer.opens("/cart")
	keep("cart, empty")
	buyer.opensShop()
	buyer.adds("MUG-01")
	buyer.opensShop()
	buyer.adds("POT-02")
	keep("cart")
	buyer.mayComplain("422")
	buyer.clicks(orderButton)
	buyer.seesHook("checkout-form")
	buyer.until("the list of what is wrong", `document.querySelector('[role="alert"]')?.offsetHeight`)
	keep("cart, refused")
	buyer.opens("/cart")
	buyer.ordersTo("SG")
	token := buyer.token()
	keep("checkout")

	buyer.chooses("CARD")
	buyer.pays()
	buyer.seesPopup()
	keep("checkout, popup")
	buyer.presses("sdk-close")
	buyer.until("the pay button to be enabled", `!document.querySelector('[data-test="pay"]').disabled`)
	keep("checkout, popup closed")

	buyer.chooses("GCASH")
	buyer.pays()
	buyer.arrives("/buyer/.+")
	keep("sandbox, wallet")
	buyer.presses("buyer-leave")
	buyer.arrives(returnPage)
	keep("return, just back")
	buyer.until("text instead of the spinner", `!document.querySelector(".spinner").offsetHeight`)
	keep("return, processing")
	buyer.opens("/checkout/" + token)
	keep("checkout, processing")
	shop.sandbox.act(openPayment(shop), "decline")
	buyer.seesHook("retry")
	keep("checkout, declined")
	buyer.opens("/checkout/" + token + "/return")
	buyer.seesHook("retry")
	keep("return, declined")

	buyer.opens("/checkout/" + token)
	shop.sandbox.breaks(fault{Kind: "timeout", On: "pay", Times: 1, Delay: "2s"})
	buyer.withoutJavaScript()
	buyer.opens("/checkout/" + token)
	buyer.chooses("PAYNOW")
	buyer.pays()
	buyer.arrives(codePage)
	keep("wait")
	buyer.pays()
	buyer.until("the code", `document.querySelector("figure")`)
	keep("code")
	buyer.opens("/checkout/" + token)
	buyer.chooses("ALIPAY_CN")
	buyer.pays()
	buyer.arrives("/buyer/.+")
	buyer.presses("buyer-pay")
	buyer.sees("paid")
	keep("return, paid")
	buyer.opens("/checkout/" + token)
	buyer.sees("paid")
	keep("receipt")
	buyer.mayComplain("404")
	buyer.opens("/checkout/NOSUCHORDER")
	keep("error 404")
	shop.paidOnce()
}
