package examples_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// languages are those that there is a shop in, with the program that runs it.
var languages = map[string][]string{
	"go":     {"go"},
	"node":   {"node"},
	"php":    {"php"},
	"python": {"python3"},
}

// programs are those that the tests start, with their packages. Each is made once, at its
// first use, in the folder binaries.
var (
	programs = map[string]string{"antom-checkout": "..", "example-shop": "./go"}
	builds   = map[string]func() ([]byte, error){}
	binaries string
)

func TestMain(m *testing.M) {
	var err error
	if binaries, err = os.MkdirTemp("", "examples"); err != nil {
		panic(err)
	}
	for name, pkg := range programs {
		builds[name] = sync.OnceValues(func() ([]byte, error) {
			return exec.Command("go", "build", "-o", filepath.Join(binaries, name), pkg).CombinedOutput()
		})
	}
	code := m.Run()
	_ = os.RemoveAll(binaries) // the system removes what is left
	os.Exit(code)
}

// built is a program's file.
func built(t *testing.T, name string) string {
	t.Helper()
	if out, err := builds[name](); err != nil {
		t.Fatalf("%s is not built: %s", name, out)
	}
	return filepath.Join(binaries, name)
}

// said is what a shop prints, waited for.
type said struct {
	mu    sync.Mutex
	text  bytes.Buffer
	grown chan struct{}
}

// Write implements io.Writer.
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

// awaits waits until something of this shape is printed.
func (s *said) awaits(t *testing.T, shape string) []string {
	t.Helper()
	limit := time.After(30 * time.Second)
	for text := regexp.MustCompile(shape); ; {
		if found := text.FindStringSubmatch(s.String()); found != nil {
			return found
		}
		select {
		case <-s.grown:
		case <-limit:
			t.Fatalf("nothing like %s is printed:\n%s", shape, s)
		}
	}
}

// shop is an example that runs.
type shop struct {
	t      *testing.T
	url    string
	secret []byte
	log    *said
	client *http.Client
	stop   func()
}

// commandOf is how the shop of a language is started for a port. Where its interpreter is missing
// the test is skipped, in CI it fails.
func commandOf(t *testing.T, language, port string) *exec.Cmd {
	t.Helper()
	interpreter, err := exec.LookPath(languages[language][0])
	switch {
	case err != nil && os.Getenv("CI") == "true":
		t.Fatalf("not proven: the shop in %s needs %s", language, languages[language][0])
	case err != nil:
		t.Skipf("NOT PROVEN on this machine, %s is missing: the shop in %s", languages[language][0], language)
	}
	switch language {
	case "go":
		return exec.CommandContext(t.Context(), built(t, "example-shop"))
	case "php":
		return exec.CommandContext(t.Context(), interpreter, "-S", "127.0.0.1:"+port, "php/shop.php")
	case "python":
		return exec.CommandContext(t.Context(), interpreter, "python/shop.py")
	}
	return exec.CommandContext(t.Context(), interpreter, "node/shop.mjs")
}

// freePort is a port that nothing listens on.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	must(t, err)
	return port
}

// opens starts the shop of a language. Its orders are in file.
func opens(t *testing.T, language, port, file, checkout, apiKey, secret string) *shop {
	t.Helper()
	command := commandOf(t, language, port)
	s := &shop{t: t, url: "http://127.0.0.1:" + port, log: &said{grown: make(chan struct{}, 1)}, client: newClient(t)}
	var err error
	s.secret, err = base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	must(t, err)
	command.Stdout, command.Stderr = s.log, s.log
	command.Env = append(os.Environ(), "PORT="+port, "SHOP_URL="+s.url, "ORDERS_FILE="+file, "CHECKOUT_URL="+checkout, "API_KEY="+apiKey, "WEBHOOK_SECRET="+secret)
	must(t, command.Start())
	s.stop = sync.OnceFunc(func() { _ = command.Process.Kill(); _ = command.Wait() }) // it is ended either way
	t.Cleanup(func() {
		s.stop()
		if t.Failed() {
			t.Logf("the shop prints:\n%s", s.log)
		}
	})
	s.log.awaits(t, `The shop is at|Development Server .* started`)
	return s
}

func newClient(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	return &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// sends sends a request; headers are pairs.
func (s *shop) sends(method, address, body string, headers ...string) (status int, header http.Header, text string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, address, strings.NewReader(body))
	must(s.t, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.client.Do(req)
	must(s.t, err)
	defer res.Body.Close()
	read, err := io.ReadAll(res.Body)
	must(s.t, err)
	return res.StatusCode, res.Header, string(read)
}

// event is one as the checkout sends it.
type event struct {
	id, reference, status string
	sequence              int
	at                    time.Time
}

func (e event) body() string {
	return fmt.Sprintf(`{"id":%q,"type":"order.%s","created_at":"2026-11-28T02:00:00Z","sequence":%d,"data":{"status":%[2]q,"order":{"reference":%[4]q}}}`, e.id, e.status, e.sequence, e.reference)
}

// signed is the value of webhook-signature by a secret.
func (e event) signed(secret []byte) string {
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s.%d.%s", e.id, e.at.Unix(), e.body())
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// gets is the status with which the shop answers an event.
func (s *shop) gets(e event, signature string) int {
	s.t.Helper()
	status, _, _ := s.sends("POST", s.url+"/webhooks", e.body(), "Content-Type", "application/json",
		"webhook-id", e.id, "webhook-timestamp", fmt.Sprint(e.at.Unix()), "webhook-signature", signature)
	return status
}

// known is what a shop says of an order.
type known struct {
	Status   string
	Sequence int
	Ship     bool
}

// knows is what the shop knows of an order; found is false if it knows nothing.
func (s *shop) knows(reference string) (o known, found bool) {
	s.t.Helper()
	status, _, text := s.sends("GET", s.url+"/orders/"+reference, "")
	if status == http.StatusNotFound {
		return o, false
	}
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		s.t.Fatalf("the order is answered %d %s", status, text)
	}
	return o, true
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
