package app

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"antom-checkout/antom"
	"antom-checkout/checkout"
	"antom-checkout/checkout/payments"
	"antom-checkout/checkout/shop"
	"antom-checkout/handlers"
	"antom-checkout/mail"
	"antom-checkout/webhooks"
)

// Settings is all that an operator decides. The settings of a package are in that
// package's own Config; [Build] adds the rest of it, such as clock and log.
type Settings struct {
	Addr        string
	PublicURL   *url.URL // nil: follows from the address listened on
	Database    string
	CatalogFile string
	SandboxAddr string
	SandboxTLS  bool
	DeskAddr    string // "": the dashboard is on the shop's

	BreachedPasswords *url.URL // nil: the built-in list alone
	MetricsAddr       string   // "": the metrics are not served
	Profiles          bool     // where the metrics are, Go's profiles are served
	Traces            TraceSettings
	ClockOffset       time.Duration

	MaxConnections int
	DrainDelay     time.Duration
	Log            LogSettings

	Shop               shop.Config
	Payments           payments.Config
	Methods            []string // codes to offer, in this order; none: what Antom offers
	KoreanBrands       []string // card companies to offer for KRW; none: those that Antom names
	SettlementCurrency checkout.Currency
	Pages              handlers.Config
	SDK                handlers.SDK // its URL is nil: the sandbox's stand-in
	CardServer         bool         // cards are typed on a page of the shop
	Attestation        attestation  // of PCI DSS, which that needs
	FormsOnly          bool         // payments by forms and redirects, without the SDK
	SandboxOnPublic    bool         // the embedded sandbox serves although PublicURL is not this machine's
	Antom              antom.Config // without its keys; its ClientID is "": the embedded sandbox
	AntomMerchant      string       // the merchant's id in Antom's reports; "": that of the first one
	Mail               mail.Config  // without its Server
	Webhooks           webhooks.Config
	WebhookNetworks    []*net.IPNet // that webhooks may reach although they are not public

	AntomPrivateKey Secret
	AntomPublicKey  Secret
	SessionKey      Secret
	SessionKeyOld   Secret // what it was before; empty: there is none
	SMTPURL         Secret

	Warnings []Warning // what is taken, and is probably not what the operator wants
}

// setting is one row: a name, what it does, and the field that it fills. The
// manual and the README's table are made from it. Marks of Markdown are for the
// README.
type setting struct {
	env      string
	fallback string // the text that stands for none
	shown    string // the default, where the fallback does not say it
	summary  string
	needs    []string // settings without which this one is refused
	open     bool     // no secret, although it may come from a file as secrets do
	into     target
}

const clientID = "ANTOM_CLIENT_ID"

const antomSDK = "https://sdk.marmot-cloud.com/package/ams-checkout/1.47.2/dist/umd/ams-checkout.min.js"

// antomSDKIntegrity is the hash of that script, as it is published on npm.
const antomSDKIntegrity = "sha384-AD7L5Rh076UuqKtWm0N7aQR3QisWht2XKNKKIFUGwyXE5t3qTQJi/6mBDJyVTATz"

// integrityOff is the text of a setting that pins no hash.
const integrityOff = "off"

// rows lists all settings, in the order an operator meets them; each fills its
// field of s.
func (s *Settings) rows() []setting {
	return slices.Concat(s.shopRows(), s.paymentRows(), s.serverRows())
}

// defaultDatabase is the database of a shop whose settings name none.
const defaultDatabase = "data/checkout.db"

