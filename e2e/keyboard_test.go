package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestTheWholeJourneyByKeyboard uses no mouse from the catalogue to the receipt, and
// corrects a wrong field on the way.
func TestTheWholeJourneyByKeyboard(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		shop := openShop(t)
		buyer := shop.buyer(on)
		buyer.opensShop()
		buyer.tabsTo(".skip")
		buyer.enters()
		buyer.tabsTo(hook("product") + ` a[href="/products/MUG-01"]`)
		buyer.enters()
		buyer.arrives("/products/MUG-01")
		buyer.tabsTo(`.buy button`)
		buyer.enters()
		buyer.arrives("/cart")

		buyer.mayComplain("422")
		buyer.tabsTo("#name")
		buyer.types(personal)
		buyer.tabsTo(orderButton)
		buyer.enters()
		buyer.until("the list of what is wrong to have the focus", `document.activeElement.matches('[role="alert"]')`)
		buyer.tabsTo(`[role="alert"] a[href="#email"]`)
		buyer.enters()
		buyer.until("the wrong field to have the focus", `document.activeElement.id === "email"`)
		buyer.until("its message to be tied to it", `document.getElementById(document.activeElement.getAttribute("aria-describedby")).offsetHeight`)
		buyer.types("wei@example.com")
		buyer.tabsTo("#country")
		buyer.types("Singap")
		for _, field := range [][2]string{{"address1", "1 Raffles Place"}, {"postal_code", "048616"}, {"city", "Singapore"}} {
			buyer.tabsTo("#" + field[0])
			buyer.types(field[1])
		}
		buyer.until("the name that was typed before", fmt.Sprintf(`document.getElementById("name").value === %q`, personal))
		buyer.tabsTo(orderButton)
		buyer.enters()

		buyer.arrives(checkoutPage)
		buyer.tabsTo(`[name="method"]:checked`)
		buyer.until("the arrows to reach GCash", `(() => {
			const e = document.querySelector("#method-GCASH");
			return e && !e.disabled;
		})()`)
		buyer.arrowsTo("#method-GCASH")
		buyer.tabsTo(hook("pay"))
		buyer.enters()
		buyer.arrives("/buyer/.+")
		buyer.tabsTo(hook("buyer-pay"))
		buyer.enters()
		buyer.arrives(returnPage)
		buyer.sees("paid")
		shop.paidOnce()
	})
}

func (b *buyer) types(keys string) { b.t.Helper(); b.does(chromedp.KeyEvent(keys)) }

// enters presses the enter key as a keyboard does: key and character are one event.
// As two events, the character would go to the next page.
func (b *buyer) enters() {
	b.t.Helper()
	key := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: '\r', Text: "\r"}
	call(b, input.DispatchKeyEvent, key)
	key.Type, key.Text = input.DispatchKeyEventTypeKeyUp, ""
	call(b, input.DispatchKeyEvent, key)
}

// tabsTo presses the tab key until an element has the focus. On every page of the shop
// the focus must be visible at each step: with a ring around it, and not covered.
func (b *buyer) tabsTo(selector string) { b.t.Helper(); b.keysTo(kb.Tab, selector) }

// arrowsTo goes down a list of choices.
func (b *buyer) arrowsTo(selector string) { b.t.Helper(); b.keysTo(kb.ArrowDown, selector) }

// most is more than the focusable elements of any page.
const most = 90

func (b *buyer) keysTo(key, selector string) {
	b.t.Helper()
	for range most {
		b.types(key)
		at := resolves[struct {
			There  bool   `json:"there"`
			Unseen string `json:"unseen"`
		}](b, fmt.Sprintf(focused, selector))
		if at.Unseen != "" {
			b.t.Errorf("on the way to %s the focus is invisible: %s", selector, at.Unseen)
		}
		if at.There {
			return
		}
	}
	b.t.Fatalf("no key leads to %s\n%s", selector, b.view())
}

// focused reports whether an element has the focus, and why the focus is invisible.
const focused = `(() => {
	const e = document.activeElement;
	if (e === document.body) return { there: false, unseen: "" };
	const ring = e.closest("label.method") ?? e, style = getComputedStyle(ring), r = ring.getBoundingClientRect();
	let unseen = "";
	if (document.querySelector("main#main")) {
		if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) unseen = "no ring";
		const x = Math.min(Math.max(r.left + r.width / 2, 0), innerWidth - 1), y = Math.min(Math.max(r.top + r.height / 2, 0), innerHeight - 1);
		const over = document.elementFromPoint(x, y);
		if (!over || !(ring.contains(over) || over.contains(ring))) unseen = "covered by " + over?.outerHTML.slice(0, 80);
		if (r.bottom < 0 || r.top > innerHeight) unseen = "out of sight";
	}
	return { there: e.matches(%q), unseen: unseen && e.outerHTML.slice(0, 120) + " " + unseen };
})()`
