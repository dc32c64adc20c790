package e2e

import (
	"strconv"
	"testing"
)

// Test cards of the sandbox, by what their bank does.
const (
	demandingCard = "4054690000006515" // demands 3-D Secure
	askingCard    = "4054690000003025" // always asks the buyer
)

// bankWindow is the address of the bank's frame, which the SDK opens above the page.
const bankWindow = "in-window"

// atTheBank presses a button in the bank's window.
func (b *buyer) atTheBank(name string) { b.t.Helper(); b.clicksIn(bankWindow, hook(name), 1) }

// seesBank waits for the bank's window.
func (b *buyer) seesBank() {
	b.t.Helper()
	b.untilIn(bankWindow, "the bank's window", `document.querySelector('[data-shows="three_ds"] [data-test="buyer-pay"]')?.offsetHeight`)
}

func TestABankAsksInThePopup(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		buyer := shop.buyer(on)
		buyer.orders("MUG-01")
		buyer.chooses("CARD")
		buyer.pays()
		buyer.paysByCard(demandingCard)
		buyer.seesBank()
		buyer.atTheBank("buyer-pay")
		buyer.sees("paid") // on the return page, or here where the stream is faster than the SDK
		shop.paidOnce()
	})
}

func TestABankAsksInsideThePage(t *testing.T) {
	for _, ui := range []string{"inline", "element"} {
		t.Run(ui, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, "SDK_UI="+ui)
			buyer := shop.buyer(desktop)
			buyer.orders("MUG-01")
			if ui == "inline" {
				buyer.chooses("CARD")
				buyer.pays()
				buyer.paysByCard(askingCard)
			} else {
				buyer.choosesInElement("CARD")
				buyer.fillsIn(sdkFrame, "#number", askingCard)
				buyer.pays()
			}
			buyer.seesBank()
			buyer.atTheBank("buyer-pay")
			buyer.sees("paid")
			shop.paidOnce()
		})
	}
}

// Who closes the bank's window may still confirm in the bank's app.
func TestAClosedBankWindowIsAskedAbout(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		buyer := shop.buyer(on)
		buyer.orders("MUG-01")
		buyer.chooses("CARD")
		buyer.pays()
		buyer.paysByCard(askingCard)
		buyer.seesBank()
		buyer.presses("sdk-window-close")
		buyer.presses("sdk-close")
		buyer.presses("sdk-leave")
		buyer.seesDialog()
		buyer.neverReads(failures...)
		shop.sandbox.act(openPayment(shop), "pay")
		buyer.clicks(hook("finished") + " a") // "I’ve paid"
		buyer.arrives(returnPage)
		buyer.sees("paid")
		shop.paidOnce()
	})
}

// The shop wants no 3-D Secure and the bank does: it declines, and the retry leads to
// the bank.
func TestADeclineThatAsksForAConfirmationLeadsToOne(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t, "CARD_3DS=off")
		buyer := shop.buyer(on)
		buyer.orders("MUG-01")
		buyer.chooses("CARD")
		buyer.pays()
		buyer.paysByCard(demandingCard)
		buyer.arrives(returnPage)
		buyer.reads("decline.AUTHENTICATION_REQUIRED")
		buyer.presses("retry")
		buyer.arrives(checkoutPage)
		buyer.chooses("CARD")
		buyer.pays()
		buyer.paysByCard(demandingCard)
		buyer.seesBank()
		buyer.atTheBank("buyer-pay")
		buyer.sees("paid")
		shop.paidOnce()
	})
}

func TestWithoutJavaScriptABankIsRefusedThenConfirmed(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		buyer := shop.buyer(on)
		buyer.withoutJavaScript()
		buyer.orders("MUG-01")
		buyer.paysHosted(demandingCard)
		buyer.presses("buyer-decline") // on the bank's page
		buyer.arrives(returnPage)
		buyer.reads("decline.USER_PAYMENT_VERIFICATION_FAILED")
		buyer.presses("retry")
		buyer.arrives(checkoutPage)
		buyer.paysHosted(goodCard) // whose bank asks because the shop requires it now
		buyer.presses("buyer-pay")
		buyer.arrives(returnPage)
		buyer.sees("paid")
		shop.paidOnce()
	})
}

func TestWithoutJavaScriptABanksPageIsLeftThenOpenedAgain(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	buyer := shop.buyer(desktop)
	buyer.withoutJavaScript()
	buyer.orders("MUG-01")
	buyer.paysHosted(askingCard)
	buyer.presses("buyer-leave")
	buyer.arrives(returnPage)
	buyer.sees("processing")
	buyer.neverReads(failures...)
	buyer.clicks(`main a.link`) // another way to pay, or the same again
	buyer.arrives(checkoutPage)
	buyer.neverReads(failures...)
	buyer.chooses("CARD")
	buyer.pays()
	buyer.arrives("/buyer/.+") // the same payment, still at the bank
	buyer.seesShown("three_ds")
	buyer.presses("buyer-pay")
	buyer.arrives(returnPage)
	buyer.sees("paid")
	shop.paidOnce()
}

// paysHosted enters a card on Antom's page, after which the bank asks.
func (b *buyer) paysHosted(number string) {
	b.t.Helper()
	b.chooses("CARD")
	b.pays()
	b.arrives("/buyer/.+")
	b.seesShown("card")
	b.fills("number", number)
	b.presses("buyer-pay")
	b.seesShown("three_ds")
}

// seesShown waits for one of the sandbox's pages for buyers.
func (b *buyer) seesShown(page string) {
	b.t.Helper()
	b.until("the page "+page, `document.querySelector('[data-test="buyer-page"]')?.dataset.shows === "`+page+`"`)
}

// reads waits until the page says a text of the catalogue.
func (b *buyer) reads(key string) {
	b.t.Helper()
	b.until(key, `document.body.innerText.includes(`+strconv.Quote(text(b.t, key))+`)`)
}
