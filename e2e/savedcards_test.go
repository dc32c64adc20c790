package e2e

import (
	"testing"
)

const agreesAtAntom = `[data-test="buyer-save"]`

// savesCard pays an order by card and agrees that the card is saved: in the form of Antom's
// SDK, or without JavaScript in the shop's box.
func (b *buyer) savesCard(scripted bool) {
	b.t.Helper()
	b.orders("MUG-01")
	b.chooses("CARD")
	if scripted {
		b.until("no box of the shop's beside Antom's", `document.getElementById("save").offsetHeight === 0`)
		b.pays()
		b.seesPopup()
		b.clicksIn(sdkFrame, agreesAtAntom, 1)
		b.paysByCard(goodCard)
	} else {
		b.presses("save-card")
		b.photographs("save-card " + b.on.name)
		b.pays()
		b.arrives("/buyer/.+")
		b.fills("number", goodCard)
		b.presses("buyer-pay")
	}
	b.arrives(returnPage)
	b.sees("paid")
}

func TestACardIsSavedPaysWithOneClickAndIsRemoved(t *testing.T) {
	for name, scripted := range map[string]bool{"with JavaScript": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, on device) {
				shop := openShop(t)
				buyer := shop.buyer(on)
				if !scripted {
					buyer.withoutJavaScript()
				}
				buyer.savesCard(scripted)

				buyer.orders("TIN-03")
				buyer.seesHook("saved-card")
				buyer.photographs("saved-card " + name + " " + on.name)
				buyer.presses("pay-saved")
				buyer.arrives(returnPage)
				buyer.sees("paid")

				buyer.orders("POT-02")
				buyer.presses("remove-card")
				buyer.until("no saved card", `!document.querySelector('[data-test="saved-card"]') && document.readyState === "complete"`)
				buyer.arrives(checkoutPage)
				buyer.sees("open")
			})
		})
	}
}
