package main

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha512"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	netmail "net/mail"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"antom-checkout/checkout"
	"antom-checkout/handlers"
	"antom-checkout/mail"
	"antom-checkout/static"
)

// config is every setting, checked together.
type config struct {
	addr            string
	publicURL       *url.URL // nil: follows from the address listened on
	database        string
	antomClientID   string // "": the embedded sandbox
	antomURL        string
	antomPrivateKey string
	antomPublicKey  string
	antomTimeout    time.Duration
	sdkURL          *url.URL // nil: the sandbox's stand-in
	sdkIntegrity    string
	sdkUI           handlers.SDKUI
	sandboxAddr     string
	shopName        string
	logo            *static.Picture // nil: none
	accent          *static.Accent  // nil: our own colour
	catalogFile     string
	currency        checkout.Currency
	settlement      checkout.Currency
	manualCapture   bool
	refundLate      bool
	integrationSDK  bool
	methods         []string
	sweepSchedule   []time.Duration
	orderTTL        time.Duration
	sessionKey      string
	mailServer      *mail.Server // nil: letters are written to files
	mailFrom        string
	mailDir         string
	appReturns      handlers.AppReturns
	trustedProxies  []*net.IPNet
	rateLimits      bool
	metricsAddr     string // "": nobody is told what is measured
	clockOffset     time.Duration
}

// setting is one name with its default and what the manual says of it.
type setting struct {
	env, fallback, help string
	secret              bool // may come from the file named by env + "_FILE"
}

const antomSDK = "https://sdk.marmot-cloud.com/package/ams-checkout/1.47.2/dist/umd/ams-checkout.min.js"

// settings lists them in the order an operator meets them.
var settings = []setting{
	{env: "ADDR", fallback: "localhost:8080", help: "address the shop listens on"},
	{env: "PUBLIC_URL", help: "base of every address handed out (default http://ADDR)"},
	{env: "DATABASE_URL", fallback: "data/checkout.db", help: "path of the SQLite file"},
	{env: "SHOP_NAME", fallback: "Plain Goods", help: "name shown on every page"},
	{env: "SHOP_LOGO", help: "SVG, PNG or WebP file shown on every page"},
	{env: "ACCENT_COLOR", help: "#rrggbb of buttons and marks; has to be seen on our pages"},
	{env: "CATALOG_FILE", help: "JSON or CSV file of products to import at start"},
	{env: "CURRENCY", fallback: "SGD", help: "ISO 4217 currency the shop sells in"},
	{env: "SETTLEMENT_CURRENCY", help: "currency Antom settles in (default CURRENCY)"},
	{env: "ANTOM_CLIENT_ID", help: "empty starts the embedded sandbox and uses it"},
	{env: "ANTOM_URL", fallback: "https://open-sea-global.alipay.com", help: "gateway of your region"},
	{env: "ANTOM_PRIVATE_KEY", help: "yours: PEM or bare base64", secret: true},
	{env: "ANTOM_PUBLIC_KEY", help: "Antom's: PEM, bare base64, or version:key,…", secret: true},
	{env: "ANTOM_TIMEOUT", fallback: "10s", help: "how long to wait for one answer"},
	{env: "ANTOM_SDK_URL", fallback: antomSDK, help: "script of the Web SDK"},
	{env: "ANTOM_SDK_INTEGRITY", help: "Subresource Integrity value of that script"},
	{env: "SDK_UI", fallback: "popup", help: "popup, inline (cards inside the page), or element (Antom's Payment Element)"},
	{env: "SANDBOX_ADDR", fallback: "localhost:8081", help: "address the sandbox listens on"},
	{env: "INTEGRATION", fallback: "sdk", help: "sdk, or api for redirects only"},
	{env: "PAYMENT_METHODS", help: "Antom's codes of the methods to offer, in this order: CARD,PAYNOW (default: what Antom offers)"},
	{env: "CAPTURE_MODE", fallback: "automatic", help: "automatic or manual capture of cards"},
	{env: "LATE_PAYMENT", fallback: "accept", help: "accept or refund money that comes for a closed order"},
	{env: "ORDER_TTL", fallback: "1h", help: "how long an unpaid order stays payable"},
	{env: "SWEEP_SCHEDULE", fallback: "10s,30s,1m,2m,5m,5m,10m,30m,1h", help: "waits between looks at something unfinished"},
	{env: "SESSION_KEY", help: "32 characters or more (default: made once, kept beside the database)", secret: true},
	{env: "SMTP_URL", help: "mail server, smtp://user:password@host:587 or smtps://…:465 (default: mails are written to MAIL_DIR)", secret: true},
	{env: "MAIL_FROM", help: "address that mails to buyers come from"},
	{env: "MAIL_DIR", help: "where mails are written without SMTP_URL (default: mail, beside the database)"},
	{env: "APP_RETURN_URLS", help: "where native apps may be opened again, such as myshop://pay,https://shop.example/app/"},
	{env: "TRUSTED_PROXIES", help: "CIDRs whose X-Forwarded-For counts"},
	{env: "RATE_LIMITS", fallback: "on", help: "on or off"},
	{env: "METRICS_ADDR", help: "address that serves /metrics to Prometheus (default off)"},
	{env: "CLOCK_OFFSET", fallback: "0s", help: "added to the clock, for tests; refused with live client ids"},
}

