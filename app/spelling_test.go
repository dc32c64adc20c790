package app

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Editors, files of variables and shells leave spaces, quotes and line ends around a
// value, and people write in capitals, with true and with days.
func TestEverySpellingThatCanWorkWorks(t *testing.T) {
	key := strings.Repeat("k", 32)
	for _, row := range []struct {
		name, text, want string
		field            func(Settings) any
	}{
		{"SHOP_NAME", " Tea & Co\r\n", "Tea & Co", func(s Settings) any { return s.Pages.ShopName }},
		{"SHOP_NAME", `"Tea & Co"`, "Tea & Co", func(s Settings) any { return s.Pages.ShopName }},
		{"SHOP_NAME", `'Tea & Co'`, "Tea & Co", func(s Settings) any { return s.Pages.ShopName }},
		{"SHOP_NAME", `The "Tea" Shop`, `The "Tea" Shop`, func(s Settings) any { return s.Pages.ShopName }},
		{"SHOP_NAME", `"Tea" & "Co"`, `"Tea" & "Co"`, func(s Settings) any { return s.Pages.ShopName }},
		{"SHOP_NAME", "  ", "Plain Goods", func(s Settings) any { return s.Pages.ShopName }},
		{"SESSION_KEY", `"` + key + "\"\r\n", key, func(s Settings) any { return s.SessionKey.Reveal() }},
		{"SESSION_KEY_FILE", writeFile(t, "\ufeff"+key+"\r\n"), key, func(s Settings) any { return s.SessionKey.Reveal() }},
		{"PUBLIC_URL", "HTTP://LocalHost:8080//", "http://localhost:8080", func(s Settings) any { return s.PublicURL }},
		{"PUBLIC_URL", "http://localhost:80", "http://localhost", func(s Settings) any { return s.PublicURL }},
		{"CURRENCY", "sgd", "SGD", func(s Settings) any { return s.Shop.Currency }},
		{"SETTLEMENT_CURRENCY", " usd ", "USD", func(s Settings) any { return s.SettlementCurrency }},
		{"KOREAN_CARD_BRANDS", "samsung, kookmin", "[SAMSUNG KOOKMIN]", func(s Settings) any { return s.KoreanBrands }},
		{"PAYMENT_METHODS", "card, paynow", "[CARD PAYNOW]", func(s Settings) any { return s.Methods }},
		{"INTEGRATION", "API", "true", func(s Settings) any { return s.FormsOnly }},
		{"CAPTURE_MODE", "Manual", "true", func(s Settings) any { return s.Payments.ManualCapture }},
		{"SDK_UI", "Inline", "inline", func(s Settings) any { return s.SDK.UI }},
		{"RATE_LIMITS", "false", "false", func(s Settings) any { return s.Pages.RateLimits }},
		{"RATE_LIMITS", "0", "false", func(s Settings) any { return s.Pages.RateLimits }},
		{"RATE_LIMITS", "Yes", "true", func(s Settings) any { return s.Pages.RateLimits }},
		{"SANDBOX", "true", "true", func(s Settings) any { return s.SandboxOnPublic }},
		{"LOG_FORMAT", "JSON", "true", func(s Settings) any { return s.Log.JSON }},
		{"LOG_LEVEL", "WARNING", "WARN", func(s Settings) any { return s.Log.Level }},
		{"METRICS_ADDR", "Off", "", func(s Settings) any { return s.MetricsAddr }},
		{"METRICS_ADDR", "false", "", func(s Settings) any { return s.MetricsAddr }},
		{"ORDER_TTL", "7d", "168h0m0s", func(s Settings) any { return s.Shop.OrderTTL }},
		{"ORDER_TTL", "1 day 12h", "36h0m0s", func(s Settings) any { return s.Shop.OrderTTL }},
		{"ORDER_TTL", "30 Minutes", "30m0s", func(s Settings) any { return s.Shop.OrderTTL }},
		{"ORDER_TTL", "1H30M", "1h30m0s", func(s Settings) any { return s.Shop.OrderTTL }},
		{"ANTOM_TIMEOUT", "5 sec", "5s", func(s Settings) any { return s.Antom.Timeout }},
		{"SWEEP_SCHEDULE", "10 s, 1 min", "[10s 1m0s]", func(s Settings) any { return s.Payments.SweepSchedule }},
		{"TRUSTED_PROXIES", "10.0.0.7 2001:db8::7, 10.1.0.0/16", "[10.0.0.7/32 2001:db8::7/128 10.1.0.0/16]", func(s Settings) any { return s.Pages.TrustedProxies }},
		{"TIME_ZONE", "America/New York", "America/New_York", func(s Settings) any { return s.Pages.TimeZone }},
		{"TZ", ":Asia/Singapore", "Asia/Singapore", func(s Settings) any { return s.Pages.TimeZone }},
		{"ACCENT_COLOR", "1F4D3F", "#1f4d3f", func(s Settings) any { return s.Pages.Accent.Light.Ground }},
	} {
		if got := fmt.Sprint(row.field(load(t, environ{row.name: row.text}))); got != row.want {
			t.Errorf("%s=%q became %q, want %q", row.name, row.text, got, row.want)
		}
	}
}

// A shell that knows no such variable leaves an empty flag; it means the default.
func TestAnEmptyFlagIsTheDefault(t *testing.T) {
	cfg := load(t, environ{"CURRENCY": "JPY"}, "-currency=", "-order-ttl=", "-shop-name=")
	if cfg.Shop.Currency != "SGD" || cfg.Shop.OrderTTL != time.Hour || cfg.Pages.ShopName != "Plain Goods" {
		t.Errorf("currency %q, TTL %v, name %q", cfg.Shop.Currency, cfg.Shop.OrderTTL, cfg.Pages.ShopName)
	}
}

func TestARefusalNamesTheWayOut(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"PUBLIC_URL", "shop.example.com", "https://shop.example.com"},
		{"PUBLIC_URL", "https://shop.example.com/pay", "has the path /pay"},
		{"PUBLIC_URL", "https://tee.müller.example", "xn--"},
		{"ANTOM_URL", "https://open-sea-global.alipay.com/ams/api/v1/payments/pay", "https://open-sea-global.alipay.com"},
		{"ADDR", "8080", "localhost:8080 for this machine only, or :8080"},
		{"ADDR", "http://localhost:8080", "without http://"},
		{"ORDER_TTL", "30", "30 has no unit; write 30s, 30m or 30h"},
		{"SWEEP_SCHEDULE", "10,30", "10 has no unit"},
		{"MAIL_FROM", "Shop <shop@example.com>", "write the address alone, such as shop@example.com"},
		{"DATABASE_URL", "sqlite:///data/shop.db", "such as data/shop.db"},
		{"DATABASE_URL", t.TempDir(), "is a folder; name a file in it"},
		{"TIME_ZONE", "Singapore Time", "such as Asia/Singapore"},
		{"SMTP_URL", "smtp://mail.example.com:465", "smtps://"},
		{"SMTP_URL", "smtp://ann:a#b@mail.example.com", "%23"},
		{"SMTP_URL", "smtp://ann@mail.example.com", "without a password"},
	} {
		expectProblems(t, environ{row.name: row.text}, nil, row.name+": ", row.want)
	}
}
