package sandbox_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/antom/sandbox/sandboxtest"
)

// This file speaks the gateway's protocol from its description alone, without
// the client package, so that client and sandbox cannot share a mistake.

// stranger is a merchant that knows nothing but the documents.
type stranger struct {
	t       *testing.T
	url     string
	private *rsa.PrivateKey
	public  *rsa.PublicKey
	id      string
	box     *sandbox.Sandbox
}

func newStranger(t *testing.T) *stranger {
	t.Helper()
	var box *sandbox.Sandbox
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { box.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	box, err := sandbox.New(sandbox.Config{URL: server.URL, Keys: sandboxtest.Keys(), NotificationDelay: time.Millisecond, CaptureDelay: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	res, err := http.Get(server.URL + "/control/credentials")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	credentials := map[string]string{}
	if err := json.NewDecoder(res.Body).Decode(&credentials); err != nil {
		t.Fatal(err)
	}
	private, err := x509.ParsePKCS8PrivateKey(decode(t, credentials["merchant_private_key"]))
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.ParsePKIXPublicKey(decode(t, credentials["antom_public_key"]))
	if err != nil {
		t.Fatal(err)
	}
	return &stranger{
		t: t, url: credentials["base_url"], id: credentials["client_id"],
		private: private.(*rsa.PrivateKey), public: public.(*rsa.PublicKey), box: box,
	}
}

func decode(t *testing.T, text string) []byte {
	t.Helper()
	der, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// sign signs what the documents say is signed.
func (s *stranger) sign(path, at, body string) string {
	digest := sha256.Sum256([]byte("POST " + path + "\n" + s.id + "." + at + "." + body))
	value, err := rsa.SignPKCS1v15(rand.Reader, s.private, crypto.SHA256, digest[:])
	if err != nil {
		s.t.Fatal(err)
	}
	return "algorithm=RSA256,keyVersion=1,signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(value))
}

// request is a signed request that a test may change before it is sent.
func (s *stranger) request(path, body string) *http.Request {
	s.t.Helper()
	at := strconv.FormatInt(time.Now().UnixMilli(), 10)
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json; charset=UTF-8")
	req.Header.Set("Client-Id", s.id)
	req.Header.Set("Request-Time", at)
	req.Header.Set("Signature", s.sign(path, at, body))
	return req
}

var threeParts = regexp.MustCompile(`^algorithm=RSA256,keyVersion=1,signature=([A-Za-z0-9%]+)$`)

// answer sends the request and checks everything the official SDKs check.
func (s *stranger) answer(req *http.Request) map[string]any {
	s.t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		s.t.Errorf("HTTP %d; the gateway always answers 200", res.StatusCode)
	}
	if _, err := time.Parse(time.RFC3339, res.Header.Get("Response-Time")); err != nil {
		s.t.Errorf("Response-Time: %v", err)
	}
	s.verify(req.Method, req.URL.Path, res.Header.Get("Client-Id"), res.Header.Get("Response-Time"), string(body), res.Header.Get("Signature"))
	var fields map[string]any
	if err := json.Unmarshal(body, &fields); err != nil {
		s.t.Fatal(err)
	}
	return fields
}

func (s *stranger) verify(method, path, id, at, body, header string) {
	s.t.Helper()
	parts := threeParts.FindStringSubmatch(header)
	if parts == nil {
		s.t.Fatalf("Signature has not the three parts: %q", header)
	}
	encoded, err := url.QueryUnescape(parts[1])
	if err != nil {
		s.t.Fatal(err)
	}
	digest := sha256.Sum256([]byte(method + " " + path + "\n" + id + "." + at + "." + body))
	if err := rsa.VerifyPKCS1v15(s.public, crypto.SHA256, digest[:], decode(s.t, encoded)); err != nil {
		s.t.Errorf("the signature does not fit: %v", err)
	}
}

func (s *stranger) code(req *http.Request) string {
	s.t.Helper()
	result, _ := s.answer(req)["result"].(map[string]any)
	code, _ := result["resultCode"].(string)
	return code
}

const (
	payPath     = "/ams/sandbox/api/v1/payments/pay"
	inquiryPath = "/ams/sandbox/api/v1/payments/inquiryPayment"
	payBody     = `{"productCode":"CASHIER_PAYMENT","paymentRequestId":"PR-1","order":{"referenceOrderId":"O-1","orderDescription":"2 mugs",` +
		`"orderAmount":{"currency":"SGD","value":"4200"}},"paymentAmount":{"currency":"SGD","value":"4200"},` +
		`"paymentMethod":{"paymentMethodType":"ALIPAY_CN"},"paymentRedirectUrl":"http://shop.example/r","env":{"terminalType":"WEB"}}`
)

func TestAStrangerPaysByTheDocumentsAlone(t *testing.T) {
	s := newStranger(t)
	received := make(chan string, 10)
	hooks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if _, err := time.Parse(time.RFC3339, r.Header.Get("Request-Time")); err != nil {
			t.Errorf("a notification's Request-Time is ISO 8601: %v", err)
		}
		s.verify("POST", r.URL.RequestURI(), r.Header.Get("Client-Id"), r.Header.Get("Request-Time"), string(body), r.Header.Get("Signature"))
		received <- string(body)
		io.WriteString(w, `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"Success"}}`)
	}))
	defer hooks.Close()
	body := strings.Replace(payBody, `"env"`, `"paymentNotifyUrl":"`+hooks.URL+`/hook?shop=1","env"`, 1)
	pay := s.answer(s.request(payPath, body))
	if pay["normalUrl"] == "" || pay["paymentId"] == "" {
		t.Fatalf("pay answered %v", pay)
	}
	again := s.answer(s.request(payPath, body))
	if again["paymentId"] != pay["paymentId"] || again["normalUrl"] != pay["normalUrl"] {
		t.Error("the same request again is not the same payment")
	}
	if err := s.box.Control().Pay("PR-1"); err != nil {
		t.Fatal(err)
	}
	if notification := <-received; !strings.Contains(notification, `"notifyType":"PAYMENT_RESULT"`) || !strings.Contains(notification, `"paymentRequestId":"PR-1"`) {
		t.Errorf("the notification is %s", notification)
	}
	asked := s.answer(s.request(inquiryPath, `{"paymentRequestId":"PR-1"}`))
	if asked["paymentStatus"] != "SUCCESS" {
		t.Errorf("the inquiry says %v", asked)
	}
}

