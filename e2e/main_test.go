package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// chrome is the only browser; every buyer gets a profile in it.
var chrome context.Context

// pictures are for people, and taking them is an eighth of the work of TestEveryPageIsAccessible.
var pictures = flag.Bool("pictures", false, "save pictures of the pages in screenshots/")

// atOnce is how many journeys run concurrently. It is larger than the number of cores,
// because journeys wait most of the time.
const atOnce = "5"

func TestMain(m *testing.M) {
	given := false
	flag.Parse()
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		if err := flag.Set("test.parallel", atOnce); err != nil {
			panic(err) // every test binary has this flag
		}
	}
	code, err := runAll(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func runAll(m *testing.M) (int, error) {
	path, err := browserPath()
	if err != nil {
		return 1, err
	}
	if err := os.RemoveAll("screenshots/failed"); err != nil {
		return 1, err
	}
	stop, err := startBrowser(path)
	if err != nil {
		return 1, fmt.Errorf("start %s: %w", path, err)
	}
	defer stop()
	return m.Run(), nil
}

// browserPath finds Chromium or Chrome.
func browserPath() (string, error) {
	for _, name := range []string{
		"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
	} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("the journeys need Chromium or Chrome: install one (Debian: apt-get install chromium) and run this again")
}

// startBrowser starts the browser of all journeys.
func startBrowser(path string) (stop func(), err error) {
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), // headless, no first run, no sync, nothing in the background
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // the pages are trusted, and containers lack what Chromium's sandbox needs
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "en-US"),
	)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	stop = func() { cancel(); stopAllocator() }
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, err
	}
	chrome = ctx
	return stop, nil
}

// text is one of the shop's texts in English.
func text(t *testing.T, key string) string {
	t.Helper()
	file, err := os.ReadFile("../views/messages/en.json")
	must(t, err)
	texts := map[string]string{}
	must(t, json.Unmarshal(file, &texts))
	if texts[key] == "" {
		t.Fatalf("there is no text %s", key)
	}
	return texts[key]
}
