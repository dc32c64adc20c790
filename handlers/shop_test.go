package handlers_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"antom-checkout/antom"
	"antom-checkout/antom/sandbox"
	"antom-checkout/antom/sandbox/sandboxtest"
	"antom-checkout/app"
	"antom-checkout/checkout"
	"antom-checkout/checkout/gateway"
	"antom-checkout/checkout/payments"
	ordering "antom-checkout/checkout/shop"
	"antom-checkout/db"
	"antom-checkout/db/dbtest"
	"antom-checkout/handlers"
	"antom-checkout/mail"
	"antom-checkout/static"
)

// shop is the whole program in one process: real handlers, a real database file,
// the sandbox as Antom. Time passes only by passes; the sweeper runs only by sweeps.
type shop struct {
	t        *testing.T
	url      string
	handler  http.Handler
	answers  *atomic.Pointer[http.Handler] // that the server at url has
	box      *sandbox.Sandbox
	control  *sandbox.Control
	services handlers.Services
	service  *payments.Service // of services
	store    *db.Store
	database string
	emails   mail.Folder
	offset   *atomic.Int64
	log      *bytes.Buffer
	logMu    *sync.Mutex
	cfg      handlers.Config
	stranger *rsa.PrivateKey // key version 2 of Antom, in this test's hands
	program  *app.Program
	gateway  *antom.Client
	settings app.Settings
	environ  map[string]string // that settings were read from
	outside  app.Outside
}

// settings are what a test may want otherwise.
type settings struct {
	currency      checkout.Currency
	settlement    checkout.Currency // the same if it is ""
	manualCapture bool
	withoutSDK    bool
	sdk           func(*handlers.SDK) // changes the sandbox's stand-in
	publicURL     string
	timeout       time.Duration
	refundLate    bool
	rateLimits    bool
	emailsPerHour int  // 0: the default
	maxStreams    int  // 0: the default
	timeStands    bool // until it passes
	realMoney     bool
	sweepSchedule checkout.Schedule
	mailer        checkout.Mailer // instead of the folder
	operator      string          // who is told what waits for a person
	appReturns    string
	trustedProxy  string
	timeZone      string
	allowedHosts  []string
	meter         handlers.Meter
	methods       []string      // the operator's list
	koreanBrands  []string      // likewise
	orderTTL      time.Duration // an hour when zero
	logo          *static.Picture
	accent        *static.Accent
	sdkURL        string             // instead of the sandbox's
	catalog       []checkout.Product // instead of the seeded one
	catalogFile   bool               // as if CATALOG_FILE had said it
	store         func(*db.Store) app.Store
	retention     time.Duration // of buyers' data
	cards         checkout.CardRules
	cardsUntil    time.Time // the server-to-server mode: until when it is attested
	client        func(*antom.Client) gateway.Client
	charges       string // what the consent to save a card says of charges
	threeDS       checkout.ThreeDSPolicy
	postgres      bool // it stores there
}

// testKeys are made once: RSA keys take more time than all else here.
var testKeys = sync.OnceValues(func() (sandbox.Keys, *rsa.PrivateKey) {
	return sandboxtest.Keys(), sandboxtest.ShortKey()
})

