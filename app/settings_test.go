package app

import (
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"antom-checkout/handlers"
	"antom-checkout/mail"
)

// environ is an environment of its own.
type environ map[string]string

func (e environ) get(name string) string { return e[name] }

func load(t *testing.T, env environ, args ...string) Settings {
	t.Helper()
	cfg, err := Load(args, env.get)
	if err != nil {
		t.Fatalf("settings %v %v: %v", env, args, err)
	}
	return cfg
}

// expectProblems wants settings refused as wrong usage, for all these reasons.
func expectProblems(t *testing.T, env environ, args []string, want ...string) {
	t.Helper()
	_, err := Load(args, env.get)
	if err == nil {
		t.Errorf("settings %v %v are accepted, want %q refused", env, args, want)
		return
	}
	if wrongUsage := (usageError{}); !errors.As(err, &wrongUsage) {
		t.Errorf("%v: want a usage error, which ends with exit code 2", err)
	}
	for _, part := range want {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the problems do not name %q:\n%v", part, err)
		}
	}
}

// account is the settings of a merchant in live mode.
func account(more environ) environ {
	env := environ{"ANTOM_CLIENT_ID": "5Y1234", "ANTOM_PRIVATE_KEY": "private", "ANTOM_PUBLIC_KEY": "public", "PUBLIC_URL": "https://pay.example.com"}
	maps.Copy(env, more)
	return env
}

// otherHash is a Subresource Integrity value of no file.
const otherHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

func TestTheSDKIsPinnedUnlessItIsAnother(t *testing.T) {
	for name, c := range map[string]struct {
		more environ
		want string
	}{
		"Antom's":             {nil, antomSDKIntegrity},
		"Antom's, changed":    {environ{"ANTOM_SDK_INTEGRITY": otherHash}, otherHash},
		"Antom's, not pinned": {environ{"ANTOM_SDK_INTEGRITY": "off"}, ""},
		"another":             {environ{"ANTOM_SDK_URL": "https://js.antom.com/v2/ams-checkout.js"}, ""},
		"another, pinned":     {environ{"ANTOM_SDK_URL": "https://shop.example/sdk.js", "ANTOM_SDK_INTEGRITY": otherHash}, otherHash},
	} {
		if got := load(t, account(c.more)).SDK.Integrity; got != c.want {
			t.Errorf("%s: the hash is %q, want %q", name, got, c.want)
		}
	}
	if got := load(t, nil).SDK.Integrity; got != "" {
		t.Errorf("the sandbox's stand-in has the hash %q", got)
	}
	for _, wrong := range []string{"sha384-abc", "md5-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "none", "sha256-"} {
		expectProblems(t, account(environ{"ANTOM_SDK_INTEGRITY": wrong}), nil, "ANTOM_SDK_INTEGRITY: ")
	}
}

func TestWithoutSettingsThereIsADemo(t *testing.T) {
	cfg := load(t, nil)
	if cfg.Addr != "localhost:8080" || cfg.SandboxAddr != "localhost:8081" || cfg.Database != "data/checkout.db" {
		t.Errorf("addresses %q and %q, database %q", cfg.Addr, cfg.SandboxAddr, cfg.Database)
	}
	if cfg.Antom.ClientID != "" || cfg.LiveMode() || cfg.SDK.URL != nil || cfg.PublicURL != nil {
		t.Errorf("client %q, SDK %v, public URL %v; want the embedded sandbox and its own SDK", cfg.Antom.ClientID, cfg.SDK.URL, cfg.PublicURL)
	}
	if cfg.Antom.BaseURL != "https://open-sea-global.alipay.com" || cfg.Antom.Timeout != 10*time.Second {
		t.Errorf("Antom is at %q and has %v to answer", cfg.Antom.BaseURL, cfg.Antom.Timeout)
	}
	if cfg.Shop.Currency != "SGD" || cfg.SettlementCurrency != "SGD" || cfg.Payments.ManualCapture || cfg.FormsOnly {
		t.Errorf("currencies %q and %q, manual capture %v, SDK %v", cfg.Shop.Currency, cfg.SettlementCurrency, cfg.Payments.ManualCapture, cfg.FormsOnly)
	}
	if cfg.Shop.OrderTTL != time.Hour || cfg.ClockOffset != 0 || len(cfg.Pages.TrustedProxies) != 0 || cfg.SessionKey.Reveal() != "" {
		t.Errorf("order TTL %v, clock offset %v, proxies %v, session key %q", cfg.Shop.OrderTTL, cfg.ClockOffset, cfg.Pages.TrustedProxies, cfg.SessionKey.Reveal())
	}
	schedule := []time.Duration{
		10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 5 * time.Minute,
		10 * time.Minute, 30 * time.Minute, time.Hour,
	}
	if !slices.Equal(cfg.Payments.SweepSchedule, schedule) {
		t.Errorf("sweep schedule %v, want %v", cfg.Payments.SweepSchedule, schedule)
	}
}

