package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// device is the screen and the browser of a buyer.
type device struct {
	name          string
	width, height int64
	mobile        bool
	agent         string
}

var (
	desktop = device{"desktop", 1280, 800, false, ""}
	phone   = device{"phone", 360, 740, true,
		"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"}
)

// onBoth runs a journey on a desktop and on a phone.
func onBoth(t *testing.T, journey func(t *testing.T, on device)) {
	t.Helper()
	t.Parallel()
	for _, on := range []device{desktop, phone} {
		t.Run(on.name, func(t *testing.T) {
			t.Parallel()
			journey(t, on)
		})
	}
}

// buyer is a person with a tab of a browser.
type buyer struct {
	t       *testing.T
	shop    *shop
	tab     context.Context
	console *console
	on      device
}

// buyer opens a tab with a profile of its own: no cookies, nothing cached.
func (s *shop) buyer(on device) *buyer {
	s.t.Helper()
	return s.newTab(chrome, on, chromedp.WithNewBrowserContext())
}

// anotherTab is the same person in a second window of the same browser.
func (b *buyer) anotherTab() *buyer {
	b.t.Helper()
	return b.shop.newTab(b.tab, b.on, chromedp.WithNewWindow(true))
}

func (s *shop) newTab(parent context.Context, on device, option chromedp.ContextOption) *buyer {
	s.t.Helper()
	b := &buyer{t: s.t, shop: s, on: on, console: newConsole()}
	tab, leave := chromedp.NewContext(parent, option, chromedp.WithListener(b.console.record))
	b.tab = tab
	s.t.Cleanup(func() { b.leaves(leave) })
	must(s.t, chromedp.Do(tab)) // opens it; a limit on this call would be one on the tab's life
	var emulated []chromedp.EmulateViewportOption
	if on.mobile {
		emulated = append(emulated, chromedp.EmulateMobile)
	}
	b.does(chromedp.EmulateViewport(on.width, on.height, emulated...))
	b.speaks("en")
	return b
}

// leaves reports the errors of the tab and closes it.
func (b *buyer) leaves(leave func()) {
	for _, line := range b.console.complaints() {
		b.t.Errorf("the page's console: %s", line)
	}
	if b.t.Failed() {
		b.t.Log(b.view())
		b.savesPicture(filepath.Join("failed", b.t.Name()))
	}
	leave()
}

// does runs steps in the tab, for as long as patience lasts.
func (b *buyer) does(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.tab, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%v\n%s", err, b.view())
	}
}

// call sends a command of Chrome's protocol.
func call[P, R any](b *buyer, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.tab, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		b.t.Fatalf("%v\n%s", err, b.view())
	}
	return result
}

// speaks sets the Accept-Language and User-Agent headers of the browser.
func (b *buyer) speaks(language string) {
	b.t.Helper()
	agent := b.on.agent
	if agent == "" {
		agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
	}
	call(b, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent, AcceptLanguage: language})
}

// prefers sets the colour scheme, light or dark, and switches animations off.
func (b *buyer) prefers(scheme string) {
	b.t.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
}

// withoutJavaScript switches scripts off from the next page on.
func (b *buyer) withoutJavaScript() {
	b.t.Helper()
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// isBlocked keeps addresses from loading, as a content blocker does.
func (b *buyer) isBlocked(pattern string) {
	b.t.Helper()
	call(b, network.Enable, network.EnableParams{})
	call(b, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: pattern, Block: true}}})
}

// evaluate runs an expression in the page. During a navigation it returns an error.
func evaluate[T any](b *buyer, in string, expression string) (T, error) {
	var none T
	ctx, cancel := context.WithTimeout(b.tab, patience)
	defer cancel()
	var options []chromedp.EvaluateOption
	if in != "" {
		world, err := b.frame(ctx, in)
		if err != nil {
			return none, err
		}
		options = append(options, func(p *runtime.EvaluateParams) { p.ContextID = world })
	}
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, options...))
}