func newShop(t *testing.T, change ...func(*settings)) *shop {
	t.Helper()
	set := settings{
		currency: "SGD", timeout: 5 * time.Second,
		sweepSchedule: checkout.Schedule{10 * time.Second, 30 * time.Second, time.Minute},
	}
	for _, c := range change {
		c(&set)
	}
	keys, second := testKeys()
	s := &shop{t: t, offset: &atomic.Int64{}, log: &bytes.Buffer{}, logMu: &sync.Mutex{}, stranger: second}
	clock, start := time.Now, time.Now()
	if set.timeStands {
		clock = func() time.Time { return start }
	}
	now := func() time.Time { return clock().Add(time.Duration(s.offset.Load())) }
	log := slog.New(slog.NewTextHandler(lockedWriter{s.log, s.logMu}, nil))

	boxServer := httptest.NewUnstartedServer(nil)
	boxURL := "http://" + boxServer.Listener.Addr().String()
	box, err := sandbox.New(sandbox.Config{
		URL: boxURL, Keys: keys, NotificationDelay: time.Millisecond, CaptureDelay: time.Millisecond, RefundDelay: time.Millisecond,
	})
	must(t, err)
	boxServer.Config.Handler = box
	boxServer.Start()
	t.Cleanup(func() { boxServer.CloseClientConnections(); boxServer.Close(); must(t, box.Close()) })
	s.box, s.control = box, box.Control()

	server := httptest.NewUnstartedServer(nil)
	s.url = "http://" + server.Listener.Addr().String()
	s.database, s.emails = filepath.Join(t.TempDir(), "checkout.db"), mail.Folder(t.TempDir())
	if set.postgres || onServer {
		s.database = dbtest.NewPostgres(t)
	} else {
		dbtest.Make(t, s.database)
	}
	s.settings = s.decided(set, box.Credentials())
	s.outside = app.Outside{Beside: true, Log: log, Clock: now, Store: set.store, Client: set.client}
	program := s.builds()
	s.program, s.store, s.gateway, s.services = program, program.Store, program.Client, program.Services
	s.service = s.services.Payments
	must(t, s.store.ImportProducts(t.Context(), set.catalog))
	must(t, s.store.Seed(t.Context(), set.currency))

	s.cfg = program.PagesConfig()
	s.cfg.Sandbox, s.cfg.Meter, s.cfg.AllowedHosts = !set.realMoney, set.meter, set.allowedHosts
	s.cfg.CatalogFile = set.catalogFile
	if set.sdk != nil {
		set.sdk(s.cfg.SDK)
	}
	done := make(chan struct{})
	s.cfg.Done = done
	s.handler = handlers.New(s.cfg, s.services, s.gateway, s.store)
	s.answers = &atomic.Pointer[http.Handler]{}
	s.answers.Store(&s.handler)
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*s.answers.Load()).ServeHTTP(w, r) })
	server.Start()
	t.Cleanup(func() { close(done); server.CloseClientConnections(); server.Close() })
	t.Cleanup(func() {
		if t.Failed() {
			s.logMu.Lock()
			defer s.logMu.Unlock()
			t.Logf("the shop's log:\n%s", s.log)
		}
	})
	return s
}

// decided are the settings of the program.
func (s *shop) decided(set settings, credentials sandbox.Credentials) app.Settings {
	s.t.Helper()
	second, err := x509.MarshalPKIXPublicKey(&s.stranger.PublicKey)
	must(s.t, err)
	environment := map[string]string{
		"PUBLIC_URL": cmp.Or(set.publicURL, s.url), "DATABASE_URL": s.database, "CURRENCY": string(set.currency),
		"SESSION_KEY": strings.Repeat("k", 32), "MAIL_DIR": string(s.emails), "MAIL_FROM": "shop@example.com",
		"ANTOM_CLIENT_ID": credentials.ClientID, "ANTOM_URL": credentials.BaseURL, "ANTOM_PRIVATE_KEY": credentials.MerchantPrivateKey,
		"ANTOM_PUBLIC_KEY": "1:" + credentials.AntomPublicKey + ",2:" + base64.StdEncoding.EncodeToString(second),
		"ANTOM_SDK_URL":    cmp.Or(set.sdkURL, credentials.SDKURL),
		"OPERATOR_EMAIL":   set.operator, "TIME_ZONE": cmp.Or(set.timeZone, "UTC"),
		"SUPPORT_REFUND_LIMIT": "1000", "APP_RETURN_URLS": set.appReturns, "TRUSTED_PROXIES": set.trustedProxy,
	}
	s.environ = environment
	cfg, err := app.Load(nil, func(name string) string { return environment[name] })
	must(s.t, err)
	cfg.Antom.Timeout = set.timeout
	cfg.Payments.ManualCapture, cfg.Payments.RefundLate, cfg.Methods = set.manualCapture, set.refundLate, set.methods
	cfg.KoreanBrands, cfg.SettlementCurrency = set.koreanBrands, cmp.Or(set.settlement, cfg.SettlementCurrency)
	cfg.Shop.OrderTTL, cfg.Payments.SweepSchedule, cfg.Payments.Mailer = cmp.Or(set.orderTTL, time.Hour), set.sweepSchedule, set.mailer
	cfg.Pages.RateLimits, cfg.Pages.Logo, cfg.Pages.Accent = set.rateLimits, set.logo, set.accent
	cfg.Pages.CardsUntil = set.cardsUntil
	cfg.FormsOnly, cfg.Payments.Retention = set.withoutSDK, checkout.Retention(set.retention)
	cfg.Pages.MaxStreams = cmp.Or(set.maxStreams, cfg.Pages.MaxStreams)
	cfg.Payments.ThreeDS = cmp.Or(set.threeDS, cfg.Payments.ThreeDS)
	cfg.Payments.Cards = set.cards
	cfg.Payments.Cards.Charges = cmp.Or(set.charges, set.cards.Charges)
	cfg.Payments.EmailLimits.PerHour = cmp.Or(set.emailsPerHour, cfg.Payments.EmailLimits.PerHour)
	return cfg
}

