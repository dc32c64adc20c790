package handlers_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"antom-checkout/antom"
	"antom-checkout/app"
	"antom-checkout/checkout"
	"antom-checkout/checkout/gateway"
	"antom-checkout/checkout/merchant"
	ordering "antom-checkout/checkout/shop"
	"antom-checkout/handlers"
	"antom-checkout/webhooks"
)

// What these found stands in BENCH.md. Ours and the limit take turns within one
// run and the medians of their ratios are reported; absolute times would say
// more about the machine than about the code. Processor time is that of this
// process, the server: the clients are another one.

const (
	clients  = 64
	perRound = 512
)

// BenchmarkSession: a buyer starts to pay, the session is created at Antom (target
// 3). The limit is the one signature it takes; the gateway's answer is at hand.
func BenchmarkSession(b *testing.B) {
	shop := newBenchShop(b, func(c *antom.Client) gateway.Client { return c })
	_, key := testKeys()
	var figures medians
	for b.Loop() {
		var starts []request
		for _, o := range shop.orders(b, perRound) {
			starts = append(starts, request{"POST", shop.url + "/checkout/" + o.Token + "/payments", map[string]string{
				"Content-Type": "application/json", "Accept": "application/json", "Cookie": shop.cookie,
			}, `{"method":"ALIPAY_CN"}`})
		}
		before := cpuTime()
		for range perRound {
			_, err := antom.Sign(key, []byte("as long as a request is, more or less"))
			noError(b, err)
		}
		sign := (cpuTime() - before) / perRound
		session := fire(b, clients, starts)
		figures.add("cpu/sign", float64(session.cpuEach())/float64(sign))
		figures.add("sessions/s", session.rate())
	}
	figures.report(b)
}

// BenchmarkNotification: Antom says that a payment has succeeded; it is verified,
// stored, applied and acknowledged (target 4). The limit verifies, commits the
// message and two ledger rows in groups, and answers.
func BenchmarkNotification(b *testing.B) {
	shop := newBenchShop(b, func(*antom.Client) gateway.Client { return readyGateway{} })
	limit := openBareNotify(b)
	var figures medians
	for b.Loop() {
		var final []request
		for _, p := range shop.payments(b, perRound) {
			final = append(final, shop.paid(b, p.payment))
		}
		bare := slices.Clone(final)
		for i := range bare {
			bare[i].URL = limit
		}
		syncs := syncRate(b)
		least, measured := fire(b, clients, bare), fire(b, clients, final)
		figures.add("cpu/bare-cpu", float64(measured.cpuEach())/float64(least.cpuEach()))
		figures.add("rate/bare-rate", measured.rate()/least.rate())
		figures.add("rate/syncs", measured.rate()/syncs)
		figures.add("notifications/s", measured.rate())
	}
	figures.report(b)
}

// BenchmarkPlaceOrder: a program places an order by the API, with an Idempotency-Key.
// The limit is the shop's own form, posted by the same buyer for the same goods.
func BenchmarkPlaceOrder(b *testing.B) {
	shop := newBenchShop(b, func(*antom.Client) gateway.Client { return readyGateway{} })
	_, key, err := shop.services.Merchant.CreateKey(context.Background(), "bench", checkout.Scopes())
	noError(b, err)
	form := url.Values{
		"email": {"ann@example.com"}, "name": {"Ann Lee"}, "country": {"SG"}, "city": {"Singapore"},
		"address1": {"1 Raffles Place"}, "postal_code": {"048616"},
	}
	const body = `{"lines":[{"sku":"MUG-01","quantity":2}],"buyer":{"email":"ann@example.com","name":"Ann Lee",
		"address":{"country":"SG","city":"Singapore","line1":"1 Raffles Place","postal_code":"048616"}}}`
	var figures medians
	for b.Loop() {
		var forms, calls []request
		for range perRound {
			form.Set("form_id", checkout.NewToken())
			forms = append(forms, request{"POST", shop.url + "/orders", map[string]string{
				"Content-Type": "application/x-www-form-urlencoded", "Cookie": shop.cookie,
			}, form.Encode()})
			calls = append(calls, request{"POST", shop.url + "/api/v1/orders", map[string]string{
				"Content-Type": "application/json", "Authorization": "Bearer " + key, "Idempotency-Key": checkout.NewToken(),
			}, body})
		}
		least, measured := fire(b, clients, forms), fire(b, clients, calls)
		figures.add("cpu/form-cpu", float64(measured.cpuEach())/float64(least.cpuEach()))
		figures.add("rate/form-rate", measured.rate()/least.rate())
	}
	figures.report(b)
}

