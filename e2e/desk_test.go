package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/pquerna/otp/totp"
)

const (
	deskEmail    = "mei@shop.example"
	deskPassword = "a lantern in the harbour"
	mainButton   = "main form button[type=submit]"
)

// invites has the operator invite a person to the dashboard, and answers with the path of the
// link for them.
func (s *shop) invites(email, role string) string {
	s.t.Helper()
	var person struct{ Link string }
	must(s.t, json.Unmarshal(s.runs("operators", "invite", email, "--role", role, "--json"), &person))
	link, err := url.Parse(person.Link)
	must(s.t, err)
	return link.Path
}

// joins opens an invitation and chooses a name and a password.
func (b *buyer) joins(email, role string) {
	b.t.Helper()
	b.opens(b.shop.invites(email, role))
	b.seesPage("invitation")
	b.fills("name", "Mei")
	b.fills("password", deskPassword)
	b.clicks(mainButton)
	b.seesPage("orders")
}

// seesPage waits for a page of the dashboard by its name.
func (b *buyer) seesPage(name string) {
	b.t.Helper()
	b.until("the page "+name, fmt.Sprintf(`document.readyState === "complete" && document.body.dataset.test === %q`, name))
}

// setsSecondFactor sets a second factor up and answers with its secret.
func (b *buyer) setsSecondFactor() (secret string) {
	b.t.Helper()
	b.opens("/dashboard/account")
	b.seesPage("account")
	b.clicks("details:has(" + hook("factor") + ") summary")
	b.fillsIn("", "#current-factor", deskPassword)
	b.presses("factor")
	b.seesPage("factor")
	secret = resolves[string](b, `document.querySelector('[data-test="secret"]').innerText.trim()`)
	b.fills("code", b.appCode(secret, 0))
	b.clicks(mainButton)
	b.seesPage("codes")
	b.until("ten recovery codes", `document.querySelectorAll('[data-test="recovery-code"]').length === 10`)
	return secret
}

// appCode is what the app on a person's phone shows after some time. The dashboard takes no
// code twice, but one of the next half minute.
func (b *buyer) appCode(secret string, after time.Duration) string {
	b.t.Helper()
	code, err := totp.GenerateCode(secret, time.Now().Add(after))
	must(b.t, err)
	return code
}

// signsIn signs out, and in again with password and second factor.
func (b *buyer) signsIn(secret string) {
	b.t.Helper()
	b.presses("sign-out")
	b.seesPage("sign-in")
	b.fills("email", deskEmail)
	b.fills("password", deskPassword)
	b.clicks(mainButton)
	b.seesPage("second-factor")
	b.fills("code", b.appCode(secret, 30*time.Second))
	b.clicks(mainButton)
	b.seesPage("orders")
}

// paysOutside pays an order from outside of 42.00 SGD by a wallet.
func (b *buyer) paysOutside(reference string) {
	b.t.Helper()
	b.withoutJavaScript() // the fewest pages
	b.opens(b.shop.places("/orders", `{"lines":[{"name":"Table for two","quantity":2,"unit_amount":2100}],"reference":"`+reference+`","buyer":{"email":"wei@example.com"}}`))
	b.paysByWallet()
	b.shop.paidOnce()
}

// paysByWallet pays the order that is open, without scripts.
func (b *buyer) paysByWallet() {
	b.t.Helper()
	b.arrives(checkoutPage)
	b.chooses("GCASH")
	b.pays()
	b.arrives("/buyer/.+")
	b.presses("buyer-pay")
	b.arrives(returnPage)
	b.sees("paid")
}

// findsOrder searches the list of orders, opens the only one that it finds, and answers with
// the path of its page.
func (b *buyer) findsOrder(search string) (path string) {
	b.t.Helper()
	b.opens("/dashboard/orders")
	b.fills("q", search)
	b.clicks(".find .bar .button")
	b.until("the search", `location.search.includes("q=") && document.readyState === "complete"`)
	b.until("one order", `document.querySelectorAll('[data-test="order-row"]').length === 1`)
	b.clicks(hook("order-row") + " th a")
	b.seesPage("order")
	return resolves[string](b, "location.pathname")
}