func TestLivePathsAreServedToo(t *testing.T) {
	s := newStranger(t)
	path := "/ams/api/v1/payments/pay"
	if got := s.code(s.request(path, payBody)); got != "PAYMENT_IN_PROCESS" {
		t.Errorf("got %s", got)
	}
}

// What an SDK does with the bytes of HTTP that another does not.
func TestTheTransportSuitsEverySDK(t *testing.T) {
	s := newStranger(t)
	at, where := strconv.FormatInt(time.Now().UnixMilli(), 10), strings.TrimPrefix(s.url, "http://")
	for name, target := range map[string]string{
		"a path": payPath, "an address, as Python's": s.url + payPath,
		"a base URL with a slash at its end": "/" + payPath, "slashes in the midst": strings.ReplaceAll(payPath, "/v1/", "//v1///"),
	} {
		conn, err := net.Dial("tcp", where)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\ncontent-type: application/json; charset=UTF-8\r\nclient-id: %s\r\nrequest-time: %s\r\n"+
			"signature: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", target, where, s.id, at, s.sign(payPath, at, payBody), len(payBody), payBody)
		raw, err := io.ReadAll(conn)
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		head, body, _ := strings.Cut(string(raw), "\r\n\r\n")
		if !strings.HasPrefix(head, "HTTP/1.1 200 ") || !strings.Contains(body, "PAYMENT_IN_PROCESS") {
			t.Errorf("%s: %s", name, raw)
		}
		values := map[string]string{} // by the names as they stand there
		for line := range strings.Lines(head) {
			header, value, _ := strings.Cut(line, ": ")
			if _, twice := values[strings.ToLower(header)]; twice {
				t.Errorf("%s: %s comes twice", name, header)
			}
			values[header] = strings.TrimSpace(value)
		}
		s.verify("POST", payPath, values["client-id"], values["response-time"], body, values["signature"])
	}
	if payments := s.box.Control().Ledger().Payments; len(payments) != 1 {
		t.Errorf("the same request is %d payments", len(payments))
	}
	old := s.request(inquiryPath, `{"paymentRequestId":"PR-1"}`)
	nanoseconds := strconv.FormatInt(time.Now().UnixNano(), 10)
	old.Header.Set("Request-Time", nanoseconds)
	old.Header.Set("Signature", s.sign(inquiryPath, nanoseconds, `{"paymentRequestId":"PR-1"}`))
	if got := s.code(old); got != "SUCCESS" {
		t.Errorf("nanoseconds, as an older Go SDK sends them: %s", got)
	}
}

