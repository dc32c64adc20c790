package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"antom-checkout/static"
)

func TestTheMerchantsLogoAndColourAreOnEveryPage(t *testing.T) {
	logo, err := static.Logo([]byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><script>alert(1)</script></svg>`))
	must(t, err)
	accent, err := static.ParseAccent("#7a1fa2")
	must(t, err)
	buyer := newShop(t, func(s *settings) { s.logo, s.accent = logo, accent }).newBuyer()
	path := buyer.orders()
	for _, page := range []string{"/", "/cart", path, path + "/return", "/no-such-page"} {
		status := http.StatusOK
		if page == "/no-such-page" {
			status = http.StatusNotFound
		}
		buyer.get(page).sees(status,
			fmt.Sprintf(`<img src="%s" alt="Plain Goods" width="108" height="36">`, logo.URL()),
			fmt.Sprintf(`<link rel="stylesheet" href="%s">`, accent.URL()))
	}

	picture := buyer.get(logo.URL()).sees(http.StatusOK)
	if policy := picture.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.HasSuffix(policy, "sandbox") {
		t.Errorf("a foreign SVG may run: %s", policy)
	}
	for header, want := range map[string]string{
		"Content-Type": "image/svg+xml", "X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=31536000, immutable",
	} {
		if got := picture.header.Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	buyer.get(accent.URL()).sees(http.StatusOK, "--accent:#7a1fa2")
	buyer.get(static.BrandPrefix + "logo.00000000.svg").sees(http.StatusNotFound)
}

func TestASquareLogoStandsBesideTheName(t *testing.T) {
	logo, err := static.Logo([]byte(`<svg viewBox="0 0 1 1"/>`))
	must(t, err)
	buyer := newShop(t, func(s *settings) { s.logo = logo }).newBuyer()
	buyer.get("/").sees(http.StatusOK, fmt.Sprintf(`<img src="%s" alt="" width="36" height="36"> Plain Goods</a>`, logo.URL()),
		fmt.Sprintf(`<link rel="icon" href="%s">`, logo.URL()))
}