func TestTheContractsSettingsAreKnown(t *testing.T) {
	var known []string
	for _, s := range new(Settings).rows() {
		known = append(known, s.env)
		if s.summary == "" {
			t.Errorf("%s is not explained", s.env)
		}
	}
	for env := range strings.FieldsSeq(`ADDR PUBLIC_URL DATABASE_URL ANTOM_CLIENT_ID ANTOM_URL ANTOM_PRIVATE_KEY
		ANTOM_PUBLIC_KEY ANTOM_SDK_URL SANDBOX_ADDR CURRENCY SETTLEMENT_CURRENCY CAPTURE_MODE INTEGRATION
		SWEEP_SCHEDULE ORDER_TTL SESSION_KEY TRUSTED_PROXIES ANTOM_TIMEOUT CATALOG_FILE CLOCK_OFFSET RATE_LIMITS METRICS_ADDR ALLOWED_HOSTS LOG_FORMAT LOG_LEVEL SANDBOX`) {
		if !slices.Contains(known, env) {
			t.Errorf("%s of the contract is no setting", env)
		}
	}
}

func TestAFlagIsStrongerThanTheEnvironment(t *testing.T) {
	env := environ{"ADDR": "localhost:1", "CURRENCY": "JPY", "ORDER_TTL": "5m"}
	cfg := load(t, env, "-addr", "localhost:2", "--currency=KWD")
	if cfg.Addr != "localhost:2" || cfg.Shop.Currency != "KWD" {
		t.Errorf("address %q, currency %q; want the flags' localhost:2 and KWD", cfg.Addr, cfg.Shop.Currency)
	}
	if cfg.Shop.OrderTTL != 5*time.Minute {
		t.Errorf("order TTL %v, want the environment's 5m", cfg.Shop.OrderTTL)
	}
	if cfg.SandboxAddr != "localhost:8081" {
		t.Errorf("sandbox address %q, want the default", cfg.SandboxAddr)
	}
}

func TestAnEmptyFlagStillIsAFlag(t *testing.T) {
	cfg := load(t, account(environ{"PUBLIC_URL": ""}), "-antom-client-id=")
	if cfg.Antom.ClientID != "" {
		t.Errorf("client id %q, want none: the flag chooses the sandbox", cfg.Antom.ClientID)
	}
}