// frame finds the frame whose address holds part, and an isolated world in it to run
// expressions.
func (b *buyer) frame(ctx context.Context, part string) (runtime.ExecutionContextID, error) {
	tree, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return 0, err
	}
	for _, child := range tree.FrameTree.ChildFrames {
		if strings.Contains(child.Frame.URL, part) {
			world, err := chromedp.Call(ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: child.Frame.ID, WorldName: "e2e"})
			return world.ExecutionContextID, err
		}
	}
	return 0, fmt.Errorf("no frame of %s", part)
}

// until waits for an expression of the page to become true.
func (b *buyer) until(what, expression string) { b.t.Helper(); b.untilIn("", what, expression) }

func (b *buyer) untilIn(in, what, expression string) {
	b.t.Helper()
	b.await(what, func() bool {
		is, err := evaluate[bool](b, in, "!!("+expression+")")
		return err == nil && is
	})
}

// pause lies between two checks of a condition.
const pause = 25 * time.Millisecond

// await checks until a condition holds, and fails when patience ends.
func (b *buyer) await(what string, holds func() bool) {
	b.t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(pause) {
		if time.Now().After(end) {
			b.t.Fatalf("waited for %s\n%s", what, b.view())
		}
	}
}

// view is the address and the text of the page, for the report of a failure.
func (b *buyer) view() string {
	ctx, cancel := context.WithTimeout(b.tab, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	if err != nil {
		return "the page does not answer: " + err.Error()
	}
	return "the page is " + text
}

// hook is the selector of a data-test hook.
func hook(name string) string { return `[data-test="` + name + `"]` }

// clicks clicks an element once it exists, no longer moves, and is not covered.
func (b *buyer) clicks(selector string) { b.t.Helper(); b.clicksIn("", selector, 1) }

func (b *buyer) presses(name string)      { b.t.Helper(); b.clicks(hook(name)) }
func (b *buyer) pressesTwice(name string) { b.t.Helper(); b.clicksIn("", hook(name), 2) }

// sdkFrame is the address of the frame that the sandbox's Web SDK opens.
const sdkFrame = "/sdk/component/"

// pressesInPopup presses a button inside the SDK's frame.
func (b *buyer) pressesInPopup(name string) { b.t.Helper(); b.clicksIn(sdkFrame, hook(name), 1) }

func (b *buyer) clicksIn(in, selector string, times int) {
	b.t.Helper()
	var at, before [2]float64
	b.await("a click on "+selector, func() bool {
		before, at = at, [2]float64{}
		inner, err := evaluate[[]float64](b, in, spot(selector))
		if err != nil || len(inner) != 2 {
			return false
		}
		outer := []float64{0, 0}
		if in != "" {
			outer, err = evaluate[[]float64](b, "", fmt.Sprintf(`(() => {
				const r = [...document.querySelectorAll("iframe")].find((f) => f.src.includes(%q)).getBoundingClientRect();
				return [r.left, r.top];
			})()`, in))
			if err != nil {
				return false
			}
		}
		at = [2]float64{inner[0] + outer[0], inner[1] + outer[1]}
		return at == before
	})
	click := chromedp.MouseClickXY(at[0], at[1])
	steps := []chromedp.Action[chromedp.Void]{click, click}
	b.does(steps[:times]...)
}

// spot is the centre of an element in its frame's viewport, or [] while a mouse
// cannot reach it.
func spot(selector string) string {
	return fmt.Sprintf(`(() => {
		const e = document.readyState === "complete" && document.querySelector(%q);
		if (!e || e.disabled) return [];
		e.scrollIntoView({ block: "center", behavior: "instant" });
		const r = e.getBoundingClientRect(), x = r.left + r.width / 2, y = r.top + r.height / 2;
		const hit = document.elementFromPoint(x, y);
		return r.width && hit && e.contains(hit) ? [x, y] : [];
	})()`, selector)
}

// fills replaces the content of the field of that name.
func (b *buyer) fills(name, text string) { b.t.Helper(); b.fillsIn("", `[name="`+name+`"]`, text) }

func (b *buyer) fillsIn(in, selector, text string) {
	b.t.Helper()
	b.untilIn(in, "the field "+selector, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		if (!e || !e.offsetHeight) return false;
		window.focus();
		e.focus();
		if (e.select) e.select();
		return document.activeElement === e;
	})()`, selector))
	call(b, input.InsertText, input.InsertTextParams{Text: text})
	b.untilIn(in, selector+" to hold what was typed", fmt.Sprintf(`document.querySelector(%q).value === %q`, selector, text))
}

// picks chooses an option of a list.
func (b *buyer) picks(name, value string) {
	b.t.Helper()
	b.until("a choice of "+name, fmt.Sprintf(`(() => {
		const e = document.querySelector('[name="%s"]');
		if (!e) return false;
		e.value = %q;
		return e.value === %[2]q;
	})()`, name, value))
}

// opens goes to a page of the shop, or to any address.
func (b *buyer) opens(address string) {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.shop.url + address
	}
	b.does(chromedp.Navigate(address))
}

// goesBack presses the browser's back button. The browser decides whether it loads the
// page again, so the call waits for no load; it returns before the navigation.
func (b *buyer) goesBack() {
	b.t.Helper()
	b.does(chromedp.Evaluate[chromedp.Void]("void setTimeout(() => history.back())"))
}

// address is the address of the tab.
func (b *buyer) address() string {
	b.t.Helper()
	address, err := evaluate[string](b, "", "location.href")
	must(b.t, err)
	return address
}

// arrives waits until a page whose whole path matches has loaded.
func (b *buyer) arrives(pattern string) {
	b.t.Helper()
	b.until("the page "+pattern, fmt.Sprintf(`new RegExp(%q).test(location.pathname) && document.readyState === "complete"`, "^"+pattern+"$"))
}

const (
	checkoutPage = "/checkout/[^/]+"
	codePage     = "/checkout/[^/]+/(payments|code)" // and the interstitial
	returnPage   = "/checkout/[^/]+/return"
)

func (b *buyer) opensShop() { b.t.Helper(); b.opens("/") }

// adds puts one piece of a product into the cart, from the catalogue.
func (b *buyer) adds(sku string) {
	b.t.Helper()
	b.arrives("/")
	b.clicks(hook("product") + fmt.Sprintf(` form:has([name=sku][value="%s"]) button`, sku))
	b.arrives("/cart")
	b.until("a line in the cart", `document.querySelector('[data-test="cart-line"]')`)
}

// fillsOrder fills the order form and does not submit it.
func (b *buyer) fillsOrder(country string) {
	b.t.Helper()
	b.arrives("/cart")
	b.fills("email", "wei@example.com")
	b.fills("phone", "+65 6123 4567")
	b.fills("name", personal)
	b.picks("country", country)
	b.fills("address1", "1 Raffles Place")
	b.fills("postal_code", "048616")
	b.fills("city", "Singapore")
}

// personal is the name that only the buyer may read.
const personal = "Tan Wei Ling"

const orderButton = `[data-test="checkout-form"] button`

// ordersTo fills the order form and submits it.
func (b *buyer) ordersTo(country string) {
	b.t.Helper()
	b.fillsOrder(country)
	b.clicks(orderButton)
	b.arrives(checkoutPage)
}

// orders walks from the catalogue to the checkout of one product.
func (b *buyer) orders(sku string) {
	b.t.Helper()
	b.opensShop()
	b.adds(sku)
	b.ordersTo("SG")
}

func (b *buyer) chooses(method string) {
	b.t.Helper()
	selector := fmt.Sprintf(`[data-test="method"][data-method="%s"]`, method)
	chosen := fmt.Sprintf(`document.querySelector('%s input').checked`, selector)
	b.clicks(selector)
	if !resolves[bool](b, chosen) {
		b.clicks(selector) // a change of status had shifted the list before the click
	}
	b.until("the choice of "+method, chosen)
}

func (b *buyer) pays() { b.t.Helper(); b.presses("pay") }

// paysByCard fills the sandbox's card form in the SDK's popup and submits it.
func (b *buyer) paysByCard(number string) {
	b.t.Helper()
	b.seesPopup()
	b.fillsIn(sdkFrame, "#number", number)
	b.fillsIn(sdkFrame, "#month", "11")
	b.fillsIn(sdkFrame, "#year", "38")
	b.fillsIn(sdkFrame, "#cvv", "321")
	b.pressesInPopup("buyer-pay")
}

// seesPopup waits for the SDK's popup to show something to pay with.
func (b *buyer) seesPopup() {
	b.t.Helper()
	b.untilIn(sdkFrame, "the SDK's popup", `document.querySelector('[data-test="buyer-pay"]')?.offsetHeight`)
}

// goodCard is a test card of Antom that pays, badCard one that is refused.
const (
	goodCard = "4054695723100768"
	badCard  = "4054692760174822"
)

// sees waits until the page shows a status of the order.
func (b *buyer) sees(status string) {
	b.t.Helper()
	b.until("the status "+status, fmt.Sprintf(`(() => {
		const all = document.querySelectorAll('[data-test="status"]');
		return all.length === 1 && all[0].dataset.status === %q && all[0].offsetHeight;
	})()`, status))
}

// seesHook waits for an element of that hook.
func (b *buyer) seesHook(name string) {
	b.t.Helper()
	b.until(name+" to be seen", fmt.Sprintf(`document.querySelector('%s')?.offsetHeight`, hook(name)))
}

// hasNo asserts that an element is not on the page.
func (b *buyer) hasNo(selector string) {
	b.t.Helper()
	if there, err := evaluate[bool](b, "", fmt.Sprintf("!!document.querySelector(%q)", selector)); err != nil || there {
		b.t.Errorf("the page has %s (%v)\n%s", selector, err, b.view())
	}
}

// neverReads asserts that the page does not hold a text, visible or not.
func (b *buyer) neverReads(texts ...string) {
	b.t.Helper()
	html, err := evaluate[string](b, "", "document.documentElement.outerHTML")
	must(b.t, err)
	for _, text := range texts {
		if strings.Contains(html, text) {
			b.t.Errorf("the page holds %q\n%s", text, b.view())
		}
	}
}

// token is the token of the order, read from the address of its page.
func (b *buyer) token() string {
	b.t.Helper()
	found := regexp.MustCompile(`/checkout/([^/?]+)`).FindStringSubmatch(b.address())
	if found == nil {
		b.t.Fatalf("no order is open\n%s", b.view())
	}
	return found[1]
}

// statusJSON is the status JSON of the order.
func (b *buyer) statusJSON() (answer struct {
	Status      string `json:"status"`
	Final       bool   `json:"final"`
	LastPayment struct {
		PaymentRequestID string `json:"payment_request_id"`
		Status           string `json:"status"`
	} `json:"last_payment"`
}) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.tab, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](
		fmt.Sprintf(`fetch("/checkout/%s/status", { headers: { Accept: "application/json" } }).then((r) => r.text())`, b.token()),
		chromedp.EvalAwaitPromise))
	must(b.t, err)
	must(b.t, json.Unmarshal([]byte(text), &answer))
	return answer
}

// photographs saves a picture of the whole page in screenshots/, if pictures are asked for.
func (b *buyer) photographs(name string) {
	b.t.Helper()
	if *pictures {
		b.savesPicture(name)
	}
}

// savesPicture runs after failures too, so an error of its own is logged only.
func (b *buyer) savesPicture(name string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.tab, 10*time.Second)
	defer cancel()
	whole := true
	picture, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &whole, OptimizeForSpeed: &whole})
	if err != nil {
		b.t.Logf("no picture: %v", err)
		return
	}
	path := filepath.Join("screenshots", strings.ReplaceAll(strings.ReplaceAll(name, ",", ""), " ", "-")+".png")
	must(b.t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(b.t, os.WriteFile(path, []byte(picture.Data), 0o644))
}