// BenchmarkEventRow: what the row of an event adds to a notification. The limit is the
// same shop on a database that drops these rows.
func BenchmarkEventRow(b *testing.B) {
	with := newBenchShop(b, func(*antom.Client) gateway.Client { return readyGateway{} })
	without := newBenchShop(b, func(*antom.Client) gateway.Client { return readyGateway{} })
	pool, err := sql.Open("sqlite", "file:"+without.database)
	noError(b, err)
	_, err = pool.Exec(`CREATE TRIGGER without_events BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END`)
	noError(b, errors.Join(err, pool.Close()))
	var figures medians
	for b.Loop() {
		var cpu [2]time.Duration
		for i, shop := range []*benchShop{without, with} {
			var final []request
			for _, p := range shop.payments(b, perRound) {
				final = append(final, shop.paid(b, p.payment))
			}
			cpu[i] = fire(b, clients, final).cpuEach()
		}
		figures.add("cpu/cpu-without", float64(cpu[1])/float64(cpu[0]))
	}
	figures.report(b)
}

// BenchmarkDelivery: what the courier's first delivery of an event costs, when a backlog of
// them waits for one endpoint. The goal is 1,000 a second on one core. Processor time is
// that of the courier's process; the endpoint is another one.
func BenchmarkDelivery(b *testing.B) {
	shop := newBenchShop(b, func(*antom.Client) gateway.Client { return readyGateway{} })
	endpoint := shop.endpoint(b, 1)
	var figures medians
	for b.Loop() {
		shop.allPaid(b, perRound)
		before := endpoint.count(b)
		cpu, begun := cpuTime(), time.Now()
		noError(b, shop.courier.DeliverOnce(context.Background()))
		cpu = cpuTime() - cpu
		n := float64(endpoint.count(b) - before)
		if n < perRound {
			b.Fatalf("%v deliveries of %d paid orders", n, perRound)
		}
		figures.add("deliveries/cpu-s", n/cpu.Seconds())
		figures.add("deliveries/s", n/time.Since(begun).Seconds())
	}
	figures.report(b)
}

// BenchmarkNotificationBesideDeliveries: 100 notifications a second, with and without ten
// endpoints that each is delivered to, which are 1,000 deliveries a second.
func BenchmarkNotificationBesideDeliveries(b *testing.B) {
	const perSecond, endpoints, seconds = 100, 10, 4
	with := newBenchShop(b, func(*antom.Client) gateway.Client { return readyGateway{} })
	without := newBenchShop(b, func(*antom.Client) gateway.Client { return readyGateway{} })
	endpoint := with.endpoint(b, endpoints)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var figures medians
	for b.Loop() {
		var results [2]result
		before := endpoint.count(b)
		for i, shop := range []*benchShop{without, with} {
			var final []request
			for _, p := range shop.payments(b, perSecond*seconds) {
				final = append(final, shop.paid(b, p.payment))
			}
			run, end := context.WithCancel(ctx)
			var courier sync.WaitGroup
			courier.Go(func() { shop.courier.Run(run) })
			time.Sleep(2 * time.Second) // until every endpoint has its lane
			results[i] = startLoad(b, load{Mode: "paced", PerSecond: perSecond, Requests: final}).finish()
			time.Sleep(time.Second) // for the deliveries of the last ones
			end()
			courier.Wait()
		}
		if n := endpoint.count(b) - before; n < perSecond*endpoints*seconds {
			b.Fatalf("%d deliveries to %d endpoints in %d s", n, endpoints, seconds)
		}
		figures.add("p99/p99-without", float64(results[1].p99())/float64(results[0].p99()))
		figures.add("p50/p50-without", float64(results[1].p50())/float64(results[0].p50()))
		figures.add("p99-ms", float64(results[1].p99())/float64(time.Millisecond))
		figures.add("p99-without-ms", float64(results[0].p99())/float64(time.Millisecond))
		figures.add("p50-ms", float64(results[1].p50())/float64(time.Millisecond))
		figures.add("deliveries-cpu-share", (results[1].cpu-results[0].cpu).Seconds()/results[1].Whole.Seconds())
	}
	figures.report(b)
}