type lockedWriter struct {
	w  io.Writer
	mu *sync.Mutex
}

func (l lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// logged is what the shop has written into its log so far.
func (s *shop) logged() string {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	return s.log.String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// builds puts the program together, without servers.
func (s *shop) builds() *app.Program {
	s.t.Helper()
	program, err := app.Build(s.t.Context(), s.settings, s.outside)
	must(s.t, err)
	s.t.Cleanup(func() { must(s.t, program.Close()) })
	return program
}

// desk is what an admin command works with: another store on the same file and a
// service that knows nothing of the server's.
func (s *shop) desk() *payments.Service { return s.builds().Services.Payments }

// passes lets time go by, for the shop and for Antom.
func (s *shop) passes(d time.Duration) {
	s.t.Helper()
	s.offset.Add(int64(d))
	must(s.t, s.control.Advance(d))
}

func (s *shop) sweeps() { s.service.SweepOnce(s.t.Context()) }

func (s *shop) fault(f sandbox.Fault) {
	s.t.Helper()
	_, err := s.control.AddFault(f)
	must(s.t, err)
}

// quiet waits until Antom has sent everything.
func (s *shop) quiet() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	must(s.t, s.control.WaitIdle(ctx))
}

// audit is the exported truth, by kind.
func (s *shop) audit() map[string][]map[string]any {
	s.t.Helper()
	var out bytes.Buffer
	must(s.t, db.Audit(s.t.Context(), s.database, &out))
	lines := map[string][]map[string]any{}
	decoder := json.NewDecoder(&out)
	for decoder.More() {
		line := map[string]any{}
		must(s.t, decoder.Decode(&line))
		kind := line["kind"].(string)
		lines[kind] = append(lines[kind], line)
	}
	return lines
}

// count is how many audit lines of a kind have a field of this value.
func (s *shop) count(kind, field string, value any) int {
	s.t.Helper()
	n := 0
	for _, line := range s.audit()[kind] {
		if line[field] == value {
			n++
		}
	}
	return n
}

func (s *shop) expectCount(want int, kind, field string, value any) {
	s.t.Helper()
	if got := s.count(kind, field, value); got != want {
		s.t.Errorf("%d %s lines have %s %v, want %d", got, kind, field, value, want)
	}
}

// notify posts a notification as Antom would, signed with key version 2.
func (s *shop) notify(body string, change ...func(*http.Request)) *http.Response {
	s.t.Helper()
	req := s.notifyRequest(body)
	for _, c := range change {
		c(req)
	}
	res, err := http.DefaultClient.Do(req)
	must(s.t, err)
	s.t.Cleanup(func() { res.Body.Close() })
	return res
}

// notifyRequest is the request of a notification.
func (s *shop) notifyRequest(body string) *http.Request {
	s.t.Helper()
	at := time.Now().Format(time.RFC3339)
	client := s.box.Credentials().ClientID
	req, err := http.NewRequestWithContext(s.t.Context(), "POST", s.url+"/antom/notify", strings.NewReader(body))
	must(s.t, err)
	req.Header.Set("Content-Type", "application/json; charset=UTF-8")
	req.Header.Set("Client-Id", client)
	req.Header.Set("Request-Time", at)
	req.Header.Set("Signature", s.signs("/antom/notify", at, body))
	return req
}

// signs signs a notification with key version 2 of Antom.
func (s *shop) signs(path, at, body string) string {
	s.t.Helper()
	signature, err := antom.Sign(s.stranger, antom.SigningString("POST", path, s.box.Credentials().ClientID, at, []byte(body)))
	must(s.t, err)
	signature.KeyVersion = "2"
	return signature.String()
}

// buyer is a browser without JavaScript: a client with a cookie jar.
type buyer struct {
	t      *testing.T
	shop   *shop
	client *http.Client
	agent  string // what the browser says it is
}

// newBuyer follows no redirects, so that a test sees them.
func (s *shop) newBuyer() *buyer {
	jar, err := cookiejar.New(nil)
	must(s.t, err)
	return &buyer{t: s.t, shop: s, client: &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is a response that has been read.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

func (b *buyer) do(req *http.Request) answer {
	b.t.Helper()
	if b.agent != "" {
		req.Header.Set("User-Agent", b.agent)
	}
	res, err := b.client.Do(req)
	must(b.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(b.t, err)
	return answer{t: b.t, status: res.StatusCode, header: res.Header, body: string(body)}
}

func (b *buyer) get(path string) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), "GET", b.shop.url+path, nil)
	must(b.t, err)
	return b.do(req)
}

// post sends a form given as "name=value" pairs.
func (b *buyer) post(path string, pairs ...string) answer {
	b.t.Helper()
	form := url.Values{}
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		form.Add(name, value)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), "POST", b.shop.url+path, strings.NewReader(form.Encode()))
	must(b.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

func (b *buyer) postJSON(path, body string) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), "POST", b.shop.url+path, strings.NewReader(body))
	must(b.t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	return b.do(req)
}

