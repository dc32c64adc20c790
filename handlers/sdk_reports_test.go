package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"antom-checkout/handlers"
	"antom-checkout/static"
)

func (b *buyer) tells(body string) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), "POST", b.shop.url+"/sdk-reports", strings.NewReader(body))
	must(b.t, err)
	req.Header.Set("Content-Type", "text/plain;charset=UTF-8") // as sendBeacon does
	req.Header.Set("Origin", b.shop.url)
	return b.do(req)
}

func TestTheMerchantLearnsOfErrorsOfTheSDK(t *testing.T) {
	meter := &tally{}
	shop := newShop(t, func(s *settings) { s.meter = meter })
	buyer := shop.newBuyer()
	for _, code := range []string{"SDK_INTERNAL_ERROR", "SDK_INTERNAL_ERROR", "TypeError"} {
		buyer.tells(code).sees(http.StatusNoContent)
	}
	personal := []string{"4111111111111111", "ann@example.com", `{"code":"SDK_X"}`, "SDK ERROR of Ann", "", strings.Repeat("A", 65), "SDK_ERROR\nlevel=ERROR"}
	for _, text := range personal {
		buyer.tells(text).sees(http.StatusNoContent)
	}
	for line, want := range map[string]int{"sdk SDK_INTERNAL_ERROR": 2, "sdk TypeError": 1, "sdk other": len(personal)} {
		if got := meter.counted(line); got != want {
			t.Errorf("%q is counted %d times, want %d", line, got, want)
		}
	}
	const message = `level=WARN msg="Antom's SDK reported an error in a browser or an app" code=`
	log := shop.logged()
	for _, code := range []string{"SDK_INTERNAL_ERROR", "TypeError", "other"} {
		if n := strings.Count(log, message+code); n != 1 {
			t.Errorf("%s is logged %d times in an hour, want once", code, n)
		}
	}
	for _, text := range []string{"4111111111111111", "ann@example.com", "of Ann", "level=ERROR"} {
		if strings.Contains(log, text) {
			t.Errorf("the log holds %q", text)
		}
	}
	shop.jumps(time.Hour)
	buyer.tells("TypeError").sees(http.StatusNoContent)
	if n := strings.Count(shop.logged(), message+"TypeError"); n != 2 {
		t.Errorf("an hour later it is logged %d times, want twice", n)
	}
}

// A client who invents codes fills no memory, and hides no other client's code.
func TestInventedCodesOfTheSDKAreBounded(t *testing.T) {
	meter := &tally{}
	shop := newShop(t, func(s *settings) { s.meter = meter })
	buyer := shop.newBuyer()
	for i := range 50 {
		buyer.tells("SDK_" + strings.Repeat("A", i+1)).sees(http.StatusNoContent)
	}
	if got := meter.counted("sdk other"); got != 30 {
		t.Errorf("%d of 50 codes of one client are other, want those beyond 20", got)
	}
}

func TestReportsOfTheSDKHaveALimit(t *testing.T) {
	shop := newShop(t, func(s *settings) { s.rateLimits, s.timeStands = true, true })
	buyer := shop.newBuyer()
	for range 60 {
		buyer.tells("TypeError").sees(http.StatusNoContent)
	}
	buyer.tells("TypeError").sees(http.StatusTooManyRequests)
}

// The SDK takes the merchant's colour, as each theme shows it, and what the settings say.
func TestTheSDKLooksLikeTheShop(t *testing.T) {
	accent, err := static.ParseAccent("#7a1f3d")
	must(t, err)
	type look struct {
		ShowLoading, ShowSubmitButton bool
		ThemeType, AccentColor, Theme string
		Layout                        struct{ Type string }
	}
	plain := static.DefaultAccent()
	for name, row := range map[string]struct {
		sdk         handlers.SDK
		accent      *static.Accent
		method      string
		light, dark look
	}{
		"popup": {handlers.SDK{}, nil, "GCASH",
			look{ShowLoading: true, ShowSubmitButton: true, ThemeType: "default", AccentColor: plain.Light.Ground},
			look{ShowLoading: true, ShowSubmitButton: true, ThemeType: "night", AccentColor: plain.Dark.Ground}},
		"the merchant's colour, no spinner": {handlers.SDK{HideLoading: true}, accent, "CARD",
			look{ShowSubmitButton: true, ThemeType: "default", AccentColor: "#7a1f3d"},
			look{ShowSubmitButton: true, ThemeType: "night", AccentColor: accent.Dark.Ground}},
		"inline, the shop's button": {handlers.SDK{UI: handlers.Inline, ShopSubmits: true}, nil, "CARD",
			look{ShowLoading: true, ThemeType: "default", AccentColor: plain.Light.Ground},
			look{ShowLoading: true, ThemeType: "night", AccentColor: plain.Dark.Ground}},
		"inline, a wallet": {handlers.SDK{UI: handlers.Inline, ShopSubmits: true}, nil, "GCASH",
			look{ShowLoading: true, ShowSubmitButton: true, ThemeType: "default", AccentColor: plain.Light.Ground},
			look{ShowLoading: true, ShowSubmitButton: true, ThemeType: "night", AccentColor: plain.Dark.Ground}},
		"element": {handlers.SDK{UI: handlers.Element}, nil, "",
			look{Theme: "default", Layout: struct{ Type string }{"Accordion"}}, look{Theme: "night", Layout: struct{ Type string }{"Accordion"}}},
	} {
		shop := newShop(t, func(s *settings) {
			s.accent = row.accent
			s.sdk = func(sdk *handlers.SDK) {
				sdk.UI, sdk.HideLoading, sdk.ShopSubmits = row.sdk.UI, row.sdk.HideLoading, row.sdk.ShopSubmits
			}
		})
		buyer := shop.newBuyer()
		var got struct {
			Action struct{ Appearance struct{ Light, Dark look } }
		}
		body := buyer.postJSON(buyer.orders()+"/payments", fmt.Sprintf(`{"method":%q}`, row.method)).sees(http.StatusOK).body
		must(t, json.Unmarshal([]byte(body), &got))
		if got.Action.Appearance.Light != row.light || got.Action.Appearance.Dark != row.dark {
			t.Errorf("%s: %+v", name, got.Action.Appearance)
		}
	}
}
