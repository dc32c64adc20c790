package sandbox

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browser is one real browser for the tests of the SDK's stand-in.
type browser struct {
	ctx context.Context
	t   *testing.T
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{
		"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
	} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Fatal("the SDK's tests need Chromium or Chrome: install one (Debian: apt-get install chromium) and run this again")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	t.Cleanup(func() { stop(); stopAllocator() })
	must(t, chromedp.Do(ctx)) // starts it
	return &browser{ctx, t}
}

// sees waits until the page shows all of this, in this order.
func (b *browser) sees(wanted string) {
	b.t.Helper()
	shown := ""
	for began := time.Now(); time.Since(began) < 20*time.Second; {
		if shown = b.text(); strings.Contains(shown, wanted) {
			return
		}
		must(b.t, chromedp.Do(b.ctx, chromedp.Sleep(20*time.Millisecond)))
	}
	b.t.Fatalf("waited for %q, the page shows %q", wanted, shown)
}

// text is what the page shows. While the page changes the script fails, so an
// error tries again.
func (b *browser) text() string {
	b.t.Helper()
	for {
		shown, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body.innerText`))
		if err == nil {
			return shown
		}
		must(b.t, chromedp.Do(b.ctx, chromedp.Sleep(20*time.Millisecond))) // fails when the time is over
	}
}

// Where on the page something is pressed.
const (
	onPage = ""
	inApp  = `iframe[src*="/sdk/component/"], iframe[src*="/checkout-page/"]`
	inBank = `iframe[data-test="sdk-window"]`
)

// within waits for a frame and finds its document.
func (b *browser) within(frame string) []chromedp.QueryOption {
	b.t.Helper()
	if frame == onPage {
		return nil
	}
	frames, err := chromedp.Run(b.ctx, chromedp.Nodes(chromedp.CSS(frame)))
	must(b.t, err)
	return []chromedp.QueryOption{chromedp.FromNode(frames[0])}
}

// vanishes waits until the page no longer shows this.
func (b *browser) vanishes(text string) {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, chromedp.Poll[bool](fmt.Sprintf(`!document.body.innerText.includes(%q)`, text), chromedp.WithPollingTimeout(20*time.Second)))
	if err != nil {
		b.t.Fatalf("waiting for %q to vanish: %v", text, err)
	}
}

// runs runs a script in the page.
func (b *browser) runs(script string) {
	b.t.Helper()
	must(b.t, chromedp.Do(b.ctx, chromedp.Evaluate[chromedp.Void]("(() => {"+script+"})()")))
}

// standsStill waits until the page has stopped growing and moving: a click goes to
// a place, and that place must still be the element's.
func (b *browser) standsStill() {
	b.t.Helper()
	before := ""
	for range 100 {
		now, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`JSON.stringify([...document.querySelectorAll("iframe, [data-test]")].map((e) => e.getBoundingClientRect()))`))
		must(b.t, err)
		if now == before {
			return
		}
		before = now
		must(b.t, chromedp.Do(b.ctx, chromedp.Sleep(50*time.Millisecond)))
	}
	b.t.Fatal("the page never stood still")
}

// presses clicks an element of the page or of one of its frames.
func (b *browser) presses(hook, frame string) {
	b.t.Helper()
	b.standsStill()
	where, element := b.within(frame), chromedp.CSS(`[data-test="`+hook+`"]`)
	_, err := chromedp.Run(b.ctx, chromedp.WaitEnabled(element, where...))
	if err != nil {
		b.t.Fatalf("waiting for %s: %v", hook, err)
	}
	_, err = chromedp.Run(b.ctx, chromedp.Click(element, append(where, chromedp.NodeVisible)...))
	must(b.t, err)
}

// types writes into a field of the app.
func (b *browser) types(field, text string) {
	b.t.Helper()
	b.standsStill()
	_, err := chromedp.Run(b.ctx, chromedp.SendKeys(chromedp.CSS(field), text, append(b.within(inApp), chromedp.NodeVisible)...))
	must(b.t, err)
}