// TestGatewayRefuses: for every mistake in a request, the answer is HTTP 200,
// signed, and carries the documented code.
func TestGatewayRefuses(t *testing.T) {
	s := newStranger(t)
	for name, test := range map[string]struct {
		change func(r *http.Request)
		path   string
		body   string
		code   string
		reason string // what the control page says
	}{
		"a GET":                  {change: func(r *http.Request) { r.Method = http.MethodGet }, code: "METHOD_NOT_SUPPORTED"},
		"an unknown API":         {path: "/ams/sandbox/api/v1/payments/payMe", code: "NO_INTERFACE_DEF"},
		"a form":                 {change: header("Content-Type", "application/x-www-form-urlencoded"), code: "MEDIA_TYPE_NOT_ACCEPTABLE"},
		"no client id":           {change: header("Client-Id", ""), code: "PARAM_ILLEGAL"},
		"two client ids":         {change: func(r *http.Request) { r.Header.Add("Client-Id", "SANDBOX_2") }, code: "PARAM_ILLEGAL"},
		"another client id":      {change: header("Client-Id", "SANDBOX_5Y00000000000000"), code: "UNKNOWN_CLIENT"},
		"no time":                {change: header("Request-Time", ""), code: "PARAM_ILLEGAL"},
		"a time of no form":      {change: header("Request-Time", "yesterday"), code: "PARAM_ILLEGAL"},
		"no signature":           {change: header("Signature", ""), code: "PARAM_ILLEGAL"},
		"a signature of no form": {change: header("Signature", "signature"), code: "INVALID_SIGNATURE"},
		"another algorithm":      {change: header("Signature", "algorithm=RSA512,keyVersion=1,signature=QQ%3D%3D"), code: "INVALID_SIGNATURE"},
		"another key version":    {change: header("Signature", "algorithm=RSA256,keyVersion=2,signature=QQ%3D%3D"), code: "KEY_NOT_FOUND"},
		"another key":            {change: header("Signature", "algorithm=RSA256,keyVersion=1,signature=QQ%3D%3D"), code: "INVALID_SIGNATURE", reason: "another private key"},
		"another time":           {change: header("Request-Time", "1685599933871"), code: "INVALID_SIGNATURE", reason: "changed after signing"},
		"the live path signed": {change: func(r *http.Request) {
			r.Header.Set("Signature", s.sign("/ams/api/v1/payments/pay", r.Header.Get("Request-Time"), payBody))
		}, code: "INVALID_SIGNATURE", reason: "differs at the path: you signed /ams/api/v1/payments/pay"},
		"the whole address signed": {change: func(r *http.Request) {
			r.Header.Set("Signature", s.sign(s.url+payPath, r.Header.Get("Request-Time"), payBody))
		}, code: "INVALID_SIGNATURE", reason: "differs at the path: you signed http://"},
		"a line break signed": {change: func(r *http.Request) {
			r.Header.Set("Signature", s.sign(payPath, r.Header.Get("Request-Time"), payBody+"\n"))
		}, code: "INVALID_SIGNATURE", reason: "line break"},
		"no body signed": {change: func(r *http.Request) {
			r.Header.Set("Signature", s.sign(payPath, r.Header.Get("Request-Time"), ""))
		}, code: "INVALID_SIGNATURE", reason: "no body"},
		"an indented body signed": {change: func(r *http.Request) {
			r.Header.Set("Signature", s.sign(payPath, r.Header.Get("Request-Time"), "{\n  \"a\": 1\n}"))
		}, body: `{"a":1}`, code: "INVALID_SIGNATURE", reason: "you signed it indented"},
		"a body that is no JSON":   {body: `{"paymentRequestId":`, code: "PARAM_ILLEGAL"},
		"a body that is a list":    {body: `[]`, code: "PARAM_ILLEGAL"},
		"an empty body":            {body: ``, code: "PARAM_ILLEGAL"},
		"an amount with a decimal": {body: strings.ReplaceAll(payBody, `"4200"`, `"42.00"`), code: "PARAM_ILLEGAL"},
		"a huge body":              {body: strings.Repeat(" ", 2<<20) + payBody, code: "PARAM_ILLEGAL"},
	} {
		t.Run(name, func(t *testing.T) {
			s := *s
			s.t = t
			path, body := payPath, payBody
			if test.path != "" {
				path = test.path
			}
			if test.body != "" || strings.Contains(name, "empty") {
				body = test.body
			}
			req := s.request(path, body)
			if test.change != nil {
				test.change(req)
			}
			if got := s.code(req); got != test.code {
				t.Errorf("got %s, want %s", got, test.code)
			}
			messages := s.box.Control().Messages()
			if verdict := messages[len(messages)-1].Verdict; !strings.Contains(verdict, test.code) || !strings.Contains(verdict, test.reason) {
				t.Errorf("the control room says %q, want %q", verdict, test.reason)
			}
		})
	}
	if payments := s.box.Control().Ledger().Payments; len(payments) != 0 {
		t.Errorf("%d payments came of it", len(payments))
	}
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) {
		if value == "" {
			r.Header.Del(name)
			return
		}
		r.Header.Set(name, value)
	}
}
