package app

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"antom-checkout/db/dbtest"
)

// asProgram makes this test program the program itself: a process that gets real signals.
const asProgram = "TEST_AS_PROGRAM"

// runAsProgram is what main does.
func runAsProgram() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Run(ctx, []string{"serve"}, os.Getenv, os.Stdout, os.Stderr)
}

// process is the program in a process of its own.
type process struct {
	command *exec.Cmd
	at      string
	log     *said
	ended   chan struct{}
}

func startProcess(t *testing.T, env environ) *process {
	t.Helper()
	addr := freeAddress(t)
	p := &process{command: exec.Command(os.Args[0]), at: "http://" + addr, log: newSaid(), ended: make(chan struct{})}
	p.command.Env = append(os.Environ(), asProgram+"=1", "ADDR="+addr)
	for name, value := range env {
		if name != "ADDR" {
			p.command.Env = append(p.command.Env, name+"="+value)
		}
	}
	p.command.Stderr = p.log
	noError(t, p.command.Start())
	go func() { _ = p.command.Wait(); close(p.ended) }()
	t.Cleanup(func() {
		_ = p.command.Process.Kill()
		if <-p.ended; t.Failed() {
			t.Logf("the process at %s:\n%s", p.at, p.log)
		}
	})
	return p
}

// balancer is a small load balancer: it asks each instance for /readyz, and sends requests to
// the first that is ready.
type balancer struct {
	url       string
	mu        sync.Mutex
	instances []string
	ready     atomic.Pointer[url.URL]
	failed    atomic.Int64
	served    atomic.Int64
}

func newBalancer(t *testing.T) *balancer {
	t.Helper()
	b := &balancer{}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(b.ready.Load())
			r.Out.Host = r.In.Host
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() == nil {
				b.failed.Add(1)
				t.Logf("%s %s: %v", r.Method, r.URL.Path, err)
			}
			w.WriteHeader(http.StatusBadGateway)
		},
	}
	server := httptest.NewServer(proxy)
	ctx, stop := context.WithCancel(context.Background())
	var asking sync.WaitGroup
	asking.Go(func() {
		for ctx.Err() == nil {
			b.ask()
			time.Sleep(20 * time.Millisecond)
		}
	})
	t.Cleanup(func() { stop(); asking.Wait(); server.CloseClientConnections(); server.Close() })
	b.url = server.URL
	return b
}

// ask finds the first instance that is ready.
func (b *balancer) ask() {
	b.mu.Lock()
	instances := slices.Clone(b.instances)
	b.mu.Unlock()
	for _, at := range instances {
		res, err := http.Get(at + "/readyz")
		if err != nil {
			continue
		}
		res.Body.Close()
		if to, err := url.Parse(at); err == nil && res.StatusCode == http.StatusOK {
			b.ready.Store(to)
			return
		}
	}
}

// knows adds an instance and waits until one is ready.
func (b *balancer) knows(t *testing.T, p *process) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		res, err := http.Get(p.at + "/readyz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Now().After(end) {
			t.Fatalf("the instance is not ready:\n%s", p.log)
		}
	}
	b.mu.Lock()
	b.instances = append(b.instances, p.at)
	b.mu.Unlock()
	for b.ready.Load() == nil {
		time.Sleep(time.Millisecond)
	}
}

// load sends requests, four at a time, until stop is called.
func (b *balancer) load(t *testing.T) (stop func()) {
	t.Helper()
	ctx, end := context.WithCancel(context.Background())
	var loading sync.WaitGroup
	for range 4 {
		loading.Go(func() {
			for ctx.Err() == nil {
				res, err := http.PostForm(b.url+"/cart", url.Values{"sku": {"MUG-01"}, "quantity": {"1"}})
				if err != nil || res.StatusCode >= http.StatusInternalServerError {
					b.failed.Add(1)
					t.Logf("a request of the load: %v", err)
				}
				if err == nil {
					_, _ = io.Copy(io.Discard, res.Body)
					res.Body.Close()
				}
				b.served.Add(1)
			}
		})
	}
	stop = func() { end(); loading.Wait() }
	t.Cleanup(stop)
	return stop
}