// usageError is a wrong command line or wrong settings: exit code 2.
type usageError struct{ error }

// loadConfig reads flags, then the environment, then defaults, and reports every
// problem at once.
func loadConfig(command string, args []string, getenv func(string) string, usage io.Writer) (config, error) {
	return loadConfigWith(flag.NewFlagSet(command, flag.ContinueOnError), args, getenv, usage)
}

// loadConfigWith does so for a command that has flags of its own.
func loadConfigWith(flags *flag.FlagSet, args []string, getenv func(string) string, usage io.Writer) (config, error) {
	c, err := readSettings(flags, args, getenv, usage)
	if err != nil {
		return config{}, err
	}
	cfg := config{
		addr:            c.text("ADDR"),
		publicURL:       c.url("PUBLIC_URL"),
		database:        c.text("DATABASE_URL"),
		antomClientID:   c.text("ANTOM_CLIENT_ID"),
		antomPrivateKey: c.text("ANTOM_PRIVATE_KEY"),
		antomPublicKey:  c.text("ANTOM_PUBLIC_KEY"),
		antomTimeout:    c.duration("ANTOM_TIMEOUT", time.Millisecond, time.Minute),
		sdkURL:          c.url("ANTOM_SDK_URL"),
		sdkIntegrity:    c.text("ANTOM_SDK_INTEGRITY"),
		sdkUI:           handlers.SDKUI(c.choice("SDK_UI", string(handlers.Popup), string(handlers.Inline), string(handlers.Element))),
		sandboxAddr:     c.text("SANDBOX_ADDR"),
		shopName:        c.text("SHOP_NAME"),
		logo:            c.logo("SHOP_LOGO"),
		accent:          c.accent("ACCENT_COLOR"),
		catalogFile:     c.text("CATALOG_FILE"),
		currency:        c.currency("CURRENCY"),
		settlement:      c.currency("SETTLEMENT_CURRENCY"),
		manualCapture:   c.choice("CAPTURE_MODE", "automatic", "manual") == "manual",
		refundLate:      c.choice("LATE_PAYMENT", "accept", "refund") == "refund",
		integrationSDK:  c.choice("INTEGRATION", "sdk", "api") == "sdk",
		methods:         c.words("PAYMENT_METHODS"),
		sweepSchedule:   c.durations("SWEEP_SCHEDULE"),
		orderTTL:        c.duration("ORDER_TTL", time.Second, 30*24*time.Hour),
		sessionKey:      c.text("SESSION_KEY"),
		mailServer:      c.mailServer("SMTP_URL"),
		mailFrom:        c.mailAddress("MAIL_FROM"),
		mailDir:         c.text("MAIL_DIR"),
		appReturns:      c.appReturns("APP_RETURN_URLS"),
		trustedProxies:  c.networks("TRUSTED_PROXIES"),
		rateLimits:      c.choice("RATE_LIMITS", "on", "off") == "on",
		metricsAddr:     c.address("METRICS_ADDR"),
		clockOffset:     c.duration("CLOCK_OFFSET", -10*365*24*time.Hour, 10*365*24*time.Hour),
	}
	if gateway := c.url("ANTOM_URL"); gateway != nil {
		cfg.antomURL = gateway.String()
	}
	if cfg.settlement == "" {
		cfg.settlement = cfg.currency
	}
	if err := checkout.CheckMethods(cfg.methods, cfg.currency); err != nil {
		c.problem(true, "PAYMENT_METHODS: "+err.Error())
	}
	if cfg.antomClientID == "" && c.text("ANTOM_SDK_URL") == antomSDK {
		cfg.sdkURL = nil // the sandbox brings its own
	}
	c.problem(cfg.sessionKey != "" && len(cfg.sessionKey) < 32, "SESSION_KEY: shorter than 32 characters")
	c.problem(cfg.clockOffset != 0 && cfg.live(), "CLOCK_OFFSET: not with a live client id")
	c.problem(cfg.antomClientID != "" && cfg.antomPrivateKey == "", "ANTOM_PRIVATE_KEY: missing")
	c.problem(cfg.antomClientID != "" && cfg.antomPublicKey == "", "ANTOM_PUBLIC_KEY: missing")
	c.problem(cfg.antomClientID != "" && cfg.sdkURL == nil && cfg.integrationSDK, "ANTOM_SDK_URL: missing")
	c.problem(c.text("SMTP_URL") != "" && c.text("MAIL_FROM") == "", "MAIL_FROM: missing")
	c.problem(strings.Contains(cfg.database, "://"), "DATABASE_URL: only a path to an SQLite file is supported so far")
	if err := errors.Join(c.problems...); err != nil {
		return config{}, usageError{fmt.Errorf("settings:\n%w", err)}
	}
	return cfg, nil
}

