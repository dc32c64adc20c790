package e2e

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// The reaction of the page to each code of the SDK. No code counts as a payment.
var (
	staysAfter = []string{"SDK_START_OF_LOADING", "SDK_END_OF_LOADING", "SDK_FORM_VERIFICATION_FAILED",
		"SDK_DUPLICATE_SUBMISSION_BEHAVIOR", "SDK_PAYMENT_RETRY", "SDK_PAYMENT_WARN", "SDK_PAYMENT_SHIPPINGCHANGE"}
	inquiresAfter = []string{"SDK_PAYMENT_SUCCESSFUL", "SDK_PAYMENT_AUTHORIZATION_SUCCESSFUL", "SDK_PAYMENT_APPROVE", "SDK_PAYMENT_PROCESSING",
		"SDK_PAYMENT_PENDING", "SDK_PAYMENT_FAIL", "SDK_PAYMENT_ERROR", "SDK_PAYMENT_CLICK_BACK_TO_MERCHANT", "SDK_SUBMIT_NETWORK_ERROR"}
	asksAfter  = []string{"SDK_PAYMENT_CHALLENGE"}                                                                                                                                                                                    // the bank asks the buyer, who may confirm elsewhere
	waitsAfter = []string{"SDK_CALL_URL_SUCCESS", "SDK_REDIRECT"}                                                                                                                                                                     // the buyer is on the way to a wallet
	closedBy   = []string{"SDK_PAYMENT_CANCEL"}                                                                                                                                                                                       // the buyer closed the payment
	blockedBy  = []string{"SDK_LAUNCH_PAYMENT_APP_ERROR", "SDK_CALL_URL_ERROR"}                                                                                                                                                       // at any time
	brokenBy   = []string{"SDK_CREATEPAYMENT_PARAMETER_ERROR", "SDK_CREATECOMPONENT_ERROR", "SDK_CREATE_COMPONENT_ERROR", "SDK_INIT_PARAMETER_ERROR", "SDK_INTERNAL_ERROR", "INITIALIZE_WEB_TIMEOUT", "ERR_DATA_STRUCT_UNRECOGNIZED"} // before anything is shown
	elementsBy = []string{"SUCCESS", "PROCESSING", "FAIL", "CANCELLED", "RETRY"}                                                                                                                                                      // the answers of AMSElement; see the tests of the element
)

func TestTheTestsKnowEveryCodeOfTheScript(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("../static/pay.js")
	must(t, err)
	var rows []string
	for _, found := range regexp.MustCompile(`(?m)^\t\t([A-Z_0-9]+): "\w+",$`).FindAllSubmatch(script, -1) {
		rows = append(rows, string(found[1]))
	}
	tested := slices.Concat(staysAfter, inquiresAfter, asksAfter, waitsAfter, closedBy, blockedBy, brokenBy, elementsBy)
	slices.Sort(rows)
	slices.Sort(tested)
	if !slices.Equal(rows, tested) {
		t.Errorf("the script knows %v,\nthe tests %v", rows, tested)
	}
}

// opensPopup loads the page again and opens the SDK for a card; how is the fault of
// the SDK.
func (b *buyer) opensPopup(page string, how fault) {
	b.t.Helper()
	b.shop.sandbox.heals()
	b.shop.sandbox.breaks(how)
	b.opens(page)
	b.chooses("CARD")
	b.pays()
}

// closesPopup waits for the popup and closes it.
func (b *buyer) closesPopup() {
	b.t.Helper()
	b.seesPopup()
	b.presses("sdk-close")
	b.seesMessage("checkout.left")
}

func TestEveryCodeOfTheSDK(t *testing.T) {
	t.Parallel()
	for name, journey := range map[string]func(b *buyer, page string){
		"keeps the popup open": func(b *buyer, page string) {
			for _, code := range staysAfter {
				b.opensPopup(page, fault{Kind: "sdk-event", Code: code})
				b.closesPopup()
			}
		},
		"keeps open what is shown already": func(b *buyer, page string) {
			for _, code := range brokenBy {
				b.opensPopup(page, fault{Kind: "sdk-error", Code: code})
				b.closesPopup()
			}
		},
		"leads to the return page, which inquires": func(b *buyer, page string) {
			for _, code := range append(inquiresAfter, "SDK_SOMETHING_NEW") {
				b.opensPopup(page, fault{Kind: "sdk-event", Code: code})
				b.arrives(returnPage)
				b.seesNot("paid")
			}
			b.opensPopup(page, fault{Kind: "sdk-error", Code: "SDK_SOMETHING_NEW"})
			b.arrives(returnPage)
		},
		"returns to the choice of methods": func(b *buyer, page string) {
			for _, code := range closedBy {
				b.opensPopup(page, fault{Kind: "sdk-event", Code: code})
				b.seesMessage("checkout.left")
				b.hasNo(hook("sdk-popup"))
			}
		},
		"offers to pay without the SDK": func(b *buyer, page string) {
			for _, code := range blockedBy {
				b.opensPopup(page, fault{Kind: "sdk-event", Code: code})
				b.seesMessage("checkout.blocked")
				b.hasNo(hook("sdk-popup"))
			}
			for _, code := range brokenBy {
				b.opensPopup(page, fault{Kind: "sdk-reject", Code: code})
				b.seesMessage("checkout.blocked")
			}
			b.clicks("#without")
			b.arrives("/buyer/.+|" + codePage)
		},
		"asks the buyer who closes the bank's window": func(b *buyer, page string) {
			for _, code := range asksAfter {
				b.opensPopup(page, fault{Kind: "sdk-event", Code: code})
				b.seesPopup()
				b.presses("sdk-close")
				b.seesDialog()
				b.neverReads(failures...)
			}
		},
		"asks the buyer who returns from a wallet": func(b *buyer, page string) {
			for _, code := range waitsAfter {
				b.opensPopup(page, fault{Kind: "sdk-event", Code: code})
				b.seesPopup()
				b.until("the buyer to return to this tab", `document.dispatchEvent(new Event("visibilitychange"))`)
				b.seesDialog()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t)
			buyer := shop.buyer(desktop)
			buyer.orders("MUG-01")
			journey(buyer, buyer.address())
			if books := shop.audit(); len(books.lines("order", status("paid"))) != 0 || len(books.lines("payment", status("failed"))) != 0 {
				t.Error("an event of the SDK changed the order")
			}
		})
	}
}

// seesDialog waits for the dialog that asks a returning buyer whether they have paid.
func (b *buyer) seesDialog() {
	b.t.Helper()
	b.until("the dialog that asks whether it was paid", `document.getElementById("finished")?.open`)
}