// BenchmarkCheckoutPage: the pay page of an order (target 5) against echo's
// "hello".
func BenchmarkCheckoutPage(b *testing.B) {
	shop := newBenchShop(b, func(*antom.Client) gateway.Client { return readyGateway{} })
	hello := openHello(b)
	var pages []request
	for _, o := range shop.orders(b, perRound) {
		for range 4 {
			pages = append(pages, request{Method: "GET", URL: shop.url + "/checkout/" + o.Token, Header: map[string]string{"Cookie": shop.cookie}})
		}
	}
	var figures medians
	for b.Loop() {
		least, measured := fire(b, clients, slices.Repeat([]request{hello}, 8*perRound)), fire(b, clients, pages)
		figures.add("cpu/hello", float64(measured.cpuEach())/float64(least.cpuEach()))
		figures.add("pages/s", measured.rate())
	}
	figures.report(b)
}

// BenchmarkOpenPages: 1,000 pages wait for a result that does not come (target
// 11). Each order is inquired every two seconds, which is 500 times a second; the
// limit is as many hellos, and no commit.
func BenchmarkOpenPages(b *testing.B) {
	const pages, watched = 1000, 10 * time.Second
	shop := newBenchShop(b, func(*antom.Client) gateway.Client { return readyGateway{} })
	hello := openHello(b)
	var streams []request
	for _, p := range shop.payments(b, pages) {
		streams = append(streams, request{Method: "GET", URL: shop.url + "/checkout/" + p.token + "/events"})
	}
	var figures medians
	for b.Loop() {
		least := fire(b, clients, slices.Repeat([]request{hello}, 8*perRound))
		watching := startLoad(b, load{Mode: "watch", Requests: streams})
		time.Sleep(3 * time.Second) // until all are in their rhythm
		wal, cpu := walState(b, shop.database), cpuTime()
		time.Sleep(watched)
		used := cpuTime() - cpu
		commits := 0.0
		if walState(b, shop.database) != wal {
			commits = 1 // or more
		}
		watching.finish()
		figures.add("cpu/hellos", float64(used)/(float64(least.cpuEach())*500*watched.Seconds()))
		figures.add("commits", commits)
	}
	figures.report(b)
}

// BenchmarkVisible: 200 pages are open while notifications come in, eight at
// once; measured is from sending one to its page having the new status.
func BenchmarkVisible(b *testing.B) {
	const pages = 200
	shop := newBenchShop(b, func(*antom.Client) gateway.Client { return readyGateway{} })
	var figures medians
	for b.Loop() {
		var requests, final []request
		for _, p := range shop.payments(b, pages) {
			requests = append(requests, request{Method: "GET", URL: shop.url + "/checkout/" + p.token + "/events"})
			final = append(final, shop.paid(b, p.payment))
		}
		l := startLoad(b, load{Mode: "visible", Callers: 8, Requests: append(requests, final...)})
		figures.add("p99-ms", float64(l.finish().p99())/float64(time.Millisecond))
	}
	figures.report(b)
}

// benchShop is the shop on a real database file, with a gateway that answers at
// once: Antom's own time does not count.
type benchShop struct {
	url      string
	database string
	services handlers.Services
	courier  *webhooks.Courier
	cookie   string // of a buyer with something in the cart
}

const benchClient = "SANDBOX_BENCH"

func newBenchShop(b *testing.B, answering func(*antom.Client) gateway.Client) *benchShop {
	b.Helper()
	return newBenchShopOn(b, filepath.Join(b.TempDir(), "checkout.db"), answering)
}

