package antom

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Base URLs of Antom's regions.
const (
	Asia         = "https://open-sea-global.alipay.com"
	NorthAmerica = "https://open-na-global.alipay.com"
	Europe       = "https://open-de-global.alipay.com"
)

const maxAnswer = 1 << 20

// Config is what [New] needs to know.
type Config struct {
	ClientID   string        // a SANDBOX_ id uses Antom's sandbox paths
	PrivateKey string        // the merchant's: PEM or bare base64 DER, PKCS#8 or PKCS#1
	PublicKeys string        // Antom's: one key, or "version:key,…"
	BaseURL    string        // one of the regions; Asia when empty
	Timeout    time.Duration // for one request and its answer; 10 s when zero
}

// Client calls Antom. It is safe for use by many goroutines and keeps its
// connections for life; make one per process.
type Client struct {
	clientID   string
	privateKey *rsa.PrivateKey
	publicKeys map[string]*rsa.PublicKey
	baseURL    string
	timeout    time.Duration
	http       *http.Client
	now        func() time.Time
}

// Option changes what a [Client] stands on.
type Option func(*Client)

// WithClock sets the clock that Request-Time is read from.
func WithClock(now func() time.Time) Option { return func(c *Client) { c.now = now } }

// WithHTTPClient sets the HTTP client, for proxies or a test server's
// certificate. Redirects stay forbidden.
func WithHTTPClient(client *http.Client) Option { return func(c *Client) { c.http = client } }

// New makes a client, or reports every problem of the configuration at once.
func New(cfg Config, options ...Option) (*Client, error) {
	var problems []error
	if cfg.ClientID == "" {
		problems = append(problems, errors.New("client id is missing"))
	}
	private, err := ParsePrivateKey(cfg.PrivateKey)
	if err != nil {
		problems = append(problems, fmt.Errorf("private key: %w", err))
	}
	public, err := ParsePublicKeys(cfg.PublicKeys)
	if err != nil {
		problems = append(problems, fmt.Errorf("public key: %w", err))
	}
	base, err := baseURL(cfg.BaseURL)
	if err != nil {
		problems = append(problems, err)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	c := &Client{
		clientID:   cfg.ClientID,
		privateKey: private,
		publicKeys: public,
		baseURL:    base,
		timeout:    cfg.Timeout,
		http:       &http.Client{Transport: newTransport()},
		now:        time.Now,
	}
	if c.timeout == 0 {
		c.timeout = 10 * time.Second
	}
	for _, option := range options {
		option(c)
	}
	client := *c.http
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &client
	return c, nil
}

// baseURL accepts https anywhere and http on loopback, where sandboxes live.
func baseURL(text string) (string, error) {
	if text == "" {
		return Asia, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return "", errors.New("base URL is not an http(s) address")
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", errors.New("base URL must be https, except on loopback")
	}
	return strings.TrimRight(text, "/"), nil
}

func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 2 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    5 * time.Second,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    256,
		IdleConnTimeout:        90 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// Sandbox reports whether the client id is one of Antom's test mode.
func (c *Client) Sandbox() bool { return strings.HasPrefix(c.clientID, "SANDBOX_") }

// path is the request path, which for a sandbox client is another one; the
// path that is sent is the path that is signed.
func (c *Client) path(operation string) string {
	if c.Sandbox() {
		return "/ams/sandbox/api/v1/" + operation
	}
	return "/ams/api/v1/" + operation
}

// answer is what every response type can do: show its result envelope.
type answer interface{ result() *Result }

// Envelope is the part all answers share. It is embedded in each response type.
type Envelope struct {
	Result Result `json:"result"`
}

func (e *Envelope) result() *Result { return &e.Result }

// call sends one signed request and decodes the verified answer into out. The
// error is nil for S and for the U of a request that Antom has accepted; out
// is filled whenever an answer could be verified, also beside an *Error.
func (c *Client) call(ctx context.Context, operation string, in any, out answer) error {
	op := operation[strings.LastIndexByte(operation, '/')+1:]
	body, err := json.Marshal(in)
	if err != nil {
		return &Error{Op: op, Status: StatusFailed, Message: "request cannot be encoded", Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	raw, status, err := c.post(ctx, c.path(operation), body)
	if err != nil {
		return &Error{Op: op, HTTPStatus: status, Message: "no trustworthy answer", Err: err}
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return &Error{Op: op, HTTPStatus: status, Message: "the answer is not the JSON it should be", Err: err}
	}
	r := out.result()
	if r.Status == StatusSuccess || r.InProcess() {
		return nil
	}
	if r.Status != StatusFailed && r.Status != StatusUnknown {
		return &Error{Op: op, HTTPStatus: status, Message: "the answer has no result"}
	}
	return &Error{Op: op, HTTPStatus: status, Code: r.Code, Status: r.Status, Message: r.Message}
}

// post sends body and returns the answer's bytes once their signature holds.
func (c *Client) post(ctx context.Context, path string, body []byte) ([]byte, int, error) {
	now := strconv.FormatInt(c.now().UnixMilli(), 10)
	signature, err := Sign(c.privateKey, SigningString(http.MethodPost, path, c.clientID, now, body))
	if err != nil {
		return nil, 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.baseURL+path, bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	req.Header.Set("Content-Type", "application/json; charset=UTF-8")
	req.Header.Set("Client-Id", c.clientID)
	req.Header.Set("Request-Time", now)
	req.Header.Set("Signature", signature.String())
	res, err := c.http.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return nil, res.StatusCode, err
	}
	if len(raw) > maxAnswer {
		return nil, res.StatusCode, errors.New("the answer is larger than 1 MiB")
	}
	return raw, res.StatusCode, c.verify(path, res.Header, "Response-Time", raw)
}

// timeSyntax is what Antom writes into its time headers. A looser one would let
// a dot, and with it a part of the signed text, wander from one field to the next.
var timeSyntax = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)|\d{13})$`)

// verify checks that Antom signed body for this client. Every header it reads
// must stand there exactly once.
func (c *Client) verify(path string, header http.Header, timeHeader string, body []byte) error {
	for _, name := range []string{"Signature", "Client-Id", timeHeader} {
		if len(header.Values(name)) != 1 {
			return fmt.Errorf("%w: not exactly one %s header", ErrSignature, name)
		}
	}
	if header.Get("Client-Id") != c.clientID {
		return fmt.Errorf("%w: Client-Id is not ours", ErrSignature)
	}
	at := header.Get(timeHeader)
	if !timeSyntax.MatchString(at) {
		return fmt.Errorf("%w: malformed %s", ErrSignature, timeHeader)
	}
	signature, err := ParseSignature(header.Get("Signature"))
	if err != nil {
		return err
	}
	key, known := c.publicKeys[signature.KeyVersion]
	if !known {
		return fmt.Errorf("%w: unknown key version", ErrSignature)
	}
	return signature.Verify(key, SigningString(http.MethodPost, path, c.clientID, at, body))
}
