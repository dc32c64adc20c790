package proof_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/db/postgres/pgtest"
)

var binaryFolder string // set before any test runs

// binary is the real program, built once.
var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(binaryFolder, "antom-checkout")
	if output, err := exec.Command("go", "build", "-o", path, "antom-checkout").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, output)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	if mode := os.Getenv(writerMode); mode != "" {
		writeNotifications(mode) // as another process; see powercut_test.go
		return
	}
	folder, err := os.MkdirTemp("", "proof-")
	check(err)
	binaryFolder = folder
	code := pgtest.Run(m)
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// merchant is the real program as a process of its own, and an Antom to pay at.
type merchant struct {
	t        *testing.T
	url      string
	database string
	box      *sandbox.Sandbox
	control  *sandbox.Control
	settings []string
	wrap     []string      // a command that runs the program
	patience time.Duration // of buyers; zero: 10 seconds
	process  *exec.Cmd
	output   *lockedBuffer

	mu           sync.Mutex
	acknowledged map[string]bool
	sendings     int
	takers       []string        // hosts that notifications go to in turns; none: where Antom sends them
	onSending    func(count int) // called as a notification leaves Antom
}

// processKeys are as long as the program asks of an account.
var processKeys = sync.OnceValues(sandbox.NewKeys)

// newMerchant does not start the program yet. folder is for its database.
func newMerchant(t *testing.T, folder string, wrap ...string) *merchant {
	t.Helper()
	keys, err := processKeys()
	must(t, err)
	m := &merchant{t: t, wrap: wrap, database: filepath.Join(folder, "checkout.db"), output: &lockedBuffer{}, acknowledged: map[string]bool{}}
	server := httptest.NewUnstartedServer(nil)
	boxURL := "http://" + server.Listener.Addr().String()
	box, err := sandbox.New(sandbox.Config{
		URL: boxURL, Keys: keys, Transport: roundTrip(m.send),
		NotificationDelay: time.Millisecond, CaptureDelay: time.Millisecond, RefundDelay: time.Millisecond,
	})
	must(t, err)
	server.Config.Handler = box
	server.Start()
	t.Cleanup(func() { server.CloseClientConnections(); server.Close(); must(t, box.Close()) })
	m.box, m.control = box, box.Control()
	address := freeAddress(t)
	m.url = "http://" + address
	credentials := box.Credentials()
	m.settings = []string{
		"ADDR=" + address, "PUBLIC_URL=" + m.url, "DATABASE_URL=" + m.database, "RATE_LIMITS=off", "SWEEP_SCHEDULE=1s",
		"ANTOM_CLIENT_ID=" + credentials.ClientID, "ANTOM_URL=" + boxURL, "ANTOM_TIMEOUT=5s",
		"ANTOM_PRIVATE_KEY=" + credentials.MerchantPrivateKey, "ANTOM_PUBLIC_KEY=" + credentials.AntomPublicKey,
		"ANTOM_SDK_URL=" + credentials.SDKURL,
	}
	t.Cleanup(func() {
		m.dies()
		if t.Failed() {
			t.Logf("the end of the program's log:\n%s", m.output.tail(4000))
		}
	})
	return m
}

// freeAddress is an address on which no process listens: the program listens on the
// same one after each start.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

// starts runs the program until it can store.
func (m *merchant) starts(settings ...string) {
	m.t.Helper()
	path, err := binary()
	must(m.t, err)
	command := append(append([]string{}, m.wrap...), path, "serve")
	m.process = exec.Command(command[0], command[1:]...)
	m.process.Env = append(append(os.Environ(), m.settings...), settings...)
	m.process.Stdout, m.process.Stderr = m.output, m.output
	m.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	must(m.t, m.process.Start())
	await(m.t, "the shop is ready", func() error { return m.expectStatus("/readyz", http.StatusOK) })
}

func (m *merchant) expectStatus(path string, want int) error {
	res, err := http.Get(m.url + path)
	if err != nil {
		return err
	}
	res.Body.Close()
	if res.StatusCode != want {
		return fmt.Errorf("%s answers %s", path, res.Status)
	}
	return nil
}

// dies kills the program, and what runs it, as kill -9 does.
func (m *merchant) dies() { m.endsBy(syscall.SIGKILL) }

// endsBy ends the program, and what runs it, by a signal.
func (m *merchant) endsBy(signal syscall.Signal) {
	if m.process == nil {
		return
	}
	_ = syscall.Kill(-m.process.Process.Pid, signal) // may have ended by itself
	_ = m.process.Wait()                             // returns what has ended it
	m.process = nil
}