// newBenchShopOn makes a shop on a database, which others may share.
func newBenchShopOn(b *testing.B, database string, answering func(*antom.Client) gateway.Client) *benchShop {
	b.Helper()
	s := &benchShop{database: database}
	server := httptest.NewUnstartedServer(nil)
	s.url = "http://" + server.Listener.Addr().String()
	_, key := testKeys() // the merchant's and Antom's at once
	private, err := x509.MarshalPKCS8PrivateKey(key)
	noError(b, err)
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	noError(b, err)
	environment := map[string]string{
		"PUBLIC_URL": s.url, "DATABASE_URL": s.database, "SESSION_KEY": strings.Repeat("k", 32), "RATE_LIMITS": "off",
		"ANTOM_CLIENT_ID": benchClient, "ANTOM_URL": "https://gateway.test", "ANTOM_TIMEOUT": "5s", "SWEEP_SCHEDULE": "1h",
		"ANTOM_PRIVATE_KEY": base64.StdEncoding.EncodeToString(private), "ANTOM_PUBLIC_KEY": base64.StdEncoding.EncodeToString(public),
		"ANTOM_SDK_URL": s.url,
	}
	settings, err := app.Load(nil, func(name string) string { return environment[name] })
	noError(b, err)
	program, err := app.Build(context.Background(), settings, app.Outside{Beside: true, ToAntom: readyAnswers{}, Client: answering})
	noError(b, err)
	b.Cleanup(func() { noError(b, program.Close()) })
	s.services, s.courier = program.Services, program.Webhooks
	noError(b, program.Store.ImportProducts(context.Background(), []checkout.Product{
		{SKU: "MUG-01", Name: "Enamel mug", Description: "Holds tea.", Image: "products/mug.svg", Price: checkout.Money{Minor: 2400, Currency: "SGD"}},
	}))
	done := make(chan struct{})
	pages := program.PagesConfig()
	pages.Done = done
	server.Config.Handler = handlers.New(pages, program.Services, program.Client, program.Store)
	server.Start()
	b.Cleanup(func() { close(done); server.CloseClientConnections(); server.Close() })
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := browser.PostForm(s.url+"/cart", url.Values{"sku": {"MUG-01"}, "quantity": {"2"}})
	noError(b, err)
	noError(b, res.Body.Close())
	s.cookie, _, _ = strings.Cut(res.Header.Get("Set-Cookie"), ";")
	return s
}

// readyGateway has the answers ready without any signature.
type readyGateway struct{ gateway.Client }

const sessionAnswer = `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},` +
	`"paymentSessionData":"UvtHNWZ9rN8x1kUyVQnq4Q==","paymentSessionExpiryTime":"2099-01-01T00:00:00+08:00","paymentSessionId":"UvtHNWZ9rN8x1kUyVQnq4Q=="}`

func (readyGateway) CreatePaymentSession(context.Context, *antom.PaymentSessionRequest) (*antom.PaymentSessionResponse, error) {
	res := &antom.PaymentSessionResponse{}
	return res, json.Unmarshal([]byte(sessionAnswer), res)
}

// Consult offers Alipay.
func (readyGateway) Consult(context.Context, *antom.ConsultRequest) (*antom.ConsultResponse, error) {
	return &antom.ConsultResponse{PaymentOptions: []antom.PaymentOption{{PaymentMethodType: "ALIPAY_CN", Enabled: true}}}, nil
}

// InquiryPayment answers that the buyer has not finished yet.
func (readyGateway) InquiryPayment(context.Context, *antom.InquiryPaymentRequest) (*antom.InquiryPaymentResponse, error) {
	res := &antom.InquiryPaymentResponse{PaymentStatus: antom.PaymentProcessing}
	return res, json.Unmarshal([]byte(`{"resultCode":"SUCCESS","resultStatus":"S"}`), &res.Result)
}

// readyAnswers is a gateway without a network: one answer, signed once.
type readyAnswers struct{}

var signedSession = sync.OnceValues(func() (http.Header, error) {
	return signedBy("/ams/sandbox/api/v1/payments/createPaymentSession", "Response-Time", sessionAnswer)
})

