package e2e

import (
	"fmt"
	"net/http"
	"testing"
)

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

func TestACardIsPaidInsideThePage(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t, "SDK_UI=inline")
		buyer := shop.buyer(on)
		buyer.orders("MUG-01")
		buyer.chooses("CARD")
		buyer.pays()
		buyer.seesPopup() // without a popup
		buyer.until("the card form in the page", `document.querySelector("#stage iframe")?.offsetHeight > 99 && document.activeElement.id === "stage"`)
		buyer.hasNo(hook("sdk-popup"))
		buyer.until("one button to pay with", `!document.querySelector('[data-test="pay"]').offsetHeight`)
		buyer.chooses("GCASH") // and the form is closed
		buyer.until("the pay button again", `document.querySelector('[data-test="pay"]').offsetHeight && !document.querySelector("#stage iframe")`)
		buyer.chooses("CARD")
		buyer.pays()
		buyer.paysByCard(goodCard)
		buyer.arrives(returnPage)
		buyer.sees("paid")
		if n := shop.sandbox.calls("createPaymentSession"); n != 1 {
			t.Errorf("%d sessions were created", n)
		}
		shop.paidOnce()
	})
}

func TestInlineIsForCardsOnly(t *testing.T) {
	t.Parallel()
	shop := openShop(t, "SDK_UI=inline")
	buyer := shop.buyer(desktop)
	buyer.orders("BOWL-04")
	buyer.chooses("PAYNOW")
	buyer.pays()
	buyer.seesHook("sdk-popup")
	buyer.pressesInPopup("buyer-pay")
	buyer.sees("paid")
	shop.paidOnce()
}

// seesElement waits for Antom's Payment Element in place of the list of methods.
func (b *buyer) seesElement() {
	b.t.Helper()
	b.untilIn(sdkFrame, "the element", `document.querySelector("#method")?.offsetHeight`)
	b.until("the element instead of the list of methods", `document.querySelector("#stage iframe").offsetHeight > 99 &&
		!document.getElementById("methods").offsetHeight && !document.querySelector('[data-test="pay"]').disabled`)
}

// choosesInElement picks a method inside the element.
func (b *buyer) choosesInElement(method string) {
	b.t.Helper()
	b.seesElement()
	b.untilIn(sdkFrame, "the choice of "+method, fmt.Sprintf(`(() => {
		const list = document.querySelector("#method");
		list.value = %q;
		list.dispatchEvent(new Event("change"));
		return list.value === %[1]q;
	})()`, method))
}

func TestACardIsPaidInTheElement(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t, "SDK_UI=element")
		buyer := shop.buyer(on)
		buyer.orders("MUG-01")
		buyer.choosesInElement("CARD")
		buyer.fillsIn(sdkFrame, "#number", "4054") // an incomplete number
		buyer.pays()
		buyer.untilIn(sdkFrame, "the message about the number", `document.querySelector('[data-test="mistake"]').offsetHeight`)
		buyer.until("the button again", `!document.querySelector('[data-test="pay"]').disabled && document.getElementById("say").textContent === ""`)
		buyer.fillsIn(sdkFrame, "#number", goodCard)
		buyer.pays()
		buyer.arrives(returnPage)
		buyer.sees("paid")
		if n := shop.sandbox.calls("createPaymentSession"); n != 1 {
			t.Errorf("%d sessions were created", n)
		}
		shop.paidOnce()
	})
}

func TestACardRefusedInTheElementThenAWallet(t *testing.T) {
	t.Parallel()
	shop := openShop(t, "SDK_UI=element")
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	buyer.choosesInElement("CARD")
	buyer.fillsIn(sdkFrame, "#number", badCard)
	buyer.pays()
	buyer.arrives(returnPage)
	buyer.presses("retry")
	buyer.arrives(checkoutPage)
	buyer.choosesInElement("GCASH")
	buyer.pays()
	buyer.arrives("/buyer/.+")
	buyer.presses("buyer-pay")
	buyer.sees("paid")
	shop.paidOnce()
}