func TestEverySettingIsTakenFromItsOwnName(t *testing.T) {
	cfg := load(t, account(environ{
		"ADDR": ":80", "PUBLIC_URL": "https://shop.example.com/", "DATABASE_URL": "shop.db", "SHOP_NAME": "Tea & Co",
		"CATALOG_FILE": "goods.csv", "CURRENCY": "JPY", "SETTLEMENT_CURRENCY": "USD", "ANTOM_URL": "https://open-na-global.alipay.com",
		"ANTOM_TIMEOUT": "3s", "ANTOM_SDK_URL": "https://sdk.example.com/sdk.js", "ANTOM_SDK_INTEGRITY": otherHash, "SDK_UI": "inline", "SDK_SHOW_LOADING": "off", "SDK_SUBMIT_BUTTON": "shop",
		"SANDBOX_ADDR": ":81", "INTEGRATION": "api", "CAPTURE_MODE": "manual", "ORDER_TTL": "30m", "SWEEP_SCHEDULE": "1s, 2s",
		"SESSION_KEY": strings.Repeat("k", 32), "TRUSTED_PROXIES": "10.0.0.0/8, 2001:db8::/32", "ALLOWED_HOSTS": "pay.example.com, 10.0.0.7:8080",
		"SMTP_URL": "smtps://ann:secret@mail.example.com", "MAIL_FROM": "shop@example.com", "MAIL_DIR": "/var/mail/shop",
		"APP_RETURN_URLS": "myshop://pay,https://shop.example/app/", "METRICS_ADDR": ":9090",
		"LOG_FORMAT": "json", "LOG_LEVEL": "warn",
	}))
	for name, got := range map[string][2]any{
		"ADDR": {cfg.Addr, ":80"}, "PUBLIC_URL": {cfg.PublicURL.String(), "https://shop.example.com"},
		"DATABASE_URL": {cfg.Database, "shop.db"}, "SHOP_NAME": {cfg.Pages.ShopName, "Tea & Co"}, "CATALOG_FILE": {cfg.CatalogFile, "goods.csv"},
		"CURRENCY": {string(cfg.Shop.Currency), "JPY"}, "SETTLEMENT_CURRENCY": {string(cfg.SettlementCurrency), "USD"},
		"ANTOM_CLIENT_ID": {cfg.Antom.ClientID, "5Y1234"}, "ANTOM_URL": {cfg.Antom.BaseURL, "https://open-na-global.alipay.com"},
		"ANTOM_PRIVATE_KEY": {cfg.AntomPrivateKey.Reveal(), "private"}, "ANTOM_PUBLIC_KEY": {cfg.AntomPublicKey.Reveal(), "public"},
		"ANTOM_TIMEOUT": {cfg.Antom.Timeout, 3 * time.Second}, "ANTOM_SDK_URL": {cfg.SDK.URL.String(), "https://sdk.example.com/sdk.js"},
		"ANTOM_SDK_INTEGRITY": {cfg.SDK.Integrity, otherHash}, "SDK_UI": {cfg.SDK.UI, handlers.Inline}, "SDK_SHOW_LOADING": {cfg.SDK.HideLoading, true}, "SDK_SUBMIT_BUTTON": {cfg.SDK.ShopSubmits, true}, "SANDBOX_ADDR": {cfg.SandboxAddr, ":81"},
		"INTEGRATION": {cfg.FormsOnly, true}, "CAPTURE_MODE": {cfg.Payments.ManualCapture, true}, "ORDER_TTL": {cfg.Shop.OrderTTL, 30 * time.Minute},
		"SWEEP_SCHEDULE": {len(cfg.Payments.SweepSchedule), 2}, "SESSION_KEY": {cfg.SessionKey.Reveal(), strings.Repeat("k", 32)},
		"SMTP_URL":  {cfg.SMTPURL.Reveal(), "smtps://ann:secret@mail.example.com"},
		"MAIL_FROM": {cfg.Mail.From, "shop@example.com"}, "MAIL_DIR": {cfg.mailFolder(), "/var/mail/shop"},
		"ALLOWED_HOSTS":   {strings.Join(cfg.Pages.AllowedHosts, " "), "pay.example.com 10.0.0.7:8080"},
		"TRUSTED_PROXIES": {len(cfg.Pages.TrustedProxies), 2}, "APP_RETURN_URLS": {len(cfg.Pages.AppReturns), 2}, "METRICS_ADDR": {cfg.MetricsAddr, ":9090"},
		"LOG_FORMAT": {cfg.Log.JSON, true}, "LOG_LEVEL": {cfg.Log.Level, slog.LevelWarn}, "live mode": {cfg.LiveMode(), true},
	} {
		if got[0] != got[1] {
			t.Errorf("%s became %v, want %v", name, got[0], got[1])
		}
	}
}