func (readyAnswers) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	header, err := signedSession()
	return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(strings.NewReader(sessionAnswer)), Request: r}, err
}

// signedBy are the headers of a message of Antom's.
func signedBy(path, timeHeader, body string) (http.Header, error) {
	_, key := testKeys()
	at := time.Now().Format(time.RFC3339)
	signature, err := antom.Sign(key, antom.SigningString("POST", path, benchClient, at, []byte(body)))
	return http.Header{"Client-Id": {benchClient}, timeHeader: {at}, "Signature": {signature.String()}}, err
}

// orders places n orders of two mugs.
func (s *benchShop) orders(b *testing.B, n int) []checkout.Order {
	b.Helper()
	all := make([]checkout.Order, n)
	atOnce(n, clients, func(i int) {
		var err error
		all[i], err = s.services.Shop.PlaceOrder(context.Background(), ordering.OrderRequest{
			FormKey:  checkout.NewToken(),
			Buyer:    checkout.Buyer{Email: "ann@example.com", Name: "Ann Lee", Country: "SG", City: "Singapore", Address1: "1 Raffles Place", PostalCode: "048616"},
			Cart:     []checkout.CartLine{{SKU: "MUG-01", Quantity: 2}},
			Language: "en",
		})
		if err != nil {
			b.Error(err)
		}
	})
	if b.Failed() {
		b.FailNow()
	}
	return all
}

// started is an order with an attempt in progress.
type started struct{ token, payment string }

func (s *benchShop) payments(b *testing.B, n int) []started {
	b.Helper()
	orders, all := s.orders(b, n), make([]started, n)
	atOnce(n, clients, func(i int) {
		begun, err := s.services.Payments.Start(context.Background(), orders[i].Token, checkout.Attempt{
			Method: "ALIPAY_CN", Mode: checkout.ModeSDK, Device: checkout.Device{IP: "192.0.2.1", Terminal: checkout.TerminalWeb},
		})
		if err != nil {
			b.Error(err)
		}
		all[i] = started{orders[i].Token, begun.Payment.RequestID}
	})
	if b.Failed() {
		b.FailNow()
	}
	return all
}

// paid is Antom's notification that a payment has succeeded.
func (s *benchShop) paid(b *testing.B, payment string) request {
	b.Helper()
	body := strings.NewReplacer(`"ID"`, `"`+payment+`"`, "20260101194010890100111650285726898", payment).Replace(paymentResult)
	header, err := signedBy(gateway.NotificationPath, "Request-Time", body)
	noError(b, err)
	return request{"POST", s.url + gateway.NotificationPath, map[string]string{
		"Content-Type": "application/json; charset=UTF-8", "Client-Id": header.Get("Client-Id"),
		"Request-Time": header.Get("Request-Time"), "Signature": header.Get("Signature"),
	}, body}
}

// allPaid has n orders paid.
func (s *benchShop) allPaid(b *testing.B, n int) {
	b.Helper()
	var final []request
	for _, p := range s.payments(b, n) {
		final = append(final, s.paid(b, p.payment))
	}
	fire(b, clients, final)
}

// endpoint registers so many webhook endpoints, each with an address of its own, at which
// another process answers.
func (s *benchShop) endpoint(b *testing.B, n int) *benchEndpoint {
	b.Helper()
	l := startLoad(b, load{Mode: "endpoint"})
	b.Cleanup(func() { l.finish() })
	at, err := l.stdout.ReadString('\n')
	noError(b, err)
	port := strings.TrimSpace(at)
	for i := range n {
		address := fmt.Sprintf("http://127.0.0.%d:%s/", i+1, port)
		_, err := s.services.Merchant.CreateEndpoint(context.Background(), merchant.EndpointForm{URL: &address})
		noError(b, err)
	}
	return &benchEndpoint{url: "http://127.0.0.1:" + port}
}

// benchEndpoint is where deliveries arrive.
type benchEndpoint struct{ url string }