// stream is an open page.
type stream struct {
	t     *testing.T
	lines *bufio.Scanner
}

func (p *program) streams(path string) *stream {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), "GET", p.shop+path+"/events", nil)
	noError(p.t, err)
	res, err := p.client.Do(req)
	noError(p.t, err)
	p.t.Cleanup(func() { res.Body.Close() })
	if res.StatusCode != http.StatusOK {
		p.t.Fatalf("the stream is answered %d", res.StatusCode)
	}
	return &stream{p.t, bufio.NewScanner(res.Body)}
}

// gets reads until a line holds a text.
func (s *stream) gets(text string) {
	s.t.Helper()
	for s.lines.Scan() {
		if strings.Contains(s.lines.Text(), text) {
			return
		}
	}
	s.t.Fatalf("the stream ends without %q: %v", text, s.lines.Err())
}

// ends reads to the end.
func (s *stream) ends() {
	s.t.Helper()
	for s.lines.Scan() {
	}
	if err := s.lines.Err(); err != nil {
		s.t.Errorf("the stream is cut: %v", err)
	}
}

// One instance takes over from another: no request is refused, and an open page goes on there
// and shows the order paid.
func TestAnInstanceIsReplacedUnderLoad(t *testing.T) {
	address := dbtest.NewPostgres(t)
	antom := runProgram(t, nil) // whose sandbox both instances use
	proxy := newBalancer(t)
	env := antom.account(environ{
		"DATABASE_URL": address, "SESSION_KEY": strings.Repeat("k", 32), "PUBLIC_URL": proxy.url, "MAIL_DIR": t.TempDir(),
		"RATE_LIMITS": "off", "DRAIN_DELAY": "1500ms",
	})
	one := startProcess(t, env)
	proxy.knows(t, one)
	buyer := &program{t: t, shop: proxy.url, client: antom.client}
	path := buyer.orders()
	status, _, text := buyer.send("POST", proxy.url+path+"/payments", "application/json", `{"method":"GCASH"}`)
	var started struct {
		PaymentRequestID string `json:"payment_request_id"`
	}
	if err := json.Unmarshal([]byte(text), &started); err != nil || status != http.StatusOK {
		t.Fatalf("the start is answered %d %s", status, text)
	}
	page := buyer.streams(path)
	page.gets(`"status":"processing"`)
	two := startProcess(t, env)
	proxy.knows(t, two)

	stop := proxy.load(t)
	begun := proxy.served.Load()
	noError(t, one.command.Process.Signal(syscall.SIGTERM))
	for ready := true; ready; time.Sleep(time.Millisecond) { // while it answers all the same
		res, err := http.Get(one.at + "/readyz")
		noError(t, err)
		ready = res.StatusCode == http.StatusOK
		res.Body.Close()
	}
	page.gets("retry: ")
	page.ends()
	page = buyer.streams(path) // as the browser does by itself
	page.gets(`"status":"processing"`)
	select {
	case <-one.ended:
	case <-time.After(time.Minute):
		t.Fatal("the first instance does not end")
	}
	if code := one.command.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the first instance ends with exit code %d", code)
	}
	if status, _, text := antom.send("POST", antom.sandbox+"/control/payments/"+started.PaymentRequestID+"/pay", "application/json", "{}"); status != http.StatusOK {
		t.Fatalf("the sandbox answers %d %s", status, text)
	}
	page.gets(`"status":"paid"`)
	stop()
	if n := proxy.served.Load() - begun; n < 20 || proxy.failed.Load() > 0 {
		t.Errorf("of %d requests meanwhile %d were refused", n, proxy.failed.Load())
	}
	if strings.Contains(two.log.String(), "level=ERROR") {
		t.Error("the second instance has errors")
	}
}