// live reports whether real money moves.
func (c config) live() bool {
	return c.antomClientID != "" && !strings.HasPrefix(c.antomClientID, "SANDBOX_")
}

// readSettings finds each setting's text.
func readSettings(flags *flag.FlagSet, args []string, getenv func(string) string, usage io.Writer) (*checker, error) {
	flags.SetOutput(usage)
	given := map[string]*string{}
	for _, s := range settings {
		help := s.help + " (env " + s.env + ")"
		given[s.env] = flags.String(flagName(s.env), "", help)
		if s.secret {
			given[s.env+"_FILE"] = flags.String(flagName(s.env+"_FILE"), "", "file holding it (env "+s.env+"_FILE)")
		}
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, usageError{err}
	}
	if flags.NArg() > 0 {
		return nil, usageError{fmt.Errorf("%s: unexpected %q", flags.Name(), flags.Arg(0))}
	}
	set := map[string]bool{} // by flag name; a flag may be set to nothing
	flags.Visit(func(f *flag.Flag) { set[f.Name] = true })
	text := func(env string) string {
		if set[flagName(env)] {
			return *given[env]
		}
		return getenv(env)
	}
	c := &checker{values: map[string]string{}}
	for _, s := range settings {
		value := text(s.env)
		fileGiven := set[flagName(s.env+"_FILE")] && !set[flagName(s.env)]
		if s.secret && (value == "" || fileGiven) && text(s.env+"_FILE") != "" {
			content, err := os.ReadFile(text(s.env + "_FILE"))
			if err != nil {
				c.problems = append(c.problems, fmt.Errorf("%s_FILE: %w", s.env, err))
			}
			value = strings.TrimSpace(string(content))
		}
		if value == "" && !set[flagName(s.env)] {
			value = s.fallback
		}
		c.values[s.env] = value
	}
	return c, nil
}

// flagName: ANTOM_CLIENT_ID is -antom-client-id.
func flagName(env string) string { return strings.ReplaceAll(strings.ToLower(env), "_", "-") }

// checker turns texts into values and collects what is wrong with them.
type checker struct {
	values   map[string]string
	problems []error
}

func (c *checker) problem(wrong bool, text string) {
	if wrong {
		c.problems = append(c.problems, errors.New(text))
	}
}

func (c *checker) text(env string) string { return c.values[env] }

func (c *checker) url(env string) *url.URL {
	if c.values[env] == "" {
		return nil
	}
	u, err := url.Parse(strings.TrimSuffix(c.values[env], "/"))
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		c.problem(true, env+": not an address")
		return &url.URL{}
	}
	loopback := u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
	c.problem(u.Scheme != "https" && (u.Scheme != "http" || !loopback), env+": must be https, except on loopback")
	return u
}

func (c *checker) mailServer(env string) *mail.Server {
	if c.values[env] == "" {
		return nil
	}
	server, err := mail.ParseServer(c.values[env])
	if err != nil {
		c.problem(true, env+": "+err.Error())
	}
	return server
}

func (c *checker) mailAddress(env string) string {
	text := c.values[env]
	parsed, err := netmail.ParseAddress(text)
	c.problem(text != "" && (err != nil || parsed.Address != text), env+": not an address such as shop@example.com")
	return text
}