// count is how many have arrived so far.
func (e *benchEndpoint) count(b *testing.B) int {
	b.Helper()
	res, err := http.Get(e.url)
	noError(b, err)
	defer res.Body.Close()
	var n int
	_, err = fmt.Fscan(res.Body, &n)
	noError(b, err)
	return n
}

func openHello(b *testing.B) request {
	e := echo.New()
	e.GET("/", func(c echo.Context) error { return c.String(http.StatusOK, "hello") })
	server := httptest.NewServer(e)
	b.Cleanup(server.Close)
	return request{Method: "GET", URL: server.URL}
}

// openBareNotify verifies, commits and says hello.
func openBareNotify(b *testing.B) (address string) {
	_, key := testKeys()
	rows := openRows(b)
	e := echo.New()
	e.POST("/", func(c echo.Context) error {
		body, err := io.ReadAll(c.Request().Body)
		if err != nil {
			return err
		}
		if err := verify(&key.PublicKey, c.Request().Header, body); err != nil {
			return err
		}
		if err := rows.insert(body); err != nil {
			return err
		}
		return c.String(http.StatusOK, "hello")
	})
	server := httptest.NewServer(e)
	b.Cleanup(server.Close)
	return server.URL + "/"
}

func verify(key *rsa.PublicKey, h http.Header, body []byte) error {
	signature, err := antom.ParseSignature(h.Get("Signature"))
	if err != nil {
		return err
	}
	return signature.Verify(key, antom.SigningString("POST", gateway.NotificationPath, h.Get("Client-Id"), h.Get("Request-Time"), body))
}

// bareRows commits three rows a message, in groups, by prepared inserts into
// tables without further indexes, as durably as the shop does.
type bareRows struct {
	db              *sql.DB
	message, ledger *sql.Stmt
	queued          chan bareRow
}

type bareRow struct {
	body []byte
	done chan error
}

func openRows(b *testing.B) *bareRows {
	b.Helper()
	pool, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	noError(b, err)
	pool.SetMaxOpenConns(1)
	_, err = pool.Exec(`
		CREATE TABLE messages (id TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
		CREATE TABLE ledger (seq INTEGER PRIMARY KEY, cause TEXT NOT NULL, status TEXT NOT NULL) STRICT`)
	noError(b, err)
	message, err := pool.Prepare(`INSERT INTO messages VALUES ($1, $2)`)
	noError(b, err)
	ledger, err := pool.Prepare(`INSERT INTO ledger (cause, status) VALUES ($1, $2)`)
	noError(b, err)
	r := &bareRows{db: pool, message: message, ledger: ledger, queued: make(chan bareRow, 1024)}
	ended := make(chan struct{})
	go func() { defer close(ended); r.run() }()
	b.Cleanup(func() { close(r.queued); <-ended; noError(b, pool.Close()) })
	return r
}

func (r *bareRows) insert(body []byte) error {
	row := bareRow{body, make(chan error, 1)}
	r.queued <- row
	return <-row.done
}

func (r *bareRows) run() {
	for first := range r.queued {
		group := []bareRow{first}
		for len(r.queued) > 0 && len(group) < 128 {
			group = append(group, <-r.queued)
		}
		err := r.commit(group)
		for _, row := range group {
			row.done <- err
		}
	}
}

var newBenchID = checkout.NewIDs(time.Now).New

