package antom

import (
	"cmp"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Base URLs of Antom's regions.
const (
	Asia         = "https://open-sea-global.alipay.com"
	NorthAmerica = "https://open-na-global.alipay.com"
	Europe       = "https://open-de-global.alipay.com"
)

// Config is what [New] needs to know. With the default limits a call on which
// no answer ever comes lasts half a minute; its context can end it sooner.
type Config struct {
	ClientID   string        // a SANDBOX_ id uses Antom's sandbox paths
	PrivateKey string        // the merchant's: PEM or bare base64 DER, PKCS#8 or PKCS#1
	PublicKeys string        // Antom's: one key, or "version:key,…"
	BaseURL    string        // one of the regions; Asia when empty
	Timeout    time.Duration // for one request and its answer; 10 s when zero
	Attempts   int           // how often one call is sent at most; 3 when zero, 1 never repeats

	RootCAs *x509.CertPool // whose certificates are trusted; those the system trusts when nil
}

// Client calls Antom. It is safe for use by many goroutines and keeps its
// connections for life; make one per process.
type Client struct {
	clientID   string
	privateKey *rsa.PrivateKey
	publicKeys map[string]*rsa.PublicKey
	baseURL    string
	timeout    time.Duration
	attempts   int
	http       *http.Client
	traffic    *traffic
	now        func() time.Time
	pause      func(ctx context.Context, attempt int) error
	observe    func(context.Context, Observation)
}

// Option changes what a [Client] stands on.
type Option func(*Client)

// WithClock sets the clock that Request-Time is read from.
func WithClock(now func() time.Time) Option { return func(c *Client) { c.now = now } }

// WithHTTPClient sets the HTTP client, for proxies or a test server's
// certificate. Redirects stay forbidden.
func WithHTTPClient(client *http.Client) Option { return func(c *Client) { c.http = client } }

// Observation is one attempt at one call, for metrics and logs. It carries no
// body and no key.
type Observation struct {
	Endpoint   string // the API that was called, e.g. "pay"
	Attempt    int    // from 1
	Duration   time.Duration
	HTTPStatus int          // 0 when no whole answer came
	AnsweredAt time.Time    // by Antom's clock; zero when there is no trustworthy answer
	Status     ResultStatus // empty when there is no trustworthy answer
	Code       ResultCode   // as Status
	Err        error        // nil, or the *Error of this attempt
}

// WithObserver has every attempt reported to observe, before the next one
// starts. observe is called by many goroutines and must not block.
func WithObserver(observe func(context.Context, Observation)) Option {
	return func(c *Client) { c.observe = observe }
}

// New makes a client, or reports every problem of the configuration at once.
func New(cfg Config, options ...Option) (*Client, error) {
	var problems []error
	switch {
	case cfg.ClientID == "":
		problems = append(problems, errors.New("client id is missing"))
	case !clientIDSyntax.MatchString(cfg.ClientID):
		problems = append(problems, errors.New("client id is not letters, digits, - and _"))
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
	if cfg.Timeout < 0 || cfg.Attempts < 0 {
		problems = append(problems, errors.New("timeout and attempts must not be negative"))
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("antom: %w", errors.Join(problems...))
	}
	traffic := newTraffic()
	c := &Client{
		clientID:   cfg.ClientID,
		privateKey: private,
		publicKeys: public,
		baseURL:    base,
		timeout:    cmp.Or(cfg.Timeout, 10*time.Second),
		attempts:   cmp.Or(cfg.Attempts, 3),
		http:       &http.Client{Transport: newTransport(traffic, cfg.RootCAs)},
		traffic:    traffic,
		now:        time.Now,
		pause:      backoff,
		observe:    func(context.Context, Observation) {},
	}
	for _, option := range options {
		option(c)
	}
	client := *c.http
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &client
	return c, nil
}

// clientIDSyntax keeps the dot out: the signed text joins its parts by dots.
var clientIDSyntax = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// baseURL accepts https anywhere and http on loopback, where sandboxes run.
// A path in it is a proxy's own: it is sent, but Antom's signature knows
// nothing of it.
func baseURL(text string) (string, error) {
	if text == "" {
		return Asia, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return "", errors.New("base URL is not an http(s) address")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("base URL is more than scheme, host and path")
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", errors.New("base URL must be https, except on loopback")
	}
	return strings.TrimRight(text, "/"), nil
}

// Sandbox reports whether the client id is one of Antom's test mode.
func (c *Client) Sandbox() bool { return strings.HasPrefix(c.clientID, "SANDBOX_") }

// path is the request path, which for a sandbox client is another one; the
// path that is sent is the path that is signed.
func (c *Client) path(endpoint string) string {
	if c.Sandbox() {
		return "/ams/sandbox/api/v1/" + endpoint
	}
	return "/ams/api/v1/" + endpoint
}
