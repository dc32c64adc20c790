package deploy_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const publicHost = "pay.example.com"

// proxied is a proxy before a server that remembers what reaches it.
type proxied struct {
	t      *testing.T
	client *http.Client // reaches the proxy under publicHost

	mu   sync.Mutex
	last *http.Request
	body []byte
	more chan struct{} // the stream tells of a second event
}

// serveHTTP answers as antom-checkout does, and without its header X-Accel-Buffering: the
// configuration alone has to let events through.
func (p *proxied) serveHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // the test compares what was read
	p.mu.Lock()
	p.last, p.body = r, body
	p.mu.Unlock()
	if !strings.HasSuffix(r.URL.Path, "/events") {
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprint(w, "event: status\ndata: one\n\n")
	_ = http.NewResponseController(w).Flush() // the test sees what arrives
	select {
	case <-p.more:
		fmt.Fprint(w, "event: status\ndata: two\n\n")
	case <-r.Context().Done():
	}
}

// starts starts the server, then the proxy by command, which gets the files of a certificate
// and the addresses of proxy and server.
func starts(t *testing.T, command func(certificate, key, proxy, server string) *exec.Cmd) *proxied {
	t.Helper()
	p := &proxied{t: t, more: make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(p.serveHTTP))
	t.Cleanup(server.Close)
	certificate, key, pool := certified(t)
	address := freeAddress(t)
	proxy := command(certificate, key, address, server.Listener.Addr().String())
	log := new(bytes.Buffer) // read when the proxy has ended
	proxy.Stdout, proxy.Stderr = log, log
	// The end of the test's context ends the proxy as an operator would: nginx ends its workers,
	// which otherwise keep the log open for good.
	proxy.Cancel = func() error { return proxy.Process.Signal(syscall.SIGTERM) }
	proxy.WaitDelay = 10 * time.Second
	must(t, proxy.Start())
	t.Cleanup(func() {
		_ = proxy.Wait()
		if t.Failed() {
			t.Logf("the proxy prints:\n%s", log)
		}
	})
	p.client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}}
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if connection, err := net.Dial("tcp", address); err == nil {
			_ = connection.Close() // it listens
			return p
		}
	}
	t.Fatal("the proxy does not listen")
	return nil
}

