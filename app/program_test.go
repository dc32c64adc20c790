package app

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"antom-checkout/antom/sandbox/sandboxtest"
	"antom-checkout/db/dbtest"
)

// said is what a running program says, waited for line by line.
type said struct {
	mu    sync.Mutex
	text  bytes.Buffer
	grown chan struct{}
}

func newSaid() *said { return &said{grown: make(chan struct{}, 1)} }

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.grown <- struct{}{}:
	default:
	}
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// find waits for a text of this shape and answers with the first group.
func (s *said) find(t *testing.T, shape string) string {
	t.Helper()
	limit := time.After(30 * time.Second)
	for text := regexp.MustCompile(shape); ; {
		s.mu.Lock()
		found := text.FindStringSubmatch(s.text.String())
		s.mu.Unlock()
		if found != nil {
			return found[1]
		}
		select {
		case <-s.grown:
		case <-limit:
			t.Fatalf("nothing like %s is said:\n%s", shape, s.text.String())
		}
	}
}

// program is the whole program, running.
type program struct {
	t                      *testing.T
	shop, sandbox, metrics string
	settings               environ
	client                 *http.Client
	log                    *said
	stops                  func() // at the test's end without it
}

func runProgram(t *testing.T, env environ) *program {
	t.Helper()
	stdout, stderr := newSaid(), newSaid()
	file := filepath.Join(t.TempDir(), "shop.db")
	dbtest.Make(t, file)
	sandboxtest.MakeKeyFile(t, filepath.Join(filepath.Dir(file), sandboxKeys))
	settings := environ{"ADDR": "127.0.0.1:0", "SANDBOX_ADDR": "127.0.0.1:0", "METRICS_ADDR": "127.0.0.1:0", "DATABASE_URL": file}
	for name, value := range env {
		settings[name] = value
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	go func() { ended <- Run(ctx, nil, settings.get, stdout, stderr) }()
	stops := sync.OnceFunc(func() {
		stop()
		if code := <-ended; code != 0 {
			t.Errorf("the program ends with exit code %d:\n%s", code, stderr)
		}
	})
	t.Cleanup(stops)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, settings: settings, log: stderr, stops: stops, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	p.shop = stdout.find(t, `The shop is at +(\S+)`)
	p.sandbox = stdout.find(t, `The sandbox is at +(\S+)`)
	if settings["METRICS_ADDR"] != "" {
		p.metrics = "http://" + stderr.find(t, `msg"?[=:]"?metrics"?[ ,]"?address"?[=:]"?([^\s"]+)`)
	}
	return p
}

// send posts a form, or JSON, or gets.
func (p *program) send(method, address, contentType, body string) (status int, header http.Header, text string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	if contentType == "application/json" {
		req.Header.Set("Accept", contentType)
	}
	res, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	read, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(read)
}

// orders makes an order of a mug and answers with its checkout's path.
func (p *program) orders() (path string) {
	p.t.Helper()
	form := "application/x-www-form-urlencoded"
	p.send("POST", p.shop+"/cart", form, "sku=MUG-01&quantity=1")
	fields := url.Values{
		"form_id": {"a"}, "email": {"ann@example.com"}, "name": {"Ann Lee"}, "country": {"SG"}, "address1": {"1 Raffles Place"}, "postal_code": {"048616"},
	}
	status, header, text := p.send("POST", p.shop+"/orders", form, fields.Encode())
	if status != http.StatusSeeOther {
		p.t.Fatalf("the order is answered %d %.500s", status, text)
	}
	return header.Get("Location")
}

func plainClient() *http.Client { return &http.Client{Timeout: 30 * time.Second} }

func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	return ctx, stop
}
