package e2e

import (
	"fmt"
	"strconv"
	"testing"
)

// sdk_test.go and plain_test.go hold a journey for each kind of method. This file holds
// detours: back buttons, late orders, countdowns.

func TestABankIsPaidOnItsOwnPage(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t, "CURRENCY=MYR")
		buyer := shop.buyer(on)
		buyer.orders("MUG-01")
		buyer.chooses("ONLINEBANKING_FPX")
		buyer.pays()
		buyer.arrives("/buyer/.+")
		buyer.presses("buyer-pay")
		buyer.arrives(returnPage)
		buyer.sees("paid")
		shop.paidOnce()
	})
}

func TestAVoucherIsPaidAtTheCounter(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t, "CURRENCY=JPY", "ORDER_TTL=72h", "INTEGRATION=api")
		buyer := shop.buyer(on)
		buyer.orders("MUG-01")
		buyer.until("the group of vouchers, opened", `(document.querySelector('[data-method="KONBINI"]').closest("details") || {}).open = true`)
		buyer.chooses("KONBINI")
		buyer.pays()
		buyer.arrives(codePage)
		buyer.sees("processing")
		buyer.until("a number to read out", `/\d{6,}/.test(document.querySelector("figcaption b").textContent)`)
		shop.sandbox.act(openPayment(shop), "pay") // at the counter
		buyer.arrives(returnPage)                  // the code page leads on by itself
		buyer.sees("paid")
		shop.paidOnce()
	})
}

// TestTheBackButtonAtEveryStep goes one step back from each page of a journey and
// checks what the page shows then.
func TestTheBackButtonAtEveryStep(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		buyer := shop.buyer(on)
		buyer.orders("MUG-01")
		order := buyer.token()

		buyer.goesBack() // from the pay page: the form with its fields filled
		buyer.arrives("/cart")
		buyer.until("what was typed", `document.querySelector("[name=email]").value === "wei@example.com"`)
		buyer.clicks(orderButton)
		buyer.arrives(checkoutPage)
		if buyer.token() != order {
			t.Error("the same form placed another order")
		}

		buyer.chooses("GCASH")
		buyer.pays()
		buyer.arrives("/buyer/.+")
		buyer.goesBack() // from the wallet: the dialog asks whether it is paid
		buyer.arrives(checkoutPage)
		buyer.seesHook("finished")
		buyer.clicks(hook("finished") + " [method=dialog] button") // no: another method
		buyer.chooses("ALIPAY_CN")
		buyer.pays()
		buyer.arrives("/buyer/.+")
		buyer.presses("buyer-pay")
		buyer.arrives(returnPage)
		buyer.sees("paid")

		buyer.goesBack() // from the receipt: the wallet's page, cached or loaded again
		buyer.arrives("/buyer/.+")
		buyer.goesBack() // and the pay page, which is a receipt now
		buyer.arrives(checkoutPage)
		buyer.sees("paid")
		buyer.hasNo(hook("pay"))
		shop.paidOnce()
	})
}

func TestAnOrderThatExpiresOnAnOpenPageIsRenewed(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t, "ORDER_TTL=4s")
		buyer := shop.buyer(on)
		buyer.orders("MUG-01")
		expired := buyer.token()
		buyer.sees("expired") // by itself
		buyer.hasNo(hook("pay"))
		buyer.neverReads(failures...)
		buyer.presses("renew")
		buyer.arrives(checkoutPage)
		buyer.until("an order of its own", `!location.pathname.includes("`+expired+`")`)
		if n := len(shop.audit().lines("order")); n != 2 {
			t.Errorf("there are %d orders, want the old one and the new one", n)
		}
	})
}

// The last five minutes are counted down, and announced once.
func TestTheLastMinutesAreCounted(t *testing.T) {
	t.Parallel()
	shop := openShop(t, "ORDER_TTL=4m")
	buyer := shop.buyer(phone)
	buyer.orders("MUG-01")
	announced := `document.getElementById("live").textContent`
	buyer.until("a clock", `/^3:[0-5]\d$/.test(document.querySelector("#clock.on b").textContent)`)
	buyer.until("the announcement", announced+` === `+strconv.Quote(text(t, "checkout.time_soon")))
	first := resolves[string](buyer, `(`+announced+` = "", document.querySelector("#clock b").textContent)`)
	buyer.until("three seconds less", fmt.Sprintf(`(() => {
		const seconds = (clock) => clock.split(":").reduce((minutes, rest) => 60 * minutes + +rest);
		return seconds(%q) - seconds(document.querySelector("#clock b").textContent) >= 3;
	})()`, first))
	buyer.until("no second announcement", announced+` === ""`)
}
