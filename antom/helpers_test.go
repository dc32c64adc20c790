package antom

import (
	"context"
	"crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	clientID = "SANDBOX_5X00000000000000"
	timeText = "2019-05-28T12:12:14+08:00"
	success  = `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."}}`
)

// vector reads a file of testdata/vectors, which openssl made.
func vector(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func privateKey(t testing.TB, name string) *rsa.PrivateKey {
	t.Helper()
	key, err := ParsePrivateKey(vector(t, name+".pkcs8.pem"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// config is a merchant's, with Antom's two key versions.
func config(t testing.TB) Config {
	return Config{
		ClientID:   clientID,
		PrivateKey: vector(t, "merchant.pkcs8.b64"),
		PublicKeys: "1:" + vector(t, "antom.pub.b64") + ",2:" + vector(t, "antom2.pub.b64"),
	}
}

func newClient(t testing.TB, cfg Config, options ...Option) *Client {
	t.Helper()
	c, err := New(cfg, options...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// gateway is Antom's side of the wire: it checks every request's signature,
// keeps the request, and has answer write whatever the test is about.
type gateway struct {
	t      testing.TB
	key    *rsa.PrivateKey
	answer func(g *gateway, w http.ResponseWriter, r *http.Request)

	mu       sync.Mutex
	requests []received
}

type received struct{ path, time, signature, body string }

// newGateway serves below a path of its own, as behind a proxy, and gives a
// client of it that does not wait between attempts.
func newGateway(t testing.TB, cfg Config, answer func(*gateway, http.ResponseWriter, *http.Request)) (*Client, *gateway) {
	t.Helper()
	g := &gateway{t: t, key: privateKey(t, "antom"), answer: answer}
	server := httptest.NewServer(http.StripPrefix("/proxy/eu", g))
	t.Cleanup(server.Close)
	cfg.BaseURL = server.URL + "/proxy/eu/"
	c := newClient(t, cfg)
	c.pause = func(ctx context.Context, _ int) error { return ctx.Err() }
	t.Cleanup(c.http.CloseIdleConnections)
	return c, g
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		g.t.Errorf("read request: %v", err)
	}
	got := received{r.URL.Path, r.Header.Get("Request-Time"), r.Header.Get("Signature"), string(body)}
	signature, err := ParseSignature(got.signature)
	if err != nil {
		g.t.Errorf("request signature: %v", err)
	}
	message := SigningString(r.Method, got.path, r.Header.Get("Client-Id"), got.time, body)
	if err := signature.Verify(&privateKey(g.t, "merchant").PublicKey, message); err != nil {
		g.t.Errorf("request to %s: %v", got.path, err)
	}
	g.mu.Lock()
	g.requests = append(g.requests, got)
	g.mu.Unlock()
	g.answer(g, w, r)
}

// count is how many requests have come.
func (g *gateway) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.requests)
}

// last is the newest request.
func (g *gateway) last() received {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.requests[len(g.requests)-1]
}

// sign sets the headers of an answer to r.
func (g *gateway) sign(w http.ResponseWriter, r *http.Request, body string) {
	signHeader(g.t, w.Header(), g.key, r.URL.Path, "Response-Time", body)
}

func signHeader(t testing.TB, header http.Header, key *rsa.PrivateKey, path, timeHeader, body string) {
	signature, err := Sign(key, SigningString(http.MethodPost, path, clientID, timeText, []byte(body)))
	if err != nil {
		t.Error(err)
	}
	header.Set("Client-Id", clientID)
	header.Set(timeHeader, timeText)
	header.Set("Signature", signature.String())
}

// says answers every request with body, signed.
func says(body string) func(*gateway, http.ResponseWriter, *http.Request) {
	return func(g *gateway, w http.ResponseWriter, r *http.Request) {
		g.sign(w, r, body)
		fmt.Fprint(w, body)
	}
}

func result(code, status string) string {
	return fmt.Sprintf(`{"result":{"resultCode":%q,"resultStatus":%q,"resultMessage":"said so"}}`, code, status)
}

func sgd(t testing.TB, minor int64) Amount {
	t.Helper()
	a, err := NewAmount("SGD", minor)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// payRequest is a complete one, for tests that change a part of it.
func payRequest(t testing.TB) *PayRequest {
	return &PayRequest{
		ProductCode:        ProductCheckout,
		PaymentRequestID:   "PR-1",
		Order:              &Order{ReferenceOrderID: "ORD-1", Description: "2 mugs", Amount: sgd(t, 4200)},
		PaymentAmount:      sgd(t, 4200),
		PaymentMethod:      &PaymentMethod{Type: "GRABPAY_SG"},
		PaymentRedirectURL: "https://shop.example/result",
		Env:                &Env{TerminalType: TerminalWeb},
	}
}

func inquiry() *InquiryPaymentRequest { return &InquiryPaymentRequest{PaymentRequestID: "PR-1"} }

// wantError fails unless err is an *Error, and gives it.
func wantError(t testing.TB, err error) *Error {
	t.Helper()
	e, ok := err.(*Error)
	if !ok {
		t.Fatalf("error is %T (%v), not *Error", err, err)
	}
	return e
}

// deadline bounds a test that would otherwise hang.
func deadline(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func mentions(t testing.TB, err error, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("error %v does not mention %q", err, text)
		}
	}
}
