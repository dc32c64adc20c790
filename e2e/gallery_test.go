package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"antom-checkout/views/samples"
)

// openGallery starts the gallery: every page in every state, without a shop.
func openGallery(t *testing.T) *shop {
	t.Helper()
	server := httptest.NewServer(samples.Gallery())
	t.Cleanup(server.Close)
	return &shop{t: t, url: server.URL}
}

// pages lists the gallery's pages.
func (s *shop) pages() (names []string) {
	s.t.Helper()
	res, err := http.Get(s.url)
	must(s.t, err)
	defer res.Body.Close()
	list, err := io.ReadAll(res.Body)
	must(s.t, err)
	for _, m := range regexp.MustCompile(`<a href="/pages/([^/]+)/`).FindAllSubmatch(list, -1) {
		names = append(names, string(m[1]))
	}
	if len(names) < 40 {
		s.t.Fatalf("the gallery has only %q", names)
	}
	return names
}

// viewer opens the gallery's pages, on which the SDK never loads.
func (s *shop) viewer(on device) *buyer {
	s.t.Helper()
	b := s.buyer(on)
	b.mayComplain("marmot-cloud.com")
	return b
}

// resizes gives the open page the window of another device.
func (b *buyer) resizes(on device) {
	b.t.Helper()
	var emulated []chromedp.EmulateViewportOption
	if on.mobile {
		emulated = append(emulated, chromedp.EmulateMobile)
	}
	b.does(chromedp.EmulateViewport(on.width, on.height, emulated...))
}

// resolves waits for a promise of the page and returns its value.
func resolves[T any](b *buyer, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.tab, patience)
	defer cancel()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%v\n%s", err, b.view())
	}
	return answer
}

// complaints checks the page against these rules of axe and lists the violations.
func (b *buyer) complaints(rules string) []string {
	b.t.Helper()
	return resolves[[]string](b, fmt.Sprintf(`axe.run(document, { runOnly: %s, resultTypes: ["violations"], elementRef: false }).then((found) =>
		found.violations.flatMap((v) => v.nodes.map((n) => v.id + " at " + n.target + ": " + n.failureSummary)))`, rules))
}

const (
	allRules    = `{ type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }`
	colourRules = `{ type: "rule", values: ["color-contrast", "link-in-text-block"] }`
)

// smallTargets are the controls that are too small for a finger. A radio button or a
// checkbox is as large as the label around it.
const smallTargets = `[...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")]
	.map((e) => e.type === "radio" || e.type === "checkbox" ? e.closest("label") : e)
	.filter((e) => e.checkVisibility({ visibilityProperty: true }))
	.map((e) => [e, e.getBoundingClientRect()])
	.filter(([e, r]) => Math.min(r.width, r.height) < 43.5)
	.map(([e, r]) => e.outerHTML.slice(0, 120) + " is " + r.width + " by " + r.height)`

// TestEveryPageIsAccessible checks every page in every state with axe, on a phone and
// a desktop, light and dark. Only the colour rules depend on the scheme, so the other
// rules run once. Folded parts are opened first, and dialogs are checked too.
func TestEveryPageIsAccessible(t *testing.T) {
	axe, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("%v: run e2e/browser.sh", err)
	}
	t.Parallel()
	gallery := openGallery(t)
	names := gallery.pages()
	const tabs = 2
	for n := range tabs {
		t.Run(fmt.Sprintf("tab %d", n+1), func(t *testing.T) {
			t.Parallel()
			viewer := (&shop{t: t, url: gallery.url}).viewer(desktop)
			call(viewer, page.Enable, page.EnableParams{})
			call(viewer, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: string(axe)})
			for at := n; at < len(names); at += tabs {
				viewer.isAccessible(names[at])
			}
		})
	}
}

// The published contract leads a buyer who has paid on to the merchant's shop by itself.
// Nothing is lost by it: the receipt is an address that opens again, and a link leads on, too.
const leadsOn = "return-outside-forward"

// The page about the API is read by people who write programs; its links stand in sentences,
// which WCAG 2.5.8 excepts.
const forPrograms = "api-docs"

