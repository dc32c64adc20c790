package sandbox

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"antom-checkout/antom"
)

// testKeys are made once, and short, as those of package sandboxtest, which imports this one.
var testKeys = sync.OnceValue(func() Keys { return Keys{merchant: shortKey(), antom: shortKey()} })

func shortKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		panic(err) // the system's random source does not fail
	}
	return key
}

// world is a clock that tests move by hand.
type world struct {
	mu  sync.Mutex
	now time.Time
}

func (w *world) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// shop is a merchant: a client of the gateway, and an address that receives notifications.
type shop struct {
	t        *testing.T
	box      *Sandbox
	url      string // of the sandbox
	client   *antom.Client
	hooks    *httptest.Server
	mu       sync.Mutex
	received []antom.Notification
	bad      []string // notifications that did not verify
	deaf     int      // how many notifications to answer with 500
}

// newShop starts a sandbox whose clock stands still until it is moved.
func newShop(t *testing.T, change ...func(*Config)) *shop {
	t.Helper()
	s := &shop{t: t}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.box.ServeHTTP(w, r) }))
	clock := &world{now: time.Date(2026, 3, 18, 4, 0, 0, 0, time.UTC)}
	cfg := Config{URL: server.URL, Keys: testKeys(), Now: clock.Now}
	for _, c := range change {
		c(&cfg)
	}
	box, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.box, s.url = box, server.URL
	credentials := box.Credentials()
	s.client, err = antom.New(antom.Config{
		ClientID: credentials.ClientID, PrivateKey: credentials.MerchantPrivateKey,
		PublicKeys: credentials.AntomPublicKey, BaseURL: server.URL, Timeout: 5 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.hooks = httptest.NewServer(http.HandlerFunc(s.take))
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
		s.hooks.Close()
		server.Close()
	})
	return s
}

func (s *shop) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	n, err := s.client.ParseNotification(r.URL.RequestURI(), r.Header, body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.bad = append(s.bad, err.Error())
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if s.deaf > 0 {
		s.deaf--
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	s.received = append(s.received, n)
	if err := antom.Acknowledge(w); err != nil {
		s.t.Error(err)
	}
}

// kinds are the notifications received so far.
func (s *shop) kinds() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var kinds []string
	for _, n := range s.received {
		kinds = append(kinds, n.Kind()+" "+string(n.Outcome().Status))
	}
	return strings.Join(kinds, ", ")
}

// after moves the clock and waits until what became due was sent.
func (s *shop) after(d time.Duration) {
	s.t.Helper()
	if err := s.box.Control().Advance(d); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	if err := s.box.Control().WaitIdle(ctx); err != nil {
		s.t.Fatal("waiting until all notifications are sent: ", err)
	}
}

func money(t *testing.T, currency string, minor int64) antom.Amount {
	t.Helper()
	a, err := antom.NewAmount(currency, minor)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (s *shop) sessionRequest(id, method string, minor int64) *antom.PaymentSessionRequest {
	amount := money(s.t, "SGD", minor)
	return &antom.PaymentSessionRequest{
		ProductCode: antom.ProductCheckout, PaymentRequestID: id,
		Order:              &antom.Order{ReferenceOrderID: "ORD-" + id, Description: "2 mugs", Amount: amount},
		PaymentAmount:      amount,
		PaymentMethod:      &antom.PaymentMethod{Type: method},
		SettlementStrategy: &antom.SettlementStrategy{SettlementCurrency: "SGD"},
		PaymentRedirectURL: "http://shop.example/return?o=1",
		PaymentNotifyURL:   s.hooks.URL + "/antom/notify",
	}
}

func (s *shop) payRequest(id, method string, minor int64) *antom.PayRequest {
	session := s.sessionRequest(id, method, minor)
	return &antom.PayRequest{
		ProductCode: session.ProductCode, PaymentRequestID: id, Order: session.Order, PaymentAmount: session.PaymentAmount,
		PaymentMethod: session.PaymentMethod, PaymentRedirectURL: session.PaymentRedirectURL,
		PaymentNotifyURL: session.PaymentNotifyURL, Env: &antom.Env{TerminalType: antom.TerminalWeb},
	}
}

// pays starts a payment by API.
func (s *shop) pays(id, method string, minor int64) *antom.PayResponse {
	s.t.Helper()
	answer, err := s.client.Pay(s.t.Context(), s.payRequest(id, method, minor))
	if err != nil {
		s.t.Fatal(err)
	}
	return answer
}

// asks inquires.
func (s *shop) asks(id string) *antom.InquiryPaymentResponse {
	s.t.Helper()
	answer, err := s.client.InquiryPayment(s.t.Context(), &antom.InquiryPaymentRequest{PaymentRequestID: id})
	if err != nil {
		s.t.Fatal(err)
	}
	return answer
}

// wantCode checks that a call was refused with the code.
func wantCode(t *testing.T, err error, code antom.ResultCode) {
	t.Helper()
	var refused *antom.Error
	if !errors.As(err, &refused) || refused.Code != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

func (s *shop) fault(f Fault) {
	s.t.Helper()
	if _, err := s.box.Control().AddFault(f); err != nil {
		s.t.Fatal(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// gets fetches a page and checks the policy that every page has.
func (s *shop) gets(url string) string {
	s.t.Helper()
	res, err := http.Get(url)
	must(s.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(s.t, err)
	csp := res.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors") || strings.Contains(csp, "unsafe") {
		s.t.Errorf("%s has the policy %q", url, csp)
	}
	return string(body)
}

// acts presses a button and returns where it leads.
func (s *shop) acts(url, act string) string {
	s.t.Helper()
	return s.posts(url, "act="+act).Header.Get("Location")
}

func (s *shop) posts(url, form string) *http.Response {
	s.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Post(url, "application/x-www-form-urlencoded", strings.NewReader(form))
	must(s.t, err)
	must(s.t, res.Body.Close())
	return res
}

// requests sends a request whose answer is JSON, such as one of the control API.
func (s *shop) requests(path, body string, header ...string) (int, string) {
	s.t.Helper()
	method, path, _ := strings.Cut(path, " ")
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	must(s.t, err)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	must(s.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(s.t, err)
	if !json.Valid(text) {
		s.t.Errorf("%s %s answers %q, which is not JSON", method, path, text)
	}
	return res.StatusCode, string(text)
}

// call sends a request without the client's own checks, as a careless merchant
// would, and returns the refusal.
func (s *shop) call(endpoint string, request any) error {
	s.t.Helper()
	body, err := json.Marshal(request)
	must(s.t, err)
	path := "/ams/sandbox/api/v1/payments/" + endpoint
	at := "1685599933871"
	signature, err := antom.Sign(s.box.keys.merchant, antom.SigningString(http.MethodPost, path, s.box.clientID, at, body))
	must(s.t, err)
	_, answer := s.requests("POST "+path, string(body), "Content-Type", "application/json", "Client-Id", s.box.clientID,
		"Request-Time", at, "Signature", signature.String())
	var envelope antom.Envelope
	must(s.t, json.Unmarshal([]byte(answer), &envelope))
	if r := envelope.Result; r.Status != antom.StatusSuccess && !r.InProcess() {
		return &antom.Error{Endpoint: endpoint, Code: r.Code, Status: r.Status, Message: r.Message}
	}
	return nil
}