func (c *checker) address(env string) string {
	if c.values[env] == "off" {
		return ""
	}
	_, port, err := net.SplitHostPort(c.values[env])
	c.problem(c.values[env] != "" && (err != nil || port == ""), env+": not an address such as localhost:9090")
	return c.values[env]
}

func (c *checker) duration(env string, least, most time.Duration) time.Duration {
	d, err := time.ParseDuration(c.values[env])
	c.problem(err != nil || d < least || d > most, fmt.Sprintf("%s: not a duration from %v to %v", env, least, most))
	return d
}

func (c *checker) durations(env string) []time.Duration {
	var all []time.Duration
	for text := range strings.SplitSeq(c.values[env], ",") {
		d, err := time.ParseDuration(strings.TrimSpace(text))
		if err != nil || d <= 0 {
			c.problem(true, env+": not a list of durations such as 10s,1m")
			return []time.Duration{time.Minute}
		}
		all = append(all, d)
	}
	return all
}

// words reads a list with commas, spaces or both between its members.
func (c *checker) words(env string) []string {
	return strings.FieldsFunc(c.values[env], func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
}

func (c *checker) currency(env string) checkout.Currency {
	if c.values[env] == "" {
		return ""
	}
	currency, err := checkout.ParseCurrency(c.values[env])
	c.problem(err != nil, env+": no currency of ISO 4217")
	return currency
}

func (c *checker) choice(env string, words ...string) string {
	c.problem(!slices.Contains(words, c.values[env]), env+": none of "+strings.Join(words, ", "))
	return c.values[env]
}

func (c *checker) appReturns(env string) handlers.AppReturns {
	list, err := handlers.ParseAppReturns(c.values[env])
	if err != nil {
		c.problem(true, env+": "+err.Error())
	}
	return list
}

func (c *checker) networks(env string) []*net.IPNet {
	var all []*net.IPNet
	for text := range strings.SplitSeq(c.values[env], ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		_, network, err := net.ParseCIDR(text)
		c.problem(err != nil, env+": "+text+" is no CIDR such as 10.0.0.0/8")
		all = append(all, network)
	}
	return all
}

func (c *checker) logo(env string) *static.Picture {
	if c.values[env] == "" {
		return nil
	}
	picture, err := os.ReadFile(c.values[env])
	if err != nil {
		c.problem(true, env+": "+err.Error())
		return nil
	}
	logo, err := static.Logo(picture)
	if err != nil {
		c.problem(true, env+": "+c.values[env]+" "+err.Error())
	}
	return logo
}

func (c *checker) accent(env string) *static.Accent {
	if c.values[env] == "" {
		return nil
	}
	accent, err := static.ParseAccent(c.values[env])
	if err != nil {
		c.problem(true, env+": "+err.Error())
	}
	return accent
}

// sessionKeys is 64 bytes made of the setting, or of a key that is made once and
// kept beside the database.
func (c config) sessionKeys() ([]byte, error) {
	text := c.sessionKey
	if text == "" {
		var err error
		if text, err = keptKey(filepath.Join(filepath.Dir(c.database), "session.key")); err != nil {
			return nil, fmt.Errorf("session key: %w", err)
		}
	}
	sum := sha512.Sum512([]byte(text))
	return sum[:], nil
}

// linkKey is what signs the links in letters: made of the session keys, but of no
// use in place of them.
func linkKey(sessionKeys []byte) []byte {
	if sessionKeys == nil {
		return nil
	}
	key, err := hkdf.Key(sha512.New, sessionKeys, nil, "antom-checkout links to orders", 32)
	if err != nil {
		panic("main: " + err.Error()) // 32 bytes are never too many
	}
	return key
}

// mailFolder is where letters are written without a mail server.
func (c config) mailFolder() string {
	if c.mailDir != "" {
		return c.mailDir
	}
	return filepath.Join(filepath.Dir(c.database), "mail")
}

func keptKey(path string) (string, error) {
	switch kept, err := os.ReadFile(path); {
	case err == nil && len(kept) >= 32:
		return string(kept), nil
	case err == nil:
		return "", fmt.Errorf("%s is damaged; delete it to make a new one", path)
	case !errors.Is(err, os.ErrNotExist):
		return "", err
	}
	key := rand.Text() + rand.Text()
	return key, os.WriteFile(path, []byte(key), 0o600)
}
