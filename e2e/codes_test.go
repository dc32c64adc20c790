package e2e

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// What the page makes of each code the SDK has. No row says that anything was paid.
var (
	staysFor = []string{"SDK_START_OF_LOADING", "SDK_END_OF_LOADING", "SDK_FORM_VERIFICATION_FAILED",
		"SDK_DUPLICATE_SUBMISSION_BEHAVIOR", "SDK_PAYMENT_CHALLENGE", "SDK_PAYMENT_RETRY", "SDK_PAYMENT_WARN", "SDK_PAYMENT_SHIPPINGCHANGE"}
	asksFor = []string{"SDK_PAYMENT_SUCCESSFUL", "SDK_PAYMENT_AUTHORIZATION_SUCCESSFUL", "SDK_PAYMENT_APPROVE", "SDK_PAYMENT_PROCESSING",
		"SDK_PAYMENT_PENDING", "SDK_PAYMENT_FAIL", "SDK_PAYMENT_ERROR", "SDK_PAYMENT_CLICK_BACK_TO_MERCHANT", "SDK_SUBMIT_NETWORK_ERROR"}
	waitsFor   = []string{"SDK_CALL_URL_SUCCESS", "SDK_REDIRECT"}                                                                                                                                                                     // the buyer is on the way to a wallet
	leftBy     = []string{"SDK_PAYMENT_CANCEL"}                                                                                                                                                                                       // by their own will
	blockedBy  = []string{"SDK_LAUNCH_PAYMENT_APP_ERROR", "SDK_CALL_URL_ERROR"}                                                                                                                                                       // at any time
	brokenBy   = []string{"SDK_CREATEPAYMENT_PARAMETER_ERROR", "SDK_CREATECOMPONENT_ERROR", "SDK_CREATE_COMPONENT_ERROR", "SDK_INIT_PARAMETER_ERROR", "SDK_INTERNAL_ERROR", "INITIALIZE_WEB_TIMEOUT", "ERR_DATA_STRUCT_UNRECOGNIZED"} // before anything is shown
	elementsBy = []string{"SUCCESS", "PROCESSING", "FAIL", "CANCELLED", "RETRY"}                                                                                                                                                      // what AMSElement resolves with; see the tests of the element
)

func TestTheTableOfCodesIsTheScripts(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("../static/pay.js")
	must(t, err)
	var rows []string
	for _, found := range regexp.MustCompile(`(?m)^\t\t([A-Z_0-9]+): "\w+",$`).FindAllSubmatch(script, -1) {
		rows = append(rows, string(found[1]))
	}
	tested := slices.Concat(staysFor, asksFor, waitsFor, leftBy, blockedBy, brokenBy, elementsBy)
	slices.Sort(rows)
	slices.Sort(tested)
	if !slices.Equal(rows, tested) {
		t.Errorf("the script knows %v,\nthe tests %v", rows, tested)
	}
}

// opensPopup opens the SDK with a card on a page that is loaded anew; how is the
// SDK's fault.
func (b *buyer) opensPopup(page string, how fault) {
	b.t.Helper()
	b.shop.sandbox.heals()
	b.shop.sandbox.breaks(how)
	b.opens(page)
	b.chooses("CARD")
	b.pays()
}

// closesPopup finds it open and closes it.
func (b *buyer) closesPopup() {
	b.t.Helper()
	b.seesPopup()
	b.presses("sdk-close")
	b.isTold("checkout.left")
}

func TestEveryCodeOfTheSDK(t *testing.T) {
	t.Parallel()
	for name, story := range map[string]func(b *buyer, page string){
		"leaves the buyer to it": func(b *buyer, page string) {
			for _, code := range staysFor {
				b.opensPopup(page, fault{Kind: "sdk-event", Code: code})
				b.closesPopup()
			}
		},
		"leaves the buyer to what is shown already": func(b *buyer, page string) {
			for _, code := range brokenBy {
				b.opensPopup(page, fault{Kind: "sdk-error", Code: code})
				b.closesPopup()
			}
		},
		"leads to the page that asks the server": func(b *buyer, page string) {
			for _, code := range append(asksFor, "SDK_SOMETHING_NEW") {
				b.opensPopup(page, fault{Kind: "sdk-event", Code: code})
				b.arrives(returnPage)
				b.seesNot("paid")
			}
			b.opensPopup(page, fault{Kind: "sdk-error", Code: "SDK_SOMETHING_NEW"})
			b.arrives(returnPage)
		},
		"gives the page back": func(b *buyer, page string) {
			for _, code := range leftBy {
				b.opensPopup(page, fault{Kind: "sdk-event", Code: code})
				b.isTold("checkout.left")
				b.hasNo(hook("sdk-popup"))
			}
		},
		"offers the way without the SDK": func(b *buyer, page string) {
			for _, code := range blockedBy {
				b.opensPopup(page, fault{Kind: "sdk-event", Code: code})
				b.isTold("checkout.blocked")
				b.hasNo(hook("sdk-popup"))
			}
			for _, code := range brokenBy {
				b.opensPopup(page, fault{Kind: "sdk-reject", Code: code})
				b.isTold("checkout.blocked")
			}
			b.clicks("#without")
			b.arrives("/buyer/.+|" + codePage)
		},
		"has whoever was sent to a wallet asked when they are back": func(b *buyer, page string) {
			for _, code := range waitsFor {
				b.opensPopup(page, fault{Kind: "sdk-event", Code: code})
				b.seesPopup()
				b.until("the buyer to come back to this tab", `document.dispatchEvent(new Event("visibilitychange"))`)
				b.isAskedWhetherPaid()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := openShop(t)
			buyer := shop.buyer(desktop)
			buyer.orders("MUG-01")
			story(buyer, buyer.address())
			if books := shop.audit(); len(books.lines("order", status("paid"))) != 0 || len(books.lines("payment", status("failed"))) != 0 {
				t.Error("the SDK's word moved the order")
			}
		})
	}
}

// isAskedWhetherPaid waits for the question of whoever comes back.
func (b *buyer) isAskedWhetherPaid() {
	b.t.Helper()
	b.until("the question whether it was paid", `document.getElementById("finished")?.open`)
}
