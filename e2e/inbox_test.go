package e2e

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
)

// authorizesCard pays an order whose money the merchant captures by hand.
func (b *buyer) authorizesCard() {
	b.t.Helper()
	b.opens(b.shop.places("/orders", `{"lines":[{"name":"A lamp","quantity":1,"unit_amount":3500}],"capture":"manual","buyer":{"email":"wei@example.com"}}`))
	b.arrives(checkoutPage)
	b.chooses("CARD")
	b.pays()
	b.arrives("/buyer/.+")
	b.fills("number", goodCard)
	b.fills("month", "11")
	b.fills("year", "38")
	b.fills("cvv", "321")
	b.presses("buyer-pay")
	b.arrives(returnPage)
}

// falsifiedReport has the sandbox write the transactions of today with another amount of a payment.
func (s *shop) falsifiedReport() (path string) {
	s.t.Helper()
	s.sandbox.breaks(fault{Kind: "report-amount", On: "PAYMENT"})
	at, err := url.Parse(s.sandbox.url)
	must(s.t, err)
	day, folder := time.Now().In(time.FixedZone("UTC+8", 8*60*60)).Format(time.DateOnly), s.t.TempDir()
	s.runs("sandbox", "reports", "--day", day, "--out", folder, "--generation", "2", "--sandbox-addr", at.Host)
	s.sandbox.heals()
	files, err := filepath.Glob(filepath.Join(folder, "transaction*.csv"))
	if err != nil || len(files) != 1 {
		s.t.Fatalf("the reports of transactions are %v, %v", files, err)
	}
	return files[0]
}

// takesFile has a field of the page hold a file.
func (b *buyer) takesFile(selector, path string) {
	b.t.Helper()
	field := call(b, runtime.Evaluate, runtime.EvaluateParams{Expression: fmt.Sprintf("document.querySelector(%q)", selector)}).Result
	call(b, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{path}, ObjectID: field.ObjectID})
}

// waits are the kinds of what waits in the inbox, oldest first.
func (b *buyer) waits() string {
	b.t.Helper()
	b.opens("/dashboard/inbox")
	b.seesPage("inbox")
	return strings.Join(resolves[[]string](b, `[...document.querySelectorAll('[data-test="inbox-entry"]')].map((e) => e.dataset.kind)`), " ")
}

func (b *buyer) expectWaits(want string) {
	b.t.Helper()
	b.await("the inbox with "+want, func() bool { return b.waits() == want })
}

// TestTheInboxIsEmptiedCaseByCase: a capture is due, and a report with one falsified row differs.
// A person captures the one and resolves the other with a note.
func TestTheInboxIsEmptiedCaseByCase(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		for _, scripts := range []bool{true, false} {
			t.Run(fmt.Sprintf("scripts %t", scripts), func(t *testing.T) {
				t.Parallel()
				person, _ := openDesk(t, on, scripts)
				shop := person.shop
				b := shop.buyer(on)
				b.withoutJavaScript()
				b.authorizesCard()
				person.joins(deskEmail, "owner")
				person.expectWaits("capture_due")
				person.until("the time that is left", `document.querySelector('[data-test="countdown"]').textContent.includes("6 days left")`)

				person.opens("/dashboard/reconciliation")
				person.seesPage("reconciliation")
				person.takesFile("#f-file", shop.falsifiedReport())
				person.clicks(hook("upload") + " button")
				person.until("the difference", `document.readyState === "complete" && document.querySelectorAll('[data-test="difference"][data-class="amount_differs"]').length === 1`)
				person.expectWaits("capture_due difference")
				person.until("both sides, and the row", `((e) => /PAYMENT/.test(e) && /42\.00|4200/.test(e) && /transaction.*csv/.test(e))(document.querySelector('[data-kind="difference"]').innerText)`)
				person.presses("inquire")
				person.until("that Antom was asked", `document.readyState === "complete" && location.search.includes("difference_stays")`)

				person.clicks(`[data-kind="difference"] [name=note]`)
				person.fillsIn("", `[data-kind="difference"] [name=note]`, "the sandbox was told to lie")
				person.presses("resolve")
				person.until("that it is resolved", `document.readyState === "complete" && location.search.includes("difference_resolved")`)
				person.expectWaits("capture_due")

				person.presses("capture")
				person.seesPage("confirm")
				person.clicks(mainButton)
				person.seesPage("order")
				shop.sandbox.idles()
				person.expectWaits("")
				person.seesHook("empty")
			})
		}
	})
}