// shopRows are about what is sold, and where.
func (s *Settings) shopRows() []setting {
	return []setting{
		{env: "ADDR", fallback: "localhost:8080", into: listenAddress(&s.Addr),
			summary: "address the shop listens on"},
		{env: "PUBLIC_URL", shown: "`http://` + `ADDR`", into: parsed(&s.PublicURL, parsePublicURL),
			summary: "base of every address handed out; never the Host header. `https`, except on loopback; a host of its own, without a path. With the embedded sandbox also `http` at a private IP address (`http://192.168.1.20:8080`): shop and sandbox then listen on all addresses, so that phones on the local network reach them"},
		{env: "DATABASE_URL", fallback: defaultDatabase, into: file(&s.Database),
			summary: "path of the SQLite file, or the address of a PostgreSQL database (15 or newer), such as `postgres://shop@db.example.com/shop?sslmode=verify-full`, that several programs may share; its password may stand in `PGPASSWORD` or `~/.pgpass`. What stands beside the database then stands in `data`"},
		{env: "SHOP_NAME", fallback: "Plain Goods", into: parsed(&s.Pages.ShopName, parseShopName),
			summary: "name shown on every page"},
		{env: "SHOP_LOGO", shown: "a built-in mark", into: logo(&s.Pages.Logo),
			summary: "file of the logo: SVG, PNG or WebP, 64 KiB at most, drawn for a light ground. A wide logo replaces the shop name, a square one stands next to it"},
		{env: "ACCENT_COLOR", shown: "`#1f4d3f`", into: accent(&s.Pages.Accent),
			summary: "`#rrggbb` of buttons, marks and focus, in emails too. Rejected if its contrast with the page is below 3:1 (WCAG AA); the error names the nearest colour that passes. Text on it is black or white; the dark theme lightens it where contrast needs it"},
		{env: "CATALOG_FILE", into: text(&s.CatalogFile),
			summary: "products to import at start: JSON (`[{\"sku\",\"name\",\"description\",\"image\",\"price\",\"stock\"}]`) or CSV with those columns, as spreadsheets write it (commas, semicolons or tabs; UTF-8 or UTF-16); prices in minor units. Products that it does not name are no longer sold; a stock counts when it is another number than the time before (`stock` says what is there now)"},
		{env: "TIME_ZONE", shown: "`TZ`, or the machine's", into: parsed(&s.Pages.TimeZone, parseTimeZone),
			summary: "zone of the dates and times on pages and in emails, such as `Asia/Singapore`"},
		{env: "CURRENCY", fallback: "SGD", into: currency(&s.Shop.Currency),
			summary: "ISO 4217 currency the shop sells in"},
		{env: "SETTLEMENT_CURRENCY", shown: "`CURRENCY`", into: currency(&s.SettlementCurrency),
			summary: "currency Antom settles in"},
	}
}