func (r *bareRows) commit(group []bareRow) error {
	tx, err := r.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // nothing is left to roll back after a commit
	message, ledger := tx.Stmt(r.message), tx.Stmt(r.ledger)
	for _, row := range group {
		id := newBenchID()
		_, err := message.Exec(id, row.body)
		for _, status := range []string{"payment paid", "order paid"} {
			if err == nil {
				_, err = ledger.Exec(id, status)
			}
		}
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

// syncRate is how often a second the disk can make a page durable.
func syncRate(b *testing.B) float64 {
	b.Helper()
	file, err := os.Create(filepath.Join(b.TempDir(), "sync"))
	noError(b, err)
	defer file.Close()
	page := make([]byte, 4096)
	n, begun := 0, time.Now()
	for ; time.Since(begun) < 300*time.Millisecond; n++ {
		_, err := file.Write(page)
		noError(b, errors.Join(err, file.Sync()))
	}
	return float64(n) / time.Since(begun).Seconds()
}

// walState changes with every commit.
func walState(b *testing.B, database string) string {
	b.Helper()
	file, err := os.Stat(database + "-wal")
	noError(b, err)
	return fmt.Sprint(file.Size(), file.ModTime())
}

func noError(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// medians collects what each turn has measured.
type medians map[string][]float64

func (m *medians) add(unit string, value float64) {
	if *m == nil {
		*m = medians{}
	}
	(*m)[unit] = append((*m)[unit], value)
}

func (m medians) report(b *testing.B) {
	for unit, values := range m {
		b.ReportMetric(slices.Sorted(slices.Values(values))[len(values)/2], unit)
	}
	b.ReportMetric(0, "ns/op") // says nothing here
}

// cpuTime is what this process has had of all processors.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func atOnce(n, callers int, do func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	all.Wait()
}

// load is what the clients' process is to do.
type load struct {
	Mode      string // fire, paced, watch, visible or endpoint
	Callers   int
	PerSecond int // of paced
	Requests  []request
}

type request struct {
	Method, URL string
	Header      map[string]string
	Body        string
}

// result is what the clients have seen.
type result struct {
	Waits  []time.Duration
	Whole  time.Duration
	Failed string
	cpu    time.Duration // of this process, meanwhile
}

func (r result) rate() float64          { return float64(len(r.Waits)) / r.Whole.Seconds() }
func (r result) cpuEach() time.Duration { return r.cpu / time.Duration(len(r.Waits)) }
func (r result) p99() time.Duration     { return r.percentile(99) }
func (r result) p50() time.Duration     { return r.percentile(50) }
func (r result) percentile(n int) time.Duration {
	return slices.Sorted(slices.Values(r.Waits))[len(r.Waits)*n/100]
}

// loading is a clients' process that is ready to go.
type loading struct {
	b       *testing.B
	process *exec.Cmd
	stdin   io.WriteCloser
	stdout  *bufio.Reader
}

const loadVariable = "BENCH_CLIENTS"

// startLoad starts this test binary once more, as the clients.
func startLoad(b *testing.B, what load) *loading {
	b.Helper()
	process := exec.Command(os.Args[0], "-test.run=^TestBenchClients$")
	process.Env = append(os.Environ(), loadVariable+"=1")
	process.Stderr = os.Stderr
	stdin, err := process.StdinPipe()
	noError(b, err)
	stdout, err := process.StdoutPipe()
	noError(b, err)
	noError(b, process.Start())
	l := &loading{b, process, stdin, bufio.NewReader(stdout)}
	noError(b, json.NewEncoder(stdin).Encode(what))
	if line, err := l.stdout.ReadString('\n'); line != "ready\n" {
		b.Fatalf("the clients say %q: %v", line, err)
	}
	return l
}

// finish lets the clients go, or end what they do, and returns what they saw.
func (l *loading) finish() result {
	l.b.Helper()
	cpu := cpuTime()
	_, err := io.WriteString(l.stdin, "go\n")
	noError(l.b, err)
	line, err := l.stdout.ReadBytes('\n')
	noError(l.b, err)
	cpu = cpuTime() - cpu
	r := result{cpu: cpu}
	noError(l.b, json.Unmarshal(line, &r))
	if r.Failed != "" {
		l.b.Fatal(r.Failed)
	}
	noError(l.b, l.stdin.Close())
	noError(l.b, l.process.Wait())
	return r
}

// fire sends all requests, from so many clients at once.
func fire(b *testing.B, callers int, requests []request) result {
	b.Helper()
	return startLoad(b, load{Mode: "fire", Callers: callers, Requests: requests}).finish()
}

// TestBenchClients is no test: it is the clients' process of the benchmarks.
func TestBenchClients(t *testing.T) {
	if os.Getenv(loadVariable) == "" {
		t.Skip("only for the benchmarks")
	}
	stdin := bufio.NewReader(os.Stdin)
	var what load
	line, err := stdin.ReadBytes('\n')
	must(t, err)
	must(t, json.Unmarshal(line, &what))
	c := &benchClients{load: what, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * clients, DisableCompression: true}}}
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // one request is one
	c.Waits = make([]time.Duration, len(what.Requests))
	var streams []*http.Response
	if what.Mode == "watch" || what.Mode == "visible" {
		streams = c.open()
	}
	fmt.Println("ready")
	if what.Mode == "endpoint" {
		fmt.Println(serveEndpoint(t))
	}
	_, err = stdin.ReadString('\n')
	must(t, err)
	begun := time.Now()
	switch what.Mode {
	case "fire":
		atOnce(len(what.Requests), what.Callers, func(i int) { c.Waits[i] = c.send(what.Requests[i]) })
	case "paced":
		c.paced()
	case "visible":
		c.awaitEach(streams)
	}
	c.Whole = time.Since(begun)
	answer, err := json.Marshal(c.result)
	must(t, err)
	fmt.Println(string(answer))
}

