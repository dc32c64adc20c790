package e2e

import "testing"

func TestWithoutJavaScriptACardIsPaidOnAntomsPage(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		buyer := shop.buyer(on)
		buyer.withoutJavaScript()
		buyer.orders("MUG-01")
		buyer.chooses("CARD")
		buyer.pays()
		buyer.arrives("/buyer/.+") // the interstitial redirects
		buyer.fills("number", goodCard)
		buyer.fills("month", "11")
		buyer.fills("year", "38")
		buyer.fills("cvv", "321")
		buyer.presses("buyer-pay")
		buyer.arrives(returnPage)
		buyer.sees("paid") // the page refreshes itself
		shop.paidOnce()
	})
}

func TestWithoutJavaScriptAWalletIsPaidByRedirect(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		buyer := shop.buyer(on)
		buyer.withoutJavaScript()
		buyer.orders("TIN-03")
		buyer.chooses("GCASH")
		buyer.pays()
		buyer.arrives("/buyer/.+") // the interstitial redirects
		buyer.presses("buyer-pay")
		buyer.arrives(returnPage)
		buyer.sees("paid")
		shop.paidOnce()
	})
}

func TestAWalletThatIsLeftGoesOn(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		for _, scripts := range []bool{true, false} {
			shop := openShop(t)
			buyer := shop.buyer(on)
			if !scripts {
				buyer.withoutJavaScript()
			}
			buyer.orders("TIN-03")
			buyer.chooses("GCASH")
			buyer.pays()
			buyer.arrives("/buyer/.+")
			buyer.presses("buyer-leave")
			buyer.arrives(returnPage)
			buyer.seesHook("continue-paying")
			buyer.photographs("wallet-left-" + on.name)
			buyer.presses("continue-paying")
			buyer.arrives("/buyer/.+")
			buyer.presses("buyer-pay")
			buyer.arrives(returnPage)
			buyer.sees("paid")
			shop.paidOnce()
		}
	})
}

func TestWithoutJavaScriptAWalletDeclinesThenACodePays(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.withoutJavaScript()
	buyer.orders("TIN-03")
	buyer.chooses("ALIPAY_CN")
	buyer.pays()
	buyer.arrives("/buyer/.+")
	buyer.presses("buyer-decline")
	buyer.arrives(returnPage)
	buyer.presses("retry")
	buyer.arrives(checkoutPage)
	buyer.chooses("PAYNOW")
	buyer.pays()
	buyer.arrives(codePage)
	shop.sandbox.act(openPayment(shop), "pay")
	buyer.clicks(`main .actions a.button`) // "I’ve paid"
	buyer.arrives(returnPage)
	buyer.sees("paid")
	shop.paidOnce()
}

// Some banks require a form that is posted instead of a link.
func TestABankThatRequiresAFormGetsItFromTheBuyer(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t, "INTEGRATION=api")
		shop.sandbox.breaks(fault{Kind: "post-form"})
		buyer := shop.buyer(on)
		buyer.orders("BOWL-04")
		buyer.chooses("GCASH")
		buyer.pays()
		buyer.presses("continue")
		buyer.arrives("/buyer/.+")
		buyer.presses("buyer-pay")
		buyer.arrives(returnPage)
		buyer.sees("paid")
		shop.paidOnce()
	})
}

func TestWithoutJavaScriptACodeIsPaidAtTheCounter(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		buyer := shop.buyer(on)
		buyer.withoutJavaScript()
		buyer.orders("BOWL-04")
		buyer.chooses("PAYNOW")
		buyer.pays()
		buyer.arrives(codePage)
		buyer.sees("processing")
		buyer.until("the code", `document.querySelector("figure svg path")?.getAttribute("d").length > 500`)
		if codes, err := evaluate[int](buyer, "", `document.querySelectorAll("figure").length`); err != nil || codes != 1 {
			t.Errorf("the page shows %d codes (%v), of which a buyer can scan one", codes, err)
		}

		counter := shop.buyer(desktop)
		counter.opens(shop.sandbox.payment().BuyerURL)
		counter.presses("buyer-pay")
		counter.arrives(returnPage)
		buyer.arrives(returnPage) // the code page leads on by itself
		buyer.sees("paid")
		shop.paidOnce()
	})
}

// openPayment is the payment that can still be paid.
func openPayment(s *shop) string {
	s.t.Helper()
	for _, p := range s.sandbox.ledger().Payments {
		if p.Status == "PROCESSING" {
			return p.PaymentRequestID
		}
	}
	s.t.Fatalf("no payment is in progress: %+v", s.sandbox.ledger().Payments)
	return ""
}