func (b *buyer) isAccessible(name string) {
	b.t.Helper()
	b.prefers("light")
	b.opens("/pages/" + name + "/")
	b.does(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach((d) => (d.open = true))`))
	find := func(on device, scheme, rules string) {
		for _, complaint := range b.complaints(rules) {
			if name == leadsOn && strings.HasPrefix(complaint, "meta-refresh ") {
				continue
			}
			b.t.Errorf("%s, %s, %s: %s", name, on.name, scheme, complaint)
		}
	}
	for _, on := range []device{desktop, phone} {
		b.resizes(on)
		b.prefers("light")
		find(on, "light", allRules)
		if on == desktop {
			b.photographs("gallery/" + name + " light desktop")
		}
		b.prefers("dark")
		find(on, "dark", colourRules)
		if on == phone {
			b.photographs("gallery/" + name + " dark phone")
		}
		for _, small := range resolves[[]string](b, smallTargets) {
			if name == forPrograms {
				break
			}
			b.t.Errorf("%s, %s: too small a target: %s", name, on.name, small)
		}
	}
	if resolves[bool](b, `(() => { const d = document.querySelector("dialog"); d?.showModal(); return !!d })()`) {
		find(phone, "dark dialog", allRules)
	}
}

// overflow lists pages that scroll sideways and texts that stand out of their
// element.
const overflow = `[...document.querySelectorAll("iframe")].flatMap((frame) => {
	const page = frame.contentDocument, wide = page.documentElement.clientWidth, found = [];
	if (page.documentElement.scrollWidth > wide) found.push("scrolls sideways, to " + page.documentElement.scrollWidth);
	const texts = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
	while (texts.nextNode()) {
		const text = texts.currentNode, box = text.parentElement;
		if (!text.data.trim() || !box.checkVisibility({ visibilityProperty: true }) || box.closest(".sr, .skip, noscript")) continue;
		const range = page.createRange();
		range.selectNodeContents(text);
		const r = range.getBoundingClientRect(), cut = getComputedStyle(box).overflow === "hidden";
		const edge = box.closest("a, button, label, summary, li, section, aside, main, header, footer").getBoundingClientRect();
		if (!cut && (r.left < edge.left - 1 || r.right > edge.right + 1)) found.push("stands out: " + text.data);
	}
	return found.map((what) => frame.title + " " + what);
})`

// mainPages are checked in every language. The texts of the other pages are on these
// pages too.
const mainPages = "product-error cart-e checkout-failed checkout-many checkout-last checkout-long-idr code-counter wait error-404 return-paid return-pending return-partially card-korean card-co-badged outside"

// TestTextsFitOnTheSmallestScreen checks 320 pixels, which is also a desktop at 400 %,
// and a desktop at 200 %.
func TestTextsFitOnTheSmallestScreen(t *testing.T) {
	t.Parallel()
	gallery := openGallery(t)
	viewer := gallery.viewer(desktop)
	for _, code := range languages(t) {
		for _, on := range []string{"small", "zoomed"} {
			if on == "zoomed" && code != "en" && code != "de" && code != "ar" {
				continue
			}
			only := mainPages
			if code == "zh-Hans" || on == "zoomed" && code == "en" { // the languages of the dashboard
				only += " desk-people desk-person-done desk-log desk-account-factor desk-factor"
			}
			viewer.opens("/?on=" + on + "&lang=" + code + "&only=" + strings.ReplaceAll(only, " ", "+"))
			viewer.does(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("iframe").forEach((f) => (f.loading = "eager"))`))
			viewer.until("the frames", `[...document.querySelectorAll("iframe")].every((f) => f.contentDocument?.readyState === "complete" && f.contentDocument.querySelector("main"))`)
			for _, wide := range resolves[[]string](viewer, overflow) {
				t.Errorf("%s, %s: %s", code, on, wide)
			}
		}
	}
}

// languages are the codes of all supported languages.
func languages(t *testing.T) (codes []string) {
	t.Helper()
	files, err := filepath.Glob("../views/messages/*.json")
	must(t, err)
	for _, file := range files {
		codes = append(codes, strings.TrimSuffix(filepath.Base(file), ".json"))
	}
	if len(codes) != 21 {
		t.Fatalf("the languages are %q", codes)
	}
	return codes
}