// The name in ADDR is answered; addresses and localhost need no list.
func TestTheNameInADDRIsAnswered(t *testing.T) {
	for addr, want := range map[string]string{
		"backend:8080": "pay.example.com backend", "localhost:8080": "pay.example.com", ":8080": "pay.example.com",
		"0.0.0.0:8080": "pay.example.com", "[::1]:8080": "pay.example.com",
	} {
		cfg := load(t, environ{"ADDR": addr, "ALLOWED_HOSTS": "pay.example.com"})
		if got := strings.Join(cfg.pages().AllowedHosts, " "); got != want {
			t.Errorf("with ADDR %s the pages are answered to %q, want %q", addr, got, want)
		}
	}
}

func TestAllowedHostsAreNames(t *testing.T) {
	for _, hosts := range []string{"pay.example.com", "a.example, b.example:8443 2001:db8::7 [2001:db8::8]:80", ""} {
		load(t, environ{"ALLOWED_HOSTS": hosts})
	}
	for _, host := range []string{"https://pay.example.com", "pay.example.com/", "*.example.com", "ann@pay.example.com", ":8080", "a.example:b"} {
		expectProblems(t, environ{"ALLOWED_HOSTS": host + " fine.example"}, nil, "ALLOWED_HOSTS: "+host+" is no host name")
	}
}

func TestTheSettlementCurrencyFollowsTheShops(t *testing.T) {
	if cfg := load(t, environ{"CURRENCY": "JPY"}); cfg.SettlementCurrency != "JPY" {
		t.Errorf("settlement in %q, want JPY", cfg.SettlementCurrency)
	}
}

