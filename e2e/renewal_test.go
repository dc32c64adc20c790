package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// catalogue writes a file of mugs and tins for CATALOG_FILE.
func catalogue(t *testing.T, folder, mugs, stock string) string {
	t.Helper()
	file := filepath.Join(folder, "catalogue.csv")
	must(t, os.WriteFile(file, []byte("sku,name,description,image,price,stock\nMUG-01,Enamel mug,,products/mug.svg,"+mugs+","+stock+"\nTIN-03,Tea tin,,products/tin.svg,900,\n"), 0o600))
	return file
}

// TestAnExpiredOrderIsRenewedAtTodaysPrices: the merchant changes a price over night,
// and the page shows the change before the buyer pays.
func TestAnExpiredOrderIsRenewedAtTodaysPrices(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		folder := t.TempDir()
		settings := func(more ...string) []string {
			return append([]string{"DATABASE_URL=" + folder + "/checkout.db"}, more...)
		}
		shop := openShop(t, settings("CATALOG_FILE="+catalogue(t, folder, "2400", "5"))...)
		buyer := shop.buyer(on)
		buyer.orders("MUG-01")
		buyer.arrives(checkoutPage)
		order := "/checkout/" + buyer.token()
		buyer.opens("about:blank")
		shop.stops()

		shop = openShop(t, settings("CATALOG_FILE="+catalogue(t, folder, "2600", "5"), "CLOCK_OFFSET=2h")...)
		buyer.shop = shop
		buyer.opens(order)
		buyer.sees("expired")
		buyer.photographs("renewal-expired-" + on.name)
		buyer.presses("renew")
		buyer.arrives(checkoutPage)
		buyer.seesHook("renewed")
		buyer.until("old and new total", `["24.00", "26.00"].every(sum => document.querySelector('[data-test="renewed"]').innerText.includes(sum))`)
		buyer.until("the new total", `document.querySelector('[data-test="order-total"]').dataset.minor === "2600"`)
		buyer.photographs("renewal-prices-" + on.name)
		buyer.prefers("dark")
		buyer.photographs("renewal-prices-dark-" + on.name)
		buyer.chooses("GCASH")
		buyer.pays()
		buyer.arrives("/buyer/.+")
		buyer.presses("buyer-pay")
		buyer.arrives(returnPage)
		buyer.sees("paid")
		books := shop.audit()
		if paid := books.lines("order", status("paid")); len(paid) != 1 || paid[0].Total != 2600 {
			t.Errorf("the audit has %+v", books.lines("order"))
		}
	})
}

func TestTheAvailableLinesOfAnExpiredOrderAreInTheCart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	database := "DATABASE_URL=" + folder + "/checkout.db"
	shop := openShop(t, database, "CATALOG_FILE="+catalogue(t, folder, "2400", "5"))
	buyer := shop.buyer(phone)
	buyer.opensShop()
	buyer.adds("TIN-03")
	buyer.orders("MUG-01")
	buyer.arrives(checkoutPage)
	order := "/checkout/" + buyer.token()
	buyer.opens("about:blank")
	shop.stops()

	shop = openShop(t, database, "CATALOG_FILE="+catalogue(t, folder, "2400", "0"), "CLOCK_OFFSET=2h")
	buyer.shop = shop
	buyer.mayComplain("409")
	buyer.opens(order)
	buyer.presses("renew")
	buyer.until("both lines in the cart", `document.querySelectorAll('[data-test="cart-line"]').length === 2`)
	buyer.until("what is short", `document.querySelector('[data-test="cart-line"] .wrong')`)
	buyer.photographs("renewal-short")
	buyer.clicks(`form[action="/cart/MUG-01"] input[name=quantity][value="0"] ~ button`)
	buyer.until("one line", `document.querySelectorAll('[data-test="cart-line"]').length === 1`)
	buyer.fillsOrder("SG")
}