func TestAClosedElementOpensAgainWithTheSameSession(t *testing.T) {
	t.Parallel()
	shop := openShop(t, "SDK_UI=element")
	shop.sandbox.breaks(fault{Kind: "sdk-event", Code: "SDK_PAYMENT_CANCEL", Times: 1})
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	buyer.seesElement()
	buyer.seesMessage("checkout.left") // and opens again
	page := buyer.address()
	buyer.opens(page) // a reload creates no new session
	buyer.seesElement()
	second := buyer.anotherTab()
	second.opens(page)
	second.choosesInElement("GCASH")
	if n := shop.sandbox.calls("createPaymentSession"); n != 1 {
		t.Errorf("%d sessions were created", n)
	}
	second.pays()
	second.arrives("/buyer/.+")
	second.presses("buyer-pay")
	second.sees("paid")
	buyer.sees("paid") // and its element is closed
	buyer.hasNo("iframe")
	shop.paidOnce()
}

func TestABuyerBackFromAWalletOfTheElementIsAsked(t *testing.T) {
	t.Parallel()
	shop := openShop(t, "SDK_UI=element")
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	buyer.choosesInElement("GCASH")
	buyer.pays()
	buyer.arrives("/buyer/.+")
	buyer.goesBack()
	buyer.seesDialog()
	buyer.clicks("#finished a") // I have paid
	buyer.arrives(returnPage)
	shop.sandbox.act(openPayment(shop), "pay")
	buyer.sees("paid")
	shop.paidOnce()
}

// Without the element the page offers its own list and the payment without the SDK.
func TestWithoutTheElementTheListOfMethodsPays(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"sdk-old", "sdk-script-error", "sdk-throw", "sdk-reject", "sdk-malformed-session"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, "SDK_UI=element")
			shop.sandbox.breaks(fault{Kind: kind, Code: "INITIALIZE_WEB_TIMEOUT"})
			buyer := shop.buyer(desktop)
			buyer.mayComplain("503")
			buyer.orders("MUG-01")
			if kind == "sdk-old" { // no error, so no message
				buyer.until("the list of methods", `document.getElementById("methods").offsetHeight && !document.querySelector('[data-test="pay"]').disabled`)
				buyer.chooses("GCASH")
				buyer.pays()
			} else {
				buyer.seesMessage("checkout.blocked")
				buyer.chooses("GCASH")
				buyer.clicks("#without")
			}
			buyer.arrives("/buyer/.+")
			buyer.presses("buyer-pay")
			buyer.sees("paid")
			shop.paidOnce()
		})
	}
}

// The SDK may answer a start with codes of the gateway. Before it has shown anything
// each of them means that the SDK cannot be used, even a code that would end a payment
// later.
func TestAnErrorBeforeAnythingIsShownOffersToPayWithoutTheSDK(t *testing.T) {
	t.Parallel()
	for _, ui := range []string{"popup", "element"} {
		for _, code := range []string{"PROCESS_FAIL", "INITIALIZE_API_TIMEOUT", "SDK_PAYMENT_ERROR", "FAIL"} {
			t.Run(ui+" "+code, func(t *testing.T) {
				t.Parallel()
				shop := openShop(t, "SDK_UI="+ui)
				shop.sandbox.breaks(fault{Kind: "sdk-reject", Code: code})
				buyer := shop.buyer(desktop)
				buyer.orders("MUG-01")
				if ui == "popup" {
					buyer.chooses("GCASH")
					buyer.pays()
				}
				buyer.seesMessage("checkout.blocked")
				buyer.arrives(checkoutPage)
				buyer.chooses("GCASH")
				buyer.clicks("#without")
				buyer.arrives("/buyer/.+")
				buyer.presses("buyer-pay")
				buyer.sees("paid")
				shop.paidOnce()
			})
		}
	}
}

// elementSDK serves a Payment Element that mounts, and answers a submission as the
// body of submitPayment decides.
func elementSDK(t *testing.T, submitPayment string) (setting string) {
	t.Helper()
	return sdkServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprintf(w, `"use strict";
			window.seen = [];
			window.AMSElement = class {
				constructor(options) { this.options = options; seen.push("new"); }
				event(code) { this.options.onEventCallback({ code, result: {} }); }
				async mount() { this.event("SDK_END_OF_LOADING"); return {}; }
				async submitPayment() { seen.push("submit"); %s }
				destroy() { seen.push("destroy"); }
			};`, submitPayment)
	})
}

// usable means that the pay button is enabled.
const usable = `!document.querySelector('[data-test="pay"]').disabled`

// messageIs compares the message beside the pay button.
func messageIs(t *testing.T, key string) string {
	t.Helper()
	return fmt.Sprintf(`document.getElementById("say").textContent === %q`, text(t, key))
}