// paymentRows are about Antom, and how orders are paid.
func (s *Settings) paymentRows() []setting {
	return []setting{
		{env: clientID, needs: []string{"ANTOM_PRIVATE_KEY", "ANTOM_PUBLIC_KEY"}, into: parsed(&s.Antom.ClientID, parseClientID),
			summary: "your account. Without one, and without its keys, the embedded sandbox is started and used"},
		{env: "ANTOM_MERCHANT_ID", shown: "that of the first report", into: text(&s.AntomMerchant),
			summary: "the merchant's id in Antom's reports (`customerId`); `reconcile` refuses reports of another one"},
		{env: "ANTOM_URL", fallback: "https://open-sea-global.alipay.com", needs: []string{clientID}, into: parsed(&s.Antom.BaseURL, parseGateway),
			summary: "gateway of your region"},
		{env: "ANTOM_PRIVATE_KEY", needs: []string{clientID}, into: secret(&s.AntomPrivateKey),
			summary: "yours: PEM or bare base64 DER, PKCS#8 or PKCS#1"},
		{env: "ANTOM_PUBLIC_KEY", needs: []string{clientID}, open: true, into: secret(&s.AntomPublicKey),
			summary: "Antom's: PEM, bare base64 DER, or several as `version:key,…` while keys are rotated"},
		{env: "ANTOM_TIMEOUT", fallback: "10s", into: duration(&s.Antom.Timeout, time.Millisecond, time.Minute),
			summary: "how long to wait for one answer"},
		{env: "ANTOM_SDK_URL", fallback: antomSDK, shown: "Antom's CDN, version 1.47.2", into: address(&s.SDK.URL),
			summary: "script of the Web SDK"},
		{env: "ANTOM_SDK_INTEGRITY", shown: "that of version 1.47.2, for its script", into: integrity(&s.SDK.Integrity),
			summary: "Subresource Integrity value of that script (`sha384-…`), or `off`. Browsers run no other file: where Antom changes it, buyers pay without the SDK until this setting names the new hash"},
		{env: "SDK_UI", fallback: "popup", into: oneOf(&s.SDK.UI, handlers.Popup, handlers.Inline, handlers.Element),
			summary: "how Antom's form is displayed: `popup`; `inline`: cards are entered inside the page, all else in the popup; `element`: Antom's Payment Element replaces the shop's list of methods. A build of the SDK without it leaves that list, and redirects"},
		{env: "SDK_SHOW_LOADING", fallback: "on", into: either(&s.SDK.HideLoading, "on", "off"),
			summary: "`off`: the SDK shows no spinner of its own while it opens (its `showLoading`); the shop's page says that the payment is prepared"},
		{env: "SDK_SUBMIT_BUTTON", fallback: "sdk", into: either(&s.SDK.ShopSubmits, "sdk", "shop"),
			summary: "with `SDK_UI=inline`: `shop` has the shop's own button submit the card form, in place of Antom's (its `showSubmitButton`)"},
		{env: "SANDBOX", fallback: "auto", into: either(&s.SandboxOnPublic, "auto", "on"),
			summary: "`on`: the embedded sandbox, where payments are practice, serves although `PUBLIC_URL` is not on this machine"},
		{env: "SANDBOX_ADDR", fallback: "localhost:8081", into: listenAddress(&s.SandboxAddr),
			summary: "address the sandbox listens on"},
		{env: "SANDBOX_TLS", fallback: "off", into: either(&s.SandboxTLS, "off", "on"),
			summary: "`on`: the sandbox is reached by https, with a certificate of its own that is kept beside its keys (`sandbox-tls.pem`); for SDKs that know no http. The shop trusts it, a browser has to be told"},
		{env: "INTEGRATION", fallback: "sdk", into: either(&s.FormsOnly, "sdk", "api"),
			summary: "`api`: forms and redirects only"},
		{env: "PAYMENT_METHODS", shown: "what Antom offers", into: codes(&s.Methods),
			summary: "Antom's codes of the methods to offer, in the order wanted: `CARD,PAYNOW,GRABPAY_SG`. Those that Antom, the currency or the amount excludes are left out"},
		{env: "KOREAN_CARD_BRANDS", shown: "what Antom offers", into: brands(&s.KoreanBrands),
			summary: "Antom's codes of the Korean card companies that orders in KRW may be paid with on the company's own page, in the order wanted: `SAMSUNG,SHINHAN,HYUNDAI`. Not offered with `CAPTURE_MODE=manual`: these payments are captured by themselves"},
		{env: "CARD_MODE", fallback: "antom", into: either(&s.CardServer, "antom", "server"),
			summary: "`server`: cards are typed on a page of the shop and sent to Antom by the shop, which makes the merchant answerable for PCI DSS ([how to switch it on](#cards-antoms-page-or-your-own)); needs `PCI_ATTESTATION`"},
		{env: "PCI_ATTESTATION", shown: "none", into: parsed(&s.Attestation, parseAttestation),
			summary: "proof of PCI DSS with its last day: `aoc:2027-03-31` (Attestation of Compliance) or `saq-d:2027-03-31` (Self-Assessment Questionnaire D). From the next day on cards are entered at Antom's again"},
		{env: "CAPTURE_MODE", fallback: "automatic", into: either(&s.Payments.ManualCapture, "automatic", "manual"),
			summary: "`manual`: the merchant captures card payments. An attempt keeps the mode that it began with"},
		{env: "CARD_3DS", fallback: "auto", into: oneOf(&s.Payments.ThreeDS, checkout.ThreeDSAuto, checkout.ThreeDSAlways, checkout.ThreeDSOff),
			summary: "when a buyer's bank confirms a card payment (3-D Secure): `auto`: when the bank demands it, inside the same payment; `always`: of every card; `off`: a bank that demands it declines. Whatever is set, the bank confirms the order's next card payment after one that it has declined for want of it"},
		{env: "SAVED_CARDS", fallback: "on", into: either(&s.Payments.Cards.Off, "on", "off"),
			summary: "buyers may have a card saved, and pay with it again in the same browser; `off`: no card is saved, and none is offered. Off where your contract with Antom has no card tokens"},
		{env: "SAVED_CARD_CHARGES", shown: "none", into: parsed(&s.Payments.Cards.Charges, parseSentence),
			summary: "what the consent to saving a card says of charges without the buyer: when, how much, how to cancel. With it the shop's own box asks beside Antom's form, and `SDK_UI=element` saves no card; cards saved without it are never charged so"},
		{env: "LATE_PAYMENT", fallback: "accept", into: either(&s.Payments.RefundLate, "accept", "refund"),
			summary: "money that comes for an expired order: `accept` revives the order while its goods are there, `refund` returns it. Money for an order that the merchant has cancelled is always returned"},
		{env: "ORDER_TTL", fallback: "1h", into: duration(&s.Shop.OrderTTL, time.Second, 30*24*time.Hour),
			summary: "how long an unpaid order stays payable; also the longest time to pay at a shop's counter or by bank transfer, so a shop that offers those wants days (`168h`)"},
		{env: "SWEEP_SCHEDULE", fallback: "10s,30s,1m,2m,5m,5m,10m,30m,1h", into: schedule(&s.Payments.SweepSchedule),
			summary: "waits between two polls of an unfinished payment; the last repeats, for 72 h"},
		{env: "WEBHOOK_SCHEDULE", fallback: "5s,5m,30m,2h,5h,10h,14h,20h,24h", into: schedule(&s.Webhooks.Schedule),
			summary: "waits between the tries to deliver an event to a webhook endpoint; after the last try it is given up"},
		{env: "WEBHOOK_ALLOW_NETWORKS", shown: "none", into: networks(&s.WebhookNetworks),
			summary: "CIDRs, or addresses, of your own networks that webhooks may be delivered to, by https. All others that are not public are refused; in test mode this machine is allowed"},
	}
}