// sees fails unless the answer has the status and holds every text.
func (a answer) sees(status int, texts ...string) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %.600s", a.status, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			a.t.Fatalf("the answer lacks %q:\n%.3000s", text, a.body)
		}
	}
	return a
}

func (a answer) seesNot(texts ...string) answer {
	a.t.Helper()
	for _, text := range texts {
		if strings.Contains(a.body, text) {
			a.t.Fatalf("the answer holds %q", text)
		}
	}
	return a
}

// sells changes the catalogue to these products and no others.
func (s *shop) sells(products []checkout.Product) {
	s.t.Helper()
	database, err := sql.Open("sqlite", "file:"+s.database+"?_pragma=busy_timeout(5000)")
	must(s.t, err)
	_, err = database.ExecContext(s.t.Context(), `DELETE FROM prices`)
	must(s.t, errors.Join(err, database.Close(), s.store.ImportProducts(s.t.Context(), products)))
}

// placesOrder places an order without a browser, whose cookie an https shop does
// not send here, and answers with its checkout's path.
func (s *shop) placesOrder() (path string) {
	s.t.Helper()
	o, err := s.services.Shop.PlaceOrder(s.t.Context(), ordering.OrderRequest{
		FormKey: "form", Language: "en", Cart: []checkout.CartLine{{SKU: "MUG-01", Quantity: 2}},
		Buyer: checkout.Buyer{Email: "ann@example.com", Name: "Ann Lee", Country: "SG", Address1: "1 Raffles Place", PostalCode: "048616"},
	})
	must(s.t, err)
	return "/checkout/" + o.Token
}