type benchClients struct {
	load
	result
	http *http.Client
	mu   sync.Mutex
}

func (c *benchClients) fail(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Failed = fmt.Sprintf(format, args...)
}

func (c *benchClients) do(r request) *http.Response {
	req, err := http.NewRequest(r.Method, r.URL, strings.NewReader(r.Body))
	if err != nil {
		c.fail("%v", err)
		return nil
	}
	for name, value := range r.Header {
		req.Header.Set(name, value)
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.fail("%v", err)
		return nil
	}
	if !slices.Contains([]int{http.StatusOK, http.StatusCreated, http.StatusSeeOther}, res.StatusCode) {
		c.fail("%s %s answers %s", r.Method, r.URL, res.Status)
	}
	return res
}

// paced sends so many requests a second, whether or not those before are answered.
func (c *benchClients) paced() {
	var all sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(c.PerSecond))
	defer tick.Stop()
	for i, r := range c.Requests {
		<-tick.C
		all.Go(func() { c.Waits[i] = c.send(r) })
	}
	all.Wait()
}

// serveEndpoint takes what is delivered, and says how much that is to those who GET.
func serveEndpoint(t *testing.T) (port int) {
	var n atomic.Int64
	listener, err := net.Listen("tcp", ":0") // every address of this machine
	must(t, err)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			fmt.Fprintln(w, n.Load())
			return
		}
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			n.Add(1)
		}
	}))
	must(t, server.Listener.Close())
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	return listener.Addr().(*net.TCPAddr).Port
}

func (c *benchClients) send(r request) time.Duration {
	begun := time.Now()
	if res := c.do(r); res != nil {
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			c.fail("%v", err)
		}
		res.Body.Close()
	}
	return time.Since(begun)
}

// open opens the streams and reads on until each has sent its first status.
// Those of "visible" are the first half of the requests.
func (c *benchClients) open() []*http.Response {
	n := len(c.Requests)
	if c.Mode == "visible" {
		n /= 2
	}
	streams := make([]*http.Response, n)
	atOnce(n, clients, func(i int) {
		if streams[i] = c.do(c.Requests[i]); streams[i] != nil {
			c.readUntil(streams[i], "data: ")
		}
	})
	return streams
}

// readUntil reads a stream until a piece holds text. The server flushes each
// event, and here nothing splits it.
func (c *benchClients) readUntil(stream *http.Response, text string) {
	for piece := make([]byte, 4096); ; {
		n, err := stream.Body.Read(piece)
		if bytes.Contains(piece[:n], []byte(text)) {
			return
		}
		if err != nil {
			c.fail("stream: %v", err)
			return
		}
	}
}

// awaitEach sends the notification of each stream and waits until it arrives.
func (c *benchClients) awaitEach(streams []*http.Response) {
	n := len(streams)
	c.Waits = c.Waits[:n]
	atOnce(n, c.Callers, func(i int) {
		begun := time.Now()
		go c.send(c.Requests[n+i])
		if streams[i] != nil {
			c.readUntil(streams[i], `"status":"paid"`)
		}
		c.Waits[i] = time.Since(begun)
	})
}
