package e2e

import "testing"

// A Korean card company is chosen below the card, with the SDK and without scripts, and
// the buyer confirms on the company's page.
func TestAKoreanCardCompanyConfirms(t *testing.T) {
	for name, scripts := range map[string]bool{"with JavaScript": true, "without JavaScript": false} {
		t.Run(name, func(t *testing.T) {
			shop := openShop(t, "CURRENCY=KRW")
			buyer := shop.buyer(phone)
			if !scripts {
				buyer.withoutJavaScript()
			}
			buyer.orders("MUG-01")
			buyer.opens(buyer.address()) // Antom's answer has come
			buyer.chooses("CARD")
			buyer.picks("card_brand", "SAMSUNG")
			buyer.pays()
			buyer.arrives("/buyer/.+")
			buyer.presses("buyer-pay")
			buyer.arrives(returnPage)
			buyer.sees("paid")
			shop.paidOnce()
		})
	}
}

// A plan is chosen below the card; the card is typed in Antom's form, and the receipt
// names the plan.
func TestACardIsPaidInInstalments(t *testing.T) {
	for name, scripts := range map[string]bool{"with JavaScript": true, "without JavaScript": false} {
		t.Run(name, func(t *testing.T) {
			shop := openShop(t, "CURRENCY=BRL")
			buyer := shop.buyer(desktop)
			if !scripts {
				buyer.withoutJavaScript()
			}
			buyer.orders("POT-02")
			buyer.opens(buyer.address())
			buyer.chooses("CARD")
			buyer.picks("installments", "3")
			buyer.pays()
			if scripts {
				buyer.paysByCard(goodCard)
			} else {
				buyer.arrives("/buyer/.+")
				buyer.fills("number", goodCard)
				buyer.presses("buyer-pay")
			}
			buyer.arrives(returnPage)
			buyer.sees("paid")
			buyer.seesHook("instalments")
			shop.paidOnce()
		})
	}
}