func TestASubmissionWithoutAnAnswerEnablesTheButton(t *testing.T) {
	t.Parallel()
	shop := openShop(t, "SDK_UI=element", elementSDK(t, `return new Promise(() => {});`))
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	for round := range 2 {
		buyer.pays()
		buyer.until("the submission", fmt.Sprintf(`seen.filter((s) => s === "submit").length === %d && !%s`, round+1, usable))
		buyer.until("the button again", usable+" && "+messageIs(t, "checkout.waiting"))
	}
	buyer.until("the same element", `seen.join() === "new,submit,submit"`)
}

// The element does not answer, but the server knows the outcome.
func TestASubmissionWithoutAnAnswerPollsTheServer(t *testing.T) {
	t.Parallel()
	shop := openShop(t, "SDK_UI=element", elementSDK(t, `return new Promise(() => {});`))
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	buyer.pays()
	buyer.until("the submission", `seen.includes("submit")`)
	payment := buyer.statusJSON().LastPayment.PaymentRequestID
	shop.sandbox.control("POST", "payments/"+payment+"/submit", map[string]string{"method": "GCASH"}, nil)
	shop.sandbox.act(payment, "decline")
	buyer.arrives(returnPage)
	buyer.seesHook("retry")
}

// The element reports a failed payment before it answers that the buyer may correct a
// field.
func TestAFailEventDoesNotPreventTheCorrection(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"SDK_PAYMENT_FAIL", "SDK_PAYMENT_ERROR"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, "SDK_UI=element", elementSDK(t, `
				this.event("`+code+`");
				await new Promise((done) => setTimeout(done, 300));
				seen.push("answer");
				return { status: "FAIL", error: { code: "INVALID_CARD", needChangeSessionForRetry: false } };`))
			buyer := shop.buyer(desktop)
			buyer.orders("MUG-01")
			buyer.pays()
			buyer.until("the correction in place", `seen.join() === "new,submit,answer" && `+usable+` && document.getElementById("say").textContent === ""`)
			buyer.arrives(checkoutPage)
		})
	}
}

func TestASessionThatHasExpiredIsReplacedByItself(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	shop.sandbox.breaks(fault{Kind: "sdk-short-session", Delay: "3s", Times: 1})
	buyer := shop.buyer(desktop)
	buyer.orders("MUG-01")
	buyer.chooses("CARD")
	buyer.pays()
	buyer.closesPopup()
	buyer.await("a second session", func() bool {
		buyer.pays()
		buyer.await("the popup, or the return page", func() bool {
			there, err := evaluate[bool](buyer, "", `!!document.querySelector('[data-test="sdk-popup"]')`)
			return err == nil && there
		})
		buyer.closesPopup()
		return shop.sandbox.calls("createPaymentSession") == 2
	})
	buyer.pays()
	buyer.paysByCard(goodCard)
	buyer.arrives(returnPage)
	buyer.sees("paid")
	shop.paidOnce()
}

// The amount on the page is the amount of the session and of the capture.
func TestTheAmountOnThePageIsSentAndCaptured(t *testing.T) {
	t.Parallel()
	for _, ui := range []string{"popup", "inline", "element"} {
		t.Run(ui, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, "SDK_UI="+ui)
			buyer := shop.buyer(desktop)
			buyer.orders("LAMP-07")
			shown, err := evaluate[string](buyer, "", `document.querySelector('[data-test="order-total"]').dataset.minor`)
			must(t, err)
			if ui == "element" {
				buyer.choosesInElement("CARD")
				buyer.fillsIn(sdkFrame, "#number", goodCard)
				buyer.pays()
			} else {
				buyer.chooses("CARD")
				buyer.pays()
				buyer.paysByCard(goodCard)
			}
			buyer.sees("paid")
			buyer.hasTotal(shown)
			ledger := shop.sandbox.ledger()
			if len(ledger.Sessions) != 1 || len(ledger.Captures) != 1 {
				t.Fatalf("want one session and one capture, have %+v", ledger)
			}
			for what, amount := range map[string]int64{
				"requested": ledger.Sessions[0].Terms.Amount, "paid": shop.sandbox.payment().Amount, "captured": ledger.Captures[0].Amount,
			} {
				if fmt.Sprint(amount) != shown {
					t.Errorf("%d is %s, the page shows %s", amount, what, shown)
				}
			}
			shop.paidOnce()
		})
	}
}