func writeFile(t *testing.T, content string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSecretsMayComeFromFiles(t *testing.T) {
	key := strings.Repeat("s", 40)
	env := environ{
		"ANTOM_CLIENT_ID":        "5Y1234",
		"ANTOM_PRIVATE_KEY_FILE": writeFile(t, "\nprivate key\n"),
		"SESSION_KEY_FILE":       writeFile(t, key+"\n"),
		"PUBLIC_URL":             "https://pay.example.com",
	}
	cfg := load(t, env, "-antom-public-key-file", writeFile(t, "public key"))
	if cfg.AntomPrivateKey.Reveal() != "private key" || cfg.AntomPublicKey.Reveal() != "public key" || cfg.SessionKey.Reveal() != key {
		t.Errorf("read %q, %q and %q; want the files' texts, trimmed", cfg.AntomPrivateKey.Reveal(), cfg.AntomPublicKey.Reveal(), cfg.SessionKey.Reveal())
	}
	env["SESSION_KEY"] = strings.Repeat("d", 40)
	if cfg := load(t, env, "-antom-public-key", "public"); cfg.SessionKey.Reveal() != env["SESSION_KEY"] {
		t.Errorf("session key %q, want the one given directly", cfg.SessionKey.Reveal())
	}
}

func TestAWrongSettingIsRefused(t *testing.T) {
	for _, row := range []struct{ name, value string }{
		{"PUBLIC_URL", "shop.example.com"}, {"PUBLIC_URL", "http://shop.example.com"}, {"PUBLIC_URL", "ftp://localhost"},
		{"PUBLIC_URL", "https://shop.example.com/?a=b"}, {"PUBLIC_URL", "https://shop.example.com/#top"}, {"PUBLIC_URL", "https://"},
		{"PUBLIC_URL", "http://localhost.example.com"}, {"PUBLIC_URL", "http://8.8.8.8"}, {"PUBLIC_URL", "http://127.0.0.1.example.com"},
		{"ANTOM_SDK_URL", "http://sdk.example.com/sdk.js"},
		{"EMAILS_PER_RECIPIENT", "0"}, {"EMAILS_PER_HOUR", "many"}, {"MAX_CONNECTIONS", "15"}, {"MAX_STREAMS", "-1"},
		{"PUBLIC_URL", "https://shop.example.com/pay"}, {"PUBLIC_URL", "https://ann:secret@shop.example.com"}, {"PUBLIC_URL", "https://tee.müller.example"},
		{"PUBLIC_URL", "https://shop.example.com:99999"}, {"ANTOM_URL", "https://open-sea-global.alipay.com/ams/api/v1/payments/pay"}, {"ANTOM_CLIENT_ID", "5Y 1234"}, {"ANTOM_SDK_INTEGRITY", "sha384-abc"}, {"ANTOM_SDK_INTEGRITY", "abc"},
		{"ADDR", "8080"}, {"ADDR", "localhost"}, {"ADDR", "http://localhost:8080"}, {"ADDR", "localhost:99999"}, {"SANDBOX_ADDR", "8081"},
		{"SHOP_NAME", "Tea\nCo"}, {"SHOP_NAME", strings.Repeat("a", 101)}, {"SHOP_NAME", "Tea \xff"}, {"DATABASE_URL", "."}, {"DATABASE_URL", "data/"}, {"DATABASE_URL", ":memory:"}, {"DATABASE_URL", "sqlite:shop.db"},
		{"CURRENCY", "XXX"}, {"SETTLEMENT_CURRENCY", "DOLLAR"},
		{"CAPTURE_MODE", "later"}, {"INTEGRATION", "form"}, {"SDK_UI", "window"}, {"SDK_SHOW_LOADING", "maybe"}, {"SDK_SUBMIT_BUTTON", "antom"},
		{"ORDER_TTL", "1"}, {"ORDER_TTL", "1x"}, {"SWEEP_SCHEDULE", "10,30"}, {"SANDBOX", "off"}, {"ORDER_TTL", "0s"}, {"ORDER_TTL", "-1h"}, {"ORDER_TTL", "9999h"},
		{"ANTOM_TIMEOUT", "0s"}, {"ANTOM_TIMEOUT", "1h"}, {"ANTOM_TIMEOUT", "soon"},
		{"SWEEP_SCHEDULE", "10s,,1m"}, {"SWEEP_SCHEDULE", "10s,0s"}, {"SWEEP_SCHEDULE", "-1s"}, {"SWEEP_SCHEDULE", "often"},
		{"SESSION_KEY", "too short"}, {"SESSION_KEY", strings.Repeat("k", 31)},
		{"TRUSTED_PROXIES", "10.0.0"}, {"TRUSTED_PROXIES", "10.0.0.0/8,all"},
		{"ALLOWED_HOSTS", "https://pay.example.com"}, {"ALLOWED_HOSTS", "shop.local,*.example.com"},
		{"APP_RETURN_URLS", "javascript:alert(1)"}, {"APP_RETURN_URLS", "myshop://pay,http://shop.example/"}, {"APP_RETURN_URLS", "myshop"},
		{"PAYMENT_METHODS", "CARD,NOSUCH"}, {"PAYMENT_METHODS", "CARD,APPLEPAY"}, {"PAYMENT_METHODS", "CARD,CARD"}, {"KOREAN_CARD_BRANDS", "SAMSUNG,VISA"}, {"KOREAN_CARD_BRANDS", "SAMSUNG SAMSUNG"}, {"KOREAN_CARD_BRANDS", "삼성"}, {"PAYMENT_METHODS", "PAYPAY IDEAL"},
		{"SHOP_LOGO", "no/such/file.svg"}, {"SHOP_LOGO", "settings.go"},
		{"ACCENT_COLOR", "green"}, {"ACCENT_COLOR", "#ffd400"},
		{"METRICS_ADDR", "9090"}, {"METRICS_ADDR", "localhost:"}, {"METRICS_ADDR", "on"},
		{"CLOCK_OFFSET", "tomorrow"},
		{"LOG_FORMAT", "xml"}, {"LOG_LEVEL", "loud"}, {"LOG_LEVEL", "info+1"},
		{"DATABASE_URL", "mysql://localhost/shop"}, {"DATABASE_URL", "postgres://localhost:port/shop"},
		{"SMTP_URL", "mail.example.com:587"}, {"SMTP_URL", "https://mail.example.com"}, {"SMTP_URL", "smtp://"},
		{"MAIL_FROM", "shop"}, {"MAIL_FROM", "Shop <shop@example.com>"}, {"MAIL_FROM", "a@example.com\nBcc: b@example.com"},
	} {
		t.Run(row.name+"="+row.value, func(t *testing.T) {
			expectProblems(t, environ{row.name: row.value}, nil, row.name)
			expectProblems(t, nil, []string{"-" + flagName(row.name) + "=" + row.value}, row.name)
		})
	}
}

func TestAColourThatIsNotSeenIsRefusedWithOneThatIs(t *testing.T) {
	expectProblems(t, environ{"ACCENT_COLOR": "#ffd400"}, nil, "contrast of 1.31", "needs 3", "nearest that has it is #a88c00")
	if cfg := load(t, environ{"ACCENT_COLOR": "#a88c00", "SHOP_LOGO": "../static/favicon.svg"}); cfg.Pages.Accent == nil || cfg.Pages.Logo == nil || cfg.Pages.Logo.Width != 36 {
		t.Errorf("accent %v, logo %+v", cfg.Pages.Accent, cfg.Pages.Logo)
	}
	if cfg := load(t, nil); cfg.Pages.Accent != nil || cfg.Pages.Logo != nil {
		t.Error("a logo or a colour from nowhere")
	}
}

func TestMethodsAreListedInTheOrderWanted(t *testing.T) {
	for _, list := range []string{"PAYNOW,CARD,IDEAL", " PAYNOW, CARD ,IDEAL,", "PAYNOW CARD\nIDEAL"} {
		if got := load(t, environ{"PAYMENT_METHODS": list}).Methods; !slices.Equal(got, []string{"PAYNOW", "CARD", "IDEAL"}) {
			t.Errorf("%q became %q", list, got)
		}
	}
	if got := load(t, nil).Methods; len(got) != 0 {
		t.Errorf("no list became %q", got)
	}
}

func TestHTTPIsForThisMachineOnly(t *testing.T) {
	for _, address := range []string{"http://localhost:8080", "http://127.0.0.1", "http://127.8.9.1:99", "http://[::1]:8080", "https://shop.example.com"} {
		if cfg := load(t, environ{"PUBLIC_URL": address, "SANDBOX": "on"}); cfg.PublicURL.String() != address {
			t.Errorf("PUBLIC_URL %q became %q", address, cfg.PublicURL)
		}
		load(t, account(environ{"ANTOM_URL": address}))
	}
	for _, address := range []string{"http://open-sea-global.alipay.com", "http://192.168.1.1", "open-sea-global.alipay.com", "ftp://localhost"} {
		expectProblems(t, account(environ{"ANTOM_URL": address}), nil, "ANTOM_URL")
	}
}

func TestEveryProblemIsReportedAtOnce(t *testing.T) {
	expectProblems(t, environ{
		"PUBLIC_URL": "http://shop.example.com", "CURRENCY": "XXX", "CAPTURE_MODE": "later", "ORDER_TTL": "never",
		"SWEEP_SCHEDULE": "often", "SESSION_KEY": "short", "ANTOM_CLIENT_ID": "5Y1234", "CLOCK_OFFSET": "1h",
	}, []string{"-trusted-proxies", "me"},
		"PUBLIC_URL", "CURRENCY", "CAPTURE_MODE", "ORDER_TTL", "SWEEP_SCHEDULE", "SESSION_KEY", "TRUSTED_PROXIES",
		"ANTOM_PRIVATE_KEY", "ANTOM_PUBLIC_KEY", "CLOCK_OFFSET")
}

func TestAMissingSecretFileIsReportedWithTheOtherProblems(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	expectProblems(t, environ{"SESSION_KEY_FILE": missing, "ANTOM_PRIVATE_KEY_FILE": missing, "CURRENCY": "XXX"}, nil,
		"SESSION_KEY_FILE", "ANTOM_PRIVATE_KEY_FILE", "CURRENCY")
}

func TestProblemsNeverShowASecret(t *testing.T) {
	_, err := Load(nil, environ{
		"SESSION_KEY": "hunter2", "ANTOM_PRIVATE_KEY": "MIIEprivate", "CURRENCY": "XXX", "SMTP_URL": "smtp://ann:hunter2@mail host",
	}.get)
	if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "MIIE") {
		t.Errorf("got %v, want an error without the secrets", err)
	}
}