// certified are the files of a certificate for publicHost, and the pool that trusts it.
func certified(t *testing.T) (certificate, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{publicHost}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	must(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	must(t, err)
	folder := t.TempDir()
	certificate, key = filepath.Join(folder, "certificate.pem"), filepath.Join(folder, "key.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	must(t, os.WriteFile(certificate, text, 0o600))
	must(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return certificate, key, pool
}

// sends sends a request to the proxy; headers are pairs. The caller closes the answer.
func (p *proxied) sends(method, path string, body []byte, headers ...string) *http.Response {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, "https://"+publicHost+path, bytes.NewReader(body))
	must(p.t, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := p.client.Do(req)
	must(p.t, err)
	return res
}

// gets is the status of an answer whose body is of no interest.
func (p *proxied) gets(method, path string, body []byte, headers ...string) int {
	p.t.Helper()
	res := p.sends(method, path, body, headers...)
	must(p.t, res.Body.Close())
	return res.StatusCode
}

// arrived is the last request that has reached the server, with its body.
func (p *proxied) arrived() (*http.Request, []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last, p.body
}

// passesNotifications: Antom signs the bytes of the body, the path and its own headers.
func (p *proxied) passesNotifications() {
	p.t.Helper()
	body := []byte("{ \"a\" :\t\"\u00e9\\u00e9 \xff\x00\" }\r\n\r\n ")
	signature := "algorithm=RSA256, keyVersion=1, signature=a%2Bb%3D%3D"
	if status := p.gets("POST", "/antom/notify", body, "Content-Type", "application/json; charset=UTF-8", "Client-Id", "SANDBOX_5Y", "Request-Time", "2026-11-28T12:00:00+08:00", "Signature", signature); status != http.StatusOK {
		p.t.Errorf("a notification is answered %d", status)
	}
	r, got := p.arrived()
	if r.URL.RequestURI() != "/antom/notify" || !bytes.Equal(got, body) || r.Header.Get("Signature") != signature ||
		r.Header.Get("Client-Id") != "SANDBOX_5Y" || r.Header.Get("Request-Time") != "2026-11-28T12:00:00+08:00" {
		p.t.Errorf("a notification arrives as %s %q %v", r.URL.RequestURI(), got, r.Header)
	}
}

// namesTheClient: the server learns the address of the client, the host and an id of the
// request, and nothing that the client has made up.
func (p *proxied) namesTheClient() {
	p.t.Helper()
	p.gets("GET", "/cart?x=%2F%20", nil, "X-Forwarded-For", "203.0.113.9", "Forwarded", "for=203.0.113.9", "X-Request-Id", "made-up")
	r, _ := p.arrived()
	header := r.Header
	if got := header.Values("X-Forwarded-For"); len(got) != 1 || got[0] != "127.0.0.1" {
		p.t.Errorf("X-Forwarded-For is %q", got)
	}
	if header.Get("Forwarded") != "" || header.Get("X-Request-Id") == "made-up" || header.Get("X-Request-Id") == "" {
		p.t.Errorf("the headers are %v", header)
	}
	if r.Host != publicHost || r.URL.RequestURI() != "/cart?x=%2F%20" {
		p.t.Errorf("the request is for %s %s", r.Host, r.URL.RequestURI())
	}
}

// streams: an event arrives while the stream goes on.
func (p *proxied) streams(path string) {
	p.t.Helper()
	res := p.sends("GET", path, nil)
	defer res.Body.Close()
	lines := bufio.NewReader(res.Body)
	for _, want := range []string{"data: one\n", "data: two\n"} {
		for line := ""; line != want; {
			var err error
			if line, err = lines.ReadString('\n'); err != nil {
				p.t.Fatalf("%s ends before %q: %v", path, want, err)
			}
		}
		if want == "data: one\n" {
			p.more <- struct{}{} // the first has arrived before the second is made
		}
	}
}

// changed is a configuration with other addresses and files; each old text has to occur.
func changed(t *testing.T, file string, pairs ...string) string {
	t.Helper()
	text := read(t, file)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%s has no %q", file, pairs[i])
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func TestNginxStandsInFront(t *testing.T) {
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin") // where Debian keeps servers
	needs(t, "nginx")
	plain := freeAddress(t)
	p := starts(t, func(certificate, key, proxy, server string) *exec.Cmd {
		site := changed(t, "nginx/antom-checkout.conf",
			"/etc/letsencrypt/live/pay.example.com/fullchain.pem", certificate, "/etc/letsencrypt/live/pay.example.com/privkey.pem", key,
			"listen 443 ", "listen "+proxy+" ", "listen 80;", "listen "+plain+";", "listen [::]:443 ssl http2;", "", "listen [::]:80;", "", "server 127.0.0.1:8080;", "server "+server+";")
		folder := t.TempDir()
		main := fmt.Sprintf("daemon off; error_log stderr; pid %s/pid; worker_processes 1; events {} http { client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;\n%s}", folder, site)
		if os.Getuid() == 0 {
			main = "user root; " + main // the folder of a test is its owner's
		}
		must(t, os.WriteFile(folder+"/nginx.conf", []byte(main), 0o600))
		return exec.CommandContext(t.Context(), "nginx", "-e", "stderr", "-c", folder+"/nginx.conf")
	})
	p.passesNotifications()
	p.namesTheClient()
	p.streams("/checkout/A/events")
	p.streams("/dashboard/orders/events")
	p.limitsSignIn()

	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get("http://" + plain + "/checkout/A?x=1")
	must(t, err)
	must(t, res.Body.Close())
	if to := res.Header.Get("Location"); res.StatusCode != http.StatusMovedPermanently || to != "https://pay.example.com/checkout/A?x=1" {
		t.Errorf("http is answered %d %s", res.StatusCode, to)
	}
}

// limitsSignIn: passwords cannot be tried at will; pages and notifications go on.
func (p *proxied) limitsSignIn() {
	p.t.Helper()
	refused := 0
	for range 30 {
		if p.gets("POST", "/dashboard/sign-in", []byte("email=a&password=b")) == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 15 {
		p.t.Errorf("%d of 30 tries to sign in are refused", refused)
	}
	for range 30 {
		if status := p.gets("GET", "/dashboard/sign-in", nil); status != http.StatusOK {
			p.t.Fatalf("the page is answered %d", status)
		}
		if status := p.gets("POST", "/antom/notify", []byte("{}")); status != http.StatusOK {
			p.t.Fatalf("a notification is answered %d", status)
		}
	}
}

func TestCaddyStandsInFront(t *testing.T) {
	needs(t, "caddy")
	p := starts(t, func(certificate, key, proxy, server string) *exec.Cmd {
		_, port, err := net.SplitHostPort(proxy)
		must(t, err)
		site := changed(t, "caddy/Caddyfile",
			"\npay.example.com {\n", fmt.Sprintf("\npay.example.com:%s {\n\ttls %s %s\n", port, certificate, key))
		folder := t.TempDir()
		must(t, os.WriteFile(folder+"/Caddyfile", []byte("{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n"+site), 0o600))
		command := exec.CommandContext(t.Context(), "caddy", "run", "--adapter", "caddyfile", "--config", folder+"/Caddyfile")
		command.Env = append(os.Environ(), "HOME="+folder, "XDG_DATA_HOME="+folder, "XDG_CONFIG_HOME="+folder, "ANTOM_CHECKOUT="+server)
		return command
	})
	p.passesNotifications()
	p.namesTheClient()
	p.streams("/checkout/A/events")
	p.streams("/dashboard/orders/events")
}