// The SDK refuses a session, as it does with one that Antom has closed. The button then
// pays with another one.
func TestASessionThatCannotBeUsedIsReplaced(t *testing.T) {
	t.Parallel()
	for _, ui := range []string{"popup", "inline", "element"} {
		t.Run(ui, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, "SDK_UI="+ui, sdkServer(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/javascript")
				fmt.Fprint(w, `"use strict";
					window.sessions = [];
					const show = (session) => {
						sessions.push(session);
						if (sessions.length === 1) throw { code: "ORDER_IS_CLOSED" };
					};
					window.AMSCashierPayment = class {
						constructor(options) { this.options = options; }
						async createComponent({ sessionData }) { show(sessionData); this.options.onEventCallback({ code: "SDK_END_OF_LOADING" }); }
						async mountComponent({ sessionData }) { await this.createComponent({ sessionData }); }
						unmount() {}
					};
					window.AMSElement = class {
						constructor({ sessionData }) { this.session = sessionData; }
						async mount() { try { show(this.session); return {}; } catch (error) { return { error }; } }
						destroy() {}
					};`)
			}))
			buyer := shop.buyer(desktop)
			buyer.orders("MUG-01")
			if ui != "element" { // which opens by itself
				buyer.chooses("CARD")
				buyer.pays()
			}
			buyer.seesMessage("checkout.blocked")
			buyer.pays()
			buyer.until("another session", `sessions.length === 2 && sessions[0] !== sessions[1]`)
			if n := shop.sandbox.calls("inquiryPayment"); n == 0 {
				t.Error("Antom was not asked about the session that was refused")
			}
		})
	}
}

// The page is loaded again, and the tab still knows.
func TestASessionThatWasRefusedIsReplacedAfterAReload(t *testing.T) {
	t.Parallel()
	for _, ui := range []string{"popup", "inline", "element"} {
		t.Run(ui, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t, "SDK_UI="+ui)
			shop.sandbox.breaks(fault{Kind: "sdk-reject", Code: "ORDER_IS_CLOSED", Times: 1})
			buyer := shop.buyer(desktop)
			buyer.orders("MUG-01")
			begins := func() {
				if ui != "element" {
					buyer.chooses("CARD")
					buyer.pays()
				}
			}
			begins()
			buyer.seesMessage("checkout.blocked")
			buyer.opens(buyer.address())
			begins()
			if ui == "element" {
				buyer.choosesInElement("CARD")
				buyer.fillsIn(sdkFrame, "#number", goodCard)
				buyer.pays()
			} else {
				buyer.paysByCard(goodCard)
			}
			buyer.arrives(returnPage)
			buyer.sees("paid")
			if n := shop.sandbox.calls("createPaymentSession"); n != 2 {
				t.Errorf("%d sessions were created, want 2", n)
			}
			shop.paidOnce()
		})
	}
}

// An error after the SDK has shown something leads to the return page, where the server
// inquires. A buyer who comes back from there does not get the same session.
func TestASessionThatFailsWhileItIsShownIsReplaced(t *testing.T) {
	t.Parallel()
	for setting, fail := range map[string]string{
		"popup":   `this.frame(); this.event("SDK_END_OF_LOADING"); setTimeout(() => this.event("SDK_PAYMENT_ERROR"));`,
		"unknown": `this.frame(); this.event("SDK_END_OF_LOADING"); setTimeout(() => this.event("ORDER_IS_CLOSED"));`,
		"element": `return { status: "FAIL", error: { code: "ORDER_IS_CLOSED", needChangeSessionForRetry: true } };`,
	} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			var shop *shop
			if setting == "element" {
				shop = openShop(t, "SDK_UI=element", elementSDK(t, fail))
			} else {
				shop = openShop(t, sdk(t, fail))
			}
			buyer := shop.buyer(desktop)
			buyer.orders("MUG-01")
			page := buyer.address()
			for want := range 2 {
				if setting != "element" {
					buyer.chooses("GCASH")
				}
				buyer.pays()
				buyer.arrives(returnPage)
				if n := shop.sandbox.calls("createPaymentSession"); n != want+1 {
					t.Fatalf("%d sessions were created, want %d", n, want+1)
				}
				buyer.opens(page)
			}
		})
	}
}