var formID = regexp.MustCompile(`name="form_id" value="([^"]+)"`)

// fills puts a mug into the cart and reads the id of the checkout form.
func (b *buyer) fills() (form string) {
	b.t.Helper()
	b.post("/cart", "sku=MUG-01", "quantity=2").sees(http.StatusSeeOther)
	found := formID.FindStringSubmatch(b.get("/cart").sees(http.StatusOK).body)
	if found == nil {
		b.t.Fatal("the cart page has no form_id")
	}
	return found[1]
}

var goodAddress = []string{
	"email=ann@example.com", "name=Ann Lee", "phone=+65 9123 4567", "country=SG", "city=Singapore",
	"address1=1 Raffles Place", "postal_code=048616",
}

// orders places an order of two mugs and returns its checkout's path.
func (b *buyer) orders() (path string) {
	b.t.Helper()
	return b.ordersAs()
}

// ordersAs makes an order with some fields of the form changed.
func (b *buyer) ordersAs(changes ...string) (path string) {
	b.t.Helper()
	pairs := append(changes, "form_id="+b.fills())
	for _, pair := range goodAddress {
		name, _, _ := strings.Cut(pair, "=")
		if !slices.ContainsFunc(changes, func(change string) bool { return strings.HasPrefix(change, name+"=") }) {
			pairs = append(pairs, pair)
		}
	}
	return b.post("/orders", pairs...).sees(http.StatusSeeOther).header.Get("Location")
}

// action is the published JSON of a start.
type action struct {
	status           int
	PaymentRequestID string `json:"payment_request_id"`
	Action           struct {
		Type        string          `json:"type"`
		SDK         string          `json:"sdk"`
		UI          string          `json:"ui"`
		SessionData string          `json:"session_data"`
		Environment string          `json:"environment"`
		Locale      string          `json:"locale"`
		ExpiresAt   string          `json:"expires_at"`
		URL         string          `json:"url"`
		ApplinkURL  string          `json:"applink_url"`
		SchemeURL   string          `json:"scheme_url"`
		Codes       []checkout.Code `json:"codes"`
		Message     string          `json:"message"`
		RetryAfter  int             `json:"retry_after"`
	} `json:"action"`
}

// starts starts a payment as the page's script does.
func (b *buyer) starts(path, method string) action {
	b.t.Helper()
	got := b.postJSON(path+"/payments", fmt.Sprintf(`{"method":%q}`, method))
	a := action{status: got.status}
	if err := json.Unmarshal([]byte(got.body), &a); err != nil {
		b.t.Fatalf("start of %s answers %d %s", method, got.status, got.body)
	}
	return a
}

func (b *buyer) expectAction(a action, status int, kind string) {
	b.t.Helper()
	if a.status != status || a.Action.Type != kind {
		b.t.Fatalf("action %q with status %d, want %q with %d", a.Action.Type, a.status, kind, status)
	}
}

// orderStatus is the published JSON of an order's status.
type orderStatus struct {
	Status      string `json:"status"`
	Final       bool   `json:"final"`
	Message     string `json:"message"`
	LastPayment struct {
		PaymentRequestID string `json:"payment_request_id"`
		Status           string `json:"status"`
		ResultCode       string `json:"result_code"`
	} `json:"last_payment"`
}

func (b *buyer) status(path string) orderStatus {
	b.t.Helper()
	var st orderStatus
	must(b.t, json.Unmarshal([]byte(b.get(path+"/status").sees(http.StatusOK).body), &st))
	return st
}

func (b *buyer) expectStatus(path, status, payment string) {
	b.t.Helper()
	if st := b.status(path); st.Status != status || st.LastPayment.Status != payment {
		b.t.Fatalf("order %s with payment %s, want %s with %s", st.Status, st.LastPayment.Status, status, payment)
	}
}