// refundsPart refunds 10.00 of the open order. The page asks first and says what will happen.
func (b *buyer) refundsPart() {
	b.t.Helper()
	order := resolves[string](b, "location.pathname")
	b.presses("refund")
	b.seesPage("confirm")
	b.fills("amount", "10.00")
	b.fills("reason", "one guest was ill")
	b.clicks(mainButton)
	b.seesPage("order")
	b.shop.sandbox.idles()
	b.await("the refund", func() bool {
		b.opens(order)
		return resolves[bool](b, `!!document.querySelector('[data-test="refund-row"] [data-status="success"]')`)
	})
	refunded := `[...document.querySelectorAll('[data-test="timeline-entry"]')].filter((e) => e.dataset.subject.startsWith("refund"))`
	b.until("who ordered the refund, in the timeline", refunded+`.some((e) => e.dataset.cause.startsWith("admin:person-"))`)
	b.until("what Antom has signed about it, in the timeline", refunded+`.some((e) => /^(notification|inquiry|response):/.test(e.dataset.cause))`)
}

// verifies has the open order verified, as a whole and by one message of its timeline.
func (b *buyer) verifies() {
	b.t.Helper()
	order := resolves[string](b, "location.pathname")
	b.presses("verify")
	b.seesPage("verified")
	b.until("a proof that holds", `!!document.querySelector(".notice.good") && !!document.querySelector('[data-test="public-key"]') &&
		document.querySelectorAll('[data-result="proof_signed"]').length > 1 && !document.querySelector(".notice.bad, [data-result=proof_forged]")`)
	b.opens(order)
	b.seesPage("order")
	b.clicks(hook("timeline-entry") + ":has(" + hook("verify-message") + ") summary")
	b.clicks(hook("verify-message"))
	b.seesPage("verified")
	b.until("the message with its signature", `!!document.querySelector(".notice.good") && document.querySelector('[data-test="proof-message"]').innerText.includes("algorithm=RSA256")`)
	b.opens(order)
	b.seesPage("order")
}

// goesTo opens a page by the navigation: on a phone by its menu, which shows the place that
// the person is at.
func (b *buyer) goesTo(name string, on device) {
	b.t.Helper()
	links := ".tabs > ul"
	if on.mobile {
		links = ".menu"
		b.until("the menu with the current place", `document.querySelector(".menu summary strong").innerText === document.querySelector(".menu [aria-current]").textContent.trim() &&
			document.querySelector(".tabs").offsetHeight < 60`)
		b.clicks(".menu summary")
	}
	b.clicks(links + ` a[href="/dashboard/` + name + `"]`)
	b.seesPage(name)
}

// TestAPersonJoinsAndRefundsPartOfAnOrder: an invitation, a password, a second factor, and
// work with an order, as the owner, up to its proof. A viewer only looks.
func TestAPersonJoinsAndRefundsPartOfAnOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		for _, scripts := range []bool{true, false} {
			t.Run(fmt.Sprintf("scripts %t", scripts), func(t *testing.T) {
				t.Parallel()
				person, viewer := openDesk(t, on, scripts)
				shop := person.shop
				person.joins(deskEmail, "owner")
				person.signsIn(person.setsSecondFactor())
				person.goesTo("inbox", on)
				person.seesHook("empty")
				order := person.findsOrder("R-7")
				person.refundsPart()
				person.verifies()
				if refunds := shop.sandbox.ledger().Refunds; len(refunds) != 1 || refunds[0].Amount != 1000 {
					t.Errorf("the refunds at Antom are %+v", refunds)
				}
				person.opens("/dashboard/log")
				person.until("the refund in the log", fmt.Sprintf(`[...document.querySelectorAll('[data-test="log-entry"]')].some((e) =>
					e.innerText.includes(%q) && e.innerText.includes("10.00") && e.querySelector('a[href="%s"]'))`, "Mei", order))

				viewer.joins("lee@shop.example", "viewer")
				viewer.findsOrder("wei@example.com")
				viewer.hasNo(".summary .buttons, " + hook("proof"))
				viewer.mayComplain("403")
				viewer.opens(order + "/refund")
				viewer.seesPage("error")
				viewer.hasNo("main form")
			})
		}
	})
}

// openDesk opens a shop with one paid order, and a tab for each of two people of its dashboard.
func openDesk(t *testing.T, on device, scripts bool) (person, viewer *buyer) {
	t.Helper()
	shop := openShop(t)
	shop.buyer(on).paysOutside("R-7")
	person, viewer = shop.buyer(on), shop.buyer(on)
	if !scripts {
		person.withoutJavaScript()
		viewer.withoutJavaScript()
	}
	return person, viewer
}

