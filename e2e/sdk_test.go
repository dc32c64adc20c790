package e2e

import "testing"

func TestACardIsPaidInThePopup(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		buyer := shop.buyer(on)
		buyer.opensShop()
		buyer.adds("MUG-01")
		buyer.ordersTo("SG")
		buyer.sees("open")
		buyer.chooses("CARD")
		buyer.pays()
		buyer.paysByCard(goodCard)
		buyer.arrives(returnPage)
		buyer.sees("paid")
		shop.paidOnce()
	})
}

func TestAWalletDeclinesThenAnotherMethodPays(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		buyer := shop.buyer(on)
		buyer.orders("POT-02")
		buyer.chooses("GCASH")
		buyer.pays()
		buyer.arrives("/buyer/.+")
		buyer.presses("buyer-decline")
		buyer.arrives(returnPage)
		buyer.sees("open")
		buyer.presses("retry")
		buyer.arrives(checkoutPage)
		buyer.sees("open")
		buyer.seesHook("retry")

		buyer.chooses("ALIPAY_CN")
		buyer.pays()
		buyer.arrives("/buyer/.+")
		buyer.presses("buyer-pay")
		buyer.arrives(returnPage)
		buyer.sees("paid")
		books := shop.paidOnce()
		if n := len(books.lines("payment", status("failed"))); n != 1 {
			t.Errorf("%d payments failed, want the first one", n)
		}
	})
}

func TestARefusedCardThenAGoodOne(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	buyer.chooses("CARD")
	buyer.pays()
	buyer.paysByCard(badCard)
	buyer.arrives(returnPage)
	buyer.presses("retry")
	buyer.arrives(checkoutPage)
	buyer.chooses("CARD")
	buyer.pays()
	buyer.paysByCard(goodCard)
	buyer.arrives(returnPage)
	buyer.sees("paid")
	shop.paidOnce()
}

func TestACodeIsPaidWhileThePopupWatches(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		buyer := shop.buyer(on)
		buyer.orders("BOWL-04")
		buyer.chooses("PAYNOW")
		buyer.pays()
		buyer.pressesInPopup("buyer-pay")
		buyer.sees("paid")
		shop.paidOnce()
	})
}
