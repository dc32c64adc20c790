package handlers_test

import (
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"antom-checkout/handlers"
	"antom-checkout/static"
)

var (
	anyScript   = regexp.MustCompile(`<script\b`)
	loadsScript = regexp.MustCompile(`<script\b[^>]*\bsrc="([^"]+)"`)
	loadsStyle  = regexp.MustCompile(`<link\b[^>]*\brel="stylesheet"[^>]*\bhref="([^"]+)"`)
)

// The inventory is compared with a pay page as buyers get it: its tags, its
// policy, the bytes of its files. What is there and not listed fails, and what
// is listed and not there.
func TestTheInventoryIsThePayPage(t *testing.T) {
	for name, change := range map[string]func(*settings){
		"the sandbox": func(*settings) {},
		"no SDK":      func(s *settings) { s.withoutSDK = true },
		"Antom": func(s *settings) {
			s.sdkURL = "https://sdk.marmot-cloud.com/package/ams-checkout/1.47.2/dist/umd/ams-checkout.min.js"
		},
		"another version": func(s *settings) {
			s.sdkURL = "https://sdk.marmot-cloud.com/package/ams-checkout/1.99.0/dist/umd/ams-checkout.min.js"
		},
		"inline":  showsIn(handlers.Inline),
		"element": showsIn(handlers.Element),
		"a merchant's colour": func(s *settings) {
			accent, err := static.ParseAccent("#7a1f3d")
			must(t, err)
			s.accent = accent
		},
		"with a public URL": func(s *settings) { s.publicURL = "https://shop.example" },
	} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t, change)
			buyer := shop.newBuyer()
			page := buyer.get(shop.placesOrder()).sees(http.StatusOK, `data-test="pay"`)
			expectListed(t, shop.cfg.Inventory(), page, buyer)
		})
	}
}

func expectListed(t *testing.T, list []handlers.Loaded, page answer, buyer *buyer) {
	t.Helper()
	listed := map[string][]string{}
	for _, l := range list {
		listed[l.Kind] = append(listed[l.Kind], l.Source)
		if l.Reason == "" || l.Origin == "" {
			t.Errorf("%s %s has no reason or origin", l.Kind, l.Source)
		}
		if needs := l.Kind == "script" || l.Kind == "style" || l.Kind == "script source"; needs != (l.Integrity != "") {
			t.Errorf("%s %s has the hash %q", l.Kind, l.Source, l.Integrity)
		}
		if l.Origin == "this shop" && l.Integrity != "" {
			file := buyer.get(l.Source).sees(http.StatusOK)
			sum := sha512.Sum384([]byte(file.body))
			if want := "sha384-" + base64.StdEncoding.EncodeToString(sum[:]); l.Integrity != want {
				t.Errorf("%s is served as %s, listed as %s", l.Source, want, l.Integrity)
			}
		}
	}
	var scripts, styles []string
	for _, found := range loadsScript.FindAllStringSubmatch(page.body, -1) {
		scripts = append(scripts, found[1])
	}
	for _, found := range loadsStyle.FindAllStringSubmatch(page.body, -1) {
		styles = append(styles, found[1])
	}
	if n := len(anyScript.FindAllString(page.body, -1)); n != len(scripts) {
		t.Errorf("%d scripts, %d with an address", n, len(scripts))
	}
	if strings.Contains(page.body, "<style") || strings.Contains(page.body, " style=") {
		t.Error("there is a style that is in no file")
	}
	if !slices.Equal(scripts, listed["script"]) {
		t.Errorf("scripts %q, listed %q", scripts, listed["script"])
	}
	for directive, source := range sources(page.header.Get("Content-Security-Policy")) {
		kind := map[string]string{
			"script-src": "script source", "style-src": "style", "style-src-elem": "style", "style-src-attr": "style", "img-src": "image",
			"connect-src": "connection", "frame-src": "frame", "form-action": "form",
		}[directive]
		for _, s := range source {
			switch {
			case s == "'none'" || strings.HasPrefix(s, "'nonce-") || kind == "style" && s == "'self'":
			case kind == "" && s != "/csp-reports" && s != "csp":
				t.Errorf("%s %s is of no kind that is listed", directive, s)
			case kind == "style":
				styles = append(styles, s)
			case kind != "" && !slices.Contains(listed[kind], s):
				t.Errorf("%s %s is not listed", directive, s)
			}
		}
		if kind != "" && kind != "style" {
			for _, s := range listed[kind] {
				if !slices.Contains(source, s) {
					t.Errorf("%s %s is listed, the page does without", directive, s)
				}
			}
		}
	}
	slices.Sort(styles)
	slices.Sort(listed["style"])
	if !slices.Equal(styles, listed["style"]) {
		t.Errorf("styles %q, listed %q", styles, listed["style"])
	}
}

// sources takes a policy apart.
func sources(policy string) map[string][]string {
	parts := map[string][]string{}
	for part := range strings.SplitSeq(policy, "; ") {
		sources := strings.Fields(part)
		parts[sources[0]] = sources[1:]
	}
	return parts
}

func TestTheInventorySaysWhetherTheSDKIsPinned(t *testing.T) {
	shop := newShop(t)
	for _, integrity := range []string{"", "sha384-abc"} {
		shop.cfg.SDK.Integrity = integrity
		want := integrity
		if want == "" {
			want = "not pinned"
		}
		found := 0
		for _, l := range shop.cfg.Inventory() {
			if l.Source == shop.cfg.SDK.URL.String() {
				found++
				if l.Integrity != want {
					t.Errorf("the SDK's hash is %q, want %q", l.Integrity, want)
				}
			}
		}
		if found != 2 {
			t.Errorf("the SDK is listed %d times, want as a script and as a source of scripts", found)
		}
	}
}