// send carries a notification to the program and remembers those it has acknowledged.
func (m *merchant) send(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	m.mu.Lock()
	m.sendings++
	hook, count := m.onSending, m.sendings
	if n := len(m.takers); n > 0 {
		r.URL.Host = m.takers[count%n]
	}
	m.mu.Unlock()
	if hook != nil {
		hook(count)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(answer))
	if acknowledges(res) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.acknowledged[digest(body)] = true
	}
	return res, nil
}

func (m *merchant) allAcknowledged() map[string]bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	copied := map[string]bool{}
	for sha := range m.acknowledged {
		copied[sha] = true
	}
	return copied
}

// truth is what both sides have now.
func (m *merchant) truth() *truth {
	m.t.Helper()
	acknowledged := m.allAcknowledged()
	return readTruth(m.t, m.database, m.control.Ledger(), m.control.Now(), acknowledged)
}

var formID = regexp.MustCompile(`name="form_id" value="([^"]+)"`)

// starting walks from the catalogue to a started payment, as a client without
// JavaScript would, and returns the checkout's path and the payment's request id.
func (m *merchant) starting(ctx context.Context, method string) (path, requestID string, err error) {
	b, path, err := m.ordering(ctx)
	if err != nil {
		return "", "", err
	}
	text, _, err := b.do("POST", path+"/payments", "application/json", `{"method":"`+method+`"}`)
	if err != nil {
		return "", "", err
	}
	var started struct {
		PaymentRequestID string `json:"payment_request_id"`
	}
	err = json.Unmarshal([]byte(text), &started)
	return path, started.PaymentRequestID, err
}

// ordering walks from the catalogue to an order, and returns the checkout's path.
func (m *merchant) ordering(ctx context.Context) (b walker, path string, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return b, "", err
	}
	b = walker{ctx, m.url, &http.Client{Jar: jar, Timeout: cmp.Or(m.patience, 10*time.Second), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if _, _, err := b.post("/cart", "sku=MUG-01&quantity=1"); err != nil {
		return b, "", err
	}
	page, _, err := b.do("GET", "/cart", "", "")
	if err != nil {
		return b, "", err
	}
	form := formID.FindStringSubmatch(page)
	if form == nil {
		return b, "", errors.New("the cart has no form_id")
	}
	address := url.Values{
		"form_id": {form[1]}, "email": {ann.Email}, "name": {ann.Name}, "phone": {ann.Phone}, "country": {ann.Country},
		"city": {ann.City}, "address1": {ann.Address1}, "postal_code": {ann.PostalCode},
	}
	_, header, err := b.post("/orders", address.Encode())
	if err != nil {
		return b, "", err
	}
	return b, header.Get("Location"), err
}

// walker is a browser with cookies.
type walker struct {
	ctx    context.Context
	url    string
	client *http.Client
}

func (b walker) post(path, form string) (string, http.Header, error) {
	return b.do("POST", path, "application/x-www-form-urlencoded", form)
}

func (b walker) do(method, path, kind, body string) (string, http.Header, error) {
	req, err := http.NewRequestWithContext(b.ctx, method, b.url+path, strings.NewReader(body))
	if err != nil {
		return "", nil, err
	}
	req.Header.Set("Content-Type", kind)
	if kind == "application/json" {
		req.Header.Set("Accept", kind)
	}
	res, err := b.client.Do(req)
	if err != nil {
		return "", nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= 400 {
		err = fmt.Errorf("%s %s answers %s", method, path, res.Status)
	}
	return string(text), res.Header, err
}

// await repeats a check until it has no complaint.
func await(t testing.TB, what string, complaint func() error) {
	t.Helper()
	timeout := time.NewTimer(3 * time.Minute) // a busy machine has needed more than one to start the program
	defer timeout.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		err := complaint()
		if err == nil {
			return
		}
		select {
		case <-again.C:
		case <-timeout.C:
			t.Fatalf("waiting until %s: %v", what, err)
		}
	}
}

// lockedBuffer holds the log of a process.
type lockedBuffer struct {
	mu   sync.Mutex
	text []byte
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text = append(b.text, p...)
	return len(p), nil
}

func (b *lockedBuffer) tail(n int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.text[max(0, len(b.text)-n):])
}

// firstOf joins complaints into one error, nil when there is none.
func firstOf(problems []string) error {
	if len(problems) == 0 {
		return nil
	}
	return fmt.Errorf("%d problems, the first: %s", len(problems), cmp.Or(problems...))
}