// serverRows are about sessions, emails, the network and the log.
func (s *Settings) serverRows() []setting {
	return []setting{
		{env: "SESSION_KEY", shown: "made once, stored beside the database", into: secret(&s.SessionKey, longEnough),
			summary: "32 characters or more"},
		{env: "SESSION_KEY_PREVIOUS", shown: "none", needs: []string{"SESSION_KEY"}, into: secret(&s.SessionKeyOld, longEnough),
			summary: "the `SESSION_KEY` before this one: cookies, links in emails and what the database holds sealed are still read by it. Saved cards are sealed anew at the start. Where the program has made the key, it stands in `session.key` beside the database"},
		{env: "SMTP_URL", needs: []string{"MAIL_FROM"}, into: secret(&s.SMTPURL, smtpServer),
			summary: "mail server, `smtp://user:password@host:587` (STARTTLS is required, except on loopback) or `smtps://…:465`; empty: emails are written to `MAIL_DIR`"},
		{env: "MAIL_FROM", into: emailAddress(&s.Mail.From),
			summary: "address that emails to buyers come from; required with `SMTP_URL`, and refused without it or `MAIL_DIR`"},
		{env: "MAIL_DIR", shown: "`mail`, beside the database", into: text(&s.Mail.Folder),
			summary: "where emails are written without `SMTP_URL`; it grows until you empty it"},
		{env: "OPERATOR_EMAIL", shown: "none", into: emailAddress(&s.Mail.Operator),
			summary: "who is told by email of everything that waits for a person: orders under review, captures and refunds, emails that were given up, faults of the settings, disputes, notifications about no payment. Without it the log alone tells"},
		{env: "SUPPORT_REFUND_LIMIT", fallback: "0", into: count(&s.Pages.SupportRefunds, 0, 1_000_000_000_000),
			summary: "how much of an order people of the role `support` may refund at the dashboard, all its refunds together, in minor units of `CURRENCY`; in another currency, and with 0, nothing"},
		{env: "EMAILS_PER_RECIPIENT", fallback: "10", into: count(&s.Payments.EmailLimits.PerRecipient, 1, 1000),
			summary: "emails about unpaid orders that one recipient gets in a day; further ones are given up. Emails about paid orders are not counted"},
		{env: "EMAILS_PER_HOUR", fallback: "500", into: count(&s.Payments.EmailLimits.PerHour, 1, 1_000_000),
			summary: "emails about unpaid orders to all recipients in an hour; further ones are sent later"},
		{env: "PERSONAL_DATA_RETENTION", shown: "off", into: retention(&s.Payments.Retention),
			summary: "how long buyers' data stay after the last change of a paid order (`8760h` is a year; a day at least); `off`: without end. Those of orders that were never paid go after 30 days in any case"},
		{env: "APP_RETURN_URLS", shown: "none", into: appReturns(&s.Pages.AppReturns),
			summary: "URL prefixes that may be used as an app's return URL: `myshop://pay,https://shop.example/app/` ([docs/apps.md](docs/apps.md))"},
		{env: "ALLOWED_HOSTS", shown: "from `PUBLIC_URL` and `ADDR`", into: hostNames(&s.Pages.AllowedHosts),
			summary: "further host names that shop and sandbox answer to; all others get 421"},
		{env: "TRUSTED_PROXIES", shown: "none", into: networks(&s.Pages.TrustedProxies),
			summary: "CIDRs, or addresses, of your proxies, whose `X-Forwarded-For`, or `Forwarded`, and `X-Request-Id` count"},
		{env: "DEVELOPER_NETWORKS", shown: "this machine", into: networks(&s.Pages.Developers),
			summary: "CIDRs of private test hosts that may open what is for developers: the emails at `/dev/mail` and the sandbox's control room. This machine may while the address is on it, too"},
		{env: "RATE_LIMITS", fallback: "on", into: either(&s.Pages.RateLimits, "off", "on"),
			summary: "`off`: no request is refused for coming too often, no card because too many were declined, and emails have no allowance"},
		{env: "MAX_CONNECTIONS", fallback: "4000", into: count(&s.MaxConnections, 16, 1_000_000),
			summary: "connections to the shop at once, or fewer where the process may not open as many files (`ulimit -n`). Beyond them the one that has done nothing for longest is closed"},
		{env: "DRAIN_DELAY", fallback: "0s", into: duration(&s.DrainDelay, 0, 5*time.Minute),
			summary: "how long the server goes on answering after a signal to stop, while `/readyz` is 503 already, so that a load balancer sends new requests elsewhere first. Then pages that are open are told to come back, and requests under way have 15 seconds"},
		{env: "MAX_STREAMS", fallback: "2000", into: count(&s.Pages.MaxStreams, 1, 1_000_000),
			summary: "open pages that are told of changes at once, at most half of the connections; the page that has waited for longest polls instead"},
		{env: "DASHBOARD_ADDR", shown: "`ADDR`", into: listenAddressOrOff(&s.DeskAddr),
			summary: "address of its own that the dashboard listens on, in place of the shop's: for a network that buyers do not reach. `PUBLIC_URL` stays the base of its addresses, so a proxy leads `/dashboard` and `/static` of that host there"},
		{env: "BREACHED_PASSWORDS_URL", shown: "off", into: parsed(&s.BreachedPasswords, parseAddress),
			summary: "a service that is asked about a new password of the dashboard beside the built-in list, such as `https://api.pwnedpasswords.com/range`. It gets the first five digits of the SHA-1; one that does not answer within 3 seconds refuses nothing"},
		{env: "METRICS_ADDR", shown: "off", into: listenAddressOrOff(&s.MetricsAddr),
			summary: "address that serves `/metrics` to Prometheus, and no page of the shop"},
		{env: "METRICS_PPROF", fallback: "off", needs: []string{"METRICS_ADDR"}, into: either(&s.Profiles, "off", "on"),
			summary: "`on`: `METRICS_ADDR` serves Go's profiles, too, at `/debug/pprof/`. They show what the program is doing, so that address must be reached by you alone"},
		{env: "OTEL_EXPORTER_OTLP_ENDPOINT", shown: "off", into: parsed(&s.Traces.Base, parseCollector),
			summary: "OpenTelemetry collector that traces are sent to, by OTLP over HTTP, such as `http://localhost:4318` ([what they tell](docs/operate/monitor.md#traces)). The other variables of OpenTelemetry count as its specification says: `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`"},
		{env: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", shown: "`/v1/traces` below that", into: parsed(&s.Traces.Endpoint, parseCollector),
			summary: "full address that takes traces, where it is another one"},
		{env: "OTEL_SDK_DISABLED", fallback: "false", into: either(&s.Traces.Disabled, "false", "true"),
			summary: "`true`: no traces, whatever the other variables say"},
		{env: "LOG_FORMAT", fallback: "text", into: either(&s.Log.JSON, "text", "json"),
			summary: "`json`: a JSON object per line"},
		{env: "LOG_LEVEL", fallback: "info", into: level(&s.Log.Level),
			summary: "`debug`, `info`, `warn` or `error`: the least that is logged"},
		{env: "CLOCK_OFFSET", fallback: "0s", into: duration(&s.ClockOffset, -10*365*24*time.Hour, 10*365*24*time.Hour),
			summary: "added to the clock, for tests; refused in live mode"},
	}
}

// LiveMode reports whether payments take real money.
func (s *Settings) LiveMode() bool {
	return s.Antom.ClientID != "" && !strings.HasPrefix(s.Antom.ClientID, "SANDBOX_")
}

// clock is the one clock of the program.
func (s *Settings) clock(base func() time.Time) func() time.Time {
	offset := s.ClockOffset
	if offset == 0 {
		return base
	}
	return func() time.Time { return base().Add(offset) }
}