func TestTheClockIsOffsetInTestModeOnly(t *testing.T) {
	for _, env := range []environ{{"CLOCK_OFFSET": "-36h"}, account(environ{"ANTOM_CLIENT_ID": "SANDBOX_5Y1234", "CLOCK_OFFSET": "-36h"})} {
		cfg := load(t, env)
		if cfg.ClockOffset != -36*time.Hour {
			t.Errorf("with client id %q the clock is off by %v, want -36h", cfg.Antom.ClientID, cfg.ClockOffset)
		}
	}
	expectProblems(t, account(environ{"CLOCK_OFFSET": "1s"}), nil, "CLOCK_OFFSET")
	expectProblems(t, account(environ{"CLOCK_OFFSET": "1s", "ANTOM_CLIENT_ID": "sandbox_5Y1234"}), nil, "CLOCK_OFFSET")
	load(t, account(environ{"CLOCK_OFFSET": "0s"}))
}

func TestAnAccountNeedsItsKeys(t *testing.T) {
	expectProblems(t, environ{"ANTOM_CLIENT_ID": "SANDBOX_5Y1234"}, nil, "ANTOM_PRIVATE_KEY", "ANTOM_PUBLIC_KEY")
}

func TestAMailServerNeedsASender(t *testing.T) {
	expectProblems(t, environ{"SMTP_URL": "smtp://mail.example.com"}, nil, "MAIL_FROM: missing")
	if cfg := load(t, environ{"DATABASE_URL": "/srv/shop/checkout.db"}); !cfg.SMTPURL.Empty() || cfg.mailFolder() != "/srv/shop/mail" {
		t.Errorf("mail goes to a server or to %s, want a folder beside the database", cfg.mailFolder())
	}
	cfg := load(t, environ{"SMTP_URL": "smtps://ann:secret@mail.example.com", "MAIL_FROM": "shop@example.com", "PUBLIC_URL": "https://pay.example.com", "SANDBOX": "on"})
	want := mail.Server{Host: "mail.example.com", Port: 465, User: "ann", Password: "secret", TLS: true}
	if got := cfg.mail(); got.Server == nil || *got.Server != want || got.From != "shop@example.com" || got.Host != "pay.example.com" || cfg.pages().Preview != nil {
		t.Error("the mail server is not the one of the settings, or emails are previewed beside it")
	}
}

func TestAWrongCommandLineIsWrongUsage(t *testing.T) {
	expectProblems(t, nil, []string{"-colour", "red"}, "colour")
	expectProblems(t, nil, []string{"-addr"}, "addr")
	expectProblems(t, nil, []string{"now"}, "now")
	expectProblems(t, nil, []string{"-addr", ":80", "-currency", "JPY", "please"}, "please")
}