// TestALinkOfTheDashboardSells: a person makes a payment link, a buyer pays it, and the order
// announces itself in the list that is open.
func TestALinkOfTheDashboardSells(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	person, b := shop.buyer(desktop), shop.buyer(phone)
	person.joins(deskEmail, "owner")
	person.opens("/dashboard/links")
	person.presses("new-link")
	person.seesPage("new-link")
	person.fills("name", "A lamp for the desk")
	person.fills("amount", "35.00")
	person.clicks(mainButton)
	person.seesPage("link")
	address := resolves[string](person, `document.querySelector('[data-test="address"]').value`)
	at, err := url.Parse(address)
	must(t, err)
	person.opens("/dashboard/orders")
	person.seesHook("empty")

	b.withoutJavaScript()
	b.opens(at.Path)
	b.seesHook("link")
	b.fills("email", "wei@example.com")
	b.clicks(hook("link-form") + " button")
	b.paysByWallet()
	if o := shop.paidOnce().lines("order"); o[0].Total != 3500 {
		t.Errorf("the order is %+v", o[0])
	}

	person.until("the news of an order", `document.querySelector('[data-test="news"]').checkVisibility()`)
	person.clicks(hook("news") + " a")
	person.until("the paid order", `document.querySelector('[data-test="order-row"] [data-status="paid"]')`)
}

// deskPages are the pages of the dashboard that a sale and a refund fill.
var deskPages = []string{"orders", "inbox", "reports", "settings", "log"}

var (
	deskPhone   = device{"phone", 390, 844, true, phone.agent}
	deskSmall   = device{"small", 320, 640, true, phone.agent}
	deskDesktop = device{"desktop", 1280, 800, false, ""}
)

// TestTheDashboardIsAccessibleWithASale checks the pages with what a sale and a refund leave in
// them, where the gallery has invented rows.
func TestTheDashboardIsAccessibleWithASale(t *testing.T) {
	t.Parallel()
	person, _ := openDesk(t, deskDesktop, true)
	person.joins(deskEmail, "owner")
	person.signsIn(person.setsSecondFactor())
	order := person.findsOrder("R-7")
	person.refundsPart()
	person.hasAxe()
	for _, path := range deskPages {
		person.deskIsAccessible("/dashboard/"+path, path)
	}
	person.deskIsAccessible(order, "order")
	person.deskIsAccessible(order+"/refund", "refund")
}

// hasAxe loads axe into each page from the next one on.
func (b *buyer) hasAxe() {
	b.t.Helper()
	axe, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if err != nil {
		b.t.Fatalf("%v: run e2e/browser.sh", err)
	}
	call(b, page.Enable, page.EnableParams{})
	call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: string(axe)})
}

func (b *buyer) deskIsAccessible(path, name string) {
	b.t.Helper()
	b.opens(path)
	b.until("a page of the dashboard", `document.readyState === "complete" && !["", "error", "sign-in"].includes(document.body.dataset.test ?? "")`)
	b.isAccessibleAs(name)
}

// isAccessibleAs checks the page that is open on both devices, light and dark.
func (b *buyer) isAccessibleAs(name string) {
	b.t.Helper()
	find := func(on device, scheme, rules string) {
		b.t.Helper()
		for _, complaint := range b.complaints(rules) {
			b.t.Errorf("%s, %s, %s: %s", name, on.name, scheme, complaint)
		}
	}
	for _, on := range []device{deskDesktop, deskPhone} {
		b.resizes(on)
		b.prefers("light")
		find(on, "light", allRules)
		b.photographs("desk/" + name + " " + on.name + " light")
		b.prefers("dark")
		find(on, "dark", colourRules)
		b.photographs("desk/" + name + " " + on.name + " dark")
	}
	for _, small := range resolves[[]string](b, smallTargets) {
		b.t.Errorf("%s: too small a target: %s", name, small)
	}
	b.resizes(deskSmall)
	if wide := resolves[int](b, `document.documentElement.scrollWidth`); wide > int(deskSmall.width) {
		b.t.Errorf("%s scrolls sideways on 320 pixels, to %d", name, wide)
	}
}
